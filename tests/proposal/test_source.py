from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov.errors import ProposalError
from dpo_gov.proposal.source import MAX_BYTES, parse_source, read_source


def test_every_scalar_stays_text() -> None:
    """No number, date or boolean is guessed: what is written is what is read."""
    source = parse_source(b"a: 5\nb: no\nc: 1e3\nd: 12:30\ne: {f: [~, '0x1']}\n", "p.yaml")

    assert source.tree == {"a": "5", "b": "no", "c": "1e3", "d": "12:30", "e": {"f": ["~", "0x1"]}}


def test_place_names_file_line_and_field() -> None:
    """A message can point at the line of any field, and at the nearest one for a missing field."""
    source = parse_source(b"a: 1\nb:\n  c: 2\n", "p.yaml")

    assert source.place("b", "c") == "p.yaml:3: b.c"
    assert source.place("b", "gone") == "p.yaml:2: b.gone"
    assert source.place() == "p.yaml:1"


@pytest.mark.parametrize(
    ("data", "fragment"),
    [
        (b"a: &x 1\nb: *x\n", "anchors and aliases"),
        (b"b: *x\n", "anchors and aliases"),
        (b"a: !!python/object:os.system ls\n", "tag"),
        (b"a: !secret x\n", "tag"),
        (b"%YAML 1.1\n---\na: 1\n", "directive"),
        (b"a: 1\n---\nb: 2\n", "second document"),
        (b"a: 1\na: 2\n", "given twice, first in line 1"),
        (b"? [a, b]\n: 1\n", "plain text"),
        (b"[" * 30, "nested deeper"),
        (b"a: {b: {c: {d: {e: {f: {g: 1}}}}}}\n", "nested deeper"),
        (b"a: [" + b"1," * 3_000 + b"1]\n", "more than 2000 values"),
        (b"- a\n- b\n", "top level is a list"),
        (b"just words\n", "top level is one text"),
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"a: [1, 2\n", "not YAML"),
        (b"a:\n\t- b\n", "not YAML"),
        (b"a: \xff\xfe\n", "not UTF-8"),
        (b"a: " + b"x" * MAX_BYTES, "larger than 64 KiB"),
        ("a: pay \u202eecivres\n".encode(), "U+202E RIGHT-TO-LEFT OVERRIDE"),
        (b"# \xe2\x80\x8b\na: 1\n", "U+200B ZERO WIDTH SPACE"),
        (b'a: "\\0"\n', "U+0000"),
        (b'a: "x\\ry"\n', "U+000D"),
        ("a: x\u2028y\n".encode(), "U+2028 LINE SEPARATOR"),
    ],
)
def test_hidden_or_exploding_yaml_is_refused(data: bytes, fragment: str) -> None:
    """What can hide a meaning or blow up is refused, with the place and the reason."""
    with pytest.raises(ProposalError) as caught:
        parse_source(data, "p.yaml")

    assert str(caught.value).startswith("p.yaml")
    assert fragment in str(caught.value)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Whatever a file holds, reading it gives a tree of texts or a ProposalError."""
    try:
        source = parse_source(data, "p.yaml")
    except ProposalError:
        return
    assert isinstance(source.tree, dict)


@given(st.text(alphabet="ab:&*!{}[]-?|>%@'\"# \n\t,~<", max_size=60))
def test_any_yaml_syntax_is_read_or_refused(text: str) -> None:
    """No combination of YAML's own signs escapes the reader's rules."""
    with suppress(ProposalError):
        parse_source(text.encode(), "p.yaml")


def test_missing_file_says_how_to_draft_one(tmp_path: Path) -> None:
    """A wrong path is answered with the next step."""
    with pytest.raises(ProposalError, match="there is no such file.*proposal new"):
        read_source(tmp_path / "proposal.yaml")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """What cannot be opened is an input error, not a traceback."""
    (tmp_path / "proposal.yaml").mkdir()

    with pytest.raises(ProposalError, match="cannot be read"):
        read_source(tmp_path / "proposal.yaml")

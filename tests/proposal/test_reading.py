from pathlib import Path

import pytest

from dpo_gov.errors import InputError
from dpo_gov.proposal.actions import Action
from dpo_gov.proposal.reading import read_calls
from dpo_gov.proposal.render import Draft
from dpo_gov.proposal.strict_json import parse


@pytest.mark.parametrize("name", ["calldata.json", "safe-batch.json"])
def test_each_rendered_file_gives_its_calls(
    tmp_path: Path, files: dict[str, bytes], draft: Draft, name: str
) -> None:
    """Whatever file a voter has at hand, the calls in it are found."""
    path = tmp_path / name
    path.write_bytes(files[name])

    found = read_calls(path)

    assert found.notes == ()
    assert found.format == {"calldata.json": "calldata.json"}.get(name, "Safe batch")
    if name == "calldata.json":
        assert found.actions == draft.actions()


@pytest.mark.parametrize("text", [b"0x1234abcd", b"1234ABCD\n", b"  0x1234abcd\r\n"])
def test_hexadecimal_text_is_one_call(text: bytes) -> None:
    """Calldata that was copied from anywhere is read, with or without 0x."""
    assert read_calls(Path("-"), text).actions == (Action("", 0, bytes.fromhex("1234abcd")),)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "neither JSON nor hexadecimal"),
        (b"0x123", "neither JSON nor hexadecimal"),
        (b"hello", "neither JSON nor hexadecimal"),
        (b"{", "is not JSON in line 1"),
        (b'{"a": 1, "a": 2}', "'a' is given twice"),
        (b'{"value": 1e30}', "the number 1e30 is no exact integer"),
        (b'{"value": NaN}', "the number NaN"),
        (b'{"a": ' + b"[" * 100_000, "is not JSON"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "too long"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"chainId": "1"}', "governor: Field required"),
    ],
)
def test_other_files_are_refused(data: bytes, message: str) -> None:
    """What is not calldata is said not to be, and why."""
    with pytest.raises(InputError) as caught:
        read_calls(Path("x"), data)

    assert message in str(caught.value)


def test_an_edited_batch_is_read_with_a_note(tmp_path: Path, files: dict[str, bytes]) -> None:
    """An edit after export is common; its reader must know."""
    found = read_calls(
        tmp_path / "b.json", files["safe-batch.json"].replace(b'"value": "0"', b'"value": "1"')
    )

    assert found.notes == ("the batch's checksum is wrong: it was edited after it was exported",)


def test_a_huge_or_missing_file_is_refused(tmp_path: Path) -> None:
    """Neither fills the memory or ends in a traceback."""
    huge = tmp_path / "huge.json"
    huge.write_bytes(b"0" * (4 * 1024 * 1024 + 1))

    with pytest.raises(InputError, match="larger than 4096 KiB"):
        read_calls(huge)
    with pytest.raises(InputError, match="larger than 4096 KiB"):
        read_calls(Path("-"), huge.read_bytes())
    with pytest.raises(InputError, match="there is no such file"):
        read_calls(tmp_path / "gone")
    with pytest.raises(InputError, match="cannot be read"):
        read_calls(tmp_path)


def test_fractions_are_read_only_where_they_are_asked_for() -> None:
    """A report has them; a call never does."""
    assert parse(b'{"a": 0.5}', "r", fractions=True) == {"a": 0.5}
    with pytest.raises(InputError):
        parse(b'{"a": 0.5}', "r")

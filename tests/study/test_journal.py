"""A journal has the same bytes however often its writer was killed, and is nobody else's."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dpo_gov.errors import InputError
from dpo_gov.study.journal import Journal

HEADER = {"study": "test", "size": 3}
LINES = [{"number": n, "text": "x" * n} for n in range(6)]


def write(path: Path) -> str:
    """Write all lines that are not there, and give the hash."""
    with Journal(path, HEADER) as journal:
        assert journal.done == LINES[: len(journal.done)]
        journal.add(LINES[len(journal.done) :])
        return journal.sha256()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200))
def test_cut_anywhere_it_is_completed(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """A file that a kill has cut off at any byte is continued to the bytes of the unbroken one."""
    folder = tmp_path_factory.mktemp("journal")
    digest = write(folder / "whole")
    whole = (folder / "whole").read_bytes()
    (folder / "cut").write_bytes(whole[:cut])
    assert write(folder / "cut") == digest
    assert (folder / "cut").read_bytes() == whole


def test_of_another_study_it_is_left_alone(tmp_path: Path) -> None:
    """Whatever the other file is: another study, a text, a line that was cut."""
    path = tmp_path / "journal"
    for foreign in (b'{"study":"other"}\n{}\n', b"a text\n", b"a text", b'{"size":3,"st"'):
        path.write_bytes(foreign)
        with pytest.raises(InputError, match="is of another study.*choose another folder"):
            write(path)
        assert path.read_bytes() == foreign


@pytest.mark.parametrize("figure", [2.0**53, -1.2e17, 9e20, 1e21, 1.5e300, 0.0, -0.5])
def test_large_figures_are_read_again(tmp_path: Path, figure: float) -> None:
    """RFC 8785 writes 1e17 as digits; what the program wrote itself is no damage to it."""
    line = {"figures": {"cost": [figure, 0.1]}}
    with Journal(tmp_path / "journal", HEADER) as journal:
        journal.add([line])
        digest = journal.sha256()
    with Journal(tmp_path / "journal", HEADER) as journal:
        assert journal.done == [line]
        assert journal.sha256() == digest


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    """It is not skipped: its row would be missing. Cut off there, the file is completed."""
    path = tmp_path / "journal"
    digest = write(path)
    lines = path.read_bytes().splitlines(keepends=True)
    for damaged in (b"{oops}\n", b"{}\n", b"[1]\n", b"[" * 100_000 + b"\n", b"\xff\n"):
        path.write_bytes(b"".join([*lines[:2], damaged, *lines[3:]]))
        with pytest.raises(InputError, match="line 3: is damaged; delete it and all that follows"):
            write(path)
    path.write_bytes(b"".join(lines[:2]))
    assert write(path) == digest


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_byte_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever byte of a line is another, or whatever lines change places, no line is believed."""
    path = tmp_path_factory.mktemp("journal") / "journal"
    write(path)
    whole = bytearray(path.read_bytes())
    header = whole.index(b"\n") + 1
    # Without the last end of line, what follows is a torn line, which is done again.
    place = data.draw(st.integers(header, len(whole) - 2))
    whole[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    path.write_bytes(whole)
    with pytest.raises(InputError, match="is damaged"):
        write(path)


def test_lines_in_another_order_are_found(tmp_path: Path) -> None:
    """A line that is whole, but swapped, left out or there twice, is no line of this file."""
    path = tmp_path / "journal"
    write(path)
    first, *lines = path.read_bytes().splitlines(keepends=True)
    for others in (lines[::-1], lines[1:], [lines[0], *lines]):
        path.write_bytes(b"".join([first, *others]))
        with pytest.raises(InputError, match="line [23]: is damaged"):
            write(path)


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    """The second is told; when the first is done it may."""
    path = tmp_path / "journal"
    with Journal(path, HEADER), pytest.raises(InputError, match="another run is writing it"):
        Journal(path, HEADER)
    with Journal(path, HEADER) as journal:
        assert journal.done == []
    assert json.loads(path.read_text()) == HEADER


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where a folder should be, and a link, which is not followed."""
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("elsewhere")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "file" / "journal", tmp_path / "link", tmp_path / "pipe"):
        with pytest.raises(InputError, match="cannot be written"):
            Journal(path, HEADER)
    assert not (tmp_path / "elsewhere").exists()

"""Files that others made are read without being followed, waited for, or read without an end."""

import os
from pathlib import Path

import pytest

from dpo_gov.files import is_folder, is_there, read_file, try_file, write_file


def test_a_file_is_read(tmp_path: Path) -> None:
    """Its bytes; of a larger one a byte more than allowed, so that it can be refused."""
    (tmp_path / "file").write_bytes(b"12345")
    assert read_file(tmp_path / "file", 5) == b"12345"
    assert read_file(tmp_path / "file", 3) == b"1234"


def test_folders_may_be_links(tmp_path: Path) -> None:
    """Only the file itself may not: people keep folders wherever they like."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert read_file(tmp_path / "link" / "file", 5) == b"1"


@pytest.mark.parametrize("target", ["file", "nothing", "/proc/self/environ"])
def test_a_link_is_not_followed(tmp_path: Path, target: str) -> None:
    """Neither to a file of the reader, nor to nowhere, nor to a secret of the machine."""
    (tmp_path / "file").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(OSError, match="it is a link; put the file itself there"):
        read_file(tmp_path / "link", 5)


def test_a_link_that_the_reader_names_is_followed(tmp_path: Path) -> None:
    """People keep data elsewhere; a circle of links is an error like any other."""
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "circle").symlink_to("circle")
    assert read_file(tmp_path / "link", 5, links=True) == b"1"
    with pytest.raises(OSError, match="Too many levels"):
        read_file(tmp_path / "circle", 5, links=True)


def test_a_name_longer_than_any_file_has_is_not_there(tmp_path: Path) -> None:
    """Asking for it is no error; files and folders are told apart."""
    (tmp_path / "file").write_bytes(b"1")
    assert is_there(tmp_path / "file") and not is_folder(tmp_path / "file")
    assert is_there(tmp_path) and is_folder(tmp_path)
    assert not is_there(Path("a" * 5_000)) and not is_folder(Path("a" * 5_000))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Opening a pipe that nobody writes to would hang for ever."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no regular file"):
        read_file(tmp_path / "pipe", 5)


@pytest.mark.parametrize("path", ["/dev/zero", "/"])
def test_neither_devices_nor_folders_are_read(path: str) -> None:
    """What is no regular file has no bytes that could be a proposal's."""
    with pytest.raises(OSError, match="no regular file"):
        read_file(Path(path), 5)


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    """The caller can tell it from one that it may not read."""
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "gone", 5)


def test_a_file_is_written_whole_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new one can be read by all; a failure leaves the old one, and no scratch file."""
    path = tmp_path / "file"
    write_file(path, b"old")
    assert path.stat().st_mode & 0o777 == 0o644

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_only_a_regular_file_is_replaced(tmp_path: Path) -> None:
    """Renaming over a link, a pipe or a device would take it away from everybody."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "link", "folder"):
        with pytest.raises(OSError, match="no regular file"):
            write_file(tmp_path / name, b"new")


def test_whether_a_file_can_be_written_is_known_before(tmp_path: Path) -> None:
    """A name too long, a folder that is not there, a folder in its place; nothing is left."""
    try_file(tmp_path / "new")
    assert not list(tmp_path.iterdir())
    for path in (tmp_path / ("a" * 5_000), tmp_path / "none" / "new", tmp_path):
        with pytest.raises(OSError, match="too long|No such file|no regular file"):
            try_file(path)
    assert not list(tmp_path.iterdir())

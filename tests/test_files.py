"""Files that others made are read without being followed, waited for, or read without an end."""

import os
from pathlib import Path

import pytest

from dpo_gov.files import read_file


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

"""Files: those of others are not followed, waited for or read without an end; ours are whole."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether a file or folder is there; one whose name no system could hold is not."""
    try:
        return path.exists()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder is there; one whose name no system could hold is not."""
    try:
        return path.is_dir()
    except OSError:
        return False


def read_file(path: Path, most: int, *, links: bool = False) -> bytes:
    """The bytes of a file; `most` + 1 of them where it is larger, which the caller refuses.

    The file itself must not be a link, which could show another file of the reader's, nor a pipe
    or a device; the folders on the way may be links. `links` allows it, for a file that the
    reader names and no other. Raises OSError, whose `strerror` says why.
    """
    # Without NONBLOCK, opening a pipe waits for somebody to write.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if links else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP and not links:
            raise OSError(errno.ELOOP, "it is a link; put the file itself there") from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file, but a folder, pipe or device")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(descriptor)


def write_file(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; one that is there is replaced.

    Raises OSError, also where a link, a folder, a pipe or a device is there: none is replaced.
    """
    _check_kind(path)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        scratch = Path(new.name)
        try:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
            scratch.chmod(0o644)
            scratch.replace(path)
        except BaseException:
            scratch.unlink(missing_ok=True)
            raise


def try_file(path: Path) -> None:
    """Find out before long work whether `write_file` could write there; leaves nothing behind.

    Raises OSError.
    """
    _check_kind(path)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
        pass


def _check_kind(path: Path) -> None:
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise OSError(errno.EINVAL, "it is no regular file, but a link, folder or device")

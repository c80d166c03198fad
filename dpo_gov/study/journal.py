"""A file that grows by whole lines: what a study has done survives a kill, and is not done again.

The first line says what is studied; a file of another study is never continued. The last line may
be cut off where a run was killed: it is dropped and done again. So the finished file has the same
bytes, however often the run was broken.

Each line after the first ends in the SHA-256 of the file up to there, so that damage is found and
never believed. It is no signature: who rewrites the lines can hash them, too.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import rfc8785
from pydantic_core import from_json

from dpo_gov.errors import InputError

Line = dict[str, Any]
SEAL = "sha256_so_far"
"""Of a line: SHA-256, in hex, of all bytes before it and of the line itself without this."""


EXACT = 2**53
"""From here on RFC 8785 knows floats only."""


class Journal:
    """An open journal; to be used in a `with` statement, since it locks its file.

    `done`: the lines after the first that are there already.
    """

    def __init__(self, path: Path, header: Line) -> None:
        """Open the file or begin one. Raises InputError where it is another study's or in use."""
        self.path = path
        self.done: list[Line] = []
        self._digest = hashlib.sha256()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            self._file = os.fdopen(os.open(path, flags, 0o644), "r+b")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise InputError(
                f"{path}: another run is writing it; wait for it, or stop it"
            ) from None
        except OSError as error:
            why = error.strerror or "it is no regular file"
            raise InputError(f"{path}: cannot be written ({why})") from None
        try:
            self._continue(header)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it; the lock goes with it."""
        self._file.close()

    def add(self, lines: Iterable[Line]) -> None:
        """Append lines; they are on disk when this returns."""
        self._write(b"".join(map(self._seal, lines)))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()
        os.fsync(self._file.fileno())

    def sha256(self) -> str:
        """SHA-256 of the whole file, in hex."""
        return self._digest.hexdigest()

    def _seal(self, line: Line) -> bytes:
        """The bytes of the next line, which are counted as written."""
        so_far = self._digest.copy()
        so_far.update(_bytes(line))
        sealed = _bytes(line | {SEAL: so_far.hexdigest()})
        self._digest.update(sealed)
        return sealed

    def _continue(self, header: Line) -> None:
        data = self._file.read()
        whole = data[: data.rfind(b"\n") + 1]
        first, *lines = whole.splitlines() or [b""]
        if not whole and not _bytes(header).startswith(data):
            raise self._foreign()
        if whole and first + b"\n" != _bytes(header):
            raise self._foreign()
        self._digest.update(_bytes(header))
        for number, line in enumerate(lines, 2):
            try:
                content = _as_written(from_json(line))
                del content[SEAL]
                sound = self._seal(content) == line + b"\n"
            except (ValueError, TypeError, KeyError):
                sound = False
            if not sound:
                raise InputError(
                    f"{self.path}, line {number}: is damaged; delete it and all that follows, "
                    "which is then done again"
                )
            self.done.append(content)
        self._file.seek(len(whole))
        self._file.truncate()
        if not whole:
            self._write(_bytes(header))

    def _foreign(self) -> InputError:
        return InputError(
            f"{self.path}: is of another study (other parameters, market, size or program); "
            "choose another folder, or delete it"
        )


def _bytes(line: Line) -> bytes:
    return rfc8785.dumps(line) + b"\n"


def _as_written(value: Any) -> Any:
    """What was read, with large whole numbers as floats again: RFC 8785 writes 1e17 in digits."""
    if isinstance(value, dict):
        return {name: _as_written(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_written(one) for one in value]
    return float(value) if isinstance(value, int) and abs(value) >= EXACT else value

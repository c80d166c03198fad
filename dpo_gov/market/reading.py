"""Reading the files that a person names: of any kind and size, but only so much of them.

What gzip packed is unpacked, as published series come.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from dpo_gov.errors import DataError
from dpo_gov.files import read_file
from dpo_gov.texts import hidden_character

MOST_BYTES = 16 * 1024 * 1024
"""A close a day for centuries, or a market with as much history as assets can have."""
_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"PK\x03\x04": "a ZIP file or a spreadsheet",
}


def read_bytes(path: Path, hint: str = "") -> bytes:
    """The bytes of a file. Raises DataError, with the hint where it cannot be read."""
    try:
        data = read_file(path, MOST_BYTES, links=True)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}){hint}") from None
    if data.startswith(_GZIP) and len(data) <= MOST_BYTES:
        data = _unpacked(path, data)
    if len(data) > MOST_BYTES:
        raise DataError(f"{path}: larger than {MOST_BYTES >> 20} MiB, the most that is read")
    return data


def source_name(path: Path) -> str:
    """A file's name, as a market keeps it. Raises DataError."""
    if bad := hidden_character(path.name, allowed=""):
        raise DataError(f"{path}: its name holds the invisible character {bad}; rename the file")
    return path.name


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, without a mark at its start. Raises DataError."""
    data = read_bytes(path)
    for start, kind in _OTHERS.items():
        if data.startswith(start):
            raise DataError(f"{path}: is {kind}; save it as CSV in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}, row {row}: byte 0x{data[error.start]:02x} is no text in UTF-8; save the "
            "file as CSV in UTF-8"
        ) from None


def _unpacked(path: Path, data: bytes) -> bytes:
    """At most one byte more than may be read."""
    packed = zlib.decompressobj(wbits=31)
    try:
        unpacked = packed.decompress(data, MOST_BYTES + 1)
    except zlib.error:
        raise DataError(f"{path}: is no whole gzip file; fetch it again, or unpack it") from None
    if len(unpacked) <= MOST_BYTES and not packed.eof:
        raise DataError(f"{path}: the gzip file ends too early; fetch it again")
    return unpacked

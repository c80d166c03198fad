"""Reading the files that a person names: of any kind and size, but only so much of them."""

from __future__ import annotations

from pathlib import Path

from dpo_gov.errors import DataError
from dpo_gov.files import read_file

MOST_BYTES = 16 * 1024 * 1024
"""A close a day for centuries, or a market with as much history as assets can have."""


def read_bytes(path: Path, hint: str = "") -> bytes:
    """The bytes of a file. Raises DataError, with the hint where it cannot be read."""
    try:
        data = read_file(path, MOST_BYTES, links=True)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}){hint}") from None
    if len(data) > MOST_BYTES:
        raise DataError(f"{path}: larger than {MOST_BYTES >> 20} MiB, the most that is read")
    return data


def read_text(path: Path) -> str:
    """The text of a file in UTF-8. Raises DataError."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path}: is no text in UTF-8; give a CSV file") from None

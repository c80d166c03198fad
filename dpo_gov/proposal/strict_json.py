"""JSON that others may have written: read strictly, written in one way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from dpo_gov.errors import InputError
from dpo_gov.files import read_file

MAX_BYTES = 4 * 1024 * 1024


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file of at most `most` bytes. Raises InputError."""
    try:
        data = read_file(path, most)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > most:
        raise InputError(f"{path}: larger than {most // 1024} KiB, the most that is read")
    return data


def parse(data: bytes, name: str, *, fractions: bool = False) -> Any:
    """Read JSON without double names, NaN or deep nesting; fractions where they are allowed.

    Raises InputError.
    """

    def refuse(text: str) -> NoReturn:
        raise InputError(f"{name}: the number {text} is no exact integer; write numbers as text")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [key for key, _ in pairs]
            double = next(key for key in names if names.count(key) > 1)
            raise InputError(f"{name}: {double!r} is given twice in one object; keep one")
        return found

    try:
        return json.loads(
            data,
            object_pairs_hook=unique,
            parse_float=float if fractions else refuse,
            parse_constant=refuse,
        )
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{name}: is not JSON{line}; render or fetch it again") from error
    except ValueError as error:  # an integer of thousands of digits
        raise InputError(f"{name}: holds a number that is too long") from error


def dump(value: object) -> bytes:
    """JSON for people to read and git to compare: two spaces, LF, one final line end."""
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()

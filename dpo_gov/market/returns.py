"""A bare series of returns from a text file, as published data sets come: without prices."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
from dpo_gov.market.reading import read_text

_BETWEEN = re.compile(r"\s*[;,\t]\s*|\s+")
_LEAST = 2
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PRICES_AT_LEAST = 0.95
"""Numbers of which so many are above zero are no returns."""


@dataclass(frozen=True)
class Returns:
    """Returns in the order and the unit of the file."""

    name: str
    values: npt.NDArray[np.float64]


def holds_closes(path: Path) -> bool:
    """Whether a file has the header of daily closes rather than returns. Raises DataError."""
    return "close" in _cells(_lines(path)[0][1])


def read_returns(path: Path) -> Returns:
    """Read the one column of returns of a text file.

    Dates and a column that counts the rows are passed over; so is a header. Raises DataError,
    which names file and row, where a cell is no number or where more than one column is left.
    """
    lines = _lines(path)
    header = _cells(lines[0][1])
    if any(_number(cell) is None and not _DATE.fullmatch(cell) for cell in header):
        lines = lines[1:]
    else:
        header = []
    rows = [(number, _cells(line)) for number, line in lines]
    if len(rows) < _LEAST:
        raise DataError(f"{path}: holds {len(rows)} rows of data; give a series of returns")
    width = len(rows[0][1])
    for number, cells in rows:
        if len(cells) != width:
            raise DataError(
                f"{path}, row {number}: {len(cells)} columns, the first row of data has {width}"
            )
    names = header if len(header) == width else ["", *header][-width:]
    columns = {}
    for place in range(width):
        column = [(number, row[place]) for number, row in rows]
        if all(_DATE.fullmatch(cell) for _, cell in column):
            continue
        values = _values(path, column)
        if width > 1 and (np.diff(values) == 1.0).all():
            continue
        columns[names[place] if place < len(names) else f"column {place + 1}"] = values
    if len(columns) != 1:
        found = ", ".join(columns) or "none"
        raise DataError(f"{path}: one column of returns is needed, there are: {found}; keep one")
    ((name, returns),) = columns.items()
    if (returns > 0.0).mean() > _PRICES_AT_LEAST:
        raise DataError(
            f"{path}: nearly all figures are above 0, so they are no returns; for prices name the "
            "columns `date` and `close`"
        )
    return Returns(name if header else path.name, returns)


def _lines(path: Path) -> list[tuple[int, str]]:
    text = enumerate(read_text(path).splitlines(), 1)
    lines = [(number, line.strip()) for number, line in text if line.strip()]
    if not lines:
        raise DataError(f"{path}: is empty")
    return lines


def _cells(line: str) -> list[str]:
    return [cell.strip("\"'") for cell in _BETWEEN.split(line)]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _values(path: Path, cells: list[tuple[int, str]]) -> npt.NDArray[np.float64]:
    values = []
    for number, text in cells:
        value = _number(text)
        if value is None or not math.isfinite(value):
            raise DataError(f"{path}, row {number}: {text!r} is no return; write a finite number")
        values.append(value)
    return np.array(values)

"""A bare series of returns from a text file, as published data sets come: without prices."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
from dpo_gov.market.reading import read_text

_SPACES = re.compile(r"[ \t]+")
_MARKS = (";", "\t", ",")
"""What may separate cells; of several in a line the first of these does. Otherwise spaces do."""
_LEAST = 2
_DATE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}([T ].*)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_COMMENT = "#"
_PRICES_AT_LEAST = 0.95
"""Numbers of which so many are above zero are no returns."""


@dataclass(frozen=True)
class Returns:
    """Returns in the order and the unit of the file.

    `passed_over`: the names of other columns, which were not taken for returns.
    """

    name: str
    values: npt.NDArray[np.float64]
    passed_over: tuple[str, ...] = ()


def holds_closes(path: Path) -> bool:
    """Whether a file has the header of daily closes rather than returns. Raises DataError."""
    _, line = _lines(path)[0]
    return "close" in [cell.lower() for cell in _cells(line, _mark([line]))]


def read_returns(path: Path) -> Returns:
    """Read the one column of returns of a text file.

    With or without header, quotes, and a decimal comma where semicolons or tabs separate. Passed
    over are lines that begin with #, dates, empty columns, a column that counts the rows, and one
    of flags, 0 or 1. Raises DataError, which names file and row, where a cell is no number or where
    more than one column is left.
    """
    lines = _lines(path)
    mark = _mark([line for _, line in lines])
    header = _cells(lines[0][1], mark)
    if any(_number(cell) is None and not _DATE.fullmatch(cell) for cell in header):
        lines = lines[1:]
    else:
        header = []
    rows = [(number, _cells(line, mark)) for number, line in lines]
    if len(rows) < _LEAST:
        raise DataError(f"{path}: holds {len(rows)} rows of data; give a series of returns")
    width = len(rows[0][1])
    for number, cells in rows:
        if len(cells) != width:
            raise DataError(
                f"{path}, row {number}: {len(cells)} columns, the first row of data has {width}"
            )
    names = header if len(header) == width else ["", *header][-width:]
    names = [name or f"column {place}" for place, name in enumerate(names, 1)]
    if len(names) != width:
        names = [f"column {place}" for place in range(1, width + 1)]
    columns, others = {}, []
    for place, name in enumerate(names):
        values = _returns(path, [(number, cells[place]) for number, cells in rows])
        if values is None or (width > 1 and _is_about_rows(values)):
            others.append(name)
        else:
            columns[name] = values
    if len(columns) != 1:
        found = ", ".join(columns) or "none"
        raise DataError(f"{path}: one column of returns is needed, there are: {found}; keep one")
    ((name, returns),) = columns.items()
    if (returns > 0.0).mean() > _PRICES_AT_LEAST:
        raise DataError(
            f"{path}: nearly all figures are above 0, so they are no returns; for prices name the "
            "columns `date` and `close`"
        )
    return Returns(name if header else path.name, returns, tuple(others))


def _lines(path: Path) -> list[tuple[int, str]]:
    text = enumerate(read_text(path).splitlines(), 1)
    lines = [(number, line.strip()) for number, line in text if line.strip()]
    lines = [(number, line) for number, line in lines if not line.startswith(_COMMENT)]
    if not lines:
        raise DataError(f"{path}: is empty; give a series of daily closes or returns")
    return lines


def _mark(lines: list[str]) -> str:
    """What separates the cells of the first lines; empty for spaces."""
    few = lines[:5]
    return next((mark for mark in _MARKS if any(mark in line for line in few)), "")


def _cells(line: str, mark: str) -> list[str]:
    cells = line.split(mark) if mark else _SPACES.split(line)
    return [cell.strip().strip("\"'").strip() for cell in cells]


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text)
    except ValueError:
        return None


def _returns(path: Path, cells: list[tuple[int, str]]) -> npt.NDArray[np.float64] | None:
    """The numbers of a column; None where it has dates, or nothing at all."""
    if all(not text or _DATE.fullmatch(text) for _, text in cells):
        return None
    return np.array(list(_values(path, cells)))


def _values(path: Path, cells: list[tuple[int, str]]) -> Iterator[float]:
    for number, text in cells:
        value = _number(text)
        if value is None or not math.isfinite(value):
            raise DataError(f"{path}, row {number}: {text!r} is no return; write a finite number")
        yield value


def _is_about_rows(values: npt.NDArray[np.float64]) -> bool:
    """Whether a column counts the rows, or says of each yes or no."""
    return bool((np.diff(values) == 1.0).all() or np.isin(values, (0.0, 1.0)).all())

"""CSV files with a date and a figure a day: their rows, refused where they are not that."""

from __future__ import annotations

import csv
import datetime
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from dpo_gov.errors import DataError
from dpo_gov.market.reading import read_text
from dpo_gov.market.repair import Row

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(_DATE.pattern + "[T ].*")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
_HOLES = frozenset({"", "-", ".", "nan", "na", "n/a", "null", "none"})


def read_rows(
    path: Path, names: Sequence[str], *, what: str, hint: str, holes: bool
) -> Iterator[Row]:
    """The rows of a file whose header has `date` and one of the names, for the figures.

    `what`: how a figure is called in messages, `hint`: what to do where there is no such column.
    `holes`: whether a cell may have none. Raises DataError.
    """
    for line, date, figure in _cells(path, names, hint):
        where = f"{path}, row {line}"
        yield Row(line, _date(where, date), _figure(where, figure, what, holes=holes))


def _cells(path: Path, wanted: Sequence[str], hint: str) -> Iterator[tuple[int, str, str]]:
    """The row, the date and the figure of each line below the header, as text."""
    text = read_text(path)
    if not text.strip():
        raise DataError(
            f"{path}: is empty; the first row names the columns `date` and `{wanted[0]}`"
        )
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    try:
        names = [name.strip().lower() for name in next(reader)]
        places = _places(path, names, wanted, hint)
        for cells in reader:
            if not cells:
                continue
            if len(cells) > len(names):
                raise DataError(
                    f"{path}, row {reader.line_num}: {len(cells)} cells under {len(names)} names; "
                    "is a decimal comma among them? write a point"
                )
            date, figure = (cells[place] if place < len(cells) else "" for place in places)
            yield reader.line_num, date.strip(), figure.strip()
    except csv.Error as error:
        raise DataError(f"{path}, row {reader.line_num}: is no CSV ({error})") from None


def _places(path: Path, names: Sequence[str], wanted: Sequence[str], hint: str) -> tuple[int, int]:
    for mark, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and mark in names[0]:
            raise DataError(
                f"{path}, row 1: the columns are separated by {called}; separate them by commas"
            )
    count = Counter(names)
    ours = ("date", next((name for name in wanted if count[name]), wanted[0]))
    if missing := [name for name in ours if not count[name]]:
        raise DataError(
            f"{path}, row 1: no column {' and '.join(missing)}; the header must name `date` and "
            f"`{ours[1]}`, this one is {', '.join(names[:8])[:200]!r} ({hint})"
        )
    if double := [name for name in ours if count[name] > 1]:
        raise DataError(f"{path}, row 1: the column {double[0]} is there twice; keep one")
    return names.index(ours[0]), names.index(ours[1])


def _date(where: str, text: str) -> datetime.date:
    try:
        if _DATE.fullmatch(text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    if _TIME.fullmatch(text):
        raise DataError(
            f"{where}: {text!r} has a time of day; give the day alone, in UTC, as {text[:10]}"
        )
    raise DataError(f"{where}: {text!r} is no date; write YYYY-MM-DD in every row")


def _figure(where: str, text: str, what: str, *, holes: bool) -> float | None:
    if text.lower() in _HOLES:
        if holes:
            return None
        raise DataError(
            f"{where}: there is no {what} ({text!r}); give that of the day, or --fill-gaps, which "
            f"takes the {what} before"
        )
    if not _NUMBER.fullmatch(text):
        if _NO_NUMBER.fullmatch(text):
            raise DataError(f"{where}: the {what} is {text}; give that of the day")
        hint = "write a number with a decimal point, without other signs"
        if "%" in text:
            hint = f"a percentage is no {what}; write a fraction or a price, without a sign"
        raise DataError(f"{where}: {text!r} is no {what}; {hint}")
    figure = float(text)
    if not math.isfinite(figure):
        raise DataError(f"{where}: the {what} {text} is larger than any; correct it")
    return figure

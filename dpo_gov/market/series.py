"""Daily closes from CSV files, refused where they are not what they should be."""

from __future__ import annotations

import csv
import datetime
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
from dpo_gov.market.reading import read_text

LEAST_ROWS = 365
_LARGEST_MOVE = 5.0
"""No daily close of a traded asset has moved by this factor; a slip of unit or decimal has."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Series:
    """Daily closes of one asset in US dollars, without gaps, in order."""

    symbol: str
    source: str
    first: datetime.date
    closes: npt.NDArray[np.float64]

    @property
    def last(self) -> datetime.date:
        """The day of the last close."""
        return self.first + (len(self.closes) - 1) * _DAY


def read_series(path: Path, symbol: str = "", source: str = "") -> Series:
    """Read a CSV file with the columns `date` (YYYY-MM-DD) and `close` (US dollars).

    `symbol` is the start of the file's name where it is not given, `source` the whole name.
    Raises DataError, which names file and row, for anything that is not a price a day.
    """
    rows = _rows(path)
    dates: list[datetime.date] = []
    closes: list[float] = []
    for line, date_text, close_text in rows:
        where = f"{path}, row {line}"
        date, close = _date(where, date_text), _close(where, close_text)
        if dates:
            _check_order(where, dates[-1], date)
            factor = close / closes[-1]
            if not 1.0 / _LARGEST_MOVE < factor < _LARGEST_MOVE:
                raise DataError(
                    f"{where}: the close goes from {closes[-1]:g} to {close:g} in a day; a factor "
                    f"of {_LARGEST_MOVE:g} is no market, correct the unit or the decimal point"
                )
        dates.append(date)
        closes.append(close)
    if len(closes) < LEAST_ROWS:
        raise DataError(
            f"{path}: {len(closes)} rows; at least {LEAST_ROWS} daily closes are needed"
        )
    symbol = symbol or path.name.split("_")[0].split(".")[0].upper()
    return Series(symbol, source or path.name, dates[0], np.array(closes))


def overlap(series: Sequence[Series]) -> tuple[datetime.date, datetime.date]:
    """First and last day that all series have. Raises DataError where they are too few."""
    first = max(one.first for one in series)
    last = min(one.last for one in series)
    if (days := (last - first).days + 1) < LEAST_ROWS:
        ranges = "; ".join(f"{one.symbol} {one.first} … {one.last}" for one in series)
        raise DataError(
            f"the series share {max(days, 0)} days, at least {LEAST_ROWS} are needed ({ranges})"
        )
    return first, last


def log_returns(series: Sequence[Series]) -> npt.NDArray[np.float64]:
    """Daily log returns over the days that all series have, (assets, days)."""
    first, last = overlap(series)
    days = (last - first).days + 1
    closes = [one.closes[(first - one.first).days :][:days] for one in series]
    returns: npt.NDArray[np.float64] = np.diff(np.log(np.stack(closes)), axis=1)
    return returns


def _rows(path: Path) -> list[tuple[int, str, str]]:
    reader = csv.DictReader(io.StringIO(read_text(path), newline=None), strict=True)
    try:
        names = reader.fieldnames or ()
        if missing := [name for name in ("date", "close") if name not in names]:
            raise DataError(
                f"{path}, row 1: no column {' and '.join(missing)}; the header must name "
                "`date` and `close`"
            )
        return [(reader.line_num, row["date"] or "", row["close"] or "") for row in reader]
    except csv.Error as error:
        raise DataError(f"{path}, row {reader.line_num}: is no CSV ({error})") from None


def _date(where: str, text: str) -> datetime.date:
    try:
        if _DATE.fullmatch(text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise DataError(f"{where}: {text!r} is no date; write YYYY-MM-DD")


def _close(where: str, text: str) -> float:
    try:
        close = float(text)
    except ValueError:
        hint = "a percentage is no price" if "%" in text else "write a number"
        raise DataError(f"{where}: {text!r} is no close; {hint}, in US dollars") from None
    if not math.isfinite(close):
        raise DataError(f"{where}: the close is {text}; leave no hole, give the price of that day")
    if close <= 0.0:
        raise DataError(
            f"{where}: the close is {text}; prices are above 0 (are these returns? give closes)"
        )
    return close


def _check_order(where: str, before: datetime.date, date: datetime.date) -> None:
    if date == before:
        raise DataError(f"{where}: {date} is there twice; keep one close a day")
    if date < before:
        raise DataError(f"{where}: {date} comes after {before}; sort the rows by date")
    if (missing := (date - before).days - 1) > 0:
        raise DataError(
            f"{where}: {missing} day(s) missing between {before} and {date}; give every day"
        )

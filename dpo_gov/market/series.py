"""Daily closes from CSV files, refused where they are not what they should be."""

from __future__ import annotations

import csv
import datetime
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
from dpo_gov.market.model import STABLE, WRAPPED
from dpo_gov.market.reading import read_text
from dpo_gov.market.repair import NONE, Repairs, Row, mended

LEAST_ROWS = 365
_NAMES = ("date", "close")
_SYMBOL = re.compile(r"[A-Z][A-Z0-9]{0,11}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(_DATE.pattern + "[T ].*")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
_HOLES = frozenset({"", "-", ".", "nan", "na", "n/a", "null", "none"})
_DAY = datetime.timedelta(days=1)
_BELIEVED = {STABLE: (2.0, 0.0), "BTC": (2e6, 0.008), "ETH": (6e4, 0.01), "LINK": (3e3, 0.01)}
"""Closes above the first and daily deviations below the second are in no unit that is allowed.

A quarter of the deviation since 2019, and about twenty times the highest close.
"""


@dataclass(frozen=True)
class Series:
    """Daily closes of one asset in US dollars, without gaps, in order."""

    symbol: str
    source: str
    first: datetime.date
    closes: npt.NDArray[np.float64]
    repairs: tuple[str, ...] = ()
    """What was mended on request, in words."""

    @property
    def last(self) -> datetime.date:
        """The day of the last close."""
        return self.first + (len(self.closes) - 1) * _DAY


def read_series(
    path: Path,
    symbol: str = "",
    source: str = "",
    *,
    repairs: Repairs = NONE,
    today: datetime.date | None = None,
) -> Series:
    """Read a CSV file with the columns `date` (YYYY-MM-DD) and `close` (US dollars).

    `symbol` is the start of the file's name where it is not given, `source` the whole name.
    `today`: the last day that may be there, today (UTC) where it is not given. Raises DataError,
    which names file and row, for anything that is not a price a day and was not to be mended.
    """
    rows = [_row(path, *cells, holes=repairs.fill_gaps) for cells in _cells(path)]
    now = today or datetime.datetime.now(datetime.UTC).date()
    rows, done = mended(path, rows, repairs, now)
    if len(rows) < LEAST_ROWS:
        raise DataError(f"{path}: {len(rows)} rows; at least {LEAST_ROWS} daily closes are needed")
    symbol = symbol or path.name.split("_")[0].split(".")[0].upper()
    if not _SYMBOL.fullmatch(symbol):
        raise DataError(f"{path}: {symbol!r} is no name of an asset; write SYMBOL={path}")
    closes = np.array([row.close for row in rows], dtype=np.float64)
    if not repairs.keep_outliers:
        _check_unit(path, symbol, closes)
    return Series(symbol, source or path.name, rows[0].date, closes, done)


def distinct(series: Sequence[Series]) -> Sequence[Series]:
    """The series themselves. Raises DataError where an asset has two."""
    symbols = [one.symbol for one in series]
    if len(set(symbols)) != len(symbols):
        raise DataError(
            f"each asset needs one series, given are {', '.join(symbols)}; leave one out, or name "
            "the asset, as ETH=FILE"
        )
    return series


def overlap(series: Sequence[Series]) -> tuple[datetime.date, datetime.date]:
    """First and last day that all series have. Raises DataError where they are too few."""
    first = max(one.first for one in series)
    last = min(one.last for one in series)
    if (days := (last - first).days + 1) < LEAST_ROWS:
        ranges = "; ".join(f"{one.symbol} {one.first} … {one.last}" for one in series)
        raise DataError(
            f"the series share {max(days, 0)} days, at least {LEAST_ROWS} are needed ({ranges}); "
            "leave one out, or give longer ones"
        )
    return first, last


def log_returns(series: Sequence[Series]) -> npt.NDArray[np.float64]:
    """Daily log returns over the days that all series have, (assets, days)."""
    first, last = overlap(series)
    days = (last - first).days + 1
    closes = [one.closes[(first - one.first).days :][:days] for one in series]
    returns: npt.NDArray[np.float64] = np.diff(np.log(np.stack(closes)), axis=1)
    return returns


def _cells(path: Path) -> Iterator[tuple[int, str, str]]:
    """The row, the date and the close of each line below the header, as text."""
    text = read_text(path)
    if not text.strip():
        raise DataError(f"{path}: is empty; the first row names the columns `date` and `close`")
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    try:
        names = [name.strip().lower() for name in next(reader)]
        places = _places(path, names)
        for cells in reader:
            if not cells:
                continue
            if len(cells) > len(names):
                raise DataError(
                    f"{path}, row {reader.line_num}: {len(cells)} cells under {len(names)} names; "
                    "is a decimal comma among them? write a point"
                )
            date, close = (cells[place] if place < len(cells) else "" for place in places)
            yield reader.line_num, date.strip(), close.strip()
    except csv.Error as error:
        raise DataError(f"{path}, row {reader.line_num}: is no CSV ({error})") from None


def _places(path: Path, names: Sequence[str]) -> tuple[int, int]:
    for mark, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and mark in names[0]:
            raise DataError(
                f"{path}, row 1: the columns are separated by {called}; separate them by commas"
            )
    count = Counter(names)
    if missing := [name for name in _NAMES if not count[name]]:
        raise DataError(
            f"{path}, row 1: no column {' and '.join(missing)}; the header must name `date` and "
            f"`close`, this one is {', '.join(names[:8])[:200]!r} (a bare column of returns is for "
            "--model garch)"
        )
    if double := [name for name in _NAMES if count[name] > 1]:
        raise DataError(f"{path}, row 1: the column {double[0]} is there twice; keep one")
    return names.index("date"), names.index("close")


def _row(path: Path, line: int, date: str, close: str, *, holes: bool) -> Row:
    where = f"{path}, row {line}"
    return Row(line, _date(where, date), _close(where, close, holes=holes))


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


def _close(where: str, text: str, *, holes: bool) -> float | None:
    if text.lower() in _HOLES:
        if holes:
            return None
        raise DataError(
            f"{where}: there is no close ({text!r}); give the price of that day, or --fill-gaps, "
            "which takes the close before"
        )
    if not _NUMBER.fullmatch(text):
        if _NO_NUMBER.fullmatch(text):
            raise DataError(f"{where}: the close is {text}; give the price of that day")
        hint = "write a number with a decimal point, without other signs"
        if "%" in text:
            hint = "a percentage is no price, give the price"
        raise DataError(f"{where}: {text!r} is no close; {hint}, in US dollars")
    close = float(text)
    if not math.isfinite(close):
        raise DataError(f"{where}: the close {text} is larger than any price; correct it")
    if close <= 0.0:
        raise DataError(
            f"{where}: the close is {text}; prices are above 0 (are these returns? give closes)"
        )
    return close


def _check_unit(path: Path, symbol: str, closes: npt.NDArray[np.float64]) -> None:
    """Refuse closes of known assets that are in cents, or no prices at all."""
    most, least = _BELIEVED.get(WRAPPED.get(symbol, symbol), (math.inf, 0.0))
    highest, deviation = float(closes.max()), float(np.diff(np.log(closes)).std())
    if highest > most:
        what = f"closes as high as {highest:,.10g} are no US dollars; are they in cents?"
    elif deviation < least:
        what = (
            f"moves by {100.0 * deviation:.2f} % on a usual day, {symbol} by four times as much or "
            "more; are these logarithms of prices, or another asset's?"
        )
    else:
        return
    raise DataError(
        f"{path}: {what} Give closes in US dollars, or, where they are true, --keep-outliers"
    )

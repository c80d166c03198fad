"""Daily closes from CSV files, refused where they are not what they should be."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
from dpo_gov.market.daily import read_rows
from dpo_gov.market.model import STABLE, WRAPPED
from dpo_gov.market.reading import source_name
from dpo_gov.market.repair import NONE, Mender, Repairs

LEAST_ROWS = 365
_SYMBOL = re.compile(r"[A-Z][A-Z0-9]{0,11}")
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
    hint, holes = (
        "a bare column of returns is for --model garch, one file at a time",
        repairs.fill_gaps,
    )
    found = list(read_rows(path, ("close",), what="close", hint=hint, holes=holes))
    for row in found:
        if row.value is not None and row.value <= 0.0:
            raise DataError(
                f"{path}, row {row.line}: the close is {row.value:g}; prices are above 0 (are "
                "these returns? give closes)"
            )
    rows, done = Mender(path, repairs, today or now()).mend(found)
    if len(rows) < LEAST_ROWS:
        raise DataError(f"{path}: {len(rows)} rows; at least {LEAST_ROWS} daily closes are needed")
    symbol = symbol or path.name.split("_")[0].split(".")[0].upper()
    if not _SYMBOL.fullmatch(symbol):
        raise DataError(f"{path}: {symbol!r} is no name of an asset; write SYMBOL={path}")
    closes = np.array([row.value for row in rows], dtype=np.float64)
    if not repairs.keep_outliers:
        _check_unit(path, symbol, closes)
    return Series(symbol, source or source_name(path), rows[0].date, closes, done)


def now() -> datetime.date:
    """Today, in UTC: the only clock, and it only refuses."""
    return datetime.datetime.now(datetime.UTC).date()


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

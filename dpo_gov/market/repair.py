"""What a series of daily closes must be, and the repairs that a person may ask for by name.

Nothing is mended unasked. What was mended is said in words that stay with the series: the market's
file, `dpo-gov market show` and every report have them.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path

from dpo_gov.errors import DataError

LARGEST_MOVE = 5.0
"""No daily close of BTC, ETH or LINK has moved by this factor; a slip of unit or decimal has."""
LONE_MOVE = 2.0
"""Nor has one been so far from both the day before and the day after."""
LONGEST_GAP = 7
"""Days in a row that may be filled: a longer hole is no gap, but another series."""
_SHOWN = 5
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """A date and its close in US dollars; none where the cell is empty. `line`: in the file."""

    line: int
    date: datetime.date
    close: float | None

    def at(self, path: Path) -> str:
        """Where it is, for a message."""
        return f"{path}, row {self.line}"


@dataclass(frozen=True)
class Repairs:
    """The flaws that may be mended; by the names of the flags that ask for it."""

    sort: bool = False
    drop_duplicates: bool = False
    drop_future: bool = False
    fill_gaps: bool = False
    keep_outliers: bool = False


NONE = Repairs()


def mended(
    path: Path, rows: list[Row], wanted: Repairs, today: datetime.date
) -> tuple[list[Row], tuple[str, ...]]:
    """One close on each day, in order, and what had to be done for it.

    `today`: the last day that may have a close. Raises DataError for what was not to be mended.
    """
    done = []
    until = partial(_until, today)
    for step in (_in_order, _once_a_day, until, _every_day, _credible):
        rows, said = step(path, rows, wanted)
        done += [said] if said else []
    return rows, tuple(done)


def _in_order(path: Path, rows: list[Row], wanted: Repairs) -> tuple[list[Row], str]:
    late = [(before, row) for before, row in pairwise(rows) if row.date < before.date]
    if not late:
        return rows, ""
    if not wanted.sort:
        before, row = late[0]
        raise DataError(
            f"{row.at(path)}: {row.date} comes after {before.date}; sort the rows by date, or "
            "give --sort"
        )
    return sorted(rows, key=lambda row: row.date), "rows sorted by date"


def _once_a_day(path: Path, rows: list[Row], wanted: Repairs) -> tuple[list[Row], str]:
    days = [list(group) for _, group in groupby(rows, key=lambda row: row.date)]
    double = [day for day in days if len(day) > 1]
    if not double:
        return rows, ""
    if not wanted.drop_duplicates:
        first, row = double[0][:2]
        raise DataError(
            f"{row.at(path)}: {row.date} is there twice, in row {first.line}, too; keep one close "
            "a day, or give --drop-duplicates, which keeps the last"
        )
    dates = _dates([day[0].date for day in double])
    return [day[-1] for day in days], f"of days given twice the last close kept: {dates}"


def _until(
    today: datetime.date, path: Path, rows: list[Row], wanted: Repairs
) -> tuple[list[Row], str]:
    future = [row for row in rows if row.date > today]
    if not future:
        return rows, ""
    if not wanted.drop_future:
        raise DataError(
            f"{future[0].at(path)}: {future[0].date} is after today, {today} (UTC), and has no "
            "close yet; correct the date, or give --drop-future"
        )
    dates = _dates([row.date for row in future])
    return [row for row in rows if row.date <= today], f"days to come left out: {dates}"


def _every_day(path: Path, rows: list[Row], wanted: Repairs) -> tuple[list[Row], str]:
    if rows and rows[0].close is None:
        raise DataError(f"{rows[0].at(path)}: begins without a close; begin with one")
    filled, gaps, run = rows[:1], [], 0
    for row in rows[1:]:
        last = filled[-1]
        missing = (row.date - last.date).days - 1
        if missing and not wanted.fill_gaps:
            raise DataError(
                f"{row.at(path)}: {missing} day(s) missing between {last.date} and {row.date}; "
                "give every day, or --fill-gaps, which takes the close before"
            )
        holes = missing + (row.close is None)
        run += holes
        if run > LONGEST_GAP:
            raise DataError(
                f"{row.at(path)}: {run} days without a close up to {row.date}; at most "
                f"{LONGEST_GAP} in a row are filled, so give the days, or the series from then on"
            )
        for _ in range(holes):
            last = replace(last, date=last.date + _DAY)
            filled.append(last)
            gaps.append(last.date)
        if row.close is not None:
            filled.append(row)
            run = 0
    return filled, f"gaps filled with the close before: {_dates(gaps)}" if gaps else ""


def _credible(path: Path, rows: list[Row], wanted: Repairs) -> tuple[list[Row], str]:
    closes = [row.close or 0.0 for row in rows]
    odd = []
    for n in range(1, len(rows)):
        factor = _apart(closes[n - 1], closes[n])
        alone = n + 1 < len(rows) and min(factor, _apart(closes[n], closes[n + 1])) > LONE_MOVE
        back = alone and _apart(closes[n - 1], closes[n + 1]) < LONE_MOVE
        if factor < LARGEST_MOVE and not back:
            continue
        if not wanted.keep_outliers:
            why = (
                "and back the next day; a slip of the hand"
                if back
                else f"in a day; a factor of {LARGEST_MOVE:g} is hardly a market"
            )
            raise DataError(
                f"{rows[n].at(path)}: on {rows[n].date} the close goes from {closes[n - 1]:g} to "
                f"{closes[n]:g} {why}: correct the unit or the decimal point, or, where it is "
                "true, give --keep-outliers"
            )
        odd.append(rows[n].date)
    return rows, f"moves beyond belief kept: {_dates(odd)}" if odd else ""


def _apart(one: float, other: float) -> float:
    return max(one / other, other / one)


def _dates(dates: Sequence[datetime.date]) -> str:
    """The first of them, and how many there are."""
    more = f" … ({len(dates)} days)" if len(dates) > _SHOWN else ""
    return ", ".join(map(str, dates[:_SHOWN])) + more

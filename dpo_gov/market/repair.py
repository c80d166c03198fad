"""What a series of daily closes must be, and the repairs that a person may ask for by name.

Nothing is mended unasked. What was mended is said in words that stay with the series: the market's
file, `dpo-gov market show` and every report have them.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    """A date and its figure, such as a close; none where the cell is empty. `line`: in the file."""

    line: int
    date: datetime.date
    value: float | None


@dataclass(frozen=True)
class Repairs:
    """The flaws that may be mended; by the names of the flags that ask for it."""

    sort: bool = False
    drop_duplicates: bool = False
    drop_future: bool = False
    fill_gaps: bool = False
    keep_outliers: bool = False


NONE = Repairs()


@dataclass(frozen=True)
class Mender:
    """Brings the rows of a file into order. `what`: the name of its figures, for messages.

    `today`: the last day that may have one. `prices`: whether moves can be judged by their factor.
    """

    path: Path
    wanted: Repairs
    today: datetime.date
    what: str = "close"
    prices: bool = True

    def mend(self, rows: list[Row]) -> tuple[list[Row], tuple[str, ...]]:
        """One figure on each day, in order, and what had to be done for it, in words.

        Raises DataError for what was not to be mended.
        """
        done = []
        steps = (self._in_order, self._once_a_day, self._until_today, self._every_day)
        for step in (*steps, self._credible) if self.prices else steps:
            rows, said = step(rows)
            done += [said] if said else []
        return rows, tuple(done)

    def _at(self, row: Row) -> str:
        return f"{self.path}, row {row.line}"

    def _in_order(self, rows: list[Row]) -> tuple[list[Row], str]:
        late = [(before, row) for before, row in pairwise(rows) if row.date < before.date]
        if not late:
            return rows, ""
        if not self.wanted.sort:
            before, row = late[0]
            raise DataError(
                f"{self._at(row)}: {row.date} comes after {before.date}; sort the rows by date, or "
                "give --sort"
            )
        return sorted(rows, key=lambda row: row.date), "rows sorted by date"

    def _once_a_day(self, rows: list[Row]) -> tuple[list[Row], str]:
        days = [list(group) for _, group in groupby(rows, key=lambda row: row.date)]
        double = [day for day in days if len(day) > 1]
        if not double:
            return rows, ""
        if not self.wanted.drop_duplicates:
            first, row = double[0][:2]
            raise DataError(
                f"{self._at(row)}: {row.date} is there twice, in row {first.line}, too; keep one "
                f"{self.what} a day, or give --drop-duplicates, which keeps the last"
            )
        dates = _dates([day[0].date for day in double])
        return [day[-1] for day in days], f"of days given twice the last kept: {dates}"

    def _until_today(self, rows: list[Row]) -> tuple[list[Row], str]:
        future = [row for row in rows if row.date > self.today]
        if not future:
            return rows, ""
        if not self.wanted.drop_future:
            raise DataError(
                f"{self._at(future[0])}: {future[0].date} is after today, {self.today} (UTC), and "
                f"has no {self.what} yet; correct the date, or give --drop-future"
            )
        dates = _dates([row.date for row in future])
        return [row for row in rows if row.date <= self.today], f"days to come left out: {dates}"

    def _every_day(self, rows: list[Row]) -> tuple[list[Row], str]:
        if rows and rows[0].value is None:
            raise DataError(f"{self._at(rows[0])}: begins without a {self.what}; begin with one")
        filled, gaps, run = rows[:1], [], 0
        for row in rows[1:]:
            last = filled[-1]
            missing = (row.date - last.date).days - 1
            if missing and not self.wanted.fill_gaps:
                raise DataError(
                    f"{self._at(row)}: {missing} day(s) missing between {last.date} and "
                    f"{row.date}; give every day, or --fill-gaps, which takes the {self.what} of "
                    "the day before"
                )
            holes = missing + (row.value is None)
            run += holes
            if run > LONGEST_GAP:
                raise DataError(
                    f"{self._at(row)}: {run} days without a {self.what} up to {row.date}; at most "
                    f"{LONGEST_GAP} in a row are filled; give the days, or the series from then on"
                )
            for _ in range(holes):
                last = replace(last, date=last.date + _DAY)
                filled.append(last)
                gaps.append(last.date)
            if row.value is not None:
                filled.append(row)
                run = 0
        said = f"gaps filled with the {self.what} before: {_dates(gaps)}" if gaps else ""
        return filled, said

    def _credible(self, rows: list[Row]) -> tuple[list[Row], str]:
        closes = [row.value or 0.0 for row in rows]
        odd = []
        for n in range(1, len(rows)):
            factor = _apart(closes[n - 1], closes[n])
            alone = n + 1 < len(rows) and min(factor, _apart(closes[n], closes[n + 1])) > LONE_MOVE
            back = alone and _apart(closes[n - 1], closes[n + 1]) < LONE_MOVE
            if factor < LARGEST_MOVE and not back:
                continue
            if not self.wanted.keep_outliers:
                why = (
                    "and back the next day; a slip of the hand"
                    if back
                    else f"in a day; a factor of {LARGEST_MOVE:g} is hardly a market"
                )
                raise DataError(
                    f"{self._at(rows[n])}: on {rows[n].date} the {self.what} goes from "
                    f"{closes[n - 1]:g} to {closes[n]:g} {why}: correct the unit or the decimal "
                    "point, or, where it is true, give --keep-outliers"
                )
            odd.append(rows[n].date)
        return rows, f"moves beyond belief kept: {_dates(odd)}" if odd else ""


def _apart(one: float, other: float) -> float:
    return max(one / other, other / one)


def _dates(dates: Sequence[datetime.date]) -> str:
    """The first of them, and how many there are."""
    more = f" … ({len(dates)} days)" if len(dates) > _SHOWN else ""
    return ", ".join(map(str, dates[:_SHOWN])) + more

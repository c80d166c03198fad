"""Days taken from history, in blocks, for a block of paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical import Stream
from dpo_gov.market.model import Market

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_HALF = np.uint64(32)


@dataclass(frozen=True)
class Recall:
    """Which row of history each day has.

    `limit`: below it a word of 32 bits begins a new block. `anywhere`: whether the first day is
    drawn, or is the first of history.
    """

    rows: Floats
    """Log returns, (assets, days of history); zero for an asset that history does not know."""
    limit: int
    anywhere: bool

    @classmethod
    def of(cls, market: Market) -> Recall | None:
        """Of a market; None where it has no history."""
        history = market.history
        if history is None:
            return None
        known = dict(zip(history.assets, history.returns, strict=True))
        nothing = (0.0,) * len(history.returns[0])
        return cls(
            rows=np.array([known.get(asset.symbol, nothing) for asset in market.assets]),
            limit=int(2.0**32 / history.block) if history.block else 0,
            anywhere=history.anywhere,
        )

    def days(
        self, stream: Stream, paths: Integers, first: int, count: int, row: Integers
    ) -> Integers:
        """The rows of `count` days, an even number, from day `first` on; `row` of the day before.

        A word begins a block or not, and the next says where. History ends where it begins.
        """
        size = self.rows.shape[1]
        chosen = np.empty((count, len(paths)), dtype=np.int64)
        for k in range(0, count, 2):
            words = stream.words(paths, np.array((first + k) // 2))
            for day, begin, place in ((k, words[0], words[1]), (k + 1, words[2], words[3])):
                row = row + 1
                row = np.where(row >= size, 0, row)
                fresh = begin < np.uint64(self.limit)
                if first + day == 0:
                    fresh = np.full(len(paths), self.anywhere)
                there = (place * np.uint64(size)) >> _HALF
                row = np.where(fresh, there.astype(np.int64), row)
                chosen[day] = row
        return chosen

"""Figures that return to a level, AR(1), for a block of paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical import exp, log
from dpo_gov.market.conditions import Funding, Lending

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Autoregression:
    """A level by regime, and a distance from it: y' = keep · y + scale · z, at first start · z."""

    level: tuple[float, ...]
    keep: float
    scale: float
    start: float

    @classmethod
    def of(cls, one: Funding | Lending) -> Autoregression:
        """Of a funding rate, or of the logit of a venue's utilisation; at first in the long run."""
        level = one.mean if isinstance(one, Funding) else logits(one.utilisation)
        start = one.deviation / sqrt(1.0 - one.persistence * one.persistence)
        return cls(level, one.persistence, one.deviation, start)

    def follow(self, first: int, distance: Floats, shocks: Floats) -> None:
        """Turn shocks, (days, paths), from day `first` on into distances.

        `distance`, (paths,), is that of the day before, and then that of the last day.
        """
        for day, shock in enumerate(shocks, first):
            if day == 0:
                distance[:] = self.start * shock
            else:
                distance[:] = self.keep * distance + self.scale * shock
            shock[:] = distance


def share(logit: Floats) -> Floats:
    """What a logit is the logit of."""
    return 1.0 / (1.0 + exp(-logit))


def logits(shares: Sequence[float]) -> tuple[float, ...]:
    """log(x / (1 − x)) of shares between 0 and 1."""
    x = np.array(shares)
    return tuple(float(value) for value in log(x / (1.0 - x)))

"""Ranks: of n values, as many lie below a quantile as a binomial law says."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_ALPHA_HALF = 0.025
_NOTHING = 1e-18
"""A weight below it, beside the one at the mode, no longer changes a sum."""


@lru_cache(maxsize=64)
def law(count: int, share: float) -> tuple[NDArray[np.float64], int]:
    """Weights in proportion to the binomial law around its mode, and the count of the first.

    They start at 1 at the mode and end where they no longer matter, so nothing overflows.
    """
    mode = int(count * share)
    odds = share / (1.0 - share)
    down: list[float] = []
    weight, place = 1.0, mode
    while place > 0 and weight > _NOTHING:
        weight *= place / ((count - place + 1) * odds)
        place -= 1
        down.append(weight)
    up: list[float] = []
    weight, top = 1.0, mode
    while top < count and weight > _NOTHING:
        weight *= (count - top) * odds / (top + 1)
        top += 1
        up.append(weight)
    return np.array([*reversed(down), 1.0, *up]), place


@lru_cache(maxsize=64)
def ends(count: int, share: float) -> tuple[float, float]:
    """Places of the order statistics, from 0, that enclose the quantile at `share`.

    B of `count` values lie at or below the quantile. The lower end misses when B <= low, the upper
    one when B > high; between whole places the chance is taken as linear, so that it is 2.5 %
    (Beran & Hall 1993, Interpolated nonparametric prediction intervals and confidence intervals,
    Journal of the Royal Statistical Society B 55).
    """
    array, first = law(count, share)
    weights: list[float] = array.tolist()
    whole = 0.0
    for weight in weights:
        whole += weight
    allowed = _ALPHA_HALF * whole
    low = first + _reached(weights, allowed)
    high = first + len(weights) - 2 - _reached(weights[::-1], allowed)
    return max(low, 0.0), min(high, count - 1.0)


def _reached(weights: list[float], allowed: float) -> float:
    """How far one may go until the weights passed are as much as is allowed; the first is at 0."""
    passed, place = weights[0], 0
    while passed + weights[place + 1] <= allowed:
        place += 1
        passed += weights[place]
    return place + (allowed - passed) / weights[place + 1]

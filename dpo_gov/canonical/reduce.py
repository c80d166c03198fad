"""Sums and what follows from them, in one written order, of arrays of one axis."""

from __future__ import annotations

import numpy as np

from dpo_gov.canonical.elementary import Floats


def total(x: Floats) -> float:
    """The sum.

    Order: the second half is added to the first, elementwise, until one is left; where the count
    is odd, the middle one waits. The error grows with log n, as in pairwise summation.
    """
    while (n := len(x)) > 1:
        half = (n + 1) // 2
        folded = x[:half].copy()
        folded[: n - half] += x[half:]
        x = folded
    return float(x[0]) if len(x) else 0.0


def mean(x: Floats) -> float:
    """The arithmetic mean of one value or more."""
    return total(x) / len(x)


def variance(x: Floats) -> float:
    """The unbiased variance (n − 1 in the denominator) of two values or more, by two passes."""
    return covariance(x, x)


def covariance(x: Floats, y: Floats) -> float:
    """The unbiased covariance (n − 1 in the denominator) of two pairs or more, by two passes."""
    return total(np.multiply(x - mean(x), y - mean(y))) / (len(x) - 1)


def quantile(ordered: Floats, p: float) -> float:
    """The p-quantile of ascending values, linear between order statistics.

    This is type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996.
    """
    place = (len(ordered) - 1) * p
    low = min(int(place), len(ordered) - 1)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (place - low) * (ordered[high] - ordered[low]))

"""What estimators share: samples, intervals, and the arithmetic between them.

Every sum is the canonical one and every constant is spelled out, since a figure is hashed: there
is no library reduction, no quantile routine and no transcendental on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dpo_gov.canonical import mean, total, variance
from dpo_gov.errors import InputError

Sample = NDArray[np.float64]

MIN_PATHS = 400
"""With fewer, the largest of all losses is no upper limit for a quantile at 99 %."""
Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


class Interval(NamedTuple):
    """An estimate with the ends of its 95 % confidence interval."""

    estimate: float
    low: float
    high: float


class Paired(NamedTuple):
    """A combination of estimates on the same paths, with the ends of its 95 % interval.

    `variance_ratio`: the variance that independent runs would have, over the variance that it has;
    so many times more paths they would need. Zero where nothing varies.
    """

    estimate: float
    low: float
    high: float
    variance_ratio: float


class Estimator(Protocol):
    """What turns samples into intervals; samples have one number a path, the same path at the
    same place in both samples of a pair."""

    @property
    def method(self) -> str:
        """Estimator and interval of one sample, in words."""

    @property
    def paired_method(self) -> str:
        """The interval of a combination, in words."""

    def one(self, sample: Sample) -> Interval:
        """The estimate from one sample; raises InputError when it is too small or not finite."""

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """Σ weight × estimate over samples that are paired by path; −1 and 1 give a difference.

        Raises InputError like `one`, or when the lengths differ.
        """


def check(*samples: Sample, of: str = "an outcome") -> None:
    """Raise InputError for too few paths, unequal numbers of them, or what is no finite number.

    `of`: what the samples are of, for the message.
    """
    count = len(samples[0])
    if count < MIN_PATHS:
        raise InputError(
            f"{count} paths are too few for figures with intervals; give {MIN_PATHS} or more"
        )
    if any(len(sample) != count for sample in samples):
        lengths = " and ".join(str(len(sample)) for sample in samples)
        raise InputError(f"samples of {lengths} paths cannot be paired; give equal numbers")
    for sample in samples:
        if bad := count - int(np.count_nonzero(np.isfinite(sample))):
            raise InputError(
                f"{of} is not a finite number on {bad:,} of {count:,} paths: values grow beyond "
                "all bounds; check the market's figures, drift and volatility first"
            )


def finite(*numbers: float) -> None:
    """Raise InputError for what is no finite number: finite outcomes may have infinite squares."""
    if not all(isfinite(number) for number in numbers):
        raise InputError(
            "the outcomes are so far apart that an interval has no finite ends; check the "
            "market's figures, above all those in its file that are not of data"
        )


def combined(weights: Sequence[float], samples: Sequence[Sample]) -> Sample:
    """Σ weight × sample, path by path."""
    whole = weights[0] * samples[0]
    for weight, sample in zip(weights[1:], samples[1:], strict=True):
        whole += weight * sample
    return whole


def weighted(weights: Sequence[float], estimates: Sequence[float]) -> float:
    """Σ weight × estimate."""
    whole = 0.0
    for weight, estimate in zip(weights, estimates, strict=True):
        whole += weight * estimate
    return whole


def ratio(weights: Sequence[float], samples: Sequence[Sample], together: Sample) -> float:
    """The variance of a combination if the samples were independent, over the one `together`."""
    apart = 0.0
    for weight, sample in zip(weights, samples, strict=True):
        apart += weight * weight * variance(sample)
    found = variance(together)
    times = apart / found if found > 0.0 else 0.0
    finite(times)
    return times


def around(estimate: float, half: float) -> Interval:
    """The interval of half width `half`. Raises InputError where an end is not finite."""
    finite(estimate - half, estimate + half)
    return Interval(estimate, estimate - half, estimate + half)


def standard_error(sample: Sample) -> float:
    """Of the mean."""
    return sqrt(variance(sample) / len(sample))


def skewed(estimate: float, influence: Sample, reach: float, share: float) -> Interval:
    """The interval of `reach` standard errors, bent by a `share` of the skewness of the influence.

    Hall 1992, On the removal of skewness by transformation, Journal of the Royal Statistical
    Society B 54: his cubic, whose inverse is exact. Raises InputError where an end is not finite.
    """
    spread, count = variance(influence), len(influence)
    if spread * sqrt(spread) <= 0.0:
        return around(estimate, 0.0)
    apart = influence - mean(influence)
    third = total(apart * apart * apart) / count
    bend = share * third / (spread * sqrt(spread)) / sqrt(count)
    error = sqrt(spread / count)
    low, high = (estimate - _unbent(z, bend) * error for z in (reach, -reach))
    finite(low, high)
    return Interval(estimate, low, high)


def _unbent(z: float, bend: float) -> float:
    if abs(bend) < 1e-6:
        return z
    return 3.0 / bend * (_cube_root(1.0 + bend * (z - bend / 6.0)) - 1.0)


def _cube_root(x: float) -> float:
    """By Newton's iteration from above, which has long stood still after its last step."""
    size, root = abs(x), 1.0 + abs(x)
    for _ in range(80):
        root = (2.0 * root + size / (root * root)) / 3.0
    return root if x >= 0.0 else -root


def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t, by its expansion in 1 / freedom.

    Abramowitz & Stegun 26.7.5; at 19 degrees of freedom it is right to 1e-6.
    """
    z, v = Z, 1.0 / freedom
    z2 = z * z
    g1 = z * (z2 + 1.0) / 4.0
    g2 = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0
    g3 = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0
    g4 = z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0
    return z + v * (g1 + v * (g2 + v * (g3 + v * g4)))

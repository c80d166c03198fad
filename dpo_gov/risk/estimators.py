"""Estimators with 95 % confidence intervals, for one sample and for two that are paired by path.

Every sum is the canonical one and every constant is spelled out, since a figure is hashed: there
is no library reduction, no quantile routine and no transcendental on the way.

    Mean         t interval                              paired: t on the differences
    Proportion   Wilson                                  paired: t on the differences
    Quantile     exact order statistics                  paired: sectioning
    TailMean     influence function                      paired: influence function, path by path

Sectioning cuts the paths into 20 interleaved sections and takes the spread of the sections'
differences around the difference of all paths: no density has to be estimated, and the paths stay
paired (Asmussen & Glynn 2007, Stochastic Simulation, III.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dpo_gov.canonical import mean, variance
from dpo_gov.errors import InputError

Sample = NDArray[np.float64]

MIN_PATHS = 400
"""With fewer, the largest of all losses is no upper limit for a quantile at 99 %."""
SECTIONS = 20
_ALPHA_HALF = 0.025
_Z = 1.959963984540054
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


@dataclass(frozen=True)
class Mean:
    """The mean; for averages over time within a path, the mean over paths of these."""

    method: str = "mean over paths, t interval"
    paired_method: str = "paired by path, t interval"

    def one(self, sample: Sample) -> Interval:
        """The mean with Student's t interval."""
        _check(sample)
        half = _student(len(sample) - 1) * _standard_error(sample)
        return _around(mean(sample), half)

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The mean of the combinations of each path, with Student's t interval."""
        _check(*samples)
        combined = _combined(weights, samples)
        apart = _apart(weights, [variance(sample) for sample in samples])
        return Paired(*self.one(combined), _ratio(apart, variance(combined)))


@dataclass(frozen=True)
class Proportion:
    """The share of paths where the sample is 1; all others are 0."""

    method: str = "share of paths, Wilson interval"
    paired_method: str = "paired by path, t interval"

    def one(self, sample: Sample) -> Interval:
        """The share with Wilson's score interval."""
        _check(sample)
        share, count = mean(sample), float(len(sample))
        shrink = 1.0 + _Z * _Z / count
        centre = (share + _Z * _Z / (2.0 * count)) / shrink
        spread = share * (1.0 - share) / count + _Z * _Z / (4.0 * count * count)
        half = _Z * sqrt(spread) / shrink
        return Interval(share, min(share, max(0.0, centre - half)), max(share, centre + half))

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The combination of the shares; what counts are the paths where the samples differ."""
        return Mean().combination(weights, samples)


@dataclass(frozen=True)
class Quantile:
    """The value that is exceeded in `100 - percent` of 100 cases.

    Of n values it is the k-th largest, k = ceil(n (100 - percent) / 100): an observed value, never
    one between two of them.
    """

    percent: int
    method: str = "empirical quantile, order statistics"
    paired_method: str = "paired by path, 20 sections"

    def one(self, sample: Sample) -> Interval:
        """The quantile between the order statistics whose ranks the binomial law gives."""
        _check(sample)
        ordered, count = np.sort(sample), len(sample)
        low, high = _ranks(count, self.percent / 100.0)
        place = count - _tail(count, self.percent)
        return Interval(float(ordered[place]), float(ordered[low]), float(ordered[high]))

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The combination of the quantiles; its interval comes from sections of the paths."""
        _check(*samples)
        points = [self._point(sample) for sample in samples]
        sections = [
            [self._point(sample[first::SECTIONS]) for first in range(SECTIONS)]
            for sample in samples
        ]
        whole = _weighted(weights, points)
        parts = [_weighted(weights, row) for row in zip(*sections, strict=True)]
        together = _squares(parts, whole)
        apart = _apart(weights, list(map(_squares, sections, points)))
        error = sqrt(together / (SECTIONS - 1.0) / SECTIONS)
        ends = _around(whole, _student(SECTIONS - 1) * error)
        return Paired(*ends, _ratio(apart, together))

    def _point(self, sample: Sample) -> float:
        return float(np.sort(sample)[len(sample) - _tail(len(sample), self.percent)])


@dataclass(frozen=True)
class TailMean:
    """The mean of the worst `100 - percent` of 100 cases, the largest values being the worst.

    Of n values it is the mean of the k largest, k as in `Quantile`; so it is never below it.
    """

    percent: int
    method: str = "mean of the tail, influence function"
    paired_method: str = "paired by path, influence function"

    def one(self, sample: Sample) -> Interval:
        """The tail's mean with an interval from its influence function."""
        _check(sample)
        estimate, influence = self._influence(sample)
        return _around(estimate, self._reach(sample) * _standard_error(influence))

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The combination of the tail means; influences are combined path by path."""
        _check(*samples)
        estimates, influences = zip(*(self._influence(sample) for sample in samples), strict=True)
        combined = _combined(weights, influences)
        half = self._reach(samples[0]) * _standard_error(combined)
        apart = _apart(weights, [variance(influence) for influence in influences])
        ends = _around(_weighted(weights, estimates), half)
        return Paired(*ends, _ratio(apart, variance(combined)))

    def _reach(self, sample: Sample) -> float:
        """Student's t with as many degrees as the tail has values: only they carry the spread."""
        return _student(_tail(len(sample), self.percent) - 1)

    def _influence(self, sample: Sample) -> tuple[float, Sample]:
        """The estimate, and what each path adds to it (Rockafellar & Uryasev 2000).

        CVaR is the least of v + E[(L - v)+] n / k over v, so at the least v the derivative by v
        is zero and v may be held fixed while the paths vary.
        """
        count = len(sample)
        tail = _tail(count, self.percent)
        ordered = np.sort(sample)
        worst, threshold = ordered[count - tail :], float(ordered[count - tail])
        return mean(worst), np.maximum(sample - threshold, 0.0) * (count / tail)


def _check(*samples: Sample) -> None:
    count = len(samples[0])
    if count < MIN_PATHS:
        raise InputError(
            f"{count} paths are too few for figures with intervals; give {MIN_PATHS} or more"
        )
    if any(len(sample) != count for sample in samples):
        lengths = " and ".join(str(len(sample)) for sample in samples)
        raise InputError(f"samples of {lengths} paths cannot be paired; give equal numbers")
    if not all(np.isfinite(sample).all() for sample in samples):
        raise InputError("an outcome is not a finite number; check the market's figures")


def _combined(weights: Sequence[float], samples: Sequence[Sample]) -> Sample:
    whole = weights[0] * samples[0]
    for weight, sample in zip(weights[1:], samples[1:], strict=True):
        whole += weight * sample
    return whole


def _weighted(weights: Sequence[float], estimates: Sequence[float]) -> float:
    whole = 0.0
    for weight, estimate in zip(weights, estimates, strict=True):
        whole += weight * estimate
    return whole


def _apart(weights: Sequence[float], variances: Sequence[float]) -> float:
    """The variance of the combination if the samples were independent."""
    whole = 0.0
    for weight, one in zip(weights, variances, strict=True):
        whole += weight * weight * one
    return whole


def _ratio(apart: float, together: float) -> float:
    return apart / together if together > 0.0 else 0.0


def _squares(values: Sequence[float], centre: float) -> float:
    whole = 0.0
    for value in values:
        whole += (value - centre) * (value - centre)
    return whole


def _around(estimate: float, half: float) -> Interval:
    return Interval(estimate, estimate - half, estimate + half)


def _standard_error(sample: Sample) -> float:
    return sqrt(variance(sample) / len(sample))


def _tail(count: int, percent: int) -> int:
    """ceil(count (100 - percent) / 100) in whole numbers, where 0.05 is not exact."""
    return -(-count * (100 - percent) // 100)


def _student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t, by its expansion in 1 / freedom.

    Abramowitz & Stegun 26.7.5; at 19 degrees of freedom it is right to 1e-6.
    """
    z, v = _Z, 1.0 / freedom
    z2 = z * z
    g1 = z * (z2 + 1.0) / 4.0
    g2 = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0
    g3 = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0
    g4 = z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0
    return z + v * (g1 + v * (g2 + v * (g3 + v * g4)))


def _ranks(count: int, share: float) -> tuple[int, int]:
    """Places of the order statistics that enclose the quantile at `share`, from 0.

    B of `count` values lie at or below the quantile, B binomial. The lower end misses when
    B <= low, the upper one when B > high; each has a chance of at most 2.5 %.
    """
    weights, first = _binomial(count, share)
    total = 0.0
    for weight in weights:
        total += weight
    allowed = _ALPHA_HALF * total
    below, low = weights[0], 0
    while below + weights[low + 1] <= allowed:
        low += 1
        below += weights[low]
    above, high = weights[-1], len(weights) - 1
    while above + weights[high - 1] <= allowed:
        high -= 1
        above += weights[high]
    return max(first + low, 0), min(first + high - 1, count - 1)


def _binomial(count: int, share: float) -> tuple[list[float], int]:
    """Weights in proportion to the binomial law around its mode, and the count of the first.

    They start at 1 at the mode and end where they no longer matter, so nothing overflows.
    """
    mode = int(count * share)
    odds = share / (1.0 - share)
    down: list[float] = []
    weight, place = 1.0, mode
    while place > 0 and weight > 1e-18:
        weight *= place / ((count - place + 1) * odds)
        place -= 1
        down.append(weight)
    up: list[float] = []
    weight, top = 1.0, mode
    while top < count and weight > 1e-18:
        weight *= (count - top) * odds / (top + 1)
        top += 1
        up.append(weight)
    return [*reversed(down), 1.0, *up], place

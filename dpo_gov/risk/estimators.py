"""Estimators with 95 % confidence intervals, for one sample and for several paired by path.

    Mean         t interval                              paired: t on the differences
    RareMean     normal, with cases that were not seen   paired: the same
    Proportion   Wilson                                  paired: Bonett and Price
    Quantile     order statistics, interpolated          paired: influence function, bent a little
    TailMean     influence function, bent by its skew    paired: the same, bent less

How often each holds the truth is measured, from the fewest paths that are allowed to the usual
number: docs/coverage.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt

import numpy as np

from dpo_gov.canonical import mean, total
from dpo_gov.risk import binomial
from dpo_gov.risk.intervals import (
    MIN_PATHS,
    Estimator,
    Interval,
    Paired,
    Sample,
    Z,
    around,
    check,
    combined,
    ratio,
    skewed,
    standard_error,
    student,
    weighted,
)

__all__ = [
    "MIN_PATHS",
    "Estimator",
    "Interval",
    "Mean",
    "Paired",
    "Proportion",
    "Quantile",
    "RareMean",
    "Sample",
    "TailMean",
]


@dataclass(frozen=True)
class Mean:
    """The mean; for averages over time within a path, the mean over paths of these."""

    method: str = "mean over paths, t interval"
    paired_method: str = "paired by path, t interval"

    def one(self, sample: Sample) -> Interval:
        """The mean with Student's t interval."""
        check(sample)
        return around(mean(sample), student(len(sample) - 1) * standard_error(sample))

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The mean of the combinations of each path, with Student's t interval."""
        check(*samples)
        together = combined(weights, samples)
        return Paired(*self.one(together), ratio(weights, samples, together))


@dataclass(frozen=True)
class RareMean:
    """The mean of an amount that is zero on most paths: of the values above zero, and zero else.

    A few cases say little of how many there are, and none says nothing: the t interval of 400
    paths holds the mean of what happens once in 500 in half of samples. So as in an interval of
    a proportion, cases that were not seen are added to an interval's paths, as large as those that
    were (their root mean square): three of them, and in a combination two at either end. What
    nobody saw is taken to be 1. Values at and below zero only tell sides apart: where the values
    themselves combine to nothing on every path, nothing is between the sides.
    """

    method: str = "mean over paths, with three cases added"
    paired_method: str = "paired by path, with two cases added at either end"

    def one(self, sample: Sample) -> Interval:
        """The mean; the lower end needs no added cases, since what is seen has happened."""
        check(sample)
        amounts = self._amounts(sample)
        estimate, count = mean(amounts), float(len(sample))
        added, size = _UNSEEN * self._size([amounts]), self._size([amounts])
        middle = (total(amounts) + added) / (count + _UNSEEN)
        squares = (total(amounts * amounts) + added * size) / (count + _UNSEEN)
        half = Z * sqrt((squares - middle * middle) / (count + _UNSEEN))
        low = estimate - Z * standard_error(amounts)
        return Interval(estimate, max(low, 0.0), max(estimate, middle + half))

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The mean of the combinations of each path."""
        check(*samples)
        if not combined(weights, samples).any():
            return Paired(0.0, 0.0, 0.0, 0.0)
        amounts = [self._amounts(sample) for sample in samples]
        together, count = combined(weights, amounts), len(samples[0]) + 2.0 * _UNSEEN_PAIRED
        most = _most(weights) * self._size(amounts)
        estimate, middle = mean(together), total(together) / count
        squares = (total(together * together) + 2.0 * _UNSEEN_PAIRED * most * most) / count
        half = Z * sqrt((squares - middle * middle) / count)
        low, high = min(estimate, middle - half), max(estimate, middle + half)
        return Paired(estimate, low, high, ratio(weights, amounts, together))

    def _amounts(self, sample: Sample) -> Sample:
        return np.maximum(sample, 0.0)

    def _size(self, amounts: Sequence[Sample]) -> float:
        """Root mean square of the cases on all sides."""
        squares, cases = 0.0, 0
        for one in amounts:
            squares += total(one * one)
            cases += int(np.count_nonzero(one))
        return sqrt(squares / cases) if cases else 1.0


_UNSEEN, _UNSEEN_PAIRED = 3.0, 2.0
"""How many cases are added; with them the coverage of rare amounts is 93 % or more."""


@dataclass(frozen=True)
class Proportion:
    """The share of paths whose value is above a limit; by default, of ones among zeros."""

    above: float = 0.5
    method: str = "share of paths, Wilson interval"
    paired_method: str = "paired by path, Bonett-Price interval"

    def one(self, sample: Sample) -> Interval:
        """The share with Wilson's score interval."""
        check(sample)
        share, count = mean(self._counted(sample)), float(len(sample))
        shrink = 1.0 + Z * Z / count
        centre = (share + Z * Z / (2.0 * count)) / shrink
        spread = share * (1.0 - share) / count + Z * Z / (4.0 * count * count)
        half = Z * sqrt(spread) / shrink
        return Interval(share, min(share, max(0.0, centre - half)), max(share, centre + half))

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The combination of the shares; what counts are the paths where only one is above.

        Two paths are added, one at each end of what a path may come to, since few such paths, or
        none, are no proof that there are few (Bonett & Price 2012, Adjusted Wald confidence
        interval for a difference of binomial proportions based on paired data, Journal of
        Educational and Behavioral Statistics 37). Only where the values themselves combine to
        nothing on every path, nothing is between the sides.
        """
        check(*samples)
        if not combined(weights, samples).any():
            return Paired(0.0, 0.0, 0.0, 0.0)
        counted = [self._counted(sample) for sample in samples]
        together, count = combined(weights, counted), len(samples[0])
        estimate, most = mean(together), _most(weights)
        centre = estimate * count / (count + 2.0)
        squares = (total(together * together) + 2.0 * most * most) / (count + 2.0)
        half = Z * sqrt((squares - centre * centre) / (count + 2.0))
        low, high = min(estimate, centre - half), max(estimate, centre + half)
        return Paired(estimate, low, high, ratio(weights, counted, together))

    def _counted(self, sample: Sample) -> Sample:
        return (sample > self.above).astype(np.float64)


@dataclass(frozen=True)
class Quantile:
    """The value that is exceeded in `100 - percent` of 100 cases.

    The mean of the order statistics around its rank, each weighted by the chance that it is the
    one: B + 1 of n, B binomial of n - 1 (Cheng 1995, The Bernstein polynomial estimator of a
    smooth quantile function, Statistics & Probability Letters 24). One order statistic alone
    jumps from path to path, so that of two sides on the same paths the difference would be mostly
    noise: its error is up to eight times larger.
    """

    percent: int
    method: str = "smoothed quantile, order statistics"
    paired_method: str = "smoothed quantile, paired by path, influence function"

    def one(self, sample: Sample) -> Interval:
        """The quantile between the order statistics whose ranks the binomial law gives."""
        check(sample)
        return self._ends(np.sort(sample))

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The combination of the quantiles; influences are combined path by path.

        Where many paths have one value, such as nothing liquidated, and it is near the quantile,
        a sample cannot tell on which side of the step the quantile is. Then the ends are those of
        the sides' own intervals put together, which pairing makes too wide rather than too narrow.
        """
        check(*samples)
        if not combined(weights, samples).any():
            return Paired(0.0, 0.0, 0.0, 0.0)
        estimates, influences = zip(*(self._influence(sample) for sample in samples), strict=True)
        together = combined(weights, influences)
        reach, estimate = self._reach(len(samples[0])), weighted(weights, estimates)
        ordered = [np.sort(sample) for sample in samples]
        if any(self._near_a_step(one) for one in ordered):
            ends = _put_together(weights, [self._ends(one) for one in ordered])
        else:
            ends = skewed(estimate, together, reach, _PAIRED_SKEW)
        return Paired(*ends, ratio(weights, influences, together))

    def _ends(self, ordered: Sample) -> Interval:
        low, high = (_between(ordered, place) for place in binomial.ends(len(ordered), self._share))
        estimate = self._estimate(ordered)
        return Interval(estimate, min(low, estimate), max(high, estimate))

    def _near_a_step(self, ordered: Sample) -> bool:
        """Whether some value is there twice within twice the reach of the interval."""
        low, high = binomial.ends(len(ordered), self._share)
        first = max(int(low - (high - low) / 2.0), 0)
        near = ordered[first : int(high + (high - low) / 2.0) + 2]
        return bool((near[1:] == near[:-1]).any())

    @property
    def _share(self) -> float:
        return self.percent / 100.0

    def _reach(self, count: int) -> float:
        """Student's t; the tail's values, and as many below the quantile, carry the spread."""
        return student(2 * min(_tail(count, self.percent), _tail(count, 100 - self.percent)))

    def _estimate(self, ordered: Sample) -> float:
        law, first = binomial.law(len(ordered) - 1, self._share)
        return total(law * ordered[first : first + len(law)]) / total(law)

    def _influence(self, sample: Sample) -> tuple[float, Sample]:
        """The estimate, and what each path adds to it.

        Of Σ w_i x_(i) the influence at x is the integral of n w up to x, over the gaps between
        order statistics (Huber & Ronchetti 2009, Robust Statistics, 3.3); a constant is left out.
        """
        count, order = len(sample), np.argsort(sample)
        ordered = sample[order]
        law, first = binomial.law(count - 1, self._share)
        last = first + len(law)
        gaps = ordered[first + 1 : last] - ordered[first : last - 1]
        steps = gaps * (law[1:] + law[:-1]) * (0.5 * count / total(law))
        climbed = np.array([0.0, *accumulate(steps.tolist())])
        influence = np.empty(count)
        influence[order[:first]] = 0.0
        influence[order[first:last]] = climbed
        influence[order[last:]] = climbed[-1]
        return self._estimate(ordered), influence


@dataclass(frozen=True)
class TailMean:
    """The mean of the worst `100 - percent` of 100 cases, the largest values being the worst.

    Of n values it is the mean of the k largest, k = ceil(n (100 - percent) / 100).
    """

    percent: int
    method: str = "mean of the tail, influence function"
    paired_method: str = "mean of the tail, paired by path, influence function"

    def one(self, sample: Sample) -> Interval:
        """The tail's mean with an interval from its influence function."""
        check(sample)
        return skewed(*self._influence(sample), student(self._worst(sample)), _SKEW)

    def combination(self, weights: Sequence[float], samples: Sequence[Sample]) -> Paired:
        """The combination of the tail means; influences are combined path by path."""
        check(*samples)
        estimates, influences = zip(*(self._influence(sample) for sample in samples), strict=True)
        together = combined(weights, influences)
        reach, estimate = student(self._worst(samples[0]) - 1), weighted(weights, estimates)
        ends = skewed(estimate, together, reach, _PAIRED_SKEW)
        return Paired(*ends, ratio(weights, influences, together))

    def _worst(self, sample: Sample) -> int:
        """How many values the tail has: these carry the spread, and are Student's degrees."""
        return _tail(len(sample), self.percent)

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


_SKEW, _PAIRED_SKEW = 3.0 / 4.0, 2.0 / 5.0
"""How much of the influence's skewness bends the interval of a tail's mean, and of a difference.

The whole would be too much: the threshold that moves with the sample takes part of it back, half
for an exponential tail. And in a difference the skewness of two sides cancels, though not where
one side is a multiple of the other. Of the shares tried these keep every law nearest to 95 %.
"""


def _put_together(weights: Sequence[float], sides: Sequence[Interval]) -> Interval:
    """Σ weight × interval, whatever the sides have to do with each other."""
    estimate = low = high = 0.0
    for weight, side in zip(weights, sides, strict=True):
        ends = (weight * side.low, weight * side.high)
        estimate += weight * side.estimate
        low += min(ends)
        high += max(ends)
    return Interval(estimate, low, high)


def _most(weights: Sequence[float]) -> float:
    """The most that a combination of zeros and ones can come to."""
    whole = 0.0
    for weight in weights:
        whole += max(weight, 0.0)
    return whole


def _tail(count: int, percent: int) -> int:
    """ceil(count (100 - percent) / 100) in whole numbers, where 0.05 is not exact."""
    return -(-count * (100 - percent) // 100)


def _between(ordered: Sample, place: float) -> float:
    """The value at a place that may lie between two order statistics."""
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (place - low) * (ordered[high] - ordered[low]))

"""The estimators against closed forms, golden figures, the rules they must keep, and coverage."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable
from math import acos, cos, exp, fsum, lgamma, log, sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dpo_gov.errors import InputError
from dpo_gov.risk import MIN_PATHS, Mean, Proportion, Quantile, RareMean, TailMean
from dpo_gov.risk.binomial import ends
from dpo_gov.risk.intervals import skewed, student

COUNT = 40_000


def _spread(quantile) -> np.ndarray:
    """A sample without chance: the law's own quantiles, shuffled by a fixed stride."""
    values = np.array([quantile((i + 0.5) / COUNT) for i in range(COUNT)])
    return values[np.arange(COUNT) * 17_389 % COUNT]


def _normal() -> np.ndarray:
    return _spread(NormalDist().inv_cdf)


def _student4(p: float) -> float:
    root = sqrt(4.0 * p * (1.0 - p))
    size = 2.0 * sqrt(max(cos(acos(root) / 3.0) / root - 1.0, 0.0))
    return size if p > 0.5 else -size


@pytest.mark.parametrize(
    ("percent", "var", "tail"), [(95, 1.644854, 2.062713), (99, 2.326348, 2.665214)]
)
def test_normal_law(percent, var, tail):
    """VaR and CVaR of the normal law are the closed forms to the grid's error."""
    sample = _normal()
    assert Quantile(percent).one(sample).estimate == pytest.approx(var, abs=2e-3)
    assert TailMean(percent).one(sample).estimate == pytest.approx(tail, abs=2e-3)


@pytest.mark.parametrize(
    ("percent", "var", "tail"), [(95, 2.131847, 3.202870), (99, 3.746947, 5.220584)]
)
def test_student_law(percent, var, tail):
    """VaR and CVaR of Student's t with four degrees of freedom, a law with fat tails."""
    sample = _spread(_student4)
    assert Quantile(percent).one(sample).estimate == pytest.approx(var, rel=2e-3)
    assert TailMean(percent).one(sample).estimate == pytest.approx(tail, rel=4e-3)


@pytest.mark.parametrize(
    ("percent", "var", "tail"), [(95, 0.332058, 0.390980), (99, 0.428709, 0.470129)]
)
def test_lognormal_law(percent, var, tail):
    """VaR and CVaR of a 30-day holding with 80 % volatility and no drift of the price."""
    years = 30 / 365
    drift, spread = -0.5 * 0.64 * years, 0.8 * sqrt(years)
    loss = 1.0 - np.array([exp(drift + spread * z) for z in _normal()])
    assert Quantile(percent).one(loss).estimate == pytest.approx(var, abs=1e-3)
    assert TailMean(percent).one(loss).estimate == pytest.approx(tail, abs=1e-3)


def _closes(path: Path, first: str, last: str) -> list[float]:
    with path.open(newline="") as file:
        rows = [list(row.values()) for row in csv.DictReader(file)]
    return [float(row[1]) for row in rows if first <= row[0][:10] <= last]


def test_bitcoin_simple_returns(series_file: Callable[[str], Path]):
    """Daily tails, Sharpe ratio and drawdown of 2018-2025 are as published, another exchange apart.

    They were taken on one exchange and the file holds an average over many, hence 5 %.
    """
    closes = _closes(series_file("btc_usd_daily.csv"), "2017-12-31", "2025-12-31")
    loss = np.array([1.0 - b / a for a, b in itertools.pairwise(closes)])
    assert len(loss) == 2_922
    assert Quantile(95).one(loss).estimate == pytest.approx(0.053028, rel=0.05)
    assert TailMean(95).one(loss).estimate == pytest.approx(0.079690, rel=0.05)
    gain = -loss
    assert gain.mean() / gain.std(ddof=1) * sqrt(365) == pytest.approx(0.686390, rel=0.05)
    peaks = np.maximum.accumulate(closes)
    assert (1.0 - np.array(closes) / peaks).max() == pytest.approx(0.811848, rel=0.05)


def test_bitcoin_log_returns(series_file: Callable[[str], Path]):
    """Daily log losses since 2017-08 show the published tails at 95 and 99 %."""
    closes = _closes(series_file("btc_usd_daily.csv"), "2017-08-18", "2026-08-21")
    loss = np.array([log(a / b) for a, b in itertools.pairwise(closes)])
    for percent, var, tail in ((95, 0.054395, 0.085332), (99, 0.104488, 0.144232)):
        assert Quantile(percent).one(loss).estimate == pytest.approx(var, rel=0.05)
        assert TailMean(percent).one(loss).estimate == pytest.approx(tail, rel=0.05)


def test_tail_of_whole_numbers():
    """The k worst of n are counted in whole numbers, k = ceil(n (100 - percent) / 100)."""
    sample = np.arange(1_000.0)
    assert TailMean(95).one(sample).estimate == 974.5
    assert TailMean(95).one(sample[:981]).estimate == 955.5
    assert TailMean(99).one(sample[:901]).estimate == 895.5


def _binomial_law(count: int, share: float, hits: int) -> float:
    ways = lgamma(count + 1) - lgamma(hits + 1) - lgamma(count - hits + 1)
    return exp(ways + hits * log(share) + (count - hits) * log(1.0 - share))


def test_quantile_of_whole_numbers():
    """Evenly spaced values have their quantile at the mean of the binomial ranks, (n − 1) p."""
    sample = np.arange(1_000.0)
    for percent in (50, 95, 99):
        assert Quantile(percent).one(sample).estimate == pytest.approx(9.99 * percent, rel=1e-12)


@pytest.mark.parametrize("percent", [50, 95, 99])
def test_weights_of_a_quantile(percent):
    """Each order statistic weighs what the binomial law of n − 1 gives its place."""
    sample = np.random.default_rng(5).standard_normal(401)
    weights = [_binomial_law(400, percent / 100, place) for place in range(401)]
    expected = fsum(w * x for w, x in zip(weights, sorted(sample), strict=True))
    assert Quantile(percent).one(sample).estimate == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("count", [400, 401, 5_000, 20_000])
@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_ends_hold_the_binomial_law(count, share):
    """The whole places around each end miss in less and in more than 2.5 % of cases."""

    def at_most(k: int) -> float:
        return fsum(_binomial_law(count, share, b) for b in range(k + 1))

    low, high = ends(count, share)
    assert at_most(int(low)) <= 0.025 < at_most(int(low) + 1)
    assert 1.0 - at_most(int(high) + 1) <= 0.025 < 1.0 - at_most(int(high))


@pytest.mark.parametrize(
    ("freedom", "value"), [(3, 3.182446), (19, 2.093024), (60, 2.000298), (19_999, 1.960083)]
)
def test_student_quantile(freedom, value):
    """The expansion gives the table's 97.5 % quantile of Student's t."""
    assert student(freedom) == pytest.approx(value, rel=5e-3 if freedom < 10 else 1e-6)


@pytest.mark.parametrize("bend", [0.8, 0.1, 1e-9, -0.4])
def test_bent_interval(bend):
    """The ends are where Hall's cubic of the studentised error is ± the reach; unbent it is t."""
    sample = np.random.default_rng(8).exponential(size=500)
    error = sample.std(ddof=1) / sqrt(500)
    third = ((sample - sample.mean()) ** 3).mean() / sample.std(ddof=1) ** 3 / sqrt(500)
    found = skewed(1.0, sample, 2.0, bend / third)
    for end, reach in ((found.low, 2.0), (found.high, -2.0)):
        t = (1.0 - end) / error
        cubic = t + bend * t**2 / 3 + bend**2 * t**3 / 27 + bend / 6
        assert cubic == pytest.approx(reach, abs=1e-5)


def test_wilson():
    """Wilson's interval for 10 of 500 is the formula's, and never leaves 0 to 1."""
    sample = np.zeros(500)
    assert Proportion().one(sample).low == 0.0
    assert Proportion().one(sample).high == pytest.approx(0.007624, abs=1e-5)
    assert Proportion().one(sample + 1.0).high == 1.0
    sample[:10] = 1.0
    assert Proportion().one(sample)[1:] == pytest.approx((0.010899, 0.036417), abs=1e-5)


@pytest.mark.parametrize("count", [400, 2_000])
def test_wilson_holds_exactly(count):
    """Summed over the binomial law, Wilson's interval holds a share in 92.5 to 98 % of samples.

    For any share from which five cases or more are expected; so few make whole steps.
    """
    steps = [Proportion().one((np.arange(count) < k).astype(float)) for k in range(count + 1)]
    for share in np.linspace(5 / count, 0.5, 60):
        holds = [k for k, found in enumerate(steps) if found.low <= share <= found.high]
        assert 0.925 <= fsum(_binomial_law(count, share, k) for k in holds) <= 0.98


def test_bonett_price():
    """A paired difference has Bonett and Price's interval, open where paths differ below the limit.

    20 paths have it on one side only and 5 on the other, of 500: (20 − 5) / 502 ± 1.96 √((21 + 6 −
    15² / 502) / 502) / √502.
    """
    one, other = np.zeros((2, 500))
    one[:5], other[5:25] = 1.0, 1.0
    found = Proportion().combination(DIFFERENCE, (one, other))
    half = 1.959964 * sqrt((27 - 15**2 / 502) / 502) / sqrt(502)
    assert found.estimate == 0.03
    assert found[1:3] == pytest.approx((15 / 502 - half, 15 / 502 + half), abs=1e-9)
    close = Proportion(above=2.0).combination(DIFFERENCE, (one, other))
    assert close[1:3] == pytest.approx((-0.005522, 0.005522), abs=1e-6)
    assert close.estimate == close.variance_ratio == 0.0
    assert Proportion().combination(DIFFERENCE, (one, one)) == (0.0, 0.0, 0.0, 0.0)


def test_rare_mean():
    """Five cases of 2 and 4 among 500 paths: three more of their root mean square 3.098387 on top.

    Paired with paths that have none, two are added at either end.
    """
    one = np.full(500, -0.3)
    one[:5] = (2.0, 2.0, 4.0, 4.0, 2.0)
    size = sqrt(44 / 5)
    found = RareMean().one(one)
    assert found.estimate == pytest.approx(0.028)
    middle, squares = (14 + 3 * size) / 503, (44 + 3 * size**2) / 503
    half = 1.959964 * sqrt((squares - middle**2) / 503)
    assert found.high == pytest.approx(middle + half, rel=1e-6)
    assert found.low == pytest.approx(max(Mean().one(np.maximum(one, 0.0)).low, 0.0), abs=1e-3)
    pair = RareMean().combination(DIFFERENCE, (np.full(500, -0.1), one))
    half = 1.959964 * sqrt(((44 + 4 * size**2) / 504 - (14 / 504) ** 2) / 504)
    assert pair.estimate == pytest.approx(0.028)
    assert pair[1:3] == pytest.approx((14 / 504 - half, 14 / 504 + half), rel=1e-6)


def test_what_nobody_saw_is_not_impossible():
    """Without a case, a mean may be that of 6 in 400 of size 1; only equal sides do not differ."""
    calm, nearer = np.full(400, -0.5), np.full(400, -0.2)
    found = RareMean().one(calm)
    assert (found.estimate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(6.4 / 403, rel=0.01)
    assert RareMean().combination(DIFFERENCE, (calm, calm)) == (0.0, 0.0, 0.0, 0.0)
    pair = RareMean().combination(DIFFERENCE, (calm, nearer))
    assert pair.estimate == 0.0
    assert pair.high == -pair.low == pytest.approx(1.959964 * 2.0 / 404, rel=1e-6)


def test_a_quantile_on_a_step():
    """Where either side's quantile may be zero or not, both intervals are put together."""
    one, other = np.zeros((2, 2_000))
    one[:95], other[:105] = np.arange(1.0, 96.0), np.arange(1.0, 106.0)
    sides = [Quantile(95).one(side) for side in (one, other)]
    pair = Quantile(95).combination(DIFFERENCE, (one, other))
    assert pair[1:3] == (sides[1].low - sides[0].high, sides[1].high - sides[0].low)
    assert pair.low < 0.0 < pair.high
    many = np.arange(2_000.0)
    smooth = Quantile(95).combination(DIFFERENCE, (many, 1.01 * many))
    apart = [Quantile(95).one(side) for side in (many, 1.01 * many)]
    assert smooth.high - smooth.low < (apart[1].high - apart[0].low) / 10


DIFFERENCE = (-1.0, 1.0)
ESTIMATORS = [Mean(), Quantile(50), Quantile(95), Quantile(99), TailMean(95), TailMean(99)]


@pytest.mark.parametrize("estimator", ESTIMATORS[2:])
def test_pairing_pays(estimator):
    """Common shocks make the interval of a difference at least four times narrower."""
    rng = np.random.default_rng(3)
    first, second = rng.standard_normal((2, 8_000))
    pair = estimator.combination(DIFFERENCE, (first, 1.01 * first))
    apart = estimator.combination(DIFFERENCE, (first, 1.01 * second))
    assert pair.high - pair.low < (apart.high - apart.low) / 4


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_what_pairing_bought(estimator):
    """The variance ratio of two samples with correlation ρ and one spread is 1 / (1 − ρ) for means.

    For the others it is near: their pairs agree less in the tail. Unpaired it is one.
    """
    rng = np.random.default_rng(11)
    common, own = rng.standard_normal((2, 200_000))
    close = estimator.combination(DIFFERENCE, (common, 0.99 * common + sqrt(1 - 0.99**2) * own))
    apart = estimator.combination(DIFFERENCE, (common, own))
    if isinstance(estimator, Mean):
        assert close.variance_ratio == pytest.approx(100.0, rel=0.02)
        assert apart.variance_ratio == pytest.approx(1.0, rel=0.02)
    else:
        assert close.variance_ratio > 4.0
        assert 0.3 < apart.variance_ratio < 3.0


losses = arrays(
    np.float64, st.integers(MIN_PATHS, 600), elements=st.floats(-10.0, 1.0, allow_subnormal=False)
)


@settings(max_examples=40, deadline=None)
@given(losses, st.sampled_from([95, 99]))
def test_tail_mean_is_never_below_the_quantile(sample, percent):
    """CVaR is at least VaR, and CVaR 99 at least CVaR 95, up to one rounding."""
    tail = TailMean(percent).one(sample).estimate
    assert tail >= Quantile(percent).one(sample).estimate - 1e-12
    assert TailMean(99).one(sample).estimate >= TailMean(95).one(sample).estimate - 1e-12


@settings(max_examples=25, deadline=None)
@given(losses, st.floats(-3.0, 3.0), st.floats(0.1, 10.0), st.sampled_from(ESTIMATORS))
def test_translation_and_scale(sample, shift, scale, estimator):
    """Adding cash moves a figure by that cash, and scaling the sample scales it."""
    moved = estimator.one(sample * scale + shift)
    for end, moved_end in zip(estimator.one(sample), moved, strict=True):
        assert moved_end == pytest.approx(end * scale + shift, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(losses, st.sampled_from(ESTIMATORS), st.randoms())
def test_order_of_the_estimate(sample, estimator, random):
    """An interval holds its estimate; a sample less itself is exactly zero, in any order."""
    interval = estimator.one(sample)
    assert interval.low <= interval.estimate <= interval.high
    shuffled = sample.copy()
    random.shuffle(shuffled)
    assert estimator.combination(DIFFERENCE, (shuffled, shuffled)) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("estimator", [*ESTIMATORS, Proportion(), RareMean()])
def test_refusals(estimator):
    """Too few paths, unequal pairs and values that are no numbers are refused with a reason."""
    fine = np.zeros(MIN_PATHS)
    with pytest.raises(InputError, match="399 paths are too few.*give 400 or more"):
        estimator.one(fine[:-1])
    with pytest.raises(InputError, match="cannot be paired"):
        estimator.combination(DIFFERENCE, (fine, np.zeros(MIN_PATHS + 1)))
    for bad in (float("nan"), float("inf")):
        with pytest.raises(InputError, match="not a finite number"):
            estimator.one(np.append(fine, bad))


@pytest.mark.parametrize("estimator", [Mean(), TailMean(95), Quantile(95)])
def test_an_interval_without_ends_is_refused(estimator):
    """Finite outcomes whose squares are not finite have no interval, and are no crash either."""
    sample = np.where(np.arange(1_000) % 3 == 0, 1e300, -1e300) * (1.0 + np.arange(1_000))
    with np.errstate(all="ignore"), pytest.raises(InputError, match="no finite ends"):
        estimator.combination((-1.0, 1.0), (sample, np.zeros(1_000)))


def test_what_hardly_differs_has_an_interval_of_nothing():
    """Differences whose cubes are below any number count as none, instead of dividing by zero."""
    sample = 1e-120 * (np.arange(1_000) % 7)
    found = TailMean(95).one(sample)
    assert found.low == found.estimate == found.high

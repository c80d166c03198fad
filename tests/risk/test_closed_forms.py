"""Formulas against published values, and against what they are formulas of."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from dpo_gov.errors import InputError
from dpo_gov.risk import Quantile, TailMean
from dpo_gov.risk import closed_forms as forms

NORMAL = NormalDist()
MONTH = 30 / 365


@pytest.mark.parametrize(
    ("ratio", "periods", "error"), [(0.5, 12, 0.306), (1.0, 60, 0.158), (1.5, 250, 0.092)]
)
def test_sharpe_error(ratio, periods, error):
    """Lo 2002, to three digits."""
    assert forms.sharpe_error(ratio, periods) == pytest.approx(error, abs=5e-4)


def test_sharpe_error_is_the_spread_of_estimates():
    """20,000 estimates from 250 normal returns spread as the formula says, within 2 %."""
    returns = np.random.default_rng(4).standard_normal((20_000, 250)) + 0.5
    found = returns.mean(axis=1) / returns.std(axis=1, ddof=1)
    assert found.std() == pytest.approx(forms.sharpe_error(0.5, 250), rel=0.02)


@pytest.mark.parametrize(
    ("barrier", "watched", "daily"),
    [
        (0.9, 0.679563, 0.608463),
        (0.8, 0.368359, 0.316263),
        (0.7, 0.142695, 0.116362),
        (0.6, 0.033306, 0.025502),
    ],
)
def test_first_passage(barrier, watched, daily):
    """Volatility 0.8 for 30 days: six digits, watched all the time and looked at daily."""
    assert forms.first_passage(barrier, 0.0, 0.8, MONTH) == pytest.approx(watched, abs=1e-6)
    at_looks = forms.looked(barrier, 0.8, 1 / 365)
    assert forms.first_passage(at_looks, 0.0, 0.8, MONTH) == pytest.approx(daily, abs=1e-6)


def test_first_passage_on_paths():
    """Daily looks at 80 % see .3183 ± .0010, a Brownian bridge between them .3674: both ± 3 errors.

    Source: an independent simulation; the closed forms are .3163 (corrected) and .3684.
    """
    rng, paths, step = np.random.default_rng(6), 60_000, 0.8 * sqrt(1 / 365)
    x = np.zeros(paths)
    alive, seen = np.ones(paths), np.zeros(paths, dtype=bool)
    far = log(0.8)
    for _ in range(30):
        after = x - step**2 / 2 + step * rng.standard_normal(paths)
        inside = np.maximum(x - far, 0.0) * np.maximum(after - far, 0.0)
        alive *= 1.0 - np.exp(-2.0 * inside / step**2)
        seen |= after <= far
        x = after
    error = 3 * sqrt(0.25 / paths)
    assert seen.mean() == pytest.approx(0.3183, abs=error + 0.001)
    assert (1.0 - alive).mean() == pytest.approx(forms.first_passage(0.8, 0, 0.8, MONTH), abs=error)


def _down_and_out(barrier: float):
    """A call that dies at a barrier below strike and spot (Reiner and Rubinstein 1991)."""
    spot, strike, rate, vol, time = 100, 100, 0.1, 0.3, 0.2

    def call(price: float) -> float:
        spread = vol * sqrt(time)
        d = (log(price / strike) + (rate + vol**2 / 2) * time) / spread
        return price * NORMAL.cdf(d) - strike * exp(-rate * time) * NORMAL.cdf(d - spread)

    power = 2 * rate / vol**2 - 1
    return call(spot) - (barrier / spot) ** power * call(barrier**2 / spot)


@pytest.mark.parametrize(
    ("barrier", "watched", "corrected"),
    [(85, 6.308, 6.322), (90, 5.977, 6.098), (95, 4.398, 4.907), (97, 3.060, 3.836),
     (99, 1.171, 2.271)],
)  # fmt: skip
def test_barrier_table(barrier, watched, corrected):
    """Down-and-out calls at 50 looks in 0.2 years, by Broadie, Glasserman and Kou 1997."""
    assert _down_and_out(barrier) == pytest.approx(watched, abs=5e-4)
    shifted = 100 * forms.looked(barrier / 100, 0.3, 0.2 / 50)
    assert _down_and_out(shifted) == pytest.approx(corrected, abs=6e-4)


@pytest.mark.parametrize(("cost", "half"), [(5, 0.0361), (10, 0.0454), (30, 0.0655), (100, 0.0979)])
def test_no_trade_band(cost, half):
    """Half in an asset: the half width for costs of 5 to 100 basis points, three digits."""
    assert forms.no_trade_band(0.5, cost / 1e4) == pytest.approx(half, abs=5e-5)
    wider = forms.no_trade_band(0.5, cost / 1e4, to_target=True)
    assert wider == pytest.approx(half * 4 ** (1 / 3), abs=1e-4)


@pytest.mark.parametrize(
    ("threshold", "watched", "daily", "hourly"),
    [(0.02, 100, 58.7, 88.1), (0.05, 16, 12.71, 15.04), (0.10, 4, 3.55, 3.69)],
)
def test_rebalances(threshold, watched, daily, hourly):
    """Half in an asset of volatility 0.8: how often a year, watched, daily and hourly.

    The hourly counts are simulated, over one year from the target on: a sixth of a rebalance less
    than the long run, since the times between have a squared deviation of 2/3 of their mean's.
    """
    assert forms.rebalances(0.5, 0.8, threshold) == pytest.approx(watched)
    assert forms.rebalances(0.5, 0.8, threshold, 1 / 365) == pytest.approx(daily, rel=2e-3)
    assert forms.rebalances(0.5, 0.8, threshold, 1 / 8760) == pytest.approx(
        hourly + 1 / 6, rel=0.015
    )


def test_harvest():
    """Half in an asset of volatility 0.8: 8 % a year (Fernholz and Shay 1982)."""
    assert forms.harvest(0.5, 0.8) == pytest.approx(0.08)


def test_kelly():
    """Thorp 2006: drift 0.11, volatility 0.15, rate 0.06."""
    found = forms.kelly(0.11, 0.15, 0.06)
    assert found == pytest.approx((2.2222, 0.115556, 0.3333), abs=5e-5)


@pytest.mark.parametrize("distance", [0.5, 0.2])
def test_ever_falls_to(distance):
    """At Kelly's share the chance is the distance itself, at half its cube (Thorp 2006).

    At a share f of an asset without rate, wealth is itself a Brownian motion: first passage of it
    within very many years is the same.
    """
    assert forms.ever_falls_to(distance, 1.0) == pytest.approx(distance, rel=1e-12)
    assert forms.ever_falls_to(distance, 0.5) == pytest.approx(distance**3, rel=1e-12)
    assert forms.ever_falls_to(distance, 2.0) == 1.0
    for fraction in (0.5, 1.0, 1.5):
        held = fraction * forms.kelly(0.11, 0.3, 0.0).share
        ever = forms.first_passage(distance, held * 0.11, held * 0.3, 1e5)
        assert forms.ever_falls_to(distance, fraction) == pytest.approx(ever, rel=1e-6)


def test_loss_versus_rebalancing():
    """Milionis et al. 2022: a daily volatility of 5 % costs 3.125 basis points a day."""
    assert forms.loss_versus_rebalancing(0.05) * 1e4 == pytest.approx(3.125)


def test_smart_ltv():
    """SmartLTV.sol's formula: c = 1, σ = 0.2, liquidity 4 times the debt, β = 5 %; not below 0.

    The contract gives 0 from an exponent of 10.46 on, where no loan is left in any case.
    """
    assert forms.smart_ltv(1.0, 0.2, 4.0, 0.05) == pytest.approx(0.854837, abs=1e-6)
    assert forms.smart_ltv(10.4621863982718417, 1.0, 1.0, 3e-5) == 0.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: forms.first_passage(0.0, 0.0, 0.8, 1.0), "distance"),
        (lambda: forms.first_passage(0.5, 0.0, float("nan"), 1.0), "volatility"),
        (lambda: forms.smart_ltv(1.0, 0.2, 0.0, 0.05), "liquidity"),
        (lambda: forms.sharpe_error(1.0, 0), "periods"),
        (lambda: forms.no_trade_band(0.5, -0.1), "cost"),
    ],
)
def test_refusals(call, name):
    """What must be above zero and is not is named."""
    with pytest.raises(InputError, match=f"{name} is .*must be above 0"):
        call()


TABLE = """
VaR normal  162.1 208.1 247.9 294.3 325.8
VaR t4      137.1 190.7 248.3 335.1 411.8
ES normal   222.0 260.9 295.7 337.1 365.8
ES t4       223.5 286.5 357.2 466.9 565.7
"""


def _student4(p: float) -> float:
    """Quantile of Student's t with four degrees of freedom (Shaw 2006)."""
    root = sqrt(4 * p * (1 - p))
    return 2 * sqrt(np.cos(np.arccos(root) / 3) / root - 1)


def _laws(p: float) -> dict[str, float]:
    """VaR and expected shortfall at p, in closed form."""
    z, t = NORMAL.inv_cdf(p), _student4(p)
    density = 3 / 8 * (1 + t * t / 4) ** -2.5
    return {
        "VaR normal": z,
        "ES normal": NORMAL.pdf(z) / (1 - p),
        "VaR t4": t,
        "ES t4": density / (1 - p) * (4 + t * t) / 3,
    }


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_table_of_mcneil_frey_embrechts(row):
    """A loss of 10,000 at 20 % a year, one day of 250, by law and level: Quantitative Risk
    Management, its t4 row scaled to the same variance; expected shortfall of t4 is
    recomputed, since the printed one rounds."""
    name, figures = row[:11].strip(), row[11:].split()
    scale = 10_000 * 0.2 / sqrt(250) * (sqrt(0.5) if name.endswith("t4") else 1)
    for p, figure in zip((0.90, 0.95, 0.975, 0.99, 0.995), figures, strict=True):
        assert scale * _laws(p)[name] == pytest.approx(float(figure), abs=0.06)


@pytest.mark.parametrize("law", ["normal", "t4"])
def test_estimators_find_the_table(law):
    """The estimators on the law's own quantiles give its closed forms at 90, 95 and 99 %."""
    count = 100_001
    places = (np.arange(count) + 0.5) / count
    if law == "normal":
        sample = np.array([NORMAL.inv_cdf(p) for p in places])
    else:
        upper = np.array([_student4(max(p, 1 - p)) for p in places])
        sample = np.where(places < 0.5, -upper, upper)
    for percent in (90, 95, 99):
        truth = _laws(percent / 100)
        assert Quantile(percent).one(sample).estimate == pytest.approx(
            truth[f"VaR {law}"], rel=2e-3
        )
        assert TailMean(percent).one(sample).estimate == pytest.approx(truth[f"ES {law}"], rel=3e-3)


@pytest.mark.parametrize(
    ("p", "normal", "t4"),
    [
        (0.95, (1.644854, 2.062713), (2.131847, 3.202870)),
        (0.975, (1.959964, 2.337803), None),
        (0.99, (2.326348, 2.665214), (3.746947, 5.220584)),
    ],
)
def test_value_at_risk_of_laws(p, normal, t4):
    """VaR and expected shortfall of the normal law and of t4, to six digits."""
    found = _laws(p)
    assert (found["VaR normal"], found["ES normal"]) == pytest.approx(normal, abs=1e-6)
    if t4:
        assert (found["VaR t4"], found["ES t4"]) == pytest.approx(t4, abs=1e-6)


def test_liquidation_at_risk_is_a_percentile():
    """LaR is the 95th percentile of the liquidated amount (Gauntlet); 1 path in 10 loses 100."""
    amount = np.where(np.arange(1_000) % 10 == 0, 100.0, 0.0)
    assert Quantile(95).one(amount).estimate == pytest.approx(100.0)
    rare = np.where(np.arange(1_000) % 50 == 0, 100.0, 0.0)
    assert Quantile(95).one(rare).estimate == pytest.approx(0.0, abs=0.1)

"""The engine against formulas: growth of a constant mix, counts of rebalances, buy and hold."""

from math import comb, sqrt
from typing import Any

import numpy as np
import pytest

from dpo_gov.market import Market, default_market
from dpo_gov.market.model import History
from dpo_gov.params import Change, ParamSet, StrategyLayout
from dpo_gov.risk import MEASURES, Mean
from dpo_gov.risk.closed_forms import no_trade_band
from dpo_gov.simulate import Outcomes, SimSpec, simulate

PAIR = StrategyLayout(name="pair", assets=("USDC", "WBTC"), weights=(5_000, 5_000))
NEVER = 10**9
FLIPS = (float(np.log(2.0)), float(-np.log(2.0)))


def brownian(volatility: float, **venue: Any) -> Market:
    """One asset that follows a geometric Brownian motion without drift of its logarithm, and a
    stable one that stands still; trading is free but for `venue`."""
    market = default_market().model_dump(mode="json")
    still = {"probability": 0.0}
    assets = [
        {"symbol": "BTC", "price": 1.0, "own_jump": still},
        {"symbol": "STABLE", "price": 1.0, "own_jump": still},
    ]
    unit = [[1.0, 0.0], [0.0, 1.0]]
    regime = {
        "name": "only",
        "drift": [0.0, 0.0],
        "volatility": [volatility / np.sqrt(365.0), 0.0],
        "correlation": unit,
    }
    free = {"half_spread": 0.0, "depth": [1e30, 1e30], "assumption": "free"} | venue
    return Market.model_validate(
        market
        | {
            "assets": assets,
            "degrees": None,
            "regimes": [regime],
            "transition": [[1.0]],
            "common_jump": {"mean": [0.0] * 2, "deviation": [0.0] * 2, "correlation": unit},
            "gas": market["gas"] | {"median": [1.0], "fixed": 0.0, "per_trade": 0.0},
            "venue": free,
        }
    )


def run(market: Market, paths: int, days: int = 365, **values: int) -> Outcomes:
    """Half and half, with all limits off but those given."""
    parameters = ParamSet.defaults(PAIR)
    wide = {"rebalanceInterval": NEVER, "maxTradeSize": 10_000, "minIdle": 0}
    parameters = parameters.apply(
        Change(key=parameters.spec(name).key, old=0, new=value)
        for name, value in (wide | values).items()
    )
    spec = SimSpec(paths=paths, seed=2, horizon_days=days)
    (outcomes,) = simulate(market, [parameters], spec)
    return outcomes


@pytest.mark.parametrize(("threshold", "count"), [(200, 56.4), (500, 12.43), (1_000, 3.34)])
def test_rebalances_are_as_many_as_the_drift_crosses(threshold: int, count: float) -> None:
    """Half in an asset of volatility 0.8: counts for daily looks at thresholds of 2, 5, 10 %.

    Source: theory (w (1 − w) σ / τ)² with the correction for discrete looks gives 58.7, 12.71
    and 3.55; an independent simulation 56.4, 12.43 and 3.34.
    """
    outcomes = run(brownian(0.8), 4_000, driftThreshold=threshold)
    error = outcomes.rebalances.std() / np.sqrt(4_000)
    assert abs(outcomes.rebalances.mean() - count) < 3 * error + 0.02 * count


@pytest.mark.parametrize(("threshold", "count"), [(200, 88.1), (500, 15.04), (1_000, 3.69)])
def test_rebalances_at_hourly_looks(threshold: int, count: float) -> None:
    """The same with a day of the engine as an hour: counts of a year by an independent simulation.

    3,650 hours are as many as the engine takes; counts are linear in time, less the sixth that is
    lost at the start.
    """
    market = brownian(0.8 * np.sqrt(365 / 8_760))
    outcomes = run(market, 500, days=3_650, driftThreshold=threshold)
    error = outcomes.rebalances.std() / np.sqrt(500)
    expected = (count + 1 / 6) * 3_650 / 8_760 - 1 / 6
    assert abs(outcomes.rebalances.mean() - expected) < 3 * error + 0.01 * expected


@pytest.mark.parametrize(("speed", "to_target"), [(1_000_000, True), (100_000, False)])
def test_the_best_threshold_is_near_the_formula(speed: int, to_target: bool) -> None:
    """Trades at 30 basis points: the log grows best near the asymptotic band, for half in an asset.

    Both with trades all the way to the target and with small ones.

    Of thresholds from a third to three times of it, on the same paths; daily looks add 0.6 of a
    day's drift to each, and the best of the grid may be its neighbour.
    """
    band = no_trade_band(0.5, 0.003, to_target=to_target) - 0.5826 * 0.25 * 0.8 / np.sqrt(365)
    grid = [band * 3.0 ** (k / 2) for k in (-2, -1, 0, 1, 2)]
    growths = []
    for threshold in grid:
        values = {"driftThreshold": round(threshold * 1e4), "recenteringSpeed": speed}
        outcomes = run(brownian(0.8, half_spread=0.003), 5_000, **values)
        growths.append(float(np.log(outcomes.final_nav).mean()))
    best = max(range(5), key=growths.__getitem__)
    assert 1 <= best <= 3, growths
    assert growths[2] > max(growths[0], growths[4])


def test_shannons_demon() -> None:
    """A price that doubles or halves, half of the value in it each day: 6.066 % a flip.

    Source: Shannon's lecture, in Poundstone 2005: the mean log growth is log(9/8) / 2 = .0588915.
    """
    market = brownian(0.0)
    flips = History(first="2020-01-01", assets=("BTC",), returns=(FLIPS,), block=1.0)
    outcomes = run(market.model_copy(update={"history": flips}), 4_000, days=100, driftThreshold=0)
    growth = np.log(outcomes.final_nav) / 100
    assert growth.mean() == pytest.approx(0.0588915, abs=3 * growth.std() / np.sqrt(4_000))
    assert np.exp(0.0588915) - 1 == pytest.approx(0.06066, abs=1e-5)
    # Path by path: each pair of a rise and a fall leaves 9/8.
    ups = np.round((growth * 100 - 100 * np.log(0.75)) / np.log(2))
    assert growth * 100 == pytest.approx(ups * np.log(1.5) + (100 - ups) * np.log(0.75), abs=1e-9)


def test_a_constant_mix_harvests_volatility() -> None:
    """log V = Σ w log S + g T with g = (w'diag(Σ) − w'Σw) / 2 = 0.08 a year for w = 1/2, σ = 0.8.

    Source: Fernholz and Shay 1982; daily steps instead of continuous ones cost 0.2 % of it.
    """
    outcomes = run(brownian(0.8), 8_000, driftThreshold=0)
    assert outcomes.rebalances.min() > 350
    growth = np.log(outcomes.final_nav)
    error = growth.std() / np.sqrt(8_000)
    assert abs(growth.mean() - 0.08) < 3 * error
    # Path by path: the part that the asset explains has slope 1/2, what is left is the harvest.
    assert growth.std() == pytest.approx(0.5 * 0.8, rel=0.03)


def test_without_trades_it_is_buy_and_hold() -> None:
    """A vault that never rebalances ends at 1/2 + S / 2 with E S = exp(σ² / 2)."""
    outcomes = run(brownian(0.5), 20_000, driftThreshold=10_000)
    assert not outcomes.rebalances.any()
    assert not outcomes.turnover.any()
    assert not outcomes.cost.any()
    asset = 2 * outcomes.final_nav - 1
    assert asset.min() > 0
    assert np.log(asset).std() == pytest.approx(0.5, rel=0.02)
    assert np.log(asset).mean() == pytest.approx(0.0, abs=3 * 0.5 / np.sqrt(20_000))


@pytest.mark.parametrize("market", [brownian(0.5), default_market()], ids=["brownian", "default"])
def test_the_surprise_of_a_path_has_no_expectation(market: Market) -> None:
    """The control of the means: its mean is zero within chance, while weights ramp, too.

    It is the sum of the daily returns of the targets, so of a vault that never trades on one day.
    """
    start = ParamSet.defaults(PAIR)
    change = {"targetWeight[USDC]": 3_000, "targetWeight[WBTC]": 7_000, "weightRamp": 40 * 86_400}
    other = start.apply(
        Change(key=start.spec(name).key, old=start.values[start.spec(name).key], new=value)
        for name, value in change.items()
    )
    for outcomes in simulate(market, [start, other], SimSpec(paths=20_000, seed=9)):
        error = outcomes.surprise.std() / np.sqrt(20_000)
        assert error > 1e-4
        assert abs(outcomes.surprise.mean()) < 3.5 * error
    (day,) = simulate(brownian(0.5), [start], SimSpec(paths=1_000, horizon_days=1))
    expected = 0.5 * (np.exp(0.5 * 0.25 / 365) - 1)
    assert day.surprise == pytest.approx(day.final_nav - 1 - expected, abs=1e-12)


def test_the_controlled_mean_is_the_closed_form() -> None:
    """Buy and hold returns (exp(σ²/2) − 1) / 2: inside the interval, which is twice as narrow."""
    outcomes = run(brownian(0.5), 20_000, driftThreshold=10_000)
    figure = MEASURES[0].figure(outcomes)
    plain = Mean().one(outcomes.final_nav - 1.0)
    assert figure.low < 0.5 * (np.exp(0.125) - 1) < figure.high
    assert figure.control is not None
    assert figure.control.variance_ratio > 5
    assert (plain.high - plain.low) / (figure.high - figure.low) == pytest.approx(
        np.sqrt(figure.control.variance_ratio), rel=1e-6
    )


def test_drawdown_of_a_still_market_is_nothing() -> None:
    """Without volatility nothing moves: value 1, no drawdown, no trade, no time out of band."""
    outcomes = run(brownian(0.0), 3, driftThreshold=100)
    for name in ("max_drawdown", "turnover", "rebalances", "cost", "time_out_of_band"):
        assert not getattr(outcomes, name).any()
    assert (outcomes.final_nav == 1.0).all()
    assert not outcomes.tracking_error.any()


def test_cost_is_turnover_times_half_spread() -> None:
    """In a deep market each trade costs its half spread, and the value pays for it."""
    free = run(brownian(0.8), 500, driftThreshold=500)
    paid = run(brownian(0.8, half_spread=0.002), 500, driftThreshold=500)
    assert paid.cost == pytest.approx(0.002 * paid.turnover, rel=1e-9)
    ratio = np.log(paid.final_nav / free.final_nav)
    assert ratio.mean() == pytest.approx(-paid.cost.mean(), rel=0.1)


FALLS = [
    (1, 0.01, 0.084693), (1, 0.1, 0.243050), (1, 0.5, 0.463159), (1, 1.5, 0.668992),
    (1, 10.0, 1.088998), (1, 1000.0, 2.219765), (1, 5000.0, 2.621743), (-1, 0.01, 0.092708),
    (-1, 0.1, 0.325586), (-1, 0.5, 0.884593), (-1, 1.0, 1.445520), (-1, 5.0, 5.498820),
]  # fmt: skip
"""Direction, x = μ² T / (2 σ²), and Qp or Qn of it: Magdon-Ismail et al. 2004 as fBasics has it."""


def expected_fall(lean: float) -> float:
    """Expected maximum drawdown of a Brownian motion with drift over a year, volatility 1.

    The transform of the time to a first fall by h is d exp(−a h) / (d cosh d h − a sinh d h), with
    a the drift and d² = a² + 2 s (Taylor 1975, A stopped Brownian motion formula, Annals of
    Probability 3). It is integrated over h, and inverted by Euler's sums (Abate and Whitt 1995,
    Numerical inversion of Laplace transforms, ORSA Journal on Computing 7).
    """
    terms, averaged, damping = 40, 12, 18.4
    place = np.arange(terms + averaged + 1)
    s = (damping + 2j * np.pi * place) / 2.0
    d = np.sqrt(lean * lean + 2.0 * s)[:, None]
    nodes, weights = np.polynomial.legendre.leggauss(128)
    share, scale = (1.0 + nodes) / 2.0, 1.0 / (1.0 + max(lean, 0.0) / 8.0) + max(-lean, 0.0)
    fall, width = scale * share / (1.0 - share), scale * weights / (2.0 * (1.0 - share) ** 2)
    bottom = d - lean + (d + lean) * np.exp(-2.0 * d * fall)
    reached = 2.0 * d * np.exp(-(lean + d) * fall) / bottom
    signs = np.where(place == 0, 0.5, (-1.0) ** place)
    sums = np.cumsum(signs * ((reached * width).sum(axis=1) / s).real)[terms:]
    binomial = [comb(averaged, n) / 2**averaged for n in range(averaged + 1)]
    return float(np.exp(damping / 2.0) * (binomial @ sums))


def test_the_expected_fall_is_the_published_one() -> None:
    """Without drift √(π/2); with it within 0.3 % of the table.

    Far from zero it goes to ¼ ln x + 0.49088 and to x + ½.
    """
    assert expected_fall(0.0) == pytest.approx(1.253314, abs=1e-6)
    for sign, x, table in FALLS:
        lean = sign * sqrt(2.0 * x)
        assert expected_fall(lean) * abs(lean) / 2.0 == pytest.approx(table, rel=3e-3)
    rises, sinks = sqrt(2.0 * 1e5), sqrt(2.0 * 50.0)
    long_run = 0.25 * np.log(1e5) + 0.49088
    assert expected_fall(rises) * rises / 2.0 == pytest.approx(long_run, abs=1e-4)
    assert expected_fall(-sinks) * sinks / 2.0 == pytest.approx(50.5, rel=1e-6)


@pytest.mark.parametrize(
    ("sign", "x", "days", "tolerance"),
    [
        *((sign, x, 365, 0.005) for sign, x, _ in FALLS if x <= 10.0),
        (1, 0.0, 365, 0.005), (1, 100.0, 3_650, 0.005), (1, 1000.0, 3_650, 0.02),
    ],
)  # fmt: skip
def test_expected_maximum_drawdown(sign: int, x: float, days: int, tolerance: float) -> None:
    """Of a Brownian motion over a year of so many looks, at x = μ² / (2 σ²).

    Looks miss 2 × 0.5826 σ √dt of it (Broadie, Glasserman and Kou 1997); at x of 1000 that is a
    fifth. Falls are so small that those of the logarithm and of the value agree.
    """
    volatility, paths = 0.01, 2_500
    lean = sign * sqrt(2.0 * x)
    market = brownian(2 * volatility * sqrt(365 / days))
    # Half is held: half the volatility, half the drift, and the harvest.
    daily = 2 * (lean * volatility - volatility**2 / 2) / days
    (regime,) = market.regimes
    moved = market.model_copy(
        update={"regimes": (regime.model_copy(update={"drift": (daily, 0.0)}),)}
    )
    found = run(moved, paths, days, driftThreshold=0).max_drawdown / volatility
    error, expected = found.std() / sqrt(paths), expected_fall(lean)
    missed = 2 * 0.5826 / sqrt(days)
    assert abs(found.mean() + missed - expected) < 3 * error + tolerance * expected

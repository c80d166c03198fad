"""The engine against formulas: growth of a constant mix, counts of rebalances, buy and hold."""

from typing import Any

import numpy as np
import pytest

from dpo_gov.market import Market, default_market
from dpo_gov.params import Change, ParamSet, StrategyLayout
from dpo_gov.risk import MEASURES, Mean
from dpo_gov.simulate import Outcomes, SimSpec, simulate

PAIR = StrategyLayout(name="pair", assets=("USDC", "WBTC"), weights=(5_000, 5_000))
NEVER = 10**9


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


def run(market: Market, paths: int, **values: int) -> Outcomes:
    """Half and half, with all limits off but those given; 365 days."""
    parameters = ParamSet.defaults(PAIR)
    wide = {"rebalanceInterval": NEVER, "maxTradeSize": 10_000, "minIdle": 0}
    parameters = parameters.apply(
        Change(key=parameters.spec(name).key, old=0, new=value)
        for name, value in (wide | values).items()
    )
    (outcomes,) = simulate(market, [parameters], SimSpec(paths=paths, seed=2))
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


def test_expected_maximum_drawdown() -> None:
    """The asset alone: E max drawdown of log price is √(π/2) σ √T for continuous looks.

    Source: Magdon-Ismail et al. 2004, without drift; daily looks see 1.193 / 1.2533 of it.
    """
    volatility = 0.1
    layout_share = 0.5
    outcomes = run(brownian(volatility), 8_000, driftThreshold=0)
    # Constant mix of one half: volatility halves; for so small a one log and simple falls agree.
    expected = 1.193 * layout_share * volatility
    assert outcomes.max_drawdown.mean() == pytest.approx(expected, rel=0.06)

"""Vaults in a market whose liquidity thins, and behind an oracle that errs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov.market import Market, default_market
from dpo_gov.params import ParamSet
from dpo_gov.policy import RebalancingRules, VenueCost, against_oracle, plan_trades
from dpo_gov.simulate import Outcomes, SimSpec, simulate, stress

SPEC = SimSpec(paths=300, horizon_days=120)


def market(*, thinning: float = 0.0, oracle: dict[str, Any] | None = None, **venue: Any) -> Market:
    """The default market with some figures."""
    figures = default_market().model_dump()
    figures["venue"] |= {"thinning": thinning} | venue
    return Market.model_validate(figures | ({"oracle": oracle} if oracle else {}))


def feed(deviation: float, delay: float = 0.0) -> dict[str, Any]:
    """The same feed for all assets."""
    return {"deviation": (deviation,) * 3, "delay": delay, "assumption": ""}


def run(one: Market, parameters: ParamSet, spec: SimSpec = SPEC) -> Outcomes:
    """Outcomes of one set, by numpy."""
    (outcomes,) = simulate(one, [parameters], spec, engine="numpy")
    return outcomes


def test_thin_liquidity_costs(current: ParamSet) -> None:
    """The same trades cost more the more liquidity thins, and nothing changes on calm days."""
    wide = {"half_spread": 0.0, "depth": (1e9, 1e9, 1e9)}
    costs = [run(market(thinning=k, **wide), current).cost.mean() for k in (0.0, 1.0, 3.0)]
    assert costs[0] < 0.999 * costs[1] < 0.998 * costs[2]
    # A rebalance comes after a wild day, so k − 1 is above zero more often than not.
    slope = (costs[2] - costs[0]) / (costs[1] - costs[0])
    assert slope == pytest.approx(3.0, rel=0.2)


def test_thin_liquidity_on_a_day_of_stress(current: ParamSet) -> None:
    """A day of stress is thin by its own move; what it costs is more, its loss the same."""
    usual, thin = (stress(one, [current], 1e7)[0] for one in (market(), market(thinning=1.0)))
    for before, after in zip(usual, thin, strict=True):
        assert before.loss == after.loss
        if before.trades:
            assert before.cost < after.cost


def test_an_oracle_that_does_not_err_changes_nothing(current: ParamSet) -> None:
    """With quotes of one, every outcome is that without an oracle, but for rounding."""
    plain, seen = run(market(), current), run(market(oracle=feed(0.0)), current)
    assert (plain.rebalances == seen.rebalances).all()
    for name in ("final_nav", "max_drawdown", "turnover", "time_out_of_band", "tracking_error"):
        assert getattr(seen, name) == pytest.approx(getattr(plain, name), rel=1e-9)
    # Slippage and gas are taken one after the other, not added.
    assert seen.cost == pytest.approx(plain.cost, rel=1e-3)


def test_an_oracle_that_errs_costs(with_values: Callable[..., ParamSet]) -> None:
    """An error of the oracle wakes the vault more often, which pays for trades of no use."""
    loose = with_values(driftThreshold=100, maxSlippage=500, slippageBudget=1_000)
    plain, seen = run(market(), loose), run(market(oracle=feed(0.03)), loose)
    assert seen.rebalances.mean() > plain.rebalances.mean()
    assert seen.cost.mean() > plain.cost.mean()
    assert (seen.cost >= 0.0).all()


def test_what_the_oracle_errs_counts_against_the_slippage_limit(
    with_values: Callable[..., ParamSet],
) -> None:
    """Where feeds are further off than `maxSlippage`, many a trade is too dear to be made."""
    strict = with_values(driftThreshold=500, maxSlippage=50)
    wide = with_values(driftThreshold=500, maxSlippage=300, slippageBudget=1_000)
    shares = []
    for rules in (strict, wide):
        seen, plain = run(market(oracle=feed(0.02)), rules), run(market(), rules)
        shares.append(seen.turnover.mean() / plain.turnover.mean())
    assert shares[0] < 0.9 * shares[1]


@given(
    st.floats(0.9, 1.1),
    st.floats(0.9, 1.1),
    st.floats(0.0, 0.02),
    st.floats(0.0, 0.3),
    st.floats(1e-4, 0.3),
)
def test_losses_in_the_prices_of_the_oracle(
    sold: float, bought: float, half_spread: float, slope: float, trade: float
) -> None:
    """They are what comes of a trade of so many tokens at the market's price."""
    given_up = trade / sold
    received = given_up * (1.0 - half_spread - slope * given_up) * bought
    spread, steep = against_oracle(half_spread, slope, sold, bought)
    assert trade * (spread + steep * trade) == pytest.approx(trade - received, abs=1e-12)


def test_a_gain_makes_up_for_no_loss(current: ParamSet) -> None:
    """The budget is charged with the losses alone, as the vault does it, trade by trade."""
    rules = RebalancingRules.of(current)
    weights = rules.targets[:, None] + np.array([[0.0], [0.1], [-0.1]])
    slope = np.full((3, 1), 1e-3)
    gain, loss = VenueCost(np.full((3, 1), -0.004), slope), VenueCost(np.full((3, 1), 0.003), slope)
    budget = np.array([1.0])
    trades = plan_trades(weights, rules.targets[:, None], rules, gain, budget, buying=loss)
    assert trades.lost[0] < 0.0 < trades.charged[0]
    paid = trades.buys - trades.bought
    assert trades.charged[0] == pytest.approx(paid.sum())
    assert trades.apply(weights).sum() == pytest.approx(1.0 - trades.lost[0])
    spent = plan_trades(weights, rules.targets[:, None], rules, gain, 0.0 * budget, buying=loss)
    assert spent.turnover[0] == 0.0


@pytest.mark.parametrize("late", [None, feed(0.005), feed(0.02, 3_600.0)])
@pytest.mark.parametrize("thinning", [0.0, 2.0])
def test_both_engines_see_the_same(
    current: ParamSet,
    with_values: Callable[..., ParamSet],
    late: dict[str, Any] | None,
    thinning: float,
) -> None:
    """With and without oracle and thinning, the compiled engine has the bits of numpy."""
    pytest.importorskip("numba", reason="numba is not installed here (extra `fast`)")
    one = market(thinning=thinning, oracle=late)
    sets = [current, with_values(driftThreshold=100, maxSlippage=60, slippageBudget=80)]
    spec = SimSpec(paths=300, horizon_days=75, seed=2**40 + 3)
    hashes = [
        [found.sha256() for found in simulate(one, sets, spec, engine=engine)]
        for engine in ("numpy", "numba")
    ]
    assert hashes[0] == hashes[1]

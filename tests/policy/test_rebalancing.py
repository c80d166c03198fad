"""The vault's rules in array form: what every planned rebalance keeps to, whatever the numbers."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.policy import RebalancingRules, Trades, VenueCost, drift_of, plan_trades

LAYOUT = StrategyLayout(name="core", assets=("USDC", "WBTC", "WETH"), weights=(2_000, 3_500, 4_500))
DEFAULTS = RebalancingRules.of(ParamSet.defaults(LAYOUT))
FREE = VenueCost(0.0, np.full((3, 1), 1e-12))
EPSILON = 1e-12


@dataclass(frozen=True)
class Case:
    """A vault somewhere, the rules it obeys, and what trading costs."""

    weights: np.ndarray
    rules: RebalancingRules
    cost: VenueCost
    budget: float

    def plan(self) -> Trades:
        """What the policy does, for one path."""
        return plan_trades(
            self.weights[:, None],
            self.rules.targets[:, None],
            self.rules,
            self.cost,
            np.array([self.budget]),
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Weights and targets of two to five assets, rules and costs within the catalogue's bounds."""
    size = draw(st.integers(2, 5))

    def shares(low: int) -> np.ndarray:
        parts = np.array(draw(st.lists(st.integers(low, 1_000), min_size=size, max_size=size)))
        return (parts + (parts.sum() == 0)) / (parts + (parts.sum() == 0)).sum()

    targets = shares(10)
    rules = replace(
        DEFAULTS,
        targets=targets,
        recentering_speed=draw(st.integers(10_000, 1_000_000)) / 1e6,
        max_trade_size=draw(st.integers(10, 2_500)) / 1e4,
        max_slippage=draw(st.integers(1, 300)) / 1e4,
        nav_deviation=draw(st.integers(1, 100)) / 1e4,
        # The registry's validator keeps the idle minimum at or below the base asset's target.
        min_idle=draw(st.floats(0, 1)) * targets[0],
    )
    slope = np.array(draw(st.lists(st.floats(1e-9, 1.0), min_size=size, max_size=size)))
    cost = VenueCost(draw(st.floats(0, 0.01)), slope[:, None])
    return Case(shares(0), rules, cost, draw(st.floats(0, 0.1)))


@given(cases())
@settings(max_examples=400)
def test_no_value_is_made(case: Case) -> None:
    """What is held afterwards and what was lost add up to what was there; nothing is owed."""
    trades = case.plan()
    after = trades.apply(case.weights[:, None])
    assert trades.lost[0] >= 0.0
    assert after.sum() + trades.lost[0] == pytest.approx(1.0, abs=1e-12)
    assert after.min() >= -EPSILON
    assert trades.sells.min() >= 0.0
    assert trades.buys.min() >= 0.0


@given(cases())
@settings(max_examples=400)
def test_every_limit_is_kept(case: Case) -> None:
    """Trade size, slippage of each trade, budget and NAV deviation are kept."""
    trades, rules = case.plan(), case.rules
    for side in (trades.sells, trades.buys):
        assert side.max() <= rules.max_trade_size + EPSILON
        loss = case.cost.loss(side)
        assert (loss <= rules.max_slippage * side + EPSILON).all()
    assert trades.lost[0] <= min(case.budget, rules.nav_deviation) + EPSILON
    assert not ((trades.sells > 0) & (trades.buys > 0)).any()
    assert trades.sells[0] == 0.0
    assert trades.buys[0] == 0.0


@given(cases())
@settings(max_examples=400)
def test_drift_falls_and_not_too_fast(case: Case) -> None:
    """The vault's last checks pass: total drift falls, no weight moves away, speed is kept."""
    trades, rules = case.plan(), case.rules
    after = trades.apply(case.weights[:, None])[:, 0]
    before = np.abs(case.weights - rules.targets)
    now = np.abs(after / after.sum() - rules.targets)
    if not trades.turnover[0]:
        assert (after == case.weights).all()
        return
    assert now.sum() < before.sum()
    assert (now <= before + rules.nav_deviation + EPSILON).all()
    kept = (1.0 - rules.recentering_speed) * before.sum()
    assert now.sum() >= kept - rules.nav_deviation - EPSILON


@given(cases())
@settings(max_examples=400)
def test_idle_is_kept(case: Case) -> None:
    """The base asset stays above the minimum, or, where it was below, does not fall."""
    trades = case.plan()
    after = trades.apply(case.weights[:, None])
    minimum = case.rules.min_idle * after.sum()
    assert after[0, 0] >= min(minimum, case.weights[0]) - 1e-9


@given(st.lists(cases(), min_size=2, max_size=2))
def test_paths_do_not_touch_each_other(pair: list[Case]) -> None:
    """A path's trades are the same alone and beside another one."""
    one, other = pair
    if len(one.weights) != len(other.weights):
        return
    targets = one.rules.targets[:, None]
    both = np.stack([one.weights, other.weights], axis=1)
    budget = np.array([one.budget, other.budget])
    together = plan_trades(both, targets, one.rules, one.cost, budget)
    alone = plan_trades(one.weights[:, None], targets, one.rules, one.cost, budget[:1])
    assert (together.sells[:, :1] == alone.sells).all()
    assert (together.buys[:, :1] == alone.buys).all()


def plan(weights: list[float], **changes: float) -> Trades:
    """A plan for the default strategy without costs."""
    rules = replace(DEFAULTS, **changes)
    return plan_trades(
        np.array(weights)[:, None], rules.targets[:, None], rules, FREE, np.array([1.0])
    )


def moves(trades: Trades) -> list[float]:
    """Buys less sells by asset."""
    return [float(move) for move in (trades.buys - trades.sells)[:, 0]]


def test_full_speed_without_cost_lands_on_the_targets() -> None:
    """With nothing in the way one rebalance closes the whole drift."""
    trades = plan([0.30, 0.30, 0.40])
    assert moves(trades) == pytest.approx([0.0, 0.05, 0.05])
    after = trades.apply(np.array([[0.30], [0.30], [0.40]]))
    assert after[:, 0] == pytest.approx(DEFAULTS.targets, abs=1e-9)


def test_half_speed_closes_half() -> None:
    """The recentering speed is the share of the drift that one rebalance closes."""
    assert moves(plan([0.30, 0.30, 0.40], recentering_speed=0.5)) == pytest.approx(
        [0, 0.025, 0.025]
    )


def test_the_largest_trade_cuts_and_the_base_stays_on_its_way() -> None:
    """A sale that is cut leaves less to buy with: the base asset does not pay for it."""
    trades = plan([0.20, 0.70, 0.10], max_trade_size=0.10)
    assert moves(trades) == pytest.approx([0, -0.10, 0.10])
    # The base asset is below its target: it keeps what it needs, the rest is bought.
    trades = plan([0.15, 0.75, 0.10], max_trade_size=0.10)
    assert moves(trades) == pytest.approx([0, -0.10, 0.10])
    trades = plan([0.35, 0.64, 0.01], max_trade_size=0.10)
    assert moves(trades) == pytest.approx([0, -0.10, 0.10])


def test_a_trade_that_would_slip_too_far_is_cut() -> None:
    """Half spread 0.1 %, slope 0.1, limit 0.5 %: the largest trade is 4 %."""
    cost = VenueCost(0.001, np.full((3, 1), 0.1))
    rules = replace(DEFAULTS, nav_deviation=1.0)
    weights = np.array([[0.20], [0.50], [0.30]])
    trades = plan_trades(weights, rules.targets[:, None], rules, cost, np.array([1.0]))
    assert moves(trades) == pytest.approx([0, -0.04, 0.04])
    assert trades.lost[0] == pytest.approx(2 * 0.04 * 0.005)


def test_a_spread_above_the_limit_stops_all_trades() -> None:
    """Where the spread alone is more than the slippage limit nothing is traded."""
    cost = VenueCost(0.006, np.full((3, 1), 0.1))
    weights = np.array([[0.20], [0.50], [0.30]])
    trades = plan_trades(weights, DEFAULTS.targets[:, None], DEFAULTS, cost, np.array([1.0]))
    assert trades.turnover[0] == 0.0
    assert trades.count[0] == 0.0


def test_a_spent_budget_stops_all_trades() -> None:
    """Without budget, and with less than a worthwhile trade's, nothing is traded."""
    cost = VenueCost(0.001, np.full((3, 1), 1e-9))
    weights = np.array([[0.20], [0.50], [0.30]])
    for budget, traded in ((0.0, False), (5e-8, False), (1e-4, True)):
        trades = plan_trades(weights, DEFAULTS.targets[:, None], DEFAULTS, cost, np.array([budget]))
        assert bool(trades.turnover[0]) is traded
        assert trades.lost[0] <= budget


def test_dust_is_not_traded() -> None:
    """A drift below one basis point is left alone."""
    assert plan([0.2, 0.35005, 0.44995]).turnover[0] == 0.0


def test_counts_and_turnover() -> None:
    """Each trade against the base asset counts once."""
    trades = plan([0.20, 0.40, 0.40])
    assert trades.count[0] == 2.0
    assert trades.turnover[0] == pytest.approx(0.10)
    assert plan([0.25, 0.30, 0.45]).count[0] == 1.0


def test_rules_are_read_in_their_units() -> None:
    """Basis points and parts per million become shares; seconds and gwei stay."""
    assert DEFAULTS.targets.tolist() == [0.20, 0.35, 0.45]
    assert DEFAULTS.drift_threshold == 0.05
    assert DEFAULTS.recentering_speed == 1.0
    assert DEFAULTS.rebalance_interval == 30 * 86_400
    assert DEFAULTS.trade_cool_off == 6 * 3_600
    assert (DEFAULTS.max_trade_size, DEFAULTS.max_slippage) == (0.15, 0.005)
    assert (DEFAULTS.slippage_budget, DEFAULTS.slippage_window) == (0.01, 86_400)
    assert (DEFAULTS.nav_deviation, DEFAULTS.min_idle) == (0.003, 0.05)
    assert (DEFAULTS.max_base_fee, DEFAULTS.weight_ramp) == (150.0, 86_400)


def test_targets_ramp_in_a_straight_line() -> None:
    """Targets go from where they were to where they are to be, and then stay."""
    start, ramp = np.array([0.4, 0.3, 0.3]), DEFAULTS.weight_ramp
    assert (DEFAULTS.targets_at(start, 0) == start).all()
    assert DEFAULTS.targets_at(start, ramp / 4) == pytest.approx([0.35, 0.3125, 0.3375])
    for seconds in (ramp, 10 * ramp):
        assert DEFAULTS.targets_at(start, seconds) == pytest.approx(DEFAULTS.targets)


def test_the_budget_leaks_at_a_constant_rate() -> None:
    """A full budget is free again after the window, half of it after half."""
    used = np.array([0.01, 0.01, 0.004, 0.01])
    since = np.array([0.0, 43_200.0, 43_200.0, 86_400.0])
    assert DEFAULTS.leaked(used, since) == pytest.approx([0.01, 0.005, 0.0, 0.0])


def test_when_a_vault_may_rebalance() -> None:
    """Beyond the threshold or after the interval, but never within the cool-off."""
    day = 86_400.0
    drift = np.array([0.05, 0.0501, 0.0501, 0.0, 0.0])
    since = np.array([day, day, 6 * 3_600 - 1, 30 * day - 1, 30 * day])
    assert DEFAULTS.may_rebalance(drift, since).tolist() == [False, True, False, False, True]


def test_drift_is_the_largest_distance() -> None:
    """Drift is the distance of the one weight that is furthest from its target."""
    weights = np.array([[0.2, 0.1], [0.3, 0.5], [0.5, 0.4]])
    assert drift_of(weights, DEFAULTS.targets[:, None]) == pytest.approx([0.05, 0.15])

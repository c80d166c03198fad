"""What each of several changes contributes: sums to the whole, nothing for what does nothing."""

from collections.abc import Callable

import pytest

from dpo_gov.market import Market
from dpo_gov.params import ParamSet
from dpo_gov.risk import MEASURES
from dpo_gov.simulate import SimSpec, simulate
from dpo_gov.study import attribute, measure, players

WEIGHTS = {"targetWeight[USDC]": 3_000, "targetWeight[WETH]": 3_500}


def test_coupled_parameters_are_one_player(
    current: ParamSet, with_values: Callable[..., ParamSet]
) -> None:
    """Weights can only move together; the threshold moves alone."""
    proposed = with_values(WEIGHTS, driftThreshold=800, hedgeRatio=300_000)
    assert players(current, proposed) == (
        ("targetWeight[USDC]", "targetWeight[WETH]"),
        ("driftThreshold",),
        ("hedgeRatio",),
    )


def test_one_player_contributes_the_whole(
    current: ParamSet, with_values: Callable[..., ParamSet], market: Market, small: SimSpec
) -> None:
    """Alone, by Shapley, and as the plain difference it is the same, to the bit."""
    proposed = with_values(WEIGHTS)
    *_, (only,) = attribute(current, proposed, market, small)
    before, after = simulate(market, [current, proposed], small)
    for each in MEASURES:
        whole = each.difference(before, after)
        assert only.alone[each.name] == only.shapley[each.name] == whole


def test_the_sides_are_those_of_a_simulation(
    current: ParamSet, with_values: Callable[..., ParamSet], market: Market, small: SimSpec
) -> None:
    """Whatever else is simulated with them, to the bit, with the values on the way."""
    proposed = with_values(WEIGHTS, driftThreshold=1_500)
    before, after, _ = attribute(current, proposed, market, small, measures=[])
    alone = simulate(market, [current, proposed], small)
    assert [before.sha256(), after.sha256()] == [one.sha256() for one in alone]
    assert len(before.checkpoint_days) > 2


def test_shapley_values_sum_to_the_whole(
    current: ParamSet, with_values: Callable[..., ParamSet], market: Market, small: SimSpec
) -> None:
    """Efficiency (Shapley 1953): for every figure, also those that are no means.

    What works on each other does not sum one at a time, so the two answers differ.
    """
    proposed = with_values(WEIGHTS, driftThreshold=1_500, maxTradeSize=300)
    found = attribute(current, proposed, market, small).contributions
    before, after = simulate(market, [current, proposed], small)
    differ = False
    for each in MEASURES:
        whole = each.difference(before, after).estimate
        shares = sum(one.shapley[each.name].estimate for one in found)
        assert shares == pytest.approx(whole, rel=1e-9, abs=1e-12), each.name
        alone = sum(one.alone[each.name].estimate for one in found)
        differ |= abs(alone - whole) > 1e-6
    assert differ


def test_what_the_model_cannot_see_contributes_nothing(
    current: ParamSet, with_values: Callable[..., ParamSet], market: Market, small: SimSpec
) -> None:
    """The null player: zero, with an interval of zero."""
    proposed = with_values(driftThreshold=800, oracleMaxStaleness=40_000)
    _, unseen = attribute(current, proposed, market, small).contributions
    assert unseen.names == ("oracleMaxStaleness",)
    for figure in (*unseen.alone.values(), *unseen.shapley.values()):
        assert (figure.estimate, figure.low, figure.high) == (0.0, 0.0, 0.0)


def test_of_many_changes_each_is_shown_alone(
    current: ParamSet, with_values: Callable[..., ParamSet], market: Market, small: SimSpec
) -> None:
    """Sixty-four subsets would take a long time; one at a time needs seven sets."""
    proposed = with_values(
        driftThreshold=800,
        maxTradeSize=300,
        minIdle=600,
        maxSlippage=40,
        navDeviation=20,
        tradeCoolOff=0,
    )
    found = attribute(current, proposed, market, small, measures=[measure("cost")]).contributions
    assert len(found) == 6
    assert not any(one.shapley for one in found)
    for one in found:
        (name,) = one.names
        before, after = simulate(market, [current, with_values({name: proposed.get(name)})], small)
        assert one.alone["cost"] == measure("cost").difference(before, after)

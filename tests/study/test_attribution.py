"""What each of several changes contributes: sums to the whole, nothing for what does nothing."""

from collections.abc import Callable

import pytest

from dpo_gov.errors import InputError
from dpo_gov.market import Market
from dpo_gov.params import ParamSet
from dpo_gov.risk import MEASURES
from dpo_gov.simulate import SimSpec, simulate
from dpo_gov.study import attribute, players

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
    (only,) = attribute(current, proposed, market, small)
    before, after = simulate(market, [current, proposed], small)
    for measure in MEASURES:
        whole = measure.difference(before, after)
        assert only.alone[measure.name] == only.shapley[measure.name] == whole


def test_shapley_values_sum_to_the_whole(
    current: ParamSet, with_values: Callable[..., ParamSet], market: Market, small: SimSpec
) -> None:
    """Efficiency (Shapley 1953): for every figure, also those that are no means.

    What works on each other does not sum one at a time, so the two answers differ.
    """
    proposed = with_values(WEIGHTS, driftThreshold=1_500, maxTradeSize=300)
    found = attribute(current, proposed, market, small)
    before, after = simulate(market, [current, proposed], small)
    differ = False
    for measure in MEASURES:
        whole = measure.difference(before, after).estimate
        shares = sum(one.shapley[measure.name].estimate for one in found)
        assert shares == pytest.approx(whole, rel=1e-9, abs=1e-12), measure.name
        alone = sum(one.alone[measure.name].estimate for one in found)
        differ |= abs(alone - whole) > 1e-6
    assert differ


def test_what_the_model_cannot_see_contributes_nothing(
    current: ParamSet, with_values: Callable[..., ParamSet], market: Market, small: SimSpec
) -> None:
    """The null player: zero, with an interval of zero."""
    proposed = with_values(driftThreshold=800, oracleMaxStaleness=40_000)
    _, unseen = attribute(current, proposed, market, small)
    assert unseen.names == ("oracleMaxStaleness",)
    for figure in (*unseen.alone.values(), *unseen.shapley.values()):
        assert (figure.estimate, figure.low, figure.high) == (0.0, 0.0, 0.0)


def test_too_many_changes_are_refused(
    current: ParamSet, with_values: Callable[..., ParamSet], market: Market, small: SimSpec
) -> None:
    """64 subsets would take a long time; the message says what to do."""
    proposed = with_values(
        driftThreshold=800,
        maxTradeSize=300,
        minIdle=600,
        maxSlippage=40,
        navDeviation=20,
        tradeCoolOff=0,
    )
    with pytest.raises(InputError, match="6 independent changes have 64 subsets.*split"):
        attribute(current, proposed, market, small)

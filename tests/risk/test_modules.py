"""The figures of debt and hedges: what counts as rare, and when nothing is between two sides."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dpo_gov.risk.modules import measures

PATHS = 400
MEASURES = {one.name: one for one in measures(("collateral", "hedging"))}


def _outcomes(hits: int, trace: float) -> SimpleNamespace:
    """Some paths with a liquidation and a lost margin; on the others how near it was."""
    hit = np.arange(PATHS) < hits
    near = np.where(hit, 1.2, trace)
    debt = SimpleNamespace(
        liquidations=hit.astype(np.int64), liquidated=0.1 * hit, threshold_use=near
    )
    hedge = SimpleNamespace(liquidations=2.0 * hit, gain=-near)
    return SimpleNamespace(horizon_days=30, debt=debt, hedge=hedge)


@pytest.mark.parametrize("name", ["liquidation_probability", "hedge_liquidation", "liquidated"])
def test_a_chance_that_was_not_seen_is_not_certainly_unchanged(name):
    """Without an event on either side a difference is zero only where all was the same."""
    measure, calm = MEASURES[name], _outcomes(0, 0.5)
    same = measure.difference(calm, _outcomes(0, 0.5))
    assert (same.estimate, same.low, same.high) == (0.0, 0.0, 0.0)
    other = measure.difference(calm, _outcomes(0, 0.9))
    assert other.estimate == 0.0
    assert other.low < -0.006 < 0.006 < other.high
    assert not other.significant


@pytest.mark.parametrize("name", ["liquidation_probability", "hedge_liquidation"])
def test_the_chance_is_the_share_of_paths(name):
    """What is added to tell sides apart leaves the count of events: 10 and 30 of 400."""
    measure = MEASURES[name]
    assert measure.figure(_outcomes(10, 0.99)).estimate == 0.025
    difference = measure.difference(_outcomes(10, 0.99), _outcomes(30, 0.99))
    assert difference.estimate == pytest.approx(0.05)
    assert difference.significant

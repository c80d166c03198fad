"""What the targets, held without cost, are expected to return: the truth of a control variate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dpo_gov.market import Market
from dpo_gov.market.expectation import expected_growth
from dpo_gov.policy import RebalancingRules
from dpo_gov.simulate.outcomes import SimSpec
from dpo_gov.simulate.portfolio import DAY


def expected_return(
    market: Market,
    places: Sequence[int],
    rules: RebalancingRules,
    start: npt.NDArray[np.float64],
    spec: SimSpec,
) -> float | None:
    """The expected sum of the daily returns of targets that ramp from `start` to those of `rules`.

    None where the market's growth has no expectation in closed form. What a vault does besides
    rebalancing leaves its targets, held without cost, as they are.
    """
    growths = []
    for place in places:
        growth = expected_growth(market, place, spec.horizon_days)
        if growth is None:
            return None
        growths.append(growth)
    whole = 0.0
    for number, today in enumerate(zip(*growths, strict=True)):
        for weight, growth in zip(rules.targets_at(start, number * DAY), today, strict=True):
            whole += float(weight) * (growth - 1.0)
    return whole

"""The figures of what a vault does besides rebalancing, by module."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from dpo_gov.risk.estimators import Mean, Proportion, Quantile, RareMean, Sample
from dpo_gov.risk.measures import MEASURES, Measure, PathOutcomes


def _hedge(name: str) -> Callable[[PathOutcomes], Sample]:
    """Reads an array of the outcomes of hedges."""

    def sample(outcomes: Any) -> Sample:
        array: Sample = getattr(outcomes.hedge, name)
        return array

    return sample


def _cost(outcomes: Any) -> Sample:
    hedge = outcomes.hedge
    cost: Sample = hedge.premium + hedge.funding + hedge.fees
    return cost


def _effectiveness(outcomes: Any) -> Sample:
    """Ederington, The hedging performance of the new futures markets, Journal of Finance 34, 1979.

    1 less the variance of daily returns over that without the hedges' gain, within a path; a path
    that would not move has nothing to remove, and counts as zero.
    """
    bare = outcomes.hedge.bare_sd
    moves = bare > 0.0
    ratio = outcomes.daily_sd / np.where(moves, bare, 1.0)
    return np.where(moves, 1.0 - ratio * ratio, 0.0)


def _lost_margin(outcomes: Any) -> Sample:
    """Above zero where a margin was lost; else below, by the size of the hedges' gain.

    The size is a trace: only sides whose hedges brought the same on every path have nothing
    between their chances, though neither may have lost a margin on any.
    """
    size = np.maximum(outcomes.hedge.gain, -outcomes.hedge.gain)
    return np.where(outcomes.hedge.liquidations > 0.0, 1.0 + size, -size)


HEDGING = (
    Measure("hedge_gain", "Gain of hedges", "fraction", 1, _hedge("gain"), Mean()),
    Measure("hedge_cost", "Premium (gross), funding, fees", "fraction", 0, _cost, Mean()),
    Measure("hedge_premium", "Option premium", "fraction", 0, _hedge("premium"), Mean()),
    Measure("hedge_funding", "Funding paid, net", "fraction", 0, _hedge("funding"), Mean()),
    Measure(
        "hedge_effectiveness", "Variance taken by hedges", "fraction", 1, _effectiveness, Mean()
    ),
    Measure(
        "hedge_liquidation",
        "Chance of a lost margin",
        "fraction",
        -1,
        _lost_margin,
        Proportion(above=0.0),
    ),
    Measure("net_delta", "Net delta", "fraction", 0, _hedge("mean_delta"), Mean()),
    Measure("gamma", "Gamma for 1 %", "fraction", 0, _hedge("mean_gamma"), Mean()),
    Measure("vega", "Vega for one point", "fraction", 0, _hedge("mean_vega"), Mean()),
)
"""Greeks are means over the days of a path, of the net asset value."""


def _debt(name: str) -> Callable[[PathOutcomes], Sample]:
    """Reads an array of the outcomes of debt."""

    def sample(outcomes: Any) -> Sample:
        array: Sample = getattr(outcomes.debt, name).astype(np.float64)
        return array

    return sample


def _called(outcomes: Any) -> Sample:
    """Above zero where a sleeve was liquidated; elsewhere how near it came, from −1 to 0.

    Two sides without liquidations are so told apart where one came nearer: only where both were
    as near on every path is there nothing between their chances.
    """
    debt = outcomes.debt
    return np.where(debt.liquidations > 0, 1.0 + debt.threshold_use, _near(debt))


def _rare(name: str) -> Callable[[PathOutcomes], Sample]:
    """Reads an array of the outcomes of debt; where it is zero, how near to a liquidation."""
    amounts = _debt(name)

    def sample(outcomes: Any) -> Sample:
        amount = amounts(outcomes)
        return np.where(amount > 0.0, amount, _near(outcomes.debt))

    return sample


def _near(debt: Any) -> Sample:
    """How near a path came to a liquidation, from −1 to 0."""
    return np.where(debt.threshold_use < 1.0, debt.threshold_use, 1.0) - 1.0


COLLATERAL = (
    Measure(
        "liquidation_probability",
        "Chance of a liquidation",
        "fraction",
        -1,
        _called,
        Proportion(above=0.0),
    ),
    Measure(
        "lar_95", "Liquidations at risk, 95 %", "fraction", -1, _debt("liquidated"), Quantile(95)
    ),
    Measure("liquidated", "Collateral liquidated", "fraction", -1, _rare("liquidated"), RareMean()),
    Measure("mean_debt", "Debt", "fraction", 0, _debt("mean_debt"), Mean()),
    Measure("interest", "Interest paid", "fraction", -1, _debt("interest"), Mean()),
    Measure("bad_debt", "Debt left to lenders", "fraction", -1, _rare("bad_debt"), RareMean()),
    Measure(
        "threshold_use_95",
        "Largest use of the liquidation threshold, 1 case in 20",
        "fraction",
        -1,
        _debt("threshold_use"),
        Quantile(95),
    ),
    Measure("delevers", "Debt paid down by force", "count", -1, _rare("delevers"), RareMean()),
    Measure("venue_switches", "Moves to another venue", "count", 0, _rare("switches"), RareMean()),
)
"""Amounts are shares of the value at the start. Liquidations at risk are Gauntlet's: the 95th
percentile of what is liquidated."""
OF_MODULES: dict[str, tuple[Measure, ...]] = {"collateral": COLLATERAL, "hedging": HEDGING}


def measures(modules: Collection[str] = ()) -> tuple[Measure, ...]:
    """All figures of a simulation with these modules besides rebalancing, in reading order."""
    found = list(MEASURES)
    for name, some in OF_MODULES.items():
        if name in modules:
            found += some
    return tuple(found)

"""A rebalance planned for numba, a pack of paths at once: the twin of `plan_trades`.

Minimum and maximum are numpy's, also where a value is not a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from dpo_gov.canonical.elementwise import least, most
from dpo_gov.canonical.lanes import INLINED, inline
from dpo_gov.policy import hedging, rebalancing
from dpo_gov.policy.rebalancing import LEAST_TRADE, RebalancingRules
from dpo_gov.pricing import formula

inline(rebalancing.against_oracle)

SOURCES = (__file__, formula.__file__, hedging.__file__, rebalancing.__file__)
PACK = 16
"""Paths planned at once: the doubles in the widest vector there is."""

Floats = npt.NDArray[np.float64]

inline(formula.black, *hedging.RULES)


class Rules(NamedTuple):
    """The rules of all parameter sets as numbers, one array for each, (sets,)."""

    drift_threshold: Floats
    recentering_speed: Floats
    rebalance_interval: Floats
    trade_cool_off: Floats
    max_trade_size: Floats
    max_slippage: Floats
    slippage_budget: Floats
    slippage_window: Floats
    nav_deviation: Floats
    min_idle: Floats
    max_base_fee: Floats

    @classmethod
    def of(cls, rules: Sequence[RebalancingRules]) -> Rules:
        """The rules in the order of the sets; whole seconds are exact as floats."""
        rows = ([float(getattr(one, name)) for one in rules] for name in cls._fields)
        return cls(*(np.array(row) for row in rows))


class Plan(NamedTuple):
    """A rebalance of `PACK` paths, and room to work in; arrays of assets are (assets, PACK)."""

    weights: Floats
    targets: Floats
    """(assets,)"""
    sells: Floats
    buys: Floats
    slope: Floats
    """Loss of a trade, or a sale, of the whole value beyond the half spread, as a share of it."""
    half_spread: Floats
    """Of sales; this and what follows, down to `quote`, only where an oracle errs."""
    buying_half_spread: Floats
    buying_slope: Floats
    quote: Floats
    """The oracle's price over the market's."""
    budget: Floats
    """Slippage budget that is left, (PACK,)."""
    sold: Floats
    spent: Floats
    idle: Floats
    part: Floats
    lost: Floats
    charged: Floats
    """What counts against the slippage budget, where it is not all that is lost."""
    turnover: Floats
    trades: Floats
    """How many there are."""
    after: Floats
    """What is held afterwards, in shares of the value before."""


@njit(**INLINED)
def make_plan(assets):
    """Room for a plan."""
    size, row = (assets, PACK), PACK
    return Plan(
        np.zeros(size),
        np.zeros(assets),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.ones(size),
        np.zeros(row),
        np.zeros(row),
        np.zeros(row),
        np.zeros(row),
        np.zeros(row),
        np.zeros(row),
        np.zeros(row),
        np.zeros(row),
        np.zeros(row),
        np.zeros(size),
    )


@njit(**INLINED)
def _lost_on_sale(trade, half_spread, quote, plan, i, m):
    spread = half_spread if quote is None else plan.half_spread[i, m]
    return trade * (spread + trade * plan.slope[i, m])


@njit(**INLINED)
def _lost_on_purchase(trade, half_spread, quote, plan, i, m):
    if quote is None:
        return trade * (half_spread + trade * plan.slope[i, m])
    return trade * (plan.buying_half_spread[i, m] + trade * plan.buying_slope[i, m])


@njit(**INLINED)
def _part(available, wanted):
    return least(available / most(wanted, 1e-300), 1.0)


@njit(**INLINED)
def plan_trades(rules, one, half_spread, quote, sleeves, plan):
    """Plan the trades of parameter set number `one`; fills all of the plan below `budget`.

    `quote`: None where the oracle does not err; `sleeves`: None where nothing is pledged, else its
    `loose` is the largest sale of each asset, (assets, PACK). Numba compiles no line for None.
    """
    weights, sells, buys, targets = plan.weights, plan.sells, plan.buys, plan.targets
    slope, part, lost, assets = plan.slope, plan.part, plan.lost, len(plan.targets)
    speed, size = rules.recentering_speed[one], rules.max_trade_size[one]
    share = rules.max_slippage[one]
    for i in range(assets):
        for m in range(PACK):
            gap = speed * (targets[i] - weights[i, m])
            spread = half_spread if quote is None else plan.half_spread[i, m]
            limit = least(most(share - spread, 0.0) / slope[i, m], size)
            sell = least(most(-gap, 0.0), limit)
            if sleeves is not None:
                sell = least(sell, sleeves.loose[i, m])
            if quote is not None:
                spread = plan.buying_half_spread[i, m]
                limit = least(most(share - spread, 0.0) / plan.buying_slope[i, m], size)
            buy = least(most(gap, 0.0), limit)
            sells[i, m] = 0.0 if (i == 0) | (sell < LEAST_TRADE) else sell
            buys[i, m] = 0.0 if (i == 0) | (buy < LEAST_TRADE) else buy
    _fit_sales(rules, one, half_spread, quote, plan)
    _fit_purchases(rules, one, plan)
    for m in range(PACK):
        lost[m] = part[m] = 0.0
    for i in range(assets):
        for m in range(PACK):
            sell, buy = sells[i, m], buys[i, m]
            sold = _lost_on_sale(sell, half_spread, quote, plan, i, m)
            spent = _lost_on_purchase(buy, half_spread, quote, plan, i, m)
            lost[m] += sold + spent if quote is None else most(sold, 0.0) + most(spent, 0.0)
            part[m] += sell + buy
    for m in range(PACK):
        traded = part[m]
        share = _part(least(plan.budget[m], rules.nav_deviation[one]), lost[m])
        part[m] = share * (1.0 if traded * share >= LEAST_TRADE else 0.0)
    _settle(half_spread, quote, plan)


@njit(**INLINED)
def _fit_sales(rules, one, half_spread, quote, plan):
    """Cut sales to what the purchases and the base asset's own way ask for."""
    sells, part, sold, spent = plan.sells, plan.part, plan.sold, plan.spent
    for m in range(PACK):
        sold[m] = spent[m] = 0.0
    for i in range(len(plan.targets)):
        for m in range(PACK):
            sold[m] += sells[i, m]
            spent[m] += plan.buys[i, m]
    for m in range(PACK):
        gap = rules.recentering_speed[one] * (plan.targets[0] - plan.weights[0, m])
        part[m] = _part(spent[m] + most(gap, 0.0), sold[m])
        sold[m] = plan.lost[m] = 0.0
    for i in range(len(plan.targets)):
        for m in range(PACK):
            sells[i, m] *= part[m]
            sold[m] += sells[i, m]
            plan.lost[m] += _lost_on_sale(sells[i, m], half_spread, quote, plan, i, m)


@njit(**INLINED)
def _fit_purchases(rules, one, plan):
    """Cut purchases to what the sales bring and the base asset can spare."""
    buys, part, sold, spent = plan.buys, plan.part, plan.sold, plan.spent
    for m in range(PACK):
        gap = rules.recentering_speed[one] * (plan.targets[0] - plan.weights[0, m])
        part[m] = _part(sold[m] - least(gap, 0.0), spent[m])
        spent[m] = 0.0
        plan.idle[m] = plan.weights[0, m] + sold[m] - plan.lost[m] - rules.min_idle[one]
    for i in range(len(plan.targets)):
        for m in range(PACK):
            buys[i, m] *= part[m]
            spent[m] += buys[i, m]
    for m in range(PACK):
        part[m] = _part(most(plan.idle[m], 0.0), spent[m])
    for i in range(len(plan.targets)):
        for m in range(PACK):
            buys[i, m] *= part[m]


@njit(**INLINED)
def _settle(half_spread, quote, plan):
    """What the trades come to, when the same part of each is made."""
    sells, buys, after = plan.sells, plan.buys, plan.after
    lost, charged = plan.lost, plan.charged
    turnover, trades, idle = plan.turnover, plan.trades, plan.idle
    for m in range(PACK):
        charged[m] = lost[m] = turnover[m] = trades[m] = idle[m] = 0.0
    for i in range(len(plan.targets)):
        for m in range(PACK):
            sell, buy = sells[i, m] * plan.part[m], buys[i, m] * plan.part[m]
            received = sell - _lost_on_sale(sell, half_spread, quote, plan, i, m)
            bought = buy - _lost_on_purchase(buy, half_spread, quote, plan, i, m)
            lost[m] += (sell - received) + (buy - bought)
            if quote is not None:
                charged[m] += most(sell - received, 0.0) + most(buy - bought, 0.0)
            turnover[m] += sell + buy
            trades[m] += 1.0 if sell + buy > 0.0 else 0.0
            idle[m] += received - buy
            after[i, m] = plan.weights[i, m] - sell + bought
    for m in range(PACK):
        after[0, m] += idle[m]

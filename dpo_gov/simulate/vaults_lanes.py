"""Many vaults side by side, from day to day; the twin of `Portfolio`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from dpo_gov.canonical import Purpose
from dpo_gov.canonical.elementwise import most
from dpo_gov.canonical.lanes import exp, normals, room
from dpo_gov.market import Market
from dpo_gov.market.lanes import draw_days
from dpo_gov.market.quoting import thinned
from dpo_gov.market.rows_lanes import COMPILED, DAYS, LANES, gather, make_rows
from dpo_gov.market.sample import usual_variances
from dpo_gov.policy import RebalancingRules, against_oracle
from dpo_gov.policy.lanes import PACK, make_plan, plan_trades
from dpo_gov.simulate import portfolio
from dpo_gov.simulate.debt_lanes import (
    SleevePack,
    act,
    add_debt,
    begin,
    close_evening,
    limits_of_debt,
    live,
    look,
    make_sleeves,
    open_evening,
    price_debt,
    release,
)
from dpo_gov.simulate.hedges_lanes import (
    begin_hedges,
    hand_over_hedges,
    hedge,
    keep_hedges,
    make_hedges,
    settle_hedges,
    start_hedges,
)
from dpo_gov.simulate.outcomes import SimSpec
from dpo_gov.simulate.portfolio import DAY, GWEI, MOST_GAS

SOURCES = (__file__, portfolio.__file__)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_U, _GAS = np.uint64, np.uint64(Purpose.GAS.value)

VALUE, DRAWDOWN, TURNOVER, REBALANCES, COST, DAYS_OUT = 0, 1, 2, 3, 4, 5
RETURNS, SQUARES, ACTIVE, ACTIVE_SQUARES, RECORDED = 6, 7, 8, 9, 10
"""Rows of what is recorded of a vault; the ones below only live from day to day."""
_PEAK, _REBALANCED, _BUDGET_USED, _BEFORE, _BENCHMARK, _DRIFT = 10, 11, 12, 13, 14, 15
_WORTH, _ROWS = 16, 17
"""The value in the oracle's prices."""


class Vaults(NamedTuple):
    """What the vaults live in besides prices."""

    days: int
    checkpoint_days: Integers
    places: Integers
    """Of the strategy's assets in the market."""
    ether_place: int
    """Of ETH in the market, or −1."""
    targets: Floats
    """(sets, days, assets), from the start on; the last row holds for ever."""
    portfolio: float
    half_spread: float
    depth: Floats
    """US dollars that move the price by 200 %, (assets,)."""
    ether: float
    gas_median: Floats
    gas_deviation: float
    gas_fixed: float
    gas_per_trade: float
    thinning: float
    usual_variance: Floats
    """(assets,)"""

    @classmethod
    def of(
        cls, market: Market, places: Sequence[int], rules: Sequence[RebalancingRules], spec: SimSpec
    ) -> Vaults:
        """The vaults of a strategy whose assets are at `places` of the market."""
        longest = max(one.weight_ramp for one in rules) // DAY + 1
        start = rules[0].targets
        targets = [
            [start, *(one.targets_at(start, n * DAY) for n in range(1, longest + 1))]
            for one in rules
        ]
        symbols = [asset.symbol for asset in market.assets]
        gas, usual = market.gas, usual_variances(market)
        return cls(
            days=spec.horizon_days,
            checkpoint_days=np.array(spec.checkpoint_days, dtype=np.int64),
            places=np.array(places, dtype=np.int64),
            ether_place=symbols.index("ETH") if "ETH" in symbols else -1,
            targets=np.array(targets),
            portfolio=spec.portfolio,
            half_spread=market.venue.half_spread,
            depth=2.0 * np.array([market.venue.depth[place] for place in places]),
            ether=gas.ether,
            gas_median=np.array(gas.median),
            gas_deviation=gas.deviation,
            gas_fixed=gas.fixed,
            gas_per_trade=gas.per_trade,
            thinning=market.venue.thinning,
            usual_variance=np.array([usual[place] for place in places]),
        )


class Block(NamedTuple):
    """Vaults side by side."""

    state: Floats
    """(sets, _ROWS, LANES)"""
    held: Floats
    """Value by asset, (sets, assets, LANES)."""
    ether: Floats
    """US dollars for one ETH after each day, (DAYS, LANES)."""
    chosen: Integers
    """Lanes that may rebalance, (LANES,)."""


class Pack(NamedTuple):
    """The vaults of a plan, (PACK,)."""

    lane: Integers
    value: Floats
    used: Floats
    """Of the slippage budget."""
    fee: Floats
    """The base fee, in gwei."""
    price: Floats
    """Of a unit of gas times 10⁹, in values of the start."""


@njit(**COMPILED)
def live_through(
    market, rules, vaults, hedges, debts, k0, k1, path, recorded, kept, by_hedges, greeks, owed
):
    """Let all vaults live through all days, and fill in what is recorded of them.

    `path`: the number of the first. Where a market, hedges or debts have no figures for something,
    they are None, and numba drops what asks for it before it compiles.
    """
    sets, assets = len(rules.drift_threshold), len(vaults.places)
    block = Block(
        room(sets * _ROWS * LANES).reshape((sets, _ROWS, LANES)),
        room(sets * assets * LANES).reshape((sets, assets, LANES)),
        room(DAYS * LANES).reshape((DAYS, LANES)),
        room(LANES).view(np.int64),
    )
    lanes, row = np.zeros(PACK, dtype=np.int64), PACK
    pack = Pack(lanes, np.ones(row), np.zeros(row), np.zeros(row), np.zeros(row))
    rows, plan, sleeves = make_rows(market), make_plan(assets), make_sleeves(debts, sets)
    hedged = None if hedges is None else make_hedges(hedges)
    for first in range(0, recorded.shape[2], LANES):
        _begin(vaults, block, rows)
        begin(debts, sleeves)
        _begin_hedges(hedges, debts, vaults, block, sleeves, hedged, first, greeks)
        for before in range(0, vaults.days, DAYS):
            draw_days(market, k0, k1, path + _U(first), before, rows)
            _follow_ether(vaults.ether_place, rows.growth, block.ether)
            price_debt(debts, rows, sleeves)
            for one in range(sets):
                if before == 0:
                    _keep(vaults.checkpoint_days, one, 0, block.state, first, kept)
                for day in range(min(DAYS, vaults.days - before)):
                    number = before + day + 1
                    when = number, day, k0, k1, path + _U(first)
                    live(debts, one, when, block.held, rows, sleeves)
                    _live(vaults, debts, one, number, day, rows.growth, block, sleeves)
                    _settle_hedges(hedges, vaults, one, day, rows, block, hedged)
                    _drift(vaults, one, number, day, rows.quote, block)
                    count = _choose(rules, one, number, block)
                    for done in range(0, count, PACK):
                        full, quote = min(PACK, count - done), rows.quote
                        where = number, day, done, full
                        _weigh(rules, vaults, one, where, quote, block, pack, plan)
                        _thin(vaults, day, full, rows.variance, pack.lane, plan.slope)
                        _see(vaults.half_spread, quote, plan)
                        _release(debts, one, full, block.held, quote, pack, plan, sleeves)
                        plan_trades(rules, one, vaults.half_spread, quote, sleeves, plan)
                        _ask_gas(vaults, k0, k1, path + _U(first), number, day, rows, block, pack)
                        _rebalance(rules, vaults, one, number, full, quote, block, pack, plan)
                    _settle(rules, vaults, debts, one, when, rows, block, pack, sleeves)
                    if hedges is not None:
                        values = block.state[one, VALUE]
                        _expose(debts, one, block.held, sleeves, hedged)
                        hedge(hedges, one, number, day, rows, block.held, hedged, values)
                        keep_hedges(vaults.checkpoint_days, one, number, hedged, first, greeks)
                    _record(rules, one, block.state)
                    _keep(vaults.checkpoint_days, one, number, block.state, first, kept)
        _hand_over(block.state, first, recorded)
        if hedges is not None:
            hand_over_hedges(hedged, first, by_hedges)
        if debts is not None:
            _hand_over(sleeves.recorded, first, owed)


@njit(**COMPILED)
def _settle(rules, vaults, debts, one, when, rows, block, pack, sleeves):
    """Manage the debt after the vaults' own rebalances."""
    if debts is None:
        return
    number, day, k0, k1, path = when
    open_evening(debts, one, number, sleeves)
    units, state, held = vaults.gas_fixed + vaults.gas_per_trade, block.state, block.held
    for j in range(len(debts.assets)):
        count = look(debts, one, j, number, day, state, VALUE, _REBALANCED, held, sleeves)
        largest, ceiling = limits_of_debt(debts, one, j, number)
        asset = debts.assets[j]
        for done in range(0, count, PACK):
            full = min(PACK, count - done)
            for m in range(full):
                sleeves.lane[m] = pack.lane[m] = sleeves.chosen[done + m]
                pack.value[m] = state[one, VALUE, pack.lane[m]]
                sleeves.slope[m] = vaults.portfolio / vaults.depth[asset]
            if vaults.thinning != 0.0:
                place, usual = vaults.places[asset], vaults.usual_variance[asset]
                for m in range(full):
                    variance = rows.variance[place, day, pack.lane[m]]
                    sleeves.slope[m] *= thinned(variance, usual, vaults.thinning)
            _ask_gas(vaults, k0, k1, path, number, day, rows, block, pack)
            for m in range(PACK):
                pack.price[m] = (units * pack.fee[m]) * pack.price[m] / pack.value[m]
            some = SleevePack(
                one,
                j,
                asset,
                number,
                day,
                full,
                pack.fee,
                rules.max_base_fee[one],
                pack.price,
                vaults.half_spread,
                sleeves.slope,
                largest,
                ceiling,
            )
            act(debts, some, state, VALUE, _REBALANCED, held, sleeves)
    close_evening(debts, one, sleeves)


@njit(**COMPILED)
def _begin(vaults, block, rows):
    block.state[:] = 0.0
    for one in range(len(block.state)):
        for lane in range(LANES):
            block.state[one, VALUE, lane] = block.state[one, _PEAK, lane] = 1.0
            for i in range(len(vaults.places)):
                block.held[one, i, lane] = vaults.targets[one, 0, i]
    block.ether[:] = vaults.ether
    rows.pegged[:] = 0.0
    rows.regime[:] = 0


@njit(**COMPILED)
def _follow_ether(place, growth, ether):
    if place >= 0:
        for day in range(DAYS):
            for lane in range(LANES):
                before = ether[DAYS - 1 if day == 0 else day - 1, lane]
                ether[day, lane] = before * growth[place, day, lane]


@njit(**COMPILED)
def _live(vaults, debts, one, number, day, growth, block, sleeves):
    """Let prices move the vaults; sleeves have moved already."""
    state, held, last = block.state, block.held, vaults.targets.shape[1] - 1
    before = min(number - 1, last)
    for lane in range(LANES):
        state[one, _BEFORE, lane] = state[one, VALUE, lane]
        state[one, VALUE, lane] = state[one, _BENCHMARK, lane] = state[one, _DRIFT, lane] = 0.0
    for i in range(len(vaults.places)):
        place, target = vaults.places[i], vaults.targets[one, before, i]
        for lane in range(LANES):
            held[one, i, lane] *= growth[place, day, lane]
        if debts is not None:
            _take_over(debts.sleeve[i], sleeves.net, held, one, i)
        for lane in range(LANES):
            state[one, VALUE, lane] += held[one, i, lane]
            state[one, _BENCHMARK, lane] += growth[place, day, lane] * target


@njit(**COMPILED)
def _begin_hedges(hedges, debts, vaults, block, sleeves, hedged, first, greeks):
    if hedges is not None:
        begin_hedges(hedged)
        for one in range(len(block.state)):
            _expose(debts, one, block.held, sleeves, hedged)
            start_hedges(hedged)
            keep_hedges(vaults.checkpoint_days, one, 0, hedged, first, greeks)


@njit(**COMPILED)
def _expose(debts, one, held, sleeves, hedged):
    """What the vaults have in each asset, with the debt that was put into it."""
    exposed = hedged.exposed
    for i in range(len(exposed)):
        for lane in range(LANES):
            exposed[i, lane] = held[one, i, lane]
    add_debt(debts, one, sleeves, exposed)


@njit(**COMPILED)
def _settle_hedges(hedges, vaults, one, day, rows, block, hedged):
    """Let the day move the hedges, and sum up again what the vaults hold."""
    if hedges is not None:
        settle_hedges(hedges, one, day, vaults.places[0], rows, block.held, hedged)
        for lane in range(LANES):
            value = 0.0
            for i in range(block.held.shape[1]):
                value += block.held[one, i, lane]
            block.state[one, VALUE, lane] = value


@njit(**COMPILED)
def _drift(vaults, one, number, day, quote, block):
    """See how far the vaults drift."""
    state, held = block.state, block.held
    now = min(number, vaults.targets.shape[1] - 1)
    if quote is None:
        for i in range(len(vaults.places)):
            target = vaults.targets[one, now, i]
            for lane in range(LANES):
                gap = abs(held[one, i, lane] - target * state[one, VALUE, lane])
                drift = state[one, _DRIFT, lane]
                state[one, _DRIFT, lane] = gap if gap > drift else drift
        for lane in range(LANES):
            state[one, _DRIFT, lane] /= state[one, VALUE, lane]
    else:
        _drift_in_quotes(vaults, one, now, day, quote, block)


@njit(**COMPILED)
def _drift_in_quotes(vaults, one, now, day, quote, block):
    """See how far the vaults drift in the oracle's prices, and what they are worth in them."""
    state, held = block.state, block.held
    for lane in range(LANES):
        state[one, _WORTH, lane] = 0.0
    for i in range(len(vaults.places)):
        place = vaults.places[i]
        for lane in range(LANES):
            state[one, _WORTH, lane] += held[one, i, lane] * quote[place, day, lane]
    for i in range(len(vaults.places)):
        place, target = vaults.places[i], vaults.targets[one, now, i]
        for lane in range(LANES):
            seen = held[one, i, lane] * quote[place, day, lane]
            gap = abs(seen - target * state[one, _WORTH, lane])
            drift = state[one, _DRIFT, lane]
            state[one, _DRIFT, lane] = gap if gap > drift else drift
    for lane in range(LANES):
        state[one, _DRIFT, lane] /= state[one, _WORTH, lane]


@njit(**COMPILED)
def _take_over(sleeve, net, held, one, i):
    if sleeve >= 0:
        for lane in range(LANES):
            held[one, i, lane] = net[sleeve, lane]


@njit(**COMPILED)
def _choose(rules, one, number, block):
    """Put the lanes that may rebalance in front; how many there are."""
    state, chosen, count = block.state, block.chosen, 0
    threshold, interval = rules.drift_threshold[one], rules.rebalance_interval[one]
    cool_off = rules.trade_cool_off[one]
    for lane in range(LANES):
        since = (number - state[one, _REBALANCED, lane]) * DAY
        wanted = (state[one, _DRIFT, lane] > threshold) | (since >= interval)
        chosen[lane] = np.int64(wanted & (since >= cool_off))
        count += chosen[lane]
    return gather(chosen, count)


@njit(**COMPILED)
def _weigh(rules, vaults, one, where, quote, block, pack, plan):
    """Fill in what a plan starts from; where a pack is not full, older vaults are planned again."""
    number, day, done, full = where
    state, lanes = block.state, pack.lane
    budget, window = rules.slippage_budget[one], rules.slippage_window[one]
    now = min(number, vaults.targets.shape[1] - 1)
    for i in range(len(vaults.places)):
        plan.targets[i] = vaults.targets[one, now, i]
    for m in range(full):
        lane = block.chosen[done + m]
        lanes[m], pack.value[m] = lane, state[one, VALUE if quote is None else _WORTH, lane]
        since = (number - state[one, _REBALANCED, lane]) * DAY
        pack.used[m] = most(state[one, _BUDGET_USED, lane] - budget * (since / window), 0.0)
        plan.budget[m] = budget - pack.used[m]
        for i in range(len(vaults.places)):
            seen = block.held[one, i, lane]
            if quote is not None:
                plan.quote[i, m] = quote[vaults.places[i], day, lane]
                seen = seen * plan.quote[i, m]
            plan.weights[i, m] = seen / pack.value[m]
            plan.slope[i, m] = vaults.portfolio * pack.value[m] / vaults.depth[i]


@njit(**COMPILED)
def _thin(vaults, day, full, variance, lanes, slope):
    """Let trades lose more where the day is wild."""
    if vaults.thinning != 0.0:
        for i in range(len(vaults.places)):
            place, usual = vaults.places[i], vaults.usual_variance[i]
            for m in range(full):
                slope[i, m] *= thinned(variance[place, day, lanes[m]], usual, vaults.thinning)


@njit(**COMPILED)
def _see(half_spread, quote, plan):
    """Put the costs of trades in the oracle's prices in the place of the market's."""
    if quote is not None:
        for i in range(len(plan.targets)):
            for m in range(PACK):
                slope, base, own = plan.slope[i, m], plan.quote[0, m], plan.quote[i, m]
                sale = against_oracle(half_spread, slope, own, base)
                purchase = against_oracle(half_spread, slope, base, own)
                plan.half_spread[i, m], plan.slope[i, m] = sale
                plan.buying_half_spread[i, m], plan.buying_slope[i, m] = purchase


@njit(**COMPILED)
def _release(debts, one, full, held, quote, pack, plan, sleeves):
    """Let the vaults sell only what their debt does not need, in shares of their value."""
    if debts is None:
        return
    release(debts, one, pack.lane, full, held, sleeves)
    for i in range(len(plan.targets)):
        for m in range(full):
            loose = sleeves.loose[i, m]
            if quote is not None:
                loose = loose * plan.quote[i, m]
            sleeves.loose[i, m] = loose / pack.value[m]


@njit(**COMPILED)
def _ask_gas(vaults, k0, k1, path, number, day, rows, block, pack):
    deviation = vaults.gas_deviation
    if deviation == 0.0:
        pack.fee[:] = 1.0
    else:
        for m in range(PACK):
            # One long loop: LLVM would unroll two short ones, and then find no vectors in them.
            normal = normals(path + _U(pack.lane[m]), _GAS, _U(number), k0, k1)[0]
            pack.fee[m] = exp(deviation * normal)
    for m in range(PACK):
        lane = pack.lane[m]
        pack.fee[m] = vaults.gas_median[rows.regime[1 + day, lane]] * pack.fee[m]
        pack.price[m] = block.ether[day, lane] * (GWEI / vaults.portfolio)


@njit(**COMPILED)
def _rebalance(rules, vaults, one, number, full, quote, block, pack, plan):
    """Carry the plan out where it trades, and gas is below both limits."""
    state, held = block.state, block.held
    for m in range(full):
        lane = pack.lane[m]
        units = vaults.gas_fixed + vaults.gas_per_trade * plan.trades[m]
        gas = (units * pack.fee[m]) * pack.price[m] / pack.value[m]
        if plan.turnover[m] > 0.0 and pack.fee[m] <= rules.max_base_fee[one] and gas <= MOST_GAS:
            value = drift = 0.0
            for i in range(len(plan.targets)):
                after = plan.after[i, m]
                kept = (after * pack.value[m]) * (1.0 - gas)
                held[one, i, lane] = kept if quote is None else kept / plan.quote[i, m]
                value += held[one, i, lane]
                drift = most(abs(after / (1.0 - plan.lost[m]) - plan.targets[i]), drift)
            taken, charged = plan.lost[m] + gas, plan.lost[m]
            if quote is not None:
                taken, charged = 1.0 - value / state[one, VALUE, lane], plan.charged[m]
            state[one, VALUE, lane], state[one, _DRIFT, lane] = value, drift
            state[one, _REBALANCED, lane] = number
            state[one, _BUDGET_USED, lane] = pack.used[m] + charged
            state[one, TURNOVER, lane] += plan.turnover[m]
            state[one, COST, lane] += taken
            state[one, REBALANCES, lane] += 1.0


@njit(**COMPILED)
def _record(rules, one, state):
    threshold = rules.drift_threshold[one]
    for lane in range(LANES):
        value = state[one, VALUE, lane]
        growth = value / state[one, _BEFORE, lane]
        simple, active = growth - 1.0, growth - state[one, _BENCHMARK, lane]
        state[one, DAYS_OUT, lane] += 1.0 if state[one, _DRIFT, lane] > threshold else 0.0
        state[one, RETURNS, lane] += simple
        state[one, SQUARES, lane] += simple * simple
        state[one, ACTIVE, lane] += active
        state[one, ACTIVE_SQUARES, lane] += active * active
        peak = state[one, _PEAK, lane]
        peak = value if value > peak else peak
        fall, drawdown = 1.0 - value / peak, state[one, DRAWDOWN, lane]
        state[one, _PEAK, lane] = peak
        state[one, DRAWDOWN, lane] = fall if fall > drawdown else drawdown


@njit(**COMPILED)
def _keep(days, one, number, state, first, kept):
    for place in range(len(days)):
        if days[place] == number:
            for lane in range(min(LANES, kept.shape[2] - first)):
                kept[one, place, first + lane] = state[one, VALUE, lane]


@njit(**COMPILED)
def _hand_over(state, first, recorded):
    for one in range(len(state)):
        for row in range(recorded.shape[1]):
            for lane in range(min(LANES, recorded.shape[2] - first)):
                recorded[one, row, first + lane] = state[one, row, lane]

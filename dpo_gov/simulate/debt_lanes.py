"""Sleeves for the numba engine, many vaults side by side; the twin of `Sleeves`.

The rules are the text that numpy runs. What is rare, a liquidation that may come and an evening
with something to do, is done in packs gathered from all lanes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from dpo_gov.canonical import Purpose
from dpo_gov.canonical.elementwise import least, most, where
from dpo_gov.canonical.lanes import inline, philox4x32, room, uniform
from dpo_gov.market.borrowing import Slopes, borrow_rate
from dpo_gov.market.rows_lanes import COMPILED, DAYS, LANES, gather
from dpo_gov.policy import borrowing, collateral
from dpo_gov.policy.collateral import (
    BY_RIPCORD,
    DAYS_A_YEAR,
    PAID_DOWN,
    RAISED,
    Evening,
    Limits,
    Prices,
    Room,
    Sleeve,
    Terms,
    accrue,
    aim_of,
    better,
    bound_of,
    due,
    liquidate,
    loose_of,
    may_touch,
    move,
    ramped,
    resize,
    switch,
    use_of,
    worst_use,
)
from dpo_gov.policy.lanes import PACK
from dpo_gov.simulate import debt
from dpo_gov.simulate.borrowing import Borrowing
from dpo_gov.simulate.debt import LONG_AGO
from dpo_gov.simulate.outcomes import DebtOutcomes
from dpo_gov.simulate.portfolio import DAY, MOST_GAS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
SOURCES = (__file__, borrowing.__file__, collateral.__file__, debt.__file__)
_U, _LANE = np.uint64, np.uint64(8)
_LIQUIDATION = _U(Purpose.LIQUIDATION.value)
VENUES = 2

inline(accrue, aim_of, better, bound_of, due, liquidate, may_touch, move, ramped)
inline(resize, switch, use_of, worst_use, loose_of)
inline(collateral.strained, collateral.trade_for, collateral.sale_for)

_POSTED, _DEBT, _VENUE, _SINCE, _RISING, _STATE = 0, 1, 2, 3, 4, 5
"""Rows of a sleeve that last from day to day."""
(
    _LIQUIDATIONS,
    _LIQUIDATED,
    _INTEREST,
    _BAD_DEBT,
    _DELEVERS,
    _RIPCORDS,
    _SWITCHES,
    _THRESHOLD_USE,
    _MEAN_DEBT,
) = range(9)
"""Rows of what is recorded, in the order of `DebtOutcomes`."""
TURNOVER, COST, RECORDED = 9, 10, 11
_HELD, _POSTED_ROW, _DEBT_ROW, _VENUE_ROW, _SINCE_ROW, _RISING_ROW, _FRESH = range(7)
_WORTH, _GAP, _TOTAL, _MOVED, _FEE, _TRADED, _LOST, _KIND = range(7, 15)
_RATES, _OTHERS, _WORK = 15, 17, 19
"""Rows to work in; the last but one have one for each venue."""


class Debts(NamedTuple):
    """How all sets borrow. Figures are of two venues, which are the same where there is one.

    Where borrowing is not simulated, None is in its place, and numba leaves all of this out.
    """

    assets: Integers
    """Of the sleeves, in the strategy."""
    sleeve: Integers
    """Of each asset of the strategy, or −1."""
    places: Integers
    """Of the sleeves, in the market."""
    base: int
    """Of the base asset, in the market."""
    rows: Integers
    """Of the venues, in the market; one or two."""
    slopes: Floats
    """(venues, 4)"""
    thresholds: Floats
    """(sleeves, venues)"""
    bonus: Floats
    close: Floats
    flash_fee: float
    start: Floats
    """Posted and owed, (sleeves, 2)."""
    targets: Floats
    """(sets, sleeves)"""
    largest: Floats
    ramp: Floats
    relative_caps: Floats
    """(sets, venues)"""
    absolute_caps: Floats
    ceiling: Floats
    gap: Floats
    raise_wait: Floats
    limits: Floats
    """(sets, fields of `Limits`)"""

    @classmethod
    def of(cls, given: Borrowing, places: Sequence[int]) -> Debts:
        """Turn everything into arrays, for a strategy whose assets are at `places`."""
        lenders, rules = given.lenders, given.rules
        sleeve = np.full(len(places), -1, dtype=np.int64)
        sleeve[list(lenders.assets)] = np.arange(len(lenders.assets))
        return cls(
            assets=np.array(lenders.assets, dtype=np.int64),
            sleeve=sleeve,
            places=np.array(lenders.places, dtype=np.int64),
            base=places[0],
            rows=np.array(lenders.rows, dtype=np.int64),
            slopes=np.array(lenders.slopes),
            thresholds=_both([list(row) for row in lenders.thresholds]),
            bonus=_both([lenders.bonus])[0],
            close=_both([lenders.close])[0],
            flash_fee=lenders.flash_fee,
            start=np.array(given.start),
            targets=np.array([one.targets for one in rules]),
            largest=np.array([one.largest for one in rules]),
            ramp=np.array([one.ramp for one in rules]),
            relative_caps=_both([one.relative_caps for one in rules]),
            absolute_caps=_both([one.absolute_caps for one in rules]),
            ceiling=np.array([one.ceiling for one in rules]),
            gap=np.array([one.gap for one in rules]),
            raise_wait=np.array([one.raise_wait for one in rules]),
            limits=np.array([one.limits for one in rules]),
        )


def _both(rows: list[list[float]] | list[tuple[float, ...]]) -> Floats:
    """Rows of figures of one venue or two, for two."""
    return np.array([[row[0], row[-1]] for row in rows])


def outcomes(days: int, rows: Floats) -> DebtOutcomes:
    """Of rows of what was recorded."""
    return DebtOutcomes.of(days, dict(zip(DebtOutcomes.names(), rows, strict=False)))


class Sleeves(NamedTuple):
    """Sleeves side by side, and room to work in."""

    state: Floats
    """(sets, sleeves, _STATE, LANES)"""
    recorded: Floats
    """(sets, RECORDED, LANES)"""
    raised: Floats
    """Day of the last raise, (sets, LANES)."""
    rates: Floats
    """Of a year, (VENUES, DAYS, LANES)."""
    daily: Floats
    """Of a day, (VENUES, DAYS, LANES)."""
    ratio: Floats
    """Growth over that of the base asset, (sleeves, DAYS, LANES)."""
    net: Floats
    """Of each sleeve after the day's prices, (sleeves, LANES)."""
    free: Floats
    owed: Floats
    gap: Floats
    total: Floats
    chosen: Integers
    lane: Integers
    """Of a pack, (PACK,)."""
    slope: Floats
    """Of what a pack's trades lose, (PACK,)."""
    loose: Floats
    """The largest sale of each asset that a pack's vaults may plan, (assets, PACK)."""
    work: Floats
    """(_WORK, PACK)"""


@njit(**COMPILED)
def make_sleeves(debts, sets):
    """Room for the sleeves of so many sets; None where there are none."""
    if debts is None:
        return None
    count = len(debts.assets)
    return Sleeves(
        room(sets * count * _STATE * LANES).reshape((sets, count, _STATE, LANES)),
        room(sets * RECORDED * LANES).reshape((sets, RECORDED, LANES)),
        room(sets * LANES).reshape((sets, LANES)),
        room(VENUES * DAYS * LANES).reshape((VENUES, DAYS, LANES)),
        room(VENUES * DAYS * LANES).reshape((VENUES, DAYS, LANES)),
        room(count * DAYS * LANES).reshape((count, DAYS, LANES)),
        room(count * LANES).reshape((count, LANES)),
        room(LANES),
        room(LANES),
        room(LANES),
        room(LANES),
        room(LANES).view(np.int64),
        np.zeros(PACK, dtype=np.int64),
        np.ones(PACK),
        np.ones((len(debts.sleeve), PACK)),
        np.zeros((_WORK, PACK)),
    )


@njit(**COMPILED)
def begin(debts, sleeves):
    """Set all sleeves to where they start."""
    if debts is None:
        return
    sleeves.state[:] = 0.0
    sleeves.recorded[:] = 0.0
    sleeves.raised[:] = LONG_AGO
    for one in range(len(sleeves.state)):
        for j in range(len(debts.assets)):
            for lane in range(LANES):
                sleeves.state[one, j, _POSTED, lane] = debts.start[j, 0]
                sleeves.state[one, j, _DEBT, lane] = debts.start[j, 1]


@njit(**COMPILED)
def price_debt(debts, rows, sleeves):
    """What all sets share of the days that are drawn: borrow rates, and growth over the base."""
    if debts is None:
        return
    utilisation, rates = rows.utilisation, sleeves.rates
    for venue in range(len(rates)):
        place = min(venue, len(debts.rows) - 1)
        row, figures = debts.rows[place], debts.slopes
        slopes = Slopes(figures[place, 0], figures[place, 1], figures[place, 2], figures[place, 3])
        for day in range(DAYS):
            for lane in range(LANES):
                rates[venue, day, lane] = borrow_rate(utilisation[row, day, lane], slopes)
            for lane in range(LANES):
                sleeves.daily[venue, day, lane] = rates[venue, day, lane] / DAYS_A_YEAR
    for j in range(len(debts.assets)):
        place, base = debts.places[j], debts.base
        for day in range(DAYS):
            for lane in range(LANES):
                growth = rows.growth[place, day, lane]
                sleeves.ratio[j, day, lane] = growth / rows.growth[base, day, lane]


@njit(**COMPILED)
def live(debts, one, when, held, rows, sleeves):
    """What the prices of a day make of each sleeve, into `net`."""
    if debts is None:
        return
    number, day, k0, k1, path = when
    state, recorded = sleeves.state, sleeves.recorded
    for j in range(len(debts.assets)):
        count = _accrue(debts, one, j, day, held, rows, sleeves)
        for done in range(0, count, PACK):
            full = min(PACK, count - done)
            for m in range(full):
                sleeves.lane[m] = sleeves.chosen[done + m]
            _liquidate(debts, one, j, number, day, k0, k1, path, full, rows, sleeves)
        place, base = debts.places[j], debts.base
        for lane in range(LANES):
            net, posted, owed, short = move(
                sleeves.free[lane],
                state[one, j, _POSTED, lane],
                sleeves.owed[lane],
                rows.growth[place, day, lane],
                rows.growth[base, day, lane],
            )
            sleeves.net[j, lane] = net
            state[one, j, _POSTED, lane], state[one, j, _DEBT, lane] = posted, owed
            recorded[one, _BAD_DEBT, lane] += short


@njit(**COMPILED)
def release(debts, one, lanes, full, held, sleeves):
    """What a pack's vaults may sell of each asset while their debt stands, into `loose`."""
    if debts is None:
        return
    state, limits = sleeves.state, _limits(debts, one)
    for i in range(len(debts.sleeve)):
        j = debts.sleeve[i]
        for m in range(full):
            sleeves.loose[i, m] = np.inf
        if j >= 0:
            first, second = debts.thresholds[j, 0], debts.thresholds[j, 1]
            for m in range(full):
                lane = lanes[m]
                posted, owed = state[one, j, _POSTED, lane], state[one, j, _DEBT, lane]
                threshold = where(state[one, j, _VENUE, lane] > 0.0, second, first)
                sleeve = Sleeve(held[one, i, lane], posted, owed)
                sleeves.loose[i, m] = loose_of(sleeve, threshold, limits)


@njit(**COMPILED)
def _accrue(debts, one, j, day, held, rows, sleeves):
    """Interest, and the lanes that may be liquidated, in front; how many there are."""
    state, recorded, chosen = sleeves.state, sleeves.recorded, sleeves.chosen
    asset, place = debts.assets[j], debts.places[j]
    first, second, count = debts.thresholds[j, 0], debts.thresholds[j, 1], 0
    for lane in range(LANES):
        second_venue, posted = state[one, j, _VENUE, lane] > 0.0, state[one, j, _POSTED, lane]
        daily = where(second_venue, sleeves.daily[1, day, lane], sleeves.daily[0, day, lane])
        sleeve = Sleeve(held[one, asset, lane], posted, state[one, j, _DEBT, lane])
        free, owed, interest = accrue(sleeve, daily)
        sleeves.free[lane], sleeves.owed[lane] = free, owed
        recorded[one, _INTEREST, lane] += interest
        ratio = sleeves.ratio[j, day, lane]
        threshold = where(second_venue, second, first)
        use = worst_use(use_of(posted, owed, threshold), ratio, 0.0)
        recorded[one, _THRESHOLD_USE, lane] = most(recorded[one, _THRESHOLD_USE, lane], use)
        near = may_touch(posted, owed, ratio, rows.variance[place, day, lane], threshold)
        chosen[lane] = np.int64(near)
        count += chosen[lane]
    return gather(chosen, count)


@njit(**COMPILED)
def _liquidate(debts, one, j, number, day, k0, k1, path, full, rows, sleeves):
    """The pack's liquidations; where it is not full, older lanes are asked again."""
    state, recorded, work = sleeves.state, sleeves.recorded, sleeves.work
    place = debts.places[j]
    first, second = debts.thresholds[j, 0], debts.thresholds[j, 1]
    purpose = _LIQUIDATION | _U(j) << _LANE
    for m in range(full):
        lane = sleeves.lane[m]
        work[0, m], work[1, m] = state[one, j, _POSTED, lane], sleeves.owed[lane]
        work[2, m] = sleeves.ratio[j, day, lane]
        work[3, m] = rows.variance[place, day, lane]
        work[4, m] = state[one, j, _VENUE, lane]
    for m in range(PACK):
        a, b, _, _ = philox4x32(path + _U(sleeves.lane[m]), purpose, _U(number), k0, k1)
        work[5, m] = uniform(a, b)
    for m in range(PACK):
        there = work[4, m] > 0.0
        terms = Terms(
            where(there, second, first),
            where(there, debts.bonus[1], debts.bonus[0]),
            where(there, debts.close[1], debts.close[0]),
            0.0,
            0.0,
        )
        prices = Prices(work[2, m], work[3, m], work[5, m])
        work[6, m], work[7, m], work[8, m], work[9, m] = liquidate(
            work[0, m], work[1, m], prices, terms
        )
    for m in range(full):
        lane = sleeves.lane[m]
        threshold = where(work[4, m] > 0.0, second, first)
        use = worst_use(use_of(work[0, m], work[1, m], threshold), work[2, m], work[9, m])
        recorded[one, _THRESHOLD_USE, lane] = most(recorded[one, _THRESHOLD_USE, lane], use)
        state[one, j, _POSTED, lane], sleeves.owed[lane] = work[6, m], work[7, m]
        recorded[one, _LIQUIDATED, lane] += work[8, m]
        recorded[one, _LIQUIDATIONS, lane] += work[9, m]


@njit(**COMPILED)
def open_evening(debts, one, number, sleeves):
    """How much debt may be raised today."""
    gap, wait = debts.gap[one], debts.raise_wait[one]
    for lane in range(LANES):
        waited = (number - sleeves.raised[one, lane]) * DAY >= wait
        sleeves.gap[lane] = where(waited, gap, 0.0)


@njit(**COMPILED)
def limits_of_debt(debts, one, j, number):
    """Largest debt of what sleeve j has posted, and of all sleeves, on a day."""
    seconds = float(number * DAY)
    largest = ramped(debts.largest[0, j], debts.largest[one, j], seconds, debts.ramp[one])
    return largest, ramped(debts.ceiling[0], debts.ceiling[one], seconds, debts.ramp[one])


@njit(**COMPILED)
def look(debts, one, j, number, day, vault, value, rebalanced, held, sleeves):
    """Put the lanes whose sleeve has something to do in front; how many there are.

    `value` and `rebalanced`: rows of `vault`, (sets, rows, LANES).
    """
    state, rates, limits = sleeves.state, sleeves.rates, _limits(debts, one)
    asset, chosen, count = debts.assets[j], sleeves.chosen, 0
    first, second = debts.thresholds[j, 0], debts.thresholds[j, 1]
    largest, ceiling = limits_of_debt(debts, one, j, number)
    low = bound_of(largest, first, limits.buffer)
    high = bound_of(largest, second, limits.buffer)
    for lane in range(LANES):
        sleeves.total[lane] = state[one, 0, _DEBT, lane]
    for k in range(1, len(debts.assets)):
        for lane in range(LANES):
            sleeves.total[lane] += state[one, k, _DEBT, lane]
    for lane in range(LANES):
        there, debt = state[one, j, _VENUE, lane] > 0.0, state[one, j, _DEBT, lane]
        rate = where(there, rates[1, day, lane], rates[0, day, lane])
        other = where(there, rates[0, day, lane], rates[1, day, lane])
        terms = Terms(where(there, second, first), 0.0, 0.0, rate, 0.0)
        bound = where(there, high, low)
        space = Room(bound, 0.0, 0.0, ceiling, sleeves.total[lane], sleeves.gap[lane])
        fresh = vault[one, rebalanced, lane] == number
        rising = state[one, j, _RISING, lane] > 0.0
        evening = Evening(vault[one, value, lane], fresh, rising, True, True, 0.0, 0.0)
        sleeve = Sleeve(held[one, asset, lane], state[one, j, _POSTED, lane], debt)
        since = (number - state[one, j, _SINCE, lane]) * DAY
        wants = better(debt, rate, other, since, limits)
        chosen[lane] = np.int64(due(sleeve, terms, space, evening, limits) | wants)
        count += chosen[lane]
    return gather(chosen, count)


@njit(**COMPILED)
def _limits(debts, one):
    row = debts.limits
    return Limits(
        row[one, 0],
        row[one, 1],
        row[one, 2],
        row[one, 3],
        row[one, 4],
        row[one, 5],
        row[one, 6],
        row[one, 7],
        row[one, 8],
    )


class SleevePack(NamedTuple):
    """Some vaults whose sleeve number `j` is managed on day `number`, and what it costs them."""

    one: int
    j: int
    asset: int
    number: int
    day: int
    full: int
    """How many of the pack there are."""
    fee: Floats
    """The base fee, in gwei, (PACK,)."""
    most_fee: float
    gas: Floats
    """What a move takes of the value, (PACK,)."""
    half_spread: float
    slope: Floats
    """Of what a trade loses, by its size in values of the start, (PACK,)."""
    largest: float
    """Largest debt of what is posted, as the strategy has it today."""
    ceiling: float


@njit(**COMPILED)
def act(debts, pack, vault, value, rebalanced, held, sleeves):
    """Switch and resize the sleeve of a pack's lanes."""
    work, one, day = sleeves.work, pack.one, pack.day
    for m in range(pack.full):
        lane = sleeves.lane[m]
        work[_RATES, m] = sleeves.rates[0, day, lane]
        work[_RATES + 1, m] = sleeves.rates[1, day, lane]
        work[_WORTH, m], work[_GAP, m] = vault[one, value, lane], sleeves.gap[lane]
        work[_SINCE_ROW, m] = sleeves.state[one, pack.j, _SINCE, lane]
        work[_FRESH, m] = 1.0 if vault[one, rebalanced, lane] == pack.number else 0.0
    _read(debts, pack, held, sleeves)
    for m in range(PACK):
        work[_MOVED, m] = work[_FEE, m] = 0.0
    if len(debts.rows) > 1:
        _switch(debts, pack, held, sleeves)
        _read(debts, pack, held, sleeves)
    _resize(debts, pack, work)
    _hand_back(debts, pack, vault, value, held, sleeves)


@njit(**COMPILED)
def _switch(debts, pack, held, sleeves):
    """Move debt to the other venue where that is better."""
    state, work, one, j = sleeves.state, sleeves.work, pack.one, pack.j
    limits = _limits(debts, one)
    for m in range(PACK):
        debt, other = work[_DEBT_ROW, m], where(work[_VENUE_ROW, m] > 0.0, 0.0, 1.0)
        terms = _terms(debts, j, other, work, m)
        rate = where(other > 0.0, work[_RATES, m], work[_RATES + 1, m])
        since = (pack.number - work[_SINCE_ROW, m]) * DAY
        wanted = better(debt, rate, terms.rate, since, limits)
        wanted = wanted & (pack.gas[m] <= MOST_GAS) & (pack.fee[m] <= pack.most_fee)
        sleeve = Sleeve(work[_HELD, m], work[_POSTED_ROW, m], debt)
        space = _space(debts, pack, other, terms, work, m)
        work[_HELD, m], work[_DEBT_ROW, m], moved = switch(sleeve, wanted, terms, space, limits)
        work[_FEE, m], work[_MOVED, m] = work[_DEBT_ROW, m] - debt, moved
        work[_VENUE_ROW, m] = where(moved > 0.0, other, work[_VENUE_ROW, m])
    for m in range(pack.full):
        lane = sleeves.lane[m]
        held[one, pack.asset, lane] = work[_HELD, m]
        state[one, j, _DEBT, lane] = work[_DEBT_ROW, m]
        state[one, j, _VENUE, lane] = work[_VENUE_ROW, m]
        if work[_MOVED, m] > 0.0:
            state[one, j, _SINCE, lane] = pack.number


@njit(**COMPILED)
def _resize(debts, pack, work):
    """Pay debt down or raise it."""
    limits = _limits(debts, pack.one)
    for m in range(PACK):
        terms = _terms(debts, pack.j, work[_VENUE_ROW, m], work, m)
        space = _space(debts, pack, work[_VENUE_ROW, m], terms, work, m)
        evening = Evening(
            work[_WORTH, m],
            work[_FRESH, m] > 0.0,
            work[_RISING_ROW, m] > 0.0,
            pack.gas[m] <= MOST_GAS,
            pack.fee[m] <= pack.most_fee,
            pack.half_spread,
            pack.slope[m],
        )
        sleeve = Sleeve(work[_HELD, m], work[_POSTED_ROW, m], work[_DEBT_ROW, m])
        resized = resize(sleeve, terms, space, evening, limits)
        work[_HELD, m], work[_POSTED_ROW, m], work[_DEBT_ROW, m] = (
            resized[0],
            resized[1],
            resized[2],
        )
        work[_RISING_ROW, m] = where(resized[3], 1.0, 0.0)
        work[_TRADED, m], work[_LOST, m], work[_KIND, m] = resized[4], resized[5], resized[6]


@njit(**COMPILED)
def _hand_back(debts, pack, vault, value, held, sleeves):
    """Put the pack where it came from, less gas, and record what was done."""
    state, recorded, work, one, j = sleeves.state, sleeves.recorded, sleeves.work, pack.one, pack.j
    for m in range(pack.full):
        lane, kind, traded = sleeves.lane[m], work[_KIND, m], work[_TRADED, m]
        held[one, pack.asset, lane] = work[_HELD, m]
        state[one, j, _POSTED, lane] = work[_POSTED_ROW, m]
        state[one, j, _DEBT, lane] = work[_DEBT_ROW, m]
        state[one, j, _RISING, lane] = work[_RISING_ROW, m]
        if kind == RAISED:
            sleeves.gap[lane] -= traded
            sleeves.raised[one, lane] = pack.number
        paid = pack.gas[m] * (work[_MOVED, m] + (1.0 if kind > 0.0 else 0.0))
        whole = 0.0
        for i in range(held.shape[1]):
            held[one, i, lane] *= 1.0 - paid
            whole += held[one, i, lane]
        for k in range(len(debts.assets)):
            gross = held[one, debts.assets[k], lane] + state[one, k, _DEBT, lane]
            state[one, k, _POSTED, lane] = least(state[one, k, _POSTED, lane], gross)
        vault[one, value, lane] = whole
        worth = work[_WORTH, m]
        recorded[one, TURNOVER, lane] += traded / worth
        recorded[one, COST, lane] += (work[_LOST, m] + work[_FEE, m]) / worth + paid
        recorded[one, _DELEVERS, lane] += 1.0 if kind >= PAID_DOWN else 0.0
        recorded[one, _RIPCORDS, lane] += 1.0 if kind == BY_RIPCORD else 0.0
        recorded[one, _SWITCHES, lane] += work[_MOVED, m]


@njit(**COMPILED)
def _read(debts, pack, held, sleeves):
    """What a pack's sleeves are now."""
    state, work, one, j = sleeves.state, sleeves.work, pack.one, pack.j
    for m in range(pack.full):
        lane = sleeves.lane[m]
        work[_HELD, m] = held[one, pack.asset, lane]
        work[_POSTED_ROW, m] = state[one, j, _POSTED, lane]
        work[_DEBT_ROW, m] = state[one, j, _DEBT, lane]
        work[_VENUE_ROW, m] = state[one, j, _VENUE, lane]
        work[_RISING_ROW, m] = state[one, j, _RISING, lane]
        total, near, far = state[one, 0, _DEBT, lane], 0.0, 0.0
        for k in range(len(debts.assets)):
            if k > 0:
                total += state[one, k, _DEBT, lane]
            if k != j:
                there = state[one, k, _VENUE, lane] > 0.0
                near += 0.0 if there else state[one, k, _POSTED, lane]
                far += state[one, k, _POSTED, lane] if there else 0.0
        work[_TOTAL, m], work[_OTHERS, m], work[_OTHERS + 1, m] = total, near, far


@njit(**COMPILED)
def _terms(debts, j, venue, work, m):
    there = venue > 0.0
    return Terms(
        where(there, debts.thresholds[j, 1], debts.thresholds[j, 0]),
        0.0,
        0.0,
        where(there, work[_RATES + 1, m], work[_RATES, m]),
        debts.flash_fee,
    )


@njit(**COMPILED)
def _space(debts, pack, venue, terms, work, m):
    there, one, limits = venue > 0.0, pack.one, _limits(debts, pack.one)
    bound = bound_of(pack.largest, terms.threshold, limits.buffer)
    relative = where(there, debts.relative_caps[one, 1], debts.relative_caps[one, 0])
    absolute = where(there, debts.absolute_caps[one, 1], debts.absolute_caps[one, 0])
    others = where(there, work[_OTHERS + 1, m], work[_OTHERS, m])
    return Room(
        bound,
        aim_of(debts.targets[one, pack.j], bound, terms.threshold, limits.delever),
        most(least(relative * work[_WORTH, m], absolute) - others, 0.0),
        pack.ceiling,
        work[_TOTAL, m],
        work[_GAP, m],
    )


@njit(**COMPILED)
def close_evening(debts, one, sleeves):
    """Record the debt of the night."""
    for lane in range(LANES):
        sleeves.total[lane] = sleeves.state[one, 0, _DEBT, lane]
    for k in range(1, len(debts.assets)):
        for lane in range(LANES):
            sleeves.total[lane] += sleeves.state[one, k, _DEBT, lane]
    for lane in range(LANES):
        sleeves.recorded[one, _MEAN_DEBT, lane] += sleeves.total[lane]


@njit(**COMPILED)
def add_debt(debts, one, sleeves, exposed):
    """Add what each sleeve owes to its asset, (assets, LANES)."""
    if debts is not None:
        for j in range(len(debts.assets)):
            asset = debts.assets[j]
            for lane in range(LANES):
                exposed[asset, lane] += sleeves.state[one, j, _DEBT, lane]

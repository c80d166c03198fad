"""The hedges of many vaults side by side, for numba: the twin of `Hedges`.

The rules are the same text; what is here twice are loops, sums, and what is drawn or recorded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit
from numba.np.unsafe.ndarray import to_fixed_tuple

from dpo_gov.canonical.elementwise import most
from dpo_gov.canonical.lanes import room
from dpo_gov.market.rows_lanes import COMPILED, LANES
from dpo_gov.policy.hedging import (
    TINY,
    WINDOW,
    HedgeRules,
    HedgeTerms,
    Marks,
    Means,
    Move,
    Position,
    Sight,
    affordable,
    aim,
    cut,
    mark,
    renew,
    settle,
    short,
    trade,
    trim,
)
from dpo_gov.simulate import hedges
from dpo_gov.simulate.hedges import LONG_AGO
from dpo_gov.simulate.hedging import Hedging

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
SOURCES = (__file__, hedges.__file__)

GAIN, PREMIUM, FUNDING, FEES, LIQUIDATIONS, BARE, SQUARES, SUMS = 0, 1, 2, 3, 4, 5, 6, 7
RECORDED = 10
"""Rows of what is recorded of a vault's hedges, three of `SUMS`; the ones below only live on."""
_BOOK, _TODAY, _NAV, _SPENT, _LAST, _ROWS = 10, 11, 12, 13, 14, 15
_VALUE, _BASE, _PAID, _WAITS, _TOTAL, _GAMMA, _VEGA, _FREE, _WHOLE = 0, 1, 2, 3, 4, 5, 6, 7, 8
_REST, _MARGINS, _CLOSING, _ROOM = 9, 10, 11, 12
"""Rows of an evening: of the account, and sums over assets."""
_RULES, _TERMS = len(HedgeRules._fields), len(HedgeTerms._fields)


class HedgeFigures(NamedTuple):
    """What all sets hedge by, as arrays."""

    rows: Integers
    """Of the hedged assets in the strategy."""
    places: Integers
    """Of the hedged assets in the market."""
    puts: Booleans
    perps: Booleans
    by_row: Integers
    """Number of the hedged asset, by the strategy's assets; −1 for another one."""
    rules: Floats
    """(sets, rules)"""
    terms: Floats
    """(sets, hedged assets, terms)"""

    @classmethod
    def of(cls, hedging: Hedging, assets: int) -> HedgeFigures:
        """Of a strategy of so many assets."""
        rows = [one.row for one in hedging.instruments]
        by_row = [rows.index(row) if row in rows else -1 for row in range(assets)]
        return cls(
            rows=np.array(rows, dtype=np.int64),
            places=np.array([one.place for one in hedging.instruments], dtype=np.int64),
            puts=np.array([one.options is not None for one in hedging.instruments]),
            perps=np.array([one.perp is not None for one in hedging.instruments]),
            by_row=np.array(by_row, dtype=np.int64),
            rules=np.array(hedging.rules),
            terms=np.array(hedging.terms),
        )


class HedgeBlock(NamedTuple):
    """The hedges of vaults side by side, (sets, hedged assets, LANES) where nothing is said."""

    perp: Floats
    strike: Floats
    moneyness: Floats
    left: Floats
    state: Floats
    """(sets, _ROWS, LANES)"""
    by_day: Floats
    """Premium as a share of the net asset value, (sets, WINDOW, LANES)."""
    value: Floats
    """Of the puts of one set, (hedged assets, LANES), as the next three."""
    delta: Floats
    gamma: Floats
    vega: Floats
    exposed: Floats
    """What the vault has in each asset, debt against it included, (assets, LANES)."""
    asked: Floats
    """Perpetual positions before their margin is looked at, (hedged assets, LANES)."""
    evening: Floats
    """(_ROOM, LANES)"""


@njit(**COMPILED)
def make_hedges(figures):
    """Room for the hedges of a block."""
    sets, assets = figures.terms.shape[:2]
    size, one, all_assets = (sets, assets, LANES), (assets, LANES), len(figures.by_row)
    return HedgeBlock(
        room(sets * assets * LANES).reshape(size),
        room(sets * assets * LANES).reshape(size),
        room(sets * assets * LANES).reshape(size),
        room(sets * assets * LANES).reshape(size),
        room(sets * _ROWS * LANES).reshape((sets, _ROWS, LANES)),
        room(sets * WINDOW * LANES).reshape((sets, WINDOW, LANES)),
        room(assets * LANES).reshape(one),
        room(assets * LANES).reshape(one),
        room(assets * LANES).reshape(one),
        room(assets * LANES).reshape(one),
        room(all_assets * LANES).reshape((all_assets, LANES)),
        room(assets * LANES).reshape(one),
        room(_ROOM * LANES).reshape((_ROOM, LANES)),
    )


@njit(**COMPILED)
def begin_hedges(block):
    """No hedges, before the first day."""
    block.perp[:] = 0.0
    block.strike[:] = 0.0
    block.moneyness[:] = 1.0
    block.left[:] = 0.0
    block.state[:] = 0.0
    block.by_day[:] = 0.0
    for one in range(len(block.state)):
        for lane in range(LANES):
            block.state[one, _NAV, lane] = 1.0
            block.state[one, _LAST, lane] = LONG_AGO


@njit(**COMPILED)
def start_hedges(block):
    """The Greeks of a vault without hedges, at its start."""
    for lane in range(LANES):
        total = 0.0
        for i in range(1, len(block.exposed)):
            total += block.exposed[i, lane]
        block.evening[_TOTAL, lane] = total
        block.evening[_GAMMA, lane] = block.evening[_VEGA, lane] = 0.0


@njit(**COMPILED)
def _rules(figures, one):
    return HedgeRules(*to_fixed_tuple(figures.rules[one], _RULES))


@njit(**COMPILED)
def _terms(figures, one, j):
    return HedgeTerms(*to_fixed_tuple(figures.terms[one, j], _TERMS))


@njit(**COMPILED)
def _position(block, one, j, lane):
    perp, strike = block.perp[one, j, lane], block.strike[one, j, lane]
    return Position(perp, strike, block.moneyness[one, j, lane], block.left[one, j, lane])


@njit(**COMPILED)
def _put(block, one, j, lane, position):
    block.perp[one, j, lane], block.strike[one, j, lane] = position.perp, position.strike
    block.moneyness[one, j, lane], block.left[one, j, lane] = position.moneyness, position.left


@njit(**COMPILED)
def _marks(block, j, lane):
    value, delta = block.value[j, lane], block.delta[j, lane]
    return Marks(value, delta, block.gamma[j, lane], block.vega[j, lane])


@njit(**COMPILED)
def _put_marks(block, j, lane, marks):
    block.value[j, lane], block.delta[j, lane] = marks.value, marks.delta
    block.gamma[j, lane], block.vega[j, lane] = marks.gamma, marks.vega


@njit(**COMPILED)
def settle_hedges(figures, one, day, base, rows, held, block):
    """Let a day move the hedges; `held` is what prices have made of it, `base` its place."""
    state = block.state
    for lane in range(LANES):
        state[one, _TODAY, lane] = 0.0
    for j in range(len(figures.rows)):
        place, terms = figures.places[j], _terms(figures, one, j)
        for lane in range(LANES):
            funding = rows.funding[place, day, lane]
            move = Move(rows.growth[place, day, lane], rows.growth[base, day, lane], funding)
            after, cash, received, lost = settle(_position(block, one, j, lane), move, terms)
            _put(block, one, j, lane, after)
            state[one, _TODAY, lane] += cash
            state[one, FUNDING, lane] -= received / state[one, _NAV, lane]
            state[one, LIQUIDATIONS, lane] += lost
    for lane in range(LANES):
        held[one, 0, lane] = most(held[one, 0, lane] + state[one, _TODAY, lane], 0.0)


@njit(**COMPILED)
def hedge(figures, one, number, day, rows, held, block, values):
    """Hedge what is exposed at the end of a day; `values` become the net asset values."""
    rules, state, evening = _rules(figures, one), block.state, block.evening
    _mark(figures, one, day, rows, block)
    for lane in range(LANES):
        nav = held[one, 0, lane]
        for i in range(1, held.shape[1]):
            nav += held[one, i, lane]
        for j in range(len(figures.rows)):
            nav += block.value[j, lane]
        evening[_VALUE, lane] = nav
        evening[_BASE, lane], evening[_PAID, lane] = held[one, 0, lane], 0.0
        waits = number - state[one, _LAST, lane] < rules.delay
        evening[_WAITS, lane] = 1.0 if waits else 0.0
    _trim(figures, one, rules, block)
    _renew(figures, one, rules, number, day, rows, block)
    _trade(figures, one, rules, number, day, rows, block)
    for lane in range(LANES):
        state[one, _TODAY, lane] += evening[_BASE, lane] - held[one, 0, lane]
        held[one, 0, lane] = evening[_BASE, lane]
        state[one, FEES, lane] += evening[_PAID, lane] / evening[_VALUE, lane]
    _record(figures, one, held, block, values)


@njit(**COMPILED)
def _mark(figures, one, day, rows, block):
    for j in range(len(figures.rows)):
        place, terms = figures.places[j], _terms(figures, one, j)
        if figures.puts[j]:
            for lane in range(LANES):
                ahead = rows.ahead[place, day, lane]
                marks = mark(_position(block, one, j, lane), ahead, terms)
                _put_marks(block, j, lane, marks)


@njit(**COMPILED)
def _sum_greeks(figures, block):
    for lane in range(LANES):
        gamma = vega = 0.0
        for j in range(len(figures.rows)):
            gamma += block.gamma[j, lane]
            vega += block.vega[j, lane]
        block.evening[_GAMMA, lane], block.evening[_VEGA, lane] = gamma, vega


@njit(**COMPILED)
def _trim(figures, one, rules, block):
    """Sell what puts are beyond the limits on gamma and vega."""
    evening = block.evening
    _sum_greeks(figures, block)
    for j in range(len(figures.rows)):
        terms = _terms(figures, one, j)
        if figures.puts[j]:
            for lane in range(LANES):
                gamma, vega = evening[_GAMMA, lane], evening[_VEGA, lane]
                stands = cut(gamma, vega, evening[_VALUE, lane], rules)
                position, marks = _position(block, one, j, lane), _marks(block, j, lane)
                position, marks, cash, fee = trim(position, marks, stands, terms)
                _put(block, one, j, lane, position)
                _put_marks(block, j, lane, marks)
                evening[_BASE, lane] += cash
                evening[_PAID, lane] += fee


@njit(**COMPILED)
def _renew(figures, one, rules, number, day, rows, block):
    """Buy puts where there are none, or those that are there will soon end."""
    state, evening, place = block.state, block.evening, number % WINDOW
    _sum_greeks(figures, block)
    for lane in range(LANES):
        state[one, _SPENT, lane] -= block.by_day[one, place, lane]
        block.by_day[one, place, lane] = 0.0
        evening[_FREE, lane], evening[_WHOLE, lane] = evening[_BASE, lane], 0.0
    for j in range(len(figures.rows)):
        margin, row = _terms(figures, one, j).margin, figures.rows[j]
        for lane in range(LANES):
            evening[_FREE, lane] -= margin * block.perp[one, j, lane]
            if figures.puts[j]:
                evening[_WHOLE, lane] += block.exposed[row, lane]
    for j in range(len(figures.rows)):
        if figures.puts[j]:
            found = False
            for lane in range(LANES):
                early = block.left[one, j, lane] < rules.least_left
                found |= early & (evening[_WAITS, lane] == 0.0)
            if found:
                _buy(figures, one, j, rules, number, day, rows, block)


@njit(**COMPILED)
def _buy(figures, one, j, rules, number, day, rows, block):
    """Buy puts on asset j where they are due."""
    state, evening, place = block.state, block.evening, number % WINDOW
    terms, market_place, row = _terms(figures, one, j), figures.places[j], figures.rows[j]
    for lane in range(LANES):
        early = block.left[one, j, lane] < rules.least_left
        due = early & (evening[_WAITS, lane] == 0.0)
        position, old = _position(block, one, j, lane), _marks(block, j, lane)
        exposed, nav = block.exposed[row, lane], evening[_VALUE, lane]
        gamma, vega = evening[_GAMMA, lane] - old.gamma, evening[_VEGA, lane] - old.vega
        means = Means(
            exposed,
            nav,
            evening[_FREE, lane],
            exposed / most(evening[_WHOLE, lane], TINY),
            state[one, _SPENT, lane],
            gamma,
            vega,
        )
        ahead = rows.ahead[market_place, day, lane]
        new, cash, premium, fee, bought = renew(position, old, due, means, ahead, rules, terms)
        fresh = mark(new, ahead, terms)
        if due:
            evening[_BASE, lane] = most(evening[_BASE, lane] + cash, 0.0)
            evening[_FREE, lane] += cash
            evening[_PAID, lane] += fee
            state[one, _SPENT, lane] += premium / nav
            block.by_day[one, place, lane] += premium / nav
            state[one, PREMIUM, lane] += premium / nav
            state[one, _LAST, lane] = number if bought else state[one, _LAST, lane]
            evening[_GAMMA, lane], evening[_VEGA, lane] = gamma + fresh.gamma, vega + fresh.vega
            _put(block, one, j, lane, new)
            _put_marks(block, j, lane, fresh)


@njit(**COMPILED)
def _trade(figures, one, rules, number, day, rows, block):
    """Bring the perpetual positions to what the rules ask for and the base asset can bear."""
    state, evening = block.state, block.evening
    _sum_delta(figures, one, block)
    _sum_open(figures, block)
    for lane in range(LANES):
        evening[_MARGINS, lane] = evening[_CLOSING, lane] = 0.0
    for j in range(len(figures.rows)):
        if figures.perps[j]:
            _ask(figures, one, j, rules, day, rows, block)
    for lane in range(LANES):
        part = affordable(evening[_BASE, lane], evening[_MARGINS, lane], evening[_CLOSING, lane])
        evening[_FREE, lane] = part
    for j in range(len(figures.rows)):
        if figures.perps[j]:
            terms = _terms(figures, one, j)
            for lane in range(LANES):
                perp, base = block.perp[one, j, lane], evening[_BASE, lane]
                after, fee = trade(perp, block.asked[j, lane], evening[_FREE, lane], base, terms)
                evening[_BASE, lane] = base - fee
                evening[_PAID, lane] += fee
                state[one, _LAST, lane] = number if after != perp else state[one, _LAST, lane]
                block.perp[one, j, lane] = after


@njit(**COMPILED)
def _sum_open(figures, block):
    """What perpetuals can hedge, and the delta of all else."""
    evening = block.evening
    for lane in range(LANES):
        evening[_REST, lane] = evening[_WHOLE, lane] = 0.0
    for row in range(1, len(block.exposed)):
        j = figures.by_row[row]
        place = _WHOLE if j >= 0 and figures.perps[j] else _REST
        for lane in range(LANES):
            evening[place, lane] += block.exposed[row, lane]
        if j >= 0 and place == _REST:
            for lane in range(LANES):
                evening[_REST, lane] -= block.delta[j, lane]


@njit(**COMPILED)
def _ask(figures, one, j, rules, day, rows, block):
    """The position in asset j that the rules ask for, with its margin and fees."""
    evening, terms = block.evening, _terms(figures, one, j)
    place, row = figures.places[j], figures.rows[j]
    for lane in range(LANES):
        perp, nav = block.perp[one, j, lane], evening[_VALUE, lane]
        share = aim(evening[_REST, lane], evening[_WHOLE, lane], nav, rules)
        exposed, total = block.exposed[row, lane], evening[_TOTAL, lane]
        sight = Sight(perp, exposed, block.delta[j, lane], share, total, nav)
        waits = evening[_WAITS, lane] > 0.0
        wanted = short(sight, rows.funding[place, day, lane], waits, rules, terms)
        block.asked[j, lane] = wanted
        evening[_MARGINS, lane] += (terms.margin + terms.perp_fee) * wanted
        evening[_CLOSING, lane] += terms.perp_fee * perp


@njit(**COMPILED)
def _sum_delta(figures, one, block):
    for lane in range(LANES):
        total = 0.0
        for i in range(1, len(block.exposed)):
            total += block.exposed[i, lane]
        for j in range(len(figures.rows)):
            total -= block.delta[j, lane] + block.perp[one, j, lane]
        block.evening[_TOTAL, lane] = total


@njit(**COMPILED)
def _record(figures, one, held, block, values):
    state, evening = block.state, block.evening
    _sum_delta(figures, one, block)
    _sum_greeks(figures, block)
    for lane in range(LANES):
        book, nav = 0.0, held[one, 0, lane]
        for j in range(len(figures.rows)):
            book += block.value[j, lane]
        for i in range(1, held.shape[1]):
            nav += held[one, i, lane]
        nav += book
        today = state[one, _TODAY, lane] + (book - state[one, _BOOK, lane])
        bare = (nav - today) / state[one, _NAV, lane] - 1.0
        state[one, GAIN, lane] += today
        state[one, BARE, lane] += bare
        state[one, SQUARES, lane] += bare * bare
        state[one, _BOOK, lane] = book
        state[one, _NAV, lane] = values[lane] = nav
    for k, row in enumerate((_TOTAL, _GAMMA, _VEGA)):
        for lane in range(LANES):
            evening[row, lane] = evening[row, lane] / values[lane]
            state[one, SUMS + k, lane] += evening[row, lane]


@njit(**COMPILED)
def keep_hedges(days, one, number, block, first, kept):
    """Keep the Greeks of a day that is asked for, (sets, 3, days, paths)."""
    for place in range(len(days)):
        if days[place] == number:
            for k, row in enumerate((_TOTAL, _GAMMA, _VEGA)):
                for lane in range(min(LANES, kept.shape[3] - first)):
                    kept[one, k, place, first + lane] = block.evening[row, lane]


@njit(**COMPILED)
def hand_over_hedges(block, first, recorded):
    """Hand over what is recorded of the lanes that are paths."""
    state = block.state
    for one in range(len(state)):
        for row in range(RECORDED):
            for lane in range(min(LANES, recorded.shape[2] - first)):
                recorded[one, row, first + lane] = state[one, row, lane]

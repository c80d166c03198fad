"""The hedges of a block's vaults, from day to day: puts and short perpetuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dpo_gov.market import Day
from dpo_gov.policy import over_assets
from dpo_gov.policy.hedging import (
    TINY,
    WINDOW,
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
from dpo_gov.simulate.hedging import Hedging
from dpo_gov.simulate.outcomes import HedgeOutcomes, Moments, SimSpec

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

LONG_AGO = -1e6
"""The day of the last hedge before the first."""


class Hedges:
    """The hedges of a block under one set of rules, and what is recorded of them.

    A day is `settle` after prices have moved, and `act` when all else is done. `exposed`: what the
    vault has in each asset at the start.
    """

    def __init__(self, hedging: Hedging, one: int, exposed: Floats, spec: SimSpec, n: int) -> None:
        self._instruments, self._spec = hedging.instruments, spec
        self._rules, self._terms = hedging.rules[one], hedging.terms[one]
        self._positions = [
            Position(np.zeros(n), np.zeros(n), np.ones(n), np.zeros(n)) for _ in self._instruments
        ]
        self._book, self._today, self._nav = np.zeros(n), np.zeros(n), np.ones(n)
        self._spent, self._by_day = np.zeros(n), np.zeros((WINDOW, n))
        self._last = np.full(n, LONG_AGO)
        self.gain, self.premium, self.funding, self.fees, self.liquidations = np.zeros((5, n))
        self._bare = Moments.none(n)
        self._sums = np.zeros((3, n))
        start = np.zeros((3, n))
        start[0] = over_assets(exposed[1:, None])
        self._kept = [start]

    def settle(self, held: Floats, growth: Floats, day: Day) -> None:
        """Let a day move the hedges; `held` is what prices have made of it, `growth` by row."""
        today = np.zeros(len(self._nav))
        for j, (each, terms) in enumerate(zip(self._instruments, self._terms, strict=True)):
            move = Move(growth[each.row], growth[0], day.funding[each.place])
            self._positions[j], cash, received, lost = settle(self._positions[j], move, terms)
            today += cash
            self.funding -= received / self._nav
            self.liquidations += lost
        self._today = today
        held[0] = np.maximum(held[0] + today, 0.0)

    def act(self, number: int, held: Floats, debt: Floats | None, day: Day) -> Floats:
        """Hedge what is held at the end of day `number`; the net asset value after it.

        `held`: (assets, paths); its base asset changes in place. `debt`: what was borrowed of the
        base asset, by the asset that it was put into: it moves with that one's price, too.
        """
        evening = Evening(number, held if debt is None else held + debt, day)
        marks = [
            mark(position, day.ahead[each.place], terms)
            for each, position, terms in zip(
                self._instruments, self._positions, self._terms, strict=True
            )
        ]
        base, nav, fees = held[0].copy(), over_assets(held), np.zeros_like(held[0])
        for one in marks:
            nav = nav + one.value
        waits = number - self._last < self._rules.delay
        account = Account(nav, waits, base, fees)
        self._trim(marks, account)
        self._renew(marks, evening, account)
        self._trade(marks, evening, account)
        self._today += base - held[0]
        held[0] = base
        self.fees += fees / nav
        return self._record(marks, evening, over_assets(held))

    def outcomes(self) -> HedgeOutcomes:
        """What was recorded, when all days are done."""
        return HedgeOutcomes.of(
            self._spec,
            gain=self.gain,
            premium=self.premium,
            funding=self.funding,
            fees=self.fees,
            liquidations=self.liquidations,
            bare=self._bare,
            sums=self._sums,
            kept=np.stack(self._kept, axis=1),
        )

    def _trim(self, marks: list[Marks], account: Account) -> None:
        """Sell what puts are beyond the limits on gamma and vega."""
        gamma, vega = _total(marks)
        stands = cut(gamma, vega, account.nav, self._rules)
        for j, (each, terms) in enumerate(zip(self._instruments, self._terms, strict=True)):
            if each.options:
                trimmed = trim(self._positions[j], marks[j], stands, terms)
                self._positions[j], marks[j], cash, fee = trimmed
                account.base[:] += cash
                account.fees[:] += fee

    def _renew(self, marks: list[Marks], evening: Evening, account: Account) -> None:
        """Buy puts where there are none, or those that are there will soon end."""
        today = self._by_day[evening.number % WINDOW]
        self._spent -= today
        today[:] = 0.0
        free, (gamma, vega) = account.base.copy(), _total(marks)
        whole = np.zeros_like(free)
        for each, position, terms in zip(
            self._instruments, self._positions, self._terms, strict=True
        ):
            free -= terms.margin * position.perp
            if each.options:
                whole += evening.exposed[each.row]
        for j, (each, terms) in enumerate(zip(self._instruments, self._terms, strict=True)):
            due = ~account.waits & (self._positions[j].left < self._rules.least_left)
            some = np.flatnonzero(due)
            if not each.options or not some.size:
                continue
            exposed, ahead = evening.exposed[each.row, some], evening.day.ahead[each.place, some]
            position, old = _some(self._positions[j], some), Marks(*(m[some] for m in marks[j]))
            nav = account.nav[some]
            means = Means(
                held=exposed,
                nav=nav,
                free=free[some],
                part=exposed / np.maximum(whole[some], TINY),
                spent=self._spent[some],
                gamma=gamma[some] - old.gamma,
                vega=vega[some] - old.vega,
            )
            due = np.ones(len(some), dtype=np.bool_)
            new, cash, premium, fee, bought = renew(
                position, old, due, means, ahead, self._rules, terms
            )
            fresh = mark(new, ahead, terms)
            account.base[some] = np.maximum(account.base[some] + cash, 0.0)
            free[some] += cash
            account.fees[some] += fee
            for total in (self._spent, today, self.premium):
                total[some] += premium / nav
            self._last[some] = np.where(bought, evening.number, self._last[some])
            gamma[some], vega[some] = means.gamma + fresh.gamma, means.vega + fresh.vega
            for array, values in zip(self._positions[j], new, strict=True):
                array[some] = values
            for array, values in zip(marks[j], fresh, strict=True):
                array[some] = values

    def _trade(self, marks: list[Marks], evening: Evening, account: Account) -> None:
        """Bring the perpetual positions to what the rules ask for and the base asset can bear."""
        rules, nav, base = self._rules, account.nav, account.base
        total, rest = self._delta(marks, evening.exposed), np.zeros_like(nav)
        hedgeable, margins, closing = np.zeros((3, len(nav)))
        by_row = {each.row: j for j, each in enumerate(self._instruments)}
        for row in range(1, len(evening.exposed)):
            j = by_row.get(row, -1)
            if j >= 0 and self._instruments[j].perp:
                hedgeable += evening.exposed[row]
            else:
                rest += evening.exposed[row]
                if j >= 0:
                    rest -= marks[j].delta
        share, asked = aim(rest, hedgeable, nav, rules), {}
        for j, (each, terms) in enumerate(zip(self._instruments, self._terms, strict=True)):
            if each.perp:
                perp, exposed = self._positions[j].perp, evening.exposed[each.row]
                sight = Sight(perp, exposed, marks[j].delta, share, total, nav)
                funding = evening.day.funding[each.place]
                asked[j] = short(sight, funding, account.waits, rules, terms)
                margins += (terms.margin + terms.perp_fee) * asked[j]
                closing += terms.perp_fee * perp
        part = affordable(base, margins, closing)
        for j, wanted in asked.items():
            perp = self._positions[j].perp
            after, fee = trade(perp, wanted, part, base, self._terms[j])
            base -= fee
            account.fees[:] += fee
            self._last = np.where(after != perp, evening.number, self._last)
            self._positions[j] = self._positions[j]._replace(perp=after)

    def _delta(self, marks: Sequence[Marks], exposed: Floats) -> Floats:
        """What the vault gains when all prices rise by one, against the base asset."""
        total = np.zeros(exposed.shape[1])
        for row in exposed[1:]:
            total += row
        for one, position in zip(marks, self._positions, strict=True):
            total -= one.delta + position.perp
        return total

    def _record(self, marks: Sequence[Marks], evening: Evening, held: Floats) -> Floats:
        book = np.zeros_like(held)
        for one in marks:
            book += one.value
        nav = held + book
        today = self._today + (book - self._book)
        self.gain += today
        self._bare.add((nav - today) / self._nav - 1.0)
        greeks = np.stack([self._delta(marks, evening.exposed), *_total(marks)]) / nav
        self._sums += greeks
        if evening.number in self._spec.checkpoint_days:
            self._kept.append(greeks)
        self._book, self._nav = book, nav
        return nav


@dataclass(frozen=True)
class Evening:
    """The end of a day. `exposed`: what the vault has in each asset, (assets, paths)."""

    number: int
    exposed: Floats
    day: Day


@dataclass(frozen=True)
class Account:
    """What hedges are paid from, (paths,): the base asset and fees, which change in place.

    `nav`: net asset value. `waits`: whether the last hedge is too short ago for another one.
    """

    nav: Floats
    waits: Booleans
    base: Floats
    fees: Floats


def _some(position: Position, places: npt.NDArray[np.int64]) -> Position:
    return Position(*(array[places] for array in position))


def _total(marks: Sequence[Marks]) -> tuple[Floats, Floats]:
    """Gamma and vega of all puts."""
    gamma, vega = np.zeros((2, len(marks[0].value)))
    for one in marks:
        gamma += one.gamma
        vega += one.vega
    return gamma, vega

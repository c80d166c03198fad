"""The sleeves of a block's vaults from day to day: debt against collateral, and liquidations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical import Purpose, Stream
from dpo_gov.canonical.elementwise import least, where
from dpo_gov.market import Day
from dpo_gov.market.borrowing import borrow_rate
from dpo_gov.policy import over_assets
from dpo_gov.policy.collateral import (
    BY_RIPCORD,
    DAYS_A_YEAR,
    PAID_DOWN,
    RAISED,
    Evening,
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
from dpo_gov.simulate.borrowing import Borrowing
from dpo_gov.simulate.outcomes import DebtOutcomes
from dpo_gov.simulate.portfolio import DAY, MOST_GAS, Moment, World

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

LONG_AGO = -1e6
"""The day of the last raise before the first."""


class Sleeves:
    """The sleeves of a block under one set of rules, and what is recorded of them."""

    def __init__(self, world: World, borrowing: Borrowing, one: int) -> None:
        n, count = len(world.paths), len(borrowing.start)
        self._world, self._lenders = world, borrowing.lenders
        self._rules, self._first = borrowing.rules[one], borrowing.rules[0]
        self._posted = np.array([np.full(n, posted) for posted, _ in borrowing.start])
        self._debt = np.array([np.full(n, debt) for _, debt in borrowing.start])
        self._venue, self._since = np.zeros((2, count, n))
        self._rising = np.zeros((count, n), dtype=np.bool_)
        self._raised, self._gap = np.full(n, LONG_AGO), np.zeros(n)
        self.turnover, self.cost = np.zeros((2, n))
        """Of the sleeves' own trades, in shares of the value at the time."""
        self.liquidations, self.liquidated, self.interest, self.bad_debt = np.zeros((4, n))
        self.delevers, self.ripcords, self.switches = np.zeros((3, n))
        self.threshold_use, self.mean_debt = np.zeros((2, n))

    def live(self, number: int, held: Floats, growth: Floats, day: Day) -> Floats:
        """What is held after the prices of day `number`, and what was liquidated on the way."""
        lenders, rates, after = self._lenders, self._rates(day), held * growth
        for j, asset in enumerate(lenders.assets):
            terms, posted = self._terms(j, rates, self._venue[j]), self._posted[j]
            free, debt, interest = accrue(
                Sleeve(held[asset], posted, self._debt[j]), terms.rate / DAYS_A_YEAR
            )
            ratio, variance = growth[asset] / growth[0], day.variance[lenders.places[j]]
            use, hit = use_of(posted, debt, terms.threshold), np.zeros(len(posted))
            near = np.flatnonzero(may_touch(posted, debt, ratio, variance, terms.threshold))
            if near.size:
                stream = Stream(self._world.spec.seed, Purpose.LIQUIDATION, j)
                uniform = stream.uniforms(self._world.paths[near], np.array(number))[0]
                prices = Prices(ratio[near], variance[near], uniform)
                terms = self._terms(j, [rate[near] for rate in rates], self._venue[j, near])
                struck = liquidate(posted[near], debt[near], prices, terms)
                posted[near], debt[near], taken, hit[near] = struck
                self.liquidated[near] += taken
                self.liquidations += hit
            np.maximum(self.threshold_use, worst_use(use, ratio, hit), out=self.threshold_use)
            moved = move(free, posted, debt, growth[asset], growth[0])
            after[asset], self._posted[j], self._debt[j], short = moved
            self.interest += interest
            self.bad_debt += short
        return after

    def loose(self, chosen: Integers, held: Floats) -> Floats:
        """The largest sale of each asset that the vault may plan, (assets, chosen paths)."""
        loose = np.full((len(held), len(chosen)), np.inf)
        for j, asset in enumerate(self._lenders.assets):
            sleeve = Sleeve(held[asset, chosen], self._posted[j, chosen], self._debt[j, chosen])
            threshold = _at(self._venue[j, chosen], self._lenders.thresholds[j])
            loose[asset] = loose_of(sleeve, threshold, self._rules.limits)
        return loose

    def owed(self) -> Floats:
        """What is owed against each asset of the strategy, (assets, paths)."""
        owed = np.zeros((len(self._world.places), self._debt.shape[1]))
        owed[list(self._lenders.assets)] = self._debt
        return owed

    def outcomes(self) -> DebtOutcomes:
        """What was recorded, when all days are done."""
        return DebtOutcomes.of(self._world.spec.horizon_days, vars(self))

    def settle(self, moment: Moment) -> None:
        """Manage the debt after the vault's own rebalance."""
        rules, number = self._rules, moment.number
        waited = (number - self._raised) * DAY >= rules.raise_wait
        self._gap = np.where(waited, rules.gap, 0.0)
        everyone = np.arange(len(moment.value))
        for j in range(len(self._debt)):
            sleeve, terms, room, now = self._look(j, moment, everyone)
            asked = due(sleeve, terms, room, now, rules.limits) | self._wants(j, moment, everyone)
            chosen = np.flatnonzero(asked)
            if chosen.size:
                self._act(j, moment, chosen)
        self.mean_debt += over_assets(self._debt)

    def _act(self, j: int, moment: Moment, chosen: Integers) -> None:
        """Switch and resize sleeve j of the chosen paths."""
        world, day, number, held = self._world, moment.day, moment.number, moment.held
        asset, value = self._lenders.assets[j], moment.value[chosen]
        base_fee = world.base_fee(number, day, chosen)
        gas = world.gas(base_fee, day.ether[chosen], np.ones(len(chosen))) / value
        payable, cheap = gas <= MOST_GAS, base_fee <= moment.max_base_fee
        before, moved = self._debt[j, chosen], np.zeros(len(chosen))
        if len(self._lenders.slopes) > 1:
            wanted = self._wants(j, moment, chosen) & payable & cheap
            other = 1.0 - self._venue[j, chosen]
            self._venue[j, chosen] = other
            sleeve, terms, room, _ = self._look(j, moment, chosen)
            held[asset, chosen], self._debt[j, chosen], moved = switch(
                sleeve, wanted, terms, room, self._rules.limits
            )
            self._venue[j, chosen] = np.where(moved > 0.0, other, 1.0 - other)
            self._since[j, chosen] = np.where(moved > 0.0, number, self._since[j, chosen])
        fee = self._debt[j, chosen] - before
        sleeve, terms, room, now = self._look(j, moment, chosen)
        cost = world.cost(day, chosen, np.ones(len(chosen)))
        now = now._replace(
            payable=payable, cheap=cheap, half_spread=cost.half_spread, slope=cost.slope[asset]
        )
        resized = resize(sleeve, terms, room, now, self._rules.limits)
        held[asset, chosen], self._posted[j, chosen], self._debt[j, chosen] = resized[:3]
        self._rising[j, chosen], traded, lost, kind = resized[3:]
        self._gap[chosen] -= np.where(kind == RAISED, traded, 0.0)
        self._raised[chosen] = np.where(kind == RAISED, number, self._raised[chosen])
        gas *= moved + (kind > 0.0)
        held[:, chosen] *= 1.0 - gas
        for k, pledged in enumerate(self._lenders.assets):
            gross = held[pledged, chosen] + self._debt[k, chosen]
            self._posted[k, chosen] = least(self._posted[k, chosen], gross)
        moment.value[chosen] = over_assets(held[:, chosen])
        self.turnover[chosen] += traded / value
        self.cost[chosen] += (lost + fee) / value + gas
        self.delevers[chosen] += kind >= PAID_DOWN
        self.ripcords[chosen] += kind == BY_RIPCORD
        self.switches[chosen] += moved

    def _look(
        self, j: int, moment: Moment, chosen: Integers
    ) -> tuple[Sleeve, Terms, Room, Evening]:
        """Sleeve j of some paths, with what binds it where it is, but for what a trade costs."""
        rules, first = self._rules, self._first
        venue, value = self._venue[j, chosen], moment.value[chosen]
        rates = [rate[chosen] for rate in self._rates(moment.day)]
        terms = self._terms(j, rates, venue)
        seconds = float(moment.number * DAY)
        largest = ramped(first.largest[j], rules.largest[j], seconds, rules.ramp)
        bound = bound_of(largest, terms.threshold, rules.limits.buffer)
        shares = _at(venue, rules.relative_caps) * value
        others = np.zeros(len(chosen))
        for k in range(len(self._debt)):
            if k != j:
                there = self._venue[k, chosen] == venue
                others += np.where(there, self._posted[k, chosen], 0.0)
        room = Room(
            bound=bound,
            aim=aim_of(rules.targets[j], bound, terms.threshold, rules.limits.delever),
            cap=np.maximum(np.minimum(shares, _at(venue, rules.absolute_caps)) - others, 0.0),
            ceiling=ramped(first.ceiling, rules.ceiling, seconds, rules.ramp),
            total=over_assets(self._debt[:, chosen]),
            gap=self._gap[chosen],
        )
        asset = self._lenders.assets[j]
        now = Evening(
            value=value,
            rebalanced=moment.rebalanced[chosen],
            rising=self._rising[j, chosen],
            payable=True,
            cheap=True,
            half_spread=0.0,
            slope=1.0,
        )
        sleeve = Sleeve(moment.held[asset, chosen], self._posted[j, chosen], self._debt[j, chosen])
        return sleeve, terms, room, now

    def _wants(self, j: int, moment: Moment, chosen: Integers) -> Booleans:
        """Whether sleeve j would be better off at the other venue."""
        if len(self._lenders.slopes) == 1:
            return np.zeros(len(chosen), dtype=np.bool_)
        first, second = (rate[chosen] for rate in self._rates(moment.day))
        venue = self._venue[j, chosen]
        seconds = (moment.number - self._since[j, chosen]) * DAY
        rate, other = where(venue > 0.0, second, first), where(venue > 0.0, first, second)
        wants: Booleans = better(self._debt[j, chosen], rate, other, seconds, self._rules.limits)
        return wants

    def _rates(self, day: Day) -> list[Floats]:
        """The yearly borrow rate of each venue."""
        lenders = self._lenders
        return [
            borrow_rate(day.utilisation[row], slopes)
            for row, slopes in zip(lenders.rows, lenders.slopes, strict=True)
        ]

    def _terms(self, j: int, rates: Sequence[Floats], venue: Floats) -> Terms:
        lenders = self._lenders
        return Terms(
            threshold=_at(venue, lenders.thresholds[j]),
            bonus=_at(venue, lenders.bonus),
            close=_at(venue, lenders.close),
            rate=_at(venue, rates),
            flash_fee=lenders.flash_fee,
        )


def _at(venue: Floats, figures: Sequence[Any]) -> Any:
    """The figure of the venue where each path's sleeve is."""
    return where(venue > 0.0, figures[-1], figures[0])

"""A block of vaults under one parameter set, from day to day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical import Purpose, Stream, exp
from dpo_gov.market import Day, Market
from dpo_gov.market.quoting import thinned
from dpo_gov.market.sample import usual_variances
from dpo_gov.policy import (
    RebalancingRules,
    VenueCost,
    against_oracle,
    drift_of,
    over_assets,
    plan_trades,
)
from dpo_gov.simulate.hedges import Hedges
from dpo_gov.simulate.outcomes import Moments, Outcomes, SimSpec

if TYPE_CHECKING:
    from dpo_gov.simulate.debt import Sleeves

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

DAY = 86_400
MOST_GAS = 0.01
"""A keeper does not rebalance where gas would take a larger share of the value."""
GWEI = 1e-9


@dataclass(frozen=True)
class World:
    """What all parameter sets of a block share; `places`: the strategy's assets in the market."""

    market: Market
    places: Sequence[int]
    spec: SimSpec
    paths: Integers

    def base_fee(self, number: int, day: Day, chosen: Integers) -> Floats:
        """The base fee in gwei that the chosen paths meet on day `number`."""
        gas = self.market.gas
        fee: Floats = np.array(gas.median)[day.regime[chosen]]
        if gas.deviation:
            stream = Stream(self.spec.seed, Purpose.GAS)
            normal = stream.normals(self.paths[chosen], np.array(number))[0]
            fee *= exp(gas.deviation * normal)
        return fee

    def cost(self, day: Day, chosen: Integers, value: Floats) -> VenueCost:
        """Of trades against the market's price; `value`: of the chosen paths."""
        thinner = None
        if self.market.venue.thinning:
            variance = day.variance[self.places][:, chosen]
            thinner = thinned(variance, self.usual_variances, self.market.venue.thinning)
        return venue_cost(self.market, self.places, self.spec.portfolio * value, thinner)

    def costs(self, day: Day, chosen: Integers, value: Floats) -> tuple[VenueCost, VenueCost]:
        """Of sales and of purchases against the oracle; `value`: of the chosen paths."""
        cost = self.cost(day, chosen, value)
        if not len(day.quote):
            return cost, cost
        quote = day.quote[self.places][:, chosen]
        sale = against_oracle(cost.half_spread, cost.slope, quote, quote[0])
        purchase = against_oracle(cost.half_spread, cost.slope, quote[0], quote)
        return VenueCost(*sale), VenueCost(*purchase)

    @cached_property
    def usual_variances(self) -> Floats:
        """The long-run variance of each asset of the strategy, (assets, 1)."""
        usual = usual_variances(self.market)
        return np.array([usual[place] for place in self.places])[:, None]

    def gas(self, base_fee: Floats, ether: Floats, trades: Floats) -> Floats:
        """What a rebalance with so many trades costs in gas, in units of the start."""
        gas = self.market.gas
        units = gas.fixed + gas.per_trade * trades
        return (units * base_fee) * (ether * (GWEI / self.spec.portfolio))


def venue_cost(
    market: Market, places: Sequence[int], value: Floats, thinner: Floats | None = None
) -> VenueCost:
    """The cost of trades of portfolios worth `value`, (paths,), in US dollars.

    `thinner`: how many times thinner than usual liquidity is, (assets, paths).
    """
    slope = value / (2.0 * np.array([market.venue.depth[place] for place in places])[:, None])
    return VenueCost(market.venue.half_spread, slope if thinner is None else slope * thinner)


@dataclass(frozen=True)
class Moment:
    """An evening, after the vault's own rebalance; `held` and `value` are there to be changed.

    `rebalanced`: whether there was one, (paths,). `max_base_fee`: in gwei.
    """

    number: int
    day: Day
    held: Floats
    value: Floats
    rebalanced: Booleans
    max_base_fee: float


class Portfolio:
    """The vaults of a block under one set of rules, and what is recorded of them.

    They start at the weights `start` with the value 1, and ramp to the rules' own targets.
    `hedges`: theirs, or None where hedging is not simulated.
    `sleeves`: what they borrow against, None where they do not.
    """

    def __init__(
        self,
        world: World,
        rules: RebalancingRules,
        start: Floats,
        hedges: Hedges | None = None,
        sleeves: Sleeves | None = None,
    ) -> None:
        n = len(world.paths)
        self._world, self._rules, self._start, self._targets = world, rules, start, start
        self._held = np.repeat(start[:, None], n, axis=1)
        self._value, self._peak = np.ones(n), np.ones(n)
        self._rebalanced, self._budget_used = np.zeros(n), np.zeros(n)
        self._drawdown, self._days_out = np.zeros(n), np.zeros(n)
        self._turnover, self._cost = np.zeros(n), np.zeros(n)
        self._rebalances = np.zeros(n, dtype=np.int64)
        self._returns, self._active = Moments.none(n), Moments.none(n)
        self._kept = [self._value]
        self._hedges, self._sleeves = hedges, sleeves

    def step(self, number: int, growth: Floats, day: Day) -> None:
        """Live through day `number`; `growth` of the strategy's assets, (assets, paths)."""
        before = self._value
        if self._sleeves is None:
            self._held *= growth
        else:
            self._held = self._sleeves.live(number, self._held, growth, day)
        if self._hedges:
            self._hedges.settle(self._held, growth, day)
        self._value = over_assets(self._held)
        benchmark = over_assets(growth * self._targets[:, None])
        self._targets = self._rules.targets_at(self._start, number * DAY)
        seen, worth = self._held, self._value
        if len(day.quote):
            seen = self._held * day.quote[self._world.places]
            worth = over_assets(seen)
        drift = drift_of(seen, self._targets[:, None], worth)
        due = self._rules.may_rebalance(drift, (number - self._rebalanced) * DAY)
        chosen = np.flatnonzero(due)
        if chosen.size:
            done, after = self._rebalance(number, day, chosen, seen[:, chosen], worth[chosen])
            drift[done] = after
        if self._sleeves is not None:
            rebalanced, fee = self._rebalanced == number, self._rules.max_base_fee
            moment = Moment(number, day, self._held, self._value, rebalanced, fee)
            self._sleeves.settle(moment)
        if self._hedges:
            debt = None if self._sleeves is None else self._sleeves.owed()
            self._value = self._hedges.act(number, self._held, debt, day)
        self._days_out += drift > self._rules.drift_threshold
        growth_of_value = self._value / before
        self._returns.add(growth_of_value - 1.0)
        self._active.add(growth_of_value - benchmark)
        np.maximum(self._peak, self._value, out=self._peak)
        np.maximum(self._drawdown, 1.0 - self._value / self._peak, out=self._drawdown)
        if number in self._world.spec.checkpoint_days:
            self._kept.append(self._value)

    def outcomes(self) -> Outcomes:
        """What was recorded, when all days are done."""
        sleeves = self._sleeves
        return Outcomes.of(
            self._world.spec,
            final_nav=self._value,
            max_drawdown=self._drawdown,
            turnover=self._turnover if sleeves is None else self._turnover + sleeves.turnover,
            rebalances=self._rebalances,
            cost=self._cost if sleeves is None else self._cost + sleeves.cost,
            days_out=self._days_out,
            returns=self._returns,
            active=self._active,
            checkpoints=np.stack(self._kept),
            hedge=self._hedges.outcomes() if self._hedges else None,
            debt=None if sleeves is None else sleeves.outcomes(),
        )

    def _rebalance(
        self, number: int, day: Day, chosen: Integers, seen: Floats, value: Floats
    ) -> tuple[Integers, Floats]:
        """Rebalance the chosen paths where that can be done; those where it was, and their drift.

        `seen`: what they hold, and `value`: what they are worth, in the oracle's prices.
        """
        rules, weights = self._rules, seen / value
        since = (number - self._rebalanced[chosen]) * DAY
        used = rules.leaked(self._budget_used[chosen], since)
        targets = self._targets[:, None]
        world = self._world
        cost, buying = world.costs(day, chosen, value)
        left, loose = rules.slippage_budget - used, None
        if self._sleeves is not None:
            loose = self._sleeves.loose(chosen, self._held)
            if len(day.quote):
                loose = loose * day.quote[world.places][:, chosen]
            loose = loose / value
        trades = plan_trades(weights, targets, rules, cost, left, buying=buying, loose=loose)
        base_fee = world.base_fee(number, day, chosen)
        gas = world.gas(base_fee, day.ether[chosen], trades.count) / value
        done = (trades.turnover > 0.0) & (base_fee <= rules.max_base_fee) & (gas <= MOST_GAS)
        paths = chosen[done]
        lost = trades.lost[done]
        after = trades.apply(weights)[:, done]
        held = (after * value[done]) * (1.0 - gas[done])
        taken = lost + gas[done]
        if len(day.quote):
            held = held / day.quote[world.places][:, paths]
            taken = 1.0 - over_assets(held) / self._value[paths]
        self._held[:, paths] = held
        self._value[paths] = over_assets(held)
        self._rebalanced[paths] = number
        self._budget_used[paths] = used[done] + trades.charged[done]
        self._turnover[paths] += trades.turnover[done]
        self._cost[paths] += taken
        self._rebalances[paths] += 1
        return paths, drift_of(after / (1.0 - lost), targets)

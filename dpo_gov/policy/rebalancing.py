"""The rules of RebalancingVault, and the trades that a keeper plans within them.

Arrays are (assets, paths); a single vault is one path. Weights, trades and losses are shares of
the net asset value. Asset 0 is the base asset, and every trade is against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dpo_gov.params import ParamSet

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

LEAST_TRADE = 1e-4
"""A trade below one basis point of the net asset value is not worth its gas."""


@dataclass(frozen=True)
class RebalancingRules:
    """The rebalancing module's parameters as plain numbers: shares of 1, seconds, gwei."""

    targets: Floats
    drift_threshold: float
    recentering_speed: float
    rebalance_interval: int
    trade_cool_off: int
    max_trade_size: float
    max_slippage: float
    slippage_budget: float
    slippage_window: int
    nav_deviation: float
    min_idle: float
    max_base_fee: float
    weight_ramp: int

    @classmethod
    def of(cls, params: ParamSet) -> RebalancingRules:
        """Read the parameters of a strategy."""
        share = params.fraction
        return cls(
            targets=np.array([weight / 10_000 for weight in params.weights()]),
            drift_threshold=share("driftThreshold"),
            recentering_speed=share("recenteringSpeed"),
            rebalance_interval=params.get("rebalanceInterval"),
            trade_cool_off=params.get("tradeCoolOff"),
            max_trade_size=share("maxTradeSize"),
            max_slippage=share("maxSlippage"),
            slippage_budget=share("slippageBudget"),
            slippage_window=params.get("slippageWindow"),
            nav_deviation=share("navDeviation"),
            min_idle=share("minIdle"),
            max_base_fee=float(params.get("maxBaseFee")),
            weight_ramp=params.get("weightRamp"),
        )

    def targets_at(self, start: Floats, seconds: float) -> Floats:
        """Where the targets are, (assets,), on the ramp from `start`, after some seconds."""
        done = min(seconds / self.weight_ramp, 1.0) if self.weight_ramp else 1.0
        return start + (self.targets - start) * done

    def leaked(self, used: Floats, since: Floats) -> Floats:
        """What is still used of the slippage budget so many seconds later."""
        return np.maximum(used - self.slippage_budget * (since / self.slippage_window), 0.0)

    def may_rebalance(self, drift: Floats, since: Floats) -> Booleans:
        """Whether drift or time allow a rebalance; `since`: seconds from the last one."""
        wanted = (drift > self.drift_threshold) | (since >= self.rebalance_interval)
        return wanted & (since >= self.trade_cool_off)


@dataclass(frozen=True)
class VenueCost:
    """A trade of share x of the value loses x (`half_spread` + x `slope`) against the oracle.

    `slope` is value / (2 depth): (assets, 1) or (assets, paths), above 0; the base asset's row
    is not used. `half_spread`: one for all, or by asset and path; below 0 where the oracle errs to
    the good of the trade.
    """

    half_spread: float | Floats
    slope: Floats

    def loss(self, trades: Floats) -> Floats:
        """What trades lose."""
        loss: Floats = trades * (self.half_spread + trades * self.slope)
        return loss

    def largest(self, share: float) -> Floats:
        """The largest trade that loses at most `share` of itself."""
        largest: Floats = np.maximum(share - self.half_spread, 0.0) / self.slope
        return largest


@dataclass(frozen=True)
class Trades:
    """What a rebalance sells for the base asset and then buys with it, (assets, paths).

    `received`: what the sales bring, `bought`: what the purchases bring, both after losses.
    """

    sells: Floats
    buys: Floats
    received: Floats
    bought: Floats

    @property
    def lost(self) -> Floats:
        """What all trades lose, (paths,)."""
        return over_assets((self.sells - self.received) + (self.buys - self.bought))

    @property
    def charged(self) -> Floats:
        """What counts against the slippage budget, (paths,): no gain makes up for a loss."""
        sold, spent = self.sells - self.received, self.buys - self.bought
        return over_assets(np.maximum(sold, 0.0) + np.maximum(spent, 0.0))

    @property
    def turnover(self) -> Floats:
        """The sum of all trades, each counted once, (paths,)."""
        return over_assets(self.sells + self.buys)

    @property
    def count(self) -> Floats:
        """How many trades there are, (paths,)."""
        return over_assets((self.sells + self.buys > 0.0).astype(np.float64))

    def apply(self, weights: Floats) -> Floats:
        """What is held afterwards, (assets, paths), in shares of the value before."""
        after = weights - self.sells + self.bought
        after[0] += over_assets(self.received - self.buys)
        return after


def drift_of(held: Floats, targets: Floats, worth: Floats | float = 1.0) -> Floats:
    """The largest distance of a weight from its target, (paths,).

    `held`: value by asset, (assets, paths), of vaults that are worth `worth`, (paths,); weights
    where none is given. It is divided once: a division takes as long as ten sums.
    """
    gap = np.maximum.reduce(np.abs(held - targets * worth), axis=0)
    drift: Floats = gap / worth
    return drift


def plan_trades(
    weights: Floats,
    targets: Floats,
    rules: RebalancingRules,
    cost: VenueCost,
    budget: Floats,
    *,
    buying: VenueCost | None = None,
    loose: Floats | None = None,
) -> Trades:
    """The trades of one rebalance that the vault accepts.

    `targets`: (assets, 1) or (assets, paths). `budget`: slippage budget that is left, (paths,).
    `buying`: the cost of purchases, where it is not that of sales. `loose`: the largest sale of
    each asset, (assets, paths), where some of it is pledged.
    Each asset moves the allowed share of its way to the target, cut to the largest trade and to
    the slippage limit. The base asset, which takes the other side, never moves away from its own
    target, and stays above the idle minimum. The loss stays within budget and NAV deviation.
    """
    gap = rules.recentering_speed * (targets - weights)
    buying = buying or cost
    limit = np.minimum(cost.largest(rules.max_slippage), rules.max_trade_size)
    sells = np.minimum(np.maximum(-gap, 0.0), limit)
    if loose is not None:
        sells = np.minimum(sells, loose)
    limit = np.minimum(buying.largest(rules.max_slippage), rules.max_trade_size)
    buys = np.minimum(np.maximum(gap, 0.0), limit)
    for side in (sells, buys):
        side[0] = 0.0
        side[side < LEAST_TRADE] = 0.0
    sold, spent = over_assets(sells), over_assets(buys)
    sells *= _part(spent + np.maximum(gap[0], 0.0), sold)
    sold = over_assets(sells)
    buys *= _part(sold - np.minimum(gap[0], 0.0), spent)
    idle = weights[0] + sold - over_assets(cost.loss(sells)) - rules.min_idle
    buys *= _part(np.maximum(idle, 0.0), over_assets(buys))
    charged = np.maximum(cost.loss(sells), 0.0) + np.maximum(buying.loss(buys), 0.0)
    lost = over_assets(charged)
    part = _part(np.minimum(budget, rules.nav_deviation), lost)
    part *= over_assets(sells + buys) * part >= LEAST_TRADE
    sells *= part
    buys *= part
    return Trades(sells, buys, sells - cost.loss(sells), buys - buying.loss(buys))


def against_oracle(half_spread: Any, slope: Any, sold: Any, bought: Any) -> Any:
    """Half spread and slope of a trade's loss in the oracle's prices rather than the market's.

    `sold`, `bought`: the oracle's price over the market's of the asset that is sold and of the one
    that is bought. x in the oracle's prices is x / `sold` in the market's, of which the venue takes
    its share; what comes is `bought` times as much again. One text for both engines.
    """
    rate = bought / sold
    return 1.0 - rate * (1.0 - half_spread), rate / sold * slope


def over_assets(x: Floats) -> Floats:
    """The sum over the first axis, in order."""
    value: Floats = x[0].copy()
    for row in x[1:]:
        value += row
    return value


def _part(available: Floats, wanted: Floats) -> Floats:
    """The share of `wanted` that is available, at most 1."""
    part: Floats = np.minimum(available / np.maximum(wanted, 1e-300), 1.0)
    return part

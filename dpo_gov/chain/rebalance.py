"""From a vault's state to the trades that bring it to its targets, in the vault's own units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dpo_gov.chain.vault import WHOLE, Holding, Trade, VaultClient, VaultStatus
from dpo_gov.chain.words import SENTENCES
from dpo_gov.errors import CallRefused, UnknownName
from dpo_gov.market import Market, default_market
from dpo_gov.params import ParamSet
from dpo_gov.policy.rebalancing import Floats, RebalancingRules, VenueCost, plan_trades

_SMALLER = (
    "SlippageTooHigh", "SlippageBudgetSpent", "OutputTooSmall", "NavFell", "PartialFill", "Error",
)  # fmt: skip
"""Refusals that smaller trades may avoid. Our contracts never revert with a text (`Error`), routers
do: Uniswap's says "Too little received"."""
_ATTEMPTS = 12
"""From the largest trade that any vault allows, a quarter of it, to one of a basis point."""
_MARGIN = 1e-5
"""A tenth of a basis point. The vault rounds losses against the keeper, one trade's to a whole
basis point, and tokens come in smallest units: a plan that met a limit exactly would pass it."""
LEFT_OUT = 1e-9
"""Of each trade: what keeps float rounding from putting it above a limit."""
_BPS = 10_000


def plan(
    vault: VaultClient, keeper: str, *, venue: str = "", market: Market | None = None
) -> tuple[Trade, ...]:
    """The trades of one rebalance, tried on the chain as `keeper`; empty where none is worth it.

    The size follows from the vault's rules and from the spread and depth that `market` assumes;
    where the venue turns out dearer, every trade is halved until the vault accepts them. Raises
    CallRefused where it refuses for another reason (dormant, cooling off, behind, stale prices).
    """
    status = vault.status()
    if status.closed:
        raise CallRefused(status.closed)
    if status.applied != status.committed:
        # Asked here, since without trades the vault is not asked at all.
        words = SENTENCES["VersionBehind"].format(
            applied=status.applied, committed=status.committed
        )
        raise CallRefused(f"VersionBehind: {words}", "VersionBehind")
    trades = _trades(vault, status, market or default_market(), venue or _venue(vault))
    for _ in range(_ATTEMPTS):
        try:
            if trades:
                vault.rebalance(trades).simulate(keeper)
            return trades
        except CallRefused as error:
            if error.error not in _SMALLER:
                raise
            refused = error
            trades = tuple(_halved(trade) for trade in trades)
    raise refused


def keeper_rules(params: ParamSet) -> RebalancingRules:
    """The vault's rules with every limit on losses `_MARGIN` tighter."""
    rules = RebalancingRules.of(params)
    return replace(
        rules,
        max_slippage=rules.max_slippage - _MARGIN,
        slippage_budget=rules.slippage_budget - _MARGIN,
        nav_deviation=rules.nav_deviation - _MARGIN,
    )


def _trades(
    vault: VaultClient, status: VaultStatus, market: Market, venue: str
) -> tuple[Trade, ...]:
    nav = status.nav or 0
    if nav == 0:
        return ()
    params = vault.params(status.block)
    rules = keeper_rules(params)
    budget = rules.slippage_budget - status.slippage_used / WHOLE
    planned = plan_trades(
        _column([holding.weight or 0 for holding in status.holdings]),
        _column([holding.target for holding in status.holdings]),
        rules,
        _cost(market, status),
        np.array([max(budget, 0.0)]),
    )
    slippage = params.get("maxSlippage")
    return (
        *_legs(status, planned.sells[:, 0], venue, slippage, selling=True),
        *_legs(status, planned.buys[:, 0], venue, slippage, selling=False),
    )


def _legs(
    status: VaultStatus, shares: Floats, venue: str, slippage: int, *, selling: bool
) -> Iterator[Trade]:
    """Trades against the base asset, which is asset 0; `shares` of the net asset value."""
    nav, base = status.nav or 0, status.holdings[0]
    for place, holding in enumerate(status.holdings):
        value = int(shares[place] * (1 - LEFT_OUT) * nav)
        sold, bought = (holding, base) if selling else (base, holding)
        # Not cut to the balance: purchases are also paid with what the sales before them bring.
        amount = _amount(value, sold)
        if not amount:
            continue
        least = _amount(value * (_BPS - slippage) // _BPS, bought)
        sell, buy = (place, 0) if selling else (0, place)
        yield Trade(venue, sell, buy, amount, least)


def _cost(market: Market, status: VaultStatus) -> VenueCost:
    nav = (status.nav or 0) / WHOLE
    depths = [market.venue.depth[market.place(one.symbol)] for one in status.holdings]
    slope = np.array([[nav / (2 * depth)] for depth in depths])
    return VenueCost(half_spread=market.venue.half_spread, slope=slope)


def _venue(vault: VaultClient) -> str:
    venues = vault.deployment.strategy_of(vault.address).venues
    if not venues:
        raise UnknownName("this strategy has no venue to trade at; the deployment file names none")
    return next(iter(venues.values()))


def _column(shares: list[int]) -> Floats:
    return np.array([[share / WHOLE] for share in shares])


def _amount(value: int, holding: Holding) -> int:
    """What so many US dollars (1e18) are in the asset's smallest unit."""
    return int(value * 10**holding.decimals // (holding.price or 1))


def _halved(trade: Trade) -> Trade:
    return Trade(
        trade.venue, trade.sell, trade.buy, trade.amount_in // 2, trade.min_amount_out // 2
    )

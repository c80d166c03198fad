"""What the keeper does where Uniswap's pools are thinner than the market that it assumes."""

from __future__ import annotations

from typing import Any

import pytest

from dpo_gov.chain import Trade, VaultClient, plan_rebalance
from dpo_gov.errors import CallRefused

FEE = 0.0005
DEPTH = 1e9
"""US dollars on each side of a deep pool."""
BOUGHT = (0.35 * 1_400_000, 0.45 * 1_400_000)
"""What both vaults bought there with their first deposits."""
MAX_SLIPPAGE = 0.005
"""The default that the deployed vaults obey."""


@pytest.fixture
def vault(uniswap_system: Any) -> VaultClient:
    """A vault with a deposit that it has not invested yet, in deep pools."""
    chain, deployment = uniswap_system.chain, uniswap_system.deployment
    vault = VaultClient(chain, deployment, deployment.strategies[0].vaults[0])
    depositor = uniswap_system.dev(8)
    vault.approve(300_000 * 10**6).send(depositor)
    vault.deposit(300_000 * 10**6, depositor.address).send(depositor)
    chain.travel(86_400 // 4 + 1)
    assert vault.params().get("maxSlippage") == MAX_SLIPPAGE * 10_000
    return vault


def losses(vault: VaultClient, trades: tuple[Trade, ...], keeper: Any) -> list[float]:
    """Make purchases; what each loses of itself, from token balances and the oracle's prices."""
    before = vault.status().holdings
    vault.rebalance(trades).send(keeper)
    after = vault.status().holdings
    assert before[0].balance - after[0].balance == sum(trade.amount_in for trade in trades)
    found = []
    for trade in trades:
        old, new = before[trade.buy], after[trade.buy]
        bought = (new.balance - old.balance) * (old.price or 0) / 10**old.decimals
        paid = trade.amount_in * (before[0].price or 0) / 10 ** before[0].decimals
        found.append(1 - bought / paid)
    return found


def loss(value: float, depth: float, bought: float) -> float:
    """What a purchase loses by x y = k, in a pool whose price earlier purchases have raised."""
    paid, moved = (1 - FEE) * value, 1 + (1 - FEE) * bought / DEPTH
    return 1 - (1 - FEE) / moved**2 / (1 + paid / (depth * moved))


def dollars(trades: tuple[Trade, ...]) -> list[float]:
    """What trades that sell the base asset are worth."""
    assert all(trade.sell == 0 for trade in trades)
    return [trade.amount_in / 10**6 for trade in trades]


@pytest.mark.parametrize("depth", [2_000_000, 200_000])
def test_a_thin_pool_is_traded_within_the_slippage_limit(
    uniswap_system: Any, vault: VaultClient, depth: int
) -> None:
    """Trades shrink until the pool's own loss fits: fee and x y = k, as the balances tell."""
    keeper = uniswap_system.dev(7)
    deep = dollars(plan_rebalance(vault, keeper.address))
    uniswap_system.pools.thin_out(depth)
    trades = plan_rebalance(vault, keeper.address)
    thin = dollars(trades)
    assert len(thin) == len(deep) == 2
    assert all(0 < few < many for few, many in zip(thin, deep, strict=True))
    lost = losses(vault, trades, keeper)
    assert max(lost) <= MAX_SLIPPAGE
    expected = [loss(x, depth, first) for x, first in zip(thin, BOUGHT, strict=True)]
    assert lost == pytest.approx(expected, rel=2e-3)
    # No more is given up than is needed: twice as much would have lost too much.
    assert max(lost) > MAX_SLIPPAGE / 3


def test_a_pool_without_depth_is_not_traded_in(uniswap_system: Any, vault: VaultClient) -> None:
    """Where no trade that is worth it fits, the keeper is told why, and nothing happens."""
    keeper = uniswap_system.dev(7)
    uniswap_system.pools.thin_out(1_000)
    before = vault.status()
    with pytest.raises(CallRefused, match="Too little received"):
        plan_rebalance(vault, keeper.address)
    assert vault.status().holdings == before.holdings

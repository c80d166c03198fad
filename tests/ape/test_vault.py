"""The vault through Ape: in with the base asset, out in kind, and who may do what."""

from typing import Any

import ape
import pytest


@pytest.fixture
def ready(vault: Any, executor: Any, feeds: list[Any], tokens: list[Any], actors: Any) -> Any:
    """The vault at the registry's version, with 1,000 USDC of anyone's in it."""
    usdc, amount = tokens[0], 1_000 * 10**6
    executor.applyAll(vault.strategyId(), sender=actors.anyone)
    usdc.mint(actors.anyone, amount, sender=actors.anyone)
    usdc.approve(vault, amount, sender=actors.anyone)
    vault.deposit(amount, actors.anyone, sender=actors.anyone)
    return vault


def test_what_goes_in_comes_out(ready: Any, tokens: list[Any], actors: Any) -> None:
    """Half of the shares is half of what the vault has; rounding stays with the vault."""
    assert ready.nav() == 1_000 * 10**18
    assert ready.totalAssets() == 1_000 * 10**6
    shares = ready.balanceOf(actors.anyone)
    ready.redeemInKind(shares // 2, actors.anyone, actors.anyone, sender=actors.anyone)
    held = [token.balanceOf(actors.anyone) for token in tokens]
    assert held == [500 * 10**6 - 1, 0, 0]
    assert ready.balanceOf(actors.anyone) == shares - shares // 2


def test_nobody_else_redeems_trades_or_sets_venues(
    ready: Any, tokens: list[Any], actors: Any
) -> None:
    """Shares are their owner's, trades the keeper's, venues the curator's."""
    with ape.reverts(ready.ERC20InsufficientAllowance):
        ready.redeemInKind(1, actors.curator, actors.anyone, sender=actors.curator)
    with ape.reverts(ready.AccessControlUnauthorizedAccount):
        ready.rebalance([], sender=actors.anyone)
    venue = tokens[0]
    with ape.reverts(ready.AccessControlUnauthorizedAccount):
        ready.setVenue(venue, True, sender=actors.curator)
    ready.grantRole(ready.CURATOR_ROLE(), actors.curator, sender=actors.governor)
    ready.setVenue(venue, True, sender=actors.curator)
    assert ready.isVenue(venue)

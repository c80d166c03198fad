"""The price hub through Ape: prices, their age, and who changes feeds when."""

from typing import Any

import ape

DAY = 86_400


def test_prices_are_those_of_the_feeds(hub: Any, feeds: list[Any], tokens: list[Any]) -> None:
    """Whatever decimals a feed has, a price has 18."""
    assert [hub.price(token) for token in tokens] == [n * 10**18 for n in (1, 60_000, 3_000)]


def test_an_old_price_is_none(hub: Any, feeds: list[Any], tokens: list[Any], chain: Any) -> None:
    """An answer counts for an hour and not longer."""
    chain.mine(deltatime=3_700)
    with ape.reverts(hub.PriceStale):
        hub.price(tokens[0])


def test_a_feed_is_replaced_by_the_governor_after_a_delay(
    *, hub: Any, feeds: list[Any], tokens: list[Any], project: Any, actors: Any, chain: Any
) -> None:
    """Nobody else proposes one; it waits a day, and then anyone activates it."""
    weth = tokens[2]
    other = actors.anyone.deploy(project.TestFeed, "WETH", 18, 3_010 * 10**18)
    wanted = (other, *hub.feedOf(weth)[1:])
    with ape.reverts(hub.NotGovernor):
        hub.proposeFeed(weth, wanted, sender=actors.anyone)
    hub.proposeFeed(weth, wanted, sender=actors.governor)
    with ape.reverts(hub.FeedNotReady):
        hub.activateFeed(weth, sender=actors.anyone)
    chain.mine(deltatime=DAY)
    for feed, price in ((feeds[2], 3_000 * 10**8), (other, 3_010 * 10**18)):
        feed.set(price, sender=actors.anyone)
    hub.activateFeed(weth, sender=actors.anyone)
    assert hub.price(weth) == 3_010 * 10**18

"""What a wild day does to venues, and what an oracle makes of a price: one text for both engines.

A price feed answers anew when the price is `deviation` away from its last answer, so that between
two answers the price diffuses within that band, and is begun again in its middle when it leaves.
The long-run density of where it is falls from the middle to the ends in straight lines: what a
Brownian motion from 0 spends where before it leaves ±d, its Green's function, is d − |x|. It is
drawn as d (u + u' − 1). The answer is `delay` seconds old besides. What the price did in them is,
of a day with the log return r and the variance v of which they are the share s, normal with the
mean s r and the variance s (1 − s) v: a Brownian bridge.
"""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

from dpo_gov.canonical.elementwise import exp, log, most, root
from dpo_gov.market.model import Market

_DAY = 86_400.0


class Feed(NamedTuple):
    """The feed of one asset: its band, and share and deviation of what it has not seen yet."""

    deviation: float
    share: float
    bend: float


def feeds(market: Market) -> list[Feed]:
    """The feed of each asset; none where prices are seen as they are."""
    if market.oracle is None:
        return []
    share = market.oracle.delay / _DAY
    bend = sqrt(share * (1.0 - share))
    return [Feed(deviation, share, bend) for deviation in market.oracle.deviation]


def quote(growth: Any, variance: Any, uniforms: Any, normal: Any, feed: Any) -> Any:
    """The price that the oracle tells at the end of a day, over the market's.

    `uniforms` are two of them.
    """
    band = feed.deviation * ((uniforms[0] + uniforms[1]) - 1.0)
    unseen = feed.share * log(growth) + feed.bend * (root(variance) * normal)
    return exp(band - unseen)


def thinned(variance: Any, usual: Any, thinning: Any) -> Any:
    """How many times thinner liquidity is on a day of this variance than on a usual one."""
    return 1.0 + thinning * most(root(variance / usual) - 1.0, 0.0)

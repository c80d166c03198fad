"""Black's formula, written once for both engines.

Spot and strike are both worth today's money: the spot less its yield until expiry, the strike
discounted. Black, The pricing of commodity contracts, Journal of Financial Economics 3, 1976.
"""

from __future__ import annotations

from typing import Any

from dpo_gov.canonical.elementwise import log, most, normal_cdf

LEAST_DEVIATION = 1e-300
"""In place of a standard deviation of zero: the price is then what the forward is worth."""


def black(sign: Any, spot: Any, strike: Any, deviation: Any) -> Any:
    """Price of a European option, N(±d1), and d1.

    `sign`: 1 for calls, -1 for puts. `deviation`: of the log price at expiry. The option's delta is
    `sign` · N(±d1).
    """
    spread = most(deviation, LEAST_DEVIATION)
    d1 = log(spot / strike) / spread + 0.5 * spread
    chance = normal_cdf(sign * d1)
    value = sign * (spot * chance - strike * normal_cdf(sign * (d1 - spread)))
    # The difference of two equal numbers may be a rounding below zero.
    return most(value, 0.0), chance, d1

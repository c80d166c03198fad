"""European options on a price that jumps.

Merton, Option pricing when underlying stock returns are discontinuous, Journal of Financial
Economics 3, 1976: given the number of jumps the price is lognormal, so the option is worth a
Poisson mixture of Black–Scholes prices.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from dpo_gov.canonical import exp, log
from dpo_gov.canonical.elementary import Floats
from dpo_gov.errors import InputError
from dpo_gov.pricing.black_scholes import Option, black_scholes

MOST_JUMPS = 500.0
"""Expected until expiry. So many are a diffusion."""
_NEGLECTED = 2.0**-60
"""Probability of more jumps than are summed."""


class Jumps(NamedTuple):
    """Jumps of the log price: `intensity` a year, each normal with `mean` and `deviation`."""

    intensity: float
    mean: float
    deviation: float

    @property
    def growth(self) -> float:
        """What one jump is expected to add to the price, as a fraction."""
        return float(exp(np.array([self.mean + 0.5 * self.deviation * self.deviation]))[0]) - 1.0


def merton(option: Option, spot: Floats, volatility: float, jumps: Jumps) -> Floats:
    """The price of the option; `volatility` is that between jumps, and the drift makes up for them.

    Spots and strikes may be arrays; years (above 0), rate and yield are one number each. Raises
    InputError where more than MOST_JUMPS are expected until expiry.
    """
    years, growth = float(option.years), jumps.growth
    log_growth = float(log(np.array([1.0 + growth]))[0])
    expected = jumps.intensity * (1.0 + growth) * years
    if not 0.0 <= expected <= MOST_JUMPS:
        raise InputError(
            f"{jumps.intensity:g} jumps a year over {years:g} years cannot be summed; use fewer "
            f"than {MOST_JUMPS:g} until expiry, or more volatility instead"
        )
    weight = float(exp(np.array([-expected]))[0])
    total, left, count = np.zeros(np.broadcast(spot, option.strike).shape), 1.0, 0
    while left > _NEGLECTED and count < 4 * MOST_JUMPS:
        variance = volatility * volatility + count * jumps.deviation * jumps.deviation / years
        drift = count * log_growth / years - jumps.intensity * growth
        given = option._replace(rate=option.rate + drift)
        total += weight * black_scholes(given, spot, math.sqrt(variance))
        left -= weight
        count += 1
        weight *= expected / count
    return total

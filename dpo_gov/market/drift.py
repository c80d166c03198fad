"""The drift of a market: none, or that of the sample.

A mean of daily returns is known worse than anything else of a series: over nine years its yearly
standard error is a third of the volatility, nearly as large as the mean itself. So a report assumes
none unless it is asked to, and a change is not sold by the past's gain.
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from dpo_gov.market.estimate import Estimate, Floats, mixing_nodes


class Drift(Enum):
    """What a fitted market says of the mean return."""

    NONE = "none"
    """In each regime the expected price of tomorrow is today's."""
    SAMPLE = "sample"
    """The mean log return is that of the series."""


def drift_by_regime(found: Estimate, drift: Drift) -> Floats:
    """Daily drift in log returns, (regimes, assets).

    Without drift it is −log E[exp(√W σ z + jumps)], in closed form for the normal parts and by
    quadrature over W.
    """
    if drift is Drift.SAMPLE:
        return np.tile(found.drift, (len(found.covariance), 1))
    mixing, weight = mixing_nodes(found.degrees)
    variance = np.einsum("saa->sa", found.covariance)
    diffusion = np.einsum("k,ksa->sa", weight, np.exp(0.5 * mixing[:, None, None] * variance))
    chance = found.jump_probability[:, None]
    spread = np.einsum("jaa->ja", found.jump_covariance)
    size = np.exp(found.jump_mean + 0.5 * spread)
    jumps = np.prod(1.0 - chance + chance * size, axis=0)
    neutral: Floats = -np.log(diffusion * jumps)
    return neutral


def drift_assumption(drift: Drift, first: object, last: object) -> str:
    """The label that every report shows."""
    if drift is Drift.SAMPLE:
        return f"the mean of the sample, {first} to {last}; it is no forecast"
    return (
        "none: the expected price of tomorrow is today's, since a past mean is no forecast; "
        "a mean return is what costs and rebalancing make of it"
    )

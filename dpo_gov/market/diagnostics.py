"""What a fit has left in its residuals: clusters, tails, skew."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LAGS = 10
"""Even, so that the distribution of Ljung and Box's figure is a finite sum."""


@dataclass(frozen=True)
class Diagnostics:
    """Tests of residuals that should be independent, with mean 0 and deviation 1.

    The p-values are of Ljung and Box 1978 (`LAGS` autocorrelations are zero) for the residuals and
    for their squares, and of Jarque and Bera 1987 (they are normal).
    """

    mean: float
    deviation: float
    skew: float
    excess_kurtosis: float
    p_autocorrelation: float
    p_clusters: float
    p_normal: float


def diagnose(residuals: Floats) -> Diagnostics:
    """Look at standardised residuals."""
    centred = residuals - residuals.mean()
    deviation = float(residuals.std())
    unit = centred / deviation
    skew, excess = float((unit**3).mean()), float((unit**4).mean()) - 3.0
    bera = len(residuals) / 6.0 * (skew**2 + excess**2 / 4.0)
    return Diagnostics(
        mean=float(residuals.mean()),
        deviation=deviation,
        skew=skew,
        excess_kurtosis=excess,
        p_autocorrelation=_ljung_box(residuals),
        p_clusters=_ljung_box(residuals**2),
        p_normal=chi_square_above(bera, 2),
    )


def autocorrelations(x: Floats, lags: int) -> Floats:
    """Of lags 1 to `lags`, along the last axis, one mean for all."""
    centred = x - x.mean()
    variance = (centred * centred).mean()
    found = [(centred[..., k:] * centred[..., :-k]).mean() for k in range(1, lags + 1)]
    correlations: Floats = np.array(found) / variance
    return correlations


def chi_square_above(x: float, degrees: int) -> float:
    """The chance that a chi-square of so many degrees, an even number, is above x."""
    term, total = 1.0, 0.0
    for k in range(degrees // 2):
        term = term * (x / 2.0) / k if k else 1.0
        total += term
    return exp(-x / 2.0) * total


def _ljung_box(x: Floats) -> float:
    n = len(x)
    shares = np.arange(n - 1, n - 1 - LAGS, -1) / n  # what is summed of n, for each lag
    found = autocorrelations(x, LAGS) * shares
    figure = n * (n + 2.0) * float((found**2 / (n - np.arange(1, LAGS + 1))).sum())
    return chi_square_above(figure, LAGS)

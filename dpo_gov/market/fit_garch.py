"""A market whose variances follow the days: GARCH by asset, and shocks that come together.

In two steps: each asset's variance by quasi maximum likelihood, then correlation and Student-t
mixing of the standardised residuals of all (constant conditional correlation, Bollerslev 1990).
The long-run variance is that of the sample (variance targeting, Engle and Mezrich 1996).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dpo_gov.market.assumptions import (
    STABLE_VOLATILITY,
    checked_returns,
    close_on,
    gas,
    short,
    sources,
    stable,
    venue,
    with_stable,
)
from dpo_gov.market.drift import Drift, drift_assumption
from dpo_gov.market.estimate import MIXING_BOUND, Shape, likeliest, mixing_nodes
from dpo_gov.market.garch import GarchFit, fit_garch
from dpo_gov.market.model import Asset, CommonJump, Garch, Jump, Market, Regime
from dpo_gov.market.series import Series, overlap

Floats = npt.NDArray[np.float64]

_NORMAL, _MIXED = Shape(regimes=1, mixing=False), Shape(regimes=1, mixing=True)


@dataclass(frozen=True)
class Clustered:
    """The market, and the estimates that it was made of, by symbol."""

    market: Market
    fits: dict[str, GarchFit]


def fit_clustered(
    series: Sequence[Series],
    *,
    name: str,
    drift: Drift = Drift.NONE,
    asymmetric: bool = False,
    from_today: bool = False,
) -> Clustered:
    """Fit GARCH(1,1), or GJR where `asymmetric`, to daily closes.

    `from_today`: the first simulated day has the variance forecast for the day after the last
    close, rather than that of the long run. Raises DataError.
    """
    returns = checked_returns(series)
    fits = {
        one.symbol: fit_garch(row, asymmetric=asymmetric, name=one.symbol)
        for one, row in zip(series, returns, strict=True)
    }
    found = list(fits.values())
    residuals = np.stack([one.residuals for one in found])
    shocks = max(
        (likeliest(residuals, shape) for shape in (_NORMAL, _MIXED)), key=lambda one: one.likelihood
    )
    first, last = overlap(series)
    # Omega knows little of the long run, so that is the sample's (variance targeting).
    variance = returns.var(axis=1)
    assets = [
        Asset(
            symbol=one.symbol,
            price=short(close_on(one, last)),
            own_jump=Jump(),
            garch=Garch(
                alpha=short(garch.get("alpha")),
                gamma=short(garch.get("gamma")),
                beta=short(garch.get("beta")),
                start=short(garch.variance[-1] / long_run) if from_today else 1.0,
            ),
        )
        for one, garch, long_run in zip(series, found, variance, strict=True)
    ]
    regime = Regime(
        name="only",
        drift=(*map(short, _drifts(found, variance, shocks.degrees, drift)), 0.0),
        volatility=(*map(short, np.sqrt(variance)), *STABLE_VOLATILITY[1]),
        correlation=with_stable(shocks.covariance[0]),
    )
    none = np.zeros(len(series) + 1)
    market = Market(
        name=name,
        sources=sources(series),
        assets=(*assets, stable(1)),
        degrees=shocks.degrees,
        mixing_bound=MIXING_BOUND,
        regimes=(regime,),
        transition=((1.0,),),
        common_jump=CommonJump(
            mean=tuple(none), deviation=tuple(none), correlation=regime.correlation
        ),
        gas=gas(series, 1),
        venue=venue([one.symbol for one in series]),
        drift_assumption=drift_assumption(drift, first, last),
    )
    return Clustered(market, fits)


def _drifts(
    found: Sequence[GarchFit], variance: Floats, degrees: int | None, drift: Drift
) -> Floats:
    """What the model adds to −h/2: the mean of the sample, or what mixing alone would gain."""
    if drift is Drift.SAMPLE:
        kept: Floats = np.array([one.get("mean") for one in found]) + 0.5 * variance
        return kept
    mixing, weight = mixing_nodes(degrees)
    gained = np.log(np.exp(0.5 * np.outer(variance, mixing)) @ weight)
    neutral: Floats = 0.5 * variance - gained
    return neutral

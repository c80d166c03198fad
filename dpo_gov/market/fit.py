"""A market from the user's series: fitted figures, matched moments, labelled assumptions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

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
from dpo_gov.market.drift import Drift, drift_assumption, drift_by_regime
from dpo_gov.market.estimate import (
    MIXING_BOUND,
    WHOLE,
    Estimate,
    Floats,
    Progress,
    Shape,
    likeliest,
)
from dpo_gov.market.figures import Matrix
from dpo_gov.market.matching import centred, matched
from dpo_gov.market.model import Asset, CommonJump, Jump, Market, Regime
from dpo_gov.market.series import Series, overlap

SHAPES = {
    "whole": WHOLE,
    "gbm": Shape(regimes=1, mixing=False),
    "t": Shape(regimes=1, mixing=True),
    "merton": Shape(regimes=1, mixing=False, jumps=0.2, prior=0.03),
    "regimes": Shape(regimes=3, mixing=True),
}
"""Models by name: geometric Brownian motion, multivariate Student t, Merton's jumps, three regimes
of Student-t days (of normal days they would change every third), and all of it together."""
_REGIMES = {1: ("only",), 2: ("calm", "stressed"), 3: ("calm", "stressed", "crash")}
_LEAST_EXPECTED_JUMPS = 0.5
"""A kind of jump that is expected less often than this over the sample is left out."""


def fit(
    series: Sequence[Series],
    *,
    name: str,
    drift: Drift = Drift.NONE,
    shape: Shape = WHOLE,
    progress: Progress | None = None,
) -> Market:
    """Fit a market to daily closes.

    The parts of the shape are fitted together by maximum likelihood over the days that all series
    share; of the whole shape deviation and tails are then matched by scaling. Drift, a stable
    asset, gas and venues are labelled assumptions. Figures are kept to 6 digits. `progress` is
    called with a guess of the share that is done.

    Raises DataError for series that cannot be fitted together.
    """
    first, last = overlap(series)
    returns = checked_returns(series)
    found = _ordered(likeliest(returns, shape, progress), returns.shape[1])
    found = matched(found, returns) if shape == WHOLE else centred(found, returns)
    drifts = drift_by_regime(found, drift)
    states = shape.regimes
    return Market(
        name=name,
        sources=sources(series),
        assets=(*(_asset(one, i, found, last) for i, one in enumerate(series)), stable(states)),
        degrees=found.degrees,
        mixing_bound=MIXING_BOUND,
        regimes=tuple(_regime(found, n, drifts[n]) for n in range(states)),
        transition=_transition(found.transition),
        common_jump=_common_jump(found),
        gas=gas(series, states),
        venue=venue([one.symbol for one in series]),
        drift_assumption=drift_assumption(drift, first, last),
    )


def _ordered(found: Estimate, days: int) -> Estimate:
    """The calm regime first, and kinds of jump that hardly come left out."""
    order = np.argsort(np.einsum("saa->s", found.covariance))
    expected = found.jump_probability * days
    return replace(
        found,
        covariance=found.covariance[order],
        transition=found.transition[np.ix_(order, order)],
        jump_probability=np.where(expected < _LEAST_EXPECTED_JUMPS, 0.0, found.jump_probability),
    )


def _asset(series: Series, i: int, found: Estimate, last: datetime.date) -> Asset:
    jump = 1 + i
    return Asset(
        symbol=series.symbol,
        price=short(close_on(series, last)),
        own_jump=Jump(
            probability=short(found.jump_probability[jump]),
            mean=short(found.jump_mean[jump, i]),
            deviation=short(np.sqrt(found.jump_covariance[jump, i, i])),
        )
        if found.jump_probability[jump]
        else Jump(),
    )


def _regime(found: Estimate, n: int, drift: Floats) -> Regime:
    covariance = found.covariance[n]
    return Regime(
        name=_REGIMES[len(found.covariance)][n],
        drift=(*map(short, drift), 0.0),
        volatility=(
            *map(short, np.sqrt(np.diag(covariance))),
            STABLE_VOLATILITY[len(found.covariance)][n],
        ),
        correlation=with_stable(covariance),
    )


def _common_jump(found: Estimate) -> CommonJump:
    covariance = found.jump_covariance[0]
    if not found.jump_probability[0]:
        none = (0.0,) * (len(covariance) + 1)
        return CommonJump(mean=none, deviation=none, correlation=with_stable(covariance))
    return CommonJump(
        probability=short(found.jump_probability[0]),
        mean=(*map(short, found.jump_mean[0]), 0.0),
        deviation=(*map(short, np.sqrt(np.diag(covariance))), 0.0),
        correlation=with_stable(covariance),
    )


def _transition(rows: Floats) -> Matrix:
    leaving = [
        [short(value) if i != j else 0.0 for j, value in enumerate(row)]
        for i, row in enumerate(rows)
    ]
    return tuple(
        tuple(value if i != j else 1.0 - sum(row) for j, value in enumerate(row))
        for i, row in enumerate(leaving)
    )

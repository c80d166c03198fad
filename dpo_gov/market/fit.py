"""A market from the user's series: fitted figures, matched moments, labelled assumptions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dpo_gov.errors import DataError
from dpo_gov.market.drift import Drift, drift_assumption, drift_by_regime
from dpo_gov.market.estimate import MIXING_BOUND, Estimate, Floats, estimate
from dpo_gov.market.matching import matched
from dpo_gov.market.model import (
    STABLE,
    Asset,
    CommonJump,
    Gas,
    Jump,
    Market,
    Matrix,
    Regime,
    Source,
    Venue,
)
from dpo_gov.market.series import Series, log_returns, overlap

_DEGREES = (6, 8, 10, 14, 20, 30)
"""From 6, so that the fourth moment exists and the rarest moves are left to jumps, which come to
several assets at once with a correlation of their own. (4 is a little likelier, without jumps.)"""
_REGIMES = ("calm", "stressed")
_LEAST_EXPECTED_JUMPS = 0.5
"""A kind of jump that is expected less often than this over the sample is left out."""

_STABLE_JUMP = Jump(probability=0.0007, mean=-0.03, deviation=0.02)
_STABLE_VOLATILITY = (0.0005, 0.001)
_STABLE_REVERSION = 0.3
_STABLE_ASSUMPTION = (
    "assumed, not fitted: daily deviation 0.05 % in calm and 0.10 % in stressed days, independent "
    "of the other assets; once in four years it falls by 3 % (deviation 2 %) in a day; each day "
    "takes back 30 % of the distance to one US dollar"
)
_GAS_ASSUMPTION = (
    "assumed, not fitted: base fee log-normal by day with median 5 gwei in calm and 25 gwei in "
    "stressed days and deviation 0.8 of its logarithm; a rebalance uses 250,000 units of gas and "
    "180,000 for each trade, paid in ETH out of the vault"
)
_VENUE_ASSUMPTION = (
    "assumed, not fitted: a trade loses half a spread of 0.05 % and its value over twice the "
    "depth, which is 500 million US dollars for BTC, 1 billion for ETH, 100 million for any other"
)
_DEPTH = {"BTC": 5e8, "ETH": 1e9, STABLE: 1e9}
_OTHER_DEPTH = 1e8
_ETHER = 2_000.0


def fit(series: Sequence[Series], *, name: str, drift: Drift = Drift.NONE) -> Market:
    """Fit a market to daily closes.

    Regimes, mixing and jumps are fitted together by maximum likelihood over the days that all
    series share; deviation and tails are then matched by scaling. Drift, a stable asset, gas and
    venues are labelled assumptions. Figures are kept to 6 digits.

    Raises DataError for series that cannot be fitted together.
    """
    symbols = [one.symbol for one in series]
    if len(set(symbols)) != len(symbols):
        raise DataError(f"each asset needs one series, given are {', '.join(symbols)}")
    if STABLE in symbols:
        raise DataError(f"{STABLE} is the assumed stable asset and takes no series")
    first, last = overlap(series)
    returns = log_returns(series)
    _check_returns(symbols, returns)
    found = matched(_ordered(_likeliest(returns), returns.shape[1]), returns)
    drifts = drift_by_regime(found, drift)
    rows = returns.shape[1] + 1
    ether = next((_close(one, last) for one in series if one.symbol == "ETH"), _ETHER)
    stable = Asset(
        symbol=STABLE,
        price=1.0,
        reversion=_STABLE_REVERSION,
        own_jump=_STABLE_JUMP,
        assumption=_STABLE_ASSUMPTION,
    )
    return Market(
        name=name,
        sources=tuple(
            Source(asset=one.symbol, name=one.source, first=str(first), last=str(last), rows=rows)
            for one in series
        ),
        assets=(*(_asset(one, i, found, last) for i, one in enumerate(series)), stable),
        degrees=found.degrees,
        mixing_bound=MIXING_BOUND,
        regimes=tuple(_regime(found, n, drifts[n]) for n in range(len(_REGIMES))),
        transition=_transition(found.transition),
        common_jump=_common_jump(found),
        gas=Gas(
            ether=_short(ether),
            median=(5.0, 25.0),
            deviation=0.8,
            fixed=250_000.0,
            per_trade=180_000.0,
            assumption=_GAS_ASSUMPTION,
        ),
        venue=Venue(
            half_spread=0.0005,
            depth=tuple(_DEPTH.get(symbol, _OTHER_DEPTH) for symbol in (*symbols, STABLE)),
            assumption=_VENUE_ASSUMPTION,
        ),
        drift_assumption=drift_assumption(drift, first, last),
    )


def _check_returns(symbols: Sequence[str], returns: Floats) -> None:
    for symbol, deviation in zip(symbols, returns.std(axis=1), strict=True):
        if deviation < 1e-5:
            raise DataError(f"{symbol}: the closes hardly move; no volatility can be fitted")
    correlation = np.atleast_2d(np.corrcoef(returns))
    for i, j in zip(*np.nonzero(np.triu(np.abs(correlation) > 0.999, 1)), strict=True):
        raise DataError(f"{symbols[i]} and {symbols[j]} move as one; is a series given twice?")


def _likeliest(returns: Floats) -> Estimate:
    """The best degrees of freedom: upwards until the likelihood falls."""
    best = estimate(returns, _DEGREES[0])
    for degrees in _DEGREES[1:]:
        found = estimate(returns, degrees, best)
        if found.likelihood <= best.likelihood:
            break
        best = found
    return best


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
        price=_short(_close(series, last)),
        own_jump=Jump(
            probability=_short(found.jump_probability[jump]),
            mean=_short(found.jump_mean[jump, i]),
            deviation=_short(np.sqrt(found.jump_covariance[jump, i, i])),
        )
        if found.jump_probability[jump]
        else Jump(),
    )


def _regime(found: Estimate, n: int, drift: Floats) -> Regime:
    covariance = found.covariance[n]
    return Regime(
        name=_REGIMES[n],
        drift=(*map(_short, drift), 0.0),
        volatility=(*map(_short, np.sqrt(np.diag(covariance))), _STABLE_VOLATILITY[n]),
        correlation=_with_stable(covariance),
    )


def _common_jump(found: Estimate) -> CommonJump:
    covariance = found.jump_covariance[0]
    return CommonJump(
        probability=_short(found.jump_probability[0]),
        mean=(*map(_short, found.jump_mean[0]), 0.0),
        deviation=(*map(_short, np.sqrt(np.diag(covariance))), 0.0),
        correlation=_with_stable(covariance),
    )


def _with_stable(covariance: Floats) -> Matrix:
    """The correlation, with a last row and column for the stable asset, independent of all."""
    deviation = np.sqrt(np.diag(covariance))
    size = len(deviation)
    rows = np.eye(size + 1)
    for i in range(size):
        for j in range(i):
            rows[i, j] = _short(covariance[i, j] / (deviation[i] * deviation[j]))
            rows[j, i] = rows[i, j]
    return tuple(tuple(float(value) for value in row) for row in rows)


def _transition(rows: Floats) -> Matrix:
    leaving = [
        [_short(value) if i != j else 0.0 for j, value in enumerate(row)]
        for i, row in enumerate(rows)
    ]
    return tuple(
        tuple(value if i != j else 1.0 - sum(row) for j, value in enumerate(row))
        for i, row in enumerate(leaving)
    )


def _close(series: Series, date: datetime.date) -> float:
    return float(series.closes[(date - series.first).days])


def _short(value: float) -> float:
    """Six digits: more would only show the machine that fitted."""
    return float(f"{value:.6g}")

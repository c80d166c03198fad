"""A market of days that happened: the stationary bootstrap, replay, and windows of stress."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
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
from dpo_gov.market.estimate import MIXING_BOUND
from dpo_gov.market.model import Asset, CommonJump, History, Jump, Market, Regime
from dpo_gov.market.series import Series, overlap

Floats = npt.NDArray[np.float64]

_LEAST_DAYS = 2
_AS_IT_WAS = "history as it was, {first} to {last}, with the gain or loss of those days"


def fit_bootstrap(
    series: Sequence[Series],
    *,
    name: str,
    drift: Drift = Drift.NONE,
    block: float | None = None,
) -> Market:
    """Days of history in blocks of random length: Politis and Romano 1994.

    `block`: the mean length in days; where it is left out, the best one for the absolute returns,
    in whose autocorrelation the clusters are. Raises DataError.
    """
    returns = checked_returns(series)
    if block is None:
        block = max(best_block(np.abs(row - row.mean())) for row in returns)
    if not 1.0 <= block <= returns.shape[1]:
        raise DataError(
            f"blocks of {block:g} days: give 1 to {returns.shape[1]}, the days there are"
        )
    neutral = -np.log(np.exp(returns).mean(axis=1))
    kept = np.zeros(len(returns)) if drift is Drift.SAMPLE else neutral
    first, last = overlap(series)
    assumption = drift_assumption(drift, first, last)
    return _market(series, returns, name, (kept, assumption), block=short(block))


def fit_replay(
    series: Sequence[Series],
    *,
    name: str,
    window: tuple[datetime.date, datetime.date] | None = None,
) -> Market:
    """History in its own order: from any day on, or a window from its first close on.

    After the last day the first comes again. Raises DataError.
    """
    returns = checked_returns(series)
    first, last = overlap(series)
    begin, end = window or (first, last)
    if not first <= begin <= end <= last:
        raise DataError(f"window {begin}:{end}: the series have {first} to {last}")
    if (count := (end - begin).days) < _LEAST_DAYS:
        raise DataError(
            f"window {begin}:{end}: {count} returns from close to close; at least {_LEAST_DAYS} "
            "are needed, so that assets have a correlation"
        )
    days = returns[:, (begin - first).days : (end - first).days]
    assumption = _AS_IT_WAS.format(first=begin, last=end)
    kept = np.zeros(len(returns))
    return _market(series, days, name, (kept, assumption), begin=begin, anywhere=window is None)


def best_block(x: Floats) -> float:
    """The mean block that the stationary bootstrap of a mean needs: Politis and White 2004.

    With the correction of Patton, Politis and White 2009. Lags count until five in a row, or
    √log₁₀ n of them, are within two standard errors of zero.
    """
    n = len(x)
    quiet = max(5, int(np.sqrt(np.log10(n))))
    longest = int(np.ceil(np.sqrt(n))) + quiet
    centred = x - x.mean()
    covariance = np.array([centred[k:] @ centred[: n - k] / n for k in range(2 * longest + 1)])
    small = np.abs(covariance / covariance[0]) < 2.0 * np.sqrt(np.log10(n) / n)
    runs = [k for k in range(1, longest + 1) if small[k : k + quiet].all()]
    most = 2 * max(runs[0] - 1 if runs else longest, 1)
    lags = np.arange(1, min(most, 2 * longest) + 1)
    weight = np.minimum(1.0, 2.0 * (1.0 - lags / most))
    spread = covariance[0] + 2.0 * (weight @ covariance[lags])
    bend = 2.0 * (weight * lags) @ covariance[lags]
    if spread <= 0.0:
        return 1.0
    block = (bend / spread) ** 2 * n
    return float(min(max(block ** (1.0 / 3.0), 1.0), np.ceil(min(3.0 * np.sqrt(n), n / 3.0))))


def _market(
    series: Sequence[Series],
    returns: Floats,
    name: str,
    drift: tuple[Floats, str],
    *,
    block: float | None = None,
    begin: datetime.date | None = None,
    anywhere: bool = True,
) -> Market:
    first, last = overlap(series)
    none = (0.0,) * (len(series) + 1)
    correlation = with_stable(np.atleast_2d(np.cov(returns)))
    history = History(
        first=str((begin or first) + datetime.timedelta(days=1)),
        assets=tuple(one.symbol for one in series),
        returns=tuple(tuple(map(short, row)) for row in returns),
        block=block,
        anywhere=anywhere,
    )
    regime = Regime(
        name="only",
        drift=(*map(short, drift[0]), 0.0),
        volatility=(*map(short, returns.std(axis=1)), *STABLE_VOLATILITY[1]),
        correlation=correlation,
    )
    assets = (
        Asset(symbol=one.symbol, price=short(close_on(one, last)), own_jump=Jump())
        for one in series
    )
    return Market(
        name=name,
        sources=sources(series),
        assets=(*assets, stable(1)),
        degrees=None,
        mixing_bound=MIXING_BOUND,
        regimes=(regime,),
        transition=((1.0,),),
        common_jump=CommonJump(mean=none, deviation=none, correlation=correlation),
        gas=gas(series, 1),
        venue=venue([one.symbol for one in series]),
        drift_assumption=drift[1],
        history=history,
    )

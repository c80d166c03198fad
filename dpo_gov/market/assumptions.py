"""What fitted markets share: checks, sources, and what is assumed where no series is behind it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
from dpo_gov.market.figures import Matrix
from dpo_gov.market.model import STABLE, Asset, Gas, Jump, Source, Venue
from dpo_gov.market.series import Series, distinct, log_returns, overlap

Floats = npt.NDArray[np.float64]

STABLE_VOLATILITY = {1: (0.0007,), 2: (0.0005, 0.001), 3: (0.0005, 0.001, 0.002)}
"""Daily deviation of the stable asset in each regime, by how many regimes there are."""
_GAS_MEDIAN = {1: (10.0,), 2: (5.0, 25.0), 3: (5.0, 25.0, 60.0)}
_IN = {1: ("",), 2: (" in calm", " in stressed"), 3: (" in calm", " in stressed", " in crash")}
_DEPTH = {"BTC": 5e8, "ETH": 1e9, STABLE: 1e9}
_OTHER_DEPTH = 1e8
_ETHER = 2_000.0


def stable(regimes: int) -> Asset:
    """The stable asset, in a market of so many regimes."""
    deviations = _by_regime(
        [f"{value:.2%}".replace("%", " %") for value in STABLE_VOLATILITY[regimes]], regimes
    )
    return Asset(
        symbol=STABLE,
        price=1.0,
        reversion=0.3,
        own_jump=Jump(probability=0.0007, mean=-0.03, deviation=0.02),
        assumption=(
            f"assumed, not fitted: daily deviation {deviations}, independent of the other assets; "
            "once in four years it falls by 3 % (deviation 2 %) in a day; each day takes back "
            "30 % of the distance to one US dollar"
        ),
    )


def gas(series: Sequence[Series], regimes: int) -> Gas:
    """Gas, paid in ether at the price of its last close."""
    _, last = overlap(series)
    medians = _by_regime([f"{value:.0f} gwei" for value in _GAS_MEDIAN[regimes]], regimes)
    return Gas(
        ether=short(next((close_on(one, last) for one in series if one.symbol == "ETH"), _ETHER)),
        median=_GAS_MEDIAN[regimes],
        deviation=0.8,
        fixed=250_000.0,
        per_trade=180_000.0,
        assumption=(
            f"assumed, not fitted: base fee log-normal by day with median {medians} and deviation "
            "0.8 of its logarithm; a rebalance uses 250,000 units of gas and 180,000 for each "
            "trade, paid in ETH out of the vault"
        ),
    )


def venue(symbols: Sequence[str]) -> Venue:
    """Where the assets, and the stable one after them, are traded."""
    return Venue(
        half_spread=0.0005,
        depth=tuple(_DEPTH.get(symbol, _OTHER_DEPTH) for symbol in (*symbols, STABLE)),
        assumption=(
            "assumed, not fitted: a trade loses half a spread of 0.05 % and its value over twice "
            "the depth, which is 500 million US dollars for BTC, 1 billion for ETH, 100 million "
            "for any other"
        ),
    )


def sources(series: Sequence[Series]) -> tuple[Source, ...]:
    """The days that all series share, by source."""
    first, last = overlap(series)
    rows = (last - first).days + 1
    return tuple(
        Source(
            asset=one.symbol,
            name=one.source,
            first=str(first),
            last=str(last),
            rows=rows,
            repairs=one.repairs,
        )
        for one in series
    )


def with_stable(covariance: Floats) -> Matrix:
    """The correlation, with a last row and column for the stable asset, independent of all."""
    deviation = np.sqrt(np.diag(covariance))
    size = len(deviation)
    rows = np.eye(size + 1)
    for i in range(size):
        for j in range(i):
            rows[i, j] = short(covariance[i, j] / (deviation[i] * deviation[j]))
            rows[j, i] = rows[i, j]
    return tuple(tuple(float(value) for value in row) for row in rows)


def checked_returns(series: Sequence[Series]) -> Floats:
    """Daily log returns, (assets, days). Raises DataError where they cannot be fitted together."""
    symbols = [one.symbol for one in distinct(series)]
    if STABLE in symbols:
        raise DataError(f"{STABLE} is the assumed stable asset and takes no series; name it USDC")
    returns = log_returns(series)
    for symbol, deviation in zip(symbols, returns.std(axis=1), strict=True):
        if deviation < 1e-5:
            raise DataError(
                f"{symbol}: the closes hardly move (daily deviation {deviation:.1g}); no "
                "volatility can be fitted, leave the series out"
            )
    correlation = np.atleast_2d(np.corrcoef(returns))
    for i, j in zip(*np.nonzero(np.triu(np.abs(correlation) > 0.999, 1)), strict=True):
        raise DataError(
            f"{symbols[i]} and {symbols[j]} move as one; is a series given twice? leave one out"
        )
    return returns


def close_on(series: Series, date: datetime.date) -> float:
    """The close of one day."""
    return float(series.closes[(date - series.first).days])


def short(value: float) -> float:
    """Six digits: more would only show the machine that fitted."""
    return float(f"{value:.6g}")


def _by_regime(texts: Sequence[str], regimes: int) -> str:
    """ "1 % in calm and 2 % in stressed days"."""
    parts = [text + where for text, where in zip(texts, _IN[regimes], strict=True)]
    days = " days" if regimes > 1 else ""
    return (", ".join(parts[:-1]) + " and " if len(parts) > 1 else "") + parts[-1] + days

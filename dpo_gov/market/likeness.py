"""Whether a market's days look like those of the data: figures of samples of the same length.

A market is not asked to have the data's figures, but to have them within what samples as long as
the data scatter: 5 to 95 % of its paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from dpo_gov.market.diagnostics import autocorrelations
from dpo_gov.market.model import Market
from dpo_gov.market.sample import Sampler
from dpo_gov.market.series import Series, log_returns

Floats = npt.NDArray[np.float64]

PATHS = 200
LAGS = 20
_WILD = 0.9
"""Days with a move beyond this quantile of its asset count as wild."""
_TAILS = 5.0, 95.0


@dataclass(frozen=True)
class Likeness:
    """One figure of the data, and of a market's samples: median, and the range of 90 % of them."""

    figure: str
    data: float
    median: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether the data could be a sample of the market, by this figure."""
        return self.low <= self.data <= self.high


@dataclass(frozen=True)
class Look:
    """A market beside the data: its samples, (assets, paths, days), and their figures."""

    name: str
    samples: Floats
    figures: tuple[Likeness, ...]


def look(market: Market, series: Sequence[Series], *, paths: int = PATHS, seed: int = 1) -> Look:
    """Draw samples as long as the data and compare. Raises UnknownName, DataError."""
    data = log_returns(series)
    places = [market.place(one.symbol) for one in series]
    days = Sampler(market, seed, np.arange(paths)).days(data.shape[1])
    samples = np.log(np.stack([day.growth[places] for day in days], axis=2))
    symbols = [one.symbol for one in series]
    found = [_figures(symbols, samples[:, path]) for path in range(paths)]
    rows = []
    for name, figure in _figures(symbols, data).items():
        range_of = np.percentile([one[name] for one in found], (50.0, *_TAILS))
        rows.append(Likeness(name, figure, *map(float, range_of)))
    return Look(market.name, samples, tuple(rows))


def wild_days(returns: Floats) -> npt.NDArray[np.bool_]:
    """The days on which some asset moved as it does on one day in ten."""
    moves = np.abs(returns)
    wild: npt.NDArray[np.bool_] = (moves > np.quantile(moves, _WILD, axis=1, keepdims=True)).any(
        axis=0
    )
    return wild


def correlation(returns: Floats, i: int, j: int, *, wild: bool | None = None) -> float:
    """Of two assets: on all days, on wild ones or on calm ones."""
    if wild is not None:
        returns = returns[:, wild_days(returns) == wild]
    return float(np.corrcoef(returns[i], returns[j])[0, 1])


def _figures(symbols: Sequence[str], x: Floats) -> dict[str, float]:
    """Of log returns, (assets, days)."""
    found: dict[str, float] = {}
    for symbol, row in zip(symbols, x, strict=True):
        low, high = np.quantile(row, (0.01, 0.99))
        found |= {
            f"{symbol} yearly volatility": float(row.std() * np.sqrt(365.0)),
            f"{symbol} 1 % quantile of a day": float(low),
            f"{symbol} 99 % quantile of a day": float(high),
            f"{symbol} worst day": float(row.min()),
            f"{symbol} excess kurtosis": _kurtosis(row),
            f"{symbol} clusters": _clusters(row),
        }
    for i, j in combinations(range(len(symbols)), 2):
        pair = f"{symbols[i]}–{symbols[j]} correlation"
        found |= {
            pair: correlation(x, i, j),
            f"{pair}, calm days": correlation(x, i, j, wild=False),
            f"{pair}, wild days": correlation(x, i, j, wild=True),
        }
    return found


def _kurtosis(x: Floats) -> float:
    unit = (x - x.mean()) / x.std()
    return float((unit**4).mean()) - 3.0


def _clusters(x: Floats) -> float:
    """The mean autocorrelation of squares over the first lags."""
    return float(autocorrelations((x - x.mean()) ** 2, LAGS).mean())

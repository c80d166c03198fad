"""A fitted market against its data: the figures of both, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dpo_gov.market.model import Market
from dpo_gov.market.sample import Sampler
from dpo_gov.market.series import Series, log_returns

Floats = npt.NDArray[np.float64]

VOLATILITY_LIMIT, QUANTILE_LIMIT, CORRELATION_LIMIT = 0.05, 0.10, 0.05


@dataclass(frozen=True)
class Comparison:
    """One figure of daily simple returns. `distance` is relative, for correlations absolute."""

    figure: str
    data: float
    simulated: float
    distance: float
    limit: float

    @property
    def good(self) -> bool:
        """Whether the simulated figure is as near as it has to be."""
        return abs(self.distance) <= self.limit


def compare(
    market: Market, series: Sequence[Series], *, paths: int = 4_000, days: int = 365, seed: int = 1
) -> list[Comparison]:
    """Yearly volatility, 1 % and 99 % quantiles of daily returns, and correlations.

    Simulates `paths` × `days`; the data are the days that all series share.
    """
    places = [market.place(one.symbol) for one in series]
    growth = [day.growth[places] for day in Sampler(market, seed, np.arange(paths)).days(days)]
    simulated = np.stack(growth, axis=1).reshape(len(series), -1) - 1.0
    data = np.expm1(log_returns(series))
    rows = []
    for i, one in enumerate(series):
        for figure, limit, of in (
            ("yearly volatility", VOLATILITY_LIMIT, _volatility),
            ("1 % quantile of a day", QUANTILE_LIMIT, _low),
            ("99 % quantile of a day", QUANTILE_LIMIT, _high),
        ):
            real, ours = of(data[i]), of(simulated[i])
            rows.append(Comparison(f"{one.symbol} {figure}", real, ours, ours / real - 1.0, limit))
        for j in range(i):
            name = f"{series[j].symbol}–{one.symbol} correlation"
            real, ours = (float(np.corrcoef(x[j], x[i])[0, 1]) for x in (data, simulated))
            rows.append(Comparison(name, real, ours, ours - real, CORRELATION_LIMIT))
    return rows


def _volatility(returns: Floats) -> float:
    return float(returns.std() * np.sqrt(365.0))


def _low(returns: Floats) -> float:
    return float(np.quantile(returns, 0.01))


def _high(returns: Floats) -> float:
    return float(np.quantile(returns, 0.99))

"""What a market expects of a day, exactly, in canonical arithmetic: the truth of a control variate.

In a regime, log returns are sums of independent normals and jumps, so E exp(a × return) has a
closed form, but for the mixing variable, over which one integral is taken. Regimes multiply:
from the long run π through the chain P it is π φ P φ … φ. With a peg, a day's return is this
day's shock less the reversion times what is left of all earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical import exp, log, total
from dpo_gov.market.figures import Matrix
from dpo_gov.market.model import Market
from dpo_gov.market.sample import stationary

Floats = npt.NDArray[np.float64]

_NODES = 801
_GONE = 1e-15
"""So little of an old shock no longer counts."""
_MOST = 80.0
"""Half a chi-square of at most 30 degrees is never above it: the chance is below 1e-20."""


def expected_growth(market: Market, place: int, days: int) -> tuple[float, ...] | None:
    """The expectation of price over yesterday's, of one asset, on each of the first `days`.

    None where it has no closed form: variance that follows days with Student-t shocks, and history
    that is gone through from its first day in blocks.
    """
    asset, history = market.assets[place], market.history
    if asset.garch and (market.degrees is not None or asset.reversion):
        return None
    if history and market.recalls(place):
        if asset.reversion or not (history.anywhere or history.block is None):
            return None
        row = _exp(history.returns[history.assets.index(asset.symbol)])
        other = _Shock.of(market, place).moments(1.0)[0]
        if history.anywhere:
            return (other * total(row) / len(row),) * days
        return tuple(other * float(row[day % len(row)]) for day in range(days))
    shock = _Shock.of(market, place)
    return _expected(shock, market.transition, asset.reversion, days)


class _Shock(NamedTuple):
    """What decides the shock of a day to one asset; figures by regime."""

    drift: tuple[float, ...]
    volatility: tuple[float, ...]
    jumps: tuple[tuple[float, float, float], ...]
    """Probability, mean and deviation of each kind."""
    degrees: int | None
    bound: float

    @classmethod
    def of(cls, market: Market, place: int) -> _Shock:
        asset, together = market.assets[place], market.common_jump
        own = asset.own_jump
        # The compensator of GARCH is part of its mean: exp(drift) is all that is left.
        still = bool(asset.garch) or market.recalls(place)
        return cls(
            tuple(regime.drift[place] for regime in market.regimes),
            tuple(0.0 if still else regime.volatility[place] for regime in market.regimes),
            (
                (together.probability, together.mean[place], together.deviation[place]),
                (own.probability, own.mean, own.deviation),
            ),
            market.degrees,
            market.mixing_bound,
        )

    def moments(self, a: float) -> list[float]:
        """E exp(a × shock) in each regime."""
        jumps = _jump(*self.jumps[0], a)
        jumps *= _jump(*self.jumps[1], a)
        found = []
        for drift, volatility in zip(self.drift, self.volatility, strict=True):
            spread = _mixed(0.5 * a * a * volatility * volatility, self.degrees, self.bound)
            found.append(float(_exp([a * drift])[0] * spread * jumps))
        return found


@lru_cache(maxsize=64)
def _expected(shock: _Shock, transition: Matrix, reversion: float, days: int) -> tuple[float, ...]:
    """Of a sweep's many simulations each asks for the same."""
    start, today = stationary(transition), shock.moments(1.0)
    if not reversion:
        return (_inner(start, today),) * days
    found, left = [_inner(start, today)], -reversion
    while len(found) < days and abs(left) > _GONE:
        earlier = shock.moments(left)
        later = [_inner(row, today) for row in transition]
        today = [one * two for one, two in zip(earlier, later, strict=True)]
        found.append(_inner(start, today))
        left *= 1.0 - reversion
    return tuple(found + found[-1:] * (days - len(found)))


def _jump(probability: float, mean: float, deviation: float, a: float) -> float:
    size = float(_exp([a * mean + 0.5 * a * a * deviation * deviation])[0])
    return 1.0 - probability + probability * size


def _mixed(half: float, degrees: int | None, bound: float) -> float:
    """E exp(half × W) for the mixing variable W."""
    if degrees is None:
        return float(_exp([half])[0])
    mixing, weight = _nodes(degrees, bound)
    return total(exp(half * mixing) * weight) / total(weight)


@lru_cache(maxsize=16)
def _nodes(degrees: int, bound: float) -> tuple[Floats, Floats]:
    """W and its weights: Simpson's rule in the logarithm of half a chi-square, cut where W has its
    bound, since there is a corner."""
    shape = degrees // 2
    corner = (degrees - 2.0) / (2.0 * bound)
    parts = []
    for low, high in ((corner * 1e-6, corner), (corner, _MOST)):
        ends = log(np.array([low, high]))
        step = float(ends[1] - ends[0]) / (_NODES - 1)
        half = exp(float(ends[0]) + step * np.arange(_NODES))
        weight = exp(-half) * step
        for _ in range(shape):
            weight *= half
        weight[1:-1:2] *= 4.0
        weight[2:-1:2] *= 2.0
        parts.append((np.minimum((degrees - 2.0) / (2.0 * half), bound), weight))
    mixing, weights = (np.concatenate(both) for both in zip(*parts, strict=True))
    return mixing, weights


def _exp(values: Sequence[float]) -> Floats:
    return exp(np.array(values, dtype=np.float64))


def _inner(one: Sequence[float], other: Sequence[float]) -> float:
    value = 0.0
    for a, b in zip(one, other, strict=True):
        value += a * b
    return value

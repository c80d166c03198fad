"""How well a market foresees the next day: the residuals of its forecasts.

u = P(return of a day <= what it was | the days before) is uniform and independent day by day where
the market is true, whatever its parts; so z = Φ⁻¹(u) is standard normal (Rosenblatt 1952; Berkowitz
2001; for hidden regimes Zucchini, MacDonald and Langrock 2016, pseudo-residuals).
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical import normal_cdf
from dpo_gov.market.estimate import mixing_nodes
from dpo_gov.market.figures import Matrix
from dpo_gov.market.model import Market
from dpo_gov.market.series import Series, log_returns, overlap

Floats = npt.NDArray[np.float64]

_SMALLEST = 1e-300


def forecast_residuals(market: Market, series: Sequence[Series]) -> Floats | None:
    """z of each asset and day, (assets, days), of the days that all series have.

    None where the market draws its days from history, which forecasts nothing. Raises UnknownName,
    DataError.
    """
    if market.history is not None:
        return None
    returns = log_returns(series)
    places = [market.place(one.symbol) for one in series]
    mixing, weight = _mixing(market)
    ahead = _regimes_ahead(market, places, returns)
    first, _ = overlap(series)
    rows = []
    for one, place, row in zip(series, places, returns, strict=True):
        before = np.log(one.closes[(first - one.first).days :][: len(row)])
        centre, variance = _moments(market, place, row, before)
        rest = row[:, None] - centre  # t s
        chance = np.zeros((2, len(row)))
        for p, mean, spread in _jumps(market, place):
            deviation = np.sqrt(variance[..., None] * mixing + spread)  # t s k
            scaled = (rest - mean)[..., None] / deviation
            for side, sign in enumerate((1.0, -1.0)):
                below = np.einsum("tsk,k->ts", normal_cdf(sign * scaled), weight)
                chance[side] += p * np.einsum("ts,ts->t", below, ahead)
        rows.append([_normal(low, high) for low, high in chance.T.tolist()])
    return np.array(rows)


def _normal(low: float, high: float) -> float:
    """Φ⁻¹ from the chance of less and of more, of which the smaller is the more exact."""
    inverse = NormalDist().inv_cdf(max(min(low, high), _SMALLEST))
    return inverse if low < high else -inverse


def _mixing(market: Market) -> tuple[Floats, Floats]:
    mixing, weight = mixing_nodes(market.degrees)
    return np.minimum(mixing, market.mixing_bound), weight


def _moments(market: Market, place: int, returns: Floats, before: Floats) -> tuple[Floats, Floats]:
    """Centre and variance of a day without jumps where W = 1, (days, regimes).

    `before`: log price of the day before, which counts where there is a peg at 1.
    """
    asset = market.assets[place]
    drift = np.array([regime.drift[place] for regime in market.regimes])
    variance = np.array([regime.volatility[place] for regime in market.regimes]) ** 2
    centre = drift - asset.reversion * before[:, None]
    if asset.garch is None:
        return centre, np.broadcast_to(variance, centre.shape)
    garch, long_run = asset.garch, float(variance[0])
    h, path = garch.start * long_run, []
    for row in returns.tolist():
        path.append(h)
        e = row - (float(drift[0]) - 0.5 * h)
        fresh = garch.alpha + garch.gamma * (e < 0.0)
        h = (1.0 - garch.persistence) * long_run + garch.beta * h + fresh * e * e
    followed = np.array(path)[:, None]
    return centre - 0.5 * followed, followed


def _jumps(market: Market, place: int) -> list[tuple[float, float, float]]:
    """Chance, mean and variance of what jumps add to a day: none, common, own, both."""
    common, own = market.common_jump, market.assets[place].own_jump
    kinds = [(1.0, 0.0, 0.0)]
    for p, mean, deviation in (
        (common.probability, common.mean[place], common.deviation[place]),
        (own.probability, own.mean, own.deviation),
    ):
        kinds = [
            (chance * share, m + size, v + spread)
            for chance, m, v in kinds
            for share, size, spread in ((1.0 - p, 0.0, 0.0), (p, mean, deviation**2))
            if share
        ]
    return kinds


def _regimes_ahead(market: Market, places: Sequence[int], returns: Floats) -> Floats:
    """The chance of each regime before its day is seen, (days, regimes): Hamilton's filter.

    Given the regime the assets together say which it was; of kinds of jump one comes at most.
    """
    states, days = len(market.regimes), returns.shape[1]
    transition = np.array(market.transition)
    now = np.linalg.matrix_power(transition, 1 << 12)[0]
    if states == 1:
        return np.ones((days, 1))
    density = np.exp(_log_density(market, places, returns))
    ahead = np.empty((days, states))
    for t in range(days):
        ahead[t] = now
        seen = now * density[t]
        now = (seen / seen.sum()) @ transition
    return ahead


def _log_density(market: Market, places: Sequence[int], returns: Floats) -> Floats:
    """Of each day given the regime, (days, regimes), less that of the likelier one."""
    mixing, weight = _mixing(market)
    kinds, parts = _kinds(market, places), []
    for regime in market.regimes:
        covariance = _covariance(regime.volatility, regime.correlation, places)
        drift = np.array(regime.drift)[list(places)]
        found = []
        for chance, mean, spread in kinds:
            whole = mixing[:, None, None] * covariance + spread  # k a b
            rest = returns.T - (drift + mean)  # t a
            distance = np.einsum("ta,kab,tb->tk", rest, np.linalg.inv(whole), rest, optimize=True)
            found.append(np.log(chance * weight) - 0.5 * (distance + np.linalg.slogdet(whole)[1]))
        stacked = np.concatenate(found, axis=1)
        peak = stacked.max(axis=1)
        parts.append(peak + np.log(np.exp(stacked - peak[:, None]).sum(axis=1)))
    density: Floats = np.stack(parts, axis=1)
    density -= density.max(axis=1, keepdims=True)
    return density


def _kinds(market: Market, places: Sequence[int]) -> list[tuple[float, Floats, Floats]]:
    """Chance, mean and covariance of no jump, the common one, and each asset's own."""
    common, unit = market.common_jump, np.eye(len(places))
    jumps = [
        (
            common.probability,
            np.array(common.mean)[list(places)],
            _covariance(common.deviation, common.correlation, places),
        )
    ]
    for i, place in enumerate(places):
        own = market.assets[place].own_jump
        jumps.append((own.probability, own.mean * unit[i], own.deviation**2 * np.diag(unit[i])))
    none = 1.0 - sum(chance for chance, _, _ in jumps)
    return [(none, 0.0 * unit[0], 0.0 * unit), *(jump for jump in jumps if jump[0])]


def _covariance(deviation: Sequence[float], correlation: Matrix, places: Sequence[int]) -> Floats:
    ours = np.array(deviation)[list(places)]
    found: Floats = np.outer(ours, ours) * np.array(correlation)[np.ix_(places, places)]
    return found

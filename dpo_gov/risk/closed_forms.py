"""Formulas that need no simulation: cross-checks of a parameter or a figure.

Continuous time and geometric Brownian motion, unless it says otherwise: prices have neither jumps
nor fat tails here, so these are first answers, not the last. Rates and volatilities are yearly,
times in years; any unit does, if it is the same one throughout.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from dpo_gov.canonical import exp as exps
from dpo_gov.canonical import log as logs
from dpo_gov.canonical import normal_cdf
from dpo_gov.errors import InputError

BETWEEN_LOOKS = 0.5826
"""−ζ(1/2) / √(2π): how far a path goes beyond a barrier before the next look, in deviations."""


def sharpe_error(ratio: float, periods: int) -> float:
    """Standard error of a Sharpe ratio that is estimated from so many independent returns.

    `ratio` is of one period, as is the error; both times √periods-a-year for yearly ones. Lo 2002,
    The statistics of Sharpe ratios, Financial Analysts Journal 58: √((1 + ratio² / 2) / periods).
    """
    _positive(periods=periods)
    return sqrt((1.0 + 0.5 * ratio * ratio) / periods)


def first_passage(distance: float, drift: float, volatility: float, years: float) -> float:
    """Chance that a price falls to `distance` (0.8: by a fifth) of today's within so many years.

    `drift` of the price, before volatility's drag. Without a look between (`looked`) it is watched
    all the time, as a venue's liquidators do. Harrison 1985, Brownian Motion and Stochastic Flow
    Systems.
    """
    _positive(distance=distance, volatility=volatility, years=years)
    if distance >= 1.0:
        return 1.0
    lean, far = drift - volatility * volatility / 2.0, _log(distance)
    spread = volatility * sqrt(years)
    reflected = _exp(2.0 * lean * far / (volatility * volatility))
    return _normal((far - lean * years) / spread) + reflected * _normal(
        (far + lean * years) / spread
    )


def looked(distance: float, volatility: float, between: float) -> float:
    """The barrier below today's price that, watched all the time, is hit as often as `distance` is
    at looks that are `between` years apart.

    Broadie, Glasserman & Kou 1997, A continuity correction for discrete barrier options,
    Mathematical Finance 7.
    """
    _positive(distance=distance, volatility=volatility, between=between)
    return distance * _exp(-BETWEEN_LOOKS * volatility * sqrt(between))


def harvest(weight: float, volatility: float) -> float:
    """Yearly growth that rebalancing adds to `weight` in an asset, the rest in cash.

    Over the weighted mean of the logarithms: w (1 − w) σ² / 2. Fernholz & Shay 1982, Stochastic
    portfolio theory and stock market equilibrium, Journal of Finance 37.
    """
    return 0.5 * weight * (1.0 - weight) * volatility * volatility


def rebalances(weight: float, volatility: float, threshold: float, between: float = 0.0) -> float:
    """Rebalances a year of `weight` in an asset beside cash, back to target at each.

    (w (1 − w) σ / τ)², the rate at which the weight leaves ± τ; with looks `between` years apart
    the threshold is as much further as `looked` says.
    """
    _positive(threshold=threshold)
    speed = weight * (1.0 - weight) * volatility
    beyond = threshold + BETWEEN_LOOKS * speed * sqrt(between)
    return (speed / beyond) * (speed / beyond)


def no_trade_band(weight: float, cost: float, *, to_target: bool = False) -> float:
    """Drift at which a trade begins to pay, for log utility and a small cost, as a share of value.

    (3/2 w² (1 − w)² cost)^(1/3) where a trade goes back into the band only (Rogers 2004, Why is
    the effect of proportional transaction costs O(δ^(2/3))?, Contemporary Mathematics 351); four
    times that cube where it goes all the way `to_target`, since each trade then costs more.
    """
    _positive(cost=cost)
    spread = weight * (1.0 - weight)
    return _exp(_log((6.0 if to_target else 1.5) * spread * spread * cost) / 3.0)


class Kelly(NamedTuple):
    """The share of wealth that grows fastest, that growth a year, and its deviation in a year."""

    share: float
    growth: float
    deviation: float


def kelly(drift: float, volatility: float, rate: float) -> Kelly:
    """The largest share that is worth holding of an asset, or borrowing for beyond one.

    Thorp 2006, The Kelly criterion in blackjack, sports betting and the stock market, Handbook of
    Asset and Liability Management 1.
    """
    _positive(volatility=volatility)
    share = (drift - rate) / (volatility * volatility)
    return Kelly(share, rate + 0.5 * share * (drift - rate), abs(share) * volatility)


def ever_falls_to(distance: float, fraction: float) -> float:
    """Chance that wealth ever falls to `distance` of today's, at a fraction of Kelly's share.

    distance^(2 / fraction − 1), without a rate; one from twice the share on. Thorp 2006.
    """
    _positive(distance=distance, fraction=fraction)
    if distance >= 1.0 or fraction >= 2.0:
        return 1.0
    return _exp((2.0 / fraction - 1.0) * _log(distance))


def loss_versus_rebalancing(volatility: float) -> float:
    """What a constant-product pool loses to arbitrage, as a share of its value: σ² / 8.

    In the volatility's unit of time. Milionis, Moallemi, Roughgarden & Zhang 2022, Automated market
    making and loss-versus-rebalancing.
    """
    return volatility * volatility / 8.0


def smart_ltv(confidence: float, volatility: float, liquidity: float, penalty: float) -> float:
    """The loan-to-value that a collateral's liquidity carries, by B.Protocol's SmartLTV.

    exp(−confidence × volatility / √liquidity) − penalty, and never below 0. `liquidity`: what the
    market takes within a slippage of `penalty`, over the largest debt.
    """
    _positive(liquidity=liquidity)
    return max(0.0, _exp(-confidence * volatility / sqrt(liquidity)) - penalty)


def _positive(**figures: float) -> None:
    for name, figure in figures.items():
        if not figure > 0.0:
            raise InputError(f"{name} is {figure}; it must be above 0")


def _exp(x: float) -> float:
    return float(exps(np.array([x]))[0])


def _log(x: float) -> float:
    return float(logs(np.array([x]))[0])


def _normal(x: float) -> float:
    return float(normal_cdf(np.array([x]))[0])

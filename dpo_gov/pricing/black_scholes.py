"""European options after Black, Scholes and Merton, with a continuous yield.

Source of the formulas: Haug, The Complete Guide to Option Pricing Formulas, 2nd ed., chapters 1
and 2 (the generalised form, cost of carry = rate - yield). All arguments broadcast.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical import exp, normal_cdf, normal_density
from dpo_gov.canonical.elementary import Floats
from dpo_gov.pricing.formula import LEAST_DEVIATION, black


class Option(NamedTuple):
    """The right to buy at `strike` in `years`, or to sell where `call` is false.

    `rate`: of money; `yield_`: of the underlying; both by the year, continuous, as fractions.
    """

    strike: Floats | float
    years: Floats | float
    call: npt.NDArray[np.bool_] | bool = True
    rate: Floats | float = 0.0
    yield_: Floats | float = 0.0


class Greeks(NamedTuple):
    """Derivatives of the price. Time in years, rates and volatility as fractions.

    `delta` by the spot; `gamma` of delta by the spot; `vega` by the volatility (divide by 100 for
    a point); `theta` by the passing of a year; `rho` by the rate.
    """

    delta: Floats
    gamma: Floats
    vega: Floats
    theta: Floats
    rho: Floats


class _Terms(NamedTuple):
    """What price and derivatives share."""

    spot: Floats
    """Less the yield until expiry."""
    strike: Floats
    """Discounted."""
    kept: Floats
    """What is left of one unit of the underlying after the yield."""
    root: Floats
    deviation: Floats
    sign: Floats
    """1 for calls, -1 for puts."""


def black_scholes(option: Option, spot: Floats, volatility: Floats | float) -> Floats:
    """The price of the option.

    Spot and strike are positive, years and volatility at least 0; where one of these is 0, the
    price is what exercise of the forward is worth today.
    """
    t = _terms(option, spot, volatility)
    price: Floats = black(t.sign, t.spot, t.strike, t.deviation)[0]
    return price


def greeks(option: Option, spot: Floats, volatility: Floats | float) -> Greeks:
    """The derivatives of `black_scholes`; years and volatility are above 0."""
    t = _terms(option, spot, volatility)
    _, chance, d1 = black(t.sign, t.spot, t.strike, t.deviation)
    bell = normal_density(d1)
    delta = t.sign * t.kept * chance
    gamma = t.kept * bell / (spot * t.deviation)
    vega = t.spot * bell * t.root
    owed = t.sign * t.strike * normal_cdf(t.sign * (d1 - t.deviation))
    decay = t.spot * bell * volatility / (2.0 * t.root)
    theta = option.yield_ * spot * delta - option.rate * owed - decay
    return Greeks(delta, gamma, vega, theta, option.years * owed)


def _terms(option: Option, spot: Floats, volatility: Floats | float) -> _Terms:
    given = (spot, option.strike, option.years, volatility, option.rate, option.yield_)
    arrays = [np.asarray(each, np.float64) for each in given]
    spots, strike, years, volatilities, rate, yield_ = np.broadcast_arrays(*arrays)
    root = np.sqrt(years)
    deviation = np.maximum(volatilities * root, LEAST_DEVIATION)
    kept = exp(-yield_ * years)
    sign: Floats = np.where(option.call, 1.0, -1.0)
    discounted = strike * exp(-rate * years)
    return _Terms(spots * kept, discounted, kept, root, deviation, sign)

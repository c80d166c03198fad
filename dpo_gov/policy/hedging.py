"""The rules of the hedging module, written once for both engines.

An asset may be hedged by puts that the vault buys, and by a short perpetual position for what the
puts leave of the target. Values are in units of the vault's value at the start. There is no
interest. What follows uses only the words of `canonical.elementwise`; arguments are arrays of
paths, or one path's numbers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dpo_gov.canonical import normal_cdf as _cdf
from dpo_gov.canonical.elementwise import exp, least, log, most, normal_density, root, where
from dpo_gov.params import ParamSet
from dpo_gov.pricing.formula import black

DAY = 86_400
DAYS_A_YEAR = 365.0
POINT = 0.01
"""One percent of the price, or one point of volatility."""
LEAST_HEDGE = 1e-4
"""A hedge below one basis point of the net asset value is not worth its way."""
LEAST_VOLATILITY = 0.01
TINY = 1e-300
WINDOW = 30
"""Days over which the premium budget counts."""
_FURTHEST = 8.0


class HedgeRules(NamedTuple):
    """The hedging module's parameters as plain numbers: shares of 1, days, volatilities a year."""

    ratio: float
    delta_band: float
    max_net_delta: float
    max_gamma: float
    max_vega: float
    premium_budget: float
    distance: float
    """d1 of the puts that are bought: their delta is the middle of what is allowed."""
    tenor: float
    """Days to expiry of what is bought: the most that is allowed."""
    least_left: float
    """Days to expiry below which puts are replaced."""
    iv_min: float
    iv_max: float
    shock_up: float
    max_fee: float
    max_leverage: float
    margin_buffer: float
    max_funding_paid: float
    share_of_interest: float
    delay: float
    """Days between two hedges."""

    @classmethod
    def of(cls, params: ParamSet) -> HedgeRules:
        """Read the parameters of a strategy."""
        share = params.fraction
        tenor = float(max(params.get("maxTenor") // DAY, 1))
        return cls(
            ratio=share("hedgeRatio"),
            delta_band=share("deltaBand"),
            max_net_delta=share("maxNetDelta"),
            max_gamma=share("maxGamma"),
            max_vega=share("maxVega"),
            premium_budget=share("premiumBudget"),
            distance=_distance((share("minAbsDelta") + share("maxAbsDelta")) / 2.0),
            tenor=tenor,
            least_left=min(params.get("minTenor") / DAY, tenor),
            iv_min=share("ivMin"),
            iv_max=share("ivMax"),
            shock_up=share("spotShockUp"),
            max_fee=share("maxHedgeFee"),
            max_leverage=share("perpMaxLeverage"),
            margin_buffer=share("marginBuffer"),
            max_funding_paid=share("maxFundingPaid"),
            share_of_interest=share("maxShareOfVenueOi"),
            delay=params.get("hedgeInteractionDelay") / DAY,
        )

    def margin(self, maintenance: float) -> float:
        """Margin of a short position, as a share of its notional, where a venue asks for so much.

        It keeps to the leverage and the buffer, and after the price has risen to `shock_up` there
        is still the maintenance margin of the larger notional.
        """
        shock = (self.shock_up - 1.0) + maintenance * self.shock_up
        return max(1.0 / self.max_leverage, self.margin_buffer * maintenance, shock)


class HedgeTerms(NamedTuple):
    """What one asset's hedges meet in the market, and what the rules make of it.

    Figures of puts or of perpetuals are not looked at where the market has none.
    """

    put_fee: float
    """Of a trade, as a share of the value of the underlying."""
    premium: float
    """Implied over expected volatility, at the money."""
    skew: float
    """Rise of implied volatility, as a share of itself, by log(spot / strike)."""
    jumps: float
    """Variance of a day's jumps."""
    long_run: float
    """Variance of a day in the long run, without jumps."""
    log_keeps: float
    """Logarithm of the share that a day leaves of the distance to the long run."""
    forgets: float
    """What `kept` divides by: 1 less that share; over that share where the first day counts."""
    kept: float
    """`kept` of the days to expiry of what is bought."""
    perp_fee: float
    """Of a trade, as a share of its notional."""
    maintenance: float
    margin: float
    largest: float
    """Largest notional, by the venue's open interest."""


class Position(NamedTuple):
    """The hedges of one asset.

    Puts are worth `strike` times a put with strike 1; no puts have a strike of 0.
    """

    perp: Any
    """Notional that is sold. Its margin is a fixed share of that, kept in the base asset."""
    strike: Any
    """What all puts together may sell the underlying for."""
    moneyness: Any
    """Spot over strike, above 0."""
    left: Any
    """Days to expiry."""


class Marks(NamedTuple):
    """What puts are worth, and how that moves; all are values."""

    value: Any
    delta: Any
    """Of the underlying that they sell."""
    gamma: Any
    """Change of delta by a move of 1 %."""
    vega: Any
    """Change of value by a point of volatility."""


class Move(NamedTuple):
    """What a day does to one asset's hedges; `funding` is what a long position pays."""

    growth: Any
    base_growth: Any
    funding: Any


class Means(NamedTuple):
    """What bounds a purchase of puts; values, but for shares."""

    held: Any
    """Of the asset: the delta to be hedged."""
    nav: Any
    free: Any
    """What the vault may spend."""
    part: Any
    """The asset's share of the limits."""
    spent: Any
    """Of the premium budget, as a share of the net asset value."""
    gamma: Any
    """Of all other puts."""
    vega: Any
    """Of all other puts."""


class Sight(NamedTuple):
    """What a perpetual position answers to; values, but for `share`."""

    perp: Any
    held: Any
    puts: Any
    """Delta that the puts sell."""
    share: Any
    """Of what is held, whose delta is to stay."""
    total: Any
    """Net delta of the vault."""
    nav: Any


def settle(position: Position, move: Move, terms: HedgeTerms) -> Any:
    """One asset's hedges after a day; what the base asset gets, funding in it, and liquidations.

    A perpetual position whose margin has fallen below maintenance is liquidated, and the margin is
    lost; so a short never costs more than that. Puts that end are paid out.
    """
    grown = position.perp * move.growth
    margin = terms.margin * position.perp * move.base_growth
    received = move.funding * position.perp
    result = (position.perp - grown) + received
    liquidated = margin + result < terms.maintenance * grown
    result = where(liquidated, -margin, result)
    spot = position.moneyness * move.growth
    ends = position.left <= 1.0
    payoff = where(ends, position.strike * most(1.0 - spot, 0.0), 0.0)
    after = Position(
        where(liquidated, 0.0, grown),
        where(ends, 0.0, position.strike),
        where(ends, 1.0, spot),
        where(ends, 0.0, position.left - 1.0),
    )
    return after, result + payoff, received, where(liquidated, 1.0, 0.0)


def kept(days: Any, forgets: Any, log_keeps: Any) -> Any:
    """Of tomorrow's distance from the long run, the share that the mean of the days has."""
    return (1.0 - exp(days * log_keeps)) / (days * forgets)


def volatility(ahead: Any, share: Any, terms: HedgeTerms) -> Any:
    """Implied volatility a year at the money, where `ahead` is the variance expected of tomorrow.

    It is that of the mean variance expected of the days to expiry; `share` is `kept` of them.
    """
    expected = terms.jumps + (terms.long_run + (ahead - terms.long_run) * share)
    return most(root(DAYS_A_YEAR * expected) * terms.premium, LEAST_VOLATILITY)


def mark(position: Position, ahead: Any, terms: HedgeTerms) -> Marks:
    """What the puts are worth, where `ahead` is the variance that is expected of tomorrow."""
    days, moneyness = most(position.left, 1.0), position.moneyness
    flat = volatility(ahead, kept(days, terms.forgets, terms.log_keeps), terms)
    implied = most(flat * (1.0 + terms.skew * log(moneyness)), LEAST_VOLATILITY)
    time = root(days / DAYS_A_YEAR)
    deviation = implied * time
    price, chance, d1 = black(-1.0, moneyness, 1.0, deviation)
    spot = position.strike * moneyness
    bell = spot * normal_density(d1) * POINT
    return Marks(position.strike * price, spot * chance, bell / deviation, bell * time)


def cut(gamma: Any, vega: Any, nav: Any, rules: HedgeRules) -> Any:
    """The share of all puts that the limits on gamma and vega let stand."""
    most_gamma, most_vega = rules.max_gamma * nav, rules.max_vega * nav
    return least(least(most_gamma / most(gamma, TINY), most_vega / most(vega, TINY)), 1.0)


def trim(position: Position, marks: Marks, stands: Any, terms: HedgeTerms) -> Any:
    """Sell puts until a share stands: position and marks after it, what comes in, and the fee."""
    sold = 1.0 - stands
    proceeds = marks.value * sold
    fee = least(terms.put_fee * (position.strike * sold) * position.moneyness, proceeds)
    after = Position(position.perp, position.strike * stands, position.moneyness, position.left)
    left = Marks(
        marks.value * stands, marks.delta * stands, marks.gamma * stands, marks.vega * stands
    )
    return after, left, proceeds - fee, fee


def renew(
    position: Position,
    marks: Marks,
    due: Any,
    means: Means,
    ahead: Any,
    rules: HedgeRules,
    terms: HedgeTerms,
) -> Any:
    """Where it is due and can be done, sell the puts and buy new ones.

    Gives the position after it, what comes in less what is paid, premium, fees, and whether any
    were bought.
    """
    strike, moneyness, price = buy(means, ahead, rules, terms)
    bought = due & (strike > 0.0)
    selling = least(terms.put_fee * position.strike * position.moneyness, marks.value)
    fee = where(bought, terms.put_fee * strike * moneyness + selling, 0.0)
    premium = where(bought, strike * price, 0.0)
    after = Position(
        position.perp,
        where(bought, strike, position.strike),
        where(bought, moneyness, position.moneyness),
        where(bought, rules.tenor, position.left),
    )
    return after, where(bought, marks.value, 0.0) - premium - fee, premium, fee, bought


def buy(means: Means, ahead: Any, rules: HedgeRules, terms: HedgeTerms) -> Any:
    """Puts to be bought: strike, moneyness, and price of a put with strike 1; no puts: strike 0.

    Their d1 is given, so with implied volatility a (1 + k log m) of moneyness m and the square root
    r of the years, the deviation s solves s = a r (1 + k (d1 s − s² / 2)), a quadratic equation.
    """
    time = root(rules.tenor / DAYS_A_YEAR)
    flat = volatility(ahead, terms.kept, terms) * time
    half = 1.0 - flat * terms.skew * rules.distance
    deviation = 2.0 * flat / (half + root(half * half + 2.0 * flat * flat * terms.skew))
    moneyness = exp(deviation * (rules.distance - 0.5 * deviation))
    price, _, d1 = black(-1.0, moneyness, 1.0, deviation)
    bell = moneyness * normal_density(d1) * POINT
    strike = rules.ratio * means.held / moneyness
    budget = _room(means.part, rules.premium_budget, means.spent) * means.nav
    strike = least(strike, budget / most(price, TINY))
    room = _room(means.part, rules.max_gamma * means.nav, means.gamma)
    strike = least(strike, room / most(bell / deviation, TINY))
    room = _room(means.part, rules.max_vega * means.nav, means.vega)
    strike = least(strike, room / most(bell * time, TINY))
    cost = price + terms.put_fee * moneyness
    strike = least(strike, most(means.free, 0.0) / most(cost, TINY))
    implied = deviation / time
    fine = (implied >= rules.iv_min) & (implied <= rules.iv_max)
    fine = fine & (terms.put_fee <= rules.max_fee)
    fine = fine & (strike * moneyness >= LEAST_HEDGE * means.nav)
    return where(fine, strike, 0.0), moneyness, price


def _room(part: Any, limit: Any, used: Any) -> Any:
    """What is left of a limit, and of it no more than a part."""
    return most(least(part * limit, limit - used), 0.0)


def aim(delta: Any, hedgeable: Any, nav: Any, rules: HedgeRules) -> Any:
    """The share of what is held that keeps its delta, by the ratio and the largest net delta.

    `delta`: of all that perpetuals cannot hedge. `hedgeable`: value of what they can.
    """
    room = most(rules.max_net_delta * nav - delta, 0.0)
    return least(1.0 - rules.ratio, room / most(hedgeable, TINY))


def short(sight: Sight, funding: Any, waits: Any, rules: HedgeRules, terms: HedgeTerms) -> Any:
    """The perpetual position that the rules ask for, before its margin is looked at."""
    perp, stays = sight.perp, sight.share * sight.held
    open_delta = sight.held - sight.puts
    off = abs(open_delta - perp - stays) > rules.delta_band * sight.nav
    trades = off | (sight.total > rules.max_net_delta * sight.nav)
    wanted = where(trades, most(open_delta - stays, 0.0), perp)
    wanted = least(wanted, terms.largest)
    barred = waits | (terms.perp_fee > rules.max_fee) | (wanted - perp < LEAST_HEDGE * sight.nav)
    wanted = where((wanted > perp) & barred, perp, wanted)
    return where(-funding > rules.max_funding_paid, 0.0, wanted)


def affordable(base: Any, margins: Any, closing: Any) -> Any:
    """The share of all positions for which the base asset has the margin.

    `margins`: of all positions, with the fees of opening them. `closing`: fees of closing the old.
    """
    return least(most(base - closing, 0.0) / most(margins, TINY), 1.0)


def trade(perp: Any, wanted: Any, share: Any, base: Any, terms: HedgeTerms) -> Any:
    """The perpetual position after a trade to a share of what is wanted, and its fee."""
    after = wanted * share
    return after, least(terms.perp_fee * abs(after - perp), base)


RULES = (
    *(settle, kept, volatility, mark, cut, trim, renew, buy, _room),
    *(aim, short, affordable, trade),
)
"""What compiled loops may call."""


def _distance(delta: float) -> float:
    """The d1 at which a put has this absolute delta, N(−d1) = `delta`, by bisection."""
    low, high = -_FURTHEST, _FURTHEST
    for _ in range(80):
        middle = 0.5 * (low + high)
        if float(_cdf(np.array([-middle]))[0]) > delta:
            low = middle
        else:
            high = middle
    return high

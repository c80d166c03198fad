"""The rules of a vault that borrows the base asset against some of its assets, for both engines.

A *sleeve* is such an asset. Its gross amount is what the vault holds of it net, and the debt, which
was put into the same asset; some of the gross amount is posted at a lending venue. All amounts are
values, in values of the vault at the start; a health factor is threshold · posted / debt.

Written in the words of `canonical.elementwise`: figures are arrays in the numpy engine, numbers in
the numba one. A day is `accrue`, `liquidate` where `may_touch` says so, and `move`; after the
vault's own rebalance `switch` where it is `better`, and `resize` where it is `due`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from dpo_gov.canonical.elementwise import exp, least, log, most, root, where
from dpo_gov.policy.rebalancing import LEAST_TRADE

DAYS_A_YEAR = 365.0
WHOLE_BELOW = 0.95
"""Health factor below which a liquidator may pay the whole debt, as on Aave v3."""
TINY = 1e-200
DUST = 1e-15
"""Debt that is left only because sums are rounded."""
RAISED, TRIMMED, PAID_DOWN, BY_RIPCORD = 1.0, 2.0, 3.0, 4.0
"""What `resize` did; 0 for nothing. Trimmed is what only a rebalance asked for."""
GAP = 4.0
"""Deviations of a day's diffusion below the touched price at which a close came by a jump."""
JUST_ABOVE = 1.0 + 2.0**-52
"""The next number above 1."""
FAR = 19.0
"""A chance below e^−38 is less than any uniform, whose least one is 2^−53."""


class Limits(NamedTuple):
    """The module's parameters that are the same for all collaterals: shares of 1, seconds."""

    delever: float
    ripcord: float
    buffer: float
    slippage: float
    """Of rebalancing: the largest loss of a trade."""
    ripcord_slippage: float
    max_rate: float
    hysteresis: float
    hold: float
    flash_fee: float


class Sleeve(NamedTuple):
    """An asset that is borrowed against."""

    held: Any
    """Net of the debt, as the vault counts it."""
    posted: Any
    debt: Any


class Terms(NamedTuple):
    """What a venue asks of a sleeve."""

    threshold: Any
    """Debt over posted amount at which it is liquidated."""
    bonus: Any
    close: Any
    """Share of the debt that a liquidator may pay at a time."""
    rate: Any
    """For borrowing, yearly."""
    flash_fee: Any
    """Of a flash loan, wherever it is cheapest."""


class Prices(NamedTuple):
    """A day's prices."""

    ratio: Any
    """Growth of the asset over that of the base asset."""
    variance: Any
    """Of the asset's diffusion, in logarithms."""
    uniform: Any


class Room(NamedTuple):
    """What a sleeve may come to."""

    bound: Any
    """Largest debt, of what is posted."""
    aim: Any
    """Intended debt, of what is posted."""
    cap: Any
    """Largest amount posted at its venue."""
    ceiling: Any
    """Largest debt of all sleeves."""
    total: Any
    """Debt of all sleeves."""
    gap: Any
    """Largest raise of the debt today."""


class Evening(NamedTuple):
    """When a sleeve is looked at. A trade of x loses x (`half_spread` + x `slope`)."""

    value: Any
    """Of the vault."""
    rebalanced: Any
    """Whether the vault was, today."""
    rising: Any
    """Whether a raise was cut short before."""
    payable: Any
    """Whether gas takes a bearable share of the value."""
    cheap: Any
    """Whether the base fee is within its limit."""
    half_spread: Any
    slope: Any


class _Need(NamedTuple):
    """What a sale is for: a debt that falls by `over`, and, where `brought`, to its aim."""

    brought: Any
    over: Any
    debt: Any
    aim: Any
    posted: Any
    gross: Any


def ramped(before: Any, now: Any, seconds: Any, ramp: Any) -> Any:
    """A limit on debt so long after it was changed: a lower one takes effect over `ramp`."""
    done = least(seconds / most(ramp, 1.0), 1.0)
    return where(now < before, before + (now - before) * done, now)


def bound_of(largest: Any, threshold: Any, buffer: Any) -> Any:
    """Largest debt of what is posted: the strategy's, and the venue's threshold less the buffer."""
    return most(least(largest, threshold - buffer), 0.0)


def aim_of(target: Any, bound: Any, threshold: Any, delever: Any) -> Any:
    """Intended debt of what is posted; never one that would have to be paid down at once."""
    return least(least(target, bound), threshold / delever)


def accrue(sleeve: Sleeve, daily: Any) -> Any:
    """Interest at a rate a day: what is not posted, the debt with interest, the interest."""
    held, posted, debt = sleeve
    interest = debt * daily
    return most((held + debt) - posted, 0.0), debt + interest, interest


def may_touch(posted: Any, debt: Any, ratio: Any, variance: Any, threshold: Any) -> Any:
    """Whether the health factor may have been 1 within the day.

    Elsewhere `liquidate` changes nothing, since log x ≥ 1 − 1/x makes the chance smaller than any
    uniform; and this costs no logarithm.
    """
    used = least(use_of(posted, debt, threshold), 2.0)
    room = (1.0 - used) * (ratio - used)
    near = (used >= 1.0) | (used >= ratio) | (room <= FAR * variance * ratio)
    return (debt > 0.0) & near


def liquidate(posted: Any, debt: Any, prices: Prices, terms: Terms) -> Any:
    """Posted amount and debt after a liquidation within the day, at the prices of its start.

    The third is what was taken, at its value then; the last is 1 where there was a liquidation.
    Between two closes the log price is a Brownian bridge with the variance of the day's diffusion,
    which goes below b with the chance exp(−2 ln(S₀/b) ln(S₁/b) / variance) (Karatzas and Shreve,
    section 4.3.C). It comes at the price where the health factor is 1, or at the start where it is
    below 1 already; so liquidators who ask no bonus take nothing away. Only where the close lies
    further below than diffusion goes, the price jumped over that one, and they meet the close.
    """
    open_health = terms.threshold * posted / most(debt, TINY)
    close_health = open_health * prices.ratio
    above, end = log(most(open_health, TINY)), log(most(close_health, TINY))
    chance = exp(-2.0 * (above * end) / most(prices.variance, TINY))
    touched = (open_health <= 1.0) | (close_health <= 1.0) | (prices.uniform < chance)
    hit = where(touched & (debt > 0.0), 1.0, 0.0)
    touch, below = least(1.0 / most(open_health, TINY), 1.0), least(end - least(above, 0.0), 0.0)
    jumped = below * below > (GAP * GAP) * prices.variance
    price = where(jumped, prices.ratio, touch)
    worth = most(posted * price, TINY)
    share = where(open_health * price < WHOLE_BELOW, 1.0, terms.close)
    share = hit * least(share, worth / most(debt * (1.0 + terms.bonus), TINY))
    taken = least(debt * share * (1.0 + terms.bonus), worth)
    return posted * (1.0 - taken / worth), debt * (1.0 - share), taken, hit


def move(free: Any, posted: Any, debt: Any, growth: Any, base: Any) -> Any:
    """Prices move the sleeve: held, posted, debt, and the debt that is left to its lenders.

    Nobody pays for what is worth less than the debt against it: the vault walks away.
    `growth`: of the asset, `base`: of the base asset, in which the debt is.
    """
    posted, debt = posted * growth, debt * base
    short = most(debt - posted, 0.0)
    lost = short > 0.0
    held = free * growth + most(posted - debt, 0.0)
    return held, where(lost, 0.0, posted), where(lost, 0.0, debt), short


def use_of(posted: Any, debt: Any, threshold: Any) -> Any:
    """Share of the debt at which the sleeve is liquidated: one over its health factor."""
    return debt / most(threshold * posted, TINY)


def worst_use(use: Any, ratio: Any, hit: Any) -> Any:
    """The worse of a day's two ends, from the `use_of` its start: above 1 only where liquidated.

    `hit`: 1 where it was, which a touch between the two ends may have done.
    """
    worst = use / least(ratio, 1.0)
    return where(hit > 0.0, most(worst, JUST_ABOVE), least(worst, 1.0))


def loose_of(sleeve: Sleeve, threshold: Any, limits: Limits) -> Any:
    """What the vault may sell of a sleeve while its debt stands.

    What is not posted, and what the venue lets go down to a health factor halfway between those
    of delever and ripcord: below the former, so that a sleeve at its aim can always be sold bit by
    bit, and above the latter, so that no sale of the vault's own makes an emergency.
    """
    held, posted, debt = sleeve
    gross = held + debt
    there = least(posted, gross)
    needed = debt * (0.5 * (limits.delever + limits.ripcord)) / threshold
    return (gross - there) + most(there - needed, 0.0)


def strained(posted: Any, debt: Any, terms: Terms, bound: Any, limits: Limits) -> Any:
    """Whether debt must be paid down: for its health, its limit, or its rate."""
    weak = terms.threshold * posted < limits.delever * debt
    return weak | (debt > bound * posted) | ((terms.rate > limits.max_rate) & (debt > 0.0))


def better(debt: Any, rate: Any, other: Any, seconds: Any, limits: Limits) -> Any:
    """Whether the other venue's rate is worth a move, so long after the last one."""
    return (debt > 0.0) & (rate - other >= limits.hysteresis) & (seconds >= limits.hold)


def due(sleeve: Sleeve, terms: Terms, room: Room, evening: Evening, limits: Limits) -> Any:
    """Whether `resize` may have something to do."""
    held, posted, debt = sleeve
    least_trade = LEAST_TRADE * evening.value
    kept = least(posted, held + debt)
    pressed = strained(kept, debt, terms, room.bound, limits) & (debt >= least_trade)
    over = (room.total - room.ceiling > least_trade) & (debt > 0.0)
    more = evening.rising & (room.gap > 0.0) & (terms.rate <= limits.max_rate)
    return pressed | over | evening.rebalanced | more


def switch(sleeve: Sleeve, wanted: Any, terms: Terms, room: Room, limits: Limits) -> Any:
    """Held, debt and 1 after a move to another venue, whose terms and room these are; 0 if none.

    It takes a flash loan of the debt, since what is posted is free only once the debt is paid; the
    fee is borrowed, too. At the new venue the sleeve must not be strained at once.
    """
    held, posted, debt = sleeve
    owed = debt * (1.0 + terms.flash_fee)
    fits = (posted <= room.cap) & (terms.flash_fee <= limits.flash_fee)
    calm = strained(posted, owed, terms, room.bound, limits) == 0
    moved = wanted & fits & calm
    return (
        where(moved, (held + debt) - owed, held),
        where(moved, owed, debt),
        where(moved, 1.0, 0.0),
    )


def trade_for(excess: Any, share: Any, slope: Any) -> Any:
    """The smaller x with share · x − slope · x² = excess, without loss of digits."""
    share = most(share, TINY)
    inside = most(share * share - 4.0 * slope * excess, 0.0)
    return 2.0 * excess / (share + root(inside))


def sale_for(need: _Need, share: Any, slope: Any) -> Any:
    """What to sell where a sale of x brings x (`share` − x `slope`).

    What is not posted is sold first, then what is posted falls, too: of the two solutions the
    larger one is the one that holds.
    """
    spare = trade_for(need.debt - need.aim * need.posted, share, slope)
    whole = trade_for(need.debt - need.aim * need.gross, share - need.aim, slope)
    aimed = where(need.brought, most(spare, whole), 0.0)
    return most(aimed, trade_for(need.over, share, slope))


def resize(sleeve: Sleeve, terms: Terms, room: Room, evening: Evening, limits: Limits) -> Any:
    """Pay debt down, or raise it: held, posted, debt, whether to go on, traded, lost, kind.

    Down to its aim where it is `strained` and where the vault has rebalanced, and to the ceiling;
    up to its aim where the vault has rebalanced, and on the days after where a limit cut the raise.
    Below the ripcord's health factor a sale may lose more, and is made whatever the base fee.
    Without a flash loan no more is sold than what is not posted and what the venue lets go while
    the debt stands. What is posted beyond its cap is taken back where the vault has rebalanced and
    the rest is not strained.
    Kind: `RAISED`, `TRIMMED`, `PAID_DOWN`, `BY_RIPCORD` or 0.
    """
    held, there, debt = sleeve
    gross, least_trade = held + debt, LEAST_TRADE * evening.value
    there = least(there, gross)
    urgent = terms.threshold * there < limits.ripcord * debt
    pressed = strained(there, debt, terms, room.bound, limits)
    affordable = terms.rate <= limits.max_rate
    aim = where(affordable, room.aim, 0.0)
    pays, slope = 1.0 - evening.half_spread, evening.slope
    usual = most(limits.slippage - evening.half_spread, 0.0) / slope

    need = _Need(
        evening.rebalanced | pressed,
        debt - room.ceiling * debt / most(room.total, TINY),
        debt,
        aim,
        where(evening.rebalanced, least(gross, room.cap), there),
        gross,
    )
    widest = most(most(limits.slippage, limits.ripcord_slippage) - evening.half_spread, 0.0) / slope
    largest = least(where(urgent, widest, usual), gross)
    loose = (gross - there) + most(there - debt / terms.threshold, 0.0)
    plain = least(sale_for(need, pays, slope), largest)
    flash = (plain > loose) & (terms.flash_fee <= limits.flash_fee)
    share = where(flash, pays - terms.flash_fee, pays)
    sale = where(flash, least(sale_for(need, share, slope), largest), least(plain, loose))
    paid = least(sale * (share - slope * sale), debt)
    lower = paid * there >= debt * (there - least(there, gross - sale))
    made = lower & evening.payable & (urgent | evening.cheap) & (sale >= least_trade)
    sale, paid = where(made, sale, 0.0), where(made, paid, 0.0)

    calm = (evening.rebalanced | evening.rising) & affordable & (pressed == 0) & (made == 0)
    fill = trade_for(aim * gross - debt, 1.0 - aim * pays, -(aim * slope))
    wanted = least(least(fill, aim * room.cap - debt), room.ceiling - room.total)
    wanted = where(calm, wanted, 0.0)
    raised = least(least(wanted, room.gap), usual)
    raised = where((raised >= least_trade) & evening.payable & evening.cheap, raised, 0.0)
    bought = raised * (pays - slope * raised)

    after, owed = gross - sale + bought, debt - paid + raised
    owed = where(owed < DUST, 0.0, owed)
    still, best = least(there, after), least(after, room.cap)
    safe = least(room.bound, terms.threshold / limits.delever)
    best = where(evening.rebalanced & (owed <= safe * best), best, most(best, still))
    forced = where(urgent, BY_RIPCORD, where(pressed | (need.over > 0.0), PAID_DOWN, TRIMMED))
    return (
        after - owed,
        where(evening.rebalanced | (raised > 0.0), best, still),
        owed,
        wanted - raised >= least_trade,
        sale + raised,
        (sale - paid) + (raised - bought),
        where(raised > 0.0, RAISED, where(made, forced, 0.0)),
    )

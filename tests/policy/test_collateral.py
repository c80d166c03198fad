"""The rules of borrowing: what a day does to a sleeve, and what each parameter forbids or asks."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.policy import LEAST_TRADE
from dpo_gov.policy.borrowing import CollateralRules
from dpo_gov.policy.collateral import (
    BY_RIPCORD,
    PAID_DOWN,
    RAISED,
    TRIMMED,
    Evening,
    Limits,
    Prices,
    Room,
    Sleeve,
    Terms,
    accrue,
    aim_of,
    better,
    bound_of,
    due,
    liquidate,
    may_touch,
    move,
    ramped,
    resize,
    strained,
    switch,
)

LAYOUT = StrategyLayout(
    name="core",
    assets=("USDC", "WBTC", "WETH"),
    weights=(2_000, 3_500, 4_500),
    collaterals=("WETH", "WBTC"),
    venues=("aave-v3", "morpho-blue"),
)
LIMITS = CollateralRules.of(ParamSet.defaults(LAYOUT), 1e-7).limits
TERMS = Terms(threshold=0.8, bonus=0.05, close=0.5, rate=0.05, flash_fee=0.0005)
ROOM = Room(bound=0.5, aim=0.3, cap=10.0, ceiling=10.0, total=0.0, gap=10.0)
EVENING = Evening(
    value=1.0,
    rebalanced=False,
    rising=False,
    payable=True,
    cheap=True,
    half_spread=0.0005,
    slope=0.01,
)
EXACT = 1e-12


class Resized(NamedTuple):
    """What `resize` gives, as numbers."""

    held: float
    posted: float
    debt: float
    rising: bool
    traded: float
    lost: float
    kind: float

    @property
    def ltv(self) -> float:
        """Debt over what is posted."""
        return self.debt / self.posted


def array(x: float) -> np.ndarray:
    """One path."""
    return np.array([x])


def resized(
    posted: float,
    debt: float,
    *,
    free: float = 0.0,
    terms: Terms = TERMS,
    room: Room = ROOM,
    evening: Evening = EVENING,
    limits: Limits = LIMITS,
) -> Resized:
    """An evening of a sleeve with so much posted, owed and lying free; others owe nothing."""
    sleeve = Sleeve(array(free + posted - debt), array(posted), array(debt))
    if not room.total:
        room = room._replace(total=debt)
    whole = [np.asarray(one).item() for one in resize(sleeve, terms, room, evening, limits)]
    return Resized(*whole)


def test_interest_compounds_by_the_day() -> None:
    """A year at 5 % makes (1 + 5 % / 365)^365 of the debt; the interest is what it grew by."""
    held, posted, debt = array(0.3), array(0.5), array(0.2)
    whole = 0.0
    for _ in range(365):
        free, after, interest = accrue(Sleeve(held, posted, debt), 0.05 / 365)
        assert free == pytest.approx(0.0, abs=EXACT)
        whole += interest.item()
        held, debt = free + posted - after, after
    assert debt.item() == pytest.approx(0.2 * (1 + 0.05 / 365) ** 365, rel=EXACT)
    assert whole == pytest.approx(debt.item() - 0.2, rel=EXACT)


def test_a_lower_limit_takes_its_time_and_a_higher_one_none() -> None:
    """From 60 to 40 % in a straight line over four days; from 40 to 60 % at once."""
    days = np.array([0.0, 1.0, 4.0, 9.0]) * 86_400
    assert ramped(0.6, 0.4, days, 4 * 86_400.0) == pytest.approx([0.6, 0.55, 0.4, 0.4])
    assert ramped(0.4, 0.6, days, 4 * 86_400.0) == pytest.approx([0.6] * 4)
    assert ramped(0.6, 0.4, days, 0.0)[1] == pytest.approx(0.4)


def test_the_buffer_keeps_off_the_threshold() -> None:
    """The largest debt is the venue's threshold less the buffer where that is lower."""
    assert bound_of(0.7, 0.8, 0.15) == pytest.approx(0.65)
    assert bound_of(0.6, 0.8, 0.15) == pytest.approx(0.6)
    assert bound_of(0.6, 0.1, 0.15) == 0.0


def test_the_aim_is_nothing_that_would_be_paid_down_at_once() -> None:
    """The intended debt stays within its bound and within the health factor for delevering."""
    assert aim_of(0.3, 0.5, 0.8, 1.6) == pytest.approx(0.3)
    assert aim_of(0.45, 0.4, 0.8, 1.6) == pytest.approx(0.4)
    assert aim_of(0.6, 0.7, 0.8, 1.6) == pytest.approx(0.5)


class Struck(NamedTuple):
    """What `liquidate` gives, as numbers."""

    posted: float
    debt: float
    taken: float
    hit: float


def struck(
    posted: float,
    debt: float,
    ratio: float,
    *,
    variance: float = 0.002,
    uniform: float = 1.0,
    terms: Terms = TERMS,
) -> Struck:
    """A day of a sleeve."""
    prices = Prices(array(ratio), array(variance), array(uniform))
    whole = liquidate(array(posted), array(debt), prices, terms)
    return Struck(*(one.item() for one in whole))


def test_a_sleeve_is_liquidated_where_its_health_is_one() -> None:
    """Half the debt is paid at the touched price, and its worth and the bonus are taken."""
    # Health factor of 1.6 falls to 0.992: it was 1 at a price of 0.625.
    after = struck(1.0, 0.5, 0.62)
    assert after.hit == 1.0
    assert after.debt == pytest.approx(0.25)
    assert after.taken == pytest.approx(0.25 * 1.05)
    assert after.posted == pytest.approx(1.0 - 0.25 * 1.05 / 0.625)


def test_a_weak_sleeve_loses_all_its_debt() -> None:
    """Where a jump leaves a health factor below 0.95, the whole debt is paid, at the close."""
    after = struck(1.0, 0.5, 0.58, variance=1e-4)
    assert after.debt == 0.0
    assert after.posted == pytest.approx(1.0 - 0.5 * 1.05 / 0.58)


def test_no_more_is_taken_than_there_is() -> None:
    """Where the collateral is worth less than debt and bonus, all of it goes."""
    after = struck(1.0, 0.5, 0.4)
    assert after.posted == 0.0
    assert after.taken == pytest.approx(0.4)
    assert after.debt == pytest.approx(0.5 - 0.4 / 1.05)
    held, posted, debt, short = move(array(0.0), array(0.0), array(after.debt), 0.4, 1.0)
    assert (held.item(), posted.item(), debt.item()) == (0.0, 0.0, 0.0)
    assert short.item() == pytest.approx(after.debt)


def test_the_chance_between_closes_is_the_bridges() -> None:
    """From health factors of 1.25 to 1.2 on a day of 10 %: exp(−2 ln 1.25 ln 1.2 / 0.01)."""
    chance = np.exp(-2 * np.log(1.25) * np.log(1.2) / 0.01)
    day = {"posted": 1.0, "debt": 0.64, "ratio": 0.96, "variance": 0.01}
    assert struck(**day, uniform=chance * 0.999).hit == 1.0
    assert struck(**day, uniform=chance * 1.001).hit == 0.0


@pytest.mark.parametrize("health", [1.02, 1.05, 1.1])
def test_liquidators_without_a_bonus_take_nothing(health: float) -> None:
    """On fair prices without jumps a sale at the touched price neither gains nor loses."""
    paths, deviation, debt, threshold = 200_000, 0.05, 0.6, 0.8
    random = np.random.default_rng(1)
    ratio = np.exp(deviation * random.standard_normal(paths) - deviation**2 / 2)
    prices = Prices(ratio, np.full(paths, deviation**2), random.random(paths))
    posted = np.full(paths, health * debt / threshold)
    terms = Terms(threshold, 0.0, 1.0, 0.0, 0.0)
    after, owed, _, hit = liquidate(posted, np.full(paths, debt), prices, terms)
    gain = (after * ratio - owed) - (posted * ratio - debt)
    assert hit.mean() > 0.05
    assert abs(gain.mean()) < 3 * gain.std() / np.sqrt(paths)


amounts = st.just(0.0) | st.floats(1e-12, 2.0)


@given(
    posted=amounts,
    debt=amounts,
    ratio=st.floats(0.2, 3.0),
    variance=st.sampled_from((0.0, 1e-6)) | st.floats(0.0, 0.3),
)
@settings(max_examples=150)
def test_what_is_far_from_a_liquidation_need_not_be_asked(
    posted: float, debt: float, ratio: float, variance: float
) -> None:
    """Where the quick question says no, not even the least uniform makes a liquidation."""
    if not may_touch(array(posted), array(debt), array(ratio), array(variance), 0.8).item():
        after = struck(posted, debt, ratio, variance=variance, uniform=2.0**-53)
        assert after == (posted, debt, 0.0, 0.0)


@given(posted=amounts, debt=amounts, ratio=st.floats(0.01, 3.0), uniform=st.floats(0.0, 1.0))
@settings(max_examples=150)
def test_a_liquidation_is_accounted_for(
    posted: float, debt: float, ratio: float, uniform: float
) -> None:
    """What is taken is the debt that is paid and the bonus on it; nothing is ever below zero."""
    after = struck(posted, debt, ratio, variance=0.01, uniform=uniform)
    assert after.posted >= 0.0
    assert 0.0 <= after.debt <= debt
    assert after.taken == pytest.approx((debt - after.debt) * 1.05, abs=EXACT)
    assert after.taken <= (posted - after.posted) + EXACT


@given(
    free=amounts,
    posted=amounts,
    debt=amounts,
    growth=st.floats(0.1, 3.0),
    base=st.floats(0.5, 1.5),
)
@settings(max_examples=150)
def test_moves_keep_account(
    free: float, posted: float, debt: float, growth: float, base: float
) -> None:
    """Net value is assets less debt, never below zero, and what is missing is the lenders' loss."""
    moved = move(array(free), array(posted), array(debt), growth, base)
    held, after, owed, short = (one.item() for one in moved)
    assert held >= 0.0
    assert held - short == pytest.approx((free + posted) * growth - debt * base, abs=EXACT)
    assert short == 0.0 or (after, owed) == (0.0, 0.0)
    assert held == pytest.approx(free * growth + after - owed, abs=EXACT)


def test_levered_growth() -> None:
    """At a debt of half of what is posted, the net value moves by twice the price's move."""
    held, posted, debt, _ = move(array(0.0), array(1.0), array(0.5), 1.1, 1.0)
    assert held.item() / 0.5 - 1.0 == pytest.approx(2.0 * 0.1)
    assert (posted.item(), debt.item()) == pytest.approx((1.1, 0.5))


def test_a_healthy_sleeve_is_left_alone() -> None:
    """Between its aim and its limits nothing is traded without a rebalance of the vault."""
    after = resized(1.0, 0.4)
    assert (after.traded, after.kind, after.rising) == (0.0, 0.0, False)
    assert (after.posted, after.debt) == (1.0, 0.4)


def test_debt_beyond_its_limit_is_paid_down_to_the_aim() -> None:
    """Above maxLtv a sale brings the debt to targetLtv of what is then posted, to the digit."""
    after = resized(1.0, 0.51, room=ROOM._replace(aim=0.3))
    assert after.kind == PAID_DOWN
    assert after.ltv == pytest.approx(0.3, rel=EXACT)
    assert after.posted == pytest.approx(1.0 - after.traded)
    assert after.held == pytest.approx(0.49 - after.lost, abs=EXACT)
    assert resized(1.0, 0.49).traded == 0.0


def test_a_weak_health_factor_is_mended() -> None:
    """Below deleverHealthFactor the debt is paid down although it is within maxLtv."""
    loose = ROOM._replace(bound=0.7)
    assert resized(1.0, 0.55, room=loose).kind == PAID_DOWN
    weaker = LIMITS._replace(delever=1.05, ripcord=1.02)
    assert resized(1.0, 0.55, room=loose, limits=weaker).kind == 0.0


def test_what_is_not_posted_is_sold_first() -> None:
    """With enough of it, the posted amount stays, and no flash loan is taken."""
    after = resized(1.0, 0.51, free=0.5)
    assert after.posted == pytest.approx(1.0, abs=EXACT)
    assert after.ltv == pytest.approx(0.3, rel=EXACT)
    assert after.lost == pytest.approx(after.traded * (0.0005 + 0.01 * after.traded))


def test_a_sale_stays_within_the_slippage_limit() -> None:
    """At a slope of 0.1 and a limit of 0.5 %, no more than 4.5 % is sold at a time."""
    steep = EVENING._replace(slope=0.1)
    after = resized(1.0, 0.51, evening=steep)
    assert after.traded == pytest.approx((0.005 - 0.0005) / 0.1)
    assert after.kind == PAID_DOWN


def test_the_ripcord_may_lose_more_and_waits_for_no_base_fee() -> None:
    """Below ripcordHealthFactor ripcordSlippage holds, and a high base fee is no reason to wait."""
    steep = EVENING._replace(slope=0.1, cheap=False)
    weak = resized(1.0, 0.63, evening=steep)
    assert weak.kind == 0.0
    urgent = resized(1.0, 0.65, evening=steep)
    assert urgent.kind == BY_RIPCORD
    assert urgent.traded == pytest.approx((LIMITS.ripcord_slippage - 0.0005) / 0.1)
    narrow = LIMITS._replace(ripcord=1.02)
    assert resized(1.0, 0.65, evening=steep, limits=narrow).kind == 0.0


def test_gas_that_takes_too_much_stops_everything() -> None:
    """Where gas takes too large a share of the value, not even the ripcord is worth it."""
    assert resized(1.0, 0.7, evening=EVENING._replace(payable=False)).traded == 0.0


def test_a_flash_loan_is_paid_for_or_done_without() -> None:
    """A fee within flashloanFeeMax is paid on the loan; above it only what is free is sold."""
    tight = {"room": ROOM._replace(bound=0.6, aim=0.2), "evening": EVENING._replace(slope=1e-9)}
    weak = {"posted": 1.0, "debt": 0.7, "terms": TERMS._replace(threshold=0.8)}
    loan = resized(**weak, **tight)
    assert loan.lost == pytest.approx(loan.traded * 0.0010, rel=1e-6)
    assert loan.ltv == pytest.approx(0.2, rel=1e-9)
    without = resized(**weak, **tight, limits=LIMITS._replace(flash_fee=0.0))
    assert without.traded == pytest.approx(1.0 - 0.7 / 0.8)
    assert without.lost == pytest.approx(without.traded * 0.0005, rel=1e-6)


def test_a_rate_above_the_limit_ends_the_debt() -> None:
    """Above maxBorrowRate all debt is paid, and none is taken, whatever the aim."""
    dear = TERMS._replace(rate=0.16)
    flat = EVENING._replace(slope=1e-9)
    assert resized(1.0, 0.3, terms=dear, evening=flat).debt == pytest.approx(0.0, abs=EXACT)
    fresh = flat._replace(rebalanced=True, rising=True)
    assert resized(1.0, 0.0, terms=dear, evening=fresh).kind == 0.0
    assert resized(1.0, 0.0, evening=fresh).kind == RAISED


def test_a_rebalance_brings_the_debt_to_its_aim() -> None:
    """From below by a raise, from above by a sale; what is raised is put into the asset."""
    evening = EVENING._replace(rebalanced=True)
    up = resized(1.0, 0.1, evening=evening)
    assert up.kind == RAISED
    assert up.ltv == pytest.approx(0.3, rel=EXACT)
    assert up.posted == pytest.approx(1.0 + up.traded - up.lost)
    assert up.held == pytest.approx(0.9 - up.lost, abs=EXACT)
    assert not up.rising
    down = resized(1.0, 0.4, evening=evening)
    assert (down.kind, down.ltv) == (TRIMMED, pytest.approx(0.3, rel=EXACT))
    assert resized(1.0, 0.1).kind == 0.0


def test_the_cap_binds_what_is_posted_and_so_the_debt() -> None:
    """With a cap of 0.6 at the venue, 0.6 is posted and 0.3 times that borrowed; more is free."""
    evening = EVENING._replace(rebalanced=True)
    after = resized(0.5, 0.1, free=0.5, room=ROOM._replace(cap=0.6), evening=evening)
    assert after.posted == pytest.approx(0.6)
    assert after.debt == pytest.approx(0.18)
    beyond = resized(1.0, 0.3, room=ROOM._replace(cap=0.6), evening=evening)
    assert beyond.posted == pytest.approx(0.6)
    assert beyond.debt == pytest.approx(0.18)


def test_a_cap_is_not_kept_at_the_price_of_health() -> None:
    """Where the debt cannot be paid down far enough, what secures it stays posted."""
    evening = EVENING._replace(rebalanced=True, slope=10.0)
    after = resized(1.0, 0.45, room=ROOM._replace(cap=0.6), evening=evening)
    assert after.debt > 0.6 * 0.5
    assert after.posted == pytest.approx(1.0 - after.traded)


def test_the_ceiling_binds_raises_and_brings_debt_down() -> None:
    """A raise stops at the ceiling of all debt; above it each sleeve pays its share."""
    evening = EVENING._replace(rebalanced=True)
    room = ROOM._replace(ceiling=0.5, total=0.4)
    assert resized(1.0, 0.1, room=room, evening=evening).debt == pytest.approx(0.2)
    lowered = ROOM._replace(ceiling=0.4, total=0.5)
    after = resized(1.0, 0.3, room=lowered)
    assert (after.kind, after.debt) == (PAID_DOWN, pytest.approx(0.24))


def test_a_raise_is_cut_to_the_gap_and_goes_on() -> None:
    """No more than debtCeilingGap at a time; the rest is still wanted, also without a rebalance."""
    room = ROOM._replace(gap=0.05)
    first = resized(1.0, 0.1, room=room, evening=EVENING._replace(rebalanced=True))
    assert (first.debt, first.rising) == (pytest.approx(0.15), True)
    rising = EVENING._replace(rising=True)
    waits = resized(1.0, 0.15, room=ROOM._replace(gap=0.0), evening=rising)
    assert (waits.kind, waits.rising) == (0.0, True)
    again = resized(1.0, 0.15, room=room, evening=rising)
    assert again.debt == pytest.approx(0.20)
    last = resized(1.0, 0.15, evening=rising)
    assert (last.ltv, last.rising) == (pytest.approx(0.3), False)


def test_a_raise_waits_for_gas_and_stays_wanted() -> None:
    """Above maxBaseFee no debt is raised; the raise is made on a later day."""
    after = resized(1.0, 0.1, evening=EVENING._replace(rebalanced=True, cheap=False))
    assert (after.kind, after.debt, after.rising) == (0.0, 0.1, True)


def test_when_an_evening_has_something_to_do() -> None:
    """For strain, a rebalance, a raise that goes on, a ceiling; else a sleeve is left alone."""

    def asked(
        debt: float, room: Room = ROOM, evening: Evening = EVENING, terms: Terms = TERMS
    ) -> bool:
        sleeve = Sleeve(array(1.0 - debt), array(1.0), array(debt))
        return bool(due(sleeve, terms, room, evening, LIMITS))

    assert not asked(0.4)
    assert asked(0.51)
    assert asked(0.4, terms=TERMS._replace(rate=0.16))
    assert asked(0.4, evening=EVENING._replace(rebalanced=True))
    rising = EVENING._replace(rising=True)
    assert asked(0.2, evening=rising)
    assert not asked(0.2, evening=rising, room=ROOM._replace(gap=0.0))
    assert asked(0.0, evening=rising)
    assert not asked(0.0, evening=rising, terms=TERMS._replace(rate=0.16))
    assert asked(0.4, room=ROOM._replace(total=0.7, ceiling=0.6))


def test_debt_moves_for_a_better_rate() -> None:
    """By hysteresis and hold time, and with a flash loan whose fee is borrowed, too."""
    limits = LIMITS._replace(hysteresis=0.01, hold=3 * 86_400.0)
    days = np.array([2.0, 3.0]) * 86_400
    assert better(array(0.3), 0.05, 0.04, days, limits).tolist() == [False, True]
    assert better(array(0.3), 0.05, 0.0401, days, limits).tolist() == [False, False]
    assert better(array(0.0), 0.05, 0.0, days, limits).tolist() == [False, False]

    def moved(
        terms: Terms = TERMS, room: Room = ROOM, limits: Limits = limits
    ) -> tuple[float, ...]:
        sleeve = Sleeve(array(0.7), array(1.0), array(0.3))
        return tuple(one.item() for one in switch(sleeve, array(1.0) > 0, terms, room, limits))

    assert moved() == pytest.approx((0.7 - 0.3 * 0.0005, 0.3 * 1.0005, 1.0))
    for terms, room, other in (
        (TERMS, ROOM._replace(cap=0.9), limits),
        (TERMS, ROOM._replace(bound=0.3), limits),
        (TERMS._replace(threshold=0.45), ROOM, limits),
        (TERMS._replace(rate=0.2), ROOM, limits),
        (TERMS, ROOM, limits._replace(flash_fee=0.0004)),
    ):
        assert moved(terms, room, other) == (0.7, 0.3, 0.0)


@st.composite
def evenings(draw: st.DrawFn) -> tuple[Sleeve, Terms, Room, Evening]:
    """A sleeve that is worth something, on any evening."""
    share = st.floats(0.0, 2.0)
    posted = draw(st.floats(1e-6, 2.0))
    debt, free = posted * draw(st.floats(0.0, 0.95)), draw(st.floats(0.0, 1.0))
    sleeve = Sleeve(array(free + posted - debt), array(posted), array(debt))
    bound = draw(st.floats(0.0, 0.9))
    room = Room(
        bound=bound,
        aim=min(draw(st.floats(0.0, 0.85)), bound),
        cap=draw(share),
        ceiling=draw(share),
        total=debt,
        gap=draw(share),
    )
    evening = Evening(
        value=free + posted - debt + 0.1,
        rebalanced=draw(st.booleans()),
        rising=draw(st.booleans()),
        payable=draw(st.booleans()),
        cheap=draw(st.booleans()),
        half_spread=draw(st.sampled_from((0.0, 0.0005, 0.003))),
        slope=draw(st.floats(1e-9, 1.0)),
    )
    terms = TERMS._replace(rate=draw(st.floats(0.0, 0.3)), flash_fee=draw(st.floats(0.0, 0.002)))
    return sleeve, terms, room, evening


@given(evenings())
@settings(max_examples=250)
def test_an_evening_is_accounted_for(case: tuple[Sleeve, Terms, Room, Evening]) -> None:
    """Net value falls by what is lost and no more; limits hold; a sale never raises the LTV."""
    sleeve, _, room, evening = case
    held, posted, debt = (one.item() for one in sleeve)
    after = Resized(*(np.asarray(one).item() for one in resize(*case, LIMITS)))
    assert after.held == pytest.approx(held - after.lost, abs=EXACT)
    assert after.lost >= -EXACT
    assert -EXACT <= after.posted <= after.held + after.debt + EXACT
    assert after.debt >= 0.0
    assert after.traded == 0.0 or after.traded >= LEAST_TRADE * evening.value
    if after.kind >= TRIMMED and not evening.rebalanced:
        assert after.debt * posted <= debt * after.posted + EXACT
    if after.kind == RAISED:
        assert after.debt - debt <= room.gap + EXACT
        assert after.debt <= room.ceiling + EXACT
        assert after.debt <= room.aim * after.posted + 1e-9
        assert after.posted <= max(room.cap, posted) + EXACT
    if after.kind == 0.0:
        assert (after.debt, after.lost) == (pytest.approx(debt, abs=EXACT), 0.0)


def test_parameters_are_read_in_their_units() -> None:
    """Shares of 1, seconds, and amounts in values of the start, by collateral and venue."""
    rules = CollateralRules.of(ParamSet.defaults(LAYOUT), 1e-7)
    assert rules.targets == (0.3, 0.3)
    assert rules.largest == (0.5, 0.5)
    assert rules.relative_caps == (0.25, 0.25)
    assert rules.absolute_caps == pytest.approx((0.1, 0.1))
    assert (rules.ceiling, rules.gap) == pytest.approx((0.1, 0.01))
    assert (rules.ramp, rules.raise_wait) == (7 * 86_400.0, 86_400.0)
    assert rules.limits == Limits(
        delever=1.6,
        ripcord=1.25,
        buffer=0.1,
        slippage=0.005,
        ripcord_slippage=0.02,
        max_rate=0.15,
        hysteresis=0.01,
        hold=3 * 86_400.0,
        flash_fee=0.0009,
    )


def test_sleeves_start_at_their_aim_as_far_as_caps_and_ceiling_let_them() -> None:
    """The first sleeve takes what it may of the venue; the second has what is left."""
    rules = CollateralRules.of(ParamSet.defaults(LAYOUT), 1e-7)
    free = replace(rules, relative_caps=(1.0, 1.0), absolute_caps=(5.0, 5.0), ceiling=5.0)
    first, second = free.start([0.42, 0.07], [0.8, 0.8])
    assert first[:2] == pytest.approx((0.6, 0.18))
    assert second[:2] == pytest.approx((0.1, 0.03))
    assert first.held_by == second.held_by == ""
    capped, none = rules.start([0.42, 0.07], [0.8, 0.8])
    assert capped == (pytest.approx(0.1), pytest.approx(0.03), "absCap")
    assert none == (0.0, 0.0, "absCap")
    low = replace(free, ceiling=0.2).start([0.42, 0.07], [0.8, 0.8])
    assert [one.debt for one in low] == pytest.approx([0.18, 0.02])
    assert [one.held_by for one in low] == ["", "debtCeiling"]


@pytest.mark.parametrize(
    ("update", "limits", "why"),
    [
        ({}, {}, ""),
        ({"largest": (0.25, 0.25)}, {}, "maxLtv"),
        ({}, {"buffer": 0.55}, "ltvBuffer"),
        ({}, {"delever": 4.0}, "deleverHealthFactor"),
        ({"relative_caps": (0.1, 1.0)}, {}, "relCap"),
        ({"absolute_caps": (0.1, 1.0)}, {}, "absCap"),
        ({"ceiling": 0.01}, {}, "debtCeiling"),
    ],
)
def test_what_holds_debt_back_at_the_start_is_named(
    update: dict[str, Any], limits: dict[str, float], why: str
) -> None:
    """The limit that binds; without it the debt would be larger."""
    rules = CollateralRules.of(ParamSet.defaults(LAYOUT), 1e-7)
    free = replace(rules, relative_caps=(1.0, 1.0), absolute_caps=(5.0, 5.0), ceiling=5.0)
    held = replace(free, limits=free.limits._replace(**limits), **update)
    (one,), (most,) = (each.start([0.42], [0.8]) for each in (held, free))
    assert one.held_by == why
    assert one.debt < most.debt if why else one.debt == most.debt


def test_a_sleeve_without_room_is_strained_by_nothing() -> None:
    """A sleeve without debt is never strained, whatever the rate."""
    none = strained(array(0.0), array(0.0), TERMS._replace(rate=9.0), 0.0, LIMITS)
    assert not none.item()

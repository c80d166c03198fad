"""The rules of hedging: each does what its parameter says, and the compiled text gives the bits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dpo_gov.canonical.elementary import log
from dpo_gov.canonical.elementwise import where
from dpo_gov.params import ParamSet
from dpo_gov.policy import hedging
from dpo_gov.policy.hedging import (
    LEAST_HEDGE,
    HedgeRules,
    HedgeTerms,
    Means,
    Move,
    Position,
    Sight,
)
from dpo_gov.pricing import Option, black_scholes, greeks

DAILY = 0.8 * 0.8 / 365.0
TERMS = HedgeTerms(
    put_fee=0.0005,
    premium=1.1,
    skew=0.2,
    jumps=0.0,
    long_run=DAILY,
    log_keeps=float(log(np.array([0.9]))[0]),
    forgets=0.1,
    kept=0.1,
    perp_fee=0.0005,
    maintenance=0.02,
    margin=0.5,
    largest=1e9,
)
WIDE = {"hedgeRatio": 1_000_000, "premiumBudget": 10_000, "maxGamma": 10_000, "maxVega": 10_000}
Make = Callable[..., HedgeRules]


@pytest.fixture
def rules(with_values: Callable[..., ParamSet]) -> Make:
    """Rules whose limits are wide, but for those that are given."""
    return lambda **values: HedgeRules.of(with_values(WIDE | values))


def one(*values: float) -> Any:
    """Arrays of one number each."""
    return tuple(np.array([float(value)]) for value in values)


def means(**values: float) -> Means:
    """Means that bind nothing, but for those that are given."""
    usual = {"held": 0.5, "nav": 1.0, "free": 1.0, "part": 1.0}
    known = dict.fromkeys(Means._fields, 0.0) | usual | values
    return Means(*one(*known.values()))


def bought(rules: HedgeRules, terms: HedgeTerms = TERMS, **values: float) -> tuple[Any, Position]:
    """The premium of a purchase, and the position after it."""
    strike, moneyness, price = hedging.buy(means(**values), np.array([DAILY]), rules, terms)
    return strike * price, Position(np.zeros(1), strike, moneyness, np.array([rules.tenor]))


def test_the_delta_of_a_put_is_the_middle_of_what_is_allowed(rules: Make) -> None:
    """Whatever skew and tenor are, a put is bought whose delta lies between the two limits."""
    made = rules(minAbsDelta=100_000, maxAbsDelta=350_000)
    for skew in (0.0, 0.2, 1.0):
        terms = TERMS._replace(skew=skew)
        _, position = bought(made, terms)
        marks = hedging.mark(position, np.array([DAILY]), terms)
        units = position.strike * position.moneyness
        assert (marks.delta / units)[0] == pytest.approx(0.225, rel=1e-12)
    assert rules(minAbsDelta=500_000, maxAbsDelta=500_000).distance == pytest.approx(0.0, abs=1e-12)


def test_implied_volatility_follows_the_smile(rules: Make) -> None:
    """A put is marked at √(365 ahead) · premium · (1 + skew · log(S / K)), by Black–Scholes."""
    for moneyness in (0.7, 1.0, 1.6):
        position = Position(*one(0.0, 2.0, moneyness, 40.0))
        marks = hedging.mark(position, np.array([DAILY]), TERMS)
        implied = 0.8 * 1.1 * (1.0 + 0.2 * np.log(moneyness))
        option = Option(2.0, 40 / 365, call=False)
        spot = np.array([2.0 * moneyness])
        found = greeks(option, spot, implied)
        assert marks.value == pytest.approx(black_scholes(option, spot, implied), rel=1e-12)
        assert marks.delta == pytest.approx(-found.delta * spot, rel=1e-12)
        assert marks.gamma == pytest.approx(found.gamma * spot * spot * 0.01, rel=1e-12)
        assert marks.vega == pytest.approx(found.vega * 0.01, rel=1e-12)


def test_volatility_returns_to_its_long_run() -> None:
    """The variance over the days to expiry is the mean of v̄ + 0.9ⁿ (v − v̄), n from 0."""
    ahead, days = np.array([4.0 * DAILY]), np.array([30.0])
    share = hedging.kept(days, TERMS.forgets, TERMS.log_keeps)
    mean = np.mean([DAILY + 0.9**n * 3.0 * DAILY for n in range(30)])
    found = hedging.volatility(ahead, share, TERMS._replace(premium=1.0))
    assert found[0] == pytest.approx(np.sqrt(365.0 * mean), rel=1e-12)
    jumpy = hedging.volatility(ahead, share, TERMS._replace(premium=1.0, jumps=DAILY))
    assert jumpy[0] == pytest.approx(np.sqrt(365.0 * (mean + DAILY)), rel=1e-12)


@pytest.mark.parametrize(
    ("parameter", "value", "read"),
    [
        ("hedgeRatio", 250_000, lambda p, m, s: (s / 0.5, 0.25)),
        ("premiumBudget", 100, lambda p, m, s: (p, 0.01)),
        ("maxGamma", 20, lambda p, m, s: (m.gamma, 0.002)),
        ("maxVega", 2, lambda p, m, s: (m.vega, 0.0002)),
    ],
)
def test_each_limit_bounds_the_purchase(
    rules: Make, parameter: str, value: int, read: Callable[..., tuple[Any, float]]
) -> None:
    """Exactly up to the limit is bought, where nothing else binds."""
    premium, position = bought(rules(**{parameter: value}))
    marks = hedging.mark(position, np.array([DAILY]), TERMS)
    found, limit = read(premium, marks, position.strike * position.moneyness)
    assert found[0] == pytest.approx(limit, rel=1e-12)


def test_what_other_puts_use_is_not_there_any_more(rules: Make) -> None:
    """An asset gets its part of a limit, and never more than what is left of it."""
    made = rules(premiumBudget=100)
    assert bought(made, part=0.4)[0][0] == pytest.approx(0.004)
    assert bought(made, part=0.4, spent=0.009)[0][0] == pytest.approx(0.001)
    assert bought(made, part=0.4, spent=0.02)[0][0] == 0.0
    made = rules(maxGamma=20)
    _, position = bought(made, gamma=0.0015)
    assert hedging.mark(position, np.array([DAILY]), TERMS).gamma[0] == pytest.approx(0.0005)
    _, position = bought(rules(maxVega=2), vega=0.00015)
    assert hedging.mark(position, np.array([DAILY]), TERMS).vega[0] == pytest.approx(0.00005)


def test_no_more_is_spent_than_there_is(rules: Make) -> None:
    """Premium and fee together are at most what the base asset has free."""
    premium, position = bought(rules(), free=0.01)
    fee = TERMS.put_fee * position.strike * position.moneyness
    assert (premium + fee)[0] == pytest.approx(0.01, rel=1e-12)


@pytest.mark.parametrize(
    "values",
    [
        {"ivMin": 3_000_000},
        {"ivMax": 500_000},
        {"maxHedgeFee": 4},
        {"hedgeRatio": 0},
        {"premiumBudget": 0},
        {"maxGamma": 0},
        {"maxVega": 0},
    ],
)
def test_what_forbids_a_purchase(rules: Make, values: dict[str, int]) -> None:
    """A volatility that is not believed or too dear, too high a fee, and limits of nothing."""
    assert bought(rules())[1].strike[0] > 0.0
    assert bought(rules(**values))[1].strike[0] == 0.0


def test_a_purchase_that_is_not_worth_its_way(rules: Make) -> None:
    """Puts on less than a basis point of the net asset value are not bought."""
    assert bought(rules(), held=0.99 * LEAST_HEDGE)[1].strike[0] == 0.0
    assert bought(rules(), held=1.01 * LEAST_HEDGE)[1].strike[0] > 0.0


def test_puts_are_replaced_and_what_that_costs(rules: Make) -> None:
    """The old puts are sold at their mark, both fees are paid, and where nothing is due or bought
    all stays as it is."""
    made = rules(maxTenor=91 * 86_400)
    old = Position(*one(0.3, 0.1, 1.2, 10.0))
    marks = hedging.mark(old, np.array([DAILY]), TERMS)
    arguments = means(), np.array([DAILY]), made, TERMS
    new, cash, premium, fee, done = hedging.renew(old, marks, np.array([True]), *arguments)
    assert done[0] and new.left[0] == 91.0 and new.perp[0] == 0.3
    fees = TERMS.put_fee * (new.strike * new.moneyness + 0.1 * 1.2)
    assert fee[0] == pytest.approx(fees[0], rel=1e-12)
    assert cash[0] == pytest.approx((marks.value - premium - fee)[0], rel=1e-12)
    same, cash, premium, fee, done = hedging.renew(old, marks, np.array([False]), *arguments)
    assert not done[0] and same == old and (cash, premium, fee) == (0.0, 0.0, 0.0)


def test_puts_beyond_the_limits_are_sold(rules: Make) -> None:
    """The worse of gamma and vega says what share stands; the rest goes at its mark, less a fee."""
    made = rules(maxGamma=50, maxVega=20)
    assert hedging.cut(*one(0.01, 0.001, 1.0), made)[0] == pytest.approx(0.5)
    assert hedging.cut(*one(0.001, 0.008, 1.0), made)[0] == pytest.approx(0.25)
    assert hedging.cut(*one(0.001, 0.001, 1.0), made)[0] == 1.0
    position = Position(*one(0.3, 0.1, 1.2, 10.0))
    marks = hedging.mark(position, np.array([DAILY]), TERMS)
    after, left, cash, fee = hedging.trim(position, marks, np.array([0.25]), TERMS)
    assert after.strike[0] == 0.025 and left.value[0] == 0.25 * marks.value[0]
    assert fee[0] == pytest.approx(0.75 * 0.1 * 1.2 * TERMS.put_fee)
    assert cash[0] == pytest.approx(0.75 * marks.value[0] - fee[0])


def moved(position: Position, growth: float, funding: float = 0.0, base: float = 1.0) -> Any:
    """What a day leaves of a position."""
    return hedging.settle(position, Move(*one(growth, base, funding)), TERMS)


def test_a_day_moves_a_short_and_its_funding() -> None:
    """A fall is a gain, and a positive funding rate comes in."""
    after, cash, received, lost = moved(Position(*one(0.2, 0.0, 1.0, 0.0)), 0.9, 0.001)
    assert after.perp[0] == pytest.approx(0.18)
    assert cash[0] == pytest.approx(0.2 * 0.1 + 0.0002)
    assert received[0] == pytest.approx(0.0002) and lost[0] == 0.0


def test_a_short_is_liquidated_and_loses_its_margin_only() -> None:
    """A rise that leaves less than the maintenance margin costs the margin, however far it goes."""
    short = Position(*one(0.2, 0.0, 1.0, 0.0))
    just = (1.0 + TERMS.margin) / (1.0 + TERMS.maintenance)
    assert moved(short, just * 0.9999)[3][0] == 0.0
    for growth in (just * 1.0001, 3.0):
        after, cash, _, lost = moved(short, growth)
        assert after.perp[0] == 0.0 and lost[0] == 1.0
        assert cash[0] == -0.1
    assert moved(short, 1.0, base=0.03)[3][0] == 1.0


def test_puts_pay_their_intrinsic_value_at_expiry_and_not_before() -> None:
    """On the last day the strike less the spot is paid where it is positive; then none is left."""
    after, cash, _, _ = moved(Position(*one(0.0, 0.5, 0.9, 1.0)), 0.8)
    assert cash[0] == pytest.approx(0.5 * (1.0 - 0.72))
    assert (after.strike[0], after.moneyness[0], after.left[0]) == (0.0, 1.0, 0.0)
    after, cash, _, _ = moved(Position(*one(0.0, 0.5, 0.9, 2.0)), 0.8)
    assert cash[0] == 0.0 and after.left[0] == 1.0 and after.moneyness[0] == pytest.approx(0.72)
    assert moved(Position(*one(0.0, 0.5, 1.2, 1.0)), 1.1)[1][0] == 0.0


def sight(**values: float) -> Sight:
    """One asset that is half of the value, without hedges."""
    usual = {"perp": 0.0, "held": 0.5, "puts": 0.0, "share": 0.75, "total": 0.5, "nav": 1.0}
    return Sight(*one(*(usual | values).values()))


def wanted(rules: HedgeRules, view: Sight, *, funding: float = 0.0, waits: bool = False) -> float:
    """The perpetual position that is asked for."""
    found = hedging.short(view, np.array([funding]), np.array([waits]), rules, TERMS)
    return float(found[0])


def test_a_short_takes_what_puts_leave_of_the_target(rules: Make) -> None:
    """Its delta and that of the puts are together the hedged share; never a long position."""
    made = rules(deltaBand=10)
    assert wanted(made, sight()) == pytest.approx(0.125)
    assert wanted(made, sight(puts=0.05)) == pytest.approx(0.075)
    assert wanted(made, sight(puts=0.2)) == 0.0


def test_nothing_is_traded_within_the_band(rules: Make) -> None:
    """A delta 2 % of the value off its target stays where the band is 2.5 %, and not at 1 %."""
    view = sight(perp=0.105)
    assert wanted(rules(deltaBand=250), view) == 0.105
    assert wanted(rules(deltaBand=100), view) == pytest.approx(0.125)


def test_the_band_does_not_hold_up_the_largest_net_delta(rules: Make) -> None:
    """Above the largest net delta, a hedge is traded within the band, too."""
    made = rules(deltaBand=250, maxNetDelta=3_000)
    assert wanted(made, sight(perp=0.105, total=0.31)) == pytest.approx(0.125)
    assert wanted(made, sight(perp=0.105, total=0.29)) == 0.105


def test_the_largest_net_delta_lowers_the_target(rules: Make) -> None:
    """Where the ratio leaves more than the largest net delta, less of what is held stays open."""
    made = rules(hedgeRatio=250_000, maxNetDelta=5_000)
    assert hedging.aim(*one(0.0, 0.6, 1.0), made)[0] == pytest.approx(0.75)
    assert hedging.aim(*one(0.0, 0.8, 1.0), made)[0] == pytest.approx(0.625)
    assert hedging.aim(*one(0.3, 0.8, 1.0), made)[0] == pytest.approx(0.25)
    assert hedging.aim(*one(0.7, 0.8, 1.0), made)[0] == 0.0


def test_what_keeps_a_short_from_being_opened(rules: Make) -> None:
    """The wait since the last hedge, too high a fee and a trifle: none holds up closing one."""
    made = rules(deltaBand=10)
    assert wanted(made, sight(), waits=True) == 0.0
    assert wanted(made, sight(perp=0.2), waits=True) == pytest.approx(0.125)
    dear = rules(deltaBand=10, maxHedgeFee=4)
    assert wanted(dear, sight()) == 0.0
    assert wanted(dear, sight(perp=0.2)) == pytest.approx(0.125)
    assert wanted(rules(deltaBand=0), sight(perp=0.125 - 0.5 * LEAST_HEDGE)) < 0.125


def test_funding_beyond_the_limit_closes_a_short(rules: Make) -> None:
    """A short that pays 0.3 % a day is closed at a limit of 0.2 %, also within the band, and none
    is opened; at 0.1 % it stays."""
    made = rules(maxFundingPaid=20)
    assert wanted(made, sight(perp=0.125), funding=-0.003) == 0.0
    assert wanted(made, sight(), funding=-0.003) == 0.0
    assert wanted(made, sight(perp=0.125), funding=-0.001) == 0.125
    assert wanted(made, sight(perp=0.125), funding=0.003) == 0.125


def test_a_short_is_no_larger_than_its_share_of_the_open_interest(rules: Make) -> None:
    """What is beyond the largest notional is not opened, and is closed."""
    view, terms = sight(), TERMS._replace(largest=0.1)
    still = np.zeros(1), np.array([False]), rules()
    assert hedging.short(view, *still, terms)[0] == 0.1
    assert hedging.short(sight(perp=0.125), *still, terms)[0] == 0.1


def test_margin_by_leverage_buffer_and_shock(rules: Make) -> None:
    """The largest of three counts: leverage, buffer over maintenance, the rise in the shock."""
    wide = {"perpMaxLeverage": 5_000_000, "marginBuffer": 1_250_000, "spotShockUp": 1_000_000}
    assert rules(**wide).margin(0.02) == pytest.approx(0.2)
    assert rules(**wide | {"perpMaxLeverage": 2_000_000}).margin(0.02) == pytest.approx(0.5)
    assert rules(**wide | {"marginBuffer": 4_000_000}).margin(0.1) == pytest.approx(0.4)
    shocked = rules(**wide | {"spotShockUp": 1_500_000})
    assert shocked.margin(0.02) == pytest.approx(0.5 + 0.02 * 1.5)
    # Just after the shock the position is not yet liquidated.
    terms = TERMS._replace(margin=shocked.margin(0.02) + 1e-12)
    short = Position(*one(0.2, 0.0, 1.0, 0.0))
    assert hedging.settle(short, Move(*one(1.5, 1.0, 0.0)), terms)[3][0] == 0.0


def test_positions_are_cut_to_what_the_base_asset_can_bear() -> None:
    """Margin, the fees of opening and those of closing the old: after all, the margin is there."""
    base, perp, target = one(0.05, 0.04, 0.2)
    margins = (TERMS.margin + TERMS.perp_fee) * target
    share = hedging.affordable(base, margins, TERMS.perp_fee * perp)
    after, fee = hedging.trade(perp, target, share, base, TERMS)
    assert 0.09 < after[0] < 0.1
    assert base[0] - fee[0] >= TERMS.margin * after[0]
    nothing = hedging.affordable(*one(0.0, 0.1, 0.01))
    assert nothing[0] == 0.0
    assert hedging.trade(perp, target, nothing, np.zeros(1), TERMS) == (0.0, 0.0)


def whole(position, moves, sights, rules, terms):
    """All rules after one another."""
    (move, ahead, due), (means, sight) = moves, sights
    settled, cash, received, lost = hedging.settle(position, move, terms)
    marks = hedging.mark(settled, ahead, terms)
    stands = hedging.cut(marks.gamma, marks.vega, means.nav, rules)
    trimmed, left, sale, fee = hedging.trim(settled, marks, stands, terms)
    new, paid, premium, fees, done = hedging.renew(trimmed, left, due, means, ahead, rules, terms)
    share = hedging.aim(sight.total, sight.held, sight.nav, rules)
    perp = hedging.short(sight, move.funding, due, rules, terms)
    part = hedging.affordable(means.free, terms.margin * perp, terms.perp_fee * new.perp)
    after, _ = hedging.trade(new.perp, perp, part, means.free, terms)
    puts = new.strike, new.moneyness, new.left, left.value, left.delta, left.gamma, left.vega
    bought = where(done, 1.0, 0.0)
    return (*puts, cash, received, lost, sale, fee, paid, premium, fees, bought, share, perp, after)


def test_compiled_rules_have_the_bits_of_arrays(rules: Make) -> None:
    """All rules, on 2,000 random positions and market days, give equal bits in both engines."""
    pytest.importorskip("numba", reason="the extra `fast` is not installed")
    from numba import njit

    from dpo_gov.canonical.lanes import INLINED, inline
    from dpo_gov.policy import lanes as _  # noqa: F401 - it lets compiled loops call the rules

    inline(whole)
    groups = (Position, Move, Means, Sight)
    a, b, c, d = np.cumsum([len(group._fields) for group in groups])
    random, count = np.random.default_rng(5), 2_000
    x = random.gamma(2.0, 0.4, (d + 2, count))
    x[1] *= random.integers(0, 2, count)
    x[3] = random.integers(0, 5, count)
    x[a + 2] = random.normal(0.0, 0.002, count)
    x[11:14] *= 0.002
    x[d] *= DAILY
    x[d + 1] = random.integers(0, 2, count)

    @njit(error_model=INLINED["error_model"])
    def loop(x, figures, out):
        for k in range(x.shape[1]):
            found = whole(
                Position(x[0, k], x[1, k], x[2, k], x[3, k]),
                (Move(x[4, k], x[5, k], x[6, k]), x[20, k], x[21, k] > 0.0),
                (
                    Means(x[7, k], x[8, k], x[9, k], x[10, k], x[11, k], x[12, k], x[13, k]),
                    Sight(x[14, k], x[15, k], x[16, k], x[17, k], x[18, k], x[19, k]),
                ),
                figures[0],
                figures[1],
            )
            for row in range(len(found)):
                out[row, k] = found[row]

    rows = np.split(x[:d], [a, b, c])
    position, move, means, sight = (group(*some) for group, some in zip(groups, rows, strict=True))
    tight = {"maxGamma": 20, "maxVega": 5, "premiumBudget": 100, "hedgeRatio": 1_200_000}
    varies = np.zeros(19, dtype=np.bool_)
    for values in ({}, tight):
        made = rules(**values)
        moves = move, x[d], x[d + 1] > 0.0
        expected = np.array(whole(position, moves, (means, sight), made, TERMS))
        found = np.empty_like(expected)
        loop(x, (made, TERMS), found)
        assert found.tobytes() == expected.tobytes()
        assert np.isfinite(found).all()
        varies |= found.std(axis=1) > 0.0
    assert varies.all()

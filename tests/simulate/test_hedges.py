"""Hedges in the simulation: against formulas, and what must hold whatever the rules are."""

from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dpo_gov.market import Asked, Market, Sampler, default_market
from dpo_gov.market.conditions import Conditions, Funding, Options, Perp
from dpo_gov.params import Change, ParamSet, StrategyLayout, catalogue
from dpo_gov.policy import RebalancingRules
from dpo_gov.pricing import Option, black_scholes
from dpo_gov.simulate import Outcomes, SimSpec, simulate
from dpo_gov.simulate.hedges import Hedges
from dpo_gov.simulate.hedging import Hedging
from dpo_gov.simulate.portfolio import Portfolio, World

PAIR = StrategyLayout(name="pair", assets=("USDC", "WBTC"), weights=(5_000, 5_000))
THREE = StrategyLayout(name="three", assets=("USDC", "WBTC", "WETH"), weights=(3_000, 3_000, 4_000))
DAY = 86_400
OPEN = {
    "driftThreshold": 10_000,
    "rebalanceInterval": 2**32 - 1,
    "hedgeRatio": 1_000_000,
    "deltaBand": 0,
    "maxNetDelta": 10_000,
    "maxGamma": 10_000,
    "maxVega": 10_000,
    "premiumBudget": 10_000,
    "ivMin": 0,
    "ivMax": 10_000_000,
    "perpMaxLeverage": 2_000_000,
    "marginBuffer": 0,
    "spotShockUp": 1_000_000,
    "maxShareOfVenueOi": 10_000,
    "hedgeInteractionDelay": 0,
}
"""Limits that bind nothing, some beyond the catalogue's on purpose."""


def market(volatility: float, *, puts: bool = False, perps: bool = False, **more: Any) -> Market:
    """Bitcoin as a martingale whose volatility is that of a day, and a stable asset that stands
    still; fair options and perpetuals without fee and funding, but for `more`."""
    still = {"probability": 0.0}
    unit = [[1.0, 0.0], [0.0, 1.0]]
    regime = {
        "name": "only",
        "drift": [-0.5 * volatility * volatility, 0.0],
        "volatility": [volatility, 0.0],
        "correlation": unit,
    }
    perp = Perp(asset="BTC", maintenance=1e-9, fee=0.0, open_interest=1e15, assumption="")
    option = Options(asset="BTC", premium=1.0, skew=0.0, fee=0.0, assumption="")
    conditions = Conditions(options=(option,) if puts else (), perps=(perp,) if perps else ())
    data = default_market().model_dump(mode="json")
    changed = {
        "assets": [
            {"symbol": "BTC", "price": 1.0, "own_jump": still},
            {"symbol": "STABLE", "price": 1.0, "own_jump": still},
        ],
        "degrees": None,
        "regimes": [regime],
        "transition": [[1.0]],
        "common_jump": {"mean": [0.0] * 2, "deviation": [0.0] * 2, "correlation": unit},
        "gas": data["gas"] | {"median": [1.0], "fixed": 0.0, "per_trade": 0.0},
        "venue": {"half_spread": 0.0, "depth": [1e30, 1e30], "assumption": "free"},
        "conditions": conditions.model_dump(mode="json"),
    }
    return Market.model_validate(data | changed | more)


def params(layout: StrategyLayout = PAIR, **values: int) -> ParamSet:
    """The defaults, with open limits but for those that are given."""
    base = ParamSet.defaults(layout)
    return base.apply(
        Change(key=base.spec(name).key, old=0, new=value) for name, value in (OPEN | values).items()
    )


def run(world: Market, paths: int, days: int, **values: int) -> tuple[Outcomes, Outcomes]:
    """With hedges and without, on the same days."""
    spec = SimSpec(paths=paths, horizon_days=days, seed=4, modules=("hedging",))
    (hedged,) = simulate(world, [params(**values)], spec, engine="numpy")
    bare = spec.model_copy(update={"modules": ()})
    (alone,) = simulate(world, [params(**values)], bare, engine="numpy")
    return hedged, alone


def test_a_perpetual_short_of_all_leaves_nothing_to_chance() -> None:
    """Hedged in full and without a band, the value stands still from the first evening on."""
    hedged, alone = run(market(0.02, perps=True), 200, 25, perpMaxLeverage=5_000_000)
    moves = hedged.checkpoints[2:] / hedged.checkpoints[1]
    assert np.abs(moves - 1.0).max() < 1e-12
    assert np.abs(alone.checkpoints[2:] / alone.checkpoints[1] - 1.0).max() > 0.1
    assert hedged.hedge and np.abs(hedged.hedge.mean_delta).max() <= 0.55 / 25 + 1e-12


def test_hedges_leave_the_control_as_it_is() -> None:
    """The luck of the raw targets, known beside hedges too, is the same to the bit."""
    hedged, alone = run(market(0.02, perps=True), 50, 10, perpMaxLeverage=5_000_000)
    assert hedged.surprise.any()
    assert hedged.surprise.tobytes() == alone.surprise.tobytes()
    assert hedged.final_nav.tobytes() != alone.final_nav.tobytes()


@pytest.mark.parametrize(("days", "deviation"), [(20, 0.1926), (80, 0.0981)])
def test_puts_with_a_short_are_hulls_delta_hedge(days: int, deviation: float) -> None:
    """What is left to chance of a put that is hedged each day, over its price, by days to expiry.

    Hull's option of 20 weeks (|delta| .478, deviation 12.4 %), traded weekly and 4 times a week;
    his drift and rate, which are not there, move the figure by less than the tolerance.
    """
    world = market(0.124 / np.sqrt(days), puts=True, perps=True)
    limits = {"minAbsDelta": 478_000, "maxAbsDelta": 478_000, "perpMaxLeverage": 5_000_000}
    tenors = {"minTenor": DAY, "maxTenor": days * DAY}
    hedged, _ = run(world, 3_000, days + 1, **limits, **tenors)
    spec = SimSpec(paths=3_000, horizon_days=1, seed=4)
    (first,) = simulate(world, [params()], spec, engine="numpy")
    left = hedged.final_nav - first.final_nav
    premium = bought(first.final_nav - 0.5, 0.478, 0.124)[1]
    assert left.std() / premium.mean() == pytest.approx(deviation, rel=0.06)
    assert abs(left.mean()) < 4 * left.std() / np.sqrt(3_000)


def bought(held: Any, delta: float, deviation: float, dear: float = 1.0) -> tuple[Any, Any]:
    """Strike and premium of puts on what is held, of this delta at a deviation to expiry, which is
    as many times too dear."""
    paid = dear * deviation
    moneyness = np.exp(paid * (-NormalDist().inv_cdf(delta) - 0.5 * paid))
    strike = held / moneyness
    return strike, strike * black_scholes(Option(1.0, 1.0, False), np.array([moneyness]), paid)


def test_puts_pay_their_intrinsic_value_and_are_worth_their_premium() -> None:
    """Path by path the gain is the payoff less the premium; at a fair volatility its mean is 0.

    Closed form: E max(K − S, 0) of the lognormal price is the Black–Scholes premium.
    """
    world, days = market(0.04, puts=True), 20
    tenors = {"minTenor": DAY, "maxTenor": days * DAY}
    hedged, alone = run(world, 8_000, days + 1, **tenors)
    assert hedged.hedge
    spot, deviation = alone.checkpoints - 0.5, 0.04 * np.sqrt(days)
    strike, premium = bought(spot[1], 0.225, deviation)
    gain = np.maximum(strike - spot[-1], 0.0) - premium
    assert hedged.hedge.gain == pytest.approx(gain, abs=1e-12)
    assert hedged.final_nav == pytest.approx(alone.final_nav + gain, abs=1e-12)
    error = gain.std() / np.sqrt(8_000)
    assert abs(gain.mean()) < 3 * error
    assert error < 0.03 * premium.mean()


def test_a_dear_option_costs_its_premium_over_the_fair_one() -> None:
    """At 1.5 times the volatility that is to come, the mean gain is the price that is too high."""
    dear = {"options": [{"asset": "BTC", "premium": 1.5, "skew": 0, "fee": 0, "assumption": ""}]}
    tenors = {"minTenor": DAY, "maxTenor": 20 * DAY}
    values = tenors | {"minAbsDelta": 500_000, "maxAbsDelta": 500_000}
    hedged, alone = run(market(0.04, conditions=dear), 8_000, 21, **values)
    assert hedged.hedge
    deviation, held = 0.04 * np.sqrt(20), alone.checkpoints[1] - 0.5
    strike, paid = bought(held, 0.5, deviation, dear=1.5)
    fair = strike * black_scholes(Option(1.0, 1.0, False), held / strike, deviation)
    error = hedged.hedge.gain.std() / np.sqrt(8_000)
    assert abs((hedged.hedge.gain + paid - fair).mean()) < 3 * error
    assert (paid - fair).mean() > 10 * error


def test_a_leap_up_costs_the_margin_and_no_more() -> None:
    """A price that doubles on a day liquidates each short; the loss is its margin."""
    leap = {"probability": 1.0, "mean": float(np.log(2.0)), "deviation": 0.0}
    assets = [
        {"symbol": "BTC", "price": 1.0, "own_jump": leap},
        {"symbol": "STABLE", "price": 1.0, "own_jump": {"probability": 0.0}},
    ]
    world = market(0.0, perps=True, assets=assets)
    hedged, alone = run(world, 2, 2, perpMaxLeverage=2_500_000, hedgeRatio=300_000)
    assert hedged.hedge and hedged.hedge.liquidations.tolist() == [1.0, 1.0]
    # Half of the value doubles on the first day, so 0.3 · 1 is sold against a margin of 0.12.
    assert alone.final_nav - hedged.final_nav == pytest.approx(0.12, abs=1e-12)


def test_funding_is_paid_and_received() -> None:
    """A short of 0.5 receives a tenth of a percent of its notional each day, or pays it."""
    for mean in (0.001, -0.001):
        funding = Funding(
            asset="BTC", mean=(mean,), persistence=0.0, deviation=0.0, assumption=""
        ).model_dump(mode="json")
        perp = {"asset": "BTC", "maintenance": 1e-9, "fee": 0.0, "open_interest": 1e15}
        conditions = {"perps": [perp | {"assumption": ""}], "funding": [funding]}
        hedged, alone = run(market(0.0, conditions=conditions), 2, 11, maxFundingPaid=50)
        assert hedged.hedge
        assert hedged.final_nav - alone.final_nav == pytest.approx(10 * 0.5 * mean, rel=1e-9)
        assert hedged.hedge.funding == pytest.approx(-10 * 0.5 * mean, rel=0.01)


def test_fees_are_taken_and_counted() -> None:
    """A price that stands still costs one fee on the notional of the short, and nothing after."""
    perp = {"asset": "BTC", "maintenance": 1e-9, "fee": 0.002, "open_interest": 1e15}
    conditions = {"perps": [perp | {"assumption": ""}]}
    hedged, alone = run(market(0.0, conditions=conditions), 2, 9, maxHedgeFee=20)
    assert hedged.hedge
    assert alone.final_nav - hedged.final_nav == pytest.approx(0.001, abs=1e-12)
    assert hedged.hedge.fees == pytest.approx(0.001, abs=1e-12)


def lived(
    world: Market, sets: list[ParamSet], days: int, paths: int, seed: int
) -> Iterator[tuple[int, Portfolio, Hedges, Any]]:
    """The vaults of the last set, evening by evening."""
    spec = SimSpec(paths=paths, horizon_days=days, seed=seed, modules=("hedging",))
    layout = sets[0].layout
    places, numbers = [world.place(name) for name in layout.assets], np.arange(paths)
    hedging = Hedging.of(world, sets, spec.portfolio)
    start = RebalancingRules.of(sets[0]).targets
    hedges = Hedges(hedging, len(sets) - 1, start, spec, paths)
    rules = RebalancingRules.of(sets[-1])
    portfolio = Portfolio(World(world, places, spec, numbers), rules, start, hedges)
    for number, day in enumerate(
        Sampler(world, seed, numbers, Asked.of(world, spec.modules)).days(days), 1
    ):
        portfolio.step(number, day.growth[places], day)
        yield number, portfolio, hedges, hedging


@st.composite
def hedge_params(draw: st.DrawFn) -> ParamSet:
    """Any rules of hedging, within the catalogue's limits."""
    base = ParamSet.defaults(THREE)
    changes = []
    for spec in catalogue(THREE):
        if spec.module.name == "HEDGING":
            value = draw(st.sampled_from((spec.minimum, spec.maximum, spec.default)))
            changes.append(Change(key=spec.key, old=0, new=value))
    return base.apply(changes)


@given(hedge_params(), st.integers(0, 2**64 - 1), st.sampled_from((1.0, 4.0)))
@settings(max_examples=15, deadline=None)
def test_what_holds_each_evening(rules: ParamSet, seed: int, wild: float) -> None:
    """Whatever the rules: the base asset bears all margins, nothing is below zero, the premium of
    any 30 days is within its budget, gamma and vega are within their limits, and the value is what
    is held and the puts."""
    world = default_market(conditions=True)
    regimes = [
        regime.model_copy(update={"volatility": tuple(wild * v for v in regime.volatility)})
        for regime in world.regimes
    ]
    world = world.model_copy(update={"regimes": tuple(regimes)})
    premiums, sums = [np.zeros(8)], np.zeros((3, 8))
    for _, portfolio, hedges, hedging in lived(world, [rules], 50, 8, seed):
        hedging_rules = hedging.rules[0]
        margin, book = np.zeros(8), np.zeros(8)
        for position, terms in zip(hedges._positions, hedging.terms[0], strict=True):
            assert (position.perp >= 0.0).all() and (position.strike >= 0.0).all()
            assert (position.left >= 0.0).all() and (position.moneyness > 0.0).all()
            margin += terms.margin * position.perp
        book = hedges._book
        held = portfolio._held
        assert (held >= 0.0).all() and (book >= 0.0).all()
        assert (held[0] >= margin * (1.0 - 1e-12)).all()
        assert portfolio._value == pytest.approx(held[0] + held[1] + held[2] + book, rel=1e-12)
        premiums.append(hedges.premium.copy())
        window = premiums[-1] - premiums[max(len(premiums) - 31, 0)]
        assert (window <= hedging_rules.premium_budget + 1e-12).all()
        _, gamma, vega = hedges._sums - sums
        sums = hedges._sums.copy()
        # Fees are paid after the limits were looked at.
        assert np.max(gamma) <= hedging_rules.max_gamma * 1.02 + 1e-12
        assert np.max(vega) <= hedging_rules.max_vega * 1.02 + 1e-12


@given(hedge_params(), st.integers(0, 2**64 - 1))
@settings(max_examples=6, deadline=None)
def test_no_value_comes_from_nowhere(rules: ParamSet, seed: int) -> None:
    """Without rebalancing, and with a base asset that stands still, the value is that without
    hedges and their gain, to 1e-12."""
    names = ("driftThreshold", "rebalanceInterval")
    rules = rules.apply(Change(key=rules.spec(name).key, old=0, new=OPEN[name]) for name in names)
    world = default_market(conditions=True)
    data = world.model_dump(mode="json")
    data["assets"][2] |= {"reversion": 0.0, "own_jump": {"probability": 0.0}}
    for regime in data["regimes"]:
        regime["volatility"][2] = 0.0
    world = Market.model_validate(data)
    spec = SimSpec(paths=20, horizon_days=60, seed=seed, modules=("hedging",))
    (hedged,) = simulate(world, [rules], spec, engine="numpy")
    (alone,) = simulate(world, [rules], spec.model_copy(update={"modules": ()}), engine="numpy")
    assert hedged.hedge
    assert hedged.final_nav == pytest.approx(alone.final_nav + hedged.hedge.gain, abs=1e-12)


def test_hedges_wait_for_the_interaction_delay() -> None:
    """Without a delay the short that makes up for the puts' delta follows it each day; with five
    days it is enlarged only so long after the last trade, while it is made smaller at any time."""
    for delay, follows in ((0, True), (5, False)):
        world = market(0.04, puts=True, perps=True)
        values = params(hedgeInteractionDelay=delay * DAY)
        before, last = np.zeros(30), np.full(30, -100)
        enlarged, reduced, early = 0, 0, 0
        prices = iter(Sampler(world, 3, np.arange(30)).days(30))
        for number, _, hedges, _ in lived(world, [values], 30, 30, 3):
            grown, after = before * next(prices).growth[0], hedges._positions[0].perp
            up, down = after > grown * (1 + 1e-9), after < grown * (1 - 1e-9)
            enlarged += int(up.sum())
            early += int((up & (number - last < 5)).sum())
            reduced += int((down & (number - last < 5)).sum())
            last = np.where(up | down, number, last)
            before = after.copy()
        assert enlarged and reduced
        assert (early > 0) is follows


def test_what_is_hedged_starts_from_the_first_sets_weights() -> None:
    """The Greeks at the start are those of the vault without hedges: delta is what is not base."""
    spec = SimSpec(paths=3, horizon_days=10, modules=("hedging",))
    world = default_market(conditions=True)
    (outcomes,) = simulate(world, [params(THREE)], spec, engine="numpy")
    assert outcomes.hedge
    assert outcomes.hedge.delta[0] == pytest.approx(0.7)
    assert not outcomes.hedge.gamma[0].any() and not outcomes.hedge.vega[0].any()
    assert (outcomes.hedge.gamma[1:] > 0.0).all()


def test_debt_is_hedged_with_what_it_bought() -> None:
    """A vault that borrows has more delta, and its hedges look at the gross amount."""
    layout = THREE.model_copy(update={"collaterals": ("WETH",), "venues": ("aave-v3",)})
    spec = SimSpec(paths=50, horizon_days=5, modules=("collateral", "hedging"))
    world = default_market(conditions=True)
    (outcomes,) = simulate(world, [params(layout, hedgeRatio=500_000)], spec, engine="numpy")
    assert outcomes.hedge and outcomes.debt
    gross = 0.7 + np.median(outcomes.debt.mean_debt)
    assert gross > 0.725
    assert outcomes.hedge.delta[0] == pytest.approx(gross, abs=0.001)
    assert np.median(outcomes.hedge.delta[1]) == pytest.approx(0.5 * gross, abs=0.005)

"""Debt against collateral through the simulator: closed forms, and what each parameter does."""

import re
from collections.abc import Callable
from math import exp, sqrt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dpo_gov.errors import InputError, UnknownName
from dpo_gov.market import Market, default_market
from dpo_gov.market.model import Jump
from dpo_gov.params import Change, Module, ParamSet, StrategyLayout, catalogue
from dpo_gov.policy.collateral import liquidate
from dpo_gov.risk import measures
from dpo_gov.simulate import Outcomes, SimSpec, covering, debt, not_modelled, simulate, stress_notes

DAY = 86_400
LENT = default_market(conditions=True).reduced(["collateral"])
BOTH = StrategyLayout(
    name="one", assets=("USDC", "WETH"), weights=(5_000, 5_000), collaterals=("WETH",),
    venues=("aave-v3",),
)  # fmt: skip
WIDE = {"relCap[aave-v3]": 1_000_000, "absCap[aave-v3]": 10**15, "debtCeiling": 10**15}


def quiet(drift: float, volatility: float, rate: float = 0.0, spread: float = 0.9) -> Market:
    """Ether as a geometric Brownian motion, a stable asset that is stable, a rate that stands.

    `drift` and `volatility`: of a day's log return. Trades cost too much for any limit, unless
    `spread` is less.
    """
    market = default_market(conditions=True)
    assert market.conditions
    places = [asset.symbol for asset in market.assets]
    regime = market.regimes[0]
    one = regime.model_copy(
        update={
            "drift": tuple(drift if name == "ETH" else 0.0 for name in places),
            "volatility": tuple(volatility if name == "ETH" else 0.0 for name in places),
        }
    )
    still = Jump(probability=0.0, mean=0.0, deviation=0.0)
    lending = market.conditions.lending[0].model_copy(
        update={
            "threshold": {"ETH": 0.8},
            "base": rate,
            "slope": 0.0,
            "steep": 0.0,
            "utilisation": (0.5,),
        }
    )
    data = market.model_copy(
        update={
            "assets": tuple(one.model_copy(update={"own_jump": still}) for one in market.assets),
            "degrees": None,
            "regimes": (one,),
            "transition": ((1.0,),),
            "common_jump": market.common_jump.model_copy(update={"probability": 0.0}),
            "gas": market.gas.model_copy(update={"median": market.gas.median[:1]}),
            "venue": market.venue.model_copy(update={"half_spread": spread}),
            "conditions": market.conditions.model_copy(
                update={"lending": (lending,), "funding": (), "perps": (), "options": ()}
            ),
        }
    )
    return Market.model_validate(data.model_dump())


def one_set(values: dict[str, int], layout: StrategyLayout = BOTH) -> ParamSet:
    """The defaults with other values."""
    base = ParamSet.defaults(layout)
    return base.apply(
        Change(key=base.spec(name).key, old=base.get(name), new=new) for name, new in values.items()
    )


def levered(ltv: int, **more: int) -> ParamSet:
    """A sleeve at an LTV in basis points, which nothing but a liquidation takes away."""
    lax = {"targetLtv[WETH]": ltv, "maxLtv[WETH]": 9_000, "ltvBuffer": 200}
    weak = {"deleverHealthFactor": 1_050_000, "ripcordHealthFactor": 1_020_000}
    return one_set(WIDE | lax | weak | more)


def simulated(market: Market, params: ParamSet, paths: int, days: int) -> Outcomes:
    """A simulation of one set with its debt."""
    spec = SimSpec(paths=paths, horizon_days=days, modules=("collateral",), portfolio=1e6)
    (outcomes,) = simulate(market, [params], spec, engine="numpy")
    assert outcomes.debt is not None
    return outcomes


PASSAGE = [
    (90, 0.679563, 0.608463),
    (80, 0.368359, 0.316263),
    (70, 0.142695, 0.116362),
    (60, 0.033306, 0.025502),
]
"""Barrier of 100 for a volatility of 80 % and 30 days: chance to touch it at any time, and at a
close (Broadie, Glasserman and Kou's correction, 1997)."""


@pytest.mark.parametrize(("barrier", "always", "daily"), PASSAGE)
def test_liquidation_is_a_first_passage(
    barrier: int, always: float, daily: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without delever or cap its chance is the closed form, without the bridge that of closes."""
    variance = 0.8**2 / 365.0
    market = quiet(-0.5 * variance, sqrt(variance))
    params, paths = levered(barrier * 80), 40_000
    (measure,) = (one for one in measures(["collateral"]) if one.name == "liquidation_probability")
    figure = measure.figure(simulated(market, params, paths, 30))
    noise = 4.0 * sqrt(always * (1.0 - always) / paths)
    assert figure.estimate == pytest.approx(always, abs=noise)
    assert figure.low < figure.estimate < figure.high

    def at_closes(posted: Any, owed: Any, prices: Any, terms: Any) -> Any:
        return liquidate(posted, owed, prices._replace(uniform=1.0), terms)

    monkeypatch.setattr(debt, "liquidate", at_closes)
    closes = measure.figure(simulated(market, params, paths, 30))
    # The correction itself is good to about a hundredth.
    assert closes.estimate == pytest.approx(daily, abs=noise + 0.01 * daily)
    assert closes.estimate < always - noise


def test_levered_growth_and_interest() -> None:
    """A sleeve that nothing touches is gross growth less compounded debt, to the last digits."""
    outcomes = simulated(quiet(0.001, 0.0, rate=0.07), levered(4_000), 3, 50)
    owed = outcomes.debt
    assert owed
    gross, borrowed = 0.5 + 0.5 * 0.4 / 0.6, 0.5 * 0.4 / 0.6
    due = borrowed * (1.0 + 0.07 / 365.0) ** 50
    assert outcomes.final_nav == pytest.approx(0.5 + gross * exp(0.001 * 50) - due, rel=1e-12)
    assert owed.interest == pytest.approx(due - borrowed, rel=1e-9)
    assert owed.mean_debt == pytest.approx(
        sum(borrowed * (1.0 + 0.07 / 365.0) ** day for day in range(1, 51)) / 50, rel=1e-12
    )
    assert owed.threshold_use == pytest.approx(0.4 / 0.8 * 1.0, rel=1e-3)
    assert not owed.liquidations.any() and not owed.delevers.any()


def test_a_delever_keeps_a_fall_from_becoming_a_liquidation() -> None:
    """Where trades are cheap, debt is paid down on the way and nothing is ever liquidated."""
    market = quiet(-0.01, 0.0, spread=0.0001)
    kept = simulated(market, levered(6_000, deleverHealthFactor=1_250_000), 2, 60).debt
    left = simulated(quiet(-0.01, 0.0), levered(6_000), 2, 60).debt
    assert kept and left
    assert kept.delevers.min() > 0 and not kept.liquidations.any()
    assert kept.threshold_use.max() < 0.9
    assert left.liquidations.min() > 0 and not left.delevers.any()
    assert left.liquidated.min() > 0.1


def test_debt_pays_for_thin_liquidity() -> None:
    """Where liquidity thins on wild days, a sleeve loses more of what it trades, too."""
    lax = {"targetLtv[WETH]": 4_500, "driftThreshold": 2_000, "maxSlippage": 300}
    params = one_set(WIDE | lax)
    spec = SimSpec(paths=200, horizon_days=25, modules=("collateral",), portfolio=1e8)
    usual, thin = (
        simulate(
            LENT.model_copy(update={"venue": LENT.venue.model_copy(update={"thinning": one})}),
            [params],
            spec,
            engine="numpy",
        )[0]
        for one in (0.0, 5.0)
    )
    alone = (usual.rebalances == 0) & (thin.rebalances == 0) & (usual.cost > 0.0)
    assert alone.sum() > 20
    one, other = (each.cost[alone].sum() / each.turnover[alone].sum() for each in (usual, thin))
    assert other > 1.1 * one


def test_a_crash_leaves_bad_debt_and_a_vault_that_is_worth_something() -> None:
    """One day of −70 % takes all collateral; the shortfall is the lenders', not the vault's."""
    outcomes = simulated(quiet(-1.2, 0.0), levered(7_000), 2, 1)
    owed = outcomes.debt
    assert owed
    # Posted is the cap of 1.0; the gross amount was 0.5 and its debt of 0.7.
    fall = exp(-1.2)
    assert owed.liquidated == pytest.approx(fall)
    assert owed.bad_debt == pytest.approx(0.7 - fall / 1.05)
    assert outcomes.final_nav == pytest.approx(0.5 + 0.2 * fall)


AT_ONCE = {"maxTradeSize": 2_500, "tradeCoolOff": 0, "driftThreshold": 100, "weightRamp": DAY // 6}
AT_ONCE |= {"slippageBudget": 1_000, "navDeviation": 100, "minIdle": 0, "maxSlippage": 300}
"""What the vault wants to trade, it trades as fast as any vault may."""


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_vault_is_liquidated_by_its_own_act(data: st.DataObject) -> None:
    """Where no price moves, nothing is: whatever weights, LTVs, caps and flash loans are."""

    def percent(low: int, high: int) -> int:
        return data.draw(st.integers(low, high)) * 100

    market = quiet(0.0, 0.0, spread=data.draw(st.sampled_from((0.0, 0.001, 0.01))))
    ripcord = 10_000 * data.draw(st.integers(102, 130))
    rules = WIDE | {
        "maxLtv[WETH]": percent(60, 90),
        "targetLtv[WETH]": percent(30, 80),
        "ltvBuffer": percent(0, 10),
        "ripcordHealthFactor": ripcord,
        "deleverHealthFactor": max(ripcord + 10_000 * data.draw(st.integers(1, 30)), 1_050_000),
    }
    first, second = percent(40, 95), percent(3, 95)
    before = one_set(rules, BOTH.model_copy(update={"weights": (10_000 - first, first)}))
    later = rules | {
        "targetWeight[USDC]": 10_000 - second,
        "targetWeight[WETH]": second,
        "flashloanFeeMax": data.draw(st.sampled_from((0, 10))),
        "relCap[aave-v3]": data.draw(st.sampled_from((100_000, 1_000_000))),
        **AT_ONCE,
    }
    after = one_set(later, before.layout)
    spec = SimSpec(paths=1, horizon_days=30, modules=("collateral",), portfolio=1e6)
    for outcomes in simulate(dear(market), [before, after], spec, engine="numpy"):
        owed = outcomes.debt
        assert owed and not owed.liquidations.any() and not owed.bad_debt.any()
        assert not owed.ripcords.any() and owed.threshold_use.max() < 1.0


def test_a_sleeve_that_the_vault_sells_gets_to_its_target() -> None:
    """From 50 to 5 % of the value without a flash loan: debt falls with the sleeve."""
    rules = {"targetLtv[WETH]": 4_000, "maxLtv[WETH]": 7_000, "driftThreshold": 100} | WIDE
    start = one_set(rules)
    sold = {"targetWeight[USDC]": 9_500, "targetWeight[WETH]": 500, "flashloanFeeMax": 0}
    after = one_set(rules | sold | AT_ONCE)
    spec = SimSpec(paths=1, horizon_days=40, modules=("collateral",), portfolio=1e6)
    market = dear(quiet(0.0, 0.0, spread=0.0001))
    _, outcomes = simulate(market, [start, after], spec, engine="numpy")
    owed = outcomes.debt
    assert owed and not owed.liquidations.any() and not owed.ripcords.any()
    assert outcomes.time_out_of_band.max() < 0.4
    assert owed.mean_debt.max() < 0.5 * (0.5 * 0.4 / 0.6)
    assert outcomes.final_nav.min() > 0.999


def test_gas_is_paid_once_and_for_good() -> None:
    """Each time that debt is paid down, the vault is poorer by the gas in dollars, to the end."""
    market = quiet(0.0, 0.0, spread=0.0)
    gas = {"deviation": 0.0, "median": (20.0,), "fixed": 150_000.0, "per_trade": 120_000.0}
    update: dict[str, Any] = {"gas": market.gas.model_copy(update=gas)}
    update["venue"] = market.venue.model_copy(update={"depth": (1e15,) * len(market.assets)})
    market = market.model_copy(update=update)
    rules = WIDE | {"targetLtv[WETH]": 4_000, "maxLtv[WETH]": 6_000, "driftThreshold": 2_000}
    rules |= {"rebalanceInterval": 365 * DAY}
    sets = [one_set(rules), one_set(rules | {"maxLtv[WETH]": 1_000, "ltvRamp": 8 * DAY})]
    spec = SimSpec(paths=1, horizon_days=20, modules=("collateral",), portfolio=20_000.0)
    _, outcomes = simulate(market, sets, spec, engine="numpy")
    assert outcomes.debt and outcomes.debt.delevers.min() > 2 and not outcomes.rebalances.any()
    each = 270_000 * 20e-9 * market.gas.ether / 20_000.0
    paid = outcomes.debt.delevers * each
    assert outcomes.final_nav == pytest.approx(1.0 - paid, abs=1e-9)
    assert outcomes.cost == pytest.approx(paid, rel=0.01)


def test_use_of_the_threshold_is_that_of_the_worst_moment() -> None:
    """It is above 1 on exactly the paths that were liquidated, also if only within a day."""
    variance = 0.8**2 / 365.0
    owed = simulated(quiet(0.0, sqrt(variance)), levered(6_400), 2_000, 30).debt
    assert owed and 0 < (owed.liquidations > 0).sum() < 2_000
    assert ((owed.threshold_use > 1.0) == (owed.liquidations > 0)).all()
    assert (owed.threshold_use == 1.0 + 2.0**-52).any()  # touched between two closes only
    # One day of −70 %: 0.7 owed, 1.0 posted, threshold 0.8.
    crashed = simulated(quiet(-1.2, 0.0), levered(7_000), 2, 1).debt
    assert crashed and crashed.threshold_use == pytest.approx(0.7 / (0.8 * exp(-1.2)))


# From, to: changes that must show. Amounts are of a vault of a million dollars.
SEEN: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "targetLtv[WETH]": ({}, {"targetLtv[WETH]": 4_000}),
    "targetLtv[WBTC]": ({"relCap[aave-v3]": 900_000}, {"targetLtv[WBTC]": 2_000}),
    "maxLtv[WETH]": ({}, {"maxLtv[WETH]": 3_500}),
    "maxLtv[WBTC]": ({"relCap[aave-v3]": 900_000}, {"maxLtv[WBTC]": 3_500}),
    "ltvBuffer": ({}, {"ltvBuffer": 5_000}),
    "ltvRamp": ({"maxLtv[WETH]": 3_100}, {"ltvRamp": 30 * DAY}),
    "relCap[aave-v3]": ({}, {"relCap[aave-v3]": 100_000}),
    "relCap[morpho-blue]": ({"rateSwitchHysteresis": 5}, {"relCap[morpho-blue]": 100_000}),
    "absCap[aave-v3]": ({}, {"absCap[aave-v3]": 10**11}),
    "absCap[morpho-blue]": ({"rateSwitchHysteresis": 5}, {"absCap[morpho-blue]": 10**11}),
    "debtCeiling": ({}, {"debtCeiling": 3 * 10**10}),
    "debtCeilingGap": ({}, {"debtCeilingGap": 10**8}),
    "debtCeilingTtl": ({"debtCeilingGap": 10**9}, {"debtCeilingTtl": 7 * DAY}),
    "deleverHealthFactor": ({}, {"deleverHealthFactor": 2_600_000}),
    "ripcordHealthFactor": (
        {"deleverHealthFactor": 2_500_000, "maxBaseFee": 1},
        {"ripcordHealthFactor": 2_000_000},
    ),
    "ripcordSlippage": (
        {"deleverHealthFactor": 2_500_000, "ripcordHealthFactor": 2_000_000, "maxSlippage": 5},
        {"ripcordSlippage": 5},
    ),
    "maxBorrowRate": ({}, {"maxBorrowRate": 300}),
    "rateSwitchHysteresis": ({}, {"rateSwitchHysteresis": 500}),
    "minHoldTime": ({"rateSwitchHysteresis": 5}, {"minHoldTime": 30 * DAY}),
    "flashloanFeeMax": ({"rateSwitchHysteresis": 5}, {"flashloanFeeMax": 0}),
}


def dear(market: Market = LENT) -> Market:
    """The default market, in which flash loans cost 0.05 % everywhere."""
    assert market.conditions
    venues = [one.model_copy(update={"flash_fee": 0.0005}) for one in market.conditions.lending]
    conditions = market.conditions.model_copy(update={"lending": tuple(venues)})
    return market.model_copy(update={"conditions": conditions})


@pytest.mark.parametrize("name", SEEN)
def test_a_parameter_of_debt_moves_an_outcome(
    name: str, with_values: Callable[..., ParamSet]
) -> None:
    """Each parameter of the module changes the outputs, and is not named as unseen."""
    base, change = SEEN[name]
    start, before, after = with_values({}), with_values(base), with_values(base | change)
    market = dear() if name == "flashloanFeeMax" else LENT
    spec = SimSpec(paths=100, horizon_days=120, portfolio=1e6, modules=("collateral",))
    _, one, other = simulate(market, [start, before, after], spec)
    assert one.sha256() != other.sha256()
    if name != "ltvRamp":
        assert not_modelled(before, after, market, ("collateral",)) == ()


def test_every_parameter_of_debt_is_among_them(current: ParamSet) -> None:
    """The list is the whole module."""
    known = {spec.name for spec in catalogue(current.layout) if spec.module is Module.COLLATERAL}
    assert SEEN.keys() == known


@pytest.mark.parametrize(
    ("base", "change", "words"),
    [
        ({}, {"debtCeilingTtl": DAY // 2}, "once a day"),
        ({}, {"minHoldTime": 3 * DAY - 60}, "once a day"),
        ({}, {"ltvRamp": DAY}, "nothing ramps"),
        ({}, {"flashloanFeeMax": 0}, "flash loans cost 0.00%"),
        ({"targetLtv[WETH]": 0, "targetLtv[WBTC]": 0}, {"maxLtv[WETH]": 4_000}, "nothing is borr"),
    ],
)
def test_what_debt_cannot_show_is_named(
    base: dict[str, int],
    change: dict[str, int],
    words: str,
    with_values: Callable[..., ParamSet],
) -> None:
    """A change that is named with a reason leaves every output bit as it is."""
    before, after = with_values(base), with_values(base | change)
    (named,) = not_modelled(before, after, LENT, ("collateral",))
    assert re.search(words, named.why)
    spec = SimSpec(paths=30, horizon_days=120, portfolio=1e6, modules=("collateral",))
    one, other = simulate(LENT, [before, after], spec)
    assert one.sha256() == other.sha256()


def test_debt_that_cannot_be_simulated_says_what_to_add(
    with_values: Callable[..., ParamSet],
) -> None:
    """No venue or an unknown one, a collateral not taken or not held: what to do is told."""
    spec, sets = SimSpec(modules=("collateral",)), [with_values({})]
    with pytest.raises(InputError, match=r"conditions\.lending"):
        covering(spec, sets, default_market())
    layout = sets[0].layout
    for change, words in (
        ({"venues": ()}, "no lending venue"),
        ({"collaterals": ("USDC",)}, "beside its base asset"),
        ({"venues": ("compound",)}, r"'compound', only aave-v3, morpho-blue; add one"),
    ):
        other = ParamSet.defaults(layout.model_copy(update=change))
        with pytest.raises(InputError, match=words):
            covering(spec, [other], LENT)
    assert LENT.conditions
    narrow = LENT.conditions.lending[0].model_copy(update={"threshold": {"BTC": 0.7}})
    lending = (narrow, LENT.conditions.lending[1])
    market = LENT.model_copy(
        update={"conditions": LENT.conditions.model_copy(update={"lending": lending})}
    )
    with pytest.raises(UnknownName, match=r"'aave-v3' of the market takes no ETH .* add its liq"):
        simulate(market, sets, SimSpec(paths=2, horizon_days=2, modules=("collateral",)))


def test_days_of_stress_say_what_they_leave_out(current: ParamSet) -> None:
    """A reader is told that the days of stress are without debt, where the paths have it."""
    assert stress_notes(LENT, current.layout) == ()
    assert stress_notes(LENT, current.layout, ("collateral",)) == ("these days are without debt",)


def test_a_change_of_debt_brings_its_module(with_values: Callable[..., ParamSet]) -> None:
    """Where a parameter of the module changes, it is simulated; without, outcomes have no debt."""
    sets = [with_values({}), with_values({"targetLtv[WETH]": 3_500})]
    assert covering(SimSpec(), sets, LENT).modules == ("collateral",)
    (plain,) = simulate(LENT, sets[:1], SimSpec(paths=2, horizon_days=2))
    assert plain.debt is None

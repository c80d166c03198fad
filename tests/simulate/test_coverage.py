"""No parameter is silently without effect: it moves an outcome, or it is named."""

import re
from collections.abc import Callable

import pytest

from dpo_gov.errors import InputError
from dpo_gov.market import default_market
from dpo_gov.market.model import Oracle
from dpo_gov.params import Module, ParamSet, ParamSpec, StrategyLayout, catalogue
from dpo_gov.simulate import NotModelled, SimSpec, covering, not_modelled, simulate

MARKET = default_market()
LAYOUT = StrategyLayout(name="core", assets=("USDC", "WBTC", "WETH"), weights=(2_000, 3_500, 4_500))
UNSEEN = {"oracleMaxStaleness", "oracleMaxDeviation", "sequencerGrace", "auctionDuration"}
DAY = 86_400

# From, to: changes that must show, in a vault large enough to feel them.
SEEN: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "driftThreshold": ({}, {"driftThreshold": 400}),
    "recenteringSpeed": ({}, {"recenteringSpeed": 500_000}),
    "rebalanceInterval": ({}, {"rebalanceInterval": 20 * DAY}),
    "maxTradeSize": ({}, {"maxTradeSize": 300}),
    "maxSlippage": ({}, {"maxSlippage": 25}),
    "slippageBudget": (
        {"navDeviation": 100, "maxSlippage": 300, "driftThreshold": 1_000},
        {"slippageBudget": 10},
    ),
    "slippageWindow": (
        {"slippageBudget": 10, "driftThreshold": 100, "maxSlippage": 300},
        {"slippageWindow": 7 * DAY},
    ),
    "navDeviation": ({}, {"navDeviation": 1}),
    "minIdle": ({"driftThreshold": 100, "recenteringSpeed": 300_000}, {"minIdle": 2_000}),
    "maxBaseFee": ({}, {"maxBaseFee": 5}),
    "weightRamp": ({}, {"weightRamp": 20 * DAY}),
    "targetWeight[USDC]": ({}, {"targetWeight[USDC]": 2_100, "targetWeight[WETH]": 4_400}),
    "targetWeight[WBTC]": ({}, {"targetWeight[WBTC]": 3_600, "targetWeight[WETH]": 4_400}),
    "targetWeight[WETH]": ({}, {"targetWeight[WETH]": 4_600, "targetWeight[WBTC]": 3_400}),
}
HEDGED = default_market(conditions=True).reduced(["hedging"])
UNSEEN_HEDGES = {"greeksMaxAge", "greeksMaxSpotMove", "spotShockDown", "volShock"}
SEEN_HEDGES: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "hedgeRatio": ({}, {"hedgeRatio": 500_000}),
    "deltaBand": ({}, {"deltaBand": 1_000}),
    "maxNetDelta": ({}, {"maxNetDelta": 5_000}),
    "maxGamma": ({}, {"maxGamma": 5}),
    "maxVega": ({}, {"maxVega": 1}),
    "premiumBudget": ({}, {"premiumBudget": 50}),
    "minAbsDelta": ({}, {"minAbsDelta": 200_000}),
    "maxAbsDelta": ({}, {"maxAbsDelta": 450_000}),
    "minTenor": ({}, {"minTenor": 30 * DAY}),
    "maxTenor": ({}, {"maxTenor": 60 * DAY}),
    "ivMin": ({}, {"ivMin": 1_000_000}),
    "ivMax": ({}, {"ivMax": 600_000}),
    "spotShockUp": ({"hedgeRatio": 1_000_000}, {"spotShockUp": 2_000_000}),
    "maxHedgeFee": ({}, {"maxHedgeFee": 7}),
    "perpMaxLeverage": ({"hedgeRatio": 1_000_000}, {"perpMaxLeverage": 1_000_000}),
    "marginBuffer": (
        {"hedgeRatio": 1_000_000, "perpMaxLeverage": 5_000_000, "spotShockUp": 1_000_000},
        {},
    ),
    "maxFundingPaid": ({}, {"maxFundingPaid": 0}),
    "maxShareOfVenueOi": ({}, {"maxShareOfVenueOi": 20}),
    "hedgeInteractionDelay": ({"deltaBand": 10}, {"hedgeInteractionDelay": 7 * DAY}),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_is_modelled_moves_an_outcome(name: str, with_values: Callable[..., ParamSet]) -> None:
    """A parameter that is not listed as unseen changes the outputs of the simulation."""
    base, change = SEEN[name]
    if name == "weightRamp":
        base = {"targetWeight[USDC]": 2_500, "targetWeight[WETH]": 4_000}
    start = with_values({})
    before, after = with_values(base), with_values(base | change)
    spec = SimSpec(paths=400, horizon_days=120, portfolio=200_000_000.0)
    _, one, other = simulate(MARKET, [start, before, after], spec)
    assert one.sha256() != other.sha256()
    if name != "weightRamp":
        assert not_modelled(before, after, MARKET) == ()


@pytest.mark.parametrize("name", sorted({*SEEN_HEDGES} - {"marginBuffer"}))
def test_a_hedging_parameter_moves_an_outcome(
    name: str, with_values: Callable[..., ParamSet]
) -> None:
    """A parameter of hedging that is not named as unseen changes the outputs with hedges."""
    base, change = SEEN_HEDGES[name]
    before, after = with_values(base), with_values(base | change)
    spec = SimSpec(paths=100, horizon_days=100, portfolio=2e8, modules=("hedging",))
    one, other = simulate(HEDGED, [before, after], spec)
    assert one.sha256() != other.sha256()
    assert not_modelled(before, after, HEDGED, ("hedging",)) == ()


def test_every_hedging_parameter_is_seen_or_named() -> None:
    """The two lists together are the module, and none is in both."""
    names = {spec.name for spec in catalogue(LAYOUT) if spec.module is Module.HEDGING}
    assert SEEN_HEDGES.keys() | UNSEEN_HEDGES == names
    assert not SEEN_HEDGES.keys() & UNSEEN_HEDGES


@pytest.mark.parametrize(
    ("base", "change", "words"),
    [
        *(({}, {name: None}, "model|gain") for name in sorted(UNSEEN_HEDGES)),
        ({}, {"marginBuffer": 3_000_000}, "more margin"),
        ({}, {"hedgeInteractionDelay": DAY // 2}, "once a day"),
        ({}, {"maxTenor": 91 * DAY + 3_600}, "once a day"),
        ({"hedgeRatio": 0}, {"premiumBudget": 200}, "hedgeRatio is 0"),
    ],
)
def test_what_hedges_cannot_show_is_named(
    base: dict[str, int],
    change: dict[str, int | None],
    words: str,
    with_values: Callable[..., ParamSet],
) -> None:
    """A change of hedging that is named with a reason leaves every output bit as it is."""
    before = with_values(base)
    known = {name: moved(before.specs[name]) if v is None else v for name, v in change.items()}
    after = with_values(base | known)
    (named,) = not_modelled(before, after, HEDGED, ("hedging",))
    assert re.search(words, named.why)
    spec = SimSpec(paths=30, horizon_days=120, modules=("hedging",))
    one, other = simulate(HEDGED, [before, after], spec)
    assert one.sha256() == other.sha256()


def test_a_market_without_hedges_says_what_to_add(with_values: Callable[..., ParamSet]) -> None:
    """A run that asks for hedging is refused; a change is named; the market file's part is told."""
    spec, sets = SimSpec(modules=("hedging",)), [with_values({}), with_values(hedgeRatio=0)]
    with pytest.raises(InputError, match=r"conditions\.perps.*conditions\.options"):
        covering(spec, sets, MARKET)
    assert covering(SimSpec(), sets, MARKET).modules == ()
    (named,) = not_modelled(*sets, MARKET)
    assert "conditions.perps" in named.why
    assert covering(SimSpec(), sets, HEDGED).modules == ("hedging",)
    (named,) = not_modelled(*sets, HEDGED)
    assert named.why == "this run leaves hedging out"
    alone = ParamSet.defaults(StrategyLayout(name="alone", assets=("USDC",), weights=(10_000,)))
    with pytest.raises(InputError, match="no asset beside its base asset"):
        covering(spec, [alone], HEDGED)


def test_puts_or_perpetuals_that_a_market_does_not_have(
    with_values: Callable[..., ParamSet],
) -> None:
    """Without options their parameters are named as unseen, and so are those of perpetuals."""
    known = HEDGED.conditions
    assert known
    for part, name in (("options", "premiumBudget"), ("perps", "maxFundingPaid")):
        market = HEDGED.model_copy(update={"conditions": known.model_copy(update={part: ()})})
        sets = with_values({}), with_values({name: 0})
        (named,) = not_modelled(*sets, market, ("hedging",))
        assert "the market has no" in named.why
        spec = SimSpec(paths=10, horizon_days=40, modules=("hedging",))
        one, other = simulate(market, sets, spec)
        assert one.sha256() == other.sha256()


def test_every_rebalancing_parameter_is_seen_or_named() -> None:
    """The two lists together are the module; none is in both but where whole days decide."""
    names = {spec.name for spec in catalogue(LAYOUT) if spec.module is Module.REBALANCING}
    assert set(SEEN) | UNSEEN | {"tradeCoolOff"} == names
    assert not set(SEEN) & UNSEEN


def moved(spec: ParamSpec) -> int:
    """Another value of a parameter, within its bounds."""
    return spec.upper if spec.default != spec.upper else spec.lower


def test_what_is_named_as_unseen_changes_nothing(with_values: Callable[..., ParamSet]) -> None:
    """Each parameter that is named with a reason leaves every output bit as it is."""
    current = with_values({})
    for spec in current.specs.values():
        if spec.module is Module.REBALANCING and spec.name not in UNSEEN:
            continue
        other = with_values({spec.name: moved(spec)})
        (named,) = not_modelled(current, other, MARKET)
        assert named.name == spec.name
        assert len(named.why) > 20
        one, two = simulate(MARKET, [current, other], SimSpec(paths=2, horizon_days=8))
        assert one.sha256() == two.sha256()


@pytest.mark.parametrize(
    ("values", "other", "words"),
    [
        ({}, {"tradeCoolOff": 2 * 3_600}, "both round to 1 d"),
        ({}, {"tradeCoolOff": 0}, "both round to 1 d"),
        ({}, {"rebalanceInterval": 30 * DAY - 5_000}, "both round to 30 d"),
        ({}, {"slippageWindow": 3_600}, "both are over within one"),
        ({}, {"weightRamp": 2 * DAY}, "no target weight changes"),
        ({}, {"weightRamp": 4 * 3_600}, "both are over within one"),
    ],
)
def test_what_a_daily_model_cannot_see(
    values: dict[str, int],
    other: dict[str, int],
    words: str,
    with_values: Callable[..., ParamSet],
) -> None:
    """Times that come to the same number of days are named, and change nothing indeed."""
    before, after = with_values(values), with_values(values | other)
    (named,) = not_modelled(before, after, MARKET)
    assert words in named.why
    one, two = simulate(MARKET, [before, after], SimSpec(paths=50, horizon_days=70))
    assert one.sha256() == two.sha256()


def test_equal_sets_have_nothing_to_name(current: ParamSet) -> None:
    """Nothing changed, nothing named; several changes come in order of their keys."""
    assert not_modelled(current, current, MARKET) == ()


def test_several_changes_come_in_order(with_values: Callable[..., ParamSet]) -> None:
    """Names are ascending by key, modelled ones are left out."""
    after = with_values(
        performanceFee=10_000, hedgeRatio=300_000, driftThreshold=600, sequencerGrace=7_200
    )
    found = not_modelled(with_values({}), after, MARKET)
    assert [one.name for one in found] == ["sequencerGrace", "hedgeRatio", "performanceFee"]
    assert found[2] == NotModelled("performanceFee", "fees are not simulated yet")


def test_a_late_oracle_is_not_called_in_time(with_values: Callable[..., ParamSet]) -> None:
    """Why no limit on a price's age is seen: prices are never late, or, if so, not refused."""
    before, after = with_values({}), with_values(oracleMaxStaleness=40_000)
    (prompt,) = not_modelled(before, after, MARKET)
    feeds = Oracle(deviation=(0.0,) * len(MARKET.assets), delay=60.0, assumption="")
    (late,) = not_modelled(before, after, MARKET.model_copy(update={"oracle": feeds}))
    assert "never late" in prompt.why
    assert "is late" in late.why

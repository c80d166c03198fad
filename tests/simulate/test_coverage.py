"""No parameter is silently without effect: it moves an outcome, or it is named."""

from collections.abc import Callable

import pytest

from dpo_gov.market import default_market
from dpo_gov.params import Module, ParamSet, ParamSpec, StrategyLayout, catalogue
from dpo_gov.simulate import NotModelled, SimSpec, not_modelled, simulate

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

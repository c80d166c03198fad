"""Axes and designs: which sets a study looks at, and which the registry would refuse."""

import pytest

from dpo_gov.errors import InputError
from dpo_gov.guardrails import RegistryState
from dpo_gov.study import Axis, axes, grid, sobol
from dpo_gov.study.vary import refusal, with_values


def test_a_grid_has_every_combination(state: RegistryState) -> None:
    """Both ends are among the values; the last axis moves fastest."""
    given = axes(state, ["driftThreshold=1%:3%:3", "maxTradeSize = 5 % : 6 % : 2"])
    points = list(grid(state, state.params, given))
    found = [(p.params.get("driftThreshold"), p.params.get("maxTradeSize")) for p in points]
    assert found == [(100, 500), (100, 600), (200, 500), (200, 600), (300, 500), (300, 600)]
    assert [point.number for point in points] == list(range(6))
    assert not any(point.refused for point in points)


def test_the_base_asset_takes_what_weights_leave(state: RegistryState) -> None:
    """Unless it is varied itself; then sets whose weights do not sum are refused by name."""
    (point, _) = grid(state, state.params, axes(state, ["targetWeight[WBTC]=30%:40%:2"]))
    assert point.params.weights() == (2_500, 3_000, 4_500)
    given = axes(state, ["targetWeight[WBTC]=30%:40%:2", "targetWeight[USDC]=15%:25%:2"])
    refusals = [point.refused.partition(":")[0] for point in grid(state, state.params, given)]
    assert refusals == ["WeightsDoNotSum", "", "", "WeightsDoNotSum"]


def test_what_the_registry_would_refuse_is_named(state: RegistryState) -> None:
    """A rule between parameters, and a bound that the base asset would leave."""
    points = list(grid(state, state.params, axes(state, ["maxSlippage=0.5%:3%:2"])))
    assert [point.refused.partition(":")[0] for point in points] == ["", "OutOfOrder"]
    params = with_values(state.params, {"targetWeight[WBTC]": 5_500})
    assert refusal(state, params) == "OutOfBounds: targetWeight[USDC] would be 0 %"


def test_limits_of_today_are_asked(state: RegistryState) -> None:
    """Bounds that governance narrowed, what it gave up, and venues that lowered their threshold.

    Of modules that a set does not touch nothing is asked, as on chain.
    """
    size = state.spec("maxTradeSize")
    narrow = size.model_copy(update={"maximum": 1_600})
    now = state.model_copy(
        update={
            "specs": {size.key: narrow},
            "abdicated": frozenset({state.spec("minIdle").key}),
            "thresholds": {"WETH": 5_900, "WBTC": 10_000},
        }
    )
    for values, rule in (
        ({"maxTradeSize": 1_600}, ""),
        ({"maxTradeSize": 1_700}, "OutOfBounds"),
        ({"minIdle": 400}, "Abdicated"),
        ({"maxLtv[WBTC]": 4_900}, "NoRoomForBuffer"),
        ({"driftThreshold": 700}, ""),
    ):
        found = refusal(now, with_values(state.params, values))
        assert found.partition(":")[0] == rule, values
    with pytest.raises(InputError, match="within 0.1 % … 16 %"):
        Axis.parse(now, "maxTradeSize=1%:20%:3")


def test_sobol_points_are_even(state: RegistryState) -> None:
    """Of 2**k points each of 2**k equal intervals holds one, on each axis; ends are in bounds."""
    pytest.importorskip("scipy", reason="Sobol designs come with the extra `study`")
    given = axes(state, ["driftThreshold=1%:17%", "rebalanceInterval=1d:30d"])
    points = [point.params for point in sobol(state, state.params, given, 16)]
    assert sorted((p.get("driftThreshold") - 100) // 100 for p in points) == list(range(16))
    assert all(86_400 <= p.get("rebalanceInterval") <= 30 * 86_400 for p in points)
    first = [point.params for point in sobol(state, state.params, given, 5)]
    assert first == points[:5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("driftThreshold", "write NAME=LOW:HIGH:COUNT"),
        ("driftThreshold=1%", "write NAME=LOW:HIGH:COUNT"),
        ("driftThreshold=1%:2%:3:4", "write NAME=LOW:HIGH:COUNT"),
        ("driftThreshold=1:8:4", "no value with a unit"),
        ("driftThreshold=8%:1%:4", "write the lower end first"),
        ("driftThreshold=1%:1%:4", "write the lower end first"),
        ("driftThreshold=0.1%:8%:4", "within 0.25 % … 20 %"),
        ("driftThreshold=1%:8%:1", "'1' is no count of values"),
        ("driftThreshold=1%:8%:x", "'x' is no count of values"),
        ("driftThreshold=1%:8%:" + "9" * 5_000, "'99999999999999999999' is no count"),
        ("driftThreshold=1%:8%:\u0663", "is no count of values"),
        ("driftThreshold=1%:1.01%:9", "has 2 values in all, and 9 are asked for"),
        ("driftTreshold=1%:8%:4", "did you mean: driftThreshold"),
    ],
)
def test_what_is_no_axis_is_refused(state: RegistryState, text: str, message: str) -> None:
    """With what is given and what is allowed."""
    with pytest.raises(InputError, match=message):
        Axis.parse(state, text)


def test_axes_must_differ_and_be_few(state: RegistryState) -> None:
    """A parameter comes once; a grid needs counts, and has an end."""
    with pytest.raises(InputError, match="driftThreshold is given twice"):
        axes(state, ["driftThreshold=1%:2%:2", "driftThreshold=3%:4%:2"])
    with pytest.raises(InputError, match="how many values"):
        grid(state, state.params, axes(state, ["driftThreshold=1%:2%"]))
    many = axes(state, ["driftThreshold=1%:11%:1000", "rebalanceInterval=1d:30d:1000"])
    with pytest.raises(InputError, match="1,000,000 points; at most 100,000"):
        grid(state, state.params, many)

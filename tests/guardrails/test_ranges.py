"""What a lane may set is exactly what `decide` takes."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails import (
    Call,
    Lane,
    Range,
    RegistryState,
    abdicate,
    allowed_range,
    decide,
    freeze,
    freeze_key,
    listed,
)
from dpo_gov.guardrails.limits import largest_jump
from dpo_gov.params import Change, ParamSet, ParamSpec, StrategyLayout, catalogue

NOW = 1_800_000_000
DAY = 86_400
LAYOUT = StrategyLayout(
    name="core",
    assets=("USDC", "WBTC", "WETH"),
    weights=(2_000, 3_500, 4_500),
    collaterals=("WETH", "WBTC"),
    venues=("aave-v3", "morpho-blue"),
)
SPECS = catalogue(LAYOUT)
# Rules that bind a parameter alone; others may refuse what the range allows.
ALONE = {
    "BelowMinimum", "AboveMaximum", "JumpTooLarge", "StepTooLarge", "CoolingDown", "AddsRisk",
    "Frozen", "KeyIsFrozen", "ChangedJustNow", "BeyondReach", "Abdicated",
}  # fmt: skip


def _state(data: st.DataObject, spec: ParamSpec) -> RegistryState:
    """A state in which the parameter has any value, may have come there by steps of the steward,
    and may be cooling down, frozen or given up."""
    value = data.draw(st.integers(spec.lower, spec.upper))
    changed = NOW - data.draw(st.sampled_from((0, 1, spec.cooldown - 1, spec.cooldown, 10**8)))
    state = listed(ParamSet.defaults(LAYOUT), NOW - 10**8, 1, "0x" + "11" * 20)
    state = state.model_copy(
        update={
            "values": {**state.values, spec.key: value},
            "changed_at": {**state.changed_at, spec.key: changed},
        }
    )
    if data.draw(st.booleans()):
        reach = largest_jump(spec, value)
        low, high = max(spec.lower, value - reach), min(spec.upper, value + reach)
        state = state.model_copy(update={"anchors": {spec.key: data.draw(st.integers(low, high))}})
    if data.draw(st.integers(0, 9)) == 0:
        return abdicate(state, spec.key, value, NOW)
    match data.draw(st.sampled_from(("free", "free", "strategy", "key", "over"))):
        case "strategy":
            return freeze(state, NOW + 1, NOW)
        case "key":
            return freeze_key(state, spec.key, NOW + DAY, NOW)
        case "over":
            return freeze(state, NOW, NOW - 1)
    return state


def _refusal(state: RegistryState, spec: ParamSpec, lane: Lane, new: int) -> str | None:
    """The rule that refuses this value in a call that is otherwise good, or None."""
    others = [one for one in SPECS if one.key >> 3 == spec.key >> 3 and spec.group >> one.lane & 1]
    changes = tuple(
        Change(
            key=one.key,
            old=state.values[one.key],
            new=new if one.key == spec.key else state.values[one.key],
        )
        for one in others or [spec]
    )
    try:
        decide(state, Call(lane=lane, changes=changes, report_hash=b"\1" * 32), NOW)
    except RuleBroken as problem:
        return problem.rule if problem.rule in ALONE else None
    return None


@settings(max_examples=300, deadline=None)
@given(data=st.data(), spec=st.sampled_from(SPECS), lane=st.sampled_from(Lane))
def test_ends_are_the_last_values_that_pass(
    data: st.DataObject, spec: ParamSpec, lane: Lane
) -> None:
    """Both ends, and any value between them, are taken; one beyond either end is refused."""
    state = _state(data, spec)
    low, high, reason = allowed_range(state, spec, lane, NOW)
    assert spec.lower <= low <= state.values[spec.key] <= high <= spec.upper
    for value in {low, high, data.draw(st.integers(low, high))} - {state.values[spec.key]}:
        assert _refusal(state, spec, lane, value) is None
    for value in (low - 1, high + 1):
        assert _refusal(state, spec, lane, value) in ALONE
    assert reason


def _range(lane: Lane, name: str, **update: Any) -> Range:
    state = listed(ParamSet.defaults(LAYOUT), NOW - 10**8, 1, "0x" + "11" * 20)
    state = state.model_copy(update=update)
    return allowed_range(state, state.params.spec(name), lane, NOW)


def test_reasons_say_what_sets_the_limit() -> None:
    """Each kind of limit is named for people."""
    assert _range(Lane.GOVERNANCE, "driftThreshold") == (25, 1_000, "largest jump of a version")
    assert _range(Lane.STEWARD, "driftThreshold") == (400, 600, "largest step")
    assert _range(Lane.STEWARD, "sequencerGrace") == (1_800, 5_400, "largest step")
    assert _range(Lane.GOVERNANCE, "sequencerGrace") == (0, 7_200, "hard bounds")
    assert _range(Lane.GUARDIAN, "maxSlippage") == (1, 50, "only to less risk")
    key = ParamSet.defaults(LAYOUT).spec("maxSlippage").key
    cooling = _range(Lane.STEWARD, "maxSlippage", changed_at={key: NOW - 1})
    assert cooling == (25, 50, "cools down until 2027-01-16T07:59:59Z; to less risk at once")
    for lane in (Lane.GOVERNANCE, Lane.STEWARD):
        just_now = _range(lane, "maxSlippage", changed_at={key: NOW})
        assert just_now == (50, 50, "changed in this block")
    reached = _range(Lane.STEWARD, "maxSlippage", anchors={key: -60})
    assert reached == (25, 65, "reach around what governance last set")
    for lane in Lane:
        given_up = _range(lane, "maxSlippage", abdicated=frozenset({key}))
        assert given_up == (50, 50, "given up for ever")
    frozen = _range(Lane.GOVERNANCE, "maxSlippage", frozen_until=NOW + 1)
    assert frozen == (50, 50, "frozen until 2027-01-15T08:00:01Z")

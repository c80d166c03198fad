"""Plans on the real catalogue: each version is legal at its time, and what cannot be is named."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails import (
    Call,
    RegistryState,
    Step,
    Timing,
    abdicate,
    decide,
    freeze,
    freeze_key,
    listed,
    plan,
    propose_spec,
    worst_case,
)
from dpo_gov.params import ParamSet, StrategyLayout

NOW = 1_800_000_000
START, DAY = NOW + 1, 86_400
VOTE = 8 * DAY + 1
REPORT = b"\1" * 32
NO_WAY = {"", "BeyondReach", "OutOfOrder", "NoRoomForBuffer", "GapTooWide", "FeesTooHigh"}
LAYOUT = StrategyLayout(
    name="core",
    assets=("USDC", "WBTC", "WETH"),
    weights=(2_000, 3_500, 4_500),
    collaterals=("WETH", "WBTC"),
    venues=("aave-v3", "morpho-blue"),
)
STATE = listed(ParamSet.defaults(LAYOUT), NOW - 10**8, 1, "0x" + "11" * 20)
TIMINGS = [
    Timing(START, VOTE),
    Timing(START, None),
    Timing(START, VOTE, steward=False),
    Timing(START, VOTE, overlap=True),
]


def _keys(goals: Mapping[str, int]) -> dict[int, int]:
    return {STATE.spec(name).key: goal for name, goal in goals.items()}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data(), timing=st.sampled_from(TIMINGS))
def test_each_version_is_legal_and_none_could_come_sooner(
    data: st.DataObject, timing: Timing
) -> None:
    """Whatever is asked of whatever state, the versions pass at their times and lead to it; a
    second sooner the steward is refused, and a vote would have to be submitted too soon."""
    ago = st.sampled_from((0, 1, DAY - 1, 2 * DAY, 10**7))
    specs = data.draw(st.lists(st.sampled_from(list(STATE.by_key.values())), max_size=4))
    goals = {
        spec.key: data.draw(st.integers(spec.lower, spec.upper))
        for spec in specs
        if not spec.name.startswith("targetWeight")
    }
    if data.draw(st.booleans()):
        base = data.draw(st.integers(500, 9_700))
        goals |= {0: base, 1: (9_900 - base) // 2 + 50, 2: 10_000 - base - (9_900 - base) // 2 - 50}
    changed = {key: NOW - data.draw(ago) for key in goals}
    state = STATE.model_copy(update={"changed_at": {**STATE.changed_at, **changed}})
    goals = {key: goal for key, goal in goals.items() if goal != state.values[key]}
    if not goals:
        return
    steps, rule = _planned(state, goals, timing)
    assert rule in NO_WAY
    for step in steps:
        call = Call(lane=step.lane, changes=step.changes, report_hash=REPORT)
        if step.submit is None:
            assert step.at == START or _refused(state, call, step.at - 1)
        else:
            assert step.at - step.submit == VOTE
            moved = [one.key for one in step.changes if one.new != one.old]
            first = max(START, *(state.changed_at[key] + 1 for key in moved))
            assert step.submit in (START, first) or timing.overlap or len(goals) > 1
        state = decide(state, call, step.at)
    assert rule or {key: state.values[key] for key in goals} == goals
    assert [step.at for step in steps] == sorted(step.at for step in steps)


def _planned(
    state: RegistryState, goals: Mapping[int, int], timing: Timing
) -> tuple[tuple[Step, ...], str]:
    """The plan, or the rule that is in the way."""
    try:
        return plan(state, goals, timing), ""
    except RuleBroken as problem:
        return (), problem.rule


def _refused(state: RegistryState, call: Call, now: int) -> bool:
    try:
        decide(state, call, now)
    except RuleBroken:
        return True
    return False


def test_a_freeze_is_waited_for() -> None:
    """Nothing of a plan lies in a freeze of the strategy, nor of the parameter."""
    goals = _keys({"driftThreshold": 600})
    for frozen in (
        freeze(STATE, NOW + 3 * DAY, NOW),
        freeze_key(STATE, next(iter(goals)), NOW + 3 * DAY, NOW),
    ):
        assert [step.at for step in plan(frozen, goals, TIMINGS[0])] == [NOW + 3 * DAY]
        extreme = worst_case(frozen, STATE.spec("driftThreshold"), True, START, NOW + 3 * DAY)
        assert extreme.value == 600
        until = NOW + 3 * DAY - 1
        assert worst_case(frozen, STATE.spec("driftThreshold"), True, START, until).value == 500


def test_one_waits_for_the_other() -> None:
    """A debt ceiling comes down only with its gap, and a version has both where they may."""
    goals = _keys({"debtCeiling": 400_000 * 10**6, "debtCeilingGap": 80_000 * 10**6})
    first, second = plan(STATE, goals, TIMINGS[1])
    assert [one.new // 10**6 for one in first.changes] == [500_000, 80_000]
    assert [one.new // 10**6 for one in second.changes] == [400_000]


def test_what_never_moves_is_named() -> None:
    """Given up, or without a step or a jump: no plan and no worst case moves it."""
    key = STATE.spec("driftThreshold").key
    given_up = abdicate(STATE, key, 500, NOW)
    with pytest.raises(RuleBroken, match="Abdicated"):
        plan(given_up, {key: 600}, TIMINGS[0])
    for up in (False, True):
        extreme = worst_case(given_up, STATE.spec("driftThreshold"), up, START, NOW + 99 * DAY)
        assert (extreme.value, extreme.moves) == (500, ())
    fixed = STATE.by_key[key].model_copy(update={"step_up": 0, "step_down": 0, "jump": 0})
    state = STATE.model_copy(update={"specs": {key: fixed}})
    for timing, rule in zip(TIMINGS, ("JumpTooLarge", "StepTooLarge"), strict=False):
        with pytest.raises(RuleBroken, match=f"{rule}: no version may move driftThreshold"):
            plan(state, {key: 600}, timing)


def test_a_lowered_threshold_is_mended_in_one_version() -> None:
    """Where a venue asks for less debt than there is, a plan that leads back under it is found."""
    lowered = STATE.model_copy(update={"thresholds": {"WETH": 5_900}})
    (step,) = plan(lowered, _keys({"maxLtv[WETH]": 4_900}), TIMINGS[2])
    assert [one.new for one in step.changes if one.new != one.old] == [4_900]
    with pytest.raises(RuleBroken, match="NoRoomForBuffer"):
        plan(lowered, _keys({"minHoldTime": 2 * DAY}), TIMINGS[0])


@pytest.mark.parametrize("threshold", [5_500, 5_800])
def test_what_only_goes_together_is_mended_by_a_vote(threshold: int) -> None:
    """Where two must move at once to get back under a threshold, `auto` finds the vote that does
    so, as the lane of governance alone does."""
    lowered = STATE.model_copy(update={"thresholds": {"WETH": threshold}})
    goals = _keys({"maxLtv[WETH]": 4_750, "ltvBuffer": 750})
    both = plan(lowered, goals, TIMINGS[0])
    assert [step.lane.name for step in both] == ["GOVERNANCE"]
    assert both == plan(lowered, goals, TIMINGS[2])
    with pytest.raises(RuleBroken, match="NoRoomForBuffer|NoChanges"):
        plan(lowered, goals, TIMINGS[1])


@pytest.mark.parametrize("threshold", [None, 0, 5_000, 5_900])
def test_a_broken_rule_is_no_comfort(threshold: int | None) -> None:
    """Under a threshold that is too low for the debt already, the worst case is no better than
    without one: it may be mended any day, and by the steward too."""
    lowered = STATE.model_copy(update={"thresholds": {"WETH": threshold, "WBTC": 8_000}})
    free = STATE.model_copy(update={"thresholds": {"WBTC": 8_000}})
    for name, up, value in (("ltvBuffer", False, 750), ("maxLtv[WETH]", True, 5_250)):
        spec = STATE.spec(name)
        found = worst_case(lowered, spec, up, START, START + 30 * DAY)
        assert found == worst_case(free, spec, up, START, START + 30 * DAY)
        assert found.value == value


def test_the_debt_that_fits_stays_under_its_threshold() -> None:
    """A rule that holds is no less of a limit."""
    tight = STATE.model_copy(update={"thresholds": {"WETH": 6_000}})
    extreme = worst_case(tight, STATE.spec("ltvBuffer"), True, START, START + 30 * DAY)
    ltv = min(move.values.get(STATE.spec("maxLtv[WETH]").key, 5_000) for move in extreme.moves)
    assert extreme.value > 1_000
    assert ltv + extreme.value <= 6_000


def test_proposed_limits_count_while_they_may_be_activated() -> None:
    """Anyone may activate a wider spec: before its time and after its window it changes nothing, a
    freeze holds it up, and what is narrower in it gives no comfort."""
    spec = STATE.spec("driftThreshold")
    wider = spec.model_copy(update={"jump": 1_700, "step_up": 1_700, "maximum": 2_100})
    state = propose_spec(STATE, spec.key, wider.packed(), NOW)
    ready = NOW + 7 * DAY

    def highest(state: RegistryState, start: int, until: int) -> int:
        return worst_case(state, spec, True, start, until).value

    assert highest(state, START, ready - 1) == highest(STATE, START, ready - 1)
    assert highest(state, START, START + 30 * DAY) == 2_100
    late = ready + 14 * DAY
    assert highest(state, late, late + 30 * DAY) == 2_100
    assert highest(state, late + 1, late + 30 * DAY) == 1_000
    frozen = freeze_key(state, spec.key, START + 14 * DAY, START)
    assert highest(frozen, START, START + 14 * DAY) == 2_100
    assert highest(frozen, START, START + 14 * DAY - 1) == 500
    narrower = spec.model_copy(update={"maximum": 600, "step_up": 1, "cooldown": 2 * spec.cooldown})
    state = propose_spec(STATE, spec.key, narrower.packed(), NOW)
    assert highest(state, START, START + 30 * DAY) == 1_000


def test_wider_limits_of_everything_are_no_comfort() -> None:
    """Also where every parameter waits for wider limits, each gets at least as far as without; the
    search does not give up among the many moves there are then."""
    state = STATE
    for spec in STATE.by_key.values():
        wider = {"step_up": spec.jump, "step_down": spec.jump, "cooldown": spec.cooldown // 2}
        state = propose_spec(state, spec.key, spec.model_copy(update=wider).packed(), START - DAY)
    until = START + 30 * DAY
    for spec in STATE.by_key.values():
        for up, sign in ((False, -1), (True, 1)):
            ends = [
                sign * worst_case(each, spec, up, START, until).value for each in (STATE, state)
            ]
            assert ends[0] <= ends[1], spec.name

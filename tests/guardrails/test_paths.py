"""Plans are the shortest, and the worst case is the worst: compared with all there is to do.

On scales small enough, every call of every second is tried, by rules written down again here.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails import RegistryState, Timing, listed, plan, worst_case
from dpo_gov.guardrails.specs import Limits, with_limits
from dpo_gov.params import ParamSet, ParamSpec, Risk, StrategyLayout

NOW = 1_800_000_000
START = NOW + 1
LOWER, UPPER = "deltaBand", "maxNetDelta"
"""A rule binds them: the first is at most the second."""
WEIGHTS = [f"targetWeight[{symbol}]" for symbol in ("USDC", "WBTC", "WETH")]


class Key(NamedTuple):
    """One parameter at one second: its value, seconds until it has cooled down, what governance
    last set, and seconds until a vote on it is executed."""

    value: int
    cooling: int
    anchor: int
    voted: int | None = None


def _steps(spec: ParamSpec, key: Key) -> Iterator[int]:
    """What the steward may set."""
    for value in range(spec.minimum, spec.maximum + 1):
        up = value > key.value
        safe = spec.risk is (Risk.DOWN if up else Risk.UP)
        near = abs(value - key.value) <= (spec.step_up if up else spec.step_down)
        reached = (value - key.anchor if up else key.anchor - value) <= spec.jump
        if value != key.value and near and (safe or (not key.cooling and reached)):
            yield value


def _choices(spec: ParamSpec, key: Key, timing: Timing) -> Iterator[Key]:
    """All that can happen to a parameter in one second."""
    if key.voted:
        yield key
        return
    yield key._replace(voted=None)
    if key.voted == 0:
        for value in range(spec.minimum, spec.maximum + 1):
            if 0 < abs(value - key.value) <= spec.jump:
                yield Key(value, spec.cooldown, value)
        return
    if timing.vote:
        yield key._replace(voted=timing.vote)
    if timing.steward:
        for value in _steps(spec, key):
            yield Key(value, spec.cooldown, key.anchor)


def _rule(names: list[str], values: tuple[int, ...], total: int) -> bool:
    """What binds them: weights keep their sum, and of the two the first is at most the second."""
    if names == WEIGHTS:
        return sum(values) == total
    return len(values) == 1 or values[0] <= values[1]


def _everything(
    state: RegistryState,
    names: list[str],
    timing: Timing,
    seconds: int,
    wider: tuple[int, RegistryState] | None = None,
) -> Iterator[set[tuple[Key, ...]]]:
    """All that can be, second by second; `wider`: a second, and a state with the limits from it."""
    total = sum(state.values[state.spec(name).key] for name in names)
    specs = [state.spec(name) for name in names]
    now = {
        tuple(
            Key(
                state.values[spec.key],
                max(0, state.changed_at[spec.key] + spec.cooldown - START),
                state.anchor(spec.key),
            )
            for spec in specs
        )
    }
    for second in range(seconds + 1):
        if wider is not None and START + second == wider[0]:
            before, specs = specs, [wider[1].spec(name) for name in names]
            sooner = [old.cooldown - new.cooldown for old, new in zip(before, specs, strict=True)]
            now = {
                tuple(
                    key._replace(cooling=max(0, key.cooling - less))
                    for key, less in zip(keys, sooner, strict=True)
                )
                for keys in now
            }
        after = {
            keys
            for before in now
            for keys in product(
                *(_choices(*one, timing) for one in zip(specs, before, strict=True))
            )
            if _rule(names, tuple(key.value for key in keys), total)
        }
        yield after
        now = {
            tuple(
                Key(
                    key.value,
                    max(0, key.cooling - 1),
                    key.anchor,
                    None if key.voted is None else key.voted - 1,
                )
                for key in keys
            )
            for keys in after
        }


@st.composite
def states(draw: st.DrawFn, most: int, layout: StrategyLayout) -> RegistryState:
    """Two parameters on a small scale, some time after their last changes."""
    state = listed(ParamSet.defaults(layout), NOW - 10**6, 1, "0x" + "11" * 20)
    low = draw(st.integers(0, most))
    values = {LOWER: low, UPPER: draw(st.integers(low, most))}
    specs, held, changed, anchors = {}, {}, {}, {}
    for name, value in values.items():
        jump = draw(st.integers(1, 4))
        up, down = draw(st.integers(0, jump)), draw(st.integers(0, jump))
        limits = Limits(0, most, up, down, jump, draw(st.integers(0, 4)))
        spec = with_limits(state.spec(name), limits)
        spec = spec.model_copy(update={"risk": draw(st.sampled_from(Risk))})
        specs[spec.key], held[spec.key] = spec, value
        changed[spec.key] = NOW - draw(st.integers(0, 4))
        anchors[spec.key] = draw(st.integers(max(0, value - jump), min(most, value + jump)))
    return state.model_copy(
        update={
            "specs": specs,
            "values": {**state.values, **held},
            "changed_at": {**state.changed_at, **changed},
            "anchors": anchors,
        }
    )


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int, int]:
    """Three weights in a small window, which sum to 100 %."""
    first, second = draw(st.integers(0, 5)), draw(st.integers(2, 5))
    third = 10_000 - 3 * FLOOR - first - second
    return FLOOR + first, FLOOR + second, FLOOR + max(0, min(5, third))


@st.composite
def weights(draw: st.DrawFn, layout: StrategyLayout) -> RegistryState:
    """Three weights in that window; each has its own time and anchor, and all have one spec, as in
    the catalogue, with equal steps both ways."""
    state = listed(ParamSet.defaults(layout), NOW - 10**6, 1, "0x" + "11" * 20)
    jump = draw(st.integers(1, 4))
    step, cooldown = draw(st.integers(0, jump)), draw(st.integers(0, 3))
    specs, held, changed, anchors = {}, {}, {}, {}
    for name, value in zip(WEIGHTS, draw(whole), strict=True):
        limits = Limits(FLOOR, FLOOR + 5, step, step, jump, cooldown)
        spec = with_limits(state.spec(name), limits)
        specs[spec.key], held[spec.key] = spec, value
        changed[spec.key] = NOW - draw(st.integers(0, 3))
        reach = max(FLOOR, value - jump), min(FLOOR + 5, value + jump)
        anchors[spec.key] = draw(st.integers(*reach))
    return state.model_copy(
        update={
            "specs": specs,
            "values": {**state.values, **held},
            "changed_at": {**state.changed_at, **changed},
            "anchors": anchors,
        }
    )


FLOOR = 3_331
whole = shares().filter(lambda three: sum(three) == 10_000)
LAYOUT = StrategyLayout(name="core", assets=("USDC", "WBTC", "WETH"), weights=(5_000, 2_500, 2_500))
SLOW = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def _earliest(
    state: RegistryState, goals: Mapping[str, int], timing: Timing, seconds: int
) -> int | None:
    """The first second at which the goals can hold, by trying everything."""
    wanted = tuple(goals.values())
    for second, all_keys in enumerate(_everything(state, list(goals), timing, seconds)):
        if any(tuple(key.value for key in keys) == wanted for keys in all_keys):
            return START + second
    return None


def _planned(state: RegistryState, goals: Mapping[str, int], timing: Timing) -> int | None:
    keys = {state.spec(name).key: goal for name, goal in goals.items()}
    moved = {key: goal for key, goal in keys.items() if goal != state.values[key]}
    if not moved:
        return START
    try:
        return plan(state, moved, timing)[-1].at
    except RuleBroken:
        return None


TIMINGS = [Timing(START, None), Timing(START, 5), Timing(START, 5, steward=False)]


@SLOW
@given(state=states(9, LAYOUT), timing=st.sampled_from(TIMINGS), data=st.data())
def test_no_way_of_one_parameter_is_shorter(
    state: RegistryState, timing: Timing, data: st.DataObject
) -> None:
    """In each lane, and with both, a plan is there at the first second at which anything can be."""
    # Its partner is out of the way.
    far = {**state.values, state.spec(UPPER).key: 9}
    state = state.model_copy(update={"values": far})
    goals = {LOWER: data.draw(st.integers(0, 9))}
    planned = _planned(state, goals, timing)
    seconds = 40 if planned is None else planned - START
    assert _earliest(state, goals, timing, seconds) == planned


@SLOW
@given(state=states(5, LAYOUT), timing=st.sampled_from(TIMINGS[::2]), data=st.data())
def test_no_way_of_two_that_bind_each_other_is_shorter(
    state: RegistryState, timing: Timing, data: st.DataObject
) -> None:
    """A parameter waits for another one, or moves less, whichever is sooner in the end."""
    low = data.draw(st.integers(0, 5))
    goals = {LOWER: low, UPPER: data.draw(st.integers(low, 5))}
    planned = _planned(state, goals, timing)
    seconds = 30 if planned is None else planned - START
    assert _earliest(state, goals, timing, seconds) == planned


@settings(SLOW, max_examples=20)
@given(state=states(3, LAYOUT), data=st.data())
def test_no_way_of_two_in_both_lanes_is_shorter(state: RegistryState, data: st.DataObject) -> None:
    """The same where each of two may be moved by vote or by the steward."""
    low = data.draw(st.integers(0, 3))
    goals = {LOWER: low, UPPER: data.draw(st.integers(low, 3))}
    timing = Timing(START, 3)
    planned = _planned(state, goals, timing)
    seconds = 14 if planned is None else planned - START
    assert _earliest(state, goals, timing, seconds) == planned


@SLOW
@given(
    state=states(6, LAYOUT),
    name=st.sampled_from((LOWER, UPPER)),
    up=st.booleans(),
    seconds=st.integers(0, 12),
)
def test_no_steward_gets_further(state: RegistryState, name: str, up: bool, seconds: int) -> None:
    """The worst case is the furthest value of all that the steward could do, and so is its time."""
    place = (LOWER, UPPER).index(name)
    best, first = state.values[state.spec(name).key], START
    timing = Timing(START, None)
    for second, all_keys in enumerate(_everything(state, [LOWER, UPPER], timing, seconds)):
        values = [keys[place].value for keys in all_keys]
        furthest = max(values) if up else min(values)
        if furthest != best:
            best, first = furthest, START + second
    found = worst_case(state, state.spec(name), up, START, START + seconds)
    assert (found.value, found.at) == (best, first)


@SLOW
@given(
    state=states(6, LAYOUT),
    data=st.data(),
    name=st.sampled_from((LOWER, UPPER)),
    up=st.booleans(),
    seconds=st.integers(0, 12),
)
def test_no_steward_gets_further_with_limits_that_are_proposed(
    state: RegistryState, data: st.DataObject, name: str, up: bool, seconds: int
) -> None:
    """Where wider limits may be activated on the way, the worst case is that of whoever does so as
    soon as it is possible, and is as exact."""
    active_from = START + data.draw(st.integers(-2, 8))
    few = st.integers(0, 2)
    specs, proposed = dict(state.specs), {}
    for key in data.draw(st.sets(st.sampled_from(sorted(state.specs)), min_size=1)):
        spec, longer = state.specs[key], data.draw(few)
        changed = {
            "maximum": spec.maximum + data.draw(few),
            "jump": spec.jump + longer,
            "step_up": spec.step_up + data.draw(st.integers(0, longer)),
            "step_down": spec.step_down + data.draw(st.integers(0, longer)),
            "cooldown": max(0, spec.cooldown - data.draw(st.integers(0, 4))),
        }
        specs[key] = spec.model_copy(update=changed)
        proposed[key] = specs[key].packed(), active_from
    wider = max(START, active_from), state.model_copy(update={"specs": specs})
    state = state.model_copy(update={"proposed": proposed})
    place, timing = (LOWER, UPPER).index(name), Timing(START, None)
    best, first = state.values[state.spec(name).key], START
    everything = _everything(state, [LOWER, UPPER], timing, seconds, wider)
    for second, all_keys in enumerate(everything):
        values = [keys[place].value for keys in all_keys]
        furthest = max(values) if up else min(values)
        if furthest != best:
            best, first = furthest, START + second
    found = worst_case(state, state.spec(name), up, START, START + seconds)
    assert (found.value, found.at) == (best, first)


@SLOW
@given(
    state=weights(LAYOUT),
    name=st.sampled_from(WEIGHTS),
    up=st.booleans(),
    seconds=st.integers(0, 7),
)
def test_no_steward_gets_a_weight_further(
    state: RegistryState, name: str, up: bool, seconds: int
) -> None:
    """Also where the others must give what one takes, each in its own time."""
    place = WEIGHTS.index(name)
    best, first = state.values[state.spec(name).key], START
    timing = Timing(START, None)
    for second, all_keys in enumerate(_everything(state, WEIGHTS, timing, seconds)):
        values = [keys[place].value for keys in all_keys]
        furthest = max(values) if up else min(values)
        if furthest != best:
            best, first = furthest, START + second
    found = worst_case(state, state.spec(name), up, START, START + seconds)
    assert (found.value, found.at) == (best, first)


@SLOW
@given(state=weights(LAYOUT), wanted=whole, timing=st.sampled_from(TIMINGS[::2]))
def test_no_way_of_weights_is_shorter(
    state: RegistryState, wanted: tuple[int, ...], timing: Timing
) -> None:
    """Weights that may only move together are there as early as any of their ways."""
    goals = dict(zip(WEIGHTS, wanted, strict=True))
    planned = _planned(state, goals, timing)
    seconds = 12 if planned is None else planned - START
    assert _earliest(state, goals, timing, seconds) == planned


def test_the_model_knows_the_difference() -> None:
    """The comparison is with something: by trying everything, a second less is not enough."""
    state = listed(ParamSet.defaults(LAYOUT), NOW - 10**6, 1, "0x" + "11" * 20)
    spec = with_limits(state.spec(LOWER), Limits(0, 9, 1, 1, 3, 2))
    state = state.model_copy(
        update={"specs": {spec.key: spec}, "values": {**state.values, spec.key: 0}}
    )
    timing = Timing(START, None)
    assert _earliest(state, {LOWER: 3}, timing, 9) == START + 4
    assert _earliest(state, {LOWER: 3}, timing, 3) is None
    with pytest.raises(RuleBroken, match="BeyondReach"):
        plan(state, {spec.key: 4}, timing)

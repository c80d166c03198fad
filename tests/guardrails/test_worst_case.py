"""What a stolen steward's key can do, on the contract itself."""

from itertools import groupby
from random import Random
from typing import Any

import pytest

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails import Call, Lane, RegistryState, decide, worst_case
from dpo_gov.guardrails.worst_case import Extreme
from dpo_gov.params import ParamSet, StrategyLayout, diff

DAY = 86_400
DAYS = 30
REPORT = b"\xab" * 32


@pytest.fixture(scope="module")
def stolen(onchain: Any, layout: StrategyLayout) -> Any:
    """The catalogue's defaults, on the contract."""
    return onchain(layout)


def _step(chain: Any, state: RegistryState, values: dict[int, int], now: int) -> RegistryState:
    """The steward sets values on the contract, and so in the twin."""
    after = ParamSet(layout=state.layout, values={**state.values, **values})
    call = Call(
        lane=Lane.STEWARD,
        changes=tuple(diff(state.params, after)),
        report_hash=REPORT,
        expected_version=state.version,
    )
    chain.at(now)
    chain.send(call)
    return decide(state, call, now)


def _attack(chain: Any, state: RegistryState, extreme: Extreme) -> RegistryState:
    """Make the moves, those of one second in one call."""
    for now, moves in groupby(extreme.moves, key=lambda move: move.at):
        values: dict[int, int] = {}
        for move in moves:
            values |= move.values
        state = _step(chain, state, values, now)
    return state


@pytest.mark.parametrize("up", [False, True])
@pytest.mark.parametrize("days", [2, 5, DAYS])
def test_the_contract_takes_every_move_and_none_beyond(
    stolen: Any, reverted: type[Exception], up: bool, days: int
) -> None:
    """Each parameter gets to its extreme on the contract at the time that is told; at the end of
    the days the next unit beyond is refused."""
    twin = stolen.twin()
    start = max(twin.changed_at.values()) + 1
    deadline = start + days * DAY
    moved = 0
    for spec in twin.by_key.values():
        extreme = worst_case(twin, spec, up, start, deadline)
        moved += extreme.value != twin.values[spec.key]
        with stolen.undone():
            state = _attack(stolen, twin, extreme)
            assert state.values[spec.key] == extreme.value
            assert state.changed_at[spec.key] == extreme.at or not extreme.moves
            beyond = extreme.value + (1 if up else -1)
            with pytest.raises(reverted):
                _step(stolen, state, {spec.key: beyond}, deadline)
    assert moved > 35


def test_no_random_steward_gets_further(layout: StrategyLayout, onchain: Any) -> None:
    """Of stewards that try anything near the limits none is ever beyond an extreme, and some are at
    one."""
    twin = onchain(layout).twin()
    start = max(twin.changed_at.values()) + 1
    deadline = start + DAYS * DAY
    ends = {
        spec.key: tuple(worst_case(twin, spec, up, start, deadline).value for up in (False, True))
        for spec in twin.by_key.values()
    }
    reached = set()
    for seed in range(20):
        random, state, now = Random(seed), twin, start
        upwards = {key: random.random() < 0.5 for key in twin.values}
        while now <= deadline:
            for key, spec in state.by_key.items():
                room = [spec.step_up, spec.step_down, 1, spec.jump]
                size = random.choice(room) * 10**spec.scale
                if spec.relative:
                    size = state.values[key] * random.choice(room) // 10_000
                new = state.values[key] + (size if upwards[key] else -size)
                low, high = ends[key]
                new = random.choice((new, min(max(new, low - 1), high + 1)))
                state = _tried(state, key, new, now)
                assert low <= state.values[key] <= high, spec.name
                if state.values[key] in (low, high):
                    reached.add(key)
            now += random.choice((1, DAY // 2, DAY, DAY, 3 * DAY))
    assert len(reached) > 30


def _tried(state: RegistryState, key: int, new: int, now: int) -> RegistryState:
    """The state after the steward has tried to set a value, taken or not."""
    after = ParamSet(layout=state.layout, values={**state.values, key: new})
    call = Call(lane=Lane.STEWARD, changes=tuple(diff(state.params, after)), report_hash=REPORT)
    try:
        return decide(state, call, now)
    except RuleBroken:
        return state

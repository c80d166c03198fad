"""The heart: would the registry take this call, and what would be the state after it?

The order of the checks is the contract's (see contracts/interfaces/IStrategyRegistry.sol), so that
where several rules are broken the same error comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails.hashing import state_hash
from dpo_gov.guardrails.invariants import check_invariants
from dpo_gov.guardrails.moves import (
    check_move,
    check_not_frozen,
    check_not_late,
    check_report,
    stale,
    unknown,
)
from dpo_gov.guardrails.state import Call, Lane, RegistryState
from dpo_gov.guardrails.times import when
from dpo_gov.params import Change, Module, ParamSpec
from dpo_gov.params.spec import LANES


def decide(state: RegistryState, call: Call, now: int) -> RegistryState:
    """The state after the call, were it executed at `now`.

    Raises RuleBroken with the name of the contract's error as `rule` and its arguments, in their
    order, as `facts`. The caller is taken to hold the lane's role.
    """
    _check_call(state, call, now)
    specs = state.by_key
    moved: list[Change] = []
    touched: dict[Module, tuple[int, ...]] = {}
    word: list[Change] = []
    for change, following in zip_longest(call.changes, call.changes[1:]):
        spec = specs.get(change.key)
        if spec is None:
            raise unknown(change.key)
        if change.old != state.values[change.key]:
            raise stale(spec, change.old, state.values[change.key])
        word.append(change)
        if change.new != change.old:
            check_move(state, call.lane, spec, change, now)
            moved.append(change)
        if following is not None and following.key <= change.key:
            raise RuleBroken(
                "KeysNotAscending",
                f"key {following.key} comes after {change.key}; state each parameter once, by "
                "ascending key",
                key=following.key,
            )
        if following is None or following.key >> 3 != change.key >> 3:
            _check_groups(specs, word)
            word = []
        last = following is None or following.key >> 8 != change.key >> 8
        if last and moved and moved[-1].key >> 8 == change.key >> 8:
            touched[spec.module] = close_module(state, moved, spec.module, call.lane)
    return commit(state, moved, touched, call.lane, report_hash=call.report_hash, now=now)


def close_module(
    state: RegistryState, moved: Sequence[Change], module: Module, lane: Lane
) -> tuple[int, ...]:
    """The words of a module after the moves; raises RuleBroken where a rule between its parameters
    is broken."""
    params = state.params.apply(moved)
    # The outside world must not hold up the guardian.
    check_invariants(params, [module], {} if lane is Lane.GUARDIAN else state.thresholds)
    return params.words(module)


def commit(
    state: RegistryState,
    moved: Sequence[Change],
    touched: Mapping[Module, tuple[int, ...]],
    lane: Lane,
    *,
    report_hash: bytes,
    now: int,
) -> RegistryState:
    """The state with the moves as a new version. Raises RuleBroken where there is none."""
    if not touched:
        raise RuleBroken("NoChanges", "the call changes nothing; leave it away")
    anchors = dict(state.anchors)
    for change in moved:
        if lane is Lane.GOVERNANCE:
            anchors.pop(change.key, None)
        else:
            anchors.setdefault(change.key, change.old)
    version = state.version + 1
    return state.model_copy(
        update={
            "version": version,
            "values": {**state.values, **{change.key: change.new for change in moved}},
            "changed_at": {**state.changed_at, **{change.key: now for change in moved}},
            "anchors": anchors,
            "state_hash": state_hash(state.state_hash, version, report_hash, touched),
        }
    )


def _check_call(state: RegistryState, call: Call, now: int) -> None:
    """What binds a call as a whole; nothing of this binds the guardian."""
    if call.lane is Lane.GUARDIAN:
        return
    if call.lane is Lane.GOVERNANCE and now < call.not_before:
        raise RuleBroken(
            "TooEarly",
            f"the call may run from {when(call.not_before)}, and it is {when(now)}",
            not_before=call.not_before,
            now_at=now,
        )
    check_not_late(call.not_after, now)
    expected = call.expected_version
    if call.lane is Lane.STEWARD and expected is not None and expected != state.version:
        raise RuleBroken(
            "VersionMoved",
            f"the call was made for version {expected}, and the strategy is at "
            f"{state.version}; look at the change again",
            expected=expected,
            current=state.version,
        )
    check_report(call.report_hash)
    check_not_frozen(state, now)


def _check_groups(specs: Mapping[int, ParamSpec], word: list[Change]) -> None:
    """`word`: all changes of one word. Coupled parameters are stated together, or not at all."""
    stated, coupled = 0, 0
    for change in word:
        stated |= 1 << specs[change.key].lane
        if change.new != change.old:
            coupled |= specs[change.key].group
    missing = coupled & ~stated
    if not missing:
        return
    first = word[0].key & ~(LANES - 1)
    left_out = [first | lane for lane in range(LANES) if missing >> lane & 1]
    names = ", ".join(specs[key].name for key in left_out)
    raise RuleBroken(
        "GroupIncomplete",
        f"{names} must be stated with the change, since they belong together; say that they "
        "stay where they do",
        key=left_out[0],
        missing_lanes=missing,
    )

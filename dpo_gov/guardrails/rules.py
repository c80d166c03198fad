"""The heart: would the registry take this call, and what would be the state after it?

The order of the checks is the contract's (see contracts/interfaces/IStrategyRegistry.sol), so that
where several rules are broken the same error comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails.hashing import state_hash
from dpo_gov.guardrails.invariants import check_invariants
from dpo_gov.guardrails.limits import largest_jump, largest_step, reduces_risk
from dpo_gov.guardrails.state import Call, Lane, RegistryState
from dpo_gov.guardrails.times import when
from dpo_gov.params import Change, Module, ParamSet, ParamSpec
from dpo_gov.params.spec import LANES


def decide(state: RegistryState, call: Call, now: int) -> RegistryState:
    """The state after the call, were it executed at `now`.

    Raises RuleBroken with the name of the contract's error as `rule` and its arguments, in their
    order, as `facts`. The caller is taken to hold the lane's role.
    """
    _check_call(state, call, now)
    specs = state.by_key
    values, changed_at, anchors = dict(state.values), dict(state.changed_at), dict(state.anchors)
    touched: dict[Module, tuple[int, ...]] = {}
    word: list[Change] = []
    module_changed = False
    for change, following in zip_longest(call.changes, call.changes[1:]):
        spec = specs.get(change.key)
        if spec is None:
            raise RuleBroken(
                "ParamUnknown", f"no parameter has the key {change.key}", key=change.key
            )
        _check_change(state, call.lane, spec, change, now)
        word.append(change)
        if change.new != change.old:
            values[change.key], changed_at[change.key] = change.new, now
            if call.lane is Lane.GOVERNANCE:
                anchors.pop(change.key, None)
            else:
                anchors.setdefault(change.key, change.old)
            module_changed = True
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
        if following is None or following.key >> 8 != change.key >> 8:
            if module_changed:
                params = ParamSet(layout=state.layout, values=values)
                # The outside world must not hold up the guardian.
                outside = {} if call.lane is Lane.GUARDIAN else state.thresholds
                check_invariants(params, [spec.module], outside)
                touched[spec.module] = params.words(spec.module)
            module_changed = False
    if not touched:
        raise RuleBroken("NoChanges", "the call changes nothing; leave it away")
    version = state.version + 1
    return state.model_copy(
        update={
            "version": version,
            "values": values,
            "changed_at": changed_at,
            "anchors": anchors,
            "state_hash": state_hash(state.state_hash, version, call.report_hash, touched),
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
    if now > call.not_after:
        raise RuleBroken(
            "TooLate",
            f"the call could run until {when(call.not_after)}, and it is {when(now)}; make a new "
            "one on today's values",
            not_after=call.not_after,
            now_at=now,
        )
    expected = call.expected_version
    if call.lane is Lane.STEWARD and expected is not None and expected != state.version:
        raise RuleBroken(
            "VersionMoved",
            f"the call was made for version {expected}, and the strategy is at "
            f"{state.version}; look at the change again",
            expected=expected,
            current=state.version,
        )
    if call.report_hash == bytes(32):
        raise RuleBroken(
            "ReportMissing", "no change without a risk report; simulate it and give its hash"
        )
    if now < state.frozen_until:
        raise RuleBroken(
            "Frozen",
            f"strategy {state.layout.name!r} is frozen until {when(state.frozen_until)}; the "
            "guardian or governance may end it",
            strategy_id=state.layout.strategy_id,
            until=state.frozen_until,
        )


def _check_change(
    state: RegistryState, lane: Lane, spec: ParamSpec, change: Change, now: int
) -> None:
    """One change in itself."""
    key, old, new = change.key, change.old, change.new
    current = state.values[key]
    if old != current:
        raise RuleBroken(
            "StaleValue",
            f"{spec.name} is {spec.show(current)} and no longer {spec.show(old)}; look at the "
            "change again",
            key=key,
            stated=old,
            current=current,
        )
    if new == old:
        return
    until = state.key_frozen_until.get(key, 0)
    if lane is not Lane.GUARDIAN and now < until:
        raise RuleBroken(
            "KeyIsFrozen",
            f"{spec.name} is frozen until {when(until)}; the guardian or governance may end it",
            key=key,
            until=until,
        )
    _check_bounds(spec, new)
    up = new > old
    safe = reduces_risk(spec, up)
    if lane is Lane.GUARDIAN:
        if not safe:
            raise RuleBroken(
                "AddsRisk",
                f"{spec.name} from {spec.show(old)} to {spec.show(new)} is not a move to less "
                "risk, and the guardian may make no other",
                key=key,
                old=old,
                new=new,
            )
    elif lane is Lane.GOVERNANCE:
        _check_distance("JumpTooLarge", spec, change, largest_jump(spec, old))
    else:
        _check_distance("StepTooLarge", spec, change, largest_step(spec, up, old))
        ready = state.changed_at[key] + spec.cooldown
        if not safe and now < ready:
            raise RuleBroken(
                "CoolingDown",
                f"{spec.name} was changed {when(state.changed_at[key])} and may be changed "
                f"again by the steward from {when(ready)}",
                key=key,
                until=ready,
            )
        if not safe:
            _check_reach(spec, change, state.anchor(key))
    if lane is not Lane.GUARDIAN and now == state.changed_at[key]:
        raise RuleBroken(
            "ChangedJustNow",
            f"{spec.name} was changed in the same block, at {when(now)}; make the next move of it "
            "in a later one",
            key=key,
            at=now,
        )


def _check_bounds(spec: ParamSpec, value: int) -> None:
    if value < spec.lower:
        raise RuleBroken(
            "BelowMinimum",
            f"{spec.name} of {spec.show(value)} is below the hard minimum of "
            f"{spec.show(spec.lower)}",
            key=spec.key,
            value=value,
            minimum=spec.lower,
        )
    if value > spec.upper:
        raise RuleBroken(
            "AboveMaximum",
            f"{spec.name} of {spec.show(value)} is above the hard maximum of "
            f"{spec.show(spec.upper)}",
            key=spec.key,
            value=value,
            maximum=spec.upper,
        )


def _check_distance(rule: str, spec: ParamSpec, change: Change, largest: int) -> None:
    distance = abs(change.new - change.old)
    if distance > largest:
        raise RuleBroken(
            rule,
            f"{spec.name} from {spec.show(change.old)} to {spec.show(change.new)} is a move of "
            f"{spec.show(distance)}; one version may move it by {spec.show(largest)} at most, "
            "so go there in several",
            key=change.key,
            change=distance,
            largest=largest,
        )


def _check_reach(spec: ParamSpec, change: Change, anchor: int) -> None:
    """Many small steps take the steward no further than one vote could."""
    reach = largest_jump(spec, anchor)
    distance = change.new - anchor if change.new > change.old else anchor - change.new
    if distance > reach:
        raise RuleBroken(
            "BeyondReach",
            f"{spec.name} of {spec.show(change.new)} is further than {spec.show(reach)} from "
            f"{spec.show(anchor)}, which governance last set; a vote can go there",
            key=change.key,
            to=change.new,
            anchor=anchor,
            reach=reach,
        )


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

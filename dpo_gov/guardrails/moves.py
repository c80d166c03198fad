"""What binds the move of one parameter in each lane: the twin of
contracts/registry/RegistryMoves.sol.
"""

from __future__ import annotations

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails.limits import largest_jump, largest_step, reduces_risk
from dpo_gov.guardrails.state import Lane, RegistryState
from dpo_gov.guardrails.times import when
from dpo_gov.params import Change, ParamSpec


def check_move(
    state: RegistryState,
    lane: Lane,
    spec: ParamSpec,
    change: Change,
    now: int,
    *,
    restoring: bool = False,
) -> None:
    """Raise RuleBroken where the lane may not make this move; `restoring`: to an earlier version,
    for which governance knows no jump."""
    key, old, new = change.key, change.old, change.new
    if lane is not Lane.GUARDIAN:
        check_key_not_frozen(state, spec, now)
    check_bounds(spec, new)
    check_not_abdicated(state, spec)
    up = new > old
    if lane is Lane.GUARDIAN:
        if not reduces_risk(spec, up):
            raise RuleBroken(
                "AddsRisk",
                f"{spec.name} from {spec.show(old)} to {spec.show(new)} is not a move to less "
                "risk, and the guardian may make no other",
                key=key,
                old=old,
                new=new,
            )
        return
    if lane is Lane.STEWARD:
        _check_step(state, spec, change, now)
    elif not restoring:
        _check_distance("JumpTooLarge", spec, change, largest_jump(spec, old))
    if now == state.changed_at[key]:
        raise RuleBroken(
            "ChangedJustNow",
            f"{spec.name} was changed in the same block, at {when(now)}; make the next move of it "
            "in a later one",
            key=key,
            at=now,
        )


def check_bounds(spec: ParamSpec, value: int) -> None:
    """Raise RuleBroken where a value lies outside the hard bounds."""
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


def check_not_abdicated(state: RegistryState, spec: ParamSpec) -> None:
    """Raise RuleBroken where governance has given the parameter up."""
    if spec.key in state.abdicated:
        raise RuleBroken(
            "Abdicated",
            f"governance has given {spec.name} up; it stays {spec.show(state.values[spec.key])} "
            "for ever",
            key=spec.key,
        )


def check_not_frozen(state: RegistryState, now: int) -> None:
    """Raise RuleBroken while the strategy is frozen."""
    if now < state.frozen_until:
        raise RuleBroken(
            "Frozen",
            f"strategy {state.layout.name!r} is frozen until {when(state.frozen_until)}; the "
            "guardian or governance may end it",
            strategy_id=state.layout.strategy_id,
            until=state.frozen_until,
        )


def check_key_not_frozen(state: RegistryState, spec: ParamSpec, now: int) -> None:
    """Raise RuleBroken while the parameter is frozen."""
    until = state.key_frozen_until.get(spec.key, 0)
    if now < until:
        raise RuleBroken(
            "KeyIsFrozen",
            f"{spec.name} is frozen until {when(until)}; the guardian or governance may end it",
            key=spec.key,
            until=until,
        )


def check_not_late(not_after: int, now: int) -> None:
    """Raise RuleBroken after the end of a call's window."""
    if now > not_after:
        raise RuleBroken(
            "TooLate",
            f"the call could run until {when(not_after)}, and it is {when(now)}; make a new "
            "one on today's values",
            not_after=not_after,
            now_at=now,
        )


def check_report(report_hash: bytes) -> None:
    """Raise RuleBroken where a call brings no report."""
    if report_hash == bytes(32):
        raise RuleBroken(
            "ReportMissing", "no change without a risk report; simulate it and give its hash"
        )


def unknown(key: int) -> RuleBroken:
    """The strategy has no such parameter."""
    return RuleBroken("ParamUnknown", f"no parameter has the key {key}", key=key)


def stale(spec: ParamSpec, stated: int, current: int) -> RuleBroken:
    """The call was made for another value than the stored one."""
    return RuleBroken(
        "StaleValue",
        f"{spec.name} is {spec.show(current)} and no longer {spec.show(stated)}; look at the "
        "change again",
        key=spec.key,
        stated=stated,
        current=current,
    )


def _check_step(state: RegistryState, spec: ParamSpec, change: Change, now: int) -> None:
    """Step, cool-down and reach of the steward; a move to less risk knows only the first."""
    key, up = change.key, change.new > change.old
    _check_distance("StepTooLarge", spec, change, largest_step(spec, up, change.old))
    if reduces_risk(spec, up):
        return
    ready = state.changed_at[key] + spec.cooldown
    if now < ready:
        raise RuleBroken(
            "CoolingDown",
            f"{spec.name} was changed {when(state.changed_at[key])} and may be changed "
            f"again by the steward from {when(ready)}",
            key=key,
            until=ready,
        )
    anchor = state.anchor(key)
    reach = largest_jump(spec, anchor)
    if (change.new - anchor if up else anchor - change.new) > reach:
        raise RuleBroken(
            "BeyondReach",
            f"{spec.name} of {spec.show(change.new)} is further than {spec.show(reach)} from "
            f"{spec.show(anchor)}, which governance last set; a vote can go there",
            key=key,
            to=change.new,
            anchor=anchor,
            reach=reach,
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

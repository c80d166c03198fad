"""What a lane may set one parameter to, now."""

from __future__ import annotations

from typing import NamedTuple

from dpo_gov.guardrails.limits import largest_jump, largest_step, reduces_risk
from dpo_gov.guardrails.state import Lane, RegistryState
from dpo_gov.guardrails.times import when
from dpo_gov.params import ParamSpec


class Range(NamedTuple):
    """From `low` to `high`, inclusive, in stored units; both are the current value where the
    parameter may not move. `reason` says for people what sets the limit."""

    low: int
    high: int
    reason: str


def allowed_range(state: RegistryState, spec: ParamSpec, lane: Lane, now: int) -> Range:
    """The values that `decide` takes for this parameter alone, in a call that is otherwise good.

    Rules between parameters may narrow it further.
    """
    current = state.values[spec.key]
    if spec.key in state.abdicated:
        return Range(current, current, "given up for ever")
    frozen = max(state.frozen_until, state.key_frozen_until.get(spec.key, 0))
    if lane is not Lane.GUARDIAN and now < frozen:
        return Range(current, current, f"frozen until {when(frozen)}")
    changed = state.changed_at.get(spec.key, 0)
    if lane is not Lane.GUARDIAN and now == changed:
        return Range(current, current, "changed in this block")
    downward, upward = _moves(spec, lane, current)
    reason = "hard bounds"
    if lane is Lane.GUARDIAN:
        reason = "only to less risk"
    elif current - downward > spec.lower or current + upward < spec.upper:
        reason = "largest jump of a version" if lane is Lane.GOVERNANCE else "largest step"
    ready = changed + spec.cooldown
    if lane is Lane.STEWARD:
        down, up = _within_reach(spec, state.anchor(spec.key), current)
        if (downward, upward) != (min(downward, down), min(upward, up)):
            downward, upward = min(downward, down), min(upward, up)
            reason = "reach around what governance last set"
    if lane is Lane.STEWARD and now < ready:
        downward *= reduces_risk(spec, up=False)
        upward *= reduces_risk(spec, up=True)
        reason = f"cools down until {when(ready)}"
        if downward or upward:
            reason += "; to less risk at once"
    return Range(max(spec.lower, current - downward), min(spec.upper, current + upward), reason)


def _within_reach(spec: ParamSpec, anchor: int, current: int) -> tuple[int, int]:
    """The largest moves down and up that the steward's reach allows, not below zero."""
    reach = largest_jump(spec, anchor)
    whole = spec.upper - spec.lower
    return (
        whole if reduces_risk(spec, up=False) else max(0, current - (anchor - reach)),
        whole if reduces_risk(spec, up=True) else max(0, anchor + reach - current),
    )


def _moves(spec: ParamSpec, lane: Lane, current: int) -> tuple[int, int]:
    """The largest moves down and up."""
    if lane is Lane.GOVERNANCE:
        jump = largest_jump(spec, current)
        return jump, jump
    if lane is Lane.STEWARD:
        return largest_step(spec, False, current), largest_step(spec, True, current)
    return (
        (current - spec.lower) * reduces_risk(spec, up=False),
        (spec.upper - current) * reduces_risk(spec, up=True),
    )

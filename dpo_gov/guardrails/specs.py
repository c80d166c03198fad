"""How the limits of a parameter change: narrower at once, wider slowly, or never again.

The twin of contracts/registry/RegistrySpecs.sol. A new spec is given packed, as to the contract,
since what does not hold together cannot be said otherwise.
"""

from __future__ import annotations

from typing import NamedTuple

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails.moves import (
    check_bounds,
    check_key_not_frozen,
    check_not_abdicated,
    check_not_frozen,
    stale,
    unknown,
)
from dpo_gov.guardrails.state import RegistryState
from dpo_gov.guardrails.times import when
from dpo_gov.params import ParamSpec
from dpo_gov.params.spec import LANES

SPEC_DELAY = 7 * 86_400
"""Seconds that a proposed spec waits, beyond the vote and its timelock."""
SPEC_WINDOW = 14 * 86_400
"""Seconds in which it may be activated then."""

ABDICATED = 1 << 206
"""The bit of a parameter that was given up."""

_MAX_SCALE = 38
_SIGNED, _LISTED = 1 << 203, 1 << 204
_FREE = 3 << 206 | 0xFFFF_FFFF << 224
"""Bits that a spec that is proposed must not have."""
_KIND = 192
"""Where the bits begin that may never change."""


class Limits(NamedTuple):
    """What of a spec may change, in its order from the lowest bit."""

    minimum: int
    maximum: int
    step_up: int
    step_down: int
    jump: int
    cooldown: int


def narrow_spec(state: RegistryState, key: int, packed: int) -> RegistryState:
    """The state after governance has narrowed the limits of a parameter; raises RuleBroken."""
    spec, limits = _changeable(state, key, packed)
    before = limits_of(spec.packed())
    tighter = (
        limits.minimum >= before.minimum
        and limits.maximum <= before.maximum
        and limits.step_up <= before.step_up
        and limits.step_down <= before.step_down
        and limits.jump <= before.jump
        and limits.cooldown >= before.cooldown
    )
    if not tighter or limits == before:
        raise RuleBroken(
            "SpecNotNarrower",
            f"the limits of {spec.name} would be wider somewhere, or what they are; propose a "
            "wider spec, which waits 7 days",
            key=key,
        )
    narrowed = with_limits(spec, limits)
    check_bounds(narrowed, state.values[key])
    return _with_spec(state, narrowed)


def propose_spec(state: RegistryState, key: int, packed: int, now: int) -> RegistryState:
    """The state after governance has proposed other limits; raises RuleBroken."""
    spec, limits = _changeable(state, key, packed)
    if limits == limits_of(spec.packed()):
        raise RuleBroken("NoChanges", f"these are the limits of {spec.name} already")
    proposed = {**state.proposed, key: (packed, now + SPEC_DELAY)}
    return state.model_copy(update={"proposed": proposed})


def activate_spec(state: RegistryState, key: int, now: int) -> RegistryState:
    """The state after somebody has activated proposed limits; raises RuleBroken."""
    if key not in state.proposed:
        raise _not_proposed(key)
    packed, active_from = state.proposed[key]
    spec = with_limits(state.by_key[key], limits_of(packed))
    if now < active_from:
        raise RuleBroken(
            "SpecNotReady",
            f"the proposed spec of {spec.name} may be activated from {when(active_from)}",
            key=key,
            active_from=active_from,
        )
    last = active_from + SPEC_WINDOW
    if now > last:
        raise RuleBroken(
            "SpecProposalExpired",
            f"the proposed spec of {spec.name} could be activated until {when(last)}; propose it "
            "again",
            key=key,
            expired_at=last,
        )
    check_not_frozen(state, now)
    check_key_not_frozen(state, spec, now)
    check_bounds(spec, state.values[key])
    return _with_spec(state, spec)


def activatable(
    state: RegistryState, start: int, deadline: int
) -> dict[int, tuple[ParamSpec, int]]:
    """What anyone may activate from `start` to a deadline, with the first second at which.

    Each with the wider of its present and its proposed limits: who waits for the one may use the
    other before. So what is reached within them is never less than what the registry allows.
    """
    found = {}
    for key, (packed, active_from) in state.proposed.items():
        spec = state.by_key[key]
        frozen = max(state.frozen_until, state.key_frozen_until.get(key, 0))
        first = max(start, active_from, frozen)
        if first <= min(deadline, active_from + SPEC_WINDOW):
            limits = _wider(limits_of(spec.packed()), limits_of(packed))
            found[key] = with_limits(spec, limits), first
    return found


def cancel_spec(state: RegistryState, key: int) -> RegistryState:
    """The state after governance or the guardian has cancelled proposed limits."""
    if key not in state.proposed:
        raise _not_proposed(key)
    return state.model_copy(update={"proposed": _without(state, key)})


def abdicate(state: RegistryState, key: int, value: int, now: int) -> RegistryState:
    """The state after governance has given a parameter up for ever; raises RuleBroken."""
    spec = state.by_key.get(key)
    if spec is None:
        raise unknown(key)
    check_not_abdicated(state, spec)
    current = state.values[key]
    if value != current:
        raise stale(spec, value, current)
    check_not_frozen(state, now)
    check_key_not_frozen(state, spec, now)
    still = spec.model_copy(update={"step_up": 0, "step_down": 0, "jump": 0})
    after = _with_spec(state, still)
    return after.model_copy(update={"abdicated": state.abdicated | {key}})


def limits_of(packed: int) -> Limits:
    """The first six fields of a packed spec; bounds are negative where the spec is signed."""
    fields = [packed >> 32 * place & 0xFFFF_FFFF for place in range(len(Limits._fields))]
    if packed & _SIGNED:
        fields[:2] = [field - (field >> 31 << 32) for field in fields[:2]]
    return Limits(*fields)


def with_limits(spec: ParamSpec, limits: Limits) -> ParamSpec:
    """The spec with other limits. Its default, which only a listing looks at, may lie outside."""
    return spec.model_copy(update=limits._asdict())


def is_abdicated(packed: int) -> bool:
    """Whether the registry's spec says that the parameter was given up."""
    return bool(packed & ABDICATED)


def same_kind(packed: int, other: int) -> bool:
    """Whether two specs differ in nothing but limits."""
    return (packed ^ other) >> _KIND & 0xFFFF_FFFF == 0


def _changeable(state: RegistryState, key: int, packed: int) -> tuple[ParamSpec, Limits]:
    """The parameter as it is, and limits that it may have as far as its kind goes."""
    spec = state.by_key.get(key)
    if spec is None:
        raise unknown(key)
    check_not_abdicated(state, spec)
    limits = limits_of(packed)
    if not _is_valid(packed, limits, key % LANES):
        raise RuleBroken(
            "SpecInvalid", f"the spec for {spec.name} contradicts itself", key=key, spec=packed
        )
    if not same_kind(packed, spec.packed()):
        raise RuleBroken(
            "SpecKindChanged",
            f"only bounds, steps, jump and cool-down of {spec.name} may change",
            key=key,
        )
    return spec, limits


def _wider(one: Limits, other: Limits) -> Limits:
    """Whatever either of them allows."""
    return Limits(
        minimum=min(one.minimum, other.minimum),
        maximum=max(one.maximum, other.maximum),
        step_up=max(one.step_up, other.step_up),
        step_down=max(one.step_down, other.step_down),
        jump=max(one.jump, other.jump),
        cooldown=min(one.cooldown, other.cooldown),
    )


def _is_valid(packed: int, limits: Limits, lane: int) -> bool:
    """Whether the fields of a packed spec belong together, at this lane of a word."""
    flags = packed >> _KIND
    group, scale = flags & 0xFF, flags >> 16 & 0xFF
    relative, signed, amount = (bool(flags >> bit & 1) for bit in (10, 11, 13))
    if not packed & _LISTED or packed & _FREE or limits.minimum > limits.maximum:
        return False
    if max(limits.step_up, limits.step_down) > limits.jump or (signed and (relative or amount)):
        return False
    if amount:
        return lane == 0 and group == 0 and scale <= _MAX_SCALE
    return scale == 0 and (group == 0 or bool(group >> lane & 1))


def _with_spec(state: RegistryState, spec: ParamSpec) -> RegistryState:
    """With another spec, and without one that was proposed."""
    specs = {**state.specs, spec.key: spec}
    return state.model_copy(update={"specs": specs, "proposed": _without(state, spec.key)})


def _without(state: RegistryState, key: int) -> dict[int, tuple[int, int]]:
    return {other: one for other, one in state.proposed.items() if other != key}


def _not_proposed(key: int) -> RuleBroken:
    return RuleBroken("SpecNotProposed", f"no spec is proposed for the key {key}", key=key)

"""Freezes: the guardian's, each with its end."""

from __future__ import annotations

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails.moves import unknown
from dpo_gov.guardrails.state import Lane, RegistryState
from dpo_gov.guardrails.times import when

MAX_FREEZE = 14 * 86_400
"""In seconds, from the call."""


def freeze(state: RegistryState, until: int, now: int) -> RegistryState:
    """The state after the guardian has frozen the strategy; raises RuleBroken."""
    _check_longer(state.frozen_until, until, now)
    return state.model_copy(update={"frozen_until": until})


def freeze_key(state: RegistryState, key: int, until: int, now: int) -> RegistryState:
    """The state after the guardian has frozen one parameter; raises RuleBroken."""
    if key not in state.values:
        raise unknown(key)
    _check_longer(state.key_frozen_until.get(key, 0), until, now)
    return state.model_copy(update={"key_frozen_until": {**state.key_frozen_until, key: until}})


def unfreeze(state: RegistryState, lane: Lane, now: int) -> RegistryState:
    """The state after governance or the guardian has ended a freeze of the strategy; raises
    RuleBroken."""
    if not _holds(state.frozen_until, lane, now):
        return state
    return state.model_copy(update={"frozen_until": 0})


def unfreeze_key(state: RegistryState, key: int, lane: Lane, now: int) -> RegistryState:
    """The state after governance or the guardian has ended a freeze of one parameter; raises
    RuleBroken."""
    if not _holds(state.key_frozen_until.get(key, 0), lane, now):
        return state
    return state.model_copy(update={"key_frozen_until": {**state.key_frozen_until, key: 0}})


def _check_longer(current: int, until: int, now: int) -> None:
    current = max(current, now)
    if until <= current:
        raise RuleBroken(
            "FreezeNotLonger",
            f"until {when(until)} is no longer than {when(current)}, which is now or the end of "
            "the freeze that holds",
            until=until,
            current=current,
        )
    if until > now + MAX_FREEZE:
        raise RuleBroken(
            "FreezeTooLong",
            f"a freeze may last 14 days, until {when(now + MAX_FREEZE)}",
            until=until,
            latest=now + MAX_FREEZE,
        )


def _holds(until: int, lane: Lane, now: int) -> bool:
    """Whether a freeze holds; raises RuleBroken for the guardian where none does. A vote, drafted
    days before, must not fail since the freeze has ended by itself."""
    if until > now:
        return True
    if lane is not Lane.GOVERNANCE:
        raise RuleBroken("NotFrozen", "nothing is frozen here")
    return False

"""Freezes: the guardian's, each with its end."""

from __future__ import annotations

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails.moves import unknown
from dpo_gov.guardrails.state import RegistryState
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


def unfreeze(state: RegistryState, now: int) -> RegistryState:
    """The state after a freeze of the strategy was ended; raises RuleBroken."""
    _check_frozen(state.frozen_until, now)
    return state.model_copy(update={"frozen_until": 0})


def unfreeze_key(state: RegistryState, key: int, now: int) -> RegistryState:
    """The state after a freeze of one parameter was ended; raises RuleBroken."""
    _check_frozen(state.key_frozen_until.get(key, 0), now)
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


def _check_frozen(until: int, now: int) -> None:
    if until <= now:
        raise RuleBroken("NotFrozen", "nothing is frozen here")

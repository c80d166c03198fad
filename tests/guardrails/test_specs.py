"""Limits that change, and what is said of those that may not."""

import pytest

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails import (
    SPEC_DELAY,
    SPEC_WINDOW,
    Call,
    Lane,
    RegistryState,
    abdicate,
    activate_spec,
    cancel_spec,
    decide,
    freeze,
    listed,
    narrow_spec,
    propose_spec,
)
from dpo_gov.params import Change, ParamSet, StrategyLayout

NOW = 1_800_000_000
DRIFT = 8


@pytest.fixture
def state(layout: StrategyLayout) -> RegistryState:
    """The defaults, listed long ago."""
    return listed(ParamSet.defaults(layout), NOW - 10**8, 1, "0x" + "11" * 20)


def _packed(state: RegistryState, **fields: int) -> int:
    return state.by_key[DRIFT].model_copy(update=fields).packed()


def _refused(state: RegistryState, lane: Lane, new: int) -> str:
    change = Change(key=DRIFT, old=state.values[DRIFT], new=new)
    call = Call(lane=lane, changes=(change,), report_hash=b"\1" * 32)
    with pytest.raises(RuleBroken) as caught:
        decide(state, call, NOW)
    return str(caught.value)


def test_narrower_limits_hold_at_once(state: RegistryState) -> None:
    """What was allowed before is refused by the next call; the value has to fit."""
    narrowed = narrow_spec(state, DRIFT, _packed(state, maximum=600, jump=300))
    assert "above the hard maximum of 6 %" in _refused(narrowed, Lane.GOVERNANCE, 601)
    assert "by 3 % at most" in _refused(narrowed, Lane.GOVERNANCE, 199)
    assert narrowed.spec("driftThreshold").upper == 600
    assert state.spec("driftThreshold").upper == 2_000
    with pytest.raises(RuleBroken, match="driftThreshold of 5 % is above the hard maximum of 4 %"):
        narrow_spec(state, DRIFT, _packed(state, maximum=400))
    for fields in ({"maximum": 2_001}, {"cooldown": 1}, {"jump": 501, "maximum": 600}, {}):
        with pytest.raises(RuleBroken, match="SpecNotNarrower: the limits of driftThreshold"):
            narrow_spec(state, DRIFT, _packed(state, **fields))


def test_wider_limits_wait(state: RegistryState) -> None:
    """A proposal is taken between the ends of delay and window, and never while frozen."""
    wider = _packed(state, maximum=3_000)
    proposed = propose_spec(state, DRIFT, wider, NOW)
    ready = NOW + SPEC_DELAY
    with pytest.raises(RuleBroken, match="may be activated from 2027-01-22T08:00:00Z"):
        activate_spec(proposed, DRIFT, ready - 1)
    with pytest.raises(RuleBroken, match="could be activated until 2027-02-05T08:00:00Z"):
        activate_spec(proposed, DRIFT, ready + SPEC_WINDOW + 1)
    with pytest.raises(RuleBroken, match="Frozen"):
        activate_spec(freeze(proposed, ready + 1, ready), DRIFT, ready)
    for now in (ready, ready + SPEC_WINDOW):
        active = activate_spec(proposed, DRIFT, now)
        assert active.spec("driftThreshold").upper == 3_000
        with pytest.raises(RuleBroken, match="SpecNotProposed"):
            activate_spec(active, DRIFT, now)
    with pytest.raises(RuleBroken, match="NoChanges: these are the limits of driftThreshold"):
        propose_spec(state, DRIFT, _packed(state), NOW)


def test_a_proposal_ends_with_what_replaces_it(state: RegistryState) -> None:
    """Cancelled, narrowed or given up, a parameter has none left; a second one waits anew."""
    proposed = propose_spec(state, DRIFT, _packed(state, maximum=3_000), NOW)
    again = propose_spec(proposed, DRIFT, _packed(state, maximum=4_000), NOW + 60)
    assert again.proposed[DRIFT][1] == NOW + 60 + SPEC_DELAY
    ended = (
        cancel_spec(proposed, DRIFT),
        narrow_spec(proposed, DRIFT, _packed(state, maximum=1_000)),
        abdicate(proposed, DRIFT, 500, NOW),
    )
    for after in ended:
        with pytest.raises(RuleBroken, match="no spec is proposed for the key 8"):
            cancel_spec(after, DRIFT)


def test_what_is_given_up_never_moves(state: RegistryState) -> None:
    """No lane moves it, no spec frees it, and the message says what it stays."""
    given_up = abdicate(state, DRIFT, 500, NOW)
    for lane in Lane:
        assert "driftThreshold up; it stays 5 % for ever" in _refused(given_up, lane, 499)
    with pytest.raises(RuleBroken, match="Abdicated"):
        propose_spec(given_up, DRIFT, _packed(state, maximum=3_000), NOW)
    with pytest.raises(RuleBroken, match="Abdicated"):
        abdicate(given_up, DRIFT, 500, NOW)
    with pytest.raises(RuleBroken, match="driftThreshold is 5 % and no longer 4 %"):
        abdicate(state, DRIFT, 400, NOW)


def test_a_spec_is_whole_and_of_its_kind(state: RegistryState) -> None:
    """Steps above the jump contradict it; another unit would be another parameter."""
    with pytest.raises(RuleBroken, match="the spec for driftThreshold contradicts itself"):
        propose_spec(state, DRIFT, _packed(state, step_up=501), NOW)
    with pytest.raises(RuleBroken, match="only bounds, steps, jump and cool-down"):
        propose_spec(state, DRIFT, _packed(state, maximum=3_000) ^ 1 << 216, NOW)
    with pytest.raises(RuleBroken, match="no parameter has the key 7"):
        propose_spec(state, 7, _packed(state), NOW)

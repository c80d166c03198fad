"""What a refusal says to people: what was given, what is allowed, what to do next."""

import pytest

from dpo_gov.errors import AnswerIsNo, RuleBroken
from dpo_gov.guardrails import (
    MAX_FREEZE,
    Call,
    Lane,
    RegistryState,
    decide,
    freeze,
    freeze_key,
    listed,
    unfreeze,
    unfreeze_key,
)
from dpo_gov.params import Change, ParamSet, StrategyLayout

NOW = 1_800_000_000
REPORT = b"\1" * 32


@pytest.fixture
def state(layout: StrategyLayout) -> RegistryState:
    """The defaults, listed long ago."""
    return listed(ParamSet.defaults(layout), NOW - 10**8, 1, "0x" + "11" * 20)


def _call(state: RegistryState, lane: Lane, moves: dict[str, int], **more: object) -> Call:
    changes = [
        Change(key=state.params.spec(name).key, old=state.params.get(name), new=value)
        for name, value in moves.items()
    ]
    return Call.model_validate({"lane": lane, "changes": changes, "report_hash": REPORT, **more})


def _refused(state: RegistryState, call: Call, now: int = NOW) -> str:
    with pytest.raises(RuleBroken) as caught:
        decide(state, call, now)
    assert isinstance(caught.value, AnswerIsNo)
    assert str(caught.value).startswith(f"{caught.value.rule}: ")
    return str(caught.value)


def test_decide_leaves_the_state_as_it_was(state: RegistryState) -> None:
    """The state after is a new one; nothing in the old one moves."""
    before = state.model_copy(deep=True)
    after = decide(state, _call(state, Lane.GOVERNANCE, {"driftThreshold": 600}), NOW)
    assert state == before
    assert after.version == 2
    assert after.params.get("driftThreshold") == 600
    assert after.changed_at[after.params.spec("driftThreshold").key] == NOW
    assert after.state_hash != state.state_hash


@pytest.mark.parametrize(
    ("lane", "moves", "said"),
    [
        (Lane.GOVERNANCE, {"driftThreshold": 24}, "0.24 % is below the hard minimum of 0.25 %"),
        (Lane.GOVERNANCE, {"driftThreshold": 2_001}, "above the hard maximum of 20 %"),
        (
            Lane.GOVERNANCE,
            {"driftThreshold": 1_001},
            "from 5 % to 10.01 % is a move of 5.01 %; one version may move it by 5 % at most",
        ),
        (Lane.STEWARD, {"tradeCoolOff": 7_200}, "is a move of 4 h; one version may move it by 1 h"),
        (Lane.GUARDIAN, {"maxSlippage": 51}, "maxSlippage from 0.5 % to 0.51 % is not a move to"),
        (Lane.GOVERNANCE, {"driftThreshold": 500}, "the call changes nothing"),
        (Lane.GOVERNANCE, {"targetWeight[WBTC]": 3_600}, "targetWeight[USDC], targetWeight[WETH]"),
        (
            Lane.GOVERNANCE,
            {"targetWeight[USDC]": 2_100, "targetWeight[WBTC]": 3_500, "targetWeight[WETH]": 4_500},
            "target weights sum to 101 %",
        ),
        (Lane.GOVERNANCE, {"maxSlippage": 150}, "maxSlippage must be at most slippageBudget"),
        (
            Lane.GOVERNANCE,
            {"ripcordHealthFactor": 1_500_000, "deleverHealthFactor": 1_500_000},
            "ripcordHealthFactor must be below deleverHealthFactor",
        ),
        (
            Lane.GOVERNANCE,
            {"debtCeiling": 400_000_000_000},
            "debtCeilingGap of 100000 USDC is more than a fifth of debtCeiling",
        ),
        (Lane.GOVERNANCE, {"maxSlippage": 60, "driftThreshold": 600}, "key 8 comes after 13"),
    ],
)
def test_refusals_speak_in_units(
    state: RegistryState, lane: Lane, moves: dict[str, int], said: str
) -> None:
    """Values in a message have units, parameters have names."""
    moves = dict(sorted(moves.items(), key=lambda move: move[0] != "ripcordHealthFactor"))
    if "ripcordHealthFactor" in moves:
        moves = dict(reversed(moves.items()))
    assert said in _refused(state, _call(state, lane, moves))


def test_times_are_said_in_utc(state: RegistryState) -> None:
    """Windows, freezes and cool-downs name a moment, not a number."""
    moves = {"driftThreshold": 501}
    early = _call(state, Lane.GOVERNANCE, moves, not_before=NOW + 1)
    assert "from 2027-01-15T08:00:01Z, and it is 2027-01-15T08:00:00Z" in _refused(state, early)
    late = _call(state, Lane.STEWARD, moves, not_after=NOW - 1)
    assert "until 2027-01-15T07:59:59Z" in _refused(state, late)
    good = _call(state, Lane.STEWARD, moves)
    frozen = freeze(state, NOW + 60, NOW)
    assert "'core' is frozen until 2027-01-15T08:01:00Z" in _refused(frozen, good)
    frozen = freeze_key(state, good.changes[0].key, NOW + 60, NOW)
    assert "driftThreshold is frozen until 2027-01-15T08:01:00Z" in _refused(frozen, good)
    changed = decide(state, good, NOW)
    again = _call(changed, Lane.STEWARD, {"driftThreshold": 502})
    assert "may be changed again by the steward from 2027-01-16T08:00:00Z" in _refused(
        changed, again
    )
    far = freeze(state, NOW + 1, NOW).model_copy(update={"frozen_until": 2**60})
    assert f"second {2**60}" in _refused(far, good)


def test_moves_of_one_moment_do_not_add_up(state: RegistryState) -> None:
    """A parameter moves once in a block, by a vote or to less risk by the steward; the guardian
    may still reduce it."""
    first = decide(state, _call(state, Lane.GOVERNANCE, {"maxSlippage": 45}), NOW)
    for lane in (Lane.GOVERNANCE, Lane.STEWARD):
        again = _call(first, lane, {"maxSlippage": 40})
        assert "changed in the same block, at 2027-01-15T08:00:00Z" in _refused(first, again)
        assert decide(first, again, NOW + 1).params.get("maxSlippage") == 40
    reduced = decide(first, _call(first, Lane.GUARDIAN, {"maxSlippage": 40}), NOW)
    assert reduced.params.get("maxSlippage") == 40


def test_call_is_checked_before_its_changes(state: RegistryState) -> None:
    """Version and report come first; a steward who names no version takes the current one."""
    moves = {"driftThreshold": 99_999}
    assert "ReportMissing" in _refused(
        state, _call(state, Lane.STEWARD, moves, report_hash=bytes(32))
    )
    assert "made for version 7, and the strategy is at 1" in _refused(
        state, _call(state, Lane.STEWARD, moves, expected_version=7)
    )
    unknown = Call(lane=Lane.GOVERNANCE, changes=(Change(key=7, old=0, new=1),), report_hash=REPORT)
    assert "no parameter has the key 7" in _refused(state, unknown)


def test_stale_value_names_both(state: RegistryState) -> None:
    """A change that was made for another value says which one holds now."""
    key = state.params.spec("driftThreshold").key
    stale = Call(
        lane=Lane.GOVERNANCE, changes=(Change(key=key, old=400, new=450),), report_hash=REPORT
    )
    assert "driftThreshold is 5 % and no longer 4 %" in _refused(state, stale)


def test_freezes_have_limits(state: RegistryState) -> None:
    """A freeze lasts fourteen days at most, is never made shorter, and ends only while it holds;
    governance may end what has ended."""
    key = state.params.spec("maxSlippage").key
    assert MAX_FREEZE == 14 * 86_400
    frozen = freeze(state, NOW + MAX_FREEZE, NOW)
    with pytest.raises(RuleBroken, match="may last 14 days, until 2027-01-29T08:00:00Z"):
        freeze(state, NOW + MAX_FREEZE + 1, NOW)
    with pytest.raises(RuleBroken, match="FreezeNotLonger"):
        freeze(frozen, NOW + 60, NOW)
    with pytest.raises(RuleBroken, match="FreezeNotLonger"):
        freeze_key(state, key, NOW, NOW)
    with pytest.raises(RuleBroken, match="no parameter has the key 7"):
        freeze_key(state, 7, NOW + 60, NOW)
    with pytest.raises(RuleBroken, match="nothing is frozen here"):
        unfreeze(state, Lane.GUARDIAN, NOW)
    with pytest.raises(RuleBroken, match="nothing is frozen here"):
        unfreeze_key(frozen, key, Lane.GUARDIAN, NOW)
    frozen_key = freeze_key(state, key, NOW + 60, NOW)
    for lane in (Lane.GUARDIAN, Lane.GOVERNANCE):
        assert unfreeze(frozen, lane, NOW) == state
        assert unfreeze_key(frozen_key, key, lane, NOW).key_frozen_until == {key: 0}
    ended = NOW + MAX_FREEZE
    assert unfreeze(frozen, Lane.GOVERNANCE, ended) == frozen
    assert unfreeze_key(frozen_key, key, Lane.GOVERNANCE, ended) == frozen_key


def test_listing_obeys_the_rules_between_parameters(layout: StrategyLayout) -> None:
    """A layout whose weights are not the whole cannot be listed."""
    crooked = layout.model_copy(update={"weights": (2_000, 3_500, 4_600)})
    with pytest.raises(RuleBroken, match="WeightsDoNotSum: target weights sum to 101 %"):
        listed(ParamSet.defaults(crooked), NOW, 1, "0x" + "11" * 20)

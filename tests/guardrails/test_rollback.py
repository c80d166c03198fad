"""The way back, and what proves it."""

from typing import NamedTuple

import pytest

from dpo_gov.errors import RuleBroken, UnknownName
from dpo_gov.guardrails import (
    Call,
    Lane,
    RegistryState,
    decide,
    genesis_hash,
    head_of,
    listed,
    prove,
    rollback,
)
from dpo_gov.params import Change, Module, ParamSet, StrategyLayout

NOW = 1_800_000_000
REGISTRY = "0x" + "11" * 20
REPORT = b"\1" * 32
DRIFT, TRADE, FEE = "driftThreshold", "maxTradeSize", "managementFee"


class Version(NamedTuple):
    """A version as its event would tell it."""

    version: int
    state_hash: bytes
    report_hash: bytes
    changes: tuple[Change, ...]


class Story:
    """A strategy with three versions: two of rebalancing, and one of fees between them."""

    def __init__(self, layout: StrategyLayout) -> None:
        self.state = listed(ParamSet.defaults(layout), NOW - 10**8, 1, REGISTRY)
        self.genesis = genesis_hash(1, REGISTRY, layout.strategy_id)
        self.history = [Version(1, self.state.state_hash, bytes(32), ())]
        for moves in ({TRADE: 2_000}, {FEE: 2_000}, {DRIFT: 600, TRADE: 2_500}):
            self.move(moves)

    def move(self, moves: dict[str, int]) -> None:
        """Governance changes something."""
        params = self.state.params
        changes = tuple(
            Change(key=params.spec(name).key, old=params.get(name), new=value)
            for name, value in moves.items()
        )
        call = Call(lane=Lane.GOVERNANCE, changes=changes, report_hash=REPORT)
        self.state = decide(self.state, call, NOW - 10**6 + self.state.version)
        version = self.state.version
        self.history.append(Version(version, self.state.state_hash, REPORT, changes))


@pytest.fixture
def story(layout: StrategyLayout) -> Story:
    """Four versions."""
    return Story(layout)


def test_only_what_the_version_changed_goes_back(story: Story) -> None:
    """Going back to a version restores the modules that it changed, and its proof is true."""
    proof = prove(story.state, story.history, 2, story.genesis)
    assert head_of(proof) == story.state.state_hash
    assert list(proof.modules) == [Module.REBALANCING]
    after = rollback(story.state, proof, Lane.GOVERNANCE, NOW, report_hash=REPORT)
    assert [after.params.get(name) for name in (DRIFT, TRADE, FEE)] == [500, 2_000, 2_000]
    assert after.version == 5
    first = prove(story.state, story.history, 1, story.genesis)
    assert list(first.modules) == list(Module)
    after = rollback(story.state, first, Lane.GOVERNANCE, NOW, report_hash=REPORT)
    assert after.values == ParamSet.defaults(story.state.layout).values


def test_the_guardian_goes_back_to_less_risk_only(story: Story) -> None:
    """Where one move of it is not to less risk, the guardian's rollback is refused as a whole."""
    proof = prove(story.state, story.history, 2, story.genesis)
    with pytest.raises(RuleBroken, match="AddsRisk: driftThreshold from 6 % to 5 %"):
        rollback(story.state, proof, Lane.GUARDIAN, NOW)
    story.move({DRIFT: 500})
    proof = prove(story.state, story.history, 2, story.genesis)
    after = rollback(story.state, proof, Lane.GUARDIAN, NOW)
    assert after.params.get(TRADE) == 2_000
    assert after.anchor(after.spec(TRADE).key) == 2_500


def test_a_later_version_makes_a_proof_stale(story: Story) -> None:
    """The chain of hashes ends at another head then, and the message says what to do."""
    proof = prove(story.state, story.history, 2, story.genesis)
    story.move({FEE: 0})
    with pytest.raises(
        RuleBroken, match="a version has been committed since; make the proof again"
    ):
        rollback(story.state, proof, Lane.GUARDIAN, NOW)


def test_there_is_no_way_forward(story: Story) -> None:
    """The present version and those to come are none to go back to."""
    for version in (0, 4, 5):
        with pytest.raises(UnknownName, match="is at version 4; there is a way back to an earlier"):
            prove(story.state, story.history, version, story.genesis)


def test_what_binds_the_call_binds_it_first(story: Story) -> None:
    """Window and report come before the proof; governance needs both, the guardian the window."""
    proof = prove(story.state, story.history, 2, story.genesis)
    for lane in (Lane.GOVERNANCE, Lane.GUARDIAN):
        with pytest.raises(RuleBroken, match="TooLate"):
            rollback(story.state, proof, lane, NOW, not_after=NOW - 1)
    with pytest.raises(RuleBroken, match="ReportMissing"):
        rollback(story.state, proof, Lane.GOVERNANCE, NOW)


def test_hard_bounds_of_today_hold(story: Story) -> None:
    """A value that was allowed then and is not any more does not come back."""
    spec = story.state.spec(DRIFT).model_copy(update={"minimum": 550})
    state: RegistryState = story.state.model_copy(update={"specs": {spec.key: spec}})
    proof = prove(state, story.history, 2, story.genesis)
    with pytest.raises(RuleBroken, match="driftThreshold of 5 % is below the hard minimum of 5.5"):
        rollback(state, proof, Lane.GOVERNANCE, NOW, report_hash=REPORT)

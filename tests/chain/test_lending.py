"""The thresholds of lending venues: set by a vote, read live, known to the twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dpo_gov.chain import GovernorClient, RegistryClient, Support
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.plan import DAY
from dpo_gov.errors import CallRefused, RuleBroken
from dpo_gov.guardrails import Call, Lane, RegistryState, decide
from dpo_gov.params import Change
from dpo_gov.proposal.actions import Action, proposal_id

FOREVER = 2**40 - 1
REPORT = b"\7" * 32
# A call with one argument returns what is stored; 32 bytes of calldata are stored.
VENUE = bytes.fromhex("366024146" + "00c575f355f55005b5f545f5260205ff3")
CREATION = bytes.fromhex(f"60{len(VENUE):02x}8060095f395ff3") + VENUE

Says = Callable[[int], None]


@pytest.fixture
def venue(system: Any) -> Says:
    """A venue at which a vote lets the strategy borrow against WETH; its threshold is set."""
    chain, where = system.chain, system.deployment.contracts
    sender = chain.accounts[0]
    made = chain.request("eth_sendTransaction", {"from": sender, "data": "0x" + CREATION.hex()})
    address = chain.request("eth_getTransactionReceipt", made)["contractAddress"]

    def says(threshold: int) -> None:
        data = "0x" + threshold.to_bytes(32, "big").hex()
        chain.request("eth_sendTransaction", {"from": sender, "to": address, "data": data})

    says(6_000)
    core = system.deployment.strategy("core")
    call = Contract(chain, where.lending_venues, "LendingVenues").prepare(
        "setVenues",
        core.layout.strategy_id,
        core.layout.collaterals.index("WETH"),
        core.assets["WETH"].address,
        [address],
    )
    actions = [Action(where.lending_venues, 0, call.data)]
    governor = GovernorClient(chain, system.deployment)
    governor.propose(actions, "# Borrow there\n").send(system.dev(1))
    number = proposal_id(actions, b"# Borrow there\n")
    chain.travel(DAY + 1)
    for voter in (2, 3):
        governor.vote(number, Support.FOR).send(system.dev(voter))
    chain.travel(5 * DAY)
    governor.queue(number).send(system.dev(9))
    chain.travel(2 * DAY)
    governor.execute(number).send(system.dev(9))
    return says


def registry_of(system: Any) -> RegistryClient:
    """The registry."""
    return RegistryClient(system.chain, system.deployment)


def moved(state: RegistryState, name: str, by: int) -> tuple[Change, ...]:
    """One parameter moves by so much; those that it is coupled with are stated."""
    spec = state.spec(name)
    return tuple(
        Change(key=key, old=state.values[key], new=state.values[key] + by * (key == spec.key))
        for key in sorted({spec.key, *spec.coupled})
    )


def refused_alike(system: Any, name: str, by: int) -> RuleBroken:
    """The steward's change of a parameter is refused by both for one reason: the twin's."""
    registry = registry_of(system)
    state = registry.state("core")
    changes = moved(state, name, by)
    call = Call(
        lane=Lane.STEWARD,
        changes=changes,
        report_hash=REPORT,
        not_after=FOREVER,
        expected_version=state.version,
    )
    with pytest.raises(RuleBroken) as ours:
        decide(state, call, system.chain.now())
    prepared = registry.steward_set(
        "core",
        changes,
        expected_version=state.version,
        not_after=FOREVER,
        report_hash=REPORT,
    )
    with pytest.raises(CallRefused) as theirs:
        prepared.simulate(system.dev(5))
    assert ours.value.rule == theirs.value.error
    return ours.value


def test_without_venues_nothing_limits(system: Any) -> None:
    """A strategy that borrows nowhere has the threshold of 100 %."""
    assert registry_of(system).state("core").thresholds == {"WETH": 10_000, "WBTC": 10_000}


def test_a_venue_is_the_limit_as_it_says_it_now(system: Any, venue: Says) -> None:
    """Largest debt and buffer stay below what the venue says at this moment."""
    assert registry_of(system).state("core").thresholds["WETH"] == 6_000
    broken = refused_alike(system, "maxLtv[WETH]", 1)
    assert (broken.rule, broken.facts.get("threshold")) == ("NoRoomForBuffer", 6_000)
    venue(5_999)
    assert refused_alike(system, "maxLtv[WBTC]", 1).rule == "NoRoomForBuffer"


@pytest.mark.parametrize("threshold", [5_000, 10_001])
def test_the_guardian_is_never_held_up(system: Any, venue: Says, threshold: int) -> None:
    """With a threshold below the debt, or a venue that makes no sense, risk can be reduced."""
    venue(threshold)
    state = registry_of(system).state("core")
    assert state.thresholds["WETH"] == (threshold if threshold <= 10_000 else None)
    rule = refused_alike(system, "maxLtv[WBTC]", 1).rule
    assert rule == ("NoRoomForBuffer" if threshold <= 10_000 else "VenueUnreadable")
    changes = moved(state, "maxLtv[WETH]", -100)
    after = decide(state, Call(lane=Lane.GUARDIAN, changes=changes), system.chain.now())
    registry_of(system).guardian_reduce("core", changes).send(system.dev(6))
    assert registry_of(system).state("core").state_hash == after.state_hash

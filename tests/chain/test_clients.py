from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from dpo_gov.chain import (
    Chain,
    ExecutorClient,
    GovernorClient,
    OracleClient,
    ProposalState,
    RegistryClient,
    Support,
    VaultClient,
    abi,
    plan_rebalance,
    refresh_prices,
)
from dpo_gov.chain import registry as registry_module
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.plan import DAY
from dpo_gov.errors import CallRefused, ChainError, InputError, UnknownName
from dpo_gov.guardrails import Call, Lane, abdicate, decide, narrow_spec
from dpo_gov.params import Change
from dpo_gov.proposal.actions import Action, proposal_id

DRIFT, LEAST_IDLE, GAS_LIMIT = 0x0008, 0x0014, 0x0015
REPORT = b"\7" * 32
DESCRIPTION = "# Calmer\n\nRebalance less often.\n"


def change(system: Any, key: int, new: int) -> Change:
    """A change of one parameter from what it is now."""
    state = RegistryClient(system.chain, system.deployment).state("core")
    return Change(key=key, old=state.values[key], new=new)


def pass_proposal(system: Any, *calls: list[Change], description: str = DESCRIPTION) -> int:
    """Carry changes through a whole vote: an action for each call of the registry."""
    registry = RegistryClient(system.chain, system.deployment)
    actions = []
    for changes in calls:
        call = registry.set_params("core", changes, (0, 2**40 - 1), REPORT)
        actions.append(Action(call.to or "", 0, call.data))
    return pass_actions(system, actions, description)


def pass_actions(system: Any, actions: list[Action], description: str = DESCRIPTION) -> int:
    """Carry actions through a whole vote."""
    governor = GovernorClient(system.chain, system.deployment)
    governor.propose(actions, description).send(system.dev(1))
    number = proposal_id(actions, description.encode())
    system.chain.travel(DAY + 1)
    for voter in (2, 3):
        governor.vote(number, Support.FOR, "reads well").send(system.dev(voter))
    governor.vote(number, Support.AGAINST).send(system.dev(4))
    system.chain.travel(5 * DAY)
    governor.queue(number).send(system.dev(9))
    system.chain.travel(2 * DAY)
    governor.execute(number).send(system.dev(9))
    return number


def test_the_state_knows_limits_anchors_and_what_was_given_up(system: Any) -> None:
    """What governance, the guardian and the steward did is read as the twin says it is."""
    registry = RegistryClient(system.chain, system.deployment)
    listed, core = registry.state("core"), b"core".ljust(32, b"\0")
    spec, idle = listed.by_key[DRIFT], listed.by_key[LEAST_IDLE]
    narrow = spec.model_copy(update={"maximum": 800}).packed()
    wide = idle.model_copy(update={"maximum": 6_000}).packed()
    raw = Contract(system.chain, registry.address, "StrategyRegistry")
    calls = [
        raw.prepare("narrowSpec", core, DRIFT, narrow),
        raw.prepare("proposeSpec", core, LEAST_IDLE, wide),
        raw.prepare("abdicate", core, GAS_LIMIT, listed.values[GAS_LIMIT]),
    ]
    pass_actions(system, [Action(call.to or "", 0, call.data) for call in calls])
    voted = system.chain.now()
    move = Change(key=DRIFT, old=500, new=600)
    registry.steward_set(
        "core", [move], expected_version=1, not_after=2**40 - 1, report_hash=REPORT
    ).send(system.dev(5))

    twin = narrow_spec(listed, DRIFT, narrow)
    twin = abdicate(twin, GAS_LIMIT, listed.values[GAS_LIMIT], voted)
    call = Call(lane=Lane.STEWARD, changes=(move,), report_hash=REPORT)
    twin = decide(twin, call, system.chain.now())
    state = registry.state("core")
    assert state == twin
    assert (state.anchor(DRIFT), state.spec("driftThreshold").upper) == (500, 800)
    proposed = {LEAST_IDLE: (idle.model_copy(update={"maximum": 6_000}), voted + 7 * DAY)}
    assert registry.proposed_specs("core") == proposed


def test_a_registry_of_another_version_is_named(system: Any, monkeypatch: Any) -> None:
    """Where a parameter is of another kind than in the catalogue, nothing is read into it."""
    registry = RegistryClient(system.chain, system.deployment)
    monkeypatch.setattr(registry_module, "same_kind", lambda *_: False)
    with pytest.raises(ChainError, match=r"has another targetWeight\[USDC\] than this version"):
        registry.state("core")


# Governor


def test_the_life_of_a_proposal(system: Any) -> None:
    """From pending to executed: states, votes, quorum, eta, and what the chain keeps of it."""
    governor = GovernorClient(system.chain, system.deployment)
    earliest = governor.earliest_execution()
    number = pass_proposal(system, [change(system, DRIFT, 600)])
    status = governor.status(number)
    assert status.state is ProposalState.EXECUTED
    assert status.votes is not None
    assert (status.votes.for_, status.votes.against) == (3_000_000 * 10**18, 1_500_000 * 10**18)
    assert status.quorum == 400_000 * 10**18
    assert status.needs_queueing
    assert status.vote_end - status.vote_start == 5 * DAY
    # Submitted a second later, and queued a second after the last one for votes.
    assert status.vote_end + 1 + 2 * DAY == earliest + 1
    kept = governor.proposal(number)
    assert (kept.description, kept.proposer) == (DESCRIPTION, system.chain.accounts[1])
    assert proposal_id(kept.actions, kept.description.encode()) == number
    assert [one.id for one in governor.list()] == [number]


def test_one_vote_is_one_jump(system: Any) -> None:
    """Several actions of one proposal cannot add up to what one of them may not do: it fails as a
    whole."""
    way = [500, 1_000, 1_500, 2_000]
    jumps = [[Change(key=DRIFT, old=old, new=new)] for old, new in pairwise(way)]
    with pytest.raises(CallRefused, match="driftThreshold was changed in the same block"):
        pass_proposal(system, *jumps)
    state = RegistryClient(system.chain, system.deployment).state("core")
    assert (state.version, state.values[DRIFT]) == (1, 500)


def test_what_it_is_too_early_for(system: Any) -> None:
    """Each step before its time is refused with the state that it needs."""
    governor = GovernorClient(system.chain, system.deployment)
    registry = RegistryClient(system.chain, system.deployment)
    call = registry.set_params("core", [change(system, DRIFT, 600)], (0, 2**40 - 1), REPORT)
    governor.propose([Action(call.to or "", 0, call.data)], DESCRIPTION).send(system.dev(1))
    (proposal,) = governor.list()
    for step in (governor.vote(proposal.id, Support.FOR), governor.queue(proposal.id)):
        with pytest.raises(CallRefused, match="the proposal is pending"):
            step.simulate(system.dev(2))
    status = governor.status(proposal.id)
    assert (status.state, status.quorum, status.eta) == (ProposalState.PENDING, None, None)
    system.chain.travel(DAY + 1)
    governor.vote(proposal.id, Support.FOR).send(system.dev(2))
    with pytest.raises(CallRefused, match="has voted already"):
        governor.vote(proposal.id, Support.FOR).send(system.dev(2))
    system.chain.travel(5 * DAY)
    governor.queue(proposal.id).send(system.dev(2))
    assert governor.status(proposal.id).eta == system.chain.now() + 2 * DAY
    with pytest.raises(CallRefused, match="not ready yet"):
        governor.execute(proposal.id).send(system.dev(2))


def test_who_may_cancel(system: Any) -> None:
    """A stranger may not; the proposer may while it is pending; the guardian always."""
    governor = GovernorClient(system.chain, system.deployment)
    registry = RegistryClient(system.chain, system.deployment)
    call = registry.set_params("core", [change(system, DRIFT, 600)], (0, 2**40 - 1), REPORT)
    for text in ("# One\n", "# Two\n"):
        governor.propose([Action(call.to or "", 0, call.data)], text).send(system.dev(1))
    one, two = (proposal.id for proposal in governor.list())
    with pytest.raises(CallRefused, match="may not cancel"):
        governor.cancel(one).send(system.dev(4))
    governor.cancel(one).send(system.dev(1))
    system.chain.travel(DAY + 1)
    with pytest.raises(CallRefused, match="may not cancel"):
        governor.cancel(two).send(system.dev(1))
    governor.cancel(two).send(system.dev(6))
    assert {governor.state(one), governor.state(two)} == {ProposalState.CANCELED}


def test_votes_need_delegation(system: Any) -> None:
    """Without votes nobody proposes; delegated ones count from the next second on."""
    governor = GovernorClient(system.chain, system.deployment)
    action = Action(system.deployment.contracts.registry, 0, b"\1\2\3\4")
    with pytest.raises(CallRefused, match="has 0 votes; a proposal needs 50,000"):
        governor.propose([action], DESCRIPTION).send(system.dev(9))
    governor.delegate(system.chain.accounts[9]).send(system.dev(3))
    system.chain.travel(1)
    assert governor.voting_power(system.chain.accounts[9]) == 1_500_000 * 10**18
    governor.propose([action], DESCRIPTION).send(system.dev(9))


def test_a_description_that_names_another_proposer(system: Any) -> None:
    """The front-run guard of the governor is refused in words."""
    governor = GovernorClient(system.chain, system.deployment)
    text = f"# Mine\n#proposer={system.chain.accounts[2].lower()}"
    action = Action(system.deployment.contracts.registry, 0, b"\1\2\3\4")
    with pytest.raises(CallRefused, match="another proposer"):
        governor.propose([action], text).send(system.dev(1))


def test_proposals_that_are_none(system: Any) -> None:
    """An unknown id, an empty list of actions and broken text are the caller's errors."""
    governor = GovernorClient(system.chain, system.deployment)
    for look in (governor.state, governor.status, governor.proposal, governor.queue):
        with pytest.raises(UnknownName, match="no proposal 5"):
            look(5)
    with pytest.raises(InputError, match="at least one action"):
        governor.propose([], DESCRIPTION)
    with pytest.raises(InputError, match="UTF-8"):
        governor.propose([Action(system.chain.accounts[0], 0, b"")], b"\xff")


def test_new_proposals_are_found_by_the_same_client(system: Any) -> None:
    """Only events after the last look are read, and none is missed."""
    governor = GovernorClient(system.chain, system.deployment)
    assert governor.list() == ()
    action = Action(system.deployment.contracts.registry, 0, b"\1\2\3\4")
    for count in (1, 2):
        governor.propose([action], f"# {count}").send(system.dev(1))
        assert len(governor.list()) == count


class Liar:
    """A node in front of another one, which changes some answers."""

    name = "liar"

    def __init__(self, node: Any, lie: Callable[[str, list[Any], Any], Any]) -> None:
        self.node, self.lie = node, lie

    def request(self, method: str, params: list[Any]) -> Any:
        """The answer, as the lie has it."""
        return self.lie(method, params, json.loads(json.dumps(self.node.request(method, params))))


def proposed(system: Any, *descriptions: str) -> list[int]:
    """Submit proposals, each to another target; their ids."""
    governor = GovernorClient(system.chain, system.deployment)
    ids = []
    for number, text in enumerate(descriptions):
        action = Action(system.chain.accounts[number], 0, b"\1\2\3\4")
        governor.propose([action], text).send(system.dev(1))
        ids.append(proposal_id([action], text.encode()))
    return ids


def test_a_node_that_shows_another_text_under_an_id(system: Any) -> None:
    """A proposal is shown only where its content gives its id, whatever the node says."""
    good, evil = (one.to_bytes(32, "big").hex() for one in proposed(system, "# Good", "# Evil"))

    def lie(method: str, params: list[Any], answer: Any) -> Any:
        for log in answer if method == "eth_getLogs" else ():
            log["data"] = log["data"].replace(good, evil)
        return answer

    governor = GovernorClient(Chain(Liar(system.chain._transport, lie)), system.deployment)
    with pytest.raises(ChainError, match="do not trust this node"):
        governor.list()
    with pytest.raises(ChainError, match="do not trust this node"):
        governor.proposal(int(good, 16))


@pytest.mark.parametrize(("said", "shown"), [(7, True), (8, False)])
def test_governors_that_count_their_proposals(system: Any, said: int, shown: bool) -> None:
    """An id that is a number is taken where the governor gives the content that number."""
    (number,) = proposed(system, "# Counted")

    def lie(method: str, params: list[Any], answer: Any) -> Any:
        for log in answer if method == "eth_getLogs" else ():
            log["data"] = log["data"].replace(f"{number:064x}", f"{7:064x}")
        return f"0x{said:064x}" if method == "eth_call" else answer

    governor = GovernorClient(Chain(Liar(system.chain._transport, lie)), system.deployment)
    if shown:
        assert [one.id for one in governor.list()] == [7]
    else:
        with pytest.raises(ChainError, match="do not trust this node"):
            governor.list()


def test_a_proposal_whose_parts_do_not_belong_together(system: Any) -> None:
    """An event with two targets and one value is a message, not a defect."""
    proposed(system, "# Whole")
    event = abi.event("DpoGovernor", "ProposalCreated")

    def lie(method: str, params: list[Any], answer: Any) -> Any:
        for log in answer if method == "eth_getLogs" else ():
            values = list(abi.unpack(event["inputs"], bytes.fromhex(log["data"][2:])))
            values[2] *= 2
            log["data"] = "0x" + abi.pack(event["inputs"], values).hex()
        return answer

    governor = GovernorClient(Chain(Liar(system.chain._transport, lie)), system.deployment)
    with pytest.raises(ChainError, match="do not belong together"):
        governor.list()


def test_a_description_that_is_no_text_hides_nothing(system: Any) -> None:
    """Bytes that are no UTF-8 are marked; all proposals are listed, this one can be voted on."""
    (first,) = proposed(system, "# Text")
    governor = GovernorClient(system.chain, system.deployment)
    action = Action(system.chain.accounts[5], 0, b"\1\2\3\4")
    call = governor.propose([action], "# Broken?")
    replace(call, data=call.data.replace(b"# Broken?", b"# Broken\xff")).send(system.dev(1))
    second = proposal_id([action], b"# Broken\xff")
    assert [one.id for one in governor.list()] == [first, second]
    assert governor.proposal(second).description == "# Broken\N{REPLACEMENT CHARACTER}"
    governor.cancel(second).send(system.dev(1))
    assert governor.state(second) is ProposalState.CANCELED


# Registry


def test_the_registry_after_a_vote_is_what_the_rules_say(system: Any) -> None:
    """State before + the same rules in Python = state after, bit by bit."""
    registry = RegistryClient(system.chain, system.deployment)
    before, block = registry.state("core"), system.chain.block().number
    changes = [change(system, DRIFT, 600), change(system, LEAST_IDLE, 600)]
    pass_proposal(system, changes)
    after = registry.state("core")
    call = Call(lane=Lane.GOVERNANCE, changes=tuple(changes), report_hash=REPORT)
    assert after == decide(before, call, system.chain.now())
    assert registry.state("core", block) == before


def test_history_tells_every_version(system: Any) -> None:
    """Listing, vote and guardian: versions, hashes, changes and who did it."""
    registry = RegistryClient(system.chain, system.deployment)
    pass_proposal(system, [change(system, DRIFT, 600)])
    reduced = change(system, LEAST_IDLE, 700)
    registry.guardian_reduce("core", [reduced]).send(system.dev(6))
    listing, voted, guarded = registry.history("core")
    assert (listing.version, listing.changes, listing.report_hash) == (1, (), bytes(32))
    assert voted.changes == (Change(key=DRIFT, old=500, new=600),)
    assert (voted.report_hash, voted.by) == (REPORT, system.deployment.contracts.timelock)
    assert (guarded.changes, guarded.by) == ((reduced,), system.chain.accounts[6])
    assert guarded.state_hash == registry.state("core").state_hash
    assert guarded.timestamp == system.chain.now()


def test_the_steward(system: Any) -> None:
    """The steward changes within step and cool-down; more is refused in words."""
    registry = RegistryClient(system.chain, system.deployment)
    system.chain.travel(4 * DAY)
    until = system.chain.now() + DAY

    def step(new: int, version: int) -> Any:
        return registry.steward_set(
            "core",
            [change(system, DRIFT, new)],
            expected_version=version,
            not_after=until,
            report_hash=REPORT,
        )

    with pytest.raises(CallRefused, match="driftThreshold would change by 2 %; the steward may"):
        step(700, 1).send(system.dev(5))
    with pytest.raises(CallRefused, match="lacks the role STEWARD_ROLE"):
        step(600, 1).send(system.dev(6))
    step(600, 1).send(system.dev(5))
    with pytest.raises(CallRefused, match="at version 2, not at 1"):
        step(650, 1).send(system.dev(5))
    with pytest.raises(CallRefused, match="driftThreshold again from"):
        step(650, 2).send(system.dev(5))


def test_freezes(system: Any) -> None:
    """A freeze of the strategy and of one parameter are in the state, and end."""
    registry = RegistryClient(system.chain, system.deployment)
    until = system.chain.now() + DAY
    registry.freeze("core", until).send(system.dev(6))
    registry.freeze("core", until, DRIFT).send(system.dev(6))
    state = registry.state("core")
    assert (state.frozen_until, dict(state.key_frozen_until)) == (until, {DRIFT: until})
    registry.unfreeze("core").send(system.dev(6))
    registry.unfreeze("core", DRIFT).send(system.dev(6))
    state = registry.state("core")
    assert (state.frozen_until, dict(state.key_frozen_until)) == (0, {})


# Executor and vaults


def test_a_version_reaches_every_vault(system: Any) -> None:
    """After a vote the vaults are behind; one push brings both up, a second one does nothing."""
    executor = ExecutorClient(system.chain, system.deployment)
    vaults = [VaultClient(system.chain, system.deployment, one) for one in executor.vaults("core")]
    assert tuple(one.address for one in vaults) == system.deployment.strategies[0].vaults
    pass_proposal(system, [change(system, DRIFT, 600)])
    refresh_prices(system.chain, system.deployment)
    assert all(vault.status().behind for vault in vaults)
    receipt = executor.apply("core").send(system.dev(9))
    outcome = executor.outcome(receipt)
    assert [(one.vault, one.version, one.applied) for one in outcome] == [
        (vault.address, 2, True) for vault in vaults
    ]
    registry = RegistryClient(system.chain, system.deployment)
    for vault in vaults:
        assert vault.status().values[DRIFT] == 600
        assert vault.params() == registry.state("core").params
        assert executor.record(vault.address).applied_version == 2
    again = executor.apply("core", [vaults[0].address]).send(system.dev(9))
    assert executor.outcome(again) == ()


def test_deposit_and_redeem(system: Any) -> None:
    """Base asset in, shares out and back; in kind a part of everything."""
    vault = VaultClient(system.chain, system.deployment, system.deployment.strategies[0].vaults[1])
    depositor = system.dev(9)
    before = vault.shares_of(depositor.address)
    with pytest.raises(CallRefused, match="approve first"):
        vault.deposit(10**9, depositor.address).send(depositor)
    vault.approve(10**9).send(depositor)
    vault.deposit(10**9, depositor.address).send(depositor)
    bought = vault.shares_of(depositor.address) - before
    assert bought > 0
    vault.redeem(bought // 2, depositor.address, depositor.address).send(depositor)
    vault.redeem_in_kind(bought // 2, depositor.address, depositor.address).send(depositor)
    assert vault.shares_of(depositor.address) - before <= 1


def test_a_rebalance_is_planned_within_the_rules(system: Any) -> None:
    """After ether rose by 40 % the planned trades are accepted and bring the drift down."""
    vault = VaultClient(system.chain, system.deployment, system.deployment.strategies[0].vaults[0])
    keeper = system.deployment.roles.keeper
    assert plan_rebalance(vault, keeper) == ()
    system.chain.travel(DAY)
    refresh_prices(system.chain, system.deployment, {"WETH": 0.4})
    before = vault.status()
    trades = plan_rebalance(vault, keeper)
    assert [(trade.sell, trade.buy) for trade in trades] == [(2, 0), (0, 1)]
    vault.rebalance(trades).send(system.dev(7))
    after = vault.status()
    assert (before.drift or 0) > 6 * 10**16 > 10**15 > (after.drift or 0)
    assert after.last_rebalance == after.timestamp
    with pytest.raises(CallRefused, match="lacks the role KEEPER_ROLE"):
        vault.rebalance(trades).send(system.dev(2))


def test_a_rebalance_that_is_not_due(system: Any) -> None:
    """Within the cool-off the vault's refusal says when it ends."""
    vault = VaultClient(system.chain, system.deployment, system.deployment.strategies[0].vaults[0])
    refresh_prices(system.chain, system.deployment, {"WETH": 0.4})
    with pytest.raises(CallRefused, match="next rebalance may come from 2026-11-21T06"):
        plan_rebalance(vault, system.deployment.roles.keeper)


def test_a_dear_venue_shrinks_the_trades(system: Any) -> None:
    """Where the venue costs more than the market assumes, smaller trades are found."""
    from dpo_gov.market import default_market

    vault = VaultClient(system.chain, system.deployment, system.deployment.strategies[0].vaults[0])
    system.chain.travel(DAY)
    refresh_prices(system.chain, system.deployment, {"WETH": 0.4})
    market = default_market()
    cheap = market.venue.model_copy(update={"half_spread": 0.0, "depth": (1e12,) * 3})
    trades = plan_rebalance(
        vault, system.deployment.roles.keeper, market=market.model_copy(update={"venue": cheap})
    )
    vault.rebalance(trades).send(system.dev(7))


def test_stale_prices_close_a_vault(system: Any) -> None:
    """Without prices the status still tells what needs none, and why it is closed."""
    vault = VaultClient(system.chain, system.deployment, system.deployment.strategies[0].vaults[0])
    oracle = OracleClient(system.chain, system.deployment)
    assert set(oracle.prices("core")) == {"USDC", "WBTC", "WETH"}
    system.chain.travel(4 * DAY)
    status = vault.status()
    assert "PriceStale" in status.closed
    assert (status.nav, status.drift, status.total_assets) == (None, None, None)
    assert status.holdings[0].balance > 0 and status.holdings[0].weight is None
    with pytest.raises(CallRefused, match="may not be older"):
        oracle.prices("core")
    with pytest.raises(CallRefused, match="PriceStale"):
        plan_rebalance(vault, system.deployment.roles.keeper)
    refresh_prices(system.chain, system.deployment)
    assert vault.status().closed == ""


def test_prices_are_nobodys_on_a_real_chain(system: Any) -> None:
    """Only test feeds can be set, and only a development chain has them."""

    class Real:
        name, is_dev = "node", False

    with pytest.raises(ChainError, match="real feeds"):
        refresh_prices(Real(), system.deployment)


def test_a_proposal_is_found_by_the_time_of_its_vote(system: Any, monkeypatch: Any) -> None:
    """One block's events are read, which follows from where the vote starts."""
    action = Action(system.deployment.contracts.registry, 0, b"\1\2\3\4")
    governor = GovernorClient(system.chain, system.deployment)
    made = governor.propose([action], "# One\n").send(system.dev(1))
    for seconds in (5, 500, 50_000):
        system.chain.travel(seconds)
    asked: list[tuple[int, int]] = []
    logs = system.chain.logs

    def listening(address: str, topics: Any, first: int, last: int) -> Any:
        asked.append((first, last))
        return logs(address, topics, first, last)

    monkeypatch.setattr(system.chain, "logs", listening)
    found = GovernorClient(system.chain, system.deployment).proposal(
        proposal_id([action], b"# One\n")
    )
    assert (found.block, asked) == (made.block, [(made.block, made.block)])


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("Governor: unknown proposal id", UnknownName), ("Pausable: paused", CallRefused)],
)
def test_governors_of_version_4(system: Any, node: Any, reason: str, kind: type) -> None:
    """Before version 5 a governor says in a text that it does not know a proposal."""
    import json

    from eth_abi import encode

    from dpo_gov.chain import connect

    data = "0x08c379a0" + encode(["string"], [reason]).hex()

    def answer(request: dict[str, object]) -> bytes:
        known = {"eth_chainId": "0x1"}.get(str(request["method"]))
        error = {"code": 3, "message": "execution reverted", "data": data}
        found = {"result": known} if known else {"error": error}
        return json.dumps({"jsonrpc": "2.0", "id": 1, **found}).encode()

    governor = GovernorClient(connect(node(answer)), system.deployment)
    with pytest.raises(kind):
        governor.state(7)
    assert governor.clock_mode == "blocknumber"
    assert governor.timelock_delay() == 0


def test_a_dead_node_is_no_missing_function(system: Any, node: Any) -> None:
    """What a governor lacks is told apart from a node that fails."""
    from dpo_gov.chain import connect

    answers = [b'{"jsonrpc":"2.0","id":1,"result":"0x1"}']
    governor = GovernorClient(
        connect(node(lambda _: answers.pop() if answers else b"oops")), system.deployment
    )
    with pytest.raises(ChainError, match="no JSON-RPC answer"):
        _ = governor.clock_mode
    with pytest.raises(ChainError, match="no JSON-RPC answer"):
        governor.timelock_delay()

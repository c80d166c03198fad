"""A governor that is not ours: no timelock, no stored proposals, a clock of blocks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dpo_gov.chain import Account, Chain, GovernorClient, ProposalState, Support
from dpo_gov.chain.deployment import Contracts, Deployment, Roles
from dpo_gov.errors import CallRefused, UnknownName
from dpo_gov.proposal.actions import Action, proposal_id

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "tests/forge/doubles/PlainGovernor.sol"


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """The test contracts are not in the package's manifest."""
    forge = ROOT / "node_modules" / ".bin" / "forge"
    subprocess.run([forge, "build", SOURCE, "--quiet"], cwd=ROOT, check=True)


def create(chain: Chain, name: str, *args: object) -> str:
    """Create one of the contracts of the source."""
    out = ROOT / "build" / "forge" / "out" / "PlainGovernor.sol" / f"{name}.json"
    artifact = json.loads(out.read_text())
    kind = chain.w3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"]["object"])
    sent = kind.constructor(*args).transact({"from": chain.accounts[0]})
    return str(chain.w3.eth.wait_for_transaction_receipt(sent)["contractAddress"])


@pytest.fixture
def plain(fresh: Chain) -> GovernorClient:
    """A client of the plain governor; dev:0 has every vote."""
    token = create(fresh, "BlockToken", fresh.accounts[0])
    governor = create(fresh, "PlainGovernor", token)
    nobody = "0x" + "11" * 20
    contracts = dict.fromkeys(Contracts.model_fields, nobody)
    deployment = Deployment(
        chain_id=fresh.chain_id,
        start_block=fresh.block().number,
        contracts=Contracts(**{**contracts, "token": token, "governor": governor}),
        roles=Roles(steward=nobody, guardian=nobody, keeper=nobody),
        strategies=(),
    )
    client = GovernorClient(fresh, deployment)
    client.delegate(fresh.accounts[0]).send(Account.load("dev:0", fresh))
    mine(fresh, 1)
    return client


def mine(chain: Chain, blocks: int) -> None:
    """Let some blocks pass."""
    chain.request("anvil_mine", hex(blocks))


def test_the_life_of_a_proposal_without_a_timelock(plain: GovernorClient) -> None:
    """Succeeded is enough to execute; queueing is refused in words; there is no eta."""
    chain = plain.chain
    voter = Account.load("dev:0", chain)
    assert (plain.clock_mode, plain.timelock_delay()) == ("blocknumber", 0)
    assert plain.clock() == chain.block().number
    assert plain.voting_power(voter.address) == 10**24
    actions = [Action(plain.address, 0, bytes.fromhex("06fdde03"))]
    plain.propose(actions, "# Plain\n").send(voter)
    number = proposal_id(actions, b"# Plain\n")
    status = plain.status(number)
    assert (status.state, status.eta, status.needs_queueing) == (ProposalState.PENDING, None, False)
    assert status.vote_start == chain.block().number + 5
    mine(chain, 6)
    plain.vote(number, Support.FOR).send(voter)
    mine(chain, 25)
    assert plain.state(number) is ProposalState.SUCCEEDED
    with pytest.raises(CallRefused, match="no timelock: execute without queueing"):
        plain.queue(number).send(voter)
    plain.execute(number).send(voter)
    status = plain.status(number)
    assert (status.state, status.quorum) == (ProposalState.EXECUTED, 10**23)
    assert status.votes is not None and status.votes.for_ == 10**24
    with pytest.raises(UnknownName):
        plain.state(number + 1)


def test_a_proposal_is_found_without_reading_every_event(plain: GovernorClient) -> None:
    """The block of a proposal follows from where its vote starts."""
    chain = plain.chain
    actions = [Action(plain.address, 0, bytes.fromhex("06fdde03"))]
    made = plain.propose(actions, "# Plain\n").send(Account.load("dev:0", chain))
    mine(chain, 500)
    asked: list[Any] = []
    request = chain.raw

    def listening(method: str, *params: Any) -> Any:
        if method == "eth_getLogs":
            asked.append((int(params[0]["fromBlock"], 16), int(params[0]["toBlock"], 16)))
        return request(method, *params)

    chain.raw = listening
    try:
        found = plain.proposal(proposal_id(actions, b"# Plain\n"))
    finally:
        del chain.raw
    assert found.block == made.block
    assert asked == [(made.block, made.block)]


def test_how_long_a_vote_takes_in_seconds(plain: GovernorClient) -> None:
    """Delays in blocks are turned into seconds by the pace of the last blocks."""
    chain = plain.chain
    chain.request("anvil_mine", hex(100), hex(12))
    first = chain.block(max(0, chain.block().number - 1000))
    last = chain.block()
    pace = (last.timestamp - first.timestamp) / (last.number - first.number)
    assert plain.earliest_execution() == last.timestamp + round(26 * pace)

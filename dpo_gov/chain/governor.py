"""Any OpenZeppelin Governor, 4.x to 5.x: proposals, their states, and the calls of their life.

What differs between versions is asked for, not assumed: with or without GovernorStorage, block
numbers or seconds as clock, with or without a timelock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from eth_utils.crypto import keccak

from dpo_gov.chain.calls import PreparedCall
from dpo_gov.chain.contract import Contract, Event, NotThisContract
from dpo_gov.chain.deployment import Deployment
from dpo_gov.chain.network import Chain
from dpo_gov.errors import CallRefused, ChainError, InputError, UnknownName
from dpo_gov.proposal.actions import Action, proposal_id

_MISSING = (CallRefused, NotThisContract)
"""How a view that a governor does not have ends."""
_MAX_NUMBER = 2**64
"""Below are ids of governors that count their proposals; others take a hash."""
_PACE = 1_000
"""Blocks over which the time of one is measured."""


class ProposalState(Enum):
    """OpenZeppelin's states, by number."""

    PENDING = 0
    ACTIVE = 1
    CANCELED = 2
    DEFEATED = 3
    SUCCEEDED = 4
    QUEUED = 5
    EXPIRED = 6
    EXECUTED = 7


class Support(Enum):
    """What a vote says, by number."""

    AGAINST = 0
    FOR = 1
    ABSTAIN = 2


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes cast, in the token's smallest unit."""

    against: int
    for_: int
    abstain: int


@dataclass(frozen=True, slots=True)
class OnchainProposal:
    """A proposal as the chain has it.

    `vote_start`, `vote_end` are in the governor's clock: seconds, or blocks. Of a `description`
    that is no UTF-8 the broken bytes are replaced; `description_hash` is that of its own bytes.
    """

    id: int
    proposer: str
    targets: tuple[str, ...]
    values: tuple[int, ...]
    calldatas: tuple[bytes, ...]
    description: str
    description_hash: bytes
    vote_start: int
    vote_end: int
    block: int
    transaction: str

    @property
    def actions(self) -> tuple[Action, ...]:
        """What it does, as the proposal package speaks of it."""
        parts = zip(self.targets, self.values, self.calldatas, strict=True)
        return tuple(Action(target, value, data) for target, value, data in parts)


@dataclass(frozen=True, slots=True)
class ProposalStatus:
    """Where a proposal stands, read at one block; times as in OnchainProposal."""

    id: int
    state: ProposalState
    vote_start: int
    vote_end: int
    eta: int | None
    votes: Votes | None
    quorum: int | None
    needs_queueing: bool


class GovernorClient:
    """The governor of a deployment."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        where = deployment.contracts
        self.chain = chain
        self.address = where.governor
        self._start = deployment.start_block
        self._contract = Contract(chain, where.governor, "DpoGovernor", deployment.layouts)
        self._token = Contract(chain, where.token, "DpoToken")
        self._found: dict[int, OnchainProposal] = {}
        self._scanned = deployment.start_block - 1

    # What the governor is

    @cached_property
    def clock_mode(self) -> str:
        """`timestamp` or `blocknumber`; governors before 4.9 do not say and count blocks."""
        try:
            mode = str(self._contract.read("CLOCK_MODE"))
        except _MISSING:
            return "blocknumber"
        return "timestamp" if "mode=timestamp" in mode else "blocknumber"

    def clock(self) -> int:
        """Now, in the governor's clock."""
        block = self.chain.block()
        return block.timestamp if self.clock_mode == "timestamp" else block.number

    def rules(self) -> dict[str, int]:
        """Voting delay and period (in the clock), proposal threshold (votes)."""
        return {
            "votingDelay": self._contract.read("votingDelay"),
            "votingPeriod": self._contract.read("votingPeriod"),
            "proposalThreshold": self._contract.read("proposalThreshold"),
        }

    def earliest_execution(self) -> int:
        """The first second at which a proposal that is submitted now can be executed."""
        return self.chain.now() + self.vote_seconds()

    def vote_seconds(self) -> int:
        """Seconds from a proposal's submission to the first one at which it can be executed.

        The voting delay, the voting period, one more, since votes count until the last one of the
        period, and the timelock's delay; blocks are turned into seconds by the pace of the last
        ones. A quorum that is reached late makes it longer.
        """
        wait = self._contract.read("votingDelay") + self._contract.read("votingPeriod") + 1
        if self.clock_mode == "blocknumber":
            wait = round(wait * self._seconds_a_block())
        return int(wait + self.timelock_delay())

    def timelock_delay(self) -> int:
        """Seconds that a proposal waits in the timelock; 0 where there is none."""
        timelock = self._ask("timelock")
        if timelock is None:
            return 0
        return int(Contract(self.chain, timelock, "TimelockController").read("getMinDelay"))

    def _seconds_a_block(self) -> float:
        last = self.chain.block()
        first = self.chain.block(max(0, last.number - _PACE))
        return (last.timestamp - first.timestamp) / max(1, last.number - first.number)

    def voting_power(self, account: str, at: int | None = None) -> int:
        """The votes of an account at a point of the clock; by default the last that is settled."""
        return int(self._contract.read("getVotes", account, self.clock() - 1 if at is None else at))

    # Proposals

    def state(self, proposal: int) -> ProposalState:
        """Where a proposal stands. Raises UnknownName."""
        return self._state(proposal, "latest")

    def status(self, proposal: int) -> ProposalStatus:
        """Everything about where it stands, at one block. Raises UnknownName."""
        at = self.chain.block().number
        state = self._state(proposal, at)
        snapshot = self._contract.read("proposalSnapshot", proposal, block=at)
        eta = self._ask("proposalEta", proposal, block=at)
        needs = self._ask("proposalNeedsQueuing", proposal, block=at)
        past = state is not ProposalState.PENDING
        return ProposalStatus(
            id=proposal,
            state=state,
            vote_start=snapshot,
            vote_end=self._contract.read("proposalDeadline", proposal, block=at),
            eta=eta or None,
            votes=self._votes(proposal, at),
            quorum=self._ask("quorum", snapshot, block=at) if past else None,
            needs_queueing=bool(needs) if needs is not None else eta is not None,
        )

    def proposal(self, proposal: int) -> OnchainProposal:
        """What a proposal holds, from its event. Raises UnknownName."""
        if proposal not in self._found:
            self._look_for(proposal)
        if proposal not in self._found:
            self._scan()
        if proposal not in self._found:
            raise UnknownName(
                f"the governor {self.address} on {self.chain.name} has no proposal {proposal} "
                f"since block {self._start}; `dpo-gov gov list` shows those it has"
            )
        return self._found[proposal]

    def list(self) -> tuple[OnchainProposal, ...]:
        """All proposals since the deployment, oldest first."""
        self._scan()
        return tuple(sorted(self._found.values(), key=lambda one: one.block))

    def _look_for(self, proposal: int) -> None:
        """Read the block in which a proposal was made, which follows from where its vote starts.

        It is another one where the voting delay was changed since; then all events are read.
        """
        made = self._ask("proposalSnapshot", proposal) or 0
        made -= self._contract.read("votingDelay")
        block = made if self.clock_mode == "blocknumber" else self._block_at(made)
        if self._start <= block <= self.chain.block().number:
            self._read(block, block)

    def _block_at(self, time: int) -> int:
        """The first block since the deployment that is not before a time, by bisection."""
        low, high = self._start, self.chain.block().number
        while low < high:
            middle = (low + high) // 2
            if self.chain.block(middle).timestamp < time:
                low = middle + 1
            else:
                high = middle
        return low

    def _scan(self) -> None:
        """Read the events that are newer than the last look."""
        last = self.chain.block().number
        self._read(self._scanned + 1, last)
        self._scanned = last

    def _read(self, first: int, last: int) -> None:
        for event in self._contract.events("ProposalCreated", first, last):
            found, description = _proposal(event)
            if found.id != proposal_id(found.actions, description) and not self._counts(found):
                raise ChainError(
                    f"{self.chain.name} tells of a proposal {found.id} whose content has another "
                    "id; do not trust this node"
                )
            self._found[found.id] = found

    def _counts(self, found: OnchainProposal) -> bool:
        """Whether the governor numbers its proposals, and says that this content has this number.

        An id that is a hash is never so small, so its content needs nobody's word.
        """
        if found.id >= _MAX_NUMBER:
            return False
        parts = (found.targets, found.values, found.calldatas, found.description_hash)
        return bool(self._ask("getProposalId", *parts) == found.id)

    def _state(self, proposal: int, block: int | str) -> ProposalState:
        try:
            number = self._contract.read("state", proposal, block=block)
        except CallRefused as error:
            older = error.error == "Error" and "unknown proposal" in str(error)
            if older or error.error == "GovernorNonexistentProposal":
                raise UnknownName(
                    f"the governor {self.address} on {self.chain.name} has no proposal {proposal}"
                ) from None
            raise
        try:
            return ProposalState(number)
        except ValueError:
            raise ChainError(f"the governor says state {number}, which no version has") from None

    def _votes(self, proposal: int, block: int) -> Votes | None:
        found = self._ask("proposalVotes", proposal, block=block)
        return None if found is None else Votes(*found)

    def _ask(self, function: str, *args: object, block: int | str = "latest") -> Any:
        """A view that not every governor has; None where it is missing."""
        try:
            return self._contract.read(function, *args, block=block)
        except _MISSING:
            return None

    # The calls of a proposal's life

    def delegate(self, delegatee: str) -> PreparedCall:
        """Give the votes of the sender's tokens to an account; one's own count only after this."""
        return self._token.prepare("delegate", delegatee)

    def propose(self, actions: Sequence[Action], description: str | bytes) -> PreparedCall:
        """Submit a proposal; the description's bytes are part of its id."""
        text = description if isinstance(description, str) else _text(description)
        if not actions:
            raise InputError("a proposal needs at least one action")
        return self._contract.prepare(
            "propose",
            [action.target for action in actions],
            [action.value for action in actions],
            [action.calldata for action in actions],
            text,
        )

    def vote(self, proposal: int, support: Support, reason: str = "") -> PreparedCall:
        """Vote; with a reason it is in the event."""
        if reason:
            return self._contract.prepare("castVoteWithReason", proposal, support.value, reason)
        return self._contract.prepare("castVote", proposal, support.value)

    def queue(self, proposal: int) -> PreparedCall:
        """Hand a proposal that won to the timelock."""
        return self._step("queue", proposal)

    def execute(self, proposal: int) -> PreparedCall:
        """Carry a proposal out; its values in wei go with the call."""
        return self._step("execute", proposal, value=sum(self.proposal(proposal).values))

    def cancel(self, proposal: int) -> PreparedCall:
        """Withdraw a proposal: its proposer while it is pending, the guardian always."""
        return self._step("cancel", proposal)

    def _step(self, function: str, proposal: int, value: int = 0) -> PreparedCall:
        """The form with all arguments, which every version knows."""
        found = self.proposal(proposal)
        return self._contract.prepare(
            f"{function}(address[],uint256[],bytes[],bytes32)",
            found.targets,
            found.values,
            found.calldatas,
            found.description_hash,
            value=value,
        )


def _proposal(event: Event) -> tuple[OnchainProposal, bytes]:
    """The proposal, and the bytes of its description. Raises ChainError."""
    args = event.args
    if len({len(args[name]) for name in ("targets", "values", "signatures", "calldatas")}) != 1:
        raise ChainError(
            f"the proposal of block {event.block} has targets, values and calldatas that do not "
            "belong together; do not trust this node"
        )
    description = args["description"].encode("utf-8", "surrogateescape")
    found = OnchainProposal(
        id=args["proposalId"],
        proposer=args["proposer"],
        targets=args["targets"],
        values=args["values"],
        calldatas=tuple(map(_whole_calldata, args["signatures"], args["calldatas"])),
        description=description.decode("utf-8", "replace"),
        description_hash=bytes(keccak(description)),
        vote_start=args["voteStart"],
        vote_end=args["voteEnd"],
        block=event.block,
        transaction=event.transaction,
    )
    return found, description


def _whole_calldata(signature: str, calldata: bytes) -> bytes:
    """Governors of the older kind keep the function's signature apart from its arguments."""
    return bytes(keccak(text=signature))[:4] + calldata if signature else calldata


def _text(description: bytes) -> str:
    try:
        return description.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the description is not UTF-8: {error}") from None

"""`dpo-gov gov`: the life of a proposal on any OpenZeppelin Governor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dpo_gov.cli.context import Context, Done, Noun, online, sending
from dpo_gov.cli.output import Table, bad, good
from dpo_gov.cli.text import short, when
from dpo_gov.errors import CheckFailed, InputError
from dpo_gov.files import is_there

if TYPE_CHECKING:
    from dpo_gov.chain import OnchainProposal, PreparedCall, ProposalStatus

PROPOSAL = click.argument("proposal", metavar="PROPOSAL")
"""Every command but `submit` takes a folder of a proposal, or the id that the governor gave it."""
_DIGITS = len(str(2**256))


@click.group(cls=Noun)
def command() -> None:
    """Submit a proposal, vote, queue, execute; any OpenZeppelin Governor."""


def proposal_id(given: str) -> int:
    """The id behind a command's argument: a number, or a folder whose files give it.

    Raises InputError, ProposalError.
    """
    if given.isdecimal() and given.isascii() and not is_there(Path(given)):
        if len(given) > _DIGITS or int(given) >= 2**256:
            raise InputError(f"no proposal {short(given)}: ids are below 2**256")
        return int(given)
    from dpo_gov.proposal.actions import proposal_id as id_of
    from dpo_gov.proposal.bundle import Bundle
    from dpo_gov.proposal.folder import CALLDATA, DESCRIPTION, Folder

    folder = Folder.at(Path(given))
    files = folder.read()
    missing = [name for name in (CALLDATA, DESCRIPTION) if name not in files]
    if missing:
        raise InputError(
            f"{folder.path} has no {' and no '.join(missing)}; "
            f"`dpo-gov proposal render {folder.path}` writes them"
        )
    bundle = Bundle.read(files[CALLDATA], str(folder.file(CALLDATA)))
    return id_of(bundle.calls(), files[DESCRIPTION])


@command.command()
@sending
@click.argument("to", required=False)
def delegate(context: Context, to: str | None) -> dict[str, object]:
    """Give the votes of your tokens to the account TO; to yourself where it is left out.

    Tokens count in votes only after their holder has delegated them, also to itself.
    """
    from dpo_gov.chain.wire import checksum

    delegatee = checksum(to) if to else context.account.address
    done = context.perform(context.governor.delegate(delegatee))
    data = {"delegatee": delegatee, **done.data}
    context.out.show(data)
    return data


@command.command()
@sending
@click.argument("folder", type=click.Path(path_type=Path))
def submit(context: Context, folder: Path) -> dict[str, object]:
    """Submit the proposal in FOLDER, if `proposal check` finds no error in it."""
    from dpo_gov.cli.proposal import open_proposal, run_all
    from dpo_gov.proposal.bundle import Bundle
    from dpo_gov.proposal.checks import Level
    from dpo_gov.proposal.folder import CALLDATA, DESCRIPTION

    opened = open_proposal(context, folder)
    files = opened.folder.read()
    findings = run_all(context, opened, files)
    errors = [one for one in findings if one.level is Level.ERROR]
    if errors:
        raise CheckFailed(
            f"{opened.folder.path} is not submitted: "
            + "; ".join(f"{one.check}: {one.where}: {one.message}" for one in errors[:3])
            + (f"; and {len(errors) - 3} more" if len(errors) > 3 else "")
        )
    for warning in (one for one in findings if one.level is Level.WARNING):
        context.out.note(f"warning: {warning.check}: {warning.where}: {warning.message}")
    bundle = Bundle.read(files[CALLDATA], CALLDATA)
    done = context.perform(context.governor.propose(bundle.calls(), files[DESCRIPTION]))
    data = {"proposal_id": bundle.proposal_id, "report_hash": bundle.report_hash, **done.data}
    rows = [("proposal", bundle.proposal_id), ("report hash", bundle.report_hash)]
    if done.receipt:
        status = context.governor.status(int(bundle.proposal_id))
        data |= _facts(context, status)
        rows += [("vote starts", _time(context, status.vote_start))]
        rows += [("vote ends", _time(context, status.vote_end))]
    context.out.show(data, Table(("what", "value"), rows))
    return data


@command.command()
@sending
@PROPOSAL
@click.argument("support", type=click.Choice(("for", "against", "abstain")))
@click.option("--reason", default="", help="A sentence that is stored with the vote.")
def vote(context: Context, proposal: str, support: str, reason: str) -> dict[str, object]:
    """Vote on PROPOSAL: a folder, or an id."""
    from dpo_gov.chain import Support

    number = proposal_id(proposal)
    call = context.governor.vote(number, Support[support.upper()], reason)
    return step(context, number, call, {"support": support})


@command.command()
@sending
@PROPOSAL
def queue(context: Context, proposal: str) -> dict[str, object]:
    """Hand PROPOSAL, which won its vote, to the timelock."""
    number = proposal_id(proposal)
    return step(context, number, context.governor.queue(number))


@command.command()
@sending
@PROPOSAL
def execute(context: Context, proposal: str) -> dict[str, object]:
    """Carry PROPOSAL out, once the timelock lets it through."""
    number = proposal_id(proposal)
    return step(context, number, context.governor.execute(number))


@command.command()
@sending
@PROPOSAL
def cancel(context: Context, proposal: str) -> dict[str, object]:
    """Withdraw PROPOSAL: its proposer before the vote, the guardian at any time."""
    number = proposal_id(proposal)
    return step(context, number, context.governor.cancel(number))


def step(
    context: Context, number: int, call: PreparedCall, more: dict[str, object] | None = None
) -> dict[str, object]:
    """Perform a call of a proposal's life, and say where the proposal stands after it."""
    done: Done = context.perform(call)
    status = context.governor.status(number)
    data = {"proposal_id": str(number), **(more or {}), **done.data, **_facts(context, status)}
    context.out.show(data, *([f"the proposal is {_state(status)}"] if done.receipt else []))
    return data


@command.command()
@online
@PROPOSAL
def status(context: Context, proposal: str) -> dict[str, object]:
    """Say where PROPOSAL stands, and what it does."""
    number = proposal_id(proposal)
    found, standing = context.governor.proposal(number), context.governor.status(number)
    from dpo_gov.proposal.actions import decode

    calls = [decode(data, context.deployment.layouts) for data in found.calldatas]
    data = {
        "proposal_id": str(number),
        "title": title(found),
        "proposer": found.proposer,
        **_facts(context, standing),
        "actions": [
            {"target": target, "value": str(value), "calldata": calldata, "words": [*call.lines()]}
            for target, value, calldata, call in zip(
                found.targets, found.values, found.calldatas, calls, strict=True
            )
        ],
    }
    rows: list[tuple[str, object]] = [
        ("id", number),
        ("state", _shown_state(standing)),
        ("proposer", found.proposer),
        ("vote starts", _time(context, standing.vote_start)),
        ("vote ends", _time(context, standing.vote_end)),
        ("executable from", when(standing.eta or 0)),
    ]
    if standing.votes:
        votes = standing.votes
        rows += [("for", _votes(votes.for_)), ("against", _votes(votes.against))]
        rows += [("abstain", _votes(votes.abstain))]
    if standing.quorum is not None:
        rows += [("quorum", _votes(standing.quorum))]
    words = "\n".join(line for call in calls for line in call.lines())
    context.out.show(data, Table(("what", "value"), rows, title=title(found)), "", words)
    return data


@command.command(name="list")
@online
def list_(context: Context) -> dict[str, object]:
    """List the proposals of the governor since the deployment, the newest first."""
    found = sorted(context.governor.list(), key=lambda one: -one.block)
    entries, rows = [], []
    for one in found:
        standing = context.governor.status(one.id)
        entries.append(
            {
                "proposal_id": str(one.id),
                "title": title(one),
                "proposer": one.proposer,
                **_facts(context, standing),
            }
        )
        rows.append(
            (
                one.id,
                _shown_state(standing),
                _time(context, standing.vote_end),
                short(one.proposer),
                title(one),
            )
        )
    data: dict[str, object] = {"governor": context.governor.address, "proposals": entries}
    columns = ("id", "state", "vote ends", "proposer", "title")
    context.out.show(data, Table(columns, rows) if rows else "the governor has no proposal yet")
    return data


def title(proposal: OnchainProposal) -> str:
    """The first line of a description, as far as it fits a line."""
    first = (proposal.description.splitlines() or [""])[0].lstrip("# ").strip()
    return first if len(first) <= 100 else first[:99] + "…"


def _facts(context: Context, status: ProposalStatus) -> dict[str, object]:
    votes = status.votes
    return {
        "state": _state(status),
        "clock": context.governor.clock_mode,
        "vote_start": status.vote_start,
        "vote_end": status.vote_end,
        "eta": status.eta,
        "votes": votes
        and {
            "for": str(votes.for_),
            "against": str(votes.against),
            "abstain": str(votes.abstain),
        },
        "quorum": None if status.quorum is None else str(status.quorum),
        "needs_queueing": status.needs_queueing,
    }


def _state(status: ProposalStatus) -> str:
    return status.state.name.lower()


def _shown_state(status: ProposalStatus) -> object:
    from dpo_gov.chain import ProposalState

    if status.state in (ProposalState.SUCCEEDED, ProposalState.QUEUED, ProposalState.EXECUTED):
        return good(_state(status))
    if status.state in (ProposalState.CANCELED, ProposalState.DEFEATED, ProposalState.EXPIRED):
        return bad(_state(status))
    return _state(status)


def _time(context: Context, clock: int) -> str:
    return when(clock) if context.governor.clock_mode == "timestamp" else f"block {clock}"


def _votes(amount: int) -> str:
    from dpo_gov.units import Unit, show

    return show(amount, Unit.AMOUNT, symbol="votes", decimals=18)

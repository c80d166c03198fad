"""`dpo-gov gov`: the life of a proposal, command by command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from dpo_gov.cli.context import Session

Run = Callable[..., Result]
AS_PROPOSER = ("--account", "dev:1")
VOTERS = ("dev:2", "dev:3", "dev:4")


def send(run: Run, session: Session, *arguments: object) -> dict[str, Any]:
    """Run a command that must succeed and sends; its JSON."""
    result = run(*arguments, "--send", "--json", obj=session)
    assert result.exit_code == 0, result.stderr
    data: dict[str, Any] = json.loads(result.stdout)
    assert data["sent"] is True
    return data


@pytest.fixture
def submitted(run: Run, session: Session, proposal: Path) -> dict[str, Any]:
    """The proposal, submitted."""
    return send(run, session, "gov", "submit", proposal, *AS_PROPOSER)


@pytest.fixture
def active(session: Session, submitted: dict[str, Any]) -> dict[str, Any]:
    """The same when the vote is open."""
    session.chain.travel(submitted["vote_start"] + 1 - session.chain.now())
    return submitted


def test_a_proposal_lives_from_submission_to_execution(
    run: Run, session: Session, proposal: Path, active: dict[str, Any]
) -> None:
    """Vote, queue and execute lead through the governor's states, and the registry has it."""
    for voter in VOTERS:
        voted = send(run, session, "gov", "vote", proposal, "for", "--account", voter)
    assert voted["votes"] == {"for": str(4_500_000 * 10**18), "against": "0", "abstain": "0"}
    assert voted["state"] == "active"
    session.chain.travel(active["vote_end"] + 1 - session.chain.now())
    queued = send(run, session, "gov", "queue", proposal, *AS_PROPOSER)
    assert queued["state"] == "queued"
    session.chain.travel(queued["eta"] - session.chain.now())
    executed = send(run, session, "gov", "execute", active["proposal_id"], *AS_PROPOSER)
    assert executed["state"] == "executed"
    shown = json.loads(run("params", "show", "--json", obj=session).stdout)
    assert shown["version"] == 2
    values = {entry["name"]: entry["text"] for entry in shown["parameters"]}
    assert (values["targetWeight[USDC]"], values["maxSlippage"]) == ("25 %", "0.3 %")


@pytest.mark.parametrize(
    "arguments",
    [
        ("gov", "submit", "{proposal}", *AS_PROPOSER),
        ("gov", "delegate", "--account", "dev:2"),
    ],
)
def test_without_send_nothing_is_sent(
    run: Run, session: Session, proposal: Path, arguments: tuple[str, ...]
) -> None:
    """A dry run shows the decoded call, tries it, and leaves the chain as it was."""
    block = session.chain.block()
    given = [one.format(proposal=proposal) for one in arguments]
    result = run(*given, obj=session)
    assert result.exit_code == 0, result.stderr
    assert "to 0x" in result.stdout
    assert "nothing was sent" in result.stderr
    assert json.loads(run(*given, "--json", obj=session).stdout)["sent"] is False
    assert session.chain.block() == block


def test_submit_says_what_is_proposed_in_words(run: Run, session: Session, proposal: Path) -> None:
    """The decoded call names parameters with old and new values, also inside `propose`."""
    result = run("gov", "submit", proposal, *AS_PROPOSER, obj=session)
    assert "targetWeight[USDC] 20 % → 25 %" in result.stdout
    assert "maxSlippage 0.5 % → 0.3 %" in result.stdout


def test_submit_refuses_what_the_checks_refuse(run: Run, session: Session, proposal: Path) -> None:
    """A text that was edited after rendering is not submitted; the message names it."""
    text = proposal / "description.md"
    text.write_bytes(text.read_bytes().replace(b"lose less", b"lose nothing"))
    block = session.chain.block()
    result = run("gov", "submit", proposal, *AS_PROPOSER, "--send", obj=session)
    assert result.exit_code == 1
    assert "is not submitted: texts: description.md" in result.stderr
    assert session.chain.block() == block


def test_submit_as_somebody_else_is_refused(run: Run, session: Session, proposal: Path) -> None:
    """The description names its proposer, and the governor takes it from nobody else."""
    result = run("gov", "submit", proposal, "--account", "dev:2", "--send", obj=session)
    assert result.exit_code == 1
    assert "GovernorRestrictedProposer" in result.stderr


def test_a_second_vote_is_refused_and_not_sent(
    run: Run, session: Session, proposal: Path, active: dict[str, Any]
) -> None:
    """What the governor would revert is said before it is sent."""
    send(run, session, "gov", "vote", proposal, "against", "--account", "dev:2", "--reason", "no")
    block = session.chain.block()
    result = run("gov", "vote", proposal, "for", "--account", "dev:2", "--send", obj=session)
    assert result.exit_code == 1
    assert "GovernorAlreadyCastVote" in result.stderr
    assert session.chain.block() == block


def test_the_proposer_withdraws_before_the_vote(
    run: Run, session: Session, proposal: Path, submitted: dict[str, Any]
) -> None:
    """Cancel works for the proposer while the proposal is pending."""
    assert submitted["state"] == "pending"
    assert send(run, session, "gov", "cancel", proposal, *AS_PROPOSER)["state"] == "canceled"


def test_status_and_list_say_where_it_stands(
    run: Run, session: Session, proposal: Path, submitted: dict[str, Any]
) -> None:
    """Both name title and state; status also what the proposal does."""
    number = submitted["proposal_id"]
    listed = json.loads(run("gov", "list", "--json", obj=session).stdout)["proposals"]
    assert [one["proposal_id"] for one in listed] == [number]
    table = run("gov", "list", obj=session).stdout
    assert "Hold more of the base asset" in table
    for given in (proposal, number):
        data = json.loads(run("gov", "status", given, "--json", obj=session).stdout)
        assert (data["proposal_id"], data["state"]) == (number, "pending")
    shown = run("gov", "status", proposal, obj=session).stdout
    assert "targetWeight[WETH] 45 % → 40 %" in shown
    assert "2026-11-22" in shown


def test_a_governor_without_proposals_lists_none(run: Run, session: Session) -> None:
    """An empty list is an answer, not an error."""
    assert "no proposal yet" in run("gov", "list", obj=session).stdout
    assert json.loads(run("gov", "list", "--json", obj=session).stdout)["proposals"] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("status", "12345"), "no proposal 12345"),
        (("status", "nowhere"), "no such proposal folder"),
        (("status", "9" * 78), "ids are below 2**256"),
        (("status", "9" * 5_000), "ids are below 2**256"),
        (("status", "a" * 5_000), "no such proposal folder"),
        (("status",), "Missing argument"),
        (("vote", "12345", "maybe", "--account", "dev:2"), "maybe"),
        (("vote", "12345", "for"), "--account"),
        (("vote", "12345", "for", "--account", "dev:99"), "dev:99"),
        (("vote", "12345", "for", "--account", "nobody"), "no account 'nobody'"),
        (("vote", "12345", "for", "--account", "a" * 5_000), "no account 'aaa"),
        (("queue", "12345", "--account", "dev:1"), "no proposal 12345"),
        (("execute", "12345", "--account", "dev:1"), "no proposal 12345"),
        (("cancel", "12345", "--account", "dev:1"), "no proposal 12345"),
        (("submit", "nowhere", "--account", "dev:1"), "no such proposal folder"),
        (("delegate", "0x12", "--account", "dev:1"), "0x12"),
    ],
)
def test_bad_input_ends_with_2(
    run: Run, session: Session, arguments: tuple[str, ...], says: str
) -> None:
    """Unknown proposals, accounts and votes end with 2 and one message that names them."""
    result = run("gov", *arguments, obj=session)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_without_its_files_is_named(run: Run, session: Session, proposal: Path) -> None:
    """A proposal that was not rendered says what is missing and how to get it."""
    (proposal / "calldata.json").unlink()
    result = run("gov", "status", proposal, obj=session)
    assert result.exit_code == 2
    assert "has no calldata.json" in result.stderr
    assert "proposal render" in result.stderr


def test_texts_from_the_chain_cannot_rewrite_the_terminal(
    run: Run, session: Session, proposal: Path
) -> None:
    """A description with terminal codes is shown with marks in their place."""
    from dpo_gov.chain import Account, GovernorClient
    from dpo_gov.proposal.actions import Action

    governor = GovernorClient(session.chain, session.deployment)
    account = Account.load("dev:1", session.chain)
    call = governor.propose([Action(governor.address, 0, b"")], "# \x1b[2J\x1b[31mHello\x07\n")
    call.send(account)
    shown = run("gov", "list", obj=session).stdout
    assert "Hello" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown
    number = governor.list()[-1].id
    status = run("gov", "status", number, obj=session).stdout
    assert "Hello" in status
    assert "\x1b" not in status and "\x07" not in status


@pytest.mark.parametrize("more", [(), ("--send",)])
def test_what_a_transaction_may_cost_is_said(
    run: Run, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str]
) -> None:
    """Where the account signs here, the most that it may pay is told before anything is sent."""
    from eth_account import Account as Signer

    key = tmp_path / "key.json"
    key.write_text(json.dumps(Signer.encrypt("0x" + "4c" * 32, "p", kdf="pbkdf2", iterations=2)))
    (tmp_path / "password").write_text("p")
    monkeypatch.setenv("DPO_GOV_PASSWORD_FILE", str(tmp_path / "password"))
    who = Signer.from_key("0x" + "4c" * 32).address
    coins = {"from": session.chain.accounts[0], "to": who, "value": hex(10**18)}
    session.chain.request("eth_sendTransaction", coins)
    result = run("gov", "delegate", "--account", key, "--json", *more, obj=session)
    assert result.exit_code == 0, result.stderr
    said = re.search(r"costs at most (0\.\d+) ETH", result.stderr)
    assert said
    most = int(json.loads(result.stdout)["max_cost_wei"])
    assert 0 <= float(said[1]) * 10**18 / most - 1 < 0.1
    paid = 10**18 - session.chain.balance(who)
    assert 0 < paid <= most if more else paid == 0
    if more:
        assert result.stderr.index("costs at most") < result.stderr.index("sent: 0x")


@pytest.mark.parametrize(
    ("wei", "text"),
    [
        (0, "0 ETH"),
        (1, "0.0000000000000000010 ETH"),
        (1_200_000_000_000_001, "0.0013 ETH"),
        (10**18, "1.0 ETH"),
        (123 * 10**18 + 1, "124 ETH"),
    ],
)
def test_coins_are_never_less_than_they_are(wei: int, text: str) -> None:
    """Two digits that count, rounded up."""
    from dpo_gov.cli.text import coins

    assert coins(wei) == text

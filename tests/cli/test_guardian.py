"""`dpo-gov guardian`: stop, reduce, cancel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dpo_gov.chain import Account, RegistryClient
from dpo_gov.cli.context import Session
from dpo_gov.params import Change

Run = Callable[..., Result]
AS_GUARDIAN = ("--account", "dev:6")


def state(session: Session) -> object:
    """The registry now."""
    return RegistryClient(session.chain, session.deployment).state("core")


def test_a_freeze_holds_until_it_is_ended(run: Run, session: Session) -> None:
    """A freeze stops the steward; after unfreeze it no longer does."""
    frozen = run(
        *("guardian", "freeze", "core", "--for", "3 d", *AS_GUARDIAN, "--send", "--json"),
        obj=session,
    )
    assert frozen.exit_code == 0, frozen.stderr
    until = json.loads(frozen.stdout)["until"]
    shown = json.loads(run("params", "show", "--json", obj=session).stdout)
    assert shown["frozen_until"] == until
    session.chain.travel(2 * 86_400)
    step = ("steward", "set", "core", "driftThreshold=5.5%", "--account", "dev:5")
    stopped = run(*step, obj=session)
    assert stopped.exit_code == 1
    assert "Frozen" in stopped.stderr
    ended = run("guardian", "unfreeze", "core", *AS_GUARDIAN, "--send", obj=session)
    assert ended.exit_code == 0, ended.stderr
    small = ("--paths", "400", "--horizon", "30")
    assert run(*step, *small, obj=session).exit_code == 0


def test_one_parameter_can_be_frozen(run: Run, session: Session) -> None:
    """Only the named parameter is stopped, and `params show` says so."""
    given = ("core", "--parameter", "maxSlippage", *AS_GUARDIAN, "--send")
    assert run("guardian", "freeze", *given, "--for", "36 h", obj=session).exit_code == 0
    entries = json.loads(run("params", "show", "--json", obj=session).stdout)["parameters"]
    frozen = [entry["name"] for entry in entries if entry["frozen_until"]]
    assert frozen == ["maxSlippage"]
    assert run("guardian", "unfreeze", *given, obj=session).exit_code == 0


def test_reduce_moves_only_to_less_risk(run: Run, session: Session) -> None:
    """The way to less risk is open at once and needs no report; the other way is closed."""
    done = run("guardian", "reduce", "core", "maxTradeSize=5%", *AS_GUARDIAN, "--send", obj=session)
    assert done.exit_code == 0, done.stderr
    assert "0.1 … 15 %" in done.stdout
    history = RegistryClient(session.chain, session.deployment).history("core")
    assert (history[-1].version, history[-1].report_hash) == (2, bytes(32))
    before = state(session)
    refused = run(
        "guardian", "reduce", "core", "maxTradeSize=6%", *AS_GUARDIAN, "--send", obj=session
    )
    assert refused.exit_code == 1
    assert "AddsRisk" in refused.stderr
    assert state(session) == before


def steward_moves(session: Session, name: str, new: int) -> None:
    """The steward sets one parameter, long after the listing."""
    registry = RegistryClient(session.chain, session.deployment)
    session.chain.travel(30 * 86_400)
    now = registry.state("core")
    key = now.spec(name).key
    registry.steward_set(
        "core",
        [Change(key=key, old=now.values[key], new=new)],
        expected_version=now.version,
        not_after=2**40 - 1,
        report_hash=b"\7" * 32,
    ).send(Account.load("dev:5", session.chain))


def test_rollback_undoes_a_riskier_version(run: Run, session: Session) -> None:
    """What the steward raised is what it was; the proof is made from the chain's own events."""
    steward_moves(session, "maxTradeSize", 2_000)
    steward_moves(session, "performanceFee", 10_000)
    block = session.chain.block()
    dry = run("guardian", "rollback", "core", "1", *AS_GUARDIAN, obj=session)
    assert dry.exit_code == 0, dry.stderr
    assert "version 1 changed rebalancing, collateral, hedging, fees" in dry.stdout
    assert session.chain.block() == block
    done = run("guardian", "rollback", "core", "1", *AS_GUARDIAN, "--send", "--json", obj=session)
    assert done.exit_code == 0, done.stderr
    told = [(one["name"], one["to"]) for one in json.loads(done.stdout)["changes"]]
    assert told == [("maxTradeSize", "15 %"), ("performanceFee", "0 %")]
    registry = RegistryClient(session.chain, session.deployment)
    assert registry.state("core").version == 4
    assert registry.state("core").params.get("maxTradeSize") == 1_500


def test_rollback_touches_only_what_the_version_changed(run: Run, session: Session) -> None:
    """Going back to a version of one module leaves what came later in another."""
    steward_moves(session, "maxTradeSize", 2_000)
    steward_moves(session, "performanceFee", 10_000)
    steward_moves(session, "maxTradeSize", 2_500)
    done = run("guardian", "rollback", "core", "2", *AS_GUARDIAN, "--send", obj=session)
    assert done.exit_code == 0, done.stderr
    assert "version 2 changed rebalancing; nothing else goes back" in done.stdout
    params = RegistryClient(session.chain, session.deployment).state("core").params
    assert (params.get("maxTradeSize"), params.get("performanceFee")) == (2_000, 10_000)


@pytest.mark.parametrize(
    ("to", "code", "says"),
    [("1", 1, "AddsRisk"), ("2", 2, "is at version 2"), ("9", 2, "is at version 2"), ("0", 2, "0")],
)
def test_rollback_that_is_refused(
    run: Run, session: Session, to: str, code: int, says: str
) -> None:
    """A move that is not to less risk, or no earlier version, is named; nothing is sent."""
    steward_moves(session, "maxTradeSize", 1_000)
    block = session.chain.block()
    done = run("guardian", "rollback", "core", to, *AS_GUARDIAN, "--send", obj=session)
    assert done.exit_code == code
    assert says in done.stderr
    assert session.chain.block() == block


@pytest.mark.parametrize("kept", [[], [1], [0, 0], [1, 0]])
def test_a_history_with_holes_proves_nothing(
    run: Run, session: Session, monkeypatch: pytest.MonkeyPatch, kept: list[int]
) -> None:
    """A node that has lost events, or tells one twice, is named as the reason; no traceback."""
    steward_moves(session, "maxTradeSize", 2_000)
    real = RegistryClient.history

    def other(self: RegistryClient, strategy: str) -> object:
        history = real(self, strategy)
        return [history[place] for place in kept]

    monkeypatch.setattr(RegistryClient, "history", other)
    done = run("guardian", "rollback", "core", "1", *AS_GUARDIAN, obj=session)
    assert done.exit_code == 3, done.output
    assert "do not tell each of the 2 versions of strategy 'core' once" in done.stderr


def test_cancel_stops_a_proposal_of_another(run: Run, session: Session, proposal: Path) -> None:
    """The guardian cancels what somebody else proposed, also when the vote is open."""
    made = run("gov", "submit", proposal, "--account", "dev:1", "--send", obj=session)
    assert made.exit_code == 0, made.stderr
    session.chain.travel(2 * 86_400)
    done = run("guardian", "cancel", proposal, *AS_GUARDIAN, "--send", "--json", obj=session)
    assert json.loads(done.stdout)["state"] == "canceled"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("freeze", "core", "--for", "15 d"), 1, "FreezeTooLong"),
        (("freeze", "core", "--for", "0 s"), 1, "FreezeNotLonger"),
        (("freeze", "core", "--for", "soon"), 2, "soon"),
        (("freeze", "core"), 2, "--for"),
        (("freeze", "core", "--for", "1 d", "--parameter", "nothing"), 2, "nothing"),
        (("unfreeze", "core"), 1, "NotFrozen"),
        (("unfreeze", "cor"), 2, "no strategy 'cor'"),
        (("reduce", "core", "maxTradeSize=20%"), 1, "AddsRisk"),
        (("reduce", "core", "maxTradeSize=0%"), 1, "BelowMinimum"),
        (("reduce", "core", "driftThreshold=4%"), 1, "AddsRisk"),
        (("reduce", "core", "maxTradeSize"), 2, "NAME=VALUE"),
        (("cancel", "12345"), 2, "no proposal 12345"),
    ],
)
def test_what_is_refused_is_named_and_not_sent(
    run: Run, session: Session, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """Each broken rule or input has its message and exit code; the chain stays as it was."""
    block = session.chain.block()
    result = run("guardian", *arguments, *AS_GUARDIAN, "--send", obj=session)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert session.chain.block() == block


def test_without_send_nothing_is_sent(run: Run, session: Session) -> None:
    """A dry run shows what the registry allows, and leaves the chain as it was."""
    block = session.chain.block()
    result = run("guardian", "freeze", "core", "--for", "1 d", *AS_GUARDIAN, obj=session)
    assert result.exit_code == 0, result.stderr
    assert "a freeze may last until" in result.stdout
    assert "nothing was sent" in result.stderr
    reduced = run("guardian", "reduce", "core", "maxTradeSize=5%", *AS_GUARDIAN, obj=session)
    assert reduced.exit_code == 0, reduced.stderr
    assert session.chain.block() == block


def test_only_the_guardian_may(run: Run, session: Session) -> None:
    """Another account is refused by the contract."""
    result = run(
        "guardian", "freeze", "core", "--for", "1 d", "--account", "dev:5", "--send", obj=session
    )
    assert result.exit_code == 1
    assert "AccessControlUnauthorizedAccount" in result.stderr

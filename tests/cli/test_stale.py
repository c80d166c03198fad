"""A vote that has gone stale is refused when it is carried out, with its reason; others pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dpo_gov.chain import Account, RegistryClient
from dpo_gov.cli.context import Session
from dpo_gov.errors import CallRefused
from dpo_gov.params import Change

Run = Callable[..., Result]
DAY = 86_400
FOREVER = 2**40 - 1


PARTNER = """\
version: 1
title: Let trades lose less together
strategy: core
author: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
summary: Half the budget for slippage.
motivation: maxSlippage may be no larger, and is no part of a group with it.
changes:
  slippageBudget: {from: 1 %, to: 0.5 %}
window: {not_before: 2026-11-21T00:00:00Z, not_after: 2027-01-15T00:00:00Z}
simulation: {paths: 400, seed: 1, horizon: 30 d}
"""


@pytest.fixture
def queued(run: Run, session: Session, proposal: Path) -> Path:
    """The proposal, accepted by a vote and ready to be carried out."""
    return accepted(run, session, proposal)


@pytest.fixture
def halved(run: Run, session: Session, tmp_path: Path) -> Path:
    """A vote that leaves slippageBudget at the value of maxSlippage, ready to be carried out."""
    folder = tmp_path / "2026-11-21-budget"
    folder.mkdir()
    (folder / "proposal.yaml").write_text(PARTNER)
    rendered = run("proposal", "render", folder, obj=session)
    assert rendered.exit_code == 0, rendered.stderr
    return accepted(run, session, folder)


def accepted(run: Run, session: Session, proposal: Path) -> Path:
    """Submit it, vote for it, and wait until it can be carried out."""

    def send(*arguments: object) -> dict[str, int]:
        result = run("gov", *arguments, "--send", "--json", obj=session)
        assert result.exit_code == 0, result.stderr
        data: dict[str, int] = json.loads(result.stdout)
        return data

    submitted = send("submit", proposal, "--account", "dev:1")
    session.chain.travel(submitted["vote_start"] + 1 - session.chain.now())
    for voter in ("dev:2", "dev:3"):
        send("vote", proposal, "for", "--account", voter)
    session.chain.travel(submitted["vote_end"] + 1 - session.chain.now())
    eta = send("queue", proposal, "--account", "dev:1")["eta"]
    session.chain.travel(eta - session.chain.now())
    return proposal


def execute(run: Run, session: Session, proposal: Path) -> Result:
    """Carry it out, as anyone may."""
    return run("gov", "execute", proposal, "--account", "dev:9", "--send", obj=session)


def steward_sets(session: Session, *moves: tuple[str, int]) -> None:
    """The steward moves parameters by so much."""
    registry = RegistryClient(session.chain, session.deployment)
    state = registry.state("core")
    specs = [(state.params.spec(name), by) for name, by in moves]
    changes = [
        Change(key=spec.key, old=state.values[spec.key], new=state.values[spec.key] + by)
        for spec, by in sorted(specs, key=lambda one: one[0].key)
    ]
    call = registry.steward_set(
        "core",
        changes,
        expected_version=state.version,
        not_after=FOREVER,
        report_hash=b"\1" * 32,
    )
    call.send(Account.load("dev:5", session.chain))


def refused(run: Run, session: Session, proposal: Path, *reasons: str) -> None:
    """It is refused with these words, and the registry holds what it held."""
    version = RegistryClient(session.chain, session.deployment).state("core").version
    result = execute(run, session, proposal)
    assert result.exit_code == 1, result.output
    for reason in reasons:
        assert reason in " ".join(result.stderr.split()), result.stderr
    assert RegistryClient(session.chain, session.deployment).state("core").version == version


def test_a_value_that_moved_is_named(run: Run, session: Session, queued: Path) -> None:
    """The steward changed what the vote changes: the vote was about another value."""
    steward_sets(session, ("maxSlippage", 10))
    refused(run, session, queued, "StaleValue", "maxSlippage")


def test_a_value_that_only_stays_is_asked_for_too(run: Run, session: Session, queued: Path) -> None:
    """Of a coupled group the values that the vote leaves alone must still be those of the text."""
    steward_sets(
        session,
        ("targetWeight[USDC]", 0),
        ("targetWeight[WBTC]", 100),
        ("targetWeight[WETH]", -100),
    )
    refused(run, session, queued, "StaleValue", "targetWeight[W")


def test_a_vote_that_is_late_is_refused(run: Run, session: Session, queued: Path) -> None:
    """After its window the change needs a new vote."""
    session.chain.travel(90 * DAY)
    refused(run, session, queued, "TooLate", "until 2027-01-15T00:00:00Z")


def test_what_others_touch_does_not_make_it_stale(run: Run, session: Session, queued: Path) -> None:
    """Steward and guardian change other parameters and raise the version: the vote still holds."""
    steward_sets(session, ("driftThreshold", 50))
    reduce = ("guardian", "reduce", "core", "maxTradeSize=5%", "--account", "dev:6", "--send")
    assert run(*reduce, obj=session).exit_code == 0
    result = execute(run, session, queued)
    assert result.exit_code == 0, result.stderr
    state = RegistryClient(session.chain, session.deployment).state("core")
    assert state.version == 4
    values = {name: state.values[spec.key] for name, spec in state.params.specs.items()}
    assert (values["maxSlippage"], values["driftThreshold"], values["maxTradeSize"]) == (
        30,
        550,
        500,
    )


def test_a_rule_without_a_group_can_hold_it_up(run: Run, session: Session, halved: Path) -> None:
    """One legal step of the partner in a rule between two parameters makes the vote fail."""
    steward_sets(session, ("maxSlippage", 25))
    refused(run, session, halved, "OutOfOrder", "maxSlippage", "slippageBudget")


def test_a_frozen_partner_holds_nothing_up(run: Run, session: Session, halved: Path) -> None:
    """With the partner frozen the steward is refused, and the vote passes."""
    freeze = ("guardian", "freeze", "core", "--for", "14 d", "--parameter", "maxSlippage")
    result = run(*freeze, "--account", "dev:6", "--send", obj=session)
    assert result.exit_code == 0, result.stderr
    with pytest.raises(CallRefused, match="KeyIsFrozen"):
        steward_sets(session, ("maxSlippage", 25))
    result = execute(run, session, halved)
    assert result.exit_code == 0, result.stderr
    state = RegistryClient(session.chain, session.deployment).state("core")
    values = {name: state.values[spec.key] for name, spec in state.params.specs.items()}
    assert (values["maxSlippage"], values["slippageBudget"]) == (50, 50)


def test_a_frozen_key_may_be_stated(run: Run, session: Session, queued: Path) -> None:
    """What a vote only states, such as a weight of its group that stays, may be frozen."""
    freeze = ("guardian", "freeze", "core", "--for", "14 d", "--parameter", "targetWeight[WBTC]")
    result = run(*freeze, "--account", "dev:6", "--send", obj=session)
    assert result.exit_code == 0, result.stderr
    result = execute(run, session, queued)
    assert result.exit_code == 0, result.stderr

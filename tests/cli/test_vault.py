"""`dpo-gov vault` and `dpo-gov apply`: what operators and depositors do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dpo_gov import chain
from dpo_gov.cli.context import Session

Run = Callable[..., Result]
AS_KEEPER, AS_DEPOSITOR = ("--account", "dev:7"), ("--account", "dev:8")


@pytest.fixture
def reduced(run: Run, session: Session) -> Session:
    """A chain whose registry is one version ahead of the vaults."""
    given = ("core", "maxTradeSize=5%", "--account", "dev:6", "--send")
    assert run("guardian", "reduce", *given, obj=session).exit_code == 0
    return session


def test_status_shows_every_vault(run: Run, session: Session) -> None:
    """Weights, drift, value and version of each; one can be named by number or address."""
    data = json.loads(run("vault", "status", "--json", obj=session).stdout)["vaults"]
    assert [one["version"] for one in data] == [1, 1]
    assert abs(sum(holding["weight"] for holding in data[0]["holdings"]) - 1) < 1e-9
    assert [holding["target"] for holding in data[0]["holdings"]] == [0.2, 0.35, 0.45]
    second = run("vault", "status", "core/2", "--json", obj=session)
    assert json.loads(second.stdout)["vaults"] == [data[1]]
    named = run("vault", "status", data[1]["address"], "--json", obj=session)
    assert named.stdout == second.stdout
    table = run("vault", "status", obj=session).stdout
    assert "1, current" in table
    assert table.count("WETH") == 2


def test_status_says_why_there_is_no_price(run: Run, session: Session) -> None:
    """With stale feeds the vault is shown without value, and the reason with it."""
    session.chain.travel(30 * 86_400)
    result = run("vault", "status", "core/1", obj=session)
    assert result.exit_code == 0
    assert "PriceStale" in result.stdout
    closed = json.loads(run("vault", "status", "core/1", "--json", obj=session).stdout)
    assert closed["vaults"][0]["nav_usd"] is None


def test_apply_brings_the_version_to_both_vaults(run: Run, reduced: Session) -> None:
    """After apply the vaults are current; a second apply has nothing to do and sends nothing."""
    behind = run("vault", "status", "core/1", obj=reduced).stdout
    assert "behind the committed 2" in behind
    done = run("apply", "core", *AS_KEEPER, "--send", "--json", obj=reduced)
    assert done.exit_code == 0, done.stderr
    data = json.loads(done.stdout)
    assert [(one["version_before"], one["version"]) for one in data["vaults"]] == [(1, 2), (1, 2)]
    block = reduced.chain.block()
    again = run("apply", "core", *AS_KEEPER, "--send", obj=reduced)
    assert again.exit_code == 0
    assert reduced.chain.block() == block


def test_apply_can_name_one_vault(run: Run, reduced: Session) -> None:
    """Only the named vault moves."""
    done = run("apply", "core", "--vault", "core/2", *AS_KEEPER, "--send", "--json", obj=reduced)
    assert [one["version"] for one in json.loads(done.stdout)["vaults"]] == [2]
    data = json.loads(run("vault", "status", "--json", obj=reduced).stdout)["vaults"]
    assert [one["version"] for one in data] == [1, 2]


def test_apply_without_send_sends_nothing(run: Run, reduced: Session) -> None:
    """A dry run says how many vaults it would bring along."""
    block = reduced.chain.block()
    result = run("apply", *AS_KEEPER, obj=reduced)
    assert result.exit_code == 0, result.stderr
    assert "brings 2 of 2 vaults to version 2" in result.stdout
    assert reduced.chain.block() == block


def test_a_deposit_approves_exactly_its_amount(run: Run, session: Session) -> None:
    """The first deposit sends an approval first, and the shares arrive."""
    given = ("core/1", "1000 USDC", *AS_DEPOSITOR)
    block = session.chain.block()
    dry = run("vault", "deposit", *given, obj=session)
    assert dry.exit_code == 0, dry.stderr
    assert session.chain.block() == block
    done = run("vault", "deposit", *given, "--send", "--json", obj=session)
    assert done.exit_code == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["assets"] == "1000000000"
    assert data["approval"]["sent"] is True
    assert int(data["shares"]) > 0


@pytest.mark.parametrize("kind", [(), ("--in-kind",)])
def test_shares_are_redeemed(run: Run, session: Session, kind: tuple[str, ...]) -> None:
    """A part of the shares goes back, for the base asset or for a part of everything."""
    before = json.loads(run("vault", "status", "core/1", "--json", obj=session).stdout)
    done = run(
        *("vault", "redeem", "core/1", "10 %", *kind, *AS_DEPOSITOR, "--send", "--json"),
        obj=session,
    )
    assert done.exit_code == 0, done.stderr
    shares = int(json.loads(done.stdout)["shares"])
    after = json.loads(run("vault", "status", "core/1", "--json", obj=session).stdout)
    held = int(before["vaults"][0]["shares"])
    assert shares == held // 10
    assert int(after["vaults"][0]["shares"]) == held - shares


def test_redeeming_in_kind_works_without_prices(run: Run, session: Session) -> None:
    """With every feed stale the base asset cannot be had, a part of everything can."""
    session.chain.travel(30 * 86_400)
    given = ("core/1", "all", *AS_DEPOSITOR, "--send")
    refused = run("vault", "redeem", *given, obj=session)
    assert refused.exit_code == 1
    assert run("vault", "redeem", *given, "--in-kind", obj=session).exit_code == 0


def test_a_rebalance_closes_the_drift(run: Run, session: Session) -> None:
    """After prices have moved, one rebalance trades toward the targets, within the rules."""
    session.chain.travel(86_400)
    chain.refresh_prices(session.chain, session.deployment, {"WETH": 0.5})
    dry = run("vault", "rebalance", "core/1", *AS_KEEPER, "--json", obj=session)
    assert dry.exit_code == 0, dry.stderr
    assert json.loads(dry.stdout)["sent"] is False
    done = run("vault", "rebalance", "core/1", *AS_KEEPER, "--send", "--json", obj=session)
    data = json.loads(done.stdout)
    assert data["drift_before"] > 0.05
    assert data["drift_after"] < 0.01
    assert data["trades"]


def test_a_dry_run_says_the_trades_in_words(run: Run, session: Session) -> None:
    """Each trade is a line with venue, symbols and whole tokens; amounts are those of the plan."""
    session.chain.travel(86_400)
    chain.refresh_prices(session.chain, session.deployment, {"WETH": 0.5})
    data = json.loads(run("vault", "rebalance", "core/1", *AS_KEEPER, "--json", obj=session).stdout)
    venue = session.deployment.strategies[0].venues["demo"]
    told = [line for line in data["call"] if "sells" in line]
    assert len(told) == len(data["trades"]) == 2
    for line, trade in zip(told, data["trades"], strict=True):
        sold, least = trade["in"].rstrip("0"), trade["out"].rstrip("0")
        words = f"sells {sold} {trade['sell']} for at least {least} {trade['buy']}"
        assert line == f"  {words} at demo {venue}"
    shown = run("vault", "rebalance", "core/1", *AS_KEEPER, obj=session).stdout
    assert "{" not in shown
    assert all(line in shown for line in told)


def test_a_dormant_vault_is_left_alone(run: Run, session: Session) -> None:
    """Within the threshold and before the interval there is nothing to do, and it is told."""
    session.chain.travel(86_400)
    chain.refresh_prices(session.chain, session.deployment, {"WETH": 0.02})
    result = run("vault", "rebalance", "core/1", *AS_KEEPER, "--send", obj=session)
    assert result.exit_code == 1
    assert "Dormant" in result.stderr


def test_a_vault_behind_is_not_called_balanced(run: Run, session: Session) -> None:
    """Between a vote and its application the vault refuses, also where no trade would be made."""
    less = ("guardian", "reduce", "core", "maxTradeSize=14%", "--account", "dev:6", "--send")
    assert run(*less, obj=session).exit_code == 0
    result = run("vault", "rebalance", "core/1", "--account", "dev:7", obj=session)
    assert result.exit_code == 1
    assert "VersionBehind: the vault obeys version 1, the registry is at 2" in result.stderr


def test_only_a_keeper_may_rebalance(run: Run, session: Session) -> None:
    """Another account is refused by the contract, before anything is sent."""
    session.chain.travel(86_400)
    chain.refresh_prices(session.chain, session.deployment, {"WETH": 0.5})
    result = run("vault", "rebalance", "core/1", "--account", "dev:2", "--send", obj=session)
    assert result.exit_code == 1
    assert "AccessControlUnauthorizedAccount" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("status", "core/3"), 2, "core/1, core/2"),
        (("status", "core"), 2, "core/1, core/2"),
        (("status", "0x12"), 2, "0x12"),
        (("status", "0x" + "11" * 20), 2, "no vault"),
        (("deposit", "core/1", "1000", *AS_DEPOSITOR), 2, "USDC"),
        (("deposit", "core/1", "1000 WETH", *AS_DEPOSITOR), 2, "USDC"),
        (("deposit", "core/1", "0 USDC", *AS_DEPOSITOR), 2, "nothing"),
        (("deposit", "core/1", "1000 USDC", "--account", "dev:2", "--send"), 1, "ERC20"),
        (("redeem", "core/1", "some", *AS_DEPOSITOR), 2, "50 % or all"),
        (("redeem", "core/1", "200 %", *AS_DEPOSITOR), 2, "holds"),
        (("redeem", "core/1", "all", "--account", "dev:2"), 2, "holds 0"),
        (("rebalance", "core/1", "--venue", "nowhere", *AS_KEEPER), 2, "nowhere"),
    ],
)
def test_what_is_refused_is_named(
    run: Run, session: Session, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """Each bad input or refusal has its message and exit code."""
    result = run("vault", *arguments, obj=session)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_apply_names_an_unknown_strategy(run: Run, session: Session, tmp_path: Path) -> None:
    """A strategy that the deployment does not have ends with 2."""
    result = run("apply", "cor", *AS_KEEPER, obj=session)
    assert result.exit_code == 2
    assert "it has: core" in result.stderr

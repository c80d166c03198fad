"""`dpo-gov steward set`: small steps, each with its report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dpo_gov import report
from dpo_gov.chain import RegistryClient
from dpo_gov.cli.context import Session

Run = Callable[..., Result]
SMALL = ("--paths", "400", "--horizon", "30")
AS_STEWARD = ("--account", "dev:5")


@pytest.fixture
def cooled(session: Session) -> Session:
    """A chain on which nothing cools down any more."""
    session.chain.travel(30 * 86_400)
    return session


def test_a_step_is_shown_simulated_and_sent(run: Run, cooled: Session, tmp_path: Path) -> None:
    """The registry gets the change, and the hash of the report that was written."""
    result = run(
        *("steward", "set", "core", "driftThreshold=5.5%", "maxTradeSize=16%"),
        *(*SMALL, *AS_STEWARD, "--reports", tmp_path, "--send", "--json"),
        obj=cooled,
    )
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert [change["to"] for change in data["changes"]] == ["5.5 %", "16 %"]
    written = report.load(tmp_path / "core-v2" / "report.json")
    assert written.hash_text == data["report_hash"]
    last = RegistryClient(cooled.chain, cooled.deployment).history("core")[-1]
    assert (last.version, last.report_hash) == (2, written.hash)
    assert (tmp_path / "core-v2" / "report.html").is_file()


def test_without_send_nothing_is_written_or_sent(run: Run, cooled: Session, tmp_path: Path) -> None:
    """A dry run shows what is allowed and the report's hash, and leaves everything as it was."""
    block = cooled.chain.block()
    result = run(
        *("steward", "set", "core", "driftThreshold=5.5%", *SMALL, *AS_STEWARD),
        *("--reports", tmp_path),
        obj=cooled,
    )
    assert result.exit_code == 0, result.stderr
    assert "4 … 6 %" in result.stdout
    assert "report hash 0x" in result.stdout
    assert "nothing was sent" in result.stderr
    assert list(tmp_path.iterdir()) == []
    assert cooled.chain.block() == block


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("driftThreshold=7%", "StepTooLarge"),
        ("driftThreshold=30%", "AboveMaximum"),
        ("targetWeight[USDC]=21%", "WeightsDoNotSum"),
    ],
)
def test_a_broken_rule_is_named_before_anything_is_simulated(
    run: Run, cooled: Session, tmp_path: Path, change: str, rule: str
) -> None:
    """The registry's own rule is named, with 1; people see first what would be allowed."""
    result = run(
        *("steward", "set", "core", change, *AS_STEWARD, "--reports", tmp_path, "--send"),
        obj=cooled,
    )
    assert result.exit_code == 1
    assert rule in result.stderr
    assert "the steward may set" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_cool_down_is_told(run: Run, session: Session) -> None:
    """Just after the listing the steward has to wait, and is told until when."""
    result = run("steward", "set", "core", "driftThreshold=5.5%", *AS_STEWARD, obj=session)
    assert result.exit_code == 1
    assert "CoolingDown" in result.stderr
    assert "2026-11-22" in result.stderr


def test_only_the_steward_may(run: Run, cooled: Session, tmp_path: Path) -> None:
    """Another account is refused by the contract, and no report is left behind."""
    result = run(
        *("steward", "set", "core", "driftThreshold=5.5%", *SMALL, "--account", "dev:2"),
        *("--reports", tmp_path, "--send"),
        obj=cooled,
    )
    assert result.exit_code == 1
    assert "AccessControlUnauthorizedAccount" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("core", "driftThreshold"), "NAME=VALUE"),
        (("core", "driftThreshold=6"), "unit"),
        (("core", "driftThreshold=6 gwei"), "gwei"),
        (("core", "driftThreshold=5%"), "already"),
        (("core", "driftThreshold=5.5%", "driftThreshold=5.6%"), "twice"),
        (("core", "driftTreshold=6%"), "did you mean: driftThreshold"),
        (("cor", "driftThreshold=6%"), "no strategy 'cor'"),
        (("core",), "Missing argument"),
        (("core", "driftThreshold=5.5%", "--paths", "10"), "--paths"),
    ],
)
def test_bad_input_ends_with_2(
    run: Run, session: Session, arguments: tuple[str, ...], says: str
) -> None:
    """What is no change of a parameter is named, with 2."""
    result = run("steward", "set", *arguments, *AS_STEWARD, obj=session)
    assert result.exit_code == 2
    assert says in result.stderr

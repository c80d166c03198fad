"""The commands as a person uses them: draft, fill in, check, render, decode."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dpo_gov.cli import main
from dpo_gov.cli.context import Session

AUTHOR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def run(session: Session, *arguments: object) -> Result:
    """One command that must succeed."""
    result = CliRunner().invoke(main, [str(one) for one in arguments], obj=session)
    assert result.exit_code == 0, result.output
    return result


def data(session: Session, *arguments: object) -> Any:
    """What a command tells programs; the runner of click 8.1 puts notes before it."""
    output = run(session, *arguments, "--json").output
    return json.loads(output[output.index("{") :])


@pytest.fixture(scope="module")
def folder(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A proposal that was drafted, filled in and rendered through the commands."""
    out = tmp_path_factory.mktemp("work") / "proposals"
    made = data(
        session, "proposal", "new", "less-trading", "--out", out, "--author", AUTHOR,
        "--set", "targetWeight[USDC]=25 %", "--set", "targetWeight[WETH]=40 %",
        "--set", "driftThreshold=600 bps", "--title", "Trade less often",
    )  # fmt: skip
    path = Path(made["file"])
    text = path.read_text(encoding="utf-8").replace("TBD: ", "")
    path.write_text(text.replace("paths: 20000", "paths: 400"), encoding="utf-8")
    run(session, "proposal", "check", "--draft", made["folder"])
    run(session, "proposal", "render", made["folder"])
    return Path(made["folder"])


def test_a_draft_bears_the_chains_date(folder: Path) -> None:
    """The folder is named for the day on the chain, which is the same on every machine."""
    assert folder.name == "2026-11-21-less-trading"


def test_rendering_leaves_exactly_the_files_of_a_proposal(folder: Path) -> None:
    """Six files beside the specification, and nothing of the way there."""
    assert sorted(path.name for path in folder.iterdir()) == [
        "calldata.json", "description.md", "forum.md", "proposal.yaml",
        "report.html", "report.json", "safe-batch.json",
    ]  # fmt: skip


def test_a_rendered_proposal_passes_its_checks(session: Session, folder: Path) -> None:
    """What `render` writes, `check` accepts; a program reads the same."""
    shown = run(session, "proposal", "check", folder / "proposal.yaml").output
    told = data(session, "proposal", "check", folder)

    assert "driftThreshold" in shown and "5 %" in shown and "6 %" in shown
    assert told["ok"] is True
    assert [one["level"] for one in told["findings"]] == ["info"]


def test_rendering_again_changes_no_byte(session: Session, folder: Path) -> None:
    """Description, calldata and report do not depend on when they are made."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    told = data(session, "proposal", "render", folder)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert told["report_hash"] in before["description.md"].decode()
    assert told["report_hash"] == json.loads(before["calldata.json"])["reportHash"]


def test_the_governor_gives_the_proposal_this_id(session: Session, folder: Path) -> None:
    """The id in calldata.json is the one that the contract computes."""
    snapshot = session.chain.snapshot()
    told = data(session, "gov", "submit", folder, "--account", "dev:1", "--send")

    from dpo_gov.chain import GovernorClient

    (found,) = GovernorClient(session.chain, session.deployment).list()
    session.chain.revert(snapshot)
    assert str(found.id) == told["proposal_id"]
    assert str(found.id) == json.loads((folder / "calldata.json").read_bytes())["proposalId"]
    assert found.description.encode() == (folder / "description.md").read_bytes()


@pytest.mark.parametrize("name", ["calldata.json", "safe-batch.json"])
def test_each_file_is_decoded_into_the_named_changes(
    session: Session, folder: Path, name: str
) -> None:
    """Whoever receives a file can read what it does."""
    shown = run(session, "proposal", "decode", folder / name).output

    assert "StrategyRegistry.setParams" in shown
    assert "driftThreshold 5 % → 6 %" in shown
    assert "targetWeight[WBTC] stays 35 %" in shown


def test_bare_calldata_is_decoded_from_a_pipe(session: Session, folder: Path) -> None:
    """Calldata that was copied from an explorer is read from standard input."""
    calldata = json.loads((folder / "calldata.json").read_bytes())["actions"][1]["calldata"]

    result = CliRunner().invoke(main, ["proposal", "decode", "-", "--json"], input=calldata)

    assert result.exit_code == 0, result.output
    (action,) = json.loads(result.output)["actions"]
    assert action["function"] == "StrategyRegistry.setParams"
    assert {"parameter": "driftThreshold", "key": "8", "from": "5 %", "to": "6 %"} in action[
        "changes"
    ]


def test_an_unknown_call_is_shown_as_unknown(session: Session, tmp_path: Path) -> None:
    """No meaning is invented for a contract that is not ours."""
    path = tmp_path / "call.hex"
    path.write_text("0xa6f9dae1" + "00" * 32)

    assert (
        "unknown selector 0xa6f9dae1, 36 bytes" in run(session, "proposal", "decode", path).output
    )


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ("driftThreshold=20 %", 0, "the registry would refuse this change in one vote"),
        ("targetWeight[WETH]=40 %", 2, "the target weights add up to 95 %"),
    ],
)
def test_what_the_registry_refuses_is_no_quiet_simulation(
    session: Session, tmp_path: Path, given: str, code: int, words: str
) -> None:
    """A change that no vote can make is noted beside its figures; one that is no portfolio has
    none."""
    asked = ["proposal", "new", "any", "--out", tmp_path, "--author", AUTHOR, "--set", given]
    made = data(session, *asked)
    asked = ["sim", "run", made["folder"], "--paths", "400", "--horizon", "5"]
    result = CliRunner().invoke(main, asked, obj=session)
    assert result.exit_code == code
    assert words in result.output

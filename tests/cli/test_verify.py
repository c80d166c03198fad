"""`dpo-gov verify`: every link holds after the round trip, and each one can break."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from dpo_gov import chain, market
from dpo_gov.chain import GovernorClient, RegistryClient
from dpo_gov.cli.context import Session
from dpo_gov.cli.roundtrip import RoundTrip, Step
from dpo_gov.proposal.strict_json import dump

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def carried_out(
    rendered: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Session, Path, list[Step]]:
    """A chain on which the proposal went from its draft into both vaults."""
    out = tmp_path_factory.mktemp("round-trip")
    folder = Path(shutil.copytree(rendered, out / "proposals" / rendered.name))
    connected = chain.connect("embedded")
    session = Session(connected, chain.deploy(connected), quiet=True)
    trip = RoundTrip(session, folder, out, lambda _: None, paths=400)
    trip.run()
    return replace(session, quiet=False), folder, trip.steps


@pytest.fixture
def after(carried_out: tuple[Session, Path, list[Step]]) -> Iterator[Session]:
    """That chain; what a test does to it is undone."""
    session = carried_out[0]
    before = session.chain.snapshot()
    yield session
    session.chain.revert(before)


@pytest.fixture
def folder(carried_out: tuple[Session, Path, list[Step]], tmp_path: Path) -> Path:
    """A copy of the proposal's folder, to do anything with."""
    source = carried_out[1]
    return Path(shutil.copytree(source, tmp_path / source.name))


def verdicts(result: Result) -> dict[str, dict[str, Any]]:
    """The links of `verify --json` by name."""
    return {link["link"]: link for link in json.loads(result.stdout)["links"]}


def broken(result: Result) -> list[str]:
    """The names of the links that do not hold."""
    return [name for name, link in verdicts(result).items() if link["verdict"] != "same"]


def edit(path: Path, old: str, new: str) -> None:
    """Replace text that must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_every_link_holds_after_the_round_trip(run: Run, after: Session, folder: Path) -> None:
    """Approved = registry = applied in both vaults, and one report hash in five places."""
    result = run("verify", folder, "--json", obj=after)
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert data["ok"] is True
    assert len(verdicts(result)) == 16
    assert len(set(data["report_hash"].values())) == 1
    assert list(data["report_hash"]) == [
        "file",
        "calldata",
        "description",
        "governor",
        "registry",
    ]
    for entry in data["parameters"]:
        assert entry["same"] is True
        assert set(entry["held"].values()) == {entry["approved"]}
        assert len(entry["held"]) == 3


def test_people_get_three_tables(run: Run, after: Session, folder: Path) -> None:
    """Parameters, hashes and links are printed, each link on a line of its own."""
    result = run("verify", folder, obj=after)
    assert result.exit_code == 0
    assert "targetWeight[USDC]  20 %    25 %" in result.stdout
    assert "report.json = simulated again" in result.stdout
    assert "to the bit, 400 paths × 30 d, seed 1" in result.stdout


def test_nothing_is_written_or_sent(run: Run, after: Session, folder: Path) -> None:
    """Verifying leaves the chain and the folder as they were."""
    block = after.chain.block()
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    run("verify", folder, obj=after)
    assert after.chain.block() == block
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_before_the_vote_only_the_files_hold(run: Run, session: Session, proposal: Path) -> None:
    """What has not happened yet is not the same; `--until` asks for less."""
    result = run("verify", proposal, "--json", obj=session)
    assert result.exit_code == 1
    assert verdicts(result)["calldata.json = governor"]["verdict"] == "not yet"
    assert verdicts(result)["calldata.json = registry"]["verdict"] == "not yet"
    assert "not submitted" in result.stderr
    assert run("verify", proposal, "--until", "files", obj=session).exit_code == 0
    run("gov", "submit", proposal, "--account", "dev:1", "--send", obj=session)
    assert run("verify", proposal, "--until", "governor", obj=session).exit_code == 0
    assert run("verify", proposal, "--until", "registry", obj=session).exit_code == 1


@pytest.mark.parametrize(
    ("name", "words", "link"),
    [
        ("proposal.yaml", ("to: 25 %", "to: 26 %"), "proposal.yaml = report.json"),
        ("proposal.yaml", ("from: 20 %", "from: 21 %"), "proposal.yaml = report.json"),
        ("proposal.yaml", ("2027-01-15", "2027-01-16"), "proposal.yaml = calldata.json"),
        ("proposal.yaml", ("that lose", "that win"), "report.json = description.md, forum.md"),
        ("description.md", ("lose less", "lose more"), "report.json = description.md, forum.md"),
        ("description.md", ("lose less", "lose more"), "description.md = governor"),
        ("forum.md", ("lose less", "lose more"), "report.json = description.md, forum.md"),
        ("report.html", ("lose less", "lose more"), "report.json = report.html"),
        ("report.html", ("</body>", "<script></script></body>"), "report.json = report.html"),
        ("report.html", ("<svg", '<svg onload="x()"'), "report.json = report.html"),
        ("calldata.json", ('"to": "25 %"', '"to": "24 %"'), "proposal.yaml = calldata.json"),
        ("calldata.json", ("targetWeight", "someWeight"), "proposal.yaml = calldata.json"),
        ("safe-batch.json", ('"value": "0"', '"value": "1"'), "calldata.json = safe-batch.json"),
    ],
)
def test_an_edited_file_is_named(
    run: Run, after: Session, folder: Path, *, name: str, words: tuple[str, str], link: str
) -> None:
    """Whichever file is edited afterwards, the link that breaks is named, with 1."""
    edit(folder / name, *words)
    result = run("verify", folder, "--json", obj=after)
    assert result.exit_code == 1, result.output
    assert link in broken(result)
    assert link in result.stderr


def test_an_embellished_figure_is_found(run: Run, after: Session, folder: Path) -> None:
    """A report with one figure changed by its author does not come out of its own inputs."""
    file = folder / "report.json"
    content = json.loads(file.read_bytes())
    content["better_paths"] += 1
    file.write_bytes(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode())
    import rfc8785

    file.write_bytes(rfc8785.dumps(content))
    result = run("verify", folder, "--json", obj=after)
    assert result.exit_code == 1, result.output
    assert "report.json = simulated again" in broken(result)
    assert "simulating again gives the report 0x" in result.stderr


def test_a_market_of_the_author_is_found(
    run: Run, after: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report of a calmer market than this release's is named, though it reproduces.

    So is its page: this release would say on it that the market is another one.
    """
    other = market.default_market().model_copy(update={"name": "calm"})
    monkeypatch.setattr(market, "default_market", lambda **_: other)
    result = run("verify", folder, "--json", obj=after)
    assert result.exit_code == 1
    named = ["report.json = report.html", "report's market = this release's"]
    assert broken(result) == named


def test_a_vault_that_lags_is_named(run: Run, after: Session, folder: Path) -> None:
    """A committed version that was not applied breaks the link of each vault."""
    given = ("core", "maxTradeSize=5%", "--account", "dev:6", "--send")
    assert run("guardian", "reduce", *given, obj=after).exit_code == 0
    result = run("verify", folder, "--json", obj=after)
    assert result.exit_code == 1
    assert len(broken(result)) == 2
    assert "maxTradeSize is 16 % in the vault, 5 % in the registry" in result.stderr
    assert "core/1" in result.stderr
    assert "dpo-gov apply" in result.stderr


def test_a_later_change_is_told_and_no_difference(run: Run, after: Session, folder: Path) -> None:
    """What a later version changed again is said, and does not count against the proposal."""
    given = ("core", "maxSlippage=0.2%", "--account", "dev:6", "--send")
    assert run("guardian", "reduce", *given, obj=after).exit_code == 0
    assert run("apply", "core", "--account", "dev:7", "--send", obj=after).exit_code == 0
    result = run("verify", folder, "--json", obj=after)
    assert result.exit_code == 0, result.stderr
    detail = verdicts(result)["registry then = registry now"]["detail"]
    assert "changed again since: maxSlippage (version 4)" in detail


def test_another_proposal_on_chain_is_found(
    run: Run, after: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that shows another calldata or description under the id is contradicted."""
    real = GovernorClient.proposal

    def other(self: GovernorClient, number: int) -> object:
        found = real(self, number)
        return replace(found, calldatas=(found.calldatas[0][:-1] + b"\1",), description="# No")

    monkeypatch.setattr(GovernorClient, "proposal", other)
    result = run("verify", folder, "--json", obj=after)
    assert result.exit_code == 1
    assert broken(result) == ["calldata.json = governor", "description.md = governor"]


def test_another_change_in_the_registry_is_found(
    run: Run, after: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version under this report's hash that changed something else is named by parameter."""
    real = RegistryClient.history

    def other(self: RegistryClient, strategy: str) -> object:
        listed, ours, *later = real(self, strategy)
        first = ours.changes[0].model_copy(update={"new": 2_600})
        return [listed, replace(ours, changes=(first, *ours.changes[1:])), *later]

    monkeypatch.setattr(RegistryClient, "history", other)
    result = run("verify", folder, "--json", obj=after)
    assert result.exit_code == 1
    assert broken(result) == ["calldata.json = registry"]
    assert "approved 20 % → 25 %, committed 20 % → 26 %" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("report.json", None, "has no report.json"),
        ("report.json", b"{}", "report.json"),
        ("calldata.json", b"nothing", "calldata.json"),
        ("calldata.json", dump({"chainId": "1"}), "calldata.json"),
        ("proposal.yaml", b"version: 1", "proposal.yaml"),
        ("proposal.yaml", None, "proposal.yaml"),
    ],
)
def test_a_file_that_is_none_ends_with_2(
    run: Run, after: Session, folder: Path, *, name: str, content: bytes | None, says: str
) -> None:
    """What is missing or not the file it should be is bad input, named, without a traceback."""
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    result = run("verify", folder, obj=after)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("what", ["chainId", "governor"])
def test_files_of_another_place_are_told_so(
    run: Run, after: Session, folder: Path, *, what: str
) -> None:
    """Against another chain or governor nothing is compared: it says where the files belong."""
    file = folder / "calldata.json"
    content = json.loads(file.read_bytes())
    content[what] = {"chainId": "1", "governor": "0x" + "11" * 20}[what]
    file.write_bytes(json.dumps(content).encode())
    result = run("verify", folder, obj=after)
    assert result.exit_code == 2, result.output
    assert "was rendered for the governor" in result.stderr
    assert "--network and --deployment" in " ".join(result.stderr.split())


def test_the_round_trip_is_made_of_commands(
    carried_out: tuple[Session, Path, list[Step]],
) -> None:
    """Each step is a command that a person could type; those that send used gas."""
    steps = carried_out[2]
    commands = [step.command for step in steps if step.command.startswith("dpo-gov ")]
    assert len(commands) == 23
    assert all((step.gas > 0) == ("--send" in step.command) for step in steps)

"""`dpo-gov verify` on files that fit each other and the governor, but not the registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785
from click.testing import Result

from dpo_gov import chain, market, report
from dpo_gov.chain import GovernorClient, RegistryClient
from dpo_gov.cli.context import Context, Session
from dpo_gov.cli.proposal import site
from dpo_gov.guardrails import RegistryState
from dpo_gov.proposal.bundle import Bundle
from dpo_gov.proposal.evidence import Evidence
from dpo_gov.proposal.folder import Folder
from dpo_gov.proposal.render import Draft, render
from dpo_gov.proposal.resolve import resolve
from dpo_gov.simulate import SimSpec

Run = Callable[..., Result]


def broken(result: Result) -> list[str]:
    """The names of the links that do not hold."""
    return [one["link"] for one in json.loads(result.stdout)["links"] if one["verdict"] != "same"]


def forge(session: Session, folder: Path, state: RegistryState, text: str) -> str:
    """Render a proposal against a state that never was, and submit it; its id."""
    (folder / "proposal.yaml").write_text(text)
    there = Folder.at(folder)
    spec = there.load()
    resolved = resolve(spec, state)
    size = SimSpec.model_validate(spec.simulation.model_dump())
    built = report.build(resolved.current, resolved.proposed, market.default_market(), size)
    evidence = Evidence.read(built.to_bytes())
    place = site(Context(session=session), spec.strategy)
    page = report.render_html(built, title=spec.title, summary=spec.summary)
    there.write(
        render(Draft(spec, resolved, evidence, place))
        | {"report.json": built.to_bytes(), "report.html": page.encode()}
    )
    bundle = Bundle.read((folder / "calldata.json").read_bytes(), "calldata.json")
    client = GovernorClient(session.chain, session.deployment)
    call = client.propose(bundle.calls(), (folder / "description.md").read_bytes())
    call.send(chain.Account.load("dev:1", session.chain))
    return bundle.proposal_id


def registry_state(session: Session) -> RegistryState:
    """What the registry holds."""
    return RegistryClient(session.chain, session.deployment).state("core")


def test_exchanged_assets_are_found(
    run: Run, session: Session, rendered: Path, tmp_path: Path
) -> None:
    """A report whose assets are in another order speaks of one asset, its call of another."""
    state = registry_state(session)
    base, first, second = state.layout.assets
    layout = state.layout.model_copy(update={"assets": (base, second, first)})
    text = (rendered / "proposal.yaml").read_text()
    text = text.replace("[WETH]: {from: 45 %, to: 40 %}", "[WBTC]: {from: 45 %, to: 40 %}")
    forge(session, tmp_path, state.model_copy(update={"layout": layout}), text)
    result = run("verify", tmp_path, "--until", "governor", "--json", obj=session)
    assert result.exit_code == 1, result.output
    assert "report's current side = registry" in broken(result)
    assert "layout: ('USDC', 'WETH', 'WBTC'), of the deployment's: ('USDC', 'WB" in result.stderr
    assert run("proposal", "check", tmp_path, obj=session).exit_code == 1


def test_a_doctored_current_side_is_found(
    run: Run, session: Session, rendered: Path, tmp_path: Path
) -> None:
    """Values of today that make the change look good are no longer those of the registry."""
    state = registry_state(session)
    key = state.params.spec("driftThreshold").key
    doctored = state.model_copy(update={"values": {**state.values, key: 2_000}})
    forge(session, tmp_path, doctored, (rendered / "proposal.yaml").read_text())
    result = run("verify", tmp_path, "--until", "governor", "--json", obj=session)
    assert result.exit_code == 1, result.output
    assert broken(result) == ["proposal.yaml = report.json", "report's current side = registry"]
    assert "driftThreshold was 5 %, the report has 20 %" in result.stderr


def test_another_size_of_portfolio_is_found(run: Run, session: Session, proposal: Path) -> None:
    """A report for a portfolio on which costs weigh less is not the one that was asked for."""
    content = json.loads((proposal / "report.json").read_bytes())
    content["inputs"]["portfolio"] = 1e9
    (proposal / "report.json").write_bytes(rfc8785.dumps(content))
    result = run("verify", proposal, "--until", "files", "--json", obj=session)
    assert result.exit_code == 1, result.output
    assert "was made with portfolio 1000000000.0" in result.stderr


def test_what_others_change_during_the_vote_is_no_forgery(
    run: Run, session: Session, proposal: Path
) -> None:
    """What was changed before the submission counts, what comes after it does not."""
    reduce = ("guardian", "reduce", "core", "--account", "dev:6", "--send")
    before = session.chain.snapshot()
    assert run(*reduce, "maxTradeSize=5%", obj=session).exit_code == 0
    result = run("verify", proposal, "--until", "files", "--json", obj=session)
    assert "report's current side = registry" in broken(result)
    assert "maxTradeSize was 5 %, the report has 15 %" in result.stderr
    session.chain.revert(before)
    run("gov", "submit", proposal, "--account", "dev:1", "--send", obj=session)
    assert run(*reduce, "maxTradeSize=5%", obj=session).exit_code == 0
    result = run("verify", proposal, "--until", "governor", "--json", obj=session)
    assert result.exit_code == 0, result.stderr
    assert "values, version 1, when it was submitted" in result.stdout


def test_a_key_that_nobody_knows_ends_with_2(
    run: Run, session: Session, proposal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calldata that changes what the strategy does not have is bad input, without a traceback."""
    file = proposal / "calldata.json"
    text = file.read_text()
    key = f"{registry_state(session).params.spec('maxSlippage').key:064x}"
    assert key in text
    file.write_text(text.replace(key, f"{0x2FF:064x}"))
    result = run("verify", proposal, obj=session)
    assert result.exit_code == 2, result.output
    assert "changes the parameter 0x02ff, which the strategy core does not have" in result.stderr


def test_a_link_in_a_folder_shows_nothing(
    run: Run, session: Session, proposal: Path, tmp_path: Path
) -> None:
    """A file of the folder that leads to another file is refused, and that one not printed."""
    (tmp_path / "secret").write_text("a secret of the reader\n")
    (proposal / "description.md").unlink()
    (proposal / "description.md").symlink_to(tmp_path / "secret")
    for command in ("verify", "proposal check"):
        result = run(*command.split(), proposal, obj=session)
        assert result.exit_code == 2, result.output
        assert "description.md: cannot be read: it is a link" in result.stderr
        assert "a secret" not in result.output

"""`dpo-gov sim run` on a proposal whose registry is not asked: the folder is read by its owner."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from dpo_gov.cli import main
from dpo_gov.market import default_market
from dpo_gov.proposal.folder import Folder
from dpo_gov.proposal.model import Simulation
from dpo_gov.report import load

SMALL = ["--paths", "500", "--horizon", "20"]


@pytest.fixture
def folder(tmp_path, monkeypatch, case):
    """A proposal folder; what is in it comes from the change under test."""
    path = tmp_path / "2026-11-21-less"
    path.mkdir()
    spec = SimpleNamespace(
        title="Hold more USDC", summary="Less risk.", discussion=None, simulation=Simulation()
    )
    resolved = SimpleNamespace(current=case.current, proposed=case.proposed)
    opened = SimpleNamespace(folder=Folder(path), spec=spec, resolved=resolved)
    monkeypatch.setattr("dpo_gov.cli.proposal.open_proposal", lambda context, given: opened)
    monkeypatch.setattr("dpo_gov.cli.proposal.refused", lambda context, given: "")
    monkeypatch.setattr("dpo_gov.market.default_market", lambda **_: case.market)
    return path


def _run(*arguments: object):
    return CliRunner().invoke(main, ["sim", "run", *map(str, arguments)])


def test_table(folder, tmp_path):
    """People get figures of both sides, stress days, blind spots, one sentence and the hash."""
    result = _run(folder, *SMALL)
    assert result.exit_code == 0, result.output
    for part in (
        "Hold more USDC",
        "Mean loss of the worst 5 %",
        "lower, better",
        "pandemic sell-off",
        "oracleMaxStaleness",
        "Over 20 days and 500 simulated paths, this change",
        ": 500 paths of 20 days",
        "report hash  0x",
        "other paths, seed and horizon than the proposal's: the hash is not that of its own",
    ):
        assert part in result.stdout
    assert "\u00a0" not in result.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_json(folder, tmp_path):
    """Programs get the hash and the outputs' digests beside the figures; --out writes the same."""
    out = tmp_path / "somewhere" / "else"
    result = _run(folder, *SMALL, "--seed", 2**64 - 1, "--json", "--out", out)
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    report = load(out / "report.json")
    assert data["report_hash"] == report.hash_text
    assert data["outputs_sha256"]["proposed"] == report.proposed.outputs_sha256
    assert (data["paths"], data["horizon_days"], data["seed"]) == (500, 20, str(2**64 - 1))
    assert data["figures"]["current"]["cost"] == report.current.figures["cost"].model_dump()
    assert set(data["figures"]) == {"current", "proposed", "difference"}
    assert "Hold more USDC" in (out / "report.html").read_text()
    assert sorted(path.name for path in out.iterdir()) == ["report.html", "report.json"]


def test_the_page_says_how_to_run_it_again(folder, tmp_path):
    """With the page's options, and the market out of report.json, a run has the report's hash."""
    other = default_market(conditions=True)
    (tmp_path / "other.json").write_bytes(other.model_copy(update={"name": "b"}).to_bytes())
    out = tmp_path / "out"
    result = _run(folder, *SMALL, "--market", tmp_path / "other.json", "--out", out)
    assert result.exit_code == 0, result.output
    page, report = (out / "report.html").read_text(), load(out / "report.json")
    line = next(line for line in page.splitlines() if "dpo-gov sim run PROPOSAL" in line)
    assert "dpo-gov verify" not in page
    (tmp_path / "FILE").write_bytes(report.inputs.market.to_bytes())
    text = re.sub("<.*?>", "", line).replace("FILE", str(tmp_path / "FILE"))
    again = _run(folder, *text.split()[4:])
    assert json.loads(again.stdout)["report_hash"] == report.hash_text


def test_repeats(folder):
    """Two runs give one answer, another seed another."""
    first, second = (_run(folder, *SMALL, "--json").stdout for _ in range(2))
    assert first == second
    assert _run(folder, *SMALL, "--seed", 5, "--json").stdout != first


def test_says_what_the_days_of_stress_leave_out(folder, monkeypatch):
    """With hedges on the paths, a reader is told under the table that these days are without."""
    words, market = "these days are without hedges", default_market(conditions=True)
    monkeypatch.setattr("dpo_gov.market.default_market", lambda **_: market)
    result = _run(folder, *SMALL, "--module", "hedging")
    assert result.exit_code == 0, result.output
    assert words in result.output
    assert words not in _run(folder, *SMALL).output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--paths", "399", "--horizon", "2"], 2, "399 is not in the range"),
        (["--paths", "0"], 2, "0 is not in the range"),
        (["--seed", "-1"], 2, "-1 is not in the range"),
        (["--horizon", "365 d"], 2, "not a valid integer"),
        (["--horizon", "9999"], 2, "9999 is not in the range"),
        (["--market", "none.json"], 2, "none.json: cannot be read"),
        (["--wide"], 2, "No such option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_refusals(folder, arguments, code, message):
    """What is wrong with the options is one message and exit code 2."""
    result = _run(folder, *arguments)
    assert result.exit_code == code, result.output
    assert message in result.output
    assert "Traceback" not in result.output


def test_keeps_off_the_bound_report(folder):
    """The report beside a calldata.json is not replaced by one that the calldata does not name."""
    (folder / "report.json").write_text("bound")
    result = _run(folder, *SMALL, "--out", folder)
    assert result.exit_code == 2
    assert "is the proposal itself" in result.output
    assert (folder / "report.json").read_text() == "bound"


def test_out_that_is_no_folder(folder, tmp_path):
    """A place that cannot be a folder is refused without a traceback."""
    (tmp_path / "file").write_text("")
    result = _run(folder, *SMALL, "--out", tmp_path / "file" / "below")
    assert result.exit_code == 2
    assert "cannot be made a folder" in result.output

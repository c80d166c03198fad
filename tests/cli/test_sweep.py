"""`sim sweep` and `sim limit`: tables, files, JSON, a real kill, and what is refused."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dpo_gov.cli.context import Session
from dpo_gov.study import JOURNAL

Run = Callable[..., Result]
AXES = ("driftThreshold=2%:8%:3", "maxSlippage=0.3%:1.1%:2")


@pytest.fixture
def sweeping(run: Run, session: Session, proposal: Path) -> Callable[..., Result]:
    """Runs `sim sweep` on the rendered proposal."""
    return lambda *arguments: run("sim", "sweep", proposal, *arguments, obj=session)


def test_a_sweep_shows_its_fronts(sweeping: Callable[..., Result], tmp_path: Path) -> None:
    """The front of each compromise with values and intervals, what is refused, and the files."""
    out = tmp_path / "out"
    result = sweeping(*AXES, "--out", out)
    assert result.exit_code == 0, result.stderr
    for text in (
        "Pareto front, 95 % intervals: Trading cost (less is better) against Tracking error (less",
        "intervals: Mean loss of the worst 5 % (less is better) against Mean return (more is bett",
        "3 of 6 sets are not simulated",
        "OutOfOrder: maxSlippage must be at most slippageBudget",
        "sha256 of sweep.jsonl",
    ):
        assert text in result.stdout
    assert re.search(r"[+−][0-9.]+ pp \([+−]?[0-9.]+ to", result.stdout)
    assert {file.name for file in out.iterdir()} >= {JOURNAL, "pareto.svg"}
    again = sweeping(*AXES, "--out", out, "--json")
    data = json.loads(again.stdout)
    assert (data["sets"], data["refused"], len(data["rows"])) == (6, 3, 6)
    assert data["sha256"] in result.stdout
    assert set(data["fronts"]) == {"cost, tracking_error", "cvar_95, mean_return"}
    fine = [row for row in data["rows"] if not row["refused"]]
    cheapest = min(fine, key=lambda row: row["figures"]["cost"][0])
    assert cheapest["number"] in data["fronts"]["cost, tracking_error"]


def test_a_sweep_of_debt_shows_what_debt_risks(sweeping: Callable[..., Result]) -> None:
    """Where vaults borrow, a front of its own; what one vote cannot set is told."""
    size = ("--paths", "400", "--horizon", "60")
    result = sweeping("targetLtv[WETH]=20%:40%:3", *size, "--json")
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert data["fronts"].keys() == {"cvar_95, mean_return", "threshold_use_95, mean_debt"}
    debts = [row["figures"]["mean_debt"][0] for row in data["rows"]]
    assert max(range(3), key=debts.__getitem__) in data["fronts"]["threshold_use_95, mean_debt"]


def test_what_one_vote_cannot_set_is_told(sweeping: Callable[..., Result]) -> None:
    """A sweep looks at all that is legal; how far a single vote goes stands below it."""
    small = ("--paths", "400", "--horizon", "30")
    assert "in one vote" not in sweeping("driftThreshold=4%:6%:2", *small).stdout
    wide = sweeping("driftThreshold=4%:18%:2", *small).stdout
    assert "driftThreshold may be set to 0.25 % … 10 % in one vote; `dpo-gov params plan`" in wide


def test_the_base_assets_weight_cannot_vary_alone(
    sweeping: Callable[..., Result], run: Run, session: Session
) -> None:
    """It is what the other weights leave."""
    budget = ("--risk", "cvar_95<=30%", "--paths", "400")
    for result in (
        sweeping("targetWeight[USDC]=20%:40%:3"),
        run("sim", "limit", "targetWeight[USDC]", *budget, obj=session),
    ):
        assert result.exit_code == 2
        assert "targetWeight[USDC] is what the other weights leave; vary targetW" in result.stderr


def test_without_out_nothing_is_written(
    sweeping: Callable[..., Result],
    proposal: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither beside the proposal nor in the working directory."""
    before = sorted(proposal.iterdir())
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    result = sweeping("driftThreshold=2%:8%:2")
    assert result.exit_code == 0, result.stderr
    assert "nothing is written without --out" in result.stdout
    assert sorted(proposal.iterdir()) == before
    assert not list(Path().iterdir())


def test_a_killed_sweep_goes_on(proposal: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle; the same command says that it goes on, and ends with the hash and the
    files of an unbroken run."""
    command = [sys.executable, "-m", "dpo_gov", "sim", "sweep", str(proposal), "--json"]
    command += ["driftThreshold=1%:9%:31", "--paths", "1000", "--network", "embedded", "--out"]
    journal = tmp_path / "broken" / JOURNAL
    with subprocess.Popen(
        [*command, str(tmp_path / "broken")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 120
        while not journal.exists() or journal.read_bytes().count(b"\n") < 16:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert journal.read_bytes().count(b"\n") < 32
    done = [
        subprocess.run([*command, str(folder)], capture_output=True, check=True, text=True)
        for folder in (tmp_path / "broken", tmp_path / "whole")
    ]
    assert re.search(
        "(15|30) of 31 sets are in .* already, .* sweep.jsonl; the other", done[0].stderr
    )
    assert "already" not in done[1].stderr
    found = [json.loads(one.stdout) for one in done]
    assert found[0]["sha256"] == found[1]["sha256"]
    assert found[0]["rows"] == found[1]["rows"]
    for name in ("sweep.jsonl", "pareto.svg", "sweep.parquet"):
        files = [tmp_path / folder / name for folder in ("broken", "whole")]
        assert files[0].exists() == files[1].exists()
        assert not files[0].exists() or files[0].read_bytes() == files[1].read_bytes(), name


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("driftThreshold=2:8:3",), 2, "no value with a unit"),
        (("driftThreshold=2%:8%",), 2, "how many values?"),
        (("driftTreshold=2%:8%:3",), 2, "did you mean: driftThreshold"),
        (("maxSlippage=2%:3%:2",), 1, "the registry would refuse every set; the first: OutOfOrder"),
        (("driftThreshold=2%:8%:3", "--paths", "100"), 2, "100 is not in the range"),
        (("driftThreshold=2%:8%:3", "--market", "none.json"), 2, "cannot be read"),
        ((), 2, "Missing argument"),
    ],
)
def test_a_bad_sweep_is_refused(
    sweeping: Callable[..., Result], arguments: tuple[str, ...], code: int, message: str
) -> None:
    """Each with its reason, and nothing on stdout."""
    result = sweeping(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr


def test_out_that_cannot_be_used(
    sweeping: Callable[..., Result], proposal: Path, tmp_path: Path
) -> None:
    """Another sweep's folder, the proposal's own, and a file."""
    out = tmp_path / "out"
    assert sweeping("minIdle=1%:2%:2", "--out", out).exit_code == 0
    result = sweeping("minIdle=1%:3%:2", "--out", out)
    assert result.exit_code == 2
    assert "is of another study" in result.stderr
    inside = sweeping("minIdle=1%:3%:2", "--out", proposal)
    assert inside.exit_code == 2
    assert "is the proposal itself" in inside.stderr
    (tmp_path / "file").write_text("")
    assert sweeping(*AXES, "--out", tmp_path / "file").exit_code == 2


def test_a_limit_in_words_and_json(run: Run, session: Session) -> None:
    """Three limits with their figures; the JSON has every value that was looked at."""
    size = ("--strategy", "core", "--paths", 400, "--horizon", 20)
    asked = ("sim", "limit", "driftThreshold", "--risk", "tracking_error<=1%", *size)
    result = run(*asked, obj=session)
    assert result.exit_code == 0, result.stderr
    assert "largest by the estimate" in result.stdout
    assert "whole 95 % interval within the budget" in result.stdout
    data = json.loads(run(*asked, "--json", obj=session).stdout)
    assert int(data["sure"]) <= int(data["value"]) <= int(data["possible"])
    assert data["text"] in result.stdout
    looked = {row["value"]: row for row in data["looked_at"]}
    assert looked[data["value"]]["estimate"] <= 0.01
    assert looked[data["sure"]]["high"] <= 0.01


def test_a_limit_at_a_bound_says_which(run: Run, session: Session) -> None:
    """Only the bound that was searched for is said not to be limited; or the rule that ends it."""
    size = ("--strategy", "core", "--paths", 400, "--horizon", 5)
    asked = ("sim", "limit", "driftThreshold", "--risk", "cost<=50%", *size)
    words = "that is the hard bound itself"
    assert words in run(*asked, obj=session).stdout
    between = run(*asked[:2], "maxSlippage", *asked[3:], obj=session)
    assert words not in between.stdout
    assert "whatever the budget: OutOfOrder: maxSlippage must be at most" in between.stdout
    lowest = run(*asked[:4], "tracking_error<=0.1%", *size, obj=session)
    assert lowest.exit_code == 0, lowest.stderr
    assert words not in lowest.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("driftThreshold", "--risk", "cvar<=1"), 2, "is no figure of a report"),
        (("driftThreshold", "--risk", "cost"), 2, "write FIGURE<=VALUE"),
        (("drift", "--risk", "cost<=1%"), 2, "is no parameter of strategy"),
        (("driftThreshold", "--risk", "cost<=-1"), 1, "no value of driftThreshold keeps cost"),
    ],
)
def test_a_bad_limit_is_refused(
    run: Run, session: Session, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """Each with its reason, and nothing on stdout."""
    size = ("--strategy", "core", "--paths", 400, "--horizon", 5)
    result = run("sim", "limit", *arguments, *size, obj=session)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr

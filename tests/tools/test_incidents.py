"""tools/incidents.py on suites of a few files, with a forge that answers what a test wants."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "incidents.py"
HEADER = {
    "title": "A bank: a vault left open",
    "notice": "Somebody left it open.",
    "custom:row": "1",
    "custom:date": "2020-01-31",
    "custom:loss": "$5",
    "custom:cause": "a door",
    "custom:label": "stopped",
    "custom:guard": "Door.close: DoorOpen",
}
TESTS = {"test_harm_fiveDollarsAreLost": "Success", "test_guard_doorIsClosed": "Success"}


@dataclass
class Suite:
    """A repository of the tool's own: its suite, and a `forge` that prints these answers."""

    root: Path
    answers: dict[str, dict[str, dict[str, dict[str, str]]]] = field(default_factory=dict)

    def add(self, number: int, tests: dict[str, str] | None = None, **changed: str | None) -> None:
        """One file; a tag that is None is left out, `custom_label` is `custom:label`."""
        tests = TESTS if tests is None else tests
        changes = {tag.replace("_", ":"): text for tag, text in changed.items()}
        tags = HEADER | {"custom:row": str(number)} | changes
        lines = [f"/// @{tag} {text}" for tag, text in tags.items() if text is not None]
        lines.append(f"contract Incident{number:02}Test is Test {{")
        for name in tests:
            lines += [f"    /// @notice What {name} shows.", f"    function {name}() public {{}}"]
        lines.append("    // DoorOpen is expected.\n}")
        file = f"tests/incidents/{number:02}_bank.t.sol"
        (self.root / file).write_text("\n".join(lines) + "\n")
        results = {f"{name}()": {"status": status} for name, status in tests.items()}
        self.answers[f"{file}:Incident{number:02}Test"] = {"test_results": results}

    def run(self, *arguments: str, forge: str = "") -> subprocess.CompletedProcess[str]:
        """The tool, with this forge (a shell script) first on the path."""
        script = forge or f"cat <<'END'\n{json.dumps(self.answers)}\nEND"
        binary = self.root / "bin" / "forge"
        binary.write_text(f"#!/bin/sh\n{script}\n")
        binary.chmod(0o755)
        path = f"{binary.parent}{os.pathsep}{os.environ['PATH']}"
        tool = self.root / "tools" / "incidents.py"
        return subprocess.run(
            [sys.executable, str(tool), *arguments],
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """A suite of all nineteen, each stopped."""
    for folder in ("bin", "docs", "tools", "tests/incidents"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(TOOL, tmp_path / "tools")
    made = Suite(tmp_path)
    for number in range(1, 20):
        made.add(number)
    return made


def test_a_whole_suite_passes_and_its_page_holds(suite: Suite) -> None:
    """The page that is written is the one that is checked, with every tag and test on it."""
    done = suite.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "19 incidents: 19 stopped, 0 limited, 0 not ours" in done.stdout
    assert " 7  2020-01-31  stopped   A bank: a vault left open\n    cause a door\n" in done.stdout
    assert "test  tests/incidents/07_bank.t.sol: 1 harm, 1 guard" in done.stdout
    page = (suite.root / "docs" / "incidents.md").read_text()
    for text in ("## 7. A bank", "a door", "$5", "Door.close: DoorOpen", "`tests/incidents/07"):
        assert text in page
    assert "- Unguarded: What test_harm_fiveDollarsAreLost shows." in page
    assert "- Guarded: What test_guard_doorIsClosed shows." in page
    assert suite.run("--check").returncode == 0


def test_a_page_of_yesterday_is_refused(suite: Suite) -> None:
    """A page that says something else does not pass, nor does none; and neither is mended."""
    said = "docs/incidents.md is not what the suite says: run `make incidents` and commit it"
    missing = suite.run("--check")
    assert (missing.returncode, missing.stdout.splitlines()[-1]) == (1, said)
    suite.run()
    suite.add(3, custom_loss="$6")
    stale = suite.run("--check")
    assert (stale.returncode, stale.stdout.splitlines()[-1]) == (1, said)
    assert "$6" not in (suite.root / "docs" / "incidents.md").read_text()


def test_a_missing_incident_is_named(suite: Suite) -> None:
    """Eighteen are not nineteen."""
    (suite.root / "tests/incidents/05_bank.t.sol").unlink()
    done = suite.run()
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "row 5 is missing"


def test_two_of_a_row_are_named(suite: Suite) -> None:
    """A number stands for one incident."""
    suite.add(5, custom_row="6")
    done = suite.run()
    assert done.returncode == 1
    assert done.stdout.splitlines()[-2:] == ["row 5 is missing", "row 6 is there 2 times"]


@pytest.mark.parametrize("kind", ["harm", "guard"])
def test_both_sides_must_be_shown(suite: Suite, kind: str) -> None:
    """A guard without the harm proves nothing, and the harm without a guard is a claim."""
    left = {name: result for name, result in TESTS.items() if f"_{kind}_" not in name}
    suite.add(5, left)
    done = suite.run()
    assert done.returncode == 1
    assert f"tests/incidents/05_bank.t.sol: no test_{kind}_…" in done.stdout


def test_what_is_not_ours_needs_a_reason_and_no_test(suite: Suite) -> None:
    """It has no guard either, but says why."""
    suite.add(5, {}, custom_label="not ours", custom_guard=None)
    done = suite.run()
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "tests/incidents/05_bank.t.sol: no left in the header"
    suite.add(5, {}, custom_label="not ours", custom_guard=None, custom_left="a door of theirs")
    done = suite.run()
    assert done.returncode == 0
    assert "19 incidents: 18 stopped, 0 limited, 1 not ours" in done.stdout
    page = (suite.root / "docs" / "incidents.md").read_text()
    assert "- **Why not**: a door of theirs" in page


def test_what_is_limited_says_what_is_left(suite: Suite) -> None:
    """A limit without its figure is no answer."""
    suite.add(5, custom_label="limited")
    assert "05_bank.t.sol: no left in the header" in suite.run().stdout
    suite.add(5, custom_label="limited", custom_left="$1")
    assert suite.run().returncode == 0
    assert "- **What is left**: $1" in (suite.root / "docs" / "incidents.md").read_text()


@pytest.mark.parametrize("status", ["Failure", "Skipped"])
def test_a_test_that_does_not_pass_is_named(suite: Suite, status: str) -> None:
    """Whether it fails or is skipped."""
    suite.add(5, TESTS | {"test_guard_doorIsClosed": status})
    done = suite.run()
    assert done.returncode == 1
    assert "test  tests/incidents/05_bank.t.sol: 1 of 2 tests fail" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("05_bank.t.sol: test_guard_doorIsClosed fails")


@pytest.mark.parametrize(
    ("tag", "text", "fault"),
    [
        ("title", None, "no title in the header"),
        ("custom_cause", None, "no cause in the header"),
        ("custom_guard", None, "no guard in the header"),
        ("custom_label", "prevented", "label 'prevented' is none of stopped, limited, not ours"),
        ("custom_date", "January 2020", "the date is not YYYY-MM-DD"),
        ("custom_loss", "$5 | $6", "loss has a |"),
        ("custom_guard", "Door.close: DoorAjar", "DoorAjar guards, in no test"),
    ],
)
def test_a_header_is_held_to_its_form(suite: Suite, tag: str, text: str | None, fault: str) -> None:
    """Each tag is there and can be read, and the guard that is named is one that a test expects."""
    suite.add(5, **{tag: text})
    done = suite.run()
    assert done.returncode == 1
    assert f"tests/incidents/05_bank.t.sol: {fault}" in done.stdout.splitlines()


def test_a_forge_that_does_not_run_is_no_suite(suite: Suite) -> None:
    """What it said is passed on, and nothing is written."""
    done = suite.run(forge="echo 'Error: it does not compile' >&2; exit 1")
    assert done.returncode == 1
    assert done.stderr == "forge did not run the suite:\nError: it does not compile\n\n"
    assert not (suite.root / "docs" / "incidents.md").exists()

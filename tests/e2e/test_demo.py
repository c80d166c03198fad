"""`dpo-gov demo` as a user runs it: a process of its own, in an empty folder."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "proposals").iterdir())
SECONDS = 60
"""What the demo may take on two cores; here it is held against processor time."""


def demo(cwd: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the demo in a folder, without anything of Node on the path."""
    script = "from dpo_gov.cli import main; main()"
    command = [sys.executable, "-c", script, "demo", *map(str, arguments)]
    path = os.pathsep.join(["/usr/bin", "/bin"])
    home = cwd.parent / "home"  # matplotlib keeps its list of fonts there
    home.mkdir(exist_ok=True)
    environment = {"PATH": path, "HOME": str(home), "TMPDIR": str(cwd.parent)}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The whole demo, at its own size: its JSON and the folder that it wrote."""
    home = tmp_path_factory.mktemp("demo")
    empty = home / "empty"
    empty.mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = demo(empty, "--out", home / "out", "--json")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used <= SECONDS
    assert contents(empty) == {}
    return json.loads(done.stdout), home / "out"


def test_the_demo_proves_the_whole_chain(shown: tuple[dict[str, Any], Path]) -> None:
    """Approved = registry = applied for both vaults; one report hash in file, calldata,
    description, governor and registry."""
    data, _ = shown
    assert data["ok"] is True
    assert len(data["verified"]) == len(SHIPPED)
    for proof in data["verified"]:
        assert len(set(proof["report_hash"].values())) == 1
        assert all(link["verdict"] == "same" for link in proof["links"])
        for entry in proof["parameters"]:
            assert set(entry["held"].values()) == {entry["approved"]}
            assert len(entry["held"]) == 3


def test_the_demo_leaves_the_shipped_files_as_they_are(
    shown: tuple[dict[str, Any], Path],
) -> None:
    """Rendering the shipped proposal again gives the shipped bytes, in the copy; the original is
    not touched."""
    _, out = shown
    for source in SHIPPED:
        assert contents(out / "proposals" / source.name) == contents(source)
    assert {each.name for each in out.iterdir()} == {"proposals", "reports"}


def test_the_demo_runs_every_kind_of_command(shown: tuple[dict[str, Any], Path]) -> None:
    """Each noun that a proposal meets on its way is among the steps."""
    nouns = {step["command"].split()[1] for step in shown[0]["steps"][1:]}
    expected = {"params", "proposal", "sim", "gov", "guardian", "steward", "apply", "vault"}
    assert expected <= nouns


def test_another_size_works_on_a_rendered_copy(tmp_path: Path) -> None:
    """With --paths and --seed the copy is rendered anew, and everything still agrees."""
    empty = tmp_path / "empty"
    empty.mkdir()
    before = contents(ROOT / "proposals")
    done = demo(empty, "--out", tmp_path / "out", "--paths", 400, "--seed", 7)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "400 paths × 365 d, seed 7" in done.stdout
    assert "differs" not in done.stdout
    assert contents(ROOT / "proposals") == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--out", "{here}"), "is not empty"),
        (("--out", "/proc/none"), "cannot be made"),
        (("--paths", "10"), "--paths"),
        (("--seed", "-1"), "--seed"),
        (("--seed", str(2**64)), "--seed"),
    ],
)
def test_bad_input_ends_with_2(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    """A folder that cannot be used, or a size that cannot be simulated, is refused at once."""
    here = tmp_path / "here"
    here.mkdir()
    (here / "file").touch()
    done = demo(here, *(one.format(here=here) for one in arguments))
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr

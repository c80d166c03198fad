"""The command line answers at once: heavy packages are imported where they are used."""

import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

HEAVY = ("ape", "eth_tester", "jinja2", "matplotlib", "numpy", "pydantic", "web3")
BIN = Path(sys.executable).parent


def seconds(*command: str | Path) -> float:
    """The quickest of some runs of a command, which is the one that nothing disturbed."""
    times = []
    for _ in range(7):
        start = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(perf_counter() - start)
    return min(times)


@pytest.mark.parametrize("arguments", [["--help"], ["proposal", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help and version are printed without numpy, web3 and the like."""
    script = f"""
import json, sys
from dpo_gov.cli import main
try:
    main({arguments!r})
except SystemExit as stop:
    assert not stop.code, stop.code
print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    imported = json.loads(done.stdout.splitlines()[-1])
    assert "dpo_gov.cli" in imported
    assert not set(HEAVY) & set(imported)


def test_the_package_runs_as_a_module() -> None:
    """`python -m dpo_gov` is the command of the same name, with its name in the help."""
    for arguments in (["--version"], ["--help"], ["params", "--help"], ["nonsense"]):
        module, command = (
            subprocess.run([*start, *arguments], check=False, capture_output=True, text=True)
            for start in ((sys.executable, "-m", "dpo_gov"), (BIN / "dpo-gov",))
        )
        assert module.returncode == command.returncode
        assert (module.stdout, module.stderr) == (command.stdout, command.stderr)


def test_help_is_about_as_quick_as_click() -> None:
    """`dpo-gov --help` takes no more than three times `import click`."""
    assert seconds(BIN / "dpo-gov", "--help") <= 3 * seconds(sys.executable, "-c", "import click")

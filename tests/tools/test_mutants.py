"""tools/mutants.py: the table fits the contracts, and a mutant lives only with a reason."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def load() -> ModuleType:
    """The tool, loaded from its file."""
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tools" / "mutants.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


TOOL = load()
MUTANTS = TOOL.read()


def test_there_are_mutants_of_each_contract() -> None:
    """Registry, executor and vault have at least ten each; no rule is broken twice."""
    for table in ("registry", "executor", "vault"):
        assert (ROOT / "tests" / "mutants" / f"{table}.toml").read_text().count("[[mutant]]") >= 10
    rules = [(mutant.file, mutant.breaks) for mutant in MUTANTS]
    assert len(set(rules)) == len(rules)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.breaks.replace(" ", "-"))
def test_a_mutant_fits(mutant: Any) -> None:
    """Its text is in the contract once: the table follows the contracts."""
    source = (ROOT / mutant.file).read_text()
    assert TOOL.mutated(source, mutant) != source


def test_a_text_that_is_gone_is_named() -> None:
    """A rule that was rewritten asks for its mutant to be rewritten."""
    with pytest.raises(SystemExit, match="0 times in A.sol, not once"):
        TOOL.mutated("b", TOOL.Mutant("a rule", "A.sol", "a", "c", "tests/*"))


@pytest.mark.parametrize(
    ("failures", "reason", "fault"),
    [(0, "", "LIVES"), (0, "equal code", ""), (2, "", ""), (2, "equal code", "does not live")],
)
def test_faults(failures: int, reason: str, fault: str) -> None:
    """A mutant lives with a reason, or a test fails: else it is a fault."""
    mutant = TOOL.Mutant("a rule", "A.sol", "a", "b", "tests/*", reason)
    outcome = TOOL.Outcome(mutant, "ATest.test_a" if failures else "", failures)
    assert outcome.fault.startswith(fault)
    assert bool(outcome.fault) == bool(fault)
    assert ("caught by" in TOOL.show([outcome])) and "| a rule |" in TOOL.show([outcome])

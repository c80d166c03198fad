"""tools/gas_table.py: a goal is met, or missed with a reason that is still needed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "gas_table.py"


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, loaded from its file."""
    spec = importlib.util.spec_from_file_location("gas_table", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "gas_table", module)  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def gas(tool: ModuleType) -> dict[str, int]:
    """Figures with which every goal is met but those that have a reason."""
    parts = {
        f"push a rule to {n} vault{s}, {part}": 10_000
        for n, s in (("one", ""), ("ten", "s"))
        for part in tool.PARTS
    }
    peers = {goal.peer: 50_000 for goal in tool.GOALS if goal.peer}
    figures = {
        goal.figure: 50_000 if goal.peer else goal.limit + (1 if goal.figure in tool.REASONS else 0)
        for goal in tool.GOALS
    }
    return parts | peers | figures | {"reading back what was pushed": 4_000}


def test_what_is_met_or_explained_has_no_fault(tool: ModuleType, gas: dict[str, int]) -> None:
    """The page then has a row for each goal, the reasons, and every other figure."""
    assert tool.faults(gas) == []
    page = tool.page(gas)
    assert page.count("| no |") == len(tool.REASONS) == 2
    assert "| setParams: 1 key | 64,000 | 64,000 | yes |" in page
    assert "reading back what was pushed | 4,000" in page


def test_a_goal_that_is_missed_needs_a_reason(tool: ModuleType, gas: dict[str, int]) -> None:
    """One unit above the goal is a fault, and so is a peer's figure plus more than its share."""
    gas["setParams: 1 key"] += 1
    gas["vault of one asset: deposit"] = 57_501
    first, second = tool.faults(gas)
    assert first.startswith("setParams: 1 key: 64,001 is more than 64,000")
    assert second.startswith("vault of one asset: deposit: 57,501 is more than 57,500")


def test_a_reason_without_need_is_a_fault(tool: ModuleType, gas: dict[str, int]) -> None:
    """Once a goal is met its excuse goes."""
    gas[tool.TEN] = 27_000
    assert tool.faults(gas) == [f"{tool.TEN} meets its goal: take its reason out"]


def test_a_figure_that_nothing_measures_is_a_fault(tool: ModuleType, gas: dict[str, int]) -> None:
    """A renamed test does not drop its row unnoticed."""
    del gas["setParams: 5 keys"]
    assert tool.faults(gas) == ["no test measures 'setParams: 5 keys'"]

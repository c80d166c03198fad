"""The proofs, their page and the rules that are taken out of them name the same properties."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/prove.py, loaded from its file."""
    spec = importlib.util.spec_from_file_location("prove", ROOT / "tools" / "prove.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "prove", module)  # dataclasses look there
    spec.loader.exec_module(module)
    return module


def test_the_page_names_every_property(tool: ModuleType) -> None:
    """The second column of the tables of docs/proofs.md has each property once, and no other."""
    page = (ROOT / "docs" / "proofs.md").read_text()
    cells = re.findall(r"^\|[^|]*\|([^|]*`[^|]*)\|", page, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(cells))) == sorted(tool.properties())


def test_every_property_misses_a_rule(tool: ModuleType) -> None:
    """Each property is named by a rule that is taken out, and each rule names known ones only."""
    assert {name for rule in tool.rules() for name in rule.checks} == set(tool.properties())


def test_every_rule_is_there_once(tool: ModuleType) -> None:
    """What is taken out stands in its contract exactly once, and what takes its place differs."""
    for rule in tool.rules():
        source = (ROOT / rule.file).read_text()
        assert tool.broken(source, rule) != source, rule.breaks

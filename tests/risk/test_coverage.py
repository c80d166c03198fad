"""95 % intervals hold the truth in 93 to 97 % of samples, of rare amounts in 93 % or more.

docs/coverage.md has the whole table.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("normal", "close", "heavy", "vault", "simulated")


@pytest.fixture(scope="module")
def table() -> ModuleType:
    """The tool that measures the table, loaded from its file."""
    spec = importlib.util.spec_from_file_location(
        "coverage_table", ROOT / "tools" / "coverage_table.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["coverage_table"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_fewest_paths(table, name):
    """Every estimator, of one sample and of a pair, on 1,000 samples of as few paths as may be.

    They are other samples than those of the page.
    """
    (case,) = (case for case in table.CASES if case.name == name)
    found = table.measure(case, table.MIN_PATHS, 1_000, first=1_000_001)
    for row, coverage in zip(table.ROWS, found, strict=True):
        assert coverage.fine == (True, True), (row.name, coverage)


@pytest.mark.parametrize("name", ["0.2 %", "1 %", "5 %"])
def test_rare_amounts(table, name):
    """Of a rare amount, mean and 95 % quantile are held in 93 % or more of 500 other samples."""
    (case,) = (case for case in table.RARE if case.name == name)
    found = table.measure(case, table.MIN_PATHS, 500, table.RARE_ROWS, first=1_000_001)
    for row, coverage in zip(table.RARE_ROWS, found, strict=True):
        assert coverage.fine == (True, True), (row.name, coverage)
    (wrong,) = table.measure(case, table.MIN_PATHS, 500, [table.ROWS[0]._replace(seen=True)])
    assert name == "5 %" or not all(wrong.fine), "a t interval would do"


def test_rare_laws(table):
    """The law of a rare amount agrees with integrals over what it says is exceeded."""
    for case in table.RARE:
        for law in (case.current, case.proposed):
            chance = law.exceeds(0.0)
            rests = [chance * (k + 0.5) / 4_000 for k in range(4_000)]
            assert sum(map(law.quantile, rests)) / 4_000 * chance == pytest.approx(
                law.mean, rel=2e-3
            )
            assert law.quantile(chance) == law.quantile(0.5) == 0.0
            assert law.exceeds(law.quantile(chance / 3)) == pytest.approx(chance / 3, rel=1e-9)


def test_laws(table):
    """The laws' formulas agree with integrals over what they say is exceeded."""
    for case in table.CASES:
        for law in (case.current, case.proposed):
            steps = 4_000
            rests = [(k + 0.5) / steps for k in range(steps)]
            assert sum(map(law.quantile, rests)) / steps == pytest.approx(law.mean, abs=2e-3)
            beyond = sum(law.quantile(0.05 * rest) for rest in rests) / steps
            assert law.tail(0.05) == pytest.approx(beyond, rel=2e-3)
            assert law.exceeds(law.quantile(0.2)) == pytest.approx(0.2, rel=1e-9)


def test_page(table):
    """The committed page has every figure, all within what is demanded, and the first is ours."""
    text = table.PAGE.read_text()
    lines = re.findall(r"^\|.*\d[*+]? \|$", text, re.MULTILINE)
    cells = [cell for line in lines for cell in line.split("|")[3:-1]]
    usual, rare = len(table.ROWS) * len(table.CASES), len(table.RARE_ROWS) * len(table.RARE)
    market = 2 * len(table.MARKET_ROWS) * len(table.SIZES[:-1])
    assert len(cells) == 2 * len(table.SIZES) * (usual + rare) + market
    low, high = table.ALLOWED
    for cell in cells:
        share, wide = float(cell.strip(" *+")) / 100, "*" in cell or "+" in cell
        assert low <= share <= (1.0 if wide else high), cell
    assert not re.search(r"\+ \|", text.split(table.RARE_INTRO)[0]), "wide on purpose, and usual"
    (first,) = table.measure(table.CASES[0], table.SIZES[0], table.REPEATS, table.ROWS[:1])
    assert float(cells[0]) / 100 == pytest.approx(first.one, abs=1e-9)

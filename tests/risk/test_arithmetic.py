"""Between outcomes and a hashed figure: only operations with the same bits everywhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "dpo_gov"
SOURCES = [*sorted((PACKAGE / "risk").glob("*.py")), PACKAGE / "report" / "run.py"]
EXACT = {
    "argsort", "array", "bincount", "clip", "count_nonzero", "empty", "errstate", "float64",
    "floor", "int64", "isfinite", "maximum", "sort", "where",
}  # fmt: skip
"""Of numpy: comparisons, selections, counts and one rounding for each element; what it warns of."""
REDUCTIONS = {"sum", "mean", "std", "var", "dot", "prod", "cumsum", "quantile", "percentile"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_numpy_reduction_or_transcendental(source):
    """Risk and report use the canonical sums, and of numpy and math only what is exact."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id == "np":
                assert node.attr in EXACT, f"np.{node.attr} in line {node.lineno}"
            assert node.attr not in REDUCTIONS, f".{node.attr} in line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"sum", "pow"}, f"{node.func.id} in line {node.lineno}"
        if isinstance(node, ast.ImportFrom) and node.module == "math":
            assert {name.name for name in node.names} <= {"isfinite", "sqrt"}
        assert not isinstance(getattr(node, "op", None), ast.Pow | ast.MatMult)


def test_the_watch_sees_something():
    """The sources that are watched are the ones that compute, or the test would watch nothing."""
    assert {path.name for path in SOURCES} >= {"estimators.py", "measures.py", "run.py"}
    text = "".join(path.read_text() for path in SOURCES)
    assert "np.sort(" in text
    assert "from dpo_gov.canonical import mean, total, variance" in text

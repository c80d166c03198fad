"""Where a tool is told to look away, the line says why."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = re.compile(r"#\s*(?:type:\s*ignore|noqa|nosec|pragma:)")
REASONED_PYTHON = re.compile(
    r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* - \w|pragma: no cover - \w"
    r"|type: ignore\[[\w, -]+\]  # \w)"
)
SOLIDITY = re.compile(r"//\s*(?:slither|solhint)-disable(?!-end)")
COMMENT = re.compile(r"\s*///?\s*(?!@inheritdoc)[@\w]")


def bare_python(text: str) -> Iterator[int]:
    """Lines with an exception from ruff, mypy or coverage that lacks its rule or its reason."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or not PYTHON.search(token.string):
            continue
        if not REASONED_PYTHON.search(token.string):
            yield token.start[0]


def bare_solidity(text: str) -> Iterator[int]:
    """Lines with an exception from slither or solhint and no reason there or right above."""
    before = ""
    for number, line in enumerate(text.splitlines(), 1):
        if SOLIDITY.search(line) and " -- " not in line:
            above = COMMENT.match(before) and not SOLIDITY.search(before)
            if not above:
                yield number
        before = line


def test_exceptions_in_python_have_a_reason() -> None:
    """Each `noqa` and `type: ignore` names its rule and says why; mypy does not read tests."""
    found = []
    for folder in ("dpo_gov", "tools", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text()
            found += [f"{path.relative_to(ROOT)}:{line}" for line in bare_python(text)]
            if folder == "tests" and path != Path(__file__):
                assert "# type: ignore" not in text, f"{path}: mypy does not read the tests"
    assert found == []


def test_exceptions_in_solidity_have_a_reason() -> None:
    """Each exception from slither or solhint says why, on its line or right above."""
    found = []
    for folder in ("contracts", "tests"):
        for path in sorted((ROOT / folder).rglob("*.sol")):
            lines = bare_solidity(path.read_text())
            found += [f"{path.relative_to(ROOT)}:{line}" for line in lines]
    assert found == []


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("x = 1  # noqa", True),
        ("x = 1  # noqa: S101", True),
        ("x = 1  # noqa - because", True),
        ("x = 1  # noqa: S101 - because", False),
        ("x = 1  # type: ignore", True),
        ("x = 1  # type: ignore[arg-type]", True),
        ("x = 1  # type: ignore[arg-type]  # because", False),
        ("x = '# noqa'", False),
    ],
)
def test_a_bare_exception_in_python_is_found(line: str, bare: bool) -> None:
    """A rule alone is no reason, a reason alone no rule, and a text is no comment."""
    assert list(bare_python(line + "\n")) == ([1] if bare else [])


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("// slither-disable-next-line timestamp\nx;", True),
        ("x;\n// solhint-disable-next-line no-console", True),
        ("// It must.\n// slither-disable-next-line timestamp", False),
        ("// solhint-disable-next-line no-console -- it must", False),
        ("// slither-disable-end timestamp", False),
    ],
)
def test_a_bare_exception_in_solidity_is_found(text: str, bare: bool) -> None:
    """The line above counts if it is a comment of its own."""
    assert bool(list(bare_solidity(text))) is bare

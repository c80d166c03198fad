"""Every command and example in the documents does what is printed below it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return [body for name, body in _BLOCK.findall(page.read_text()) if name == language]


def sessions(page: Path) -> Iterator[tuple[str, str]]:
    """Each command of the console blocks with the output that is printed below it."""
    for body in blocks(page, "console"):
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def matches(expected: str, given: str) -> bool:
    """Whether the output is the printed one; `…` stands for any text."""
    pattern = ".*?".join(re.escape(piece.rstrip()) for piece in expected.strip().split("…"))
    plain = "\n".join(line.rstrip() for line in given.strip().splitlines())
    return re.fullmatch(pattern, plain, re.DOTALL) is not None


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "console")], ids=lambda page: page.name
)
def test_console_sessions_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    """The commands of a page run in order in one empty folder, with `proposals/` beside them."""
    (tmp_path / "proposals").symlink_to(ROOT / "proposals")
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": tools, "COLUMNS": "100", "NO_COLOR": "1"}
    running: list[subprocess.Popen[str]] = []
    try:
        for command, expected in sessions(page):
            if command.endswith(" &"):
                start = ["bash", "-c", f"exec {command[:-2]}"]
                running.append(subprocess.Popen(start, cwd=tmp_path, env=environment, text=True))
                continue
            done = subprocess.run(
                ["bash", "-c", command],
                check=False,
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=240,
            )
            shown = f"$ {command}\n{done.stdout}\n--- expected\n{expected}"
            assert matches(expected, done.stdout), shown
    finally:
        for process in running:
            process.terminate()
            process.wait(timeout=20)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_that_a_page_names_exist(page: Path) -> None:
    """`make something` in a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][\w-]*)", "\n".join(blocks(page, "bash"))))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_run(page: Path) -> None:
    """Python blocks run as they stand."""
    for body in blocks(page, "python"):
        exec(compile(body, str(page), "exec"), {"__name__": "example"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    """A link to a file of the repository finds it."""
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_parameter_page_is_up_to_date() -> None:
    """docs/parameters.md is what the catalogue says."""
    maker = ROOT / "tools" / "write_parameter_docs.py"
    subprocess.run([sys.executable, str(maker), "--check"], check=True)

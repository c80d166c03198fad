"""Write docs/commands.md from the help of every command; --check says whether it is up to date.

python tools/write_command_docs.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from dpo_gov.cli import main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
INTRO = """\
# Commands

Written from the help of each command by `tools/write_command_docs.py`; do not edit.

| exit code | means |
|---|---|
| 0 | done |
| 1 | the question was good, the answer is no: a rule, a check or the contract refuses |
| 2 | what was given is wrong: a file, an option, a value |
| 3 | the chain or the network failed |
| 70 | a defect of dpo-gov |
| 130 | interrupted |
| 141 | the reader of the output went away |
"""


def walk(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command below `command`, itself first: its full name, itself, its context."""
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=88, max_content_width=88
    )
    yield context.command_path, command, context
    if isinstance(command, click.Group):
        for child_name in command.list_commands(context):
            child = command.get_command(context, child_name)
            if child is None:
                raise SystemExit(f"{context.command_path} {child_name}: listed, but not there")
            yield from walk(child, child_name, context)


def page() -> str:
    """The whole page."""
    parts = [INTRO]
    for path, command, context in walk(main, "dpo-gov"):
        level = "#" * (1 + len(path.split()))
        parts.append(f"{level} {path}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def run(arguments: list[str]) -> int:
    """Write the page, or compare it with the one that lies there."""
    text = page()
    if "--check" not in arguments:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE.name} is not what the commands say; run: python tools/write_command_docs.py")
    return 1


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))

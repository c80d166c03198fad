"""Every command explains itself, and the page of commands says what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dpo_gov.cli import NOUNS, main
from dpo_gov.risk import OF_MODULES, measures

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None, f"{path} {name} is listed, but not there"
            yield from commands(child, f"{path} {name}")


@pytest.fixture(scope="module")
def every() -> dict[str, click.Command]:
    """All commands by their full name."""
    return dict(commands(main, "dpo-gov"))


def test_the_table_of_nouns_says_what_the_nouns_say(every: dict[str, click.Command]) -> None:
    """The short help that is shown without importing a noun is the noun's own first sentence."""
    for noun, text in NOUNS.items():
        help_ = every[f"dpo-gov {noun}"].help or ""
        assert " ".join(help_.split("\n\n")[0].split()) == text


def test_every_command_and_option_has_help(every: dict[str, click.Command]) -> None:
    """No command and no option is left without a sentence."""
    bare = [path for path, command in every.items() if not (command.help or "").strip()]
    bare += [
        f"{path} {option.opts[0]}"
        for path, command in every.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert bare == []


def test_every_command_that_is_no_group_takes_json(every: dict[str, click.Command]) -> None:
    """Programs can read the result of every command, except those that serve or show a demo."""
    without = [
        path
        for path, command in every.items()
        if not isinstance(command, click.Group)
        and not any("--json" in option.opts for option in command.params)
    ]
    assert without in ([], ["dpo-gov chain up"])


def test_the_help_of_limit_names_every_figure(every: dict[str, click.Command]) -> None:
    """All that --risk takes, and nothing else that looks like a figure's name with a number."""
    text = every["dpo-gov sim limit"].help or ""
    words = {word.strip(",;.:") for word in text.split()}
    names = {one.name for one in measures(OF_MODULES)}
    assert sorted(names - words) == []
    assert sorted({word for word in words if "_" in word} - names) == []


def test_every_command_is_documented(every: dict[str, click.Command]) -> None:
    """docs/commands.md has a heading for every command; `make docs` compares its text."""
    headings = [line.lstrip("# ") for line in PAGE.read_text().splitlines() if line.startswith("#")]
    assert [path for path in every if path not in headings] == []

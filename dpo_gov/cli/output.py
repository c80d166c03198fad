"""What a command prints: tables for people, JSON for programs, progress for the patient.

Results go to stdout, notes and progress to stderr, so that `--json` can always be piped.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import NamedTuple

import click

PATIENCE = 2.0
"""Seconds of silence after which progress is shown."""

PROSE = 30
"""Characters up to which a cell stays on one line."""


class Styled(NamedTuple):
    """A cell with a colour, for terminals that have one."""

    text: str
    style: str


def good(text: object) -> Styled:
    """A cell that says all is well."""
    return Styled(str(text), "green")


def bad(text: object) -> Styled:
    """A cell that the eye must find."""
    return Styled(str(text), "bold red")


def faint(text: object) -> Styled:
    """A cell that matters less."""
    return Styled(str(text), "bright_black")


@dataclass(frozen=True)
class Table:
    """Rows under headings; `right` names the headings of the columns that hold numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    title: str = ""
    right: Set[str] = frozenset()


class Output:
    """Where a command puts its result; `as_json` decides for whom."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet

    def show(self, data: object, *views: Table | str) -> None:
        """Print the result: `data` as JSON for programs, or the views for people."""
        if self.quiet:
            return
        if self.as_json:
            click.echo(to_json(data))
        else:
            self.text(*views)

    def note(self, text: str) -> None:
        """Tell the person at the terminal something that is not the result."""
        if not self.quiet:
            click.echo(visible(text), err=True)

    def text(self, *views: Table | str) -> None:
        """Tell people something on the way to the result; programs do not see it."""
        if self.quiet or self.as_json:
            return
        for place, view in enumerate(views):
            if place and isinstance(view, Table):
                click.echo()
            if isinstance(view, Table):
                _print_table(view)
            else:
                click.echo(visible(view))

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[float], None]]:
        """Yield a function that takes the finished share, from 0 to 1.

        Nothing is printed before PATIENCE has passed, or where stderr is no terminal. The title
        alone stands there until the first share comes: compiling an engine takes a while.
        """
        line = _ProgressLine(title) if sys.stderr.isatty() else None
        try:
            yield line.update if line else _ignore
        finally:
            if line:
                line.clear()


def to_json(data: object) -> str:
    """JSON with two spaces, keys in the order they were put in; bytes as 0x-text.

    A command gives numbers that may pass 2**53 (ids, token amounts) as text, since many readers
    of JSON would round them. Characters that a terminal would obey or not show are escaped.
    """
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    return "".join(
        one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text
    )


def _plain(value: object) -> object:
    if isinstance(value, bytes | bytearray):
        return "0x" + value.hex()
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _print_table(table: Table) -> None:
    if sys.stdout.isatty() and _print_rich(table):
        return
    for line in plain_table(table):
        click.echo(line)


def plain_table(table: Table) -> list[str]:
    """The table as aligned text, never cut: what a pipe or a file receives."""
    cells = [list(table.columns), *([_text(cell) for cell in row] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rights = [heading in table.right for heading in table.columns]
    lines = [_line(table.title)] if table.title else []
    for row in cells:
        parts = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, rights, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return lines


def _print_rich(table: Table) -> bool:
    """Print for a terminal, where it is wide enough: numbers, dates and hashes are never cut."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    console, cells = Console(), [[_text(cell) for cell in row] for row in table.rows]
    least = [_least_width(column) for column in zip(table.columns, *cells, strict=True)]
    if sum(least) + 2 * len(least) > console.width:
        return False
    view = RichTable(
        title=Text(_line(table.title), style="bold") if table.title else None,
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for heading, width in zip(table.columns, least, strict=True):
        view.add_column(
            Text(heading),
            justify="right" if heading in table.right else "left",
            overflow="fold",
            min_width=width,
        )
    for row in table.rows:
        # Text, because names such as targetWeight[USDC] would be read as markup.
        view.add_row(*(Text(_text(c), c.style if isinstance(c, Styled) else "") for c in row))
    console.print(view)
    return True


def _least_width(column: Sequence[str]) -> int:
    """What a column needs so that only texts go over several lines, and no word is cut."""
    return max(len(cell) if len(cell) <= PROSE else _longest_word(cell) for cell in column)


def _longest_word(cell: str) -> int:
    return max(PROSE, *map(len, cell.split(" ")))


def _text(cell: object) -> str:
    return _line(cell.text if isinstance(cell, Styled) else str(cell))


def _line(text: str) -> str:
    """A text that cannot imitate the row below it."""
    return visible(text.replace("\n", " "))


def visible(text: str) -> str:
    """The text with a mark in place of every control or invisible character.

    What comes from a chain or a file may hold codes that rewrite a terminal.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text
    )


def _ignore(share: float) -> None:
    """Progress that nobody watches."""


class _ProgressLine:
    """One line of stderr that is written over and over, and leaves nothing behind."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.start = time.monotonic()
        self.last = 0.0
        self.width = 0
        self.silence = threading.Timer(PATIENCE, self._write, [f"{title} …"])
        self.silence.daemon = True
        self.silence.start()

    def update(self, share: float) -> None:
        self.silence.cancel()
        now = time.monotonic()
        if now - self.start < PATIENCE or now - self.last < 0.2:
            return
        self.last = now
        rest = (now - self.start) * (1 - share) / share if share > 0 else 0.0
        left = f", {rest:.0f} s left" if share > 0 else ""
        self._write(f"{self.title}: {100.0 * share:3.0f} %{left}")

    def clear(self) -> None:
        self.silence.cancel()
        self.silence.join()
        if self.width:
            self._write("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _write(self, text: str) -> None:
        sys.stderr.write("\r" + text.ljust(self.width))
        sys.stderr.flush()
        self.width = len(text)

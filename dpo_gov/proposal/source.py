"""Reading a proposal's YAML: structure and text only, with the line of everything.

Every scalar stays text, so that no number, date or boolean is guessed (`5`, `1e3`, `12:30`, `no`);
what a text means is decided by the model. What can hide a meaning or blow up is refused: anchors
and aliases, tags, directives, duplicate keys, several documents, control and bidi characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml

from dpo_gov.errors import ProposalError
from dpo_gov.files import read_file
from dpo_gov.texts import hidden_character

MAX_BYTES = 64 * 1024
MAX_DEPTH = 6
MAX_NODES = 2_000

Tree = str | list["Tree"] | dict[str, "Tree"]
Place = tuple[str, ...]

_HIDDEN = "holds the invisible character {}; text that readers cannot see is refused, delete it"


@dataclass(frozen=True, slots=True)
class Source:
    """What a file says: its tree of texts, and the line of each place in it."""

    name: str
    tree: dict[str, Tree]
    lines: dict[Place, int]

    def place(self, *path: str) -> str:
        """`file:line: changes.driftThreshold.to`; the nearest known line when it is not there."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        line = f":{self.lines[known]}" if known in self.lines else ""
        return f"{self.name}{line}: {'.'.join(path)}" if path else f"{self.name}{line}"


def read_source(path: Path) -> Source:
    """Read a YAML file whose top level is a mapping. Raises ProposalError."""
    try:
        data = read_file(path, MAX_BYTES)
    except FileNotFoundError as error:
        raise ProposalError(
            f"{path}: there is no such file; `dpo-gov proposal new SLUG` drafts one"
        ) from error
    except OSError as error:
        raise ProposalError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_source(data, path.name)


def parse_source(data: bytes, name: str) -> Source:
    """Read the bytes of a YAML file called `name`. Raises ProposalError."""
    text = _text(data, name)
    reader = _Reader(name)
    try:
        tree = reader.document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}" if mark else name
        raise ProposalError(f"{place}: not YAML: {error.problem}; mind the indentation") from error
    if not isinstance(tree, dict):
        raise ProposalError(
            f"{name}: the top level is {'a list' if isinstance(tree, list) else 'one text'}; "
            "write `field: value` lines, as `dpo-gov proposal new` does"
        )
    return Source(name, tree, reader.lines)


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise ProposalError(
            f"{name}: larger than {MAX_BYTES // 1024} KiB, the most a proposal may be; "
            "link to long texts through `discussion`"
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProposalError(
            f"{name}: byte {error.start} ({data[error.start]:#04x}) is not UTF-8; save it as UTF-8"
        ) from error
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if bad := hidden_character(line, "\r\t"):
            raise ProposalError(f"{name}:{number}: {_HIDDEN.format(bad)}")
    return text


class _Reader:
    """Builds the tree from parser events; each rule is checked before anything is expanded."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Place, int] = {}
        self._nodes = 0

    def document(self, events: Iterator[yaml.Event]) -> Tree:
        tree: Tree | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if tree is not None:
                    self._refuse(event, "a second document begins; one file is one proposal")
                if event.tags or event.version:
                    self._refuse(event, "a % directive is not allowed; delete it")
                tree = self._node(next(events), events, ())
        if tree is None:
            raise ProposalError(f"{self.name}: is empty; `dpo-gov proposal new SLUG` drafts one")
        return tree

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], path: Place) -> Tree:
        self._nodes += 1
        if not isinstance(event, yaml.NodeEvent):  # pragma: no cover - the parser never does
            self._refuse(event, "no value stands here")
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._refuse(event, f"anchors and aliases ({event.anchor!r}) are refused; write it out")
        if self._nodes > MAX_NODES:
            self._refuse(event, f"more than {MAX_NODES} values; a proposal has far fewer")
        if len(path) >= MAX_DEPTH:
            self._refuse(event, f"nested deeper than {MAX_DEPTH} levels; a proposal needs three")
        if tag := getattr(event, "tag", None):
            self._refuse(event, f"the tag {tag!r} is not allowed; write plain text")
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        if not isinstance(event, yaml.ScalarEvent):  # pragma: no cover - there is no fifth kind
            self._refuse(event, "is no YAML value")
        if bad := hidden_character(event.value):
            self._refuse(event, _HIDDEN.format(bad))
        return str(event.value)

    def _mapping(self, events: Iterator[yaml.Event], path: Place) -> dict[str, Tree]:
        mapping: dict[str, Tree] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a name must be plain text")
            key = self._node(event, events, (*path, event.value))
            if key in mapping:
                first = self.lines[*path, event.value]
                self._refuse(event, f"{key!r} is given twice, first in line {first}; keep one")
            mapping[event.value] = self._node(next(events), events, (*path, event.value))
        return mapping

    def _sequence(self, events: Iterator[yaml.Event], path: Place) -> list[Tree]:
        items: list[Tree] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, (*path, str(len(items)))))
        return items

    def _refuse(self, event: yaml.Event, why: str) -> NoReturn:
        raise ProposalError(f"{self.name}:{_line(event)}: {why}")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

"""The proposal as its author writes it: `proposal.yaml`, typed, frozen, and checked on its own.

What needs the strategy's parameters or current values is done by `dpo_gov.proposal.resolve`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Self

from eth_utils import is_checksum_address, to_checksum_address
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from dpo_gov import units
from dpo_gov.errors import ProposalError, UnitError
from dpo_gov.proposal.source import Source, read_source

VERSION = "1"
MAX_TITLE, MAX_SUMMARY, MAX_MOTIVATION = 120, 2_000, 20_000
MIN_PATHS, MAX_PATHS = 400, 1_000_000
"""With fewer paths a value at risk at 99 % has no upper end."""
MAX_SEED, MAX_HORIZON_DAYS = 2**64 - 1, 3_650
_TIME = "20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})"
MARKERS = ("#proposer=", "#proposalTypeId=", "#proposalData=")
"""What governors and their front ends read out of a description; only the renderer writes one."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _refuse(message: str) -> PydanticCustomError:
    return PydanticCustomError("refused", "{message}", {"message": message})


def _text(most: int, *, lines: bool) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise _refuse(f"given {_kind(value)}; write text")
        text = value.strip()
        if not text:
            raise _refuse("is empty; write what a voter needs to know")
        if len(text) > most:
            raise _refuse(f"has {len(text)} characters; at most {most} are allowed, shorten it")
        if not lines and "\n" in text:
            raise _refuse("goes over more than one line; write one line")
        for marker in MARKERS:
            if marker.lower() in text.lower():
                raise _refuse(f"holds {marker!r}, which governors read as a command; leave it out")
        return text

    return read


def read_title(value: object) -> str:
    """A title in plain words. This and the next two raise PydanticCustomError."""
    title = _text(MAX_TITLE, lines=False)(value)
    if bad := re.search(r"[<>\[\]{}|\\`*_\t]|^#|#$|\s{2}", title):
        raise _refuse(f"holds {bad.group()!r}, which is markup; write the title in plain words")
    return title


def read_address(value: object) -> str:
    """An account's address, given its checksum when it has none."""
    text = _match(value, "0x[0-9a-fA-F]{40}", "an address: 0x and 40 hexadecimal digits")
    if not int(text, 16):
        raise _refuse("is the zero address; write the address that will propose")
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(text):
        raise _refuse(f"given {text}, whose checksum is wrong; copy the address again")
    return to_checksum_address(text)


def read_link(value: object) -> str:
    """An address on the web."""
    return _match(value, r"https?://[^\s<>\"'()\[\]{}|\\^`]{3,500}", "one https:// address")


def _name(value: object) -> str:
    return _match(value, r"[a-z][a-z0-9-]{0,30}", "a strategy's name, such as `core`")


def _quantity(value: object) -> str:
    """The syntax of a value with a unit; which unit belongs to it is known with the parameter."""
    pattern = r"[+-]?[0-9_.]+\s*(%|[A-Za-z][\w.-]*)"
    return _match(value, pattern, "a number with its unit, such as `5 %` or `36 h`")


def _time(value: object) -> int:
    try:
        if isinstance(value, str) and re.fullmatch(_TIME, value):
            return int(datetime.fromisoformat(value).timestamp())
    except ValueError:
        pass
    raise _refuse(f"given {_kind(value)}; write a time in UTC, such as 2026-11-21T00:00:00Z")


def _count(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        wanted = f"a whole number from {low} to {high}"
        number = int(_match(value, r"[0-9]{1,20}|[0-9]{1,3}(_[0-9]{3}){0,6}", wanted))
        if not low <= number <= high:
            raise _refuse(f"given {_kind(value)}; write {wanted}")
        return number

    return read


def _horizon(value: object) -> int:
    try:
        seconds = units.parse(value, units.Unit.SECONDS)
    except UnitError as error:
        raise _refuse(str(error)) from error
    if seconds % 86_400 or not 1 <= seconds // 86_400 <= MAX_HORIZON_DAYS:
        raise _refuse(f"given {_kind(value)}; write whole days, 1 d to {MAX_HORIZON_DAYS} d")
    return seconds // 86_400


def _version(value: object) -> int:
    if value != VERSION:
        raise _refuse(f"given {_kind(value)}; this program reads version {VERSION}")
    return int(VERSION)


def _kind(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "…")
    return "a list" if isinstance(value, list) else "a group of fields"


def _match(value: object, pattern: str, wanted: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise _refuse(f"given {_kind(value)}; write {wanted}")
    return value


class Edit(_Model):
    """One line of `changes`: the value that must hold now and the one to set, each with a unit."""

    old: Annotated[str, BeforeValidator(_quantity)] = Field(alias="from")
    new: Annotated[str, BeforeValidator(_quantity)] = Field(alias="to")


class Window(_Model):
    """When the change may take effect: first and last second, in Unix time."""

    not_before: Annotated[int, BeforeValidator(_time)]
    not_after: Annotated[int, BeforeValidator(_time)]


class Simulation(_Model):
    """What the report is computed with."""

    paths: Annotated[int, BeforeValidator(_count(MIN_PATHS, MAX_PATHS))] = 20_000
    seed: Annotated[int, BeforeValidator(_count(0, MAX_SEED))] = 1
    horizon_days: Annotated[int, BeforeValidator(_horizon)] = Field(default=365, alias="horizon")


class ProposalSpec(_Model):
    """A proposal: texts for people, changes for the registry, and how its risk is simulated.

    `author` becomes the proposer that the description names; `discussion` is optional.
    """

    version: Annotated[int, BeforeValidator(_version)]
    title: Annotated[str, BeforeValidator(read_title)]
    strategy: Annotated[str, BeforeValidator(_name)]
    author: Annotated[str, BeforeValidator(read_address)]
    discussion: Annotated[str, BeforeValidator(read_link)] | None = None
    summary: Annotated[str, BeforeValidator(_text(MAX_SUMMARY, lines=True))]
    motivation: Annotated[str, BeforeValidator(_text(MAX_MOTIVATION, lines=True))]
    changes: dict[str, Edit] = Field(min_length=1, max_length=64)
    window: Window
    simulation: Simulation = Simulation()

    _source: Source | None = PrivateAttr(default=None)

    @classmethod
    def parse(cls, source: Source) -> Self:
        """Check a source against the model. Raises ProposalError."""
        try:
            spec = cls.model_validate(source.tree)
        except ValidationError as error:
            problems = [_explain(detail, source) for detail in error.errors()]
            raise ProposalError("\n".join(problems)) from error
        if spec.window.not_before >= spec.window.not_after:
            raise ProposalError(
                f"{source.place('window', 'not_after')}: is not after not_before; "
                "leave the vote and the timelock some weeks"
            )
        spec._source = source  # noqa: SLF001 - its own private field
        return spec

    def place(self, *path: str) -> str:
        """Where a value stands, for messages: `proposal.yaml:14: changes.driftThreshold.to`."""
        return self._source.place(*path) if self._source else ".".join(path)


def load_yaml(path: Path) -> ProposalSpec:
    """Read `proposal.yaml`. Raises ProposalError, whose text names every place that is wrong."""
    return ProposalSpec.parse(read_source(path))


def _explain(detail: ErrorDetails, source: Source) -> str:
    path = tuple(str(step) for step in detail["loc"])
    place, allowed = source.place(*path), _fields(path[:-1])
    match detail["type"]:
        case "missing":
            return f"{place}: is missing; add it (fields here: {', '.join(allowed)})"
        case "extra_forbidden":
            near = get_close_matches(path[-1], allowed, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"fields here: {', '.join(allowed)}"
            return f"{place}: is no field of a proposal; {hint}"
        case "refused":
            return f"{place}: {detail['msg']}"
        case "too_short":
            return f"{place}: names no parameter; write at least one `name: {{from: …, to: …}}`"
        case "too_long":
            return f"{place}: names more than 64 parameters; split the proposal"
        case _:
            needed = f"write fields under it: {', '.join(_fields(path))}"
            return f"{place}: given {_kind(detail['input'])}; {needed}"


def _fields(path: tuple[str, ...]) -> list[str]:
    """The fields allowed at a place, as they are written in the file."""
    if path == ("changes",):
        return ["parameter names, such as driftThreshold"]
    groups: dict[str, type[_Model]] = {"window": Window, "simulation": Simulation, "changes": Edit}
    model = groups.get(path[0], ProposalSpec) if path else ProposalSpec
    return [field.alias or name for name, field in model.model_fields.items()]

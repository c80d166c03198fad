"""A new proposal.yaml, filled with the values that hold now."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic_core import PydanticCustomError

from dpo_gov.errors import InputError, UnitError
from dpo_gov.params import ParamSet, ParamSpec, diff
from dpo_gov.proposal.model import read_address, read_link, read_title
from dpo_gov.proposal.templating import environment

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,9}")
NOBODY = "0x" + "0" * 40
UNTITLED = "TBD: one line that says what changes"


@dataclass(frozen=True, slots=True)
class Outline:
    """What a draft is made of. `wishes`: new values as texts; times in Unix seconds; `specs`: those
    that governance has changed.

    Without an author the draft names the zero address, which a check will not let pass.
    """

    current: ParamSet
    wishes: Mapping[str, str]
    not_before: int
    not_after: int
    author: str | None = None
    title: str | None = None
    discussion: str | None = None
    specs: Mapping[int, ParamSpec] = field(default_factory=dict)


def folder_name(slug: str, date: str) -> str:
    """`2026-11-21-less-trading`. Raises InputError for a slug that is no part of a path."""
    if len(slug) > 60 or not SLUG.fullmatch(slug):
        raise InputError(
            f"slug {slug[:60]!r} is not allowed; write lower-case words with hyphens, "
            "such as less-trading"
        )
    return f"{date}-{slug}"


def draft(outline: Outline) -> bytes:
    """The text of proposal.yaml; coupled parameters are drafted together.

    Raises UnknownName, UnitError, and InputError for a value that is the present one.
    """
    current = outline.current
    values = {}
    for name, text in outline.wishes.items():
        spec = current.spec(name)
        try:
            values[spec.key] = spec.parse(text)
        except UnitError as error:
            raise UnitError(f"--set {name}: {error}") from error
        if values[spec.key] == current.values[spec.key]:
            raise InputError(
                f"--set {name}: {text} is its value already; give another one, or leave it out"
            )
    proposed = ParamSet(layout=current.layout, values={**current.values, **values})
    stated = {change.key: change for change in diff(current, proposed)}
    entries: list[dict[str, str]] = []
    others: list[dict[str, str]] = []
    for spec in current.specs.values():
        change = stated.get(spec.key)
        row = _row(
            outline.specs.get(spec.key, spec),
            current.values[spec.key],
            change.new if change else None,
        )
        (entries if change else others).append(row)
    template = environment().get_template("proposal.yaml.j2")
    text = template.render(
        title=_given("--title", outline.title, read_title) or UNTITLED,
        strategy=current.layout.name,
        author=_given("--author", outline.author, read_address) or NOBODY,
        discussion=_given("--discussion", outline.discussion, read_link),
        entries=entries,
        others=others,
        not_before=outline.not_before,
        not_after=outline.not_after,
    )
    return text.encode()


def _given(flag: str, text: str | None, read: Callable[[object], str]) -> str | None:
    try:
        return None if text is None else read(text)
    except PydanticCustomError as error:
        raise InputError(f"{flag}: {error.message()}") from error


def _row(spec: ParamSpec, old: int, new: int | None) -> dict[str, str]:
    return {
        "name": spec.name,
        "old": spec.show(old),
        "new": spec.show(old if new is None else new),
        "bounds": f"{spec.show(spec.lower)} to {spec.show(spec.upper)}",
        "help": spec.help,
    }

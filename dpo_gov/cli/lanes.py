"""What the lanes of the registry have in common on the command line: what may be set, and what is
asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dpo_gov.cli.context import Context
from dpo_gov.cli.output import Table, bad, good
from dpo_gov.cli.text import edited, span

if TYPE_CHECKING:
    from dpo_gov.guardrails import Lane, RegistryState
    from dpo_gov.params import Change, ParamSet


@dataclass(frozen=True)
class Asked:
    """A change that somebody asks for, beside what the registry holds at `now`."""

    state: RegistryState
    now: int
    current: ParamSet
    proposed: ParamSet
    changes: tuple[Change, ...]


def ask(context: Context, strategy: str, pairs: Sequence[str]) -> Asked:
    """Read `name=value` pairs against the registry; coupled parameters are stated whole.

    Raises InputError, UnitError, UnknownName.
    """
    from dpo_gov.params import diff

    state = context.registry.state(context.strategy(strategy).layout.name)
    current = state.params
    proposed = edited(current, pairs)
    changes = tuple(diff(current, proposed))
    return Asked(state, context.chain.now(), current, proposed, changes)


def allowance(asked: Asked, lane: Lane) -> tuple[list[dict[str, object]], Table]:
    """For each parameter that is to change: what the lane may set it to now, and what is asked."""
    from dpo_gov.guardrails import allowed_range

    entries: list[dict[str, object]] = []
    rows: list[tuple[object, ...]] = []
    specs = asked.state.by_key
    for change in asked.changes:
        spec = specs[change.key]
        allowed = allowed_range(asked.state, spec, lane, asked.now)
        text = span(spec, allowed.low, allowed.high)
        if allowed.low == allowed.high == change.old:
            text = "nothing"
        fits = change.new == change.old or allowed.low <= change.new <= allowed.high
        asked_for = "stays" if change.new == change.old else spec.show(change.new)
        rows.append(
            (
                spec.name,
                spec.show(change.old),
                good(asked_for) if fits else bad(asked_for),
                text,
                allowed.reason,
            )
        )
        entries.append(
            {
                "name": spec.name,
                "from": spec.show(change.old),
                "to": spec.show(change.new),
                "allowed_low": spec.show(allowed.low),
                "allowed_high": spec.show(allowed.high),
                "reason": allowed.reason,
                "fits": fits,
            }
        )
    columns = ("parameter", "now", "asked", f"the {lane.name.lower()} may set", "because")
    return entries, Table(columns, rows)

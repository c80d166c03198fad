"""`dpo-gov params`: what the registry holds and allows, and how far and how soon it can change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dpo_gov.cli.context import Context, Noun, online
from dpo_gov.cli.lanes import ask
from dpo_gov.cli.output import Table, bad, faint
from dpo_gov.cli.text import clock, count, second, short, span, when

if TYPE_CHECKING:
    from dpo_gov.guardrails import RegistryState
    from dpo_gov.params import ParamSet, ParamSpec

MODULES = ("rebalancing", "collateral", "hedging", "fees")


@click.group(cls=Noun)
def command() -> None:
    """Show the parameters of a strategy, plan changes, and see where its vaults differ."""


@command.command()
@online
@click.argument("strategy", required=False)
@click.option("--module", type=click.Choice(MODULES), help="Only the parameters of this module.")
def show(context: Context, strategy: str | None, module: str | None) -> dict[str, object]:
    """List parameters: value, bounds, and what each lane may set now.

    STRATEGY may be left out where the deployment has one only.
    """
    name = context.strategy(strategy).layout.name
    state, now = context.registry.state(name), context.chain.now()
    specs = [
        spec
        for spec in state.by_key.values()
        if module is None or spec.module.name.lower() == module
    ]
    entries = [describe(state, spec, now) for spec in specs]
    data: dict[str, object] = {
        "strategy": name,
        "version": state.version,
        "state_hash": state.state_hash,
        "frozen_until": state.frozen_until if state.frozen_until > now else 0,
        "now": now,
        "parameters": entries,
    }
    frozen = f", frozen until {when(state.frozen_until)}" if data["frozen_until"] else ""
    title = f"{name}, version {state.version}, {when(now)}{frozen}"
    context.out.show(data, *_views(specs, entries, title))
    return data


def describe(state: RegistryState, spec: ParamSpec, now: int) -> dict[str, Any]:
    """One parameter with all that the registry knows and allows, as data."""
    from dpo_gov.guardrails import Lane, allowed_range

    changed, value = state.changed_at.get(spec.key, 0), state.values[spec.key]
    cooled = changed + spec.cooldown if changed else 0
    data: dict[str, Any] = {
        "name": spec.name,
        "key": spec.key,
        "module": spec.module,
        "value": str(value),
        "text": spec.show(value),
        "unit": spec.unit,
        "minimum": str(spec.lower),
        "maximum": str(spec.upper),
        "bounds": span(spec, spec.lower, spec.upper),
        "risk": spec.risk,
        "last_change": changed,
        "set_by_governance": str(state.anchor(spec.key)),
        "given_up": spec.key in state.abdicated,
        "cooldown_end": cooled if cooled > now else 0,
        "frozen_until": state.key_frozen_until.get(spec.key, 0),
        "enforced_by": spec.enforced_by,
        "help": spec.help,
    }
    for lane in Lane:
        allowed = allowed_range(state, spec, lane, now)
        stuck = allowed.low == allowed.high == value
        data[lane.name.lower()] = {
            "low": str(allowed.low),
            "high": str(allowed.high),
            "text": "–" if stuck else span(spec, allowed.low, allowed.high),
            "reason": allowed.reason,
        }
    return data


def _views(
    specs: list[ParamSpec], entries: list[dict[str, Any]], title: str
) -> tuple[Table, Table]:
    """Two tables, since one with all of it would fit few terminals."""
    held = ("parameter", "value", "bounds", "last change, UTC", "enforced by")
    values = [
        (
            spec.name,
            entry["text"],
            entry["bounds"],
            clock(entry["last_change"]),
            spec.enforced_by or faint("nothing yet"),
        )
        for spec, entry in zip(specs, entries, strict=True)
    ]
    lanes = ("governance", "steward", "guardian")
    allowed = [
        (
            entry["name"],
            *(faint(text) if text == "–" else text for text in (entry[n]["text"] for n in lanes)),
            clock(entry["cooldown_end"]),
        )
        for entry in entries
    ]
    heading = ("may be set now by", *lanes, "cools down until, UTC")
    return Table(held, values, title=title, right={"value"}), Table(heading, allowed)


@command.command()
@online
@click.argument("strategy", required=False)
@click.option(
    "--proposal",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A proposal folder to lay beside them.",
)
@click.option("--all", "every", is_flag=True, help="Also the parameters that agree everywhere.")
def diff(
    context: Context, strategy: str | None, proposal: Path | None, every: bool
) -> dict[str, object]:
    """Lay registry, proposal and every vault side by side."""
    deployed = context.strategy(strategy)
    state = context.registry.state(deployed.layout.name)

    current = state.params
    columns: dict[str, Mapping[int, int]] = {f"registry v{state.version}": current.values}
    if proposal:
        columns["proposal"] = _proposed(proposal, current)
    in_vaults = []
    for address in deployed.vaults:
        status = context.vault(address).status()
        in_vaults.append(status.values.keys())
        columns[f"vault {short(address)} v{status.applied}"] = status.values
    entries: list[dict[str, object]] = []
    rows: list[list[object]] = []
    for spec in current.specs.values():
        held = {where: values.get(spec.key) for where, values in columns.items()}
        differs = len({value for value in held.values() if value is not None}) > 1
        texts = {w: None if v is None else spec.show(v) for w, v in held.items()}
        entries.append({"name": spec.name, "differs": differs, "values": texts})
        if differs or every:
            rows.append([spec.name, *_cells(list(texts.values()), differs)])
    # Vaults hold one module of them; of the rest there is nothing to compare.
    shared = len(set().union(*in_vaults))
    data: dict[str, object] = {
        "strategy": state.layout.name,
        "version": state.version,
        "same": not any(entry["differs"] for entry in entries),
        "held_by_vaults": shared,
        "parameters": entries,
    }
    same = (
        f"{', '.join(columns)}: the {shared} that the vaults hold agree; "
        f"{len(entries) - shared} are in the registry only"
    )
    context.out.show(data, Table(("parameter", *columns), rows) if rows else same)
    return data


@command.command()
@online
@click.argument("strategy")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE…")
@click.option(
    "--lane",
    type=click.Choice(("auto", "governance", "steward")),
    default="auto",
    show_default=True,
    help="Who may make the versions; auto: whoever is sooner.",
)
@click.option(
    "--overlap",
    is_flag=True,
    help="Submit all votes at once, each on what the one before it will leave.",
)
def plan(
    context: Context, strategy: str, changes: tuple[str, ...], lane: str, *, overlap: bool
) -> dict[str, object]:
    """Find the shortest legal way to a change of STRATEGY, such as driftThreshold=12%.

    Shows each version: its lane, the first second at which the registry takes it, and for a vote
    when it must be submitted. Every version between keeps the rules between parameters. The way
    holds as long as nobody else changes what is on it.
    """
    from dpo_gov.guardrails import Timing
    from dpo_gov.guardrails import plan as find

    asked = ask(context, strategy, changes)
    goals = {one.key: one.new for one in asked.changes if one.new != one.old}
    timing = Timing(
        # Nothing new gets into the block that was read.
        start=asked.now + 1,
        vote=None if lane == "steward" else context.governor.vote_seconds(),
        steward=lane != "governance",
        overlap=overlap,
    )
    steps = find(asked.state, goals, timing)
    specs = asked.state.by_key
    entries = [
        {
            "version": version,
            "lane": step.lane.name.lower(),
            "submit": step.submit,
            "at": step.at,
            "changes": [
                {
                    "name": specs[one.key].name,
                    "from": specs[one.key].show(one.old),
                    "to": specs[one.key].show(one.new),
                }
                for one in step.changes
            ],
        }
        for version, step in enumerate(steps, asked.state.version + 1)
    ]
    rows = [
        (
            version,
            step.lane.name.lower(),
            second(step.submit) if step.submit else faint("–"),
            second(step.at),
            "\n".join(
                f"{specs[one.key].name} {specs[one.key].show(one.new)}"
                for one in step.changes
                if one.new != one.old
            ),
        )
        for version, step in enumerate(steps, asked.state.version + 1)
    ]
    data: dict[str, object] = {
        "strategy": asked.state.layout.name,
        "version": asked.state.version,
        "now": asked.now,
        "done": steps[-1].at,
        "steps": entries,
    }
    heading = ("version", "lane", "submitted, UTC", "not before, UTC", "sets")
    title = f"{count(len(steps), 'version')}, the last from {second(steps[-1].at)} UTC"
    context.out.show(data, Table(heading, rows, title=title))
    return data


@command.command(name="worst-case")
@online
@click.argument("strategy", required=False)
@click.option("--lane", type=click.Choice(("steward",)), default="steward", show_default=True,
              help="Whose key is stolen.")  # fmt: skip
@click.option("--days", type=click.IntRange(1, 3_650), default=30, show_default=True,
              help="How long nobody stops it.")  # fmt: skip
def worst_case(context: Context, strategy: str | None, lane: str, days: int) -> dict[str, object]:
    """Show how far a stolen steward's key could move each parameter within the rules.

    Each for itself, with all others at its service: what is in its way is moved too. Wider limits
    that are proposed, and that anyone may activate in these days, are taken to be activated.
    """
    from dpo_gov.guardrails import activatable
    from dpo_gov.guardrails import worst_case as furthest

    name = context.strategy(strategy).layout.name
    proposed = {
        key: (spec.packed(), active_from)
        for key, (spec, active_from) in context.registry.proposed_specs(name).items()
    }
    state = context.registry.state(name).model_copy(update={"proposed": proposed})
    now = context.chain.now()
    deadline = now + days * 86_400
    wider = activatable(state, now + 1, deadline)
    notes = [
        f"{spec.name}: other limits are proposed, which anyone may activate from {when(first)}; "
        "they count from then"
        for spec, first in wider.values()
    ]
    entries: list[dict[str, object]] = []
    rows: list[list[object]] = []
    for spec in state.by_key.values():
        value = state.values[spec.key]
        entry: dict[str, object] = {"name": spec.name, "value": spec.show(value)}
        row: list[object] = [spec.name, spec.show(value)]
        for end, up in (("lowest", False), ("highest", True)):
            found = furthest(state, spec, up, now + 1, deadline)
            entry[end] = {
                "value": str(found.value),
                "text": spec.show(found.value),
                "at": found.at if found.moves else None,
                "moves": len(found.moves),
            }
            still = found.value == value
            text = spec.show(found.value)
            shown = bad(f"{text} !") if _riskier(spec, up=up) else text
            row += [faint("–")] * 2 if still else [shown, clock(found.at)]
        active_from = wider[spec.key][1] if spec.key in wider else None
        entries.append({**entry, "riskier": spec.risk, "proposed_from": active_from})
        rows.append([*row, spec.risk.name.lower()])
    data: dict[str, object] = {
        "strategy": state.layout.name,
        "lane": lane,
        "now": now,
        "until": deadline,
        "parameters": entries,
    }
    heading = ("parameter", "now", "lowest", "from, UTC", "highest", "from, UTC ", "riskier")
    title = (
        f"{state.layout.name}: what the {lane} alone can do until {when(deadline)}; "
        "! marks the end with more risk"
    )
    context.out.show(data, Table(heading, rows, title=title), *notes)
    return data


def _riskier(spec: ParamSpec, *, up: bool) -> bool:
    """Whether there is more risk at that end."""
    return spec.risk.name in ("BOTH", "UP" if up else "DOWN")


def _proposed(folder: Path, current: ParamSet) -> dict[int, int]:
    """What a proposal sets, also once it has been carried out. Raises ProposalError."""
    from dpo_gov.errors import ProposalError, UnitError
    from dpo_gov.proposal.folder import Folder

    spec = Folder.at(folder).load()
    values = {}
    for name, edit in spec.changes.items():
        param = current.spec(name)
        try:
            values[param.key] = param.parse(edit.new)
        except UnitError as error:
            raise ProposalError(f"{spec.place('changes', name, 'to')}: {error}") from error
    return values


def _cells(texts: list[str | None], differs: bool) -> list[object]:
    """The first is the registry's; the others are marked where they are not the same."""
    registry = texts[0]
    cells: list[object] = [registry]
    for text in texts[1:]:
        if text is None:
            cells.append(faint("–"))
        else:
            cells.append(bad(text) if differs and text != registry else text)
    return cells

"""`dpo-gov guardian`: stop a change, or take risk out, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dpo_gov.cli import gov
from dpo_gov.cli.context import Context, Noun, sending
from dpo_gov.cli.lanes import allowance, ask
from dpo_gov.cli.output import Table, bad, good
from dpo_gov.cli.text import when

if TYPE_CHECKING:
    from dpo_gov.guardrails import RegistryState

PARAMETER = click.option(
    "--parameter", metavar="NAME", help="Only this parameter, not the whole strategy."
)


@click.group(cls=Noun)
def command() -> None:
    """Freeze a strategy, move it to less risk, go back to a version, cancel a proposal."""


@command.command()
@sending
@click.argument("strategy")
@click.option("--for", "duration", required=True, metavar="TIME", help='Such as "36 h" or "3 d".')
@PARAMETER
def freeze(
    context: Context, strategy: str, duration: str, parameter: str | None
) -> dict[str, object]:
    """Stop every change of STRATEGY but the guardian's own, for a time."""
    from dpo_gov.units import Unit, parse

    state, key = _state(context, strategy, parameter)
    now, seconds = context.chain.now(), parse(duration, Unit.SECONDS)
    _show_freeze(context, state, key, now)
    until = now + seconds
    done = context.perform(context.registry.freeze(state.layout.name, until, key))
    data = {
        "strategy": state.layout.name,
        "parameter": parameter,
        "until": until,
        **done.data,
    }
    context.out.show(data, *([f"frozen until {when(until)}"] if done.receipt else []))
    return data


@command.command()
@sending
@click.argument("strategy")
@PARAMETER
def unfreeze(context: Context, strategy: str, parameter: str | None) -> dict[str, object]:
    """End a freeze of STRATEGY, or of one parameter of it."""
    state, key = _state(context, strategy, parameter)
    _show_freeze(context, state, key, context.chain.now())
    done = context.perform(context.registry.unfreeze(state.layout.name, key))
    data: dict[str, object] = {"strategy": state.layout.name, "parameter": parameter, **done.data}
    if done.receipt:
        after, _ = _state(context, strategy, parameter)
        data["frozen_until"] = _frozen_until(after, key, context.chain.now())
    context.out.show(data, *(["no longer frozen"] if data.get("frozen_until") == 0 else []))
    return data


@command.command()
@sending
@click.argument("strategy")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE…")
def reduce(context: Context, strategy: str, changes: tuple[str, ...]) -> dict[str, object]:
    """Move parameters of STRATEGY to less risk, such as maxTradeSize=5%.

    Shows first what the registry allows the guardian. Steps, cool-downs and a freeze do not hold
    it up; bounds and the rules between parameters do.
    """
    from dpo_gov.guardrails import Call, Lane, decide

    asked = ask(context, strategy, changes)
    entries, table = allowance(asked, Lane.GUARDIAN)
    context.out.text(table)
    decide(asked.state, Call(lane=Lane.GUARDIAN, changes=asked.changes), asked.now)
    name = asked.state.layout.name
    done = context.perform(context.registry.guardian_reduce(name, asked.changes))
    data: dict[str, object] = {
        "strategy": name,
        "version_before": asked.state.version,
        "changes": entries,
        **done.data,
    }
    said = [f"version {asked.state.version + 1} is committed"] if done.receipt else []
    context.out.show(data, *said)
    return data


@command.command()
@sending
@click.argument("strategy")
@click.argument("version", type=click.IntRange(1))
@click.option("--valid", "minutes", type=click.IntRange(1, 10_080), default=60, show_default=True,
              help="Minutes in which the transaction must be in a block.")  # fmt: skip
def rollback(context: Context, strategy: str, version: int, minutes: int) -> dict[str, object]:
    """Bring STRATEGY back to what VERSION left, in the modules that it changed.

    Every move must reduce risk. Steps, cool-downs and a freeze do not hold it up; bounds and the
    rules between parameters do. Each version that is committed in between makes it fail.
    """
    from dpo_gov.guardrails import Lane, moves_back, reduces_risk
    from dpo_gov.guardrails import rollback as decide_rollback

    state, _ = _state(context, strategy, None)
    name, now, specs = state.layout.name, context.chain.now(), state.by_key
    proof = context.registry.prove(name, version, state)
    moves = [move for module in proof.modules for move in moves_back(state, proof, module)]
    rows, entries = [], []
    for move in moves:
        spec = specs[move.key]
        less = reduces_risk(spec, move.new > move.old)
        rows.append(
            (
                spec.name,
                spec.show(move.old),
                spec.show(move.new),
                good("less risk") if less else bad("not less risk"),
            )
        )
        entries.append(
            {
                "name": spec.name,
                "from": spec.show(move.old),
                "to": spec.show(move.new),
                "less_risk": less,
            }
        )
    modules = ", ".join(module.name.lower() for module in proof.modules)
    title = f"version {version} changed {modules}; nothing else goes back"
    context.out.text(Table(("parameter", "now", f"in version {version}", "is"), rows, title=title))
    not_after = now + 60 * minutes
    decide_rollback(state, proof, Lane.GUARDIAN, now, not_after=not_after)
    done = context.perform(context.registry.roll_back(name, proof, not_after=not_after))
    data: dict[str, object] = {
        "strategy": name,
        "version_before": state.version,
        "back_to": version,
        "changes": entries,
        **done.data,
    }
    said = [f"version {state.version + 1} is committed"] if done.receipt else []
    context.out.show(data, *said)
    return data


@command.command()
@sending
@gov.PROPOSAL
def cancel(context: Context, proposal: str) -> dict[str, object]:
    """Cancel PROPOSAL (a folder, or an id) in any state before its execution."""
    number = gov.proposal_id(proposal)
    return gov.step(context, number, context.governor.cancel(number))


def _state(
    context: Context, strategy: str, parameter: str | None
) -> tuple[RegistryState, int | None]:

    state = context.registry.state(context.strategy(strategy).layout.name)
    if parameter is None:
        return state, None
    return state, state.params.spec(parameter).key


def _frozen_until(state: RegistryState, key: int | None, now: int) -> int:
    """0 where it is not frozen."""
    until = state.frozen_until if key is None else state.key_frozen_until.get(key, 0)
    return until if until > now else 0


def _show_freeze(context: Context, state: RegistryState, key: int | None, now: int) -> None:
    """What the registry will allow, before it is asked."""
    from dpo_gov.guardrails import MAX_FREEZE

    rows = [
        ("now", when(now)),
        ("frozen until", when(_frozen_until(state, key, now))),
        ("a freeze may last until", when(now + MAX_FREEZE)),
    ]
    context.out.text(Table(("freeze", state.layout.name), rows))

"""From a proposal's texts and a strategy's current values to the exact change of the registry."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from dpo_gov.errors import ProposalError, RuleBroken, UnitError, UnknownName
from dpo_gov.guardrails import RegistryState
from dpo_gov.params import Change, ParamSet, ParamSpec, diff
from dpo_gov.proposal.model import ProposalSpec


class Resolved(BaseModel):
    """Both sides of a proposal in stored units.

    `changes` is what the registry is called with: ascending by key, coupled groups stated whole
    (an entry whose values are equal is a precondition). `specs`: those that governance has changed,
    as in RegistryState.
    """

    model_config = ConfigDict(frozen=True)

    current: ParamSet
    proposed: ParamSet
    changes: tuple[Change, ...]
    specs: Mapping[int, ParamSpec] = {}

    @property
    def writes(self) -> tuple[tuple[ParamSpec, Change], ...]:
        """The entries that change a value, each with its parameter."""
        specs = {spec.key: spec for spec in self.current.specs.values()} | dict(self.specs)
        return tuple((specs[c.key], c) for c in self.changes if c.old != c.new)


def resolve(spec: ProposalSpec, state: RegistryState) -> Resolved:
    """Read every value in its parameter's unit and compare it with what the registry holds.

    Raises ProposalError for what the file gets wrong (unknown parameter, wrong unit, no change)
    and RuleBroken `StaleValue` when a `from` is no longer the current value. Bounds, steps and
    invariants are the guard rails' business, not asked here.
    """
    current = state.params
    if spec.strategy != state.layout.name:
        raise UnknownName(
            f"{spec.place('strategy')}: {spec.strategy!r} is not the strategy that was read, "
            f"{state.layout.name!r}; check the deployment file"
        )
    entries = {name: _entry(spec, current, name) for name in spec.changes}
    for name, change in entries.items():
        now = current.values[change.key]
        if change.old != now:
            show = current.spec(name).show
            raise RuleBroken(
                "StaleValue",
                f"{spec.place('changes', name, 'from')}: given {show(change.old)}, but the "
                f"registry holds {show(now)} at version {state.version}; "
                "look at the change again, then write the current value",
                key=change.key,
                stated=change.old,
                current=now,
            )
    proposed = current.apply(entries.values())
    changes = tuple(diff(current, proposed))
    _refuse_no_ops(spec, entries, {change.key for change in changes})
    return Resolved(current=current, proposed=proposed, changes=changes, specs=state.specs)


def _entry(spec: ProposalSpec, current: ParamSet, name: str) -> Change:
    try:
        param = current.spec(name)
    except UnknownName as error:
        raise ProposalError(f"{spec.place('changes', name)}: {error}") from error
    edit = spec.changes[name]
    values = {}
    for side, text in (("from", edit.old), ("to", edit.new)):
        try:
            values[side] = param.parse(text)
        except UnitError as error:
            raise ProposalError(f"{spec.place('changes', name, side)}: {error}") from error
    return Change(key=param.key, old=values["from"], new=values["to"])


def _refuse_no_ops(spec: ProposalSpec, entries: dict[str, Change], stated: set[int]) -> None:
    """An entry may keep its value only as part of a coupled group that changes."""
    for name, change in entries.items():
        if change.key not in stated:
            raise ProposalError(
                f"{spec.place('changes', name)}: goes from {spec.changes[name].old} to "
                f"{spec.changes[name].new}, which changes nothing; delete the line"
            )

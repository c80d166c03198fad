"""The shortest legal way to a change that no single version may make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import chain, islice
from typing import NamedTuple

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails.invariants import check_invariants, relations
from dpo_gov.guardrails.limits import largest_jump, largest_step, reduces_risk
from dpo_gov.guardrails.moves import check_bounds, check_not_abdicated
from dpo_gov.guardrails.paths import Move, Search, Timing, Unit, weight_keys
from dpo_gov.guardrails.rules import decide
from dpo_gov.guardrails.state import Call, Lane, RegistryState
from dpo_gov.params import Change, Module, ParamSpec, diff

_ANY_REPORT = b"\1" * 32
"""Which report a version will have is not known yet, and no rule asks."""


class Step(NamedTuple):
    """One version of a plan: the call, the first second at which it is taken, and for a vote the
    second at which it must have been submitted. Coupled parameters are stated."""

    lane: Lane
    submit: int | None
    at: int
    changes: tuple[Change, ...]


def plan(state: RegistryState, goals: Mapping[int, int], timing: Timing) -> tuple[Step, ...]:
    """Versions that bring each parameter to its goal as early as the rules allow.

    `goals`: stored values by key, none of them the present one. Of ways that are equally early,
    one with the fewest versions. From values that break a rule already, since a venue has lowered
    its threshold, the way that is found may not be the earliest. Raises RuleBroken for a goal that
    no way leads to, with what to do about it.
    """
    _check_goals(state, goals)
    # Mostly nothing is in another's way: each alone then is as early as it can be.
    alone = [[unit] for unit in _units(state, goals)]
    moves = _moves(state, goals, alone, timing)
    with suppress(RuleBroken):
        return _versions(state, moves, timing)
    try:
        together = _moves(state, goals, _components(state, goals), timing)
        return _versions(state, together, timing)
    except RuleBroken:
        # A broken rule may take moves of several parameters in one version, so of one lane.
        ways = []
        for way in timing.single:
            with suppress(RuleBroken):
                ways.append(_versions(state, _moves(state, goals, alone, way), way))
        if not ways:
            raise
    return min(ways, key=lambda steps: (steps[-1].at, len(steps)))


def _moves(
    state: RegistryState, goals: Mapping[int, int], parts: list[list[Unit]], timing: Timing
) -> list[Move]:
    """Those of each part, as if there were no other. Raises RuleBroken."""
    ways = (_shortest(state, goals, units, timing) for units in parts)
    return list(chain.from_iterable(ways))


def _shortest(
    state: RegistryState, goals: Mapping[int, int], units: list[Unit], timing: Timing
) -> list[Move]:
    """The moves of one way that is there first. Raises RuleBroken.

    A search in both lanes may give up on two that hold each other up over very many versions; then
    it is the better way in one lane.
    """
    for ways in ((timing,), timing.single):
        searches = [Search(state, goals, units, way) for way in ways]
        found = [
            node
            for search in searches
            for node in islice(filter(search.arrived, search.nodes()), 1)
        ]
        if found:
            return min(found, key=lambda node: (node.at, node.versions)).moves
    raise _no_way(state, goals, units, timing)


def _check_goals(state: RegistryState, goals: Mapping[int, int]) -> None:
    """Whether the goals could hold at all."""
    specs = state.by_key
    for key, goal in sorted(goals.items()):
        check_not_abdicated(state, specs[key])
        try:
            check_bounds(specs[key], goal)
        except RuleBroken as problem:
            raise RuleBroken(
                problem.rule,
                f"{_said(problem)}; governance would have to propose a wider spec first, which "
                "waits 7 days after its vote",
                **problem.facts,
            ) from None
    modules = sorted({Module(key >> 8) for key in goals}, key=lambda module: module.value)
    final = state.params.model_copy(update={"values": {**state.values, **goals}})
    check_invariants(final, modules, state.thresholds)


def _units(state: RegistryState, goals: Mapping[int, int]) -> list[Unit]:
    whole = weight_keys(state)
    weights = tuple(key for key in sorted(goals) if key in whole)
    return [*([weights] if weights else []), *((key,) for key in sorted(goals) if key not in whole)]


def _components(state: RegistryState, goals: Mapping[int, int]) -> list[list[Unit]]:
    """Units that may be in each other's way, together."""
    components = [[unit] for unit in _units(state, goals)]
    for module in {Module(key >> 8) for key in goals}:
        for relation in relations(state.layout, module, state.thresholds):
            first, second = relation.first.key, relation.second.key
            if first not in goals or second not in goals:
                continue
            if any(relation.broken({**state.values, key: goals[key]}) for key in (first, second)):
                one, other = (
                    next(some for some in components if any(key in unit for unit in some))
                    for key in (first, second)
                )
                if one is not other:
                    one += other
                    components.remove(other)
    return components


def _versions(state: RegistryState, moves: Iterable[Move], timing: Timing) -> tuple[Step, ...]:
    """The moves as calls, each of which the rules take at its time."""
    calls: dict[tuple[int, Lane], dict[int, int]] = {}
    for move in sorted(moves, key=lambda move: move.at):
        calls.setdefault((move.at, move.lane), {}).update(move.values)
    steps = []
    for (at, lane), values in calls.items():
        after = state.params.model_copy(update={"values": {**state.values, **values}})
        changes = tuple(diff(state.params, after))
        state = decide(state, Call(lane=lane, changes=changes, report_hash=_ANY_REPORT), at)
        submit = at - (timing.vote or 0) if lane is Lane.GOVERNANCE else None
        steps.append(Step(lane, submit, at, changes))
    return tuple(steps)


def _no_way(
    state: RegistryState, goals: Mapping[int, int], units: list[Unit], timing: Timing
) -> RuleBroken:
    """Which rule stands in the way."""
    specs = state.by_key
    for key in (key for unit in units for key in unit):
        spec, goal, anchor = specs[key], goals[key], state.anchor(key)
        up = goal > state.values[key]
        if timing.vote is not None:
            if not largest_jump(spec, state.values[key]):
                return _stuck(spec, "JumpTooLarge")
            continue
        if not largest_step(spec, up, state.values[key]):
            return _stuck(spec, "StepTooLarge")
        reach = largest_jump(spec, anchor)
        if not reduces_risk(spec, up) and (goal - anchor if up else anchor - goal) > reach:
            return RuleBroken(
                "BeyondReach",
                f"{spec.name} of {spec.show(goal)} is further than {spec.show(reach)} from "
                f"{spec.show(anchor)}, which governance last set: the steward never gets there; "
                "plan with --lane auto or governance",
                key=key,
                to=goal,
                anchor=anchor,
                reach=reach,
            )
    names = ", ".join(specs[key].name for unit in units for key in unit)
    return RuleBroken("NoChanges", f"no way was found for {names}; take a nearer goal first")


def _stuck(spec: ParamSpec, rule: str) -> RuleBroken:
    return RuleBroken(
        rule,
        f"no version may move {spec.name} from where it is; governance would have to propose "
        "another spec first, which waits 7 days after its vote",
        key=spec.key,
    )


def _said(problem: RuleBroken) -> str:
    return str(problem).removeprefix(f"{problem.rule}: ")

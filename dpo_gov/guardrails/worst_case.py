"""How far a steward who has gone bad could move each parameter within the rules, until a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dpo_gov.guardrails.invariants import Relation, relations
from dpo_gov.guardrails.limits import largest_jump, reduces_risk
from dpo_gov.guardrails.paths import Move, Search, Timing, Unit, weight_keys
from dpo_gov.guardrails.specs import activatable
from dpo_gov.guardrails.state import RegistryState
from dpo_gov.params import Module, ParamSpec


class Extreme(NamedTuple):
    """The furthest value in one direction, when it is there first, and the moves of all parameters
    that bring it there."""

    value: int
    at: int
    moves: tuple[Move, ...]


def worst_case(
    state: RegistryState, spec: ParamSpec, up: bool, start: int, deadline: int
) -> Extreme:
    """The furthest that the steward can bring one parameter up, or down, until the deadline.

    All other parameters are at its service: where one is in the way, it is moved out of it. A
    proposed spec that anyone may activate in time is taken to be activated at its first second. A
    threshold under which the debt no longer fits is taken to be mended in time, and left away: so
    the value may be further than any in truth, never less far.
    """
    state = state.model_copy(update={"thresholds": _held(state)})
    later = activatable(state, start, deadline)
    goals = _Goals(state, {key: spec for key, (spec, _) in later.items()})
    goals.add(spec.key, goals.limit(spec.key, up), up)
    if spec.key not in goals.found:
        return Extreme(state.values[spec.key], start, ())
    search = Search(
        state, goals.found, goals.units(), Timing(start, None), deadline=deadline, later=later
    )
    place, sign = search.place[spec.key], 1 if up else -1
    nodes = search.nodes()
    best = next(nodes)
    for node in nodes:
        if best.values[place] == goals.found[spec.key]:
            break
        if sign * node.values[place] > sign * best.values[place]:
            best = node
    return Extreme(best.values[place], best.at, tuple(best.moves))


def _held(state: RegistryState) -> dict[str, int | None]:
    """The venues' thresholds under which the debt is as it should be."""
    return {
        symbol: threshold
        for symbol, threshold in state.thresholds.items()
        if not any(
            relation.broken(state.values)
            for relation in relations(state.layout, Module.COLLATERAL, {symbol: threshold})
        )
    }


class _Goals:
    """Where one parameter is to go, and so those that would be in its way."""

    def __init__(self, state: RegistryState, wider: Mapping[int, ParamSpec]) -> None:
        self.state = state
        self.specs = {**state.by_key, **wider}
        self.found: dict[int, int] = {}
        self.weights = weight_keys(state)

    def limit(self, key: int, up: bool) -> int:
        """The furthest value that the steward may ever set, for a parameter alone."""
        spec, anchor = self.specs[key], self.state.anchor(key)
        if key in self.state.abdicated:
            return self.state.values[key]
        if reduces_risk(spec, up):
            return spec.upper if up else spec.lower
        reach, value = largest_jump(spec, anchor), self.state.values[key]
        if up:
            return max(value, min(spec.upper, anchor + reach))
        return min(value, max(spec.lower, anchor - reach))

    def add(self, key: int, goal: int, up: bool) -> None:
        """A goal, and what has to give way to it."""
        if goal == self.state.values[key] or key in self.found:
            return
        others = [other for other in self.weights if other != key]
        makes_room = key in self.weights and not any(other in self.found for other in others)
        self.found[key] = goal
        for other in others if makes_room else ():
            self.add(other, self.limit(other, not up), not up)
        for relation in relations(self.state.layout, Module(key >> 8), self.state.thresholds):
            if key == relation.first.key and up:
                self._give_way(relation, key, relation.second.key, relation.rises)
            elif key == relation.second.key and up is not relation.rises:
                self._give_way(relation, key, relation.first.key, False)

    def _give_way(self, relation: Relation, key: int, other: int, up: bool) -> None:
        """The nearest goal of the other with which this one's is allowed, or its furthest."""
        value, limit = self.state.values[other], self.limit(other, up)
        sign = 1 if up else -1

        def broken(size: int) -> bool:
            moved = {key: self.found[key], other: value + sign * size}
            return bool(relation.broken({**self.state.values, **moved}))

        if not broken(0):
            return
        low, high = 0, abs(limit - value)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if broken(middle) else (low, middle)
        self.add(other, value + sign * high, up)

    def units(self) -> list[Unit]:
        """The goals' keys, as they move."""
        weights = tuple(key for key in self.weights if key in self.found)
        rest = [(key,) for key in self.found if key not in weights]
        return [*([weights] if weights else []), *rest]

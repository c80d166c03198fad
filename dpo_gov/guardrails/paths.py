"""Ways from one set of values to another on which every version keeps every rule.

A search in time over single moves. It is exact because in every rule more progress towards the
goal never leaves less room later: each move goes as far as it may, and what is left to choose is
the lane, and whether a move that another parameter holds up is made now or waits for that one.

Target weights go straight towards their goals. Where governance gave them unequal steps, a detour
over another weight may be sooner, or lead further; none is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from types import MappingProxyType
from typing import NamedTuple

from dpo_gov.guardrails.invariants import relations
from dpo_gov.guardrails.limits import largest_jump, largest_step, reduces_risk
from dpo_gov.guardrails.state import Lane, RegistryState
from dpo_gov.params import Module, ParamSpec

MAX_MOVES = 2_000
"""Longer ways are given up."""

Unit = tuple[int, ...]
"""Keys that move together: one, or all target weights, whose sum stays."""


@dataclass(frozen=True)
class Timing:
    """When calls can run: from `start` on, a vote `vote` seconds after its submission.

    A lane without a time is closed. `overlap`: votes are submitted at once, each on what the one
    before it will leave; else each after the one before was carried out.
    """

    start: int
    vote: int | None
    steward: bool = True
    overlap: bool = False

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Those that are open."""
        governance = [] if self.vote is None else [Lane.GOVERNANCE]
        return (*([Lane.STEWARD] if self.steward else []), *governance)

    @property
    def single(self) -> tuple[Timing, ...]:
        """The same with one lane alone: fewer ways, among which one is found sooner."""
        if len(self.lanes) == 1:
            return ()
        return (replace(self, steward=False), replace(self, vote=None))


class Move(NamedTuple):
    """New values of the keys of one unit, at a time, in one lane."""

    at: int
    lane: Lane
    values: Mapping[int, int]


class Node(NamedTuple):
    """How far a search has come; values, times and anchors in the order of its keys."""

    at: int
    versions: int
    values: tuple[int, ...]
    changed: tuple[int, ...]
    anchors: tuple[int, ...]
    move: Move | None = None
    before: Node | None = None

    @property
    def moves(self) -> list[Move]:
        """All moves up to here, in their order."""
        found: list[Move] = []
        node: Node | None = self
        while node is not None and node.move is not None:
            found.append(node.move)
            node = node.before
        return found[::-1]


class _Option(NamedTuple):
    at: int
    lane: Lane
    values: dict[int, int]
    held_up: bool
    """Another parameter is in the way of a longer move: waiting for it may be better."""


class Search:
    """All ways of some units towards their goals; what is no goal stays."""

    def __init__(
        self,
        state: RegistryState,
        goals: Mapping[int, int],
        units: Sequence[Unit],
        timing: Timing,
        *,
        deadline: int | None = None,
        later: Mapping[int, tuple[ParamSpec, int]] = MappingProxyType({}),
    ) -> None:
        """`deadline`: no move after it, and how many versions a way has does not count.
        `later`: wider limits of some keys, each with the second from which they hold."""
        self.state, self.goals, self.units = state, goals, units
        self.timing, self.deadline, self.later = timing, deadline, later
        self.keys = tuple(key for unit in units for key in unit)
        self.place = {key: place for place, key in enumerate(self.keys)}
        self.specs = state.by_key
        self.weights = weight_keys(state)
        self.upwards = {key: goals[key] > state.values[key] for key in self.keys}
        modules = {Module(key >> 8) for key in self.keys}
        # What also moves, but not in this search, is the caller's to look at.
        apart = set(goals) - set(self.keys)
        self.relations = [
            relation
            for module in modules
            for relation in relations(state.layout, module, state.thresholds)
            if not apart & {relation.first.key, relation.second.key}
        ]

    def nodes(self) -> Iterator[Node]:
        """Every node that is worth going on from, by time and then by rank."""
        state, order = self.state, count()
        first = Node(
            at=self.timing.start,
            versions=0,
            values=tuple(state.values[key] for key in self.keys),
            changed=tuple(state.changed_at[key] for key in self.keys),
            anchors=tuple(state.anchor(key) for key in self.keys),
        )
        heap = [(first.at, self._rank(first), next(order), first)]
        seen: list[Node] = []
        while heap:
            node = heappop(heap)[-1]
            if any(self._as_good(other, node) for other in seen):
                continue
            seen.append(node)
            yield node
            if len(seen) > MAX_MOVES:
                return
            for option in self._options(node):
                child = self._after(node, option)
                heappush(heap, (child.at, self._rank(child), next(order), child))

    def _rank(self, node: Node) -> int:
        """Which of equally early nodes comes first: that of fewer versions; where these do not
        count that of less left to go, so that those behind it are seen to be."""
        if self.deadline is None:
            return node.versions
        return sum(
            abs(self.goals[key] - value) for key, value in zip(self.keys, node.values, strict=True)
        )

    def arrived(self, node: Node) -> bool:
        """Whether every key is at its goal."""
        return all(node.values[self.place[key]] == self.goals[key] for key in self.keys)

    def _as_good(self, node: Node, other: Node) -> bool:
        """Whether whatever can follow `other` can follow `node`, no later."""
        if node.at > other.at or (self.deadline is None and node.versions > other.versions):
            return False
        for place, key in enumerate(self.keys):
            sign = 1 if self.upwards[key] else -1
            if sign * node.values[place] < sign * other.values[place]:
                return False
            if sign * node.anchors[place] < sign * other.anchors[place]:
                return False
            if node.changed[place] > other.changed[place] and self._waits_longer(node, other, key):
                return False
        return True

    def _waits_longer(self, node: Node, other: Node, key: int) -> bool:
        """Whether the key may be moved later after `node` than after `other`."""
        # Wider limits have no longer cool-down.
        spec = self.specs[key]
        return any(
            self._earliest(node, lane, spec) > max(other.at, self._earliest(other, lane, spec))
            for lane in self.timing.lanes
        )

    def _options(self, node: Node) -> list[_Option]:
        """The next moves; only the first one where nothing speaks for another."""
        options: list[_Option] = []
        for unit in self.units:
            left = [key for key in unit if node.values[self.place[key]] != self.goals[key]]
            for lane in self.timing.lanes:
                times = {at for key in left for at in self._times(node, lane, key)}
                for at in sorted({max(node.at, at) for at in times}):
                    if self.deadline is not None and at > self.deadline:
                        continue
                    values, held_up = self._furthest(node, left, lane, at)
                    if values:
                        held_up |= len(unit) > 1 or bool(self.later.keys() & unit)
                        options.append(_Option(at, lane, values, held_up))
        if not options:
            return []
        first = min(options, key=lambda option: option.at)
        alone = len(self.timing.lanes) == 1
        return [first] if alone and not first.held_up else options

    def _times(self, node: Node, lane: Lane, key: int) -> list[int]:
        """When the next move of the key may be best: at once, or as soon as it has wider limits."""
        first = self._earliest(node, lane, self.specs[key])
        if key not in self.later:
            return [first]
        wider, since = self.later[key]
        then = max(since, self._earliest(node, lane, wider))
        return [first, then] if first < since else [then]

    def _spec(self, key: int, at: int) -> ParamSpec:
        """The limits of a key at a time."""
        wider, since = self.later.get(key, (None, 0))
        return wider if wider is not None and at >= since else self.specs[key]

    def _earliest(self, node: Node, lane: Lane, spec: ParamSpec) -> int:
        """The first second at which the lane may move a key again within these limits."""
        key, timing = spec.key, self.timing
        changed = node.changed[self.place[key]]
        frozen = max(self.state.frozen_until, self.state.key_frozen_until.get(key, 0))
        if lane is Lane.STEWARD:
            safe = reduces_risk(spec, self.upwards[key])
            return max(timing.start, frozen, changed + (1 if safe else max(1, spec.cooldown)))
        vote = timing.vote or 0
        if timing.overlap:
            return max(timing.start + vote, frozen, changed + 1)
        return max(max(timing.start, changed + 1) + vote, frozen)

    def _furthest(
        self, node: Node, keys: Sequence[int], lane: Lane, at: int
    ) -> tuple[dict[int, int], bool]:
        """What the keys of a unit get to, and whether another parameter holds them up."""
        room, held_up = {}, False
        for key in keys:
            spec = self._spec(key, at)
            ready = at >= self._earliest(node, lane, spec)
            own = self._own_room(node, lane, spec) if ready else 0
            room[key] = self._within_rules(node, key, own)
            held_up |= room[key] < own
        if len(keys) > 1 or keys[0] in self.weights:
            room = self._balanced(node, room)
        values = {
            key: node.values[self.place[key]] + (size if self.upwards[key] else -size)
            for key, size in room.items()
            if size
        }
        return values, held_up

    def _own_room(self, node: Node, lane: Lane, spec: ParamSpec) -> int:
        """How far a key may move towards its goal within these limits, other parameters aside."""
        key, up = spec.key, self.upwards[spec.key]
        value, anchor = node.values[self.place[key]], node.anchors[self.place[key]]
        bound = spec.upper - value if up else value - spec.lower
        left = min(abs(self.goals[key] - value), bound)
        if lane is Lane.GOVERNANCE:
            return min(left, largest_jump(spec, value))
        room = min(left, largest_step(spec, up, value))
        if reduces_risk(spec, up):
            return room
        beyond = value - anchor if up else anchor - value
        return max(0, min(room, largest_jump(spec, anchor) - beyond))

    def _within_rules(self, node: Node, key: int, room: int) -> int:
        """The largest part of a move with which the rules between parameters hold."""
        touching = [one for one in self.relations if key in (one.first.key, one.second.key)]
        values = {**self.state.values, **dict(zip(self.keys, node.values, strict=True))}
        start, sign = values[key], 1 if self.upwards[key] else -1

        def holds(size: int) -> bool:
            values[key] = start + sign * size
            return not any(relation.broken(values) for relation in touching)

        if holds(room):
            return room
        low, high = 0, room
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if holds(middle) else (low, middle)
        return low

    def _balanced(self, node: Node, room: Mapping[int, int]) -> dict[int, int]:
        """The largest moves whose sum is zero; what is furthest from its goal goes first."""
        sides = [
            {key: room[key] for key in room if self.upwards[key] is up} for up in (True, False)
        ]
        total = min(sum(side.values()) for side in sides)
        left = {key: abs(self.goals[key] - node.values[self.place[key]]) for key in room}
        return {key: size for side in sides for key, size in _shared(side, left, total).items()}

    def _after(self, node: Node, option: _Option) -> Node:
        """The node after a move."""
        values, changed, anchors = list(node.values), list(node.changed), list(node.anchors)
        for key, value in option.values.items():
            place = self.place[key]
            values[place], changed[place] = value, option.at
            if option.lane is Lane.GOVERNANCE:
                anchors[place] = value
        last = node.move
        joins = last is not None and (last.at, last.lane) == (option.at, option.lane)
        return Node(
            at=option.at,
            versions=node.versions + (not joins),
            values=tuple(values),
            changed=tuple(changed),
            anchors=tuple(anchors),
            move=Move(option.at, option.lane, option.values),
            before=node,
        )


def weight_keys(state: RegistryState) -> tuple[int, ...]:
    """The keys of the target weights, whose sum stays."""
    params = state.params
    return tuple(params.spec(f"targetWeight[{symbol}]").key for symbol in state.layout.assets)


def _shared(room: Mapping[int, int], left: Mapping[int, int], total: int) -> dict[int, int]:
    """`total` given to the keys within their room so that the most that is left is least."""
    if not total:
        return dict.fromkeys(room, 0)

    def given(level: int) -> dict[int, int]:
        return {key: min(size, max(0, left[key] - level)) for key, size in room.items()}

    low, high = 0, max(left[key] for key in room)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sum(given(middle).values()) >= total else (low, middle)
    shares, over = given(low), sum(given(low).values()) - total
    lower = given(high)
    for key in sorted(room):
        back = min(over, shares[key] - lower[key])
        shares[key] -= back
        over -= back
    return shares

"""What each of several changed parameters contributes to the difference of a figure.

Two answers, on the same paths. One at a time: the change alone, against the current set; these do
not sum to the whole where parameters work on each other. Shapley: the mean over all orders of what
the change adds to those before it; these do (Shapley 1953, A value for n-person games; for
simulation outputs: Song, Nelson & Staum 2016, SIAM/ASA J. Uncertainty Quantification 4).

Parameters of one coupled group move only together, so together they are one player.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from dpo_gov.market import Market
from dpo_gov.params import ParamSet, diff
from dpo_gov.risk import Difference, Measure
from dpo_gov.risk import measures as measures_of
from dpo_gov.simulate import Outcomes, SimSpec, simulate

MOST_PLAYERS = 4
"""Shapley values need all 2**n sets; with more changes only those one at a time are given."""


class Contribution(BaseModel):
    """What some parameters, which move together, add to the difference of each figure.

    `alone` and `shapley`: by the name of the measure. The Shapley values of all contributions sum
    to the whole difference, up to rounding; there are none for more than `MOST_PLAYERS` changes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    alone: dict[str, Difference]
    shapley: dict[str, Difference]


class Attribution(NamedTuple):
    """A change and its parts, all on the same paths."""

    before: Outcomes
    after: Outcomes
    contributions: tuple[Contribution, ...]


def players(current: ParamSet, proposed: ParamSet) -> tuple[tuple[str, ...], ...]:
    """The changed parameters, ascending by key; those of one coupled group stand together."""
    changed = {
        spec.key: spec
        for spec in current.specs.values()
        if current.values[spec.key] != proposed.values[spec.key]
    }
    found: list[list[int]] = []
    for key, spec in sorted(changed.items()):
        home = next((group for group in found if spec.coupled.intersection(group)), None)
        if home is None:
            found.append([key])
        else:
            home.append(key)
    return tuple(tuple(changed[key].name for key in group) for group in found)


def attribute(
    current: ParamSet,
    proposed: ParamSet,
    market: Market,
    spec: SimSpec,
    *,
    measures: Sequence[Measure] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Attribution:
    """Simulate both sides, and what each player contributes to each figure's difference.

    `measures`: all those of the simulation where none are given. All sets that are needed live
    through the same shocks. Differences are proposed less current. Raises what `simulate` raises.
    """
    wanted = measures_of(spec.modules) if measures is None else measures
    groups = players(current, proposed)
    nobody, everybody = frozenset[int](), frozenset(range(len(groups)))
    full = len(groups) <= MOST_PLAYERS
    needed = _subsets(range(len(groups)), len(groups) if full else 1)
    # The two sides come first: of the rest, values on the way would be memory for nothing.
    subsets = list(dict.fromkeys([nobody, everybody, *needed]))
    sets = [_mixed(current, proposed, [groups[place] for place in some]) for some in subsets]
    outcomes = simulate(market, sets, spec, keep=2, progress=progress)
    found = dict(zip(subsets, outcomes, strict=True))
    contributions = tuple(
        Contribution(
            names=names,
            alone={
                one.name: one.difference(found[nobody], found[frozenset({place})]) for one in wanted
            },
            shapley={one.name: _shapley(one, place, len(groups), found) for one in wanted}
            if full
            else {},
        )
        for place, names in enumerate(groups)
    )
    return Attribution(found[nobody], found[everybody], contributions)


def _shapley(
    measure: Measure, place: int, count: int, found: dict[frozenset[int], Outcomes]
) -> Difference:
    """Σ over subsets S without the player of |S|! (n − |S| − 1)! / n! × (v(S + player) − v(S))."""
    weights, outcomes = [], []
    others = [other for other in range(count) if other != place]
    for some in _subsets(others, len(others)):
        weight = 1.0 / (count * comb(count - 1, len(some)))
        weights += [-weight, weight]
        outcomes += [found[some], found[some | {place}]]
    return measure.combination(weights, outcomes)


def _mixed(current: ParamSet, proposed: ParamSet, groups: Sequence[Sequence[str]]) -> ParamSet:
    """The current set with the changes of some players."""
    names = {name for group in groups for name in group}
    wanted = {current.spec(name).key for name in names}
    return current.apply(change for change in diff(current, proposed) if change.key in wanted)


def _subsets(places: Sequence[int], most: int) -> Iterator[frozenset[int]]:
    """All subsets of at most `most` places, the empty one first, by size and then in order."""
    for size in range(most + 1):
        yield from map(frozenset, combinations(places, size))

"""Which of many parameter sets are the best compromises between two figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dpo_gov.errors import InputError
from dpo_gov.risk import OF_MODULES, Measure, measures


class Trade(NamedTuple):
    """Two figures of which one is usually paid for with the other."""

    x: Measure
    y: Measure


def measure(name: str) -> Measure:
    """A measure by its name, with or without underscores. Raises InputError with the names."""
    for one in measures(OF_MODULES):
        if name.strip().replace("_", "") == one.name.replace("_", ""):
            return one
    known = ", ".join(one.name for one in measures(OF_MODULES))
    raise InputError(f"{name!r} is no figure of a report; there are: {known}")


def better(one: Measure) -> int:
    """+1 where a higher figure is better, −1 where a lower one is; costs nothing to move: −1."""
    return one.better or -1


TRADES = (
    Trade(measure("cost"), measure("tracking_error")),
    Trade(measure("cvar_95"), measure("mean_return")),
)
"""What a study shows unasked: cost against tracking, tail loss against return."""


def front(figures: Sequence[Mapping[str, Sequence[float]]], trade: Trade) -> list[int]:
    """Places of the sets that no other beats in both figures, by rising x.

    `figures`: of each set by name, the estimate first. Of sets that are equal in both, the first
    is taken.
    """
    x, y = trade.x, trade.y
    order = sorted(
        range(len(figures)),
        key=lambda place: (
            -better(x) * figures[place][x.name][0],
            -better(y) * figures[place][y.name][0],
            place,
        ),
    )
    best: list[int] = []
    for place in order:
        value = better(y) * figures[place][y.name][0]
        if not best or value > better(y) * figures[best[-1]][y.name][0]:
            best.append(place)
    return sorted(best, key=lambda place: figures[place][x.name][0])

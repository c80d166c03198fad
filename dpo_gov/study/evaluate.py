"""The figures of many parameter sets on the same shocks, each against the current set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from dpo_gov.market import Market
from dpo_gov.params import ParamSet
from dpo_gov.risk import Figure, Measure
from dpo_gov.risk import measures as measures_of
from dpo_gov.simulate import SimSpec, simulate

BATCH = 15
"""Sets at a time, beside the current one: enough to share the shocks' work, few enough to be lost
when a run is killed."""

Progress = Callable[[float], None]


class Evaluation(NamedTuple):
    """The figures of a set, and of its difference to the current one, by the measure's name."""

    figures: dict[str, Figure]
    difference: dict[str, Figure]
    outputs_sha256: str


def evaluate(
    current: ParamSet,
    sets: Sequence[ParamSet],
    market: Market,
    spec: SimSpec,
    *,
    measures: Sequence[Measure] | None = None,
    in_all: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Evaluation]:
    """Evaluations of `sets` in their order, `BATCH` of them at a time.

    `measures`: all those of the simulation where none are given. `in_all`: how many sets there will
    be, where these are not all of them; it decides on the engine, and changes no bit.

    All start at the current set's target weights and see the same shocks, so a set's evaluation
    does not depend on the others. Values on the way are not kept: `spec.checkpoints` is not used.
    Raises what `simulate` raises.
    """
    lean = spec.model_copy(update={"checkpoints": 1})
    wanted = measures_of(spec.modules) if measures is None else measures
    for first in range(0, len(sets), BATCH):
        batch = sets[first : first + BATCH]
        share = part(progress, first, len(batch), len(sets))
        before, *outcomes = simulate(
            market, [current, *batch], lean, in_all=in_all or len(sets), progress=share
        )
        for after in outcomes:
            yield Evaluation(
                {one.name: one.figure(after) for one in wanted},
                {one.name: one.difference(before, after) for one in wanted},
                after.sha256(),
            )


def part(progress: Progress | None, first: int, count: int, whole: int) -> Progress | None:
    """Progress of `count` pieces after `first` ones, as progress of the whole."""
    if progress is None:
        return None
    return lambda share: progress((first + share * count) / whole)

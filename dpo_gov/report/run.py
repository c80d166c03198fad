"""From two parameter sets to a report, and from a report's inputs to the same report again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dpo_gov.errors import CheckFailed
from dpo_gov.market import Market
from dpo_gov.params import Change, ParamSet, catalogue
from dpo_gov.report.model import (
    GREEK_PERCENTS,
    VERSION,
    Greeks,
    Histogram,
    Inputs,
    Report,
    Row,
    Side,
)
from dpo_gov.risk import Measure, figures, measures, paired
from dpo_gov.simulate import (
    ARITHMETIC,
    MODEL,
    HedgeOutcomes,
    Outcomes,
    SimSpec,
    StressResult,
    covering,
    not_modelled,
    stress,
    stress_notes,
)
from dpo_gov.study import attribute

FAN_PERCENTS = (5, 25, 50, 75, 95)
DRAWDOWN_BINS = 50
POINTS = 200
"""Paths in the plot of cost against tracking: enough for the shape of the cloud."""
DIFFERENCE_BINS = 40
_STEPS = tuple(
    float(f"{digit}e{power}") for power in range(-9, 3) for digit in ("1", "2", "2.5", "5")
)
"""Widths of bins that people can read; decimal constants, since powers would need a logarithm."""

Progress = Callable[[float], None]


def build(
    current: ParamSet,
    proposed: ParamSet,
    market: Market,
    spec: SimSpec,
    *,
    progress: Progress | None = None,
) -> Report:
    """Simulate both sides on the same shocks and report them.

    `progress` takes the finished share. Raises InputError for too few paths, UnknownName for an
    asset that the market does not know, CheckFailed when nothing changes. A module is simulated,
    too, where the change touches a parameter of it.
    """
    if current.layout != proposed.layout or current.values == proposed.values:
        raise CheckFailed("both sides are the same; a report compares a change with what is")
    sides = [current, proposed]
    days = stress(market, sides, spec.portfolio)
    spec = covering(spec, sides, market)
    market = market.reduced(spec.modules)
    unseen = not_modelled(current, proposed, market, spec.modules)
    seen = _without(proposed, current, [item.name for item in unseen])
    before, after, contributions = attribute(current, seen, market, spec, progress=progress)
    difference, wanted = after.final_nav - before.final_nav, measures(spec.modules)
    return Report(
        version=VERSION,
        arithmetic=ARITHMETIC,
        model=MODEL,
        inputs=Inputs.of(current, proposed, market, spec),
        changes=tuple(
            param.name
            for param in catalogue(current.layout)
            if current.values[param.key] != proposed.values[param.key]
        ),
        not_modelled=unseen,
        assumptions=market.assumptions(),
        current=_side(before, days[0], wanted),
        proposed=_side(after, days[1], wanted),
        difference=paired(before, after, wanted),
        attribution=contributions if len(contributions) > 1 else (),
        better_paths=int(np.count_nonzero(difference > 0.0)),
        stress_notes=stress_notes(market, current.layout, spec.modules),
        fan_days=tuple(before.checkpoint_days),
        fan_percents=FAN_PERCENTS,
        drawdown_edges=tuple(edge / DRAWDOWN_BINS for edge in range(DRAWDOWN_BINS + 1)),
        return_differences=_histogram(difference),
    )


def rebuild(report: Report, *, progress: Progress | None = None) -> Report:
    """Run the report's own inputs again; the same hash proves that its figures are not made up.

    Raises CheckFailed when the report comes from another arithmetic or model than this program's.
    """
    for what, theirs, ours in (
        ("arithmetic", report.arithmetic, ARITHMETIC),
        ("model", report.model, MODEL),
    ):
        if theirs != ours:
            raise CheckFailed(
                f"the report was made with {what} {theirs!r}, this program has {ours!r}; "
                "use the release that made it"
            )
    inputs = report.inputs
    return build(inputs.current, inputs.proposed, inputs.market, inputs.spec, progress=progress)


def _without(proposed: ParamSet, current: ParamSet, names: Sequence[str]) -> ParamSet:
    """The proposed set with some parameters left as they are now."""
    keys = [current.spec(name).key for name in names]
    return proposed.apply(
        Change(key=key, old=proposed.values[key], new=current.values[key]) for key in keys
    )


def _side(outcomes: Outcomes, days: tuple[StressResult, ...], wanted: Sequence[Measure]) -> Side:
    columns = zip(outcomes.cost[:POINTS], outcomes.tracking_error[:POINTS], strict=True)
    return Side(
        figures=figures(outcomes, wanted),
        outputs_sha256=outcomes.sha256(),
        fan=tuple(_percentiles(navs, FAN_PERCENTS) for navs in outcomes.checkpoints),
        drawdowns=_counts(outcomes.max_drawdown * DRAWDOWN_BINS, 0, DRAWDOWN_BINS),
        points=tuple((float(cost), float(tracking)) for cost, tracking in columns),
        stress=days,
        greeks=_greeks(outcomes.hedge) if outcomes.hedge else None,
    )


def _greeks(hedge: HedgeOutcomes) -> Greeks:
    def spread(values: NDArray[np.float64]) -> tuple[Row, ...]:
        return tuple(_percentiles(row, GREEK_PERCENTS) for row in values)

    return Greeks(delta=spread(hedge.delta), gamma=spread(hedge.gamma), vega=spread(hedge.vega))


def _percentiles(values: NDArray[np.float64], percents: Sequence[int]) -> Row:
    ordered = np.sort(values)
    return tuple(float(ordered[len(values) * percent // 100]) for percent in percents)


def _histogram(values: NDArray[np.float64]) -> Histogram:
    """Bins of a readable width between the 0.5 % and the 99.5 % quantile, zero on an edge."""
    ordered = np.sort(values)
    cut = len(values) // 200
    low, high = float(ordered[cut]), float(ordered[-1 - cut])
    width = next((step for step in _STEPS if (high - low) <= DIFFERENCE_BINS * step), _STEPS[-1])
    first, last = int(np.floor(low / width)), int(np.floor(high / width)) + 1
    return Histogram(
        edges=tuple(place * width for place in range(first, last + 1)),
        counts=_counts(values / width, first, last),
    )


def _counts(scaled: NDArray[np.float64], first: int, last: int) -> tuple[int, ...]:
    """How many values lie in each whole step from `first` to `last`; those beyond count outside."""
    places = np.clip(np.floor(scaled), first, last - 1).astype(np.int64) - first
    found: Sequence[int] = np.bincount(places, minlength=last - first).tolist()
    return tuple(found)

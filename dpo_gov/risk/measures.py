"""The figures of a report: which number of each path, and which estimator makes one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from dpo_gov.canonical import variance
from dpo_gov.risk.control import controlled
from dpo_gov.risk.estimators import (
    Estimator,
    Interval,
    Mean,
    Proportion,
    Quantile,
    Sample,
    TailMean,
)
from dpo_gov.risk.intervals import check, combined, finite, weighted

DAYS_A_YEAR = 365
"""Crypto markets do not close."""
FigureUnit = Literal["fraction", "fraction a year", "ratio", "count"]


class Control(BaseModel):
    """What a control variate did for a figure.

    `coefficient`: how much of the path's surprise was in its outcome; of a combination, the same
    combination of coefficients. `variance_ratio`: the variance without the control, over the one
    with it; so many times more paths would be needed without.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    coefficient: FiniteFloat
    variance_ratio: FiniteFloat


class Figure(BaseModel):
    """An estimate with the ends of its 95 % confidence interval.

    `unit`: fraction (of the net asset value, or of time), fraction a year, ratio, or count.
    `horizon_days`: the time over which the outcome is taken; a loss without it says nothing.
    `method`: the estimator and where its interval comes from. `control`: where one is used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    estimate: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    unit: FigureUnit
    horizon_days: int
    method: str
    control: Annotated[Control | None, Field(exclude_if=lambda control: control is None)] = None

    @property
    def significant(self) -> bool:
        """Of a difference: the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


class Difference(Figure):
    """A figure that combines several sides on the same paths, such as proposed less current.

    `variance_ratio`: how many times more paths independent runs would need for the same interval;
    0 where nothing differs.
    """

    variance_ratio: FiniteFloat


class PathOutcomes(Protocol):
    """What a simulation leaves of each path: arrays (paths,), values per start value."""

    # Properties, so that a frozen class fits.
    @property
    def horizon_days(self) -> int: ...  # noqa: D102 - the class says it
    @property
    def final_nav(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def max_drawdown(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def turnover(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def cost(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def time_out_of_band(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def tracking_error(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def daily_mean(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def daily_sd(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def surprise(self) -> Sample: ...  # noqa: D102 - the class says it
    @property
    def rebalances(self) -> NDArray[np.int64]: ...  # noqa: D102 - the class says it


@dataclass(frozen=True)
class Measure:
    """One row of the report.

    `better`: +1 when a voter wants it high, -1 when low, 0 when neither is better by itself.
    `controlled`: the surprise of each path is taken out of its outcome, where it is known; for
    means that follow the market.
    """

    name: str
    label: str
    unit: FigureUnit
    better: int
    sample: Callable[[PathOutcomes], Sample]
    estimator: Estimator
    controlled: bool = False

    @np.errstate(all="ignore")  # what overflows is refused, in words
    def figure(self, outcomes: PathOutcomes) -> Figure:
        """The figure of one side."""
        (sample,), control = self._samples((1.0,), (outcomes,))
        interval = self.estimator.one(sample)
        return self._figure(interval, outcomes, self.estimator.method, control)

    def difference(self, current: PathOutcomes, proposed: PathOutcomes) -> Difference:
        """Proposed less current, paired by path."""
        return self.combination((-1.0, 1.0), (current, proposed))

    @np.errstate(all="ignore")
    def combination(self, weights: Sequence[float], outcomes: Sequence[PathOutcomes]) -> Difference:
        """Σ weight × figure over outcomes of the same paths."""
        samples, control = self._samples(weights, outcomes)
        paired = self.estimator.combination(weights, samples)
        method = self.estimator.paired_method
        figure = self._figure(Interval(*paired[:3]), outcomes[0], method, control)
        return Difference(**dict(figure), variance_ratio=paired.variance_ratio)

    def _samples(
        self, weights: Sequence[float], outcomes: Sequence[PathOutcomes]
    ) -> tuple[list[Sample], Control | None]:
        """Each side's sample, without the surprise where that is to be taken out and is known."""
        plain = [self.sample(one) for one in outcomes]
        check(*plain, of=self.label)
        if not self.controlled or not all(one.surprise.any() for one in outcomes):
            return plain, None
        pairs = zip(plain, outcomes, strict=True)
        samples, coefficients = zip(
            *(controlled(sample, one.surprise) for sample, one in pairs), strict=True
        )
        left = variance(combined(weights, samples))
        coefficient = weighted(weights, coefficients)
        times = variance(combined(weights, plain)) / left if left > 0.0 else 1.0
        finite(coefficient, times)
        control = Control(coefficient=coefficient, variance_ratio=times)
        return list(samples), control

    def _figure(
        self, interval: Interval, outcomes: PathOutcomes, method: str, control: Control | None
    ) -> Figure:
        return Figure(
            estimate=interval.estimate,
            low=interval.low,
            high=interval.high,
            unit=self.unit,
            horizon_days=outcomes.horizon_days,
            method=f"{method}, control variate" if control else method,
            control=control,
        )


def _return(outcomes: PathOutcomes) -> Sample:
    return outcomes.final_nav - 1.0


def _loss(outcomes: PathOutcomes) -> Sample:
    return 1.0 - outcomes.final_nav


def _volatility(outcomes: PathOutcomes) -> Sample:
    return outcomes.daily_sd * sqrt(float(DAYS_A_YEAR))


def _sharpe(outcomes: PathOutcomes) -> Sample:
    """Without a riskless rate; a path that never moves has none, and counts as zero."""
    moves = outcomes.daily_sd > 0.0
    safe = np.where(moves, outcomes.daily_sd, 1.0)
    return np.where(moves, outcomes.daily_mean / safe, 0.0) * sqrt(float(DAYS_A_YEAR))


def _rebalances(outcomes: PathOutcomes) -> Sample:
    return outcomes.rebalances.astype(np.float64)


MEASURES = (
    Measure("mean_return", "Mean return", "fraction", 1, _return, Mean(), controlled=True),
    Measure("median_return", "Median return", "fraction", 1, _return, Quantile(50)),
    Measure("loss_probability", "Chance of a loss", "fraction", -1, _loss, Proportion(above=0.0)),
    Measure("volatility", "Volatility", "fraction a year", -1, _volatility, Mean()),
    Measure("sharpe", "Sharpe ratio", "ratio", 1, _sharpe, Mean(), controlled=True),
    Measure("var_95", "Value at risk, 95 %", "fraction", -1, _loss, Quantile(95)),
    Measure("cvar_95", "Mean loss of the worst 5 %", "fraction", -1, _loss, TailMean(95)),
    Measure("var_99", "Value at risk, 99 %", "fraction", -1, _loss, Quantile(99)),
    Measure("cvar_99", "Mean loss of the worst 1 %", "fraction", -1, _loss, TailMean(99)),
    Measure(
        "max_drawdown",
        "Maximum drawdown, mean",
        "fraction",
        -1,
        lambda o: o.max_drawdown,
        Mean(),
        controlled=True,
    ),
    Measure(
        "max_drawdown_95",
        "Maximum drawdown, 1 case in 20",
        "fraction",
        -1,
        lambda o: o.max_drawdown,
        Quantile(95),
    ),
    Measure(
        "halving_probability",
        "Chance of a fall by half from a peak",
        "fraction",
        -1,
        lambda o: o.max_drawdown,
        Proportion(above=0.5),
    ),
    Measure("turnover", "Turnover", "fraction", 0, lambda o: o.turnover, Mean()),
    Measure("rebalances", "Rebalances", "count", 0, _rebalances, Mean()),
    Measure("cost", "Trading cost", "fraction", -1, lambda o: o.cost, Mean()),
    Measure(
        "time_out_of_band",
        "Time out of band",
        "fraction",
        -1,
        lambda o: o.time_out_of_band,
        Mean(),
    ),
    Measure(
        "tracking_error",
        "Tracking error",
        "fraction a year",
        -1,
        lambda o: o.tracking_error,
        Mean(),
    ),
)
"""Every figure, in the order in which people read them.

The Sharpe ratio is the one realised within a path, averaged over paths: its interval is across
paths, which needs no assumption on the returns within one (Lo's standard error does).
"""


def figures(outcomes: PathOutcomes, measures: Sequence[Measure] = MEASURES) -> dict[str, Figure]:
    """The figures of one side by name; raises InputError when the paths are too few."""
    return {measure.name: measure.figure(outcomes) for measure in measures}


def paired(
    current: PathOutcomes, proposed: PathOutcomes, measures: Sequence[Measure] = MEASURES
) -> dict[str, Difference]:
    """The differences, proposed less current, by name; path i saw the same shocks on both sides."""
    return {measure.name: measure.difference(current, proposed) for measure in measures}

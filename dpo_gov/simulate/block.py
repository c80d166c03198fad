"""One block of paths, all parameter sets at once: the unit of work, pure and picklable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dpo_gov.market import Asked, Market, Sampler
from dpo_gov.params import ParamSet
from dpo_gov.policy import RebalancingRules
from dpo_gov.simulate.borrowing import Borrowing
from dpo_gov.simulate.debt import Sleeves
from dpo_gov.simulate.hedges import Hedges
from dpo_gov.simulate.hedging import Hedging
from dpo_gov.simulate.outcomes import Outcomes, SimSpec
from dpo_gov.simulate.portfolio import Portfolio, World

if TYPE_CHECKING:
    from dpo_gov.simulate.lanes import Lanes

Count = Callable[[int], None]
"""Called with the number of paths times days since the last call."""


@dataclass(frozen=True)
class Run:
    """Everything that decides the outcomes, and the engine, which does not."""

    market: Market
    sets: tuple[ParamSet, ...]
    spec: SimSpec
    engine: str = "numpy"

    @cached_property
    def places(self) -> list[int]:
        """Where the strategy's assets are in the market."""
        return [self.market.place(symbol) for symbol in self.sets[0].layout.assets]

    @cached_property
    def rules(self) -> list[RebalancingRules]:
        """The rules of each set."""
        return [RebalancingRules.of(parameters) for parameters in self.sets]

    @cached_property
    def hedging(self) -> Hedging | None:
        """What the sets hedge by, or None where that is not simulated."""
        if "hedging" not in self.spec.modules:
            return None
        return Hedging.of(self.market, self.sets, self.spec.portfolio)

    @cached_property
    def borrowing(self) -> Borrowing | None:
        """How the sets borrow, or None where that is not simulated."""
        if "collateral" not in self.spec.modules:
            return None
        return Borrowing.of(self.market, self.sets, self.spec.portfolio)

    @cached_property
    def lanes(self) -> Lanes | None:
        """The run for the numba engine, or None where the engine is numpy."""
        if self.engine != "numba":
            return None
        from dpo_gov.simulate.lanes import Lanes

        modules = self.hedging, self.borrowing
        return Lanes.of(self.market, self.places, self.rules, self.spec, *modules)


def run_block(run: Run, paths: range, progress: Count | None = None) -> list[Outcomes]:
    """Outcomes of some paths, by parameter set; the same bits wherever it runs.

    Where a market's figures are wild, outcomes may be infinite or no number. That is for whoever
    makes figures of them to refuse; numpy's warnings would say it by lines of the program.
    """
    with np.errstate(all="ignore"):
        outcomes = run.lanes.run(paths) if run.lanes else None
        if outcomes is None:
            return _run_numpy(run, paths, progress)
    if progress is not None:
        progress(len(paths) * run.spec.horizon_days)
    return outcomes


def _run_numpy(run: Run, paths: range, progress: Count | None) -> list[Outcomes]:
    numbers = np.arange(paths.start, paths.stop, dtype=np.int64)
    world = World(run.market, run.places, run.spec, numbers)
    start, hedging, borrowing = run.rules[0].targets, run.hedging, run.borrowing
    exposed = start + borrowing.owed(len(start)) if borrowing else start
    portfolios = [
        Portfolio(
            world,
            rules,
            start,
            Hedges(hedging, n, exposed, run.spec, len(paths)) if hedging else None,
            Sleeves(world, borrowing, n) if borrowing else None,
        )
        for n, rules in enumerate(run.rules)
    ]
    asked = Asked.of(run.market, run.spec.modules)
    sampler = Sampler(run.market, run.spec.seed, numbers, asked)
    days = sampler.days(run.spec.horizon_days)
    for number, day in enumerate(days, 1):
        growth = day.growth[run.places]
        for portfolio in portfolios:
            portfolio.step(number, growth, day)
        if progress is not None:
            progress(len(paths))
    return [portfolio.outcomes() for portfolio in portfolios]

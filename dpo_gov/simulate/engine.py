"""The simulation: a market's days run through the vault's rules, all parameter sets at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dpo_gov.errors import InputError
from dpo_gov.market import Market, Sampler
from dpo_gov.params import ParamSet
from dpo_gov.policy import RebalancingRules
from dpo_gov.simulate.outcomes import Outcomes, SimSpec
from dpo_gov.simulate.portfolio import Portfolio, World

BLOCK = 10_000
"""Paths at a time: small enough for the caches, large enough for numpy's loops."""


@dataclass(frozen=True)
class Run:
    """Everything that decides the outcomes. Picklable, so that blocks may run anywhere."""

    market: Market
    sets: tuple[ParamSet, ...]
    spec: SimSpec

    def block(
        self, first: int, count: int, progress: Callable[[int], None] | None = None
    ) -> list[Outcomes]:
        """Outcomes of `count` paths from number `first` on, by parameter set.

        `progress` is called with the number of paths times days since its last call. A faster
        engine is another form of this function, with the same bits.
        """
        places = [self.market.place(symbol) for symbol in self.sets[0].layout.assets]
        paths = np.arange(first, first + count, dtype=np.int64)
        world = World(self.market, places, self.spec, paths)
        rules = [RebalancingRules.of(parameters) for parameters in self.sets]
        portfolios = [Portfolio(world, one, rules[0].targets) for one in rules]
        days = Sampler(self.market, self.spec.seed, paths).days(self.spec.horizon_days)
        for number, day in enumerate(days, 1):
            growth = day.growth[places]
            for portfolio in portfolios:
                portfolio.step(number, growth, day)
            if progress is not None:
                progress(count)
        return [portfolio.outcomes() for portfolio in portfolios]


def simulate(
    market: Market,
    sets: Sequence[ParamSet],
    spec: SimSpec,
    *,
    progress: Callable[[float], None] | None = None,
    block: int = BLOCK,
) -> list[Outcomes]:
    """Outcomes of each parameter set on the same days, in the order of `sets`.

    All portfolios start at the target weights of the first set; another set ramps from there to
    its own. The vault is looked at once a day, and its keeper rebalances whenever it may.
    `progress` is called with the share that is done. `block` changes speed only.

    Raises UnknownName where the market does not know an asset, InputError where sets differ in
    their assets.
    """
    if len({parameters.layout.assets for parameters in sets}) != 1:
        raise InputError("the parameter sets must be of one strategy, with the same assets")
    run, done = Run(market, tuple(sets), spec), 0

    def count_days(paths: int) -> None:
        nonlocal done
        done += paths
        if progress is not None:
            progress(done / (spec.paths * spec.horizon_days))

    firsts = range(0, spec.paths, block)
    parts = [run.block(first, min(block, spec.paths - first), count_days) for first in firsts]
    return [Outcomes.joined([part[k] for part in parts]) for k in range(len(sets))]

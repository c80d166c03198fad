"""What is simulated everywhere, and what one Python on one machine says to it, as JSON.

`python works.py '[["numba", 2, 128]]' full` runs the work for each (engine, threads, paths at a
time); without names, every work. It is a program, since the answer is asked of other interpreters,
and under other variables of the environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

import numpy as np

from dpo_gov.market import Market, default_market
from dpo_gov.market.model import Garch, History, Oracle
from dpo_gov.params import Change, ParamSet, StrategyLayout
from dpo_gov.simulate import Executor, SimSpec, Threads, serial, simulate
from dpo_gov.simulate.bench import FULL
from dpo_gov.simulate.bench import works as bench_works
from dpo_gov.simulate.coverage import missing
from dpo_gov.simulate.outcomes import Extra
from dpo_gov.simulate.vectors import compiled, dispatched

PATHS, DAYS = 261, 43
"""Neither is a multiple of anything that the engines count in."""
LAYOUT = StrategyLayout(
    name="core",
    assets=("USDC", "WBTC", "WETH"),
    weights=(2_000, 3_500, 4_500),
    collaterals=("WETH", "WBTC"),
    venues=("aave-v3", "morpho-blue"),
)
RULES = {"driftThreshold": 600, "weightRamp": 5 * 86_400, "recenteringSpeed": 700_000}


@dataclass(frozen=True)
class Work:
    """A market, the parameter sets that live in it, and how long."""

    market: Market
    sets: tuple[ParamSet, ...]
    spec: SimSpec

    def hash(self, engine: str, executor: Executor, block: int, **more: object) -> str:
        """The hashes of all sets."""
        found = simulate(
            self.market, self.sets, self.spec, engine=engine, executor=executor, block=block, **more
        )
        return " ".join(one.sha256() for one in found)


def works() -> dict[str, Work]:
    """The whole model, in all its kinds.

    full: regimes, Student-t mixing, common and own jumps, a peg, gas. garch, bootstrap and replay:
    what may stand in the place of regimes. modules: all that a vault can do, and the markets for
    it, seen through feeds that lag behind, at venues that thin, under sets that differ in it.
    """
    spec = SimSpec(paths=PATHS, seed=2**63 + 5, horizon_days=DAYS)
    market, sets, _ = bench_works()[FULL]
    base = ParamSet.defaults(LAYOUT)
    pair = (base, _with(base, RULES))
    whole = _lagging(default_market(conditions=True))
    extras = tuple(name for name in get_args(Extra) if not missing(name, LAYOUT, whole))
    changed = _with(
        base,
        RULES
        | {"hedgeRatio": 500_000, "premiumBudget": 150}
        | {"targetLtv[WETH]": 5_500, "deleverHealthFactor": 1_500_000},
    )
    return {
        "full": Work(market, sets, spec),
        "garch": Work(_clustered(default_market()), pair, spec),
        "bootstrap": Work(_recalled(default_market(), block=7.5), pair, spec),
        "replay": Work(_recalled(default_market(), block=None), pair, spec),
        "modules": Work(whole, (base, changed), spec.model_copy(update={"modules": extras})),
    }


def _with(base: ParamSet, values: dict[str, int]) -> ParamSet:
    return base.apply(
        Change(key=base.spec(name).key, old=base.get(name), new=value)
        for name, value in values.items()
    )


def _lagging(market: Market) -> Market:
    """The market with a price oracle, and venues that thin on wild days."""
    oracle = Oracle(deviation=(0.005,) * len(market.assets), delay=3_600.0, assumption="made up")
    venue = market.venue.model_copy(update={"thinning": 0.5})
    return market.model_copy(update={"oracle": oracle, "venue": venue})


def _calm(market: Market, **more: object) -> Market:
    """The market with one regime alone, and something in its place."""
    one = {"regimes": market.regimes[:1], "transition": ((1.0,),)}
    gas = market.gas.model_copy(update={"median": market.gas.median[:1]})
    return Market.model_validate(market.model_copy(update={**one, "gas": gas, **more}).model_dump())


def _clustered(market: Market) -> Market:
    garch = Garch(alpha=0.05, gamma=0.06, beta=0.88, start=1.7)
    assets = [
        one if one.reversion else one.model_copy(update={"garch": garch}) for one in market.assets
    ]
    return _calm(market, assets=tuple(assets))


def _recalled(market: Market, block: float | None) -> Market:
    """Two assets take their days from a history of 90, the third has its own."""
    days = range(90)
    rows = tuple(tuple(((day * step) % 41 - 20) / 500.0 for day in days) for step in (17, 23))
    history = History(first="2020-01-01", assets=("BTC", "ETH"), returns=rows, block=block)
    return _calm(market, history=history)


def told(jobs: Iterable[tuple[str, int, int]], names: Iterable[str]) -> dict[str, object]:
    """What this Python is, and the hashes by work of each job; `names`: of the works."""
    found, all_works = [], works()
    for engine, threads, block in jobs:
        executor = Threads(threads) if threads > 1 else serial
        found.append({name: all_works[name].hash(engine, executor, block) for name in names})
    return {
        "numpy": np.__version__,
        "simd": dispatched(),
        "vectors": compiled() if "numba" in sys.modules else "",
        "hashes": found,
    }


if __name__ == "__main__":
    print(json.dumps(told(json.loads(sys.argv[1]), sys.argv[2:])))  # noqa: T201 - its answer

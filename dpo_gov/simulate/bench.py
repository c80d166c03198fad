"""The speed of the engines on works of reference size, beside other programs.

An asset-step is one asset of one path on one day. "threshold" is geometric Brownian motion of
five assets under a rule of threshold, cool-off and cost. "full" is all that a market of prices and
gas has, on as many assets, under four parameter sets on the same shocks; "debt" is the same with
debt against two of the assets, at two venues.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from math import sqrt
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from dpo_gov.market.assumed import assumed
from dpo_gov.market.figures import Matrix
from dpo_gov.market.model import Asset, CommonJump, Gas, Jump, Market, Regime, Venue
from dpo_gov.params import Change, ParamSet, StrategyLayout
from dpo_gov.simulate.engine import engines, simulate
from dpo_gov.simulate.executors import Threads, serial
from dpo_gov.simulate.outcomes import Extra, SimSpec
from dpo_gov.simulate.peers import Work, plain_loop, vectorbt_orders
from dpo_gov.simulate.vectors import LESSER, compiled, loops, pretend

PATHS, DAYS = 10_000, 365
THRESHOLD, FULL, DEBT = "threshold", "full", "debt"
PLAIN, VECTORBT = "plain numpy loop", "vectorbt"
VECTORBT_PATHS, VECTORBT_TRIES = 10_000, (2, 3)
"""It keeps every order and day, 3 GB of them; its first try compiles."""
_SMALL = 64
SYMBOLS = ("USDC", "WBTC", "WETH", "SOL", "LINK")
LENDERS = ("aave-v3", "morpho-blue")
WEIGHTS = (1_000, 3_000, 2_500, 2_000, 1_500)
VOLATILITY = (0.05, 0.6, 0.75, 0.9, 0.85)
DRIFT = 0.10
CORRELATION: Matrix = (
    (1.0, 0.0, 0.0, 0.0, 0.0),
    (0.0, 1.0, 0.8, 0.7, 0.65),
    (0.0, 0.8, 1.0, 0.75, 0.7),
    (0.0, 0.7, 0.75, 1.0, 0.6),
    (0.0, 0.65, 0.7, 0.6, 1.0),
)
COST = 0.001
_UNBOUND = {
    "driftThreshold": 500,
    "recenteringSpeed": 1_000_000,
    "rebalanceInterval": 2**32 - 1,
    "tradeCoolOff": 3 * 86_400,
    "maxTradeSize": 10_000,
    "maxSlippage": 10_000,
    "slippageBudget": 10_000,
    "navDeviation": 10_000,
    "minIdle": 0,
}
"""What leaves nothing but threshold and cool-off; beyond the catalogue's limits on purpose."""
_VARIANTS: tuple[dict[str, int], ...] = (
    {},
    {"driftThreshold": 300},
    {"driftThreshold": 800},
    {"recenteringSpeed": 500_000},
)
_ASSUMED = "a made-up figure of the benchmark"


@dataclass(frozen=True)
class Speed:
    """One measurement, the best of some tries.

    `vectors`: the widest that it uses, or nothing where they have no name. `seconds` by the clock,
    `cpu_seconds` of all threads. `rate`: asset-steps a second and core, of each parameter set.
    `memory`: bytes by which the peak grew beyond that of a small run,
    which has loaded and compiled everything. `sha256`: of what comes out; the engines share it.
    """

    work: str
    program: str
    vectors: str
    threads: int
    sets: int
    paths: int
    seconds: float
    cpu_seconds: float
    rate: float
    memory: int
    sha256: str


class Task(NamedTuple):
    """What is simulated."""

    market: Market
    sets: tuple[ParamSet, ...]
    modules: tuple[Extra, ...] = ()


def works() -> dict[str, Task]:
    """Each work by name."""
    layout = StrategyLayout(name="bench", assets=SYMBOLS, weights=WEIGHTS)
    base, full = ParamSet.defaults(layout), _market(full=True)
    pledged = StrategyLayout(
        **layout.model_dump() | {"collaterals": ("WETH", "WBTC"), "venues": LENDERS}
    )
    indebted = ParamSet.defaults(pledged)
    lending = full.model_copy(update={"conditions": assumed(("BTC", "ETH"), 2)})
    return {
        THRESHOLD: Task(_market(full=False), (_with(base, _UNBOUND),)),
        FULL: Task(full, tuple(_with(base, values) for values in _VARIANTS)),
        DEBT: Task(
            lending,
            tuple(_with(indebted, _UNBOUND | values) for values in _VARIANTS),
            ("collateral",),
        ),
    }


def bench(
    paths: int,
    threads: Sequence[int],
    tries: int,
    progress: Callable[[float], None],
    *,
    names: Sequence[str] = (THRESHOLD, FULL, DEBT),
    vectors: Sequence[str] = (),
) -> list[Speed]:
    """Measure all engines on the works of these names, and on the first the peers that there are.

    Each runs in a process of its own, so that none sees another's memory or threads. `vectors`:
    for which lesser ones, of `vectors.lesser()`, the compiled engine is measured, too.
    """
    counts = {"numpy": (1,), "numba": tuple(threads)}
    jobs = [
        (work, program, count, paths)
        for work in names
        for program in engines()
        for count in counts[program]
    ]
    if "numba" in engines():
        jobs += [(work, name, 1, paths) for work in names for name in vectors]
    if THRESHOLD in names:
        jobs.append((THRESHOLD, PLAIN, 1, paths))
    if THRESHOLD in names and find_spec(VECTORBT):
        jobs.append((THRESHOLD, VECTORBT, 1, min(paths, VECTORBT_PATHS)))
    found = []
    for done, job in enumerate(jobs, 1):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            found.append(process.submit(measure, *job, tries).result())
        progress(done / len(jobs))
    return found


def measure(work: str, program: str, threads: int, paths: int, tries: int) -> Speed:
    """Measure one program in this process; vectors are numba with no wider ones."""
    if program in LESSER:
        pretend(program)
        program = "numba"
    _job(work, program, threads, _SMALL)()
    job, before = _job(work, program, threads, paths), _peak_memory()
    if program == VECTORBT:
        tries = min(max(tries, VECTORBT_TRIES[0]), VECTORBT_TRIES[1])
    walls, cpus, digests = [], [], set()
    for _ in range(tries):
        wall, cpu = perf_counter(), process_time()
        digest = job()
        walls.append(perf_counter() - wall)
        cpus.append(process_time() - cpu)
        digests.add(digest())
    sets, memory = len(works()[work].sets), _peak_memory() - before
    rate = paths * DAYS * len(SYMBOLS) * sets / min(cpus)
    times = min(walls), min(cpus)
    widest = compiled() if program in ("numba", VECTORBT) else loops()
    numbers = widest, threads, sets, paths, *times, rate, memory
    return Speed(work, program, *numbers, "/".join(digests))


def _job(work: str, program: str, threads: int, paths: int) -> Callable[[], Callable[[], str]]:
    """What is measured; it gives back how to hash its result, which is not measured."""
    if program in (PLAIN, VECTORBT):
        plain = Work(
            days=DAYS,
            weights=tuple(weight / 10_000 for weight in WEIGHTS),
            drift=DRIFT,
            volatility=VOLATILITY,
            correlation=CORRELATION,
            threshold=_UNBOUND["driftThreshold"] / 10_000,
            cool_off=_UNBOUND["tradeCoolOff"] // 86_400,
            cost=COST,
        )
        run = vectorbt_orders(plain, paths) if program == VECTORBT else None

        def peer() -> Callable[[], str]:
            arrays = run() if run else plain_loop(plain, paths)
            return lambda: _hash(array.tobytes() for array in arrays)

        return peer
    market, sets, modules = works()[work]
    spec = SimSpec(paths=paths, horizon_days=DAYS, checkpoints=1, modules=modules)
    executor = Threads(threads) if threads > 1 else serial

    def engine() -> Callable[[], str]:
        outcomes = simulate(market, sets, spec, engine=program, executor=executor)
        return lambda: _hash(one.sha256().encode() for one in outcomes)

    return engine


def _market(*, full: bool) -> Market:
    daily = tuple(volatility / sqrt(DAYS) for volatility in VOLATILITY)
    drift = tuple(DRIFT / DAYS - 0.5 * volatility * volatility for volatility in daily)
    jump = Jump(probability=0.0008, mean=-0.02, deviation=0.1) if full else Jump()
    own = tuple(
        Asset(symbol=symbol, price=1.0, reversion=0.3 if full and not n else 0.0, own_jump=jump)
        for n, symbol in enumerate(("STABLE", "BTC", "ETH", *SYMBOLS[3:]))
    )
    scales = {"calm": 0.7, "stressed": 1.5} if full else {"only": 1.0}
    regimes = tuple(
        Regime(
            name=name,
            drift=drift,
            volatility=tuple(scale * volatility for volatility in daily),
            correlation=CORRELATION,
        )
        for name, scale in scales.items()
    )
    return Market(
        name="bench",
        assets=own,
        degrees=6 if full else None,
        mixing_bound=25.0,
        regimes=regimes,
        transition=((0.945, 0.055), (0.078, 0.922)) if full else ((1.0,),),
        common_jump=CommonJump(
            probability=0.00075 if full else 0.0,
            mean=(0.0, -0.07, -0.1, -0.1, -0.1),
            deviation=(0.0, 0.2, 0.25, 0.25, 0.25),
            correlation=CORRELATION,
        ),
        gas=Gas(
            ether=2_000.0,
            median=(2.0, 20.0) if full else (1.0,),
            deviation=0.8 if full else 0.0,
            fixed=150_000.0 if full else 0.0,
            per_trade=150_000.0 if full else 0.0,
            assumption=_ASSUMED,
        ),
        venue=Venue(
            half_spread=0.0005 if full else COST,
            depth=(1e9 if full else 1e18,) * len(SYMBOLS),
            assumption=_ASSUMED,
        ),
        drift_assumption=_ASSUMED,
    )


def _with(base: ParamSet, values: dict[str, int]) -> ParamSet:
    return base.apply(
        Change(key=base.spec(name).key, old=base.get(name), new=value)
        for name, value in values.items()
    )


def _hash(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _peak_memory() -> int:
    """The most memory that this process has held, in bytes.

    Linux counts what the parent held before `exec` into getrusage's figure, so it comes second.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return next(
            int(line.split()[1]) * 1024
            for line in status.read_text(encoding="ascii").splitlines()
            if line.startswith("VmHWM")
        )
    import resource
    import sys

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

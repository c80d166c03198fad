"""The simulation: a market's days run through the vault's rules, all parameter sets at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec

from dpo_gov.errors import InputError
from dpo_gov.market import Market
from dpo_gov.params import ParamSet
from dpo_gov.simulate.block import Run
from dpo_gov.simulate.executors import Executor, Threads, cores, serial
from dpo_gov.simulate.expected import expected_return
from dpo_gov.simulate.outcomes import Outcomes, SimSpec

BLOCKS = {"numpy": 10_000, "numba": 1_024}
"""Paths at a time, by engine: few enough for the caches, enough for what a block costs besides."""
WHOLE = 10_000
WORTH_NUMBA, WORTH_COMPILING = 2_000_000, 60_000_000
"""Days times paths times sets from which numba's start, about a second, is worth it, and from which
it is worth compiling, half a minute and more, but once for each kind of run."""
MODULES_WEIGH = 10
"""How many times longer numpy works on a day with debt or hedges."""


def engines() -> tuple[str, ...]:
    """The engines that are installed; the numpy one always is."""
    return ("numpy", "numba") if find_spec("numba") else ("numpy",)


def simulate(
    market: Market,
    sets: Sequence[ParamSet],
    spec: SimSpec,
    *,
    keep: int | None = None,
    in_all: int | None = None,
    progress: Callable[[float], None] | None = None,
    block: int | None = None,
    engine: str = "auto",
    executor: Executor | None = None,
) -> list[Outcomes]:
    """Outcomes of each parameter set on the same days, in the order of `sets`.

    All portfolios start at the target weights of the first set; another set ramps from there to
    its own. The vault is looked at once a day, and its keeper rebalances whenever it may.
    `keep`: of how many sets, from the first, values on the way are kept; of all where it is None.
    `in_all`: how many sets there will be in calls like this one, where these are not all of them.
    `progress` is called with the share that is done. `block` (paths at a time), `engine` (auto,
    numpy or numba) and `executor` change speed only: the outcomes have the same bits.

    Raises UnknownName where the market does not know an asset, InputError where sets differ in
    their assets, target weights do not add up to 100 %, or the engine is not installed.
    """
    _check(sets)
    run, done = _run(Run(market, tuple(sets), spec), engine, in_all or len(sets)), 0
    whole = spec.paths * spec.horizon_days

    def count(days: int) -> None:
        nonlocal done
        done += days
        if progress is not None:
            progress(done / whole)

    if executor is None:
        executor = Threads(cores()) if run.engine == "numba" else serial
    size = block or BLOCKS[run.engine]
    blocks = [range(k, min(k + size, spec.paths)) for k in range(0, spec.paths, size)]
    lean = spec.model_copy(update={"checkpoints": 1})
    kept = len(sets) if keep is None else keep
    outcomes = [Outcomes.room(spec if n < kept else lean) for n in range(len(sets))]
    run.places  # noqa: B018 - an unknown asset is told before any work begins
    for paths, parts in executor(run, blocks, count):
        for one, part in zip(outcomes, parts, strict=True):
            one.put(paths, part)
    for one, rules in zip(outcomes, run.rules, strict=True):
        known = expected_return(market, run.places, rules, run.rules[0].targets, spec)
        if known is None:
            one.surprise[:] = 0.0
        else:
            one.surprise[:] -= known
    return outcomes


def _check(sets: Sequence[ParamSet]) -> None:
    if len({parameters.layout.assets for parameters in sets}) != 1:
        raise InputError("the parameter sets must be of one strategy, with the same assets")
    for parameters in sets:
        if (total := sum(parameters.weights())) != WHOLE:
            raise InputError(
                f"the target weights add up to {total / 100:g} %, not to 100 %: no vault can hold "
                "that; change another weight, too"
            )


def _run(run: Run, wanted: str, sets: int) -> Run:
    """The run by the engine that is wanted; auto takes the one that is done sooner."""
    if wanted not in ("auto", "numpy", "numba"):
        raise InputError(f"no engine is called {wanted!r}; there are auto, numpy and numba")
    if wanted == "numba" and wanted not in engines():
        raise InputError("the numba engine is not installed; `pip install 'dpo-gov[fast]'` does it")
    fast = replace(run, engine="numba")
    work = run.spec.paths * run.spec.horizon_days * sets
    if run.spec.modules:
        work *= MODULES_WEIGH
    if wanted == "auto":
        if work < WORTH_NUMBA or "numba" not in engines():
            return run
        return fast if work >= WORTH_COMPILING or (fast.lanes and fast.lanes.kept()) else run
    return fast if wanted == "numba" else run

"""The numba engine has the bits of numpy, whatever the market, the rules and the machine."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dpo_gov.market import Asked, Market, Sampler, default_market
from dpo_gov.market.conditions import Conditions, Funding, Lending, Options, Perp
from dpo_gov.market.model import Asset, CommonJump, Garch, Gas, History, Jump, Oracle, Regime, Venue
from dpo_gov.params import Change, ParamSet, StrategyLayout, catalogue
from dpo_gov.simulate import Outcomes, Processes, Run, SimSpec, Threads, run_block, simulate
from dpo_gov.simulate.coverage import missing
from dpo_gov.simulate.engine import _run

pytest.importorskip("numba", reason="numba is not installed here (extra `fast`)")

TOKENS = {"BTC": "WBTC", "ETH": "WETH", "STABLE": "USDC", "SOL": "SOL", "LINK": "LINK"}
RULES = ("driftThreshold", "recenteringSpeed", "rebalanceInterval", "tradeCoolOff", "maxTradeSize")
RULES += ("maxSlippage", "slippageBudget", "slippageWindow", "navDeviation", "minIdle")
RULES += ("maxBaseFee", "weightRamp")
HEDGES = ("hedgeRatio", "deltaBand", "maxNetDelta", "maxGamma", "maxVega", "premiumBudget")
HEDGES += ("minAbsDelta", "maxAbsDelta", "minTenor", "maxTenor", "ivMin", "ivMax", "spotShockUp")
HEDGES += ("maxHedgeFee", "perpMaxLeverage", "marginBuffer", "maxFundingPaid")
HEDGES += ("maxShareOfVenueOi", "hedgeInteractionDelay")
DEBT = ("deleverHealthFactor", "ripcordHealthFactor", "ripcordSlippage", "maxBorrowRate")
DEBT += ("rateSwitchHysteresis", "minHoldTime", "flashloanFeeMax", "debtCeilingTtl", "ltvBuffer")
DEBT += ("ltvRamp",)

ENGINES = ("numpy", "numba")
MODULES = ("collateral", "hedging")


def differences(sets: list[Outcomes], others: list[Outcomes]) -> list[str]:
    """The names of the arrays that are not equal in every bit."""
    return [
        name
        for one, other in zip(sets, others, strict=True)
        for (name, array), (_, same) in zip(one.arrays(), other.arrays(), strict=True)
        if array.tobytes() != same.tobytes()
    ]


@st.composite
def correlations(draw: st.DrawFn, size: int) -> tuple[tuple[float, ...], ...]:
    """A correlation matrix with one factor, now and then with zeros and ones."""
    share = st.sampled_from((0.0, 1.0)) | st.floats(-0.99, 0.99)
    factor = [draw(share) for _ in range(size)]
    return tuple(
        tuple(1.0 if i == j else factor[i] * factor[j] for j in range(size)) for i in range(size)
    )


@st.composite
def jumps(draw: st.DrawFn) -> Jump:
    """No jump, a rare one, or one on every day."""
    chance = draw(st.sampled_from((0.0, 1e-10, 0.001, 0.05, 1.0)))
    return Jump(
        probability=chance, mean=draw(st.floats(-0.2, 0.2)), deviation=draw(st.floats(0, 0.3))
    )


@st.composite
def clusters(draw: st.DrawFn) -> Garch:
    """A variance that follows the days, more or less."""
    alpha, gamma = draw(st.floats(0.0, 0.3)), draw(st.floats(0.0, 0.3))
    return Garch(
        alpha=alpha,
        gamma=draw(st.sampled_from((0.0, gamma, -alpha))),
        beta=draw(st.floats(0.0, 0.5)),
        start=draw(st.floats(0.1, 4.0)),
    )


@st.composite
def histories(draw: st.DrawFn, symbols: Sequence[str]) -> History | None:
    """No history, or a short one of some assets, in blocks of any length."""
    known = draw(st.lists(st.sampled_from(symbols), unique=True))
    if not known:
        return None
    days = draw(st.integers(1, 12))
    row = st.lists(st.floats(-0.3, 0.3), min_size=days, max_size=days)
    return History(
        first="2020-01-01",
        assets=tuple(known),
        returns=tuple(tuple(draw(row)) for _ in known),
        block=draw(st.none() | st.floats(1.0, 20.0)),
        anywhere=draw(st.booleans()),
    )


@st.composite
def conditions(draw: st.DrawFn, symbols: Sequence[str], states: int) -> Conditions:
    """None to three lending venues, and funding, perpetuals and options of some assets."""

    def each(low: float, high: float) -> tuple[float, ...]:
        return tuple(draw(st.lists(st.floats(low, high), min_size=states, max_size=states)))

    keep = st.sampled_from((0.0, 0.999)) | st.floats(0.0, 0.99)
    some, fees = st.lists(st.sampled_from(symbols), unique=True), st.sampled_from((0.0, 5e-4, 0.02))
    return Conditions(
        perps=tuple(
            Perp(
                asset=symbol,
                maintenance=draw(st.floats(0.001, 0.5)),
                fee=draw(fees),
                open_interest=draw(st.sampled_from((1e5, 1e9, 1e13))),
                assumption="",
            )
            for symbol in draw(some)
        ),
        options=tuple(
            Options(
                asset=symbol,
                premium=draw(st.floats(0.5, 2.0)),
                skew=draw(st.sampled_from((0.0, 0.5, 3.0))),
                fee=draw(fees),
                assumption="",
            )
            for symbol in draw(some)
        ),
        lending=tuple(
            Lending(
                name=name,
                threshold={symbol: draw(st.floats(0.3, 0.95)) for symbol in symbols},
                bonus=draw(st.floats(0.0, 0.15)),
                close_factor=draw(st.sampled_from((0.25, 0.5, 1.0))),
                base=draw(st.floats(0.0, 0.05)),
                slope=draw(st.floats(0.0, 0.2)),
                steep=draw(st.floats(0.0, 3.0)),
                kink=draw(st.floats(0.1, 0.95)),
                utilisation=each(0.01, 0.99),
                persistence=draw(keep),
                deviation=draw(st.sampled_from((0.0, 0.2, 3.0))),
                flash_fee=0.0005,
                assumption="",
            )
            for name in ("aave-v3", "morpho-blue", "third")[: draw(st.integers(0, 3))]
        ),
        funding=tuple(
            Funding(
                asset=symbol,
                mean=each(-0.005, 0.005),
                persistence=draw(keep),
                deviation=draw(st.floats(0.0, 0.005)),
                assumption="",
            )
            for symbol in draw(some)
        ),
    )


@st.composite
def oracles(draw: st.DrawFn, size: int) -> Oracle:
    """Feeds with any band, that are late or are not."""
    bands = st.sampled_from((0.0, 0.005, 0.5)) | st.floats(0.0, 0.1)
    return Oracle(
        deviation=tuple(draw(bands) for _ in range(size)),
        delay=draw(st.sampled_from((0.0, 60.0, 86_399.0))),
        assumption="",
    )


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Any market that keeps values finite."""
    symbols = draw(st.permutations(sorted(TOKENS)))[: draw(st.integers(1, len(TOKENS)))]
    size, states = len(symbols), draw(st.integers(1, 4))

    def each(low: float, high: float) -> tuple[float, ...]:
        return tuple(draw(st.lists(st.floats(low, high), min_size=size, max_size=size)))

    def row() -> tuple[float, ...]:
        parts = draw(st.lists(st.integers(0, 9), min_size=states, max_size=states))
        ends = [end / (sum(parts) or 1) for end in accumulate(parts)]
        ends[-1] = 1.0
        return tuple(end - start for start, end in zip([0.0, *ends], ends, strict=False))

    regimes = tuple(
        Regime(
            name=f"regime {n}",
            drift=each(-0.01, 0.01),
            volatility=each(0.0, 0.15),
            correlation=draw(correlations(size)),
        )
        for n in range(states)
    )
    history = draw(histories(symbols)) if states == 1 else None
    recalled = history.assets if history else ()
    return Market(
        name="any",
        assets=tuple(
            Asset(
                symbol=symbol,
                price=1.0,
                reversion=draw(st.sampled_from((0.0, 0.3, 1.0))),
                own_jump=draw(jumps()),
                garch=draw(st.none() | clusters())
                if states == 1 and symbol not in recalled
                else None,
            )
            for symbol in symbols
        ),
        degrees=draw(st.none() | st.sampled_from(range(4, 31, 2))),
        mixing_bound=draw(st.floats(1.0, 100.0)),
        regimes=regimes,
        transition=tuple(row() for _ in range(states)),
        common_jump=CommonJump(
            probability=draw(jumps()).probability,
            mean=each(-0.2, 0.1),
            deviation=each(0.0, 0.3),
            correlation=draw(correlations(size)),
        ),
        gas=Gas(
            ether=2_000.0,
            median=tuple(draw(st.floats(0.1, 200.0)) for _ in range(states)),
            deviation=draw(st.floats(0.0, 2.0)),
            fixed=150_000.0,
            per_trade=draw(st.sampled_from((0.0, 120_000.0))),
            assumption="",
        ),
        venue=Venue(
            half_spread=draw(st.sampled_from((0.0, 0.0005, 0.02))),
            depth=tuple(draw(st.floats(1e6, 1e12)) for _ in range(size)),
            thinning=draw(st.sampled_from((0.0, 0.0, 1.0, 30.0))),
            assumption="",
        ),
        drift_assumption="",
        history=history,
        oracle=draw(st.none() | oracles(size)),
        conditions=draw(st.none() | conditions(symbols, states)),
    )


@st.composite
def parameter_sets(draw: st.DrawFn, market: Market) -> tuple[ParamSet, ...]:
    """One to three sets of a strategy with the market's assets, within the catalogue's limits."""
    known = [TOKENS[asset.symbol] for asset in market.assets]
    tokens = draw(st.permutations(known))[: draw(st.integers(1, len(known)))]

    def weights() -> list[int]:
        parts = [draw(st.integers(1, 20)) for _ in tokens]
        shares = [max(10_000 * part // sum(parts), 100) for part in parts]
        shares[shares.index(max(shares))] += 10_000 - sum(shares)
        return shares

    lending = market.conditions.lending if market.conditions else ()
    owned = (
        draw(st.lists(st.sampled_from(tokens[1:]), unique=True, max_size=3))
        if lending and tokens[1:]
        else []
    )
    layout = StrategyLayout(
        name="any",
        assets=tuple(tokens),
        weights=tuple(weights()),
        collaterals=tuple(owned),
        venues=tuple(one.name for one in lending[: draw(st.integers(1, 2))]),
    )
    base = ParamSet.defaults(layout)
    limits = {spec.name: (spec.key, spec.minimum, spec.maximum) for spec in catalogue(layout)}

    def one() -> ParamSet:
        targets = zip(tokens, weights(), strict=True)
        changes = [(limits[f"targetWeight[{token}]"][0], weight) for token, weight in targets]
        for name in (*RULES, *DEBT, *HEDGES):
            key, low, high = limits[name]
            changes.append((key, draw(st.sampled_from((low, high)) | st.integers(low, high))))
        for name, (key, low, high) in limits.items():
            if name.split("[")[0] in ("targetLtv", "maxLtv", "relCap"):
                changes.append((key, draw(st.sampled_from((low, high)) | st.integers(low, high))))
            if name.startswith(("absCap", "debtCeiling")) and name != "debtCeilingTtl":
                # Of a vault of 10,000 to 10 billion dollars.
                changes.append((key, int(10.0 ** draw(st.floats(9.0, 16.0)))))
        return base.apply(Change(key=key, old=base.values[key], new=new) for key, new in changes)

    return tuple(one() for _ in range(draw(st.integers(1, 3))))


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_market_any_rules(data: st.DataObject) -> None:
    """Every array of every set has the bits of numpy, for any market, rules, seed and horizon."""
    market = data.draw(markets())
    sets = data.draw(parameter_sets(market))
    known = [name for name in MODULES if not missing(name, sets[0].layout, market)]
    if market.oracle:
        known = []  # each combination is a kernel, which takes a minute to compile
    spec = SimSpec(
        modules=data.draw(st.lists(st.sampled_from(known), unique=True)) if known else (),
        paths=data.draw(st.integers(1, 300)),
        seed=data.draw(st.integers(0, 2**64 - 1)),
        horizon_days=data.draw(st.integers(1, 70)),
        portfolio=data.draw(st.sampled_from((1e4, 1e7, 1e10))),
    )
    first = data.draw(st.sampled_from((0, 1, 255, 2**32 - 2**10)))
    paths = range(first, first + spec.paths)
    plain, fast = (run_block(Run(market, sets, spec, engine), paths) for engine in ENGINES)
    assert differences(plain, fast) == []


@given(st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_debt(data: st.DataObject) -> None:
    """Every array has the bits of numpy where sleeves borrow, whatever the rules of borrowing."""
    market = default_market(conditions=True)
    sets = data.draw(parameter_sets(market))
    assume(not missing("collateral", sets[0].layout, market))
    spec = SimSpec(
        modules=("collateral",),
        paths=data.draw(st.integers(1, 300)),
        seed=data.draw(st.integers(0, 2**64 - 1)),
        horizon_days=data.draw(st.integers(1, 120)),
        portfolio=data.draw(st.sampled_from((1e4, 1e6, 1e8))),
    )
    plain, fast = (
        run_block(Run(market, sets, spec, engine), range(spec.paths)) for engine in ENGINES
    )
    assert differences(plain, fast) == []


def test_debt_in_trouble() -> None:
    """The bits are equal where all that can happen to debt does happen, and that is counted."""
    layout = StrategyLayout(
        name="any",
        assets=("USDC", "WETH", "WBTC"),
        weights=(4_000, 3_000, 3_000),
        collaterals=("WETH", "WBTC"),
        venues=("aave-v3", "morpho-blue"),
    )
    base = ParamSet.defaults(layout)

    def one(**more: int) -> ParamSet:
        values = {"targetLtv[WETH]": 7_000, "maxLtv[WETH]": 7_600, "targetLtv[WBTC]": 5_500}
        values |= {"maxLtv[WBTC]": 7_500, "ltvBuffer": 200, "deleverHealthFactor": 1_100_000}
        values |= {"ripcordHealthFactor": 1_060_000, "rateSwitchHysteresis": 5, "minHoldTime": 0}
        values |= {"driftThreshold": 100, "tradeCoolOff": 0, "debtCeiling": 10**15}
        values |= dict.fromkeys(("relCap[aave-v3]", "relCap[morpho-blue]"), 1_000_000)
        values |= dict.fromkeys(("absCap[aave-v3]", "absCap[morpho-blue]"), 10**15) | more
        changes = ((base.spec(name).key, base.get(name), new) for name, new in values.items())
        return base.apply(Change(key=key, old=old, new=new) for key, old, new in changes)

    moved = {"targetWeight[USDC]": 8_500, "targetWeight[WETH]": 500, "targetWeight[WBTC]": 1_000}
    sets = [one(), one(**moved, flashloanFeeMax=0, maxSlippage=200)]
    spec = SimSpec(modules=("collateral",), paths=300, horizon_days=120, portfolio=2e4, seed=3)
    market = default_market(conditions=True)
    plain, fast = (run_block(Run(market, sets, spec, name), range(spec.paths)) for name in ENGINES)
    assert differences(plain, fast) == []
    for outcomes in plain:
        owed = outcomes.debt
        assert owed is not None
        assert owed.liquidations.sum() > 20 and owed.bad_debt.any() and owed.interest.all()
        assert owed.delevers.sum() > 100 and owed.ripcords.sum() > 20 and owed.switches.sum() > 100
        assert outcomes.rebalances.sum() > 1_000 and outcomes.turnover.all()


@given(st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_market_any_conditions(data: st.DataObject) -> None:
    """Growth, variances, funding and utilisation have the bits of numpy, whatever is asked for."""
    from dpo_gov.market.lanes import draw_days
    from dpo_gov.market.rows_lanes import DAYS, LANES, Figures, make_rows

    market = data.draw(markets())
    modules = data.draw(st.sets(st.sampled_from(("collateral", "hedging"))))
    asked = Asked.of(market, modules)
    seed, path = data.draw(st.integers(0, 2**64 - 1)), data.draw(st.sampled_from((0, 2**31)))
    figures = Figures.of(market, range(len(market.assets)), asked)
    rows, numbers = make_rows(figures), np.arange(path, path + LANES)
    keys = np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32), np.uint64(path)
    for number, day in enumerate(Sampler(market, seed, numbers, asked).days(30)):
        if number % DAYS == 0:
            draw_days(figures, *keys, number, rows)
        for name in ("growth", "variance", "ahead", "funding", "utilisation", "quote"):
            one, other = getattr(day, name), getattr(rows, name)
            there = b"" if other is None else other[:, number % DAYS].tobytes()
            assert one.tobytes() == there, name


def test_values_that_overflow(current: ParamSet) -> None:
    """Where values become infinite, the outcomes still are numpy's, to the bit."""
    market = default_market()
    wild = market.regimes[0].model_copy(update={"drift": (300.0, 300.0, 300.0)})
    market = market.model_copy(update={"regimes": (wild, market.regimes[1])})
    spec = SimSpec(paths=70, horizon_days=9)
    plain, fast = (simulate(market, [current], spec, engine=engine) for engine in ENGINES)
    assert not np.isfinite(plain[0].final_nav).all()
    assert differences(plain, fast) == []


@pytest.mark.parametrize("block", [1, 37, 256, 1_000])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_blocks_and_threads_change_nothing(
    current: ParamSet, proposed: ParamSet, block: int, threads: int
) -> None:
    """The hashes are numpy's for any block and any number of threads."""
    spec = SimSpec(paths=700 if block > 1 else 20, seed=2**63 + 5, horizon_days=61)
    plain = simulate(default_market(), [current, proposed], spec, engine="numpy")
    executor = Threads(threads)
    fast = simulate(
        default_market(),
        [current, proposed],
        spec,
        engine="numba",
        block=block,
        executor=executor,
    )
    assert [one.sha256() for one in fast] == [one.sha256() for one in plain]


@pytest.mark.parametrize(("block", "threads"), [(1, 1), (37, 2), (1_000, 5)])
def test_blocks_and_threads_change_no_hedge(
    current: ParamSet, proposed: ParamSet, block: int, threads: int
) -> None:
    """With hedges, too, the hashes are numpy's for any block and any number of threads."""
    market, sets = default_market(conditions=True), [current, proposed]
    spec = SimSpec(paths=400 if block > 1 else 9, seed=5, horizon_days=130, modules=("hedging",))
    plain = simulate(market, sets, spec, engine="numpy", block=101)
    executor = Threads(threads)
    fast = simulate(market, sets, spec, engine="numba", block=block, executor=executor)
    assert [one.sha256() for one in fast] == [one.sha256() for one in plain]
    assert plain[0].hedge and plain[0].hedge.premium.any() and plain[0].hedge.funding.any()


def test_processes_change_nothing(current: ParamSet, proposed: ParamSet) -> None:
    """The hashes are numpy's when the blocks run in other processes."""
    spec = SimSpec(paths=700, horizon_days=61)
    plain = simulate(default_market(), [current, proposed], spec, engine="numpy")
    fast = simulate(
        default_market(), [current, proposed], spec, engine="numba", executor=Processes(2)
    )
    assert [one.sha256() for one in fast] == [one.sha256() for one in plain]


def test_the_engine_is_picked(current: ParamSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small runs take numpy and large ones numba; between them, numba where it is compiled."""
    market, ran = default_market(), list[str]()

    def spy(run: Run, paths: range, progress: object = None) -> list[Outcomes]:
        ran.append(run.engine)
        return run_block(run, paths)

    def picked(days: int, in_all: int | None = None) -> str:
        ran.clear()
        simulate(market, [current], SimSpec(paths=10_000, horizon_days=days), in_all=in_all)
        (engine,) = set(ran)
        return engine

    monkeypatch.setattr("dpo_gov.simulate.executors.run_block", spy)
    simulate(market, [current], SimSpec(paths=2, horizon_days=3), engine="numba")
    assert (picked(days=199), picked(days=200)) == ("numpy", "numba")
    monkeypatch.setattr("dpo_gov.simulate.lanes.is_kept", lambda *_: False)
    assert picked(days=200) == "numpy"
    assert (picked(days=50, in_all=119), picked(days=50, in_all=120)) == ("numpy", "numba")
    indebted = SimSpec(paths=10_000, horizon_days=61, modules=("collateral",))
    run = Run(default_market(conditions=True), (current,), indebted)
    assert [_run(run, "auto", sets).engine for sets in (9, 10)] == ["numpy", "numba"]


PROGRAM = """
import json, sys
from dpo_gov.market import default_market
from dpo_gov.params import ParamSet
from dpo_gov.simulate import SimSpec, simulate
from numba.core import event
compiled = []
class Listener(event.Listener):
    def on_start(self, event): compiled.append(str(event.data["dispatcher"]))
    def on_end(self, event): pass
event.register("numba:compile", Listener())
sets = [ParamSet.model_validate_json(text) for text in sys.argv[1:3]]
spec = SimSpec(paths=300, seed=7, horizon_days=90)
outcomes = simulate(default_market(), sets, spec, engine="numba")
from dpo_gov.simulate import lanes
kept = lanes._kernel.cache_info().currsize and not sys.argv[3:]
kernel = lanes._kernel(lanes._digest(), on_disk=True) if kept else None
code = "".join(kernel.inspect_asm().values()) if kernel and compiled else ""
print(json.dumps({
    "hashes": [one.sha256() for one in outcomes],
    "compiled": len(compiled),
    "fma": any(name in code for name in ("vfm", "vfnm", "fmadd", "fmla")),
    "wide": "zmm" in code or "ymm" in code,
    "code": len(code),
}))
"""


@pytest.fixture
def run_alone(
    current: ParamSet, proposed: ParamSet
) -> Callable[..., dict[str, list[str] | int | bool]]:
    """Runs the fast engine in a process of its own, with variables of the environment."""

    def run(*flags: str, **environment: str) -> dict[str, list[str] | int | bool]:
        texts = [one.model_dump_json() for one in (current, proposed)]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *texts, *flags],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told: dict[str, list[str] | int | bool] = json.loads(done.stdout)
        return told

    return run


@pytest.fixture
def hashes(current: ParamSet, proposed: ParamSet) -> list[str]:
    """What the numpy engine says to `PROGRAM`."""
    spec = SimSpec(paths=300, seed=7, horizon_days=90)
    sets = [current, proposed]
    return [one.sha256() for one in simulate(default_market(), sets, spec, engine="numpy")]


@pytest.mark.long
def test_the_second_start_compiles_nothing(
    run_alone: Callable[..., dict[str, object]], hashes: list[str], tmp_path: Path
) -> None:
    """A second process takes the machine code from the disk, and it holds no fused operation."""
    first = run_alone(NUMBA_CACHE_DIR=str(tmp_path))
    assert first["compiled"]
    assert first["code"] and not first["fma"]
    second = run_alone(NUMBA_CACHE_DIR=str(tmp_path))
    assert second["compiled"] == 0
    assert first["hashes"] == second["hashes"] == hashes


@pytest.mark.long
def test_a_processor_without_wide_vectors(
    run_alone: Callable[..., dict[str, object]], hashes: list[str], tmp_path: Path
) -> None:
    """Compiled for the oldest processors, without AVX, the engine gives the same hashes."""
    generic = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    told = run_alone(NUMBA_CACHE_DIR=str(tmp_path), **generic)
    assert told["code"] and not told["wide"]
    assert told["hashes"] == hashes


@pytest.mark.long
def test_no_folder_to_keep_code_in(
    run_alone: Callable[..., dict[str, object]], hashes: list[str], tmp_path: Path
) -> None:
    """Where the cache cannot be written or read, the engine compiles for itself and works."""
    (tmp_path / "lanes").write_text("a file, where a folder is wanted")
    told = run_alone(
        "nothing is kept",
        NUMBA_CACHE_DIR=str(tmp_path / "lanes"),
        NUMBA_CACHE_LOCATOR_CLASSES="UserProvidedCacheLocator",
    )
    assert told["hashes"] == hashes


def test_code_of_other_sources_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled engine tells what it was made of, so that old code never passes for new."""
    from dpo_gov.simulate import lanes

    monkeypatch.setattr(lanes, "_kernel", lambda digest, on_disk: lambda *_: digest + 1)
    with pytest.raises(AssertionError, match="other sources"):
        lanes._call()


HOST_ONLY = {
    "Asked", "Borrowing", "DebtOutcomes", "HedgeOutcomes", "Hedging", "Market", "Moments",
    "Outcomes", "RebalancingRules", "SimSpec", "call_kept", "cholesky", "is_kept",
}  # fmt: skip
"""What the engine's files import for what is not compiled."""


def test_the_digest_has_every_source() -> None:
    """What compiled code takes from another file of the package is in the digest of its sources,
    or after a change there old code would pass for new."""
    from dpo_gov.simulate import lanes

    forgotten = set()
    for source in (Path(file) for file in lanes._SOURCES):
        for node in ast.parse(source.read_text()).body if source.stem.endswith("lanes") else ():
            if not isinstance(node, ast.ImportFrom) or not str(node.module).startswith("dpo_gov"):
                continue
            package = sys.modules[str(node.module)]
            for name in {alias.name for alias in node.names} - HOST_ONLY:
                found = getattr(package, name)
                home = getattr(found, "__module__", None)
                module = found if isinstance(found, ModuleType) else sys.modules.get(str(home))
                file = (module if module and "dpo_gov" in module.__name__ else package).__file__
                if file not in lanes._SOURCES:
                    forgotten.add(f"{source.name}: {name} of {file}")
    assert forgotten == set()

"""`dpo-gov sim bench`: what it measures, and what it says of an engine that is not there."""

import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest
from click.testing import CliRunner

from dpo_gov.cli import main
from dpo_gov.cli.sim import _speeds
from dpo_gov.simulate import SimSpec, engines, simulate, vectors
from dpo_gov.simulate.bench import COST, FULL, PLAIN, THRESHOLD, Speed, measure, works
from dpo_gov.simulate.peers import Work, plain_loop
from dpo_gov.simulate.vectors import AVX2, SSE

WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
import importlib.util as util
known = util.find_spec
util.find_spec = lambda name, *rest: None if name in ("numba", "vectorbt") else known(name, *rest)
from dpo_gov.cli import main
if __name__ == "__main__":
    main(["sim", "bench", "--paths", "64", "--tries", "1", "--json"])
"""


def test_every_engine_is_measured() -> None:
    """Each engine is measured on each work, with one hash for one work."""
    works = [f"--work={name}" for name in (THRESHOLD, FULL)]
    arguments = ["sim", "bench", "--paths", "500", "--tries", "1", "--json", *works]
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["engines"] == list(engines())
    for work in (THRESHOLD, FULL):
        ours = [
            one for one in told["speeds"] if one["work"] == work and one["program"] in engines()
        ]
        assert {one["program"] for one in ours} == set(engines())
        assert len({one["sha256"] for one in ours}) == 1
        assert all(one["rate"] > 0 and one["cpu_seconds"] > 0 for one in ours)
    assert PLAIN in {one["program"] for one in told["speeds"]}


def test_memory_too_little_to_be_seen_is_no_zero() -> None:
    """A run that stays within what a small one left has a dash, another its mebibytes."""
    quiet = Speed(THRESHOLD, PLAIN, AVX2, 1, 1, 64, 1.0, 1.0, 1e6, 400_000, "ab")
    assert [row[8] for row in _speeds([quiet, replace(quiet, memory=9 << 20)]).rows] == ["–", "9"]


@pytest.mark.long
@pytest.mark.skipif("numba" not in engines(), reason="numba is not installed (extra `fast`)")
def test_the_compiled_engine_for_a_lesser_processor() -> None:
    """It says which vectors it used, and its hash is that of the wider ones."""
    wide, lesser = (
        ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        .submit(measure, THRESHOLD, program, 1, 500, 1)
        .result()
        for program in ("numba", SSE)
    )
    assert (wide.program, lesser.program, lesser.vectors) == ("numba", "numba", SSE)
    assert wide.vectors != SSE and wide.sha256 == lesser.sha256


def test_wider_vectors_than_there_are_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code for a processor that has more would kill the process."""
    monkeypatch.setattr(vectors, "lesser", lambda: (SSE,))
    monkeypatch.setattr("dpo_gov.simulate.engines", lambda: ("numpy", "numba"))
    done = CliRunner().invoke(main, ["sim", "bench", "--vectors", "AVX2"])
    assert done.exit_code == 2
    assert "--vectors AVX2: this processor has none that are wider; SSE can" in done.output


def test_vectors_are_those_of_the_compiled_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it there is nothing to measure, which is said."""
    monkeypatch.setattr("dpo_gov.simulate.engine.find_spec", lambda name: None)
    done = CliRunner().invoke(main, ["sim", "bench", "--vectors", "SSE"])
    assert done.exit_code == 2
    assert "--vectors needs the compiled engine; `pip install 'dpo-gov[fast]'`" in done.output


def test_a_missing_engine_is_named() -> None:
    """Without numba the numpy engine is measured, and the command says what is missing."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMBA], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["engines"] == ["numpy"]
    assert "numba is not installed" in done.stderr


def test_the_peer_does_the_same_work() -> None:
    """Value, drawdown and turnover agree with those of a plain loop, within sampling error."""
    market, sets, _ = works()[THRESHOLD]
    (ours,) = simulate(market, sets, SimSpec(paths=4_000))
    share = [weight / 10_000 for weight in sets[0].weights()]
    regime = market.regimes[0]
    volatility = tuple(figure * 365**0.5 for figure in regime.volatility)
    work = Work(365, tuple(share), 0.1, volatility, regime.correlation, 0.05, 3, COST)
    theirs = plain_loop(work, 4_000)
    for mine, other in zip((ours.final_nav, ours.max_drawdown, ours.turnover), theirs, strict=True):
        error = np.sqrt((mine.var() + other.var()) / 4_000)
        assert abs(mine.mean() - other.mean()) < 4.0 * error


@pytest.mark.long
@pytest.mark.parametrize("engine", engines())
def test_memory_of_a_million_paths(engine: str) -> None:
    """A million paths need at most 150 MiB beyond what a small run needs."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        speed = process.submit(measure, THRESHOLD, engine, 1, 1_000_000, 1).result()
    assert speed.memory <= 150 * 2**20

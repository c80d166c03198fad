"""One hash for each kind of model, whatever computes it: the whole table of machines is here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dpo_gov.simulate import Dask, engines, serial
from dpo_gov.simulate.vectors import LESSER, SSE

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("works.py")
GENERIC = {"NUMBA_CPU_NAME": LESSER[SSE], "NUMBA_CPU_FEATURES": ""}
OLD, NEW = ROOT / ".venv-dev", ROOT / ".venv-core"
NO_REGIMES = ("garch", "bootstrap", "replay")
MODULES = ("modules",)
NUMPY = (("numpy", 1, 1_000), ("numpy", 1, 128), ("numpy", 1, 37))
NUMBA = (("numba", 1, 1_000), ("numba", 1, 128), ("numba", 1, 37), ("numba", 2, 128))


@dataclass(frozen=True)
class Machine:
    """What computes: `jobs` are of an engine, threads and paths at a time."""

    jobs: tuple[tuple[str, int, int], ...]
    environment: Path | None = None
    """None is this Python."""
    simd: bool = True
    """Whether numpy may use what the processor has beyond its baseline."""
    variables: Mapping[str, str] = field(default_factory=dict)
    vectors: str = ""
    """The widest of the compiled code, where it is told which these must be."""


MACHINES = {
    "numpy, three sizes of block": Machine(NUMPY),
    "numba, three sizes of block, two threads": Machine(NUMBA),
    "numba for any processor": Machine(NUMBA[-1:], variables=GENERIC, vectors=SSE),
    "numpy 1.26": Machine(NUMPY[:1], OLD),
    "numpy 1.26, SIMD off": Machine(NUMPY[:1], OLD, simd=False),
    "newest numpy": Machine(NUMPY[:1], NEW),
    "newest numpy, SIMD off": Machine(NUMPY[:1], NEW, simd=False),
}
ROWS = [
    pytest.param(
        machine,
        names,
        id=f"{name} – {', '.join(names)}",
        # All modules behind an oracle take minutes to compile: too long for each run. What each
        # of them does is compared in tests/simulate/test_lanes.py.
        marks=[pytest.mark.long]
        if names == MODULES and any(engine == "numba" for engine, _, _ in machine.jobs)
        else [],
    )
    for name, machine in MACHINES.items()
    for names in (("full", *NO_REGIMES), MODULES)
]


def ask(
    machine: Machine, names: tuple[str, ...] | list[str], without: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What `works.py` says there; `without`: SIMD features of numpy that are switched off."""
    folder = machine.environment
    python = folder / "bin" / "python" if folder else Path(sys.executable)
    if not python.exists():
        pytest.skip(f"{python.parents[1].name} is not installed (`make test` does)")
    done = subprocess.run(
        [python, PROGRAM, json.dumps(machine.jobs), *names],
        env=os.environ
        | {"NPY_DISABLE_CPU_FEATURES": " ".join(without), "PYTHONPATH": str(ROOT)}
        | machine.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="session")
def program() -> ModuleType:
    """`works.py`, here."""
    spec = spec_from_file_location("same_hash_works", PROGRAM)
    assert spec and spec.loader
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def expected(program: ModuleType) -> dict[str, str]:
    """The hash of each work, by the numpy engine in one block."""
    return {name: one.hash("numpy", serial, 10_000) for name, one in program.works().items()}


@pytest.mark.parametrize(("machine", "names"), ROWS)
def test_the_hash_is_the_same(
    machine: Machine, names: tuple[str, ...], expected: dict[str, str]
) -> None:
    """Every job of this row of the table gives the one hash of each work."""
    if any(engine not in engines() for engine, _, _ in machine.jobs):
        pytest.skip("numba is not installed here (extra `fast`)")
    before = ask(Machine((), machine.environment), ()) if not machine.simd else {"simd": ()}
    told = ask(machine, names, tuple(before["simd"]))
    wanted = {name: expected[name] for name in names}
    assert told["hashes"] == [wanted] * len(machine.jobs)
    if not machine.simd:
        assert before["simd"] and told["simd"] == []
    if machine.vectors:
        assert told["vectors"] == machine.vectors
    if machine.environment:
        assert told["numpy"].startswith("1.26.") is (machine.environment == OLD)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two Dask workers of this machine, in processes of their own."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (extra `dask`)")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


@pytest.mark.parametrize(("name", "engine"), [("modules", "numpy"), ("full", engines()[-1])])
def test_a_killed_worker_changes_nothing(
    program: ModuleType, expected: dict[str, str], cluster: Any, name: str, engine: str
) -> None:
    """Half way a worker of a real cluster is killed: its blocks run again, the hash stands."""
    killed: list[int] = []

    def kill_half_way(share: float) -> None:
        if share > 0.4 and not killed:
            killed.append(next(iter(cluster.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    found = program.works()[name].hash(engine, Dask(cluster), 15, progress=kill_half_way)
    assert killed and not Path(f"/proc/{killed[0]}").exists()
    assert found == expected[name]

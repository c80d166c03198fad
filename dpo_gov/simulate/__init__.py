"""Market and policy put together: outcomes of parameter sets on the same random days."""

from dpo_gov.canonical import ARITHMETIC
from dpo_gov.market import MODEL
from dpo_gov.simulate.block import Run, run_block
from dpo_gov.simulate.borrowing import HeldBack, held_back
from dpo_gov.simulate.coverage import NotModelled, covering, not_modelled
from dpo_gov.simulate.engine import engines, simulate
from dpo_gov.simulate.executors import Dask, Executor, Processes, Threads, cores, serial
from dpo_gov.simulate.outcomes import Extra, HedgeOutcomes, Outcomes, SimSpec
from dpo_gov.simulate.stress import StressResult, stress, stress_notes

__all__ = [
    "ARITHMETIC",
    "MODEL",
    "Dask",
    "Executor",
    "Extra",
    "HedgeOutcomes",
    "HeldBack",
    "NotModelled",
    "Outcomes",
    "Processes",
    "Run",
    "SimSpec",
    "StressResult",
    "Threads",
    "cores",
    "covering",
    "engines",
    "held_back",
    "not_modelled",
    "run_block",
    "serial",
    "simulate",
    "stress",
    "stress_notes",
]

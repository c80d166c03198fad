"""Market and policy put together: outcomes of parameter sets on the same random days."""

from dpo_gov.canonical import ARITHMETIC
from dpo_gov.market import MODEL
from dpo_gov.simulate.coverage import NotModelled, not_modelled
from dpo_gov.simulate.engine import Run, simulate
from dpo_gov.simulate.outcomes import Outcomes, SimSpec
from dpo_gov.simulate.stress import StressResult, stress, stress_notes

__all__ = [
    "ARITHMETIC",
    "MODEL",
    "NotModelled",
    "Outcomes",
    "Run",
    "SimSpec",
    "StressResult",
    "not_modelled",
    "simulate",
    "stress",
    "stress_notes",
]

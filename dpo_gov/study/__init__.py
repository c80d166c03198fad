"""Studies of many parameter sets on the same shocks: attribution, sweeps, limits."""

from dpo_gov.study.attribution import Contribution, attribute, players
from dpo_gov.study.evaluate import part
from dpo_gov.study.limit import Budget, Limit, find_limit
from dpo_gov.study.pareto import Trade, front, measure, trades
from dpo_gov.study.sweep import JOURNAL, Row, Sweep
from dpo_gov.study.vary import Axis, Point, axes, grid, sobol

__all__ = [
    "JOURNAL",
    "Axis",
    "Budget",
    "Contribution",
    "Limit",
    "Point",
    "Row",
    "Sweep",
    "Trade",
    "attribute",
    "axes",
    "find_limit",
    "front",
    "grid",
    "measure",
    "part",
    "players",
    "sobol",
    "trades",
]

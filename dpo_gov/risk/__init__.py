"""Risk: an array with one number a path becomes a figure with its confidence interval."""

from dpo_gov.risk.estimators import (
    MIN_PATHS,
    Estimator,
    Interval,
    Mean,
    Paired,
    Proportion,
    Quantile,
    RareMean,
    TailMean,
)
from dpo_gov.risk.measures import (
    MEASURES,
    Difference,
    Figure,
    Measure,
    PathOutcomes,
    figures,
    paired,
)
from dpo_gov.risk.modules import OF_MODULES, measures

__all__ = [
    "MEASURES",
    "MIN_PATHS",
    "OF_MODULES",
    "Difference",
    "Estimator",
    "Figure",
    "Interval",
    "Mean",
    "Measure",
    "Paired",
    "PathOutcomes",
    "Proportion",
    "Quantile",
    "RareMean",
    "TailMean",
    "figures",
    "measures",
    "paired",
]

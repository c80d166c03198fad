"""How the tests of residuals are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from dpo_gov.cli.output import Table, bad
from dpo_gov.cli.text import number

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_DOUBTFUL = 0.01
_TESTS = {
    "p_autocorrelation": "no autocorrelation",
    "p_clusters": "no clusters left",
    "p_normal": "normal",
}


def residual_data(residuals: Mapping[str, npt.NDArray[np.float64]]) -> dict[str, object]:
    """The figures of the residuals of each series."""
    from dpo_gov.market.diagnostics import diagnose

    return {name: asdict(diagnose(row)) for name, row in residuals.items()}


def residual_table(residuals: Mapping[str, npt.NDArray[np.float64]], title: str) -> Table:
    """What is left in the residuals of each series; a p-value below 1 % is red."""
    from dpo_gov.market.diagnostics import LAGS, diagnose

    columns = ("series", "skew", "excess kurtosis", *_TESTS.values())
    rows = []
    for name, row in residuals.items():
        found = diagnose(row)
        chances = [getattr(found, one) for one in _TESTS]
        cells = [(bad if p < _DOUBTFUL else str)(f"{p:.3f}") for p in chances]
        rows.append((name, number(found.skew, 2), number(found.excess_kurtosis, 2), *cells))
    title = f"{title}: p-values (Ljung–Box, {LAGS} lags; Jarque–Bera)"
    return Table(columns, rows, title=title, right={*columns[1:]})

"""`dpo-gov market fit --model garch`: how the estimates are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from dpo_gov.cli.output import Table
from dpo_gov.cli.residuals import residual_table

if TYPE_CHECKING:
    from dpo_gov.market.garch import GarchFit


def garch_data(fits: Mapping[str, GarchFit]) -> dict[str, object]:
    """The estimates by series, with all digits."""
    from dpo_gov.market.diagnostics import diagnose

    return {
        name: {
            "returns": len(fit.residuals),
            "estimates": {
                one: {"value": float(value), "error": float(error), "robust_error": float(robust)}
                for one, value, error, robust in zip(
                    fit.names, fit.estimates, fit.errors, fit.robust_errors, strict=True
                )
            },
            "log_likelihood": fit.likelihood,
            "persistence": fit.persistence,
            "half_life_days": fit.half_life,
            "long_run_deviation": fit.long_run**0.5,
            "next_deviation": float(fit.variance[-1]) ** 0.5,
            "residuals": asdict(diagnose(fit.residuals)),
        }
        for name, fit in fits.items()
    }


def garch_views(fits: Mapping[str, GarchFit]) -> Iterator[Table]:
    """Estimates with their errors, and what is left in the residuals."""
    yield _estimates(fits)
    yield _variances(fits)
    left = {name: fit.residuals for name, fit in fits.items()}
    yield residual_table(left, "standardised residuals")


def _estimates(fits: Mapping[str, GarchFit]) -> Table:
    columns = ("series", "figure", "estimate", "error", "robust error")
    rows = [
        (name, one, f"{value:.8g}", f"{error:.4g}", f"{robust:.4g}")
        for name, fit in fits.items()
        for one, value, error, robust in zip(
            fit.names, fit.estimates, fit.errors, fit.robust_errors, strict=True
        )
    ]
    title = "GARCH(1,1) with normal shocks, in the unit of the returns"
    return Table(columns, rows, title=title, right={*columns[2:]})


def _variances(fits: Mapping[str, GarchFit]) -> Table:
    columns = (
        "series",
        "returns",
        "log likelihood",
        "persistence",
        "half-life",
        "long run",
        "next",
    )
    rows = [
        (
            name,
            len(fit.residuals),
            f"{fit.likelihood:.5f}",
            f"{fit.persistence:.5f}",
            f"{fit.half_life:.1f} d",
            f"{fit.long_run**0.5:.5g}",
            f"{fit.variance[-1] ** 0.5:.5g}",
        )
        for name, fit in fits.items()
    ]
    title = "the variance: deviation of the long run, and of the day after the last"
    return Table(columns, rows, title=title, right={*columns[1:]})

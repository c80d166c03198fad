"""Funding of a perpetual from a series of its rates: an AR(1),

    x' = mean + persistence · (x − mean) + deviation · z,

by conditional maximum likelihood, which is least squares (Hamilton 1994, 5.2). The rates of a day
are those of its payments, every eight hours; what is fitted is the whole day's.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
from dpo_gov.market.assumptions import short
from dpo_gov.market.conditions import Funding
from dpo_gov.market.daily import read_rows
from dpo_gov.market.reading import source_name
from dpo_gov.market.repair import NONE, Mender, Repairs
from dpo_gov.market.series import LEAST_ROWS, now

Floats = npt.NDArray[np.float64]

NAMES = ("funding_rate_mean", "funding_rate", "funding", "rate")
"""What the column of rates may be called."""
PAYMENTS = 3
_LARGEST_MEDIAN = 0.002
"""Of a payment, up or down: a usual one is 0.0001, so a percentage or basis points are seen."""
_LONGEST = 0.999


@dataclass(frozen=True)
class Rates:
    """Funding of each day as a share of the notional: what a long position pays."""

    asset: str
    source: str
    first: datetime.date
    last: datetime.date
    values: Floats
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class FundingFit:
    """Estimates with their standard errors, by name, and z of each day but the first."""

    rates: Rates
    estimates: dict[str, float]
    errors: dict[str, float]
    residuals: Floats

    def funding(self, regimes: int) -> Funding:
        """The same in all regimes, with its source in words."""
        mended = "".join(f"; mended on request: {one}" for one in self.rates.repairs)
        return Funding(
            asset=self.rates.asset,
            mean=(short(self.estimates["mean"]),) * regimes,
            persistence=short(self.estimates["persistence"]),
            deviation=short(self.estimates["deviation"]),
            assumption=(
                f"fitted to {self.rates.source}, {self.rates.first} … {self.rates.last}: an AR(1) "
                "by the day, the same in all regimes and with normal shocks, though real ones have "
                f"fat tails{mended}"
            ),
        )


def read_rates(
    path: Path, asset: str, *, repairs: Repairs = NONE, today: datetime.date | None = None
) -> Rates:
    """Read a CSV file with the columns `date` and one of NAMES: the mean rate of a payment.

    Raises DataError, which names file and row, for anything that is not a rate a day and was not
    to be mended.
    """
    hint, holes = f"the rates may also be called {', '.join(NAMES[1:])}", repairs.fill_gaps
    found = list(read_rows(path, NAMES, what="rate", hint=hint, holes=holes))
    mender = Mender(path, repairs, today or now(), what="rate", prices=False)
    rows, done = mender.mend(found)
    if len(rows) < LEAST_ROWS:
        raise DataError(f"{path}: {len(rows)} rows; at least {LEAST_ROWS} daily rates are needed")
    rates = np.array([row.value for row in rows], dtype=np.float64)
    usual = float(np.median(np.abs(rates)))
    if usual > _LARGEST_MEDIAN and not repairs.keep_outliers:
        raise DataError(
            f"{path}: a usual rate is {usual:g}, as a share {100.0 * usual:.3g} % every eight "
            "hours; are these percentages? Give fractions, or, where they are true, --keep-outliers"
        )
    return Rates(asset, source_name(path), rows[0].date, rows[-1].date, PAYMENTS * rates, done)


def fit_funding(rates: Rates) -> FundingFit:
    """The likeliest AR(1). Raises DataError where the rates do not return to a level."""
    before, after = rates.values[:-1], rates.values[1:]
    n, centred = len(after), before - before.mean()
    square = float(centred @ centred)
    if not np.ptp(before) > 0.0:
        raise DataError(f"{rates.source}: all rates are the same; there is nothing to fit")
    persistence = float(centred @ after) / square
    if not 0.0 <= persistence < _LONGEST:
        raise DataError(
            f"{rates.source}: {persistence:.4f} of a distance from the mean is left a day later; "
            "an AR(1) needs 0 to 1, give more days, or leave --funding out"
        )
    mean = float(after.mean() - persistence * before.mean()) / (1.0 - persistence)
    left = (after - mean) - persistence * (before - mean)
    deviation = sqrt(float(left @ left) / n)
    if abs(mean) > 1.0 or deviation > 1.0:
        raise DataError(
            f"{rates.source}: a mean of {mean:g} and shocks of {deviation:g} a day are beyond the "
            "whole notional; give fractions"
        )
    return FundingFit(
        rates=rates,
        estimates={"mean": mean, "persistence": persistence, "deviation": deviation},
        errors={
            "mean": deviation / (1.0 - persistence) / sqrt(n),
            "persistence": deviation / sqrt(square),
            "deviation": deviation / sqrt(2.0 * n),
        },
        residuals=left / deviation,
    )

"""Without drift no asset is expected to gain; with the sample's it gains what the series did."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dpo_gov.market import Sampler, default_market
from dpo_gov.market.drift import Drift
from dpo_gov.market.fit import fit
from dpo_gov.market.series import log_returns, read_series


def test_the_default_market_expects_no_gain() -> None:
    """After 60 days the mean growth of BTC and ETH is 1, within four standard errors."""
    paths = 60_000
    value = np.ones((2, paths))
    for day in Sampler(default_market(), 3, np.arange(paths)).days(60):
        value *= day.growth[:2]
    error = value.std(axis=1) / np.sqrt(paths)
    assert (np.abs(value.mean(axis=1) - 1.0) < 4.0 * error).all()


def test_the_sample_drift_is_the_mean_of_the_series(series_file: Callable[[str], Path]) -> None:
    """Asked for, the mean log return of the fitted market is that of the data."""
    series = [read_series(series_file("btc_usd_daily.csv"))]
    market = fit(series, name="test", drift=Drift.SAMPLE)
    jumps = market.assets[0].own_jump
    common = market.common_jump
    mean = market.regimes[0].drift[0] + jumps.probability * jumps.mean
    mean += common.probability * common.mean[0]
    assert mean == pytest.approx(log_returns(series).mean(), abs=1e-6)
    assert "no forecast" in market.drift_assumption

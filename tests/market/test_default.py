"""The market that ships has the figures of the days it is fitted to."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from dpo_gov.market import Sampler, default_market
from dpo_gov.market.series import log_returns, overlap, read_series

# Daily simple returns of the 3,102 days from 2017-08-17 to 2026-02-13 that both series have:
# BTC in US dollars (CoinGecko, by lukmol/gamlss-btc-VaR), ETHUSDT (Binance, by fhdns6020/funds).
# The series are no part of the repository: see `series_file` in tests/conftest.py.
FIRST, LAST, RETURNS = "2017-08-17", "2026-02-13", 3_102
VOLATILITY = {"BTC": 0.676486, "ETH": 0.880807}
"""Standard deviation, times √365."""
LOW = {"BTC": -0.099160, "ETH": -0.125339}
"""1 % quantile."""
HIGH = {"BTC": 0.104241, "ETH": 0.132825}
"""99 % quantile."""
CORRELATION = 0.767059


def figures(returns: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[np.float64]]:
    """The figures above, of returns (assets, days)."""
    return {
        "volatility": returns.std(axis=1) * 365**0.5,
        "low": np.quantile(returns, 0.01, axis=1),
        "high": np.quantile(returns, 0.99, axis=1),
        "correlation": np.corrcoef(returns)[0, 1],
    }


def test_the_default_market_has_the_figures_of_its_days() -> None:
    """Volatility within 5 %, 1 % and 99 % quantiles within 10 %, correlation within 0.05."""
    market = default_market()
    assert [(one.asset, one.first, one.last, one.rows) for one in market.sources] == [
        (symbol, FIRST, LAST, RETURNS + 1) for symbol in VOLATILITY
    ]
    days = Sampler(market, 11, np.arange(2_000)).days(365)
    growth = np.stack([day.growth[:2] for day in days], axis=1)
    found = figures(growth.reshape(2, -1) - 1.0)
    assert found["volatility"] == pytest.approx(list(VOLATILITY.values()), rel=0.05)
    assert found["low"] == pytest.approx(list(LOW.values()), rel=0.10)
    assert found["high"] == pytest.approx(list(HIGH.values()), rel=0.10)
    assert found["correlation"] == pytest.approx(CORRELATION, abs=0.05)


def test_the_figures_are_those_of_the_series(series_file: Callable[[str], Path]) -> None:
    """Who has the series finds these figures in them, to the last digit."""
    files = ("btc_usd_daily.csv", "eth_usd_daily.csv")
    series = [read_series(series_file(name)) for name in files]
    assert [str(day) for day in overlap(series)] == [FIRST, LAST]
    returns = np.expm1(log_returns(series))
    assert returns.shape == (2, RETURNS)
    found = figures(returns)
    assert found["volatility"] == pytest.approx(list(VOLATILITY.values()), abs=5e-7)
    assert found["low"] == pytest.approx(list(LOW.values()), abs=5e-7)
    assert found["high"] == pytest.approx(list(HIGH.values()), abs=5e-7)
    assert found["correlation"] == pytest.approx(CORRELATION, abs=5e-7)

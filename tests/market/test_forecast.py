"""Forecasts of the next day: their residuals are standard normal where the market is true."""

import datetime
from typing import Any

import numpy as np
import pytest

from dpo_gov.market import Market, Sampler, default_market
from dpo_gov.market.diagnostics import Diagnostics, diagnose
from dpo_gov.market.fit import SHAPES, fit
from dpo_gov.market.fit_history import fit_replay
from dpo_gov.market.forecast import forecast_residuals
from dpo_gov.market.series import Series, log_returns

FIRST = datetime.date(1990, 1, 1)


def one_regime(**changes: Any) -> Market:
    """The stressed days of the default market alone, without its jumps."""
    figures = default_market().model_dump()
    figures |= {
        "regimes": figures["regimes"][1:],
        "transition": ((1.0,),),
        "gas": figures["gas"] | {"median": (10.0,)},
        "common_jump": figures["common_jump"] | {"probability": 0.0},
        "conditions": None,
    }
    for asset in figures["assets"]:
        asset["own_jump"] = {"probability": 0.0}
    return Market.model_validate(figures | changes)


def clustered() -> Market:
    """The same with variances that follow the days, and more after falls."""
    figures = one_regime().model_dump()
    for asset in figures["assets"][:2]:
        asset["garch"] = {"alpha": 0.08, "gamma": 0.06, "beta": 0.85, "start": 2.0}
    return Market.model_validate(figures)


def lived(market: Market, days: int, seed: int = 5) -> list[Series]:
    """Closes of BTC, ETH and the stable asset: one path, from prices that are no figures of it."""
    growth = [day.growth[:, 0] for day in Sampler(market, seed, np.arange(1)).days(days)]
    closes = np.cumprod([np.array([1_000.0, 100.0, 1.0]), *growth], axis=0)
    names = ("BTC", "ETH", "USDC")
    return [Series(name, "made", FIRST, closes[:, i]) for i, name in enumerate(names)]


def examined(market: Market, series: list[Series]) -> list[Diagnostics]:
    """Of the residuals of each series."""
    residuals = forecast_residuals(market, series)
    assert residuals is not None and residuals.shape == log_returns(series).shape
    return [diagnose(row) for row in residuals]


@pytest.mark.parametrize(
    "market",
    [default_market(), one_regime(), clustered()],
    ids=["regimes and jumps", "Student t", "GARCH"],
)
def test_the_true_market_leaves_white_noise(market: Market) -> None:
    """Mean 0, deviation 1, no autocorrelation, no clusters, normal: of each asset, peg included."""
    for found in examined(market, lived(market, 2_000)):
        assert found.mean == pytest.approx(0.0, abs=0.08)
        assert found.deviation == pytest.approx(1.0, abs=0.06)
        assert min(found.p_autocorrelation, found.p_clusters, found.p_normal) > 0.01


def test_a_market_without_the_tails_or_the_clusters_is_seen() -> None:
    """Brownian motion fitted to days of regimes and jumps leaves both in its residuals."""
    series = lived(default_market(), 2_000)[:2]
    for found in examined(fit(series, name="plain", shape=SHAPES["gbm"]), series):
        assert found.p_normal < 1e-6 and found.p_clusters < 1e-4
        assert found.deviation == pytest.approx(1.0, abs=0.02)


def test_of_brownian_motion_they_are_the_scaled_returns() -> None:
    """z = (return − drift) / volatility, also fifteen deviations out."""
    market = one_regime(degrees=None)
    series = lived(market, 400)[:1]
    series[0].closes[200:] *= 2.0
    residuals = forecast_residuals(market, series)
    assert residuals is not None
    (regime,) = market.regimes
    expected = (log_returns(series)[0] - regime.drift[0]) / regime.volatility[0]
    assert residuals[0] == pytest.approx(expected, abs=1e-9)
    assert expected.max() > 10.0


def test_history_forecasts_nothing() -> None:
    """A market that draws its days from history has no such residuals."""
    series = lived(default_market(), 400)[:2]
    assert forecast_residuals(fit_replay(series, name="x"), series) is None

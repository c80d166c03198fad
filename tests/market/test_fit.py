"""Fitting: real series, recovery of known figures, refusals."""

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dpo_gov.errors import DataError
from dpo_gov.market import Market, Sampler, default_market
from dpo_gov.market.compare import Comparison, compare
from dpo_gov.market.estimate import MIXING_BOUND, Estimate, estimate, mean_mixing, mixing_nodes
from dpo_gov.market.fit import fit
from dpo_gov.market.series import Series, read_series

FILES = {"BTC": "btc_usd_daily.csv", "ETH": "eth_usd_daily.csv", "LINK": "link_usd_daily.csv"}


def misses(rows: list[Comparison]) -> list[Comparison]:
    """The figures that are further from the data than they may be."""
    return [row for row in rows if not row.good]


@pytest.mark.parametrize("symbols", [("BTC", "ETH"), ("BTC", "ETH", "LINK"), ("LINK",)])
def test_a_fit_has_the_figures_of_its_data(
    symbols: tuple[str, ...], series_file: Callable[[str], Path]
) -> None:
    """Volatility within 5 %, 1 % and 99 % quantiles within 10 %, correlations within 0.05."""
    series = [read_series(series_file(FILES[symbol])) for symbol in symbols]
    rows = compare(fit(series, name="test"), series)
    assert len(rows) == 3 * len(series) + len(series) * (len(series) - 1) // 2
    assert {row.limit for row in rows} <= {0.05, 0.10}
    assert misses(rows) == []


def test_the_default_market_is_this_fit(series_file: Callable[[str], Path]) -> None:
    """The figures that ship come out of `fit` on their series, and pass the same limits."""
    shipped = default_market()
    sources = {source.asset: source.name for source in shipped.sources}
    series = [
        read_series(series_file(FILES[symbol]), symbol, sources[symbol])
        for symbol in ("BTC", "ETH")
    ]
    again = fit(series, name="default").model_dump()
    for key, figures in shipped.model_dump().items():
        assert again[key] == approximately(figures), key
    assert misses(compare(shipped, series, seed=2)) == []


def approximately(value: object) -> object:
    """The same shape with numbers that may differ in their last digit of six.

    A fit runs on the machine's own linear algebra.
    """
    if isinstance(value, dict):
        return {key: approximately(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(approximately(item) for item in value)
    return pytest.approx(value, rel=2e-4, abs=1e-9) if isinstance(value, float) else value


def made(model: Market, days: int, seed: int) -> list[Series]:
    """Series of BTC and ETH drawn from a market: one long path."""
    drawn = Sampler(model, seed, np.arange(1)).days(days)
    growth = np.array([day.growth[:2, 0] for day in drawn])
    closes = 1_000.0 * np.cumprod(growth, axis=0)
    first = datetime.date(1990, 1, 1)
    return [Series(name, "made", first, closes[:, i]) for i, name in enumerate(("BTC", "ETH"))]


def test_known_figures_are_found_again() -> None:
    """From 12,000 days of a known market, its figures come back within their sampling error."""
    truth = default_market()
    found = fit(made(truth, 12_000, seed=4), name="again")
    assert found.degrees == truth.degrees
    for n in (0, 1):
        here, there = found.regimes[n], truth.regimes[n]
        assert here.volatility[:2] == pytest.approx(there.volatility[:2], rel=0.06)
        assert here.correlation[0][1] == pytest.approx(there.correlation[0][1], abs=0.03)
        assert found.transition[n][n] == pytest.approx(truth.transition[n][n], abs=0.02)


def test_unmistakable_jumps_are_counted_by_their_kind() -> None:
    """Falls of both assets and rises of ETH alone: found as often as they came, to two √count.

    Jumps of the default market's size cannot be told from the mixing's tails one by one.
    """
    figures = default_market().model_dump()
    figures["degrees"] = 30
    figures["common_jump"] |= {
        "probability": 0.0013,
        "mean": (-0.4, -0.5, 0.0),
        "deviation": (0.05, 0.05, 0.0),
    }
    btc, eth, _ = figures["assets"]
    btc["own_jump"] = {"probability": 0.0, "mean": 0.0, "deviation": 0.0}
    eth["own_jump"] = {"probability": 0.0013, "mean": 0.5, "deviation": 0.05}
    days = 10_000
    closes = [one.closes for one in made(Market.model_validate(figures), days + 1, seed=2)]
    returns = np.diff(np.log(closes))
    falls, rises = int((returns[0] < -0.25).sum()), int((returns[1] > 0.25).sum())
    assert min(falls, rises) > 9
    found = estimate(returns, 30)
    both, only_btc, only_eth = found.jump_probability * days
    assert both == pytest.approx(falls, abs=2 * falls**0.5)
    assert only_eth == pytest.approx(rises, abs=2 * rises**0.5)
    assert only_btc < 0.5
    assert (found.jump_mean[0] < -0.1).all()
    assert found.jump_mean[2][1] > 0.1


def test_a_fit_is_deterministic() -> None:
    """The same series give the same market, to the bit."""
    series = made(default_market(), 800, seed=5)
    assert fit(series, name="a") == fit(series, name="a")


def test_each_step_is_likelier() -> None:
    """EM never makes the data less likely, but for what the prior on jumps takes."""
    returns = np.diff(np.log([one.closes for one in made(default_market(), 900, seed=6)]))
    one = estimate(returns, 8)
    again = estimate(returns, 8, one)
    assert again.likelihood >= one.likelihood - 0.01


def test_one_asset_alone_can_be_fitted() -> None:
    """A single series gives a market of it and the stable asset."""
    market = fit(made(default_market(), 600, seed=7)[:1], name="one")
    assert [asset.symbol for asset in market.assets] == ["BTC", "STABLE"]
    assert market.gas.ether == 2_000.0


@pytest.mark.parametrize("degrees", [4, 6, 10, 30])
def test_the_mean_of_the_mixing(degrees: int) -> None:
    """The closed form agrees with the quadrature and with draws."""
    mixing, weight = mixing_nodes(degrees)
    drawn = np.random.default_rng(1).chisquare(degrees, 1_000_000)
    sample = np.minimum((degrees - 2) / drawn, MIXING_BOUND)
    assert weight @ mixing == pytest.approx(mean_mixing(degrees), rel=2e-3)
    assert sample.mean() == pytest.approx(mean_mixing(degrees), rel=5e-3)


def test_long_run_moments() -> None:
    """Mean and covariance of an estimate are those of draws from it (two regimes and jumps)."""
    figures = Estimate(
        degrees=6,
        drift=np.array([0.001]),
        covariance=np.array([[[0.0004]], [[0.0025]]]),
        transition=np.array([[0.9, 0.1], [0.3, 0.7]]),
        jump_probability=np.array([0.02, 0.01]),
        jump_mean=np.array([[-0.05], [0.10]]),
        jump_covariance=np.array([[[0.01]], [[0.0025]]]),
    )
    random = np.random.default_rng(1)
    n = 2_000_000
    stressed = random.random(n) < 0.25
    mixing = np.minimum(4 / random.chisquare(6, n), MIXING_BOUND)
    x = 0.001 + np.where(stressed, 0.05, 0.02) * np.sqrt(mixing) * random.normal(size=n)
    x += (random.random(n) < 0.02) * random.normal(-0.05, 0.1, n)
    x += (random.random(n) < 0.01) * random.normal(0.10, 0.05, n)
    mean, covariance = figures.moments()
    assert figures.shares == pytest.approx([0.75, 0.25])
    assert mean[0] == pytest.approx(x.mean(), abs=1e-4)
    assert covariance[0, 0] == pytest.approx(x.var(), rel=0.01)


def flat(symbol: str, move: float, days: int = 500) -> Series:
    """A series that moves up and down by the same share."""
    closes = 100.0 * (1 + move * (np.arange(days) % 2))
    return Series(symbol, "made", datetime.date(1990, 1, 1), closes)


def test_series_that_cannot_be_fitted_are_refused() -> None:
    """Assets given twice, copies of a series, and prices that stand still are named."""
    one, two = made(default_market(), 500, seed=8)
    copy = Series("COPY", "made", one.first, 3.0 * one.closes)
    with pytest.raises(DataError, match="each asset needs one series.*BTC, BTC"):
        fit([one, one], name="x")
    with pytest.raises(DataError, match="BTC and COPY move as one"):
        fit([one, two, copy], name="x")
    with pytest.raises(DataError, match="PEG: the closes hardly move"):
        fit([one, flat("PEG", 0.0)], name="x")
    with pytest.raises(DataError, match="STABLE is the assumed"):
        fit([flat("STABLE", 0.01)], name="x")

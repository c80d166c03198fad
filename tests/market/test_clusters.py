"""Days drawn from a market whose variances follow them, and the fit of such a market."""

import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydantic import ValidationError

from dpo_gov.market import Market, Sampler, default_market
from dpo_gov.market.diagnostics import autocorrelations
from dpo_gov.market.drift import Drift
from dpo_gov.market.fit_garch import fit_clustered
from dpo_gov.market.series import Series

VOLATILITY, CORRELATION = (0.03, 0.04), 0.6


def clustered(alpha: float, gamma: float, beta: float, **changes: Any) -> Market:
    """BTC and ETH with one GARCH, normal shocks and no jumps."""
    figures = default_market().model_dump()
    correlation = ((1.0, CORRELATION, 0.0), (CORRELATION, 1.0, 0.0), (0.0, 0.0, 1.0))
    figures |= {
        "degrees": None,
        "transition": ((1.0,),),
        "gas": figures["gas"] | {"median": (10.0,)},
        "regimes": (
            {
                "name": "only",
                "drift": (0.0, 0.0, 0.0),
                "volatility": (*VOLATILITY, 0.0005),
                "correlation": correlation,
            },
        ),
        "common_jump": figures["common_jump"] | {"probability": 0.0},
    }
    for asset in figures["assets"][:2]:
        asset["own_jump"] = {"probability": 0.0, "mean": 0.0, "deviation": 0.0}
        asset["garch"] = {"alpha": alpha, "gamma": gamma, "beta": beta}
    return Market.model_validate(figures | changes)


def growth(market: Market, paths: int, days: int, seed: int = 1) -> npt.NDArray[np.float64]:
    """Of BTC and ETH, (assets, days, paths)."""
    drawn = Sampler(market, seed, np.arange(paths)).days(days)
    return np.stack([day.growth[:2] for day in drawn], axis=1)


@pytest.mark.parametrize(("alpha", "gamma", "beta"), [(0.1, 0.0, 0.85), (0.05, 0.1, 0.8)])
def test_long_run_figures(alpha: float, gamma: float, beta: float) -> None:
    """Deviation, correlation, expected growth and clusters are those of the closed forms.

    The autocorrelation of squares of GARCH(1,1) is that of Bollerslev 1988.
    """
    drawn = growth(clustered(alpha, gamma, beta), 3_000, 400)
    returns = np.log(drawn[:, 100:])
    assert returns.std(axis=(1, 2)) == pytest.approx(VOLATILITY, rel=0.01)
    pairs = returns.reshape(2, -1)
    assert np.corrcoef(pairs)[0, 1] == pytest.approx(CORRELATION, abs=0.02)
    assert drawn.mean(axis=(1, 2)) == pytest.approx([1.0, 1.0], abs=1.5e-4)
    if gamma == 0.0:
        persistence = alpha + beta
        first = alpha * (1 - beta * persistence) / (1 - 2 * alpha * beta - beta**2)
        found = autocorrelations(returns[0].T ** 2, 5)
        assert found == pytest.approx([first * persistence**k for k in range(5)], abs=0.03)


def test_falls_raise_the_variance_of_gjr() -> None:
    """After a fall a day is wilder than after a rise, as gamma says."""
    returns = np.log(growth(clustered(0.02, 0.2, 0.8), 3_000, 200))[0]
    before, after = returns[:-1], returns[1:]
    fell = before < 0.0
    squares = VOLATILITY[0] ** 2
    gap = (after[fell] ** 2).mean() - (after[~fell] ** 2).mean()
    assert gap == pytest.approx(0.2 * squares, rel=0.1)


def test_today_may_be_wilder_than_the_long_run() -> None:
    """The first day has the variance `start`, of which half is left after the half-life."""
    market = clustered(0.1, 0.0, 0.8)
    figures = market.model_dump()
    figures["assets"][0]["garch"]["start"] = 4.0
    returns = np.log(growth(Market.model_validate(figures), 40_000, 12))[0]
    variance = returns.var(axis=1) / VOLATILITY[0] ** 2
    assert variance == pytest.approx([1 + 3 * 0.9**k for k in range(12)], rel=0.06)


def test_any_block_sees_the_same_days() -> None:
    """One path alone has the days that it has in a block, to the bit."""
    market = clustered(0.1, 0.05, 0.8)
    block = growth(market, 50, 30)
    alone = np.stack([d.growth[:2, 0] for d in Sampler(market, 1, np.array([37])).days(30)], axis=1)
    assert (block[:, :, 37] == alone).all()


def made(market: Market, days: int) -> list[Series]:
    """Closes of BTC and ETH drawn from a market."""
    closes = 1_000.0 * np.cumprod(growth(market, 1, days, seed=3)[:, :, 0], axis=1)
    first = datetime.date(2000, 1, 1)
    return [Series(n, "made", first, row) for n, row in zip(("BTC", "ETH"), closes, strict=True)]


def test_a_known_market_is_found_again() -> None:
    """From 3,000 days with Student-t shocks of 8 degrees, the market's own figures come back."""
    truth = clustered(0.08, 0.0, 0.88, degrees=8)
    done = fit_clustered(made(truth, 3_000), name="again", drift=Drift.NONE)
    found = done.market
    for asset, name in zip(found.assets[:2], ("BTC", "ETH"), strict=True):
        errors = dict(zip(done.fits[name].names, done.fits[name].robust_errors, strict=True))
        assert asset.garch is not None
        assert asset.garch.alpha == pytest.approx(0.08, abs=4 * errors["alpha"])
        assert asset.garch.beta == pytest.approx(0.88, abs=4 * errors["beta"])
        assert asset.garch.start == 1.0
    # Of clustered days 3,000 tell the long run to 7 % only (one standard error).
    assert found.regimes[0].volatility[:2] == pytest.approx(VOLATILITY, rel=0.2)
    assert found.regimes[0].correlation[0][1] == pytest.approx(CORRELATION, abs=0.04)
    assert found.degrees in (6, 8, 10)
    assert growth(found, 3_000, 100).mean(axis=(1, 2)) == pytest.approx([1.0, 1.0], abs=4e-4)


def test_options_of_the_fit() -> None:
    """Asked to, a fit starts from today's variance and keeps the mean of the sample."""
    series = made(clustered(0.1, 0.05, 0.85), 1_500)
    done = fit_clustered(series, name="x", drift=Drift.SAMPLE, asymmetric=True, from_today=True)
    btc, returns = done.market.assets[0].garch, np.diff(np.log(series[0].closes))
    assert btc is not None and btc.gamma != 0.0
    expected = done.fits["BTC"].variance[-1] / returns.var()
    assert btc.start == pytest.approx(expected, rel=1e-5)
    drift = done.fits["BTC"].get("mean") + 0.5 * returns.var()
    assert done.market.regimes[0].drift[0] == pytest.approx(drift, rel=1e-5)


def test_figures_without_a_long_run_are_refused() -> None:
    """Persistence of 1, a negative share and GARCH within regimes are no market."""
    for alpha, gamma, beta in ((0.2, 0.0, 0.8), (0.1, 0.2, 0.8), (0.1, -0.2, 0.5)):
        with pytest.raises(ValidationError, match="must be below 1"):
            clustered(alpha, gamma, beta)
    figures = default_market().model_dump()
    figures["assets"][0]["garch"] = {"alpha": 0.1, "beta": 0.8}
    with pytest.raises(ValidationError, match="market of one regime"):
        Market.model_validate(figures)


def test_a_market_without_garch_keeps_its_hash() -> None:
    """What is not used is not in the file, so a market's hash is what it was."""
    assert b"garch" not in default_market().to_bytes()
    assert b"garch" in clustered(0.1, 0.0, 0.8).to_bytes()

"""The plainer models: what is known is found again, and only the parts asked for are there."""

import datetime
from typing import Any

import numpy as np
import pytest

from dpo_gov.market import Market, Sampler, default_market
from dpo_gov.market.drift import Drift
from dpo_gov.market.fit import SHAPES, fit
from dpo_gov.market.series import Series, log_returns

NONE = {"probability": 0.0, "mean": 0.0, "deviation": 0.0}


def correlation(of_both: float) -> tuple[tuple[float, ...], ...]:
    """Of BTC and ETH; the stable asset is independent."""
    return ((1.0, of_both, 0.0), (of_both, 1.0, 0.0), (0.0, 0.0, 1.0))


def known(
    volatility: tuple[float, ...] = (0.03,),
    together: tuple[float, ...] = (0.6,),
    stay: float = 1.0,
    **changes: Any,
) -> Market:
    """BTC and ETH, whose volatility is a third larger; regimes are left to one at random."""
    figures = default_market().model_dump()
    count = len(volatility)
    leave = (1.0 - stay) / max(count - 1, 1)
    figures |= {
        "degrees": None,
        "regimes": tuple(
            {
                "name": f"r{n}",
                "drift": (0.001, 0.0, 0.0),
                "volatility": (volatility[n], volatility[n] * 4 / 3, 0.0005),
                "correlation": correlation(together[n]),
            }
            for n in range(count)
        ),
        "transition": tuple(
            tuple(1.0 - leave * (count - 1) if i == j else leave for j in range(count))
            for i in range(count)
        ),
        "gas": figures["gas"] | {"median": (10.0,) * count},
        "common_jump": figures["common_jump"] | {"probability": 0.0},
    }
    for asset in figures["assets"][:2]:
        asset["own_jump"] = NONE
    return Market.model_validate(figures | changes)


def drawn(market: Market, days: int, seed: int = 1) -> list[Series]:
    """Closes of BTC and ETH: one long path."""
    growth = [day.growth[:2, 0] for day in Sampler(market, seed, np.arange(1)).days(days)]
    closes = 1_000.0 * np.cumprod(growth, axis=0)
    first = datetime.date(1990, 1, 1)
    return [Series(name, "made", first, closes[:, i]) for i, name in enumerate(("BTC", "ETH"))]


def test_geometric_brownian_motion_is_the_sample() -> None:
    """Deviations and correlation are those of the sample, in closed form, and nothing else is."""
    series = drawn(known(), 700)
    returns = log_returns(series)
    found = fit(series, name="x", drift=Drift.SAMPLE, shape=SHAPES["gbm"])
    (regime,) = found.regimes
    assert regime.volatility[:2] == pytest.approx(returns.std(axis=1), rel=1e-5)
    assert regime.drift[:2] == pytest.approx(returns.mean(axis=1), rel=1e-4)
    assert regime.correlation[0][1] == pytest.approx(np.corrcoef(returns)[0, 1], rel=1e-5)
    assert found.degrees is None and found.common_jump.probability == 0.0


@pytest.mark.parametrize("degrees", [4, pytest.param(8, marks=pytest.mark.long)])
def test_student_t_is_found_again(degrees: int) -> None:
    """Degrees of freedom, scale and correlation come back from 4,000 days."""
    found = fit(drawn(known(degrees=degrees), 4_000), name="x", shape=SHAPES["t"])
    assert found.degrees == degrees
    assert found.regimes[0].volatility[:2] == pytest.approx((0.03, 0.04), rel=0.05)
    assert found.regimes[0].correlation[0][1] == pytest.approx(0.6, abs=0.03)
    assert not any(asset.own_jump.probability for asset in found.assets[:2])


def test_merton_is_found_again() -> None:
    """Rates, means and deviations of common and own jumps come back from 6,000 days.

    So rare that hardly a day has both kinds, of which a fit knows nothing.
    """
    jumps = {
        "probability": 0.012,
        "mean": (-0.15, -0.2, 0.0),
        "deviation": (0.04, 0.05, 0.0),
        "correlation": correlation(0.8),
    }
    figures = known(common_jump=jumps).model_dump()
    figures["assets"][1]["own_jump"] = {"probability": 0.01, "mean": 0.25, "deviation": 0.05}
    found = fit(drawn(Market.model_validate(figures), 6_000), name="x", shape=SHAPES["merton"])
    assert found.degrees is None and len(found.regimes) == 1
    common, own = found.common_jump, found.assets[1].own_jump
    assert common.probability == pytest.approx(0.012, abs=3 * (0.012 / 6_000) ** 0.5)
    assert common.mean[:2] == pytest.approx((-0.15, -0.2), abs=0.025)
    assert common.deviation[:2] == pytest.approx((0.04, 0.05), rel=0.3)
    assert own.probability == pytest.approx(0.01, abs=3 * (0.01 / 6_000) ** 0.5)
    assert own.mean == pytest.approx(0.25, abs=0.03)
    assert found.regimes[0].volatility[:2] == pytest.approx((0.03, 0.04), rel=0.03)


def test_three_regimes_are_found_again() -> None:
    """Calm, stressed and crash, each with its deviation, correlation and length."""
    truth = known((0.01, 0.03, 0.09), (0.3, 0.6, 0.9), stay=0.97, degrees=14)
    found = fit(drawn(truth, 2_500, seed=2), name="x", shape=SHAPES["regimes"])
    assert [regime.name for regime in found.regimes] == ["calm", "stressed", "crash"]
    for n, (here, there) in enumerate(zip(found.regimes, truth.regimes, strict=True)):
        assert here.volatility[:2] == pytest.approx(there.volatility[:2], rel=0.12)
        assert here.correlation[0][1] == pytest.approx(there.correlation[0][1], abs=0.1)
        assert found.transition[n][n] == pytest.approx(0.97, abs=0.025)
    assert len(found.gas.median) == 3
    assert "in crash days" in found.gas.assumption


@pytest.mark.parametrize("name", sorted({*SHAPES} - {"regimes"}))
def test_without_drift_no_gain_is_expected(name: str) -> None:
    """Whatever its parts, in each regime the expected price of tomorrow is today's."""
    market = fit(drawn(default_market(), 700), name="x", shape=SHAPES[name])
    days = Sampler(market, 3, np.arange(40_000)).days(8)
    growth = np.stack([day.growth[:2] for day in days], axis=1)
    error = growth.std(axis=(1, 2)) / (growth[0].size) ** 0.5
    assert (np.abs(growth.mean(axis=(1, 2)) - 1.0) < 4.0 * error).all()

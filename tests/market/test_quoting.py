"""What an oracle makes of a price, and what a wild day does to liquidity."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from dpo_gov.market import Asked, Market, Sampler, default_market
from dpo_gov.market.quoting import thinned
from dpo_gov.market.sample import usual_variances

PATHS, DAYS = 4_000, 12
ALL = Asked(variance=True, quote=True)


@pytest.fixture
def seen() -> Callable[..., Market]:
    """Makes the default market with an oracle, without jumps."""

    def make(deviation: float, delay: float) -> Market:
        figures = default_market().model_dump()
        figures["common_jump"]["probability"] = 0.0
        for asset in figures["assets"]:
            asset["own_jump"]["probability"] = 0.0
        oracle = {"deviation": (deviation,) * 3, "delay": delay, "assumption": "a test's"}
        return Market.model_validate(figures | {"oracle": oracle})

    return make


def logs(market: Market, place: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of quotes and of growth, and the variance: (days, paths) each."""
    days = list(Sampler(market, 5, np.arange(PATHS), ALL).days(DAYS))
    quotes = np.stack([np.log(day.quote[place]) for day in days])
    growth = np.stack([np.log(day.growth[place]) for day in days])
    return quotes, growth, np.stack([day.variance[place] for day in days])


def restarted(deviation: float, steps: int) -> np.ndarray:
    """Where a price is in the band of a feed that answers anew whenever it leaves."""
    random, place = np.random.default_rng(2), np.zeros(1_500)
    for _ in range(steps):
        place += random.normal(0.0, deviation / 25.0, len(place))
        place[np.abs(place) >= deviation] = 0.0
    return place


def test_a_feed_is_somewhere_in_its_band(seen: Callable[..., Market]) -> None:
    """Error within the band, with the triangle's mean square; a feed that is played has its law."""
    band = 0.005
    found, _, _ = logs(seen(band, 0.0), 1)
    assert np.abs(found).max() <= band
    assert found.mean() == pytest.approx(0.0, abs=3e-5)
    assert found.std() == pytest.approx(band / np.sqrt(6.0), rel=0.01)
    played = restarted(band, 2_500)
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    # The steps of the played feed are 1/25 of the band, which it passes by as much.
    assert np.quantile(found, levels) == pytest.approx(np.quantile(played, levels), abs=0.08 * band)


def test_a_late_feed_has_not_seen_the_last_move(seen: Callable[..., Market]) -> None:
    """The error is minus the share of the day's return, and the bridge's variance beside it."""
    late = 0.25
    error, returns, variance = logs(seen(0.0, late * 86_400), 0)
    unit = (error + late * returns) / np.sqrt(late * (1.0 - late) * variance)
    assert unit.std() == pytest.approx(1.0, abs=0.01)
    assert unit.mean() == pytest.approx(0.0, abs=0.015)
    assert np.corrcoef(unit.ravel(), returns.ravel())[0, 1] == pytest.approx(0.0, abs=0.015)
    # Together it is the move of the last quarter of a day.
    assert (error / np.sqrt(late * variance)).std() == pytest.approx(1.0, abs=0.01)


def test_a_feed_without_band_and_delay_errs_in_nothing(seen: Callable[..., Market]) -> None:
    """Its quotes are the market's prices, exactly."""
    assert (logs(seen(0.0, 0.0), 1)[0] == 0.0).all()


def test_a_market_without_oracle_keeps_its_bytes(seen: Callable[..., Market]) -> None:
    """No oracle and no thinning are in no byte, and with them comes another hash."""
    plain = default_market()
    assert b"oracle" not in plain.to_bytes()
    assert b"thinning" not in plain.to_bytes()
    thin = plain.model_copy(update={"venue": plain.venue.model_copy(update={"thinning": 1.0})})
    assert len({one.hash() for one in (plain, thin, seen(0.005, 60.0))}) == 3
    assert Market.model_validate_json(seen(0.005, 60.0).to_bytes()).oracle
    assert seen(0.005, 60.0).assumptions()[-1] == "Oracle: a test's"
    assert not next(iter(Sampler(plain, 1, np.arange(2), ALL).days(1))).quote.size


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"deviation": (0.005,)}, "oracle.deviation has 1 figures, 3 are needed"),
        ({"deviation": (0.5, 25.0, 0.5)}, "less than or equal to 0.5"),
        ({"delay": 86_400.0}, "less than 86400"),
        ({"delay": -1.0}, "greater than or equal to 0"),
    ],
)
def test_feeds_that_cannot_be(figures: dict[str, Any], told: str) -> None:
    """Too few bands, bands in percent, and delays of a day or below zero are refused."""
    oracle = {"deviation": (0.005, 0.005, 0.0025), "delay": 60.0, "assumption": ""} | figures
    with pytest.raises(ValidationError, match=told):
        Market.model_validate(default_market().model_dump() | {"oracle": oracle})


def test_liquidity_thins_with_volatility() -> None:
    """Nothing happens up to the usual deviation; at twice it there is half, at thrice a third."""
    times = thinned(np.array([0.0, 0.25, 1.0, 4.0, 9.0]) * 3e-4, 3e-4, 1.0)
    assert times == pytest.approx([1.0, 1.0, 1.0, 2.0, 3.0])
    assert thinned(np.array([9.0]), np.inf, 5.0) == [1.0]


def test_the_usual_variance_is_that_of_the_long_run() -> None:
    """It is the mean of what days have, but for the bound of W; and of GARCH and of history."""
    market = default_market()
    days = list(Sampler(market, 7, np.arange(PATHS), ALL).days(60))
    usual = usual_variances(market)
    for i in range(3):
        mean = np.mean([day.variance[i].mean() for day in days])
        assert mean == pytest.approx(usual[i], rel=0.04)
    figures = market.model_dump() | {"degrees": None, "transition": ((1.0,),)}
    figures["gas"]["median"] = (10.0,)
    figures["regimes"] = (figures["regimes"][0] | {"volatility": (0.02, 0.03, 0.0)},)
    figures["assets"][0]["garch"] = {"alpha": 0.1, "beta": 0.8, "start": 3.0}
    past = (0.01, -0.03, 0.02, 0.05)
    history = {"first": "2020-01-01", "assets": ("ETH",), "returns": (past,), "block": 2.0}
    found = usual_variances(Market.model_validate(figures | {"history": history}))
    assert found == pytest.approx([0.02**2, np.var(past, ddof=1), np.inf])

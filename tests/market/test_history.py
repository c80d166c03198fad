"""Days of history again: the stationary bootstrap, replay, windows of stress."""

import datetime

import numpy as np
import numpy.typing as npt
import pytest
from pydantic import ValidationError

from dpo_gov.errors import DataError
from dpo_gov.market import Market, Sampler, default_market
from dpo_gov.market.drift import Drift
from dpo_gov.market.fit_history import best_block, fit_bootstrap, fit_replay
from dpo_gov.market.series import Series, log_returns

FIRST = datetime.date(2020, 1, 1)
DAYS = 400


def series(days: int = DAYS) -> list[Series]:
    """Closes of BTC and ETH: no two days are alike."""
    random = np.random.default_rng(1)
    steps = random.normal(0.001, 0.03, (2, days)) + random.normal(0.0, 0.02, days)
    closes = 100.0 * np.exp(np.cumsum(steps, axis=1))
    return [Series(n, "made", FIRST, row) for n, row in zip(("BTC", "ETH"), closes, strict=True)]


def drawn(market: Market, paths: int, days: int, seed: int = 1) -> npt.NDArray[np.float64]:
    """Log returns of BTC and ETH, (assets, days, paths)."""
    sampler = Sampler(market, seed, np.arange(paths))
    return np.log(np.stack([day.growth[:2] for day in sampler.days(days)], axis=1))


def rows(market: Market, returns: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The row of history that each day is, of both assets alike; (days, paths)."""
    assert market.history is not None
    history = np.array(market.history.returns) + np.array(market.regimes[0].drift)[:2, None]
    order = np.argsort(history[0])
    near = np.clip(np.searchsorted(history[0][order], returns[0] - 1e-12), 0, len(order) - 1)
    found = order[near]
    assert history[:, found] == pytest.approx(returns, abs=1e-12)
    return np.asarray(found)


def test_blocks_of_history() -> None:
    """All assets have the same day; blocks have the length asked for and begin anywhere."""
    market = fit_bootstrap(series(), name="x", block=8.0)
    found = rows(market, drawn(market, 2_000, 101))
    size = DAYS - 1
    goes_on = (found[1:] == (found[:-1] + 1) % size).mean()
    # A new block begins by chance where the old one would have gone on.
    assert goes_on == pytest.approx(1.0 - (1.0 / 8.0) * (1.0 - 1.0 / size), abs=0.003)
    counts = np.bincount(found[::20].ravel(), minlength=size)
    expected = counts.sum() / size
    assert ((counts - expected) ** 2 / expected).sum() < size + 5.0 * (2.0 * size) ** 0.5


def test_history_goes_on_without_a_block() -> None:
    """A replay begins anywhere, follows history's own order, and goes round at its end."""
    market = fit_replay(series(), name="x")
    found = rows(market, drawn(market, 500, 60))
    assert (found[1:] == (found[:-1] + 1) % (DAYS - 1)).all()
    assert len(np.unique(found[0])) > 250


def test_a_window_is_what_happened() -> None:
    """Every path of a window has its days, from the first close on, gains and losses included."""
    given = series()
    window = (datetime.date(2020, 3, 1), datetime.date(2020, 4, 30))
    market = fit_replay(given, name="x", window=window)
    begin, end = ((day - FIRST).days for day in window)
    prices = np.exp(np.cumsum(drawn(market, 3, end - begin), axis=1))
    for i, one in enumerate(given):
        assert prices[i] == pytest.approx(
            np.repeat((one.closes[begin + 1 : end + 1] / one.closes[begin])[:, None], 3, axis=1),
            rel=1e-4,
        )
    assert market.history is not None and market.history.first == "2020-03-02"
    assert "2020-03-01 to 2020-04-30" in market.drift_assumption


def test_drift_of_a_bootstrap() -> None:
    """Without drift the mean growth over history is 1; with the sample's it is history's."""
    returns = log_returns(series())
    for drift, mean in (
        (Drift.NONE, [1.0, 1.0]),
        (Drift.SAMPLE, np.exp(returns).mean(axis=1)),
    ):
        market = fit_bootstrap(series(), name="x", drift=drift)
        assert market.history is not None
        shift = np.array(market.regimes[0].drift)[:2, None]
        growth = np.exp(np.array(market.history.returns) + shift)
        assert growth.mean(axis=1) == pytest.approx(mean, abs=1e-7)


@pytest.mark.parametrize("rho", [0.3, 0.7])
def test_the_best_block_of_known_series(rho: float) -> None:
    """Of an autoregression it is (2 ρ / (1 − ρ²))^⅔ n^⅓, within the error of a choice by data."""
    random = np.random.default_rng(2)
    n, found = 4_000, []
    for _ in range(20):
        x = random.standard_normal(n)
        for t in range(1, n):
            x[t] += rho * x[t - 1]
        found.append(best_block(x))
    known = (2.0 * rho / (1.0 - rho**2)) ** (2.0 / 3.0) * n ** (1.0 / 3.0)
    assert np.median(found) == pytest.approx(known, rel=0.25)


def test_blocks_keep_the_error_of_a_mean() -> None:
    """The deviation of a mean of autocorrelated days is theory's; that of single days is not."""
    random = np.random.default_rng(3)
    rho, n = 0.5, 2_000
    x = 0.01 * random.standard_normal(n)
    for t in range(1, n):
        x[t] += rho * x[t - 1]
    one = Series("BTC", "made", FIRST, 100.0 * np.exp(np.cumsum(x)))
    theory = 0.01 / (1.0 - rho) / np.sqrt(500)
    for block, share in ((None, 1.0), (1.0, ((1.0 - rho) / (1.0 + rho)) ** 0.5)):
        market = fit_bootstrap([one], name="x", block=block)
        sampler = Sampler(market, 1, np.arange(1_500))
        returns = np.log(np.stack([day.growth[0] for day in sampler.days(500)]))
        assert returns.mean(axis=0).std() == pytest.approx(share * theory, rel=0.2)


def test_any_block_of_paths_sees_the_same_days() -> None:
    """One path alone has the days that it has in a block, to the bit."""
    market = fit_bootstrap(series(), name="x", block=5.0)
    block = drawn(market, 50, 30)
    sampler = Sampler(market, 1, np.array([37]))
    alone = np.log(np.stack([day.growth[:2, 0] for day in sampler.days(30)], axis=1))
    assert (block[:, :, 37] == alone).all()


def test_what_cannot_be_taken_from_history() -> None:
    """Blocks longer than history, windows outside it, and markets that do not fit are refused."""
    with pytest.raises(DataError, match="blocks of 400 days: give 1 to 399"):
        fit_bootstrap(series(), name="x", block=400.0)
    for begin, end in (("2019-12-31", "2020-02-01"), ("2020-03-01", "2020-02-01")):
        window = (datetime.date.fromisoformat(begin), datetime.date.fromisoformat(end))
        with pytest.raises(DataError, match=f"window {begin}:{end}: the series have 2020-01-01"):
            fit_replay(series(), name="x", window=window)
    for end in ("2020-02-01", "2020-02-02"):
        window = (datetime.date(2020, 2, 1), datetime.date.fromisoformat(end))
        with pytest.raises(DataError, match="returns from close to close; at least 2 are needed"):
            fit_replay(series(), name="x", window=window)
    market = fit_bootstrap(series(), name="x")
    figures = market.model_dump()
    assert market.history is not None
    for change, words in (
        ({"assets": ("BTC", "DOGE")}, "history of DOGE"),
        ({"returns": ((0.1,), (0.1, 0.2))}, "equal length"),
        ({"returns": ((), ())}, "equal length"),
        ({"block": 0.5}, "greater than or equal to 1"),
    ):
        with pytest.raises(ValidationError, match=words):
            Market.model_validate(figures | {"history": figures["history"] | change})
    two = default_market().model_dump() | {"history": figures["history"]}
    with pytest.raises(ValidationError, match="a market with history has one regime"):
        Market.model_validate(two)
    assert b"history" not in default_market().to_bytes()

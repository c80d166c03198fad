"""The expectation of a day's growth against the sampler's own days, for every kind of market."""

from collections.abc import Callable

import numpy as np
import pytest

from dpo_gov.market import Market, Sampler, default_market
from dpo_gov.market.expectation import expected_growth
from dpo_gov.market.model import Garch, History

DEFAULT = default_market()
DAYS, PATHS = 12, 40_000


def _lively() -> Market:
    """Drift, wild regimes and a loose peg, so that a wrong formula shows within few paths."""
    regimes = [
        regime.model_copy(
            update={
                "drift": tuple(0.01 * (r - 1) for _ in DEFAULT.assets),
                "volatility": tuple(3.0 * one + 0.02 for one in regime.volatility),
            }
        )
        for r, regime in enumerate(DEFAULT.regimes)
    ]
    return DEFAULT.model_copy(update={"regimes": tuple(regimes)})


def _one_regime(**update: object) -> Market:
    return Market.model_validate(
        DEFAULT.model_copy(
            update={
                "regimes": _lively().regimes[:1],
                "transition": ((1.0,),),
                "gas": DEFAULT.gas.model_copy(update={"median": (10.0,)}),
                **update,
            }
        ).model_dump()
    )


def _history(block: float | None, *, anywhere: bool) -> Market:
    days = tuple(np.random.default_rng(3).normal(0.01, 0.05, 20).tolist())
    return _one_regime(
        history=History(
            first="2020-01-01", assets=("BTC",), returns=(days,), block=block, anywhere=anywhere
        )
    )


def _garch(degrees: int | None) -> Market:
    first, *rest = DEFAULT.assets
    moving = first.model_copy(update={"garch": Garch(alpha=0.2, gamma=0.1, beta=0.7, start=2.0)})
    return _one_regime(assets=(moving, *rest), degrees=degrees)


MARKETS = {
    "default": lambda: DEFAULT,
    "lively": _lively,
    "garch": lambda: _garch(None),
    "bootstrap": lambda: _history(5.0, anywhere=True),
    "replay": lambda: _history(None, anywhere=False),
}


@pytest.mark.parametrize("name", MARKETS)
def test_the_mean_of_many_paths(name: str) -> None:
    """Day by day, the mean growth of each asset is what is expected, within 4 standard errors."""
    market: Callable[[], Market] = MARKETS[name]
    drawn = Sampler(market(), 5, np.arange(PATHS)).days(DAYS)
    grown = np.array([day.growth.copy() for day in drawn])
    for place in range(len(market().assets)):
        expected = expected_growth(market(), place, DAYS)
        assert expected is not None
        assert len(expected) == DAYS
        error = grown[:, place].std(axis=1) / np.sqrt(PATHS) + 1e-7
        assert (abs(grown[:, place].mean(axis=1) - expected) < 4 * error).all()


def test_the_default_market_expects_nothing() -> None:
    """Its drift is there to make tomorrow's expected price today's, by another integral."""
    for place, asset in enumerate(DEFAULT.assets):
        growth = expected_growth(DEFAULT, place, 30)
        if not asset.reversion:
            assert growth == pytest.approx([1.0] * 30, abs=1e-7)


def test_a_peg_is_looked_back_from_to_the_end() -> None:
    """Long after the start, the shocks of old days count no more: the expectation stands still."""
    place = next(n for n, asset in enumerate(DEFAULT.assets) if asset.reversion)
    growth = expected_growth(DEFAULT, place, 400)
    assert growth is not None
    assert len(set(growth[200:])) == 1
    assert growth[200] == pytest.approx(growth[100], abs=1e-14)


@pytest.mark.parametrize("market", [_garch(6), _history(5.0, anywhere=False)])
def test_what_has_no_closed_form(market: Market) -> None:
    """Student-t shocks with GARCH, and blocks from the first day on, are told to be unknown."""
    assert expected_growth(market, 0, 5) is None

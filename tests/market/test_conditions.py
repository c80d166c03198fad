"""Lending, funding, perpetuals and options: what is refused, looked up, drawn and shown."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydantic import ValidationError

from dpo_gov.errors import UnknownName
from dpo_gov.market import Asked, Day, Market, Sampler, default_market
from dpo_gov.market.borrowing import Slopes, borrow_rate
from dpo_gov.market.conditions import Conditions
from dpo_gov.market.diagnostics import autocorrelations

ALL = Asked(variance=True, funding=True, utilisation=True)
HASH = "9ca8114da6071553db8da338d4696a74e600895a03f3f5da459222df49f9a5bd"


@pytest.fixture
def whole() -> Market:
    """The default market with conditions."""
    return default_market(conditions=True)


@pytest.fixture
def with_part(whole: Market) -> Callable[..., Market]:
    """Makes a market in which figures of the first of a kind are others."""

    def make(kind: str, **figures: Any) -> Market:
        data = whole.model_dump()
        data["conditions"][kind][0].update(figures)
        return Market.model_validate(data)

    return make


def days(market: Market, paths: int, count: int, asked: Asked = ALL) -> list[Day]:
    """The first days of a market."""
    return list(Sampler(market, 3, np.arange(paths), asked).days(count))


def rows(drawn: list[Day], name: str, place: int) -> npt.NDArray[np.float64]:
    """One figure, (days, paths)."""
    return np.stack([getattr(day, name)[place] for day in drawn])


def test_a_market_keeps_its_hash(whole: Market) -> None:
    """What a simulation does not use is in neither the bytes nor the assumptions of its market."""
    assert default_market().hash() == whole.reduced(()).hash() == HASH
    assert whole.reduced(()).assumptions() == default_market().assumptions()
    lent, hedged = whole.reduced(["collateral"]), whole.reduced(["hedging"])
    assert len({one.hash() for one in (whole, lent, hedged, default_market())}) == 4
    assert whole.reduced(["collateral", "hedging"]) == whole
    assert lent.reduced(["collateral"]) == lent
    told = set(whole.assumptions()) - set(default_market().assumptions())
    assert set(lent.assumptions()) | set(hedged.assumptions()) >= told
    assert all(text.split(":")[1].strip() for text in told)


def test_a_market_with_conditions_survives_its_file(whole: Market) -> None:
    """What is written is what is read."""
    assert Market.model_validate_json(whole.to_bytes()) == whole


@pytest.mark.parametrize(
    ("kind", "figures", "told"),
    [
        ("lending", {"name": "morpho-blue"}, "must differ"),
        ("lending", {"utilisation": (0.8,)}, "has 1 figures, 2 are needed"),
        ("lending", {"threshold": {"DOGE": 0.5}}, "DOGE: no asset of the market"),
        ("lending", {"threshold": {"ETH": 83}}, "less than 1"),
        ("lending", {"kink": 1.0}, "less than 1"),
        ("funding", {"mean": (0.0,)}, "has 1 figures, 2 are needed"),
        ("funding", {"asset": "ETH"}, "twice"),
        ("funding", {"persistence": 1.0}, "less than 1"),
        ("perps", {"asset": "DOGE"}, "DOGE: no asset of the market"),
        ("perps", {"open_interest": 0.0}, "greater than 0"),
        ("options", {"premium": 0.0}, "greater than 0"),
        ("lending", {"bonus": 5.0}, "equal to 1"),
        ("lending", {"base": 1e300}, "equal to 10"),
        ("lending", {"slope": 12.0}, "equal to 10"),
        ("lending", {"steep": 101.0}, "equal to 100"),
        ("lending", {"deviation": 15.0}, "equal to 10"),
        ("funding", {"mean": (1e300, 0.0)}, "equal to 1"),
        ("funding", {"mean": (0.0, -1.5)}, "equal to -1"),
        ("funding", {"deviation": 3.0}, "equal to 1"),
        ("options", {"premium": 115.0}, "equal to 10"),
        ("options", {"skew": 50.0}, "equal to 10"),
    ],
)
def test_figures_that_do_not_fit(
    with_part: Callable[..., Market], kind: str, figures: dict[str, Any], told: str
) -> None:
    """Unknown assets, doubles, wrong lengths and wrong units are refused with the reason."""
    with pytest.raises(ValidationError, match=told):
        with_part(kind, **figures)


def test_what_is_not_there_is_named(whole: Market) -> None:
    """Who asks for a venue or an asset that the market has not got hears where to add it."""
    found = whole.conditions
    assert found
    assert found.lending_at("aave-v3").threshold["ETH"] == 0.83
    assert {of("ETH").asset for of in (found.funding_of, found.perp_of, found.options_of)} == {
        "ETH"
    }
    for asked, told in (
        (lambda: found.lending_at("nobody"), "conditions.lending"),
        (lambda: found.funding_of("SOL"), "only for: BTC, ETH; add it to `conditions.funding`"),
        (lambda: found.perp_of("SOL"), "conditions.perps"),
        (lambda: found.options_of("SOL"), "conditions.options"),
        (lambda: Conditions().lending_at("aave-v3"), "only none"),
    ):
        with pytest.raises(UnknownName, match=told):
            asked()


def test_the_borrow_rate_has_two_slopes(whole: Market) -> None:
    """At 0, half way, at the kink, half beyond it and at 1 the rate is Aave's."""
    assert whole.conditions
    slopes = Slopes.of(whole.conditions.lending_at("aave-v3"))
    rates = borrow_rate(np.array([0.0, 0.46, 0.92, 0.96, 1.0]), slopes)
    assert rates == pytest.approx([0.0, 0.03, 0.06, 0.26, 0.46], abs=1e-15)
    adaptive = Slopes.of(whole.conditions.lending_at("morpho-blue"))
    rates = borrow_rate(np.array([0.0, 0.9, 1.0]), adaptive)
    assert rates == pytest.approx([0.05 / 4, 0.05, 0.2])


def test_what_is_asked_for_changes_no_other_draw(whole: Market) -> None:
    """Prices are the same whatever is drawn besides, and what is not asked for has no rows."""
    for asked in (ALL, Asked(funding=True), Asked(variance=True)):
        for plain, more in zip(days(whole, 20, 9, Asked()), days(whole, 20, 9, asked), strict=True):
            assert (plain.growth == more.growth).all()
            assert (len(more.variance), len(more.ahead)) == (3 * asked.variance,) * 2
            assert (len(more.funding), len(more.utilisation)) == (
                3 * asked.funding,
                2 * asked.utilisation,
            )


def test_funding_returns_to_its_mean(with_part: Callable[..., Market]) -> None:
    """Mean, deviation and autocorrelation of an AR(1), from the first day on, on each path."""
    mean, keep, shock = 0.0004, 0.8, 0.0003
    market = with_part("funding", mean=(mean, mean), persistence=keep, deviation=shock)
    found = rows(days(market, 2_000, 120), "funding", 0)
    long_run = shock / np.sqrt(1.0 - keep**2)
    assert found.mean(axis=1)[[0, 60, 119]] == pytest.approx(
        mean, abs=4 * long_run / np.sqrt(2_000)
    )
    assert found.std(axis=1)[[0, 60, 119]] == pytest.approx(long_run, rel=0.07)
    near = np.corrcoef(found[10:-1].ravel(), found[11:].ravel())[0, 1]
    far = np.corrcoef(found[10:-5].ravel(), found[15:].ravel())[0, 1]
    assert (near, far) == pytest.approx((keep, keep**5), abs=0.01)
    assert (rows(days(market, 5, 5), "funding", 2) == 0.0).all()


def test_funding_has_the_mean_of_its_regime(with_part: Callable[..., Market]) -> None:
    """Without shocks, funding is the figure of the regime."""
    market = with_part("funding", mean=(0.001, -0.002), deviation=0.0)
    for day in days(market, 400, 20):
        assert (day.funding[0] == np.array([0.001, -0.002])[day.regime]).all()


def test_utilisation_has_its_median_by_regime(with_part: Callable[..., Market]) -> None:
    """Half of the days of a regime are below its median, and its logit is an AR(1)."""
    market = with_part("lending", utilisation=(0.8, 0.95), persistence=0.9, deviation=0.2)
    drawn = days(market, 500, 200)
    regimes = np.stack([day.regime for day in drawn])
    found = rows(drawn, "utilisation", 0)
    assert found.min() > 0.0
    assert found.max() < 1.0
    assert np.median(found[regimes == 0]) == pytest.approx(0.8, abs=0.005)
    assert np.median(found[regimes == 1]) == pytest.approx(0.95, abs=0.005)
    level = np.log(np.array([4.0, 19.0]))[regimes]
    logit = np.log(found / (1.0 - found)) - level
    assert logit.std() == pytest.approx(0.2 / np.sqrt(1 - 0.9**2), rel=0.03)
    assert autocorrelations(logit.T, 1)[0] == pytest.approx(0.9, abs=0.02)


def test_the_variance_of_regimes(whole: Market) -> None:
    """It is the regime's times a W of mean one; what is expected of the next day has none."""
    drawn = days(whole, 4_000, 20)
    for i in range(2):
        squares = np.array([regime.volatility[i] ** 2 for regime in whole.regimes])
        for day in drawn:
            assert (day.ahead[i] == squares[day.regime]).all()
        mixing = rows(drawn, "variance", i) / rows(drawn, "ahead", i)
        # Bounded at 25, W of six degrees falls short of 1 by a little.
        assert mixing.mean() == pytest.approx(1.0, abs=0.02)
        assert mixing.max() <= 25.0 * (1 + 1e-15)
    assert rows(drawn, "variance", 0)[3] / rows(drawn, "ahead", 0)[3] == pytest.approx(
        rows(drawn, "variance", 1)[3] / rows(drawn, "ahead", 1)[3]
    )


def test_diffusion_has_the_variance_of_its_day(whole: Market) -> None:
    """Returns over the root of their variance are standard normal, also where W is large."""
    figures = whole.model_dump()
    figures["common_jump"]["probability"] = 0.0
    for asset in figures["assets"]:
        asset["own_jump"]["probability"] = 0.0
    market = Market.model_validate(figures)
    drawn = days(market, 4_000, 20)
    drift = np.array([regime.drift[1] for regime in market.regimes])
    returns = np.stack([np.log(day.growth[1]) - drift[day.regime] for day in drawn])
    unit = returns / np.sqrt(rows(drawn, "variance", 1))
    assert unit.std() == pytest.approx(1.0, abs=0.01)
    assert (unit**4).mean() == pytest.approx(3.0, abs=0.1)


def test_the_variance_of_clusters_and_of_history(whole: Market) -> None:
    """Of GARCH what was ahead yesterday is that of today; of history it is the sample's."""
    figures = whole.model_dump() | {"degrees": None, "transition": ((1.0,),)}
    figures["gas"]["median"] = (10.0,)
    figures["regimes"] = (figures["regimes"][0],)
    figures["conditions"] = None
    figures["assets"][0]["garch"] = {"alpha": 0.1, "beta": 0.8, "start": 2.0}
    past = (0.01, -0.03, 0.02, 0.05)
    figures["history"] = {
        "first": "2020-01-01",
        "assets": ("ETH",),
        "returns": (past,),
        "block": 2.0,
    }
    market = Market.model_validate(figures)
    drawn = days(market, 50, 9)
    variance, ahead = rows(drawn, "variance", 0), rows(drawn, "ahead", 0)
    assert variance[0] == pytest.approx(2.0 * market.regimes[0].volatility[0] ** 2)
    assert (variance[1:] == ahead[:-1]).all()
    assert len(np.unique(variance[5])) == 50
    for name in ("variance", "ahead"):
        assert rows(drawn, name, 1) == pytest.approx(np.var(past, ddof=1))

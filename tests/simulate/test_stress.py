"""Stress days, worked out by hand."""

from collections.abc import Callable

import pytest

from dpo_gov.errors import UnknownName
from dpo_gov.market import STRESS_DAYS, Market, default_market
from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.simulate import stress, stress_notes

MARKET = default_market()


def test_the_day_of_the_pandemic_by_hand(current: ParamSet) -> None:
    """2020-03-12: BTC −39.50 %, ETH −44.60 % on 20/35/45, and the rebalance after it."""
    (result, *others), *rest = stress(MARKET, [current], 10_000_000.0)
    assert rest == []
    assert len(others) == len(STRESS_DAYS) - 1
    assert result.date == "2020-03-12"
    btc, eth = 0.35 * 0.605, 0.45 * 0.554
    value = 0.2 + btc + eth
    assert result.loss == pytest.approx(1 - value)
    assert result.loss == pytest.approx(0.33895)
    assert result.drift == pytest.approx(0.2 / value - 0.2)
    buy_btc, buy_eth = 0.35 - btc / value, 0.45 - eth / value
    assert dict(result.trades) == pytest.approx({"WBTC": buy_btc, "WETH": buy_eth})
    dollars = 10_000_000 * value
    cost = buy_btc * (0.0005 + buy_btc * dollars / (2 * 5e8))
    cost += buy_eth * (0.0005 + buy_eth * dollars / (2 * 1e9))
    assert result.cost == pytest.approx(cost)
    assert 0 < result.drift_after < 2 * cost


def test_a_stable_asset_off_its_peg_by_hand(current: ParamSet) -> None:
    """2023-03-11: USDC −12.26 %, BTC +2.21 %, ETH +3.19 %; its share stays within the threshold."""
    (days,) = stress(MARKET, [current], 10_000_000.0)
    (result,) = (day for day in days if day.date == "2023-03-11")
    usdc, btc, eth = 0.2 * 0.8774, 0.35 * 1.0221, 0.45 * 1.0319
    value = usdc + btc + eth
    assert result.loss == pytest.approx(1.0 - value)
    assert result.drift == pytest.approx(0.2 - usdc / value)
    assert result.drift < 0.05 and result.trades == ()


def test_a_drift_within_the_threshold_is_left_alone(
    with_values: Callable[..., ParamSet],
) -> None:
    """With the widest threshold no day makes the vault trade, and the loss is the same."""
    narrow, wide = with_values({}), with_values(driftThreshold=2_000)
    for before, after in zip(*stress(MARKET, [narrow, wide], 1e7), strict=True):
        assert after.loss == before.loss
        assert after.drift == before.drift
        assert after.trades == ()
        assert after.cost == 0.0
        assert after.drift_after == pytest.approx(after.drift)
        assert bool(before.trades) == (before.drift > 0.05)


def test_a_safer_portfolio_loses_less(with_values: Callable[..., ParamSet]) -> None:
    """Each day is applied to each set's own targets: more of the base asset, less loss."""
    safer = with_values({"targetWeight[USDC]": 4_000, "targetWeight[WETH]": 2_500})
    for day, before, after in zip(
        STRESS_DAYS, *stress(MARKET, [with_values(), safer], 1e7), strict=True
    ):
        assert before.date == after.date == day.date
        shifted = 0.2 * (day.returns["STABLE"] - day.returns["ETH"])
        assert before.loss - after.loss == pytest.approx(shifted)


def test_days_without_a_figure_are_named() -> None:
    """A strategy with an asset of the user's own market has no stress days, and is told so."""
    figures = MARKET.model_dump(mode="json")
    figures["assets"][1]["symbol"] = "SOL"
    market = Market.model_validate(figures)
    layout = StrategyLayout(name="sol", assets=("USDC", "SOL"), weights=(5_000, 5_000))
    assert stress(market, [ParamSet.defaults(layout)], 1e7) == [()]
    notes = stress_notes(market, layout)
    assert len(notes) == len(STRESS_DAYS)
    assert notes[0] == "2020-03-12 is left out: no figure for SOL"
    assert stress_notes(MARKET, StrategyLayout(name="a", assets=("USDC",), weights=(10_000,))) == ()


def test_an_unknown_asset_is_refused() -> None:
    """An asset that the market does not know is refused here as in the simulation."""
    layout = StrategyLayout(name="x", assets=("USDC", "DOGE"), weights=(5_000, 5_000))
    with pytest.raises(UnknownName, match="'DOGE'"):
        stress(MARKET, [ParamSet.defaults(layout)], 1e7)

"""The stress days that ship with the package."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from dpo_gov.market import STRESS_DAYS
from dpo_gov.market.series import read_series
from dpo_gov.market.stress import SOURCE

OFF_THE_PEG = "2023-03-11"


def test_there_are_eight_days_in_order() -> None:
    """The days of the record are there, each with a figure for each asset."""
    dates = [day.date for day in STRESS_DAYS]
    assert dates == sorted(dates)
    assert len(dates) == 8
    for day in STRESS_DAYS:
        assert tuple(day.returns) == ("BTC", "ETH", "LINK", "STABLE")
        if day.date != OFF_THE_PEG:
            assert day.returns["STABLE"] == 0.0
            assert all(-0.5 < day.returns[name] < -0.05 for name in ("BTC", "ETH", "LINK"))


def test_the_stable_asset_leaves_its_peg() -> None:
    """On 2023-03-11 it is at 0.8774 US dollars, its published low of the day, and says so."""
    (day,) = (day for day in STRESS_DAYS if day.date == OFF_THE_PEG)
    assert 1.0 + day.returns["STABLE"] == pytest.approx(0.8774)
    assert "low of the day" in day.event and "0.8774" in SOURCE


@pytest.mark.parametrize(("name", "symbol"), [("eth_usd", "ETH"), ("link_usd", "LINK")])
def test_the_figures_are_those_of_the_series(
    name: str, symbol: str, series_file: Callable[[str], Path]
) -> None:
    """Each return is close to close, to the printed hundredth of a percent."""
    series = read_series(series_file(f"{name}_daily.csv"))
    for day in STRESS_DAYS:
        place = (datetime.date.fromisoformat(day.date) - series.first).days
        move = series.closes[place] / series.closes[place - 1] - 1.0
        assert day.returns[symbol] == pytest.approx(move, abs=6e-5), day.date


def test_bitcoin_while_the_stable_asset_was_off_its_peg(
    series_file: Callable[[str], Path],
) -> None:
    """On that one day the figure is of the series behind the default market, not of Binance."""
    series = read_series(series_file("btc_usd_daily.csv"))
    (day,) = (day for day in STRESS_DAYS if day.date == OFF_THE_PEG)
    place = (datetime.date.fromisoformat(OFF_THE_PEG) - series.first).days
    move = series.closes[place] / series.closes[place - 1] - 1.0
    assert day.returns["BTC"] == pytest.approx(move, abs=6e-5)

"""The stress days that ship with the package."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dpo_gov.market import STRESS_DAYS
from dpo_gov.market.series import read_series


def test_there_are_seven_days_in_order() -> None:
    """The days of the record are there, each with a figure for each asset."""
    dates = [day.date for day in STRESS_DAYS]
    assert dates == sorted(dates)
    assert len(dates) == 7
    for day in STRESS_DAYS:
        assert set(day.returns) == {"BTC", "ETH", "LINK", "STABLE"}
        assert day.returns["STABLE"] == 0.0
        assert all(-0.5 < day.returns[name] < -0.05 for name in ("BTC", "ETH", "LINK"))


@pytest.mark.parametrize(("name", "symbol"), [("eth_usd", "ETH"), ("link_usd", "LINK")])
def test_the_figures_are_those_of_the_series(
    name: str, symbol: str, series_file: Callable[[str], Path]
) -> None:
    """Each return is close to close, to the printed hundredth of a percent."""
    series = read_series(series_file(f"{name}_daily.csv"))
    import datetime

    for day in STRESS_DAYS:
        place = (datetime.date.fromisoformat(day.date) - series.first).days
        move = series.closes[place] / series.closes[place - 1] - 1.0
        assert day.returns[symbol] == pytest.approx(move, abs=6e-5), day.date

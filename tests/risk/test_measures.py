"""The list of figures: what each takes from the outcomes, its unit, and the pairing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import lgamma, log, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from dpo_gov.risk import MEASURES, figures, paired

PATHS = 1_000


def _column(seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).random(PATHS)


@dataclass(frozen=True)
class Outcomes:
    """Outcomes made up of random columns."""

    horizon_days: int = 30
    final_nav: NDArray[np.float64] = field(default_factory=lambda: 0.5 + _column(1))
    max_drawdown: NDArray[np.float64] = field(default_factory=lambda: _column(2))
    turnover: NDArray[np.float64] = field(default_factory=lambda: _column(3))
    rebalances: NDArray[np.int64] = field(default_factory=lambda: np.arange(PATHS) % 7)
    cost: NDArray[np.float64] = field(default_factory=lambda: _column(4))
    time_out_of_band: NDArray[np.float64] = field(default_factory=lambda: _column(5))
    tracking_error: NDArray[np.float64] = field(default_factory=lambda: _column(6))
    daily_mean: NDArray[np.float64] = field(default_factory=lambda: _column(7) - 0.5)
    daily_sd: NDArray[np.float64] = field(default_factory=lambda: 0.1 + _column(8))
    surprise: NDArray[np.float64] = field(default_factory=lambda: np.zeros(PATHS))


def _quantile(values: NDArray[np.float64], share: float) -> float:
    """Order statistics by their weights, without the estimator's recursion."""
    places = np.arange(PATHS)
    ways = np.array([lgamma(PATHS) - lgamma(k + 1) - lgamma(PATHS - k) for k in places])
    weights = np.exp(ways + places * log(share) + (PATHS - 1 - places) * log(1 - share))
    return float(weights @ np.sort(values))


EXPECTED = {
    "mean_return": lambda o: np.mean(o.final_nav) - 1,
    "median_return": lambda o: _quantile(o.final_nav, 0.5) - 1,
    "loss_probability": lambda o: np.mean(o.final_nav < 1),
    "volatility": lambda o: np.mean(o.daily_sd) * sqrt(365),
    "sharpe": lambda o: np.mean(o.daily_mean / o.daily_sd) * sqrt(365),
    "var_95": lambda o: _quantile(1 - o.final_nav, 0.95),
    "cvar_95": lambda o: 1 - np.mean(np.sort(o.final_nav)[:50]),
    "var_99": lambda o: _quantile(1 - o.final_nav, 0.99),
    "cvar_99": lambda o: 1 - np.mean(np.sort(o.final_nav)[:10]),
    "max_drawdown": lambda o: np.mean(o.max_drawdown),
    "max_drawdown_95": lambda o: _quantile(o.max_drawdown, 0.95),
    "halving_probability": lambda o: np.mean(o.max_drawdown > 0.5),
    "turnover": lambda o: np.mean(o.turnover),
    "rebalances": lambda o: np.mean(o.rebalances),
    "cost": lambda o: np.mean(o.cost),
    "time_out_of_band": lambda o: np.mean(o.time_out_of_band),
    "tracking_error": lambda o: np.mean(o.tracking_error),
}


def test_estimates():
    """Each figure is what plain numpy gives for its definition, in the order of the list."""
    found = figures(Outcomes())
    assert list(found) == list(EXPECTED) == [measure.name for measure in MEASURES]
    for name, expected in EXPECTED.items():
        assert found[name].estimate == pytest.approx(expected(Outcomes()), rel=1e-9), name


def test_horizon_and_method_are_stated():
    """Every figure states the horizon, its unit and how its interval was made."""
    for measure in MEASURES:
        figure = figures(Outcomes())[measure.name]
        assert figure.horizon_days == 30
        assert figure.unit == measure.unit
        assert "," in figure.method


def test_what_is_known_of_the_luck_is_taken_out():
    """Means that follow the market lose the part that the surprise explains, and say how much."""
    luck = _column(9) - 0.5
    plain = Outcomes()
    lucky = replace(plain, final_nav=plain.final_nav + 3.0 * luck, surprise=luck)
    for measure in MEASURES:
        figure, without = measure.figure(lucky), measure.figure(replace(lucky, surprise=0.0 * luck))
        if measure.name not in ("mean_return", "sharpe", "max_drawdown"):
            assert figure == without
            continue
        assert figure.method == f"{without.method}, control variate"
        assert without.control is None
        assert "control" not in without.model_dump()
        if measure.name == "mean_return":
            width = (without.high - without.low) / (figure.high - figure.low)
            assert figure.control.coefficient == pytest.approx(3.0, abs=0.1)
            assert figure.control.variance_ratio == pytest.approx(width**2, rel=1e-9)
            assert figure.control.variance_ratio == pytest.approx(10.0, rel=0.1)
    difference = paired(plain, lucky)["mean_return"]
    assert difference.control is None, "the surprise of one side is not known"
    twice = replace(lucky, final_nav=lucky.final_nav + luck)
    difference = paired(lucky, twice)["mean_return"]
    assert difference.control.coefficient == pytest.approx(1.0, abs=1e-9)
    assert difference.estimate == pytest.approx(0.0, abs=1e-12)


def test_a_path_that_stands_still_has_no_sharpe_ratio():
    """Without any volatility the ratio counts as zero instead of failing."""
    still = replace(Outcomes(), daily_sd=np.zeros(PATHS), daily_mean=np.zeros(PATHS))
    assert figures(still)["sharpe"].estimate == 0.0


def test_differences_are_of_the_estimates():
    """A difference is the proposed estimate less the current one; its sign turns with the sides."""
    current = Outcomes()
    proposed = replace(current, final_nav=current.final_nav * 1.1, cost=current.cost * 0.9)
    there, back = paired(current, proposed), paired(proposed, current)
    before, after = figures(current), figures(proposed)
    for name, difference in there.items():
        expected = after[name].estimate - before[name].estimate
        assert difference.estimate == pytest.approx(expected, abs=1e-12), name
        assert back[name].estimate == pytest.approx(-difference.estimate, abs=1e-12), name
    assert there["cost"].significant
    assert not there["turnover"].significant

"""Historical stress days applied to the target portfolio of each parameter set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dpo_gov.market import STRESS_DAYS, Market, StressDay
from dpo_gov.market.quoting import thinned
from dpo_gov.market.sample import usual_variances
from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.policy import RebalancingRules, drift_of, over_assets, plan_trades
from dpo_gov.simulate.outcomes import Extra
from dpo_gov.simulate.portfolio import venue_cost

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class StressResult:
    """One day of history, and the rebalance after it.

    The portfolio starts the day at its targets, with its slippage budget unused. `loss`: of the
    day, before any trade. `drift`: largest distance from a target at its end. `trades`: share of
    the value then, by asset against the base asset, negative for a sale; empty where the drift
    stays within the threshold. `cost`: what the trades lose. `drift_after`: after the trades.
    Gas is left out, and so is the oracle's error. Where liquidity thins, the day's move is taken
    for its deviation.
    """

    date: str
    event: str
    loss: float
    drift: float
    trades: tuple[tuple[str, float], ...]
    cost: float
    drift_after: float


def stress(
    market: Market, sets: Sequence[ParamSet], portfolio: float
) -> list[tuple[StressResult, ...]]:
    """For each parameter set, the stress days for which every asset has a figure.

    `portfolio`: value before the day in US dollars. Raises UnknownName.
    """
    results = []
    for parameters in sets:
        days, _ = _days(market, parameters.layout)
        results.append(tuple(_day(market, parameters, day, portfolio) for day in days))
    return results


def stress_notes(
    market: Market, layout: StrategyLayout, modules: Sequence[Extra] = ()
) -> tuple[str, ...]:
    """What a reader of the stress results must know: which days and modules are left out."""
    _, notes = _days(market, layout)
    without = {"collateral": "debt", "hedging": "hedges"}
    if modules:
        notes.append(f"these days are without {' and '.join(without[name] for name in modules)}")
    return tuple(notes)


def _days(market: Market, layout: StrategyLayout) -> tuple[list[StressDay], list[str]]:
    symbols = sorted({market.assets[market.place(name)].symbol for name in layout.assets})
    days, notes = [], []
    for day in STRESS_DAYS:
        missing = [symbol for symbol in symbols if symbol not in day.returns]
        if missing:
            notes.append(f"{day.date} is left out: no figure for {', '.join(missing)}")
        else:
            days.append(day)
    return days, notes


def _day(market: Market, parameters: ParamSet, day: StressDay, portfolio: float) -> StressResult:
    symbols = parameters.layout.assets
    places = [market.place(name) for name in symbols]
    returns = np.array([[day.returns[market.assets[place].symbol]] for place in places])
    rules = RebalancingRules.of(parameters)
    targets = rules.targets[:, None]
    held = targets * (1.0 + returns)
    value = over_assets(held)
    weights = held / value
    drift = drift_of(weights, targets)
    trades = plan_trades(
        weights,
        targets,
        rules,
        venue_cost(market, places, portfolio * value, _thinner(market, places, returns)),
        np.array([rules.slippage_budget if drift[0] > rules.drift_threshold else 0.0]),
    )
    moves = [float(move) for move in (trades.buys - trades.sells)[:, 0]]
    after = trades.apply(weights)
    return StressResult(
        date=day.date,
        event=day.event,
        loss=float(1.0 - value[0]),
        drift=float(drift[0]),
        trades=tuple((symbol, move) for symbol, move in zip(symbols, moves, strict=True) if move),
        cost=float(trades.lost[0]),
        drift_after=float(drift_of(after / over_assets(after), targets)[0]),
    )


def _thinner(market: Market, places: Sequence[int], returns: Floats) -> Floats | None:
    """How many times thinner than usual liquidity is on a day of these returns."""
    if not market.venue.thinning:
        return None
    usual = usual_variances(market)
    variances = np.array([usual[place] for place in places])[:, None]
    factor: Floats = thinned(returns * returns, variances, market.venue.thinning)
    return factor

"""The threshold work of the benchmark as one would write it without this package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Work:
    """Geometric Brownian motion, and a rule that sets all weights back to their targets.

    `drift` and `volatility` are of a year of 365 days. A rebalance comes when a weight is
    further than `threshold` from its target and the last was `cool_off` days ago; it costs
    `cost` of what it trades. The first asset is the base, against which the others are traded.
    """

    days: int
    weights: tuple[float, ...]
    drift: float
    volatility: tuple[float, ...]
    correlation: tuple[tuple[float, ...], ...]
    threshold: float
    cool_off: int
    cost: float

    def growth(self) -> tuple[Floats, Floats]:
        """Mean and loading of the daily log returns."""
        daily = np.array(self.volatility) / sqrt(365.0)
        loading = np.linalg.cholesky(np.array(self.correlation)) * daily[:, None]
        return self.drift / 365.0 - 0.5 * daily**2, loading


def plain_loop(work: Work, paths: int) -> tuple[Floats, Floats, Floats]:
    """Value, drawdown and turnover of each path; a loop over days in numpy, draws included."""
    random = np.random.default_rng(1)
    mean, loading = work.growth()
    targets = np.array(work.weights)
    held = np.tile(targets, (paths, 1))
    value, peak, fall = np.ones(paths), np.ones(paths), np.zeros(paths)
    last, turnover = np.full(paths, -work.cool_off), np.zeros(paths)
    for day in range(work.days):
        held *= np.exp(mean + random.standard_normal((paths, len(targets))) @ loading.T)
        value = held.sum(axis=1)
        gap = np.abs(held / value[:, None] - targets)
        due = (gap.max(axis=1) > work.threshold) & (day - last >= work.cool_off)
        traded = np.where(due, gap[:, 1:].sum(axis=1), 0.0)
        value *= 1.0 - work.cost * traded
        held = np.where(due[:, None], targets * value[:, None], held)
        turnover += traded
        last[due] = day
        peak = np.maximum(peak, value)
        fall = np.maximum(fall, 1.0 - value / peak)
    return value, fall, turnover


def vectorbt_orders(work: Work, paths: int) -> Callable[[], tuple[Floats, ...]]:
    """The same in vectorbt, a group of columns for each path; gives value and drawdown.

    Prices are drawn beforehand, and it pays for trades of the base asset, too.
    """
    import vectorbt as vbt
    from numba import njit
    from vectorbt.portfolio import nb
    from vectorbt.portfolio.enums import Direction, SizeType

    random, (mean, loading) = np.random.default_rng(1), work.growth()
    size = len(work.weights)
    steps = random.standard_normal((work.days, paths, size)) @ loading.T + mean
    prices = np.exp(np.cumsum(steps, axis=0)).reshape(work.days, paths * size)
    percent, long_only = np.array([SizeType.TargetPercent]), np.array([Direction.LongOnly])
    threshold, cool_off, cost = work.threshold, work.cool_off, work.cost

    @njit
    def before_day(c: Any, targets: Any, last: Any, wanted: Any, order: Any) -> Any:
        value = c.last_cash[c.group]
        for column in range(c.from_col, c.to_col):
            c.last_val_price[column] = c.close[c.i, column]
            value += c.last_position[column] * c.close[c.i, column]
        drift = 0.0
        for k in range(c.group_len):
            column = c.from_col + k
            weight = c.last_position[column] * c.close[c.i, column] / value
            drift = max(drift, abs(weight - targets[k]))
        due = drift > threshold and c.i - last[c.group] >= cool_off
        wanted[:] = np.nan
        if due:
            wanted[:] = targets
            last[c.group] = c.i
            nb.sort_call_seq_nb(c, wanted, percent, long_only, order)
        return (wanted,)

    @njit
    def order(c: Any, wanted: Any) -> Any:
        target = wanted[c.col - c.from_col]
        if np.isnan(target):
            return nb.order_nothing_nb()
        price = c.close[c.i, c.col]
        return nb.order_nb(target, price, percent[0], long_only[0], fees=cost)

    def run() -> tuple[Floats, ...]:
        last = np.full(paths, -cool_off)
        portfolio = vbt.Portfolio.from_order_func(
            prices,
            order,
            pre_segment_func_nb=before_day,
            pre_segment_args=(np.array(work.weights), last, np.empty(size), np.empty(size)),
            group_by=np.repeat(np.arange(paths), size),
            cash_sharing=True,
            init_cash=1.0,
            freq="1D",
        )
        return np.asarray(portfolio.final_value()), np.asarray(portfolio.max_drawdown())

    return run

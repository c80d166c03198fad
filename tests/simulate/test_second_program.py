"""The engine against a second program for the same thing.

It takes one path at a time, in plain floats, with the rules as the contract states them, and
knows nothing of the policy's arrays.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pytest

from dpo_gov.canonical import Purpose, Stream
from dpo_gov.market import Day, Market, Sampler, default_market
from dpo_gov.params import ParamSet
from dpo_gov.simulate import SimSpec, simulate

MARKET = default_market()


class Vault(NamedTuple):
    """A vault before its rebalance; `slopes`: loss of a trade, of its size, by asset."""

    weights: Sequence[float]
    targets: Sequence[float]
    slopes: Sequence[float]
    used: float


def second_opinion(
    market: Market, parameters: ParamSet, start: Sequence[float], spec: SimSpec, path: int
) -> dict[str, float]:
    """Outcomes of one path, by loops."""
    get, symbols = parameters.get, parameters.layout.assets
    places = [market.place(symbol) for symbol in symbols]
    final = [weight / 1e4 for weight in parameters.weights()]
    held, targets = list(start), list(start)
    value = peak = 1.0
    used = last = drawdown = turnover = cost = out = 0.0
    rebalances, returns, active = 0, [], []
    days = Sampler(market, spec.seed, np.array([path])).days(spec.horizon_days)
    for number, day in enumerate(days, 1):
        growth = [float(day.growth[place, 0]) for place in places]
        benchmark = sum(t * g for t, g in zip(targets, growth, strict=True))
        before = value
        held = [h * g for h, g in zip(held, growth, strict=True)]
        value = sum(held)
        done = min(number * 86_400 / get("weightRamp"), 1.0)
        targets = [s + (f - s) * done for s, f in zip(start, final, strict=True)]
        weights = [h / value for h in held]
        drift = max(abs(w - t) for w, t in zip(weights, targets, strict=True))
        since = (number - last) * 86_400
        late = since >= get("rebalanceInterval")
        if since >= get("tradeCoolOff") and (drift > get("driftThreshold") / 1e4 or late):
            left = max(used - get("slippageBudget") / 1e4 * since / get("slippageWindow"), 0.0)
            slopes = [spec.portfolio * value / (2 * market.venue.depth[p]) for p in places]
            trades = plan_one(parameters, Vault(weights, targets, slopes, left), market)
            base_fee = base_fee_of(market, spec, path, number, day)
            count = sum(trade != 0 for trade in trades)
            units = market.gas.fixed + market.gas.per_trade * count
            gas = units * base_fee * 1e-9 * float(day.ether[0]) / (spec.portfolio * value)
            if count and base_fee <= get("maxBaseFee") and gas <= 0.01:
                losses = [
                    abs(x) * (market.venue.half_spread + abs(x) * slope)
                    for x, slope in zip(trades, slopes, strict=True)
                ]
                weights = [
                    w + (x - loss if x > 0 else x)
                    for w, x, loss in zip(weights, trades, losses, strict=True)
                ]
                weights[0] += sum(
                    -x - (loss if x < 0 else 0.0) for x, loss in zip(trades, losses, strict=True)
                )
                lost = sum(losses)
                held = [w * value * (1 - gas) for w in weights]
                value = sum(held)
                drift = max(abs(h / value - t) for h, t in zip(held, targets, strict=True))
                used, last, rebalances = left + lost, number, rebalances + 1
                turnover += sum(abs(x) for x in trades)
                cost += lost + gas
        out += drift > get("driftThreshold") / 1e4
        returns.append(value / before - 1)
        active.append(value / before - benchmark)
        peak = max(peak, value)
        drawdown = max(drawdown, 1 - value / peak)
    return {
        "final_nav": value,
        "max_drawdown": drawdown,
        "turnover": turnover,
        "rebalances": rebalances,
        "cost": cost,
        "time_out_of_band": out / spec.horizon_days,
        "tracking_error": float(np.std(active, ddof=1)) * math.sqrt(365),
        "daily_mean": float(np.mean(returns)),
        "daily_sd": float(np.std(returns, ddof=1)),
    }


def plan_one(parameters: ParamSet, vault: Vault, market: Market) -> list[float]:
    """Signed trades of one vault, against the base asset."""
    weights, targets, slopes, used = vault
    get, spread = parameters.get, market.venue.half_spread
    speed = get("recenteringSpeed") / 1e6
    gaps = [speed * (t - w) for w, t in zip(weights, targets, strict=True)]
    trades = [0.0]
    for gap, slope in zip(gaps[1:], slopes[1:], strict=True):
        slipping = max(get("maxSlippage") / 1e4 - spread, 0.0) / slope
        size = min(abs(gap), get("maxTradeSize") / 1e4, slipping)
        trades.append(math.copysign(size, gap) if size >= 1e-4 else 0.0)

    def scaled(side: int, wanted: float) -> None:
        whole = sum(side * x for x in trades if side * x > 0)
        if whole > wanted:
            trades[:] = [x * wanted / whole if side * x > 0 else x for x in trades]

    def volume(side: int) -> float:
        return sum(side * x for x in trades if side * x > 0)

    def losses(side: int) -> float:
        pairs = zip(trades, slopes, strict=True)
        return sum(abs(x) * (spread + abs(x) * slope) for x, slope in pairs if side * x > 0)

    scaled(-1, volume(1) + max(gaps[0], 0.0))
    scaled(1, volume(-1) - min(gaps[0], 0.0))
    scaled(1, max(weights[0] + volume(-1) - losses(-1) - get("minIdle") / 1e4, 0.0))
    lost = losses(1) + losses(-1)
    allowed = min(get("slippageBudget") / 1e4 - used, get("navDeviation") / 1e4)
    part = min(allowed / lost, 1.0) if lost else 0.0
    if (volume(1) + volume(-1)) * part < 1e-4:
        part = 0.0
    return [x * part for x in trades]


def base_fee_of(market: Market, spec: SimSpec, path: int, number: int, day: Day) -> float:
    """The base fee in gwei of one path on one day."""
    stream = Stream(spec.seed, Purpose.GAS)
    normal = float(stream.normals(np.array([path]), np.array(number))[0][0])
    return market.gas.median[int(day.regime[0])] * math.exp(market.gas.deviation * normal)


RULES: dict[str, dict[str, int]] = {
    "defaults": {},
    "tight": {"driftThreshold": 100, "rebalanceInterval": 86_400, "recenteringSpeed": 400_000},
    "small trades": {"driftThreshold": 100, "maxTradeSize": 150, "rebalanceInterval": 5 * 86_400},
    "little slippage": {"maxSlippage": 6, "driftThreshold": 200},
    "little budget": {"slippageBudget": 10, "slippageWindow": 7 * 86_400, "driftThreshold": 25},
    "idle": {"minIdle": 2_000, "driftThreshold": 50},
    "cheap gas only": {"maxBaseFee": 8, "driftThreshold": 100},
    "ramp": {
        "targetWeight[USDC]": 4_000,
        "targetWeight[WETH]": 2_500,
        "weightRamp": 20 * 86_400,
        "navDeviation": 1,
    },
}


@pytest.mark.parametrize("kind", RULES)
def test_a_second_program_agrees(kind: str, with_values: Callable[..., ParamSet]) -> None:
    """Path by path, loops over plain floats come to the same outcomes, for many rules."""
    parameters = with_values(RULES[kind])
    start = with_values({})
    spec = SimSpec(paths=6, seed=3, horizon_days=120, portfolio=60_000_000.0)
    _, outcomes = simulate(MARKET, [start, parameters], spec)
    weights = [weight / 1e4 for weight in start.weights()]
    for path in range(spec.paths):
        expected = second_opinion(MARKET, parameters, weights, spec, path)
        found = {name: getattr(outcomes, name)[path] for name in expected}
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert outcomes.rebalances.any()

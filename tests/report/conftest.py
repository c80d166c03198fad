"""A small market of its own and a report on it, so that no test moves with the fitted figures."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from dpo_gov.market import Market
from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.report import Report, build
from dpo_gov.simulate import SimSpec

LAYOUT = StrategyLayout(name="core", assets=("USDC", "WBTC", "WETH"), weights=(2000, 3500, 4500))


@pytest.fixture(scope="session")
def market() -> Market:
    """Two regimes, jumps and a peg, with round figures."""

    def regime(name: str, volatility: tuple[float, ...], correlation: float) -> dict[str, object]:
        return {
            "name": name,
            "drift": (0.0005, 0.0004, 0.0),
            "volatility": volatility,
            "correlation": ((1, correlation, 0), (correlation, 1, 0), (0, 0, 1)),
        }

    assets = [
        ("BTC", 60_000.0, 0.0, ""),
        ("ETH", 2_000.0, 0.0, ""),
        ("STABLE", 1.0, 0.3, "assumed"),
    ]
    return Market.model_validate(
        {
            "name": "test",
            "assets": [
                {
                    "symbol": symbol,
                    "price": price,
                    "reversion": reversion,
                    "own_jump": {"probability": 0.01, "mean": 0.0, "deviation": 0.05},
                    "assumption": assumption,
                }
                for symbol, price, reversion, assumption in assets
            ],
            "degrees": 4,
            "mixing_bound": 25.0,
            "drift_assumption": "assumed for tests",
            "regimes": [
                regime("calm", (0.02, 0.03, 0.0003), 0.7),
                regime("stressed", (0.05, 0.06, 0.001), 0.8),
            ],
            "transition": ((0.98, 0.02), (0.05, 0.95)),
            "common_jump": {
                "probability": 0.003,
                "mean": (-0.1, -0.15, 0.0),
                "deviation": (0.1, 0.12, 0.0),
                "correlation": ((1, 0.8, 0), (0.8, 1, 0), (0, 0, 1)),
            },
            "gas": {
                "ether": 2_000.0,
                "median": (5.0, 25.0),
                "deviation": 0.8,
                "fixed": 250_000.0,
                "per_trade": 180_000.0,
                "assumption": "assumed for tests",
            },
            "venue": {
                "half_spread": 0.0005,
                "depth": (1e9, 1e9, 1e9),
                "assumption": "assumed for tests",
            },
        }
    )


@pytest.fixture(scope="session")
def current() -> ParamSet:
    """The parameters before the change."""
    return ParamSet.defaults(LAYOUT)


@pytest.fixture(scope="session")
def proposed(current: ParamSet) -> ParamSet:
    """More of the base asset, a wider band, and one change that the model cannot see."""
    edits = {
        "targetWeight[USDC]": 2_500,
        "targetWeight[WBTC]": 3_300,
        "targetWeight[WETH]": 4_200,
        "driftThreshold": 600,
        "oracleMaxStaleness": 43_200,
    }
    values = {current.spec(name).key: value for name, value in edits.items()}
    return ParamSet(layout=LAYOUT, values={**current.values, **values})


@pytest.fixture(scope="session")
def spec() -> SimSpec:
    """Small, and no multiple of any block."""
    return SimSpec(paths=1_003, seed=7, horizon_days=90)


class Case(NamedTuple):
    """What `build` takes, in its order."""

    current: ParamSet
    proposed: ParamSet
    market: Market
    spec: SimSpec


@pytest.fixture(scope="session")
def case(current: ParamSet, proposed: ParamSet, market: Market, spec: SimSpec) -> Case:
    """The change under test."""
    return Case(current, proposed, market, spec)


@pytest.fixture(scope="session")
def report(case: Case) -> Report:
    """The report of the change."""
    return build(*case)

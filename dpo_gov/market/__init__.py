"""Models of prices, gas and venues: fitted figures with their sources, fitting, stress days."""

from dpo_gov.market.model import MODEL, Market
from dpo_gov.market.sample import Asked, Day, Sampler
from dpo_gov.market.stress import STRESS_DAYS, StressDay

__all__ = [
    "MODEL",
    "STRESS_DAYS",
    "Asked",
    "Day",
    "Market",
    "Sampler",
    "StressDay",
    "default_market",
]


def default_market(*, conditions: bool = False) -> Market:
    """The market that ships with the package; with lending, perpetuals and options on demand.

    `Market.reduced` leaves of these what a simulation uses.
    """
    from pathlib import Path

    from dpo_gov.market.assumed import assumed

    market = Market.load(Path(__file__).with_name("default.json"))
    if not conditions:
        return market
    found = assumed([asset.symbol for asset in market.assets], len(market.regimes))
    return market.model_copy(update={"conditions": found})

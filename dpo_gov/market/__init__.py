"""Models of prices, gas and venues: fitted figures with their sources, fitting, stress days."""

from dpo_gov.market.model import MODEL, Market
from dpo_gov.market.sample import Day, Sampler
from dpo_gov.market.stress import STRESS_DAYS, StressDay

__all__ = ["MODEL", "STRESS_DAYS", "Day", "Market", "Sampler", "StressDay", "default_market"]


def default_market() -> Market:
    """The market that ships with the package."""
    from pathlib import Path

    return Market.load(Path(__file__).with_name("default.json"))

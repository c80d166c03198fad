"""What options are worth, and how that moves: in the canonical arithmetic, for whole arrays."""

from dpo_gov.pricing.black_scholes import Greeks, Option, black_scholes, greeks
from dpo_gov.pricing.merton import Jumps, merton

__all__ = ["Greeks", "Jumps", "Option", "black_scholes", "greeks", "merton"]

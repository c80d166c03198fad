"""The vaults' rules in array form: the twins of the contracts, used to simulate and to trade."""

from dpo_gov.policy.rebalancing import (
    LEAST_TRADE,
    RebalancingRules,
    Trades,
    VenueCost,
    against_oracle,
    drift_of,
    over_assets,
    plan_trades,
)

__all__ = [
    "LEAST_TRADE",
    "RebalancingRules",
    "Trades",
    "VenueCost",
    "against_oracle",
    "drift_of",
    "over_assets",
    "plan_trades",
]

"""Chains: how they are reached, the deployment on one, and a client for each contract.

Only this package speaks to nodes. What is costly to import is imported when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dpo_gov.chain.accounts import Account
    from dpo_gov.chain.calls import PreparedCall, Receipt
    from dpo_gov.chain.deployment import Deployment, StrategyDeployment, load_deployment
    from dpo_gov.chain.dev import DEMO_LAYOUTS, deploy, refresh_prices
    from dpo_gov.chain.executor import ExecutorClient
    from dpo_gov.chain.governor import (
        GovernorClient,
        OnchainProposal,
        ProposalState,
        ProposalStatus,
        Support,
    )
    from dpo_gov.chain.network import Chain, connect
    from dpo_gov.chain.oracle import OracleClient
    from dpo_gov.chain.rebalance import plan as plan_rebalance
    from dpo_gov.chain.registry import RegistryClient, VersionRecord
    from dpo_gov.chain.vault import Trade, VaultClient, VaultStatus

_HOMES = {
    "Account": "accounts",
    "DEMO_LAYOUTS": "dev",
    "Chain": "network",
    "Deployment": "deployment",
    "ExecutorClient": "executor",
    "GovernorClient": "governor",
    "OnchainProposal": "governor",
    "OracleClient": "oracle",
    "PreparedCall": "calls",
    "ProposalState": "governor",
    "ProposalStatus": "governor",
    "Receipt": "calls",
    "RegistryClient": "registry",
    "StrategyDeployment": "deployment",
    "Support": "governor",
    "Trade": "vault",
    "VaultClient": "vault",
    "VaultStatus": "vault",
    "VersionRecord": "registry",
    "connect": "network",
    "deploy": "dev",
    "load_deployment": "deployment",
    "plan_rebalance": "rebalance",
    "refresh_prices": "dev",
}
_RENAMED = {"plan_rebalance": "plan"}

__all__ = [
    "DEMO_LAYOUTS",
    "Account",
    "Chain",
    "Deployment",
    "ExecutorClient",
    "GovernorClient",
    "OnchainProposal",
    "OracleClient",
    "PreparedCall",
    "ProposalState",
    "ProposalStatus",
    "Receipt",
    "RegistryClient",
    "StrategyDeployment",
    "Support",
    "Trade",
    "VaultClient",
    "VaultStatus",
    "VersionRecord",
    "connect",
    "deploy",
    "load_deployment",
    "plan_rebalance",
    "refresh_prices",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), _RENAMED.get(name, name))

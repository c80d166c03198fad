"""The executor, which brings committed versions to vaults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dpo_gov.chain.calls import PreparedCall, Receipt
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.deployment import Deployment
from dpo_gov.chain.network import Chain
from dpo_gov.chain.refusals import error_name


@dataclass(frozen=True, slots=True)
class VaultRecord:
    """What the executor knows of a vault."""

    vault: str
    applied_version: int
    failures: int
    quarantined: bool


@dataclass(frozen=True, slots=True)
class Application:
    """What one push did to one vault; `reason`: the error's name where it failed."""

    vault: str
    version: int
    applied: bool
    reason: str = ""


class ExecutorClient:
    """The executor of a deployment."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        self.chain = chain
        self.deployment = deployment
        self.address = deployment.contracts.executor
        self._contract = Contract(chain, self.address, "ParameterExecutor", deployment.layouts)

    def vaults(self, strategy: str) -> tuple[str, ...]:
        """The vaults that are enlisted for a strategy."""
        return tuple(self._contract.read("vaultsOf", self._id(strategy)))

    def record(self, vault: str) -> VaultRecord:
        """What the executor knows of a vault."""
        found = self._contract.read("recordOf", vault)
        return VaultRecord(vault, found["appliedVersion"], found["failures"], found["quarantined"])

    def apply(self, strategy: str, vaults: Sequence[str] = ()) -> PreparedCall:
        """Push the current version to every vault that is behind, or to those named."""
        if vaults:
            return self._contract.prepare("applyTo", self._id(strategy), list(vaults))
        return self._contract.prepare("applyAll", self._id(strategy))

    def outcome(self, receipt: Receipt) -> tuple[Application, ...]:
        """What a push did, vault by vault, from its events."""
        done = [
            Application(event.args["vault"], event.args["version"], applied=True)
            for event in self._contract.decode("Applied", receipt.logs)
        ]
        failed = [
            Application(
                event.args["vault"],
                event.args["version"],
                applied=False,
                reason=error_name(event.args["reason"]),
            )
            for event in self._contract.decode("ApplyFailed", receipt.logs)
        ]
        return (*done, *failed)

    def _id(self, strategy: str) -> bytes:
        return self.deployment.strategy(strategy).layout.strategy_id

"""The oracle hub: prices as the vaults see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dpo_gov.chain.contract import Contract
from dpo_gov.chain.deployment import Deployment
from dpo_gov.chain.network import Chain


@dataclass(frozen=True, slots=True)
class Feed:
    """How an asset is priced: the sources, and the age in seconds at which they are stale."""

    primary: str
    secondary: str
    max_staleness: int
    max_deviation_bps: int
    min_price: int
    max_price: int


class OracleClient:
    """The hub of a deployment. Prices are US dollars per whole token, 18 decimals."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        self.chain = chain
        self.deployment = deployment
        self._contract = Contract(chain, deployment.contracts.hub, "OracleHub")

    def price(self, token: str, block: int | str = "latest") -> int:
        """The price of a token. Raises CallRefused where it fails a check (stale, out of band)."""
        return int(self._contract.read("price", token, block=block))

    def prices(self, strategy: str) -> Mapping[str, int]:
        """The prices of a strategy's assets, by symbol."""
        assets = self.deployment.strategy(strategy).assets
        return {symbol: self.price(token.address) for symbol, token in assets.items()}

    def feed(self, token: str) -> Feed:
        """Where the price of a token comes from."""
        found = self._contract.read("feedOf", token)
        return Feed(
            primary=found["primary"],
            secondary=found["secondary"],
            max_staleness=found["maxStaleness"],
            max_deviation_bps=found["maxDeviationBps"],
            min_price=found["minPrice"],
            max_price=found["maxPrice"],
        )

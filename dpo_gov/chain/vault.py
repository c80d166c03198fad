"""A vault: what it holds, how far it has drifted, and the calls on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dpo_gov.chain.calls import PreparedCall
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.deployment import Deployment, StrategyDeployment
from dpo_gov.chain.network import Chain
from dpo_gov.errors import CallRefused
from dpo_gov.params import Module, ParamSet, catalogue
from dpo_gov.units import Unit, show

WHOLE = 10**18


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade of a rebalance: assets by their place, amounts in smallest units."""

    venue: str
    sell: int
    buy: int
    amount_in: int
    min_amount_out: int


@dataclass(frozen=True, slots=True)
class Holding:
    """One asset of a vault. `weight`, `target`: 1e18 of the whole; `price`, `value`: US dollars in
    1e18. Price, value and weight are None while the vault has no valid prices."""

    symbol: str
    token: str
    decimals: int
    balance: int
    target: int
    price: int | None
    value: int | None
    weight: int | None


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """A vault, all of it at one block.

    `applied`, `committed`: the versions that it obeys and that the registry is at. `values`: the
    parameters as the vault has them, by key. `nav`: US dollars in 1e18; `drift` (largest distance
    of a weight), `slippage_used`: 1e18 of the whole. `closed`: why there is no price, else empty;
    then nav, drift and total_assets are None. `shares`, `total_assets`: smallest units.
    """

    address: str
    strategy: str
    applied: int
    committed: int
    values: Mapping[int, int]
    holdings: tuple[Holding, ...]
    nav: int | None
    drift: int | None
    shares: int
    total_assets: int | None
    last_rebalance: int
    slippage_used: int
    block: int
    timestamp: int
    closed: str = ""

    @property
    def behind(self) -> bool:
        """Whether a committed version has not reached the vault."""
        return self.applied != self.committed


@dataclass(frozen=True)
class RebalanceCall(PreparedCall):
    """A rebalance, whose trades are described with the strategy's names of tokens and venues."""

    strategy: StrategyDeployment | None = None

    def describe(self) -> str:
        """The call decoded from its own bytes, one trade a line."""
        from dpo_gov.proposal.actions import decode

        call = decode(self.data)
        if self.strategy is None or "trades" not in call.arguments:
            return super().describe()
        trades = [_in_words(trade, self.strategy) for trade in call.arguments["trades"]]
        return "\n".join([f"to {self.to}", call.function, *(f"  {one}" for one in trades)])


def _in_words(trade: Mapping[str, Any], strategy: StrategyDeployment) -> str:
    """A decoded trade for people: `sells 2 WETH for at least 4000 USDC at demo 0x…`."""

    def amount(units: int, place: int) -> str:
        if place >= len(strategy.assets):
            return f"{units} units of asset {place}, which the strategy does not have,"
        symbol, token = list(strategy.assets.items())[place]
        return show(units, Unit.AMOUNT, symbol=symbol, decimals=token.decimals)

    names = {address: f"{name} " for name, address in strategy.venues.items()}
    sold, least = amount(trade["amountIn"], trade["sell"]), trade["minAmountOut"]
    where = f"{names.get(trade['venue'], 'an unknown venue ')}{trade['venue']}"
    return f"sells {sold} for at least {amount(least, trade['buy'])} at {where}"


@dataclass(frozen=True)
class VaultClient:
    """One vault of a deployment."""

    chain: Chain
    deployment: Deployment
    address: str
    _contract: Contract = field(init=False, repr=False)

    def __post_init__(self) -> None:
        contract = Contract(self.chain, self.address, "RebalancingVault", self.deployment.layouts)
        object.__setattr__(self, "_contract", contract)

    def params(self, block: int | str = "latest") -> ParamSet:
        """The parameters that the vault obeys; those of other modules are the defaults."""
        layout = self.deployment.strategy_of(self.address).layout
        defaults = ParamSet.defaults(layout)
        module = Module(self._contract.read("module", block=block))
        words = {one: defaults.words(one) for one in Module}
        words[module] = self._contract.read("appliedWords", block=block)
        return ParamSet.from_words(layout, words)

    def status(self) -> VaultStatus:
        """Everything that an operator looks at, at one block."""
        strategy = self.deployment.strategy_of(self.address)
        at = self.chain.block()

        def read(function: str, *args: object) -> int:
            return int(self._contract.read(function, *args, block=at.number))

        module = Module(read("module"))
        applied = self.params(at.number).values
        ours = [spec.key for spec in catalogue(strategy.layout) if spec.module is module]
        registry = Contract(self.chain, self.deployment.contracts.registry, "StrategyRegistry")
        closed, nav, drift, total = "", None, None, None
        try:
            nav, drift, total = read("nav"), read("drift"), read("totalAssets")
        except CallRefused as error:
            closed = str(error)
        return VaultStatus(
            address=self.address,
            strategy=strategy.layout.name,
            applied=read("appliedVersion"),
            committed=registry.read("version", strategy.layout.strategy_id, block=at.number),
            values={key: applied[key] for key in ours},
            holdings=self._holdings(at.number, open_=not closed),
            nav=nav,
            drift=drift,
            shares=read("totalSupply"),
            total_assets=total,
            last_rebalance=read("lastRebalance"),
            slippage_used=read("slippageUsed"),
            block=at.number,
            timestamp=at.timestamp,
            closed=closed,
        )

    def _holdings(self, block: int, *, open_: bool) -> tuple[Holding, ...]:
        assets = self.deployment.strategy_of(self.address).assets
        hub = Contract(self.chain, self.deployment.contracts.hub, "OracleHub")
        targets = self._contract.read("targetWeightsNow", block=block)
        weights = self._contract.read("weights", block=block) if open_ else None
        holdings = []
        for place, (symbol, token) in enumerate(assets.items()):
            balance = self._contract.read("balanceOfAsset", place, block=block)
            price = hub.read("price", token.address, block=block) if open_ else None
            holdings.append(
                Holding(
                    symbol=symbol,
                    token=token.address,
                    decimals=token.decimals,
                    balance=balance,
                    target=targets[place],
                    price=price,
                    value=None if price is None else balance * price // 10**token.decimals,
                    weight=None if weights is None else weights[place],
                )
            )
        return tuple(holdings)

    def shares_of(self, owner: str) -> int:
        """The shares of an account, in the smallest unit."""
        return int(self._contract.read("balanceOf", owner))

    # Calls

    def approve(self, amount: int) -> PreparedCall:
        """Let the vault take `amount` of the base asset; needed before a deposit."""
        base = next(iter(self.deployment.strategy_of(self.address).assets.values()))
        token = Contract(self.chain, base.address, "RebalancingVault", self.deployment.layouts)
        return token.prepare("approve", self.address, amount)

    def deposit(self, amount: int, receiver: str) -> PreparedCall:
        """Deposit `amount` (smallest unit) of the base asset for shares."""
        return self._contract.prepare("deposit", amount, receiver)

    def redeem(self, shares: int, receiver: str, owner: str) -> PreparedCall:
        """Turn shares (smallest unit) into the base asset."""
        return self._contract.prepare("redeem", shares, receiver, owner)

    def redeem_in_kind(self, shares: int, receiver: str, owner: str) -> PreparedCall:
        """Turn shares into a part of everything; works always."""
        return self._contract.prepare("redeemInKind", shares, receiver, owner)

    def rebalance(self, trades: Sequence[Trade]) -> RebalanceCall:
        """Make the trades; only a keeper, and only within the vault's rules."""
        entries = [
            (one.venue, one.sell, one.buy, one.amount_in, one.min_amount_out) for one in trades
        ]
        call = self._contract.prepare("rebalance", entries)
        strategy = self.deployment.strategy_of(self.address)
        return RebalanceCall(
            self.chain, call.to, call.function, call.data, layouts=call.layouts, strategy=strategy
        )

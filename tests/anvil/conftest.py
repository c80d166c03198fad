"""Anvil, and a system on it whose venue is Uniswap v3: the real contracts, from their packages."""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dpo_gov.chain import Account, Chain, Deployment, deploy
from dpo_gov.chain.anvil import running
from dpo_gov.chain.dev import Deployer
from dpo_gov.chain.plan import AssetPlan
from dpo_gov.market import default_market
from dpo_gov.params import StrategyLayout

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "node_modules" / "@uniswap"
BUILD = ROOT / "build" / "forge" / "out"
FEE = 500
"""The pools' fee, in parts per million."""
DEPTH = 1_000_000_000
"""US dollars on each side of a pool, over the whole range of prices."""
WHOLE_RANGE = 887_270
"""The last tick of the fee tier 500, whose ticks are 10 apart."""


class Pools:
    """Uniswap v3 with a pool of each asset against the base asset, all owned by the deployer."""

    def __init__(self) -> None:
        self.deployer: Deployer | None = None
        self.manager: Any = None
        self.count = 0

    def venue(
        self,
        deployer: Deployer,
        hub: str,
        layout: StrategyLayout,
        tokens: Mapping[str, AssetPlan],
    ) -> Mapping[str, str]:
        """Deploy it all, each pool at its price, and our adapter."""
        make = _maker(deployer.chain, deployer.account.address)
        weth = tokens["WETH"].address
        factory = make(PACKAGES / "v3-core/artifacts/contracts/UniswapV3Factory.sol")
        periphery = PACKAGES / "v3-periphery/artifacts/contracts"
        manager = make(periphery / "NonfungiblePositionManager.sol", factory.address, weth, hub)
        router = make(periphery / "SwapRouter.sol", factory.address, weth)
        base, *others = layout.assets
        for symbol in others:
            _pool(deployer, manager, tokens, base, symbol)
        pairs = [(tokens[base].address, tokens[symbol].address, FEE) for symbol in others]
        adapter = make(BUILD / "UniswapV3Venue.sol", router.address, pairs)
        self.deployer, self.manager, self.count = deployer, manager, len(others)
        return {"uniswap-v3": adapter.address}

    def thin_out(self, dollars: float) -> None:
        """Take liquidity out of every pool, so that so many dollars are left on each side."""
        assert self.deployer
        chain, sender = self.deployer.chain, self.deployer.account.address
        for token in range(1, self.count + 1):
            liquidity = self.manager.functions.positions(token).call()[7]
            taken = liquidity - int(liquidity * dollars / DEPTH)
            order = (token, taken, 0, 0, chain.now() + 10**6)
            decrease = self.manager.functions.decreaseLiquidity(order)
            _done(chain, decrease.transact({"from": sender}))


@dataclass(frozen=True)
class System:
    """A chain with the whole system on it, and the pools where its vaults trade."""

    chain: Chain
    deployment: Deployment
    pools: Pools

    def dev(self, number: int) -> Account:
        """A development account."""
        return Account.load(f"dev:{number}", self.chain)


@pytest.fixture(scope="session")
def anvil() -> Iterator[Chain]:
    """A fresh anvil at a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(port) as node:
        yield node.chain


@pytest.fixture
def fresh(anvil: Chain) -> Iterator[Chain]:
    """The anvil as it started; what a test does to it is undone."""
    snapshot = anvil.snapshot()
    yield anvil
    anvil.revert(snapshot)


@pytest.fixture
def uniswap_system(fresh: Chain) -> System:
    """The demo's system, except that its vaults trade in pools of Uniswap v3."""
    pools = Pools()
    return System(fresh, deploy(fresh, venues=pools.venue), pools)


def _maker(chain: Chain, sender: str) -> Callable[..., Any]:
    """Create a contract from a compiler's artifact; the folder has the source's name."""

    def make(folder: Path, *args: object) -> Any:
        artifact = json.loads((folder / f"{folder.stem}.json").read_text())
        code = artifact["bytecode"]
        code = code if isinstance(code, str) else code["object"]
        kind = chain.w3.eth.contract(abi=artifact["abi"], bytecode=code)
        receipt = _done(chain, kind.constructor(*args).transact({"from": sender}))
        return chain.w3.eth.contract(address=receipt["contractAddress"], abi=artifact["abi"])

    return make


def _done(chain: Chain, sent: Any) -> Any:
    receipt = chain.w3.eth.wait_for_transaction_receipt(sent, timeout=30)
    assert receipt["status"] == 1
    return receipt


def _pool(
    deployer: Deployer, manager: Any, tokens: Mapping[str, AssetPlan], base: str, symbol: str
) -> None:
    """A pool at the market's price, with DEPTH on each side."""
    chain, sender = deployer.chain, deployer.account.address
    market = default_market()
    amounts = {}
    for name in (base, symbol):
        token, price = tokens[name], market.assets[market.place(name)].price
        amount = int(DEPTH / price * 10**token.decimals)
        erc20 = chain.w3.eth.contract(address=token.address, abi=_erc20())
        _done(chain, erc20.functions.mint(sender, amount).transact({"from": sender}))
        _done(chain, erc20.functions.approve(manager.address, amount).transact({"from": sender}))
        amounts[token.address] = amount
    (first, amount0), (second, amount1) = sorted(amounts.items(), key=lambda item: int(item[0], 16))
    root = math.isqrt((amount1 << 192) // amount0)
    functions = manager.functions
    _done(
        chain,
        functions.createAndInitializePoolIfNecessary(first, second, FEE, root).transact(
            {"from": sender}
        ),
    )
    position = (first, second, FEE, -WHOLE_RANGE, WHOLE_RANGE, amount0, amount1, 0, 0, sender)
    mint = functions.mint((*position, chain.now() + 10**6))
    _done(chain, mint.transact({"from": sender}))


def _erc20() -> Any:
    from dpo_gov import artifacts

    return artifacts.load("TestToken").abi

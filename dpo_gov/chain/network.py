"""A chain: how it is reached, and the few requests that everything else is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dpo_gov.chain import wire
from dpo_gov.chain.transport import HttpTransport, RpcRefused, Transport, shown
from dpo_gov.errors import ChainError, UnknownName

if TYPE_CHECKING:
    from web3 import Web3

LOCAL_NODE = "http://127.0.0.1:8545"
ANVIL_ID = 31_337
EMBEDDED_ID = 131_277_322_940_537
"""What eth-tester calls its chain."""
DEV_COUNT = 10
"""Accounts of a development chain: dev:0 to dev:9."""
_DEV_IDS = (ANVIL_ID, EMBEDDED_ID)


@dataclass(frozen=True, slots=True)
class Block:
    """A block as far as clients look at it; `base_fee` is None before EIP-1559."""

    number: int
    timestamp: int
    hash: bytes
    base_fee: int | None


@dataclass(frozen=True, slots=True)
class Log:
    """One event as the chain stores it."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block: int
    transaction: str


class Chain:
    """One chain behind one node. Every failure of the node is a ChainError."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.chain_id = wire.quantity(self.request("eth_chainId"), "the chain id")

    @property
    def name(self) -> str:
        """How the network is called in messages."""
        return self._transport.name

    @property
    def is_dev(self) -> bool:
        """A development chain: its accounts are unlocked and its time can be moved."""
        return self.chain_id in _DEV_IDS

    def raw(self, method: str, *params: Any) -> Any:
        """The result of a request. Raises RpcRefused where the node answers with an error."""
        return self._transport.request(method, list(params))

    def request(self, method: str, *params: Any) -> Any:
        """The result of a request; an error answer is a ChainError."""
        try:
            return self.raw(method, *params)
        except RpcRefused as error:
            raise ChainError(f"{self.name} refuses {method}: {error.message}") from None

    def block(self, tag: int | str = "latest") -> Block:
        """A block by number or tag."""
        found = self.request("eth_getBlockByNumber", _tag(tag), False)
        if not isinstance(found, Mapping):
            raise ChainError(f"{self.name} has no block {tag}; it may still be catching up")
        fee = found.get("baseFeePerGas")
        return Block(
            number=wire.quantity(found.get("number"), "a block's number"),
            timestamp=wire.quantity(found.get("timestamp"), "a block's time"),
            hash=wire.data(found.get("hash"), "a block's hash"),
            base_fee=None if fee is None else wire.quantity(fee, "a block's base fee"),
        )

    def now(self) -> int:
        """The time of the last block, in seconds since 1970."""
        return self.block().timestamp

    def code(self, address: str, tag: int | str = "latest") -> bytes:
        """The code at an address; empty where there is no contract."""
        return wire.data(self.request("eth_getCode", address, _tag(tag)), "a contract's code")

    def balance(self, address: str) -> int:
        """What an address holds of the chain's own coin, in wei."""
        return wire.quantity(self.request("eth_getBalance", address, "latest"), "a balance")

    def call(self, transaction: Mapping[str, Any], tag: int | str = "latest") -> bytes:
        """What a call would return. Raises RpcRefused with the revert data in it."""
        return wire.data(self.raw("eth_call", dict(transaction), _tag(tag)), "a call's result")

    def logs(self, address: str, topics: Sequence[object], first: int, last: int) -> list[Log]:
        """Events of one contract in a range of blocks. Raises RpcRefused (range too large)."""
        wanted = {
            "address": address,
            "topics": list(topics),
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        found = self.raw("eth_getLogs", wanted)
        if not isinstance(found, list):
            raise ChainError(f"{self.name} answered eth_getLogs with something that is no list")
        logs = [read_log(one) for one in found]
        if any(log.address != wire.checksum(address) for log in logs):
            raise ChainError(f"{self.name} sent events of other contracts; choose another node")
        return logs

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that the node signs for: the development accounts on a local chain."""
        found = self.request("eth_accounts")
        if not isinstance(found, list):
            raise ChainError(f"{self.name} answered eth_accounts with something that is no list")
        return tuple(wire.address(one, "an account") for one in found)

    def travel(self, seconds: int) -> int:
        """Move a development chain's clock forward and mine; returns the new time."""
        self._only_dev("time travel")
        self.request("evm_increaseTime", seconds)
        self.request("evm_mine")
        return self.now()

    def snapshot(self) -> str:
        """Remember a development chain's state, for `revert`."""
        self._only_dev("a snapshot")
        return str(self.request("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Go back to a snapshot."""
        self._only_dev("going back")
        if self.request("evm_revert", snapshot) is not True:
            raise ChainError(f"{self.name} has no snapshot {snapshot}")

    @cached_property
    def w3(self) -> Web3:
        """The same chain for programs that speak web3.py."""
        from dpo_gov.chain.bridge import web3_of

        return web3_of(self._transport)

    def _only_dev(self, what: str) -> None:
        if not self.is_dev:
            raise ChainError(
                f"{what} is for development chains; {self.name} is chain {self.chain_id}"
            )


def connect(network: str) -> Chain:
    """Reach a chain: `embedded` (in memory, made now), `local` or `anvil` (a node of this machine),
    or an address.

    Raises UnknownName, InputError (no address), ChainError (no answer).
    """
    if network == "embedded":
        from dpo_gov.chain.embedded import EmbeddedNode

        return Chain(EmbeddedNode())
    if network in ("anvil", "local"):
        return Chain(HttpTransport(LOCAL_NODE))
    if "://" in network:
        return Chain(HttpTransport(network))
    raise UnknownName(
        f"no network {shown(network)!r}; use embedded (in memory), local or anvil (a node at "
        f"{LOCAL_NODE}), or the address of a node (https://…)"
    )


def _tag(tag: int | str) -> str:
    return hex(tag) if isinstance(tag, int) else tag


def read_log(found: object) -> Log:
    """One event as a node sends it; anything else is a ChainError."""
    if not isinstance(found, Mapping) or not isinstance(found.get("topics"), list):
        raise ChainError("the node sent an event that is none")
    return Log(
        address=wire.address(found.get("address"), "an event's contract"),
        topics=tuple(wire.data(topic, "an event's topic") for topic in found["topics"]),
        data=wire.data(found.get("data"), "an event's data"),
        block=wire.quantity(found.get("blockNumber"), "an event's block"),
        transaction=wire.to_hex(wire.data(found.get("transactionHash"), "an event's transaction")),
    )

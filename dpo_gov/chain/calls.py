"""A call to a contract: shown in words, tried, and only then sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

from dpo_gov.chain import wire
from dpo_gov.chain.refusals import refusal
from dpo_gov.chain.transport import RpcRefused
from dpo_gov.errors import CallRefused, ChainError
from dpo_gov.params import StrategyLayout

if TYPE_CHECKING:
    from dpo_gov.chain.accounts import Account
    from dpo_gov.chain.network import Chain, Log

RECEIPT_TIMEOUT = 300.0
"""Seconds to wait until a transaction is in a block."""
_GWEI = 10**9
MAX_BASE_FEE = 500 * _GWEI
"""Wei; a node that claims more is wrong or wants the account's coins burnt."""
MAX_GAS_PRICE = 100 * _GWEI
"""Wei, where a chain has no base fee: there all of the price is paid, whatever the block needs."""
MAX_TIP = 50 * _GWEI
"""Wei; a priority fee is paid in full too, and is bounded even where the base fee is a lie."""
_USUAL_TIP = 5 * _GWEI
"""Wei that may be tipped also where the base fee is lower."""
MAX_GAS = 2**24
"""The most gas of one transaction on Ethereum (EIP-7825)."""
EMBEDDED_GAS = 50_000_000
_TIP = _GWEI


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction that succeeded."""

    tx_hash: str
    block: int
    gas_used: int
    contract_address: str | None
    logs: tuple[Log, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a transaction may use, and pay for a unit of gas; `prices` are fields to sign, in wei.

    A rollup may take its fee for data on layer 1 on top of what any transaction can name.
    """

    gas: int
    prices: Mapping[str, int]
    value: int

    @property
    def most(self) -> int:
        """The most that the transaction may take from its sender, in wei, `value` included."""
        return self.gas * max(self.prices.values()) + self.value


@dataclass(frozen=True)
class PreparedCall:
    """A call that can be looked at (`describe`), tried (`simulate`) and made (`send`).

    `to` is None for the creation of a contract. `layouts` give names and units to parameters.
    """

    chain: Chain
    to: str | None
    function: str
    data: bytes
    value: int = 0
    layouts: tuple[StrategyLayout, ...] = ()

    def describe(self) -> str:
        """The call decoded from its own bytes, one fact a line."""
        from dpo_gov.proposal.actions import decode

        if self.to is None:
            return f"create {self.function}"
        lines = [f"to {self.to}", *decode(self.data, self.layouts).lines()]
        if self.value:
            lines.append(f"  with {self.value} wei")
        return "\n".join(lines)

    def simulate(self, sender: Account | str) -> bytes:
        """Try the call without sending it; returns what it would return. Raises CallRefused."""
        address = sender if isinstance(sender, str) else sender.address
        if self.to is not None and not self.chain.code(self.to):
            raise CallRefused(
                f"there is no contract at {self.to} on {self.chain.name}: a call to it would "
                "succeed and do nothing; is the deployment file the right one?",
                "NoCode",
            )
        try:
            return self.chain.call(self._request(address))
        except RpcRefused as error:
            raise self._refused(error) from None

    def offer(self, account: Account) -> Offer | None:
        """What `send` would offer for gas; None where the node signs, which then also pays.

        Raises CallRefused (the call would revert), ChainError (the node asks too much).
        """
        return None if account.unlocked else self._offer(account)

    def send(self, account: Account, offer: Offer | None = None) -> Receipt:
        """Try the call, sign and send it, and wait for its block.

        `offer`: what `offer` returned, where somebody has agreed to it; asked for anew otherwise.
        Raises CallRefused (nothing sent, or the transaction reverted), ChainError.
        """
        self.simulate(account)
        account.check(self.chain)
        request = self._request(account.address)
        if account.unlocked:
            if self.chain.name == "embedded":
                request["gas"] = hex(EMBEDDED_GAS)
            else:
                request["gas"] = hex(self._gas(request))
            sent = self._submit("eth_sendTransaction", request)
        else:
            raw = account.sign(self._transaction(account, offer or self._offer(account)))
            sent = self._submit("eth_sendRawTransaction", wire.to_hex(raw))
            if sent != wire.to_hex(keccak(raw)):
                raise ChainError(
                    f"{self.chain.name} says that it took {sent}, which is not what was sent; do "
                    "not trust this node"
                )
        return self._receipt(sent, request)

    def _request(self, sender: str) -> dict[str, Any]:
        request: dict[str, Any] = {"from": sender, "data": wire.to_hex(self.data)}
        if self.to is not None:
            request["to"] = self.to
        if self.value:
            request["value"] = hex(self.value)
        return request

    def _offer(self, account: Account) -> Offer:
        gas = self._gas(self._request(account.address))
        return Offer(gas, _prices(self.chain), self.value)

    def _transaction(self, account: Account, offer: Offer) -> dict[str, Any]:
        """The fields to sign."""
        nonce = self.chain.request("eth_getTransactionCount", account.address, "pending")
        fields: dict[str, Any] = {
            "chainId": self.chain.chain_id,
            "nonce": wire.quantity(nonce, "an account's nonce"),
            "data": self.data,
            "value": self.value,
            "gas": offer.gas,
        }
        if self.to is not None:
            fields["to"] = self.to
        return fields | dict(offer.prices)

    def _gas(self, request: Mapping[str, Any]) -> int:
        """A quarter more than the node estimates: state may move before the block."""
        try:
            estimate = self.chain.raw("eth_estimateGas", request)
        except RpcRefused as error:
            raise self._refused(error) from None
        gas = wire.quantity(estimate, "an estimate of gas")
        if gas > MAX_GAS:
            raise ChainError(
                f"{self.chain.name} estimates {gas:,} gas for {self.function}; one transaction may "
                f"use {MAX_GAS:,}: check the node"
            )
        return min(gas * 5 // 4, MAX_GAS)

    def _submit(self, method: str, what: object) -> str:
        try:
            sent = self.chain.raw(method, what)
        except RpcRefused as error:
            raise ChainError(
                f"{self.chain.name} did not take the transaction: {error.message}"
            ) from None
        return wire.to_hex(wire.data(sent, "a transaction's hash"))

    def _receipt(self, sent: str, request: Mapping[str, Any]) -> Receipt:
        from dpo_gov.chain.network import read_log

        found = self._wait(sent)
        block = wire.quantity(found.get("blockNumber"), "a receipt's block")
        if wire.quantity(found.get("status"), "a receipt's status") != 1:
            try:
                self.chain.call(request, block)
            except RpcRefused as error:
                raise self._refused(error, f"reverted in block {block} ({sent})") from None
            raise CallRefused(
                f"{self.function} reverted in block {block} ({sent}), and would not now: the state "
                "has moved meanwhile, or its gas ran out; look again, then retry"
            )
        made = found.get("contractAddress")
        return Receipt(
            tx_hash=sent,
            block=block,
            gas_used=wire.quantity(found.get("gasUsed"), "a receipt's gas"),
            contract_address=None if made is None else wire.address(made, "a new contract"),
            logs=tuple(read_log(log) for log in found.get("logs") or ()),
        )

    def _wait(self, sent: str) -> Mapping[str, Any]:
        deadline, pause = time.monotonic() + RECEIPT_TIMEOUT, 0.05
        while True:
            found = self.chain.request("eth_getTransactionReceipt", sent)
            if isinstance(found, Mapping) and found.get("blockNumber"):
                return found
            if time.monotonic() > deadline:
                raise ChainError(
                    f"{sent} is in no block of {self.chain.name} after {RECEIPT_TIMEOUT:g} s; "
                    "it may still come: look it up before sending again"
                )
            time.sleep(pause)
            pause = min(2 * pause, 2.0)

    def _refused(self, error: RpcRefused, happened: str = "") -> CallRefused:
        said = refusal(error, self.layouts)
        what = f"{self.function} {happened}" if happened else self.function
        return CallRefused(f"{what}: {said.message}", said.name)


def _prices(chain: Chain) -> dict[str, int]:
    """What to pay for a unit of gas: EIP-1559 where the chain has a base fee.

    Of what the node says only as much is believed as an honest one may need: the base fee is paid
    as the block sets it, but a tip or a gas price is paid in full.
    """
    base_fee = chain.block().base_fee
    if base_fee is None:
        price = wire.quantity(chain.request("eth_gasPrice"), "a fee")
        return {"gasPrice": _sane(chain, price, MAX_GAS_PRICE)}
    tip = min(_tip(chain), max(_sane(chain, base_fee, MAX_BASE_FEE), _USUAL_TIP), MAX_TIP)
    return {"maxPriorityFeePerGas": tip, "maxFeePerGas": 2 * base_fee + tip}


def _tip(chain: Chain) -> int:
    """What the node proposes as priority fee; 1 gwei where it does not know the question."""
    try:
        return wire.quantity(chain.raw("eth_maxPriorityFeePerGas"), "a priority fee")
    except RpcRefused:
        return _TIP


def _sane(chain: Chain, fee: int, limit: int) -> int:
    if fee > limit:
        raise ChainError(
            f"{chain.name} asks {fee // _GWEI:,} gwei for gas; more than {limit // _GWEI} is not "
            "paid: check the node, or wait until gas is cheaper"
        )
    return fee

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
MAX_BASE_FEE = 10_000 * 10**9
"""Wei; a node that claims more is wrong or wants the account's coins burnt."""
EMBEDDED_GAS = 50_000_000
_TIP = 10**9


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction that succeeded."""

    tx_hash: str
    block: int
    gas_used: int
    contract_address: str | None
    logs: tuple[Log, ...]


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

    def send(self, account: Account) -> Receipt:
        """Try the call, sign and send it, and wait for its block.

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
            raw = account.sign(self._transaction(request))
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

    def _transaction(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The fields to sign: EIP-1559 where the chain has a base fee."""
        chain, block = self.chain, self.chain.block()
        nonce = chain.request("eth_getTransactionCount", request["from"], "pending")
        fields: dict[str, Any] = {
            "chainId": chain.chain_id,
            "nonce": wire.quantity(nonce, "an account's nonce"),
            "data": self.data,
            "value": self.value,
            "gas": self._gas(request),
        }
        if self.to is not None:
            fields["to"] = self.to
        if block.base_fee is None:
            fields["gasPrice"] = _sane(chain, wire.quantity(chain.request("eth_gasPrice"), "a fee"))
            return fields
        tip = _sane(chain, _tip(chain))
        return fields | {
            "maxPriorityFeePerGas": tip,
            "maxFeePerGas": 2 * _sane(chain, block.base_fee) + tip,
        }

    def _gas(self, request: Mapping[str, Any]) -> int:
        """A quarter more than the node estimates: state may move before the block."""
        try:
            estimate = self.chain.raw("eth_estimateGas", request)
        except RpcRefused as error:
            raise self._refused(error) from None
        return wire.quantity(estimate, "an estimate of gas") * 5 // 4

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


def _tip(chain: Chain) -> int:
    """What the node proposes as priority fee; 1 gwei where it does not know the question."""
    try:
        return wire.quantity(chain.raw("eth_maxPriorityFeePerGas"), "a priority fee")
    except RpcRefused:
        return _TIP


def _sane(chain: Chain, fee: int) -> int:
    if fee > MAX_BASE_FEE:
        raise ChainError(
            f"{chain.name} asks {fee // 10**9} gwei for gas; more than {MAX_BASE_FEE // 10**9} is "
            "not paid without a look: check the node"
        )
    return fee

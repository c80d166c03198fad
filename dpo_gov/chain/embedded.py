"""A development chain in memory: py-evm, set up by eth-tester, that speaks JSON-RPC.

It answers as a node does (hex, raw revert data), so clients cannot tell it from one, and
`server` only has to carry its answers. Time is a function of the blocks, never of the clock of
the machine: the same steps give the same addresses, timestamps and hashes everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dpo_gov.chain import formats, wire
from dpo_gov.chain.formats import number_of, raw_of
from dpo_gov.chain.network import DEV_COUNT, EMBEDDED_ID
from dpo_gov.chain.transport import RpcRefused, limit_frames

GENESIS_TIME = 1_795_219_200
"""2026-11-21T00:00:00Z: proposals in the repository have their windows around it."""
GAS_LIMIT = 100_000_000
DEV_MNEMONIC = "test test test test test test test test test test test junk"
"""Known to everyone and used by anvil too: the same ten accounts, worth nothing anywhere."""
DEV_PATH = "m/44'/60'/0'/0"
_BALANCE = 10**24
_TIP = 10**9
_MAX_REWARDS = 100
"""Percentiles in one eth_feeHistory, as other nodes have it: each is told for every block."""
_REFUSED, _BAD_PARAMS, _UNKNOWN_METHOD, _REVERTED = -32000, -32602, -32601, 3


@dataclass(frozen=True, slots=True)
class _Mined:
    """One block: py-evm's header for execution, the JSON for answers."""

    header: Any
    block: dict[str, Any]
    transactions: list[dict[str, Any]]
    receipts: list[dict[str, Any]]


class EmbeddedNode:
    """The node. One transaction makes one block, one second after the last."""

    name = "embedded"

    def __init__(self) -> None:
        from eth_tester import PyEVMBackend

        limit_frames()
        self._keys = _dev_keys()
        account = {"balance": _BALANCE, "nonce": 0, "code": b"", "storage": {}}
        backend = PyEVMBackend(
            genesis_parameters=PyEVMBackend.generate_genesis_params(
                {"timestamp": GENESIS_TIME, "gas_limit": GAS_LIMIT}
            ),
            genesis_state=dict.fromkeys(self._keys, account),
        )
        self._chain = backend.chain
        self._mined: list[_Mined] = []
        self._numbers: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._snapshots: list[tuple[dict[bytes, bytes], int]] = []
        self._views: dict[int, Any] = {}
        head = self._chain.get_canonical_head()
        self._record(_Mined(head, formats.block(head, []), [], []))
        self._next_block()
        self._methods: dict[str, Callable[..., Any]] = {
            "web3_clientVersion": lambda: "dpo-gov/embedded",
            "net_version": lambda: str(EMBEDDED_ID),
            "net_listening": lambda: True,
            "eth_syncing": lambda: False,
            "eth_chainId": lambda: hex(self._chain.chain_id),
            "eth_blockNumber": lambda: hex(self._mined[-1].header.block_number),
            "eth_accounts": lambda: [wire.checksum(address) for address in self._keys],
            "eth_gasPrice": lambda: hex(self._chain.header.base_fee_per_gas + _TIP),
            "eth_maxPriorityFeePerGas": lambda: hex(_TIP),
            "eth_feeHistory": self._fee_history,
            "eth_getBalance": lambda a, b="latest": hex(self._state(b).get_balance(raw_of(a))),
            "eth_getCode": lambda a, b="latest": wire.to_hex(self._state(b).get_code(raw_of(a))),
            "eth_getStorageAt": self._storage,
            "eth_getTransactionCount": lambda a, b="latest": hex(
                self._state(b).get_nonce(raw_of(a))
            ),
            "eth_getBlockByNumber": self._block_by_number,
            "eth_getBlockByHash": self._block_by_hash,
            "eth_getTransactionByHash": self._transaction,
            "eth_getTransactionReceipt": self._receipt,
            "eth_getLogs": self._logs,
            "eth_call": self._call,
            "eth_estimateGas": self._estimate,
            "eth_sendTransaction": self._send,
            "eth_sendRawTransaction": self._send_raw,
            "evm_increaseTime": self._increase_time,
            "evm_mine": self._mine_empty,
            "evm_snapshot": self._snapshot,
            "evm_revert": self._revert,
        }

    def request(self, method: str, params: list[Any]) -> Any:
        """The result of one JSON-RPC request. Raises RpcRefused."""
        from eth.exceptions import PyEVMError
        from eth_utils.exceptions import ValidationError
        from rlp.exceptions import RLPException

        found = self._methods.get(method)
        if found is None:
            raise RpcRefused(_UNKNOWN_METHOD, f"the method {method} does not exist here")
        try:
            return found(*params)
        except (PyEVMError, RLPException, ValidationError) as error:
            raise RpcRefused(_REFUSED, str(error)) from None
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            raise RpcRefused(_BAD_PARAMS, f"bad parameters for {method}: {error}") from None

    # Blocks

    def _record(self, mined: _Mined) -> None:
        number = mined.header.block_number
        self._mined.append(mined)
        self._numbers[mined.block["hash"]] = number
        for transaction in mined.transactions:
            self._places[transaction["hash"]] = number
        self._views.clear()

    def _next_block(self) -> None:
        """Set the pending block's time: py-evm would take the machine's clock."""
        self._chain.set_header_timestamp(self._mined[-1].header.timestamp + 1)

    def _mine(self, transaction: Any = None, receipt: Any = None) -> _Mined:
        number = self._chain.header.block_number
        block = self._chain.mine_block(mix_hash=number.to_bytes(32, "big"))
        transactions, receipts = [], []
        if transaction is not None:
            transactions = [formats.transaction(transaction, block.header)]
            receipts = [formats.receipt(transaction, receipt, block.header)]
        hashes = [one["hash"] for one in transactions]
        mined = _Mined(block.header, formats.block(block.header, hashes), transactions, receipts)
        self._record(mined)
        self._next_block()
        return mined

    def _number(self, tag: object) -> int:
        """The number of a block that is there; `pending` counts as one more than the last."""
        last: int = self._mined[-1].header.block_number
        named = {"latest": last, "safe": last, "finalized": last, "earliest": 0}
        if tag == "pending":
            return last + 1
        number = named[tag] if isinstance(tag, str) and tag in named else number_of(tag)
        if not 0 <= number <= last:
            raise RpcRefused(_REFUSED, f"there is no block {number}; the last one is {last}")
        return number

    def _header(self, tag: object) -> Any:
        number = self._number(tag)
        return self._mined[number].header if number < len(self._mined) else self._chain.header

    def _vm(self, tag: object) -> Any:
        """py-evm's machine at the end of a block; kept, since views come in crowds."""
        number = self._number(tag)
        if number not in self._views:
            self._views[number] = self._chain.get_vm(self._header(tag))
        return self._views[number]

    def _state(self, tag: object) -> Any:
        return self._vm(tag).state

    def _block_by_number(self, tag: object, full: bool = False) -> dict[str, Any] | None:
        try:
            number = min(self._number(tag), len(self._mined) - 1)
        except RpcRefused:
            return None
        mined = self._mined[number]
        return {**mined.block, "transactions": mined.transactions} if full else mined.block

    def _block_by_hash(self, block_hash: str, full: bool = False) -> dict[str, Any] | None:
        number = self._numbers.get(block_hash.lower())
        return None if number is None else self._block_by_number(hex(number), full)

    def _transaction(self, transaction_hash: str) -> dict[str, Any] | None:
        number = self._places.get(transaction_hash.lower())
        return None if number is None else self._mined[number].transactions[0]

    def _receipt(self, transaction_hash: str) -> dict[str, Any] | None:
        number = self._places.get(transaction_hash.lower())
        return None if number is None else self._mined[number].receipts[0]

    def _fee_history(self, count: object, newest: object, rewards: Any = None) -> dict[str, Any]:
        if len(rewards or ()) > _MAX_REWARDS:
            raise RpcRefused(_BAD_PARAMS, f"at most {_MAX_REWARDS} percentiles of rewards")
        last = min(self._number(newest), len(self._mined) - 1)
        first = max(0, last + 1 - min(number_of(count), 1024))
        some = [mined.header for mined in self._mined[first : last + 1]]
        after = self._mined[last + 1].header if last + 1 < len(self._mined) else self._chain.header
        return {
            "oldestBlock": hex(first),
            "baseFeePerGas": [hex(one.base_fee_per_gas) for one in [*some, after]],
            "gasUsedRatio": [one.gas_used / one.gas_limit for one in some],
            "reward": [[hex(_TIP) for _ in rewards or ()] for _ in some],
        }

    def _logs(self, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
        if "blockHash" in wanted:
            first = last = self._numbers[wanted["blockHash"].lower()]
        else:
            first = self._number(wanted.get("fromBlock", "latest"))
            last = self._number(wanted.get("toBlock", "latest"))
        addresses = wanted.get("address") or []
        some = {a.lower() for a in ([addresses] if isinstance(addresses, str) else addresses)}
        topics = wanted.get("topics") or []
        return [
            log
            for mined in self._mined[first : last + 1]
            for receipt in mined.receipts
            for log in receipt["logs"]
            if (not some or log["address"].lower() in some) and formats.topics_match(log, topics)
        ]

    def _storage(self, address: str, slot: object, tag: object = "latest") -> str:
        value: int = self._state(tag).get_storage(raw_of(address), number_of(slot))
        return wire.to_hex(value.to_bytes(32, "big"))

    # Execution

    def _call(
        self, call: Mapping[str, Any], tag: object = "latest", overrides: object = None
    ) -> str:
        if overrides:
            raise RpcRefused(_BAD_PARAMS, "state overrides are not known here")
        computation, _ = self._try(call, tag)
        if computation.is_error:
            raise _reverted(computation)
        return wire.to_hex(computation.output)

    def _try(self, call: Mapping[str, Any], tag: object, gas: int = GAS_LIMIT) -> tuple[Any, int]:
        """Execute without a trace; returns the computation and the gas it used."""
        from eth.vm.message import Message
        from eth_typing import Address
        from eth_utils.crypto import keccak

        state = self._state(tag)
        sender = raw_of(call.get("from") or wire.ZERO_ADDRESS)
        to, payload = raw_of(call.get("to") or "0x"), formats.payload(call)
        create = None if to else keccak(sender + payload)[12:]
        intrinsic = 21_000 + (32_000 if create else 0) + 16 * len(payload)
        message = Message(
            gas=max(gas - intrinsic, 0),
            to=Address(to),
            sender=Address(sender),
            value=number_of(call.get("value") or 0),
            data=b"" if create else payload,
            code=payload if create else state.get_code(to),
            create_address=Address(create) if create else None,  # type: ignore[arg-type]  # its default
        )
        context = state.get_transaction_context_class()(gas_price=0, origin=sender)
        kind = state.computation_class
        apply = kind.apply_create_message if create else kind.apply_message
        before = state.snapshot()
        try:
            computation = apply(state, message, context)
        finally:
            state.revert(before)
            state.clear_transient_storage()
        return computation, computation.get_gas_used() + intrinsic

    def _estimate(self, call: Mapping[str, Any], tag: object = "latest") -> str:
        """An amount with which the call succeeds: what it used, doubled until it does.

        A contract may ask for more than it uses, before it hands a part on to another.
        """
        computation, used = self._try(call, tag)
        if computation.is_error:
            raise _reverted(computation)
        gas = used * 9 // 8
        while gas < GAS_LIMIT and self._try(call, tag, gas)[0].is_error:
            gas *= 2
        return hex(min(gas, GAS_LIMIT))

    def _send(self, call: Mapping[str, Any]) -> str:
        sender = raw_of(call["from"])
        if sender not in self._keys:
            raise RpcRefused(_REFUSED, f"{call['from']} is no account of this node")
        gas = call.get("gas") or self._estimate(call)
        base_fee = self._chain.header.base_fee_per_gas
        unsigned = self._chain.get_transaction_builder().new_unsigned_dynamic_fee_transaction(
            chain_id=self._chain.chain_id,
            nonce=self._chain.get_vm().state.get_nonce(sender),
            max_priority_fee_per_gas=number_of(call.get("maxPriorityFeePerGas") or 0),
            max_fee_per_gas=number_of(
                call.get("maxFeePerGas") or call.get("gasPrice") or 2 * base_fee
            ),
            gas=number_of(gas),
            to=raw_of(call.get("to") or "0x"),
            value=number_of(call.get("value") or 0),
            data=formats.payload(call),
            access_list=(),
        )
        return self._apply(unsigned.as_signed_transaction(self._keys[sender]))

    def _send_raw(self, raw: str) -> str:
        builder = self._chain.get_transaction_builder()
        return self._apply(builder.decode(bytes.fromhex(raw.removeprefix("0x"))))

    def _apply(self, transaction: Any) -> str:
        _, receipt, _ = self._chain.apply_transaction(transaction)
        mined = self._mine(transaction, receipt)
        found: str = mined.transactions[0]["hash"]
        return found

    # Time travel

    def _increase_time(self, seconds: object) -> str:
        """The next block comes so much later."""
        lead = number_of(seconds)
        if not 0 <= lead < 2**32:
            raise RpcRefused(_BAD_PARAMS, f"cannot travel {lead} s; from 0 to 2**32 s forward")
        self._chain.set_header_timestamp(self._chain.header.timestamp + lead)
        self._views.clear()
        return hex(lead)

    def _mine_empty(self, timestamp: object = None) -> str:
        """One empty block, at `timestamp` where given."""
        if timestamp is not None:
            at = number_of(timestamp)
            if not self._mined[-1].header.timestamp < at < 2**40:
                raise RpcRefused(_BAD_PARAMS, f"the next block cannot be at {at}; time goes on")
            self._chain.set_header_timestamp(at)
        self._mine()
        return "0x0"

    def _snapshot(self) -> str:
        """Remember everything; blocks are few and small, so a copy is cheap."""
        store = dict(self._chain.chaindb.db.wrapped_db.kv_store)
        self._snapshots.append((store, len(self._mined)))
        return hex(len(self._snapshots))

    def _revert(self, number: object) -> bool:
        """Go back to a snapshot, which is used up by it, as are those after it."""
        index = number_of(number) - 1
        if not 0 <= index < len(self._snapshots):
            return False
        store, length = self._snapshots[index]
        del self._snapshots[index:], self._mined[length:]
        known = {mined.block["hash"] for mined in self._mined}
        self._numbers = {h: n for h, n in self._numbers.items() if h in known}
        self._places = {h: n for h, n in self._places.items() if n < length}
        database = self._chain.chaindb.db
        database.wrapped_db.kv_store.clear()
        database.wrapped_db.kv_store.update(store)
        head = self._mined[-1].header
        self._chain = type(self._chain)(database, self._chain.create_header_from_parent(head))
        self._views.clear()
        self._next_block()
        return True


@cache
def _dev_keys() -> Mapping[bytes, Any]:
    """The keys of the development accounts by address; derived once, since that takes 0.1 s."""
    from eth_tester.backends.pyevm.main import get_account_keys_from_mnemonic

    keys = get_account_keys_from_mnemonic(DEV_MNEMONIC, DEV_COUNT, DEV_PATH)
    return {key.public_key.to_canonical_address(): key for key in keys}


def _reverted(computation: Any) -> RpcRefused:
    """A revert as nodes tell it: code 3, with the bytes that the contract returned."""
    from eth.exceptions import Revert

    if isinstance(computation.error, Revert):
        return RpcRefused(_REVERTED, "execution reverted", wire.to_hex(computation.output))
    return RpcRefused(_REFUSED, f"execution failed: {computation.error}")

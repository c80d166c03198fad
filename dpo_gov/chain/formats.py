"""py-evm's blocks, transactions and receipts as the JSON that nodes answer with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dpo_gov.chain.wire import checksum, to_hex


def number_of(value: object) -> int:
    """A number in a request: hex text or an integer. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.startswith("0x"):
        return int(value, 16)
    raise ValueError(f"{value!r} is no number")


def raw_of(address: object) -> bytes:
    """An address in a request; empty for a creation. Raises ValueError."""
    if not isinstance(address, str) or not address.startswith("0x"):
        raise ValueError(f"{address!r} is no address")
    raw = bytes.fromhex(address[2:])
    if len(raw) not in (0, 20):
        raise ValueError(f"{address!r} is no address")
    return raw


def payload(call: Mapping[str, Any]) -> bytes:
    """The calldata of a request; both names of the field are in use."""
    text = call.get("input") or call.get("data") or "0x"
    return bytes.fromhex(text.removeprefix("0x"))


def topics_match(log: Mapping[str, Any], wanted: Sequence[Any]) -> bool:
    """Whether a log passes a topic filter: None is any, a list is one of these."""
    topics = log["topics"]
    if len(wanted) > len(topics):
        return False
    for topic, want in zip(topics, wanted, strict=False):
        some = want if isinstance(want, list) else [want]
        if want is not None and topic not in [one.lower() for one in some]:
            return False
    return True


def block(header: Any, hashes: list[str]) -> dict[str, Any]:
    """A block with the hashes of its transactions."""
    return {
        "number": hex(header.block_number),
        "hash": to_hex(header.hash),
        "parentHash": to_hex(header.parent_hash),
        "nonce": to_hex(header.nonce),
        "sha3Uncles": to_hex(header.uncles_hash),
        "logsBloom": to_hex(header.bloom.to_bytes(256, "big")),
        "transactionsRoot": to_hex(header.transaction_root),
        "stateRoot": to_hex(header.state_root),
        "receiptsRoot": to_hex(header.receipt_root),
        "miner": checksum(header.coinbase),
        "difficulty": hex(header.difficulty),
        "extraData": to_hex(header.extra_data),
        "mixHash": to_hex(header.mix_hash),
        "size": hex(0),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "timestamp": hex(header.timestamp),
        "baseFeePerGas": hex(header.base_fee_per_gas),
        "uncles": [],
        "transactions": hashes,
    }


def transaction(signed: Any, header: Any) -> dict[str, Any]:
    """A mined transaction; it is alone in its block."""
    kind = getattr(signed, "type_id", None) or 0
    fees = {"gasPrice": hex(signed.max_fee_per_gas if kind == 2 else signed.gas_price)}
    if kind == 2:
        fees["maxFeePerGas"] = hex(signed.max_fee_per_gas)
        fees["maxPriorityFeePerGas"] = hex(signed.max_priority_fee_per_gas)
    return {
        "hash": to_hex(signed.hash),
        "type": hex(kind),
        "chainId": hex(signed.chain_id or 0),
        "nonce": hex(signed.nonce),
        "blockHash": to_hex(header.hash),
        "blockNumber": hex(header.block_number),
        "transactionIndex": "0x0",
        "from": checksum(signed.sender),
        "to": checksum(signed.to) if signed.to else None,
        "value": hex(signed.value),
        "gas": hex(signed.gas),
        "input": to_hex(signed.data),
        "v": hex(signed.y_parity),
        "r": hex(signed.r),
        "s": hex(signed.s),
        **fees,
    }


def receipt(signed: Any, done: Any, header: Any) -> dict[str, Any]:
    """The receipt of a transaction that is alone in its block."""
    from eth._utils.address import generate_contract_address

    place = {
        "transactionHash": to_hex(signed.hash),
        "transactionIndex": "0x0",
        "blockHash": to_hex(header.hash),
        "blockNumber": hex(header.block_number),
    }
    made = None if signed.to else checksum(generate_contract_address(signed.sender, signed.nonce))
    logs = [
        {
            **place,
            "logIndex": hex(index),
            "removed": False,
            "address": checksum(log.address),
            "topics": [to_hex(topic.to_bytes(32, "big")) for topic in log.topics],
            "data": to_hex(log.data),
        }
        for index, log in enumerate(done.logs)
    ]
    price = header.base_fee_per_gas + min(
        signed.max_priority_fee_per_gas, signed.max_fee_per_gas - header.base_fee_per_gas
    )
    return {
        **place,
        "type": hex(getattr(signed, "type_id", None) or 0),
        "from": checksum(signed.sender),
        "to": checksum(signed.to) if signed.to else None,
        "contractAddress": made,
        "gasUsed": hex(done.gas_used),
        "cumulativeGasUsed": hex(done.gas_used),
        "effectiveGasPrice": hex(price),
        "logsBloom": to_hex(done.bloom.to_bytes(256, "big")),
        "status": "0x1" if done.state_root == b"\x01" else "0x0",
        "logs": logs,
    }

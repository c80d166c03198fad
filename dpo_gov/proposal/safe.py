"""Batches of the Safe Transaction Builder: written, read, and their checksum.

The format and its checksum are those of the builder itself (`version` 1.0); every number is text,
since the builder's own reader loses digits beyond 2**53.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils import is_address, keccak, to_checksum_address

from dpo_gov.errors import InputError
from dpo_gov.proposal.actions import Action
from dpo_gov.proposal.strict_json import parse

BUILDER_VERSION = "1.16.5"


def batch(
    actions: Sequence[Action],
    *,
    chain_id: int,
    safe: str,
    created_at: int,
    name: str,
    description: str,
) -> dict[str, Any]:
    """The batch with its checksum; `created_at` in Unix seconds."""
    meta = {
        "name": name,
        "description": description,
        "txBuilderVersion": BUILDER_VERSION,
        "createdFromSafeAddress": safe,
        "createdFromOwnerAddress": "",
    }
    transactions = [
        {
            "to": action.target,
            "value": str(action.value),
            "data": "0x" + action.calldata.hex(),
            "contractMethod": None,
            "contractInputsValues": None,
        }
        for action in actions
    ]
    document: dict[str, Any] = {
        "version": "1.0",
        "chainId": str(chain_id),
        "createdAt": created_at * 1000,
        "meta": meta,
        "transactions": transactions,
    }
    return {**document, "meta": {**meta, "checksum": checksum(document)}}


def checksum(document: Mapping[str, Any]) -> str:
    """keccak256 of the builder's own serialisation, in which the batch has no name."""
    unnamed = {**document, "meta": {**document["meta"], "name": None}}
    return "0x" + keccak(text=_serialise(unnamed)).hex()


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it was read. `checksum_holds` is None when it carries none."""

    document: dict[str, Any]
    actions: tuple[Action, ...]
    checksum_holds: bool | None


def read(data: bytes, name: str) -> Batch:
    """Read a batch that anyone may have written. Raises InputError naming the place."""
    document = parse(data, name)
    transactions = document.get("transactions") if isinstance(document, dict) else None
    if not isinstance(transactions, list) or not isinstance(document.get("meta"), dict):
        raise InputError(f"{name}: is no Transaction Builder batch: no `meta` or `transactions`")
    actions = tuple(
        _action(one, f"{name}: transactions.{place}") for place, one in enumerate(transactions)
    )
    meta = {key: value for key, value in document["meta"].items() if key != "checksum"}
    stated = document["meta"].get("checksum")
    holds = checksum({**document, "meta": meta}) == stated if stated else None
    return Batch(document, actions, holds)


def _action(entry: object, place: str) -> Action:
    fields = entry if isinstance(entry, dict) else {}
    to, value, data = fields.get("to"), fields.get("value"), fields.get("data") or "0x"
    if not (isinstance(to, str) and is_address(to)):
        raise InputError(f"{place}.to: is no address")
    if not (isinstance(value, str) and re.fullmatch("[0-9]{1,78}", value)):
        raise InputError(f"{place}.value: must be text of digits, since numbers lose some")
    if not (isinstance(data, str) and re.fullmatch("0x([0-9a-fA-F]{2})*", data)):
        raise InputError(f"{place}.data: is not hexadecimal bytes after 0x")
    if data == "0x" and fields.get("contractMethod"):
        raise InputError(
            f"{place}: names a method instead of data; export it again with encoded data"
        )
    return Action(to_checksum_address(to), int(value), bytes.fromhex(data[2:]))


def _serialise(value: object) -> str:
    if isinstance(value, Mapping):
        names = sorted(value)
        parts = "".join(f"{_serialise(value[name])}," for name in names)
        return f"{{{_json(names)}{parts}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_serialise, value))}]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

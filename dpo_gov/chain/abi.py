"""Encoding and decoding by the ABIs of the package's contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from eth_abi import encode
from eth_abi.codec import ABIDecoder
from eth_abi.decoding import StringDecoder
from eth_abi.exceptions import DecodingError, EncodingError
from eth_abi.registry import registry
from eth_utils.abi import (
    abi_to_signature,
    collapse_if_tuple,
    event_abi_to_log_topic,
    function_signature_to_4byte_selector,
)

from dpo_gov import artifacts
from dpo_gov.chain import wire

Abi = Mapping[str, Any]


class Undecodable(ValueError):
    """Bytes that are not what the ABI says."""


@cache
def function(contract: str, name: str, count: int) -> Abi:
    """The function of `count` arguments; `name` is a whole signature where a name is used twice."""
    found = [
        abi
        for abi in artifacts.load(contract).abi
        if abi["type"] == "function"
        and name in (abi["name"], signature(abi))
        and len(abi["inputs"]) == count
    ]
    if len(found) != 1:
        raise KeyError(f"{contract} has {len(found)} functions {name} of {count} arguments")
    return found[0]


@cache
def event(contract: str, name: str) -> Abi:
    """The event of that name."""
    for abi in artifacts.load(contract).abi:
        if abi["type"] == "event" and abi["name"] == name:
            return abi
    raise KeyError(f"{contract} has no event {name}")


def constructor(contract: str) -> Abi:
    """The constructor; one without arguments where the contract has none."""
    for abi in artifacts.load(contract).abi:
        if abi["type"] == "constructor":
            return abi
    return {"type": "constructor", "inputs": []}


def signature(abi: Abi) -> str:
    """`transfer(address,uint256)`."""
    return str(abi_to_signature(abi))  # type: ignore[arg-type]  # a TypedDict there


def selector(abi: Abi) -> bytes:
    """The four bytes that stand for a function or an error."""
    return _selector(signature(abi))


@cache
def _selector(text: str) -> bytes:
    return bytes(function_signature_to_4byte_selector(text))


def topic(abi: Abi) -> bytes:
    """The 32 bytes that stand for an event."""
    return bytes(event_abi_to_log_topic(abi))  # type: ignore[arg-type]  # a TypedDict there


def types(parts: Sequence[Abi]) -> list[str]:
    """The types of inputs or outputs, structs written out."""
    return [collapse_if_tuple(part) for part in parts]  # type: ignore[arg-type]  # a TypedDict there


def pack(parts: Sequence[Abi], values: Sequence[object]) -> bytes:
    """Encode values by ABI parts. Raises ValueError where they do not fit."""
    try:
        return bytes(encode(types(parts), values))
    except EncodingError as error:
        raise ValueError(str(error)) from None


def unpack(parts: Sequence[Abi], raw: bytes, text_errors: str = "strict") -> tuple[Any, ...]:
    """Decode bytes by ABI parts, with names inside structs. Raises Undecodable.

    `text_errors`: what becomes of a text that is no UTF-8, as `bytes.decode` takes it.
    """
    try:
        values = _decoder(text_errors).decode(types(parts), raw)
    except (DecodingError, OverflowError, ValueError) as error:
        raise Undecodable(str(error)) from None
    return tuple(_named(part, value) for part, value in zip(parts, values, strict=True))


@cache
def _decoder(text_errors: str) -> ABIDecoder:
    # eth-abi leaves these two without types.
    known = registry.copy()  # type: ignore[no-untyped-call]  # eth-abi has none
    text = StringDecoder(text_errors)  # type: ignore[no-untyped-call]  # eth-abi has none
    known.unregister_decoder("string")
    known.register_decoder(lambda kind: kind == "string", text, label="string")
    return ABIDecoder(known)


def _named(abi: Abi, value: Any) -> Any:
    kind = str(abi["type"])
    if kind.endswith("]"):
        inner = {**abi, "type": kind[: kind.rindex("[")]}
        return tuple(_named(inner, one) for one in value)
    if kind == "tuple":
        parts = zip(abi["components"], value, strict=True)
        return {part["name"]: _named(part, one) for part, one in parts}
    return wire.checksum(value) if kind == "address" else value

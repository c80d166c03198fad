"""Calldata and its meaning: encoding by the ABIs of the package, and decoding back into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from eth_abi import encode
from eth_abi.codec import ABIDecoder
from eth_abi.decoding import ContextFramesBytesIO
from eth_abi.exceptions import DecodingError
from eth_abi.registry import registry
from eth_typing import ABIFunction
from eth_utils import to_checksum_address
from eth_utils.abi import abi_to_signature, function_abi_to_4byte_selector, get_abi_input_types

from dpo_gov import artifacts

_READINGS = 4
"""How often the decoder may read each byte; on honest calldata it looks twice."""


class _Stream(ContextFramesBytesIO):
    """Calldata that ends a decoding in which many offsets lead to the same bytes.

    125 KB of such calldata would become gigabytes of arguments.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)  # type: ignore[no-untyped-call]  # it has none
        self._left = _READINGS * len(data)

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._left -= len(data)
        if self._left < 0:
            raise DecodingError("parts of it are used again and again")
        return data


class _Decoder(ABIDecoder):
    stream_class = _Stream


_DECODER = _Decoder(registry)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a contract of this package."""

    contract: str
    abi: ABIFunction

    @property
    def name(self) -> str:
        """`StrategyRegistry.setParams`."""
        return f"{self.contract}.{self.abi['name']}"

    @property
    def signature(self) -> str:
        """`setParams(bytes32,(uint16,int256,int256)[],uint40,uint40,bytes32)`."""
        return abi_to_signature(self.abi)

    @property
    def selector(self) -> bytes:
        """The first four bytes of its calldata."""
        return function_abi_to_4byte_selector(self.abi)

    def encode(self, arguments: Sequence[object]) -> bytes:
        """Selector and arguments."""
        return self.selector + encode(get_abi_input_types(self.abi), arguments)

    def decode(self, calldata: bytes) -> dict[str, Any]:
        """The arguments by name; structs as mappings, addresses with their checksum.

        Raises ValueError when the bytes are not exactly what `encode` would give: calldata that
        two decoders may read differently is not to be voted on.
        """
        try:
            values = _DECODER.decode(get_abi_input_types(self.abi), calldata[4:])
        except (DecodingError, OverflowError, ValueError) as error:
            raise ValueError(f"its arguments do not decode: {error}") from error
        if self.encode(values) != calldata:
            raise ValueError("it holds bytes beyond its arguments")
        inputs = self.abi["inputs"]
        return {
            one.get("name") or str(place): _named(one, value)
            for place, (one, value) in enumerate(zip(inputs, values, strict=True))
        }


def function(contract: str, name: str) -> Function:
    """The function of a contract by its name; of overloaded ones the first."""
    for abi in artifacts.load(contract).abi:
        if abi["type"] == "function" and abi["name"] == name:
            return Function(contract, cast("ABIFunction", abi))
    raise KeyError(f"{contract} has no function {name}")


@cache
def functions() -> Mapping[bytes, Function]:
    """Every function of the package's contracts by selector; the first contract's name stays.

    Views, too: a vote that calls one makes a condition of it.
    """
    found: dict[bytes, Function] = {}
    for contract in _by_importance(artifacts.names()):
        for abi in artifacts.load(contract).abi:
            if abi["type"] == "function":
                one = Function(contract, cast("ABIFunction", abi))
                found.setdefault(one.selector, one)
    return found


def _by_importance(names: Sequence[str]) -> list[str]:
    first = ("StrategyRegistry", "DpoGovernor", "TimelockController", "ParameterExecutor")
    return [name for name in first if name in names] + [name for name in names if name not in first]


def _named(abi: Mapping[str, Any], value: Any) -> Any:
    kind = str(abi["type"])
    if kind.endswith("]"):
        inner = {**abi, "type": kind[: kind.rindex("[")]}
        return [_named(inner, one) for one in value]
    if kind == "tuple":
        parts = zip(abi["components"], value, strict=True)
        return {part["name"]: _named(part, one) for part, one in parts}
    return to_checksum_address(value) if kind == "address" else value

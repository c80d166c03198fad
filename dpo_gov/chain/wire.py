"""JSON-RPC's text forms: quantities and bytes as hex, read strictly."""

from __future__ import annotations

import re

from dpo_gov.errors import ChainError, InputError

_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
ZERO_ADDRESS = "0x" + "0" * 40


def quantity(value: object, what: str) -> int:
    """Read a hex number from a node; anything else is a ChainError naming `what`."""
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise ChainError(f"the node sent {_short(value)} for {what}; expected a hex number")


def data(value: object, what: str) -> bytes:
    """Read hex bytes from a node; anything else is a ChainError naming `what`."""
    if isinstance(value, str) and _DATA.fullmatch(value):
        return bytes.fromhex(value[2:])
    raise ChainError(f"the node sent {_short(value)} for {what}; expected hex bytes")


def address(value: object, what: str) -> str:
    """Read an address from a node; anything else is a ChainError naming `what`."""
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        return checksum(value.lower())
    raise ChainError(f"the node sent {_short(value)} for {what}; expected an address")


def to_hex(raw: bytes) -> str:
    """Bytes as 0x-prefixed hex."""
    return "0x" + raw.hex()


def checksum(address: str | bytes) -> str:
    """The address with its EIP-55 checksum. Raises InputError when it is none, or a wrong one."""
    from eth_utils.crypto import keccak

    if isinstance(address, bytes):
        address = to_hex(address)
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise InputError(f"{address!r} is no address; write 0x and 40 hex digits")
    low = address[2:].lower()
    digits = keccak(text=low).hex()
    proper = "0x" + "".join(
        letter.upper() if int(digit, 16) > 7 else letter
        for letter, digit in zip(low, digits, strict=False)
    )
    mixed = address[2:] not in (low, low.upper())
    if mixed and address != proper:
        raise InputError(f"{address} has a wrong checksum; a digit may be mistyped")
    return proper


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"

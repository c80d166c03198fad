"""Why a contract refuses a call: custom errors decoded and said in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dpo_gov import artifacts, units
from dpo_gov.chain import abi, wire, words
from dpo_gov.chain.transport import RpcRefused
from dpo_gov.params import ParamSpec, StrategyLayout, catalogue
from dpo_gov.proposal.actions import show_argument, show_time
from dpo_gov.units import Unit

_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})+")
_ERROR_STRING = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")
_PANICS = {
    0x01: "an assertion failed",
    0x11: "a number left its range",
    0x12: "a division by zero",
    0x21: "an unknown enum value",
    0x31: "an empty list was popped",
    0x32: "a list has no such place",
    0x41: "too much memory was asked for",
}
_OTHER_ERRORS = (
    # OpenZeppelin Governor before 5.7 and extensions that other governors have
    "GovernorQueueNotImplemented()",
    "GovernorProposalQueueingNotRequired(uint256 proposalId)",
    "GovernorProposalQueueingFailed(uint256 proposalId)",
    "GovernorDisabledDeposit()",
    "GovernorOnlyProposer(address account)",
    "GovernorUnableToCancel(uint256 proposalId, address account)",
    "GovernorAlreadyQueuedProposal(uint256 proposalId)",
    "GovernorNotQueuedProposal(uint256 proposalId)",
    "GovernorRestrictedProposer(address proposer)",
    "GovernorInvalidVoteParams()",
    "GovernorAlreadyOverriddenVote(address account)",
    "ERC4626ExceededMaxDeposit(address receiver, uint256 assets, uint256 max)",
    "ERC4626ExceededMaxMint(address receiver, uint256 shares, uint256 max)",
    "ERC4626ExceededMaxWithdraw(address owner, uint256 assets, uint256 max)",
    "ERC4626ExceededMaxRedeem(address owner, uint256 shares, uint256 max)",
    "SafeERC20FailedOperation(address token)",
    "OwnableUnauthorizedAccount(address account)",
    "EnforcedPause()",
    "ReentrancyGuardReentrantCall()",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decoded refusal: the error's name, its arguments, and a message for people."""

    name: str
    args: Mapping[str, Any]
    message: str


def refusal(error: RpcRefused, layouts: Sequence[StrategyLayout] = ()) -> Refusal:
    """What a node's error answer to a call means."""
    data = revert_data(error.data)
    if data:
        return explain(data, layouts)
    return Refusal("", {}, f"the node says: {error.message}")


def revert_data(found: object) -> bytes:
    """The bytes a contract reverted with; nodes put them at different places of their error."""
    if isinstance(found, Mapping):
        for name in ("data", "result", "originalError"):
            inner = revert_data(found.get(name))
            if inner:
                return inner
        return b""
    match = _HEX.search(found) if isinstance(found, str) else None
    return bytes.fromhex(match.group()[2:]) if match else b""


def explain(data: bytes, layouts: Sequence[StrategyLayout] = ()) -> Refusal:
    """Decode revert data by the ABIs of the package, OpenZeppelin's older names, Solidity's own."""
    selector, body = data[:4], data[4:]
    try:
        if selector == _ERROR_STRING:
            # A contract may say anything, also lines that look like ours.
            text = " ".join(str(abi.unpack([{"type": "string"}], body)[0])[:500].split())
            return Refusal("Error", {"reason": text}, text or "no reason given")
        if selector == _PANIC:
            code = abi.unpack([{"type": "uint256"}], body)[0]
            return Refusal("Panic", {"code": code}, _PANICS.get(code, f"panic {code:#x}"))
        found = errors().get(selector)
        if found is None:
            return Refusal("", {}, f"an error that is not known here: {_short(data)}")
        names = [one["name"] for one in found["inputs"]]
        args = dict(zip(names, abi.unpack(found["inputs"], body), strict=True))
    except abi.Undecodable:
        return Refusal("", {}, f"an error that does not decode: {_short(data)}")
    name = str(found["name"])
    return Refusal(name, args, f"{name}: {_sentence(name, args, layouts)}")


@cache
def errors() -> Mapping[bytes, abi.Abi]:
    """Every custom error that is known, by selector."""
    abis = [one for name in artifacts.names() for one in artifacts.load(name).abi]
    known = [*(one for one in abis if one["type"] == "error"), *map(_parse, _OTHER_ERRORS)]
    found: dict[bytes, abi.Abi] = {}
    for one in known:
        found.setdefault(abi.selector(one), one)
    return found


def error_name(selector: bytes) -> str:
    """The name of an error by its first four bytes, or these in hex; empty for zeros."""
    if not any(selector):
        return ""
    found = errors().get(bytes(selector))
    return str(found["name"]) if found else wire.to_hex(selector)


def _parse(text: str) -> abi.Abi:
    name, _, rest = text.partition("(")
    parts = [part.split() for part in rest.rstrip(")").split(",") if part]
    inputs = [{"type": kind, "name": label} for kind, label in parts]
    return {"type": "error", "name": name, "inputs": inputs}


def _short(data: bytes) -> str:
    return f"0x{data[:36].hex()}" + ("…" if len(data) > 36 else "")


class _Arguments(dict[str, "Argument"]):
    """The arguments of an error; one that another version of a contract lacks is unknown."""

    def __missing__(self, key: str) -> str:
        return "?"


def _sentence(name: str, args: Mapping[str, Any], layouts: Sequence[StrategyLayout]) -> str:
    specs = {spec.key: spec for layout in layouts for spec in catalogue(layout)}
    shown = _Arguments({label: Argument(label, args, specs) for label in args})
    template = words.SENTENCES.get(name)
    if template is None:
        return ", ".join(f"{label} {value}" for label, value in shown.items()) or "no more is said"
    return template.format_map(shown)


class Argument:
    """One argument of an error, which shows itself as its format asks."""

    def __init__(self, label: str, args: Mapping[str, Any], specs: Mapping[int, ParamSpec]) -> None:
        self._label, self._args, self._specs = label, args, specs

    def __format__(self, kind: str) -> str:
        value = self._args[self._label]
        if kind in ("param", "lower", "upper"):
            key = self._args["key" if kind == "param" else f"{kind}Key"]
            return self._specs[key].show(value) if key in self._specs else str(value)
        if kind == "key":
            return self._specs[value].name if value in self._specs else f"parameter {value:#06x}"
        return _SHOW[kind](value) if kind else show_argument(self._label, value)

    __str__ = __repr__ = lambda self: format(self, "")


def _states(bitmap: bytes) -> str:
    bits = int.from_bytes(bitmap)
    some = [state for place, state in enumerate(words.STATES) if bits >> place & 1]
    return " or ".join(some) or "another state"


_SHOW: Mapping[str, Callable[[Any], str]] = {
    "time": show_time,
    "duration": lambda value: units.show(value, Unit.SECONDS),
    "bps": lambda value: units.show(value, Unit.BPS),
    "ppm": lambda value: units.show(value, Unit.PPM),
    "share": lambda value: f"{value / 10**16:.4g} %",
    "usd": lambda value: f"${value / 10**18:,.2f}",
    "votes": lambda value: f"{value / 10**18:,.6g}",
    "role": lambda value: words.roles().get(value, wire.to_hex(value)),
    "state": lambda value: words.STATES[value] if value < len(words.STATES) else str(value),
    "states": _states,
}
"""How an argument is shown, by the format that a sentence names."""

"""What a proposal does on chain: its actions, their ids, and what calldata means in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from eth_abi import encode
from eth_utils import keccak, to_checksum_address

from dpo_gov.params import Change, ParamSpec, StrategyLayout, catalogue
from dpo_gov.proposal.abi import function, functions

MAX_ACTIONS = 10
"""The most that common governors and their front ends take."""
MAX_CALLDATA = 128 * 1024
"""The largest transaction that public nodes relay."""
MAX_NESTING = 4


@dataclass(frozen=True, slots=True)
class Action:
    """One call of a proposal. `signature` is for people; the selector is in the calldata."""

    target: str
    value: int
    calldata: bytes
    signature: str = ""


def set_params_action(
    registry: str,
    strategy_id: bytes,
    changes: Sequence[Change],
    window: tuple[int, int],
    report_hash: bytes,
) -> Action:
    """The call of the registry that makes the changes as one version, within the window."""
    call = function("StrategyRegistry", "setParams")
    entries = [(change.key, change.old, change.new) for change in changes]
    calldata = call.encode([strategy_id, entries, *window, report_hash])
    return Action(to_checksum_address(registry), 0, calldata, call.signature)


def require_code_action(preconditions: str, code_hashes: Mapping[str, bytes]) -> Action:
    """The call that refuses the batch unless each address still has code of this hash."""
    call = function("Preconditions", "requireCode")
    calldata = call.encode([list(code_hashes), list(code_hashes.values())])
    return Action(to_checksum_address(preconditions), 0, calldata, call.signature)


def description_hash(description: bytes) -> bytes:
    """keccak256 of the exact bytes of a description."""
    return bytes(keccak(description))


def proposal_id(actions: Sequence[Action], description: bytes) -> int:
    """The id that an OpenZeppelin Governor gives a proposal.

    uint256(keccak256(abi.encode(targets, values, calldatas, descriptionHash))). It names neither
    chain nor governor: the same proposal has the same id everywhere.
    """
    types = ["address[]", "uint256[]", "bytes[]", "bytes32"]
    targets = [action.target for action in actions]
    values = [action.value for action in actions]
    calldatas = [action.calldata for action in actions]
    encoded = encode(types, [targets, values, calldatas, description_hash(description)])
    return int.from_bytes(keccak(encoded))


@dataclass(frozen=True, slots=True)
class NamedChange:
    """A change in words: `driftThreshold`, `5 %`, `6 %`."""

    key: int
    name: str
    old: str
    new: str

    def __str__(self) -> str:
        if self.old == self.new:
            return f"{self.name} stays {self.old}"
        return f"{self.name} {self.old} → {self.new}"


@dataclass(frozen=True, slots=True)
class DecodedCall:
    """What one calldata does.

    `function`: contract and function, or an empty text when the selector is unknown. `arguments`:
    by name, as decoded. `changes`: of a strategy's parameters, in words. `conditions`: what it
    requires, in words. `inner`: the calls that it carries (a proposal, a batch). `problem`: why it
    could not be read whole, else empty.
    """

    calldata: bytes
    function: str = ""
    signature: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    strategy: str = ""
    changes: tuple[NamedChange, ...] = ()
    conditions: tuple[str, ...] = ()
    inner: tuple[DecodedCall, ...] = ()
    problem: str = ""

    def lines(self, indent: str = "") -> Iterator[str]:
        """The call for people, one fact a line."""
        yield indent + (self.function or self._unknown())
        if self.problem:
            yield f"{indent}  cannot be read: {self.problem}"
        for name, value in self.plain_arguments.items():
            if not (isinstance(value, list) and value and isinstance(value[0], dict)):
                yield f"{indent}  {name}: {show_argument(name, value)}"
                continue
            yield f"{indent}  {name}:"
            for entry in value:
                parts = (f"{one} {show_argument(one, part)}" for one, part in entry.items())
                yield f"{indent}    {', '.join(parts)}"
        for line in (*self.conditions, *self.changes):
            yield f"{indent}  {line}"
        for call in self.inner:
            yield from call.lines(indent + "  ")

    @property
    def plain_arguments(self) -> dict[str, Any]:
        """The arguments that nothing else here says in words."""
        said = {"changes", "calldatas", "payloads"}
        if self.conditions:
            said |= {"targets", "codeHashes"}
        return {name: value for name, value in self.arguments.items() if name not in said}

    def _unknown(self) -> str:
        if not self.calldata:
            return "a plain transfer"
        return f"unknown selector 0x{self.calldata[:4].hex()}, {len(self.calldata)} bytes"


def decode(calldata: bytes, layouts: Iterable[StrategyLayout] = ()) -> DecodedCall:
    """Say what calldata does, by the ABIs of this package.

    `layouts` give names and units to parameters; without its strategy's, a change keeps its key
    and stored integers. Never raises: what cannot be read is said in `problem`.
    """
    return _decode(calldata, {layout.strategy_id: layout for layout in layouts}, MAX_NESTING)


def _decode(calldata: bytes, layouts: dict[bytes, StrategyLayout], nesting: int) -> DecodedCall:
    found = functions().get(calldata[:4])
    if found is None:
        return DecodedCall(calldata)
    try:
        if len(calldata) > MAX_CALLDATA:
            raise ValueError(f"it has {len(calldata)} bytes, more than a transaction carries")
        if nesting == 0:
            raise ValueError("calls are nested too deep")
        arguments = found.decode(calldata)
    except ValueError as error:
        return DecodedCall(calldata, found.name, found.signature, problem=str(error))
    layout = layouts.get(arguments.get("strategyId", b""))
    carried = arguments.get("calldatas", arguments.get("payloads", []))
    return DecodedCall(
        calldata,
        found.name,
        found.signature,
        arguments,
        strategy=layout.name if layout else "",
        changes=tuple(_changes(arguments.get("changes", []), layout)),
        conditions=tuple(_conditions(arguments)),
        inner=tuple(_decode(one, layouts, nesting - 1) for one in carried),
    )


def _changes(entries: Sequence[Any], layout: StrategyLayout | None) -> Iterator[NamedChange]:
    specs = {spec.key: spec for spec in catalogue(layout)} if layout else {}
    for entry in entries:
        key, old, new = entry["key"], entry["from"], entry["to"]
        spec = specs.get(key)
        name = spec.name if spec else f"parameter {key:#06x}"
        yield NamedChange(key, name, _show(spec, old), _show(spec, new))


def _conditions(arguments: Mapping[str, Any]) -> Iterator[str]:
    """One line for each target; where the lists do not belong together, the arguments speak."""
    targets, hashes = arguments.get("targets", []), arguments.get("codeHashes", [])
    if len(targets) == len(hashes):
        for target, code_hash in zip(targets, hashes, strict=True):
            yield f"requires that the code of {target} still hashes to 0x{code_hash.hex()}"


def _show(spec: ParamSpec | None, value: int) -> str:
    return spec.show(value) if spec else f"{value} (stored)"


def show_argument(name: str, value: object) -> str:
    """An argument for people: times as dates, names of strategies as text, bytes in hex."""
    if name in ("notBefore", "notAfter", "until") and isinstance(value, int):
        return show_time(value)
    if isinstance(value, bytes):
        text = value.rstrip(b"\0")
        named = name == "strategyId" and text.isascii() and text.decode().isprintable()
        return text.decode() if named else "0x" + value.hex()
    if isinstance(value, list | Mapping):
        return _show_parts(name, value)
    if isinstance(value, str) and not value.startswith("0x"):
        # A text could imitate the lines around it, or steer the terminal.
        first, *more = value.split("\n")
        return ascii(first[:100]) + (f" and {len(more)} more lines" if more else "")
    return str(value)


def _show_parts(name: str, value: list[object] | Mapping[str, object]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(show_argument(name, one) for one in value)}]"
    parts = (f"{part}: {show_argument(part, one)}" for part, one in value.items())
    return f"({', '.join(parts)})"


def show_time(seconds: int) -> str:
    """A time in UTC, or the bare number where no calendar reaches."""
    if seconds >= 253_402_300_800:
        return f"{seconds} (never)" if seconds >= 2**40 - 1 else str(seconds)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"

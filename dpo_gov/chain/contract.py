"""A contract at an address: reading, preparing calls, and finding its events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dpo_gov.chain import abi, wire
from dpo_gov.chain.calls import PreparedCall
from dpo_gov.chain.network import Chain, Log
from dpo_gov.chain.refusals import refusal
from dpo_gov.chain.transport import RpcRefused
from dpo_gov.errors import CallRefused, ChainError
from dpo_gov.params import StrategyLayout

LOG_RANGE = 10_000
"""Blocks in one request for events; fewer where a node finds that too many."""


class NotThisContract(ChainError):
    """What answers at the address is not the contract that was expected there."""


@dataclass(frozen=True, slots=True)
class Event:
    """A decoded event.

    Bytes of a text that are no UTF-8 are lone surrogates in it (`surrogateescape`): nobody may
    hide all events by one text that does not decode.
    """

    name: str
    args: Mapping[str, Any]
    block: int
    transaction: str


class Contract:
    """One contract of `chain`, seen through the ABI of the package's contract called `name`."""

    def __init__(
        self, chain: Chain, address: str, name: str, layouts: Sequence[StrategyLayout] = ()
    ) -> None:
        self.chain = chain
        self.address = address
        self.name = name
        self.layouts = tuple(layouts)

    def read(self, function: str, *args: object, block: int | str = "latest") -> Any:
        """What a view returns: one value, or a tuple of several; structs as mappings.

        `function` is a name, or a whole signature where a name is used twice. Raises CallRefused
        where the contract reverts, NotThisContract where the answer does not decode as its own.
        """
        found = abi.function(self.name, function, len(args))
        call = {"to": self.address, "data": wire.to_hex(_calldata(found, args))}
        try:
            raw = self.chain.call(call, block)
        except RpcRefused as error:
            said = refusal(error, self.layouts)
            raise CallRefused(f"{self.name}.{found['name']}: {said.message}", said.name) from None
        try:
            values = abi.unpack(found["outputs"], raw)
        except abi.Undecodable:
            raise NotThisContract(
                f"{self.address} on {self.chain.name} does not answer {found['name']} as a "
                f"{self.name} does ({len(raw)} bytes); is the deployment file the right one?"
            ) from None
        return values[0] if len(values) == 1 else values

    def prepare(self, function: str, *args: object, value: int = 0) -> PreparedCall:
        """A call to look at, try and send."""
        found = abi.function(self.name, function, len(args))
        return PreparedCall(
            chain=self.chain,
            to=self.address,
            function=f"{self.name}.{found['name']}",
            data=_calldata(found, args),
            value=value,
            layouts=self.layouts,
        )

    def events(
        self, name: str, first: int, last: int, topics: Sequence[object] = ()
    ) -> Iterator[Event]:
        """The events of one name in a range of blocks, oldest first; `topics` are the indexed."""
        found = abi.event(self.name, name)
        for log in self._logs([wire.to_hex(abi.topic(found)), *topics], first, last):
            yield _event(found, log)

    def decode(self, name: str, logs: Iterable[Log]) -> Iterator[Event]:
        """The events of one name of this contract among the logs of a receipt."""
        found = abi.event(self.name, name)
        topic = abi.topic(found)
        for log in logs:
            if log.address == self.address and log.topics[:1] == (topic,):
                yield _event(found, log)

    def _logs(self, topics: Sequence[object], first: int, last: int) -> Iterator[Log]:
        size = LOG_RANGE
        while first <= last:
            end = min(first + size - 1, last)
            try:
                found = self.chain.logs(self.address, topics, first, end)
            except RpcRefused as error:
                if size == 1:
                    raise ChainError(
                        f"{self.chain.name} refuses eth_getLogs of one block: {error.message}"
                    ) from None
                size = max(1, size // 4)
                continue
            yield from found
            first = end + 1


def create(chain: Chain, name: str, *args: object) -> PreparedCall:
    """The creation of one of the package's contracts."""
    from dpo_gov import artifacts

    code = bytes.fromhex(artifacts.load(name).bytecode.removeprefix("0x"))
    data = code + abi.pack(abi.constructor(name)["inputs"], args)
    return PreparedCall(chain=chain, to=None, function=name, data=data)


def _calldata(found: abi.Abi, args: Sequence[object]) -> bytes:
    try:
        return abi.selector(found) + abi.pack(found["inputs"], args)
    except ValueError as error:
        raise CallRefused(f"{found['name']} cannot take these arguments: {error}") from None


def _event(found: abi.Abi, log: Log) -> Event:
    indexed = [one for one in found["inputs"] if one["indexed"]]
    plain = [one for one in found["inputs"] if not one["indexed"]]
    try:
        in_topics = abi.unpack(indexed, b"".join(log.topics[1:]))
        in_data = abi.unpack(plain, log.data, "surrogateescape")
    except abi.Undecodable:
        raise ChainError(
            f"{log.address} sent an event {found['name']} in block {log.block} that does not decode"
        ) from None
    names = [one["name"] for one in (*indexed, *plain)]
    args = dict(zip(names, (*in_topics, *in_data), strict=True))
    return Event(str(found["name"]), args, log.block, log.transaction)

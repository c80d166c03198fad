"""`calldata.json`: a proposal as the governor receives it, with the meaning beside the bytes.

Every number is text. The words under `decoded` are for people; only target, value and calldata
count, and a check holds the words against them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from eth_utils import is_checksum_address
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from dpo_gov.errors import ProposalError
from dpo_gov.params import StrategyLayout
from dpo_gov.proposal.actions import (
    Action,
    DecodedCall,
    decode,
    description_hash,
    proposal_id,
    show_argument,
)
from dpo_gov.proposal.strict_json import dump, parse


def _checksummed(text: str) -> str:
    if not is_checksum_address(text):
        raise ValueError("is no address with its checksum")
    return text


def _of_256_bits(text: str) -> str:
    if int(text) >= 2**256:
        raise ValueError("is 2**256 or more, which no word of the EVM holds")
    return text


Number = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,77})$"), AfterValidator(_of_256_bits)]
Address = Annotated[str, AfterValidator(_checksummed)]
Hash = Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")]
Hex = Annotated[str, Field(pattern=r"^0x([0-9a-f]{2})*$")]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Address
    value: Number
    calldata: Hex
    signature: str
    decoded: dict[str, Any]

    @property
    def action(self) -> Action:
        return Action(
            self.target, int(self.value), bytes.fromhex(self.calldata[2:]), self.signature
        )


class Bundle(BaseModel):
    """What goes to the governor, and the ids that follow from it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    chain_id: Number
    governor: Address
    proposal_id: Number
    description_hash: Hash
    report_hash: Hash
    actions: tuple[_Entry, ...]

    @classmethod
    def of(
        cls,
        actions: Iterable[Action],
        *,
        chain_id: int,
        governor: str,
        description: bytes,
        report_hash: bytes,
        layouts: Iterable[StrategyLayout],
    ) -> Bundle:
        """The bundle of actions that are proposed with these bytes of a description."""
        given, known = tuple(actions), tuple(layouts)
        return cls(
            chain_id=str(chain_id),
            governor=governor,
            proposal_id=str(proposal_id(given, description)),
            description_hash="0x" + description_hash(description).hex(),
            report_hash="0x" + report_hash.hex(),
            actions=tuple(
                _Entry(
                    target=action.target,
                    value=str(action.value),
                    calldata="0x" + action.calldata.hex(),
                    signature=action.signature,
                    decoded=in_words(decode(action.calldata, known)),
                )
                for action in given
            ),
        )

    @classmethod
    def read(cls, data: bytes, name: str) -> Bundle:
        """Read the file. Raises InputError (not JSON) and ProposalError (not a bundle)."""
        try:
            return cls.model_validate(parse(data, name))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ProposalError(
                f"{name}: {place}: {first['msg']}; `dpo-gov proposal render` writes it anew"
            ) from error

    def calls(self) -> tuple[Action, ...]:
        """The actions, in order."""
        return tuple(entry.action for entry in self.actions)

    def to_bytes(self) -> bytes:
        """The file."""
        return dump(self.model_dump(by_alias=True))


def in_words(call: DecodedCall) -> dict[str, Any]:
    """A decoded call as JSON of texts."""
    words: dict[str, Any] = {"function": call.function or "unknown"}
    if call.problem:
        words["problem"] = call.problem
    for name, value in call.plain_arguments.items():
        words[name] = value if isinstance(value, str) else show_argument(name, value)
    if call.conditions:
        words["conditions"] = list(call.conditions)
    if call.changes:
        words["changes"] = [
            {"parameter": c.name, "key": str(c.key), "from": c.old, "to": c.new}
            for c in call.changes
        ]
    if call.inner:
        words["calls"] = [in_words(inner) for inner in call.inner]
    return words

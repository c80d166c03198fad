"""What a proposal needs to know of the chain, as plain data: the chain layer is above this one."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Reliance(BaseModel):
    """A contract that a vote relies on: what it is called, and keccak256 of its code."""

    model_config = ConfigDict(frozen=True)

    name: str
    address: str
    code_hash: bytes


class Site(BaseModel):
    """Where a proposal goes: the chain, its governor, and the registry that it changes.

    `preconditions`: the contract that asks again, when the vote is carried out, about what it
    `relies_on`. Addresses carry their checksum.
    """

    model_config = ConfigDict(frozen=True)

    chain_id: int
    governor: str
    registry: str
    preconditions: str
    relies_on: tuple[Reliance, ...]


class ChainFacts(Site):
    """The site as it is now; times in Unix seconds.

    `earliest`: first moment at which a vote that is proposed now can be executed. `code_size`: in
    bytes by address. `votes`, `threshold`: of the author, and what a proposer needs; None when
    the governor was not asked.
    """

    now: int
    earliest: int
    code_size: Mapping[str, int]
    votes: int | None = None
    threshold: int | None = None

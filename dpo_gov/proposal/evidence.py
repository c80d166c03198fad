"""What a proposal quotes from its report.json, and the hash that binds it to the vote.

The file is the report layer's; only the fields that the texts and the checks need are read here.
"""

from __future__ import annotations

from typing import Annotated

import rfc8785
from eth_utils import keccak
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from dpo_gov.errors import ProposalError
from dpo_gov.proposal.folder import REPORT
from dpo_gov.proposal.strict_json import parse

_AGAIN = "`dpo-gov proposal render` writes it anew"
Whole = Annotated[str, Field(pattern=r"^(0|-?[1-9][0-9]{0,77})$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Figure(_Part):
    """An estimate and its 95 % confidence interval; `unit` as in the report."""

    estimate: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    unit: str


class _Side(_Part):
    figures: dict[str, Figure]


class _Value(_Part):
    name: str
    current: Whole
    proposed: Whole


class _Source(_Part):
    asset: str
    name: str
    first: str
    last: str


class _Market(_Part):
    name: str
    sources: tuple[_Source, ...]


class _Layout(_Part):
    name: str


class _Inputs(_Part):
    layout: _Layout
    parameters: tuple[_Value, ...]
    market: _Market
    market_sha256: str
    paths: int
    seed: Whole
    horizon_days: int
    portfolio: FiniteFloat


class Unseen(_Part):
    """A changed parameter that the model cannot see, and why."""

    name: str
    why: str


class Stress(_Part):
    """One historical day: return of the portfolio on both sides."""

    date: str
    event: str
    current: FiniteFloat
    proposed: FiniteFloat


class Evidence(_Part):
    """The risk of both sides, as the report has it."""

    arithmetic: str
    model: str
    inputs: _Inputs
    not_modelled: tuple[Unseen, ...]
    assumptions: tuple[str, ...]
    current: _Side
    proposed: _Side
    difference: dict[str, Figure]
    stress: tuple[Stress, ...]

    report_hash: bytes = b""

    @classmethod
    def read(cls, data: bytes, name: str = REPORT) -> Evidence:
        """Read the bytes of a report. Raises InputError, or ProposalError for what is no report.

        The bytes must be canonical (RFC 8785): the hash is of bytes, and one content must not
        have two of them.
        """
        content = parse(data, name, fractions=True)
        try:
            evidence = cls.model_validate(content)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the whole file"
            raise ProposalError(f"{name}: {place}: {first['msg']}; {_AGAIN}") from error
        if rfc8785.dumps(content) != data:
            raise ProposalError(f"{name}: is not in canonical form (RFC 8785); {_AGAIN}")
        return evidence.model_copy(update={"report_hash": bytes(keccak(data))})

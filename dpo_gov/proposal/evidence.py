"""What a proposal quotes from its report.json, and the hash that binds it to the vote.

The file is the report layer's; only the fields that the texts and the checks need are read here.
"""

from __future__ import annotations

from typing import Annotated, Self

import rfc8785
from eth_utils import keccak
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from dpo_gov.errors import ProposalError
from dpo_gov.params import StrategyLayout
from dpo_gov.proposal.folder import REPORT
from dpo_gov.proposal.strict_json import parse

_AGAIN = "`dpo-gov proposal render` writes it anew"
Whole = Annotated[str, Field(pattern=r"^(0|-?[1-9][0-9]{0,77})$")]


FIGURES = {
    "mean_return": "Mean return",
    "median_return": "Median return",
    "loss_probability": "Chance of a loss",
    "volatility": "Volatility, a year",
    "sharpe": "Sharpe ratio",
    "var_95": "Value at risk, 95 %",
    "cvar_95": "Mean loss of the worst 5 %",
    "var_99": "Value at risk, 99 %",
    "cvar_99": "Mean loss of the worst 1 %",
    "max_drawdown": "Maximum drawdown, mean",
    "halving_probability": "Chance of a fall by half from a peak",
    "turnover": "Turnover",
    "rebalances": "Rebalances",
    "cost": "Trading cost",
    "time_out_of_band": "Time out of band",
    "tracking_error": "Tracking error, a year",
}
"""The figures that a voter reads, by their names in the report."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Figure(_Part):
    """An estimate and its 95 % confidence interval; `unit` as in the report."""

    estimate: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    unit: str


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


class _Inputs(_Part):
    layout: StrategyLayout
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
    """One historical day; `loss` of the portfolio as a share, positive when value is lost."""

    date: str
    event: str
    loss: FiniteFloat


class _Side(_Part):
    figures: dict[str, Figure]
    stress: tuple[Stress, ...]


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
    stress_notes: tuple[str, ...]

    report_hash: bytes = b""

    @model_validator(mode="after")
    def _both_sides(self) -> Self:
        for place, figures in (
            ("current", self.current.figures),
            ("proposed", self.proposed.figures),
            ("difference", self.difference),
        ):
            if missing := set(FIGURES) - set(figures):
                raise ValueError(f"{place} lacks the figure {min(missing)}")
        days = [[day.date for day in side.stress] for side in (self.current, self.proposed)]
        if days[0] != days[1]:
            raise ValueError("the two sides have other days of stress")
        return self

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

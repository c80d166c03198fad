"""The report as data. Its RFC 8785 bytes are the file; keccak256 of these is the report's hash.

It depends on the parameters of both sides, the market, the simulation's size and the versions of
arithmetic and model, and on nothing else: no address, no time of day, no machine. Integers that
may pass 2**53 are decimal text, since JSON numbers are doubles.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import rfc8785
from eth_utils import keccak
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from dpo_gov.market import Market
from dpo_gov.params import ParamSet, StrategyLayout, catalogue
from dpo_gov.risk import Difference, Figure
from dpo_gov.simulate import Extra, NotModelled, SimSpec, StressResult
from dpo_gov.study import Contribution

VERSION = 1
Whole = Annotated[str, Field(pattern=r"^(0|-?[1-9][0-9]{0,77})$")]
"""An integer of any size, as decimal text."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
Row = tuple[FiniteFloat, ...]
GREEK_PERCENTS = (5, 50, 95)


class Model(BaseModel):
    """Frozen, and closed against fields that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Parameter(Model):
    """One parameter on both sides, in stored units of `unit`."""

    key: int
    name: str
    unit: str
    current: Whole
    proposed: Whole


class Inputs(Model):
    """All that the figures depend on: with these and the versions anyone gets the same bits.

    `portfolio`: dollars in the portfolio at the start; gas and depth weigh more on a small one.
    """

    layout: StrategyLayout
    parameters: tuple[Parameter, ...]
    market: Market
    market_sha256: Digest
    paths: int
    seed: Whole
    horizon_days: int
    portfolio: FiniteFloat
    modules: Annotated[tuple[Extra, ...], Field(exclude_if=lambda names: not names)] = ()
    """What is simulated besides rebalancing."""

    @classmethod
    def of(cls, current: ParamSet, proposed: ParamSet, market: Market, spec: SimSpec) -> Inputs:
        """The inputs of a simulation of two sets of one layout."""
        parameters = tuple(
            Parameter(
                key=param.key,
                name=param.name,
                unit=param.unit.name.lower(),
                current=str(current.values[param.key]),
                proposed=str(proposed.values[param.key]),
            )
            for param in catalogue(current.layout)
        )
        return cls(
            layout=current.layout,
            parameters=parameters,
            market=market,
            market_sha256=market.hash(),
            paths=spec.paths,
            seed=str(spec.seed),
            horizon_days=spec.horizon_days,
            portfolio=spec.portfolio,
            modules=spec.modules,
        )

    @property
    def current(self) -> ParamSet:
        """The parameters before the change."""
        values = {param.key: int(param.current) for param in self.parameters}
        return ParamSet(layout=self.layout, values=values)

    @property
    def proposed(self) -> ParamSet:
        """The parameters after the change."""
        values = {param.key: int(param.proposed) for param in self.parameters}
        return ParamSet(layout=self.layout, values=values)

    @property
    def spec(self) -> SimSpec:
        """The size of the simulation."""
        return SimSpec(
            paths=self.paths,
            seed=int(self.seed),
            horizon_days=self.horizon_days,
            portfolio=self.portfolio,
            modules=self.modules,
        )


class Greeks(Model):
    """How a vault's delta, gamma and vega are spread over its days, of the net asset value.

    A row for each of the fan's days, a column for each of `GREEK_PERCENTS`.
    """

    delta: tuple[Row, ...]
    gamma: tuple[Row, ...]
    vega: tuple[Row, ...]


class Side(Model):
    """What one set of parameters leads to.

    `fan`: net asset value per start value, a row for each of the fan's days, a column for each of
    its percents. `drawdowns`: paths in each bin. `points`: trading cost and tracking error of the
    first paths, for the plot of one against the other. `stress`: single days of the record, each
    from the side's own targets.
    """

    figures: dict[str, Figure]
    outputs_sha256: Digest
    fan: tuple[Row, ...]
    drawdowns: tuple[Count, ...]
    points: tuple[Row, ...]
    stress: tuple[StressResult, ...]
    greeks: Annotated[Greeks | None, Field(exclude_if=lambda greeks: greeks is None)] = None
    """Where hedging is simulated."""


class Histogram(Model):
    """Counts between ascending edges; the outer bins also hold what lies beyond them."""

    edges: Row
    counts: tuple[Count, ...]


class Report(Model):
    """Current against proposed on the same shocks."""

    version: Literal[1]
    arithmetic: str
    model: str
    inputs: Inputs
    changes: tuple[str, ...]
    not_modelled: tuple[NotModelled, ...]
    assumptions: tuple[str, ...]
    current: Side
    proposed: Side
    difference: dict[str, Difference]
    attribution: tuple[Contribution, ...]
    """What each change that the model sees contributes; empty where there is one only."""
    better_paths: Count
    """Paths on which the proposed side ends with more than the current one."""
    stress_notes: tuple[str, ...]
    """Which days of stress are left out, and why."""
    fan_days: tuple[Count, ...]
    fan_percents: tuple[Count, ...]
    drawdown_edges: Row
    return_differences: Histogram

    def to_bytes(self) -> bytes:
        """RFC 8785 JSON: one sequence of bytes for one content."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    @cached_property
    def hash(self) -> bytes:
        """keccak256 of the bytes: the `reportHash` of calldata, description and registry."""
        return hash_of(self.to_bytes())

    @property
    def hash_text(self) -> str:
        """The hash as people and explorers write it."""
        return "0x" + self.hash.hex()


def hash_of(data: bytes) -> bytes:
    """keccak256 of the bytes of a report.json."""
    return keccak(data)

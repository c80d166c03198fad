"""What a parameter is: its place, unit and limits, and the packed form of these on chain."""

from __future__ import annotations

from enum import Enum
from functools import cached_property

from pydantic import BaseModel, ConfigDict, model_validator

from dpo_gov import units
from dpo_gov.units import Unit

LANES = 8
LANE_BITS = 32
WORDS_PER_MODULE = 32
RELATIVE_BASE = 10_000
"""Relative steps are basis points of the current value."""


class Module(Enum):
    """A self-contained group of words: one validator checks it, one contract caches it."""

    REBALANCING = 0
    COLLATERAL = 1
    HEDGING = 2
    FEES = 3


class Risk(Enum):
    """Which direction adds risk. The guardian may only move the other way."""

    NEUTRAL = 0
    UP = 1
    DOWN = 2
    BOTH = 3


class ParamSpec(BaseModel):
    """The typed specification of one parameter of one strategy.

    `minimum`, `maximum`: hard bounds, in `unit`, inclusive; for amounts in 10**`scale` units.
    `step_up`, `step_down`: largest change by the steward in one update; `jump`: by governance in
    one version. They are in `unit`, or basis points of the current value when `relative`.
    `cooldown`: seconds between two changes by the steward, or after one by governance.
    `group`: bit mask of the lanes of this word that must be stated together with this one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    module: Module
    word: int
    lane: int
    unit: Unit
    minimum: int
    maximum: int
    step_up: int
    step_down: int
    jump: int
    cooldown: int
    risk: Risk
    relative: bool = False
    signed: bool = False
    scale: int = 0
    group: int = 0
    default: int
    help: str
    enforced_by: str
    """The contract that obeys it, or an empty text while none does."""
    symbol: str = ""
    decimals: int = 0

    @model_validator(mode="after")
    def _holds(self) -> ParamSpec:
        low, high = (-(2**31), 2**31) if self.signed else (0, 2**32)
        if not low <= self.minimum <= self.maximum < high:
            raise ValueError(f"{self.name}: bounds do not fit a lane")
        if not self.lower <= self.default <= self.upper:
            raise ValueError(f"{self.name}: default {self.default} is out of bounds")
        if not (0 <= self.lane < LANES and 0 <= self.word < WORDS_PER_MODULE):
            raise ValueError(f"{self.name}: no such place")
        return self

    @cached_property
    def key(self) -> int:
        """uint16 on chain: module (8 bits) | word (5 bits) | lane (3 bits)."""
        return self.module.value << 8 | self.word << 3 | self.lane

    @property
    def coupled(self) -> frozenset[int]:
        """Keys that must be stated together with this one; itself is among them, if there are."""
        return frozenset(self.key - self.lane + n for n in range(LANES) if self.group >> n & 1)

    @property
    def is_amount(self) -> bool:
        """Amounts take a word of their own."""
        return self.unit is Unit.AMOUNT

    @property
    def lower(self) -> int:
        """The lower hard bound in stored units."""
        return self.minimum * int(10**self.scale)

    @property
    def upper(self) -> int:
        """The upper hard bound in stored units."""
        return self.maximum * int(10**self.scale)

    def parse(self, text: object) -> int:
        """Read a value of this parameter; raises UnitError."""
        return units.parse(text, self.unit, symbol=self.symbol, decimals=self.decimals)

    def show(self, value: int) -> str:
        """Print a value of this parameter; `parse` reads it back."""
        return units.show(value, self.unit, symbol=self.symbol, decimals=self.decimals)

    def packed(self) -> int:
        """The spec as the registry stores it.

        Bits, from the lowest: minimum 32, maximum 32, step up 32, step down 32, jump 32,
        cool-down 32, flags 64. Flags: group mask 8, risk 2, relative 1, signed 1, listed 1,
        amount 1, (2 free), scale 8, unit 8.
        """
        flags = (
            self.group
            | self.risk.value << 8
            | self.relative << 10
            | self.signed << 11
            | 1 << 12
            | self.is_amount << 13
            | self.scale << 16
            | self.unit.value << 24
        )
        fields = (
            self.minimum,
            self.maximum,
            self.step_up,
            self.step_down,
            self.jump,
            self.cooldown,
        )
        word = flags << 192
        for place, field in enumerate(fields):
            word |= (field & 0xFFFF_FFFF) << (32 * place)
        return word

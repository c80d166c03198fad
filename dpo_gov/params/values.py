"""The values of all parameters of a strategy, their packed words, and what changes between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from dpo_gov.errors import UnknownName
from dpo_gov.params.catalogue import MODULE_WORDS, StrategyLayout, catalogue
from dpo_gov.params.spec import LANE_BITS, Module, ParamSpec
from dpo_gov.units import Unit

WHOLES = {Unit.BPS: 10_000, Unit.PPM: 1_000_000}
"""The stored value of a whole, in the units of shares."""
_LANE_MASK = (1 << LANE_BITS) - 1


class Change(BaseModel):
    """One entry of a registry call: `key` from `old` to `new`, in stored units.

    Equal values state that the parameter stays what it is: a precondition, not a write.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: int
    old: int
    new: int


class ParamSet(BaseModel):
    """All parameters of one strategy: `values` by key, in stored units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: StrategyLayout
    values: Mapping[int, int]

    @classmethod
    def defaults(cls, layout: StrategyLayout) -> ParamSet:
        """The catalogue's defaults for this layout."""
        return cls(layout=layout, values={spec.key: spec.default for spec in catalogue(layout)})

    @classmethod
    def from_words(cls, layout: StrategyLayout, words: Mapping[Module, Iterable[int]]) -> ParamSet:
        """Read the packed words of every module, as the registry returns them."""
        unpacked = {module: list(some) for module, some in words.items()}
        values = {}
        for spec in catalogue(layout):
            word = unpacked[spec.module][spec.word]
            values[spec.key] = word if spec.is_amount else _lane(word, spec)
        return cls(layout=layout, values=values)

    @cached_property
    def specs(self) -> dict[str, ParamSpec]:
        """The specs by name."""
        return {spec.name: spec for spec in catalogue(self.layout)}

    def spec(self, name: str) -> ParamSpec:
        """The spec of a parameter; raises UnknownName with the nearest names."""
        if name in self.specs:
            return self.specs[name]
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(name, self.specs, n=3, cutoff=0.4))
        hint = f"did you mean: {near}?" if near else "`dpo-gov params show` lists them all"
        raise UnknownName(f"{name!r} is no parameter of strategy {self.layout.name!r}; {hint}")

    def get(self, name: str) -> int:
        """The stored value of a parameter by name."""
        return self.values[self.spec(name).key]

    def fraction(self, name: str) -> float:
        """A parameter that is a share of a whole, as a number: 0.05 for 5 %."""
        return self.get(name) / WHOLES[self.spec(name).unit]

    def weights(self) -> tuple[int, ...]:
        """Target weights in basis points, in the order of the layout's assets."""
        return tuple(self.get(f"targetWeight[{symbol}]") for symbol in self.layout.assets)

    def words(self, module: Module) -> tuple[int, ...]:
        """The packed words of a module."""
        words = [0] * MODULE_WORDS[module]
        for spec in catalogue(self.layout):
            if spec.module is module:
                value = self.values[spec.key]
                shift = 0 if spec.is_amount else LANE_BITS * spec.lane
                words[spec.word] |= (value if spec.is_amount else value & _LANE_MASK) << shift
        return tuple(words)

    def apply(self, changes: Iterable[Change]) -> ParamSet:
        """The set after the changes; their `old` values are not looked at."""
        return ParamSet(
            layout=self.layout,
            values={**self.values, **{change.key: change.new for change in changes}},
        )


def diff(current: ParamSet, proposed: ParamSet) -> list[Change]:
    """What changes between two sets of one layout, ascending by key.

    Where a coupled key changes, its whole group is stated, as the registry demands.
    """
    specs = catalogue(current.layout)
    stated = set()
    for spec in specs:
        if current.values[spec.key] != proposed.values[spec.key]:
            stated |= {spec.key} | spec.coupled
    return [
        Change(key=spec.key, old=current.values[spec.key], new=proposed.values[spec.key])
        for spec in specs
        if spec.key in stated
    ]


def _lane(word: int, spec: ParamSpec) -> int:
    value = word >> (LANE_BITS * spec.lane) & _LANE_MASK
    return value - (1 << LANE_BITS) if spec.signed and value >> (LANE_BITS - 1) else value

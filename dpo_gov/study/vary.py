"""Which parameter sets a study looks at: axes such as `driftThreshold=1%:8%:8`, and their designs.

Target weights must sum to the whole, so the base asset takes what the varied weights leave,
unless it is varied itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from dpo_gov.errors import InputError, RuleBroken, UnitError
from dpo_gov.guardrails import RegistryState, check_invariants
from dpo_gov.params import ParamSet, ParamSpec

MOST_POINTS = 100_000
_WHOLE = 10_000


@dataclass(frozen=True)
class Axis:
    """A parameter and where it goes: from `low` to `high` in stored units, `count` values of it.

    A count of 0 leaves the number to the design.
    """

    spec: ParamSpec
    low: int
    high: int
    count: int

    @classmethod
    def parse(cls, state: RegistryState, text: str) -> Axis:
        """Read `name=low:high` or `name=low:high:count`. Raises InputError, UnitError, UnknownName.

        Both ends carry their unit and lie within today's hard bounds, where alone a vote can go.
        """
        name, equals, rest = (part.strip() for part in text.partition("="))
        parts = [part.strip() for part in rest.split(":")]
        if not equals or len(parts) not in (2, 3):
            raise InputError(f"{text!r}: write NAME=LOW:HIGH:COUNT, such as driftThreshold=1%:8%:8")
        spec = state.spec(name)
        try:
            low, high = spec.parse(parts[0]), spec.parse(parts[1])
        except UnitError as error:
            raise UnitError(f"{text!r}: {error}") from error
        if not spec.lower <= low < high <= spec.upper:
            raise InputError(
                f"{text!r}: goes from {spec.show(low)} to {spec.show(high)}; write the lower end "
                f"first, within {spec.show(spec.lower)} … {spec.show(spec.upper)}"
            )
        axis = cls(spec, low, high, _count(text, parts[2]) if len(parts) == 3 else 0)
        if axis.count > high - low + 1:
            raise InputError(
                f"{text!r}: has {high - low + 1} values in all, and {axis.count} are asked for"
            )
        return axis

    def at(self, share: float) -> int:
        """The stored value at a share of the way, 0 to 1, rounded to a whole one."""
        return self.low + round(share * (self.high - self.low))

    @property
    def values(self) -> tuple[int, ...]:
        """`count` values at equal distances, both ends among them."""
        return tuple(self.at(place / (self.count - 1)) for place in range(self.count))


@dataclass(frozen=True)
class Point:
    """One parameter set of a study. `refused`: the rule that it breaks, in words, or nothing."""

    number: int
    params: ParamSet
    refused: str


def axes(state: RegistryState, texts: Sequence[str]) -> tuple[Axis, ...]:
    """The axes in the order given; raises InputError where a parameter comes twice."""
    found = tuple(Axis.parse(state, text) for text in texts)
    names = [axis.spec.name for axis in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError(f"{', '.join(sorted(twice))} is given twice; give each parameter once")
    for axis in found:
        check_can_vary(state, axis.spec, names)
    return found


def check_can_vary(state: RegistryState, spec: ParamSpec, names: Sequence[str]) -> None:
    """Refuse the base asset's weight where it would vary without another, which cannot be."""
    first, *others = (f"targetWeight[{symbol}]" for symbol in state.layout.assets)
    if spec.name == first and not set(others).intersection(names):
        raise InputError(
            f"{first} is what the other weights leave; vary {' or '.join(others)} instead"
        )


def grid(state: RegistryState, params: ParamSet, given: Sequence[Axis]) -> Iterator[Point]:
    """Every combination of the axes' values in `params`; the last axis moves fastest.

    Raises InputError for an axis without a count, or for more than `MOST_POINTS` points.
    """
    if lacking := [axis.spec.name for axis in given if not axis.count]:
        raise InputError(
            f"{lacking[0]}: how many values? write {lacking[0]}=LOW:HIGH:COUNT, or --sobol POINTS"
        )
    _check_size(prod(axis.count for axis in given))
    return _points(state, params, given, product(*(axis.values for axis in given)))


def sobol(
    state: RegistryState, params: ParamSet, given: Sequence[Axis], count: int
) -> Iterator[Point]:
    """The first `count` points of the Sobol sequence over the axes, not scrambled.

    Points are even in all projections; powers of two are the best counts (Sobol' 1967; direction
    numbers of Joe & Kuo 2008, as scipy has them). Raises InputError without scipy.
    """
    _check_size(count)
    try:
        from scipy.stats import qmc
    except ImportError as error:
        raise InputError(
            "Sobol designs need scipy; `pip install 'dpo-gov[study]'` adds it, or give a grid"
        ) from error
    exponent = max(count - 1, 1).bit_length()
    shares = qmc.Sobol(len(given), scramble=False).random_base2(exponent)[:count]
    rows = (tuple(axis.at(x) for axis, x in zip(given, row, strict=True)) for row in shares)
    return _points(state, params, given, rows)


def with_values(params: ParamSet, values: Mapping[str, int]) -> ParamSet:
    """The set with other values by name; the base asset takes what other weights leave."""
    wanted = {params.spec(name).key: value for name, value in values.items()}
    weights = [params.spec(f"targetWeight[{symbol}]") for symbol in params.layout.assets]
    if weights[0].key not in wanted and any(spec.key in wanted for spec in weights):
        others = sum(wanted.get(spec.key, params.values[spec.key]) for spec in weights[1:])
        wanted[weights[0].key] = _WHOLE - others
    return params.model_copy(update={"values": {**params.values, **wanted}})


def refusal(state: RegistryState, params: ParamSet) -> str:
    """Why the registry would refuse this set however it were reached, in words, or nothing.

    Asked are bounds and giving up of what changes, and the rules of the modules that are touched,
    with the venues' thresholds as they are.
    """
    by_key = state.by_key
    changed = [spec for key, spec in by_key.items() if params.values[key] != state.values[key]]
    for spec in changed:
        value = params.values[spec.key]
        if not spec.lower <= value <= spec.upper:
            return f"OutOfBounds: {spec.name} would be {spec.show(value)}"
        if spec.key in state.abdicated:
            return f"Abdicated: {spec.name} has been given up for ever"
    try:
        # A key begins with its module, so these come in the registry's order.
        check_invariants(params, dict.fromkeys(s.module for s in changed), state.thresholds)
    except RuleBroken as error:
        return str(error)
    return ""


def _points(
    state: RegistryState,
    params: ParamSet,
    given: Sequence[Axis],
    rows: Iterator[tuple[int, ...]],
) -> Iterator[Point]:
    for number, row in enumerate(rows):
        names = (axis.spec.name for axis in given)
        varied = with_values(params, dict(zip(names, row, strict=True)))
        yield Point(number, varied, refusal(state, varied))


def _count(text: str, digits: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", digits) or not 2 <= int(digits) <= MOST_POINTS:
        raise InputError(
            f"{text!r}: {digits[:20]!r} is no count of values; write a number from 2 up"
        )
    return int(digits)


def _check_size(count: int) -> None:
    if count > MOST_POINTS:
        raise InputError(f"{count:,} points; at most {MOST_POINTS:,} are looked at in one study")

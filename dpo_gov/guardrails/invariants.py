"""Rules between the parameters of a module: the twin of contracts/validators/.

Each rule gives its reason there. They are asked by name here and by place on chain, so a lane that
is out of place in one of the two shows in the differential test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dpo_gov.errors import RuleBroken
from dpo_gov.params import Module, ParamSet, ParamSpec, StrategyLayout, catalogue

WHOLE = 10_000
GAPS_TO_CEILING = 5
FEES_LIMIT = 500_000
"""In parts per million: half of a gross return of 10 % a year."""

Thresholds = Mapping[str, int | None]
"""Liquidation thresholds in basis points; None where a venue does not say."""
_Problem = Callable[[ParamSpec, int, ParamSpec, int], RuleBroken | None]


@dataclass(frozen=True)
class Relation:
    """A rule between two parameters: `problem` of them and their values is None while it holds.

    It holds less the higher the first one is; and the lower the second one where that `rises`, that
    is, makes room by going up, else the higher.
    """

    first: ParamSpec
    second: ParamSpec
    problem: _Problem
    rises: bool

    def broken(self, values: Mapping[int, int]) -> RuleBroken | None:
        """What the rule says to these values, by key."""
        first, second = self.first, self.second
        return self.problem(first, values[first.key], second, values[second.key])


def check_invariants(
    params: ParamSet,
    modules: Iterable[Module] = tuple(Module),
    thresholds: Thresholds | None = None,
) -> None:
    """Raise RuleBroken, named as on chain, for the first rule that is broken in `modules`.

    `thresholds`: of the venues, by collateral.
    """
    for module in modules:
        if module is Module.REBALANCING:
            _check_weights(params)
        for relation in relations(params.layout, module, thresholds or {}):
            problem = relation.broken(params.values)
            if problem:
                raise problem


def relations(
    layout: StrategyLayout, module: Module, thresholds: Thresholds
) -> tuple[Relation, ...]:
    """The rules between two parameters of a module, in the order of their checks."""
    return _relations(layout, module, tuple(sorted(thresholds.items())))


@lru_cache(maxsize=256)
def _relations(
    layout: StrategyLayout, module: Module, thresholds: tuple[tuple[str, int | None], ...]
) -> tuple[Relation, ...]:
    specs = {spec.name: spec for spec in catalogue(layout)}
    rows = {
        Module.REBALANCING: _rebalancing(layout),
        Module.COLLATERAL: _collateral(layout, dict(thresholds)),
        Module.HEDGING: _hedging(),
        Module.FEES: iter([("performanceFee", "managementFee", _fees, False)]),
    }[module]
    return tuple(
        Relation(specs[first], specs[second], rule, rises) for first, second, rule, rises in rows
    )


_Row = tuple[str, str, _Problem, bool]


def _rebalancing(layout: StrategyLayout) -> Iterator[_Row]:
    yield "tradeCoolOff", "rebalanceInterval", _at_most, True
    yield "maxSlippage", "slippageBudget", _at_most, True
    yield "navDeviation", "slippageBudget", _at_most, True
    yield "minIdle", f"targetWeight[{layout.assets[0]}]", _at_most, True


def _collateral(layout: StrategyLayout, thresholds: Thresholds) -> Iterator[_Row]:
    for symbol in layout.collaterals:
        yield f"targetLtv[{symbol}]", f"maxLtv[{symbol}]", _at_most, True
        yield f"maxLtv[{symbol}]", "ltvBuffer", _room_below(thresholds.get(symbol, WHOLE)), False
    yield "ripcordHealthFactor", "deleverHealthFactor", _below, True
    yield "debtCeilingGap", "debtCeiling", _within_gap, True


def _hedging() -> Iterator[_Row]:
    yield "deltaBand", "maxNetDelta", _at_most, True
    yield "minAbsDelta", "maxAbsDelta", _at_most, True
    yield "minTenor", "maxTenor", _below, True
    yield "ivMin", "ivMax", _below, True
    yield "spotShockDown", "spotShockUp", _below, True


def _check_weights(params: ParamSet) -> None:
    total = sum(params.weights())
    if total != WHOLE:
        raise RuleBroken(
            "WeightsDoNotSum",
            f"target weights sum to {total / 100:g} %; they must sum to 100 %",
            sum=total,
        )


def _at_most(low: ParamSpec, lower: int, high: ParamSpec, upper: int) -> RuleBroken | None:
    return _out_of_order(low, lower, high, upper, "must be at most") if lower > upper else None


def _below(low: ParamSpec, lower: int, high: ParamSpec, upper: int) -> RuleBroken | None:
    return _out_of_order(low, lower, high, upper, "must be below") if lower >= upper else None


def _out_of_order(
    low: ParamSpec, lower: int, high: ParamSpec, upper: int, relation: str
) -> RuleBroken:
    return RuleBroken(
        "OutOfOrder",
        f"{low.name} {relation} {high.name}; they would be {low.show(lower)} and "
        f"{high.show(upper)}",
        lower_key=low.key,
        lower=lower,
        upper_key=high.key,
        upper=upper,
    )


def _room_below(threshold: int | None) -> _Problem:
    def problem(ltv: ParamSpec, largest: int, room: ParamSpec, buffer: int) -> RuleBroken | None:
        limit = threshold if largest else WHOLE  # without debt no venue is asked
        if limit is None:
            return RuleBroken(
                "VenueUnreadable",
                f"a lending venue does not say at which debt it liquidates what {ltv.name} is for; "
                "governance can name other venues, and the guardian can still reduce risk",
            )
        if largest + buffer <= limit:
            return None
        above = "above any venue's" if limit == WHOLE else "the venue's"
        return RuleBroken(
            "NoRoomForBuffer",
            f"{ltv.name} of {ltv.show(largest)} and {room.name} of {room.show(buffer)} sum to "
            f"more than {ltv.show(limit)}, {above} liquidation threshold; lower one of them",
            key=ltv.key,
            max_ltv=largest,
            ltv_buffer=buffer,
            threshold=limit,
        )

    return problem


def _within_gap(spec: ParamSpec, gap: int, over: ParamSpec, ceiling: int) -> RuleBroken | None:
    if gap <= ceiling // GAPS_TO_CEILING:
        return None
    return RuleBroken(
        "GapTooWide",
        f"{spec.name} of {spec.show(gap)} is more than a fifth of {over.name}, which is "
        f"{over.show(ceiling)}; lower the gap with it",
        gap=gap,
        ceiling=ceiling,
    )


def _fees(_: ParamSpec, performance: int, __: ParamSpec, management: int) -> RuleBroken | None:
    total = performance + 10 * management
    if total <= FEES_LIMIT:
        return None
    return RuleBroken(
        "FeesTooHigh",
        f"performanceFee and ten times managementFee sum to {total / 10_000:g} %; "
        f"at most {FEES_LIMIT / 10_000:g} % is allowed",
        sum=total,
        limit=FEES_LIMIT,
    )

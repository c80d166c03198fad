"""Which modules a change asks for, and which changed parameters the simulation cannot see, and why.

A change without effect on the figures would read as harmless; it is named instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from dpo_gov.errors import InputError, UnknownName
from dpo_gov.market import Market
from dpo_gov.params import Module, ParamSet, ParamSpec, StrategyLayout
from dpo_gov.simulate import borrowing, hedging
from dpo_gov.simulate.borrowing import Lenders
from dpo_gov.simulate.hedging import Instrument
from dpo_gov.simulate.outcomes import Extra, SimSpec
from dpo_gov.simulate.portfolio import DAY

_FEES = "fees are not simulated yet"
_UNSEEN = {
    "oracleMaxStaleness": "prices of the model are never late",
    "oracleMaxDeviation": "the model has one price for each asset, so sources never disagree",
    "sequencerGrace": "the model's chain never stops",
    "auctionDuration": "the simulated vault trades at venues, not by auction",
}
_LATE = "the model's oracle is late, but no price is refused for its age"
_WHOLE_DAYS = {"rebalanceInterval", "tradeCoolOff"}
_AT_LEAST_A_DAY = {"slippageWindow", "weightRamp"}


@dataclass(frozen=True)
class NotModelled:
    """A changed parameter that has no effect on the figures, and the reason."""

    name: str
    why: str


def missing(module: Extra, layout: StrategyLayout, market: Market) -> str:
    """What strategy or market lack for a module to be simulated, or an empty text."""
    if module == "hedging" and len(layout.assets) == 1:
        return f"strategy {layout.name} has no asset beside its base asset"
    try:
        if module == "collateral":
            Lenders.of(market, layout)
        else:
            Instrument.all_of(market, layout)
    except (InputError, UnknownName) as error:
        return str(error)
    return ""


def covering(spec: SimSpec, sets: Sequence[ParamSet], market: Market) -> SimSpec:
    """The spec, with the modules of all parameters in which the sets differ, where it can be.

    Raises InputError for a module that the spec asks for and that cannot be simulated.
    """
    layout, first = sets[0].layout, sets[0]
    for name in spec.modules:
        if why := missing(name, layout, market):
            raise InputError(f"module {name}: {why}")
    changed = {
        param.module.name.lower()
        for param in first.specs.values()
        if any(one.values[param.key] != first.values[param.key] for one in sets)
    }
    found = [name for name in get_args(Extra) if name in changed]
    seen = [name for name in found if not missing(name, layout, market)]
    return spec.model_copy(update={"modules": tuple(sorted({*spec.modules, *seen}))})


def not_modelled(
    current: ParamSet, proposed: ParamSet, market: Market, modules: Sequence[Extra] = ()
) -> tuple[NotModelled, ...]:
    """The changes between two sets that the simulation cannot see, ascending by key.

    `modules`: those that it has besides rebalancing.
    """
    found = []
    for name, spec in current.specs.items():
        old, new = current.values[spec.key], proposed.values[spec.key]
        if old == new:
            continue
        if spec.module in (Module.COLLATERAL, Module.HEDGING):
            module: Extra = "collateral" if spec.module is Module.COLLATERAL else "hedging"
            why = _unseen(module, modules, current.layout, market)
            if not why:
                part = borrowing if module == "collateral" else hedging
                why = part.unseen(name, current, proposed, market)
        else:
            why = _reason(spec, old, new, ramps=current.weights() != proposed.weights())
            if name == "oracleMaxStaleness" and market.oracle and market.oracle.delay:
                why = _LATE
        if why:
            found.append(NotModelled(name, why))
    return tuple(found)


def _unseen(module: Extra, modules: Sequence[Extra], layout: StrategyLayout, market: Market) -> str:
    if module in modules:
        return ""
    return missing(module, layout, market) or f"this run leaves {module} out"


def _reason(spec: ParamSpec, old: int, new: int, *, ramps: bool) -> str:
    if spec.module is Module.FEES:
        return _FEES
    if spec.name in _UNSEEN:
        return _UNSEEN[spec.name]
    if spec.name in _WHOLE_DAYS and _days(old) == _days(new):
        return f"the vault is looked at once a day; both round to {_days(new)} d"
    if spec.name in _AT_LEAST_A_DAY and max(old, DAY) == max(new, DAY):
        return "the vault is looked at once a day; both are over within one"
    if spec.name == "weightRamp" and not ramps:
        return "no target weight changes, so nothing ramps"
    return ""


def _days(seconds: int) -> int:
    return max(-(-seconds // DAY), 1)

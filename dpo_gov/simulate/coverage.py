"""Which changed parameters the simulation cannot see, and why.

A change without effect on the figures would read as harmless; it is named instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from dpo_gov.params import Module, ParamSet, ParamSpec
from dpo_gov.simulate.portfolio import DAY

_MODULES = {
    Module.COLLATERAL: "borrowing against collateral is not simulated yet",
    Module.HEDGING: "hedges are not simulated yet",
    Module.FEES: "fees are not simulated yet",
}
_UNSEEN = {
    "oracleMaxStaleness": "prices of the model are never late",
    "oracleMaxDeviation": "the model has one price for each asset, so sources never disagree",
    "sequencerGrace": "the model's chain never stops",
    "auctionDuration": "the simulated vault trades at venues, not by auction",
}
_WHOLE_DAYS = {"rebalanceInterval", "tradeCoolOff"}
_AT_LEAST_A_DAY = {"slippageWindow", "weightRamp"}


@dataclass(frozen=True)
class NotModelled:
    """A changed parameter that has no effect on the figures, and the reason."""

    name: str
    why: str


def not_modelled(current: ParamSet, proposed: ParamSet) -> tuple[NotModelled, ...]:
    """The changes between two sets that the simulation cannot see, ascending by key."""
    found = []
    for name, spec in current.specs.items():
        old, new = current.values[spec.key], proposed.values[spec.key]
        why = _reason(spec, old, new, ramps=current.weights() != proposed.weights())
        if old != new and why:
            found.append(NotModelled(name, why))
    return tuple(found)


def _reason(spec: ParamSpec, old: int, new: int, *, ramps: bool) -> str:
    if spec.module in _MODULES:
        return _MODULES[spec.module]
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

"""The collateral module's parameters as plain numbers, and where its sleeves start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dpo_gov.params import ParamSet
from dpo_gov.policy.collateral import Limits, aim_of, bound_of


class Start(NamedTuple):
    """A sleeve at the start: what is posted and owed.

    `held_by`: the kind of parameter that keeps the debt below the target; empty where none does.
    """

    posted: float
    debt: float
    held_by: str


@dataclass(frozen=True)
class CollateralRules:
    """Shares of 1 and seconds; amounts in values of the vault at the start.

    Figures of collaterals and of venues are in the order of the strategy's layout.
    """

    targets: tuple[float, ...]
    largest: tuple[float, ...]
    ramp: float
    relative_caps: tuple[float, ...]
    absolute_caps: tuple[float, ...]
    ceiling: float
    gap: float
    raise_wait: float
    limits: Limits

    @classmethod
    def of(cls, params: ParamSet, worth: float) -> CollateralRules:
        """Read the parameters of a strategy; `worth`: value of one token of the base asset."""
        layout, share = params.layout, params.fraction

        def amount(name: str) -> float:
            tokens: float = params.get(name) / 10**layout.base_decimals
            return tokens * worth

        return cls(
            targets=tuple(share(f"targetLtv[{name}]") for name in layout.collaterals),
            largest=tuple(share(f"maxLtv[{name}]") for name in layout.collaterals),
            ramp=float(params.get("ltvRamp")),
            relative_caps=tuple(share(f"relCap[{name}]") for name in layout.venues),
            absolute_caps=tuple(amount(f"absCap[{name}]") for name in layout.venues),
            ceiling=amount("debtCeiling"),
            gap=amount("debtCeilingGap"),
            raise_wait=float(params.get("debtCeilingTtl")),
            limits=Limits(
                delever=share("deleverHealthFactor"),
                ripcord=share("ripcordHealthFactor"),
                buffer=share("ltvBuffer"),
                slippage=share("maxSlippage"),
                ripcord_slippage=share("ripcordSlippage"),
                max_rate=share("maxBorrowRate"),
                hysteresis=share("rateSwitchHysteresis"),
                hold=float(params.get("minHoldTime")),
                flash_fee=share("flashloanFeeMax"),
            ),
        )

    def start(self, weights: Sequence[float], thresholds: Sequence[float]) -> list[Start]:
        """The sleeves at the start, by collateral, all of them at the first venue.

        `weights`: net values. Each sleeve is at its aim where caps and ceiling let it, those first
        that the layout names first.
        """
        cap, named = min(
            (self.absolute_caps[0], "absCap"), (self.relative_caps[0], "relCap")
        )  # of equal ones the former
        ceiling, found = self.ceiling, []
        for place, weight in enumerate(weights):
            aim, why = self._aim(place, thresholds[place])
            debt, why = min(
                (aim * weight / (1.0 - aim), why),
                (aim * cap, named),
                (ceiling, "debtCeiling"),
                key=lambda one: one[0],
            )
            posted = min(weight + debt, cap)
            found.append(Start(posted, debt, why))
            cap, ceiling = cap - posted, ceiling - debt
        return found

    def _aim(self, place: int, threshold: float) -> tuple[float, str]:
        """Debt of what is posted, and what keeps it below its target."""
        target, largest = self.targets[place], self.largest[place]
        bound = bound_of(largest, threshold, self.limits.buffer)
        aim = float(aim_of(target, bound, threshold, self.limits.delever))
        if aim == target:
            return aim, ""
        if aim < bound:
            return aim, "deleverHealthFactor"
        return aim, "maxLtv" if aim == largest else "ltvBuffer"

"""The collateral module's parameters as plain numbers, and where its sleeves start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dpo_gov.params import ParamSet
from dpo_gov.policy.collateral import Limits, aim_of, bound_of


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

    def start(
        self, weights: Sequence[float], thresholds: Sequence[float]
    ) -> list[tuple[float, float]]:
        """What is posted and owed at the start, by collateral, all of it at the first venue.

        `weights`: net values. Each sleeve is at its aim where caps and ceiling let it, those first
        that the layout names first.
        """
        cap = min(self.relative_caps[0], self.absolute_caps[0])
        ceiling, found = self.ceiling, []
        for place, weight in enumerate(weights):
            threshold = thresholds[place]
            bound = bound_of(self.largest[place], threshold, self.limits.buffer)
            aim = float(aim_of(self.targets[place], bound, threshold, self.limits.delever))
            debt = min(aim * weight / (1.0 - aim), aim * cap, ceiling)
            posted = min(weight + debt, cap)
            found.append((posted, debt))
            cap, ceiling = cap - posted, ceiling - debt
        return found

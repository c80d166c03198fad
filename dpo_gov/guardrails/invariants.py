"""Rules between the parameters of a module: the twin of contracts/validators/.

Each rule gives its reason there. They are asked by name here and by place on chain, so a lane that
is out of place in one of the two shows in the differential test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dpo_gov.errors import RuleBroken
from dpo_gov.params import Module, ParamSet

WHOLE = 10_000
GAPS_TO_CEILING = 5
FEES_LIMIT = 500_000
"""In parts per million: half of a gross return of 10 % a year."""


def check_invariants(params: ParamSet, modules: Iterable[Module] = tuple(Module)) -> None:
    """Raise RuleBroken, named as on chain, for the first rule that is broken in `modules`."""
    for module in modules:
        _RULES[module](params)


def _rebalancing(params: ParamSet) -> None:
    total = sum(params.weights())
    if total != WHOLE:
        raise RuleBroken(
            "WeightsDoNotSum",
            f"target weights sum to {total / 100:g} %; they must sum to 100 %",
            sum=total,
        )
    _at_most(params, "tradeCoolOff", "rebalanceInterval")
    _at_most(params, "maxSlippage", "slippageBudget")
    _at_most(params, "navDeviation", "slippageBudget")
    _at_most(params, "minIdle", f"targetWeight[{params.layout.assets[0]}]")


def _collateral(params: ParamSet) -> None:
    buffer = params.get("ltvBuffer")
    for symbol in params.layout.collaterals:
        _at_most(params, f"targetLtv[{symbol}]", f"maxLtv[{symbol}]")
        spec = params.spec(f"maxLtv[{symbol}]")
        largest = params.values[spec.key]
        if largest + buffer > WHOLE:
            raise RuleBroken(
                "NoRoomForBuffer",
                f"{spec.name} of {spec.show(largest)} and ltvBuffer of {spec.show(buffer)} sum "
                "to more than 100 %, above any venue's liquidation threshold; lower one of them",
                key=spec.key,
                max_ltv=largest,
                ltv_buffer=buffer,
            )
    _below(params, "ripcordHealthFactor", "deleverHealthFactor")
    gap, ceiling = params.get("debtCeilingGap"), params.get("debtCeiling")
    if gap > ceiling // GAPS_TO_CEILING:
        show = params.spec("debtCeiling").show
        raise RuleBroken(
            "GapTooWide",
            f"debtCeilingGap of {show(gap)} is more than a fifth of debtCeiling, which is "
            f"{show(ceiling)}; lower the gap with it",
            gap=gap,
            ceiling=ceiling,
        )


def _hedging(params: ParamSet) -> None:
    _at_most(params, "deltaBand", "maxNetDelta")
    _at_most(params, "minAbsDelta", "maxAbsDelta")
    _below(params, "minTenor", "maxTenor")
    _below(params, "ivMin", "ivMax")
    _below(params, "spotShockDown", "spotShockUp")


def _fees(params: ParamSet) -> None:
    total = params.get("performanceFee") + 10 * params.get("managementFee")
    if total > FEES_LIMIT:
        raise RuleBroken(
            "FeesTooHigh",
            f"performanceFee and ten times managementFee sum to {total / 10_000:g} %; "
            f"at most {FEES_LIMIT / 10_000:g} % is allowed",
            sum=total,
            limit=FEES_LIMIT,
        )


_RULES: dict[Module, Callable[[ParamSet], None]] = {
    Module.REBALANCING: _rebalancing,
    Module.COLLATERAL: _collateral,
    Module.HEDGING: _hedging,
    Module.FEES: _fees,
}


def _at_most(params: ParamSet, lower: str, upper: str) -> None:
    if params.get(lower) > params.get(upper):
        raise _out_of_order(params, lower, upper, "must be at most")


def _below(params: ParamSet, lower: str, upper: str) -> None:
    if params.get(lower) >= params.get(upper):
        raise _out_of_order(params, lower, upper, "must be below")


def _out_of_order(params: ParamSet, lower: str, upper: str, relation: str) -> RuleBroken:
    low, high = params.spec(lower), params.spec(upper)
    return RuleBroken(
        "OutOfOrder",
        f"{lower} {relation} {upper}; they would be {low.show(params.get(lower))} and "
        f"{high.show(params.get(upper))}",
        lower_key=low.key,
        lower=params.get(lower),
        upper_key=high.key,
        upper=params.get(upper),
    )

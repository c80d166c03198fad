"""The catalogue: every strategy parameter, defined once, deployed from here.

Bounds, steps and cool-downs follow what live protocols use or allow (see docs/parameters.md);
`jump`, the bound on governance, is five steward steps; where steps are relative it is 75 % of the
value, so that one version cannot empty it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from dpo_gov.params.spec import Module, ParamSpec, Risk
from dpo_gov.units import Unit

HOUR, DAY = 3_600, 86_400
MAX_ASSETS, MAX_COLLATERALS, MAX_VENUES = 8, 3, 2
VAULT, HUB = "RebalancingVault", "RebalancingVault, OracleHub"
_UP, _DOWN, _BOTH, _NEUTRAL = Risk.UP, Risk.DOWN, Risk.BOTH, Risk.NEUTRAL

# name, unit, minimum, maximum, step (bps of the value where relative), relative, cool-down, risk,
# default, enforced by, help; the position in the word is the position in the list.
_Row = tuple[str, Unit, int, int, int, bool, int, Risk, int, str, str]

# fmt: off
# A table: one parameter a row.
_TRADING: list[_Row] = [
    ("driftThreshold", Unit.BPS, 25, 2_000, 100, False, DAY, _BOTH, 500, VAULT,
     "largest drift of one weight from its target before the vault may rebalance"),
    ("recenteringSpeed", Unit.PPM, 10_000, 1_000_000, 100_000, False, DAY, _UP, 1_000_000, VAULT,
     "share of the drift that one rebalance may close"),
    ("rebalanceInterval", Unit.SECONDS, 900, 2_592_000, 5_000, True, DAY, _DOWN, 30 * DAY, VAULT,
     "time after which the vault may rebalance below the threshold"),
    ("tradeCoolOff", Unit.SECONDS, 0, DAY, HOUR, False, DAY, _DOWN, 6 * HOUR, VAULT,
     "least time between two rebalances"),
    ("maxTradeSize", Unit.BPS, 10, 2_500, 5_000, True, DAY, _UP, 1_500, VAULT,
     "largest single trade, of the net asset value"),
    ("maxSlippage", Unit.BPS, 1, 300, 25, False, DAY, _UP, 50, VAULT,
     "largest loss of one trade against the oracle price"),
    ("slippageBudget", Unit.BPS, 10, 1_000, 50, False, 3 * DAY, _UP, 100, VAULT,
     "largest sum of trade losses in one window, of the net asset value; it leaks away"),
    ("slippageWindow", Unit.SECONDS, HOUR, 7 * DAY, 5_000, True, DAY, _DOWN, DAY, VAULT,
     "time in which a used slippage budget is free again"),
]
_SAFETY: list[_Row] = [
    ("navDeviation", Unit.BPS, 1, 100, 10, False, 3 * DAY, _UP, 30, VAULT,
     "largest loss of net asset value by one rebalance"),
    ("oracleMaxStaleness", Unit.SECONDS, 60, 3 * DAY, 5_000, True, DAY, _UP, DAY, HUB,
     "oldest price that may be used; a feed's own limit may be tighter"),
    ("oracleMaxDeviation", Unit.BPS, 50, 2_000, 100, False, DAY, _UP, 300, HUB,
     "largest difference between a feed and its second source"),
    ("sequencerGrace", Unit.SECONDS, 0, 7_200, 1_800, False, DAY, _DOWN, HOUR, HUB,
     "wait after a rollup's sequencer is back before the vault rebalances"),
    ("minIdle", Unit.BPS, 0, 5_000, 250, False, DAY, _DOWN, 500, VAULT,
     "base asset that a rebalance must leave for withdrawals, of the net asset value"),
    ("maxBaseFee", Unit.GWEI, 1, 2_000, 10_000, True, DAY, _NEUTRAL, 150, VAULT,
     "base fee above which the vault does not rebalance"),
    ("weightRamp", Unit.SECONDS, 4 * HOUR, 30 * DAY, 5_000, True, DAY, _DOWN, DAY, VAULT,
     "time over which new target weights replace the old ones"),
    ("auctionDuration", Unit.SECONDS, 600, 7 * DAY, 5_000, True, DAY, _NEUTRAL, DAY, "",
     "length of a rebalancing auction"),
]
_BORROWING: list[_Row] = [
    ("deleverHealthFactor", Unit.PPM, 1_050_000, 3_000_000, 50_000, False, 3 * DAY, _DOWN,
     1_600_000, "", "health factor below which debt is paid down"),
    ("ripcordHealthFactor", Unit.PPM, 1_020_000, 2_000_000, 50_000, False, 3 * DAY, _DOWN,
     1_250_000, "", "health factor below which anyone may pay debt down"),
    ("ripcordSlippage", Unit.BPS, 1, 1_000, 50, False, 3 * DAY, _UP, 200, "",
     "largest loss of a trade below the ripcord health factor"),
    ("maxBorrowRate", Unit.BPS, 0, 10_000, 100, False, DAY, _UP, 1_500, "",
     "yearly rate above which debt is paid down"),
    ("rateSwitchHysteresis", Unit.BPS, 5, 1_000, 50, False, DAY, _DOWN, 100, "",
     "least advantage of another venue's rate before debt moves"),
    ("minHoldTime", Unit.SECONDS, 0, 30 * DAY, DAY, False, DAY, _DOWN, 3 * DAY, "",
     "least time at one lending venue"),
    ("flashloanFeeMax", Unit.BPS, 0, 100, 5, False, DAY, _UP, 9, "",
     "largest fee of a flash loan used to delever"),
    ("debtCeilingTtl", Unit.SECONDS, HOUR, 7 * DAY, 5_000, True, DAY, _DOWN, DAY, "",
     "least time between two raises of the debt in use"),
]
_HEDGE_LIMITS: list[_Row] = [
    ("hedgeRatio", Unit.PPM, 0, 1_200_000, 100_000, False, DAY, _BOTH, 250_000, "",
     "share of the delta that is hedged"),
    ("deltaBand", Unit.BPS, 10, 2_000, 50, False, DAY, _UP, 250, "",
     "delta around its target in which no hedge is traded, of the net asset value"),
    ("maxNetDelta", Unit.BPS, 0, 10_000, 250, False, 3 * DAY, _UP, 8_500, "",
     "largest delta after hedges, of the net asset value"),
    ("maxGamma", Unit.BPS, 0, 200, 10, False, 3 * DAY, _UP, 50, "",
     "largest change of delta on a move of 1 %, of the net asset value"),
    ("maxVega", Unit.BPS, 0, 200, 10, False, 3 * DAY, _UP, 50, "",
     "largest loss on one point of volatility, of the net asset value"),
    ("premiumBudget", Unit.BPS, 0, 500, 25, False, 7 * DAY, _UP, 100, "",
     "option premium spent in 30 days, of the net asset value"),
    ("minAbsDelta", Unit.PPM, 50_000, 500_000, 50_000, False, 3 * DAY, _NEUTRAL, 100_000, "",
     "least absolute delta of an option that is bought"),
    ("maxAbsDelta", Unit.PPM, 50_000, 500_000, 50_000, False, 3 * DAY, _NEUTRAL, 350_000, "",
     "largest absolute delta of an option that is bought"),
]
_OPTIONS: list[_Row] = [
    ("minTenor", Unit.SECONDS, DAY, 182 * DAY, 7 * DAY, False, DAY, _NEUTRAL, 14 * DAY, "",
     "shortest time to expiry of an option that is bought"),
    ("maxTenor", Unit.SECONDS, DAY, 182 * DAY, 7 * DAY, False, DAY, _NEUTRAL, 91 * DAY, "",
     "longest time to expiry of an option that is bought"),
    ("ivMin", Unit.PPM, 50_000, 3_000_000, 100_000, False, DAY, _NEUTRAL, 200_000, "",
     "least implied volatility that is believed"),
    ("ivMax", Unit.PPM, 50_000, 3_000_000, 100_000, False, DAY, _NEUTRAL, 1_500_000, "",
     "largest implied volatility that is paid"),
    ("spotShockDown", Unit.PPM, 500_000, 1_000_000, 50_000, False, 7 * DAY, _UP, 800_000, "",
     "price after the downward margin shock, of the price before"),
    ("spotShockUp", Unit.PPM, 1_000_000, 2_000_000, 50_000, False, 7 * DAY, _DOWN, 1_200_000, "",
     "price after the upward margin shock, of the price before"),
    ("volShock", Unit.PPM, 0, 2_000_000, 50_000, False, 7 * DAY, _DOWN, 500_000, "",
     "rise of implied volatility in the margin shock, of its value"),
    ("maxHedgeFee", Unit.BPS, 0, 500, 25, False, DAY, _UP, 50, "",
     "largest fee of a hedge, of its notional"),
]
_PERPS: list[_Row] = [
    ("perpMaxLeverage", Unit.PPM, 1_000_000, 5_000_000, 250_000, False, 3 * DAY, _UP, 2_000_000, "",
     "largest notional of a perpetual position, of its margin"),
    ("marginBuffer", Unit.PPM, 1_250_000, 4_000_000, 100_000, False, 3 * DAY, _DOWN, 2_000_000, "",
     "margin kept, of the venue's maintenance margin"),
    ("maxFundingPaid", Unit.BPS, 0, 100, 10, False, DAY, _UP, 20, "",
     "funding paid in a day above which the position is closed, of its notional"),
    ("maxShareOfVenueOi", Unit.BPS, 0, 1_000, 100, False, 3 * DAY, _UP, 200, "",
     "largest share of a venue's open interest"),
    ("hedgeInteractionDelay", Unit.SECONDS, 0, 7 * DAY, 12 * HOUR, False, DAY, _DOWN, DAY, "",
     "least time between two hedges; closing one never waits"),
    ("greeksMaxAge", Unit.SECONDS, 60, DAY, 5_000, True, DAY, _UP, 3 * HOUR, "",
     "oldest Greeks that a hedge may rely on"),
    ("greeksMaxSpotMove", Unit.BPS, 50, 1_000, 5_000, True, DAY, _UP, 500, "",
     "move of the price after which Greeks are computed again"),
]
_FEES: list[_Row] = [
    ("performanceFee", Unit.PPM, 0, 500_000, 10_000, False, 7 * DAY, _UP, 0, "",
     "share of profit above the highest share price"),
    ("managementFee", Unit.PPM, 0, 50_000, 2_500, False, 7 * DAY, _UP, 0, "",
     "yearly share of the net asset value"),
]
# fmt: on

_WORDS: list[tuple[Module, int, list[_Row]]] = [
    (Module.REBALANCING, 1, _TRADING),
    (Module.REBALANCING, 2, _SAFETY),
    (Module.COLLATERAL, 1, _BORROWING),
    (Module.HEDGING, 0, _HEDGE_LIMITS),
    (Module.HEDGING, 1, _OPTIONS),
    (Module.HEDGING, 2, _PERPS),
    (Module.FEES, 0, _FEES),
]
MODULE_WORDS = {
    Module.REBALANCING: 3,
    Module.COLLATERAL: 7,
    Module.HEDGING: 3,
    Module.FEES: 1,
}
"""How many words each module has; the registry hashes and validates all words of a module."""


class StrategyLayout(BaseModel):
    """What the indexed parameters of a strategy stand for; the order is the order on chain.

    `assets`: symbols, the base asset (the one that is deposited) first. `weights`: initial target
    weights in basis points, in the same order. `base_decimals`: of the base asset.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    assets: tuple[str, ...] = Field(min_length=1, max_length=MAX_ASSETS)
    weights: tuple[int, ...]
    base_decimals: int = 6
    collaterals: tuple[str, ...] = Field(default=(), max_length=MAX_COLLATERALS)
    venues: tuple[str, ...] = Field(default=(), max_length=MAX_VENUES)

    @property
    def strategy_id(self) -> bytes:
        """bytes32 on chain: the name in ASCII, padded with zeros."""
        return self.name.encode("ascii").ljust(32, b"\0")


@lru_cache(maxsize=32)
def catalogue(layout: StrategyLayout) -> tuple[ParamSpec, ...]:
    """Every parameter of a strategy with this layout, ascending by key."""
    specs = [*_weights(layout), *_ltvs(layout), *_caps(layout)]
    for module, word, rows in _WORDS:
        specs += [_spec(module, word, lane, row) for lane, row in enumerate(rows)]
    return tuple(sorted(specs, key=lambda spec: spec.key))


def _spec(module: Module, word: int, lane: int, row: _Row, **more: object) -> ParamSpec:
    (
        name,
        unit,
        low,
        high,
        step,
        relative,
        cooldown,
        risk,
        default,
        enforced_by,
        text,
    ) = row
    fields: dict[str, object] = {
        "name": name,
        "module": module,
        "word": word,
        "lane": lane,
        "unit": unit,
        "minimum": low,
        "maximum": high,
        "step_up": step,
        "step_down": step,
        "jump": max(step, 7_500) if relative else 5 * step,
        "relative": relative,
        "cooldown": cooldown,
        "risk": risk,
        "default": default,
        "enforced_by": enforced_by,
        "help": text,
    }
    return ParamSpec.model_validate(fields | more)


def _weights(layout: StrategyLayout) -> Iterator[ParamSpec]:
    group = (1 << len(layout.assets)) - 1
    # A strategy of one asset holds 100 % of it; with more, no weight may reach either end.
    low, high = (10_000, 10_000) if len(layout.assets) == 1 else (100, 9_900)
    for lane, (symbol, weight) in enumerate(zip(layout.assets, layout.weights, strict=True)):
        row: _Row = (
            f"targetWeight[{symbol}]",
            Unit.BPS,
            low,
            high,
            500,
            False,
            DAY,
            _BOTH,
            weight,
            VAULT,
            f"target share of {symbol} in the net asset value",
        )
        yield _spec(Module.REBALANCING, 0, lane, row, group=group, jump=2_000)


def _ltvs(layout: StrategyLayout) -> Iterator[ParamSpec]:
    buffer_lane, ramp_lane = 2 * MAX_COLLATERALS, 2 * MAX_COLLATERALS + 1
    group = 0
    for place, symbol in enumerate(layout.collaterals):
        pair = 1 << place | 1 << (MAX_COLLATERALS + place) | 1 << buffer_lane
        group |= pair
        for lane, name, high, default in (
            (place, "targetLtv", 8_500, 3_000),
            (MAX_COLLATERALS + place, "maxLtv", 9_000, 5_000),
        ):
            row: _Row = (
                f"{name}[{symbol}]",
                Unit.BPS,
                0,
                high,
                50,
                False,
                3 * DAY,
                _UP,
                default,
                "",
                f"{'intended' if name == 'targetLtv' else 'largest'} debt against {symbol}",
            )
            yield _spec(Module.COLLATERAL, 0, lane, row, group=pair)
    buffer: _Row = (
        "ltvBuffer",
        Unit.BPS,
        200,
        5_000,
        50,
        False,
        3 * DAY,
        _DOWN,
        1_000,
        "",
        "distance of the largest debt from a venue's liquidation threshold",
    )
    ramp: _Row = (
        "ltvRamp",
        Unit.SECONDS,
        0,
        30 * DAY,
        7 * DAY,
        False,
        DAY,
        _DOWN,
        7 * DAY,
        "",
        "time over which a lower limit on debt takes effect",
    )
    yield _spec(Module.COLLATERAL, 0, buffer_lane, buffer, group=group)
    yield _spec(Module.COLLATERAL, 0, ramp_lane, ramp)


def _caps(layout: StrategyLayout) -> Iterator[ParamSpec]:
    token = {"symbol": layout.assets[0], "decimals": layout.base_decimals}
    amount = {**token, "scale": layout.base_decimals}
    million = 10 ** (layout.base_decimals + 6)
    for place, venue in enumerate(layout.venues):
        share: _Row = (
            f"relCap[{venue}]",
            Unit.PPM,
            0,
            1_000_000,
            50_000,
            False,
            3 * DAY,
            _UP,
            250_000,
            "",
            f"largest share of the net asset value at {venue}",
        )
        cap: _Row = (
            f"absCap[{venue}]",
            Unit.AMOUNT,
            0,
            10**9,
            5_000,
            True,
            3 * DAY,
            _UP,
            million,
            "",
            f"largest amount at {venue}",
        )
        yield _spec(Module.COLLATERAL, 2, place, share)
        yield _spec(Module.COLLATERAL, 3 + place, 0, cap, **amount)
    for word, name, text in (
        (5, "debtCeiling", "largest debt of the strategy"),
        (6, "debtCeilingGap", "largest raise of the debt in use at a time"),
    ):
        default = million if name == "debtCeiling" else million // 10
        row: _Row = (
            name,
            Unit.AMOUNT,
            0,
            10**9,
            5_000,
            True,
            3 * DAY,
            _UP,
            default,
            "",
            text,
        )
        yield _spec(Module.COLLATERAL, word, 0, row, **amount)

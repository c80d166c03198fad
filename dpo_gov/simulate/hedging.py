"""What the strategies of a run are hedged with, and what of the rules a simulation cannot see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dpo_gov.canonical import log
from dpo_gov.errors import UnknownName
from dpo_gov.market import Market
from dpo_gov.market.conditions import Conditions, Options, Perp
from dpo_gov.market.sample import spreads, stationary
from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.policy.hedging import DAY, HedgeRules, HedgeTerms, kept

_LEAST_KEPT = 1e-9
_NO_OPTIONS = Options(asset="", premium=1.0, skew=0.0, fee=0.0, assumption="")
_NO_PERP = Perp(asset="", maintenance=0.5, fee=0.0, open_interest=1.0, assumption="")
_UNSEEN = {
    "greeksMaxAge": "the model's Greeks are computed at each look at the vault",
    "greeksMaxSpotMove": "the model's Greeks are computed at each look at the vault",
    "spotShockDown": "bought puts and short perpetuals, which are simulated, gain by a fall",
    "volShock": "bought puts, which are simulated, gain by a rise of volatility",
}
_OF_PUTS = (
    *("maxGamma", "maxVega", "premiumBudget", "minAbsDelta", "maxAbsDelta"),
    *("minTenor", "maxTenor", "ivMin", "ivMax"),
)
_OF_MARGIN = ("perpMaxLeverage", "marginBuffer", "spotShockUp")
_OF_PERPS = (*_OF_MARGIN, "deltaBand", "maxNetDelta", "maxFundingPaid", "maxShareOfVenueOi")


@dataclass(frozen=True)
class Instrument:
    """An asset that is hedged: where it is in strategy and market, and with what."""

    row: int
    place: int
    options: Options | None
    perp: Perp | None

    @classmethod
    def all_of(cls, market: Market, layout: StrategyLayout) -> tuple[Instrument, ...]:
        """Those of a strategy. Raises UnknownName where the market has nothing to hedge with."""
        known = market.conditions or Conditions()
        options = {one.asset: one for one in known.options}
        perps = {one.asset: one for one in known.perps}
        found = []
        for row, name in enumerate(layout.assets[1:], 1):
            place = market.place(name)
            symbol = market.assets[place].symbol
            if symbol in options or symbol in perps:
                found.append(cls(row, place, options.get(symbol), perps.get(symbol)))
        if not found:
            raise UnknownName(
                f"the market {market.name!r} has neither perpetuals nor options for an asset of "
                f"{layout.name}; add some to `conditions.perps` or `conditions.options` of the "
                "market file, as `dpo-gov market fit --conditions` does for BTC and ETH"
            )
        return tuple(found)


@dataclass(frozen=True)
class Hedging:
    """What all sets of a run hedge by; terms by set and instrument."""

    instruments: tuple[Instrument, ...]
    rules: tuple[HedgeRules, ...]
    terms: tuple[tuple[HedgeTerms, ...], ...]

    @classmethod
    def of(cls, market: Market, sets: Sequence[ParamSet], portfolio: float) -> Hedging:
        """Of the sets of a strategy whose vault is worth `portfolio` dollars at the start."""
        instruments = Instrument.all_of(market, sets[0].layout)
        rules = tuple(HedgeRules.of(one) for one in sets)
        terms = [[_terms(market, one, each, portfolio) for each in instruments] for one in rules]
        return cls(instruments, rules, tuple(tuple(row) for row in terms))


def _terms(market: Market, rules: HedgeRules, one: Instrument, portfolio: float) -> HedgeTerms:
    options, perp = one.options or _NO_OPTIONS, one.perp or _NO_PERP
    long_run, keeps, forgets = _memory(market, one.place)
    log_keeps = log(np.array([keeps]))
    return HedgeTerms(
        put_fee=options.fee,
        premium=options.premium,
        skew=options.skew,
        jumps=_jumps(market, one.place),
        long_run=long_run,
        log_keeps=float(log_keeps[0]),
        forgets=forgets,
        kept=float(kept(np.array([rules.tenor]), forgets, log_keeps)[0]),
        perp_fee=perp.fee,
        maintenance=perp.maintenance,
        margin=rules.margin(perp.maintenance),
        largest=rules.share_of_interest * perp.open_interest / portfolio,
    )


def _memory(market: Market, place: int) -> tuple[float, float, float]:
    """The long run of an asset's variance, the share of a distance from it that is left a day
    later, and what `kept` divides by.

    For regimes that share is the correlation of today's variance with tomorrow's, which is exact
    for two; `Day.ahead` is then still today's variance.
    """
    asset, regime = market.assets[place], market.regimes[0]
    if asset.garch:
        keeps = max(asset.garch.persistence, _LEAST_KEPT)
        return regime.volatility[place] * regime.volatility[place], keeps, 1.0 - keeps
    variances = [float(figure) for figure in spreads(market)[place].figures]
    shares = stationary(market.transition)
    mean = 0.0
    for share, variance in zip(shares, variances, strict=True):
        mean += share * variance
    together = apart = 0.0
    for share, variance, row in zip(shares, variances, market.transition, strict=True):
        tomorrow = 0.0
        for chance, other in zip(row, variances, strict=True):
            tomorrow += chance * (other - mean)
        together += share * (variance - mean) * tomorrow
        apart += share * (variance - mean) * (variance - mean)
    keeps = max(together / apart, _LEAST_KEPT) if apart > 0.0 else _LEAST_KEPT
    return mean, keeps, (1.0 - keeps) / keeps


def _jumps(market: Market, place: int) -> float:
    """The variance that jumps add to a day."""
    common, own = market.common_jump, market.assets[place].own_jump
    variance = 0.0
    for chance, mean, deviation in (
        (common.probability, common.mean[place], common.deviation[place]),
        (own.probability, own.mean, own.deviation),
    ):
        variance += chance * (deviation * deviation + (1.0 - chance) * mean * mean)
    return variance


def unseen(name: str, current: ParamSet, proposed: ParamSet, market: Market) -> str:
    """Why a simulation with hedges does not see the change of a parameter; empty where it does."""
    instruments = Instrument.all_of(market, current.layout)
    rules = [HedgeRules.of(current), HedgeRules.of(proposed)]
    perps = [one.perp for one in instruments if one.perp]
    margins = [[side.margin(perp.maintenance) for perp in perps] for side in rules]
    days = [_days(side.get(name)) for side in (current, proposed)]
    puts = name in _OF_PUTS
    whole = name in ("minTenor", "hedgeInteractionDelay") and days[0] == days[1]
    whole |= name == "maxTenor" and rules[0].tenor == rules[1].tenor
    reasons = (
        (name in _UNSEEN, _UNSEEN.get(name, "")),
        (
            puts and not any(one.options for one in instruments),
            "the market has no options on an asset of the strategy",
        ),
        (
            name in _OF_PERPS and not perps,
            "the market has no perpetuals on an asset of the strategy",
        ),
        (
            puts and not any(side.ratio for side in rules),
            "hedgeRatio is 0 on both sides, so no puts are bought",
        ),
        (
            name in _OF_MARGIN and margins[0] == margins[1],
            "another limit asks for more margin than this one, on both sides",
        ),
        (whole, "the vault is looked at once a day; both come to the same number of days"),
    )
    return next((why for holds, why in reasons if holds), "")


def _days(seconds: int) -> int:
    return max(-(-seconds // DAY), 1)

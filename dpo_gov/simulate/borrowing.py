"""Where the strategies of a run borrow, and what of the rules a simulation cannot see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import InputError, UnknownName
from dpo_gov.market import Market
from dpo_gov.market.borrowing import Slopes
from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.policy.borrowing import CollateralRules, Start
from dpo_gov.simulate.portfolio import DAY


@dataclass(frozen=True)
class Lenders:
    """Where a strategy borrows; venues and collaterals in the order of its layout."""

    assets: tuple[int, ...]
    """Of the collaterals, in the strategy."""
    places: tuple[int, ...]
    """Of the collaterals, in the market."""
    rows: tuple[int, ...]
    """Of the venues, in the market."""
    thresholds: tuple[tuple[float, ...], ...]
    """By collateral and venue."""
    bonus: tuple[float, ...]
    close: tuple[float, ...]
    slopes: tuple[Slopes, ...]
    flash_fee: float
    worth: float
    """Value of one token of the base asset, in US dollars."""

    @classmethod
    def of(cls, market: Market, layout: StrategyLayout) -> Lenders:
        """Find them. Raises UnknownName, and InputError where the strategy has none."""
        if not layout.collaterals or not layout.venues:
            raise InputError(
                f"strategy {layout.name} has no collateral or no lending venue in its layout, so "
                "there is no debt to simulate"
            )
        strangers = [name for name in layout.collaterals if name not in layout.assets[1:]]
        if strangers:
            raise InputError(
                f"collateral {', '.join(strangers)}: is not among the assets of {layout.name} "
                f"beside its base asset, {', '.join(layout.assets[1:])}; only what the vault holds "
                "is simulated as collateral"
            )
        if market.conditions is None:
            raise UnknownName(
                f"the market {market.name!r} knows no lending venues; add those of the strategy, "
                f"{', '.join(layout.venues)}, to `conditions.lending` of the market file"
            )
        venues = [market.conditions.lending_at(name) for name in layout.venues]
        places = [market.place(name) for name in layout.collaterals]
        symbols = [market.assets[place].symbol for place in places]
        for venue in venues:
            if missing := [symbol for symbol in symbols if symbol not in venue.threshold]:
                raise UnknownName(
                    f"lending venue {venue.name!r} of the market takes no {', '.join(missing)} as "
                    "collateral; add its liquidation threshold to `threshold` of the venue in the "
                    "market file"
                )
        known = [one.name for one in market.conditions.lending]
        return cls(
            assets=tuple(layout.assets.index(name) for name in layout.collaterals),
            places=tuple(places),
            rows=tuple(known.index(name) for name in layout.venues),
            thresholds=tuple(
                tuple(venue.threshold[symbol] for venue in venues) for symbol in symbols
            ),
            bonus=tuple(venue.bonus for venue in venues),
            close=tuple(venue.close_factor for venue in venues),
            slopes=tuple(Slopes.of(venue) for venue in venues),
            flash_fee=min(venue.flash_fee for venue in venues),
            worth=market.assets[market.place(layout.assets[0])].price,
        )


@dataclass(frozen=True)
class Borrowing:
    """What all sets of a run borrow by; all of them start where the first would be."""

    lenders: Lenders
    rules: tuple[CollateralRules, ...]
    start: tuple[tuple[float, float], ...]
    """Posted and owed at the start, by collateral."""

    @classmethod
    def of(cls, market: Market, sets: Sequence[ParamSet], portfolio: float) -> Borrowing:
        """Of the sets of a strategy whose vault is worth `portfolio` dollars at the start."""
        layout = sets[0].layout
        lenders = Lenders.of(market, layout)
        rules = tuple(CollateralRules.of(one, lenders.worth / portfolio) for one in sets)
        start = _start(lenders, sets[0], rules[0])
        return cls(lenders, rules, tuple((one.posted, one.debt) for one in start))

    def owed(self, assets: int) -> npt.NDArray[np.float64]:
        """What is owed at the start against each of the strategy's assets."""
        owed = np.zeros(assets)
        owed[list(self.lenders.assets)] = [debt for _, debt in self.start]
        return owed


def _start(lenders: Lenders, params: ParamSet, rules: CollateralRules) -> list[Start]:
    weights = [params.weights()[asset] / 10_000 for asset in lenders.assets]
    return rules.start(weights, [row[0] for row in lenders.thresholds])


class HeldBack(NamedTuple):
    """Debt that is smaller than intended, in values of a new vault.

    `intended`: of targets on all that is held. `by`: which collaterals each parameter holds back.
    """

    debt: float
    intended: float
    by: dict[str, tuple[str, ...]]


def held_back(params: ParamSet, market: Market, portfolio: float) -> HeldBack | None:
    """What keeps a new vault's debt below its targets; None where nothing does.

    Raises what `Lenders.of` raises.
    """
    layout, lenders = params.layout, Lenders.of(market, params.layout)
    rules = CollateralRules.of(params, lenders.worth / portfolio)
    start, by, intended = _start(lenders, params, rules), dict[str, tuple[str, ...]](), 0.0
    places = {"absCap": layout.venues[0], "relCap": layout.venues[0]}
    for name, target, one in zip(layout.collaterals, rules.targets, start, strict=True):
        intended += target * params.fraction(f"targetWeight[{name}]") / (1.0 - target)
        if one.held_by:
            place = name if one.held_by == "maxLtv" else places.get(one.held_by, "")
            why = f"{one.held_by}[{place}]" if place else one.held_by
            by[why] = (*by.get(why, ()), name)
    debt = 0.0
    for one in start:
        debt += one.debt
    return HeldBack(debt, intended, by) if by else None


def unseen(name: str, current: ParamSet, proposed: ParamSet, market: Market) -> str:
    """Why a simulation with debt does not see the change of a parameter; empty where it does."""
    lenders, sides = Lenders.of(market, current.layout), (current, proposed)
    rules = [CollateralRules.of(side, 1.0) for side in sides]
    days = [max(-(-side.get(name) // DAY), 1) for side in sides]
    falls = rules[1].ceiling < rules[0].ceiling
    falls |= any(new < old for old, new in zip(rules[0].largest, rules[1].largest, strict=True))
    loans = [lenders.flash_fee <= one.limits.flash_fee for one in rules]
    reasons = (
        (
            not any(any(one.targets) for one in rules),
            "targetLtv is 0 on both sides, so nothing is borrowed",
        ),
        (
            name in ("rateSwitchHysteresis", "minHoldTime") and len(lenders.slopes) == 1,
            "the strategy has one lending venue, so debt never moves",
        ),
        (
            name in ("debtCeilingTtl", "minHoldTime") and days[0] == days[1],
            f"debt is looked at once a day; both come to {days[0]} d",
        ),
        (
            name == "ltvRamp" and (not falls or max(days) == 1),
            "no limit on debt is lowered, or over a day at most, so nothing ramps",
        ),
        (
            name == "flashloanFeeMax" and loans[0] == loans[1],
            f"flash loans cost {lenders.flash_fee:.2%} in the market, which both sides "
            f"{'allow' if loans[0] else 'refuse'}",
        ),
    )
    return next((why for holds, why in reasons if holds), "")

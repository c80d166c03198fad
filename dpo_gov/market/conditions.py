"""What else than prices a strategy lives in: lending venues, funding, perpetuals, options.

A market without them is whole for vaults that only rebalance. Two figures follow the days, each an
AR(1) y' = persistence · y + deviation · z around a level of the regime, with a start in its long
run:

    funding of a day  = mean[r] + y
    utilisation       = 1 / (1 + e^−(logit median[r] + y))

The shocks z are standard normal, and independent of prices and of each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, TypeVar

from pydantic import Field

from dpo_gov.errors import UnknownName
from dpo_gov.market.figures import Deviation, Figures, LogDeviation, Positive, Probability

Inside = Annotated[float, Field(gt=0.0, lt=1.0)]
Persistence = Annotated[float, Field(ge=0.0, lt=1.0)]
Rate = Annotated[float, Field(ge=0.0, le=10.0)]
"""Of a year; the most that is usual is some tenths, so that a percentage is mostly seen."""
SteepRate = Annotated[float, Field(ge=0.0, le=100.0)]
"""Of a year, where hardly anything is left to lend."""


class Lending(Figures):
    """A venue that lends the base asset against others.

    `name`: as the strategy calls it. `threshold`: debt over collateral at which it liquidates, by
    asset. `bonus`: what a liquidator gets beyond the debt that it pays, as a share of it;
    `close_factor`: the share of the debt that it may pay at a time. The borrow rate is a year's:
    `base` where nothing is lent out, higher by `slope` at a utilisation of `kink`, and by `steep`
    more at 1. `utilisation`: its median by regime; `persistence` and `deviation` are of its logit.
    `flash_fee`: of a flash loan, as a share of it.
    """

    name: str
    threshold: Mapping[str, Inside]
    bonus: Probability
    close_factor: Annotated[float, Field(gt=0.0, le=1.0)]
    base: Rate
    slope: Rate
    steep: SteepRate
    kink: Inside
    utilisation: tuple[Inside, ...]
    persistence: Persistence = 0.0
    deviation: LogDeviation = 0.0
    flash_fee: Probability = 0.0
    assumption: str


class Funding(Figures):
    """What a long perpetual position of one asset pays a day, as a share of its notional.

    Below 0 it is paid. `mean`: by regime. `deviation`: of a day's shock.
    """

    asset: str
    mean: tuple[Annotated[float, Field(ge=-1.0, le=1.0)], ...]
    persistence: Persistence
    deviation: Deviation
    assumption: str


class Perp(Figures):
    """A venue for perpetuals on one asset.

    `maintenance`: margin below which a position is liquidated, and `fee` of a trade, both of the
    notional. `open_interest`: US dollars of all positions.
    """

    asset: str
    maintenance: Inside
    fee: Probability
    open_interest: Positive
    assumption: str


class Options(Figures):
    """Options on one asset.

    `premium`: implied volatility at the money, over the volatility that is expected of the day.
    `skew`: by how much implied volatility, as a share of itself, rises where the strike falls by a
    logarithm of 1. `fee`: of a trade, of the notional.
    """

    asset: str
    premium: Annotated[float, Field(gt=0.0, le=10.0)]
    skew: Annotated[float, Field(ge=0.0, le=10.0)]
    fee: Probability
    assumption: str


_OfAsset = TypeVar("_OfAsset", Funding, Perp, Options)


class Conditions(Figures):
    """All of them; a strategy asks for what it uses. Each asset and venue has one of a kind."""

    lending: tuple[Lending, ...] = Field(default=(), max_length=16)
    funding: tuple[Funding, ...] = ()
    perps: tuple[Perp, ...] = ()
    options: tuple[Options, ...] = ()

    def check(self, symbols: Sequence[str], states: int) -> None:
        """Raises ValueError where they do not fit a market of these assets and so many regimes."""
        names = [one.name for one in self.lending]
        if len(set(names)) != len(names):
            raise ValueError(f"lending venues must differ, these are {', '.join(names)}")
        for one in self.lending:
            _check_assets(f"lending.{one.name}.threshold", list(one.threshold), symbols)
            _check_length(f"lending.{one.name}.utilisation", one.utilisation, states)
        for kind, parts in (
            ("funding", self.funding),
            ("perps", self.perps),
            ("options", self.options),
        ):
            _check_assets(kind, [part.asset for part in parts], symbols)
        for two in self.funding:
            _check_length(f"funding.{two.asset}.mean", two.mean, states)

    def reduced(self, modules: Collection[str]) -> Conditions | None:
        """What these modules of a vault use: lending, or all of the rest; None where it is none."""
        collateral, hedging = "collateral" in modules, "hedging" in modules
        left = Conditions(
            lending=self.lending if collateral else (),
            funding=self.funding if hedging else (),
            perps=self.perps if hedging else (),
            options=self.options if hedging else (),
        )
        return left if left.assumptions() else None

    def assumptions(self) -> tuple[str, ...]:
        """What is assumed, by venue and asset."""
        return (
            *(f"Lending at {one.name}: {one.assumption}" for one in self.lending),
            *(f"Funding of {one.asset}: {one.assumption}" for one in self.funding),
            *(f"Perpetuals on {one.asset}: {one.assumption}" for one in self.perps),
            *(f"Options on {one.asset}: {one.assumption}" for one in self.options),
        )

    def lending_at(self, name: str) -> Lending:
        """The lending venue of this name. Raises UnknownName."""
        for one in self.lending:
            if one.name == name:
                return one
        known = ", ".join(one.name for one in self.lending) or "none"
        raise UnknownName(
            f"the market knows no lending venue {name!r}, only {known}; add one to "
            "`conditions.lending` of the market file"
        )

    def funding_of(self, asset: str) -> Funding:
        """The funding of an asset. Raises UnknownName."""
        return _of(self.funding, asset, "funding")

    def perp_of(self, asset: str) -> Perp:
        """The perpetuals of an asset. Raises UnknownName."""
        return _of(self.perps, asset, "perps")

    def options_of(self, asset: str) -> Options:
        """The options of an asset. Raises UnknownName."""
        return _of(self.options, asset, "options")


def _of(parts: Sequence[_OfAsset], asset: str, field: str) -> _OfAsset:
    for one in parts:
        if one.asset == asset:
            return one
    known = ", ".join(one.asset for one in parts) or "none"
    raise UnknownName(
        f"the market has no {field} for {asset!r}, only for: {known}; add it to "
        f"`conditions.{field}` of the market file"
    )


def _check_assets(where: str, assets: Sequence[str], symbols: Sequence[str]) -> None:
    if len(set(assets)) != len(assets):
        raise ValueError(f"{where}: an asset is there twice: {', '.join(assets)}")
    if unknown := [asset for asset in assets if asset not in symbols]:
        raise ValueError(f"{where}: {', '.join(unknown)}: no asset of the market")


def _check_length(where: str, figures: Sequence[float], states: int) -> None:
    if len(figures) != states:
        raise ValueError(f"{where} has {len(figures)} figures, {states} are needed")

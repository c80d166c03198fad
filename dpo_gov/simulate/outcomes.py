"""What a simulation takes and gives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from math import sqrt
from typing import Annotated, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, field_validator

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CHECKPOINTS = 26
Extra = Literal["collateral", "hedging"]
"""A module that a vault may have besides rebalancing."""
DAYS_A_YEAR = 365.0


class SimSpec(BaseModel):
    """How much is simulated.

    `seed`: 64 bits. `portfolio`: value of the vault at the start in US dollars; gas and depth
    are felt by it. It is an assumption, which every report shows. `checkpoints`: how often the
    value of each path is kept on its way; nine tenths of a run's memory are theirs. `modules`:
    what the vault does besides rebalancing, in the order of their numbers, each once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    paths: Annotated[int, Field(ge=1, le=10_000_000)] = 20_000
    seed: Annotated[int, Field(ge=0, lt=1 << 64)] = 1
    horizon_days: Annotated[int, Field(ge=1, le=3_650)] = 365
    portfolio: Annotated[float, Field(gt=0.0, le=1e12)] = 10_000_000.0
    checkpoints: Annotated[int, Field(ge=1, le=CHECKPOINTS)] = CHECKPOINTS
    modules: Annotated[tuple[Extra, ...], Field(exclude_if=lambda names: not names)] = ()

    @field_validator("modules")
    @classmethod
    def _in_order(cls, names: tuple[Extra, ...]) -> tuple[Extra, ...]:
        return tuple(name for name in get_args(Extra) if name in names)

    @property
    def checkpoint_days(self) -> tuple[int, ...]:
        """Days whose value is kept, from 0 to the horizon, `checkpoints` after the first."""
        count = min(self.checkpoints, self.horizon_days)
        return tuple(self.horizon_days * k // count for k in range(count + 1))


@dataclass(frozen=True)
class Moments:
    """Running sums of a daily figure and of its square, by path."""

    total: Floats
    squares: Floats

    @classmethod
    def none(cls, paths: int) -> Moments:
        """The sums before the first day."""
        return cls(np.zeros(paths), np.zeros(paths))

    def add(self, x: Floats) -> None:
        """Add the figure of a day."""
        np.add(self.total, x, out=self.total)
        np.add(self.squares, x * x, out=self.squares)

    def mean(self, days: int) -> Floats:
        """The mean."""
        return self.total / days

    def deviation(self, days: int) -> Floats:
        """The standard deviation."""
        rest = self.squares - self.total * (self.total / days)
        deviation: Floats = np.sqrt(np.maximum(rest, 0.0) / max(days - 1, 1))
        return deviation


@dataclass(frozen=True)
class HedgeOutcomes:
    """What hedges did on each path: arrays (paths,), shares of the value at that time.

    Greeks are of the whole vault. `delta`: value that moves with prices. `gamma`: change of delta
    by a move of 1 %. `vega`: change of value by a point of volatility.
    """

    gain: Floats
    """What all hedges brought in, in units of the value at the start, after all that they cost."""
    premium: Floats
    """Paid for puts."""
    funding: Floats
    """Paid for perpetual positions, less what was received."""
    fees: Floats
    liquidations: Floats
    """How many perpetual positions lost their margin."""
    bare_sd: Floats
    """Deviation of the simple daily returns without the gain of hedges."""
    mean_delta: Floats
    mean_gamma: Floats
    mean_vega: Floats
    delta: Floats
    """At `checkpoint_days`, (days, paths)."""
    gamma: Floats
    """At `checkpoint_days`, (days, paths)."""
    vega: Floats
    """At `checkpoint_days`, (days, paths)."""

    @classmethod
    def of(
        cls, spec: SimSpec, *, bare: Moments, sums: Floats, kept: Floats, **arrays: Any
    ) -> HedgeOutcomes:
        """Outcomes of what was recorded day by day.

        `sums` of delta, gamma and vega over the days, (3, paths); `kept` of them, (3, days, paths).
        """
        days = spec.horizon_days
        delta, gamma, vega = sums / days
        return cls(
            bare_sd=bare.deviation(days),
            mean_delta=delta,
            mean_gamma=gamma,
            mean_vega=vega,
            delta=kept[0],
            gamma=kept[1],
            vega=kept[2],
            **arrays,
        )

    @classmethod
    def room(cls, spec: SimSpec) -> HedgeOutcomes:
        """Outcomes of all paths, to be filled."""
        arrays: dict[str, Any] = {item.name: np.zeros(spec.paths) for item in fields(cls)}
        for name in ("delta", "gamma", "vega"):
            arrays[name] = np.zeros((len(spec.checkpoint_days), spec.paths))
        return cls(**arrays)


@dataclass(frozen=True)
class DebtOutcomes:
    """What debt against collateral came to on each path, all sleeves together: arrays (paths,).

    Amounts are in values of the vault at the start.
    """

    liquidations: Integers
    liquidated: Floats
    """Collateral that liquidators took, at its value then."""
    interest: Floats
    bad_debt: Floats
    """Debt that was left to the lenders."""
    delevers: Integers
    """How often debt was paid down, by the ripcord too."""
    ripcords: Integers
    switches: Integers
    """How often debt moved to another venue."""
    threshold_use: Floats
    """Largest share of the debt at which a sleeve is liquidated, at the closes; its inverse is the
    least health factor."""
    mean_debt: Floats
    """Over the evenings."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Of the arrays, in order."""
        return tuple(item.name for item in fields(cls))

    @classmethod
    def of(cls, days: int, recorded: Mapping[str, Floats]) -> DebtOutcomes:
        """Outcomes of what was recorded day by day; `mean_debt` is still a sum."""
        arrays: dict[str, Any] = {name: recorded[name] for name in cls.names()}
        for name in ("liquidations", "delevers", "ripcords", "switches"):
            arrays[name] = arrays[name].astype(np.int64)
        return cls(**arrays | {"mean_debt": arrays["mean_debt"] / days})

    @classmethod
    def room(cls, paths: int) -> DebtOutcomes:
        """Room for the outcomes of so many paths."""
        return cls.of(1, {name: np.zeros(paths) for name in cls.names()})


@dataclass(frozen=True)
class Outcomes:
    """What each path came to, for one parameter set: arrays (paths,).

    Values are in units of the value at the start. All shares are of the value at that time.
    """

    horizon_days: int
    checkpoint_days: tuple[int, ...]
    final_nav: Floats
    max_drawdown: Floats
    """Largest fall from a peak so far, of the peak; daily closes, compounded."""
    turnover: Floats
    """Sum of all trades, each an asset against the base asset and counted once."""
    rebalances: Integers
    cost: Floats
    """Sum of what rebalances took of the value at market prices: slippage and gas."""
    time_out_of_band: Floats
    """Share of the days that end with a drift above the threshold."""
    tracking_error: Floats
    """Yearly deviation of the daily return from that of the targets, held without cost."""
    daily_mean: Floats
    """Mean of the simple daily returns."""
    daily_sd: Floats
    """Deviation of the simple daily returns."""
    surprise: Floats
    """Sum of the daily returns of the targets, held without cost, beyond what the market expects of
    them; zero on all paths where that is not known."""
    checkpoints: Floats
    """Net asset value at `checkpoint_days`, (days, paths)."""
    hedge: HedgeOutcomes | None = None
    """None where hedging is not simulated."""
    debt: DebtOutcomes | None = None
    """None where the collateral module is not simulated."""

    def arrays(self) -> Iterator[tuple[str, npt.NDArray[np.float64 | np.int64]]]:
        """Each array with its name, in the order above; those of a module after its name."""
        for item in fields(self)[2:]:
            part = getattr(self, item.name)
            if isinstance(part, np.ndarray):
                yield item.name, part
            elif part is not None:
                for inner in fields(part):
                    yield f"{item.name}.{inner.name}", getattr(part, inner.name)

    def sha256(self) -> str:
        """SHA-256, in hex, over name and little-endian bytes of each of the arrays."""
        digest = hashlib.sha256(f"{self.horizon_days} {self.checkpoint_days}".encode())
        for name, array in self.arrays():
            digest.update(name.encode())
            digest.update(array.astype(array.dtype.newbyteorder("<"), order="C").tobytes())
        return digest.hexdigest()

    @classmethod
    def of(
        cls, spec: SimSpec, *, days_out: Floats, returns: Moments, active: Moments, **arrays: Any
    ) -> Outcomes:
        """Outcomes of what was recorded day by day; `active`: return less that of the targets.

        What is expected is not yet out of the surprise.
        """
        days = spec.horizon_days
        return cls(
            days,
            spec.checkpoint_days,
            time_out_of_band=days_out / days,
            tracking_error=active.deviation(days) * sqrt(DAYS_A_YEAR),
            daily_mean=returns.mean(days),
            daily_sd=returns.deviation(days),
            surprise=returns.total - active.total,
            **arrays,
        )

    @classmethod
    def room(cls, spec: SimSpec) -> Outcomes:
        """Outcomes of all paths, to be filled with `put`: only these grow with the paths."""
        one, kept = spec.paths, (len(spec.checkpoint_days), spec.paths)
        names = [item.name for item in fields(cls)[2:] if item.name not in MODULES]
        arrays: dict[str, Any] = {name: np.zeros(one) for name in names}
        arrays |= {"rebalances": np.zeros(one, dtype=np.int64), "checkpoints": np.zeros(kept)}
        if "hedging" in spec.modules:
            arrays["hedge"] = HedgeOutcomes.room(spec)
        if "collateral" in spec.modules:
            arrays["debt"] = DebtOutcomes.room(one)
        return cls(spec.horizon_days, spec.checkpoint_days, **arrays)

    def put(self, paths: range, part: Outcomes) -> None:
        """Fill in the outcomes of some of the paths, at the checkpoints that this has."""
        kept = [part.checkpoint_days.index(day) for day in self.checkpoint_days]
        for (_, whole), (_, some) in zip(self.arrays(), part.arrays(), strict=True):
            whole[..., paths.start : paths.stop] = some if some.ndim == 1 else some[kept]


MODULES = ("hedge", "debt")
"""Fields of `Outcomes` that a module fills."""

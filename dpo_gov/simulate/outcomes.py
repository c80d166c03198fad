"""What a simulation takes and gives."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_CHECKPOINTS = 26


class SimSpec(BaseModel):
    """How much is simulated.

    `seed`: 64 bits. `portfolio`: value of the vault at the start in US dollars; gas and depth
    are felt by it. It is an assumption, which every report shows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    paths: Annotated[int, Field(ge=1, le=10_000_000)] = 20_000
    seed: Annotated[int, Field(ge=0, lt=1 << 64)] = 1
    horizon_days: Annotated[int, Field(ge=1, le=3_650)] = 365
    portfolio: Annotated[float, Field(gt=0.0, le=1e12)] = 10_000_000.0

    @property
    def checkpoint_days(self) -> tuple[int, ...]:
        """Days whose value is kept, from 0 to the horizon, at most 27 of them."""
        count = min(_CHECKPOINTS, self.horizon_days)
        return tuple(self.horizon_days * k // count for k in range(count + 1))


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
    """Sum of what trades lost against the oracle price, and of gas."""
    time_out_of_band: Floats
    """Share of the days that end with a drift above the threshold."""
    tracking_error: Floats
    """Yearly deviation of the daily return from that of the targets, held without cost."""
    daily_mean: Floats
    """Mean of the simple daily returns."""
    daily_sd: Floats
    """Deviation of the simple daily returns."""
    checkpoints: Floats
    """Net asset value at `checkpoint_days`, (days, paths)."""

    def sha256(self) -> str:
        """SHA-256, in hex, over name and little-endian bytes of each array in the order above."""
        digest = hashlib.sha256(f"{self.horizon_days} {self.checkpoint_days}".encode())
        for item in fields(self)[2:]:
            array: npt.NDArray[np.float64 | np.int64] = getattr(self, item.name)
            digest.update(item.name.encode())
            digest.update(array.astype(array.dtype.newbyteorder("<"), order="C").tobytes())
        return digest.hexdigest()

    @classmethod
    def joined(cls, parts: list[Outcomes]) -> Outcomes:
        """The outcomes of blocks of paths, one after the other."""
        arrays = {
            item.name: np.concatenate([getattr(part, item.name) for part in parts], axis=-1)
            for item in fields(cls)[2:]
        }
        return cls(parts[0].horizon_days, parts[0].checkpoint_days, **arrays)

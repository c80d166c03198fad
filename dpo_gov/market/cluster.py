"""Variance that follows the days, GARCH(1,1) and GJR, for a block of paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dpo_gov.market.model import Market

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cluster:
    """The figures of one asset: h' = (base + keep · h) + (fall or rise) · e²."""

    start: float
    drift: float
    base: float
    keep: float
    rise: float
    fall: float

    @classmethod
    def of(cls, market: Market, i: int) -> Cluster | None:
        """Of asset i; None where its variance is the regime's."""
        garch, regime = market.assets[i].garch, market.regimes[0]
        if garch is None:
            return None
        long_run = regime.volatility[i] * regime.volatility[i]
        return cls(
            start=garch.start * long_run,
            drift=regime.drift[i],
            base=(1.0 - garch.persistence) * long_run,
            keep=garch.beta,
            rise=garch.alpha,
            fall=garch.alpha + garch.gamma,
        )

    def follow(
        self, h: Floats, shocks: Floats, now: Floats | None = None, ahead: Floats | None = None
    ) -> None:
        """Turn shocks of unit variance, (days, paths), into log returns.

        `h`, (paths,), is the variance of the first day, and then of the day after the last. `now`
        and `ahead`, (days, paths), are filled with that of each day, and of the day after it.
        """
        for k, shock in enumerate(shocks):
            if now is not None:
                now[k] = h
            e = np.sqrt(h) * shock
            shock[:] = (self.drift - 0.5 * h) + e
            weight = np.where(e < 0.0, self.fall, self.rise)
            h[:] = (self.base + self.keep * h) + weight * (e * e)
            if ahead is not None:
                ahead[k] = h

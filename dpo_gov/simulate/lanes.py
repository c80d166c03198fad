"""The numba engine: a run as arrays, and the one function that it is compiled into.

Everything that it calls is compiled into it, so that no reference is counted and no array passed on
the way. It is kept on disk: only the first start compiles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from dpo_gov.market import Asked, Market
from dpo_gov.market import lanes as market_lanes
from dpo_gov.market.rows_lanes import Figures
from dpo_gov.policy import RebalancingRules
from dpo_gov.policy import lanes as policy_lanes
from dpo_gov.policy.lanes import Rules
from dpo_gov.simulate import debt_lanes, hedges_lanes, vaults_lanes
from dpo_gov.simulate.borrowing import Borrowing
from dpo_gov.simulate.debt_lanes import Debts
from dpo_gov.simulate.hedges_lanes import HedgeFigures
from dpo_gov.simulate.hedging import Hedging
from dpo_gov.simulate.kept import call_kept, is_kept
from dpo_gov.simulate.outcomes import HedgeOutcomes, Moments, Outcomes, SimSpec
from dpo_gov.simulate.vaults_lanes import (
    ACTIVE,
    ACTIVE_SQUARES,
    COST,
    DAYS_OUT,
    DRAWDOWN,
    REBALANCES,
    RECORDED,
    RETURNS,
    SQUARES,
    TURNOVER,
    VALUE,
    Vaults,
    live_through,
)

Floats = npt.NDArray[np.float64]
_U = np.uint64
_SOURCES = (
    *market_lanes.SOURCES,
    *policy_lanes.SOURCES,
    *hedges_lanes.SOURCES,
    *debt_lanes.SOURCES,
    *vaults_lanes.SOURCES,
    __file__,
)


@dataclass(frozen=True)
class Lanes:
    """A run as the compiled engine takes it."""

    spec: SimSpec
    market: Figures
    rules: Rules
    vaults: Vaults
    hedges: HedgeFigures | None
    debts: Debts | None

    @classmethod
    def of(
        cls,
        market: Market,
        places: Sequence[int],
        rules: Sequence[RebalancingRules],
        spec: SimSpec,
        hedging: Hedging | None = None,
        borrowing: Borrowing | None = None,
    ) -> Lanes:
        """Turn everything into arrays; `places`: the strategy's assets in the market."""
        vaults = Vaults.of(market, places, rules, spec)
        felt = {*places, vaults.ether_place} - {-1}
        return cls(
            spec,
            Figures.of(market, felt, Asked.of(market, spec.modules)),
            Rules.of(rules),
            vaults,
            HedgeFigures.of(hedging, len(places)) if hedging else None,
            Debts.of(borrowing, places) if borrowing else None,
        )

    def run(self, paths: range) -> list[Outcomes] | None:
        """Outcomes of some paths under each set of rules.

        None where a value overflows: infinities are left to numpy, whose rules for them differ.
        """
        left = self._room(len(paths))
        _call(*self._given(paths), *left)
        recorded, _, by_hedges, _, owed = left
        if not all(np.isfinite(one).all() for one in (recorded, by_hedges, owed)):
            return None
        if self.debts:
            # Each engine adds the two up last of all.
            recorded[:, TURNOVER] += owed[:, debt_lanes.TURNOVER]
            recorded[:, COST] += owed[:, debt_lanes.COST]
        return [
            Outcomes.of(
                self.spec,
                final_nav=rows[VALUE],
                max_drawdown=rows[DRAWDOWN],
                turnover=rows[TURNOVER],
                rebalances=rows[REBALANCES].astype(np.int64),
                cost=rows[COST],
                days_out=rows[DAYS_OUT],
                returns=Moments(rows[RETURNS], rows[SQUARES]),
                active=Moments(rows[ACTIVE], rows[ACTIVE_SQUARES]),
                checkpoints=values,
                hedge=self._hedged(hedges, some) if self.hedges else None,
                debt=debt_lanes.outcomes(self.spec.horizon_days, debts) if self.debts else None,
            )
            for rows, values, hedges, some, debts in zip(*left, strict=True)
        ]

    def kept(self) -> bool:
        """Whether its machine code is at hand, so that it need not be compiled."""
        return is_kept(partial(_kernel, _digest()), *self._given(range(1)), *self._room(1))

    def _given(self, paths: range) -> tuple[object, ...]:
        seed = self.spec.seed
        keys = _U(seed & 0xFFFFFFFF), _U(seed >> 32), _U(paths.start)
        return self.market, self.rules, self.vaults, self.hedges, self.debts, *keys

    def _room(self, paths: int) -> tuple[Floats, ...]:
        """Room for what is recorded of so many paths, kept on the way, and of hedges and debt."""
        sets, days = len(self.rules.drift_threshold), len(self.vaults.checkpoint_days)
        hedged = paths if self.hedges else 0
        return (
            np.empty((sets, RECORDED, paths)),
            np.empty((sets, days, paths)),
            np.empty((sets, hedges_lanes.RECORDED, hedged)),
            np.empty((sets, 3, days, hedged)),
            np.empty((sets, debt_lanes.RECORDED, paths if self.debts else 0)),
        )

    def _hedged(self, rows: Floats, greeks: Floats) -> HedgeOutcomes:
        return HedgeOutcomes.of(
            self.spec,
            gain=rows[hedges_lanes.GAIN],
            premium=rows[hedges_lanes.PREMIUM],
            funding=rows[hedges_lanes.FUNDING],
            fees=rows[hedges_lanes.FEES],
            liquidations=rows[hedges_lanes.LIQUIDATIONS],
            bare=Moments(rows[hedges_lanes.BARE], rows[hedges_lanes.SQUARES]),
            sums=rows[hedges_lanes.SUMS :],
            kept=greeks,
        )


def _call(*arguments: object) -> None:
    digest = _digest()
    if call_kept(partial(_kernel, digest), *arguments) != digest:
        raise AssertionError("the compiled engine was made of other sources than these")


@cache
def _digest() -> int:
    whole = hashlib.sha256(b"".join(Path(file).read_bytes() for file in _SOURCES)).digest()
    return int.from_bytes(whole[:7], "big")


@cache
def _kernel(digest: int, *, on_disk: bool) -> Callable[..., Any]:
    """The compiled engine.

    Numba looks for changes in this file only. The digest of all sources, a constant of the
    function, is part of what its cache compares.
    """

    @njit(cache=on_disk, nogil=True, error_model="numpy")
    def run(
        market, rules, vaults, hedges, debts, k0, k1, path, recorded, kept, by_hedges, greeks, owed
    ):
        left = recorded, kept, by_hedges, greeks, owed
        live_through(market, rules, vaults, hedges, debts, k0, k1, path, *left)
        return digest

    compiled: Callable[..., Any] = run
    return compiled

"""A market's figures for numba, and the room that many paths side by side are drawn in.

Arrays of room end in (DAYS, LANES), days by paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from dpo_gov.canonical import cholesky
from dpo_gov.canonical.lanes import room
from dpo_gov.market.autoregression import Autoregression
from dpo_gov.market.cluster import Cluster
from dpo_gov.market.model import Market
from dpo_gov.market.quoting import feeds
from dpo_gov.market.recall import Recall
from dpo_gov.market.sample import (
    CHUNK,
    NOTHING,
    Asked,
    drifts,
    fundings,
    loadings,
    spreads,
    stationary,
    thresholds,
    utilisations,
)

LANES, DAYS = 256, CHUNK
"""Enough paths that a pack of rebalances is seldom empty, and few enough for the caches."""
COMPILED = {"error_model": "numpy", "forceinline": True}

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Returning(NamedTuple):
    """Figures that return to a level, in the order of their lanes; none where none is asked for."""

    drawn: npt.NDArray[np.bool_]
    level: Floats
    """(lanes, 1, regimes)"""
    keep: Floats
    scale: Floats
    start: Floats

    @classmethod
    def of(cls, figures: Sequence[Autoregression | None], states: int) -> Returning:
        """Of some that may not be there."""
        nothing = Autoregression((0.0,) * states, 0.0, 0.0, 0.0)
        ones = [one or nothing for one in figures]
        return cls(
            drawn=np.array([one is not None for one in figures], dtype=np.bool_),
            level=np.array([one.level for one in ones]).reshape(len(ones), 1, states),
            keep=np.array([one.keep for one in ones]),
            scale=np.array([one.scale for one in ones]),
            start=np.array([one.start for one in ones]),
        )


class Figures(NamedTuple):
    """A market as arrays; thresholds and limits are compared with words of 32 bits."""

    degrees: int
    """0 where there is no mixing."""
    mixing_bound: float
    start: Integers
    """(regimes − 1,)"""
    transition: Integers
    """(regimes − 1, regimes)"""
    drift: Floats
    """(assets, 1, regimes)"""
    loading: Floats
    """(assets, assets, regimes), zero above the diagonal."""
    loads: npt.NDArray[np.bool_]
    """Whether a loading is not zero in all regimes, (assets, assets)."""
    felt: npt.NDArray[np.bool_]
    """Whether an asset's growth is asked for, (assets,)."""
    drawn: npt.NDArray[np.bool_]
    """Whether a factor reaches such an asset, (assets,)."""
    follows: npt.NDArray[np.bool_]
    """Whether an asset's variance follows the days, (assets,)."""
    cluster: Floats
    """Its figures in the order of `Cluster`, (assets, 6)."""
    recalls: npt.NDArray[np.bool_]
    """Whether an asset's days are taken from history, (assets,)."""
    history: Floats
    """(assets, days of history)"""
    block_limit: int
    anywhere: bool
    reversion: Floats
    jump_limit: Integers
    """Of the common jump, then of each asset's own."""
    common_mean: Floats
    common_deviation: Floats
    common_lower: Floats
    own_mean: Floats
    own_deviation: Floats
    spread: Floats
    """Variance of the diffusion, (assets, 1, regimes); no assets where it is not asked for."""
    funding: Returning
    utilisation: Returning
    feeds: Floats | None
    """In the order of `Feed`, (assets, 3). None where quotes are not asked for: numba then compiles
    no line that is for them."""

    @classmethod
    def of(cls, market: Market, felt: Iterable[int], asked: Asked = NOTHING) -> Figures:
        """The market's figures, for the assets whose places are `felt`."""
        size, places = len(market.assets), set(felt)
        loading = np.zeros((size, size, len(market.regimes)))
        for i, row in enumerate(loadings(market)):
            for j, one in enumerate(row):
                loading[i, j] = one.figures
        wanted = np.array([place in places for place in range(size)])
        jump, own = market.common_jump, [asset.own_jump for asset in market.assets]
        recall = Recall.of(market)
        clusters = [Cluster.of(market, place) for place in range(size)]
        chances = [jump.probability, *(one.probability for one in own)]
        limits = [int(chance * 2.0**32) for chance in chances]
        spread = [one.figures for one in spreads(market)] if asked.variance else []
        funding = fundings(market) if asked.funding else []
        utilisation = utilisations(market) if asked.utilisation else []
        states = len(market.regimes)
        return cls(
            degrees=market.degrees or 0,
            mixing_bound=market.mixing_bound,
            start=thresholds(stationary(market.transition)).astype(np.int64),
            transition=np.ascontiguousarray(
                np.array([thresholds(row) for row in market.transition]).T.astype(np.int64)
            ),
            drift=np.array([one.figures for one in drifts(market)]).reshape(size, 1, -1),
            loading=loading,
            loads=(loading != 0.0).any(axis=2),
            felt=wanted,
            drawn=(loading[wanted] != 0.0).any(axis=(0, 2)),
            follows=np.array([one is not None for one in clusters]),
            cluster=np.array([astuple(one) if one else (0.0,) * 6 for one in clusters]),
            recalls=np.array([market.recalls(place) for place in range(size)]),
            history=recall.rows if recall else np.zeros((size, 1)),
            block_limit=recall.limit if recall else 0,
            anywhere=recall is not None and recall.anywhere,
            reversion=np.array([asset.reversion for asset in market.assets]),
            jump_limit=np.array(limits, dtype=np.int64),
            common_mean=np.array(jump.mean),
            common_deviation=np.array(jump.deviation),
            common_lower=np.array(cholesky(jump.correlation)),
            own_mean=np.array([one.mean for one in own]),
            own_deviation=np.array([one.deviation for one in own]),
            spread=np.array(spread).reshape(len(spread), 1, states),
            funding=Returning.of(funding, states),
            utilisation=Returning.of(utilisation, states),
            feeds=np.array(feeds(market)) if asked.quote else None,
        )


class Rows(NamedTuple):
    """What is drawn, and room to work in."""

    growth: Floats
    """Price over yesterday's, (assets, DAYS, LANES)."""
    regime: Integers
    """(1 + DAYS, LANES), from the day before on."""
    variance: Floats
    """Of the day's diffusion, with its W, (assets, DAYS, LANES); only where it is asked for."""
    ahead: Floats
    """Variance that is expected of the day after, (assets, DAYS, LANES)."""
    funding: Floats
    """(assets, DAYS, LANES)"""
    utilisation: Floats
    """(lending venues, DAYS, LANES)"""
    quote: Floats | None
    """The oracle's price over the market's, (assets, DAYS, LANES)."""
    h: Floats
    """Variance of the next day, where it follows the days, (assets, LANES)."""
    pegged: Floats
    """Log price of an asset with a peg against it, (assets, LANES)."""
    day: Integers
    """Of history, (1 + DAYS, LANES), from the day before on."""
    normal: Floats
    root: Floats
    """√W, (DAYS, LANES)."""
    factor: Floats
    """A figure by its regime, (DAYS, LANES)."""
    pair: Floats
    """Two uniforms, (2, LANES)."""
    word: Integers
    hits: Integers
    sizes: Floats
    funding_distance: Floats
    """Of funding from its level, (assets, LANES)."""
    utilisation_distance: Floats
    """Of the logit of utilisation, (lending venues, LANES)."""


@njit(**COMPILED)
def _room_for_quotes(feeds):
    if feeds is None:
        return None
    return room(len(feeds) * DAYS * LANES).reshape((len(feeds), DAYS, LANES))


@njit(**COMPILED)
def make_rows(market):
    """Rows for a market."""
    days, assets, spread = (DAYS, LANES), len(market.felt), len(market.spread)
    funded, venues = len(market.funding.drawn), len(market.utilisation.drawn)
    return Rows(
        room(assets * DAYS * LANES).reshape((assets, *days)),
        room((1 + DAYS) * LANES).view(np.int64).reshape((1 + DAYS, LANES)),
        room(spread * DAYS * LANES).reshape((spread, *days)),
        room(spread * DAYS * LANES).reshape((spread, *days)),
        room(funded * DAYS * LANES).reshape((funded, *days)),
        room(venues * DAYS * LANES).reshape((venues, *days)),
        _room_for_quotes(market.feeds),
        room(assets * LANES).reshape((assets, LANES)),
        room(assets * LANES).reshape((assets, LANES)),
        room((1 + DAYS) * LANES).view(np.int64).reshape((1 + DAYS, LANES)),
        room(assets * DAYS * LANES).reshape((assets, *days)),
        room(DAYS * LANES).reshape(days),
        room(DAYS * LANES).reshape(days),
        room(2 * LANES).reshape((2, LANES)),
        room(DAYS * LANES).view(np.int64).reshape(days),
        np.empty((DAYS * LANES, 2), dtype=np.int64),
        np.empty(assets),
        room(funded * LANES).reshape((funded, LANES)),
        room(venues * LANES).reshape((venues, LANES)),
    )


@njit(**COMPILED)
def gather(chosen, count):
    """Put the numbers of the lanes that are marked in front, of which there are `count`."""
    if count:
        count = 0
        for lane in range(LANES):
            due = chosen[lane]
            chosen[count] = lane
            count += due
    return count

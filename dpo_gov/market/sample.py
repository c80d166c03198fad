"""Days drawn from a market, for a block of paths at once, in canonical arithmetic.

All draws are addressed by purpose, asset, path and day, so a block of any size, or one path
alone, sees the same days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical import Purpose, Stream, cholesky, exp
from dpo_gov.canonical import variance as sample_variance
from dpo_gov.market.autoregression import Autoregression, share
from dpo_gov.market.cluster import Cluster
from dpo_gov.market.model import Jump, Market
from dpo_gov.market.quoting import feeds, quote
from dpo_gov.market.recall import Recall

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CHUNK = 4
"""Days drawn at once: one call of Philox gives four words of 32 bits, or two normals."""
OWN_JUMPS = 64
"""Lane of the first own jump; the common jump's sizes have the lanes before."""


@dataclass(frozen=True)
class Asked:
    """What is drawn besides prices, each since somebody asked for it; it changes no other draw."""

    variance: bool = False
    funding: bool = False
    utilisation: bool = False
    quote: bool = False

    @classmethod
    def of(cls, market: Market, modules: Collection[str]) -> Asked:
        """What rebalancing and these modules need; a quote needs the variance."""
        quoted = market.oracle is not None
        return cls(
            variance=bool(modules) or quoted or market.venue.thinning > 0.0,
            funding="hedging" in modules,
            utilisation="collateral" in modules,
            quote=quoted,
        )


NOTHING = Asked()


@dataclass(frozen=True)
class Day:
    """One day of a block: `growth` is price over yesterday's, (assets, paths).

    What was not asked for has no rows.
    """

    growth: Floats
    regime: Integers
    """Number of the regime, (paths,)."""
    ether: Floats
    """US dollars for one ETH after the day, (paths,)."""
    variance: Floats
    """Of the day's diffusion, with the day's W: volatility² W, or h W, (assets, paths)."""
    ahead: Floats
    """What is expected of the next day after this one, with a W of 1: volatility² of the regime,
    or the next h, (assets, paths). Of history both are the variance of its returns."""
    funding: Floats
    """What a long perpetual pays, as a share of its notional, (assets, paths); 0 without one."""
    utilisation: Floats
    """Share of the deposits that is lent out, (lending venues, paths)."""
    quote: Floats
    """The oracle's price over the market's, (assets, paths)."""


@dataclass(frozen=True)
class _Chunk:
    """Some days at once, (…, days, paths)."""

    growth: Floats
    regime: Integers
    variance: Floats
    ahead: Floats
    funding: Floats
    utilisation: Floats
    quote: Floats


@dataclass(frozen=True)
class _Lasting:
    """What lasts between days, in place: arrays (…, paths)."""

    regime: Integers
    row: Integers
    """Of history."""
    variance: Floats
    """Of the next day, where it follows the days."""
    pegged: Floats
    """Log price of an asset with a peg against it."""
    funding: Floats
    """Distance from its level."""
    utilisation: Floats
    """Distance of its logit."""


class Sampler:
    """Draws the days of a block of paths."""

    def __init__(self, market: Market, seed: int, paths: Integers, asked: Asked = NOTHING) -> None:
        self.market, self.seed, self.paths, self._asked = market, seed, paths, asked
        self._loadings = loadings(market)
        self._drift = drifts(market)
        self._recall = Recall.of(market)
        self._clusters = [Cluster.of(market, i) for i in range(len(market.assets))]
        self._transition = np.array([thresholds(row) for row in market.transition]).T
        self._start = thresholds(stationary(market.transition))
        self._ether = next((n for n, a in enumerate(market.assets) if a.symbol == "ETH"), None)
        self._spread = spreads(market) if asked.variance else []
        self._funding = fundings(market) if asked.funding else []
        self._feeds = feeds(market) if asked.quote else []
        self._utilisation = utilisations(market) if asked.utilisation else []

    def days(self, count: int) -> Iterator[Day]:
        """The first `count` days, in order."""
        lasting = self._begin()
        ether = np.full(len(self.paths), self.market.gas.ether)
        for first in range(0, count, CHUNK):
            chunk = self._chunk(first, lasting)
            for k in range(min(CHUNK, count - first)):
                if self._ether is not None:
                    ether = ether * chunk.growth[self._ether, k]
                yield Day(
                    chunk.growth[:, k],
                    chunk.regime[k],
                    ether,
                    chunk.variance[:, k],
                    chunk.ahead[:, k],
                    chunk.funding[:, k],
                    chunk.utilisation[:, k],
                    chunk.quote[:, k],
                )

    def _begin(self) -> _Lasting:
        n, assets = len(self.paths), len(self.market.assets)
        return _Lasting(
            regime=np.zeros(n, dtype=np.int64),
            row=np.full(n, -1, dtype=np.int64),
            variance=np.array([np.full(n, one.start if one else 0.0) for one in self._clusters]),
            pegged=np.zeros((assets, n)),
            funding=np.zeros((len(self._funding), n)),
            utilisation=np.zeros((len(self._utilisation), n)),
        )

    def _chunk(self, first: int, lasting: _Lasting) -> _Chunk:
        """Days from `first` on; brings what lasts between days up to date."""
        regimes, root = self._regimes(first, lasting.regime), self._mixing(first)
        lasting.regime[:] = regimes[-1]
        variance, ahead = kept = self._variances(regimes), self._variances(regimes)
        growth = self._growth(first, regimes, root, lasting, kept)
        self._mix(variance, root)
        logits = self._returning(
            Purpose.LIQUIDITY, self._utilisation, first, regimes, lasting.utilisation
        )
        return _Chunk(
            growth,
            regimes,
            variance,
            ahead,
            self._returning(Purpose.FUNDING, self._funding, first, regimes, lasting.funding),
            share(logits),
            self._quotes(first, growth, variance),
        )

    def _stream(self, purpose: Purpose, lane: int = 0) -> Stream:
        return Stream(self.seed, purpose, lane)

    def _regimes(self, first: int, regime: Integers) -> Integers:
        """The regimes of a chunk, (days, paths); the first day of all is drawn at the long run."""
        chunk = np.zeros((CHUNK, len(self.paths)), dtype=np.int64)
        if len(self.market.regimes) == 1:
            return chunk
        number = np.array(first // CHUNK)
        words = self._stream(Purpose.REGIME).words(self.paths, number)
        for k, word in enumerate(words):
            rows = self._start[:, None] if first + k == 0 else self._transition[:, regime]
            for row in rows:
                chunk[k] += word >= row
            regime = chunk[k]
        return chunk

    def _growth(
        self,
        first: int,
        regimes: Integers,
        root: Floats | None,
        lasting: _Lasting,
        kept: tuple[Floats, Floats],
    ) -> Floats:
        """Growth of a chunk, (assets, days, paths); fills in the variances that clusters have."""
        returns = self._diffusion(first, regimes, root)
        if self._recall is not None:
            stream = self._stream(Purpose.BOOTSTRAP)
            chosen = self._recall.days(stream, self.paths, first, CHUNK, lasting.row)
            lasting.row[:] = chosen[-1]
            for i, days in enumerate(self._recall.rows):
                if self.market.recalls(i):
                    returns[i] += days[chosen]
        for i, cluster in enumerate(self._clusters):
            if cluster is not None:
                rows = [one[i] for one in kept] if self._asked.variance else []
                cluster.follow(lasting.variance[i], returns[i], *rows)
        self._add_common_jumps(first, returns)
        for i, asset in enumerate(self.market.assets):
            self._add_own_jumps(first, i, asset.own_jump, returns[i])
            if asset.reversion:
                for k in range(CHUNK):
                    returns[i, k] -= asset.reversion * lasting.pegged[i]
                    lasting.pegged[i] += returns[i, k]
            # One day at a time, so that the steps of exp stay in the cache.
            for day in returns[i]:
                day[:] = exp(day)
        return returns

    def _diffusion(self, first: int, regimes: Integers, root: Floats | None) -> Floats:
        returns = np.empty((len(self.market.assets), *regimes.shape))
        normals = np.empty_like(returns)
        for i, loadings in enumerate(self._loadings):
            self._draw(Purpose.DIFFUSION, i, first, normals[i])
            if root is not None:
                normals[i] *= root
            returns[i] = self._drift[i].at(regimes)
            for j, loading in enumerate(loadings):
                if loading.any:
                    returns[i] += loading.at(regimes) * normals[j]
        return returns

    def _draw(self, purpose: Purpose, lane: int, first: int, normals: Floats) -> None:
        """Fill in the normals of a chunk, (days, paths)."""
        stream = self._stream(purpose, lane)
        for day in range(0, CHUNK, 2):  # all at once would not stay in the cache
            pair = stream.normals(self.paths, np.array((first + day) // 2))
            normals[day], normals[day + 1] = pair

    def _variances(self, regimes: Integers) -> Floats:
        """The variance of a chunk's diffusion without mixing, (assets, days, paths)."""
        variances = np.zeros((len(self._spread), *regimes.shape))
        for one, spread in zip(variances, self._spread, strict=True):
            one[:] = spread.at(regimes)
        return variances

    def _mix(self, variances: Floats, root: Floats | None) -> None:
        if root is not None:
            mixing = root * root
            for i in range(len(variances)):
                if not self.market.recalls(i):
                    variances[i] *= mixing

    def _returning(
        self,
        purpose: Purpose,
        drawn: Sequence[Autoregression | None],
        first: int,
        regimes: Integers,
        distances: Floats,
    ) -> Floats:
        """Figures that return to a level, (lanes, days, paths); `distances` of the day before."""
        figures = np.zeros((len(drawn), *regimes.shape))
        for lane, one in enumerate(drawn):
            if one is not None:
                self._draw(purpose, lane, first, figures[lane])
                one.follow(first, distances[lane], figures[lane])
                figures[lane] += ByRegime(one.level).at(regimes)
        return figures

    def _quotes(self, first: int, growth: Floats, variance: Floats) -> Floats:
        """The oracle's prices over the market's, (assets, days, paths)."""
        quotes = np.empty((len(self._feeds), *growth.shape[1:]))
        numbers = 2 * np.arange(first, first + CHUNK)[:, None]
        for i, feed in enumerate(self._feeds):
            stream = self._stream(Purpose.ORACLE_DELAY, i)
            uniforms = stream.uniforms(self.paths, numbers)
            normal = stream.normals(self.paths, numbers + 1)[0]
            quotes[i] = quote(growth[i], variance[i], uniforms, normal, feed)
        return quotes

    def _mixing(self, first: int) -> Floats | None:
        """√W of a chunk, (days, paths); None where the market has no mixing."""
        degrees = self.market.degrees
        if degrees is None:
            return None
        days = np.arange(first, first + CHUNK)[:, None]
        mixing = self._stream(Purpose.MIXING).chi_square(self.paths, days, degrees)
        np.divide(degrees - 2.0, mixing, out=mixing)
        np.minimum(mixing, self.market.mixing_bound, out=mixing)
        return np.sqrt(mixing, out=mixing)

    def _add_common_jumps(self, first: int, returns: Floats) -> None:
        jump = self.market.common_jump
        days, places = self._jump_times(0, first, jump.probability)
        if not places.size:
            return
        lower = cholesky(jump.correlation)
        sizes = []
        for i, row in enumerate(lower):
            size = self._stream(Purpose.JUMP_SIZE, i).normals(self.paths[places], first + days)[0]
            sizes.append(size)
            together = row[0] * sizes[0]
            for j in range(1, i + 1):
                together = together + row[j] * sizes[j]
            returns[i, days, places] += jump.mean[i] + jump.deviation[i] * together

    def _add_own_jumps(self, first: int, i: int, jump: Jump, returns: Floats) -> None:
        days, places = self._jump_times(1 + i, first, jump.probability)
        if places.size:
            stream = self._stream(Purpose.JUMP_SIZE, OWN_JUMPS + i)
            size = stream.normals(self.paths[places], first + days)[0]
            returns[days, places] += jump.mean + jump.deviation * size

    def _jump_times(self, lane: int, first: int, probability: float) -> tuple[Integers, Integers]:
        """Day in the chunk and place in the block of each jump."""
        if probability == 0.0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        number = np.array(first // CHUNK)
        words = self._stream(Purpose.JUMP_TIME, lane).words(self.paths, number)
        limit = np.uint64(int(probability * 2.0**32))
        hits = [np.flatnonzero(word < limit) for word in words]
        days = np.repeat(np.arange(CHUNK), [len(hit) for hit in hits])
        return days, np.concatenate(hits)


def stationary(transition: Sequence[Sequence[float]]) -> list[float]:
    """Long-run share of the days that a Markov chain spends in each regime.

    Squares (I + P) / 2, which has the same long run and no period, until it stands still.
    """
    size = range(len(transition))
    power = [[(transition[i][j] + (i == j)) / 2.0 for j in size] for i in size]
    for _ in range(60):
        power = [_normalised([_inner(row, power, j) for j in size]) for row in power]
    return power[0]


def _inner(row: Sequence[float], matrix: Sequence[Sequence[float]], column: int) -> float:
    value = 0.0
    for k, factor in enumerate(row):
        value += factor * matrix[k][column]
    return value


def _normalised(row: Sequence[float]) -> list[float]:
    whole = 0.0
    for value in row:
        whole += value
    return [value / whole for value in row]


def thresholds(row: Sequence[float]) -> npt.NDArray[np.uint64]:
    """Where a 32-bit word passes to the next regime."""
    limits, passed = [], 0.0
    for probability in row[:-1]:
        passed += probability
        limits.append(int(passed * 2.0**32))
    return np.array(limits, dtype=np.uint64)


class ByRegime:
    """A figure that may depend on the regime."""

    def __init__(self, figures: Sequence[float]) -> None:
        self.figures = np.array(figures)
        self._constant = all(figure == figures[0] for figure in figures)
        self.any = any(figures)

    def at(self, regimes: Integers) -> Floats | float:
        """The figure in each of the regimes."""
        return float(self.figures[0]) if self._constant else self.figures.take(regimes)


def drifts(market: Market) -> list[ByRegime]:
    """The drift of each asset, by regime; none where a cluster adds its own."""
    return [
        ByRegime([0.0 if asset.garch else regime.drift[i] for regime in market.regimes])
        for i, asset in enumerate(market.assets)
    ]


def loadings(market: Market) -> list[list[ByRegime]]:
    """Volatility times the lower Cholesky factor, [asset][factor], by regime.

    The volatility of an asset with a cluster comes later; one with a history has none of its own.
    """
    lower = [cholesky(regime.correlation) for regime in market.regimes]
    rows = []
    for i, asset in enumerate(market.assets):
        scale = [1.0 if asset.garch else regime.volatility[i] for regime in market.regimes]
        if market.recalls(i):
            scale = [0.0]
        rows.append(
            [
                ByRegime([s * one[i][j] for s, one in zip(scale, lower, strict=True)])
                for j in range(i + 1)
            ]
        )
    return rows


def spreads(market: Market) -> list[ByRegime]:
    """The variance of each asset's diffusion, by regime; none where it follows the days."""
    found = []
    for i, asset in enumerate(market.assets):
        deviations = [0.0 if asset.garch else regime.volatility[i] for regime in market.regimes]
        variances = [deviation * deviation for deviation in deviations]
        if market.history and market.recalls(i):
            returns = np.array(market.history.returns[market.history.assets.index(asset.symbol)])
            variances = [sample_variance(returns) if len(returns) > 1 else 0.0]
        found.append(ByRegime(variances))
    return found


def fundings(market: Market) -> list[Autoregression | None]:
    """The funding of each asset; None where the market has none."""
    known = {one.asset: one for one in market.conditions.funding} if market.conditions else {}
    return [
        Autoregression.of(known[asset.symbol]) if asset.symbol in known else None
        for asset in market.assets
    ]


def utilisations(market: Market) -> list[Autoregression]:
    """The logit of the utilisation of each lending venue."""
    venues = market.conditions.lending if market.conditions else ()
    return [Autoregression.of(one) for one in venues]


def usual_variances(market: Market) -> list[float]:
    """The long-run variance of each asset's diffusion; infinite where it never moves."""
    shares, found = stationary(market.transition), []
    for i, (asset, spread) in enumerate(zip(market.assets, spreads(market), strict=True)):
        variances = [float(figure) for figure in spread.figures]
        if asset.garch:
            variances = [market.regimes[0].volatility[i] * market.regimes[0].volatility[i]]
        usual = 0.0
        for part, variance in zip(shares, variances, strict=True):
            usual += part * variance
        found.append(usual or inf)
    return found

"""Days drawn for numba, many paths side by side: the twin of `Sampler`, draw by draw.

The inner loops run over one row of lanes, with no sum in an index and no slice of an array, which
is what lets LLVM turn them into vector code without a reference to count. Long chains of operations
are cut into several loops, so that a processor has enough of them in flight. What no asset of the
strategy feels is not drawn; since draws are addressed, that changes no bit of the others.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from dpo_gov.canonical import Purpose
from dpo_gov.canonical import lanes as canonical
from dpo_gov.canonical.lanes import exp, log, normals, philox4x32, rolled, sincos, uniform, vectors
from dpo_gov.market import (
    autoregression,
    borrowing,
    cluster,
    conditions,
    model,
    quoting,
    recall,
    rows_lanes,
    sample,
)
from dpo_gov.market.quoting import Feed, quote
from dpo_gov.market.rows_lanes import COMPILED, DAYS, LANES
from dpo_gov.market.sample import OWN_JUMPS

SOURCES = (
    *canonical.SOURCES,
    __file__,
    autoregression.__file__,
    borrowing.__file__,
    cluster.__file__,
    conditions.__file__,
    model.__file__,
    quoting.__file__,
    recall.__file__,
    rows_lanes.__file__,
    sample.__file__,
)

_U = np.uint64
_DIFFUSION, _MIXING = _U(Purpose.DIFFUSION.value), _U(Purpose.MIXING.value)
_REGIME, _JUMP_TIME = _U(Purpose.REGIME.value), _U(Purpose.JUMP_TIME.value)
_BOOTSTRAP, _HALF = _U(Purpose.BOOTSTRAP.value), _U(32)
_FUNDING, _LIQUIDITY = _U(Purpose.FUNDING.value), _U(Purpose.LIQUIDITY.value)
_ORACLE = _U(Purpose.ORACLE_DELAY.value)
_JUMP_SIZE, _LANE = _U(Purpose.JUMP_SIZE.value), _U(8)
_OWN_JUMPS = OWN_JUMPS

canonical.inline(borrowing.borrow_rate, quoting.quote, quoting.thinned)


@njit(**COMPILED)
def draw_days(market, k0, k1, path, first, rows):
    """Draw the `DAYS` days from day `first` on, for `LANES` paths from `path` on."""
    if market.transition.shape[1] > 1:
        _draw_regimes(market, k0, k1, path, first, rows.regime, rows.word)
    if market.degrees:
        _draw_mixing(market, k0, k1, path, first, rows.root)
    if market.recalls.any():
        _choose_days(market, k0, k1, path, first, rows.day)
    _draw_factors(market, k0, k1, path, first, rows)
    _diffuse(market, first, rows)
    _add_common_jumps(market, k0, k1, path, first, rows)
    for i in range(len(market.felt)):
        if market.felt[i]:
            _add_own_jumps(market, k0, k1, path, first, i, rows)
            if market.reversion[i]:
                _revert(market.reversion[i], rows.pegged, rows.growth, i)
            _grow(rows.growth, i)
    funding, lent = market.funding, market.utilisation
    _return(funding, k0, k1, _FUNDING, path, first, rows, rows.funding, rows.funding_distance)
    _return(
        lent, k0, k1, _LIQUIDITY, path, first, rows, rows.utilisation, rows.utilisation_distance
    )
    _share(rows.utilisation)
    _quote(market.feeds, rows.quote, market.felt, k0, k1, path, first, rows)


@njit(**COMPILED)
def _draw_words(k0, k1, purpose, path, first, word):
    """One word of 32 bits for each day and path."""
    number = _U(first // DAYS)
    for lane in range(LANES):
        a, b, c, d = philox4x32(path + _U(lane), purpose, number, k0, k1)
        word[0, lane] = a
        word[1, lane] = b
        word[2, lane] = c
        word[3, lane] = d


@njit(**COMPILED)
def _draw_regimes(market, k0, k1, path, first, regime, word):
    steps, states = market.transition.shape
    _draw_words(k0, k1, _REGIME, path, first, word)
    for lane in range(LANES):
        regime[0, lane] = regime[DAYS, lane]
    for day in range(DAYS):
        for lane in range(LANES):
            regime[1 + day, lane] = 0
        for step in range(steps):
            for state in range(states):
                if first + day > 0:
                    limit, wanted = market.transition[step, state], state
                    for lane in range(LANES):
                        passed = (word[day, lane] >= limit) & (regime[day, lane] == wanted)
                        regime[1 + day, lane] += np.int64(passed)
                elif state == 0:
                    limit = market.start[step]
                    for lane in range(LANES):
                        regime[1, lane] += np.int64(word[0, lane] >= limit)


@njit(**COMPILED)
def _draw_mixing(market, k0, k1, path, first, root):
    degrees, bound = market.degrees, market.mixing_bound
    numerator, calls = degrees - 2.0, (degrees + 3) // 4
    for day in range(DAYS):
        for lane in range(LANES):
            root[day, lane] = 1.0
        for call in range(calls):
            number, both = _U((first + day) * calls + call), degrees >= 4 * call + 4
            for lane in range(LANES):
                a, b, c, d = philox4x32(path + _U(lane), _MIXING, number, k0, k1)
                product = root[day, lane] * uniform(a, b)
                root[day, lane] = product * (uniform(c, d) if both else 1.0)
    for day in range(DAYS):
        for lane in range(LANES):
            mixing = numerator / (log(root[day, lane]) * -2.0)
            root[day, lane] = math.sqrt(bound if mixing > bound else mixing)


@njit(**COMPILED)
def _draw_factors(market, k0, k1, path, first, rows):
    """The normals of each factor that is felt, with their mixing."""
    for j in range(len(market.drawn)):
        if market.drawn[j]:
            for day in range(0, DAYS, 2):
                number = _U((first + day) // 2)
                purpose = _DIFFUSION | _U(j) << _LANE
                _draw_normals(k0, k1, purpose, path, number, rows.pair, rows.normal, j, day)
            rolled()
            if market.degrees:
                _scale(rows.normal, j, rows.root)


@njit(**COMPILED)
def _diffuse(market, first, rows):
    """Put drift and diffusion, or history, into the rows of growth, as log returns."""
    for i in range(len(market.felt)):
        if market.felt[i]:
            _choose(market.drift, i, 0, rows.regime, rows.factor)
            _start(rows.growth, i, rows.factor)
            for j in range(i + 1):
                if market.loads[i, j]:
                    _choose(market.loading, i, j, rows.regime, rows.factor)
                    _load(rows.growth, i, rows.factor, rows.normal, j)
            if market.recalls[i]:
                _recall(market.history, rows.day, rows.growth, i)
            if len(market.spread):
                _spread(market, i, rows)
            if market.follows[i]:
                _follow(market.cluster, first, i, rows)
            if len(market.spread) and market.degrees and not market.recalls[i]:
                _mix(rows.variance, i, rows.root)


@njit(**COMPILED)
def _draw_normals(k0, k1, purpose, path, number, pair, normal, j, day):
    """Two days of one factor."""
    for lane in range(LANES):
        a, b, c, d = philox4x32(path + _U(lane), purpose, number, k0, k1)
        pair[0, lane], pair[1, lane] = uniform(a, b), uniform(c, d)
    vectors(4)
    for lane in range(LANES):
        radius = math.sqrt(log(pair[0, lane]) * -2.0)
        sine, cosine = sincos(pair[1, lane])
        normal[j, day, lane] = cosine * radius
        normal[j, day + 1, lane] = sine * radius
    vectors(4)


@njit(**COMPILED)
def _scale(normal, j, root):
    for day in range(DAYS):
        for lane in range(LANES):
            normal[j, day, lane] *= root[day, lane]


@njit(**COMPILED)
def _choose(figures, i, j, regime, factor):
    """The figure of each regime, by comparison, since a table would have to be gathered from."""
    for day in range(DAYS):
        figure = figures[i, j, 0]
        for lane in range(LANES):
            factor[day, lane] = figure
        for state in range(1, figures.shape[2]):
            figure = figures[i, j, state]
            if figure != figures[i, j, state - 1]:
                for lane in range(LANES):
                    chosen = regime[1 + day, lane] >= state
                    factor[day, lane] = figure if chosen else factor[day, lane]


@njit(**COMPILED)
def _start(growth, i, factor):
    for day in range(DAYS):
        for lane in range(LANES):
            growth[i, day, lane] = factor[day, lane]


@njit(**COMPILED)
def _load(growth, i, factor, normal, j):
    for day in range(DAYS):
        for lane in range(LANES):
            growth[i, day, lane] += factor[day, lane] * normal[j, day, lane]


@njit(**COMPILED)
def _choose_days(market, k0, k1, path, first, chosen):
    """The rows of history that the days have: the next ones, or where a new block begins."""
    size, limit = market.history.shape[1], _U(market.block_limit)
    for lane in range(LANES):
        row = -1 if first == 0 else chosen[DAYS, lane]
        for day in range(0, DAYS, 2):
            number = _U((first + day) // 2)
            a, b, c, d = philox4x32(path + _U(lane), _BOOTSTRAP, number, k0, k1)
            row = row + 1 if row + 1 < size else 0
            fresh = market.anywhere if first + day == 0 else a < limit
            row = np.int64(b * _U(size) >> _HALF) if fresh else row
            chosen[1 + day, lane] = row
            row = row + 1 if row + 1 < size else 0
            row = np.int64(d * _U(size) >> _HALF) if c < limit else row
            chosen[2 + day, lane] = row


@njit(**COMPILED)
def _recall(history, chosen, growth, i):
    for day in range(DAYS):
        for lane in range(LANES):
            growth[i, day, lane] += history[i, chosen[1 + day, lane]]


@njit(**COMPILED)
def _spread(market, i, rows):
    """The variance of each day and of the next one, without mixing."""
    _choose(market.spread, i, 0, rows.regime, rows.factor)
    for day in range(DAYS):
        for lane in range(LANES):
            rows.variance[i, day, lane] = rows.ahead[i, day, lane] = rows.factor[day, lane]


@njit(**COMPILED)
def _mix(variance, i, root):
    for day in range(DAYS):
        for lane in range(LANES):
            variance[i, day, lane] *= root[day, lane] * root[day, lane]


@njit(**COMPILED)
def _follow(cluster, first, i, rows):
    drift, base, keep = cluster[i, 1], cluster[i, 2], cluster[i, 3]
    rise, fall = cluster[i, 4], cluster[i, 5]
    growth, kept = rows.growth, len(rows.variance)
    if first == 0:
        for lane in range(LANES):
            rows.h[i, lane] = cluster[i, 0]
    for day in range(DAYS):
        if kept:
            for lane in range(LANES):
                rows.variance[i, day, lane] = rows.h[i, lane]
        for lane in range(LANES):
            h = rows.h[i, lane]
            e = math.sqrt(h) * growth[i, day, lane]
            growth[i, day, lane] = (drift - 0.5 * h) + e
            weight = fall if e < 0.0 else rise
            rows.h[i, lane] = (base + keep * h) + weight * (e * e)
        if kept:
            for lane in range(LANES):
                rows.ahead[i, day, lane] = rows.h[i, lane]


@njit(**COMPILED)
def _return(figures, k0, k1, purpose, path, first, rows, found, distance):
    """Draw figures that return to a level, day by day."""
    for n in range(len(figures.drawn)):
        if figures.drawn[n]:
            for day in range(0, DAYS, 2):
                number, lane_of = _U((first + day) // 2), purpose | _U(n) << _LANE
                _draw_normals(k0, k1, lane_of, path, number, rows.pair, found, n, day)
            _choose(figures.level, n, 0, rows.regime, rows.factor)
            keep, scale, start = figures.keep[n], figures.scale[n], figures.start[n]
            for day in range(DAYS):
                if first + day == 0:
                    for lane in range(LANES):
                        distance[n, lane] = start * found[n, day, lane]
                else:
                    for lane in range(LANES):
                        shock = scale * found[n, day, lane]
                        distance[n, lane] = keep * distance[n, lane] + shock
                for lane in range(LANES):
                    found[n, day, lane] = distance[n, lane] + rows.factor[day, lane]


@njit(**COMPILED)
def _share(logit):
    """Put in the place of logits what they are the logits of."""
    for n in range(len(logit)):
        for day in range(DAYS):
            for lane in range(LANES):
                logit[n, day, lane] = 1.0 / (1.0 + exp(-logit[n, day, lane]))


@njit(**COMPILED)
def _quote(feeds, found, felt, k0, k1, path, first, rows):
    """What the oracle makes of the prices."""
    if feeds is not None:
        for i in range(len(felt)):
            if felt[i]:
                _quote_asset(feeds, found, k0, k1, path, first, i, rows)


@njit(**COMPILED)
def _quote_asset(feeds, found, k0, k1, path, first, i, rows):
    feed, pair = Feed(feeds[i, 0], feeds[i, 1], feeds[i, 2]), rows.pair
    for day in range(DAYS):
        number, purpose = _U(2 * (first + day)), _ORACLE | _U(i) << _LANE
        for lane in range(LANES):
            a, b, c, d = philox4x32(path + _U(lane), purpose, number, k0, k1)
            pair[0, lane], pair[1, lane] = uniform(a, b), uniform(c, d)
        for lane in range(LANES):
            normal = normals(path + _U(lane), purpose, number + _U(1), k0, k1)[0]
            rows.factor[day, lane] = normal
        for lane in range(LANES):
            growth, variance = rows.growth[i, day, lane], rows.variance[i, day, lane]
            uniforms, normal = (pair[0, lane], pair[1, lane]), rows.factor[day, lane]
            found[i, day, lane] = quote(growth, variance, uniforms, normal, feed)


@njit(**COMPILED)
def _find_jumps(market, k0, k1, path, first, source, rows):
    """Draw the times of one kind of jump; how many there are, with day and lane in `hits`."""
    limit, word, found = market.jump_limit[source], rows.word, 0
    if limit == 0:
        return 0
    _draw_words(k0, k1, _JUMP_TIME | _U(source) << _LANE, path, first, word)
    for day in range(DAYS):
        least = word[day, 0]
        for lane in range(LANES):
            least = min(least, word[day, lane])
        if least < limit:
            for lane in range(LANES):
                if word[day, lane] < limit:
                    rows.hits[found, 0], rows.hits[found, 1] = day, lane
                    found += 1
    return found


@njit(**COMPILED)
def _add_common_jumps(market, k0, k1, path, first, rows):
    for hit in range(_find_jumps(market, k0, k1, path, first, 0, rows)):
        day, lane = rows.hits[hit, 0], rows.hits[hit, 1]
        for i in range(len(market.felt)):
            rows.sizes[i] = _jump_size(k0, k1, i, path, first, day, lane)
            together = market.common_lower[i, 0] * rows.sizes[0]
            for j in range(1, i + 1):
                together += market.common_lower[i, j] * rows.sizes[j]
            size = market.common_mean[i] + market.common_deviation[i] * together
            rows.growth[i, day, lane] += size


@njit(**COMPILED)
def _add_own_jumps(market, k0, k1, path, first, i, rows):
    for hit in range(_find_jumps(market, k0, k1, path, first, 1 + i, rows)):
        day, lane = rows.hits[hit, 0], rows.hits[hit, 1]
        size = _jump_size(k0, k1, _OWN_JUMPS + i, path, first, day, lane)
        rows.growth[i, day, lane] += market.own_mean[i] + market.own_deviation[i] * size


@njit(**COMPILED)
def _jump_size(k0, k1, number, path, first, day, lane):
    purpose = _JUMP_SIZE | _U(number) << _LANE
    return normals(path + _U(lane), purpose, _U(first + day), k0, k1)[0]


@njit(**COMPILED)
def _revert(reversion, pegged, growth, i):
    for day in range(DAYS):
        for lane in range(LANES):
            growth[i, day, lane] -= reversion * pegged[i, lane]
            pegged[i, lane] += growth[i, day, lane]


@njit(**COMPILED)
def _grow(growth, i):
    for day in range(DAYS):
        for lane in range(LANES):
            growth[i, day, lane] = exp(growth[i, day, lane])
        vectors(8)
    rolled()

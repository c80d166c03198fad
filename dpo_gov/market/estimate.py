"""Maximum likelihood of regimes, Student-t mixing and jumps together, by EM.

The model is a hidden Markov chain of regimes. Given the regime, a day's log returns are

    drift + √W x + J,   x ~ N(0, covariance of the regime),   J ~ N(mean, covariance) of its jump,

with W = min((ν − 2) / χ²(ν), bound). W is taken at the nodes of a quadrature rule, so that given
regime, node and kind of jump the day is normal; x and J are latent. The steps follow
Dempster, Laird and Rubin 1977 and, for the chain, Baum et al. 1970.

A fit is an input to simulations: it may use numpy freely, and its figures are rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, factorial, log

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Progress = Callable[[float], None]

MIXING_BOUND = 25.0
"""No day has more than five times the volatility of its regime; jumps do the rest. Without a
bound the mean of e to a Student-t variable does not exist."""
_NODES = 24
_DEGREES = (4, 6, 8, 10, 14, 20, 30)
_WITH_JUMPS = _DEGREES[1:]
"""From 6, so that the fourth moment exists and the rarest moves are left to jumps, which come to
several assets at once with a correlation of their own. (4 is a little likelier, without jumps.)"""
_PRIOR_SIZE = 4.0
"""Deviations of a day that a jump is believed to be, as firmly as `Shape.prior` jumps seen say."""
_PASSAGES = {
    1: np.array([[1.0]]),
    2: np.array([[0.98, 0.02], [0.03, 0.97]]),
    3: np.array([[0.98, 0.019, 0.001], [0.03, 0.96, 0.01], [0.01, 0.09, 0.90]]),
}
_ITERATIONS, _TOLERANCE = 300, 1e-8


@dataclass(frozen=True)
class Shape:
    """Which parts a model has.

    `regimes`: how many. `mixing`: whether W is drawn, or always 1. `jumps`: at most so many a day,
    of all kinds; 0 for none. `prior`: how many jumps seen would say as much of their size as is
    believed beforehand.
    """

    regimes: int
    mixing: bool
    jumps: float = 0.0
    prior: float = 3.0


WHOLE = Shape(regimes=2, mixing=True, jumps=0.003)
"""Jumps about once a year at most: the rest of the tail is mixing's."""


@dataclass(frozen=True)
class Estimate:
    """Daily figures in log returns. Jumps: first the common one, then one of each asset."""

    degrees: int | None
    """None where there is no mixing."""
    drift: Floats
    """(assets,)"""
    covariance: Floats
    """(regimes, assets, assets)"""
    transition: Floats
    """(regimes, regimes)"""
    jump_probability: Floats
    """(1 + assets,)"""
    jump_mean: Floats
    """(1 + assets, assets)"""
    jump_covariance: Floats
    """(1 + assets, assets, assets)"""
    likelihood: float = -np.inf

    @property
    def shares(self) -> Floats:
        """Long-run share of the days in each regime."""
        shares: Floats = np.linalg.matrix_power(self.transition, 1 << 12)[0]
        return shares

    def moments(self) -> tuple[Floats, Floats]:
        """Long-run mean and covariance of a day's log returns."""
        chance, mean = self.jump_probability, self.jump_mean
        total = self.drift + chance @ mean
        square = self.jump_covariance + mean[:, :, None] * mean[:, None, :]
        jumps = np.einsum("j,jab->ab", chance, square)
        jumps -= np.einsum("j,ja,jb->ab", chance**2, mean, mean)
        mixed = mean_mixing(self.degrees) * np.einsum("s,sab->ab", self.shares, self.covariance)
        return total, mixed + jumps


def mean_mixing(degrees: int | None) -> float:
    """The mean of min((ν − 2) / χ²(ν), bound), in closed form for even ν."""
    if degrees is None:
        return 1.0
    edge = (degrees - 2) / MIXING_BOUND

    def above(nu: int) -> float:
        terms = ((edge / 2.0) ** k / factorial(k) for k in range(nu // 2))
        return exp(-edge / 2.0) * sum(terms)

    return MIXING_BOUND * (1.0 - above(degrees)) + above(degrees - 2)


def likeliest(returns: Floats, shape: Shape = WHOLE, progress: Progress | None = None) -> Estimate:
    """The likeliest figures for daily log returns, (assets, days), of a model of this shape.

    Upwards through the degrees of freedom until the likelihood falls. `progress` is called with a
    guess of the share that is done.
    """
    if not shape.mixing:
        return estimate(returns, None, shape=shape, progress=progress)
    first, *others = _WITH_JUMPS if shape.jumps else _DEGREES
    part = 1.0 / (1 + len(others))

    def after(done: int) -> Progress:
        return lambda share: progress((done + share) * part) if progress else None

    best = estimate(returns, first, shape=shape, progress=after(0))
    for done, degrees in enumerate(others, 1):
        found = estimate(returns, degrees, best, shape=shape, progress=after(done))
        if found.likelihood <= best.likelihood:
            break
        best = found
    return best


def estimate(
    returns: Floats,
    degrees: int | None,
    start: Estimate | None = None,
    *,
    shape: Shape = WHOLE,
    progress: Progress | None = None,
) -> Estimate:
    """The likeliest figures for daily log returns, (assets, days), given ν.

    Deterministic: begins at `start`, or at days split by how much moved around them.
    """
    x = returns.T
    prior = _PRIOR_SIZE**2 * _jump_shapes(np.atleast_2d(np.cov(returns, ddof=0)))
    now = start or _start(x, prior, shape)
    now, before, widest = replace(now, degrees=degrees), -np.inf, 0.0
    for _ in range(_ITERATIONS):
        now = _step(x, now, prior, shape)
        gain = (now.likelihood - before) / abs(now.likelihood)
        if gain <= _TOLERANCE:
            break
        before = now.likelihood
        widest = max(widest, gain) if gain < np.inf else 0.0
        if progress and widest:
            # Gains shrink by about the same share each time.
            progress(log(widest / gain) / log(2.0 * widest / _TOLERANCE))
    return now


def _jump_shapes(covariance: Floats) -> Floats:
    """Covariance of the common jump, then of each asset's own, (1 + assets, assets, assets)."""
    size = len(covariance)
    own = [np.diag(np.where(np.arange(size) == i, np.diag(covariance), 0.0)) for i in range(size)]
    return np.stack([covariance, *own])


def _start(x: Floats, jumps: Floats, shape: Shape) -> Estimate:
    """Regimes by how much the days around one moved: the first has 60 % of those that are left."""
    size, states = x.shape[1], shape.regimes
    moved = np.abs(x / x.std(axis=0)).max(axis=1)
    around = np.convolve(moved, np.full(20, 1.0 / 20.0), "same")
    edges = np.quantile(around, [1.0 - 0.4**n for n in range(1, states)])
    state = (around[:, None] > edges).sum(axis=1)
    covariance = [np.cov(x[state == n].T).reshape(size, size) for n in range(states)]
    return Estimate(
        degrees=0,
        drift=x.mean(axis=0),
        covariance=np.array(covariance),
        transition=_PASSAGES[states],
        jump_probability=np.full(1 + size, 0.005 / size if shape.jumps else 0.0),
        jump_mean=np.zeros((1 + size, size)),
        jump_covariance=jumps,
    )


def _step(x: Floats, now: Estimate, prior: Floats, shape: Shape) -> Estimate:
    """One round of EM; its likelihood is that of `now`.

    Axes: t day, s regime, j kind of jump (0: none), k node of the mixing, a b c assets.
    """
    days, size = x.shape
    mixing, weight = mixing_nodes(now.degrees)
    kinds = np.concatenate([[1.0 - now.jump_probability.sum()], now.jump_probability])
    mean = np.concatenate([np.zeros((1, size)), now.jump_mean])
    jump = np.concatenate([np.zeros((1, size, size)), now.jump_covariance])
    covariance = (
        mixing[:, None, None] * now.covariance[:, None, None] + jump[None, :, None]
    )  # s j k a b
    precision = np.linalg.inv(covariance)
    rest = x[:, None] - (now.drift + mean)  # t j a
    distance = np.einsum("tja,sjkab,tjb->tsjk", rest, precision, rest, optimize=True)
    log_density = -0.5 * (distance + np.linalg.slogdet(covariance)[1] + size * np.log(2 * np.pi))
    log_density += np.log(np.maximum(kinds, 1e-300))[:, None] + np.log(weight)
    peak = log_density.max(axis=(1, 2, 3))
    density = np.exp(log_density - peak[:, None, None, None])
    by_regime = density.sum(axis=(2, 3))
    posterior, passages, likelihood = _forward_backward(by_regime, now)
    density *= (posterior / by_regime)[:, :, None, None]

    n = density.sum(axis=0)  # s j k
    first = np.einsum("tsjk,tja->sjka", density, rest, optimize=True)
    second = np.einsum("tsjk,tja,tjb->sjkab", density, rest, rest, optimize=True)
    # Given the day, J − mean is normal about gain · rest, and the rest of the day is diffusion.
    gain = np.einsum("jab,sjkbc->sjkac", jump, precision)
    left = np.eye(size) - gain
    spread = n[..., None, None] * (jump[None, :, None] - gain @ jump[None, :, None])
    jumped = np.einsum("sjkab,sjkb->ja", gain, first)[1:]
    jumped_square = np.einsum("sjkab->jab", gain @ second @ gain.swapaxes(-1, -2) + spread)[1:]
    moved = np.einsum("k,sjkab,sjkb->sa", 1.0 / mixing, left, first, optimize=True)
    moved_square = np.einsum(
        "k,sjkab->sab", 1.0 / mixing, left @ second @ left.swapaxes(-1, -2) + spread
    )
    information = np.linalg.inv(now.covariance)
    precise = np.einsum("k,sjk->s", 1.0 / mixing, n)
    shift = np.linalg.solve(
        np.einsum("s,sab->ab", precise, information), np.einsum("sab,sb->a", information, moved)
    )
    cross = moved[:, :, None] * shift
    moved_square += precise[:, None, None] * np.outer(shift, shift)
    moved_square -= cross + cross.swapaxes(-1, -2)
    jumps = n.sum(axis=(0, 2))[1:]
    chance = jumps / days
    jump_mean, jump_covariance = _jump_sizes(
        now, (shape.prior, prior), jumps, jumped, jumped_square
    )
    return replace(
        now,
        drift=now.drift + shift,
        covariance=moved_square / n.sum(axis=(1, 2))[:, None, None],
        transition=passages / passages.sum(axis=1, keepdims=True),
        jump_probability=chance * min(1.0, shape.jumps / max(chance.sum(), 1e-300)),
        jump_mean=jump_mean,
        jump_covariance=jump_covariance,
        likelihood=likelihood + peak.sum(),
    )


def _jump_sizes(
    now: Estimate, prior: tuple[float, Floats], jumps: Floats, first: Floats, second: Floats
) -> tuple[Floats, Floats]:
    """Posterior mode of the sizes; `first`, `second`: sums of J − mean and of its square."""
    seen, size = prior
    count = jumps + seen
    mean = (first + jumps[:, None] * now.jump_mean) / count[:, None]
    off = now.jump_mean - mean
    cross = first[:, :, None] * off[:, None, :]
    square = second + cross + cross.swapaxes(-1, -2)
    square += jumps[:, None, None] * off[:, :, None] * off[:, None, :]
    square += seen * (size + mean[:, :, None] * mean[:, None, :])
    return mean, square / count[:, None, None]


def _forward_backward(density: Floats, now: Estimate) -> tuple[Floats, Floats, float]:
    """Chance of each regime on each day, expected passages between them, log likelihood."""
    forward, backward = np.empty_like(density), np.ones_like(density)
    scale = np.empty(len(density))
    row = now.shares * density[0]
    for t in range(len(density)):
        if t:
            row = (forward[t - 1] @ now.transition) * density[t]
        scale[t] = row.sum()
        forward[t] = row / scale[t]
    for t in range(len(density) - 2, -1, -1):
        backward[t] = now.transition @ (density[t + 1] * backward[t + 1]) / scale[t + 1]
    ahead = (density * backward)[1:] / scale[1:, None]
    passages = now.transition * (forward[:-1].T @ ahead)
    return forward * backward, passages, float(np.log(scale).sum())


def mixing_nodes(degrees: int | None) -> tuple[Floats, Floats]:
    """Values of W and their weights: the trapezoid rule in log χ², which converges fast here."""
    if degrees is None:
        return np.ones(1), np.ones(1)
    shape = degrees / 2.0
    half_chi_square = np.exp(
        np.linspace(np.log(0.003), np.log(shape + 6.0 * np.sqrt(shape) + 6.0), _NODES)
    )
    weight = half_chi_square**shape * np.exp(-half_chi_square)
    mixing = np.minimum((degrees - 2.0) / (2.0 * half_chi_square), MIXING_BOUND)
    return mixing, weight / weight.sum()

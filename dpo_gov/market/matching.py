"""Final touch of a fit: what the likeliest figures miss of deviation, tails and mean.

Likelihood listens to the middle of the distribution. A report's figures come from its width and
its tails, so these are matched afterwards, by scaling what moves each asset by a few percent.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dpo_gov.market.estimate import Estimate, Floats, mixing_nodes

_TAIL = 0.01
_WEIGHTS = (1.0 / 0.02, 1.0 / 0.10, 1.0 / 0.10)
"""How much a relative miss of the deviation and of the two quantiles counts."""
_JUMP_TOLERANCE = 0.5
"""Jumps stand for days beyond the 1 % quantile, of which likelihood knows best: scaling them by a
half counts as much as a miss of a whole weight."""
_DIFFUSION = np.linspace(0.90, 1.10, 41)
_JUMPS = np.linspace(0.50, 1.50, 21)


def matched(found: Estimate, returns: Floats) -> Estimate:
    """Scale diffusion and jumps of each asset, and shift the drift.

    The scales, at most ±10 % and ±50 %, bring standard deviation, 1 % and 99 % quantile of the
    long run as near to the sample's as they can; the drift makes the mean that of the sample.
    """
    scales = np.array([_best(found, i, sample) for i, sample in enumerate(returns)])
    diffusion, jumps = scales.T
    found = replace(
        found,
        covariance=found.covariance * np.outer(diffusion, diffusion),
        jump_mean=found.jump_mean * jumps,
        jump_covariance=found.jump_covariance * np.outer(jumps, jumps),
    )
    return centred(found, returns)


def centred(found: Estimate, returns: Floats) -> Estimate:
    """Shift the drift so that the mean is that of the sample."""
    mean, _ = found.moments()
    return replace(found, drift=found.drift + returns.mean(axis=1) - mean)


def _best(found: Estimate, i: int, sample: Floats) -> tuple[float, float]:
    """The scales of asset i with the smallest sum of weighted squared misses."""
    low, high = np.quantile(sample, [_TAIL, 1.0 - _TAIL])
    has_jumps = found.jump_probability[[0, 1 + i]].any()
    best, least = (1.0, 1.0), np.inf
    for jumps in _JUMPS if has_jumps else (1.0,):
        for diffusion in _DIFFUSION:
            weight, mean, deviation = _mixture(found, i, diffusion, jumps)
            mean += sample.mean() - weight @ mean
            width = np.sqrt(weight @ (deviation**2 + mean**2) - sample.mean() ** 2)
            misses = (
                width / sample.std() - 1.0,
                _quantile(_TAIL, low, weight, mean, deviation) / low - 1.0,
                -_quantile(_TAIL, -high, weight, -mean, deviation) / high - 1.0,
            )
            miss = ((jumps - 1.0) / _JUMP_TOLERANCE) ** 2
            miss += sum((w * m) ** 2 for w, m in zip(_WEIGHTS, misses, strict=True))
            if miss < least:
                best, least = (float(diffusion), float(jumps)), miss
    return best


def _mixture(found: Estimate, i: int, diffusion: float, jumps: float) -> tuple[Floats, ...]:
    """The long run of asset i as normal parts: weight, mean and deviation of each."""
    mixing, weight = mixing_nodes(found.degrees)
    chance = np.multiply.outer(found.shares, weight)[:, :, None, None]
    variance = np.multiply.outer(found.covariance[:, i, i], mixing)[:, :, None, None]
    kinds = []
    for jump in (0, 1 + i):
        p = found.jump_probability[jump]
        mean, spread = found.jump_mean[jump, i], found.jump_covariance[jump, i, i]
        kinds.append((np.array([1.0 - p, p]), np.array([0.0, mean]), np.array([0.0, spread])))
    (p, m, v), (p_own, m_own, v_own) = kinds
    chance = chance * p[:, None] * p_own
    mean = np.broadcast_to(jumps * (m[:, None] + m_own), chance.shape)
    variance = diffusion**2 * variance + jumps**2 * (v[:, None] + v_own)
    variance = np.broadcast_to(variance, chance.shape)
    return chance.ravel(), mean.ravel().copy(), np.sqrt(variance.ravel())


def _quantile(p: float, guess: float, weight: Floats, mean: Floats, deviation: Floats) -> float:
    """The p-quantile of a mixture of normals, by Newton's steps from a guess nearby."""
    x = guess
    for _ in range(4):
        z = (x - mean) / deviation
        slope = weight @ (np.exp(-0.5 * z * z) / (deviation * np.sqrt(2.0 * np.pi)))
        x -= float((weight @ _normal(z) - p) / slope)
    return x


def _normal(z: Floats) -> Floats:
    """The normal distribution function to 1e-7: Abramowitz and Stegun 26.2.17."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    series = 0.319381530 + t * (
        -0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))
    )
    upper = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) * t * series
    below: Floats = np.where(z < 0.0, upper, 1.0 - upper)
    return below

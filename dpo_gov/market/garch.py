"""Maximum likelihood of GARCH(1,1) and GJR-GARCH(1,1) with normal shocks.

    r = mean + e,   e = √h z,   h' = omega + (alpha + gamma [e < 0]) e² + beta h

Bollerslev 1986; Glosten, Jagannathan and Runkle 1993. The square and the variance of the day
before the first are the mean square of e, as in the benchmark of Fiorentini, Calzolari and
Panattoni 1996: another start moves omega by several percent. Where shocks are not normal the
estimates still converge (quasi maximum likelihood), and the robust errors of Bollerslev and
Wooldridge 1992 hold. Gradients are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import isfinite, log, pi

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError

Floats = npt.NDArray[np.float64]

NAMES = ("mean", "omega", "alpha", "gamma", "beta")
LEAST_RETURNS = 250
"""Below, the errors of alpha and beta are as large as they are."""
_MEAN, _OMEGA, _ALPHA, _GAMMA, _BETA = range(5)
_STARTS = tuple(
    (a, g, p - a - g / 2) for a in (0.03, 0.1) for g in (0.0, 0.05) for p in (0.9, 0.98)
)
_ITERATIONS, _TOLERANCE, _NEAR = 200, 1e-9, 1e-6
"""Gains of likelihood: where the climb ends, and what may be left where it cannot go on."""
_LEAST_ALPHA = 1e-3
_LONGEST = 0.9999
"""Persistence beyond which a variance has no long run that a sample could show."""


@dataclass(frozen=True)
class GarchFit:
    """What was estimated; arrays are in the order of `names`, variances in squares of the data.

    `errors` are from the Hessian, `robust_errors` hold for shocks that are not normal.
    """

    names: tuple[str, ...]
    estimates: Floats
    errors: Floats
    robust_errors: Floats
    likelihood: float
    variance: Floats
    """Of each day, given the days before; the last is that of the day after the data."""
    residuals: Floats
    """e / √h of each day."""

    def get(self, name: str) -> float:
        """One estimate; gamma is 0 where it was not asked for."""
        return float(self.estimates[self.names.index(name)]) if name in self.names else 0.0

    @property
    def persistence(self) -> float:
        """The share of a deviation from the long-run variance that is left a day later."""
        return self.get("alpha") + self.get("gamma") / 2.0 + self.get("beta")

    @property
    def long_run(self) -> float:
        """The long-run variance."""
        return self.get("omega") / (1.0 - self.persistence)

    @property
    def half_life(self) -> float:
        """Days after which half of a deviation is gone."""
        return log(0.5) / log(self.persistence) if self.persistence > 0.0 else 0.0


def fit_garch(returns: Floats, *, asymmetric: bool = False, name: str = "the series") -> GarchFit:
    """The likeliest GARCH(1,1), or GJR where `asymmetric`, for one series of returns.

    Raises DataError where there are too few, or where the data have no such variance.
    """
    if len(returns) < LEAST_RETURNS:
        raise DataError(f"{name}: {len(returns)} returns; GARCH needs at least {LEAST_RETURNS}")
    with np.errstate(over="ignore", invalid="ignore"):
        scale = float(returns.std())
    if not isfinite(scale):
        raise DataError(f"{name}: the returns are so large that they have no variance")
    if not scale > 0.0:
        raise DataError(f"{name}: all returns are the same; there is no variance to fit")
    free = [0, 1, 2, 3, 4] if asymmetric else [0, 1, 2, 4]
    x = returns / scale
    try:
        theta = _climb(x, free, name)
        _check_inside(theta, name)
        hessian = _hessian(x, theta, free)
        if not np.linalg.eigvalsh(hessian)[-1] < 0.0:
            raise _no_top(name)
        spread = np.linalg.inv(-hessian)
    except np.linalg.LinAlgError:
        # Returns of one size: the figures can be exchanged for one another.
        raise _no_top(name) from None
    likelihood, variance, scores = _scores(x, theta)
    robust = spread @ (scores[:, free].T @ scores[:, free]) @ spread
    unit = np.array([scale, scale**2, 1.0, 1.0, 1.0])
    return GarchFit(
        names=tuple(NAMES[place] for place in free),
        estimates=(theta * unit)[free],
        errors=np.sqrt(np.diag(spread)) * unit[free],
        robust_errors=np.sqrt(np.diag(robust)) * unit[free],
        likelihood=likelihood - len(x) * log(scale),
        variance=variance * scale**2,
        residuals=(x - theta[_MEAN]) / np.sqrt(variance[:-1]),
    )


def _scores(x: Floats, theta: Floats) -> tuple[float, Floats, Floats]:
    """Log likelihood, variances (one more than days), and each day's gradient, (days, 5)."""
    mean, omega, alpha, gamma, beta = (float(value) for value in theta)
    e = x - mean
    square = e * e
    before = float(square.mean())
    squares = np.concatenate([[before], square])
    fell = np.concatenate([[0.5], (e < 0.0).astype(np.float64)])
    weight = alpha + gamma * fell
    variance = _filtered(omega + weight * squares, beta, before)
    slope = np.concatenate([[-2.0 * float(e.mean())], -2.0 * e])
    parts = (
        (weight * slope, slope[0]),
        (np.ones_like(squares), 0.0),
        (squares, 0.0),
        (fell * squares, 0.0),
        (np.concatenate([[before], variance[:-1]]), 0.0),
    )
    moved = np.stack([_filtered(part, beta, start) for part, start in parts], axis=1)[:-1]
    h = variance[:-1]
    likelihood = -0.5 * float((np.log(2.0 * pi * h) + square / h).sum())
    gradient = (0.5 * (square / h - 1.0) / h)[:, None] * moved
    gradient[:, _MEAN] += e / h
    return likelihood, variance, gradient


def _filtered(x: Floats, beta: float, start: float) -> Floats:
    """y = x + beta · y of the day before."""
    steps = accumulate(x.tolist(), lambda y, now: now + beta * y, initial=start)
    found: Floats = np.fromiter(steps, dtype=np.float64, count=len(x) + 1)[1:]
    return found


def _allowed(theta: Floats) -> bool:
    omega, alpha, gamma, beta = theta[1:]
    shares = alpha >= 0.0 and alpha + gamma >= 0.0 and beta >= 0.0
    return bool(omega > 0.0 and shares and alpha + gamma / 2.0 + beta < 1.0)


def _climb(x: Floats, free: list[int], name: str) -> Floats:
    """To the top: by outer products of scores (BHHH), later by Newton's steps where concave."""
    asymmetric = _GAMMA in free
    starts = [
        np.array([x.mean(), 1.0 - a - g / 2 - b, a, g, b])
        for a, g, b in _STARTS
        if asymmetric or g == 0.0
    ]
    theta = max(starts, key=lambda one: _scores(x, one)[0])
    now, _, scores = _scores(x, theta)
    for count in range(_ITERATIONS):
        gradient = scores[:, free].sum(axis=0)
        curve = scores[:, free].T @ scores[:, free]
        if count > 5:
            newton = -_hessian(x, theta, free)
            curve = newton if np.linalg.eigvalsh(newton)[0] > 0.0 else curve
        step = np.linalg.solve(curve, gradient)
        gain = float(gradient @ step)
        if count > 5 and gain < _TOLERANCE:
            return theta
        for halving in range(40):
            there = theta.copy()
            there[free] += step * 0.5**halving
            if _allowed(there) and (found := _scores(x, there))[0] > now:
                theta, (now, _, scores) = there, found
                break
        else:
            break
    _check_inside(theta, name)
    if not gain <= _NEAR:
        raise _no_top(name)
    return theta


def _hessian(x: Floats, theta: Floats, free: list[int]) -> Floats:
    """By central differences of the exact gradient."""
    rows = []
    for place in free:
        step = 1e-5 * max(abs(float(theta[place])), 1e-2)
        sides = []
        for sign in (1.0, -1.0):
            there = theta.copy()
            there[place] += sign * step
            sides.append(_scores(x, there)[2][:, free].sum(axis=0))
        rows.append((sides[0] - sides[1]) / (2.0 * step))
    hessian = np.array(rows)
    symmetric: Floats = (hessian + hessian.T) / 2.0
    return symmetric


def _no_top(name: str) -> DataError:
    return DataError(f"{name}: the likelihood of GARCH has no clear top; use another model")


def _check_inside(theta: Floats, name: str) -> None:
    """Refuse a top at the edge, where errors mean nothing."""
    _, _, alpha, gamma, beta = theta
    persistence = alpha + gamma / 2.0 + beta
    if alpha + gamma / 2.0 < _LEAST_ALPHA:
        raise DataError(
            f"{name}: large moves do not follow large moves (alpha {alpha:.2g}); there is nothing "
            "for GARCH to fit, use another model"
        )
    if persistence > _LONGEST:
        raise DataError(
            f"{name}: alpha + gamma / 2 + beta is {persistence:.6f}, at the edge of 1; such a "
            "variance has no long run, use another model or more days"
        )

"""The normal distribution, of + − × ÷ and `exp` only.

The upper tail is exp(-z²/2) P(t) / (1 + 3z/2) with t = (z - 4) / (z + 4), which maps 0 … ∞ to
-1 … 1: one polynomial without branches (the form of Shepherd and Laframboise, Chebyshev
Approximation of (1+2x)exp(x²)erfc x, Mathematics of Computation 36, 1981). The coefficients are
our own: Chebyshev series to 60 digits, written out in powers of t, rounded last.
"""

from __future__ import annotations

import numpy as np

from dpo_gov.canonical.elementary import Floats, exp

LARGEST = 37.0
"""Beyond it a tail is below 1e-299; arguments stay there."""
SPLIT = 2.0**27 + 1.0
ROOT_2PI = 2.5066282746310002
CENTRE, SLOPE = 4.0, 1.5
TAIL = (
    2.4117054855338604e-10,
    -1.1072148983749872e-09,
    -3.741617274897846e-09,
    9.222408166164269e-09,
    3.0191511254193915e-08,
    -3.286102448990093e-08,
    -1.7630310018597152e-07,
    2.456707129207837e-08,
    8.793129154493885e-07,
    5.07064651810028e-07,
    -4.252377495457819e-06,
    -4.7353518537681295e-06,
    2.259288234823454e-05,
    2.9559892776541015e-05,
    -0.00014610413218806,
    -0.00011886806284207467,
    0.001135937818276889,
    -0.0007478415559173083,
    -0.007757348926344495,
    0.031150193959345367,
    -0.06372915819518969,
    0.07875424974923526,
    -0.041190175582995266,
    -0.059856355215561395,
    0.6608744891137825,
)


def normal_density(x: Floats) -> Floats:
    """Density of the standard normal distribution, elementwise, within 4 ulp."""
    return _bell(np.minimum(np.abs(x), LARGEST)) / ROOT_2PI


def normal_cdf(x: Floats) -> Floats:
    """Probability that a standard normal is at most x, elementwise.

    Within 8 ulp, also far down the lower tail, where 1 - (the upper tail) would have no digit left.
    """
    z = np.minimum(np.abs(x), LARGEST)
    t = (z - CENTRE) / (z + CENTRE)
    tail = t * TAIL[0]
    tail += TAIL[1]
    for coefficient in TAIL[2:]:
        tail *= t
        tail += coefficient
    tail /= SLOPE * z + 1.0
    tail *= _bell(z)
    return np.where(x > 0.0, 1.0 - tail, tail)


def _bell(z: Floats) -> Floats:
    """exp(-z²/2) for 0 <= z <= LARGEST.

    The square is taken in two parts, of which the first is exact, since a rounding of z²/2 in its
    last place would be as many roundings of the result as the square is large.
    """
    high = z * SPLIT
    high -= high - z
    low = z - high
    return exp(-0.5 * high * high) * exp(-0.5 * low * (z + high))

"""The normal distribution against many digits."""

import numpy as np
import pytest
from mpmath import mp, mpf

from dpo_gov.canonical import normal_cdf, normal_density


@pytest.fixture(autouse=True)
def many_digits() -> None:
    """mpmath works with 40 digits here."""
    mp.dps = 40


@pytest.fixture
def arguments() -> np.ndarray:
    """Arguments of all sizes, both signs, and the middle."""
    random = np.random.default_rng(7)
    return np.concatenate(
        [
            random.uniform(-37, 37, 2_000),
            random.normal(0, 1.5, 2_000),
            random.uniform(-1e-6, 1e-6, 200),
            np.array([0.0, -0.0, 4.0, -4.0, 37.0, -37.0]),
        ]
    )


def ulps(given: np.ndarray, exact: list[mpf]) -> float:
    """The largest error in units of the last place of the exact value."""
    return max(
        float(abs(mpf(float(value)) - true) / mpf(float(np.spacing(float(true)))))
        for value, true in zip(given, exact, strict=True)
    )


def test_the_distribution_function_is_within_eight_ulp(arguments: np.ndarray) -> None:
    """Also where it is 1e-290, since options far out of the money live there."""
    exact = [mp.erfc(-mpf(float(x)) / mp.sqrt(2)) / 2 for x in arguments]
    assert ulps(normal_cdf(arguments), exact) <= 8


def test_the_density_is_within_four_ulp(arguments: np.ndarray) -> None:
    """Relative to its value, however small."""
    exact = [mp.npdf(mpf(float(x))) for x in arguments]
    assert ulps(normal_density(arguments), exact) <= 4


def test_the_ends_are_the_ends() -> None:
    """Infinite arguments give nothing and all, the middle one half, and nothing is no number."""
    given = normal_cdf(np.array([-np.inf, -1e300, 0.0, 1e300, np.inf]))
    assert given.tolist()[2:] == [0.5, 1.0, 1.0]
    assert (given[:2] < 1e-298).all()
    assert (normal_density(np.array([-np.inf, np.inf])) < 1e-297).all()


def test_both_sides_sum_to_one(arguments: np.ndarray) -> None:
    """Φ(x) + Φ(-x) = 1 to the last place."""
    sums = normal_cdf(arguments) + normal_cdf(-arguments)
    assert np.abs(sums - 1.0).max() <= 2.0**-53

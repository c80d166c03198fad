"""exp, log, sine and cosine against many digits."""

from collections.abc import Callable

import numpy as np
import pytest
from mpmath import mp, mpf

from dpo_gov.canonical import exp, log, sincos

COUNT = 4_000


@pytest.fixture(autouse=True)
def many_digits() -> None:
    """mpmath works with 40 digits here."""
    mp.dps = 40


def worst(given: np.ndarray, arguments: np.ndarray, exact: Callable[[mpf], mpf]) -> float:
    """The largest error in units of the last place of the exact value."""
    errors = []
    for value, argument in zip(given, arguments, strict=True):
        true = exact(mpf(float(argument)))
        errors.append(abs((mpf(float(value)) - true) / mpf(float(np.spacing(abs(float(true)))))))
    return float(max(errors))


def test_exp_is_within_one_ulp() -> None:
    """exp is right to 1 ulp for daily returns, for large numbers, and near 0."""
    random = np.random.default_rng(1)
    x = np.concatenate(
        [
            random.uniform(-700, 700, COUNT),
            random.normal(0, 0.05, COUNT),
            random.uniform(-1e-8, 1e-8, COUNT),
            np.array([0.0, -0.0, 1.0, -1.0, 0.34657359027997264, 700.0, -700.0]),
        ]
    )
    assert worst(exp(x), x, mp.exp) <= 1.0
    assert exp(np.zeros(1))[0] == 1.0


def test_exp_saturates() -> None:
    """Beyond ±700 exp stays where it is, finite and above 0."""
    far = exp(np.array([-1e9, -701.0, 701.0, 1e9]))
    edge = exp(np.array([-700.0, -700.0, 700.0, 700.0]))
    assert (far == edge).all()
    assert np.isfinite(far).all()


def test_log_is_within_one_ulp() -> None:
    """log is right to 1 ulp over all magnitudes, and on both sides of 1."""
    random = np.random.default_rng(2)
    x = np.concatenate(
        [
            random.uniform(0, 1, COUNT),
            random.uniform(0.5, 2, COUNT),
            1.0 - random.uniform(0, 1e-6, COUNT),
            np.exp(random.uniform(-700, 700, COUNT)),
            np.array([1.0, 2.0, 2.0**-53, 1.0 - 2.0**-53, 2.2250738585072014e-308]),
        ]
    )
    assert worst(log(x), x, mp.log) <= 1.0
    assert log(np.ones(1))[0] == 0.0


def test_sincos_is_within_one_ulp() -> None:
    """Sine and cosine of turns are right to 1 ulp, near their zeros too."""
    random = np.random.default_rng(3)
    zeros = np.array([0.0, 0.25, 0.5, 0.75])[:, None] + 2.0**-30 * random.uniform(0, 1, COUNT // 4)
    grid = (2.0 * random.integers(0, 2**52, COUNT) + 1.0) * 2.0**-53
    eighths = np.arange(1, 8, 2)[:, None] / 8 + random.uniform(-0.01, 0.01, COUNT // 4)
    x = np.concatenate([zeros.ravel(), grid, eighths.ravel()])
    sine, cosine = sincos(x)
    assert worst(sine, x, lambda turns: mp.sinpi(2 * turns)) <= 1.0
    assert worst(cosine, x, lambda turns: mp.cospi(2 * turns)) <= 1.0


def test_sincos_of_quarter_turns_is_exact() -> None:
    """At 0, 1/4, 1/2, 3/4 and a whole turn the values are 0 and ±1."""
    sine, cosine = sincos(np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
    assert np.abs(sine).tolist() == [0, 1, 0, 1, 0]
    assert (cosine + 0.0).tolist() == [1, 0, -1, 0, 1]
    assert sine[1] == 1.0
    assert sine[3] == -1.0


def test_arguments_are_left_alone() -> None:
    """The functions work on copies: their argument has the same bits afterwards."""
    for function in (exp, log, sincos):
        x = np.linspace(0.01, 0.99, 50)
        before = x.copy()
        function(x)
        assert (x == before).all()

"""Rules that are written once: the compiled ones give the bits of the arrays."""

import numpy as np
import pytest

from dpo_gov.canonical.elementwise import (
    exp,
    least,
    log,
    most,
    normal_cdf,
    normal_density,
    root,
    where,
)

numba = pytest.importorskip("numba", reason="the extra `fast` is not installed")

CASES = np.concatenate(
    [
        np.random.default_rng(3).normal(0.0, 3.0, 1_001),
        np.array([0.0, -0.0, 4.0, 37.5, -37.5, 710.0, -710.0, 1e-300, np.nan]),
    ]
)


def every_word(x, y):
    """A rule that uses each word."""
    positive = most(x * x, 1e-300)
    size = least(root(positive) + exp(least(y, 5.0)), 1e6)
    bell = normal_cdf(y) + normal_density(y) * log(positive)
    return where((x < y) & (y > 0.0), size, bell), most(x, y), least(x, y)


def test_a_rule_has_the_same_bits_in_both_engines() -> None:
    """Each word, on ordinary numbers, on the ends of its range, and on what is no number."""
    from dpo_gov.canonical.lanes import INLINED, inline

    inline(every_word)

    @numba.njit(error_model=INLINED["error_model"])
    def lanes(x, y, out):
        for k in range(len(x)):
            out[0, k], out[1, k], out[2, k] = every_word(x[k], y[k])

    x, y = CASES, np.roll(CASES, 7)
    out = np.empty((3, len(x)))
    lanes(x, y, out)
    with np.errstate(invalid="ignore"):
        expected = every_word(x, y)
    assert np.array_equal(out, np.array(expected), equal_nan=True)

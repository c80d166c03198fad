"""Sums, moments, quantiles and the Cholesky factor."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov.canonical import cholesky, covariance, mean, quantile, total, variance

NUMBERS = st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=300).map(np.array)


@given(NUMBERS)
def test_total_is_the_sum(x: np.ndarray) -> None:
    """The folded sum is the exact sum, to the error that its depth allows."""
    slack = 2**-52 * math.log2(len(x) + 1) * float(np.abs(x).sum())
    assert abs(total(x) - math.fsum(x)) <= slack


def test_total_has_one_written_order() -> None:
    """The order is: fold the second half onto the first; here it shows in the last bit."""
    x = np.array([1.0, 2.0**-53, 2.0**-53, 0.0, 0.0])
    assert total(x) == 1.0
    x = np.array([1.0, 0.0, 0.0, 2.0**-53, 2.0**-53])
    assert total(x) == 1.0
    x = np.array([2.0**-53, 1.0, 2.0**-53, 0.0])
    assert total(x) == (2.0**-53 + 2.0**-53) + 1.0


def test_total_of_little() -> None:
    """Nothing adds up to 0, one number to itself."""
    assert total(np.zeros(0)) == 0.0
    assert total(np.array([4.25])) == 4.25


@given(NUMBERS)
def test_moments_agree_with_numpy(x: np.ndarray) -> None:
    """Mean, variance and covariance are those of numpy to 1e-9 of their size."""
    scale = float(np.abs(x).max()) + 1.0
    y = x[::-1]
    assert mean(x) == pytest.approx(x.mean(), abs=1e-9 * scale)
    assert variance(x) == pytest.approx(x.var(ddof=1), abs=1e-9 * scale**2)
    assert covariance(x, y) == pytest.approx(np.cov(x, y)[0, 1], abs=1e-9 * scale**2)


@given(NUMBERS, st.floats(0, 1))
def test_quantile_agrees_with_numpy(x: np.ndarray, p: float) -> None:
    """The quantile is numpy's default one, linear between order statistics."""
    expected = np.quantile(x, p)
    assert quantile(np.sort(x), p) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_cholesky_multiplies_back() -> None:
    """L Lᵀ is the matrix again, and L is that of LAPACK."""
    root = np.random.default_rng(1).normal(size=(5, 5))
    matrix = (root @ root.T).tolist()
    for i in range(5):
        for j in range(i):
            matrix[j][i] = matrix[i][j]
    lower = np.array(cholesky(matrix))
    assert np.allclose(lower @ lower.T, matrix, rtol=1e-12)
    assert np.allclose(lower, np.linalg.cholesky(np.array(matrix)), rtol=1e-12)


def test_cholesky_of_a_constant_asset() -> None:
    """A zero row, and an asset that copies another, give zero columns and no NaN."""
    assert cholesky([[0.0, 0.0], [0.0, 4.0]]) == [[0.0, 0.0], [0.0, 2.0]]
    assert cholesky([[1.0, 1.0], [1.0, 1.0]]) == [[1.0, 0.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[1.0, 0.9], [0.8, 1.0]], "symmetric"),
        ([[1.0, 0.0]], "symmetric"),
        ([[1.0, 2.0], [2.0, 1.0]], "negative direction"),
        ([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]], "negative direction"),
        ([[1.0, 1.0, 0.0], [1.0, 1.0, 0.5], [0.0, 0.5, 1.0]], "negative direction"),
    ],
)
def test_cholesky_refuses_what_is_no_covariance(matrix: list[list[float]], words: str) -> None:
    """A matrix that is not symmetric or not positive is refused with its reason."""
    with pytest.raises(ValueError, match=words):
        cholesky(matrix)

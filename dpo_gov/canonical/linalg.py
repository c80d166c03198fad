"""Linear algebra of a few assets, in plain loops, since BLAS and LAPACK differ by machine."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt


def cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """The lower triangle L with L Lᵀ = `matrix`, row by row (Cholesky–Banachiewicz).

    A matrix that is only semi-definite gives zero columns. Raises ValueError when the matrix is
    not symmetric or has a negative direction.
    """
    size = len(matrix)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            if len(matrix[i]) != size or matrix[i][j] != matrix[j][i]:
                raise ValueError("the matrix is not square and symmetric")
            rest = float(matrix[i][j])
            for k in range(j):
                rest -= lower[i][k] * lower[j][k]
            lower[i][j] = _root(rest, matrix[i][i]) if i == j else _ratio(rest, lower[j][j])
    return lower


_TINY = 1e-12


def _root(rest: float, diagonal: float) -> float:
    if rest < -_TINY * abs(diagonal):
        raise ValueError("the matrix has a negative direction: it is no covariance or correlation")
    return sqrt(rest) if rest > _TINY * abs(diagonal) else 0.0


def _ratio(rest: float, pivot: float) -> float:
    if pivot == 0.0 and abs(rest) > 1e-9:
        raise ValueError("the matrix has a negative direction: it is no covariance or correlation")
    return rest / pivot if pivot else 0.0

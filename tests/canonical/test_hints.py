"""What LLVM is told of a loop changes its code and no result."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("numba", reason="numba is not installed here (extra `fast`)")

from numba import njit

from dpo_gov.canonical.lanes import exp, vectors

Floats = npt.NDArray[np.float64]


def _plain(x: Floats) -> None:
    for lane in range(256):
        x[lane] = exp(x[lane])


def _hinted(x: Floats) -> None:
    for lane in range(256):
        x[lane] = exp(x[lane])
    vectors(8)


def _divisions(function: Callable[..., Any]) -> int:
    """Divisions of whole vectors in the code of a compiled function."""
    (code,) = function.inspect_llvm().values()
    return len(re.findall(r"fdiv <\d+ x double>", code))


def test_hints_change_the_code_and_no_bit() -> None:
    """A hinted loop works on eight vectors in turn; the results are equal."""
    plain, hinted = (njit(error_model="numpy")(one) for one in (_plain, _hinted))
    one = np.random.default_rng(1).normal(size=256)
    other = one.copy()
    plain(one)
    hinted(other)
    assert (one == other).all()
    assert _divisions(hinted) == 8
    assert _divisions(plain) < 8

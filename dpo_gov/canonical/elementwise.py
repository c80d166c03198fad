"""The words in which a rule is written once for both engines.

A rule made of + − × ÷, comparisons and these functions takes arrays in the numpy engine; the numba
engine compiles the same text for one value at a time (`canonical.lanes.inline`). So there is no
second text to keep in step with the first, and the bits are the same.

Such a rule has no branch on data, no loop and no assignment in place, and gives a value or a tuple.
`where` computes both sides. Arguments are arrays here and numbers there, so no type is stated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dpo_gov.canonical.elementary import exp, log
from dpo_gov.canonical.normal import normal_cdf, normal_density

__all__ = [
    "exp",
    "least",
    "log",
    "most",
    "normal_cdf",
    "normal_density",
    "root",
    "where",
]


def where(condition: Any, then: Any, otherwise: Any) -> Any:
    """`then` where the condition holds, else `otherwise`."""
    return np.where(condition, then, otherwise)


def least(a: Any, b: Any) -> Any:
    """The smaller one; not a number where one of them is none."""
    return np.minimum(a, b)


def most(a: Any, b: Any) -> Any:
    """The larger one; not a number where one of them is none."""
    return np.maximum(a, b)


def root(x: Any) -> Any:
    """The square root."""
    return np.sqrt(x)

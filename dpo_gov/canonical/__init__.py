"""Arithmetic whose results are the same bits on every machine ("math v1").

Every figure of a report comes from these functions, or from + − × ÷ √, comparisons and integer
operations on arrays. NumPy's own exp, log, sum, mean, dot, quantile and linear algebra are not
used on that way: their bits depend on the processor, the SIMD dispatch and the release.
NumPy rounds each elementwise operation on its own (no fused multiply-add), as IEEE 754 says.
"""

from dpo_gov.canonical.draws import Purpose, Stream
from dpo_gov.canonical.elementary import exp, log, sincos
from dpo_gov.canonical.linalg import cholesky
from dpo_gov.canonical.normal import normal_cdf, normal_density
from dpo_gov.canonical.philox import philox4x32
from dpo_gov.canonical.reduce import covariance, mean, quantile, total, variance

ARITHMETIC = "math v1"
"""Changes whenever any result of this package may change in any bit."""

__all__ = [
    "ARITHMETIC",
    "Purpose",
    "Stream",
    "cholesky",
    "covariance",
    "exp",
    "log",
    "mean",
    "normal_cdf",
    "normal_density",
    "philox4x32",
    "quantile",
    "sincos",
    "total",
    "variance",
]

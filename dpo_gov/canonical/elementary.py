"""exp, log, sine and cosine of + − × ÷ only, each within 1 unit in the last place.

exp and log follow the method (argument reduction and minimax polynomials) of Sun's fdlibm,
1993; sine and cosine take their argument in turns, so that the reduction is exact.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LN2_HI, LN2_LO = 6.93147180369123816490e-01, 1.90821492927058770002e-10
INV_LN2 = 1.44269504088896338700e00
LARGEST = 700.0
EXP = (
    4.13813679705723846039e-08,
    -1.65339022054652515390e-06,
    6.61375632143793436117e-05,
    -2.77777777770155933842e-03,
    1.66666666666666019037e-01,
)
LOG_EVEN = (1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01)
LOG_ODD = (
    1.479819860511658591e-01,
    1.818357216161805012e-01,
    2.857142874366239149e-01,
    6.666666666666735130e-01,
)
_ROOT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
_MANTISSA = np.int64(52)

# Taylor terms (pi/2)**n / n! of sin(pi/2 f) / f and cos(pi/2 f), n falling. |f| <= 1/2 is left
# after the reduction, so that the first dropped terms are below 2**-58.
HALF_PI_HI, HALF_PI_LO = 1.5707963407039642, -1.3909067614167116e-08
COS2_HI, COS2_LO = -1.233700543642044, -6.494125759971499e-09
SPLIT = 1.5 * 2.0**39
SIN = (
    6.0669357311061955e-12,
    -6.688035109811468e-10,
    5.692172921967927e-08,
    -3.598843235212085e-06,
    0.00016044118478735983,
    -0.004681754135318688,
    0.07969262624616705,
    -0.6459640975062463,
)
COS = (
    -5.294400200734623e-13,
    6.565963114979473e-11,
    -6.386603083791852e-09,
    4.710874778818172e-07,
    -2.5202042373060607e-05,
    0.0009192602748394266,
    -0.02086348076335296,
    0.25366950790104803,
)


def exp(x: Floats) -> Floats:
    """e to the power x, elementwise; beyond ±700 it stays at the value there."""
    high: Floats = np.maximum(x, -LARGEST)
    np.minimum(high, LARGEST, out=high)
    k: Floats = high * INV_LN2
    np.rint(k, out=k)
    low: Floats = k * LN2_LO
    r = k * LN2_HI
    high -= r
    np.subtract(high, low, out=r)
    square = r * r
    c = _horner(square, EXP)
    c *= square
    np.subtract(r, c, out=c)
    r *= c
    r /= 2.0 - c
    low -= r
    low -= high
    np.subtract(1.0, low, out=low)
    bits: npt.NDArray[np.int64] = low.view(np.int64)
    bits += k.astype(np.int64) << _MANTISSA
    return low


def log(x: Floats) -> Floats:
    """Natural logarithm, elementwise, of positive normal numbers (above 2.3e-308, finite)."""
    bits = x.view(np.int64)
    exponent = (bits - _ROOT_HALF_BITS) >> _MANTISSA
    f = (bits - (exponent << _MANTISSA)).view(np.float64)
    f -= 1.0
    k: Floats = exponent.astype(np.float64)
    s: Floats = f / (2.0 + f)
    z = s * s
    w = z * z
    rest = _horner(w, LOG_ODD)
    rest *= z
    even = _horner(w, LOG_EVEN)
    even *= w
    rest += even
    half_square = 0.5 * f
    half_square *= f
    rest += half_square
    rest *= s
    rest += k * LN2_LO
    half_square -= rest
    half_square -= f
    k *= LN2_HI
    k -= half_square
    return k


def sincos(turns: Floats) -> tuple[Floats, Floats]:
    """Sine and cosine of an angle given in turns, elementwise, for angles in [0, 1].

    The quarter turn is taken off exactly, so both stay within 1 ulp near their zeros too.
    """
    f = 4.0 * turns
    quarter = np.rint(f)
    f -= quarter
    y = f * f
    # The leading terms in two parts, f = short + rest: products of short numbers are exact.
    short = f + SPLIT
    short -= SPLIT
    rest = f - short
    sine = _horner(y, SIN)
    sine *= y
    sine += HALF_PI_LO
    sine *= f
    sine += rest * HALF_PI_HI
    sine += short * HALF_PI_HI
    cosine = _horner(y, COS)
    cosine *= y
    cosine += COS2_LO
    cosine *= y
    f += short
    rest *= f
    rest *= COS2_HI
    cosine += rest
    short *= short
    short *= COS2_HI
    cosine += short
    cosine += 1.0
    q = quarter.astype(np.int64)
    swap = (q & 1).astype(np.bool_)
    sine, cosine = np.where(swap, cosine, sine), np.where(swap, sine, cosine)
    _flip(sine, q & 2)
    q += 1
    _flip(cosine, q & 2)
    return sine, cosine


def _horner(x: Floats, coefficients: tuple[float, ...]) -> Floats:
    value = x * coefficients[0]
    value += coefficients[1]
    for coefficient in coefficients[2:]:
        value *= x
        value += coefficient
    return value


def _flip(x: Floats, where: npt.NDArray[np.int64]) -> None:
    """Change the sign where the value is 2; 0 elsewhere."""
    where <<= 62
    bits = x.view(np.int64)
    bits ^= where

"""The same arithmetic for numba: one value at a time, for loops over lanes that LLVM vectorises.

Each function is the twin of the one of the same name in this package, operation by operation.
There are no branches, no calls and no conversions between integers and floats, for which not
every processor has a vector instruction; magic numbers and bits take their place, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, overload

from dpo_gov.canonical import draws, elementary, elementwise, normal

INLINED = {"error_model": "numpy", "forceinline": True}
"""Division as IEEE 754 says, without a branch; no fast-math, so LLVM contracts nothing."""
SOURCES = (__file__, draws.__file__, elementary.__file__, elementwise.__file__, normal.__file__)

_LN2_HI, _LN2_LO, _INV_LN2 = elementary.LN2_HI, elementary.LN2_LO, elementary.INV_LN2
_LARGEST, _EXP = elementary.LARGEST, elementary.EXP
_LOG_EVEN, _LOG_ODD = elementary.LOG_EVEN, elementary.LOG_ODD
_HALF_PI_HI, _HALF_PI_LO = elementary.HALF_PI_HI, elementary.HALF_PI_LO
_COS2_HI, _COS2_LO = elementary.COS2_HI, elementary.COS2_LO
_SPLIT, _SIN, _COS = elementary.SPLIT, elementary.SIN, elementary.COS
_TAIL, _TAIL_CENTRE, _TAIL_SLOPE = normal.TAIL, normal.CENTRE, normal.SLOPE
_FURTHEST, _HALVES, _ROOT_2PI = normal.LARGEST, normal.SPLIT, normal.ROOT_2PI

_U = np.uint64
_M0, _M1 = _U(0xD2511F53), _U(0xCD9E8D57)
_W0, _W1 = _U(0x9E3779B9), _U(0xBB67AE85)
_LOW, _ZERO, _HALF = _U(0xFFFFFFFF), _U(0), _U(32)
_UP, _DOWN, _ONE = _U(20), _U(12), _U(0x3FF0000000000000)
_BELOW_ONE = 1.0 - 2.0**-53
_MANTISSA, _SIGN = _U(52), _U(62)
_FIRST, _SECOND = _U(1), _U(2)
_ROUND = 1.5 * 2.0**52
"""Added to a float, it rounds it to an integer, which then stands in the lowest bits."""
_BIAS = 1024
_SHIFTED_ROOT_HALF = _U(0x3FE6A09E667F3BCD - (_BIAS << 52) & 0xFFFFFFFFFFFFFFFF)
_ROUND_BITS, _ROUND_BIASED = _U(0x4338000000000000), _ROUND + _BIAS


@intrinsic
def bits(typing: Any, x: Any) -> Any:  # noqa: ARG001 - the signature that numba calls
    """The bits of a float64, as uint64."""

    def code(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), code


@intrinsic
def from_bits(typing: Any, x: Any) -> Any:  # noqa: ARG001 - the signature that numba calls
    """The float64 with these bits."""

    def code(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), code


@intrinsic(prefer_literal=True)
def vectors(typing: Any, count: Any) -> Any:  # noqa: ARG001 - the signature that numba calls
    """Let the loop that ends just before this call work on so many vectors in turn.

    In a long chain of operations each waits for the one before, and the processor sees no other
    work; by itself LLVM takes one vector, or none where a loop is short, which it rather unrolls.
    No result depends on it.
    """
    number = count.literal_value

    def code(context: Any, builder: Any, _: Any, __: Any) -> Any:
        hint = ["llvm.loop.interleave.count", ir.IntType(32)(number)]
        _hint(builder, ["llvm.loop.unroll.disable"], hint)
        return context.get_dummy_value()

    return types.void(count), code


@intrinsic
def rolled(typing: Any) -> Any:  # noqa: ARG001 - the signature that numba calls
    """Keep the loop that ends just before this call a loop.

    LLVM unrolls short loops around long ones, and the code no longer fits the processor's cache.
    """

    def code(context: Any, builder: Any, _: Any, __: Any) -> Any:
        _hint(builder, ["llvm.loop.unroll.disable"])
        return context.get_dummy_value()

    return types.void(), code


def _hint(builder: Any, *hints: list[Any]) -> None:
    """Tell LLVM something of the loop after which numba just began a block."""
    ends = [one.terminator for one in builder.function.blocks if one.terminator]
    jumps = [one for one in ends if one.opname == "br"]
    last = next(one for one in jumps if builder.block in one.operands).parent
    start = last.name.partition(".")[0]  # parts of numba's block B34 are B34.if, B34.endif …
    items = [builder.module.add_metadata(hint) for hint in hints]
    node = builder.module.add_metadata(items)
    node.operands = node, *items  # a loop's hints begin with themselves
    for one in jumps:
        if one.operands[-1].name == start:
            one.set_metadata("llvm.loop", node)


@njit(**INLINED)
def philox4x32(c0, c1, c2, k0, k1):
    """Four words below 2**32 for the counter (c0, c1, c2, 0); all arguments are uint64."""
    c3 = _ZERO
    for _ in range(10):
        # The upper halves fill with what the next product does not read; only the end is clean.
        x0, x1 = (c0 & _LOW) * _M0, (c2 & _LOW) * _M1
        c0, c1 = (x1 >> _HALF) ^ c1 ^ k0, x1
        c2, c3 = (x0 >> _HALF) ^ c3 ^ k1, x0
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0 & _LOW, c1 & _LOW, c2 & _LOW, c3 & _LOW


@njit(**INLINED)
def uniform(high, low):
    """A uniform of two words."""
    return from_bits(high << _UP | low >> _DOWN | _ONE) - _BELOW_ONE


@njit(**INLINED)
def normals(path, purpose, number, k0, k1):
    """The two normals of a counter."""
    a, b, c, d = philox4x32(path, purpose, number, k0, k1)
    radius = math.sqrt(log(uniform(a, b)) * -2.0)
    sine, cosine = sincos(uniform(c, d))
    return cosine * radius, sine * radius


@njit(**INLINED)
def exp(x):
    """e to the power x; beyond ±700 it stays at the value there."""
    x = -_LARGEST if x < -_LARGEST else x
    x = _LARGEST if x > _LARGEST else x
    rounded = x * _INV_LN2 + _ROUND
    k = rounded - _ROUND
    low = k * _LN2_LO
    high = x - k * _LN2_HI
    r = high - low
    square = r * r
    c = r - _horner(square, _EXP) * square
    low = (low - r * c / (2.0 - c)) - high
    return from_bits(bits(1.0 - low) + (bits(rounded) << _MANTISSA))


@njit(**INLINED)
def log(x):
    """Natural logarithm of a positive normal number."""
    biased = (bits(x) - _SHIFTED_ROOT_HALF) >> _MANTISSA
    k = from_bits(biased | _ROUND_BITS) - _ROUND_BIASED
    f = from_bits(bits(x) - (biased << _MANTISSA) + (_U(_BIAS) << _MANTISSA)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    rest = _horner(w, _LOG_ODD) * z + _horner(w, _LOG_EVEN) * w
    half_square = 0.5 * f * f
    rest = (rest + half_square) * s + k * _LN2_LO
    return k * _LN2_HI - ((half_square - rest) - f)


@njit(**INLINED)
def sincos(turns):
    """Sine and cosine of an angle in turns, in [0, 1]."""
    f = 4.0 * turns
    rounded = f + _ROUND
    f = f - (rounded - _ROUND)
    y = f * f
    short = (f + _SPLIT) - _SPLIT
    rest = f - short
    sine = (_horner(y, _SIN) * y + _HALF_PI_LO) * f + rest * _HALF_PI_HI + short * _HALF_PI_HI
    cosine = (_horner(y, _COS) * y + _COS2_LO) * y
    cosine = cosine + (f + short) * rest * _COS2_HI + short * short * _COS2_HI + 1.0
    q = bits(rounded)
    odd = (q & _FIRST) != _ZERO
    swapped, other = cosine if odd else sine, sine if odd else cosine
    sine = from_bits(bits(swapped) ^ (q & _SECOND) << _SIGN)
    return sine, from_bits(bits(other) ^ (q + _FIRST & _SECOND) << _SIGN)


@njit(**INLINED)
def normal_cdf(x):
    """Probability that a standard normal is at most x."""
    z = _FURTHEST if abs(x) > _FURTHEST else abs(x)
    t = (z - _TAIL_CENTRE) / (z + _TAIL_CENTRE)
    tail = _horner(t, _TAIL) / (_TAIL_SLOPE * z + 1.0) * _bell(z)
    return 1.0 - tail if x > 0.0 else tail


@njit(**INLINED)
def normal_density(x):
    """Density of the standard normal distribution."""
    return _bell(_FURTHEST if abs(x) > _FURTHEST else abs(x)) / _ROOT_2PI


@njit(**INLINED)
def _bell(z):
    high = z * _HALVES
    high = high - (high - z)
    low = z - high
    return exp(-0.5 * high * high) * exp(-0.5 * low * (z + high))


@njit(**INLINED)
def _horner(x, coefficients):
    value = x * coefficients[0] + coefficients[1]
    for k in range(2, len(coefficients)):
        value = value * x + coefficients[k]
    return value


@njit(**INLINED)
def room(count):
    """So many zeros, at a multiple of 64 bytes: a vector then lies in one line of the cache."""
    memory = np.zeros(count + 8)
    start = (64 - memory.ctypes.data % 64) // 8 % 8
    return memory[start : start + count]


def _where(condition, then, otherwise):
    return then if condition else otherwise


def _least(a, b):
    return a if (a < b) | (a != a) else b  # noqa: PLR0124 - not a number


def _most(a, b):
    return a if (a > b) | (a != a) else b  # noqa: PLR0124 - not a number


def _root(x):
    return math.sqrt(x)


def _replace(function: Callable[..., Any], text: Callable[..., Any]) -> None:
    """Let compiled code that calls `function` have `text` in its place."""

    def choose(*_: Any) -> Callable[..., Any]:
        return text

    # Numba compares the parameters of the two.
    vars(choose)["__signature__"] = signature(text)
    overload(function, jit_options=INLINED)(choose)


def inline(*rules: Callable[..., Any]) -> None:
    """Let compiled loops call rules that are written in the words of `elementwise`.

    They are called under their own names, with arguments by place.
    """
    for rule in rules:
        _replace(rule, rule)


_replace(elementwise.where, _where)
_replace(elementwise.least, _least)
_replace(elementwise.most, _most)
_replace(elementwise.root, _root)
_replace(elementwise.exp, exp.py_func)
_replace(elementwise.log, log.py_func)
_replace(elementwise.normal_cdf, normal_cdf.py_func)
_replace(elementwise.normal_density, normal_density.py_func)

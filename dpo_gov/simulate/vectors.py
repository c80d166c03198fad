"""Which of a processor's vectors the engines use: by numpy's loops, and by compiled code."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

AVX512, AVX2, SSE, UNKNOWN = "AVX-512", "AVX2", "SSE", ""
LESSER = {AVX2: "haswell", SSE: "generic"}
"""Processors that have no wider ones, by LLVM's names."""
_REGISTERS = {"zmm": AVX512, "ymm": AVX2, "xmm": SSE}
_NUMPY = {AVX512: {"AVX512_SKX", "X86_V4"}, AVX2: {"AVX2", "X86_V3"}, SSE: {"SSE2", "X86_V2"}}
"""Names of features, of numpy 1 and of the newest."""


def lesser() -> tuple[str, ...]:
    """What this processor could be taken for, by the names of `LESSER`."""
    return tuple(LESSER) if loops() == AVX512 else (SSE,) if loops() == AVX2 else ()


def dispatched() -> tuple[str, ...]:
    """Features beyond its baseline that numpy's loops may use here, by numpy's names."""
    core = getattr(np, "_core", None) or np.core
    simd = core._multiarray_umath  # noqa: SLF001 - where numpy itself tells it
    return tuple(name for name in simd.__cpu_dispatch__ if simd.__cpu_features__[name])


def loops() -> str:
    """The widest vectors that numpy's loops use here; nothing where it is no x86."""
    core = getattr(np, "_core", None) or np.core
    known = {*dispatched(), *core._multiarray_umath.__cpu_baseline__}  # noqa: SLF001 - as above
    return next((name for name, features in _NUMPY.items() if features & known), UNKNOWN)


def pretend(vectors: str) -> None:
    """From now on compile for a processor with no wider vectors, in a process that has not yet."""
    from numba import config

    config.CPU_NAME, config.CPU_FEATURES = LESSER[vectors], ""


def compiled() -> str:
    """The widest vectors of what numba compiles here, read from machine code.

    Nothing where it is no x86. Needs numba.
    """
    from numba import njit

    @njit("void(f8[::1], f8[::1])")  # type: ignore[untyped-decorator]  # numba's lack
    def add(x: Floats, y: Floats) -> None:
        for k in range(len(x)):
            x[k] += y[k]

    code = "".join(add.inspect_asm().values())
    return next((name for register, name in _REGISTERS.items() if register in code), UNKNOWN)

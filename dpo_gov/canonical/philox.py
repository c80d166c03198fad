"""Philox4x32-10: random words addressed by a counter, so that any path can be drawn alone.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
"""32-bit words, each held in 64 bits so that a product of two is exact."""

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_ROUNDS, _SPREADING = 10, 3


def philox4x32(c0: Words, c1: Words, c2: Words, c3: Words, key: int) -> tuple[Words, ...]:
    """Four random words for every counter; the counter's words broadcast against each other.

    `key` is a 64-bit integer. Counter words must be below 2**32.
    """
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    shape = np.broadcast_shapes(c0.shape, c1.shape, c2.shape, c3.shape)
    for _ in range(_SPREADING):
        # Counters differ along few axes at first: these rounds work on the small arrays.
        x0, x1 = c0 * _M0, c2 * _M1
        c0, c1 = (x1 >> _HALF) ^ c1 ^ np.uint64(k0), x1 & _LOW
        c2, c3 = (x0 >> _HALF) ^ c3 ^ np.uint64(k1), x0 & _LOW
        k0, k1 = k0 + _W0 & 0xFFFFFFFF, k1 + _W1 & 0xFFFFFFFF
    c0, c1, c2, c3 = (np.array(np.broadcast_to(word, shape)) for word in (c0, c1, c2, c3))
    x0, x1 = np.empty_like(c0), np.empty_like(c0)
    for _ in range(_ROUNDS - _SPREADING):
        np.multiply(c0, _M0, out=x0)
        np.multiply(c2, _M1, out=x1)
        np.right_shift(x1, _HALF, out=c0)
        c0 ^= c1
        c0 ^= np.uint64(k0)
        np.right_shift(x0, _HALF, out=c2)
        c2 ^= c3
        c2 ^= np.uint64(k1)
        np.bitwise_and(x1, _LOW, out=c1)
        np.bitwise_and(x0, _LOW, out=c3)
        k0, k1 = k0 + _W0 & 0xFFFFFFFF, k1 + _W1 & 0xFFFFFFFF
    return c0, c1, c2, c3

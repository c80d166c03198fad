"""Random draws, addressed by seed, purpose, lane, path and number; never by order of drawing.

The counter of Philox is (path, purpose and lane, number, 0), its key is the seed. So current
and proposed see the same market whatever the other draws, and any path can be replayed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from dpo_gov.canonical.elementary import Floats, log, sincos
from dpo_gov.canonical.philox import Words, philox4x32

_ONE = np.uint64(0x3FF0000000000000)
_BELOW_ONE = 1.0 - 2.0**-53
_UP, _DOWN = np.uint64(20), np.uint64(12)
Index = npt.NDArray[np.integer[Any]]


class Purpose(Enum):
    """What a draw is for. Each purpose owns its numbers; a number is never used twice."""

    DIFFUSION = 1
    MIXING = 2
    REGIME = 3
    JUMP_TIME = 4
    JUMP_SIZE = 5
    GAS = 6
    FUNDING = 7
    LIQUIDITY = 8
    ORACLE_DELAY = 9
    BOOTSTRAP = 10
    LIQUIDATION = 11


@dataclass(frozen=True)
class Stream:
    """The random numbers of one purpose under one seed.

    `seed`: 64 bits. `lane`, below 2**24, tells apart what shares a purpose, such as the assets.
    The methods draw for each pair of `path` and `number`, two integer arrays that broadcast,
    both below 2**32, and give arrays of the broadcast shape.
    """

    seed: int
    purpose: Purpose
    lane: int = 0

    def words(self, path: Index, number: Index) -> tuple[Words, ...]:
        """Four 32-bit words each, held in uint64."""
        purpose = np.array(self.purpose.value | self.lane << 8, dtype=np.uint64)
        zero = np.zeros((), dtype=np.uint64)
        key = self.seed & (1 << 64) - 1
        return philox4x32(path.astype(np.uint64), purpose, number.astype(np.uint64), zero, key)

    def uniforms(self, path: Index, number: Index) -> tuple[Floats, Floats]:
        """Two uniforms with 52 random bits, in the open interval (0, 1), symmetric about 1/2."""
        a, b, c, d = self.words(path, number)
        return _uniform(a, b), _uniform(c, d)

    def normals(self, path: Index, number: Index) -> tuple[Floats, Floats]:
        """Two independent standard normals (Box and Muller 1958); they reach to ±8.5."""
        u, turns = self.uniforms(path, number)
        radius = log(u)
        radius *= -2.0
        np.sqrt(radius, out=radius)
        sine, cosine = sincos(turns)
        sine *= radius
        cosine *= radius
        return cosine, sine

    def chi_square(self, path: Index, number: Index, degrees: int) -> Floats:
        """Chi-square variates with an even number of degrees of freedom, exactly: −2 log ∏ u.

        Uses `number` × ceil(degrees / 4) and the numbers that follow. Raises ValueError for
        degrees that are odd or not positive.
        """
        if degrees % 2 or degrees <= 0:
            raise ValueError(f"degrees of freedom must be even and positive, not {degrees}")
        calls = (degrees + 3) // 4
        product, other = self.uniforms(path, number * calls)
        if degrees > 2:
            product *= other
        for call in range(1, calls):
            one, other = self.uniforms(path, number * calls + call)
            product *= one
            if degrees >= 4 * call + 4:
                product *= other
        value = log(product)
        value *= -2.0
        return value


def _uniform(high: Words, low: Words) -> Floats:
    bits = high << _UP
    low >>= _DOWN
    bits |= low
    bits |= _ONE
    value = bits.view(np.float64)
    value -= _BELOW_ONE
    return value

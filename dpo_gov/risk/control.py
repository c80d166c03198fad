"""A control variate: what is known of each path's luck is taken out of it.

The control has expectation zero, so for any coefficient the mean stays what it estimates. The
coefficient of one half of the paths comes from the other half: independent of what it multiplies,
it leaves no bias at all (Avramidis & Wilson 1993, A splitting scheme for control variates,
Operations Research Letters 14).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dpo_gov.canonical import covariance, variance
from dpo_gov.risk.intervals import Sample


class Controlled(NamedTuple):
    """A sample without its luck, and the coefficient: how much of a unit of luck was in it."""

    sample: Sample
    coefficient: float


def controlled(sample: Sample, control: Sample) -> Controlled:
    """Take the control, whose expectation is zero, out of a sample of 4 paths or more.

    The coefficient is the mean of those of the two halves, even and odd paths.
    """
    even, odd = (_slope(sample[first::2], control[first::2]) for first in (0, 1))
    adjusted = np.empty(len(sample))
    adjusted[0::2] = sample[0::2] - odd * control[0::2]
    adjusted[1::2] = sample[1::2] - even * control[1::2]
    return Controlled(adjusted, (even + odd) / 2.0)


def _slope(sample: Sample, control: Sample) -> float:
    spread = variance(control)
    return covariance(sample, control) / spread if spread > 0.0 else 0.0

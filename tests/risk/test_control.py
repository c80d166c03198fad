"""Control variates: no bias, the right coefficient, and intervals that still hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_gov.risk import Mean
from dpo_gov.risk.control import controlled


def test_coefficients_come_from_the_other_half():
    """Even paths are corrected by the least-squares slope of the odd ones, and the other way."""
    rng = np.random.default_rng(1)
    control = rng.standard_normal(401)
    sample = np.exp(control) + rng.standard_normal(401)
    found = controlled(sample, control)
    even, odd = (np.polyfit(control[k::2], sample[k::2], 1)[0] for k in (0, 1))
    assert found.sample[::2] == pytest.approx(sample[::2] - odd * control[::2])
    assert found.sample[1::2] == pytest.approx(sample[1::2] - even * control[1::2])
    assert found.coefficient == pytest.approx((even + odd) / 2)
    assert controlled(sample, 0.0 * control) == (pytest.approx(sample), 0.0)


def test_no_bias_and_the_same_coverage():
    """Over 1,000 samples of 400 of a lognormal, mean and coverage are right, and a fifth varies.

    One regression over all paths would be off by two standard errors of this mean.
    """
    rng, truth, found, hits = np.random.default_rng(2), np.exp(0.5 * 0.6**2), [], 0
    for _ in range(1_000):
        control = rng.standard_normal(400)
        interval = Mean().one(controlled(np.exp(0.6 * control), control).sample)
        found.append(interval.estimate)
        hits += interval.low <= truth <= interval.high
    error = np.std(found) / np.sqrt(1_000)
    assert abs(np.mean(found) - truth) < 3 * error
    assert 0.93 <= hits / 1_000 <= 0.97
    plain = np.exp(0.6**2) * (np.exp(0.6**2) - 1) / 400
    assert plain / np.var(found) > 5

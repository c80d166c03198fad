"""Draws: their addresses and their distributions."""

import numpy as np
import pytest

from dpo_gov.canonical import Purpose, Stream

PATHS = np.arange(200_000)
STREAM = Stream(11, Purpose.DIFFUSION)
ZERO = np.array(0)


def test_any_path_can_be_drawn_alone() -> None:
    """A path's numbers do not depend on which other paths are drawn, nor on their order."""
    numbers = np.arange(4)[:, None]
    together = STREAM.normals(PATHS[:50], numbers)
    shuffled = np.random.default_rng(1).permutation(50)
    apart = STREAM.normals(PATHS[shuffled], numbers)
    for one, other in zip(together, apart, strict=True):
        assert (one[:, shuffled] == other).all()


def test_seed_purpose_and_lane_all_matter() -> None:
    """Streams that differ in one of seed (also its upper half), purpose or lane differ."""
    streams = [
        STREAM,
        Stream(12, Purpose.DIFFUSION),
        Stream(11 + 2**32, Purpose.DIFFUSION),
        Stream(11, Purpose.GAS),
        Stream(11, Purpose.DIFFUSION, lane=1),
        Stream(11, Purpose.DIFFUSION, lane=1 << 20),
    ]
    draws = [tuple(stream.uniforms(PATHS[:8], ZERO)[0]) for stream in streams]
    assert len(set(draws)) == len(draws)


def test_uniforms_are_uniform() -> None:
    """Mean, variance and the share in each tenth agree with the uniform law (5 sigma)."""
    u, v = STREAM.uniforms(PATHS, ZERO)
    for x in (u, v):
        assert 0.0 < x.min() < 1e-4
        assert 1.0 - 1e-4 < x.max() < 1.0
        assert abs(x.mean() - 0.5) < 5 * np.sqrt(1 / 12 / len(x))
        shares = np.histogram(x, bins=10, range=(0, 1))[0]
        assert (np.abs(shares - len(x) / 10) < 5 * np.sqrt(len(x) * 0.09)).all()
    assert abs(np.corrcoef(u, v)[0, 1]) < 5 / np.sqrt(len(u))


def test_uniforms_have_52_bits() -> None:
    """Every uniform is an odd multiple of 2**-53, and its low bits vary."""
    u, _ = STREAM.uniforms(PATHS[:1000], ZERO)
    units = (u * 2.0**53).astype(np.int64)
    assert (units * 2.0**-53 == u).all()
    assert (units % 2 == 1).all()
    assert 400 < (units // 2 % 2).sum() < 600


def test_normals_are_normal() -> None:
    """Moments and tails of both normals agree with the normal law (5 sigma)."""
    numbers = np.arange(5)[:, None]
    for z in STREAM.normals(PATHS, numbers):
        n = z.size
        assert abs(z.mean()) < 5 / np.sqrt(n)
        assert abs(z.var() - 1) < 5 * np.sqrt(2 / n)
        assert abs((z**3).mean()) < 5 * np.sqrt(15 / n)
        assert abs((z**4).mean() - 3) < 5 * np.sqrt(96 / n)
        assert abs((np.abs(z) > 3).mean() - 0.0026998) < 5 * np.sqrt(0.0027 / n)
        assert abs(np.corrcoef(z[0], z[1])[0, 1]) < 5 / np.sqrt(len(PATHS))
    one, other = STREAM.normals(PATHS, ZERO)
    assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(len(PATHS))


@pytest.mark.parametrize("degrees", [2, 4, 6, 8, 10, 30])
def test_chi_square_has_its_moments(degrees: int) -> None:
    """Mean ν and variance 2 ν come out for every even ν, also where a call is half used."""
    x = Stream(5, Purpose.MIXING).chi_square(PATHS, np.arange(2)[:, None], degrees)
    deviation = np.sqrt(2 * degrees / x.size)
    assert x.min() > 0
    assert abs(x.mean() - degrees) < 5 * deviation
    assert abs(x.var() / (2 * degrees) - 1) < 5 * np.sqrt((2 + 12 / degrees) / x.size)
    assert abs(np.corrcoef(x[0], x[1])[0, 1]) < 5 / np.sqrt(len(PATHS))


@pytest.mark.parametrize("degrees", [-2, 0, 3])
def test_odd_degrees_are_refused(degrees: int) -> None:
    """Chi-square with odd, zero or negative degrees is an error, not a wrong number."""
    with pytest.raises(ValueError, match="even and positive"):
        STREAM.chi_square(PATHS[:1], ZERO, degrees)

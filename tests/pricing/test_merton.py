"""Options on prices that jump, against Haug's table as QuantLib corrected it."""

import numpy as np
import pytest

from dpo_gov.errors import InputError
from dpo_gov.pricing import Jumps, Option, black_scholes, merton

SPOT = np.array([100.0])
STRIKES = np.array([80.0, 90.0, 100.0, 110.0, 120.0])
# Spot 100, rate 8 %, total volatility 25 %; `share` of its variance comes from jumps of mean zero.
TABLE = [
    (0.25, 1.0, 0.10, [20.67, 11.00, 3.42, 0.55, 0.10]),
    (0.25, 1.0, 0.25, [21.74, 12.74, 5.88, 2.11, 0.64]),
    (0.25, 1.0, 0.50, [23.63, 15.40, 8.95, 4.67, 2.23]),
]
AT_THE_MONEY = [
    (0.75, 1.0, [2.70, 5.08, 8.24]),
    (0.25, 10.0, [3.53, 5.97, 9.03]),
]


def haug(share: float, intensity: float) -> tuple[float, Jumps]:
    """Volatility between jumps, and the jumps, in Haug's terms: log jumps of mean -δ²/2."""
    variance = 0.25**2
    deviation = np.sqrt(share * variance / intensity)
    between = float(np.sqrt((1 - share) * variance))
    return between, Jumps(intensity, -0.5 * deviation**2, float(deviation))


@pytest.mark.parametrize(("share", "intensity", "years", "prices"), TABLE)
def test_haugs_table(share: float, intensity: float, years: float, prices: list[float]) -> None:
    """Five strikes at three expiries, printed to two digits."""
    volatility, jumps = haug(share, intensity)
    found = merton(Option(STRIKES, years, rate=0.08), SPOT, volatility, jumps)
    assert np.abs(found - prices).max() <= 0.0051


@pytest.mark.parametrize(("share", "intensity", "prices"), AT_THE_MONEY)
def test_haugs_table_at_the_money(share: float, intensity: float, prices: list[float]) -> None:
    """Other shares and intensities, at the money."""
    volatility, jumps = haug(share, intensity)
    for years, price in zip((0.10, 0.25, 0.50), prices, strict=True):
        found = merton(Option(100, years, rate=0.08), SPOT, volatility, jumps)
        assert found[0] == pytest.approx(price, abs=0.0051)


def test_without_jumps_it_is_black_scholes() -> None:
    """To the last bit."""
    option = Option(STRIKES, 0.5, rate=0.02)
    plain = black_scholes(option, SPOT, 0.3)
    assert (merton(option, SPOT, 0.3, Jumps(0.0, 0.0, 0.0)) == plain).all()


def test_the_forward_makes_up_for_the_jumps() -> None:
    """Call less put is the forward, though jumps go down by a third on average."""
    jumps = Jumps(2.0, -0.4, 0.2)
    call = merton(Option(STRIKES, 0.5, rate=0.05), SPOT, 0.3, jumps)
    put = merton(Option(STRIKES, 0.5, False, 0.05), SPOT, 0.3, jumps)
    assert call - put == pytest.approx(100.0 - STRIKES * np.exp(-0.025), abs=1e-11)


def test_simulated_jumps_give_the_price() -> None:
    """The mean of simulated payoffs lies within four standard errors."""
    random, paths, years = np.random.default_rng(3), 400_000, 0.5
    jumps = Jumps(3.0, -0.15, 0.1)
    counts = random.poisson(jumps.intensity * years, paths)
    drift = (0.05 - 0.3**2 / 2 - jumps.intensity * jumps.growth) * years
    logs = drift + 0.3 * np.sqrt(years) * random.standard_normal(paths)
    logs += jumps.mean * counts + jumps.deviation * np.sqrt(counts) * random.standard_normal(paths)
    payoffs = np.exp(-0.05 * years) * np.maximum(95.0 - 100.0 * np.exp(logs), 0.0)
    price = merton(Option(95, years, False, 0.05), SPOT, 0.3, jumps)[0]
    assert abs(payoffs.mean() - price) <= 4 * payoffs.std() / np.sqrt(paths)


@pytest.mark.parametrize("intensity", [1e4, -1.0, float("nan")])
def test_jumps_without_number_are_refused(intensity: float) -> None:
    """It says so, and does not sum for ever."""
    with pytest.raises(InputError, match="cannot be summed"):
        merton(Option(100, 1.0), SPOT, 0.3, Jumps(intensity, 0.0, 0.1))


def test_many_jumps_are_a_diffusion() -> None:
    """With 400 small jumps expected, the price is that of their volatility."""
    jumps = Jumps(400.0, 0.0, 0.02)
    option = Option(STRIKES, 1.0)
    found = merton(option, SPOT, 0.3, jumps)
    plain = black_scholes(option, SPOT, np.sqrt(0.3**2 + 400 * 0.02**2))
    assert found == pytest.approx(plain, rel=2e-3)

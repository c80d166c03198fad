"""Black–Scholes prices and Greeks against the books, and against each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov.pricing import Option, black_scholes, greeks

# Haug, option pricing formulas, with QuantLib's tests as the source of the digits: option, spot,
# volatility, price.
HAUG = [
    (Option(65, 0.25, rate=0.08), 60, 0.30, 2.1334),
    (Option(95, 0.50, False, 0.10, 0.05), 100, 0.20, 2.4648),
    (Option(19, 0.75, False, 0.10, 0.10), 19, 0.28, 1.7011),
    (Option(19, 0.75, True, 0.10, 0.10), 19, 0.28, 1.7011),
    (Option(1.60, 0.50, True, 0.06, 0.08), 1.56, 0.12, 0.0291),
    (Option(70, 0.50, False, 0.10, 0.05), 75, 0.35, 4.0870),
    (Option(100, 0.10, True, 0.10, 0.10), 100, 0.25, 3.1217),
    (Option(100, 0.50, True, 0.10, 0.10), 110, 0.35, 15.3086),
    (Option(40, 0.75, True, 0.04, 0.08), 42, 0.35, 5.0975),
]
# Hull, Options, Futures and Other Derivatives: the stock and the deltas of the table on delta
# hedging (49 at first, strike 50, 5 %, 20 %, 20 weeks), rounded to three digits there.
# fmt: off
HULL_PATH = [
    49, 48.12, 47.37, 50.25, 51.75, 53.12, 53.00, 51.87, 51.38, 53.00, 49.88, 48.50, 49.88, 50.37,
    52.13, 51.88, 52.87, 54.87, 54.62, 55.87, 57.25,
]
HULL_DELTAS = [
    0.522, 0.458, 0.400, 0.596, 0.693, 0.774, 0.771, 0.706, 0.674, 0.787, 0.550, 0.413, 0.542,
    0.591, 0.768, 0.759, 0.865, 0.978, 0.990, 1.000,
]
# fmt: on


def one(value: float) -> np.ndarray:
    """An array of one number."""
    return np.array([value])


@pytest.mark.parametrize(("option", "spot", "volatility", "price"), HAUG)
def test_haugs_prices(option: Option, spot: float, volatility: float, price: float) -> None:
    """Printed to four digits."""
    assert black_scholes(option, one(spot), volatility)[0] == pytest.approx(price, abs=5e-5)


@pytest.mark.parametrize(
    ("greek", "option", "spot", "volatility", "value"),
    [
        ("delta", Option(100, 0.5, rate=0.10, yield_=0.10), 105, 0.36, 0.5946),
        ("delta", Option(100, 0.5, False, 0.10, 0.10), 105, 0.36, -0.3566),
        ("gamma", Option(60, 0.75, rate=0.10), 55, 0.30, 0.0278),
        ("vega", Option(60, 0.75, rate=0.10), 55, 0.30, 18.9358),
        ("theta", Option(405, 1 / 12, False, 0.07, 0.05), 430, 0.20, -31.1924),
        ("rho", Option(75, 1.0, rate=0.09), 72, 0.19, 38.7325),
    ],
)
def test_haugs_greeks(
    greek: str, option: Option, spot: float, volatility: float, *, value: float
) -> None:
    """Printed to four digits; theta by the year."""
    found = greeks(option, one(spot), volatility)
    assert getattr(found, greek)[0] == pytest.approx(value, abs=5e-5)


def test_haugs_elasticity_and_dividend_rho() -> None:
    """Two more printed derivatives, each made of the delta and the price."""
    put, spot = Option(100, 0.5, False, 0.10, 0.10), one(105)
    elasticity = greeks(put, spot, 0.36).delta * spot / black_scholes(put, spot, 0.36)
    assert elasticity[0] == pytest.approx(-4.8775, abs=5e-5)
    put = Option(490, 0.25, False, 0.08, 0.05)
    assert (-0.25 * 500 * greeks(put, one(500), 0.15).delta)[0] == pytest.approx(42.2254, abs=5e-5)


def test_hulls_example() -> None:
    """Hull's option of 4.76 and .81, and his Greeks of 20 weeks, to the digits known of them."""
    half_a_year = Option(40, 0.5, rate=0.1)
    assert black_scholes(half_a_year, one(42), 0.2)[0] == pytest.approx(4.7594, abs=5e-5)
    put = half_a_year._replace(call=False)
    assert black_scholes(put, one(42), 0.2)[0] == pytest.approx(0.8086, abs=5e-5)
    weeks = Option(50, 20 / 52, rate=0.05)
    assert black_scholes(weeks, one(49), 0.2)[0] == pytest.approx(2.4005, abs=5e-5)
    found = greeks(weeks, one(49), 0.2)
    assert found.delta[0] == pytest.approx(0.5216, abs=5e-5)
    assert found.gamma[0] == pytest.approx(0.0655, abs=5e-5)
    assert found.theta[0] == pytest.approx(-4.305, abs=5e-4)
    assert found.vega[0] == pytest.approx(12.105, abs=5e-4)
    assert found.rho[0] == pytest.approx(8.907, abs=5e-4)


def test_hulls_table_of_delta_hedging() -> None:
    """The twenty deltas of the table, each to the digits that are printed."""
    weeks_left = np.arange(len(HULL_DELTAS), 0, -1)
    option = Option(50, weeks_left / 52, rate=0.05)
    found = greeks(option, np.array(HULL_PATH[:-1]), 0.2)
    assert np.abs(found.delta - HULL_DELTAS).max() <= 0.00051


def test_hedging_more_often_leaves_less_to_chance() -> None:
    """The deviation of the cost of Hull's hedge, over its price, by weeks between two trades.

    Recomputed with 400,000 paths (drift 13 %): .4151 .3728 .2688 .1926 .1375 .0981.
    """
    random, paths, rate, price = np.random.default_rng(11), 40_000, 0.05, 2.4005
    for weeks, expected in (
        (5, 0.4151),
        (4, 0.3728),
        (2, 0.2688),
        (1, 0.1926),
        (0.5, 0.1375),
        (0.25, 0.0981),
    ):
        steps, dt = round(20 / weeks), weeks / 52
        spot, held, cost = np.full(paths, 49.0), np.zeros(paths), np.zeros(paths)
        for step in range(steps):
            delta = greeks(Option(50, (steps - step) * dt, rate=rate), spot, 0.2).delta
            cost = (cost + (delta - held) * spot) * np.exp(rate * dt)
            held = delta
            shocks = random.standard_normal(paths)
            spot = spot * np.exp((0.13 - 0.02) * dt + 0.2 * np.sqrt(dt) * shocks)
        cost += np.maximum(spot - 50.0, 0.0) - held * spot
        deviation = (cost * np.exp(-rate * 20 / 52)).std() / price
        assert deviation == pytest.approx(expected, rel=0.03)


@st.composite
def options(draw: st.DrawFn) -> tuple[Option, float, float]:
    """An option, the spot and the volatility."""
    spot = draw(st.floats(1.0, 1e5))
    rates = st.floats(-0.1, 0.3)
    option = Option(
        strike=spot * draw(st.floats(0.2, 5.0)),
        years=draw(st.floats(1e-3, 3.0)),
        call=draw(st.booleans()),
        rate=draw(rates),
        yield_=draw(rates),
    )
    return option, spot, draw(st.floats(0.02, 3.0))


@given(options())
def test_call_less_put_is_the_forward(case: tuple[Option, float, float]) -> None:
    """Put–call parity, within roundings of the larger leg."""
    option, spot, volatility = case
    call = black_scholes(option._replace(call=True), one(spot), volatility)[0]
    put = black_scholes(option._replace(call=False), one(spot), volatility)[0]
    kept, owed = np.exp(-option.yield_ * option.years), np.exp(-option.rate * option.years)
    forward = spot * kept - option.strike * owed
    assert call - put == pytest.approx(forward, abs=1e-13 * (spot + option.strike))


@given(options())
def test_greeks_are_the_derivatives(case: tuple[Option, float, float]) -> None:
    """Central differences of the price give delta, vega, theta and rho; those of delta, gamma."""
    option, spot, volatility = case

    def price(spot: float = spot, volatility: float = volatility, **moved: float) -> float:
        return float(black_scholes(option._replace(**moved), one(spot), volatility)[0])

    def slope(name: str, at: float, h: float) -> float:
        return (price(**{name: at + h}) - price(**{name: at - h})) / (2 * h)

    found = greeks(option, one(spot), volatility)
    h = 1e-4 * min(volatility * np.sqrt(option.years), 1.0)
    scale = spot + option.strike
    for name, at, step, value, unit in (
        ("spot", spot, spot * h, found.delta[0], 1.0),
        ("volatility", volatility, volatility * h, found.vega[0], scale / volatility),
        ("years", option.years, option.years * h, -found.theta[0], scale / option.years),
        ("rate", option.rate, h, found.rho[0], scale * max(option.years, 1.0)),
    ):
        assert slope(name, at, step) == pytest.approx(value, rel=1e-5, abs=2e-6 * unit), name
    around = greeks(option, np.array([spot * (1 - h), spot * (1 + h)]), volatility).delta
    gamma = (around[1] - around[0]) / (2 * h * spot)
    assert gamma == pytest.approx(found.gamma[0], rel=1e-5, abs=1e-6 / (h * spot) * h)


@pytest.mark.parametrize("call", [True, False])
def test_at_expiry_it_is_what_exercise_gives(call: bool) -> None:
    """Without time or without volatility nothing is left to chance."""
    spots, sign = np.array([80.0, 100.0, 120.0]), 1 if call else -1
    expired = black_scholes(Option(100, 0.0, call, rate=0.1), spots, 0.5)
    assert expired.tolist() == np.maximum(sign * (spots - 100.0), 0.0).tolist()
    certain = black_scholes(Option(100, 1.0, call, rate=0.1), spots, 0.0)
    expected = np.maximum(sign * (spots - 100.0 * np.exp(-0.1)), 0.0)
    assert certain == pytest.approx(expected, rel=1e-14)

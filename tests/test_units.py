"""Units parse exactly, print what they parse, and refuse what has no unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov import units
from dpo_gov.errors import UnitError
from dpo_gov.units import Unit


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("5 %", Unit.BPS, 500),
        ("5%", Unit.BPS, 500),
        ("500 bps", Unit.BPS, 500),
        ("0.01 %", Unit.BPS, 1),
        ("1.25 x", Unit.PPM, 1_250_000),
        ("125 %", Unit.PPM, 1_250_000),
        ("10_000 ppm", Unit.PPM, 10_000),
        ("36 h", Unit.SECONDS, 129_600),
        ("1.5 d", Unit.SECONDS, 129_600),
        ("25 gwei", Unit.GWEI, 25),
    ],
)
def test_a_value_with_its_unit_is_read_exactly(text: str, unit: Unit, value: int) -> None:
    """Each accepted spelling gives the stored integer."""
    assert units.parse(text, unit) == value


def test_an_amount_is_read_in_its_token() -> None:
    """Amounts name their token and scale by its decimals."""
    assert (
        units.parse("1_500_000.5 USDC", Unit.AMOUNT, symbol="USDC", decimals=6) == 1_500_000_500_000
    )


@pytest.mark.parametrize(
    ("text", "unit", "part"),
    [
        (500, Unit.BPS, "no value with a unit"),
        (0.05, Unit.BPS, "no value with a unit"),
        (True, Unit.BPS, "no value with a unit"),
        (None, Unit.BPS, "no value with a unit"),
        ("500", Unit.BPS, "no value with a unit"),
        ("5 percent", Unit.BPS, "'percent' is not known"),
        ("5 h", Unit.BPS, "'h' is not known"),
        ("0.001 %", Unit.BPS, "0.1 bps; only whole ones"),
        ("1e3 bps", Unit.BPS, "no value with a unit"),
        ("nan %", Unit.BPS, "no value with a unit"),
        ("5 % %", Unit.BPS, "no value with a unit"),
        ("٥ %", Unit.BPS, "no value with a unit"),
        ("9" * 60 + " bps", Unit.BPS, "no value with a unit"),
        ("10 WETH", Unit.AMOUNT, "'WETH' is not known"),
    ],
)
def test_a_value_without_a_clear_unit_is_refused(text: object, unit: Unit, part: str) -> None:
    """The message names what was given and the units that are allowed."""
    with pytest.raises(UnitError, match=part):
        units.parse(text, unit, symbol="USDC", decimals=6)


@given(st.integers(0, 2**32), st.sampled_from(list(Unit)))
def test_what_is_printed_is_read_back(value: int, unit: Unit) -> None:
    """show and parse are inverse for every stored value."""
    text = units.show(value, unit, symbol="USDC", decimals=6)
    assert units.parse(text, unit, symbol="USDC", decimals=6) == value

"""Units of strategy parameters: exact parsing and printing.

A value is stored as an integer of its unit, as on chain. Text must name a unit, since a bare
number is how wrongly scaled values reach a vote (`80 * MILLION * WAD`, Maker, 2020-08-07).
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact
from enum import Enum

from dpo_gov.errors import UnitError


class Unit(Enum):
    """What one step of a stored integer means; the value is the code in the on-chain flags."""

    BPS = 1
    """1/10,000 of the whole."""
    PPM = 2
    """1/1,000,000 of the whole."""
    SECONDS = 3
    GWEI = 4
    """1e9 wei for each unit of gas."""
    AMOUNT = 5
    """The smallest unit of a token."""


_SUFFIXES: dict[Unit, dict[str, Decimal]] = {
    Unit.BPS: {"bps": Decimal(1), "%": Decimal(100)},
    Unit.PPM: {
        "ppm": Decimal(1),
        "bps": Decimal(100),
        "%": Decimal(10_000),
        "x": Decimal(10**6),
    },
    Unit.SECONDS: {
        "s": Decimal(1),
        "min": Decimal(60),
        "h": Decimal(3_600),
        "d": Decimal(86_400),
        "w": Decimal(604_800),
    },
    Unit.GWEI: {"gwei": Decimal(1)},
}
_TEXT = re.compile(r"([+-]?[0-9][0-9_]{0,29}(?:\.[0-9]{1,18})?)\s*([A-Za-z%]+)")
_EXACT = Context(prec=100, traps=[Inexact])


def parse(text: object, unit: Unit, *, symbol: str = "", decimals: int = 0) -> int:
    """Read `text` such as `5 %`, `500 bps`, `36 h`, `1.25 x` or `1_500_000 USDC` exactly.

    `symbol` and `decimals` belong to amounts. Raises UnitError when there is no unit, when it is
    not one of this parameter's, or when the value is no whole number of the stored unit.
    """
    suffixes = _suffixes(unit, symbol, decimals)
    allowed = ", ".join(suffixes)
    match = _TEXT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise UnitError(f"{text!r} is no value with a unit; write a number and one of: {allowed}")
    number, suffix = match.groups()
    if suffix not in suffixes:
        raise UnitError(f"{text!r}: unit {suffix!r} is not known here; use one of: {allowed}")
    value = _EXACT.multiply(Decimal(number.replace("_", "")), suffixes[suffix])
    if value != int(value):
        smallest = min(suffixes, key=lambda name: suffixes[name])
        raise UnitError(f"{text!r} is {value.normalize():f} {smallest}; only whole ones are stored")
    return int(value)


def show(value: int, unit: Unit, *, symbol: str = "", decimals: int = 0) -> str:
    """Print a stored value so that `parse` reads the same integer back."""
    match unit:
        case Unit.BPS:
            return f"{_plain(Decimal(value) / 100)} %"
        case Unit.PPM:
            return f"{_plain(Decimal(value) / 10_000)} %"
        case Unit.SECONDS:
            return _duration(value)
        case Unit.GWEI:
            return f"{value} gwei"
        case Unit.AMOUNT:
            return f"{_plain(Decimal(value).scaleb(-decimals))} {symbol or 'units'}"


def _suffixes(unit: Unit, symbol: str, decimals: int) -> dict[str, Decimal]:
    if unit is Unit.AMOUNT:
        return {symbol or "units": Decimal(10) ** decimals}
    return _SUFFIXES[unit]


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _duration(seconds: int) -> str:
    for name in ("d", "h", "min"):
        size = int(_SUFFIXES[Unit.SECONDS][name])
        if seconds and seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} s"

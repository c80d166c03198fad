"""Small texts that several nouns print or read: times, addresses, `name=value` pairs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from dpo_gov.errors import InputError, UnitError

if TYPE_CHECKING:
    from dpo_gov.params import ParamSet, ParamSpec


def when(seconds: int) -> str:
    """A Unix time for people, in UTC; a dash for never."""
    if not seconds:
        return "–"
    return _shown(seconds, "%Y-%m-%d %H:%M UTC")


def clock(seconds: int) -> str:
    """The same without its zone, where a heading says it."""
    return _shown(seconds, "%Y-%m-%d %H:%M") if seconds else "–"


def second(seconds: int) -> str:
    """To the second, where a second more or less decides."""
    return _shown(seconds, "%Y-%m-%d %H:%M:%S")


def _shown(seconds: int, form: str) -> str:
    """A Unix time as a date, or as it is where the calendar has no such year."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime(form)
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"


def span(spec: ParamSpec, low: int, high: int) -> str:
    """From one value of a parameter to another, the unit only once where it is the same."""
    first, last = spec.show(low), spec.show(high)
    number, unit = first.split()
    return f"{number if last.split()[1] == unit else first} … {last}"


def short(address: str) -> str:
    """The ends of an address, which people compare."""
    return f"{address[:6]}…{address[-4:]}"


def number(value: float, places: int, *, signed: bool = False) -> str:
    """With a true minus sign, and never a zero that has one."""
    from dpo_gov.proposal.numbers import number as figure

    return figure(value, places, signed=signed)


def percent(share: float, places: int = 2, *, signed: bool = False) -> str:
    """A share in percent."""
    return f"{number(100.0 * share, places, signed=signed)} %"


def count(number: int, what: str) -> str:
    """How many there are: `1 trade`, `2 trades`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def coins(wei: int) -> str:
    """An amount of the chain's coin with two digits that count, never less than it is."""
    if not wei:
        return "0 ETH"
    amount = Decimal(wei) / 10**18
    digits = Decimal(1).scaleb(min(amount.adjusted() - 1, 0))
    return f"{amount.quantize(digits, ROUND_CEILING):,f} ETH"


def edited(current: ParamSet, pairs: Sequence[str]) -> ParamSet:
    """The set after edits such as `driftThreshold=6%`.

    Raises InputError, which names the pair, for what is no pair, no parameter, no value in its
    unit, given twice, or no change.
    """
    values: dict[int, int] = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not equals:
            raise InputError(f"{pair!r}: write NAME=VALUE with a unit, such as driftThreshold=6%")
        spec = current.spec(name)
        try:
            value = spec.parse(text)
        except UnitError as error:
            raise UnitError(f"{pair!r}: {error}") from error
        if spec.key in values:
            raise InputError(f"{pair!r}: {name} is given twice; give it once")
        if value == current.values[spec.key]:
            raise InputError(f"{pair!r}: {name} is {spec.show(value)} already; leave it out")
        values[spec.key] = value
    return current.model_copy(update={"values": {**current.values, **values}})

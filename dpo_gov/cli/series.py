"""The series that a command is given, and which of their flaws it may mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dpo_gov.errors import InputError
from dpo_gov.files import is_there

if TYPE_CHECKING:
    from dpo_gov.cli.context import Context
    from dpo_gov.market.fit_funding import FundingFit
    from dpo_gov.market.series import Series

R = TypeVar("R")
_NAMED = re.compile(r"([A-Za-z][A-Za-z0-9]{0,11})=(.+)")
_FLAGS = {
    "sort": "Sort rows that are not in the order of their dates.",
    "drop_duplicates": "Of days given twice keep the last close.",
    "drop_future": "Leave out days after today (UTC).",
    "fill_gaps": "Give days without a close that of the day before, a week at most.",
    "keep_outliers": "Believe moves and prices that look like slips.",
}


@dataclass(frozen=True)
class Given:
    """The files as they were named, and the repairs that were asked for."""

    names: tuple[str, ...]
    repairs: Mapping[str, bool]

    @property
    def only(self) -> Path | None:
        """The one file; None where there are more."""
        return _path(self.names[0]) if len(self.names) == 1 else None

    @property
    def flags(self) -> list[str]:
        """The repairs that were asked for, as they are written."""
        return [_flag(name) for name, given in self.repairs.items() if given]

    def funding(
        self, context: Context, texts: Sequence[str], symbols: Sequence[str]
    ) -> dict[str, FundingFit]:
        """Fits of the rates that are given as SYMBOL=CSV, with the same repairs, by symbol."""
        from dpo_gov.market.fit_funding import fit_funding, read_rates
        from dpo_gov.market.repair import Repairs

        found = {}
        for text in texts:
            symbol, file = _named(text, "--funding", "CSV")
            if symbol not in symbols:
                raise InputError(f"--funding names {symbol}, of which no series is given")
            rates = read_rates(Path(file), symbol, repairs=Repairs(**self.repairs))
            for repair in rates.repairs:
                context.out.note(f"{symbol}, funding: {repair}")
            found[symbol] = fit_funding(rates)
        return found

    def read(self, context: Context, sources: Sequence[str] = ()) -> list[Series]:
        """The series, with a note of each that was mended. `sources`: as SYMBOL=TEXT.

        Raises DataError, InputError.
        """
        from dpo_gov.market.repair import Repairs
        from dpo_gov.market.series import distinct, read_series

        wanted = Repairs(**self.repairs)
        known = dict(_named(text, "--source", "TEXT") for text in sources)
        found = []
        for text in self.names:
            one = read_series(_path(text), _symbol(text), repairs=wanted)
            found.append(replace(one, source=known.pop(one.symbol, one.source)))
            for repair in one.repairs:
                context.out.note(f"{one.symbol}: {repair}")
        if known:
            raise InputError(f"--source names {', '.join(known)}, of which no series is given")
        distinct(found)
        return found


def reading(function: Callable[..., R]) -> Callable[..., R]:
    """Add the argument SERIES and the flags of repairs; the command gets them as `series`."""

    @wraps(function)
    def command(*args: Any, series: tuple[str, ...], **given: Any) -> R:
        repairs = {name: given.pop(name) for name in _FLAGS}
        return function(*args, series=Given(series, repairs), **given)

    for name, what in reversed(_FLAGS.items()):
        command = click.option(_flag(name), is_flag=True, help=what)(command)
    return click.argument("series", metavar="[SYMBOL=]CSV...", nargs=-1, required=True)(command)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _path(text: str) -> Path:
    match = None if is_there(Path(text)) else _NAMED.fullmatch(text)
    return Path(match[2] if match else text)


def _symbol(text: str) -> str:
    match = None if is_there(Path(text)) else _NAMED.fullmatch(text)
    return match[1].upper() if match else ""


def _named(text: str, option: str, what: str) -> tuple[str, str]:
    match = _NAMED.fullmatch(text)
    if match is None:
        raise InputError(f"{option} {text!r}: write SYMBOL={what}")
    symbol, value = match.groups()
    return symbol.upper(), value

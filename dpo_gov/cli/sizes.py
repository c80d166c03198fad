"""The options of every command that simulates: how much, with which shocks, in which market."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dpo_gov.market import Market
    from dpo_gov.simulate import SimSpec

R = TypeVar("R")
MIN_PATHS, MAX_PATHS, MAX_DAYS, MAX_SEED = 400, 1_000_000, 3_650, 2**64 - 1

_OPTIONS = (
    click.option("--paths", type=click.IntRange(MIN_PATHS, MAX_PATHS), help="Paths."),
    click.option("--seed", type=click.IntRange(0, MAX_SEED), help="Seed of the shocks."),
    click.option(
        "--horizon", "horizon_days", type=click.IntRange(1, MAX_DAYS), metavar="DAYS", help="Days."
    ),
    click.option(
        "--market",
        "market_file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="A market of `dpo-gov market fit` in place of the one that ships with the package.",
    ),
    click.option(
        "--module",
        "modules",
        multiple=True,
        type=click.Choice(["collateral", "hedging"]),
        help="What the vault does besides rebalancing; what the change touches is added by itself.",
    ),
)


@dataclass(frozen=True)
class Size:
    """What was given of it."""

    given: Mapping[str, Any]
    market_file: Path | None

    def spec(self, usual: Mapping[str, Any]) -> SimSpec:
        """How much is simulated; what was not given is as usual."""
        from dpo_gov.simulate import SimSpec

        return SimSpec.model_validate({**usual, **self.given})

    def market(self) -> Market:
        """The market. Raises DataError."""
        from dpo_gov.market import Market, default_market

        return (
            Market.load(self.market_file) if self.market_file else default_market(conditions=True)
        )


def sized(function: Callable[..., R]) -> Callable[..., R]:
    """Add --paths, --seed, --horizon, --market and --module; the command gets them as `size`."""

    @wraps(function)
    def command(*args: Any, market_file: Path | None, **given: Any) -> R:
        names = ("paths", "seed", "horizon_days", "modules")
        sizes = {name: given.pop(name) for name in names}
        known = {name: size for name, size in sizes.items() if size not in (None, ())}
        return function(*args, size=Size(known, market_file), **given)

    for option in reversed(_OPTIONS):
        command = option(command)
    return command

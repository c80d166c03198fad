"""Which of many parameter sets are the best compromises between two figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dpo_gov.errors import InputError
from dpo_gov.risk import OF_MODULES, Measure, measures


class Trade(NamedTuple):
    """Two figures of which one is usually paid for with the other.

    `x_better`, `y_better`: +1 where a higher figure is the better one, −1 where a lower one is.
    """

    x: Measure
    y: Measure
    x_better: int
    y_better: int

    @property
    def title(self) -> str:
        """What is paid with what, and which way is better."""
        return " against ".join(
            f"{one.label} ({'more' if better > 0 else 'less'} is better)"
            for one, better in ((self.x, self.x_better), (self.y, self.y_better))
        )


def measure(name: str) -> Measure:
    """A measure by its name, with or without underscores. Raises InputError with the names."""
    for one in measures(OF_MODULES):
        if name.strip().replace("_", "") == one.name.replace("_", ""):
            return one
    known = ", ".join(one.name for one in measures(OF_MODULES))
    raise InputError(f"{name!r} is no figure of a report; there are: {known}")


def _trade(x: str, y: str, *, y_better: int = -1) -> Trade:
    """Of two measures by name. What is better is theirs to say, where they say it."""
    one, other = measure(x), measure(y)
    return Trade(one, other, one.better or -1, other.better or y_better)


TRADES = (_trade("cost", "tracking_error"), _trade("cvar_95", "mean_return"))
OF_MODULE = {
    "collateral": _trade("threshold_use_95", "mean_debt", y_better=1),
    "hedging": _trade("hedge_cost", "cvar_95"),
}


def trades(modules: Sequence[str]) -> tuple[Trade, ...]:
    """What a study shows unasked: cost against tracking, and tail loss against return.

    Where vaults borrow, how near they come to a liquidation against debt; where they hedge, what
    that costs against tail loss; and no tracking, since debt and hedges would count as errors.
    """
    usual = TRADES[1:] if modules else TRADES
    return (*usual, *(OF_MODULE[name] for name in modules))


def front(figures: Sequence[Mapping[str, Sequence[float]]], trade: Trade) -> list[int]:
    """Places of the sets that no other beats in both figures, by rising x.

    `figures`: of each set by name, the estimate first. Of sets that are equal in both, the first
    is taken.
    """
    x, y, x_better, y_better = trade
    order = sorted(
        range(len(figures)),
        key=lambda place: (
            -x_better * figures[place][x.name][0],
            -y_better * figures[place][y.name][0],
            place,
        ),
    )
    best: list[int] = []
    for place in order:
        value = y_better * figures[place][y.name][0]
        if not best or value > y_better * figures[best[-1]][y.name][0]:
            best.append(place)
    return sorted(best, key=lambda place: figures[place][x.name][0])

"""What debt costs by how much of a pool is lent out: one text for both engines."""

from __future__ import annotations

from typing import Any, NamedTuple

from dpo_gov.canonical.elementwise import least, most
from dpo_gov.market.conditions import Lending


class Slopes(NamedTuple):
    """The two slopes of a borrow rate; see `Lending`."""

    base: float
    slope: float
    steep: float
    kink: float

    @classmethod
    def of(cls, lending: Lending) -> Slopes:
        """Of a lending venue."""
        return cls(lending.base, lending.slope, lending.steep, lending.kink)


def borrow_rate(utilisation: Any, slopes: Any) -> Any:
    """The yearly rate, simple, of Aave's curve: linear up to the kink, and steeper beyond it.

    Source: Aave protocol, DefaultReserveInterestRateStrategy.
    """
    below = least(utilisation / slopes.kink, 1.0)
    above = most((utilisation - slopes.kink) / (1.0 - slopes.kink), 0.0)
    return slopes.base + slopes.slope * below + slopes.steep * above

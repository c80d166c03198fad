"""Figures as people write them: shares in percent, their differences in points."""

from __future__ import annotations

from dpo_gov.proposal.evidence import Figure


def shown(figure: Figure, places: int, *, signed: bool = False) -> str:
    """`12.3 % (11.9 to 12.8)`, or with a sign and points for a difference."""
    share = figure.unit.startswith("fraction")
    estimate, low, high = (
        number(value * 100 if share else value, places, signed=signed)
        for value in (figure.estimate, figure.low, figure.high)
    )
    suffix = (" pp" if signed else " %") if share else ""
    return f"{estimate}{suffix} ({low} to {high})"


def decimals(difference: Figure) -> int:
    """As many as show two digits of the width of the difference's interval; 1 to 3.

    All numbers of a row have the same, so that who subtracts one side from the other finds the
    difference that is printed.
    """
    scale = 100.0 if difference.unit.startswith("fraction") else 1.0
    width = (difference.high - difference.low) * scale
    for places in (1, 2):
        if width * 10**places >= 10.0:
            return places
    return 3 if width else 2


def percent(share: float, places: int = 2) -> str:
    """A share in percent."""
    return number(share * 100, places) + " %"


def number(value: float, places: int, *, signed: bool = False) -> str:
    """With a true minus sign, and never a zero that has one."""
    text = f"{abs(value):,.{places}f}"
    if not text.strip("0.,"):
        return text
    return ("−" if value < 0 else "+" if signed else "") + text

"""Figures as people write them: shares in percent, their differences in points."""

from __future__ import annotations

from dpo_gov.proposal.evidence import Figure


def shown(figure: Figure, *, signed: bool = False) -> str:
    """`12.3 % (11.9 to 12.8)`, or with a sign and points for a difference."""
    share = figure.unit.startswith("fraction")
    places = decimals(figure)
    estimate, low, high = (
        number(value * 100 if share else value, places, signed=signed)
        for value in (figure.estimate, figure.low, figure.high)
    )
    suffix = (" pp" if signed else " %") if share else ""
    return f"{estimate}{suffix} ({low} to {high})"


def decimals(figure: Figure) -> int:
    """As many as show two digits of the width of the interval; 1 to 4."""
    width = (figure.high - figure.low) * (100.0 if figure.unit.startswith("fraction") else 1.0)
    if not width:
        return 2
    return next((places for places in (1, 2, 3) if width * 10**places >= 10.0), 4)


def percent(share: float, places: int = 2) -> str:
    """A share in percent."""
    return number(share * 100, places) + " %"


def number(value: float, places: int, *, signed: bool = False) -> str:
    """With a true minus sign, and never a zero that has one."""
    text = f"{abs(value):,.{places}f}"
    if not text.strip("0.,"):
        return text
    return ("−" if value < 0 else "+" if signed else "") + text

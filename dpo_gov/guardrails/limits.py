"""What binds one parameter: how far it may move, and which way is the safe one."""

from __future__ import annotations

from dpo_gov.params import ParamSpec, Risk
from dpo_gov.params.spec import RELATIVE_BASE

RELATIVE_FLOOR = 1_000
"""A relative step is at least the share of a thousandth of the maximum: from zero nothing would
ever move."""


def largest_jump(spec: ParamSpec, current: int) -> int:
    """The largest move from `current` by governance in one version, in stored units.

    From the value that governance last set it is also the steward's reach: how far all of its
    steps together may take the parameter to more risk.
    """
    return _scaled(spec, spec.jump, current)


def one_vote(spec: ParamSpec, current: int) -> tuple[int, int]:
    """The least and the largest value that a vote may set the parameter to, by itself."""
    jump = largest_jump(spec, current)
    return max(spec.lower, current - jump), min(spec.upper, current + jump)


def largest_step(spec: ParamSpec, up: bool, current: int) -> int:
    """The largest move up or down from `current` by the steward in one version."""
    return _scaled(spec, spec.step_up if up else spec.step_down, current)


def reduces_risk(spec: ParamSpec, up: bool) -> bool:
    """Whether a move in this direction takes risk out."""
    return spec.risk is (Risk.DOWN if up else Risk.UP)


def _scaled(spec: ParamSpec, size: int, current: int) -> int:
    if not spec.relative:
        return size * int(10**spec.scale)
    base = max(RELATIVE_FLOOR * current, spec.upper)
    return base * size // (RELATIVE_FLOOR * RELATIVE_BASE)

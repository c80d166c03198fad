"""Can the vote and the timelock end within the window, and does the window end?"""

from __future__ import annotations

from collections.abc import Iterator

from dpo_gov.proposal.actions import show_time
from dpo_gov.proposal.checks.base import Check, Context, Said, error, warning

DAY = 86_400
SPARE = 3 * DAY
LONGEST = 180 * DAY


def _ask(context: Context) -> Iterator[Said]:
    window, earliest = context.spec.window, context.facts.earliest
    where = context.spec.place("window", "not_after")
    if window.not_after < earliest:
        yield error(
            where,
            f"given {show_time(window.not_after)}, but a vote proposed now can be executed from "
            f"{show_time(earliest)}; write a later time",
        )
    elif window.not_after < earliest + SPARE:
        yield warning(
            where,
            f"leaves less than {SPARE // DAY} days after {show_time(earliest)}, the first moment "
            "of execution; a late quorum or a busy weekend would void the vote",
        )
    if window.not_after > max(context.facts.now, window.not_before) + LONGEST:
        yield warning(
            where,
            f"keeps an approved change alive for more than {LONGEST // DAY} days; the market that "
            "was simulated will not wait that long, write an earlier time",
        )


CHECK = Check("window", "can the vote end within the window?", _ask)

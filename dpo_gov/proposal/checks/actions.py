"""Can a governor carry the actions?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dpo_gov.proposal.actions import MAX_ACTIONS
from dpo_gov.proposal.checks.base import Check, Context, Said, error
from dpo_gov.proposal.folder import CALLDATA


def _ask(context: Context) -> Iterator[Said]:
    calls = context.bundle.calls() if context.bundle else ()
    if context.bundle and not 1 <= len(calls) <= MAX_ACTIONS:
        yield error(
            CALLDATA,
            (f"has {len(calls)} actions; governors and their front ends take 1 to {MAX_ACTIONS}"),
        )
    counted = Counter((call.target, call.value, call.calldata) for call in calls)
    for (target, _, calldata), times in counted.items():
        if times > 1:
            yield error(
                CALLDATA,
                f"calls {target} with 0x{calldata[:4].hex()}… {times} times alike; it would pass "
                "the vote and fail in a timelock, keep one",
            )
    for place, call in enumerate(calls):
        if call.value:
            yield error(
                CALLDATA,
                (f"actions.{place} sends {call.value} wei; a change of parameters sends nothing"),
            )


CHECK = Check("actions", "can a governor carry the actions?", _ask, of_files=True)

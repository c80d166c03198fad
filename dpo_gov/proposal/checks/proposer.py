"""May the author propose?"""

from __future__ import annotations

from collections.abc import Iterator

from dpo_gov.proposal.checks.base import Check, Context, Said, warning


def _ask(context: Context) -> Iterator[Said]:
    votes, threshold = context.facts.votes, context.facts.threshold
    if votes is not None and threshold is not None and votes < threshold:
        yield warning(
            context.spec.place("author"),
            f"{context.spec.author} has {votes} votes now and needs {threshold} to propose; "
            "delegate to it first (`dpo-gov gov delegate`)",
        )


CHECK = Check("proposer", "may the author propose?", _ask)

"""Does a contract obey each parameter that changes?"""

from __future__ import annotations

from collections.abc import Iterator

from dpo_gov.proposal.checks.base import Check, Context, Said, warning


def _ask(context: Context) -> Iterator[Said]:
    for param, _ in context.resolved.writes:
        if not param.enforced_by:
            yield warning(
                context.spec.place("changes", param.name),
                "is recorded in the registry, but no contract obeys it yet; "
                "say so in the motivation, or leave it out",
            )


CHECK = Check("enforcement", "does a contract obey what changes?", _ask)

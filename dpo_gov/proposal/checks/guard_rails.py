"""Would the registry take the change, at the first moment at which it can be executed?"""

from __future__ import annotations

from collections.abc import Iterator

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails import Call, Lane, decide
from dpo_gov.proposal.checks.base import Check, Context, Said, error

_SOME_REPORT = b"\1" * 32


def _ask(context: Context) -> Iterator[Said]:
    window = context.spec.window
    call = Call(
        lane=Lane.GOVERNANCE,
        changes=context.resolved.changes,
        # Whether there is a report is asked by the check of the report.
        report_hash=_SOME_REPORT,
        not_before=window.not_before,
        not_after=window.not_after,
    )
    # The window is asked by a check of its own, with the chain's delays in its message.
    moment = min(max(context.facts.earliest, window.not_before), window.not_after)
    try:
        decide(context.state, call, moment)
    except RuleBroken as problem:
        names = {spec.key: spec.name for spec in context.resolved.current.specs.values()}
        key = problem.facts.get("key")
        name = names.get(key) if isinstance(key, int) else None
        where = context.spec.place("changes", name) if name else context.spec.place("changes")
        yield error(where, str(problem))


CHECK = Check("guard rails", "would the registry take the change?", _ask)

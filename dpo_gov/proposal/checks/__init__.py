"""The checks: one question a file, one list."""

from __future__ import annotations

from dpo_gov.proposal.checks import (
    actions,
    calldata,
    enforcement,
    guard_rails,
    links,
    page,
    proposer,
    report,
    safe_batch,
    targets,
    texts,
    window,
    wording,
)
from dpo_gov.proposal.checks.base import Check, Context, Finding, Level

__all__ = ["CHECKS", "Check", "Context", "Finding", "Level", "run_checks"]

CHECKS: tuple[Check, ...] = (
    wording.CHECK,
    links.CHECK,
    guard_rails.CHECK,
    enforcement.CHECK,
    window.CHECK,
    proposer.CHECK,
    report.CHECK,
    texts.CHECK,
    page.CHECK,
    calldata.CHECK,
    actions.CHECK,
    targets.CHECK,
    safe_batch.CHECK,
)
"""In the order in which people read the answers."""


def run_checks(context: Context) -> list[Finding]:
    """All that the checks have to say; those of files are left out while it is a draft."""
    return [finding for check in CHECKS for finding in check.run(context)]

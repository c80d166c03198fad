"""Is the page for voters what report.json and the proposal give?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dpo_gov.errors import InputError
from dpo_gov.proposal.checks.base import Check, Context, Said, error
from dpo_gov.proposal.folder import REPORT_HTML

_DRAWING = re.compile(rb"<svg\b.*?</svg>", re.DOTALL)
_AGAIN = "do not open it; `dpo-gov proposal render` writes it anew"


def _ask(context: Context) -> Iterator[Said]:
    files = context.files or {}
    if context.page is None or context.evidence is None:
        return  # a report that cannot be read is the business of its own check
    if REPORT_HTML not in files:
        yield error(REPORT_HTML, "is missing; `dpo-gov proposal render` writes it")
        return
    try:
        wanted = context.page()
    except InputError as problem:
        yield error(REPORT_HTML, str(problem))
        return
    found = files[REPORT_HTML]
    if found == wanted:
        return
    if _DRAWING.sub(b"", found) == _DRAWING.sub(b"", wanted):
        what = "has other drawings than this matplotlib makes of report.json"
    else:
        what = "differs from what report.json gives"
    yield error(REPORT_HTML, f"{what}; {_AGAIN}")


CHECK = Check("page", "is the page for voters what the report gives?", _ask, True)

"""Are the texts finished: no placeholder left over?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dpo_gov.proposal.checks.base import Check, Context, Said, error, warning

_SURE = re.compile(
    r"\b(?:TBD|TBA|TODO|FIXME|XXX+|lorem ipsum)\b|\?\?\?"
    r"|\$\{.*?\}|\{\{.*?\}\}|<[a-z][\w ./-]*>|\[(?:insert|your|link|name)\b[^\]]*\]",
    re.IGNORECASE,
)
_PERHAPS = re.compile(r"\$[A-Za-z_]\w*|\$(?=\s|$)|…\s*$", re.MULTILINE)


def _ask(context: Context) -> Iterator[Said]:
    for name in ("title", "summary", "motivation"):
        text, where = getattr(context.spec, name), context.spec.place(name)
        for found in _SURE.finditer(text):
            yield error(
                where, (f"holds the placeholder {found.group()!r}; write what belongs there")
            )
        for found in _PERHAPS.finditer(text):
            yield warning(
                where, (f"holds {found.group().strip()!r}; if it is a placeholder, fill it in")
            )


CHECK = Check("wording", "are the texts finished?", _ask)

"""The templates' environment: strict, and the same bytes everywhere."""

from __future__ import annotations

import json
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from dpo_gov.proposal.actions import show_time
from dpo_gov.proposal.markdown import code, contained


@cache
def environment() -> Environment:
    """Filters: `contained` for authors' words, `code` for names, `quoted` for YAML, `time`."""
    made = Environment(  # noqa: S701 - Markdown and YAML, not HTML: each place has its filter
        loader=PackageLoader("dpo_gov.proposal"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"contained": contained, "code": code, "quoted": _quoted, "time": show_time}
    return made


def _quoted(text: str) -> str:
    """A text as a YAML scalar, whatever it holds: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)

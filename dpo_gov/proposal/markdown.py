"""Putting an author's words into a Markdown document without letting them out of their place.

Paragraphs, lists, emphasis and inline code are the author's. Headings, tables, quotes, rules,
fences, HTML, images and links that hide their target are not: they would pass for statements of
this program, so they are shown as typed.
"""

from __future__ import annotations

import re

_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_LINK = re.compile(r"\](?=[(\[:])")
_ITEM = re.compile(r"([-*+]|[0-9]{1,9}[.)])\s+(?=\S)")
_NUMBER = re.compile(r"^([0-9]{1,9})([.)])(?=\s|$)")
_RULE = re.compile(r"(?:[-=_*]\s*){2,}")
_BLOCK = re.compile(r"[#>=+-]|\*\s|:-|`{3}|~{3}")
_FENCE = re.compile(r"`{3,}|~{3,}")


def contained(text: str) -> str:
    """The text as Markdown in which every construct ends where the text ends."""
    lines = [_line(line.expandtabs(2).rstrip()) for line in text.strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def code(text: str) -> str:
    """A name or a value as inline code, in a table too."""
    return "`" + text.replace("`", "'").replace("|", "\\|") + "`"


def _line(line: str) -> str:
    body = line.lstrip()
    item = _ITEM.match(body)
    if item is None or _RULE.fullmatch(body):
        return _words(body)
    # More indent than a nested list's, or more room after the marker, would make a block of code.
    indent = min(len(line) - len(body), 3)
    return " " * indent + item.group(1) + " " + _words(body[item.end() :])


def _words(body: str) -> str:
    body = _ENTITY.sub("&amp;", body).replace("<", "&lt;").replace("|", "\\|")
    body = _NUMBER.sub(r"\1\\\2", _LINK.sub(lambda _: "]\\", body))
    opens_a_block = _BLOCK.match(body) or _RULE.fullmatch(body)
    body = _FENCE.sub(lambda fence: "\\" + "\\".join(fence.group()), body)
    return "\\" + body.lstrip("\\") if opens_a_block else body

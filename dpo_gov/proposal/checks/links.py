"""Do the links lead where a reader thinks they lead?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from dpo_gov.proposal.checks.base import Check, Context, Said, error, info, warning

_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s<>\"'`]+", re.IGNORECASE)


def _ask(context: Context) -> Iterator[Said]:
    spec = context.spec
    if spec.discussion is None:
        yield info(spec.place("discussion"), "is not given; a link to it helps voters")
    for name in ("discussion", "summary", "motivation"):
        for url in _URL.findall(getattr(spec, name) or ""):
            yield from _of(url, spec.place(name))


def _of(url: str, where: str) -> Iterator[Said]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        yield error(where, f"{url}: is no address; copy it again")
        return
    if parts.scheme.lower() not in ("https", "ipfs"):
        yield warning(where, f"{url}: is not https; what it shows can be changed on the way")
    if "@" in parts.netloc:
        yield error(where, f"{url}: hides its host, {host}, behind a name; write it without the @")
    if not host.isascii() or host.startswith("xn--") or ".xn--" in host:
        yield warning(where, f"{url}: has letters of other alphabets, which can look alike")


CHECK = Check("links", "do the links lead where they seem to?", _ask)

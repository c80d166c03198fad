"""Are the texts exactly what the proposal and its report give?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from dpo_gov.proposal.checks.base import Check, Context, Said, error
from dpo_gov.proposal.folder import DESCRIPTION, FORUM
from dpo_gov.proposal.render import Draft, description, forum


def _ask(context: Context) -> Iterator[Said]:
    files = context.files or {}
    for name in (DESCRIPTION, FORUM):
        if name not in files:
            yield error(name, "is missing; `dpo-gov proposal render` writes it")
    if DESCRIPTION in files:
        for problem in _form(context, files[DESCRIPTION]):
            yield error(DESCRIPTION, problem)
    if context.evidence is None:
        return  # the check of the report says why; without it no text can be compared
    draft = Draft(context.spec, context.resolved, context.evidence, context.facts)
    text = description(draft)
    for name, wanted in ((DESCRIPTION, text), (FORUM, forum(draft, text))):
        if name in files and files[name] != wanted:
            yield error(
                name,
                f"{_difference(files[name], wanted)}; its bytes are hashed into the proposal's "
                "id, change proposal.yaml instead and render again",
            )


def _form(context: Context, text: bytes) -> Iterator[str]:
    """What every governor and front end needs of a description."""
    if not text.startswith(f"# {context.spec.title}\n".encode()):
        yield f"does not begin with the line '# {context.spec.title}'"
    if b"\r" in text:
        yield "has Windows line ends; only LF is hashed alike everywhere"
    marker = f"#proposer={context.spec.author}".encode()
    if not text.endswith(marker):
        yield f"does not end with {marker.decode()}, so anyone could propose and cancel it"


def _difference(found: bytes, wanted: bytes) -> str:
    """The first line that differs, in words."""
    pairs = zip_longest(found.split(b"\n"), wanted.split(b"\n"))
    for number, (ours, theirs) in enumerate(pairs, start=1):
        if ours != theirs:
            said, expected = (_short(line) for line in (ours, theirs))
            return f"line {number} is {said}, rendering gives {expected}"
    return "differs from what rendering gives"


def _short(line: bytes | None) -> str:
    if line is None:
        return "not there"
    text = line.decode(errors="replace")
    return repr(text if len(text) <= 60 else text[:57] + "…")


CHECK = Check("texts", "are the texts what the proposal and its report give?", _ask, True)

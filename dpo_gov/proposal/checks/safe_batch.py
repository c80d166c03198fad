"""Is the Safe batch the proposal, and as it was written?"""

from __future__ import annotations

from collections.abc import Iterator

from dpo_gov.errors import InputError
from dpo_gov.proposal.checks.base import Check, Context, Said, error
from dpo_gov.proposal.folder import DESCRIPTION, SAFE_BATCH
from dpo_gov.proposal.render import Draft, safe_batch
from dpo_gov.proposal.safe import read


def _ask(context: Context) -> Iterator[Said]:
    files = context.files or {}
    if SAFE_BATCH not in files:
        yield error(SAFE_BATCH, "is missing; `dpo-gov proposal render` writes it")
        return
    try:
        found = read(files[SAFE_BATCH], SAFE_BATCH)
    except InputError as problem:
        yield error(SAFE_BATCH, str(problem).removeprefix(f"{SAFE_BATCH}: "))
        return
    if found.checksum_holds is False:
        yield error(SAFE_BATCH, "its checksum is wrong: it was edited; render again")
    if context.evidence and DESCRIPTION in files:
        draft = Draft(context.spec, context.resolved, context.evidence, context.facts)
        if found.document != safe_batch(draft, files[DESCRIPTION]):
            yield error(
                SAFE_BATCH, ("is not the transaction that submits this proposal; render again")
            )


CHECK = Check("safe batch", "does the Safe batch submit this proposal?", _ask, of_files=True)

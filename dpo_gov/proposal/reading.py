"""Calldata from a file that anyone may have sent: which format it is, and the calls in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dpo_gov.errors import InputError
from dpo_gov.proposal import safe
from dpo_gov.proposal.actions import Action
from dpo_gov.proposal.bundle import Bundle
from dpo_gov.proposal.strict_json import MAX_BYTES, parse, read_bytes

_HEX = re.compile(rb"(?:0x)?((?:[0-9a-fA-F]{2})+)")


@dataclass(frozen=True, slots=True)
class Found:
    """The calls of a file. `notes`: what its reader must know besides them."""

    format: str
    actions: tuple[Action, ...]
    notes: tuple[str, ...] = ()


def read_calls(path: Path, data: bytes | None = None) -> Found:
    """Read calldata.json, a Safe batch, or hexadecimal text; `data` stands in for the file.

    Raises InputError.
    """
    content = read_bytes(path) if data is None else data
    if len(content) > MAX_BYTES:
        raise InputError(f"{path}: larger than {MAX_BYTES >> 10} KiB, the most that is read")
    text = content.strip()
    if match := _HEX.fullmatch(text):
        calldata = bytes.fromhex(match.group(1).decode())
        return Found("hexadecimal", (Action("", 0, calldata),))
    if not text.startswith(b"{"):
        raise InputError(
            f"{path}: is neither JSON nor hexadecimal; give a calldata.json, a Safe batch, "
            "or calldata such as 0xa9059cbb…"
        )
    document = parse(content, str(path))
    if "transactions" in document:
        batch = safe.read(content, str(path))
        return Found("Safe batch", batch.actions, tuple(_about(batch)))
    return Found("calldata.json", Bundle.read(content, str(path)).calls())


def _about(batch: safe.Batch) -> Iterator[str]:
    if batch.checksum_holds is None:
        yield "the batch carries no checksum"
    elif not batch.checksum_holds:
        yield "the batch's checksum is wrong: it was edited after it was exported"

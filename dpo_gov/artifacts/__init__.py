"""The compiled contracts, as `tools/build_manifest.py` writes them, and their loader.

Nothing is compiled at run time: `manifest.json` holds ABI, creation bytecode and natspec of every
contract that the package deploys or calls.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dpo_gov.errors import UnknownName

__all__ = ["Artifact", "load", "names"]


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract. `bytecode` is the creation code as 0x-prefixed hex."""

    name: str
    abi: tuple[Mapping[str, Any], ...]
    bytecode: str
    natspec: Mapping[str, Any]


@cache
def _manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(files(__name__).joinpath("manifest.json").read_bytes())
    return manifest


def names() -> tuple[str, ...]:
    """The contracts in the manifest, sorted."""
    return tuple(sorted(_manifest()))


@cache
def load(name: str) -> Artifact:
    """The contract called `name`. Raises `UnknownName` if the manifest has none of that name."""
    found = _manifest().get(name)
    if found is None:
        raise UnknownName(f"no contract {name!r}; the manifest has {', '.join(names())}")
    return Artifact(name, tuple(found["abi"]), found["bytecode"], found["natspec"])

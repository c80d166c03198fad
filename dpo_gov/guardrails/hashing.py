"""The chain of state hashes: any past state can be proven against the last one.

    state hash 0 = keccak256(abi.encode(chain id, registry, strategy id))
    state hash v = keccak256(abi.encode(state hash v - 1, v, report hash, words hash))

The words hash folds h = keccak256(abi.encode(h, module hash)) from h = 0 over the modules that the
version changed, ascending; a module hash is keccak256 of the module's number and all its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eth_utils import keccak, to_canonical_address

from dpo_gov.params import Module


def genesis_hash(chain_id: int, registry: str, strategy_id: bytes) -> bytes:
    """The hash before the first version: one for each chain, registry and strategy."""
    address = to_canonical_address(registry).rjust(32, b"\0")
    return keccak(_word(chain_id) + address + strategy_id)


def state_hash(
    previous: bytes, version: int, report_hash: bytes, words: Mapping[Module, Sequence[int]]
) -> bytes:
    """The hash of `version`; `words`: all packed words of each module that it changed."""
    return link_hash(previous, version, report_hash, words_hash(words))


def link_hash(previous: bytes, version: int, report_hash: bytes, folded: bytes) -> bytes:
    """One link of the chain; `folded`: the words hash."""
    return keccak(previous + _word(version) + report_hash + folded)


def words_hash(words: Mapping[Module, Sequence[int]]) -> bytes:
    """The hash of all packed words of each module that a version changed."""
    folded = bytes(32)
    for module in sorted(words, key=lambda module: module.value):
        image = b"".join(_word(word) for word in (module.value, *words[module]))
        folded = keccak(folded + keccak(image))
    return folded


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")

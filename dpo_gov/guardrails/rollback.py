"""Back to what an earlier version left: the twin of contracts/registry/RegistryRollback.sol.

The registry does not keep old words. A proof brings those that a version left in the modules that
it changed, and the links of every version since, and the chain of hashes says whether it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from dpo_gov.errors import RuleBroken, UnknownName
from dpo_gov.guardrails.hashing import link_hash, words_hash
from dpo_gov.guardrails.moves import check_move, check_not_frozen, check_not_late, check_report
from dpo_gov.guardrails.rules import close_module, commit
from dpo_gov.guardrails.state import FOREVER, Lane, RegistryState
from dpo_gov.params import MODULE_WORDS, Change, Module, ParamSet


class Link(NamedTuple):
    """What a version adds to the chain of hashes."""

    report_hash: bytes
    words_hash: bytes


class Proof(NamedTuple):
    """That `version` left these words in every module that it changed, ascending."""

    version: int
    previous_hash: bytes
    report_hash: bytes
    modules: Mapping[Module, Sequence[int]]
    later: tuple[Link, ...]


class Committed(Protocol):
    """A version as its event tells it; `changes` are the moves alone."""

    @property
    def version(self) -> int:
        """Its number."""

    @property
    def state_hash(self) -> bytes:
        """The hash after it."""

    @property
    def report_hash(self) -> bytes:
        """That of its report, or zero."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it moved."""


def rollback(
    state: RegistryState,
    proof: Proof,
    lane: Lane,
    now: int,
    *,
    not_after: int = FOREVER,
    report_hash: bytes = bytes(32),
) -> RegistryState:
    """The state after governance or the guardian has gone back to a version; raises RuleBroken."""
    check_not_late(not_after, now)
    if lane is Lane.GOVERNANCE:
        check_report(report_hash)
        check_not_frozen(state, now)
    if head_of(proof) != state.state_hash:
        raise RuleBroken(
            "ProofInvalid",
            f"the words are not those that version {proof.version} left, or a version has been "
            "committed since; make the proof again",
        )
    moved: list[Change] = []
    touched: dict[Module, tuple[int, ...]] = {}
    specs = state.by_key
    for module in proof.modules:
        back = moves_back(state, proof, module)
        for change in back:
            check_move(state, lane, specs[change.key], change, now, restoring=True)
        moved += back
        if back:
            touched[module] = close_module(state, moved, module, lane)
    return commit(state, moved, touched, lane, report_hash=report_hash, now=now)


def moves_back(state: RegistryState, proof: Proof, module: Module) -> list[Change]:
    """What a proof changes in one of its modules."""
    current = {other: state.params.words(other) for other in MODULE_WORDS}
    then = ParamSet.from_words(state.layout, {**current, module: proof.modules[module]})
    return [
        Change(key=key, old=state.values[key], new=value)
        for key, value in then.values.items()
        if value != state.values[key]
    ]


def prove(
    state: RegistryState, history: Sequence[Committed], version: int, genesis: bytes
) -> Proof:
    """What `version` left, from all versions up to the state, oldest first. Raises UnknownName.

    `genesis`: the hash before the first version.
    """
    if not 1 <= version < state.version:
        raise UnknownName(
            f"strategy {state.layout.name!r} is at version {state.version}; there is a way back to "
            f"an earlier one, and {version} is none"
        )
    params = state.params
    later: list[Link] = []
    for record in reversed(history[version:]):
        later.append(Link(record.report_hash, words_hash(_left(params, record))))
        params = params.apply(_undone(record))
    target = history[version - 1]
    return Proof(
        version=version,
        previous_hash=history[version - 2].state_hash if version > 1 else genesis,
        report_hash=target.report_hash,
        modules=_left(params, target),
        later=tuple(reversed(later)),
    )


def head_of(proof: Proof) -> bytes:
    """The hash that the chain ends with where the proof is true."""
    words = words_hash(proof.modules)
    head = link_hash(proof.previous_hash, proof.version, proof.report_hash, words)
    for version, link in enumerate(proof.later, proof.version + 1):
        head = link_hash(head, version, *link)
    return head


def _left(params: ParamSet, record: Committed) -> dict[Module, tuple[int, ...]]:
    """The words of the modules that a version changed; the listing sets them all."""
    changed = {change.key >> 8 for change in record.changes}
    return {
        module: params.words(module)
        for module in MODULE_WORDS
        if record.version == 1 or module.value in changed
    }


def _undone(record: Committed) -> Iterable[Change]:
    return (Change(key=one.key, old=one.new, new=one.old) for one in record.changes)

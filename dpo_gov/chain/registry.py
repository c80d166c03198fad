"""The registry of parameters: its state at one block, its history, and its calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dpo_gov.chain import wire
from dpo_gov.chain.calls import PreparedCall
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.deployment import Deployment
from dpo_gov.chain.network import Chain
from dpo_gov.errors import CallRefused, ChainError
from dpo_gov.guardrails import Proof, RegistryState, genesis_hash, prove
from dpo_gov.guardrails.specs import (
    ABDICATED,
    is_abdicated,
    limits_of,
    same_kind,
    with_limits,
)
from dpo_gov.params import MODULE_WORDS, Change, ParamSet, ParamSpec, StrategyLayout, catalogue

NO_REPORT = bytes(32)


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """One committed version. `report_hash` is zero for the listing and the guardian's moves."""

    version: int
    state_hash: bytes
    report_hash: bytes
    by: str
    changes: tuple[Change, ...]
    block: int
    timestamp: int
    transaction: str


class RegistryClient:
    """The registry of a deployment."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        self.chain = chain
        self.deployment = deployment
        self.address = deployment.contracts.registry
        self._contract = Contract(chain, self.address, "StrategyRegistry", deployment.layouts)

    def state(self, strategy: str, block: int | None = None) -> RegistryState:
        """Everything that decides what may change next, all of it at one block.

        Proposed specs, which decide nothing yet, are left to `proposed_specs`. Raises UnknownName,
        CallRefused (the registry does not list the strategy), ChainError.
        """
        layout = self._layout(strategy)
        at = self.chain.block("latest" if block is None else block)
        name = layout.strategy_id
        head = self._contract.read("head", name, block=at.number)
        words, times, anchors, anchored_at = ({} for _ in range(4))
        packed: dict[int, int] = {}
        for module in MODULE_WORDS:
            place = name, module.value
            words[module] = self._contract.read("wordsOf", *place, block=at.number)
            times[module] = self._contract.read("changeTimesOf", *place, block=at.number)
            anchors[module], anchored_at[module] = self._contract.read(
                "anchorsOf", *place, block=at.number
            )
            packed |= enumerate(
                self._contract.read("specsOf", *place, block=at.number), module.value << 8
            )
        values, changed_at, anchored, moved_at = (
            ParamSet.from_words(layout, some).values
            for some in (words, times, anchors, anchored_at)
        )
        frozen = {}
        if head["keysFrozenUntil"] > at.timestamp:
            for spec in catalogue(layout):
                until = self._contract.read("keyFrozenUntil", name, spec.key, block=at.number)
                if until:
                    frozen[spec.key] = until
        return RegistryState(
            layout=layout,
            version=head["version"],
            values=values,
            changed_at=changed_at,
            frozen_until=head["frozenUntil"],
            key_frozen_until=frozen,
            state_hash=self._contract.read("stateHash", name, block=at.number),
            thresholds=self._thresholds(layout, at.number),
            specs=self._specs(layout, packed),
            abdicated=frozenset(key for key, spec in packed.items() if is_abdicated(spec)),
            anchors={key: anchored[key] for key in values if moved_at[key] == changed_at[key]},
        )

    def _specs(self, layout: StrategyLayout, packed: Mapping[int, int]) -> dict[int, ParamSpec]:
        """The specs whose limits are no longer the catalogue's. Raises ChainError."""
        found = {}
        for spec in catalogue(layout):
            on_chain = packed.get(spec.key, 0)
            if not same_kind(on_chain & ~ABDICATED, spec.packed()):
                raise ChainError(
                    f"the registry {self.address} on {self.chain.name} has another {spec.name} "
                    "than this version of dpo-gov; use the version that deployed it"
                )
            changed = with_limits(spec, limits_of(on_chain))
            if changed != spec:
                found[spec.key] = changed
        return found

    def proposed_specs(self, strategy: str) -> dict[int, tuple[ParamSpec, int]]:
        """Specs that are proposed, by key, each with the time from which it may be activated."""
        layout = self._layout(strategy)
        name, last = layout.strategy_id, self.chain.block().number
        found = {}
        events = self._contract.events(
            "SpecProposed", self.deployment.start_block, last, [wire.to_hex(name)]
        )
        specs = {spec.key: spec for spec in catalogue(layout)}
        for key in sorted({event.args["key"] for event in events}):
            packed, active_from = self._contract.read("proposedSpecOf", name, key, block=last)
            if active_from:
                found[key] = with_limits(specs[key], limits_of(packed)), active_from
        return found

    def prove(self, strategy: str, version: int, state: RegistryState) -> Proof:
        """What `version` left, for `roll_back`. Raises UnknownName, ChainError."""
        history = [one for one in self.history(strategy) if one.version <= state.version]
        if [one.version for one in history] != list(range(1, state.version + 1)):
            raise ChainError(
                f"the events on {self.chain.name} do not tell each of the {state.version} versions "
                f"of strategy {strategy!r} once; use a node that keeps them all"
            )
        name = state.layout.strategy_id
        return prove(state, history, version, genesis_hash(self.chain.chain_id, self.address, name))

    def _thresholds(self, layout: StrategyLayout, block: int) -> dict[str, int | None]:
        """What the venues say, by collateral; None where one of them does not."""
        venues = Contract(self.chain, self.deployment.contracts.lending_venues, "LendingVenues")
        found: dict[str, int | None] = {}
        for place, symbol in enumerate(layout.collaterals):
            try:
                found[symbol] = venues.read("thresholdOf", layout.strategy_id, place, block=block)
            except CallRefused as error:
                if error.error != "VenueUnreadable":
                    raise
                found[symbol] = None
        return found

    def validator(self, strategy: str) -> str:
        """The contract that holds a strategy's rules between parameters. Raises UnknownName."""
        name = self._layout(strategy).strategy_id
        return str(self._contract.read("head", name)["validator"])

    def history(self, strategy: str) -> list[VersionRecord]:
        """Every version of a strategy, oldest first, from the events."""
        topic = wire.to_hex(self._layout(strategy).strategy_id)
        last = self.chain.block().number
        start = self.deployment.start_block
        return [
            VersionRecord(
                version=event.args["version"],
                state_hash=event.args["stateHash"],
                report_hash=event.args["reportHash"],
                by=event.args["by"],
                changes=tuple(
                    Change(key=entry["key"], old=entry["from"], new=entry["to"])
                    for entry in event.args["changes"]
                    if entry["from"] != entry["to"]
                ),
                block=event.block,
                timestamp=self.chain.block(event.block).timestamp,
                transaction=event.transaction,
            )
            for event in self._contract.events("VersionCommitted", start, last, [topic])
        ]

    # Calls

    def set_params(
        self, strategy: str, changes: Sequence[Change], window: tuple[int, int], report_hash: bytes
    ) -> PreparedCall:
        """What a vote executes; from any other account than the timelock it is refused."""
        name = self._layout(strategy).strategy_id
        return self._contract.prepare("setParams", name, _entries(changes), *window, report_hash)

    def steward_set(
        self,
        strategy: str,
        changes: Sequence[Change],
        *,
        expected_version: int,
        not_after: int,
        report_hash: bytes,
    ) -> PreparedCall:
        """The steward's change, at the version it has looked at."""
        name = self._layout(strategy).strategy_id
        entries = _entries(changes)
        return self._contract.prepare(
            "stewardSet", name, entries, expected_version, not_after, report_hash
        )

    def guardian_reduce(self, strategy: str, changes: Sequence[Change]) -> PreparedCall:
        """The guardian's change to less risk."""
        name = self._layout(strategy).strategy_id
        return self._contract.prepare("guardianReduce", name, _entries(changes))

    def roll_back(
        self, strategy: str, proof: Proof, *, not_after: int, report_hash: bytes = NO_REPORT
    ) -> PreparedCall:
        """Back to what the proven version left; the guardian needs no report."""
        name = self._layout(strategy).strategy_id
        modules = [(module.value, list(words)) for module, words in proof.modules.items()]
        told = (proof.version, proof.previous_hash, proof.report_hash, modules, list(proof.later))
        return self._contract.prepare("rollbackTo", name, told, not_after, report_hash)

    def freeze(self, strategy: str, until: int, key: int | None = None) -> PreparedCall:
        """Stop every change, or those of one parameter, until a time."""
        name = self._layout(strategy).strategy_id
        if key is None:
            return self._contract.prepare("freeze", name, until)
        return self._contract.prepare("freezeKey", name, key, until)

    def unfreeze(self, strategy: str, key: int | None = None) -> PreparedCall:
        """End a freeze of the strategy, or of one parameter."""
        name = self._layout(strategy).strategy_id
        if key is None:
            return self._contract.prepare("unfreeze", name)
        return self._contract.prepare("unfreezeKey", name, key)

    def _layout(self, strategy: str) -> StrategyLayout:
        return self.deployment.strategy(strategy).layout


def _entries(changes: Sequence[Change]) -> list[tuple[int, int, int]]:
    return [(change.key, change.old, change.new) for change in changes]

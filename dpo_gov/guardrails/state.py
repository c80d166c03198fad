"""Where a strategy stands in the registry, and what is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from pydantic import BaseModel, ConfigDict

from dpo_gov.guardrails.hashing import genesis_hash, state_hash
from dpo_gov.guardrails.invariants import check_invariants
from dpo_gov.params import (
    MODULE_WORDS,
    Change,
    ParamSet,
    ParamSpec,
    StrategyLayout,
    catalogue,
)

FOREVER = 2**40 - 1
"""The latest time that a call can name."""


class Lane(Enum):
    """Who changes parameters: each lane is bound by rules of its own."""

    GOVERNANCE = 0
    """The timelock: hard bounds, and the largest jump of one version."""
    STEWARD = 1
    """Hard bounds, steps, cool-downs, and a reach around what governance last set."""
    GUARDIAN = 2
    """Hard bounds, and only to less risk; nothing freezes it."""


class Call(BaseModel):
    """One call of the registry that changes parameters. Times are UNIX seconds, inclusive.

    Governance has a window, the steward `not_after` and `expected_version` (None: the current
    one), the guardian neither of them, nor a report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lane: Lane
    changes: tuple[Change, ...]
    report_hash: bytes = bytes(32)
    not_before: int = 0
    not_after: int = FOREVER
    expected_version: int | None = None


class RegistryState(BaseModel):
    """Everything that decides what may change next in one strategy.

    `values` in stored units and `changed_at` in UNIX seconds, both by key. `frozen_until` is 0
    where nothing is frozen. `specs`: those that governance has changed; the others are the
    catalogue's. `proposed`: packed, with the time from which each may be activated. `abdicated`:
    what governance has given up. `anchors`: what governance last set, where steward or guardian
    have moved it since. `thresholds`: the venues' liquidation thresholds in basis points, by
    collateral; None where a venue does not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: StrategyLayout
    version: int
    values: Mapping[int, int]
    changed_at: Mapping[int, int]
    frozen_until: int = 0
    key_frozen_until: Mapping[int, int] = {}
    state_hash: bytes
    specs: Mapping[int, ParamSpec] = {}
    proposed: Mapping[int, tuple[int, int]] = {}
    abdicated: frozenset[int] = frozenset()
    anchors: Mapping[int, int] = {}
    thresholds: Mapping[str, int | None] = {}

    @property
    def params(self) -> ParamSet:
        """The values as a set of parameters."""
        return ParamSet(layout=self.layout, values=self.values)

    @property
    def by_key(self) -> dict[int, ParamSpec]:
        """Every spec as it is now, by key, ascending."""
        return {spec.key: spec for spec in catalogue(self.layout)} | dict(self.specs)

    def spec(self, name: str) -> ParamSpec:
        """The spec of a parameter as it is now; raises UnknownName with the nearest names."""
        listed = self.params.spec(name)
        return self.specs.get(listed.key, listed)

    def anchor(self, key: int) -> int:
        """The value that governance last set."""
        return self.anchors.get(key, self.values[key])


def listed(params: ParamSet, now: int, chain_id: int, registry: str) -> RegistryState:
    """The state after listing a strategy with these values at `now`: version 1.

    `registry`: the contract's address. Raises RuleBroken where a rule between parameters is
    broken. The bounds are held by the catalogue.
    """
    check_invariants(params)
    words = {module: params.words(module) for module in MODULE_WORDS}
    genesis = genesis_hash(chain_id, registry, params.layout.strategy_id)
    return RegistryState(
        layout=params.layout,
        version=1,
        values=dict(params.values),
        changed_at=dict.fromkeys(params.values, now),
        state_hash=state_hash(genesis, 1, bytes(32), words),
    )

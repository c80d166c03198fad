"""The registry through Ape: the three lanes on the real catalogue, and who may use them."""

from types import SimpleNamespace
from typing import Any

import ape

from dpo_gov.params import MODULE_WORDS, Module, ParamSet, StrategyLayout, catalogue

REPORT = b"\xab" * 32
DAY = 86_400


def test_deployer_has_no_role(registry: Any, executor: Any, actors: SimpleNamespace) -> None:
    """After deployment everything is the governor's and nothing the deployer's."""
    for contract, names in (
        (registry, ("DEFAULT_ADMIN_ROLE", "STEWARD_ROLE", "GUARDIAN_ROLE")),
        (executor, ("DEFAULT_ADMIN_ROLE", "CURATOR_ROLE")),
    ):
        for name in names:
            role = getattr(contract, name)()
            assert not contract.hasRole(role, actors.deployer), name
        assert contract.hasRole(contract.DEFAULT_ADMIN_ROLE(), actors.governor)
    with ape.reverts():
        registry.grantRole(registry.STEWARD_ROLE(), actors.deployer, sender=actors.deployer)


def test_holds_the_whole_catalogue(
    registry: Any, layout: StrategyLayout, defaults: ParamSet
) -> None:
    """Every parameter is listed as Python defines it, with its default."""
    for module in Module:
        words = registry.wordsOf(layout.strategy_id, module.value)
        assert tuple(words) == defaults.words(module)
        assert len(words) == MODULE_WORDS[module]
    for spec in catalogue(layout):
        assert registry.specOf(layout.strategy_id, spec.key) == spec.packed()
        assert registry.valueOf(layout.strategy_id, spec.key) == spec.default


def test_governance_changes_what_was_voted(
    registry: Any, set_params: Any, layout: StrategyLayout, defaults: ParamSet, actors: Any
) -> None:
    """One version, one event with old and new values and the report's hash."""
    key = defaults.spec("driftThreshold").key
    receipt = set_params([(key, 500, 600)])
    (event,) = receipt.decode_logs(registry.VersionCommitted)
    assert event.version == 2
    assert event.reportHash == REPORT
    assert event.by == actors.governor
    assert [tuple(change) for change in event.changes] == [(key, 500, 600)]
    assert registry.valueOf(layout.strategy_id, key) == 600
    with ape.reverts(registry.StaleValue):
        set_params([(key, 500, 600)])
    with ape.reverts(registry.NotGovernor):
        set_params([(key, 600, 700)], sender=actors.steward)
    with ape.reverts(registry.GroupIncomplete):
        set_params([(0, 2_000, 2_100)])


def test_steward_steps_and_waits(
    registry: Any, chain: Any, layout: StrategyLayout, defaults: ParamSet, actors: Any
) -> None:
    """A step within the limit passes after the cool-down and not before."""
    key = defaults.spec("maxSlippage").key

    def step(old: int, new: int) -> None:
        version = registry.version(layout.strategy_id)
        args = [(key, old, new)], version, 2**40 - 1, REPORT
        registry.stewardSet(layout.strategy_id, *args, sender=actors.steward)

    with ape.reverts(registry.CoolingDown):
        step(50, 60)
    chain.mine(deltatime=DAY)
    step(50, 60)
    with ape.reverts(registry.StepTooLarge):
        step(60, 86)
    step(60, 35)


def test_guardian_only_reduces(
    registry: Any, layout: StrategyLayout, defaults: ParamSet, actors: Any, chain: Any
) -> None:
    """Less risk at once, also through its own freeze; more risk never."""
    key = defaults.spec("maxTradeSize").key
    until = chain.pending_timestamp + DAY
    registry.freeze(layout.strategy_id, until, sender=actors.guardian)
    registry.guardianReduce(layout.strategy_id, [(key, 1_500, 100)], sender=actors.guardian)
    assert registry.valueOf(layout.strategy_id, key) == 100
    with ape.reverts(registry.AddsRisk):
        registry.guardianReduce(layout.strategy_id, [(key, 100, 101)], sender=actors.guardian)
    registry.unfreeze(layout.strategy_id, sender=actors.governor)

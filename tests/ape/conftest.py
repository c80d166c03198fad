"""The contracts, deployed through Ape. Actors are named by their role."""

from types import SimpleNamespace
from typing import Any

import pytest

from dpo_gov.params import MODULE_WORDS, Module, ParamSet, StrategyLayout, catalogue

REPORT = b"\xab" * 32


@pytest.fixture(scope="session")
def actors(accounts: Any) -> SimpleNamespace:
    """The governor stands for the timelock."""
    names = ("deployer", "governor", "steward", "guardian", "curator", "anyone")
    return SimpleNamespace(**dict(zip(names, accounts, strict=False)))


@pytest.fixture(scope="session")
def registry(project: Any, actors: SimpleNamespace, layout: StrategyLayout) -> Any:
    """A registry that lists the whole catalogue for one strategy, with steward and guardian."""
    registry = actors.deployer.deploy(project.StrategyRegistry, actors.governor)
    validator = actors.deployer.deploy(project.StrategyValidator)
    by_governor = {"sender": actors.governor}
    registry.grantRole(registry.STEWARD_ROLE(), actors.steward, **by_governor)
    registry.grantRole(registry.GUARDIAN_ROLE(), actors.guardian, **by_governor)
    sizes = [MODULE_WORDS[module] for module in Module]
    listings = [(spec.key, spec.packed(), spec.default, spec.name) for spec in catalogue(layout)]
    registry.listStrategy(layout.strategy_id, validator, sizes, listings, **by_governor)
    return registry


@pytest.fixture(scope="session")
def executor(project: Any, actors: SimpleNamespace, registry: Any) -> Any:
    """An executor over the registry, with a curator."""
    executor = actors.deployer.deploy(project.ParameterExecutor, registry, actors.governor)
    executor.grantRole(executor.CURATOR_ROLE(), actors.curator, sender=actors.governor)
    return executor


@pytest.fixture(scope="session")
def vault(
    project: Any,
    actors: SimpleNamespace,
    registry: Any,
    executor: Any,
    layout: StrategyLayout,
) -> Any:
    """A vault of the strategy, enlisted."""
    tokens = [
        actors.deployer.deploy(project.TestToken, symbol, symbol, decimals)
        for symbol, decimals in zip(layout.assets, (6, 8, 18), strict=True)
    ]
    no_sequencer = "0x" + "00" * 20
    hub = actors.deployer.deploy(project.OracleHub, actors.governor, no_sequencer, 86_400, 200)
    setup = (
        "Core portfolio",
        "dpoCORE",
        tokens,
        layout.strategy_id,
        registry,
        hub,
        executor,
        actors.governor,
    )
    vault = actors.deployer.deploy(project.RebalancingVault, setup)
    executor.enlist(layout.strategy_id, vault, sender=actors.curator)
    return vault


@pytest.fixture(scope="session")
def defaults(layout: StrategyLayout) -> ParamSet:
    """The values that were listed."""
    return ParamSet.defaults(layout)


@pytest.fixture
def set_params(registry: Any, actors: SimpleNamespace, layout: StrategyLayout) -> Any:
    """Change parameters as governance: `set_params([(key, from, to), …])`."""

    def call(changes: list[tuple[int, int, int]], **more: Any) -> Any:
        options = {"sender": actors.governor} | more
        return registry.setParams(layout.strategy_id, changes, 0, 2**40 - 1, REPORT, **options)

    return call

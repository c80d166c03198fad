"""The contracts, deployed through Ape. Actors are named by their role."""

from types import SimpleNamespace
from typing import Any

import pytest

from dpo_gov.params import MODULE_WORDS, Module, ParamSet, StrategyLayout, catalogue

REPORT = b"\xab" * 32
ZERO_ADDRESS = "0x" + "0" * 40


@pytest.fixture(scope="session")
def actors(accounts: Any) -> SimpleNamespace:
    """The governor stands for the timelock."""
    names = ("deployer", "governor", "steward", "guardian", "curator", "anyone")
    return SimpleNamespace(**dict(zip(names, accounts, strict=False)))


@pytest.fixture(scope="session")
def registry(project: Any, actors: SimpleNamespace, layout: StrategyLayout) -> Any:
    """A registry that lists the whole catalogue for one strategy, with steward and guardian."""
    registry = actors.deployer.deploy(project.StrategyRegistry, actors.governor)
    validator = actors.deployer.deploy(project.StrategyValidator, ZERO_ADDRESS)
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
def tokens(project: Any, actors: SimpleNamespace, layout: StrategyLayout) -> list[Any]:
    """The assets, in the order of the layout."""
    decimals = zip(layout.assets, (6, 8, 18), strict=True)
    return [actors.deployer.deploy(project.TestToken, name, name, n) for name, n in decimals]


@pytest.fixture(scope="session")
def hub(project: Any, actors: SimpleNamespace) -> Any:
    """A price hub without a sequencer: a new feed waits a day and may differ by 2 %."""
    no_sequencer = "0x" + "00" * 20
    return actors.deployer.deploy(project.OracleHub, actors.governor, no_sequencer, 86_400, 200)


@pytest.fixture(scope="session")
def feeds(project: Any, actors: SimpleNamespace, hub: Any, tokens: list[Any]) -> list[Any]:
    """A feed of each asset, active: 1, 60,000 and 3,000 US dollars."""
    made = []
    for token, price in zip(tokens, (1, 60_000, 3_000), strict=True):
        feed = actors.deployer.deploy(project.TestFeed, token.symbol(), 8, price * 10**8)
        hub.proposeFeed(token, feed_of(feed, price), sender=actors.governor)
        made.append(feed)
    return made


def feed_of(feed: Any, price: int) -> tuple[Any, ...]:
    """A feed alone, an hour old at most, between half and twice the price."""
    nobody = "0x" + "00" * 20
    return (feed, nobody, 3_600, 0, 0, price * 10**18 // 2, price * 2 * 10**18)


@pytest.fixture(scope="session")
def vault(
    *,
    project: Any,
    actors: SimpleNamespace,
    registry: Any,
    executor: Any,
    hub: Any,
    tokens: list[Any],
    layout: StrategyLayout,
) -> Any:
    """A vault of the strategy, enlisted."""
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

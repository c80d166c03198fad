"""Deploying a whole system, so that at its end the deployer is nobody.

Everything that governance may do is done by the timelock from the first call on: its delay is
zero while one batch lists the strategies, gives the roles and enlists the vaults; the same batch
raises the delay and takes the deployer's own roles away. What is left is read back from the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dpo_gov.chain import wire, words
from dpo_gov.chain.accounts import Account
from dpo_gov.chain.calls import PreparedCall
from dpo_gov.chain.contract import Contract, create
from dpo_gov.chain.deployment import Contracts, Deployment, Roles, StrategyDeployment, TokenInfo
from dpo_gov.chain.network import Chain
from dpo_gov.chain.plan import AssetPlan, StrategyPlan, SystemPlan
from dpo_gov.chain.wire import ZERO_ADDRESS
from dpo_gov.errors import ChainError, InputError
from dpo_gov.params import MODULE_WORDS, catalogue

Progress = Callable[[float], None]
CORE_TRANSACTIONS = 11
"""Nine contracts, and the batch that is scheduled and executed."""
_TIMELOCK_ROLES = ("PROPOSER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE")
_NO_PREDECESSOR = bytes(32)
_SALT = b"dpo-gov: set-up".ljust(32, b"\0")
Venues = Callable[[str], Mapping[str, str]]
"""Makes venues that need the address of the hub; returns them by name."""


@dataclass
class Steps:
    """Counts transactions for the progress of a deployment."""

    expected: int
    progress: Progress | None = None
    done: int = 0

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        if self.progress:
            self.progress(min(self.done / self.expected, 1.0))


@dataclass(frozen=True)
class Deployer:
    """Sends the transactions of a deployment, one after the other, and remembers what it made."""

    chain: Chain
    account: Account
    steps: Steps
    created: list[tuple[str, str]] = field(default_factory=list)

    def create(self, name: str, *args: object) -> Contract:
        """Create one of the package's contracts."""
        receipt = create(self.chain, name, *args).send(self.account)
        if receipt.contract_address is None:
            raise ChainError(f"{self.chain.name} made no contract {name} in {receipt.tx_hash}")
        self.created.append((name, receipt.contract_address))
        self.steps.step()
        return Contract(self.chain, receipt.contract_address, name)

    def send(self, call: PreparedCall, account: Account | None = None) -> None:
        """Send a call, by default as the deployer."""
        call.send(account or self.account)
        self.steps.step()


def deploy_system(
    deployer: Deployer, plan: SystemPlan, venues: Mapping[str, Venues] | None = None
) -> Deployment:
    """Deploy what the plan says, and check that whoever should has a role, and nobody else.

    `venues`: by strategy, what makes the venues that are deployed together with the system.
    """
    chain, account, governance = deployer.chain, deployer.account, plan.governance
    if account.address in (plan.roles.steward, plan.roles.guardian, plan.roles.keeper):
        raise InputError(f"the deployer {account.address} must not get a role; name others")
    start = chain.block().number + 1
    token = deployer.create("DpoToken", governance.holder, governance.supply)
    timelock = deployer.create(
        "TimelockController", 0, [account.address], [account.address], ZERO_ADDRESS
    )
    rules = (
        governance.voting_delay,
        governance.voting_period,
        governance.proposal_threshold,
        governance.quorum_percent,
        governance.late_quorum_extension,
        plan.roles.guardian,
    )
    governor = deployer.create("DpoGovernor", token.address, timelock.address, rules)
    registry = deployer.create("StrategyRegistry", timelock.address)
    preconditions = deployer.create("Preconditions")
    lending_venues = deployer.create("LendingVenues", timelock.address)
    validator = deployer.create("StrategyValidator", lending_venues.address)
    oracle = plan.oracle
    hub = deployer.create(
        "OracleHub", timelock.address, oracle.sequencer_feed, oracle.feed_delay, oracle.max_jump
    )
    executor = deployer.create("ParameterExecutor", registry.address, timelock.address)
    contracts = Contracts(
        token=token.address,
        governor=governor.address,
        timelock=timelock.address,
        registry=registry.address,
        preconditions=preconditions.address,
        lending_venues=lending_venues.address,
        validator=validator.address,
        hub=hub.address,
        executor=executor.address,
    )
    strategies = tuple(
        _strategy(deployer, contracts, one, (venues or {}).get(one.layout.name))
        for one in plan.strategies
    )
    deployment = Deployment(
        chain_id=chain.chain_id,
        start_block=start,
        contracts=contracts,
        roles=Roles(**plan.roles.model_dump()),
        strategies=strategies,
    )
    _set_up(deployer, plan, deployment)
    require_roles(chain, deployment)
    return deployment


def _strategy(
    deployer: Deployer, contracts: Contracts, plan: StrategyPlan, make_venues: Venues | None
) -> StrategyDeployment:
    made = make_venues(contracts.hub) if make_venues else {}
    tokens = [asset.address for asset in plan.assets.values()]
    vaults = [
        deployer.create(
            "RebalancingVault",
            (
                vault.name,
                vault.symbol,
                tokens,
                plan.layout.strategy_id,
                contracts.registry,
                contracts.hub,
                contracts.executor,
                contracts.timelock,
            ),
        )
        for vault in plan.vaults
    ]
    return StrategyDeployment(
        layout=plan.layout,
        assets={
            symbol: TokenInfo(address=asset.address, decimals=asset.decimals)
            for symbol, asset in plan.assets.items()
        },
        vaults=tuple(vault.address for vault in vaults),
        venues={**plan.venues, **made},
    )


def _set_up(deployer: Deployer, plan: SystemPlan, deployment: Deployment) -> None:
    """One batch through the timelock, of which nothing can be left out."""
    chain, where = deployer.chain, deployment.contracts
    timelock = Contract(chain, where.timelock, "TimelockController")
    calls = list(_batch(deployer, plan, deployment))
    targets = [call.to for call in calls]
    payloads = [call.data for call in calls]
    batch = (targets, [0] * len(calls), payloads, _NO_PREDECESSOR, _SALT)
    deployer.send(timelock.prepare("scheduleBatch", *batch, 0))
    deployer.send(timelock.prepare("executeBatch", *batch))


def _batch(deployer: Deployer, plan: SystemPlan, deployment: Deployment) -> Iterator[PreparedCall]:
    chain, where, roles = deployer.chain, deployment.contracts, plan.roles
    registry = Contract(chain, where.registry, "StrategyRegistry")
    yield _grant(registry, "STEWARD_ROLE", roles.steward)
    yield _grant(registry, "GUARDIAN_ROLE", roles.guardian)
    priced: set[str] = set()
    for strategy, found in zip(plan.strategies, deployment.strategies, strict=True):
        yield _listing(registry, where.validator, strategy)
        for asset in strategy.assets.values():
            if asset.address not in priced:
                yield _feed(Contract(chain, where.hub, "OracleHub"), asset)
            priced.add(asset.address)
        executor = Contract(chain, where.executor, "ParameterExecutor")
        for address in found.vaults:
            vault = Contract(chain, address, "RebalancingVault")
            yield executor.prepare("enlist", strategy.layout.strategy_id, address)
            yield _grant(vault, "KEEPER_ROLE", roles.keeper)
            yield _grant(vault, "CURATOR_ROLE", where.timelock)
            yield from (vault.prepare("setVenue", venue, True) for venue in found.venues.values())
    timelock = Contract(chain, where.timelock, "TimelockController")
    for role in _TIMELOCK_ROLES:
        yield _grant(timelock, role, where.governor)
        yield timelock.prepare("revokeRole", words.role(role), deployer.account.address)
    yield timelock.prepare("updateDelay", plan.governance.timelock_delay)


def _grant(contract: Contract, role: str, account: str) -> PreparedCall:
    return contract.prepare("grantRole", words.role(role), account)


def _listing(registry: Contract, validator: str, plan: StrategyPlan) -> PreparedCall:
    listings = [
        (spec.key, spec.packed(), spec.default, spec.name) for spec in catalogue(plan.layout)
    ]
    sizes = [MODULE_WORDS[module] for module in sorted(MODULE_WORDS, key=lambda one: one.value)]
    return registry.prepare("listStrategy", plan.layout.strategy_id, validator, sizes, listings)


def _feed(hub: Contract, asset: AssetPlan) -> PreparedCall:
    feed = asset.feed
    fields = (
        feed.primary,
        feed.secondary,
        feed.max_staleness,
        feed.secondary_max_staleness,
        feed.max_deviation,
        feed.min_price,
        feed.max_price,
    )
    return hub.prepare("proposeFeed", asset.address, fields)


def holders(chain: Chain, deployment: Deployment) -> dict[str, set[str]]:
    """Who has which role on any contract of the system, read from the chain.

    Whatever was granted is in an event, whichever role it is; whether it is still held is asked.
    """
    where, last = deployment.contracts, chain.block().number
    found: dict[str, set[str]] = {}
    for address, name in _controlled(deployment):
        contract = Contract(chain, address, name)
        granted = contract.events("RoleGranted", deployment.start_block, last)
        seats = {(event.args["role"], event.args["account"]) for event in granted}
        for role, account in sorted(seats):
            if contract.read("hasRole", role, account, block=last):
                found.setdefault(_seat(role, name, address), set()).add(account)
    governor = Contract(chain, where.governor, "DpoGovernor")
    found[f"proposal guardian of {where.governor}"] = {
        governor.read("proposalGuardian", block=last)
    }
    for address, name in (
        (where.registry, "StrategyRegistry"),
        (where.hub, "OracleHub"),
        (where.lending_venues, "LendingVenues"),
    ):
        governs = Contract(chain, address, name).read("governor", block=last)
        found[f"governor of {name} {address}"] = {governs}
    found[f"timelock of DpoGovernor {where.governor}"] = {governor.read("timelock", block=last)}
    return found


def _controlled(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """The contracts that have roles, with their names."""
    where = deployment.contracts
    yield where.timelock, "TimelockController"
    yield where.registry, "StrategyRegistry"
    yield where.executor, "ParameterExecutor"
    for one in deployment.strategies:
        yield from ((vault, "RebalancingVault") for vault in one.vaults)


def _seat(role: bytes, name: str, address: str) -> str:
    return f"{words.roles().get(role, wire.to_hex(role))} of {name} {address}"


def _intended(deployment: Deployment) -> dict[str, set[str]]:
    """Who must have which role, and nobody else any."""
    where, roles = deployment.contracts, deployment.roles
    given = {
        "TimelockController": dict.fromkeys(_TIMELOCK_ROLES, where.governor),
        "StrategyRegistry": {"STEWARD_ROLE": roles.steward, "GUARDIAN_ROLE": roles.guardian},
        "ParameterExecutor": {"CURATOR_ROLE": where.timelock},
        "RebalancingVault": {"KEEPER_ROLE": roles.keeper, "CURATOR_ROLE": where.timelock},
    }
    return {
        _seat(words.role(role), name, address): {account}
        for address, name in _controlled(deployment)
        for role, account in {"DEFAULT_ADMIN_ROLE": where.timelock, **given[name]}.items()
    } | {
        f"proposal guardian of {where.governor}": {roles.guardian},
        f"governor of StrategyRegistry {where.registry}": {where.timelock},
        f"governor of OracleHub {where.hub}": {where.timelock},
        f"governor of LendingVenues {where.lending_venues}": {where.timelock},
        f"timelock of DpoGovernor {where.governor}": {where.timelock},
    }


def roles_of(chain: Chain, deployment: Deployment, account: str) -> list[str]:
    """Every role that an account has on any contract of the system."""
    return [seat for seat, who in holders(chain, deployment).items() if account in who]


def require_roles(chain: Chain, deployment: Deployment) -> None:
    """Raise ChainError unless each role has exactly the holder that the deployment names."""
    found, intended = holders(chain, deployment), _intended(deployment)
    wrong = [
        f"{seat} is with {' and '.join(sorted(found.get(seat, ()))) or 'nobody'}, not with "
        + (" and ".join(sorted(intended.get(seat, ()))) or "nobody")
        for seat in sorted({*found, *intended})
        if found.get(seat) != intended.get(seat)
    ]
    if wrong:
        raise ChainError(
            f"after deployment the roles are not as they should be, do not use it: "
            f"{'; '.join(wrong)}"
        )

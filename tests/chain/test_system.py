from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dpo_gov.chain import GovernorClient, Support, connect, deploy
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.dev import DEPOSITS, GUARDIAN, KEEPER, PROPOSER, STEWARD, VOTERS
from dpo_gov.chain.plan import DAY, SystemPlan
from dpo_gov.chain.system import Deployer, Steps, deploy_system, require_roles, roles_of
from dpo_gov.chain.wire import ZERO_ADDRESS
from dpo_gov.chain.words import role
from dpo_gov.errors import ChainError, InputError
from dpo_gov.proposal.actions import Action, proposal_id


def contract(system: Any, name: str, place: str) -> Contract:
    """One of the contracts that there is one of."""
    return Contract(system.chain, getattr(system.deployment.contracts, place), name)


def test_the_deployer_is_nobody(system: Any) -> None:
    """At the end the deployer holds no role, no votes and no guardian's seat."""
    deployer = system.chain.accounts[0]
    assert roles_of(system.chain, system.deployment, deployer) == []
    assert contract(system, "DpoToken", "token").read("balanceOf", deployer) == 0
    timelock = contract(system, "TimelockController", "timelock")
    for name in ("DEFAULT_ADMIN_ROLE", "PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"):
        assert timelock.read("hasRole", role(name), deployer) is False


def test_roles_are_found_where_they_are(system: Any) -> None:
    """The search for roles finds those of the others, so that finding none means something."""
    accounts = system.chain.accounts
    found = {
        number: [held.partition(" ")[0] for held in roles_of(system.chain, system.deployment, who)]
        for number, who in enumerate(accounts)
    }
    assert found[STEWARD] == ["STEWARD_ROLE"]
    assert found[GUARDIAN] == ["GUARDIAN_ROLE", "proposal"]
    assert found[KEEPER] == ["KEEPER_ROLE", "KEEPER_ROLE"]
    assert not any(found[number] for number in (0, PROPOSER, *VOTERS, 8, 9))


@pytest.mark.parametrize(
    ("place", "name", "role_name"),
    [
        ("timelock", "TimelockController", "PROPOSER_ROLE"),
        ("timelock", "TimelockController", "DEFAULT_ADMIN_ROLE"),
        ("registry", "StrategyRegistry", "STEWARD_ROLE"),
        ("executor", "ParameterExecutor", "CURATOR_ROLE"),
        ("vault", "RebalancingVault", "KEEPER_ROLE"),
        ("vault", "RebalancingVault", "A_ROLE_THAT_NOBODY_KNOWS"),
    ],
)
def test_a_role_too_many_fails_a_deployment(
    system: Any, place: str, name: str, role_name: str
) -> None:
    """Whoever else got a role, on whichever contract, is found: not the deployer alone."""
    where = system.deployment.contracts
    vault = system.deployment.strategies[0].vaults[1]
    address = vault if place == "vault" else getattr(where, place)
    require_roles(system.chain, system.deployment)
    stranger = system.chain.accounts[9]
    grant = Contract(system.chain, address, name).prepare("grantRole", role(role_name), stranger)
    by_timelock(system, grant.to, grant.data)
    with pytest.raises(ChainError, match=f"{name} {address} is with .*{stranger}"):
        require_roles(system.chain, system.deployment)


@pytest.mark.parametrize("missing", ["steward", "guardian", "keeper"])
def test_a_role_with_somebody_else_fails_a_deployment(system: Any, missing: str) -> None:
    """Each role must be with the account that the deployment names for it."""
    roles = system.deployment.roles.model_copy(update={missing: system.chain.accounts[9]})
    with pytest.raises(ChainError, match=f"not with {system.chain.accounts[9]}"):
        require_roles(system.chain, system.deployment.model_copy(update={"roles": roles}))


def by_timelock(system: Any, target: str, data: bytes) -> None:
    """Carry a call out as the timelock, through a whole vote."""
    governor = GovernorClient(system.chain, system.deployment)
    actions = [Action(target, 0, data)]
    governor.propose(actions, "# One more").send(system.dev(PROPOSER))
    number = proposal_id(actions, b"# One more")
    system.chain.travel(DAY + 1)
    for voter in VOTERS:
        governor.vote(number, Support.FOR).send(system.dev(voter))
    system.chain.travel(5 * DAY)
    governor.queue(number).send(system.dev(9))
    system.chain.travel(2 * DAY)
    governor.execute(number).send(system.dev(9))


def test_only_the_timelock_governs(system: Any) -> None:
    """The timelock administers itself and everything; only the governor may use it."""
    where = system.deployment.contracts
    timelock = contract(system, "TimelockController", "timelock")
    assert timelock.read("hasRole", role("DEFAULT_ADMIN_ROLE"), where.timelock)
    for name in ("PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"):
        assert timelock.read("hasRole", role(name), where.governor)
        assert not timelock.read("hasRole", role(name), ZERO_ADDRESS)
    assert contract(system, "StrategyRegistry", "registry").read("governor") == where.timelock
    assert contract(system, "OracleHub", "hub").read("governor") == where.timelock
    assert contract(system, "DpoGovernor", "governor").read("timelock") == where.timelock


def test_the_rules_of_governance(system: Any) -> None:
    """Delay 1 d, vote 5 d, timelock 2 d, quorum 4 %, extension 1 d, a clock of seconds."""
    governor = contract(system, "DpoGovernor", "governor")
    assert governor.read("votingDelay") == DAY
    assert governor.read("votingPeriod") == 5 * DAY
    assert governor.read("lateQuorumVoteExtension") == DAY
    assert governor.read("quorumNumerator") == 4
    assert governor.read("CLOCK_MODE") == "mode=timestamp"
    assert contract(system, "TimelockController", "timelock").read("getMinDelay") == 2 * DAY


def test_vaults_are_at_work(system: Any) -> None:
    """Both vaults obey version 1, hold their deposits near the targets, and trade at the venue."""
    from dpo_gov.chain import VaultClient

    for vault, deposit in zip(system.deployment.strategies[0].vaults, DEPOSITS, strict=True):
        status = VaultClient(system.chain, system.deployment, vault).status()
        assert (status.applied, status.committed, status.behind) == (1, 1, False)
        assert 0.998 < (status.nav or 0) / 10**18 / deposit <= 1
        assert (status.drift or 0) < 10**16
        assert [holding.symbol for holding in status.holdings] == ["USDC", "WBTC", "WETH"]


def test_the_same_addresses_everywhere(system: Any) -> None:
    """A second deployment on a fresh chain has the same addresses, block and time."""
    chain = connect("embedded")
    shares: list[float] = []
    assert deploy(chain, progress=shares.append) == system.deployment
    assert shares == sorted(shares) and shares[-1] == 1


def test_no_test_tokens_on_a_real_chain(system: Any) -> None:
    """The development deployment refuses a chain where coins are worth something."""

    class Real:
        name, chain_id, is_dev = "node", 1, False

    with pytest.raises(InputError, match="no development chain"):
        deploy(Real())


PLAN = """
[governance]
holder = "{holder}"
supply = "1_000_000 DPO"
voting_delay = "12 h"
timelock_delay = "3 d"

[roles]
steward = "{steward}"
guardian = "{guardian}"
keeper = "{keeper}"

[oracle]
max_jump = "3 %"
"""


def plan_file(system: Any, tmp_path: Path, **changes: str) -> Path:
    """A plan of the core alone, with some texts replaced."""
    accounts = system.chain.accounts
    people = {"holder": accounts[1], "steward": accounts[5], "guardian": accounts[6]}
    text = PLAN.format(**{**people, "keeper": accounts[7], **changes})
    path = tmp_path / "plan.toml"
    path.write_text(text)
    return path


def test_a_plan_deploys_the_core(system: Any, tmp_path: Path) -> None:
    """From a plan: the core without test tokens, its settings as written, the deployer nobody."""
    plan = SystemPlan.load(plan_file(system, tmp_path))
    made = deploy_system(Deployer(system.chain, system.dev(0), Steps(9)), plan)
    assert made.strategies == ()
    timelock = Contract(system.chain, made.contracts.timelock, "TimelockController")
    assert timelock.read("getMinDelay") == 3 * DAY
    token = Contract(system.chain, made.contracts.token, "DpoToken")
    assert token.read("balanceOf", system.chain.accounts[1]) == 10**24
    assert roles_of(system.chain, made, system.chain.accounts[0]) == []


def test_the_deployer_gets_no_role(system: Any, tmp_path: Path) -> None:
    """A plan that gives the deployer a role is refused before anything is created."""
    plan = SystemPlan.load(plan_file(system, tmp_path, keeper=system.chain.accounts[0]))
    before = system.chain.block()
    with pytest.raises(InputError, match="must not get a role"):
        deploy_system(Deployer(system.chain, system.dev(0), Steps(9)), plan)
    assert system.chain.block() == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"12 h"', "'12'", "governance.voting_delay.*unit"),
        ('"12 h"', '"1.5 s"', "governance.voting_delay"),
        ('"1_000_000 DPO"', '"1 DPO"', "proposal_threshold is more than the supply"),
        ("voting_delay", "voting_dealy", "governance.voting_dealy"),
        ('"3 %"', '"300 %"', "oracle.max_jump"),
        ("[roles]", "[rolls]", "roles"),
        ("[governance]", "[governance", "no TOML"),
    ],
)
def test_wrong_plans(system: Any, tmp_path: Path, old: str, new: str, message: str) -> None:
    """A plan that is wrong names the place in the file."""
    path = plan_file(system, tmp_path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError, match=message):
        SystemPlan.load(path)


def test_steward_and_guardian_are_two(system: Any, tmp_path: Path) -> None:
    """One account cannot be both: the guardian is there to stop the steward."""
    with pytest.raises(InputError, match="two accounts"):
        SystemPlan.load(plan_file(system, tmp_path, steward=system.chain.accounts[6]))


STRATEGY = """
[[strategies]]
venues = {{ demo = "{venue}" }}
vaults = [{{ name = "Pair", symbol = "PAIR" }}]

[strategies.layout]
name = "pair"
assets = ["USDC", "WETH"]
weights = [4000, 6000]
base_decimals = 6

[strategies.assets.USDC]
address = "{usdc}"
decimals = 6
feed.primary = "{usdc_feed}"
feed.max_staleness = "1 d"
feed.min_price = "0.9 USD"
feed.max_price = "1.1 USD"

[strategies.assets.WETH]
address = "{weth}"
decimals = 18
feed.primary = "{weth_feed}"
feed.max_staleness = "1 d"
feed.min_price = "100 USD"
feed.max_price = "20_000 USD"
"""


def test_a_plan_deploys_a_strategy_by_a_keystore(system: Any, tmp_path: Path) -> None:
    """On tokens and feeds that are there already, signed here: listed, enlisted, at version 1."""
    import json

    from eth_account import Account as Signer

    from dpo_gov.chain import Account, ExecutorClient, OracleClient, RegistryClient, VaultClient

    chain, oracle = system.chain, OracleClient(system.chain, system.deployment)
    core = system.deployment.strategies[0]
    tokens = {symbol.lower(): core.assets[symbol].address for symbol in ("USDC", "WETH")}
    feeds = {f"{name}_feed": oracle.feed(token).primary for name, token in tokens.items()}
    file = plan_file(system, tmp_path)
    file.write_text(
        file.read_text() + STRATEGY.format(venue=core.venues["demo"], **tokens, **feeds)
    )
    key = tmp_path / "key.json"
    key.write_text(json.dumps(Signer.encrypt("0x" + "4c" * 32, "p", kdf="pbkdf2", iterations=2)))
    account = Account.load(str(key), chain, password=lambda _: "p")
    coins = {"from": chain.accounts[0], "to": account.address, "value": hex(10**20)}
    chain.request("eth_sendTransaction", coins)
    made = deploy_system(Deployer(chain, account, Steps(10)), SystemPlan.load(file))
    assert roles_of(chain, made, account.address) == []
    state = RegistryClient(chain, made).state("pair")
    assert (state.version, state.params.weights()) == (1, (4000, 6000))
    executor = ExecutorClient(chain, made)
    executor.apply("pair").send(system.dev(9))
    assert executor.vaults("pair") == made.strategies[0].vaults
    status = VaultClient(chain, made, made.strategies[0].vaults[0]).status()
    assert (status.applied, status.nav, status.closed) == (1, 0, "")

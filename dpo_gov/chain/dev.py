"""The system on a development chain: test tokens, test feeds, a demo venue, and people with roles.

Everything it deploys is worth nothing. Prices, spread and depth are those of the default market,
so that the chain behaves as the simulation says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dpo_gov.chain.accounts import Account
from dpo_gov.chain.calls import PreparedCall
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.deployment import Deployment, StrategyDeployment
from dpo_gov.chain.network import Chain
from dpo_gov.chain.oracle import OracleClient
from dpo_gov.chain.plan import (
    AssetPlan,
    FeedPlan,
    GovernancePlan,
    OraclePlan,
    RolesPlan,
    StrategyPlan,
    SystemPlan,
    VaultPlan,
)
from dpo_gov.chain.system import CORE_TRANSACTIONS, Deployer, Progress, Steps, Venues, deploy_system
from dpo_gov.chain.vault import Trade, VaultClient
from dpo_gov.errors import ChainError, InputError
from dpo_gov.market import default_market
from dpo_gov.params import StrategyLayout

DEPLOYER, PROPOSER, STEWARD, GUARDIAN, KEEPER = 0, 1, 5, 6, 7
VOTERS, DEPOSITORS = (2, 3, 4), (8, 9)
CORE = StrategyLayout(
    name="core",
    assets=("USDC", "WBTC", "WETH"),
    weights=(2_000, 3_500, 4_500),
    base_decimals=6,
    collaterals=("WETH", "WBTC"),
    venues=("aave-v3", "morpho-blue"),
)
"""The strategy of the demo."""
DEMO_LAYOUTS = (CORE,)
VAULTS = (
    VaultPlan(name="Core portfolio A", symbol="dpoCoreA"),
    VaultPlan(name="Core portfolio B", symbol="dpoCoreB"),
)
DEPOSITS = (1_000_000, 400_000)
"""Whole units of the base asset: the first depositor's, the second's, in each vault."""
VENUE = "demo"
DAY = 86_400
MakeVenues = Callable[[Deployer, str, StrategyLayout, Mapping[str, AssetPlan]], Mapping[str, str]]
"""From the hub's address, a strategy's layout and its tokens by symbol: venues by name."""

_WHOLE_DPO = 10**18
_SUPPLY, _PROPOSERS, _VOTERS = 10_000_000, 200_000, 1_500_000
_DECIMALS = {"USDC": 6, "WBTC": 8, "WETH": 18}
_FEED_DECIMALS = 8
_INVENTORY = 50_000_000
"""US dollars of each token that the demo venue can pay out."""
_LARGEST_TRADE = 1_490
"""Basis points of the net asset value: a first purchase is cut to what the rules allow."""


def deploy(
    chain: Chain,
    layouts: Sequence[StrategyLayout] = DEMO_LAYOUTS,
    progress: Progress | None = None,
    *,
    venues: MakeVenues | None = None,
) -> Deployment:
    """Deploy everything on a development chain, with deposits in the vaults and votes delegated.

    `venues` makes the venues of a strategy instead of the demo's; the first one is used. Raises
    ChainError, and InputError on a chain where coins are worth something.
    """
    if not chain.is_dev:
        raise InputError(
            f"{chain.name} is chain {chain.chain_id}, no development chain: test tokens have no "
            "place there; deploy from a plan with real tokens: `dpo-gov chain deploy --plan FILE`"
        )
    who = _dev(chain, DEPLOYER)
    symbols = sorted({symbol for layout in layouts for symbol in layout.assets})
    deployer = Deployer(chain, who, Steps(_transactions(symbols, layouts), progress))
    tokens = {symbol: _token(deployer, symbol) for symbol in symbols}
    plan = SystemPlan(
        governance=GovernancePlan(holder=who.address, supply=_SUPPLY * _WHOLE_DPO),
        roles=RolesPlan(
            steward=_dev(chain, STEWARD).address,
            guardian=_dev(chain, GUARDIAN).address,
            keeper=_dev(chain, KEEPER).address,
        ),
        oracle=OraclePlan(feed_delay=2 * DAY),
        strategies=tuple(
            StrategyPlan(
                layout=layout,
                assets={symbol: tokens[symbol] for symbol in layout.assets},
                vaults=VAULTS,
            )
            for layout in layouts
        ),
    )

    def make(layout: StrategyLayout) -> Venues:
        return lambda hub: (venues or demo_venue)(deployer, hub, layout, tokens)

    made = deploy_system(deployer, plan, {one.name: make(one) for one in layouts})
    _hand_out_votes(deployer, made)
    voted = chain.now()
    for layout in layouts:
        _open_vaults(deployer, made, made.strategy(layout.name))
    if chain.now() == voted:
        # Votes count from the next second on, and some nodes put many blocks into one.
        chain.travel(1)
    return made


def refresh_prices(
    chain: Chain, deployment: Deployment, moves: Mapping[str, float] | None = None
) -> None:
    """Date every test feed now, after time has been moved; `moves` are relative changes by symbol.

    Raises ChainError on a chain that is no development chain.
    """
    if not chain.is_dev:
        raise ChainError(f"{chain.name} has real feeds, which nobody here can set")
    deployer = _dev(chain, DEPLOYER)
    hub = OracleClient(chain, deployment)
    done = set()
    for strategy in deployment.strategies:
        for symbol, token in strategy.assets.items():
            feed = Contract(chain, hub.feed(token.address).primary, "TestFeed")
            if feed.address in done:
                continue
            answer = feed.read("latestRoundData")[1]
            moved = round(answer * (1 + (moves or {}).get(symbol, 0.0)))
            feed.prepare("set", moved).send(deployer)
            done.add(feed.address)


def _transactions(symbols: Sequence[str], layouts: Sequence[StrategyLayout]) -> int:
    """How many `deploy` sends: tokens and feeds, the core and its votes, each strategy."""
    each = sum(2 + len(layout.assets) + 5 * len(VAULTS) for layout in layouts)
    return 2 * len(symbols) + CORE_TRANSACTIONS + 2 * (1 + len(VOTERS)) + 1 + each


def _dev(chain: Chain, number: int) -> Account:
    return Account.load(f"dev:{number}", chain)


def _price(symbol: str) -> float:
    market = default_market()
    return market.assets[market.place(symbol)].price


def _token(deployer: Deployer, symbol: str) -> AssetPlan:
    """A test token with its feed."""
    decimals = _DECIMALS.get(symbol, 18)
    token = deployer.create("TestToken", f"Test {symbol}", symbol, decimals)
    answer = round(_price(symbol) * 10**_FEED_DECIMALS)
    feed = deployer.create("TestFeed", f"{symbol} / USD", _FEED_DECIMALS, answer)
    price = answer * 10 ** (18 - _FEED_DECIMALS)
    return AssetPlan(
        address=token.address,
        decimals=decimals,
        feed=FeedPlan(
            primary=feed.address,
            max_staleness=3 * DAY,
            min_price=price // 20,
            max_price=price * 20,
        ),
    )


def demo_venue(
    deployer: Deployer, hub: str, layout: StrategyLayout, tokens: Mapping[str, AssetPlan]
) -> Mapping[str, str]:
    """The demo venue with an inventory; trading the base asset itself costs nothing."""
    market = default_market()
    spread = round(market.venue.half_spread * 1_000_000)
    base, *others = layout.assets
    markets = [(tokens[base].address, 0, 0)]
    for symbol in others:
        depth = round(market.venue.depth[market.place(symbol)]) * 10**18
        markets.append((tokens[symbol].address, spread, depth))
    venue = deployer.create("DemoVenue", hub, markets)
    for symbol in layout.assets:
        amount = int(_INVENTORY / _price(symbol)) * 10 ** tokens[symbol].decimals
        token = Contract(deployer.chain, tokens[symbol].address, "TestToken")
        deployer.send(token.prepare("mint", venue.address, amount))
    return {VENUE: venue.address}


def _hand_out_votes(deployer: Deployer, deployment: Deployment) -> None:
    """Proposer and voters get votes and delegate to themselves; the timelock keeps the rest."""
    chain, where = deployer.chain, deployment.contracts
    token = Contract(chain, where.token, "DpoToken")
    shares = {PROPOSER: _PROPOSERS, **dict.fromkeys(VOTERS, _VOTERS)}
    for number, amount in shares.items():
        holder = _dev(chain, number)
        deployer.send(token.prepare("transfer", holder.address, amount * _WHOLE_DPO))
        deployer.send(token.prepare("delegate", holder.address), holder)
    rest = (_SUPPLY - sum(shares.values())) * _WHOLE_DPO
    deployer.send(token.prepare("transfer", where.timelock, rest))


def _open_vaults(deployer: Deployer, deployment: Deployment, strategy: StrategyDeployment) -> None:
    """Bring version 1 to the vaults, deposit, and buy the first portfolio."""
    chain, name = deployer.chain, strategy.layout.strategy_id
    executor = Contract(chain, deployment.contracts.executor, "ParameterExecutor")
    deployer.send(executor.prepare("applyAll", name))
    base = next(iter(strategy.assets.values()))
    token = Contract(chain, base.address, "TestToken")
    for address, amount, number in zip(strategy.vaults, DEPOSITS, DEPOSITORS, strict=False):
        depositor, units = _dev(chain, number), amount * 10**base.decimals
        vault = VaultClient(chain, deployment, address)
        deployer.send(token.prepare("mint", depositor.address, 2 * units))
        deployer.send(vault.approve(units), depositor)
        deployer.send(vault.deposit(units, depositor.address), depositor)
        deployer.send(_first_purchase(vault), _dev(chain, KEEPER))


def _first_purchase(vault: VaultClient) -> PreparedCall:
    """From the base asset alone to every target, in trades that are each small enough."""
    status = vault.status()
    venue = next(iter(vault.deployment.strategy(status.strategy).venues.values()))
    base = status.holdings[0]
    slippage = vault.params().get("maxSlippage")
    trades = []
    for place, holding in enumerate(status.holdings[1:], start=1):
        left = (status.nav or 0) * holding.target // 10**18
        while left > 0:
            value = min(left, (status.nav or 0) * _LARGEST_TRADE // 10_000)
            amount = value * 10**base.decimals // (base.price or 1)
            least = value * (10_000 - slippage) // 10_000 * 10**holding.decimals
            trades.append(Trade(venue, 0, place, amount, least // (holding.price or 1)))
            left -= value
    return vault.rebalance(trades)

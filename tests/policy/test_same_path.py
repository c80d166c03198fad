"""One path through RebalancingVault on the EVM and through the policy, step by step.

A path is days of a market that is drawn for it, under legal parameters that are drawn for it and
that governance brings to the vault. Its steps take a day, or hours, so that what limits quicker
keepers binds as well. The policy is the simulation's own `Portfolio`. What the vault holds is told
to it once, before the first step; from then on it goes by its own books, so that an error of one
step stays in them and shows on the next.

Compared are, at each step, the vault's answer to a rebalance, targets, weights, drift, slippage
budget, NAV and share price; of each rebalance, what every trade sells and brings, and then the same
again; at the end, what the simulation records. The base fee is left out, since revm has none. They
agree to 1e-9 of the figure and one unit of both its tokens for each trade so far.
DPO_GOV_DIFFERENTIAL_STEPS=20000 goes so many steps, on new paths each time.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pytest

from dpo_gov.chain import (
    Account,
    Chain,
    Deployment,
    ExecutorClient,
    RegistryClient,
    Trade,
    VaultClient,
    plan_rebalance,
)
from dpo_gov.chain import rebalance as keeper
from dpo_gov.chain.contract import Contract, Event
from dpo_gov.chain.oracle import OracleClient
from dpo_gov.errors import CallRefused, RuleBroken
from dpo_gov.guardrails import Call, Lane, RegistryState, allowed_range, decide
from dpo_gov.market import Day, Market, Sampler, default_market
from dpo_gov.params import ParamSet, diff
from dpo_gov.policy import RebalancingRules, Trades, VenueCost, drift_of
from dpo_gov.simulate import SimSpec, portfolio
from dpo_gov.simulate.portfolio import DAY, Portfolio, World

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ASKED = int(os.environ.get("DPO_GOV_DIFFERENTIAL_STEPS", "0"))
STEPS = 7
PATHS = max(ASKED // STEPS, 200)
SECONDS = (3_600, 4 * 3_600, 12 * 3_600, DAY)
"""What a step may take."""
FIRST = secrets.randbits(31) if ASKED else 0
RELATIVE = 1e-9
EXACT = 1e-12
"""Where floats round and no token does."""
WHOLE, FEED, REPORT, FOREVER = 10**18, 10**8, b"\xab" * 32, (0, 2**40 - 1)
LONGEST_RAMP = 30 * DAY
DEPOSIT = 10**8
EDITED = (
    "driftThreshold", "recenteringSpeed", "rebalanceInterval", "tradeCoolOff", "maxTradeSize",
    "maxSlippage", "slippageBudget", "slippageWindow", "navDeviation", "minIdle", "weightRamp",
)  # fmt: skip
TIGHT = {
    "maxSlippage": 0.05, "navDeviation": 0.12, "slippageBudget": 0.0, "slippageWindow": 1.0,
    "driftThreshold": 0.0, "rebalanceInterval": 0.0, "tradeCoolOff": 0.0, "maxTradeSize": 1.0,
}  # fmt: skip
"""What makes the slippage budget bind, as shares of what may be set; draws alone seldom do."""


def draw_market(rng: np.random.Generator) -> Market:
    """Calm or wild days, rare or frequent jumps, a deep or a shallow venue.

    Gas costs nothing: keepers on the EVM pay it themselves, and revm has no base fee.
    """
    market = default_market()
    wilder, chance = float(np.exp(rng.uniform(-1.0, 1.0))), float(rng.choice([0.0, 0.001, 0.1]))
    nothing = {"deviation": 0.0, "fixed": 0.0, "per_trade": 0.0}
    venue = market.venue.model_copy(
        update={
            "half_spread": int(rng.integers(1_500)) / 1e6,
            "depth": tuple(float(10 ** rng.integers(8, 11)) for _ in market.assets),
        }
    )
    changes = {
        "regimes": tuple(
            one.model_copy(update={"volatility": tuple(wilder * x for x in one.volatility)})
            for one in market.regimes
        ),
        "degrees": (None, 4, 6, 20)[rng.integers(4)],
        "common_jump": market.common_jump.model_copy(update={"probability": chance}),
        "gas": market.gas.model_copy(update={**nothing, "median": (1e-9, 1e-9)}),
        "venue": venue,
    }
    return market.model_copy(update=changes)


def draw_params(
    state: RegistryState, now: int, rng: np.random.Generator, fixed: Mapping[str, float]
) -> ParamSet:
    """What one version may make of the parameters: each is moved, unless a rule forbids it."""
    params, symbols = state.params, state.params.layout.assets
    wishes = []
    for name in [*fixed, *rng.permutation([name for name in EDITED if name not in fixed])]:
        spec, share = params.spec(str(name)), rng.random()
        allowed = allowed_range(state, spec, Lane.GOVERNANCE, now)
        share = fixed.get(name, rng.choice([0.0, 1.0, share, share]))
        wishes.append({spec.key: allowed.low + round(share * (allowed.high - allowed.low))})
    lower, higher = (
        params.spec(f"targetWeight[{symbol}]").key
        for symbol in rng.choice(symbols, 2, replace=False)
    )
    shift = int(rng.integers(1, 1_500))
    wishes.append({lower: state.values[lower] - shift, higher: state.values[higher] + shift})
    for wish in wishes:
        tried = ParamSet(layout=params.layout, values={**params.values, **wish})
        changes = tuple(diff(state.params, tried))
        try:
            decide(state, Call(lane=Lane.GOVERNANCE, changes=changes, report_hash=REPORT), now)
        except RuleBroken:
            continue
        params = tried
    return params


@dataclass(frozen=True)
class Figures:
    """What both sides say of a vault: shares of 1, but for `nav` and `price`, which is that of all
    its shares, in US dollars."""

    targets: Floats
    weights: Floats
    drift: float
    slippage: float
    nav: float
    price: float


class Vault:
    """The vault on the EVM, with a venue whose costs are the market's."""

    def __init__(
        self, chain: Chain, deployment: Deployment, market: Market, open_venue: Callable[..., str]
    ) -> None:
        strategy = deployment.strategies[0]
        self.chain, self.deployment, self.market = chain, deployment, market
        self.places = [market.place(symbol) for symbol in strategy.assets]
        depths = [int(market.venue.depth[place]) for place in self.places]
        self.venue = open_venue(chain, deployment, round(market.venue.half_spread * 1e6), depths)
        self.client = VaultClient(chain, deployment, strategy.vaults[0])
        self.contract = Contract(chain, self.client.address, "RebalancingVault")
        self.keeper = Account.load("dev:7", chain)
        tokens, hub = list(strategy.assets.values()), OracleClient(chain, deployment)
        self.addresses = [token.address for token in tokens]
        self.feeds = [Contract(chain, hub.feed(one).primary, "TestFeed") for one in self.addresses]
        self.answers = [int(feed.read("latestRoundData")[1]) for feed in self.feeds]
        self.decimals = np.array([10.0**token.decimals for token in tokens])

    @property
    def unit_prices(self) -> Floats:
        """US dollars for the smallest unit of each token."""
        return np.array(self.answers) / FEED / self.decimals

    def balances(self) -> Floats:
        """What is held of each token, in smallest units."""
        places = range(len(self.feeds))
        return np.array([float(self.contract.read("balanceOfAsset", place)) for place in places])

    def figures(self) -> Figures:
        """What the vault says of itself."""
        read = self.contract.read
        return Figures(
            np.array(read("targetWeightsNow")) / WHOLE,
            np.array(read("weights")) / WHOLE,
            read("drift") / WHOLE,
            read("slippageUsed") / WHOLE,
            read("nav") / WHOLE,
            read("convertToAssets", read("totalSupply")) * self.unit_prices[0],
        )

    def live(self, seconds: int, growth: Sequence[float]) -> Floats:
        """Let time pass and prices move; by how much they did, since feeds round them."""
        self.chain.travel(seconds)
        before, deployer = self.answers, Account.load("dev:0", self.chain)
        self.answers = [round(one * move) for one, move in zip(before, growth, strict=True)]
        for feed, answer in zip(self.feeds, self.answers, strict=True):
            feed.prepare("set", answer).send(deployer)
        return np.array(self.answers) / np.array(before)

    def govern(self, rng: np.random.Generator, fixed: Mapping[str, float]) -> ParamSet:
        """Bring new parameters to the vault, by governance."""
        registry = RegistryClient(self.chain, self.deployment)
        state = registry.state("core")
        params = draw_params(state, self.chain.now(), rng, fixed)
        timelock = Account(self.deployment.contracts.timelock, unlocked=True)
        changes = tuple(diff(state.params, params))
        registry.set_params("core", changes, FOREVER, REPORT).send(timelock)
        ExecutorClient(self.chain, self.deployment).apply("core").send(self.keeper)
        return params

    def set_clock(self, since: int, used: float) -> None:
        """Let the last rebalance be so many seconds ago, and let it have left so much used.

        The vault's `Clock` is one word: the start of the ramp, twice the last rebalance, and what
        it left used; times take 40 bits.
        """
        chain, at, now = self.chain, self.client.address, self.chain.now()
        last = self.contract.read("lastRebalance")
        for slot in map(hex, range(64)):
            word = int(chain.request("eth_getStorageAt", at, slot), 16)
            if (word >> 40) % 2**80 == last << 40 | last:
                times = (now - since) << 80 | (now - since) << 40 | word % 2**40
                word = round(used * WHOLE) << 120 | times
                chain.request("anvil_setStorageAt", at, slot, hex(word))
        self.clock = since, used

    def answer(self) -> str:
        """What it says to a rebalance without trades, which it looks at last."""
        with pytest.raises(CallRefused) as refused:
            self.client.rebalance([]).simulate(self.keeper)
        return refused.value.error

    def rebalance(self) -> list[Event]:
        """The trades of the keeper, as they were made."""
        trades = plan_rebalance(
            self.client, self.keeper.address, venue=self.venue, market=self.market
        )
        if not trades:
            return []
        receipt = self.client.rebalance(trades).send(self.keeper)
        return list(self.contract.decode("Traded", receipt.logs))


@dataclass(frozen=True)
class Planned(RebalancingRules):
    """The vault's rules as the keeper plans within them; the whole `budget` leaks all the same."""

    budget: float = 0.0

    @classmethod
    def within(cls, params: ParamSet) -> Planned:
        """The rules of a set, with every limit on losses as the keeper keeps it."""
        tight = keeper.keeper_rules(params)
        return cls(**vars(tight), budget=RebalancingRules.of(params).slippage_budget)

    def leaked(self, used: Floats, since: Floats) -> Floats:
        """What is still used of the whole budget."""
        return RebalancingRules.leaked(replace(self, slippage_budget=self.budget), used, since)


plan_trades = portfolio.plan_trades


class Policy(Portfolio):
    """The simulation's vault, which also says what it finds and plans on its way."""

    def __init__(
        self, vault: Vault, rules: Planned, seconds: int, rng: np.random.Generator
    ) -> None:
        self.begin, self.planned, self.number = vault.figures(), rules, 0
        self.seconds, seed = seconds, int(rng.integers(2**63))
        spec = SimSpec(paths=1, seed=seed, horizon_days=STEPS, portfolio=self.begin.nav)
        self.first = np.zeros(1, dtype=np.int64)
        self.world = World(vault.market, vault.places, spec, self.first)
        super().__init__(self.world, rules, self.begin.targets)
        self._held[:, 0] = vault.balances() * vault.unit_prices / self.begin.nav
        since, self._budget_used[:] = vault.clock
        self._rebalanced[:] = -since / seconds

    def days(self) -> Iterator[Day]:
        """The days of its path."""
        spec = self.world.spec
        return Sampler(self.world.market, spec.seed, self.first).days(spec.horizon_days)

    def live(self, number: int, growth: Floats, day: Day) -> None:
        """A step. `found`: before any rebalance; `due`: whether there may be one; `trades`: made.

        Of how long a step is, the simulation knows from one constant.
        """
        self.number, self.due, self.trades = number, False, None
        before = int(self._rebalances[0])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(portfolio, "DAY", self.seconds)
            self.step(number, growth[:, None], day)
        if not self.due:
            self.found = self.figures()
        if self._rebalances[0] == before:
            self.trades = None

    @property
    def since(self) -> Floats:
        """Seconds since its last rebalance."""
        since: Floats = (self.number - self._rebalanced) * self.seconds
        return since

    @property
    def answer(self) -> str:
        """What the vault would say to a rebalance without trades at this step."""
        if self.due:
            return "DriftNotReduced"
        return "CoolingOff" if self.since[0] < self.planned.trade_cool_off else "Dormant"

    def figures(self) -> Figures:
        """What it says of itself; of its value in US dollars it knows the first."""
        targets = self.planned.targets_at(self.begin.targets, self.number * self.seconds)
        weights = self._held / self._value
        return Figures(
            targets,
            weights[:, 0],
            drift_of(weights, targets[:, None])[0],
            self.planned.leaked(self._budget_used, self.since)[0],
            self._value[0] * self.begin.nav,
            self._value[0] * self.begin.price,
        )

    def _rebalance(self, *arguments: object) -> tuple[Integers, Floats]:
        self.found, self.due = self.figures(), True
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(portfolio, "plan_trades", self._plan)
            return super()._rebalance(*arguments)

    def _plan(
        self,
        weights: Floats,
        targets: Floats,
        rules: Planned,
        cost: VenueCost,
        budget: Floats,
        **beyond: object,
    ) -> Trades:
        """The keeper's plan, without what the keeper leaves out of each trade.

        `beyond` is what no contract knows: an oracle that errs, and collateral that is pledged.
        """
        assert beyond == {"buying": cost, "loose": None}
        plan = plan_trades(weights, targets, rules, cost, budget)
        sells, buys = ((1.0 - keeper.LEFT_OUT) * side for side in (plan.sells, plan.buys))
        self.trades = Trades(sells, buys, sells - cost.loss(sells), buys - cost.loss(buys))
        return self.trades


@dataclass
class Tally:
    """What was compared, and the largest difference of each figure, of what is allowed."""

    steps: Counter[str] = field(default_factory=Counter)
    rebalances: int = 0
    trades: int = 0
    largest: dict[str, float] = field(default_factory=dict)

    def same(self, where: str, what: str, vault: object, policy: object, allowed: object) -> None:
        """The two agree."""
        share = float(np.max(np.abs(np.subtract(vault, policy)) / allowed))
        assert share <= 1.0, f"{where}, {what}: vault {vault}, policy {policy} ({share:.3g})"
        self.largest[what] = max(share, self.largest.get(what, 0.0))

    def __str__(self) -> str:
        answers = ", ".join(f"{name} {count}" for name, count in self.steps.most_common())
        largest = ", ".join(f"{what} {share:.2g}" for what, share in self.largest.items())
        return (
            f"{PATHS} paths from {FIRST}, {self.steps.total():,} steps ({answers}), "
            f"{self.rebalances:,} rebalances, {self.trades:,} trades; largest difference, where 1 "
            f"is allowed: {largest}"
        )


class Pair:
    """A vault and its policy."""

    def __init__(self, vault: Vault, policy: Policy, tally: Tally) -> None:
        self.vault, self.policy, self.tally, self.where = vault, policy, tally, ""
        self.touched = np.zeros(len(vault.places))
        self.cost = self.turnover = 0.0
        self.rebalances = 0

    @property
    def units(self) -> float:
        """One unit of both tokens of each trade so far, in US dollars."""
        return float(self.touched @ self.vault.unit_prices)

    def live(self, number: int, day: Day) -> None:
        """A step, and the rebalance that it may bring."""
        vault, policy = self.vault, self.policy
        policy.live(number, vault.live(policy.seconds, day.growth[vault.places, 0]), day)
        before, answer = vault.figures(), vault.answer()
        self.compare(before, policy.found)
        assert answer == policy.answer, self.where
        self.tally.steps[answer] += 1
        made = vault.rebalance() if answer == "DriftNotReduced" else []
        self.compare_trades(made, before.nav)
        if made:
            after = vault.figures()
            self.compare(after, policy.figures())
            self.cost += 1.0 - after.nav / before.nav
            self.rebalances += 1
            self.tally.rebalances += 1

    def compare(self, vault: Figures, policy: Figures) -> None:
        """Every figure."""
        rounded = self.units / policy.nav
        for name, allowed in (
            ("targets", EXACT),
            ("weights", RELATIVE * policy.weights + rounded + EXACT),
            ("drift", RELATIVE + rounded),
            ("slippage", RELATIVE * policy.slippage + rounded + EXACT),
            ("nav", RELATIVE * policy.nav + self.units),
            ("price", RELATIVE * policy.price + self.units),
        ):
            self.tally.same(self.where, name, getattr(vault, name), getattr(policy, name), allowed)

    def compare_trades(self, made: Sequence[Event], nav: float) -> None:
        """What each sells and brings, in US dollars; sales are made first."""
        vault, policy, trades = self.vault, self.policy, self.policy.trades
        wanted = []
        if trades is not None:
            sales = zip(trades.sells[:, 0], trades.received[:, 0], strict=True)
            purchases = zip(trades.buys[:, 0], trades.bought[:, 0], strict=True)
            wanted += [(place, 0, *pair) for place, pair in enumerate(sales) if pair[0]]
            wanted += [(0, place, *pair) for place, pair in enumerate(purchases) if pair[0]]
        assert len(made) == len(wanted), self.where
        for event, (sell, buy, *shares) in zip(made, wanted, strict=True):
            self.touched[[sell, buy]] += 1
            for name, place, share in zip(("In", "Out"), (sell, buy), shares, strict=True):
                assert event.args[f"token{name}"] == vault.addresses[place], self.where
                amount = event.args[f"amount{name}"] * vault.unit_prices[place]
                value = share * policy.found.nav
                self.tally.same(
                    self.where, f"trade {name}", amount, value, RELATIVE * value + self.units
                )
            self.turnover += event.args["amountIn"] * vault.unit_prices[sell] / nav
            self.tally.trades += 1

    def compare_records(self) -> None:
        """What the simulation would report of the path."""
        outcomes, rounded = self.policy.outcomes(), self.units / self.policy.begin.nav
        same, where = self.tally.same, self.where
        assert outcomes.rebalances[0] == self.rebalances, where
        turnover, cost = outcomes.turnover[0], outcomes.cost[0]
        same(where, "turnover", self.turnover, turnover, RELATIVE * turnover + 2 * rounded + EXACT)
        same(where, "cost", self.cost, cost, RELATIVE * cost + 2 * rounded + EXACT)


def enrich(chain: Chain, deployment: Deployment, open_venue: Callable[..., str]) -> None:
    """Deposit until a unit of no token counts beside 1e-9, and buy the portfolio of it."""
    free = draw_market(np.random.default_rng(0))
    free = free.model_copy(
        update={"venue": free.venue.model_copy(update={"half_spread": 0.0, "depth": (1e15,) * 3})}
    )
    vault = Vault(chain, deployment, free, open_venue)
    amount, depositor = round(DEPOSIT * vault.decimals[0]), Account.load("dev:8", chain)
    base = Contract(chain, vault.addresses[0], "TestToken")
    base.prepare("mint", depositor.address, amount).send(depositor)
    vault.client.approve(amount).send(depositor)
    vault.client.deposit(amount, depositor.address).send(depositor)
    trades = [
        Trade(vault.venue, 0, place, round(amount * weight) // 5, 0)
        for place, weight in enumerate(vault.figures().targets[1:], 1)
        for _ in range(5)
    ]
    vault.live(DAY, np.ones(len(vault.places)))
    vault.client.rebalance(trades).send(vault.keeper)


def begin(vault: Vault, rng: np.random.Generator) -> Policy:
    """Where the two begin: anywhere. Two versions, since one moves a parameter by its jump only.

    On some paths the slippage budget limits the first rebalance. It must not limit more of them: a
    unit that was lost before is worth thousands of units of what the rest of a budget pays for.
    """
    tight = rng.random() < 0.3
    for _ in range(2):
        vault.live(LONGEST_RAMP, np.exp(rng.normal(0.0, 0.2, len(vault.places))))
        params = vault.govern(rng, TIGHT if tight else {})
    rules, seconds = Planned.within(params), int(rng.choice(SECONDS[2:] if tight else SECONDS))
    since = int(rng.integers(1, 1 + rng.choice([2, 2 + rules.rebalance_interval // seconds])))
    used = rng.random()
    if tight:
        leak = (since + 1) * seconds / rules.slippage_window
        used = (1.0 + leak) * (1.0 - 10 ** -rng.uniform(2, 5))
    vault.set_clock(since * seconds, used * rules.budget)
    return Policy(vault, rules, seconds, rng)


def test_the_policy_and_the_vault_go_the_same_way(
    deployed: tuple[Chain, Deployment],
    open_venue: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On every path both hold, trade and are worth the same, by the policy's own books."""
    chain, deployment = deployed
    monkeypatch.setattr(keeper, "_ATTEMPTS", 1)  # no plan has to be made smaller
    tally = Tally()
    enrich(chain, deployment, open_venue)
    for number in range(FIRST, FIRST + PATHS):
        rng, before = np.random.default_rng(number), chain.snapshot()
        try:
            vault = Vault(chain, deployment, draw_market(rng), open_venue)
            policy = begin(vault, rng)
            pair = Pair(vault, policy, tally)
            for step, day in enumerate(policy.days(), 1):
                pair.where = f"path {number}, step {step}"
                pair.live(step, day)
            pair.compare_records()
        finally:
            chain.revert(before)
    print(tally)  # noqa: T201 - pytest shows it with -rP
    assert tally.rebalances > 2 * PATHS and min(tally.steps.values()) > PATHS / 10

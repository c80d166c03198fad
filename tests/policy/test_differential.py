"""The rules in array form and RebalancingVault say the same, step by step.

Each run takes a deployed vault through registry versions with other legal parameters, price moves
and waits, many of them to the second at which something changes. Compared are whether the vault
may rebalance, its targets on their ramp, the slippage budget that is left, and what a planned
rebalance does at a venue whose cost is the planner's: the vault takes the plan as it is, and holds
afterwards what the plan said. DPO_GOV_DIFFERENTIAL_STEPS=20000 makes a longer run, with new draws
each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dpo_gov.chain import (
    Account,
    Chain,
    Deployment,
    ExecutorClient,
    RegistryClient,
    VaultClient,
    plan_rebalance,
    refresh_prices,
)
from dpo_gov.chain import rebalance as keeper
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.rebalance import keeper_rules
from dpo_gov.errors import CallRefused, RuleBroken
from dpo_gov.guardrails import Call, Lane, allowed_range, decide
from dpo_gov.market import Market, default_market
from dpo_gov.params import ParamSet, diff
from dpo_gov.policy import RebalancingRules, VenueCost, drift_of, plan_trades

ASKED = int(os.environ.get("DPO_GOV_DIFFERENTIAL_STEPS", "0"))
LENGTH = 4
DAY, WHOLE = 86_400, 10**18
REPORT = b"\xab" * 32
FOREVER = (0, 2**40 - 1)
SYMBOLS = ("USDC", "WBTC", "WETH")
EXACT = 1e-12
"""Shares of the value, where both sides compute the same and only floats round."""
STEP = 1e-4
"""A basis point: a new ramp starts from whole ones."""
SHRUNK = 2e-9
"""What the keeper leaves of a trade, so that no float rounds it above a limit; of the value."""


@dataclass(frozen=True)
class Venue:
    """What the demo venue of a run costs: parts per million, and US dollars by asset."""

    spread: int
    depths: tuple[int, ...]

    @property
    def market(self) -> Market:
        """The market that the keeper then assumes."""
        market = default_market()
        depth = dict(zip((market.place(one) for one in SYMBOLS), self.depths, strict=True))
        found = market.venue.model_copy(
            update={
                "half_spread": self.spread / 1e6,
                "depth": tuple(float(depth[place]) for place in sorted(depth)),
            }
        )
        return market.model_copy(update={"venue": found})

    def cost(self, nav: float) -> VenueCost:
        """The same for the policy."""
        slope = [[nav / (2 * depth)] for depth in self.depths]
        return VenueCost(self.spread / 1e6, np.array(slope))


@dataclass(frozen=True)
class Step:
    """What happens before the two are compared.

    `edits`: parameters by name, each as a share of what governance may set. `shift`: basis points
    from the target of one asset to that of another. `wait`: from which time on, and how long.
    """

    edits: dict[str, float]
    shift: tuple[int, int, int]
    wait: tuple[str, int]
    moves: dict[str, float]


EDITED = (
    "driftThreshold", "recenteringSpeed", "rebalanceInterval", "tradeCoolOff", "maxTradeSize",
    "maxSlippage", "slippageBudget", "slippageWindow", "navDeviation", "minIdle", "weightRamp",
)  # fmt: skip
TIGHT = (
    {"navDeviation": 0.0},
    {"navDeviation": 0.0, "maxSlippage": 1.0, "slippageBudget": 1.0},
    {"navDeviation": 0.0, "maxSlippage": 0.2, "slippageBudget": 0.0, "tradeCoolOff": 0.0},
    {"navDeviation": 1.0, "maxSlippage": 1.0, "slippageBudget": 1.0, "maxTradeSize": 1.0},
    {"minIdle": 1.0, "recenteringSpeed": 1.0},
)
"""Versions that make one limit bind; draws alone seldom do."""
SHARES = st.sampled_from((0.0, 1.0)) | st.floats(0, 1)
WAITS = st.one_of(
    st.tuples(st.sampled_from(("tradeCoolOff", "rebalanceInterval")), st.integers(-1, 1)),
    st.tuples(st.just("weightRamp"), st.integers(-1, 1)),
    st.tuples(st.just(""), st.integers(0, 3 * DAY)),
)
STEPS = st.builds(
    Step,
    edits=st.sampled_from(TIGHT) | st.dictionaries(st.sampled_from(EDITED), SHARES, max_size=8),
    shift=st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2_000)),
    wait=WAITS,
    moves=st.fixed_dictionaries(
        {
            "USDC": st.floats(-0.05, 0.05),
            "WBTC": st.floats(-0.4, 0.6),
            "WETH": st.floats(-0.4, 0.6),
        }
    ),
)
VENUES = st.builds(
    Venue,
    spread=st.integers(0, 3_000),
    depths=st.tuples(*[st.sampled_from((10**6, 10**7, 10**8, 10**9))] * 3),
)


class Twin:
    """A vault, and what the policy knows of it: the same facts, kept as floats."""

    def __init__(self, chain: Chain, deployment: Deployment, venue: Venue, venue_at: str) -> None:
        self.chain, self.deployment, self.venue = chain, deployment, venue
        self.vault = VaultClient(chain, deployment, deployment.strategies[0].vaults[0])
        self.contract = Contract(chain, self.vault.address, "RebalancingVault")
        self.registry = RegistryClient(chain, deployment)
        self.keeper = Account.load("dev:7", chain)
        self.timelock = Account(deployment.contracts.timelock, unlocked=True)
        self.venue_at = venue_at
        self.params = self.vault.params()
        self.start = self.rules.targets
        self.ramp_at = 0
        self.last = self.contract.read("lastRebalance")
        leaked = self.rules.slippage_budget * self.since / self.rules.slippage_window
        self.used = self.share("slippageUsed") + leaked

    @property
    def rules(self) -> RebalancingRules:
        """The rules of the version that the vault obeys."""
        return RebalancingRules.of(self.params)

    @property
    def targets(self) -> np.ndarray:
        """Where the policy has the targets now."""
        return self.rules.targets_at(self.start, self.chain.now() - self.ramp_at)

    @property
    def since(self) -> int:
        """Seconds since the last rebalance."""
        return int(self.chain.now() - self.last)

    @property
    def slippage_used(self) -> float:
        """What the policy says is still used of the budget."""
        return float(self.rules.leaked(np.array([self.used]), np.array([float(self.since)]))[0])

    def share(self, function: str) -> float:
        """A view of the vault that gives a share in 1e18."""
        return float(self.contract.read(function)) / WHOLE

    def targets_now(self) -> np.ndarray:
        """Where the vault has the targets now."""
        return np.array(self.contract.read("targetWeightsNow")) / WHOLE

    def values(self) -> np.ndarray:
        """What the vault holds, in US dollars."""
        return np.array([(one.value or 0) / WHOLE for one in self.vault.status().holdings])

    def unit_values(self) -> np.ndarray:
        """What the smallest unit of each token is worth, in US dollars."""
        holdings = self.vault.status().holdings
        return np.array([(one.price or 0) / WHOLE / 10**one.decimals for one in holdings])

    # What happens to both

    def take(self, step: Step) -> None:
        """A version, if it is legal, then time and prices."""
        self.chain.travel(1)
        refresh_prices(self.chain, self.deployment)
        self.change(step)
        name, seconds = step.wait
        if name:
            begin = self.ramp_at if name == "weightRamp" else self.last
            seconds += begin + self.params.get(name) - self.chain.now()
        self.chain.travel(max(seconds, 0))
        refresh_prices(self.chain, self.deployment, step.moves)

    def change(self, step: Step) -> None:
        """Commit what the step asks for and bring it to the vault."""
        state, now = self.registry.state("core"), self.chain.now()
        values = dict(state.values)
        for name, share in step.edits.items():
            spec = state.params.spec(name)
            allowed = allowed_range(state, spec, Lane.GOVERNANCE, now)
            values[spec.key] = allowed.low + round(share * (allowed.high - allowed.low))
        source, target, amount = step.shift
        values[source] -= amount
        values[target] += amount
        after = ParamSet(layout=state.layout, values=values)
        changes = tuple(diff(state.params, after))
        call = Call(lane=Lane.GOVERNANCE, changes=changes, report_hash=REPORT)
        try:
            decide(state, call, now)
        except RuleBroken:
            return
        self.registry.set_params("core", changes, FOREVER, REPORT).send(self.timelock)
        before, moving = self.targets, self.rules
        ExecutorClient(self.chain, self.deployment).apply("core").send(self.keeper)
        self.params = after
        same = moving.weight_ramp == self.rules.weight_ramp
        if not same or (moving.targets != self.rules.targets).any():
            assert self.targets_now() == pytest.approx(before, abs=2 * STEP)
            self.start, self.ramp_at = self.targets_now(), now

    def answer(self) -> str:
        """Whether the vault would rebalance: it looks at that before it looks at any trade."""
        with pytest.raises(CallRefused) as refused:
            self.vault.rebalance([]).simulate(self.keeper)
        return refused.value.error

    # What is compared

    def compare(self) -> None:
        """Targets, budget, weights, drift, and whether a rebalance may be."""
        assert self.targets_now() == pytest.approx(self.targets, abs=EXACT)
        assert self.share("slippageUsed") == pytest.approx(self.slippage_used, abs=EXACT)
        values = self.values()
        drift = drift_of((values / values.sum())[:, None], self.targets[:, None])
        assert self.share("drift") == pytest.approx(drift[0], abs=EXACT)
        awake = bool(self.rules.may_rebalance(drift, np.array([float(self.since)]))[0])
        asleep = "CoolingOff" if self.since < self.rules.trade_cool_off else "Dormant"
        assert self.answer() == ("DriftNotReduced" if awake else asleep)
        if awake:
            self.rebalance()

    def rebalance(self) -> None:
        """The keeper's plan is taken as it is, and does what the policy says."""
        before, units = self.values(), self.unit_values()
        nav, used = before.sum(), self.slippage_used
        weights = (before / nav)[:, None]
        rules = keeper_rules(self.params)
        budget = np.array([max(rules.slippage_budget - used, 0.0)])
        cost = self.venue.cost(nav)
        plan = plan_trades(weights, self.targets[:, None], rules, cost, budget)
        trades = plan_rebalance(
            self.vault, self.keeper.address, venue=self.venue_at, market=self.venue.market
        )
        assert len(trades) == plan.count[0]
        if not trades:
            return
        self.vault.rebalance(trades).send(self.keeper)
        rounding = SHRUNK + 2 * len(trades) * units.max() / nav
        after = self.values()
        assert after / nav == pytest.approx(plan.apply(weights)[:, 0], abs=rounding)
        assert 1 - after.sum() / nav == pytest.approx(plan.lost[0], abs=rounding)
        assert self.share("slippageUsed") == pytest.approx(used + plan.lost[0], abs=rounding)
        self.last, self.used = self.chain.now(), self.share("slippageUsed")


@given(st.lists(STEPS, min_size=1, max_size=LENGTH), VENUES)
@settings(
    max_examples=max(ASKED // LENGTH, 300), deadline=None, derandomize=not ASKED, database=None
)
def test_the_policy_and_the_vault_say_the_same(
    deployed: tuple[Chain, Deployment],
    open_venue: Callable[..., str],
    steps: list[Step],
    venue: Venue,
) -> None:
    """Whatever governance sets and prices do, both agree on when, to where, how much and at what
    loss; and no plan has to be made smaller."""
    chain, deployment = deployed
    before = chain.snapshot()
    try:
        venue_at = open_venue(chain, deployment, venue.spread, venue.depths)
        twin = Twin(chain, deployment, venue, venue_at)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keeper, "_ATTEMPTS", 1)
            for step in steps:
                twin.take(step)
                twin.compare()
    finally:
        chain.revert(before)

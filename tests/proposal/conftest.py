"""A strategy, its registry state, a good proposal and its rendered files, for the tests here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dpo_gov.cli.context import Session
from dpo_gov.guardrails import RegistryState
from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.proposal.evidence import Evidence
from dpo_gov.proposal.facts import ChainFacts, Reliance
from dpo_gov.proposal.model import ProposalSpec
from dpo_gov.proposal.render import Draft, render
from dpo_gov.proposal.resolve import Resolved, resolve
from dpo_gov.proposal.source import parse_source

NOW = 1_795_219_200
DAY = 86_400
GOVERNOR = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
REGISTRY = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"
PRECONDITIONS = "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0"
VALIDATOR = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9"
RELIANCES = (
    Reliance(name="the registry", address=REGISTRY, code_hash=b"\x01" * 32),
    Reliance(name="the strategy's validator", address=VALIDATOR, code_hash=b"\x02" * 32),
)
TEXT = """\
version: 1
title: Trade less often and hold more of the base asset
strategy: core
author: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
discussion: https://forum.example/t/1
summary: |
  Hold 25 % of the base asset, and let the weights drift a little more.
motivation: |
  Each rebalance costs, and most of them undo noise.

  - A wider band trades less.
  - More of the base asset makes the worst days smaller.
changes:
  targetWeight[USDC]: {from: 20 %, to: 25 %}
  targetWeight[WETH]: {from: 45 %, to: 40 %}
  driftThreshold: {from: 5 %, to: 6 %}
window: {not_before: 2026-11-21T00:00:00Z, not_after: 2027-01-31T00:00:00Z}
simulation: {paths: 400, seed: 1, horizon: 30 d}
"""


@pytest.fixture(scope="session")
def state(layout: StrategyLayout) -> RegistryState:
    """The registry just after listing: every default, version 1."""
    values = ParamSet.defaults(layout).values
    return RegistryState(
        layout=layout,
        version=1,
        values=values,
        changed_at=dict.fromkeys(values, NOW - 30 * DAY),
        state_hash=bytes(32),
    )


@pytest.fixture(scope="session")
def text() -> str:
    """A good proposal.yaml."""
    return TEXT


@pytest.fixture(scope="session")
def parse() -> Callable[[str], ProposalSpec]:
    """Read the text of a proposal.yaml."""
    return lambda text: ProposalSpec.parse(parse_source(text.encode(), "proposal.yaml"))


@pytest.fixture(scope="session")
def spec(text: str, parse: Callable[[str], ProposalSpec]) -> ProposalSpec:
    """The good proposal."""
    return parse(text)


@pytest.fixture(scope="session")
def resolved(spec: ProposalSpec, state: RegistryState) -> Resolved:
    """The good proposal in stored units."""
    return resolve(spec, state)


@pytest.fixture(scope="session")
def facts() -> ChainFacts:
    """A chain on which governor, registry and preconditions are contracts."""
    return ChainFacts(
        chain_id=131277322940537,
        governor=GOVERNOR,
        registry=REGISTRY,
        preconditions=PRECONDITIONS,
        relies_on=RELIANCES,
        now=NOW,
        earliest=NOW + 9 * DAY,
        code_size={GOVERNOR: 20_000, REGISTRY: 15_000, PRECONDITIONS: 500},
        votes=10**24,
        threshold=10**21,
    )


@pytest.fixture(scope="session")
def report_bytes(resolved: Resolved) -> bytes:
    """The report.json of the good proposal, really simulated."""
    from dpo_gov import report
    from dpo_gov.market import default_market
    from dpo_gov.simulate import SimSpec

    size = SimSpec(paths=400, seed=1, horizon_days=30)
    return report.build(resolved.current, resolved.proposed, default_market(), size).to_bytes()


@pytest.fixture(scope="session")
def draft(spec: ProposalSpec, resolved: Resolved, report_bytes: bytes, facts: ChainFacts) -> Draft:
    """All that the good proposal's texts are made of."""
    return Draft(spec, resolved, Evidence.read(report_bytes), facts)


@pytest.fixture(scope="session")
def files(draft: Draft, report_bytes: bytes) -> dict[str, bytes]:
    """The good proposal's rendered files, without the page."""
    return {**render(draft), "report.json": report_bytes}


@pytest.fixture(scope="session")
def session() -> Session:
    """The demo's system on a chain in memory; a test that sends puts the chain back."""
    from dpo_gov import chain

    connected = chain.connect("embedded")
    return Session(connected, chain.deploy(connected))


@pytest.fixture(scope="session")
def vectors(vector_file: Callable[[str], Path]) -> Callable[[str], Any]:
    """Read a file of published test vectors."""
    return lambda name: json.loads(vector_file(name).read_bytes())

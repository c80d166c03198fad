"""A small study: the default market, few paths, a short time."""

import pytest

from dpo_gov.guardrails import RegistryState, listed
from dpo_gov.market import Market, default_market
from dpo_gov.params import ParamSet
from dpo_gov.simulate import SimSpec


@pytest.fixture(scope="session")
def market() -> Market:
    """The market that ships with the package."""
    return default_market()


@pytest.fixture
def small() -> SimSpec:
    """As few paths as have intervals, for forty days."""
    return SimSpec(paths=400, seed=7, horizon_days=40)


@pytest.fixture
def state(current: ParamSet) -> RegistryState:
    """The demo strategy, just listed."""
    return listed(current, 1, 1, "0x" + "00" * 20)

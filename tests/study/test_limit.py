"""The furthest value within a budget: its neighbour beyond is not, and intervals give two more."""

from collections.abc import Callable

import pytest

from dpo_gov.errors import CheckFailed, InputError
from dpo_gov.guardrails import RegistryState
from dpo_gov.market import Market
from dpo_gov.params import ParamSet
from dpo_gov.risk import Figure
from dpo_gov.simulate import SimSpec, simulate
from dpo_gov.study import Budget, find_limit, measure
from dpo_gov.study.vary import with_values


@pytest.fixture
def figure_at(current: ParamSet, market: Market, small: SimSpec) -> Callable[..., Figure]:
    """Gives a figure with a parameter at a value, from the simulation alone."""

    def find(name: str, at: int, figure: str) -> Figure:
        moved = with_values(current, {name: at})
        return measure(figure).figure(simulate(market, [current, moved], small)[1])

    return find


@pytest.fixture(
    params=[("targetWeight[WBTC]", "var_95<=22.5%"), ("driftThreshold", "tracking_error<=1%")]
)
def asked(request: pytest.FixtureRequest) -> tuple[str, Budget]:
    """A parameter and a budget."""
    name, risk = request.param
    return name, Budget.parse(risk)


def test_the_limit_is_exact(
    state: RegistryState,
    market: Market,
    small: SimSpec,
    asked: tuple[str, Budget],
    figure_at: Callable[..., Figure],
) -> None:
    """At the value the figure is within the budget, one stored unit further it is not.

    Likewise for the two ends of its interval, and the three come in their order.
    """
    name, budget = asked
    param = state.spec(name)
    found = find_limit(state, name, budget, market, small)
    assert found.sure is not None
    assert param.lower <= found.sure <= found.value <= found.possible <= param.upper
    for value, end in ((found.value, 0), (found.sure, 2), (found.possible, 1)):
        for at, within in ((value, True), (value + 1, False)):
            one = figure_at(name, at, budget.measure.name)
            assert ((one.estimate, one.low, one.high)[end] <= budget.value) is within
            assert found.looked_at[at] == one
    assert found.holes == tuple(
        at
        for at, one in found.looked_at.items()
        if at < found.value and one.estimate > budget.value
    )
    assert state.params.get(name) in found.looked_at


def test_where_all_is_within_it_is_the_legal_end(
    state: RegistryState, market: Market, small: SimSpec
) -> None:
    """The hard bound; or where a rule between parameters ends it: idle is below the base weight."""
    loose = Budget.parse("cost<=50%")
    found = find_limit(state, "driftThreshold", loose, market, small)
    assert found.value == found.sure == found.possible == 2_000
    found = find_limit(state, "minIdle", loose, market, small)
    assert found.value == state.params.get("targetWeight[USDC]")
    found = find_limit(state, "driftThreshold", loose, market, small, smallest=True)
    assert found.value == found.sure == found.possible == 25


def test_a_budget_may_be_a_floor(
    state: RegistryState, market: Market, small: SimSpec, figure_at: Callable[..., Figure]
) -> None:
    """At least so many rebalances: the largest threshold that still has two in the mean."""
    found = find_limit(state, "driftThreshold", Budget.parse("rebalances>=2"), market, small)
    at, beyond = (
        figure_at("driftThreshold", value, "rebalances").estimate
        for value in (found.value, found.value + 1)
    )
    assert at >= 2.0 > beyond


def test_without_any_value_the_answer_is_no(
    state: RegistryState, market: Market, small: SimSpec
) -> None:
    """The best that can be had is told."""
    with pytest.raises(CheckFailed, match="minIdle keeps cost within -100 %; the best is 0.00"):
        find_limit(state, "minIdle", Budget.parse("cost<=-1"), market, small)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cvar_99", "write FIGURE<=VALUE"),
        ("cvar_99<0.1", "write FIGURE<=VALUE"),
        ("cvar_99<=ten", "write FIGURE<=VALUE"),
        ("cvar_98<=10%", "is no figure of a report"),
        ("sharpe>=10%", "is a ratio, which has no percent"),
    ],
)
def test_what_is_no_budget_is_refused(text: str, message: str) -> None:
    """With how one is written."""
    with pytest.raises(InputError, match=message):
        Budget.parse(text)


def test_budgets_are_read() -> None:
    """Percent or a number, at most or at least, underscores or not."""
    assert Budget.parse("cvar99 <= 12%") == Budget(measure("cvar_99"), True, 0.12)
    assert Budget.parse("sharpe>=-0.5") == Budget(measure("sharpe"), False, -0.5)

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov.errors import ProposalError, RuleBroken, UnknownName
from dpo_gov.guardrails import RegistryState
from dpo_gov.params import Change, ParamSet, ParamSpec, StrategyLayout, catalogue
from dpo_gov.proposal.model import ProposalSpec
from dpo_gov.proposal.resolve import resolve

Parse = Callable[[str], ProposalSpec]
BAND = "  driftThreshold: {from: 5 %, to: 6 %}\n"
LAYOUT = StrategyLayout(
    name="core",
    assets=("USDC", "WBTC", "WETH"),
    weights=(2000, 3500, 4500),
    collaterals=("WETH",),
    venues=("aave-v3",),
)


def test_changes_are_ascending_with_whole_groups(spec: ProposalSpec, state: RegistryState) -> None:
    """The untouched weight of a coupled group is stated as a precondition."""
    resolved = resolve(spec, state)

    assert resolved.changes == (
        Change(key=0, old=2000, new=2500),
        Change(key=1, old=3500, new=3500),
        Change(key=2, old=4500, new=4000),
        Change(key=8, old=500, new=600),
    )
    assert [param.name for param, _ in resolved.writes] == [
        "targetWeight[USDC]",
        "targetWeight[WETH]",
        "driftThreshold",
    ]
    assert resolved.current.values == state.values
    assert resolved.proposed.get("driftThreshold") == 600


def test_a_member_of_a_changing_group_may_stay(
    text: str, parse: Parse, state: RegistryState
) -> None:
    """Writing out the weight that stays is allowed: it is a precondition of the group."""
    stated = text.replace(BAND, "  targetWeight[WBTC]: {from: 35 %, to: 35 %}\n")

    assert len(resolve(parse(stated), state).changes) == 3


def test_a_stale_value_is_refused(text: str, parse: Parse, state: RegistryState) -> None:
    """A proposal that starts from another value than the registry's names both."""
    with pytest.raises(RuleBroken) as caught:
        resolve(parse(text.replace("from: 5 %", "from: 4 %")), state)

    assert caught.value.rule == "StaleValue"
    assert caught.value.facts == {"key": 8, "stated": 400, "current": 500}
    assert "proposal.yaml:16: changes.driftThreshold.from" in str(caught.value)
    assert "given 4 %" in str(caught.value) and "holds 5 % at version 1" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  driftTreshold: {from: 5 %, to: 6 %}\n", "did you mean: driftThreshold"),
        ("  zzz: {from: 5 %, to: 6 %}\n", "is no parameter of strategy 'core'"),
        ("  driftThreshold: {from: 5 d, to: 6 d}\n", "driftThreshold.from: '5 d': unit"),
        ("  driftThreshold: {from: 5 %, to: 6.001 %}\n", "only whole ones are stored"),
        ("  driftThreshold: {from: 5 %, to: 500 bps}\n", "which changes nothing"),
    ],
)
def test_what_the_file_gets_wrong_is_an_input_error(
    text: str, parse: Parse, state: RegistryState, line: str, message: str
) -> None:
    """Unknown names, wrong units and lines without effect point at their line."""
    with pytest.raises(ProposalError) as caught:
        resolve(parse(text.replace(BAND, line)), state)

    assert message in str(caught.value)
    assert str(caught.value).startswith("proposal.yaml:16: changes.")


def test_the_state_of_another_strategy_is_refused(
    text: str, parse: Parse, state: RegistryState
) -> None:
    """A proposal is never resolved against the values of another strategy."""
    with pytest.raises(UnknownName, match=r"proposal.yaml:3: strategy: 'other'"):
        resolve(parse(text.replace("strategy: core", "strategy: other")), state)


@given(data=st.data(), param=st.sampled_from(catalogue(LAYOUT)))
def test_a_shown_value_is_read_back(data: st.DataObject, param: ParamSpec) -> None:
    """Whatever value a parameter may have, its printed form parses to the same integer."""
    value = data.draw(st.integers(param.lower, param.upper))

    assert param.parse(param.show(value)) == value


@given(
    st.dictionaries(
        st.sampled_from([spec for spec in catalogue(LAYOUT) if not spec.group]),
        st.floats(0, 1),
        min_size=1,
        max_size=6,
    )
)
def test_resolving_keeps_every_value(wishes: dict[ParamSpec, float]) -> None:
    """Texts drafted from any values resolve to exactly these values, and to no others."""
    values = ParamSet.defaults(LAYOUT).values
    new = {
        spec: spec.lower + int((spec.upper - spec.lower) * share) for spec, share in wishes.items()
    }
    new = {spec: value for spec, value in new.items() if value != values[spec.key]}
    if not new:
        return
    edits = {
        spec.name: {"from": spec.show(values[spec.key]), "to": spec.show(value)}
        for spec, value in new.items()
    }
    proposal = ProposalSpec.model_validate(
        {
            "version": "1",
            "title": "A title",
            "strategy": "core",
            "author": "0x" + "1" * 40,
            "summary": "x",
            "motivation": "y",
            "changes": edits,
            "window": {"not_before": "2026-11-21T00:00Z", "not_after": "2026-12-21T00:00Z"},
        }
    )
    state = RegistryState(
        layout=LAYOUT, version=1, values=values, changed_at={}, state_hash=bytes(32)
    )

    resolved = resolve(proposal, state)

    assert {c.key: c.new for c in resolved.changes} == {s.key: v for s, v in new.items()}

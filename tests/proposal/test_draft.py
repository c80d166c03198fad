from collections.abc import Callable
from dataclasses import replace

import pytest

from dpo_gov.errors import InputError, UnitError, UnknownName
from dpo_gov.guardrails import RegistryState
from dpo_gov.params import ParamSet
from dpo_gov.proposal.draft import Outline, draft, folder_name
from dpo_gov.proposal.model import ProposalSpec
from dpo_gov.proposal.resolve import resolve

Parse = Callable[[str], ProposalSpec]
AUTHOR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def outline(state: RegistryState, wishes: dict[str, str], **more: str) -> Outline:
    """What a draft is made of, with these wishes."""
    current = ParamSet(layout=state.layout, values=state.values)
    times = {"not_before": 1_795_219_200, "not_after": 1_801_353_600}
    return Outline(current=current, wishes=wishes, author=AUTHOR, **times, **more)


def test_a_draft_shows_the_bounds_of_today(state: RegistryState) -> None:
    """An author writes within the limits that hold now."""
    spec = state.spec("driftThreshold").model_copy(update={"maximum": 700})
    made = replace(outline(state, {"driftThreshold": "6 %"}), specs={spec.key: spec})
    assert "0.25 % to 7 %" in draft(made).decode()


def test_a_draft_is_a_proposal_from_the_values_that_hold(
    state: RegistryState, parse: Parse
) -> None:
    """What is drafted resolves against the same state, coupled parameters included."""
    wishes = {"targetWeight[USDC]": "25 %", "driftThreshold": "600 bps"}

    spec = parse(draft(outline(state, wishes, discussion="https://a.example/1")).decode())
    resolved = resolve(spec, state)

    assert list(spec.changes) == [
        "targetWeight[USDC]",
        "targetWeight[WBTC]",
        "targetWeight[WETH]",
        "driftThreshold",
    ]
    assert {param.name: change.new for param, change in resolved.writes} == {
        "targetWeight[USDC]": 2_500,
        "driftThreshold": 600,
    }
    assert (spec.window.not_before, spec.window.not_after) == (1_795_219_200, 1_801_353_600)
    assert spec.discussion == "https://a.example/1"


def test_every_other_parameter_stands_in_the_comments(state: RegistryState) -> None:
    """An author finds each name with its value, bounds and meaning."""
    text = draft(outline(state, {})).decode()

    for spec in ParamSet(layout=state.layout, values=state.values).specs.values():
        assert f"#  {spec.name}: {{from: {spec.show(state.values[spec.key])}" in text
    assert "changes: {}\n" in text


def test_a_title_cannot_leave_its_line(state: RegistryState, parse: Parse) -> None:
    """What is given on the command line is one YAML text, whatever signs it has."""
    spec = parse(
        draft(outline(state, {"driftThreshold": "6 %"}, title='Say "yes": a # b')).decode()
    )

    assert spec.title == 'Say "yes": a # b'


@pytest.mark.parametrize(
    ("wishes", "error", "message"),
    [
        ({"driftTreshold": "6 %"}, UnknownName, "did you mean: driftThreshold"),
        ({"driftThreshold": "6"}, UnitError, "--set driftThreshold: '6' is no value with a unit"),
        ({"driftThreshold": "500 bps"}, InputError, "is its value already"),
    ],
)
def test_a_wrong_wish_is_refused(
    state: RegistryState, wishes: dict[str, str], error: type[Exception], message: str
) -> None:
    """A draft never starts with a change that means nothing."""
    with pytest.raises(error) as caught:
        draft(outline(state, wishes))

    assert message in str(caught.value)


@pytest.mark.parametrize("slug", ["", "../x", "A", "a b", "a--b", "-a", "a/b", "x" * 61, "a\n"])
def test_a_slug_is_no_path(slug: str) -> None:
    """A folder's name cannot lead elsewhere."""
    with pytest.raises(InputError, match="slug"):
        folder_name(slug, "2026-11-21")


def test_a_slug_follows_the_date() -> None:
    """Folders sort by the day on which they were drafted."""
    assert folder_name("less-trading", "2026-11-21") == "2026-11-21-less-trading"

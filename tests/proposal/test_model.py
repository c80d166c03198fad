from collections.abc import Callable

import pytest

from dpo_gov.errors import ProposalError
from dpo_gov.proposal.model import ProposalSpec

Parse = Callable[[str], ProposalSpec]


def test_a_good_proposal_is_read(spec: ProposalSpec) -> None:
    """Every field arrives with its type: texts, times in Unix seconds, counts."""
    assert spec.title == "Trade less often and hold more of the base asset"
    assert spec.changes["driftThreshold"].old == "5 %"
    assert spec.changes["driftThreshold"].new == "6 %"
    assert (spec.window.not_before, spec.window.not_after) == (1_795_219_200, 1_801_353_600)
    assert (spec.simulation.paths, spec.simulation.seed, spec.simulation.horizon_days) == (
        400,
        1,
        30,
    )


def test_simulation_and_discussion_may_be_left_out(text: str, parse: Parse) -> None:
    """What has a default need not be written."""
    short = text.replace("discussion: https://forum.example/t/1\n", "")
    short = short[: short.index("simulation:")]

    spec = parse(short)

    assert spec.discussion is None
    assert spec.simulation.paths == 20_000


def test_an_address_without_checksum_gets_one(text: str, parse: Parse) -> None:
    """All lower case is the one other way to write an address."""
    spec = parse(
        text.replace(
            "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
            "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
        )
    )

    assert spec.author == "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def test_an_offset_from_utc_is_understood(text: str, parse: Parse) -> None:
    """A time zone that is written is kept to."""
    spec = parse(text.replace("2026-11-21T00:00:00Z", "2026-11-21T02:00+02:00"))

    assert spec.window.not_before == 1_795_219_200


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version: 1", "version: 2", ":1: version: given '2'; this program reads version 1"),
        ("to: 6 %", "too: 6 %", "changes.driftThreshold.too: is no field"),
        ("to: 6 %", "to: 6", "changes.driftThreshold.to: given '6'; write a number with its unit"),
        ("to: 6 %", "to: six %", "changes.driftThreshold.to: given 'six %'"),
        ("title: Trade", "title: Trade `", "which is markup"),
        ("strategy: core", "strategy: ../core", "strategy: given '../core'"),
        ("dc79C8", "dc79c8", "whose checksum is wrong"),
        ("https://forum.example/t/1", "javascript:alert(1)", "discussion: given"),
        ("  Hold 25", "  #proposer=0x Hold 25", "holds '#proposer='"),
        ("2027-01-31T00:00:00Z", "2027-01-31", "write a time in UTC"),
        ("2027-01-31T00:00:00Z", "2027-02-31T00:00:00Z", "write a time in UTC"),
        ("2027-01-31", "2026-01-31", "is not after not_before"),
        ("paths: 400", "paths: 399", "write a whole number from 400 to 1000000"),
        ("paths: 400", "paths: 1e6", "write a whole number"),
        ("seed: 1", "seed: -1", "write a whole number"),
        ("seed: 1", f"seed: {2**64}", "write a whole number"),
        ("horizon: 30 d", "horizon: 36 h", "write whole days"),
        ("horizon: 30 d", "horizon: 30", "no value with a unit"),
        ("simulation: {", "simulation: 5 #{", "write fields under it: paths, seed, horizon"),
    ],
)
def test_each_wrong_field_is_named(
    text: str, parse: Parse, old: str, new: str, message: str
) -> None:
    """A message names the place, what was given and what to write."""
    assert old in text
    with pytest.raises(ProposalError) as caught:
        parse(text.replace(old, new, 1))

    assert message in str(caught.value)
    assert str(caught.value).startswith("proposal.yaml:")


def test_all_wrong_fields_are_told_at_once(text: str, parse: Parse) -> None:
    """An author need not run the command once for every mistake."""
    with pytest.raises(ProposalError) as caught:
        parse(text.replace("version: 1", "version: 9").replace("to: 6 %", "to: 6"))

    assert len(str(caught.value).splitlines()) == 2

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov.params import Change, StrategyLayout, catalogue
from dpo_gov.proposal.abi import function
from dpo_gov.proposal.actions import (
    MAX_CALLDATA,
    MAX_NESTING,
    Action,
    decode,
    description_hash,
    proposal_id,
    require_code_action,
    set_params_action,
    show_time,
)

LAYOUT = StrategyLayout(
    name="core",
    assets=("USDC", "WBTC", "WETH"),
    weights=(2000, 3500, 4500),
    collaterals=("WETH",),
    venues=("aave-v3",),
)
REGISTRY = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"
HASH = bytes(range(32))


def call(changes: list[Change], **more: Any) -> Action:
    """A call of the registry with these changes."""
    given = {"window": (0, 2**40 - 1), "report_hash": HASH, "strategy_id": LAYOUT.strategy_id}
    return set_params_action(REGISTRY, changes=changes, **given | more)


def test_live_proposals_keep_their_ids(vectors: Callable[[str], Any]) -> None:
    """Published proposals of a live governor give their on-chain ids, and one that does not, not.

    The bytes that are stored for ep-6-40 are not those that were voted on; a tool must say so.
    """
    proposals = vectors("ens_proposals.json")["proposals"]
    assert {one["name"]: one["reproduces"] for one in proposals}["ep-6-40"] is False

    for one in proposals:
        actions = [
            Action(call["target"], int(call["value"]), bytes.fromhex(call["calldata"][2:]))
            for call in one["calls"]
        ]
        found = proposal_id(actions, one["description"].encode())
        assert (found == int(one["proposalId"])) is one["reproduces"], one["name"]


def test_every_byte_of_the_description_counts() -> None:
    """One line end more is another proposal."""
    actions = [call([Change(key=8, old=500, new=600)])]

    assert proposal_id(actions, b"# T") != proposal_id(actions, b"# T\n")
    assert description_hash(b"").hex().startswith("c5d2460186f7233c")


def test_a_change_is_said_in_words() -> None:
    """Calldata reads as the proposal does: names, units, dates, what stays."""
    found = decode(
        call(
            [Change(key=1, old=3500, new=3500), Change(key=8, old=500, new=600)],
            window=(1_795_219_200, 1_801_353_600),
        ).calldata,
        [LAYOUT],
    )

    lines = list(found.lines())
    assert lines[0] == "StrategyRegistry.setParams"
    assert "  strategyId: core" in lines
    assert "  notBefore: 2026-11-21T00:00:00Z" in lines
    assert "  reportHash: 0x" + HASH.hex() in lines
    assert "  targetWeight[WBTC] stays 35 %" in lines
    assert "  driftThreshold 5 % → 6 %" in lines


def test_a_precondition_is_said_in_words() -> None:
    """What a vote requires is a line for each contract; lists that differ are shown as they are."""
    action = require_code_action(REGISTRY, {REGISTRY: HASH})

    assert list(decode(action.calldata).lines()) == [
        "Preconditions.requireCode",
        f"  requires that the code of {REGISTRY} still hashes to 0x{HASH.hex()}",
    ]
    crooked = function("Preconditions", "requireCode").encode([[REGISTRY], []])
    assert list(decode(crooked).lines())[1:] == [f"  targets: [{REGISTRY}]", "  codeHashes: []"]


def test_without_a_layout_the_stored_numbers_are_shown() -> None:
    """A strategy that is not known gets no invented names or units."""
    (change,) = decode(call([Change(key=8, old=500, new=600)]).calldata).changes

    assert str(change) == "parameter 0x0008 500 (stored) → 600 (stored)"


def test_an_unknown_selector_is_called_unknown() -> None:
    """No guess is made about a contract that is not ours."""
    assert list(decode(bytes.fromhex("a6f9dae1") + bytes(32)).lines()) == [
        "unknown selector 0xa6f9dae1, 36 bytes"
    ]
    assert list(decode(b"").lines()) == ["a plain transfer"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: data[:-1], "do not decode"),
        (lambda data: data[:40], "do not decode"),
        (lambda data: data + bytes(32), "bytes beyond its arguments"),
        (lambda data: data + bytes(MAX_CALLDATA), "more than a transaction carries"),
        (lambda data: data[:4] + b"\xff" * (len(data) - 4), "do not decode"),
    ],
)
def test_crooked_calldata_is_not_half_read(change: Callable[[bytes], bytes], problem: str) -> None:
    """Calldata that two decoders could read differently is said to be unreadable."""
    found = decode(change(call([Change(key=8, old=500, new=600)]).calldata), [LAYOUT])

    assert problem in found.problem
    assert found.changes == ()


def test_the_calls_of_a_proposal_are_decoded_within_it() -> None:
    """What hides in a proposal or a batch is shown, down to a depth."""
    action = call([Change(key=8, old=500, new=600)])
    data = action.calldata
    propose = function("DpoGovernor", "propose")
    for _ in range(MAX_NESTING + 1):
        data = propose.encode([[REGISTRY], [0], [data], "# T"])

    text = "\n".join(decode(data, [LAYOUT]).lines())
    assert text.count("DpoGovernor.propose") == MAX_NESTING + 1
    assert "calls are nested too deep" in text

    one = decode(propose.encode([[REGISTRY], [0], [action.calldata], "# T"]), [LAYOUT])
    assert [str(change) for change in one.inner[0].changes] == ["driftThreshold 5 % → 6 %"]


ENTRIES = st.dictionaries(
    st.sampled_from(catalogue(LAYOUT)), st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=8
)


@given(entries=ENTRIES, window=st.tuples(st.integers(0, 2**40 - 1), st.integers(0, 2**40 - 1)))
def test_encoded_changes_decode_to_themselves(entries: dict[Any, Any], window: Any) -> None:
    """Every change and window survives the way into calldata and back."""
    changes = [
        Change(
            key=spec.key,
            old=spec.lower + int(a * (spec.upper - spec.lower)),
            new=spec.lower + int(b * (spec.upper - spec.lower)),
        )
        for spec, (a, b) in sorted(entries.items(), key=lambda item: item[0].key)
    ]

    found = decode(call(changes, window=window).calldata, [LAYOUT])

    assert found.problem == "" and found.strategy == "core"
    assert [(e["key"], e["from"], e["to"]) for e in found.arguments["changes"]] == [
        (c.key, c.old, c.new) for c in changes
    ]
    specs = {spec.key: spec for spec in catalogue(LAYOUT)}
    for named, change in zip(found.changes, changes, strict=True):
        assert specs[change.key].parse(named.old) == change.old
        assert specs[change.key].parse(named.new) == change.new
    assert (found.arguments["notBefore"], found.arguments["notAfter"]) == window


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_without_an_error(data: bytes) -> None:
    """Decoding never fails: it says what it can and cannot read."""
    prefixed = function("StrategyRegistry", "setParams").selector + data

    for calldata in (data, prefixed):
        assert list(decode(calldata, [LAYOUT]).lines())


def test_a_text_in_calldata_cannot_imitate_lines() -> None:
    """A description is shown as one quoted line: it cannot forge others or steer a terminal."""
    propose = function("DpoGovernor", "propose")
    text = "\x1b[2J# T\n  driftThreshold 5 % → 1 %"

    lines = list(decode(propose.encode([[], [], [], text])).lines())

    assert lines[-1] == "  description: '\\x1b[2J# T' and 1 more lines"


def test_times_beyond_the_calendar_are_shown_as_numbers() -> None:
    """A hostile time does not break the page that shows it."""
    assert show_time(1_795_219_200) == "2026-11-21T00:00:00Z"
    assert show_time(2**40 - 1) == "1099511627775 (never)"
    assert show_time(253_402_300_800) == "253402300800"


def test_calldata_that_blows_up_is_refused() -> None:
    """Many offsets that lead to the same bytes: 125 KB would be 120 MB of arguments."""
    count, size = 1_900, 60_000

    def word(number: int) -> bytes:
        return number.to_bytes(32, "big")

    texts = word(count) + word(count * 32) * count + word(size) + bytes(size)
    parts = (word(0), word(0), texts, word(0))
    heads, offset = b"", 32 * len(parts)
    for part in parts:
        heads, offset = heads + word(offset), offset + len(part)
    found = decode(function("DpoGovernor", "propose").selector + heads + b"".join(parts))

    assert found.function == "DpoGovernor.propose"
    assert "used again and again" in found.problem


def test_the_largest_honest_calldata_is_read() -> None:
    """The bound does not stop calldata that says everything once."""
    inner = call([Change(key=key, old=0, new=1) for key in range(300)]).calldata
    whole = function("DpoGovernor", "propose").encode([[REGISTRY] * 4, [0] * 4, [inner] * 4, "x"])

    assert 100_000 < len(whole) <= MAX_CALLDATA
    assert len(decode(whole).inner[3].arguments["changes"]) == 300

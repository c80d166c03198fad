from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

import pytest
from eth_abi import encode

from dpo_gov.chain import abi, words
from dpo_gov.chain.dev import CORE
from dpo_gov.chain.refusals import errors, explain, refusal, revert_data
from dpo_gov.chain.transport import RpcRefused
from dpo_gov.params import catalogue

DRIFT = next(spec for spec in catalogue(CORE) if spec.name == "driftThreshold")
SAMPLES: Mapping[str, Any] = {
    "address": "0x" + "11" * 20,
    "string": "text",
    "bytes32": (5).to_bytes(32, "big"),
    "bytes4": b"abcd",
    "bool": True,
}


def sample(part: Mapping[str, Any]) -> Any:
    """A value of an ABI type; keys are a real parameter's."""
    if str(part["name"]).lower().endswith("key"):
        return DRIFT.key
    return SAMPLES.get(str(part["type"]), 1_800_000_000 if part["type"] == "uint256" else 5)


def encoded(name: str, *args: object) -> bytes:
    """Revert data of a known error."""
    found = next(one for one in errors().values() if one["name"] == name)
    return abi.selector(found) + abi.pack(found["inputs"], args)


@pytest.mark.parametrize("found", errors().values(), ids=lambda found: str(found["name"]))
def test_every_error_is_said_in_words(found: abi.Abi) -> None:
    """Each custom error of our contracts and OpenZeppelin's decodes to a sentence about it."""
    data = abi.selector(found) + abi.pack(found["inputs"], [sample(one) for one in found["inputs"]])
    said = explain(data, [CORE])
    assert said.name == found["name"]
    assert said.name in words.SENTENCES, f"write a sentence for {abi.signature(found)}"
    assert "?" not in said.message and "{" not in said.message
    assert set(said.args) == {one["name"] for one in found["inputs"]}


def test_every_sentence_is_of_an_error() -> None:
    """No sentence is left for an error that is gone, or names an argument that it has not."""
    known: dict[str, set[str]] = {}
    for found in errors().values():
        labels = {str(one["name"]) for one in found["inputs"]}
        known[str(found["name"])] = known.get(str(found["name"]), set()) | labels
    assert set(words.SENTENCES) <= set(known)
    for name, sentence in words.SENTENCES.items():
        used = {label for _, label, _, _ in Formatter().parse(sentence) if label}
        assert used <= known[name], name


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("AboveMaximum", (DRIFT.key, 6000, 2000), "driftThreshold would be 60 %.*maximum of 20 %"),
        (
            "CoolingDown",
            (DRIFT.key, 1_800_000_000),
            "driftThreshold again from 2027-01-15T08:00:00Z",
        ),
        ("StaleValue", (DRIFT.key, 500, 600), "driftThreshold is 6 % by now, not 5 %"),
        ("StrategyUnknown", (b"other".ljust(32, b"\0"),), "no strategy other"),
        (
            "GovernorUnexpectedProposalState",
            (7, 1, (1 << 5).to_bytes(32, "big")),
            "is active.*queued",
        ),
        ("SlippageTooHigh", (0, 55, 50), r"lose 0\.55 %; it may lose 0\.5 %"),
        ("NavFell", (10**24, 99 * 10**22, 30), r"\$1,000,000\.00 to \$990,000\.00.*0\.3 %"),
        ("Dormant", (10**16, 5 * 10**16, 1_800_000_000), "drift of 1 %.*threshold of 5 %.*2027"),
        ("TimelockInsufficientDelay", (5, 172_800), "5 s is too short; at least 2 d"),
    ],
)
def test_arguments_are_shown_in_their_unit(
    name: str, args: tuple[object, ...], message: str
) -> None:
    """Values are in the unit of the parameter table, times are dates, states have names."""
    import re

    assert re.search(message, explain(encoded(name, *args), [CORE]).message)


def test_roles_have_names() -> None:
    """A missing role is named, not shown as a hash."""
    data = encoded(
        "AccessControlUnauthorizedAccount", SAMPLES["address"], words.role("KEEPER_ROLE")
    )
    assert "lacks the role KEEPER_ROLE" in explain(data).message


def test_unknown_parameters_keep_their_number() -> None:
    """Without the layout of the strategy a key is shown as it is stored."""
    said = explain(encoded("AboveMaximum", DRIFT.key, 6000, 2000))
    assert "parameter 0x0008 would be 6000" in said.message


def test_solidity_errors() -> None:
    """require with a text, and panics, are said as well."""
    text = bytes.fromhex("08c379a0") + encode(["string"], ["Governor: vote not currently active"])
    assert explain(text).message == "Governor: vote not currently active"
    panic = bytes.fromhex("4e487b71") + encode(["uint256"], [0x11])
    assert "range" in explain(panic).message


@pytest.mark.parametrize(
    "data",
    [
        b"\x01",
        bytes(4),
        bytes.fromhex("deadbeef"),
        bytes.fromhex("08c379a0"),
        bytes.fromhex("08c379a0") + b"\xff" * 64,
        encoded("AboveMaximum", DRIFT.key, 1, 2)[:-1],
        bytes.fromhex("deadbeef") + b"\xff" * 100_000,
    ],
)
def test_what_does_not_decode_is_said_too(data: bytes) -> None:
    """Revert data that nobody knows is shown, shortened, and never a failure of ours."""
    said = explain(data)
    assert said.name in ("", "Error")
    assert "0x" in said.message and len(said.message) < 160


@pytest.mark.parametrize(
    "found",
    [
        "0x1234abcd",
        "Reverted 0x1234abcd",
        {"data": "0x1234abcd"},
        {"code": 3, "data": {"data": "0x1234abcd"}},
        {"originalError": {"data": "0x1234abcd"}},
    ],
)
def test_nodes_put_revert_data_at_different_places(found: object) -> None:
    """The data is found wherever a node of the field has it."""
    assert revert_data(found).hex() == "1234abcd"


@pytest.mark.parametrize("found", [None, "", "0x", "reverted", 5, [], {}, {"data": None}])
def test_no_revert_data(found: object) -> None:
    """Where there is none, the node's own message is passed on."""
    said = refusal(RpcRefused(-32000, "out of gas", found))
    assert said.message == "the node says: out of gas"

import json
from collections.abc import Callable
from typing import Any

import pytest

from dpo_gov.errors import InputError
from dpo_gov.proposal import safe
from dpo_gov.proposal.actions import Action
from dpo_gov.proposal.strict_json import dump

SAFE = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
TARGET = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"


def made(**more: Any) -> dict[str, Any]:
    """A batch of one call."""
    action = Action(TARGET, 7, b"\x12\x34\x56\x78")
    return safe.batch(
        [action], chain_id=1, safe=SAFE, created_at=5, name="n", description="d", **more
    )


def test_the_published_checksum_is_reproduced(vectors: Callable[[str], Any]) -> None:
    """The builder's own test vector gives its published checksum."""
    vector = vectors("safe_batch_checksum.json")

    assert safe.checksum(vector["batch"]) == vector["checksum"]


def test_a_batch_is_read_back_with_its_checksum() -> None:
    """What is written is read as the same calls, and the checksum holds."""
    batch = safe.read(dump(made()), "b.json")

    assert batch.checksum_holds is True
    assert batch.actions == (Action(TARGET, 7, b"\x12\x34\x56\x78"),)


def test_the_name_is_not_under_the_checksum_but_all_else_is() -> None:
    """A batch may be renamed; an edited call is found."""
    renamed, edited = made(), made()
    renamed["meta"]["name"] = "another"
    edited["transactions"][0]["value"] = "8"

    assert safe.read(dump(renamed), "b.json").checksum_holds is True
    assert safe.read(dump(edited), "b.json").checksum_holds is False


def test_a_batch_without_checksum_is_said_to_have_none() -> None:
    """Older exports carry none, which is neither right nor wrong."""
    bare = made()
    del bare["meta"]["checksum"]

    assert safe.read(dump(bare), "b.json").checksum_holds is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"to": "0x12"}, "transactions.0.to: is no address"),
        ({"value": 7}, "transactions.0.value: must be text of digits"),
        ({"value": "-1"}, "transactions.0.value: must be text of digits"),
        ({"data": "0x123"}, "transactions.0.data: is not hexadecimal"),
        ({"data": None, "contractMethod": {"name": "f"}}, "names a method instead of data"),
    ],
)
def test_a_crooked_transaction_is_named(change: dict[str, Any], message: str) -> None:
    """The place in the file is in the message."""
    document = made()
    document["transactions"][0] |= change

    with pytest.raises(InputError, match=message):
        safe.read(json.dumps(document).encode(), "b.json")


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"transactions": 5, "meta": {}}', b'{"meta":{}}'])
def test_other_json_is_no_batch(data: bytes) -> None:
    """What has no transactions is not taken for an empty batch."""
    with pytest.raises(InputError, match="no Transaction Builder batch"):
        safe.read(data, "b.json")

"""The generator against the published known answers."""

import numpy as np
import pytest

from dpo_gov.canonical import philox4x32

# Random123, kat_vectors, philox4x32 with 10 rounds: counter, key, answer.
KNOWN = [
    ("0" * 32, "0" * 16, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("f" * 32, "f" * 16, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        "243f6a8885a308d313198a2e03707344",
        "a4093822299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def halves(text: str) -> list[int]:
    """Words of 32 bits from hex, in order."""
    return [int(text[place : place + 8], 16) for place in range(0, len(text), 8)]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter: str, key: str, answer: str) -> None:
    """The three vectors of the generator's authors come out."""
    words = [np.array([word], dtype=np.uint64) for word in halves(counter)]
    low, high = halves(key)
    given = philox4x32(*words, low | high << 32)
    assert [f"{int(word[0]):08x}" for word in given] == answer.split()


def test_broadcasting_changes_nothing() -> None:
    """A grid of counters gives what each counter gives alone."""
    rows, columns = np.arange(3, dtype=np.uint64)[:, None], np.arange(5, dtype=np.uint64)
    zero, lane = np.zeros((), dtype=np.uint64), np.array(7, dtype=np.uint64)
    grid = philox4x32(columns, lane, rows, zero, 99)
    for row in range(3):
        for column in range(5):
            one = philox4x32(columns[[column]], lane, rows[row], zero, 99)
            assert [int(word[row, column]) for word in grid] == [int(word[0]) for word in one]

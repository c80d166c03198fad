"""Series made on the spot."""

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV of daily closes, from 2020-01-01 on."""

    def write(closes: Sequence[object], name: str = "abc_usd.csv") -> Path:
        first = datetime.date(2020, 1, 1)
        lines = [
            f"{first + datetime.timedelta(days=day)},{close}" for day, close in enumerate(closes)
        ]
        path = tmp_path / name
        path.write_text("date,close\n" + "\n".join(lines) + "\n")
        return path

    return write

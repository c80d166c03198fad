"""Where the price series are, and series made on the spot."""

import datetime
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DPO_GOV_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture
def series_file() -> Callable[[str], Path]:
    """A file of the shared price series; the test is skipped, by name, where it is absent."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"{path} is absent; DPO_GOV_TEST_DATA names the folder of the series")
        return path

    return find


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

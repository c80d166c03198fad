"""Bare series of returns, in the shapes in which published data sets come."""

from pathlib import Path

import pytest

from dpo_gov.errors import DataError
from dpo_gov.market.returns import holds_closes, read_returns


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('"DEM2GBP"\n0.5\n-0.25\n1e-1\n', "DEM2GBP"),
        ("0.5\n-0.25\n0.1\n", "file.csv"),
        ('"","x"\n"1",0.5\n"2",-0.25\n"3",0.1\n', "x"),
        ('"x"\n"1" 0.5\n"2" -0.25\n"3" 0.1\n', "x"),
        ("date;return\n2020-01-01;0.5\n2020-01-02;-0.25\n2020-01-05;0.1\n", "return"),
        ("  0.5\n\n -0.25\n  0.1", "file.csv"),
    ],
)
def test_the_column_of_returns_is_found(text: str, name: str, tmp_path: Path) -> None:
    """With and without header, row numbers, dates, quotes: the same three returns."""
    path = tmp_path / "file.csv"
    path.write_text(text)
    found = read_returns(path)
    assert found.values.tolist() == [0.5, -0.25, 0.1]
    assert found.name == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("x\n", "holds 0 rows"),
        ("x,y\n0.1,0.2\n-0.1,0.4\n", "there are: x, y; keep one"),
        ("x\n0.1\nnan\n-1\n", "row 3: 'nan' is no return"),
        ("x\n0.1\n5%\n", "row 3: '5%' is no return"),
        ("x\n0.1\n0.1,0.2\n", "row 3: 2 columns"),
        ("x\n101.5\n102.5\n", "nearly all figures are above 0"),
        ("2020-01-01\n2020-01-02\n", "there are: none"),
    ],
)
def test_what_is_no_series_of_returns_is_refused(text: str, words: str, tmp_path: Path) -> None:
    """Each bad file is refused with its name and place."""
    path = tmp_path / "file.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=words):
        read_returns(path)


def test_closes_are_told_from_returns(tmp_path: Path) -> None:
    """A header with `close` makes prices; a file that is not there is named."""
    path = tmp_path / "file.csv"
    path.write_text("date,close\n2020-01-01,5\n")
    assert holds_closes(path)
    path.write_text("0.5\n")
    assert not holds_closes(path)
    with pytest.raises(DataError, match="cannot be read"):
        holds_closes(tmp_path / "none")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="UTF-8"):
        read_returns(path)

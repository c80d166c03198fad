"""Bare series of returns, in the shapes in which published data sets come."""

import gzip
from pathlib import Path

import pytest

from dpo_gov.errors import DataError
from dpo_gov.market.returns import holds_closes, read_returns

FORMS = {
    "a name": ('"DEM2GBP"\n0.5\n-0.25\n1e-1\n', "DEM2GBP", ()),
    "nothing but figures": ("0.5\n-0.25\n0.1\n", "file.csv", ()),
    "as R writes a frame": ('"","x"\n"1",0.5\n"2",-0.25\n"3",0.1\n', "x", ("column 1",)),
    "as R writes a table": ('"x"\n"1" 0.5\n"2" -0.25\n"3" 0.1\n', "x", ("column 1",)),
    "as R writes it where commas are points": (
        '"";"x"\n"1";0,5\n"2";-0,25\n"3";0,1\n',
        "x",
        ("column 1",),
    ),
    "a time series of R": (
        "rownames,time,value\n1,1,0.5\n2,2,-0.25\n3,3,0.1\n",
        "value",
        ("rownames", "time"),
    ),
    "rows from 0": (",x\n0,0.5\n1,-0.25\n2,0.1\n", "x", ("column 1",)),
    "tabs": ("n\tx\n1\t0.5\n2\t-0.25\n3\t0.1\n", "x", ("n",)),
    "dates": (
        "date;return\n2020-01-01;0.5\n2020-01-02;-0.25\n2020-01-05;0.1\n",
        "return",
        ("date",),
    ),
    "other dates": (
        "day,return\n01/02/84,0.5\n01/03/84,-0.25\n01/04/84,0.1\n",
        "return",
        ("day",),
    ),
    "flags": ("V1,V2\n0.5,0\n-0.25,1\n0.1,0\n", "V1", ("V2",)),
    "flags without names": ("  0.5  0\n -0.25  1\n 0.1  0\n", "file.csv", ("column 2",)),
    "an empty column": ("x;\n0.5;\n-0.25;\n0.1;\n", "x", ("column 2",)),
    "blanks and comments": ("# returns\n  0.5\n\n -0.25\n  0.1", "file.csv", ()),
    "other ends of lines and a mark": ("\ufeffx\r\n0.5\r\n-0.25\r\n0.1\r\n", "x", ()),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_the_column_of_returns_is_found(form: str, packed: bool, tmp_path: Path) -> None:
    """In whatever form published returns come, packed or not: the same three, in their unit."""
    text, name, passed_over = FORMS[form]
    path = tmp_path / "file.csv"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    found = read_returns(path)
    assert found.values.tolist() == [0.5, -0.25, 0.1]
    assert (found.name, found.passed_over) == (name, passed_over)


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
    path.write_text("Date,Close\n2020-01-01,5\n")
    assert holds_closes(path)
    with pytest.raises(DataError, match="cannot be read"):
        holds_closes(tmp_path / "none")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="text in UTF-16; save it as CSV in UTF-8"):
        read_returns(path)

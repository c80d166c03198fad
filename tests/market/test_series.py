"""Reading price series: what is read, and twenty kinds of bad data."""

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dpo_gov.errors import DataError
from dpo_gov.market.series import LEAST_ROWS, Series, log_returns, overlap, read_series

GOOD = [100.0 + day % 7 for day in range(LEAST_ROWS)]


def good_lines() -> list[str]:
    """The lines of a good file."""
    first = datetime.date(2020, 1, 1)
    rows = [f"{first + datetime.timedelta(days=day)},{close}" for day, close in enumerate(GOOD)]
    return ["date,close", *rows]


def test_a_good_file_is_read(write_csv: Callable[..., Path]) -> None:
    """Symbol and source come from the file's name, days and closes from its rows."""
    series = read_series(write_csv(GOOD))
    assert (series.symbol, series.source) == ("ABC", "abc_usd.csv")
    assert (str(series.first), str(series.last)) == ("2020-01-01", "2020-12-30")
    assert series.closes.tolist() == GOOD


def test_other_columns_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    """Files as spreadsheets write them are read: more columns, CRLF, a mark at the start."""
    path = tmp_path / "eth.csv"
    rows = [f"{line},1e9" if place else f"{line},volume" for place, line in enumerate(good_lines())]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    assert read_series(path).closes.tolist() == GOOD


# What is done to the good lines; the row that is named; words of the message.
BROKEN: dict[str, tuple[Callable[[list[str]], list[str]], str, str]] = {
    "empty file": (lambda x: [], "row 1", "no column date and close"),
    "no header": (lambda x: x[1:], "row 1", "no column date and close"),
    "other column": (lambda x: ["date,price", *x[1:]], "row 1", "no column close"),
    "too few rows": (lambda x: x[:100], "99 rows", f"at least {LEAST_ROWS}"),
    "no rows": (lambda x: x[:1], "0 rows", f"at least {LEAST_ROWS}"),
    "NaN": (lambda x: [*x[:5], "2020-01-05,NaN", *x[6:]], "row 6", "close is NaN"),
    "infinite": (lambda x: [*x[:5], "2020-01-05,inf", *x[6:]], "row 6", "close is inf"),
    "empty cell": (lambda x: [*x[:5], "2020-01-05,", *x[6:]], "row 6", "is no close"),
    "missing cell": (lambda x: [*x[:5], "2020-01-05", *x[6:]], "row 6", "is no close"),
    "words": (lambda x: [*x[:5], "2020-01-05,n/a", *x[6:]], "row 6", "'n/a' is no close"),
    "percentage": (lambda x: [*x[:5], "2020-01-05,1.5%", *x[6:]], "row 6", "a percentage"),
    "zero": (lambda x: [*x[:5], "2020-01-05,0", *x[6:]], "row 6", "above 0"),
    "returns": (lambda x: [*x[:5], "2020-01-05,-0.02", *x[6:]], "row 6", "are these returns?"),
    "gap": (lambda x: x[:5] + x[7:], "row 6", "2 day(s) missing between 2020-01-04 and"),
    "twice": (lambda x: [*x[:5], x[4], *x[5:]], "row 6", "2020-01-04 is there twice"),
    "unsorted": (lambda x: [x[0], *x[:0:-1]], "row 3", "sort the rows by date"),
    "US date": (lambda x: [*x[:5], "01/05/2020,100", *x[6:]], "row 6", "is no date"),
    "no such day": (lambda x: [*x[:5], "2020-02-30,100", *x[6:]], "row 6", "is no date"),
    "unit slip": (lambda x: [*x[:5], "2020-01-05,1.03", *x[6:]], "row 6", "a factor of 5"),
    "other unit": (lambda x: [*x[:5], "2020-01-05,103000", *x[6:]], "row 6", "a factor of 5"),
    "open quote": (lambda x: [*x[:5], '"2020-01-05,100', *x[6:]], "row", "is no"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_bad_data_is_named_and_refused(kind: str, tmp_path: Path) -> None:
    """Each kind of bad data gives one DataError with file, row and what is wrong."""
    spoil, place, words = BROKEN[kind]
    path = tmp_path / "btc.csv"
    path.write_text("\n".join(spoil(good_lines())) + "\n")
    with pytest.raises(DataError) as error:
        read_series(path)
    message = str(error.value)
    assert str(path) in message
    assert place in message
    assert words in message
    assert "\n" not in message


def test_a_file_that_is_no_text_or_not_there(tmp_path: Path) -> None:
    """Binary files, folders and missing files are refused by name."""
    binary = tmp_path / "btc.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (binary, tmp_path, tmp_path / "none.csv"):
        with pytest.raises(DataError, match=path.name):
            read_series(path)


def series(first: str, closes: list[float], symbol: str = "X") -> Series:
    """A series from a first day on."""
    return Series(symbol, "made", datetime.date.fromisoformat(first), np.array(closes))


def test_returns_are_those_of_the_shared_days() -> None:
    """Only the days that all series have count, each against its own day before."""
    a = series("2020-01-01", [1.0, 2.0, *([4.0] * 500)])
    b = series("2020-01-02", [10.0, 5.0, *([5.0] * 400)])
    returns = log_returns([a, b])
    assert returns.shape == (2, 401)
    assert returns[:, 0] == pytest.approx([np.log(2.0), np.log(0.5)])
    assert not returns[:, 1:].any()


def test_series_that_do_not_overlap_are_refused() -> None:
    """Too few shared days are refused, with the days that each series has."""
    a, b = series("2020-01-01", [1.0] * 400), series("2020-12-01", [1.0] * 400, "Y")
    with pytest.raises(DataError, match=r"share 65 days.*X 2020-01-01 … 2021-02-03; Y 2020-12-01"):
        overlap([a, b])
    with pytest.raises(DataError, match="share 0 days"):
        overlap([a, series("2030-01-01", [1.0] * 400)])


def test_the_series_give_their_published_figures(
    series_file: Callable[[str], Path],
) -> None:
    """Correlation and volatility since 2019 are near the published ones."""
    names = ("btc_usd_daily.csv", "eth_usd_daily.csv", "link_usd_daily.csv")
    returns = log_returns([read_series(series_file(name)) for name in names])
    assert returns.std(axis=1) * 365**0.5 == pytest.approx([0.636, 0.833, 1.096], rel=0.02)
    correlation = np.corrcoef(returns)
    assert correlation[1, 2] == pytest.approx(0.729, abs=0.03)

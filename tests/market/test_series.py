"""Reading price series: what is read, and what is taken of several. Bad data: test_bad_data.py."""

import datetime
import gzip
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
    """Files as spreadsheets write them are read: more columns, CRLF, a mark at the start, gzip."""
    path = tmp_path / "eth.csv"
    rows = [f"{line},1e9" if n else "Date, Close,volume" for n, line in enumerate(good_lines())]
    data = b"\xef\xbb\xbf" + "\r\n".join(rows).encode()
    path.write_bytes(data)
    assert read_series(path).closes.tolist() == GOOD
    path.write_bytes(gzip.compress(data))
    assert read_series(path).closes.tolist() == GOOD


def test_a_file_that_is_no_text_or_not_there(tmp_path: Path) -> None:
    """Binary files, folders and missing files are refused by name."""
    binary = tmp_path / "btc.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (binary, tmp_path, tmp_path / "none.csv"):
        with pytest.raises(DataError, match=path.name):
            read_series(path)


def test_today_is_the_last_day_that_may_be_there(write_csv: Callable[..., Path]) -> None:
    """What is in the future is a question to the clock that is given, so the answer is the same."""
    path = write_csv(GOOD)
    last = datetime.date(2020, 12, 30)
    assert read_series(path, today=last).last == last
    with pytest.raises(DataError, match="2020-12-30 is after today, 2020-12-29"):
        read_series(path, today=last - datetime.timedelta(days=1))


def test_a_name_that_is_no_symbol(tmp_path: Path) -> None:
    """Where the file's name begins with no symbol, one is asked for."""
    path = tmp_path / "2020 closes.csv"
    path.write_text("\n".join(good_lines()))
    with pytest.raises(DataError, match="'2020 CLOSES' is no name of an asset; write SYMBOL="):
        read_series(path)
    assert read_series(path, "ABC").symbol == "ABC"


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

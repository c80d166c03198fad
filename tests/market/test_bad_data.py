"""Bad data, kind by kind, as a person meets it: `dpo-gov market` names, places and refuses it.

What may be repaired is, but only by the flag for it, and the market then says so for ever.
"""

import copy
import datetime
import gzip
import inspect
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import ValidationError

from dpo_gov.cli import main
from dpo_gov.market import Market, default_market
from dpo_gov.market.model import Garch, History
from dpo_gov.market.series import LEAST_ROWS

FIRST, DAYS = datetime.date(2020, 1, 1), LEAST_ROWS + 10
CLOSES = [10_000.0 * (1.0 + 0.03 * math.sin(1.7 * n * n)) for n in range(DAYS)]


def lines_of(closes: list[float] = CLOSES, first: datetime.date = FIRST) -> list[str]:
    """The lines of a file: a header and a close a day; row n of the file is line n − 1 here."""
    days = (first + datetime.timedelta(days=n) for n in range(len(closes)))
    return ["date,close", *(f"{day},{close:.6f}" for day, close in zip(days, closes, strict=True))]


def row(number: int, text: str) -> Callable[[list[str]], list[str]]:
    """Puts a text in place of a row."""
    return lambda lines: [*lines[: number - 1], text, *lines[number:]]


def close(text: str) -> Callable[[list[str]], list[str]]:
    """Puts a text in place of the close in row 6, of 2020-01-05."""
    return row(6, f"2020-01-05,{text}")


def scaled(by: Callable[[float], float]) -> Callable[[list[str]], list[str]]:
    """All closes in another unit."""
    return lambda _: lines_of([by(one) for one in CLOSES])


@dataclass(frozen=True)
class Kind:
    """What is done to a good file; where and how it is refused; the flag that repairs it, if any.

    `mended`: the words that the market then keeps.
    """

    spoil: Callable[[list[str]], list[str] | bytes]
    words: tuple[str, ...]
    flag: str = ""
    mended: str = ""


ROW_6 = "btc.csv, row 6"
KINDS = {
    "NaN": Kind(close("NaN"), (ROW_6, "no close ('NaN')"), "--fill-gaps", "2020-01-05"),
    "empty cell": Kind(close(""), (ROW_6, "no close ('')"), "--fill-gaps", "2020-01-05"),
    "n/a": Kind(close("n/a"), (ROW_6, "no close ('n/a')"), "--fill-gaps", "2020-01-05"),
    "missing cell": Kind(row(6, "2020-01-05"), (ROW_6, "no close"), "--fill-gaps", "2020-01-05"),
    "infinite": Kind(close("-inf"), (ROW_6, "the close is -inf", "give that of the day")),
    "too large a number": Kind(close("1e999"), (ROW_6, "larger than any")),
    "gap": Kind(
        lambda x: x[:5] + x[7:],
        (ROW_6, "2 day(s) missing between 2020-01-04 and 2020-01-07"),
        "--fill-gaps",
        "gaps filled with the close before: 2020-01-05, 2020-01-06",
    ),
    "long gap": Kind(lambda x: x[:5] + x[14:], (ROW_6, "9 day(s) missing")),
    "the same day twice": Kind(
        lambda x: [*x[:5], "2020-01-04,10001", *x[5:]],
        (ROW_6, "2020-01-04 is there twice, in row 5"),
        "--drop-duplicates",
        "of days given twice the last kept: 2020-01-04",
    ),
    "unsorted": Kind(
        lambda x: [x[0], *x[:0:-1]],
        ("btc.csv, row 3", "comes after"),
        "--sort",
        "rows sorted by date",
    ),
    "future": Kind(
        lambda x: [*x, "2999-12-31,10000"],
        (f"row {DAYS + 2}", "2999-12-31 is after today", "(UTC)"),
        "--drop-future",
        "days to come left out: 2999-12-31",
    ),
    "percent for fraction": Kind(close("1.5%"), (ROW_6, "a percentage is no close")),
    "returns for prices": Kind(close("-0.02"), (ROW_6, "-0.02", "are these returns?")),
    "zero": Kind(close("0"), (ROW_6, "the close is 0; prices are above 0")),
    "cents": Kind(scaled(lambda x: 1_000 * x), ("btc.csv: closes as high as", "in cents?")),
    "logarithms": Kind(scaled(math.log), ("btc.csv: moves by 0.33 %", "logarithms of prices")),
    "another unit from a day on": Kind(
        lambda x: x[:100] + lines_of([100 * one for one in CLOSES])[100:],
        ("row 101", "on 2020-04-09", "a factor of 5"),
        "--keep-outliers",
        "moves beyond belief kept: 2020-04-09",
    ),
    "slip of the hand, × 10": Kind(
        close("100100"),
        (ROW_6, "on 2020-01-05", "to 100100 and back", "decimal point"),
        "--keep-outliers",
        "moves beyond belief kept: 2020-01-05",
    ),
    "slip of the hand, ÷ 3": Kind(close("3300"), (ROW_6, "to 3300 and back the next day")),
    "text": Kind(close("ten"), (ROW_6, "'ten' is no close", "write a number")),
    "sign of a currency": Kind(close("$10000"), (ROW_6, "'$10000' is no close")),
    "thousands separator": Kind(close('"10,000.5"'), (ROW_6, "'10,000.5' is no close")),
    "decimal comma": Kind(close("10000,5"), (ROW_6, "3 cells under 2 names", "decimal comma")),
    "digits of another script": Kind(close("١٢٣"), (ROW_6, "is no close")),
    "other form of date": Kind(row(6, "01/05/2020,1"), (ROW_6, "'01/05/2020' is no date")),
    "no such day": Kind(row(6, "2020-02-30,1"), (ROW_6, "'2020-02-30' is no date")),
    "time of day and zone": Kind(
        row(6, "2020-01-05T00:00:00+09:00,1"), (ROW_6, "has a time of day", "in UTC")
    ),
    "no such column": Kind(
        lambda x: ["date,price", *x[1:]], ("row 1", "no column close", "'date, price'")
    ),
    "column twice": Kind(lambda x: ["date,close,close", *x[1:]], ("row 1", "close is there twice")),
    "no header": Kind(lambda x: x[1:], ("row 1", "no column date and close")),
    "empty file": Kind(lambda _: b"", ("btc.csv: is empty",)),
    "only a header": Kind(lambda x: x[:1], ("0 rows; at least 365",)),
    "too few rows": Kind(lambda x: x[:100], ("99 rows; at least 365",)),
    "semicolons": Kind(
        lambda x: [one.replace(",", ";") for one in x], ("row 1", "separated by semicolons")
    ),
    "open quote": Kind(row(6, '"2020-01-05,1'), ("btc.csv, row", "is no CSV")),
    "UTF-16": Kind(lambda x: "\n".join(x).encode("utf-16"), ("is text in UTF-16", "save it")),
    "Latin-1": Kind(
        lambda x: "\n".join(row(6, "2020-01-05,1 \u00a3")(x)).encode("latin-1"),
        (ROW_6, "byte 0xa3", "save the file"),
    ),
    "a spreadsheet": Kind(lambda _: b"PK\x03\x04" + bytes(99), ("a ZIP file or a spreadsheet",)),
    "half a gzip file": Kind(
        lambda x: gzip.compress("\n".join(x).encode())[:-99], ("gzip", "fetch it again")
    ),
    "constant": Kind(scaled(lambda _: 7.0), ("btc.csv: moves by 0.00 %",)),
}


def run(*arguments: str | Path) -> Result:
    """`dpo-gov market` with what it prints and what it tells the person, apart."""
    apart = "mix_stderr" in inspect.signature(CliRunner).parameters  # click before 8.2
    options: dict[str, Any] = {"mix_stderr": False} if apart else {}
    return CliRunner(**options).invoke(main, ["market", *map(str, arguments)])


def spoilt(kind: Kind, folder: Path) -> Path:
    """A file of that kind."""
    content = kind.spoil(lines_of())
    path = folder / "btc.csv"
    text = content if isinstance(content, bytes) else "\n".join(content).encode() + b"\n"
    path.write_bytes(text)
    return path


def refused(done: Result, folder: Path, before: set[Path], words: tuple[str, ...]) -> None:
    """One message of one line with all of that, exit code 2, and no file that was not there."""
    assert done.exit_code == 2, done.output
    assert {*folder.iterdir()} == before
    message = done.stderr
    assert "Traceback" not in message and done.stdout == ""
    assert message.startswith("Error: ") and message.strip().count("\n") == 0
    for one in words:
        assert one in message, message


@pytest.mark.parametrize("name", KINDS)
def test_bad_series_are_named_placed_and_refused(name: str, tmp_path: Path) -> None:
    """Of each kind: what, in which file and row, and what to do; nothing is written."""
    path = spoilt(KINDS[name], tmp_path)
    before = {*tmp_path.iterdir()}
    done = run("fit", "--model", "gbm", path, "--out", tmp_path / "market.json")
    refused(done, tmp_path, before, KINDS[name].words)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.flag])
def test_repairs_are_asked_for_and_shown(name: str, tmp_path: Path) -> None:
    """The flag that the message names mends it; the market and what is shown of it say so."""
    kind, out = KINDS[name], tmp_path / "market.json"
    path = spoilt(kind, tmp_path)
    assert kind.flag in run("fit", "--model", "gbm", path).stderr
    done = run("fit", "--model", "gbm", path, kind.flag, "--out", out)
    assert done.exit_code == 0, done.output
    assert kind.mended in done.stderr
    market = Market.load(out)
    (source,) = market.sources
    assert any(kind.mended in repair for repair in source.repairs)
    (told,) = (text for text in market.assumptions() if "mended on request" in text)
    assert kind.mended in told
    assert told in run("show", out).stdout
    others = {one.flag for one in KINDS.values() if one.flag} - {kind.flag}
    still = run("fit", "--model", "gbm", path, *sorted(others), "--json")
    assert still.exit_code == 2 and json.loads(still.stderr)["kind"] == "DataError"


def test_a_good_series_needs_no_repair_and_has_none(tmp_path: Path) -> None:
    """All flags together change nothing of a good file: the market is the same to the bit."""
    path = tmp_path / "btc.csv"
    path.write_text("\n".join(lines_of()))
    flags = sorted({kind.flag for kind in KINDS.values() if kind.flag})
    assert len(flags) == 5
    for out, given in (("a.json", ()), ("b.json", flags)):
        asked = ("fit", "--model", "gbm", "--name", "one", path, *given, "--out", tmp_path / out)
        assert run(*asked).exit_code == 0
    one, other = ((tmp_path / name).read_bytes() for name in ("a.json", "b.json"))
    assert one == other and b"repairs" not in one


def test_a_long_gap_is_not_filled(tmp_path: Path) -> None:
    """More than a week in a row is refused with the flag, too."""
    path = spoilt(KINDS["long gap"], tmp_path)
    done = run("fit", path, "--fill-gaps")
    assert done.exit_code == 2 and "9 days without a close up to 2020-01-14" in done.stderr


PAIRS: dict[str, tuple[list[str], list[str], tuple[str, ...]]] = {
    "no common days": (
        lines_of(),
        lines_of(first=datetime.date(2022, 1, 1)),
        ("share 0 days", "BTC 2020-01-01", "B 2022-01-01"),
    ),
    "one series twice": (lines_of(), lines_of([3 * one for one in CLOSES]), ("B and BTC move",)),
    "one constant": (lines_of(), lines_of([7.0] * DAYS), ("B: the closes hardly move",)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_series_that_do_not_go_together(name: str, tmp_path: Path) -> None:
    """Each is good alone, but not with the other."""
    for file, lines in zip(("btc.csv", "b.csv"), PAIRS[name][:2], strict=True):
        (tmp_path / file).write_text("\n".join(lines))
    files, before = (tmp_path / "b.csv", tmp_path / "btc.csv"), {*tmp_path.iterdir()}
    done = run("fit", "--model", "gbm", *files, "--out", tmp_path / "market.json")
    refused(done, tmp_path, before, PAIRS[name][2])


@pytest.mark.parametrize("command", ["fit", "compare"])
def test_an_asset_given_twice(command: str, tmp_path: Path) -> None:
    """Two series of one asset are refused by fit and by compare."""
    path = tmp_path / "btc.csv"
    path.write_text("\n".join(lines_of()))
    refused(run(command, path, path), tmp_path, {path}, ("given are BTC, BTC; leave one out",))


MATRIX = "regimes.0.correlation"
FIGURES: dict[str, tuple[str, object, tuple[str, ...]]] = {
    "not symmetric": (f"{MATRIX}.0.1", 0.1, ("calm.correlation is not symmetric", "0.1")),
    "not positive": (
        MATRIX,
        [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]],
        ("calm.correlation", "cannot hold together"),
    ),
    "beyond 1": (f"{MATRIX}.0.1", 1.2, ("calm.correlation.1.0", "beyond ±1")),
    "diagonal": (f"{MATRIX}.1.1", 0.9, ("calm.correlation", "diagonal that is not 1")),
    "not square": (MATRIX, [[1.0, 0.5], [0.5, 1.0]], ("calm.correlation is not 3 by 3",)),
    "transition": ("transition.0", [0.9, 0.2], ("transition row 0", "sum 1.1", "sum 1 are needed")),
    "negative volatility": ("regimes.0.volatility.0", -0.1, ("volatility.0 is -0.1", "equal to 0")),
    "volatility in percent": ("regimes.0.volatility.0", 3.5, ("is 3.5", "3 % is 0.03")),
    "probability in percent": ("common_jump.probability", 5.0, ("probability is 5.0", "0.03")),
    "spread in percent": ("venue.half_spread", 50.0, ("half_spread is 50.0", "0.03")),
    "depth without end": ("venue.depth.0", math.inf, ("venue.depth.0 is inf", "finite")),
    "gas without end": ("gas.median.1", math.inf, ("gas.median.1 is inf", "finite")),
    "gas of a deviation that no number holds": (
        "gas.deviation",
        800.0,
        ("gas.deviation is 800.0", "equal to 10"),
    ),
    "hidden text": (
        "drift_assumption",
        "none \u202etxet",
        ("drift_assumption is", "U+202E RIGHT-TO-LEFT OVERRIDE", "delete it"),
    ),
    "more rows than a number holds": ("sources.0.rows", 2**60, ("sources.0.rows is", "less than")),
    "NaN": ("regimes.0.drift.0", math.nan, ("regimes.0.drift.0 is nan", "finite")),
    "text for a number": ("assets.0.price", "7", ("assets.0.price is '7'", "valid number")),
    "price of zero": ("assets.0.price", 0, ("assets.0.price is 0", "greater than 0")),
    "unknown field": ("nonsense", 1, ("nonsense is 1", "not permitted")),
    "missing figures": ("regimes.0.drift", [0.0], ("calm.drift has 1 figures, 3 are needed",)),
}


@pytest.mark.parametrize("name", FIGURES)
def test_markets_that_cannot_be(name: str, tmp_path: Path) -> None:
    """A market's file is refused with the place in it, what was given and what is allowed."""
    path, value, words = FIGURES[name]
    figures: Any = default_market().model_dump(mode="json")
    *above, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = figures
    for part in above:
        place = place[part]
    place[last] = value
    file = tmp_path / "market.json"
    file.write_text(json.dumps(figures))
    refused(run("show", file), tmp_path, {file}, ("market.json: ", *words))


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of each number and text in a market's file."""
    if isinstance(data, dict | list):
        parts = data.items() if isinstance(data, dict) else enumerate(data)
        for key, part in parts:
            yield from places(part, (*path, key))
    elif isinstance(data, float | str):
        yield path


def put(data: Any, path: tuple[str | int, ...], value: object) -> Any:
    """A market's figures with another value at one place."""
    data = copy.deepcopy(data)
    place = data
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return data


def every_part() -> Any:
    """Figures of a market that has all there can be, so that no field is left out below."""
    data: Any = default_market(conditions=True).model_dump(mode="json")
    count = len(data["assets"])
    data["oracle"] = {"deviation": [0.005] * count, "delay": 60.0, "assumption": "assumed"}
    data["venue"]["thinning"] = 1.0
    one = Market.model_validate_json(json.dumps(data))  # as it is, it is good
    assert one.oracle and one.conditions
    return data


def test_no_figure_of_a_market_may_be_infinite() -> None:
    """Each number of each part of a market, as each infinity and NaN, is refused at its place."""
    data = every_part()
    data["assets"][0]["garch"] = Garch(alpha=0.1, beta=0.8).model_dump()
    data["history"] = History(first="2020", assets=("BTC",), returns=((0.0,),), block=2.0)
    data["history"] = data["history"].model_dump(mode="json")
    found = 0
    for path in places(data):
        if isinstance(at(data, path), float):
            for value in (math.inf, -math.inf, math.nan):
                with pytest.raises(ValidationError) as error:
                    Market.model_validate_json(json.dumps(put(data, path, value)), strict=True)
                problem = error.value.errors()[0]
                assert problem["loc"] == path and "finite" in problem["msg"], path
                found += 1
    assert found > 3 * 100


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    """What is at one place."""
    for part in path:
        data = data[part]
    return data


def test_no_text_of_a_market_may_hide_anything() -> None:
    """Each text of each part with a character that turns, hides or steers is refused."""
    data = every_part()
    texts = [path for path in places(data) if isinstance(at(data, path), str)]
    assert ("drift_assumption",) in texts and len(texts) > 20
    for path in texts:
        for hidden in "\u202e\u200b\x1b\n":
            spoilt = put(data, path, at(data, path) + hidden)
            with pytest.raises(ValidationError, match=f"character U\\+{ord(hidden):04X}"):
                Market.model_validate_json(json.dumps(spoilt), strict=True)


def test_an_infinity_is_never_hashed_as_nothing() -> None:
    """A figure that got in past the checks is not written as null: there are no bytes at all."""
    market = default_market()
    venue = market.venue.model_copy(update={"depth": (math.inf,) * 3})
    with pytest.raises(ValueError, match="inf"):
        market.model_copy(update={"venue": venue}).hash()


def test_a_file_with_a_name_that_hides_is_refused(tmp_path: Path) -> None:
    """The name of a series' file goes into the market, so that it must be one that all can see."""
    path = tmp_path / "btc_\u202evsc.csv"
    path.write_text("\n".join(lines_of()))
    done = run("fit", "--model", "gbm", path)
    refused(done, tmp_path, {path}, ("invisible character U+202E", "rename the file"))


def test_a_figure_given_twice(tmp_path: Path) -> None:
    """Of two figures of one name neither is chosen."""
    file = tmp_path / "market.json"
    file.write_text(default_market().model_dump_json()[:-1] + ', "name": "other"}')
    refused(run("show", file), tmp_path, {file}, ("name is given twice in one object",))

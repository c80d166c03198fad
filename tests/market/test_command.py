"""`dpo-gov market fit` and `show`, as a person runs them."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dpo_gov.cli import main
from dpo_gov.cli.market import GARCH, HISTORY, MODELS
from dpo_gov.market import Market, Sampler, default_market, reading
from dpo_gov.market.fit import SHAPES


def run(*arguments: str | Path) -> Result:
    """The command with its output."""
    return CliRunner().invoke(main, ["market", *map(str, arguments)])


@pytest.fixture
def csv_files(write_csv: Callable[..., Path]) -> tuple[Path, Path]:
    """Two files of 500 days, drawn from the default market."""
    drawn = Sampler(default_market(), 1, np.arange(1)).days(500)
    closes = 1_000.0 * np.cumprod([day.growth[:2, 0] for day in drawn], axis=0)
    return write_csv(closes[:, 0], "btc_usd.csv"), write_csv(closes[:, 1], "second.csv")


def test_fit_compares_and_writes(csv_files: tuple[Path, Path], tmp_path: Path) -> None:
    """A fit prints data against simulation, writes a market, and `show` reads it back."""
    btc, second = csv_files
    out = tmp_path / "market.json"
    done = run("fit", btc, f"eth={second}", "--source", "ETH=a test", "--out", out)
    assert done.exit_code == 0, done.output
    assert "BTC yearly volatility" in done.output
    assert "BTC–ETH correlation" in done.output
    assert "market 'market'" in done.output and "simple returns" in done.output
    market = Market.load(out)
    assert [asset.symbol for asset in market.assets] == ["BTC", "ETH", "STABLE"]
    assert [source.name for source in market.sources] == ["btc_usd.csv", "a test"]
    shown = run("show", out, "--json")
    assert json.loads(shown.output)["market_sha256"] == market.hash()


def test_fit_writes_nothing_unasked(csv_files: tuple[Path, Path], tmp_path: Path) -> None:
    """Without --out no file appears; --json carries the market itself."""
    before = set(tmp_path.iterdir())
    done = run("fit", csv_files[0], "--json")
    assert done.exit_code == 0, done.output
    data, _ = json.JSONDecoder().raw_decode(done.output)  # a note follows, on stderr
    assert Market.model_validate(data["market"]).hash() == data["market_sha256"]
    assert len(data["comparison"]) == 3
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("model", ["gbm", "t", "merton"])
def test_plainer_models(csv_files: tuple[Path, Path], model: str) -> None:
    """--model takes each name, and gives a market that is not the whole one."""
    done = run("fit", "--model", model, *csv_files, "--json")
    assert done.exit_code == 0, done.output
    data, _ = json.JSONDecoder().raw_decode(done.output)
    market = Market.model_validate(data["market"])
    assert market.name == model
    assert {*MODELS} == {*SHAPES, *GARCH, *HISTORY}
    assert len(market.regimes) == 1
    assert (market.degrees is None) == (model in ("gbm", "merton"))


def test_history_again(csv_files: tuple[Path, Path], tmp_path: Path) -> None:
    """Bootstrap and replay say which days they take; a window is shown as it was."""
    out = tmp_path / "market.json"
    done = run("fit", "--model", "bootstrap", "--block", "20", *csv_files)
    assert done.exit_code == 0, done.output
    assert "20.0 d" in done.output and "any day" in done.output
    window = ("--window", "2020-03-01:2020-04-30")
    done = run("fit", "--model", "replay", *window, *csv_files, "--out", out)
    assert done.exit_code == 0, done.output
    assert Market.load(out).history is not None
    shown = run("show", out)
    assert "2020-03-02" in shown.output and "the first" in shown.output
    for arguments, words in (
        (("--window", "2020-03-01"), "write FROM:TO"),
        (("--window", "2020-03-01:2031-01-01"), "the series have 2020-01-01"),
        (("--block", "3"), "--block is of --model bootstrap, not of replay"),
    ):
        refused = run("fit", "--model", "replay", *arguments, csv_files[0])
        assert refused.exit_code == 2 and words in refused.output


def test_garch_of_closes(csv_files: tuple[Path, Path], tmp_path: Path) -> None:
    """--model gjr shows estimates by asset, and writes a market that `show` reads back."""
    btc, second = csv_files
    out = tmp_path / "market.json"
    done = run("fit", "--model", "gjr", "--from-today", btc, f"eth={second}", "--out", out)
    assert done.exit_code == 0, done.output
    for words in ("gamma", "half-life", "no clusters left", "BTC–ETH correlation"):
        assert words in done.output
    market = Market.load(out)
    assert [asset.garch is None for asset in market.assets] == [False, False, True]
    shown = run("show", out)
    assert shown.exit_code == 0 and "variance follows the days" in shown.output


def test_garch_of_bare_returns(tmp_path: Path) -> None:
    """A file of returns gives estimates in its unit and no market; --out is refused."""
    random = np.random.default_rng(1)
    h, lines = 1.0, ["r"]
    for _ in range(1_500):
        e = h**0.5 * random.standard_normal()
        h = 0.1 + 0.1 * e * e + 0.8 * h
        lines.append(f"{e:.6f}")
    path = tmp_path / "returns.csv"
    path.write_text("\n".join(lines))
    done = run("fit", "--model", "garch", path, "--json")
    assert done.exit_code == 0, done.output
    data, _ = json.JSONDecoder().raw_decode(done.output)
    estimates = data["garch"]["r"]["estimates"]
    assert estimates["alpha"]["value"] == pytest.approx(0.1, abs=0.08)
    assert estimates["beta"]["error"] > 0.0
    assert data["market"] is None
    refused = run("fit", "--model", "garch", path, "--out", tmp_path / "x.json")
    assert refused.exit_code == 2 and "give closes" in refused.output
    flags = ("--conditions", "--sort", "--drift", "sample")
    refused = run("fit", "--model", "garch", path, *flags)
    assert refused.exit_code == 2 and "--conditions, --drift, --sort: a market" in refused.output
    refused = run("fit", "--from-today", path)
    assert refused.exit_code == 2 and "--from-today" in refused.output


def test_bad_input_ends_with_2_and_writes_nothing(
    csv_files: tuple[Path, Path], tmp_path: Path
) -> None:
    """A bad file, an unknown source and a bad flag: one message, exit code 2, no file."""
    (tmp_path / "bad.csv").write_text("date,close\n2020-01-01,-1\n")
    out = tmp_path / "out.json"
    for arguments, words in (
        ((tmp_path / "bad.csv",), "row 2: the close is -1"),
        ((csv_files[0], tmp_path / "bad.csv"), "bad.csv, row 2"),
        ((csv_files[0], "--source", "ETH=x"), "--source names ETH"),
        ((csv_files[0], "--source", "nothing"), "write SYMBOL=TEXT"),
        ((tmp_path / "none.csv",), "cannot be read"),
    ):
        done = run("fit", *arguments, "--out", out)
        assert done.exit_code == 2
        assert words in done.output
        assert "Traceback" not in done.output
        assert not out.exists()


def test_show_names_every_assumption() -> None:
    """The default market is shown with sources, regimes, jumps, stress days and assumptions."""
    done = run("show")
    assert done.exit_code == 0, done.output
    for words in ("CoinGecko", "stressed", "2020-03-12", default_market().hash()):
        assert words in done.output
    for assumption in default_market().assumptions():
        assert assumption in done.output


def test_show_of_a_broken_file(tmp_path: Path) -> None:
    """A file that is no market is refused by name and place."""
    (tmp_path / "market.json").write_text("{}")
    done = run("show", tmp_path / "market.json")
    assert done.exit_code == 2
    assert "market.json" in done.output


LONG = "a" * 5_000


@pytest.mark.parametrize(
    "arguments",
    [
        ("fit", "PIPE"),
        ("fit", "PIPE", "--model", "garch"),
        ("fit", "BTC=PIPE"),
        ("compare", "PIPE"),
        ("show", "PIPE"),
        ("fit", "/dev/zero"),
        ("show", "/dev/zero"),
        ("fit", LONG),
        ("fit", f"BTC={LONG}", "--model", "gjr"),
        ("show", LONG),
    ],
)
def test_what_is_no_file_is_neither_waited_for_nor_a_defect(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """Pipes, devices and names too long for a file end with a message and exit code 2."""
    os.mkfifo(tmp_path / "pipe")
    done = run(*(text.replace("PIPE", str(tmp_path / "pipe")) for text in arguments))
    assert done.exit_code == 2, done.output
    assert "cannot be read (" in done.output


def test_a_file_too_large_is_not_read(
    csv_files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither prices, nor returns, nor a market can fill the memory."""
    market = tmp_path / "market.json"
    default_market().save(market)
    monkeypatch.setattr(reading, "MOST_BYTES", 500)
    for arguments in (
        ("fit", csv_files[0]),
        ("fit", csv_files[0], "--model", "garch"),
        ("show", market),
    ):
        done = run(*arguments)
        assert done.exit_code == 2 and "larger than" in done.output, done.output


def test_a_series_may_be_a_link(csv_files: tuple[Path, Path], tmp_path: Path) -> None:
    """Whoever names a file means what it leads to; so data can be kept in another place."""
    link = tmp_path / "link.csv"
    link.symlink_to(csv_files[0])
    done = run("fit", "--model", "gbm", f"BTC={link}")
    assert done.exit_code == 0, done.output

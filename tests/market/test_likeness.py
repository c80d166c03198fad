"""`dpo-gov market compare`: whether the data could be a sample of a market."""

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from matplotlib.axes import Axes

from dpo_gov.cli import main
from dpo_gov.market import Market, Sampler, default_market
from dpo_gov.market.fit import SHAPES, fit
from dpo_gov.market.likeness import correlation, look, wild_days
from dpo_gov.market.plots import draw
from dpo_gov.market.series import Series


def series(market: Market, days: int = 900, seed: int = 11) -> list[Series]:
    """Closes of BTC and ETH: one path of a market."""
    growth = [day.growth[:2, 0] for day in Sampler(market, seed, np.arange(1)).days(days)]
    closes = 1_000.0 * np.cumprod(growth, axis=0)
    first = datetime.date(2020, 1, 1)
    return [Series(n, "made", first, closes[:, i]) for i, n in enumerate(("BTC", "ETH"))]


def test_the_range_holds_the_markets_own_samples() -> None:
    """Of data that a market made, about 90 % of the figures are inside its range."""
    market = default_market()
    inside = [
        row.inside
        for seed in range(20, 28)
        for row in look(market, series(market, 500, seed), paths=60).figures
    ]
    assert 0.8 < np.mean(inside) < 0.97


def test_what_a_market_has_not_got_is_seen() -> None:
    """Brownian motion fitted to data with jumps and clusters lacks the tails, and not the width."""
    data = series(default_market(), 2_000)
    found = look(fit(data, name="plain", shape=SHAPES["gbm"]), data, paths=100)
    rows = {row.figure: row for row in found.figures}
    assert rows["BTC yearly volatility"].inside and rows["BTC–ETH correlation"].inside
    assert not rows["BTC excess kurtosis"].inside and not rows["ETH worst day"].inside
    assert rows["BTC excess kurtosis"].median == pytest.approx(0.0, abs=0.2)


def test_wild_days_and_their_correlation() -> None:
    """Wild days are those of the largest moves; correlation is split by them."""
    random = np.random.default_rng(1)
    together = random.standard_normal(5_000)
    wild = np.arange(5_000) % 10 == 0
    noise = random.standard_normal((2, 5_000))
    x = np.where(wild, 10.0 * (together + np.sign(together)), noise)
    assert (wild_days(x) == wild).all()
    assert correlation(x, 0, 1, wild=True) > 0.99
    assert correlation(x[:, ~wild], 0, 1) == pytest.approx(0.0, abs=0.05)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A series in a file, and a market in a file."""
    one = series(default_market(), 500)[0]
    path = tmp_path / "btc_usd.csv"
    lines = [f"{one.first + datetime.timedelta(n)},{c}" for n, c in enumerate(one.closes)]
    path.write_text("date,close\n" + "\n".join(lines) + "\n")
    market = tmp_path / "market.json"
    fit([one], name="again", shape=SHAPES["t"]).save(market)
    return path, market


def run(*arguments: str | Path) -> Result:
    """The command with its output."""
    return CliRunner().invoke(main, ["market", "compare", *map(str, arguments)])


def test_compare_shows_and_draws(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Two markets side by side in words, as JSON with every figure, and as a picture."""
    data, market = files
    done = run(data, "--market", market)
    assert done.exit_code == 0, done.output
    assert "BTC clusters" in done.output and "1: again" in done.output
    assert "log returns" in done.output
    picture = tmp_path / "picture.png"
    done = run(data, "--market", market, "--market", market, "--plot", picture, "--json")
    assert done.exit_code == 0, done.output
    told, _ = json.JSONDecoder().raw_decode(done.output)
    assert [one["name"] for one in told["markets"]] == ["again", "again"]
    assert {row["figure"] for row in told["markets"][0]["figures"]} >= {"BTC worst day"}
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_no_market_hides_another_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Markets that share a name are drawn and labelled apart, in the first panel and in that of
    correlations; a name that is half a formula can be drawn."""
    data = series(default_market(), 400)
    one = look(default_market(), data, paths=3)
    looks = [replace(one, name=name) for name in ("fitted", "fitted", "$x^$")]
    labels: list[list[str]] = []

    def legend(axes: Axes, **given: Any) -> None:
        labels.append(sorted(axes.get_legend_handles_labels()[1]))
        whole(axes, **given)

    whole = Axes.legend
    monkeypatch.setattr(Axes, "legend", legend)
    draw(looks, data, tmp_path / "picture.svg")
    assert labels == [["1: fitted", "2: fitted", r"3: \$x^\$", "data"]] * 2


def test_bad_input_of_compare(files: tuple[Path, Path], tmp_path: Path) -> None:
    """An unknown asset, a kind of picture and a folder that is not there are named."""
    data, market = files
    for arguments, words in (
        ((f"doge={data}", "--market", market), "knows no asset 'DOGE'"),
        ((data, "--plot", tmp_path / "picture.txt"), "ends in .svg, .png, .pdf"),
        ((data, "--plot", tmp_path / "none" / "picture.svg"), "cannot be written"),
        ((tmp_path / "none.csv",), "cannot be read"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2, done.output
        assert words in done.output and "Traceback" not in done.output

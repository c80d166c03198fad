"""Funding fitted to a series of rates: known figures found again, bad data, the market it is in."""

import dataclasses
import datetime
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dpo_gov.cli import main
from dpo_gov.errors import DataError
from dpo_gov.market import Market
from dpo_gov.market.assumed import assumed
from dpo_gov.market.diagnostics import diagnose
from dpo_gov.market.fit_funding import Rates, fit_funding, read_rates
from dpo_gov.market.repair import Repairs

FIRST = datetime.date(2020, 1, 1)
TRUTH = {"mean": 3e-4, "persistence": 0.8, "deviation": 2e-4}


def drawn(days: int, seed: int) -> Rates:
    """Daily funding of the known AR(1)."""
    shocks = TRUTH["deviation"] * np.random.default_rng(seed).standard_normal(days + 100)
    x, values = 0.0, []
    for shock in shocks.tolist():
        x = TRUTH["persistence"] * x + shock
        values.append(TRUTH["mean"] + x)
    last = FIRST + datetime.timedelta(days=days - 1)
    return Rates("BTC", "made", FIRST, last, np.array(values[100:]))


def written(path: Path, rates: Rates, name: str = "funding_rate_mean") -> list[str]:
    """The lines of a file with the rate of a payment, three a day."""
    days = (FIRST + datetime.timedelta(days=n) for n in range(len(rates.values)))
    rows = (f"{day},{rate / 3.0!r}" for day, rate in zip(days, rates.values.tolist(), strict=True))
    lines = [f"date,{name}", *rows]
    path.write_text("\n".join(lines))
    return lines


def test_known_figures_are_found_with_the_right_errors() -> None:
    """Over 200 series of 1,500 days, distances in standard errors have mean 0 and deviation 1."""
    fits = [fit_funding(drawn(1_500, seed)) for seed in range(200)]
    for name, truth in TRUTH.items():
        z = np.array([(fit.estimates[name] - truth) / fit.errors[name] for fit in fits])
        # Least squares finds a little too little persistence: (1 + 3 φ) / n.
        assert abs(z.mean()) < 0.3, name
        assert 0.85 < z.std(ddof=1) < 1.15, name


def test_residuals_of_the_truth_are_white_noise() -> None:
    """Of the right model nothing is left: no autocorrelation, no clusters, no tails."""
    found = diagnose(fit_funding(drawn(3_000, 3)).residuals)
    assert found.deviation == pytest.approx(1.0, abs=1e-3)
    assert min(found.p_autocorrelation, found.p_clusters, found.p_normal) > 0.01


def test_the_shipped_figures_are_those_of_the_series(series_file: Callable[[str], Path]) -> None:
    """What is assumed for BTC comes out of its rates since 2019, but their mean, which is left out.

    A rate that was paid for years is no forecast, as a price's drift is none.
    """
    found = fit_funding(read_rates(series_file("btc_funding_daily.csv"), "BTC"))
    shipped = assumed(("BTC",), 1).funding[0]
    assert found.estimates["mean"] > 0.0 == shipped.mean[0]
    assert found.estimates["persistence"] == pytest.approx(shipped.persistence, rel=2e-3)
    assert found.estimates["deviation"] == pytest.approx(shipped.deviation, rel=2e-3)
    assert (str(found.rates.first), str(found.rates.last)) == ("2019-09-10", "2026-02-12")


BAD: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "percent": (
        lambda x: [x[0], *(f"{one[:11]}{100 * float(one[11:])}" for one in x[1:])],
        "are these percentages?",
    ),
    "gap": (lambda x: x[:5] + x[6:], "row 6: 1 day(s) missing between 2020-01-04"),
    "NaN": (lambda x: [*x[:5], "2020-01-05,nan", *x[6:]], "row 6: there is no rate ('nan')"),
    "a sign": (lambda x: [*x[:5], "2020-01-05,0.01%", *x[6:]], "row 6: '0.01%' is no rate"),
    "no column": (lambda x: ["date,close", *x[1:]], "no column funding_rate_mean"),
    "constant": (lambda x: [x[0], *(f"{one[:11]}1e-4" for one in x[1:])], "all rates are the same"),
    "too few": (lambda x: x[:50], "49 rows; at least 365"),
    "no level": (
        lambda x: [x[0], *(f"{one[:11]}{n * 1e-7}" for n, one in enumerate(x[1:]))],
        "of a distance from the mean is left a day later",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_rates_are_refused(kind: str, tmp_path: Path) -> None:
    """Each kind is named, with its row, and refused."""
    spoil, words = BAD[kind]
    path = tmp_path / "btc.csv"
    path.write_text("\n".join(spoil(written(path, drawn(500, 1)))))
    with pytest.raises(DataError) as error:
        fit_funding(read_rates(path, "BTC"))
    assert words in str(error.value) and "btc.csv" in str(error.value)


def test_a_gap_is_filled_on_request(tmp_path: Path) -> None:
    """Only when asked, and the market keeps it."""
    path = tmp_path / "btc.csv"
    lines = written(path, drawn(500, 1), name="rate")
    path.write_text("\n".join(lines[:5] + lines[6:]))
    found = fit_funding(read_rates(path, "BTC", repairs=Repairs(fill_gaps=True)))
    assert "gaps filled with the rate before: 2020-01-05" in found.funding(2).assumption


def test_rates_beyond_the_whole_notional_are_refused() -> None:
    """Rates that were kept although they are no fractions make no market."""
    rates = drawn(500, 1)
    with pytest.raises(DataError, match="made: a mean of .* give fractions"):
        fit_funding(dataclasses.replace(rates, values=1e5 * rates.values))


def run(*arguments: str | Path) -> Result:
    """`dpo-gov market fit`."""
    return CliRunner().invoke(main, ["market", "fit", *map(str, arguments)])


def test_a_market_with_funding(write_csv: Callable[..., Path], tmp_path: Path) -> None:
    """--funding puts the fit into the market, --conditions what is assumed beside it."""
    moves = 0.03 * np.random.default_rng(1).standard_normal(500)
    closes = write_csv(10_000.0 * np.exp(np.cumsum(moves)), "btc_usd.csv")
    rates, out = tmp_path / "rates.csv", tmp_path / "market.json"
    written(rates, drawn(500, 1))
    given = ("--model", "gbm", closes, "--funding", f"btc={rates}", "--out", out)
    done = run(*given)
    assert done.exit_code == 0 and "AR(1)" in done.output, done.output
    made = Market.load(out).conditions
    assert made is not None and not made.lending and not made.options
    assert made.funding_of("BTC").persistence == pytest.approx(0.8, abs=0.1)
    done = run(*given, "--conditions", "--json")
    data, _ = json.JSONDecoder().raw_decode(done.output)
    assert data["funding"]["BTC"]["persistence"]["error"] > 0.0
    found = Market.load(out).conditions
    assert found is not None and found.lending_at("aave-v3") and found.options_of("BTC")
    assert found.funding == made.funding
    before = {*tmp_path.iterdir()}
    for arguments, words in (
        ((closes, "--funding", f"DOGE={rates}"), "--funding names DOGE, of which no series"),
        ((closes, "--funding", str(rates)), "write SYMBOL=CSV"),
        ((closes, "--funding", f"BTC={closes}"), "no column funding_rate_mean"),
    ):
        refused = run("--model", "gbm", *arguments, "--out", tmp_path / "new.json")
        assert refused.exit_code == 2 and words in refused.output, refused.output
    assert {*tmp_path.iterdir()} == before

"""A report on hedges: their figures, their Greeks over time, and no trace of them elsewhere."""

import pytest

from dpo_gov.errors import InputError
from dpo_gov.market import Market, default_market
from dpo_gov.params import Change, ParamSet
from dpo_gov.report import Report, build, parse, rebuild, render_html, words
from dpo_gov.risk import OF_MODULES
from dpo_gov.simulate import SimSpec

HEDGES = [one.name for one in OF_MODULES["hedging"]]


@pytest.fixture(scope="module")
def hedged(current: ParamSet) -> Report:
    """More hedging, and a larger budget for it."""
    proposed = current.apply(
        Change(key=current.spec(name).key, old=0, new=value)
        for name, value in (("hedgeRatio", 500_000), ("premiumBudget", 200), ("volShock", 0))
    )
    market = default_market(conditions=True)
    return build(current, proposed, market, SimSpec(paths=500, seed=3, horizon_days=60))


def test_a_change_of_hedging_is_simulated_with_hedges(hedged: Report) -> None:
    """The module is on by itself, its figures are there and move, and so does each contribution."""
    assert hedged.inputs.modules == ("hedging",)
    assert [one.name for one in hedged.not_modelled] == ["volShock"]
    for side in (hedged.current, hedged.proposed):
        assert set(HEDGES) < set(side.figures)
    assert hedged.difference["hedge_effectiveness"].low > 0.05
    assert hedged.difference["net_delta"].estimate == pytest.approx(-0.2, abs=0.03)
    assert hedged.difference["hedge_premium"].low > 0.0
    assert hedged.difference["cvar_95"].high < 0.0
    assert [one.names for one in hedged.attribution] == [("hedgeRatio",), ("premiumBudget",)]
    assert set(HEDGES) < set(hedged.attribution[0].shapley)


def test_its_greeks_are_kept_over_time(hedged: Report) -> None:
    """Delta starts at the share that is not the base asset, and falls by what is hedged."""
    for side, left in ((hedged.current, 0.6), (hedged.proposed, 0.4)):
        assert side.greeks
        assert len(side.greeks.delta) == len(hedged.fan_days)
        assert side.greeks.delta[0] == pytest.approx((0.8, 0.8, 0.8))
        assert side.greeks.delta[-1][1] == pytest.approx(left, abs=0.05)
        assert side.greeks.gamma[0] == side.greeks.vega[0] == (0.0, 0.0, 0.0)
        assert min(side.greeks.gamma[-1]) > 0.0 and min(side.greeks.vega[-1]) > 0.0


def test_the_same_bytes_come_back(hedged: Report) -> None:
    """From its own inputs, and the market that they hold, the report is built again to the bit."""
    assert parse(hedged.to_bytes(), "it").hash == hedged.hash
    assert rebuild(hedged).hash == hedged.hash


def test_the_page_shows_them(hedged: Report) -> None:
    """All figures, three plots that also say what they show, and what is assumed of venues."""
    page = render_html(hedged)
    for text in (
        "Hedges over time",
        "Gain of hedges",
        "of 26 rows",
        "funding",
        "implied volatility at the money",
        "No contract obeys hedgeRatio, premiumBudget or volShock yet",
        "Both columns are of a vault that would hedge; the vaults of today do not.",
        "--horizon 60 --module hedging --json",
        "dpo-gov verify",
        'class="glance five"',
    ):
        assert text in page
    for name in ("Delta", "Gamma", "Vega"):
        assert f'aria-label="{name}, %' in page


def test_its_danger_is_said_first(hedged: Report) -> None:
    """The chance of a lost margin is a tile, part of the sentence, and shared out by change."""
    assert [row.name for row in words.headlines(hedged)][4:] == ["hedge_liquidation"]
    assert "the chance of a lost margin" in words.verdict(hedged)
    assert all(len(one.shares) == len(one.alone) == 5 for one in words.contributions(hedged))
    assert not any(one.obeyed for one in words.changed(hedged))


def test_without_hedging_there_is_no_trace_of_it(report: Report) -> None:
    """A report on rebalancing alone holds neither module nor Greeks, and its page no such part."""
    data = report.to_bytes()
    assert b'"greeks"' not in data and b'"modules"' not in data and b"hedge_" not in data
    assert "Hedges over time" not in render_html(report)


@pytest.mark.parametrize("cut", ["all", "a day"])
def test_greeks_that_do_not_fit_are_refused(hedged: Report, cut: str) -> None:
    """Without them, or with a day too few, the file is no report."""
    greeks = hedged.current.greeks
    assert greeks
    short = greeks.model_copy(update={"vega": greeks.vega[:-1]})
    side = hedged.current.model_copy(update={"greeks": None if cut == "all" else short})
    broken = hedged.model_copy(update={"current": side})
    with pytest.raises(InputError, match="current.greeks"):
        parse(broken.to_bytes(), "it")


def test_a_market_that_cannot_hedge(current: ParamSet, market: Market) -> None:
    """Asked for by name it is refused; a change of its parameters is named."""
    other = current.apply([Change(key=current.spec("hedgeRatio").key, old=0, new=0)])
    with pytest.raises(InputError, match="conditions.perps"):
        build(current, other, market, SimSpec(paths=400, horizon_days=3, modules=("hedging",)))
    found = build(current, other, market, SimSpec(paths=400, horizon_days=3))
    assert found.inputs.modules == () and found.not_modelled[0].name == "hedgeRatio"

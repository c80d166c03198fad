"""Figures in words: decimals, signs, verdicts."""

from __future__ import annotations

import pytest

from dpo_gov.report import words
from dpo_gov.risk import Figure
from dpo_gov.simulate import NotModelled


def _with(report, **differences: tuple[float, float, float]):
    """The report with other differences: (estimate, low, high) by name."""
    changed = {
        name: report.difference[name].model_copy(
            update=dict(zip(("estimate", "low", "high"), values, strict=True))
        )
        for name, values in differences.items()
    }
    return report.model_copy(update={"difference": {**report.difference, **changed}})


def _row(report, name):
    return next(row for row in words.rows(report) if row.name == name)


@pytest.mark.parametrize(
    ("values", "verdict", "tone"),
    [
        ((-0.02, -0.03, -0.01), "lower", "better"),
        ((0.02, 0.01, 0.03), "higher", "worse"),
        ((0.02, -0.01, 0.05), "no clear difference", ""),
        ((0.0, 0.0, 0.0), "unchanged", ""),
        ((-0.0001, -0.0002, -0.00005), "slightly lower", ""),
    ],
)
def test_verdict_of_a_loss(report, values, verdict, tone):
    """A loss that falls clearly is better; what is unclear, nothing or slight has no tone."""
    row = _row(_with(report, cvar_95=values), "cvar_95")
    assert (row.verdict, row.tone) == (verdict, tone)


def test_contributions_are_of_the_headlines(report):
    """Each change with its share of the four figures that a voter asks for first."""
    weights, threshold = words.contributions(report)
    assert weights.labels == tuple(row.label for row in words.headlines(report))
    assert threshold.names == ("driftThreshold",)
    share = report.attribution[1].shapley["cost"]
    assert threshold.shares[3].value == words.figure_text(
        share.estimate, "fraction", len(threshold.shares[3].value.split(".")[1]) - 3, signed=True
    )
    assert words.gain(report) > 1


def test_more_trades_are_neither_good_nor_bad(report):
    """Turnover has a direction but no tone."""
    row = _row(_with(report, turnover=(0.5, 0.4, 0.6)), "turnover")
    assert (row.verdict, row.tone) == ("higher", "")


def test_sentence_names_what_moves(report):
    """The sentence has the direction and both values of what moves, and names what does not."""
    moved = _with(
        report,
        cvar_95=(-0.05, -0.06, -0.04),
        mean_return=(0.01, -0.01, 0.03),
        cost=(0.001, 0.0009, 0.0011),
    )
    text = words.verdict(moved)
    loss, cost = _row(moved, "cvar_95"), _row(moved, "cost")
    assert text == (
        "Over 90 days and 1,003 simulated paths, this change lowers the mean loss of the worst "
        f"5\u00a0% of cases from {loss.current.value} to {loss.proposed.value} and raises "
        f"the trading cost from {cost.current.value} to {cost.proposed.value}; "
        "it makes no notable difference to the mean return."
    )


def test_sentence_when_nothing_moves(report):
    """Without a clear difference the sentence claims none."""
    still = dict.fromkeys(("cvar_95", "mean_return", "cost"), (0.0, -1.0, 1.0))
    assert words.verdict(_with(report, **still)).endswith(
        "this change makes no notable difference to the mean loss of the worst 5\u00a0% of cases, "
        "the mean return or the trading cost."
    )


def test_sentence_when_nothing_is_seen(report):
    """When the model sees none of the changes the sentence says so, and nothing else."""
    unseen = tuple(NotModelled(name, "why") for name in report.changes)
    assert "say nothing about this proposal" in words.verdict(
        report.model_copy(update={"not_modelled": unseen})
    )


@pytest.mark.parametrize(
    ("figure", "value", "interval"),
    [
        ((0.41234, 0.40, 0.42, "fraction"), "41.2\u00a0%", "40.0 to 42.0"),
        ((0.0123, 0.0121, 0.0125, "fraction a year"), "1.230\u00a0%", "1.210 to 1.250"),
        ((1.5, 1.2, 1.8, "ratio"), "1.50", "1.20 to 1.80"),
        ((1234.5, 1100.0, 1400.0, "count"), "1,234.5", "1,100.0 to 1,400.0"),
        ((7.0, 7.0, 7.0, "count"), "7.00", "7.00 to 7.00"),
        ((-0.000001, -0.01, 0.01, "fraction"), "0.0\u00a0%", "\u22121.0 to 1.0"),
    ],
)
def test_decimals_follow_the_interval(report, figure, value, interval):
    """A figure has as many decimals as its interval deserves, and no zero has a sign."""
    estimate, low, high, unit = figure
    made = Figure(
        estimate=estimate, low=low, high=high, unit=unit, horizon_days=90, method="made up"
    )
    side = report.current.model_copy(
        update={"figures": {**report.current.figures, "max_drawdown": made}}
    )
    cell = _row(report.model_copy(update={"current": side}), "max_drawdown").current
    assert (cell.value, cell.interval) == (value, interval)


def test_differences_are_in_points(report):
    """The difference of two shares is in percentage points, with its sign."""
    row = _row(_with(report, cvar_95=(-0.0512, -0.06, -0.04)), "cvar_95")
    assert row.difference == words.Cell("\u22125.1\u00a0pp", "\u22126.0 to \u22124.0")

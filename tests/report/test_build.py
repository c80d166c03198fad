"""The report as a pure function of its inputs, and what it holds."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import rfc8785
from eth_utils import keccak

from dpo_gov.errors import CheckFailed, InputError
from dpo_gov.report import build, hash_of, rebuild
from dpo_gov.risk import MEASURES
from dpo_gov.simulate import SimSpec, simulate

GOLDEN = "0xf6d3542fd12585a90934a3c35c5b4b256aeb0ad52e043528d370ef00562fd12d"


def test_golden_hash(report):
    """A fixed run has one hash on every machine; a new model or arithmetic gets a new version."""
    assert (report.arithmetic, report.model) == ("math v1", "model v1")
    assert report.hash_text == GOLDEN


@pytest.mark.parametrize("block", [64, 1_000, 4_096])
def test_hash_does_not_know_the_block(report, case, block, monkeypatch):
    """The hash is the same however many paths are simulated at a time."""
    monkeypatch.setattr("dpo_gov.study.attribution.simulate", partial(simulate, block=block))
    assert build(*case).hash == report.hash


def test_bytes_are_canonical_and_hashed(report):
    """The file is RFC 8785, and its keccak256 is the report's hash."""
    data = report.to_bytes()
    assert data == rfc8785.dumps(report.model_dump(mode="json"))
    assert data.startswith(b'{"arithmetic":"math v1",')
    assert report.hash == hash_of(data) == keccak(data)


@pytest.mark.parametrize(
    "change",
    [{"seed": 8}, {"paths": 1_004}, {"horizon_days": 91}, {"portfolio": 9_000_000.0}],
    ids=str,
)
def test_hash_knows_every_input(report, case, change):
    """Another seed, size, horizon or portfolio is another hash."""
    other = build(*case._replace(spec=case.spec.model_copy(update=change)))
    assert other.hash != report.hash


def test_hash_knows_the_market(report, case):
    """The market is in the hash even where only a name of it differs."""
    renamed = case.market.model_copy(update={"name": "other"})
    assert build(*case._replace(market=renamed)).hash != report.hash


def test_repairs_of_the_data_are_shown(case):
    """What was mended in a series on request stands among the assumptions of each report."""
    figures = case.market.model_dump(mode="json")
    source = {"asset": "BTC", "name": "a file", "first": "2020-01-01", "last": "2021-01-01"}
    figures["sources"] = [source | {"rows": 367, "repairs": ["rows sorted by date"]}]
    told = build(*case._replace(market=type(case.market).model_validate(figures))).assumptions
    assert "BTC: the series was mended on request: rows sorted by date" in told


def test_no_trace_of_the_machine(report):
    """Neither addresses nor versions of libraries nor paths of the disk are in the report."""
    text = report.to_bytes().decode()
    for trace in ("numpy", np.__version__, "0x", str(Path.home()), str(Path.cwd()), "python"):
        assert trace not in text.lower()


def test_rebuild_gives_the_same_report(report):
    """A report's own inputs lead to the same report again."""
    assert rebuild(report) == report


@pytest.mark.parametrize("field", ["arithmetic", "model"])
def test_rebuild_needs_the_same_version(report, field):
    """A report of another arithmetic or model is refused by name, not silently recomputed."""
    other = report.model_copy(update={field: "v0"})
    with pytest.raises(CheckFailed, match=f"made with {field} 'v0'"):
        rebuild(other)


def test_inputs_give_back_what_went_in(report, current, proposed, market, spec):
    """Both parameter sets, market and size survive the way through the report."""
    inputs = report.inputs
    assert (inputs.current, inputs.proposed) == (current, proposed)
    assert (inputs.market, inputs.spec) == (market, spec)
    assert inputs.market_sha256 == market.hash()


def test_figures_are_there_on_both_sides(report):
    """Every measure has both sides and the difference; the difference is that of the sides."""
    for measure in MEASURES:
        now, new = (side.figures[measure.name] for side in (report.current, report.proposed))
        difference = report.difference[measure.name]
        assert new.estimate - now.estimate == pytest.approx(difference.estimate, abs=1e-12)
        for figure in (now, new, difference):
            assert figure.low <= figure.estimate <= figure.high
            assert (figure.unit, figure.horizon_days) == (measure.unit, 90)


def test_less_risk_shows(report):
    """Five points more of the stable asset lower volatility, tail losses and drawdown clearly."""
    for name in ("volatility", "cvar_95", "cvar_99", "max_drawdown"):
        assert report.difference[name].high < 0.0


def test_changes_and_blind_spots(report):
    """The changed parameters are named, and the one that the model cannot see as such."""
    assert report.changes == (
        "targetWeight[USDC]",
        "targetWeight[WBTC]",
        "targetWeight[WETH]",
        "driftThreshold",
        "oracleMaxStaleness",
    )
    assert [item.name for item in report.not_modelled] == ["oracleMaxStaleness"]
    assert "STABLE: assumed" in report.assumptions


def test_every_change_that_is_seen_has_its_share(report):
    """Weights move together, the threshold alone; the shares sum to the difference."""
    weights, threshold = report.attribution
    assert weights.names == tuple(f"targetWeight[{one}]" for one in ("USDC", "WBTC", "WETH"))
    assert threshold.names == ("driftThreshold",)
    for name, whole in report.difference.items():
        shares = weights.shapley[name].estimate + threshold.shapley[name].estimate
        assert shares == pytest.approx(whole.estimate, rel=1e-9, abs=1e-12)


def test_one_change_has_no_shares(current, market, spec):
    """There is nothing to share out, and nothing more to simulate."""
    values = {**current.values, current.spec("driftThreshold").key: 600}
    one = current.model_copy(update={"values": values})
    assert not build(current, one, market, spec).attribution


def test_plots_count_every_path(report, current, proposed, market, spec):
    """Histograms hold all paths, the fan ascends, and points and shares come from the outcomes."""
    before, after = simulate(market, [current, proposed], spec)
    for side, outcomes in ((report.current, before), (report.proposed, after)):
        assert sum(side.drawdowns) == spec.paths
        assert side.outputs_sha256 == outcomes.sha256()
        assert all(list(row) == sorted(row) for row in side.fan)
        assert side.fan[0] == (1.0,) * 5
        assert side.points[3] == (outcomes.cost[3], outcomes.tracking_error[3])
        expected, _ = np.histogram(outcomes.max_drawdown, np.array(report.drawdown_edges))
        assert sum(abs(np.array(side.drawdowns) - expected)) <= 2  # an edge may round either way
    histogram = report.return_differences
    assert sum(histogram.counts) == spec.paths
    assert 0.0 in histogram.edges
    assert 10 <= len(histogram.counts) <= 42
    assert report.better_paths == sum(after.final_nav > before.final_nav)


def test_stress_days_on_both_sides(report):
    """Stress days are there in order; the side with more of the stable asset loses less on each.

    But for 2023-03-11, when it was the stable asset that fell.
    """
    assert next(day.date for day in report.current.stress) == "2020-03-12"
    for now, new in zip(report.current.stress, report.proposed.stress, strict=True):
        less, more = (now, new) if now.date == "2023-03-11" else (new, now)
        assert 0.0 < less.loss < more.loss


def test_no_difference_has_no_width(current, market, spec):
    """A change that the model cannot see leaves every figure where it is, to the bit."""
    values = {**current.values, current.spec("sequencerGrace").key: 1_800}
    unseen = build(current, current.model_copy(update={"values": values}), market, spec)
    assert all(
        (figure.low, figure.estimate, figure.high) == (0.0, 0.0, 0.0)
        for figure in unseen.difference.values()
    )
    assert unseen.return_differences.counts == (spec.paths,)
    assert unseen.current.outputs_sha256 == unseen.proposed.outputs_sha256


def test_refusals(current, proposed, market):
    """Too few paths, and two sides that are the same, give a reason instead of a report."""
    with pytest.raises(InputError, match="399 paths are too few"):
        build(current, proposed, market, SimSpec(paths=399, horizon_days=5))
    with pytest.raises(CheckFailed, match="both sides are the same"):
        build(current, current, market, SimSpec(paths=400, horizon_days=5))

"""A sweep gives the figures of each set alone, and the same file however it was broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dpo_gov.errors import InputError
from dpo_gov.guardrails import RegistryState
from dpo_gov.market import Market
from dpo_gov.risk import figures, paired
from dpo_gov.simulate import SimSpec, simulate
from dpo_gov.study import JOURNAL, Sweep, axes, grid, trades
from dpo_gov.study.journal import Journal
from dpo_gov.study.plot import pareto_svg
from dpo_gov.study.table import columns, parquet
from dpo_gov.study.vary import with_values


@pytest.fixture
def sweep(state: RegistryState, market: Market, small: SimSpec) -> Sweep:
    """Twenty sets, two batches; four are refused, since slippage would pass its budget."""
    given = axes(state, ["targetWeight[WBTC]=30%:40%:4", "maxSlippage=0.2%:1.2%:5"])
    points = tuple(grid(state, state.params, given))
    return Sweep(state.params, given, points, market, small)


class Killed(Exception):
    """Stands for the kill."""


def killed_after(share: float) -> Callable[[float], None]:
    """Progress that ends the run."""

    def progress(done: float) -> None:
        if done > share:
            raise Killed

    return progress


def test_a_row_is_what_the_set_gives_alone(sweep: Sweep) -> None:
    """Figures, paired differences and outcomes of a row are those of a run of two sets."""
    rows, digest = sweep.run(None)
    assert (len(rows), digest) == (20, "")
    assert [row.number for row in rows if row.refused] == [4, 9, 14, 19]
    for place in (0, 17):
        point, row = sweep.points[place], rows[place]
        before, after = simulate(
            sweep.market,
            [sweep.current, point.params],
            sweep.spec.model_copy(update={"checkpoints": 1}),
        )
        assert row.figures == {
            name: (one.estimate, one.low, one.high) for name, one in figures(after).items()
        }
        assert row.difference == {
            name: (one.estimate, one.low, one.high) for name, one in paired(before, after).items()
        }
        assert row.outputs_sha256 == after.sha256()
        now = figures(before)["cost"].estimate
        assert row.current("cost") == pytest.approx(now, abs=1e-15)
        assert row.values["targetWeight[USDC]"] == str(point.params.weights()[0])


def test_killed_and_continued_it_is_the_same(sweep: Sweep, tmp_path: Path) -> None:
    """The same hash and bytes; what was done is not done again."""
    whole, digest = sweep.run(tmp_path / "whole")
    with pytest.raises(Killed):
        sweep.run(tmp_path / "broken", killed_after(0.8))
    journal = tmp_path / "broken" / JOURNAL
    assert journal.read_bytes().count(b"\n") == 1 + 15
    journal.write_bytes(journal.read_bytes()[:-100])
    shares: list[float] = []
    rows, again = sweep.run(tmp_path / "broken", shares.append)
    assert (rows, again) == (whole, digest)
    assert journal.read_bytes() == (tmp_path / "whole" / JOURNAL).read_bytes()
    assert shares[0] > 0.6
    assert shares[-1] == 1.0
    assert sweep.run(tmp_path / "broken") == (whole, digest)


@pytest.mark.parametrize("what", ["seed", "market", "points", "others", "current"])
def test_a_sweep_of_anything_else_is_another_one(
    sweep: Sweep, state: RegistryState, tmp_path: Path, what: str
) -> None:
    """Whatever decides a row is in the header, so no run continues one that had other rows."""
    sweep.run(tmp_path)
    before = (tmp_path / JOURNAL).read_bytes()
    other = with_values(state.params, {"driftThreshold": 700})
    values = {
        "seed": {"spec": sweep.spec.model_copy(update={"seed": 8})},
        "market": {"market": sweep.market.model_copy(update={"name": "other"})},
        "points": {"points": sweep.points[:-1]},
        "others": {"points": tuple(grid(state, other, sweep.axes))},
        "current": {"current": other},
    }[what]
    changed = Sweep(**{**vars(sweep), **values})
    with pytest.raises(InputError, match="is of another study"):
        changed.run(tmp_path)
    assert (tmp_path / JOURNAL).read_bytes() == before


def test_a_forged_row_is_refused(sweep: Sweep, tmp_path: Path) -> None:
    """A row that is not its point's is refused, even with the hash of a true one."""
    rows = [row.model_dump(mode="json") for row in sweep.run(None)[0]]
    row = rows[0]
    changed = [
        {"values": {}},
        {"values": dict.fromkeys(row["values"], "9" * 5_000)},
        {"refused": "because"},
        {"figures": {}},
        {"figures": row["figures"] | {"cost": [1.0, 2.0, None]}},
        {"figures": row["figures"] | {"cost": [1.0, 2.0, 0.5]}},
        {"difference": row["difference"] | {"cost": [1.0, 0.0, 0.5]}},
        {"figures": {}, "difference": {}},
    ]
    for number, forged in enumerate(
        ([rows[1]], *([row | change] for change in changed), [{}], [*rows, rows[-1]])
    ):
        folder = tmp_path / str(number)
        with Journal(folder / JOURNAL, sweep.header()) as journal:
            journal.add(forged)
        with pytest.raises(InputError, match="is no row of this sweep"):
            sweep.run(folder)


def test_a_damaged_figure_is_not_believed(sweep: Sweep, tmp_path: Path) -> None:
    """A digit of a figure that has changed on the disk is found, though it could be true."""
    sweep.run(tmp_path)
    path = tmp_path / JOURNAL
    before = path.read_bytes()
    place = before.index(b'"cost":[0.') + len(b'"cost":[0.')
    digit = b"1" if before[place : place + 1] != b"1" else b"2"
    path.write_bytes(before[:place] + digit + before[place + 1 :])
    with pytest.raises(InputError, match="line 2: is damaged"):
        sweep.run(tmp_path)


def test_rows_that_are_read_again_are_the_same(sweep: Sweep, tmp_path: Path) -> None:
    """With their values in the order of the axes, not of the alphabet that the file has."""
    first, _ = sweep.run(tmp_path)
    again, _ = sweep.run(tmp_path)
    assert again == first
    assert [list(row.values) for row in again] == [list(row.values) for row in first]


def test_table_and_plot(sweep: Sweep) -> None:
    """Every row is in the table, refused ones without figures; the plot is the same twice."""
    rows, _ = sweep.run(None)
    found = columns(rows)
    assert found["number"] == list(range(20))
    assert found["maxSlippage"][:5] == [20, 45, 70, 95, 120]
    assert found["cost"][4] is None
    assert found["cost_low"][0] <= found["cost"][0] <= found["cost_high"][0]
    assert found["cost_change_low"][3] <= found["cost_change"][3] <= found["cost_change_high"][3]
    fine = [row for row in rows if not row.refused]
    picture = pareto_svg(fine, trades([]))
    assert picture == pareto_svg(fine, trades([]))
    for text in (b"Trading cost, %", b"Mean return, %", b"current"):
        assert text in picture


def test_parquet_gives_the_table_back(sweep: Sweep) -> None:
    """What pandas or DuckDB will read: the same columns and values."""
    arrow = pytest.importorskip("pyarrow.parquet", reason="Parquet comes with the extra `study`")
    from io import BytesIO

    rows, _ = sweep.run(None)
    assert arrow.read_table(BytesIO(parquet(rows))).to_pydict() == columns(rows)

"""`dpo-gov sim sweep` and `sim limit`: many parameter sets on the same shocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dpo_gov.cli.context import Context, online
from dpo_gov.cli.output import Table, bad, faint
from dpo_gov.cli.sizes import Size, sized
from dpo_gov.cli.text import number
from dpo_gov.errors import CheckFailed, InputError

if TYPE_CHECKING:
    from dpo_gov.params import ParamSet, ParamSpec
    from dpo_gov.simulate import SimSpec
    from dpo_gov.study import Limit, Row, Trade

PLOT, PARQUET = "pareto.svg", "sweep.parquet"
MOST_ROWS = 40
"""A table with more is for a file, not for eyes."""


@click.command()
@online
@click.argument("path", metavar="PROPOSAL", type=click.Path(path_type=Path))
@click.argument("ranges", metavar="NAME=LOW:HIGH:COUNT...", nargs=-1, required=True)
@click.option("--sobol", type=click.IntRange(2), metavar="POINTS", help="Spread POINTS evenly.")
@sized
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write sweep.jsonl, sweep.parquet and pareto.svg there; a broken run goes on there.",
)
def sweep(
    context: Context,
    path: Path,
    ranges: tuple[str, ...],
    *,
    sobol: int | None,
    size: Size,
    out: Path | None,
) -> dict[str, object]:
    """Vary parameters of PROPOSAL over a grid, each set against the current one.

    Each NAME=LOW:HIGH:COUNT is an axis of the grid, such as driftThreshold=1%:8%:8; with --sobol
    write NAME=LOW:HIGH. The base asset takes what varied target weights leave. Sets that the
    registry would refuse however they were reached are listed and not simulated; what is further
    than one vote may go is looked at, and told.
    """
    from dpo_gov import study
    from dpo_gov.cli.proposal import open_proposal
    from dpo_gov.simulate import covering

    market, opened = size.market(), open_proposal(context, path)
    if out and out.resolve() == opened.folder.path.resolve():
        raise InputError(f"--out {out}: is the proposal itself; choose a folder of its own")
    state, proposed = opened.state, opened.resolved.proposed
    current = state.params
    axes = study.axes(state, ranges)
    points = tuple(
        study.sobol(state, proposed, axes, sobol) if sobol else study.grid(state, proposed, axes)
    )
    if all(point.refused for point in points):
        raise CheckFailed(f"the registry would refuse every set; the first: {points[0].refused}")
    sets = [current, *(point.params for point in points)]
    spec = covering(size.spec(opened.spec.simulation.model_dump()), sets, market)
    whole = study.Sweep(current, axes, points, market.reduced(spec.modules), spec)

    def resumed(done: int) -> None:
        rest = len(points) - done
        then = f"the other {rest:,} are done now" if rest else "nothing is simulated again"
        context.out.note(
            f"{done:,} of {len(points):,} sets are in {out} already, and their figures are taken "
            f"from its {study.JOURNAL}; {then}"
        )

    with context.out.progress(f"sweeping {len(points):,} sets") as progress:
        rows, digest = whole.run(out, progress, resumed)
    fine = [row for row in rows if not row.refused]
    fronts = {
        f"{trade.x.name}, {trade.y.name}": [
            fine[place].number for place in study.front([row.figures for row in fine], trade)
        ]
        for trade in study.trades(spec.modules)
    }
    data: dict[str, object] = {
        "strategy": current.layout.name,
        "paths": spec.paths,
        "seed": spec.seed,
        "horizon_days": spec.horizon_days,
        "sets": len(rows),
        "refused": len(rows) - len(fine),
        "fronts": fronts,
        "rows": [row.model_dump(mode="json") for row in rows],
    }
    if out:
        data |= {"sha256": digest, "written": _write(context, out, rows, spec)}
    context.out.show(
        data, _about(current, points[0].params, rows, spec), *_tables(current, rows, spec)
    )
    notes = [
        _beyond(axis.spec, current, [int(row.values[axis.spec.name]) for row in fine])
        for axis in axes
    ]
    context.out.text(*filter(None, notes), *_ends(data, out))
    return data


def _about(current: ParamSet, first: ParamSet, rows: Sequence[Row], spec: SimSpec) -> str:
    """What is the same in every set: the proposal's other changes, and the size."""
    others = [
        f"{name} {param.show(first.get(name))}"
        for name, param in current.specs.items()
        if name not in rows[0].values and first.get(name) != current.get(name)
    ]
    same = f"; in every set: {', '.join(others)}" if others else ""
    return (
        f"{len(rows):,} sets against the current one, {spec.paths:,} paths of "
        f"{spec.horizon_days} days, seed {spec.seed}{same}"
    )


def _write(context: Context, out: Path, rows: Sequence[Row], spec: SimSpec) -> list[str]:
    from dpo_gov.files import write_file
    from dpo_gov.study import JOURNAL, trades
    from dpo_gov.study.plot import pareto_svg
    from dpo_gov.study.table import parquet

    fine = [row for row in rows if not row.refused]
    files = {PLOT: pareto_svg(fine, trades(spec.modules))}
    try:
        files[PARQUET] = parquet(rows)
    except InputError as error:
        context.out.note(f"no {PARQUET}: {error}")
    try:
        for name, content in files.items():
            write_file(out / name, content)
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written ({error.strerror})") from error
    return [str(out / name) for name in (JOURNAL, *files)]


def _tables(current: ParamSet, rows: Sequence[Row], spec: SimSpec) -> Iterator[Table]:
    from dpo_gov.study import front, trades

    fine = [row for row in rows if not row.refused]
    for trade in trades(spec.modules):
        title = f"Pareto front, 95 % intervals: {trade.title}"
        best = [fine[place] for place in front([row.figures for row in fine], trade)]
        more = f" (the first {MOST_ROWS} of {len(best)})" if len(best) > MOST_ROWS else ""
        yield _table(current, best[:MOST_ROWS], trade, title + more)
    if refused := [row for row in rows if row.refused]:
        names = list(rows[0].values)
        yield Table(
            (*names, "the registry would refuse it"),
            [(*_values(current, row), bad(row.refused)) for row in refused[:MOST_ROWS]],
            title=f"{len(refused):,} of {len(rows):,} sets are not simulated",
        )


def _table(current: ParamSet, rows: Sequence[Row], trade: Trade, title: str) -> Table:
    names, figures = list(rows[0].values), (trade.x, trade.y)
    heads = tuple(head for one in figures for head in (one.label, f"{one.label}, to current"))
    cells = [
        (
            *_values(current, row),
            *(
                text
                for one in figures
                for text in (
                    _interval(row.figures[one.name], one.unit),
                    _interval(row.difference[one.name], one.unit, signed=True),
                )
            ),
        )
        for row in rows
    ]
    return Table((*names, *heads), cells, title=title, right={*names, *heads})


def _values(current: ParamSet, row: Row) -> list[str]:
    return [current.spec(name).show(int(value)) for name, value in row.values.items()]


def _interval(triple: Sequence[float], unit: str, *, signed: bool = False) -> str:
    """An estimate with its interval; `signed`: a difference, of shares in percentage points."""
    share = unit.startswith("fraction")
    estimate, low, high = (
        number(value * (100.0 if share else 1.0), 3, signed=signed) for value in triple
    )
    sign = (" pp" if signed else " %") if share else ""
    return f"{estimate}{sign} ({low} to {high})"


def _ends(data: dict[str, object], out: Path | None) -> Iterator[str]:
    if out:
        yield f"\nwritten to {out}; sha256 of sweep.jsonl  {data['sha256']}"
    else:
        yield "\nnothing is written without --out"


@click.command()
@online
@click.argument("name", metavar="KEY")
@click.option("--risk", required=True, metavar="FIGURE<=VALUE", help='Such as "cvar_99<=12%".')
@click.option("--strategy", help="May be left out where the deployment has one only.")
@click.option("--smallest", is_flag=True, help="Find the smallest value instead of the largest.")
@sized
def limit(
    context: Context, name: str, *, risk: str, strategy: str | None, smallest: bool, size: Size
) -> dict[str, object]:
    """Find the largest value of parameter KEY that keeps a figure within a risk budget.

    All other parameters stay as the registry holds them. Three values are given: by the estimate;
    where the whole 95 % interval is within the budget; and where any of it is.

    FIGURE is one of mean_return, median_return, loss_probability, volatility, sharpe, var_95,
    cvar_95, var_99, cvar_99, max_drawdown, max_drawdown_95, halving_probability, turnover,
    rebalances, cost, time_out_of_band, tracking_error; VALUE a number, or percent where the
    figure is a share.

    Of debt, which makes the collateral module run, FIGURE may be liquidation_probability, lar_95,
    liquidated, mean_debt, interest, bad_debt, threshold_use_95, delevers, venue_switches; of
    hedges, likewise, hedge_gain, hedge_cost, hedge_premium, hedge_funding, hedge_effectiveness,
    hedge_liquidation, net_delta, gamma, vega.
    """
    from dpo_gov.simulate import SimSpec
    from dpo_gov.study import Budget, find_limit

    budget, market = Budget.parse(risk), size.market()
    state = context.registry.state(context.strategy(strategy).layout.name)
    spec = size.spec(SimSpec().model_dump())
    with context.out.progress("looking for the limit") as progress:
        found = find_limit(
            state,
            name,
            budget,
            market,
            spec,
            smallest=smallest,
            progress=progress,
        )
    current = state.params
    data = _limit_data(found, budget.measure.name, current)
    data |= {"paths": spec.paths, "seed": spec.seed, "horizon_days": spec.horizon_days}
    label = f"{budget.measure.label}, over {spec.horizon_days} days"
    context.out.show(data, *_limit_views(found, label, current, smallest=smallest))
    return data


def _beyond(spec: ParamSpec, current: ParamSet, values: Sequence[int | None]) -> str:
    """What to do where a value is further than one vote may go; nothing where none is."""
    from dpo_gov.guardrails.limits import one_vote

    low, high = one_vote(spec, current.get(spec.name))
    if all(value is None or low <= value <= high for value in values):
        return ""
    return (
        f"{spec.name} may be set to {spec.show(low)} … {spec.show(high)} in one vote; "
        "`dpo-gov params plan` gives the steps to what is further"
    )


def _limit_data(found: Limit, measure: str, current: ParamSet) -> dict[str, object]:
    return {
        "parameter": found.spec.name,
        "figure": measure,
        "current": str(current.get(found.spec.name)),
        "value": str(found.value),
        "text": found.spec.show(found.value),
        "sure": None if found.sure is None else str(found.sure),
        "possible": str(found.possible),
        "refused": found.refused,
        "holes": [str(value) for value in found.holes],
        "looked_at": [
            {"value": str(value), "estimate": one.estimate, "low": one.low, "high": one.high}
            for value, one in found.looked_at.items()
        ],
    }


def _limit_views(
    found: Limit, label: str, current: ParamSet, *, smallest: bool
) -> Iterator[Table | str]:
    which, show = ("smallest" if smallest else "largest"), found.spec.show
    rows = [
        (f"{which} by the estimate", found.value),
        ("whole 95 % interval within the budget", found.sure),
        ("any of the 95 % interval within it", found.possible),
        ("current value", current.get(found.spec.name)),
    ]
    yield Table(
        (found.spec.name, "value", label),
        [
            (
                what,
                faint("none") if value is None else show(value),
                _interval((one.estimate, one.low, one.high), one.unit)
                if value is not None and (one := found.looked_at.get(value))
                else faint("–"),
            )
            for what, value in rows
        ],
        right={"value"},
    )
    if found.value == (found.spec.lower if smallest else found.spec.upper):
        yield "that is the hard bound itself: the budget does not limit the parameter there"
    elif found.refused:
        yield f"further the registry would refuse it, whatever the budget: {found.refused}"
    if beyond := _beyond(found.spec, current, [found.value, found.sure]):
        yield beyond
    if found.holes:
        first, last = (show(end) for end in (min(found.holes), max(found.holes)))
        yield (
            f"before that, {len(found.holes)} of the values that were looked at break the budget, "
            f"from {first} to {last}: it does not hold all the way; --json lists them"
        )

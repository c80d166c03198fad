"""`dpo-gov sim`: current against proposed parameters on the same shocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dpo_gov.cli.context import Context, Noun, offline, online
from dpo_gov.cli.output import Styled, Table, bad, faint, good
from dpo_gov.cli.sizes import MAX_PATHS, Size, sized
from dpo_gov.cli.sweep import limit, sweep
from dpo_gov.errors import InputError

if TYPE_CHECKING:
    from dpo_gov.cli.proposal import Opened
    from dpo_gov.report import Report
    from dpo_gov.simulate.bench import Speed


@click.group(cls=Noun)
def command() -> None:
    """Simulate current against proposed parameters on the same shocks."""


@command.command()
@online
@click.argument("path", metavar="PROPOSAL", type=click.Path(path_type=Path))
@sized
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write report.json and report.html there.",
)
def run(
    context: Context,
    path: Path,
    *,
    size: Size,
    out: Path | None,
) -> dict[str, object]:
    """Simulate the change in PROPOSAL and show what it does to risk, return and cost.

    What is left out is taken from the proposal. Nothing is written without --out; the report
    that a vote is bound to is written by `dpo-gov proposal render`.
    """
    from dpo_gov.cli.proposal import open_proposal, refused
    from dpo_gov.report import build

    market = size.market()
    opened = open_proposal(context, path)
    if out and out.resolve() == opened.folder.path.resolve():
        raise InputError(
            f"--out {out}: is the proposal itself, whose report must fit its calldata; "
            "`dpo-gov proposal render` writes both, or choose another folder"
        )
    spec = size.spec(opened.spec.simulation.model_dump())
    resolved = opened.resolved
    with context.out.progress("simulating") as progress:
        report = build(resolved.current, resolved.proposed, market, spec, progress=progress)
    data = _data(report) | {"refused": refused(context, opened)}
    if out:
        _write(out, report, opened)
        data["written"] = str(out)
    context.out.show(data, *_views(report, opened.spec.title))
    if data["refused"]:
        context.out.note(
            f"the registry would refuse this change in one vote: {data['refused']}; "
            "`dpo-gov params plan` finds legal steps"
        )
    if other := _otherwise(report, opened):
        context.out.text(f"{other} than the proposal's: the hash is not that of its own report")
    return data


def _otherwise(report: Report, opened: Opened) -> str:
    """What differs from the report that a vote is bound to; nothing where it is that report."""
    from dpo_gov.report import setting, words
    from dpo_gov.simulate import SimSpec, covering

    usual, inputs = SimSpec.model_validate(opened.spec.simulation.model_dump()), report.inputs
    usual = covering(usual, [inputs.current, inputs.proposed], inputs.market)
    names = {"paths": "paths", "seed": "seed", "horizon_days": "horizon", "modules": "modules"}
    found = [word for name, word in names.items() if getattr(usual, name) != getattr(inputs, name)]
    if not setting.is_shipped(report):
        found.append("market")
    return f"other {words.joined(found, 'and')}" if found else ""


@command.command()
@offline
@click.option(
    "--paths",
    type=click.IntRange(64, MAX_PATHS),
    default=10_000,
    show_default=True,
    help="Paths of each run.",
)
@click.option(
    "--tries",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="Runs of each program, of which the best counts.",
)
@click.option(
    "--work",
    "names",
    type=click.Choice(["threshold", "full", "debt"]),
    multiple=True,
    default=["threshold", "full", "debt"],
    help="What is simulated; all of them where none is given.",
)
@click.option(
    "--vectors",
    type=click.Choice(["AVX2", "SSE"]),
    multiple=True,
    help="Measure the compiled engine for a processor that has no wider ones, too.",
)
def bench(
    context: Context, paths: int, tries: int, names: tuple[str, ...], vectors: tuple[str, ...]
) -> dict[str, object]:
    """Measure the engines that are installed, beside a plain numpy loop.

    All engines give one hash for one work. "threshold" is five assets under a threshold rule;
    "full" has all that moves prices, gas and venues, under four parameter sets; "debt" has lending
    besides. The first run compiles each of them. MiB is by how much the most memory was more
    than a small run's; too little to be seen is –.
    """
    from dataclasses import asdict

    from dpo_gov.simulate import cores, engines
    from dpo_gov.simulate.bench import bench as measure
    from dpo_gov.simulate.vectors import lesser

    if vectors and "numba" not in engines():
        raise InputError("--vectors needs the compiled engine; `pip install 'dpo-gov[fast]'`")
    if unknown := set(vectors).difference(lesser()):
        raise InputError(
            f"--vectors {unknown.pop()}: this processor has none that are wider; "
            f"{' and '.join(lesser()) or 'nothing'} can be asked for"
        )
    with context.out.progress("measuring") as progress:
        speeds = measure(
            paths, range(1, cores() + 1), tries, progress, names=names, vectors=vectors
        )
    if "numba" not in engines():
        context.out.note("numba is not installed; `pip install 'dpo-gov[fast]'` adds its engine")
    data: dict[str, object] = {"engines": engines(), "speeds": [asdict(one) for one in speeds]}
    context.out.show(data, _speeds(speeds))
    return data


def _speeds(speeds: Sequence[Speed]) -> Table:
    columns = (
        *("work", "program", "vectors", "threads", "sets"),
        *("paths", "seconds", "M/s/core", "MiB", "hash"),
    )
    return Table(
        columns,
        [
            (
                one.work,
                one.program,
                one.vectors or "–",
                one.threads,
                one.sets,
                f"{one.paths:,}",
                f"{one.seconds:.3f}",
                f"{one.rate / 1e6:.1f}",
                _mebibytes(one.memory),
                one.sha256[:12],
            )
            for one in speeds
        ],
        title="millions of asset-steps a second and core, of each parameter set",
        right={*columns[3:9]},
    )


def _mebibytes(memory: int) -> str:
    """A few paths fit into what the small run before them left: that is no measurement of 0."""
    return f"{memory / 2**20:.0f}" if memory >= 2**19 else "–"


def _data(report: Report) -> dict[str, object]:
    """The report's answer without its plots; figures as they are in report.json."""
    from dpo_gov.report.setting import debt_at_start

    inputs, content = report.inputs, report.model_dump(mode="json")
    sides = ("current", "proposed")
    return {
        "report_hash": report.hash_text,
        "outputs_sha256": {side: content[side]["outputs_sha256"] for side in sides},
        "strategy": inputs.layout.name,
        "arithmetic": report.arithmetic,
        "model": report.model,
        "market_sha256": inputs.market_sha256,
        "paths": inputs.paths,
        "seed": inputs.seed,
        "horizon_days": inputs.horizon_days,
        "changes": content["changes"],
        "not_modelled": content["not_modelled"],
        "debt_at_start": debt_at_start(report),
        "assumptions": content["assumptions"],
        "figures": {
            **{side: content[side]["figures"] for side in sides},
            "difference": content["difference"],
        },
        "attribution": content["attribution"],
        "stress": {side: content[side]["stress"] for side in sides},
        "stress_notes": content["stress_notes"],
    }


def _views(report: Report, title: str) -> Iterator[Table | str]:
    from dpo_gov.report import setting, words

    inputs, tones = report.inputs, {"better": good, "worse": bad, "": faint}
    yield Table(
        ("figure", "current", "proposed", "difference", "95 % interval", "change"),
        [
            (
                _plain(row.label),
                _plain(row.current.value),
                _plain(row.proposed.value),
                _plain(row.difference.value),
                row.difference.interval,
                tones[row.tone](f"{row.verdict}, {row.tone}" if row.tone else row.verdict),
            )
            for row in words.rows(report)
        ],
        title=f"{title}: {inputs.paths:,} paths of {inputs.horizon_days} days",
        right={"current", "proposed", "difference", "95 % interval"},
    )
    if shares := words.contributions(report):
        kind = "share of the difference" if report.attribution[0].shapley else "alone"
        yield Table(
            (f"change, {kind}", *map(_plain, shares[0].labels)),
            [
                (
                    ", ".join(row.names),
                    *(_plain(f"{cell.value} ({cell.interval})") for cell in row.shares),
                )
                for row in shares
            ],
            right=set(map(_plain, shares[0].labels)),
        )
    yield Table(
        ("day of stress", "", "current", "proposed", "difference"),
        [
            (
                day.date,
                day.event,
                _plain(day.current.value),
                _plain(day.proposed.value),
                _plain(day.difference),
            )
            for day in words.stress(report)
        ],
        right={"current", "proposed", "difference"},
    )
    yield from report.stress_notes
    if report.not_modelled:
        yield Table(
            ("not modelled", "why"),
            [(Styled(item.name, "yellow"), item.why) for item in report.not_modelled],
        )
    yield f"\n{_plain(words.verdict(report))}"
    for text in (setting.debt_at_start(report), setting.not_obeyed(report)):
        if text:
            yield text
    yield f"report hash  {report.hash_text}"


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def _write(out: Path, report: Report, opened: Opened) -> None:
    from dpo_gov.proposal.folder import REPORT, REPORT_HTML, Folder
    from dpo_gov.report import render_html

    spec = opened.spec
    page = render_html(report, title=spec.title, summary=spec.summary, link=spec.discussion or "")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out}: cannot be made a folder: {error.strerror}") from error
    Folder(out).write({REPORT: report.to_bytes(), REPORT_HTML: page.encode()})


command.add_command(sweep)
command.add_command(limit)

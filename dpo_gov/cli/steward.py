"""`dpo-gov steward`: small changes without a vote, within step and cool-down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dpo_gov.cli.context import Context, Noun, sending
from dpo_gov.cli.lanes import Asked, allowance, ask

if TYPE_CHECKING:
    from dpo_gov.report import Report


@click.group(cls=Noun)
def command() -> None:
    """Change parameters within step and cool-down."""


@command.command(name="set")
@sending
@click.argument("strategy")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE…")
@click.option("--paths", type=click.IntRange(400, 1_000_000), default=20_000, show_default=True,
              help="Paths of the simulation.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=1, show_default=True,
              help="Seed of the simulation.")  # fmt: skip
@click.option("--horizon", type=click.IntRange(1, 3_650), default=365, show_default=True,
              help="Days that are simulated.")  # fmt: skip
@click.option("--valid", "minutes", type=click.IntRange(1, 10_080), default=60, show_default=True,
              help="Minutes in which the transaction must be in a block.")  # fmt: skip
@click.option("--reports", type=click.Path(file_okay=False, path_type=Path),
              default=Path("reports"), show_default=True,
              help="Where the report goes, in a folder <strategy>-v<version>.")  # fmt: skip
def set_(
    context: Context,
    strategy: str,
    *,
    changes: tuple[str, ...],
    paths: int,
    seed: int,
    horizon: int,
    minutes: int,
    reports: Path,
) -> dict[str, object]:
    """Change parameters of STRATEGY, such as driftThreshold=5.5%, as its steward.

    Shows first what the registry allows the steward now. The change is simulated, since the
    registry takes no change without the hash of a report; with --send the report is written
    before the transaction is sent.
    """
    from dpo_gov.guardrails import Call, Lane, decide

    asked = ask(context, strategy, changes)
    entries, table = allowance(asked, Lane.STEWARD)
    context.out.text(table)
    not_after = asked.now + 60 * minutes
    # The rules first: a change that is refused anyway need not be simulated.
    call = Call(
        lane=Lane.STEWARD,
        changes=asked.changes,
        report_hash=b"\1" * 32,
        not_after=not_after,
        expected_version=asked.state.version,
    )
    decide(asked.state, call, asked.now)
    report = _simulated(context, asked, paths, seed, horizon)
    prepared = context.registry.steward_set(
        asked.state.layout.name,
        asked.changes,
        expected_version=asked.state.version,
        not_after=not_after,
        report_hash=report.hash,
    )
    folder = reports / f"{asked.state.layout.name}-v{asked.state.version + 1}"
    if context.send:
        prepared.simulate(context.account)
        _write(folder, report, f"Steward's change of {asked.state.layout.name}")
    done = context.perform(prepared)
    data: dict[str, object] = {
        "strategy": asked.state.layout.name,
        "version_before": asked.state.version,
        "changes": entries,
        "report_hash": report.hash,
        "report": str(folder / "report.json") if context.send else None,
        **done.data,
    }
    said = [f"report hash {report.hash_text}"]
    if done.receipt:
        said.append(f"version {asked.state.version + 1} is committed; report in {folder}")
    context.out.show(data, *said)
    return data


def _simulated(context: Context, asked: Asked, paths: int, seed: int, horizon: int) -> Report:
    from dpo_gov import report
    from dpo_gov.market import default_market
    from dpo_gov.simulate import SimSpec

    spec = SimSpec(paths=paths, seed=seed, horizon_days=horizon)
    with context.out.progress("simulating") as progress:
        market = default_market(conditions=True)
        return report.build(asked.current, asked.proposed, market, spec, progress=progress)


def _write(folder: Path, report: Report, title: str) -> None:
    """Both files of the report, whole or not at all. Raises InputError."""
    from dpo_gov.errors import InputError
    from dpo_gov.proposal.folder import REPORT, REPORT_HTML, Folder
    from dpo_gov.report import render_html

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made: {error.strerror}; see --reports") from error
    page = render_html(report, title=title).encode()
    Folder(folder).write({REPORT: report.to_bytes(), REPORT_HTML: page})

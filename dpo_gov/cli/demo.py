"""`dpo-gov demo`: the whole round trip on a chain in memory, in one command."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dpo_gov.cli.context import Context, Session, offline
from dpo_gov.cli.roundtrip import RoundTrip, Step
from dpo_gov.errors import InputError

if TYPE_CHECKING:
    from dpo_gov.proposal.model import ProposalSpec

PACKAGE = Path(__file__).resolve().parents[1]


@click.command()
@offline
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for all files; a fresh one in the temporary folder if not given.",
)
@click.option(
    "--paths", type=click.IntRange(400, 1_000_000), help="Paths, if not those of the proposal."
)
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), help="Seed, if not the proposal's.")
def command(
    context: Context, out: Path | None, paths: int | None, seed: int | None
) -> dict[str, object]:
    """The whole round trip on a chain in memory, in one command.

    Deploys token, governor, timelock, registry, oracle hub, executor and two vaults with deposits,
    then takes every proposal that ships with dpo-gov from its draft into both vaults, by the
    commands of this program, and proves that what was approved is what was applied.
    """
    start = time.monotonic()
    target = _folder(out)
    context.out.text(f"OUT={target}  (every file goes there)")
    folders = [_copy(each, target / "proposals", paths, seed) for each in shipped()]
    session, first = _deployed(context)
    steps = [first]
    proofs: list[dict[str, Any]] = []
    for folder in folders:
        context.out.text("", f"P={folder}")
        trip = RoundTrip(session, folder, target, lambda step: context.out.text(_line(step)))
        trip.run()
        steps += trip.steps
        context.out.text("", "dpo-gov verify $P", "")
        proofs.append(_verified(context, session, folder))
    seconds = time.monotonic() - start
    gas = sum(step.gas for step in steps)
    data: dict[str, object] = {
        "ok": all(proof["ok"] for proof in proofs),
        "out": str(target),
        "seconds": round(seconds, 1),
        "gas": gas,
        "steps": [asdict(step) for step in steps],
        "verified": proofs,
    }
    same = "approved = registry = applied in every vault; the report's hash is the same everywhere"
    context.out.show(data, "", f"{same}\n{seconds:.0f} s, {gas:,} gas; see {target}")
    return data


def shipped() -> list[Path]:
    """The proposals of the repository, or the copy of them inside an installed package.

    Raises InputError where there is none.
    """
    repository = PACKAGE.parent
    home = repository if (repository / "pyproject.toml").is_file() else PACKAGE
    found = sorted(each.parent for each in (home / "proposals").glob("*/proposal.yaml"))
    if not found:
        raise InputError(f"{home / 'proposals'} holds no proposal; install dpo-gov anew")
    return found


def _folder(out: Path | None) -> Path:
    """The folder to write to, made. Raises InputError where it holds proposals already."""
    if out is None:
        return Path(tempfile.mkdtemp(prefix="dpo-gov-demo-"))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out}: cannot be made: {error.strerror}") from error
    if any(out.iterdir()):
        raise InputError(f"--out {out}: is not empty; name a new folder")
    return out.resolve()


def _copy(source: Path, target: Path, paths: int | None, seed: int | None) -> Path:
    """A copy to work on, with another size of the simulation where one is asked for."""
    from dpo_gov.proposal.folder import SPEC, Folder

    folder = target / source.name
    shutil.copytree(source, folder)
    spec = Folder.at(folder).load()
    if (paths or spec.simulation.paths, spec.simulation.seed if seed is None else seed) != (
        spec.simulation.paths,
        spec.simulation.seed,
    ):
        file = folder / SPEC
        file.write_text(_resized(file.read_text("utf-8"), spec, paths, seed), "utf-8")
        for name in Folder.at(folder).read():
            (folder / name).unlink()
    return folder


def _resized(text: str, spec: ProposalSpec, paths: int | None, seed: int | None) -> str:
    """proposal.yaml with other figures under `simulation`, which comes last in it or is added."""
    size = spec.simulation
    line = (
        f"simulation: {{paths: {paths or size.paths}, "
        f"seed: {size.seed if seed is None else seed}, horizon: {size.horizon_days} d}}\n"
    )
    block = re.compile(r"^simulation:.*\n(?:[ \t].*\n)*", re.MULTILINE)
    if block.search(text):
        return block.sub(line, text)
    return text.rstrip("\n") + "\n" + line


def _deployed(context: Context) -> tuple[Session, Step]:
    """A fresh chain in memory with everything on it."""
    from dpo_gov import chain

    start = time.monotonic()
    with context.out.progress("deploying") as progress:
        connected = chain.connect("embedded")
        deployment = chain.deploy(connected, progress=progress)
    last = connected.block().number
    blocks = [connected.request("eth_getBlockByNumber", hex(n), False) for n in range(1, last + 1)]
    gas = sum(int(block["gasUsed"], 16) for block in blocks)
    vaults = sum(len(strategy.vaults) for strategy in deployment.strategies)
    what = f"{vaults} vaults with deposits, {last} transactions"
    step = Step("deploy, on a chain in memory", what, gas, time.monotonic() - start)
    context.out.text(_line(step))
    return Session(connected, deployment, quiet=True), step


def _verified(context: Context, session: Session, folder: Path) -> dict[str, Any]:
    """The last command speaks for itself, unless the demo's own JSON is asked for."""
    from dpo_gov.cli import main

    aloud = Session(session.chain, session.deployment, quiet=context.out.as_json)
    data: dict[str, Any] = main.main(
        ["verify", str(folder)], prog_name="dpo-gov", standalone_mode=False, obj=aloud
    )
    return data


def _line(step: Step) -> str:
    gas = f"{step.gas:,} gas" if step.gas else ""
    return f"{step.seconds:5.1f} s {gas:>15}  {step.command:<58}  {step.result}"

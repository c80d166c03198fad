"""`dpo-gov verify`: proposal file = calldata on chain = registry = every vault."""

from __future__ import annotations

from pathlib import Path

import click

from dpo_gov.cli.context import Context, online
from dpo_gov.cli.evidence import Evidence
from dpo_gov.cli.links import STAGES, Verdict
from dpo_gov.cli.output import Styled, Table, bad, faint, good
from dpo_gov.cli.text import short
from dpo_gov.errors import CheckFailed

_SHOWN = {
    Verdict.SAME: good("same"),
    Verdict.DIFFERS: bad("differs"),
    Verdict.NOT_YET: Styled("not yet", "yellow"),
}


@click.command()
@online
@click.argument("proposal", type=click.Path(path_type=Path))
@click.option(
    "--until",
    type=click.Choice(list(STAGES)),
    default="vaults",
    show_default=True,
    help="How far the proposal should have come.",
)
def command(context: Context, proposal: Path, until: str) -> dict[str, object]:
    """Prove that file, calldata, registry and vaults say the same.

    PROPOSAL is its folder. The report is simulated again from its own inputs and must come out
    the same to the bit. Ends with 1 when a link differs, or is not there yet.
    """
    evidence = Evidence(context, proposal)
    evidence.check_place()
    stages = list(STAGES)[: list(STAGES).index(until) + 1]
    links = [link for stage in stages for compare in STAGES[stage] for link in compare(evidence)]
    broken = [link for link in links if link.verdict is not Verdict.SAME]
    entries, table = _parameters(evidence)
    hashes = evidence.hashes()
    data: dict[str, object] = {
        "ok": not broken,
        "proposal_id": evidence.bundle.proposal_id,
        "state": evidence.standing,
        "parameters": entries,
        "report_hash": hashes,
        "links": [
            {"link": link.name, "verdict": link.verdict.value, "detail": link.detail}
            for link in links
        ],
    }
    found = [(where, text or faint("not yet")) for where, text in hashes.items()]
    shown = [(link.name, _SHOWN[link.verdict], link.detail) for link in links]
    context.out.show(
        data,
        table,
        Table(("report hash in", "value"), found),
        Table(("link", "verdict", "detail"), shown),
    )
    if broken:
        named = "; ".join(f"{one.name}: {one.detail}" for one in broken)
        raise CheckFailed(f"{len(broken)} of {len(links)} links do not hold: {named}")
    return data


def _parameters(evidence: Evidence) -> tuple[list[dict[str, object]], Table]:
    """What was approved, beside registry and vaults, parameter by parameter."""
    state = evidence.state
    places = {f"registry v{state.version}": state.values}
    for number, vault in enumerate(evidence.vaults, start=1):
        name = f"{state.layout.name}/{number} {short(vault.address)} v{vault.applied}"
        places[name] = vault.values
    entries: list[dict[str, object]] = []
    rows = []
    for key, (old, new) in evidence.approved.items():
        spec = evidence.specs[key]
        held = {place: values.get(key) for place, values in places.items()}
        texts = {name: None if one is None else spec.show(one) for name, one in held.items()}
        cells = [
            faint("–") if one is None else (good if one == new else bad)(spec.show(one))
            for one in held.values()
        ]
        rows.append((spec.name, spec.show(old), spec.show(new), *cells))
        same = all(one in (None, new) for one in held.values())
        entries.append(
            {"name": spec.name, "before": spec.show(old), "approved": spec.show(new)}
            | {"same": same, "held": texts}
        )
    columns = ("parameter", "before", "approved", *places)
    return entries, Table(columns, rows, title=evidence.spec.title)

"""`dpo-gov apply`: the committed version of a strategy, brought to its vaults."""

from __future__ import annotations

import click

from dpo_gov.cli.context import Context, sending
from dpo_gov.cli.output import Table, bad, good
from dpo_gov.errors import CheckFailed


@click.command()
@sending
@click.argument("strategy", required=False)
@click.option(
    "--vault",
    "vaults",
    multiple=True,
    metavar="VAULT",
    help="Only this vault, also out of quarantine: an address, or core/2. May be repeated.",
)
def command(context: Context, strategy: str | None, vaults: tuple[str, ...]) -> dict[str, object]:
    """Bring the committed version to every vault of a strategy.

    STRATEGY may be left out where the deployment has one only. Ends with 1 when a vault refused.
    """
    name = context.strategy(strategy).layout.name
    named = [context.vault(vault).address for vault in vaults]
    version = context.registry.state(name).version
    addresses = named or list(context.executor.vaults(name))
    before = {address: context.executor.record(address) for address in addresses}
    behind = [address for address in addresses if before[address].applied_version != version]
    call: dict[str, object] = {"sent": False}
    reasons: dict[str, str] = {}
    if behind:
        done = context.perform(context.executor.apply(name, named))
        call = done.data
        would = int.from_bytes(done.returned)
        context.out.text(f"brings {would} of {len(behind)} vaults to version {version}")
        if done.receipt:
            outcome = context.executor.outcome(done.receipt)
            reasons = {one.vault: one.reason for one in outcome if not one.applied}
    after = {address: context.executor.record(address) for address in addresses}
    rows, entries = [], []
    for address in addresses:
        now = after[address]
        state = "quarantined" if now.quarantined else f"{now.failures} failures"
        fine = now.applied_version == version
        shown = good("current") if fine else bad(reasons.get(address) or f"behind, {state}")
        rows.append((address, before[address].applied_version, now.applied_version, shown))
        entries.append(
            {
                "vault": address,
                "version_before": before[address].applied_version,
                "version": now.applied_version,
                "failures": now.failures,
                "quarantined": now.quarantined,
                "reason": reasons.get(address, ""),
            }
        )
    data = {"strategy": name, "version": version, **call, "vaults": entries}
    title = f"{name}, committed version {version}"
    context.out.show(data, Table(("vault", "before", "now", "state"), rows, title=title))
    lagging = [entry["vault"] for entry in entries if entry["version"] != version]
    if call["sent"] and lagging:
        raise CheckFailed(
            f"{len(lagging)} of {len(entries)} vaults are not at version {version}: "
            + ", ".join(f"{vault} ({reasons.get(str(vault)) or 'refused'})" for vault in lagging)
        )
    return data

"""Do the calls reach contracts, and the right one?"""

from __future__ import annotations

from collections.abc import Iterator

from dpo_gov.proposal.checks.base import Check, Context, Said, error
from dpo_gov.proposal.folder import CALLDATA


def _ask(context: Context) -> Iterator[Said]:
    facts = context.facts
    targets = [call.target for call in context.bundle.calls()] if context.bundle else []
    for where, address in (
        ("deployment.governor", facts.governor),
        ("deployment.registry", facts.registry),
        ("deployment.preconditions", facts.preconditions),
        *((f"{CALLDATA}: actions.{place}", target) for place, target in enumerate(targets)),
    ):
        if not facts.code_size.get(address, 0):
            yield error(
                where,
                f"{address} has no code on chain {facts.chain_id}; a call to it would succeed and "
                "do nothing, check the network and the deployment file",
            )
    for place, target in enumerate(targets):
        if target not in (facts.registry, facts.preconditions):
            yield error(
                f"{CALLDATA}: actions.{place}",
                f"calls {target}; of this deployment {facts.registry} is the registry and "
                f"{facts.preconditions} the contract of preconditions; render again",
            )


CHECK = Check("targets", "do the calls reach the right contracts?", _ask)

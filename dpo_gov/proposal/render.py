"""The texts and files of a proposal, from its specification and its report.

Nothing here depends on a clock, a machine or an order of dictionaries: the description's bytes are
hashed into the proposal's id, so the same inputs must give the same bytes for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dpo_gov.params import ParamSpec
from dpo_gov.proposal import safe
from dpo_gov.proposal.abi import function
from dpo_gov.proposal.actions import (
    Action,
    description_hash,
    require_code_action,
    set_params_action,
)
from dpo_gov.proposal.bundle import Bundle
from dpo_gov.proposal.evidence import FIGURES, Evidence
from dpo_gov.proposal.facts import Site
from dpo_gov.proposal.folder import CALLDATA, DESCRIPTION, FORUM, SAFE_BATCH
from dpo_gov.proposal.markdown import code
from dpo_gov.proposal.model import ProposalSpec
from dpo_gov.proposal.numbers import percent, shown
from dpo_gov.proposal.resolve import Resolved
from dpo_gov.proposal.strict_json import dump
from dpo_gov.proposal.templating import environment


@dataclass(frozen=True, slots=True)
class Draft:
    """All that the texts are made of."""

    spec: ProposalSpec
    resolved: Resolved
    evidence: Evidence
    site: Site

    def actions(self) -> tuple[Action, ...]:
        """The calls that the vote decides on: one batch, which first asks what it relies on."""
        window, site = self.spec.window, self.site
        return (
            require_code_action(
                site.preconditions, {one.address: one.code_hash for one in site.relies_on}
            ),
            set_params_action(
                site.registry,
                self.resolved.current.layout.strategy_id,
                self.resolved.changes,
                (window.not_before, window.not_after),
                self.evidence.report_hash,
            ),
        )


def render(draft: Draft) -> dict[str, bytes]:
    """Every file that follows from the draft, by name."""
    text = description(draft)
    return {
        DESCRIPTION: text,
        CALLDATA: bundle(draft, text).to_bytes(),
        FORUM: forum(draft, text),
        SAFE_BATCH: dump(safe_batch(draft, text)),
    }


def description(draft: Draft) -> bytes:
    """The text that is hashed and voted on.

    First line `# Title`; LF only; last `#proposer=0x…` without a line end, since a governor
    ignores the marker when anything follows it.
    """
    return _fill("description.md.j2", _words(draft)).rstrip("\n").encode()


def forum(draft: Draft, text: bytes) -> bytes:
    """The post that opens the discussion: the description, and how to take part."""
    words = _words(draft)
    body = text.decode().removesuffix(f"#proposer={draft.spec.author}").rstrip("\n")
    words |= {
        "description": body,
        "description_hash": "0x" + description_hash(text).hex(),
        "proposal_id": str(bundle(draft, text).proposal_id),
    }
    return _fill("forum.md.j2", words).encode()


def bundle(draft: Draft, text: bytes) -> Bundle:
    """The contents of calldata.json for a description with these bytes."""
    return Bundle.of(
        draft.actions(),
        chain_id=draft.site.chain_id,
        governor=draft.site.governor,
        description=text,
        report_hash=draft.evidence.report_hash,
        layouts=[draft.resolved.current.layout],
    )


def safe_batch(draft: Draft, text: bytes) -> dict[str, Any]:
    """The one transaction with which a Safe submits the proposal: Governor.propose."""
    actions = draft.actions()
    propose = function("DpoGovernor", "propose")
    arguments = [
        [action.target for action in actions],
        [action.value for action in actions],
        [action.calldata for action in actions],
        text.decode(),
    ]
    call = Action(draft.site.governor, 0, propose.encode(arguments), propose.signature)
    return safe.batch(
        [call],
        chain_id=draft.site.chain_id,
        safe=draft.spec.author,
        created_at=draft.spec.window.not_before,
        name=draft.spec.title,
        description=f"Submits the proposal to the governor {draft.site.governor}",
    )


def _fill(template: str, words: Mapping[str, Any]) -> str:
    return environment().get_template(template).render(words)


def _words(draft: Draft) -> dict[str, Any]:
    spec, evidence = draft.spec, draft.evidence
    return {
        "spec": spec,
        "site": draft.site,
        "evidence": evidence,
        "report_hash": "0x" + evidence.report_hash.hex(),
        "writes": [_row(param, change.old, change.new) for param, change in draft.resolved.writes],
        "kept": list(_kept(draft.resolved)),
        "reliances": [
            f"{one.name} `{one.address}` (code hash `0x{one.code_hash.hex()}`)"
            for one in draft.site.relies_on
        ],
        "figures": list(_figures(evidence)),
        "stress": [
            {
                "day": f"{now.date}, {now.event}",
                "current": percent(now.loss),
                "proposed": percent(new.loss),
            }
            for now, new in zip(evidence.current.stress, evidence.proposed.stress, strict=True)
        ],
        "paths": f"{evidence.inputs.paths:,}",
        "portfolio": f"{evidence.inputs.portfolio:,.0f}",
    }


def _row(param: ParamSpec, old: int, new: int) -> Mapping[str, str]:
    return {
        "name": param.name,
        "old": param.show(old),
        "new": param.show(new),
        "bounds": f"{param.show(param.lower)} to {param.show(param.upper)}",
        "help": param.help,
        "enforced": param.enforced_by,
    }


def _kept(resolved: Resolved) -> Iterator[str]:
    specs = {spec.key: spec for spec in resolved.current.specs.values()}
    for change in resolved.changes:
        if change.old == change.new:
            yield f"{code(specs[change.key].name)} {specs[change.key].show(change.old)}"


def _figures(evidence: Evidence) -> Iterator[Mapping[str, str]]:
    for name, label in FIGURES.items():
        difference = evidence.difference[name]
        clear = difference.low > 0 or difference.high < 0
        yield {
            "label": label,
            "current": shown(evidence.current.figures[name]),
            "proposed": shown(evidence.proposed.figures[name]),
            "difference": shown(difference, signed=True),
            "verdict": "" if clear else "no clear difference",
        }

"""The links of `verify`: two things that must say the same, and whether they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import partial
from typing import NamedTuple

from dpo_gov.cli.evidence import Evidence
from dpo_gov.cli.proposal import facts, page, site
from dpo_gov.cli.text import count, short
from dpo_gov.errors import CheckFailed, DpoError


class Verdict(Enum):
    """Whether a link holds."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_YET = "not yet"


class Link(NamedTuple):
    """What is compared, whether it is the same, and what a reader wants to know of it."""

    name: str
    verdict: Verdict
    detail: str = ""


def _compare(name: str, problems: Sequence[str], detail: str) -> Link:
    if problems:
        return Link(name, Verdict.DIFFERS, "; ".join(problems))
    return Link(name, Verdict.SAME, detail)


_OF_FILES = {
    "report": ("proposal.yaml = report.json", "values of both sides, paths, seed, horizon"),
    "texts": ("report.json = description.md, forum.md", "rendering gives the same bytes"),
    "calldata": (
        "proposal.yaml = calldata.json",
        "the same calls, and words that say what they do",
    ),
    "page": ("report.json = report.html", "drawing it again gives the same bytes"),
    "actions": ("calldata.json fits a governor", "nothing sent, nothing twice"),
    "safe batch": ("calldata.json = safe-batch.json", "it submits this proposal"),
}
"""The checks that hold files against each other: what they compare, and what is then known."""


def of_files(evidence: Evidence) -> Iterator[Link]:
    """proposal.yaml, report, texts and calldata, each held against the others."""
    from dpo_gov.proposal import checks

    targets = [call.target for call in evidence.bundle.calls()]
    try:
        resolved = evidence.resolved
    except DpoError as error:
        yield Link(_OF_FILES["report"][0], Verdict.DIFFERS, str(error))
        return
    known = facts(evidence.context, evidence.spec, targets)
    draw = partial(page, evidence.spec, evidence.files)
    looked_at = checks.Context(
        evidence.spec, evidence.before, resolved, known, evidence.files, draw
    )
    for check in checks.CHECKS:
        if check.of_files:
            problems = [
                f"{found.where}: {found.message}"
                for found in check.run(looked_at)
                if found.level is checks.Level.ERROR
            ]
            name, detail = _OF_FILES.get(check.name, (check.name, check.about))
            yield _compare(name, problems, detail)


def of_code(evidence: Evidence) -> Iterator[Link]:
    """The code that the vote relies on is still what its first action asks for."""
    from dpo_gov.proposal.actions import decode

    calls = [decode(one.calldata).arguments for one in evidence.bundle.calls()]
    pairs = [
        pair
        for call in calls
        for pair in zip(call.get("targets", []), call.get("codeHashes", []), strict=False)
    ]
    relied_on = site(evidence.context, evidence.spec.strategy).relies_on
    problems = [
        f"{one.name} {short(one.address)} has code of the hash 0x{one.code_hash.hex()}, "
        "which the calldata does not state"
        for one in relied_on
        if (one.address, one.code_hash) not in pairs
    ]
    names = " and ".join(one.name for one in relied_on)
    yield _compare("precondition = code on chain", problems, f"of {names}")


def of_current(evidence: Evidence) -> Iterator[Link]:
    """The report starts from what the registry held, also where the proposal says nothing."""
    inputs, before = evidence.report.inputs, evidence.before
    problems = [
        f"{name} of the report's layout: {theirs}, of the deployment's: {ours}"
        for (name, theirs), (_, ours) in zip(inputs.layout, before.layout, strict=True)
        if theirs != ours
    ]
    told = inputs.current.values
    problems += [
        f"{spec.name} was {spec.show(before.values[key])}, "
        f"the report has {spec.show(told[key]) if key in told else 'nothing'}"
        for key, spec in evidence.specs.items()
        if told.get(key) != before.values[key]
    ]
    when = "when it was submitted" if evidence.onchain else "now"
    detail = f"the same assets, all {len(told)} values, version {before.version}, {when}"
    yield _compare("report's current side = registry", problems, detail)


def of_report(evidence: Evidence) -> Iterator[Link]:
    """The report comes out the same to the bit, from a market that is not its author's own."""
    from dpo_gov import report
    from dpo_gov.market import default_market
    from dpo_gov.proposal.folder import REPORT

    name, inputs = "report.json = simulated again", evidence.report.inputs
    with evidence.context.out.progress("simulating again") as progress:
        try:
            again = report.rebuild(evidence.report, progress=progress).to_bytes()
        except CheckFailed as error:
            yield Link(name, Verdict.DIFFERS, str(error))
        else:
            problem = f"simulating again gives the report 0x{report.hash_of(again).hex()}"
            size = f"{inputs.paths:,} paths × {inputs.horizon_days} d, seed {inputs.seed}"
            same = again == evidence.files[REPORT]
            yield _compare(name, [] if same else [problem], f"to the bit, {size}")
    theirs = inputs.market_sha256
    ours = default_market(conditions=True).reduced(inputs.modules).hash()
    problem = f"the report's market is {theirs}, this release has {ours}"
    yield _compare(
        "report's market = this release's", [problem] if theirs != ours else [], f"sha256 {ours}"
    )


def of_governor(evidence: Evidence) -> Iterator[Link]:
    """What is voted on is what the files say."""
    from dpo_gov.proposal.folder import DESCRIPTION

    calldata, description = "calldata.json = governor", "description.md = governor"
    onchain = evidence.onchain
    if onchain is None:
        detail = "no such proposal there; `dpo-gov gov submit`"
        yield Link(calldata, Verdict.NOT_YET, detail)
        yield Link(description, Verdict.NOT_YET, detail)
        return
    calls = evidence.bundle.calls()
    problems = [
        f"the {what} are others"
        for what, theirs, ours in (
            ("targets", onchain.targets, tuple(call.target for call in calls)),
            ("values", onchain.values, tuple(call.value for call in calls)),
            ("calldatas", onchain.calldatas, tuple(call.calldata for call in calls)),
        )
        if theirs != ours
    ]
    yield _compare(calldata, problems, f"proposal {str(onchain.id)[:8]}…, {evidence.standing}")
    same = onchain.description.encode() == evidence.files[DESCRIPTION]
    problem = "the text that is voted on is another"
    size = f"{len(evidence.files[DESCRIPTION]):,} bytes"
    yield _compare(description, [] if same else [problem], size)


def of_registry(evidence: Evidence) -> Iterator[Link]:
    """A version changed exactly what was approved, and it still holds."""
    record, state, specs = evidence.record, evidence.state, evidence.specs
    if record is None:
        detail = f"no version carries this report's hash; the proposal is {evidence.standing}"
        yield Link("calldata.json = registry", Verdict.NOT_YET, detail)
        return
    approved = evidence.approved
    committed = {change.key: (change.old, change.new) for change in record.changes}
    problems = [
        f"{specs[key].name}: approved {_move(evidence, key, approved.get(key))}, "
        f"committed {_move(evidence, key, committed.get(key))}"
        for key in sorted(approved.keys() | committed.keys())
        if approved.get(key) != committed.get(key)
    ]
    detail = f"version {record.version}, {count(len(committed), 'parameter')} changed"
    yield _compare("calldata.json = registry", problems, detail)
    later = {
        change.key: one.version
        for one in evidence.history
        if one.version > record.version
        for change in one.changes
    }
    problems = [
        f"{specs[key].name} is {specs[key].show(state.values[key])} now, "
        f"approved was {specs[key].show(new)}"
        for key, (_, new) in approved.items()
        if state.values[key] != new and key not in later
    ]
    detail = f"version {state.version}"
    if since := [f"{specs[key].name} (version {later[key]})" for key in approved if key in later]:
        detail += f"; changed again since: {', '.join(since)}"
    yield _compare("registry then = registry now", problems, detail)


def of_vaults(evidence: Evidence) -> Iterator[Link]:
    """Every vault obeys what the registry holds now."""
    state, specs = evidence.state, evidence.specs
    for place, vault in enumerate(evidence.vaults, start=1):
        name = f"registry = vault {state.layout.name}/{place} {short(vault.address)}"
        problems = [
            f"{specs[key].name} is {specs[key].show(value)} in the vault, "
            f"{specs[key].show(state.values[key])} in the registry"
            for key, value in vault.values.items()
            if value != state.values[key]
        ]
        if vault.applied != state.version:
            problems.append(
                f"the vault is at version {vault.applied}, the registry at {state.version}; "
                "`dpo-gov apply`"
            )
        detail = f"version {vault.applied}, all {len(vault.values)} parameters that it obeys"
        yield _compare(name, problems, detail)
    if not evidence.vaults:
        yield Link("registry = vaults", Verdict.NOT_YET, "the strategy has no vault")


def _move(evidence: Evidence, key: int, values: tuple[int, int] | None) -> str:
    if values is None:
        return "nothing"
    old, new = (evidence.specs[key].show(value) for value in values)
    return f"{old} → {new}"


STAGES: dict[str, tuple[Callable[[Evidence], Iterator[Link]], ...]] = {
    "files": (of_files, of_code, of_current, of_report),
    "governor": (of_governor,),
    "registry": (of_registry,),
    "vaults": (of_vaults,),
}
"""How far a proposal can have come, and what must hold then beside all before."""

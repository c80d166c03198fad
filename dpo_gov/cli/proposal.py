"""`dpo-gov proposal`: draft a change, check it, render its files, decode calldata into words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dpo_gov.cli.context import EMBEDDED, Context, Noun, online
from dpo_gov.cli.output import Styled, Table, bad, faint, good
from dpo_gov.errors import CheckFailed, InputError, ProposalError, RuleBroken, UnknownName

if TYPE_CHECKING:
    from dpo_gov.guardrails import RegistryState
    from dpo_gov.params import StrategyLayout
    from dpo_gov.proposal.actions import DecodedCall
    from dpo_gov.proposal.checks import Finding
    from dpo_gov.proposal.facts import ChainFacts, Site
    from dpo_gov.proposal.folder import Folder
    from dpo_gov.proposal.model import ProposalSpec
    from dpo_gov.proposal.resolve import Resolved
    from dpo_gov.report import Report

DAY = 86_400


@click.group(cls=Noun)
def command() -> None:
    """Draft a change, check it, write its text, calldata and report, decode it back."""


@command.command()
@online
@click.argument("slug")
@click.option("--strategy", help="The strategy to change; may be left out where there is one only.")
@click.option("--set", "wishes", multiple=True, metavar="NAME=VALUE", help="A change to draft.")
@click.option("--author", metavar="ADDRESS", help="The account that will propose.")
@click.option("--title", help="What the vote is called.")
@click.option("--discussion", metavar="URL", help="Where it is discussed.")
@click.option(
    "--out",
    default="proposals",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that gets the new one.",
    show_default=True,
)
def new(
    context: Context,
    slug: str,
    *,
    strategy: str | None,
    wishes: tuple[str, ...],
    author: str | None,
    title: str | None,
    discussion: str | None,
    out: Path,
) -> dict[str, object]:
    """Draft a folder OUT/<date>-SLUG with the values that the registry holds now."""
    from dpo_gov.proposal.draft import Outline, draft, folder_name
    from dpo_gov.proposal.folder import SPEC, create

    folder_name(slug, "")
    given = dict(_wishes(wishes))
    state = context.registry.state(context.strategy(strategy).layout.name)
    now = context.chain.now()
    latest = context.governor.earliest_execution() + 30 * DAY
    outline = Outline(
        current=state.params,
        wishes=given,
        author=author,
        title=title,
        discussion=discussion,
        not_before=now - now % DAY,
        not_after=latest - latest % DAY,
        specs=state.specs,
    )
    name = folder_name(slug, _date(now))
    folder = create(out, name, {SPEC: draft(outline)})
    path = folder.file(SPEC)
    data: dict[str, object] = {"folder": str(folder.path), "file": str(path)}
    missing = "what says TBD" + ("" if author else " and the author's address")
    context.out.show(
        data, f"{path}\nfill in {missing}, then: dpo-gov proposal check {folder.path} --draft"
    )
    return data


def _wishes(given: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    seen = set()
    for wish in given:
        name, equals, value = wish.partition("=")
        if not equals or not value.strip():
            raise InputError(f"--set {wish!r}: write name=value, such as 'driftThreshold=6 %'")
        if name.strip() in seen:
            raise InputError(f"--set {name.strip()!r} is given twice; keep one")
        seen.add(name.strip())
        yield name.strip(), value.strip()


def _date(seconds: int) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


@dataclass(frozen=True)
class Opened:
    """A proposal folder, read against what the registry holds now."""

    folder: Folder
    spec: ProposalSpec
    state: RegistryState
    resolved: Resolved


def open_proposal(context: Context, path: Path) -> Opened:
    """Read a folder, or the proposal.yaml in it, and resolve it against the registry.

    Raises ProposalError, UnknownName (2) and RuleBroken for a stale value (1). The file is read
    first: what is wrong with it needs no chain.
    """
    from dpo_gov.proposal.folder import Folder
    from dpo_gov.proposal.resolve import resolve

    folder = Folder.at(path)
    spec = folder.load()
    try:
        context.strategy(spec.strategy)
    except UnknownName as error:
        raise UnknownName(f"{spec.place('strategy')}: {error}") from error
    state = context.registry.state(spec.strategy)
    return Opened(folder, spec, state, resolve(spec, state))


def refused(context: Context, opened: Opened) -> str:
    """What the registry would say to the change if it were executed now, or nothing."""
    from dpo_gov.guardrails import Call, Lane, decide

    # The hash of a report that there will be; it only must not be zero.
    changes, some = opened.resolved.changes, b"\1" * 32
    call = Call(lane=Lane.GOVERNANCE, changes=changes, report_hash=some)
    try:
        decide(opened.state, call, context.chain.now())
    except RuleBroken as problem:
        return str(problem)
    return ""


def site(context: Context, strategy: str) -> Site:
    """Where a proposal goes, and the code that stands there now."""
    from eth_utils.crypto import keccak

    from dpo_gov.proposal.facts import Reliance, Site

    where = context.deployment.contracts
    relied_on = {
        "the registry": where.registry,
        "the strategy's validator": context.registry.validator(strategy),
    }
    return Site(
        chain_id=context.chain.chain_id,
        governor=where.governor,
        registry=where.registry,
        preconditions=where.preconditions,
        relies_on=tuple(
            Reliance(name=name, address=address, code_hash=keccak(context.chain.code(address)))
            for name, address in relied_on.items()
        ),
    )


def facts(context: Context, spec: ProposalSpec, targets: Iterable[str]) -> ChainFacts:
    """What the checks need to know of the chain; `targets` are addresses that calls go to."""
    from dpo_gov.proposal.facts import ChainFacts

    place = site(context, spec.strategy)
    addresses = {place.governor, place.registry, place.preconditions, *targets}
    return ChainFacts(
        **dict(place),
        now=context.chain.now(),
        earliest=context.governor.earliest_execution(),
        code_size={address: len(context.chain.code(address)) for address in addresses},
        votes=context.governor.voting_power(spec.author),
        threshold=context.governor.rules()["proposalThreshold"],
    )


def run_all(context: Context, opened: Opened, files: Mapping[str, bytes] | None) -> list[Finding]:
    """Every check on a proposal; `files` None means a draft."""
    from dpo_gov.proposal import checks
    from dpo_gov.proposal.bundle import Bundle
    from dpo_gov.proposal.folder import CALLDATA

    targets: list[str] = []
    # A file that cannot be read is the business of its own check.
    with suppress(KeyError, InputError):
        bundle = Bundle.read((files or {})[CALLDATA], CALLDATA)
        targets = [call.target for call in bundle.calls()]
    known = facts(context, opened.spec, targets)
    draw = partial(page, opened.spec, files or {})
    return checks.run_checks(
        checks.Context(opened.spec, opened.state, opened.resolved, known, files, draw)
    )


def page(spec: ProposalSpec, files: Mapping[str, bytes]) -> bytes:
    """The page that the report.json among the files gives. Raises ProposalError."""
    from dpo_gov import report
    from dpo_gov.proposal.folder import REPORT

    found = report.parse(files[REPORT], REPORT)
    try:
        return _page(spec, found)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # It is a report by its form; what its author wrote there need not make plots.
        raise ProposalError(f"cannot be drawn from {REPORT}: {error}; render again") from error


def _page(spec: ProposalSpec, found: Report) -> bytes:
    from dpo_gov import report

    text = report.render_html(
        found, title=spec.title, summary=spec.summary, link=spec.discussion or ""
    )
    return text.encode()


@command.command()
@online
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="Leave out the rendered files.")
def check(context: Context, path: Path, draft: bool) -> dict[str, object]:
    """Hold a proposal against the registry, and its files against each other."""
    opened = open_proposal(context, path)
    findings = run_all(context, opened, None if draft else opened.folder.read())
    data = {"folder": str(opened.folder.path), **_verdict(findings)}
    context.out.show(data, *_views(opened, findings, draft=draft))
    _refuse(findings, opened.folder.path)
    return data


def _verdict(findings: list[Finding]) -> dict[str, object]:
    return {
        "ok": not _errors(findings),
        "findings": [
            {"level": one.level.value, "check": one.check, "where": one.where}
            | {"message": one.message}
            for one in findings
        ],
    }


def _views(opened: Opened, findings: list[Finding], *, draft: bool) -> Iterator[Table | str]:
    from dpo_gov.proposal.checks import CHECKS, Level

    changes = [
        (param.name, param.show(change.old), param.show(change.new))
        for param, change in opened.resolved.writes
    ]
    yield Table(("parameter", "now", "proposed"), changes, title=opened.spec.title)
    worst = {Level.ERROR: bad("error"), Level.WARNING: Styled("warning", "yellow")}
    levels: dict[str, object] = {}
    for level in (Level.INFO, Level.WARNING, Level.ERROR):
        for one in findings:
            if one.level is level:
                levels[one.check] = worst.get(level, faint("info"))
    rows = [
        (
            check.name,
            check.about,
            faint("not asked") if draft and check.of_files else levels.get(check.name, good("ok")),
        )
        for check in CHECKS
    ]
    yield Table(("check", "question", "answer"), rows)
    if findings:
        said = [
            (one.level.value, one.check, f"{one.where}: {one.message}")
            for one in sorted(findings, key=lambda one: list(Level).index(one.level), reverse=True)
        ]
        yield Table(("level", "check", "finding"), said)


def _errors(findings: list[Finding]) -> list[Finding]:
    from dpo_gov.proposal.checks import Level

    return [one for one in findings if one.level is Level.ERROR]


def _refuse(findings: list[Finding], path: Path) -> None:
    errors = _errors(findings)
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise CheckFailed(f"{path}: {first.check}: {first.where}: {first.message}{more}")


@command.command()
@online
@click.argument("path", type=click.Path(path_type=Path))
def render(context: Context, path: Path) -> dict[str, object]:
    """Simulate a proposal, and write its description, calldata and reports."""
    opened = open_proposal(context, path)
    _refuse(run_all(context, opened, None), opened.folder.path)
    with context.out.progress("simulating") as progress:
        files = _rendered(context, opened, progress)
    # What was just written is read back by the same checks that any reader would run.
    findings = run_all(context, opened, files)
    _refuse(findings, opened.folder.path)
    opened.folder.write(files)
    data = {"folder": str(opened.folder.path), **_identity(files), **_verdict(findings)}
    rows = [(name, f"{len(content):,}") for name, content in files.items()]
    context.out.show(
        data,
        Table(("file", "bytes"), rows, title=str(opened.folder.path), right={"bytes"}),
        Table(("what", "value"), [(name, data[name]) for name in _identity(files)]),
    )
    return data


def _rendered(
    context: Context, opened: Opened, progress: Callable[[float], None]
) -> dict[str, bytes]:
    from dpo_gov import report
    from dpo_gov.market import default_market
    from dpo_gov.proposal.evidence import Evidence
    from dpo_gov.proposal.folder import REPORT, REPORT_HTML
    from dpo_gov.proposal.render import Draft
    from dpo_gov.proposal.render import render as render_files
    from dpo_gov.simulate import SimSpec

    spec, resolved = opened.spec, opened.resolved
    built = report.build(
        resolved.current,
        resolved.proposed,
        default_market(conditions=True),
        SimSpec.model_validate(spec.simulation.model_dump()),
        progress=progress,
    )
    data = built.to_bytes()
    place = site(context, spec.strategy)
    files = render_files(Draft(spec, resolved, Evidence.read(data), place))
    return {**files, REPORT: data, REPORT_HTML: _page(spec, built)}


def _identity(files: Mapping[str, bytes]) -> dict[str, object]:
    from dpo_gov.proposal.bundle import Bundle
    from dpo_gov.proposal.folder import CALLDATA

    bundle = Bundle.read(files[CALLDATA], CALLDATA)
    return {
        "report_hash": bundle.report_hash,
        "description_hash": bundle.description_hash,
        "proposal_id": bundle.proposal_id,
    }


@command.command()
@online
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
def decode(context: Context, file: Path) -> dict[str, object]:
    """Say in words what the calldata in FILE does; - reads from stdin.

    FILE is a calldata.json, a batch of the Safe Transaction Builder, or hexadecimal text.
    """
    from dpo_gov.proposal.actions import decode as decode_call
    from dpo_gov.proposal.bundle import in_words
    from dpo_gov.proposal.reading import read_calls
    from dpo_gov.proposal.strict_json import MAX_BYTES

    data = sys.stdin.buffer.read(MAX_BYTES + 1) if str(file) == "-" else None
    found = read_calls(file, data)
    layouts = _layouts(context)
    calls = [(action, decode_call(action.calldata, layouts)) for action in found.actions]
    result: dict[str, object] = {
        "format": found.format,
        "notes": list(found.notes),
        "actions": [
            {"target": action.target, "value": str(action.value), **in_words(call)}
            for action, call in calls
        ],
    }
    for note in found.notes:
        context.out.note(note)
    context.out.show(result, *(_lines(call, action.target) for action, call in calls))
    return result


def _lines(call: DecodedCall, target: str) -> str:
    first, *rest = call.lines()
    return "\n".join([f"{target}: {first}" if target else first, *rest])


def _layouts(context: Context) -> tuple[StrategyLayout, ...]:
    """The deployment's; the embedded network needs no deployment for its own."""
    from dpo_gov.chain import DEMO_LAYOUTS, Deployment

    if context.settings.network == EMBEDDED:
        return DEMO_LAYOUTS
    return Deployment.load(context.settings.deployment).layouts

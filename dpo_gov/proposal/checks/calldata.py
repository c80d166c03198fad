"""Does the calldata say exactly what the proposal says, in both directions?"""

from __future__ import annotations

from collections.abc import Iterator

from dpo_gov.errors import InputError
from dpo_gov.proposal.actions import (
    DecodedCall,
    decode,
    description_hash,
    proposal_id,
    require_code_action,
    set_params_action,
    show_time,
)
from dpo_gov.proposal.bundle import Bundle, in_words
from dpo_gov.proposal.checks.base import Check, Context, Said, error
from dpo_gov.proposal.folder import CALLDATA, DESCRIPTION

_REQUIRE_CODE = "Preconditions.requireCode"
_BATCH = [_REQUIRE_CODE, "StrategyRegistry.setParams"]


def _ask(context: Context) -> Iterator[Said]:
    files = context.files or {}
    if CALLDATA not in files:
        yield error(CALLDATA, "is missing; `dpo-gov proposal render` writes it")
        return
    try:
        bundle = Bundle.read(files[CALLDATA], CALLDATA)
    except InputError as problem:
        yield error(CALLDATA, str(problem).removeprefix(f"{CALLDATA}: "))
        return
    differences = [
        *_about_ids(context, bundle, files.get(DESCRIPTION, b"")),
        *_about_calls(context, bundle),
    ]
    for difference in differences:
        yield error(CALLDATA, f"{difference}; render again, and read the difference")


def _about_ids(context: Context, bundle: Bundle, description: bytes) -> Iterator[str]:
    facts, hashed = context.facts, "0x" + description_hash(description).hex()
    identity = str(proposal_id(bundle.calls(), description))
    report = context.evidence.report_hash.hex() if context.evidence else ""
    for name, found, wanted in (
        ("chainId", bundle.chain_id, str(facts.chain_id)),
        ("governor", bundle.governor, facts.governor),
        ("descriptionHash", bundle.description_hash, hashed),
        ("proposalId", bundle.proposal_id, identity),
        ("reportHash", bundle.report_hash, f"0x{report}" if report else bundle.report_hash),
    ):
        if found != wanted:
            yield f"{name} is {found}, it must be {wanted}"


def _about_calls(context: Context, bundle: Bundle) -> Iterator[str]:
    layout = context.state.layout
    decoded = [decode(action.calldata, [layout]) for action in bundle.calls()]
    for place, (entry, call) in enumerate(zip(bundle.actions, decoded, strict=True)):
        if entry.decoded != in_words(call):
            yield f"actions.{place}.decoded does not say what its calldata does"
    functions = [call.function for call in decoded]
    if functions == _BATCH[1:]:
        yield (
            f"has no precondition: {_REQUIRE_CODE} must come first, or a change of the code that "
            "the vote relies on goes unseen"
        )
        return
    if functions != _BATCH:
        names = ", ".join(next(iter(call.lines())) for call in decoded) or "nothing"
        yield f"calls {names}; the proposal is one batch: {', '.join(_BATCH)}"
        return
    condition, call = decoded
    differences = [*_other_code(context, condition), *_differences(context, call)]
    yield from differences
    report_hash = call.arguments.get("reportHash", b"")
    facts = context.facts
    wanted = (
        require_code_action(
            facts.preconditions, {one.address: one.code_hash for one in facts.relies_on}
        ),
        set_params_action(
            facts.registry,
            layout.strategy_id,
            context.resolved.changes,
            (context.spec.window.not_before, context.spec.window.not_after),
            context.evidence.report_hash if context.evidence else report_hash,
        ),
    )
    for place, (found, ours) in enumerate(zip(bundle.calls(), wanted, strict=True)):
        if found != ours and not differences:
            yield (
                f"actions.{place} is not the call that the proposal makes: target, order or "
                "signature differ"
            )


def _other_code(context: Context, call: DecodedCall) -> Iterator[str]:
    """Where the precondition does not ask for the code that is on chain now."""
    if call.problem:
        yield f"actions.0 cannot be read: {call.problem}"
        return
    targets, hashes = call.arguments["targets"], call.arguments["codeHashes"]
    if len(targets) != len(hashes):
        yield f"the precondition has {len(targets)} targets and {len(hashes)} hashes"
        return
    stated = dict(zip(targets, hashes, strict=True))
    for one in context.facts.relies_on:
        found = stated.pop(one.address, None)
        if found is None:
            yield f"the precondition leaves out {one.name} {one.address}"
        elif found != one.code_hash:
            yield (
                f"the precondition says that the code of {one.name} {one.address} hashes to "
                f"0x{found.hex()}, on chain it is 0x{one.code_hash.hex()}: either the code has "
                "changed since the proposal was drafted, or the file has"
            )
    for address in stated:
        yield f"the precondition asks about {address}, on which the proposal does not rely"


def _differences(context: Context, call: DecodedCall) -> Iterator[str]:
    """The facts on which proposal and calldata do not agree, in both directions."""
    if call.problem:
        yield f"actions.1 cannot be read: {call.problem}"
    elif call.strategy != context.spec.strategy:
        yield f"changes the strategy {call.strategy or 'of another name'}"
    else:
        yield from _other_values(context, call)
        yield from _other_terms(context, call)


def _other_values(context: Context, call: DecodedCall) -> Iterator[str]:
    specs = {spec.key: spec for spec in context.resolved.current.specs.values()}
    says = {change.key: change for change in context.resolved.changes}
    does = {entry["key"]: (entry["from"], entry["to"]) for entry in call.arguments["changes"]}
    for named in call.changes:
        if named.key not in says:
            yield f"sets {named}, of which the proposal says nothing"
    for key, change in says.items():
        spec = specs[key]
        wish = f"{spec.name} {spec.show(change.old)} → {spec.show(change.new)}"
        if key not in does:
            yield f"leaves out {wish}"
        elif does[key] != (change.old, change.new):
            found = next(str(named) for named in call.changes if named.key == key)
            yield f"does {found}, the proposal says {wish}"


def _other_terms(context: Context, call: DecodedCall) -> Iterator[str]:
    window = context.spec.window
    for name, wanted in (("notBefore", window.not_before), ("notAfter", window.not_after)):
        if call.arguments[name] != wanted:
            yield (
                f"has {name} {show_time(call.arguments[name])}, "
                f"the proposal says {show_time(wanted)}"
            )
    report = context.evidence
    if report and call.arguments["reportHash"] != report.report_hash:
        yield (
            f"carries the report hash 0x{call.arguments['reportHash'].hex()}, "
            f"but report.json hashes to 0x{report.report_hash.hex()}"
        )


CHECK = Check("calldata", "does the calldata do exactly what the proposal says?", _ask, True)

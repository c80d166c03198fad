"""Each check is silent on the good proposal and speaks on the one thing that it guards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import rfc8785

from dpo_gov.errors import ProposalError
from dpo_gov.guardrails import RegistryState
from dpo_gov.proposal.abi import function
from dpo_gov.proposal.actions import Action, require_code_action, set_params_action
from dpo_gov.proposal.bundle import Bundle
from dpo_gov.proposal.checks import CHECKS, Context, Level, run_checks
from dpo_gov.proposal.facts import ChainFacts
from dpo_gov.proposal.model import ProposalSpec
from dpo_gov.proposal.render import Draft
from dpo_gov.proposal.resolve import Resolved, resolve

Parse = Callable[[str], ProposalSpec]
Said = list[tuple[str, str, str]]
DAY = 86_400


@pytest.fixture
def context(
    spec: ProposalSpec,
    state: RegistryState,
    resolved: Resolved,
    facts: ChainFacts,
    files: dict[str, bytes],
) -> Context:
    """The good proposal with everything that belongs to it."""
    return Context(spec, state, resolved, facts, dict(files))


def said(context: Context, level: Level | None = None) -> Said:
    """What the checks have to say, of one level or of all."""
    return [
        (one.check, one.where, one.message)
        for one in run_checks(context)
        if level is None or one.level is level
    ]


def of_spec(context: Context, spec: ProposalSpec) -> Context:
    """The same proposal as a draft with another text."""
    return replace(context, spec=spec, resolved=resolve(spec, context.state), files=None)


def with_facts(context: Context, **more: Any) -> Context:
    """The same proposal on another chain."""
    return replace(context, facts=context.facts.model_copy(update=more))


def with_files(context: Context, **more: bytes | None) -> Context:
    """The same proposal with other files; `report_json` stands for report.json."""
    names = {
        name.replace("_", ".").replace("batch", "safe-batch"): data for name, data in more.items()
    }
    merged = {**(context.files or {}), **names}
    return replace(context, files={name: data for name, data in merged.items() if data is not None})


def test_nothing_is_said_of_the_good_proposal(context: Context) -> None:
    """All thirteen checks are content, as a draft and rendered."""
    assert said(context) == []
    assert said(replace(context, files=None)) == []
    assert len(CHECKS) == 13 == len({check.name for check in CHECKS})


@pytest.mark.parametrize(
    ("old", "new", "level", "check", "fragment"),
    [
        ("Hold 25 %", "TBD 25 %", Level.ERROR, "wording", "placeholder 'TBD'"),
        ("Hold 25 %", "Hold ${SHARE}", Level.ERROR, "wording", "placeholder '${SHARE}'"),
        ("Hold 25 %", "Hold <number> %", Level.ERROR, "wording", "placeholder '<number>'"),
        ("Hold 25 %", "Hold $SHARE %", Level.WARNING, "wording", "'$SHARE'"),
        ("title: Trade", "title: TODO Trade", Level.ERROR, "wording", "placeholder 'TODO'"),
        ("discussion: https://forum.example/t/1\n", "", Level.INFO, "links", "is not given"),
        ("https://forum", "http://forum", Level.WARNING, "links", "is not https"),
        ("Hold 25 %", "https://good@evil.example 25 %", Level.ERROR, "links", "hides its host"),
        ("Hold 25 %", "https://xn--80ak6aa92e.com %", Level.WARNING, "links", "look alike"),
        ("to: 6 %", "to: 21 %", Level.ERROR, "guard rails", "AboveMaximum"),
        ("to: 40 %", "to: 41 %", Level.ERROR, "guard rails", "WeightsDoNotSum"),
        (
            "  driftThreshold: {from: 5 %, to: 6 %}",
            "  performanceFee: {from: 0 %, to: 1 %}",
            Level.WARNING,
            "enforcement",
            "no contract obeys it yet",
        ),
        ("2027-01-31T", "2026-11-25T", Level.ERROR, "window", "can be executed from 2026-11-30"),
        ("2027-01-31T", "2026-12-01T", Level.WARNING, "window", "less than 3 days"),
        ("2027-01-31T", "2027-06-30T", Level.WARNING, "window", "more than 180 days"),
    ],
)
def test_the_draft_is_questioned(
    context: Context,
    text: str,
    parse: Parse,
    *,
    old: str,
    new: str,
    level: Level,
    check: str,
    fragment: str,
) -> None:
    """What a draft gets wrong is found before anything is simulated."""
    assert old in text
    found = said(of_spec(context, parse(text.replace(old, new, 1))), level)

    assert [name for name, _, _ in found] == [check]
    assert fragment in found[0][2]
    assert found[0][1].startswith("proposal.yaml:")


def test_an_author_without_votes_is_warned(context: Context) -> None:
    """Proposing would fail later; it is said now."""
    found = said(with_facts(context, votes=5, threshold=10), Level.WARNING)

    assert found[0][0] == "proposer" and "has 5 votes now and needs 10" in found[0][2]


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("report.json", "report"),
        ("description.md", "texts"),
        ("forum.md", "texts"),
        ("calldata.json", "calldata"),
        ("safe-batch.json", "safe batch"),
    ],
)
def test_a_missing_file_is_an_error(context: Context, name: str, check: str) -> None:
    """Nothing may be left out of what the vote rests on."""
    rest = {key: data for key, data in (context.files or {}).items() if key != name}
    found = said(replace(context, files=rest), Level.ERROR)

    assert (check, name) in [(one[0], one[1]) for one in found]
    assert any("is missing" in message for _, _, message in found)


def test_a_report_of_other_inputs_is_an_error(context: Context, text: str, parse: Parse) -> None:
    """A report made with other settings or values than the proposal's is not its report."""
    spec = parse(text.replace("seed: 1", "seed: 2").replace("to: 6 %", "to: 7 %"))
    other = replace(context, spec=spec, resolved=resolve(spec, context.state))

    messages = [message for check, _, message in said(other, Level.ERROR) if check == "report"]

    assert any("with seed 1, the proposal says 2" in one for one in messages)
    assert any("with proposed driftThreshold 6 %, it is 7 %" in one for one in messages)


def test_a_report_of_other_assets_is_an_error(context: Context) -> None:
    """In a report whose assets are exchanged, the names of parameters stand for other keys."""
    assets = ("USDC", "WETH", "WBTC")
    layout = context.state.layout.model_copy(update={"assets": assets})
    other = replace(context, state=context.state.model_copy(update={"layout": layout}))

    messages = [message for check, _, message in said(other, Level.ERROR) if check == "report"]

    assert any("the deployment's layout is another, with USDC, WETH" in one for one in messages)


def test_a_report_of_another_portfolio_is_an_error(context: Context) -> None:
    """Costs weigh less on a larger portfolio, so that its size is not the author's to choose."""
    content = json.loads((context.files or {})["report.json"])
    content["inputs"]["portfolio"] = 1e9
    found = said(with_files(context, report_json=rfc8785.dumps(content)), Level.ERROR)

    assert any("with portfolio 1000000000.0, the proposal" in message for _, _, message in found)


def undrawable() -> bytes:
    """A report whose plots cannot be made."""
    raise ProposalError("cannot be drawn")


@pytest.mark.parametrize(
    ("found", "draw", "fragment"),
    [
        (None, lambda: b"<p>", "is missing"),
        (b"<p>1 %", lambda: b"<p>2 %", "differs from what report.json gives; do not open it"),
        (b"<svg>1</svg>", lambda: b"<svg>2</svg>", "has other drawings"),
        (b"<svg>1</svg><script>", lambda: b"<svg>1</svg>", "differs from what report.json gives"),
        (b"<p>", undrawable, "cannot be drawn"),
    ],
)
def test_an_edited_page_is_an_error(
    context: Context, found: bytes | None, draw: Callable[[], bytes], fragment: str
) -> None:
    """The page is what voters read; it is the one that the report gives, or not to be opened."""
    given = with_files(replace(context, page=draw), report_html=found)
    errors = said(given, Level.ERROR)

    assert [(check, name) for check, name, _ in errors] == [("page", "report.html")]
    assert fragment in errors[0][2]


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda data: data + b"\n", "not in canonical form"),
        (lambda data: data[:-2], "is not JSON"),
        (lambda data: b"[]", "the whole file"),
        (lambda data: data.replace(b'"seed":"1"', b'"seed":"01"'), "inputs.seed"),
        (lambda data: data.replace(b'"mean_return"', b'"mean_reward"'), "lacks the figure"),
    ],
)
def test_a_crooked_report_is_an_error(
    context: Context, change: Callable[[bytes], bytes], fragment: str
) -> None:
    """A report that is not exactly a report is named, not read around."""
    data = (context.files or {})["report.json"]
    found = said(with_files(context, report_json=change(data)), Level.ERROR)

    assert any(check == "report" and fragment in message for check, _, message in found), found


def test_another_report_hash_in_the_calldata_is_an_error(context: Context) -> None:
    """A report that was changed by one digit no longer hashes to what the calldata says."""
    content = json.loads((context.files or {})["report.json"])
    content["better_paths"] += 1
    changed = rfc8785.dumps(content)

    found = said(with_files(context, report_json=changed), Level.ERROR)

    messages = [message for check, _, message in found if check == "calldata"]
    assert any("carries the report hash" in one for one in messages)
    assert any(one.startswith("reportHash is") for one in messages)


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda text: text + b"\n", "does not end with #proposer="),
        (lambda text: text.replace(b"\n", b"\r\n"), "Windows line ends"),
        (lambda text: b"\n" + text, "does not begin with the line"),
        (lambda text: text.replace(b"| 6 % |", b"| 5.5 % |"), "line 20 is"),
        (lambda text: text.replace(b"79C8", b"79C9"), "does not end with #proposer="),
    ],
)
def test_an_edited_description_is_an_error(
    context: Context, change: Callable[[bytes], bytes], fragment: str
) -> None:
    """Its bytes are what is voted on; the first line that differs is named."""
    text = (context.files or {})["description.md"]
    assert change(text) != text
    found = said(with_files(context, description_md=change(text)), Level.ERROR)

    assert any(check == "texts" and fragment in message for check, _, message in found), found
    assert any(check == "calldata" and "descriptionHash is" in m for check, _, m in found)


def bundle_of(context: Context, actions: Sequence[Action], draft: Draft) -> Context:
    """The same proposal with a calldata.json of these calls."""
    files = context.files or {}
    bundle = Bundle.of(
        actions,
        chain_id=context.facts.chain_id,
        governor=context.facts.governor,
        description=files["description.md"],
        report_hash=draft.evidence.report_hash,
        layouts=[context.state.layout],
    )
    return with_files(context, calldata_json=bundle.to_bytes())


def action(context: Context, draft: Draft, **more: Any) -> Action:
    """The proposal's call, but for what is given."""
    window = context.spec.window
    given = {
        "registry": context.facts.registry,
        "strategy_id": context.state.layout.strategy_id,
        "changes": context.resolved.changes,
        "window": (window.not_before, window.not_after),
        "report_hash": draft.evidence.report_hash,
    }
    return set_params_action(**given | more)


def batch(context: Context, draft: Draft, **more: Any) -> tuple[Action, ...]:
    """The proposal's batch, with another call behind its precondition."""
    return (draft.actions()[0], action(context, draft, **more))


def test_calldata_must_do_what_the_proposal_says(context: Context, draft: Draft) -> None:
    """More, less and other than the text are each named with the parameter."""
    changes = list(context.resolved.changes)
    band = changes[-1]
    cases = {
        "leaves out driftThreshold 5 % → 6 %": {"changes": changes[:-1]},
        "does driftThreshold 5 % → 7 %, the proposal says driftThreshold 5 % → 6 %": {
            "changes": [*changes[:-1], band.model_copy(update={"new": 700})]
        },
        "sets recenteringSpeed 100 % → 50 %, of which the proposal says nothing": {
            "changes": [*changes, band.model_copy(update={"key": 9, "old": 10**6, "new": 500_000})]
        },
        "has notAfter 1099511627775 (never), the proposal says 2027-01-31": {
            "window": (context.spec.window.not_before, 2**40 - 1)
        },
        "has notBefore 1970-01-01": {"window": (0, context.spec.window.not_after)},
        "carries the report hash 0x0101": {"report_hash": b"\1" * 32},
        "changes the strategy of another name": {"strategy_id": b"other".ljust(32, b"\0")},
    }
    for fragment, more in cases.items():
        found = said(bundle_of(context, batch(context, draft, **more), draft), Level.ERROR)
        assert any(check == "calldata" and fragment in m for check, _, m in found), fragment


def test_the_precondition_asks_for_the_code_that_stands_there(
    context: Context, draft: Draft
) -> None:
    """Every contract that the vote relies on is asked about, with its hash of now, and no other."""
    facts = context.facts
    code = {one.address: one.code_hash for one in facts.relies_on}
    registry, validator = code
    elsewhere = "0x" + "12" * 20
    for stated, fragment in (
        ({registry: code[registry]}, f"leaves out the strategy's validator {validator}"),
        (
            code | {registry: b"\7" * 32},
            f"the code of the registry {registry} hashes to 0x{'07' * 32}, on chain it is "
            f"0x{'01' * 32}",
        ),
        (code | {elsewhere: b"\1" * 32}, f"asks about {elsewhere}, on which the proposal does"),
        (dict(reversed(code.items())), "actions.0 is not the call that the proposal makes"),
    ):
        condition = require_code_action(facts.preconditions, stated)
        given = bundle_of(context, [condition, action(context, draft)], draft)
        found = [m for check, _, m in said(given, Level.ERROR) if check == "calldata"]
        assert any(fragment in message for message in found), found


def test_code_that_has_changed_since_is_an_error(context: Context) -> None:
    """A proposal that was rendered against other code is refused before it is voted on."""
    registry, validator = context.facts.relies_on
    changed = validator.model_copy(update={"code_hash": b"\7" * 32})

    found = said(with_facts(context, relies_on=(registry, changed)), Level.ERROR)

    assert any("has changed since the proposal was drafted" in m for _, _, m in found), found


def test_a_precondition_of_lists_that_differ_is_an_error(context: Context, draft: Draft) -> None:
    """Two targets and one hash are no precondition; the words beside the bytes show both lists."""
    call = function("Preconditions", "requireCode")
    data = call.encode([[one.address for one in context.facts.relies_on], [b"\1" * 32]])
    crooked = replace(draft.actions()[0], calldata=data)

    found = said(bundle_of(context, [crooked, action(context, draft)], draft), Level.ERROR)

    assert any("has 2 targets and 1 hashes" in message for _, _, message in found), found


def test_calldata_for_another_target_is_an_error(context: Context, draft: Draft) -> None:
    """A call that goes elsewhere is wrong twice: no code there, and not the registry."""
    elsewhere = "0x" + "12" * 20
    found = said(bundle_of(context, batch(context, draft, registry=elsewhere), draft), Level.ERROR)

    messages = [message for check, _, message in found if check == "targets"]
    assert any("has no code on chain" in one for one in messages)
    assert any(
        f"of this deployment {context.facts.registry} is the registry" in one for one in messages
    )
    assert any("target, order or signature differ" in message for _, _, message in found)


def test_a_registry_without_code_is_an_error(context: Context) -> None:
    """A call to an empty address would succeed and do nothing."""
    found = said(with_facts(context, code_size={}), Level.ERROR)

    assert {where for check, where, _ in found if check == "targets"} == {
        "deployment.governor",
        "deployment.registry",
        "deployment.preconditions",
        "calldata.json: actions.0",
        "calldata.json: actions.1",
    }


def test_actions_that_a_governor_cannot_carry(context: Context, draft: Draft) -> None:
    """Twice the same call, more than ten calls, no call, and ether are each refused."""
    one = action(context, draft)
    for actions, fragment in (
        ([one, one], "2 times alike"),
        ([replace(one, value=place) for place in range(11)], "has 11 actions"),
        ([], "has 0 actions"),
        ([replace(one, value=5)], "sends 5 wei"),
    ):
        found = said(bundle_of(context, actions, draft), Level.ERROR)
        assert any(check == "actions" and fragment in m for check, _, m in found), fragment


def edited(context: Context, **more: Any) -> Context:
    """The same proposal with other fields in its calldata.json."""
    document = json.loads((context.files or {})["calldata.json"])
    document |= more
    return with_files(context, calldata_json=json.dumps(document).encode())


@pytest.mark.parametrize(
    ("field", "value", "fragment"),
    [
        ("chainId", "1", "chainId is 1, it must be"),
        ("governor", "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512", "governor is"),
        ("proposalId", "1", "proposalId is 1, it must be"),
        ("descriptionHash", "0x" + "0" * 64, "descriptionHash is"),
        ("reportHash", "0x" + "0" * 64, "reportHash is"),
        ("chainId", 131277322940537, "chainId: Input should be a valid string"),
        ("proposalId", "007", "proposalId: "),
        ("governor", "0xE7f1725E7734CE288F8367e1Bb143E90bb3F0512", "address with its checksum"),
        ("extra", "1", "extra: Extra inputs are not permitted"),
    ],
)
def test_an_edited_bundle_is_an_error(
    context: Context, field: str, value: object, fragment: str
) -> None:
    """Each field of calldata.json is held against what it must be."""
    found = said(edited(context, **{field: value}), Level.ERROR)

    assert any(check == "calldata" and fragment in message for check, _, message in found), found


def test_words_that_do_not_match_their_calldata_are_an_error(context: Context) -> None:
    """A reader of the words beside the bytes is never told another story."""
    document = json.loads((context.files or {})["calldata.json"])
    document["actions"][1]["decoded"]["changes"][3]["to"] = "5.5 %"
    found = said(edited(context, actions=document["actions"]), Level.ERROR)

    assert [m for check, _, m in found if check == "calldata"] == [
        "actions.1.decoded does not say what its calldata does; render again, "
        "and read the difference"
    ]


def test_an_edited_safe_batch_is_an_error(context: Context) -> None:
    """The checksum finds an edit, and another proposal is not this one."""
    document = json.loads((context.files or {})["safe-batch.json"])
    document["transactions"][0]["value"] = "1"
    found = said(with_files(context, batch_json=json.dumps(document).encode()), Level.ERROR)

    messages = [message for check, _, message in found if check == "safe batch"]
    assert any("its checksum is wrong" in one for one in messages)
    assert any("is not the transaction that submits" in one for one in messages)

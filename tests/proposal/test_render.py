import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dpo_gov.guardrails import RegistryState
from dpo_gov.params import ParamSet, diff
from dpo_gov.proposal import safe
from dpo_gov.proposal.actions import decode, description_hash, proposal_id
from dpo_gov.proposal.bundle import Bundle
from dpo_gov.proposal.model import ProposalSpec
from dpo_gov.proposal.render import Draft, description, render
from dpo_gov.proposal.resolve import Resolved, resolve

AUTHOR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})


def headings(text: str) -> list[str]:
    """The headings that a reader of Markdown finds."""
    tokens = MARKDOWN.parse(text)
    return [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]


HEADINGS = ["Motivation", "What changes", "Risk, simulated", "Check it yourself"]


def test_the_description_has_the_form_that_every_reader_needs(files: dict[str, bytes]) -> None:
    """Title first, LF only, the proposer last with nothing after it."""
    text = files["description.md"]

    assert text.startswith(b"# Trade less often and hold more of the base asset\n")
    assert text.endswith(f"\n\n#proposer={AUTHOR}".encode())
    assert b"\r" not in text
    assert text.count(b"#proposer=") == 1
    assert headings(text.decode())[1:] == HEADINGS


def test_the_description_says_what_the_calldata_does(files: dict[str, bytes], draft: Draft) -> None:
    """Each change stands in the text with the words that decoding gives, and so does the hash."""
    text = files["description.md"].decode()
    bundle = Bundle.read(files["calldata.json"], "calldata.json")
    condition, call = bundle.calls()
    found = decode(call.calldata, [draft.resolved.current.layout])

    for one in draft.site.relies_on:
        assert f"{one.name} `{one.address}` (code hash `0x{one.code_hash.hex()}`)" in text
        assert any(
            one.address in line and one.code_hash.hex() in line
            for line in decode(condition.calldata).conditions
        )
    assert len(found.changes) == 4
    for change in found.changes:
        if change.old == change.new:
            assert f"`{change.name}` {change.old}" in text
        else:
            assert f"| `{change.name}` | {change.old} | {change.new} |" in text
    assert found.arguments["reportHash"] == draft.evidence.report_hash
    assert bundle.report_hash in text


def test_figures_stand_with_their_intervals(files: dict[str, bytes], draft: Draft) -> None:
    """A voter reads estimate and interval of both sides and of the paired difference."""
    rows = [
        line.split("|")[1:-1]
        for line in files["description.md"].decode().splitlines()
        if line.startswith("| Mean return")
    ]

    assert len(rows) == 1 and len(rows[0]) == 4
    assert all("(" in cell and " to " in cell for cell in rows[0][1:])
    assert "−" in rows[0][3] or "+" in rows[0][3]
    for assumption in draft.evidence.assumptions:
        assert assumption[:10] in files["description.md"].decode()


def test_a_change_that_the_model_cannot_see_is_said_in_the_text(
    draft: Draft, text: str, parse: Callable[[str], ProposalSpec], state: RegistryState
) -> None:
    """What is not modelled carries a warning with its reason."""
    unseen = draft.evidence.model_copy(
        update={"not_modelled": (type("Unseen", (), {"name": "sequencerGrace", "why": "blind"}),)}
    )

    shown = description(replace(draft, evidence=unseen)).decode()

    assert "**Not modelled.**" in shown
    assert "- `sequencerGrace`: blind" in shown
    assert "**Not modelled.**" not in description(draft).decode()


def test_ids_in_the_bundle_are_those_of_the_bytes(files: dict[str, bytes]) -> None:
    """calldata.json carries the id that a governor will compute from the two files."""
    bundle = Bundle.read(files["calldata.json"], "calldata.json")
    text = files["description.md"]

    assert bundle.proposal_id == str(proposal_id(bundle.calls(), text))
    assert bundle.description_hash == "0x" + description_hash(text).hex()


def test_every_number_of_the_json_files_is_text(files: dict[str, bytes]) -> None:
    """No reader loses digits beyond 2**53; only the batch's own format has a number."""

    def numbers(value: object) -> list[object]:
        if isinstance(value, dict):
            return [one for part in value.values() for one in numbers(part)]
        if isinstance(value, list):
            return [one for part in value for one in numbers(part)]
        return [value] if isinstance(value, int | float) else []

    assert numbers(json.loads(files["calldata.json"])) == []
    batch = json.loads(files["safe-batch.json"])
    assert numbers(batch) == [batch["createdAt"]]


def test_the_safe_batch_submits_the_proposal(files: dict[str, bytes], draft: Draft) -> None:
    """A Safe that executes the batch proposes exactly this description and these calls."""
    batch = safe.read(files["safe-batch.json"], "safe-batch.json")
    (action,) = batch.actions
    found = decode(action.calldata, [draft.resolved.current.layout])

    assert batch.checksum_holds is True
    assert action.target == draft.site.governor
    assert found.function == "DpoGovernor.propose"
    assert found.arguments["description"].encode() == files["description.md"]
    assert [inner.calldata for inner in found.inner] == [one.calldata for one in draft.actions()]


def test_rendering_again_gives_the_same_bytes(draft: Draft) -> None:
    """The description is frozen: nothing in it depends on when it is rendered."""
    assert render(draft) == render(draft)


def test_the_forum_post_quotes_the_description_and_its_ids(files: dict[str, bytes]) -> None:
    """The post shows the same text and how to check it, without the governor's marker."""
    post = files["forum.md"].decode()
    bundle = Bundle.read(files["calldata.json"], "calldata.json")

    assert post.startswith(files["description.md"].decode().split("\n\n#proposer=")[0])
    assert "#proposer=" not in post
    assert bundle.proposal_id in post and bundle.description_hash in post


HOSTILE = st.text(alphabet="#>=-+*_`~|:<&![]()\\1. \n\tabc@{}%$", min_size=1, max_size=60)


@settings(max_examples=60)
@given(summary=HOSTILE, motivation=HOSTILE)
def test_no_text_of_an_author_changes_the_frame(
    draft: Draft, summary: str, motivation: str
) -> None:
    """Whatever an author writes, title, headings, tables and proposer are those of the renderer."""
    spec = draft.spec.model_copy(
        update={"summary": "s" + summary.strip(), "motivation": "m" + motivation.strip()}
    )
    text = description(replace(draft, spec=spec)).decode()

    assert headings(text) == [spec.title, *HEADINGS]
    tables = [token.type for token in MARKDOWN.parse(text)].count("table_open")
    assert tables == [token.type for token in MARKDOWN.parse(description(draft).decode())].count(
        "table_open"
    )
    assert text.endswith(f"\n\n#proposer={AUTHOR}")


@settings(max_examples=40)
@given(st.data())
def test_the_table_of_the_description_reads_back_as_the_change(
    draft: Draft, data: st.DataObject
) -> None:
    """Whatever changes, a reader of the text finds each parameter with both exact values."""
    current = draft.resolved.current
    specs = [spec for spec in current.specs.values() if not spec.group]
    chosen = data.draw(st.lists(st.sampled_from(specs), min_size=1, max_size=5, unique=True))
    values = {
        spec.key: data.draw(
            st.integers(spec.lower, spec.upper).filter(
                lambda value, spec=spec: value != current.values[spec.key]
            )
        )
        for spec in chosen
    }
    proposed = ParamSet(layout=current.layout, values={**current.values, **values})
    changed = Resolved(current=current, proposed=proposed, changes=tuple(diff(current, proposed)))

    text = description(replace(draft, resolved=changed)).decode()

    rows = [line.strip("| ").split(" | ") for line in text.split("\n") if line.startswith("| `")]
    read = {}
    for name, old, new, *_ in rows:
        spec = current.spec(name.strip("`"))
        assert spec.parse(old) == current.values[spec.key]
        read[spec.key] = spec.parse(new)
    assert read == values


def test_the_description_shows_the_bounds_of_today(draft: Draft, state: RegistryState) -> None:
    """Where governance has changed a limit, voters read it as it is, not as it was listed."""
    spec = state.spec("driftThreshold").model_copy(update={"maximum": 700})
    narrowed = state.model_copy(update={"specs": {spec.key: spec}})
    before, after = (
        description(replace(draft, resolved=resolve(draft.spec, one))).decode()
        for one in (state, narrowed)
    )
    assert "0.25 % to 20 %" in before
    assert "0.25 % to 7 %" in after
    assert "0.25 % to 20 %" not in after


def test_templates_do_not_run_what_an_author_writes(
    draft: Draft, text: str, parse: Callable[[str], ProposalSpec], state: RegistryState
) -> None:
    """Template syntax in a text is text."""
    hostile = parse(text.replace("Hold 25 %", "{{ 7 * 7 }} {% raw %} Hold 25 %"))

    shown = description(replace(draft, spec=hostile, resolved=resolve(hostile, state))).decode()

    assert "{{ 7 * 7 }} {% raw %}" in shown


@pytest.mark.parametrize("name", ["description.md", "forum.md", "calldata.json", "safe-batch.json"])
def test_files_are_utf_8_with_lf(files: dict[str, bytes], name: str) -> None:
    """Every file reads alike on every machine."""
    files[name].decode("utf-8")
    assert b"\r" not in files[name]

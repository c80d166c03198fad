"""Every kind of broken proposal: one message, its exit code, nothing written and nothing sent.

The real commands run on a real chain. A broken specification is given to `check`, `render` and
`gov submit --send`; broken files are given to `check` and `gov submit --send`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from click.testing import CliRunner, Result

from dpo_gov.cli import main
from dpo_gov.cli.context import Session

DAY = 86_400
AUTHOR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.fixture(scope="module")
def rendered(session: Session, text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good proposal with all its files, as `proposal render` writes them."""
    folder = tmp_path_factory.mktemp("proposals") / "2026-11-21-good"
    folder.mkdir()
    (folder / "proposal.yaml").write_text(text, encoding="utf-8")
    result = run(session, "proposal", "render", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def folder(rendered: Path, tmp_path: Path) -> Path:
    """A copy of it, to be broken."""
    return Path(shutil.copytree(rendered, tmp_path / "proposals" / "2026-11-21-good"))


def run(session: Session, *arguments: object) -> Result:
    """One command of the real command line."""
    return CliRunner().invoke(main, [str(one) for one in arguments], obj=session)


def submit(session: Session, folder: Path) -> Result:
    """Try to propose it, for real."""
    return run(session, "gov", "submit", folder, "--account", "dev:1", "--send")


def content(path: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(one): one.read_bytes() for one in path.rglob("*") if one.is_file()}


def refused(
    session: Session, where: Path, attempt: Callable[[], Result], exit_code: int, *fragments: str
) -> None:
    """The attempt ends with one message of these words, and changes neither disk nor chain."""
    files, block = content(where), session.chain.block().number
    result = attempt()

    assert result.exit_code == exit_code, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert "a defect of dpo-gov" not in result.output
    _, message = result.output.split("Error: ")
    for fragment in fragments:
        assert fragment in message, message
    assert content(where) == files, "a file was written"
    assert session.chain.block().number == block, "a transaction was sent"


def test_the_unbroken_proposal_passes_and_is_submitted(session: Session, folder: Path) -> None:
    """What is refused below is refused for what was broken, and for nothing else."""
    assert run(session, "proposal", "check", folder).exit_code == 0
    snapshot, block = session.chain.snapshot(), session.chain.block().number
    result = submit(session, folder)
    assert result.exit_code == 0, result.output
    assert session.chain.block().number == block + 1
    session.chain.revert(snapshot)


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replace the one place of `old`."""

    def change(text: str) -> str:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        return text.replace(old, new)

    return change


BAND = "  driftThreshold: {from: 5 %, to: 6 %}\n"

SPECS: dict[str, tuple[Callable[[str], str | bytes], int, tuple[str, ...]]] = {
    # A file that is no proposal.
    "empty file": (lambda _: "", 2, ("proposal.yaml: is empty", "proposal new")),
    "not UTF-8": (lambda text: text.encode("utf-16"), 2, ("is not UTF-8; save it as UTF-8",)),
    "not YAML": (swap("strategy: core", "strategy: [core"), 2, ("not YAML",)),
    "a list": (lambda _: "- a\n- b\n", 2, ("top level is a list",)),
    "a YAML bomb": (lambda text: BOMB + text, 2, ("proposal.yaml:1: anchors and aliases",)),
    "nested too deep": (lambda _: "a: " + "[" * 500, 2, ("nested deeper than 6 levels",)),
    "too large": (lambda text: text + "#" * 70_000, 2, ("larger than 64 KiB",)),
    "a tag that runs code": (
        swap("strategy: core", "strategy: !!python/object/apply:os.system [ls]"),
        2,
        ("proposal.yaml:3: the tag", "write plain text"),
    ),
    "two documents": (lambda text: text + "---\n" + text, 2, ("a second document begins",)),
    "a text that runs backwards": (
        swap("Hold 25 %", "Hold \u202e% 52"),
        2,
        ("U+202E RIGHT-TO-LEFT OVERRIDE",),
    ),
    "a NUL": (swap("Hold 25 %", "Hold \0 %"), 2, ("U+0000",)),
    # Fields.
    "field given twice": (
        swap("strategy: core", "strategy: core\nstrategy: core"),
        2,
        ("proposal.yaml:4: 'strategy' is given twice, first in line 3",),
    ),
    "unknown field": (swap("title:", "titel:"), 2, ("titel: is no field", "did you mean 'title'")),
    "missing field": (swap("motivation: |", "summery: |"), 2, ("motivation: is missing; add it",)),
    "another version": (swap("version: 1", "version: 2"), 2, ("given '2'", "reads version 1")),
    "title over two lines": (
        swap("title: Trade", "title: |\n  a\n  b\nx: Trade"),
        2,
        ("title: goes over more than one line",),
    ),
    "title too long": (swap("title: Trade", "title: " + "x" * 120), 2, ("at most 120",)),
    "title with markup": (swap("title: Trade", "title: <b> Trade"), 2, ("which is markup",)),
    "a governor's marker in a text": (
        swap("Hold 25 %", f"#proposer={AUTHOR}\n  Hold 25 %"),
        2,
        ("leave it out",),
    ),
    "author is no address": (swap(AUTHOR, "0x1234"), 2, ("author: given '0x1234'", "40 hex")),
    "author with a wrong checksum": (
        swap(AUTHOR, AUTHOR.replace("C8", "c8")),
        2,
        ("whose checksum is wrong",),
    ),
    "author is nobody": (swap(AUTHOR, "0x" + "0" * 40), 2, ("is the zero address",)),
    "link that runs code": (
        swap("https://forum.example/t/1", "javascript:alert(1)"),
        2,
        ("discussion: given 'javascript:alert(1)'",),
    ),
    "no changes": (
        lambda text: (
            text[: text.index("changes:")] + "changes: {}\n" + text[text.index("window:") :]
        ),
        2,
        ("changes: names no parameter",),
    ),
    "window ends before it begins": (swap("2027-01-31", "2026-01-31"), 2, ("is not after",)),
    "time without a zone": (
        swap("2027-01-31T00:00:00Z", "2027-01-31T00:00:00"),
        2,
        ("window.not_after: given", "write a time in UTC"),
    ),
    "too few paths": (swap("paths: 400", "paths: 10"), 2, ("from 400 to 1000000",)),
    "too many paths": (swap("paths: 400", "paths: 99999999"), 2, ("from 400 to 1000000",)),
    "negative seed": (swap("seed: 1", "seed: -1"), 2, ("simulation.seed: given '-1'",)),
    "part of a day": (swap("horizon: 30 d", "horizon: 36 h"), 2, ("write whole days",)),
    # Names, units, types.
    "unknown strategy": (
        swap("strategy: core", "strategy: other"),
        2,
        ("proposal.yaml:3: strategy: no strategy 'other'", "it has: core"),
    ),
    "unknown parameter": (
        swap("driftThreshold", "driftTreshold"),
        2,
        ("changes.driftTreshold: ", "did you mean: driftThreshold"),
    ),
    "parameter given twice": (
        swap(BAND, BAND + BAND),
        2,
        ("proposal.yaml:17: 'driftThreshold' is given twice",),
    ),
    "no unit": (swap("to: 6 %", "to: 6"), 2, ("changes.driftThreshold.to: given '6'",)),
    "unit of another kind": (swap("to: 6 %", "to: 6 d"), 2, ("unit 'd' is not known here",)),
    "unit nobody knows": (swap("to: 6 %", "to: 6 percent"), 2, ("use one of: bps, %",)),
    "finer than what is stored": (swap("to: 6 %", "to: 6.001 %"), 2, ("only whole ones",)),
    "a list for a value": (swap("to: 6 %", "to: [6 %]"), 2, ("given a list",)),
    "a value for a change": (
        swap("{from: 5 %, to: 6 %}", "6 %"),
        2,
        ("write fields under it: from, to",),
    ),
    "no from": (swap("{from: 5 %, to: 6 %}", "{to: 6 %}"), 2, ("from: is missing",)),
    "no change": (swap("to: 6 %", "to: 5 %"), 2, ("which changes nothing; delete the line",)),
    "no change in other words": (swap("to: 6 %", "to: 500 bps"), 2, ("changes nothing",)),
    # What the registry would refuse, and what voters should not be given.
    "stale value": (
        swap("from: 5 %", "from: 4 %"),
        1,
        (
            "StaleValue: proposal.yaml:16: changes.driftThreshold.from: given 4 %",
            "the registry holds 5 % at version 1",
        ),
    ),
    "above the maximum": (swap("to: 6 %", "to: 21 %"), 1, ("AboveMaximum", "driftThreshold")),
    "below the minimum": (swap("to: 6 %", "to: 0.1 %"), 1, ("BelowMinimum", "driftThreshold")),
    "negative": (swap("to: 6 %", "to: -6 %"), 1, ("BelowMinimum",)),
    "a hundred times too large": (swap("to: 6 %", "to: 600 %"), 1, ("AboveMaximum",)),
    "astronomical": (swap("to: 6 %", f"to: {'9' * 28} %"), 1, ("AboveMaximum",)),
    "jump too large": (swap("to: 6 %", "to: 15 %"), 1, ("JumpTooLarge", "driftThreshold")),
    "weights that do not add up": (swap("to: 40 %", "to: 41 %"), 1, ("WeightsDoNotSum",)),
    "limits in the wrong order": (
        swap(
            BAND, "  minAbsDelta: {from: 10 %, to: 34 %}\n  maxAbsDelta: {from: 35 %, to: 33 %}\n"
        ),
        1,
        ("OutOfOrder",),
    ),
    "window over before the vote": (
        swap("2027-01-31", "2026-11-23"),
        1,
        ("window: proposal.yaml:17: window.not_after", "can be executed from"),
    ),
    "placeholder left over": (swap("Hold 25 %", "TBD"), 1, ("wording", "placeholder 'TBD'")),
    "link that hides its host": (
        swap("https://forum.example/t/1", "https://forum.example@evil.example"),
        1,
        ("links", "hides its host, evil.example"),
    ),
}


@pytest.mark.parametrize("kind", SPECS)
def test_a_broken_specification_is_refused(session: Session, folder: Path, kind: str) -> None:
    """`check`, `render` and `submit` say what is wrong, where, and what to do."""
    break_it, exit_code, fragments = SPECS[kind]
    path = folder / "proposal.yaml"
    broken = break_it(path.read_text(encoding="utf-8"))
    path.write_bytes(broken if isinstance(broken, bytes) else broken.encode())

    def with_details(attempt: Callable[[], Result]) -> None:
        refused(session, folder.parent, attempt, exit_code, *fragments)

    with_details(lambda: run(session, "proposal", "check", "--draft", folder))
    with_details(lambda: run(session, "proposal", "render", folder))
    refused(session, folder.parent, lambda: submit(session, folder), exit_code)


def edit(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    """Change the content of a JSON file."""

    def at(folder: Path) -> None:
        path = folder / name
        document = json.loads(path.read_bytes())
        changed = change(document)
        path.write_text(json.dumps(document if changed is None else changed), encoding="utf-8")

    return at


def canonical(change: Callable[[Any], Any]) -> Callable[[Path], None]:
    """Change the content of the report, which stays in canonical form."""

    def at(folder: Path) -> None:
        edit("report.json", change)(folder)
        path = folder / "report.json"
        path.write_bytes(rfc8785.dumps(json.loads(path.read_bytes())))

    return at


def replace(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    """Change the bytes of a file."""

    def at(folder: Path) -> None:
        data = (folder / name).read_bytes()
        assert old in data
        (folder / name).write_bytes(data.replace(old, new))

    return at


def drop(name: str) -> Callable[[Path], None]:
    """Take a file away."""
    return lambda folder: (folder / name).unlink()


def append(name: str, data: bytes) -> Callable[[Path], None]:
    """Add bytes at the end of a file."""
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + data)


def last(document: Any) -> Any:
    """The action of a calldata.json that changes the registry."""
    return document["actions"][-1]


def other_code(document: Any) -> None:
    """Let the precondition ask for code of another hash."""
    condition = document["actions"][0]
    condition["calldata"] = condition["calldata"][:-64] + "ab" * 32


FILES: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "report missing": (drop("report.json"), ("report: report.json: is missing",)),
    "report with a better figure": (
        canonical(lambda r: r["difference"]["cvar_95"].update(estimate=-0.5)),
        ("calldata.json", "hash"),
    ),
    "report of another seed": (
        canonical(lambda r: r["inputs"].update(seed="7")),
        ("made with seed 7",),
    ),
    "report of another change": (
        canonical(
            lambda r: (
                [
                    p.update(proposed="700")
                    for p in r["inputs"]["parameters"]
                    if p["name"] == "driftThreshold"
                ]
                and None
            )
        ),
        ("made with proposed driftThreshold 7 %, it is 6 %",),
    ),
    "report that is not canonical": (append("report.json", b"\n"), ("not in canonical form",)),
    "report that is no JSON": (replace("report.json", b"{", b"["), ("is not JSON",)),
    "calldata missing": (drop("calldata.json"), ("calldata: calldata.json: is missing",)),
    "calldata that is no JSON": (append("calldata.json", b"}"), ("is not JSON",)),
    "calldata with a number for text": (
        edit("calldata.json", lambda d: d.update(chainId=1)),
        ("chainId: ",),
    ),
    "calldata with another value": (
        edit(
            "calldata.json",
            lambda d: last(d).update(calldata=last(d)["calldata"].replace("0258", "02bc")),
        ),
        ("driftThreshold 5 % → 7 %",),
    ),
    "calldata with another report hash": (
        edit(
            "calldata.json",
            lambda d: last(d).update(
                calldata=last(d)["calldata"].replace(d["reportHash"][2:], "ab" * 32)
            ),
        ),
        ("report hash 0xabab",),
    ),
    "calldata of an unknown function": (
        edit("calldata.json", lambda d: last(d).update(calldata="0x12345678")),
        ("unknown selector 0x12345678",),
    ),
    "calldata with bytes behind it": (
        edit("calldata.json", lambda d: last(d).update(calldata=last(d)["calldata"] + "00")),
        ("bytes beyond its arguments",),
    ),
    "calldata to an empty address": (
        edit("calldata.json", lambda d: last(d).update(target="0x" + "12" * 20)),
        ("has no code on chain",),
    ),
    "calldata that sends ether": (
        edit("calldata.json", lambda d: last(d).update(value="5")),
        ("sends 5 wei",),
    ),
    "calldata with more wei than a word holds": (
        edit("calldata.json", lambda d: last(d).update(value="9" * 78)),
        ("actions.1.value: ", "is 2**256 or more"),
    ),
    "calldata twice": (
        edit("calldata.json", lambda d: d.update(actions=d["actions"] * 2)),
        ("2 times alike",),
    ),
    "eleven actions": (
        edit("calldata.json", lambda d: d.update(actions=[last(d)] * 11)),
        ("has 11 actions",),
    ),
    "no precondition": (
        edit("calldata.json", lambda d: d.update(actions=d["actions"][1:])),
        ("has no precondition: Preconditions.requireCode must come first",),
    ),
    "precondition behind the change": (
        edit("calldata.json", lambda d: d["actions"].reverse()),
        ("one batch: Preconditions.requireCode, StrategyRegistry.setParams",),
    ),
    "precondition of other code": (
        edit("calldata.json", other_code),
        ("the code of the strategy's validator", "hashes to 0xabab", "on chain it is 0x"),
    ),
    "no action": (edit("calldata.json", lambda d: d.update(actions=[])), ("has 0 actions",)),
    "words that say another thing": (
        edit("calldata.json", lambda d: last(d)["decoded"].update(strategyId="other")),
        ("actions.1.decoded does not say what its calldata does",),
    ),
    "another proposal id": (
        edit("calldata.json", lambda d: d.update(proposalId="1")),
        ("proposalId is 1",),
    ),
    "another chain": (
        edit("calldata.json", lambda d: d.update(chainId="1")),
        ("chainId is 1",),
    ),
    "description missing": (drop("description.md"), ("description.md: is missing",)),
    "description with a line end more": (
        append("description.md", b"\n"),
        ("does not end with #proposer=",),
    ),
    "description with Windows line ends": (
        replace("description.md", b"\n", b"\r\n"),
        ("Windows line ends",),
    ),
    "description with another figure": (
        replace("description.md", b"| 6 % |", b"| 5.5 % |"),
        ("description.md: line 20",),
    ),
    "description of another proposer": (
        replace("description.md", AUTHOR.encode(), b"0x" + b"1" * 40),
        ("#proposer=",),
    ),
    "Safe batch that was edited": (
        edit("safe-batch.json", lambda d: d["transactions"][0].update(value="1")),
        ("its checksum is wrong",),
    ),
    "forum post missing": (drop("forum.md"), ("forum.md: is missing",)),
}


@pytest.mark.parametrize("kind", FILES)
def test_broken_files_are_refused(session: Session, folder: Path, kind: str) -> None:
    """Files that disagree are named by `check`, and never submitted."""
    break_it, fragments = FILES[kind]
    break_it(folder)

    result = run(session, "proposal", "check", folder)
    for fragment in fragments:
        assert fragment in result.output, result.output
    refused(session, folder.parent, lambda: run(session, "proposal", "check", folder), 1)
    refused(session, folder.parent, lambda: submit(session, folder), 1, "is not submitted")


@pytest.fixture
def later(session: Session) -> Iterator[Session]:
    """The chain, which goes back to where it was after the test."""
    snapshot = session.chain.snapshot()
    yield session
    session.chain.revert(snapshot)


def test_a_value_that_moved_meanwhile_is_refused(later: Session, folder: Path) -> None:
    """The steward was faster: the proposal must be looked at again."""
    from dpo_gov.chain import Account, RegistryClient
    from dpo_gov.params import Change

    later.chain.travel(2 * DAY)
    registry = RegistryClient(later.chain, later.deployment)
    registry.steward_set(
        "core",
        [Change(key=8, old=500, new=550)],
        expected_version=1,
        not_after=2**40 - 1,
        report_hash=b"\1" * 32,
    ).send(Account.load("dev:5", later.chain))

    for attempt in (
        lambda: run(later, "proposal", "check", folder),
        lambda: run(later, "proposal", "render", folder),
        lambda: submit(later, folder),
    ):
        refused(later, folder.parent, attempt, 1, "StaleValue", "holds 5.5 % at version 2")


def test_a_frozen_strategy_is_said_to_be_frozen(later: Session, folder: Path) -> None:
    """A vote that could not be executed is not started."""
    from dpo_gov.chain import Account, RegistryClient

    registry = RegistryClient(later.chain, later.deployment)
    until = later.chain.now() + 13 * DAY
    registry.freeze("core", until).send(Account.load("dev:6", later.chain))

    for attempt in (
        lambda: run(later, "proposal", "check", folder),
        lambda: run(later, "proposal", "render", folder),
        lambda: submit(later, folder),
    ):
        refused(later, folder.parent, attempt, 1, "Frozen")


NEW: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "a slug that is a path": (("../x",), ("slug '../x' is not allowed",)),
    "a slug in capitals": (("Less-Trading",), ("lower-case words with hyphens",)),
    "an unknown strategy": (("x", "--strategy", "other"), ("no strategy 'other'",)),
    "an unknown parameter": (("x", "--set", "driftTreshold=6 %"), ("did you mean",)),
    "a value without a unit": (("x", "--set", "driftThreshold=6"), ("no value with a unit",)),
    "no value": (("x", "--set", "driftThreshold"), ("write name=value",)),
    "a value given twice": (
        ("x", "--set", "driftThreshold=6 %", "--set", "driftThreshold=7 %"),
        ("given twice",),
    ),
    "the present value": (("x", "--set", "driftThreshold=5 %"), ("is its value already",)),
    "a wrong author": (("x", "--author", "0x12"), ("--author: given '0x12'",)),
    "a wrong link": (("x", "--discussion", "ftp://x"), ("--discussion: given",)),
    "a wrong title": (("x", "--title", "# T"), ("--title: holds '#'",)),
    "a folder that is there": (("good",), ("is already there",)),
}


@pytest.mark.parametrize("kind", NEW)
def test_a_wrong_draft_is_not_begun(session: Session, folder: Path, kind: str) -> None:
    """`new` writes a whole folder or nothing."""
    arguments, fragments = NEW[kind]
    out = ("--out", folder.parent)
    refused(
        session,
        folder.parent,
        lambda: run(session, "proposal", "new", *arguments, *out),
        2,
        *fragments,
    )
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize(
    ("name", "data", "fragment"),
    [
        ("gone", None, "there is no such file"),
        ("empty", b"", "neither JSON nor hexadecimal"),
        ("odd.hex", b"0x123", "neither JSON nor hexadecimal"),
        ("bomb.json", b'{"a":' + b"[" * 50_000, "is not JSON"),
        ("double.json", b'{"a": 1, "a": 2}', "given twice"),
        ("float.json", b'{"transactions": 1.5}', "no exact integer"),
        ("batch.json", b'{"transactions": [{"to": "x"}], "meta": {}}', "to: is no address"),
        ("other.json", b'{"hello": "world"}', "Field required"),
    ],
)
def test_what_is_no_calldata_is_not_decoded(
    session: Session, tmp_path: Path, name: str, data: bytes | None, fragment: str
) -> None:
    """`decode` reads calldata or says why not."""
    if data is not None:
        (tmp_path / name).write_bytes(data)

    refused(
        session, tmp_path, lambda: run(session, "proposal", "decode", tmp_path / name), 2, fragment
    )


@pytest.mark.parametrize("command", ["check", "render"])
@pytest.mark.parametrize("name", ["gone", "."])
def test_a_folder_without_a_proposal_is_refused(
    session: Session, tmp_path: Path, command: str, name: str
) -> None:
    """A wrong path is answered with how to draft a proposal."""

    def attempt() -> Result:
        return run(session, "proposal", command, tmp_path / name)

    refused(session, tmp_path, attempt, 2, "there is no such", "proposal new")


def test_a_process_of_its_own_ends_the_same_way(folder: Path, text: str) -> None:
    """Without the test's frame too: exit code 2, one message, no traceback."""
    (folder / "proposal.yaml").write_text(text.replace("to: 6 %", "to: 6"), encoding="utf-8")
    before = content(folder)

    done = subprocess.run(
        [sys.executable, "-c", "from dpo_gov.cli import main; main()", "proposal", "check", folder],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "Error: proposal.yaml:16: changes.driftThreshold.to: given '6'; "
        "write a number with its unit, such as `5 %` or `36 h`\n"
    )
    assert content(folder) == before


def test_more_than_fifty_kinds_are_tried() -> None:
    """The record of what a proposal can get wrong does not shrink unnoticed."""
    assert len(SPECS) + len(FILES) + len(NEW) >= 90

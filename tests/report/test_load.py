"""Reading report.json files that are broken in one way each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785

from dpo_gov.errors import InputError, ProposalError
from dpo_gov.report import load, parse

Tree = dict[str, Any]


def test_round_trip(report, tmp_path):
    """What was written is read back equal, with the same hash."""
    path = tmp_path / "report.json"
    path.write_bytes(report.to_bytes())
    assert load(path) == report
    assert load(path).hash == report.hash


def _set(*path: str | int, to: object) -> Callable[[Tree], None]:
    def edit(tree: Tree) -> None:
        place: Any = tree
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return edit


def _drop(*path: str) -> Callable[[Tree], None]:
    def edit(tree: Tree) -> None:
        place: Any = tree
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return edit


BROKEN: list[tuple[str, Callable[[Tree], None], str]] = [
    ("unknown field", _set("author", to="me"), "author: Extra inputs"),
    ("unknown field inside", _set("inputs", "note", to=""), "inputs.note: Extra inputs"),
    ("unknown field of a figure", _set("difference", "cost", "sd", to=1), "difference.cost.sd"),
    (
        "unknown field of a stress day",
        _set("current", "stress", 0, "note", to=""),
        "current.stress.0",
    ),
    ("version of tomorrow", _set("version", to=2), "version: this program reads version 1"),
    ("version as text", _set("version", to="1"), "version: this program reads version 1"),
    ("no version", _drop("version"), "version: this program reads version 1"),
    ("missing side", _drop("proposed"), "proposed: Field required"),
    ("number as text", _set("inputs", "paths", to="1003"), "inputs.paths: Input should be a valid"),
    ("fraction of a path", _set("inputs", "paths", to=1003.5), "inputs.paths"),
    ("text as number", _set("inputs", "seed", to=7), "inputs.seed: Input should be a valid string"),
    ("seed with zeros", _set("inputs", "seed", to="007"), "inputs.seed: String should match"),
    (
        "seed too large",
        _set("inputs", "seed", to=str(1 << 64)),
        "inputs.seed: Input sh",
    ),
    ("null", _set("difference", to=None), "difference"),
    ("another market", _set("inputs", "market", "degrees", to=6), "market's hash do not belong"),
    ("impossible market", _set("inputs", "market", "degrees", to=5), "inputs.market.degrees"),
    (
        "edited value",
        _set("inputs", "parameters", 4, "proposed", to="900000"),
        "changes: by ",
    ),
    ("value out of bounds", _set("inputs", "parameters", 0, "current", to="-1"), "out of bounds"),
    ("wrong unit", _set("inputs", "parameters", 0, "unit", to="ppm"), "names, units"),
    (
        "lost parameter",
        lambda tree: tree["inputs"]["parameters"].pop(),
        "are not those",
    ),
    ("hidden change", _set("changes", to=["driftThreshold"]), "changes: by the inputs they are"),
    ("lost figure", _drop("proposed", "figures", "var_99"), "proposed.figures: must hold exactly"),
    (
        "lost paths",
        _set("proposed", "drawdowns", 0, to=5),
        "proposed.drawdowns: are not 1003",
    ),
    ("short hash", _set("current", "outputs_sha256", to="ab"), "current.outputs_sha256"),
    ("short fan", lambda tree: tree["current"]["fan"].pop(), "current.fan: is not"),
    ("odd points", _set("current", "points", 0, to=[1]), "current.points: are not pairs"),
    ("more than all", _set("better_paths", to=1004), "better_paths: 1004 of 1003"),
    ("other days", _set("proposed", "stress", 0, "date", to="2020-03-13"), "proposed.stress"),
    ("layout with a bad name", _set("inputs", "layout", "name", to="<b>"), "inputs.layout.name"),
]


@pytest.mark.parametrize(
    ("edit", "message"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_broken_content(report, edit, message):
    """Each edit of the content is refused with its place, even when written canonically."""
    tree = json.loads(report.to_bytes())
    edit(tree)
    with pytest.raises(ProposalError, match=message) as refusal:
        parse(rfc8785.dumps(tree), "report.json")
    assert str(refusal.value).startswith("report.json: ")
    assert str(refusal.value).endswith("writes it anew")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data + b"\n", "not in canonical form"),
        (lambda data: json.dumps(json.loads(data), indent=1).encode(), "not in canonical form"),
        (lambda data: data[:-1] + b',"version":1}', "canonical form|version"),
        (lambda data: data.replace(b'"low":', b'"low":NaN,"x":', 1), "low"),
        (lambda data: data.replace(b'"portfolio":10000000', b'"portfolio":1e999'), "portfolio"),
        (lambda data: data[: len(data) // 2], "is not JSON"),
        (lambda data: b"", "is not JSON"),
        (lambda data: b"\xff\xfe" + data, "is not JSON"),
        (lambda data: b"[" * 100_000, "is not JSON"),
        (lambda data: b"[1]", "the whole file|Input should be"),
        (lambda data: b'{"version":' + b"9" * 5_000 + b"}", "is not JSON: number"),
    ],
    ids=[
        "final line end", "indented", "field twice", "NaN", "infinite", "cut", "empty",
        "byte order mark", "deep", "list", "long number",
    ],
)  # fmt: skip
def test_broken_bytes(report, change, message):
    """Bytes that are not the one canonical form of a report are refused, never a traceback."""
    with pytest.raises(ProposalError, match=message):
        parse(change(report.to_bytes()), "report.json")


def test_broken_files(report, tmp_path):
    """A file that is missing, a folder, or larger than any report is refused before it is read."""
    with pytest.raises(InputError, match="there is no such file"):
        load(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)
    path = tmp_path / "report.json"
    path.write_bytes(report.to_bytes() + b" " * (4 << 20))
    with pytest.raises(InputError, match="larger than 4096 KiB"):
        load(path)

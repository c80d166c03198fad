"""Run the incident suite, print its table and write docs/incidents.md from it.

python tools/incidents.py           run, print, write the page
python tools/incidents.py --check   run, and compare the page with the committed one

Exit code 1 where a test fails, an incident of the nineteen is missing, its header is not complete,
an error that it names as the guard is in no test, or the page differs. A header is the NatSpec of a
contract; that of a test says what it shows.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import textwrap
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SUITE = ROOT / "tests" / "incidents"
PAGE = ROOT / "docs" / "incidents.md"
ROWS = range(1, 20)
LABELS = ("stopped", "limited", "not ours")
TAGS = ("title", "notice", "row", "date", "loss", "cause", "label", "guard", "left")
KINDS = {"harm": "Unguarded", "guard": "Guarded", "": "Besides"}
INTRO = """\
# Incidents

Nineteen incidents that a parameter, a configuration or the execution of a vote caused. Each that is
stopped or limited is rebuilt in `tests/incidents/`: once with the guard taken out, where the harm
happens and its figure is asserted, and once with the contracts of this repository. Those that are
not ours are explained. Written by `make incidents`; do not edit.

- **stopped**: the incident's own change or attack is refused by the guard that is named, in every
  form that the tests try; what is left, where the entry says so, is another event than this one;
- **limited**: it is refused as it was, and goes through in a smaller form or under wider settings;
  what that comes to is asserted;
- **not ours**: no framework for parameters reaches the cause, and the entry says why.
"""


@dataclass(frozen=True)
class Test:
    """One test of an incident: its function's name, what it shows, whether it passed."""

    name: str
    shows: str
    passed: bool


@dataclass(frozen=True)
class Incident:
    """One file of the suite: the tags of its header, and its tests."""

    file: str
    source: str
    tags: dict[str, str]
    tests: tuple[Test, ...]

    @property
    def row(self) -> int:
        """Its number among the nineteen; 0 where the header has none."""
        number = self.tags.get("row", "")
        return int(number) if number.isdecimal() else 0

    @property
    def label(self) -> str:
        """stopped, limited or not ours."""
        return self.tags.get("label", "")

    def of(self, kind: str) -> list[Test]:
        """The tests that show the harm, the guard, or (no kind) something besides."""
        if not kind:
            named = {*self.of("harm"), *self.of("guard")}
            return [test for test in self.tests if test not in named]
        return [test for test in self.tests if test.name.startswith(f"test_{kind}_")]

    def errors(self) -> list[str]:
        """The errors that its guard is said to answer with: after the colon of each contract."""
        answers = [part.partition(":")[2] for part in self.tags.get("guard", "").split(";")]
        return re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", " ".join(answers))

    def faults(self) -> list[str]:
        """What is wrong with it."""
        optional = {"stopped": {"left"}, "limited": set(), "not ours": {"guard"}}
        needed = set(TAGS) - optional.get(self.label, set())
        found = [f"no {tag} in the header" for tag in TAGS if tag in needed - self.tags.keys()]
        if self.label not in LABELS:
            found.append(f"label {self.label!r} is none of {', '.join(LABELS)}")
        if self.label != "not ours":
            found += [f"no test_{kind}_…" for kind in ("harm", "guard") if not self.of(kind)]
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", self.tags.get("date", "")):
            found.append("the date is not YYYY-MM-DD")
        found += [f"{tag} has a |" for tag, text in self.tags.items() if "|" in text]
        code = re.sub(r"///.*", "", self.source)
        found += [f"{name} guards, in no test" for name in self.errors() if name not in code]
        found += [f"{test.name} fails" for test in self.tests if not test.passed]
        found += [f"{test.name} says nothing" for test in self.tests if not test.shows]
        return [f"{self.file}: {fault}" for fault in found]


def comments(source: str) -> dict[str, dict[str, str]]:
    """The NatSpec tags before each contract and function of a file, by its name."""
    found: dict[str, dict[str, str]] = {}
    pattern = r"((?:^ *///.*\n)+) *(?:abstract )?(?:contract|function) (\w+)"
    for block, name in re.findall(pattern, source, re.MULTILINE):
        text = " ".join(line.strip().removeprefix("///").strip() for line in block.splitlines())
        parts = re.split(r"@(?:custom:)?(\w+) ", text)
        texts = map(str.strip, parts[2::2])
        found[name] = dict(zip(parts[1::2], texts, strict=True))
    return found


def run() -> list[Incident]:
    """Run the suite with forge."""
    packed = sorted(ROOT.glob("node_modules/@foundry-rs/forge-*/bin/forge"))
    forge = packed[0] if packed else shutil.which("forge")
    if forge is None:
        raise SystemExit("there is no forge: run `npm ci --ignore-scripts`")
    command = [str(forge), "test", "--match-path", f"{SUITE.relative_to(ROOT)}/*.t.sol", "--json"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if not done.stdout.startswith("{"):
        raise SystemExit(f"forge did not run the suite:\n{done.stdout}{done.stderr}")
    suites = json.loads(done.stdout)
    files = (path.relative_to(ROOT) for path in sorted(SUITE.glob("*.t.sol")))
    return sorted((incident(file, suites) for file in files), key=by_row)


def incident(file: Path, suites: dict[str, Any]) -> Incident:
    """One incident from its file and forge's answers, which are by `file:contract`.

    One that is not ours may have no tests; forge does not know it then.
    """
    source = (ROOT / file).read_text(encoding="utf-8")
    said = comments(source)
    contract = next((name for name in said if name.startswith("Incident")), "")
    results = suites.get(f"{file}:{contract}", {"test_results": {}})["test_results"]
    tests = []
    for signature, result in results.items():
        name = signature.split("(")[0]
        shows = said.get(name, {}).get("notice", "")
        tests.append(Test(name, shows, result["status"] == "Success"))
    # The harm first; then as they are told in the file, where one builds on another.
    tests.sort(key=lambda test: ("_harm_" not in test.name, source.find(f" {test.name}(")))
    return Incident(str(file), source, said.get(contract, {}), tuple(tests))


def by_row(one: Incident) -> tuple[int, str]:
    """The order of the table."""
    return one.row, one.file


def faults(incidents: list[Incident]) -> list[str]:
    """Everything that is wrong with the suite."""
    count = Counter(one.row for one in incidents)
    found = [f"row {row} is missing" for row in ROWS if row not in count]
    found += [f"row {row} is there {times} times" for row, times in count.items() if times > 1]
    found += [f"{one.file}: row {one.row}" for one in incidents if one.row not in ROWS]
    return found + [fault for one in incidents for fault in one.faults()]


def counts(incidents: list[Incident]) -> str:
    """How many have each label."""
    count = Counter(one.label for one in incidents)
    return ", ".join(f"{count[label]} {label}" for label in LABELS)


def table(incidents: list[Incident]) -> str:
    """What `make incidents` prints: a line for each incident, and what a line has no room for."""
    lines = []
    for one in incidents:
        number, date, label, title = (
            one.tags.get(tag, "?") for tag in ("row", "date", "label", "title")
        )
        lines.append(f"{number:>2}  {date:10}  {label:8}  {title}")
        more = {tag: one.tags.get(tag, "-") for tag in ("cause", "loss", "guard")}
        more |= {"left": one.tags["left"]} if "left" in one.tags else {}
        more["test"] = f"{one.file}: {result(one)}"
        lines += [indented(name, text) for name, text in more.items()]
    return "\n".join([*lines, "", f"{len(incidents)} incidents: {counts(incidents)}"])


def indented(name: str, text: str) -> str:
    """A named line below an incident's first, folded where a terminal ends."""
    return textwrap.fill(text, 110, initial_indent=f"    {name:6}", subsequent_indent=" " * 10)


def result(one: Incident) -> str:
    """How many of its tests passed, of each kind."""
    failed = [test.name for test in one.tests if not test.passed]
    if failed:
        return f"{len(failed)} of {len(one.tests)} tests fail"
    counted = [(kind or "besides", len(one.of(kind))) for kind in KINDS]
    return ", ".join(f"{number} {name}" for name, number in counted if number) or "no tests"


def page(incidents: list[Incident]) -> str:
    """The text of docs/incidents.md."""
    lines = [INTRO, f"{len(incidents)} incidents: {counts(incidents)}.", ""]
    lines += ["| | date | incident | loss | label | guard |", "|---|---|---|---|---|---|"]
    for one in incidents:
        cells = ("row", "date", "title", "loss", "label", "guard")
        lines.append(f"| {' | '.join(one.tags.get(cell, '') for cell in cells)} |")
    for one in incidents:
        lines += ["", *section(one)]
    return "\n".join(lines) + "\n"


def section(one: Incident) -> list[str]:
    """What the page says about one incident."""
    tags = one.tags
    lines = [f"## {tags.get('row')}. {tags.get('title')}", "", tags.get("notice", ""), ""]
    for tag, name in (("date", "Date"), ("cause", "Cause"), ("loss", "Loss"), ("label", "Label")):
        lines.append(f"- **{name}**: {tags.get(tag, '')}")
    lines += [f"- **Guard**: {tags['guard']}"] if "guard" in tags else []
    reason = "Why not" if one.label == "not ours" else "What is left"
    lines += [f"- **{reason}**: {tags['left']}"] if "left" in tags else []
    lines.append(f"- **Test**: `{one.file}`")
    for kind, title in KINDS.items():
        lines += [f"  - {title}: {test.shows}" for test in one.of(kind)]
    return lines


def main(arguments: list[str]) -> int:
    """Run, print, and write the page or compare it."""
    incidents = run()
    print(table(incidents))
    found = faults(incidents)
    name = PAGE.relative_to(ROOT)
    if "--check" not in arguments:
        PAGE.write_text(page(incidents), encoding="utf-8", newline="\n")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page(incidents):
        found.append(f"{name} is not what the suite says: run `make incidents` and commit it")
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

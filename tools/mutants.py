"""Break each rule of the contracts in turn and show that a test fails.

python tools/mutants.py           all of them
python tools/mutants.py WORD...   those whose rule or file has these words

The mutants are written by hand in tests/mutants/*.toml: a text of a contract and what takes its
place. Each is made in a temporary copy, where forge runs the tests next to the rule and, if none of
them fails, all of them. Prints a table. Exit code 1 where a mutant lives without a reason, does not
live although it has one, or does not compile.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "tests" / "mutants"
# Without optimizer, figures of gas and size mean nothing. What takes minutes finds nothing more.
LEFT_OUT = ("gas.t.sol", "faults.t.sol")
QUICKER = {
    "optimizer = true": "optimizer = false\ndynamic_test_linking = true",
    "[profile.default.fuzz]\nruns = 256": "[profile.default.fuzz]\nruns = 64",
}
ALL = "tests/forge/**/*"


@dataclass(frozen=True)
class Mutant:
    """What it breaks, where, and how; the tests next to it; why it may live, if it may."""

    breaks: str
    file: str
    old: str
    new: str
    tests: str
    lives: str = ""


@dataclass(frozen=True)
class Outcome:
    """The first test that failed and how many did; none where the mutant lives."""

    mutant: Mutant
    caught_by: str
    failures: int

    @property
    def fault(self) -> str:
        """What is wrong with it, or nothing."""
        if not self.failures and not self.mutant.lives:
            return "LIVES"
        return "does not live, but has a reason to" if self.failures and self.mutant.lives else ""


def read(tables: Path = TABLES) -> list[Mutant]:
    """All mutants, in the order of their files; a file names the tests for those that do not."""
    found = []
    for path in sorted(tables.glob("*.toml")):
        table = tomllib.loads(path.read_text())
        found += [Mutant(**{"tests": table["tests"]} | entry) for entry in table["mutant"]]
    return found


def mutated(source: str, mutant: Mutant) -> str:
    """The contract with the mutant in it, which must fit at exactly one place."""
    if source.count(mutant.old) != 1:
        places = source.count(mutant.old)
        raise SystemExit(f"{mutant.breaks}: its text is {places} times in {mutant.file}, not once")
    if mutant.old == mutant.new:
        raise SystemExit(f"{mutant.breaks}: it changes nothing")
    return source.replace(mutant.old, mutant.new)


def copy(to: Path) -> None:
    """What forge needs, without what it built, and set to compile quickly."""
    for name in ("contracts", "tests/forge", "tools/solc"):
        shutil.copytree(ROOT / name, to / name)
    for name in LEFT_OUT:
        for path in (to / "tests").rglob(name):
            path.unlink()
    settings = (ROOT / "foundry.toml").read_text()
    for slow, quick in QUICKER.items():
        settings = settings.replace(slow, quick)
    (to / "foundry.toml").write_text(settings)
    (to / "node_modules").symlink_to((ROOT / "node_modules").resolve())


def failures(folder: Path, tests: str) -> list[str]:
    """Names of the tests that fail, with their contracts."""
    packed = sorted(ROOT.glob("node_modules/@foundry-rs/forge-*/bin/forge"))
    forge = str(packed[0]) if packed else shutil.which("forge")
    if forge is None:
        raise SystemExit("there is no forge: run `npm ci --ignore-scripts`")
    command = [forge, "test", "--json", "--match-path", tests]
    command += ["--no-match-test", "[sS]izeLimit"]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"tests/')]
    if not lines:
        raise RuntimeError(f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return [
        f"{suite.partition(':')[2]}.{test.partition('(')[0]}"
        for suite, result in json.loads(lines[-1]).items()
        for test, verdict in result["test_results"].items()
        if verdict["status"] == "Failure"
    ]


def judge(mutant: Mutant, folder: Path) -> Outcome:
    """Make the mutant, run the tests next to it, then all, and undo it."""
    path = folder / mutant.file
    source = path.read_text()
    path.write_text(mutated(source, mutant))
    try:
        failed = failures(folder, mutant.tests) or failures(folder, ALL)
    except RuntimeError as error:
        raise SystemExit(f"{mutant.breaks}: forge could not run:\n{error}") from None
    finally:
        path.write_text(source)
    outcome = Outcome(mutant, failed[0] if failed else "", len(failed))
    print(
        f"{outcome.fault or 'lives' if not failed else 'caught'}: {mutant.breaks}", file=sys.stderr
    )
    return outcome


def judge_all(mutants: list[Mutant], folders: list[Path]) -> list[Outcome]:
    """Judge each, as many at a time as there are copies."""
    free: SimpleQueue[Path] = SimpleQueue()
    for folder in folders:
        copy(folder)
        free.put(folder)

    def one(mutant: Mutant) -> Outcome:
        folder = free.get()
        try:
            return judge(mutant, folder)
        finally:
            free.put(folder)

    for tests in sorted({mutant.tests for mutant in mutants}):
        if failed := failures(folders[0], tests):
            raise SystemExit(f"tests fail without any mutant: {', '.join(failed)}")
    with ThreadPoolExecutor(len(folders)) as pool:
        return list(pool.map(one, mutants))


def show(outcomes: list[Outcome]) -> str:
    """The table, in Markdown, and the counts."""
    lines = ["| # | contract | broken rule | caught by | failing tests |", "|---|---|---|---|---|"]
    for number, outcome in enumerate(outcomes, 1):
        mutant = outcome.mutant
        caught = outcome.fault or outcome.caught_by or f"lives: {mutant.lives}"
        lines.append(
            f"| {number} | {Path(mutant.file).stem} | {mutant.breaks} | {caught} "
            f"| {outcome.failures} |"
        )
    counts = Counter("caught" if outcome.failures else "lives" for outcome in outcomes)
    return "\n".join([*lines, "", f"{counts['caught']} caught, {counts['lives']} alive"])


def main(words: list[str]) -> None:
    """Print the table of the chosen mutants, and exit 1 if one has a fault."""
    chosen = [m for m in read() if all(word in f"{m.breaks} {m.file}" for word in words)]
    if not chosen:
        raise SystemExit(f"no mutant breaks {' '.join(words)}")
    for mutant in chosen:
        mutated((ROOT / mutant.file).read_text(), mutant)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copies = min(len(chosen), os.cpu_count() or 1)
        outcomes = judge_all(chosen, [Path(folder) / str(i) for i in range(copies)])
    print(show(outcomes))
    print(f"{time.monotonic() - started:.0f} seconds")
    if any(outcome.fault for outcome in outcomes):
        raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1:])

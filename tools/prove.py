"""Prove the properties of tests/proofs with halmos; print each, their number and the time.

python tools/prove.py            all of them
python tools/prove.py WORD...    those with one of the words in their name
python tools/prove.py --break    take each rule of tests/proofs/broken.toml out of a copy of the
                                 contracts, and show that halmos finds a counterexample there;
                                 with words, only the rules that have one of them in their name

Exit code 1 where a property is not proved, or one is proved although its rule is gone.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROOFS = Path("tests/proofs")
BROKEN = PROOFS / "broken.toml"
OUT = "build/halmos/out"
HALMOS = ROOT / ".venv-halmos" / "bin" / "halmos"
WORKERS = 2
# No loop of a proof depends on what is unknown: at 64 rounds all of them have ended, else halmos
# says that a path was cut off, which is no proof. Impossible branches are worth a second to find.
OPTIONS = (
    *("--loop", "64"),
    *("--solver-timeout-branching", "1s"),
    *("--solver-timeout-assertion", "60s"),
    *("--solver-threads", "1"),
    "--no-status",
)
OUTCOMES = ("proved", "counterexample", "no answer in time", "stuck", "all reverted", "error")
COUNTEREXAMPLE = OUTCOMES.index("counterexample")


@dataclass(frozen=True)
class Rule:
    """A text of a contract, what takes its place, and the properties that need it."""

    breaks: str
    file: str
    old: str
    new: str
    checks: list[str]


@dataclass(frozen=True)
class Result:
    """What halmos says of one property."""

    check: str
    outcome: int
    paths: int
    seconds: float
    cut_off: int

    @property
    def proved(self) -> bool:
        """Proved on all paths, none of them cut off."""
        return self.outcome == 0 and self.cut_off == 0


def properties(root: Path = ROOT) -> dict[str, str]:
    """The contract of each property, by the name of the property without `check_`."""
    found: dict[str, str] = {}
    for path in sorted((root / PROOFS).glob("*.t.sol")):
        contract = re.findall(r"^contract (\w+Proof) ", path.read_text(), re.MULTILINE)[0]
        for name in re.findall(r"function check_(\w+)\(", path.read_text()):
            if name in found:
                raise SystemExit(f"{path.name}: {name} is in {found[name]}, too")
            found[name] = contract
    return found


def rules(root: Path = ROOT) -> list[Rule]:
    """What `--break` takes out."""
    table = tomllib.loads((root / BROKEN).read_text())
    return [Rule(**entry) for entry in table["rule"]]


def call(root: Path, *command: str) -> str:
    """Runs forge or halmos where the proofs and what they import are all that is compiled."""
    settings = {
        "FOUNDRY_SRC": PROOFS,
        "FOUNDRY_TEST": PROOFS,
        "FOUNDRY_SCRIPT": PROOFS,
        "FOUNDRY_OUT": OUT,
        "FOUNDRY_CACHE_PATH": "build/halmos/cache",
    }
    named = [f"{name}={value}" for name, value in settings.items()]
    # halmos calls forge and its solver by name.
    paths = f'PATH="{HALMOS.parent}:{ROOT}/node_modules/.bin:$PATH" exec "$@"'
    done = subprocess.run(
        ["env", *named, "sh", "-c", paths, "sh", *command],
        check=False,
        cwd=root,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def run(root: Path, contract: str, checks: list[str], *options: str) -> list[Result]:
    """What halmos says of these properties of one contract."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [str(HALMOS), "--root", str(root), "--contract", contract, *OPTIONS, *options]
        command += ["--forge-build-out", OUT, "--json-output", str(answer)]
        command += ["--match-test", rf"^check_({'|'.join(checks)})\("]
        said = call(root, *command)
        if not answer.exists():
            raise SystemExit(said)
        tests = json.loads(answer.read_bytes())["test_results"]
    return [
        Result(
            test["name"].partition("(")[0].removeprefix("check_"),
            test["exitcode"],
            (test["num_paths"] or [0])[0],
            (test["time"] or [0.0])[0],
            test["num_bounded_loops"] or 0,
        )
        for tests_of_contract in tests.values()
        for test in tests_of_contract
    ]


def prove(words: list[str]) -> bool:
    """Whether all properties are proved whose names have one of the words."""
    wanted: dict[str, list[str]] = {}
    for check, contract in properties().items():
        if not words or any(word in check for word in words):
            wanted.setdefault(contract, []).append(check)
    start = time.monotonic()
    # As halmos compiles, which then finds it done. An error comes up there again.
    outputs = ("--ast", "--extra-output", "storageLayout", "metadata")
    call(ROOT, "forge", "build", *outputs, "--root", str(ROOT))
    proved = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        # The largest first: the others fit beside it.
        largest = sorted(wanted, key=lambda contract: -len(wanted[contract]))
        runs = {
            pool.submit(run, ROOT, contract, wanted[contract]): contract for contract in largest
        }
        for done in as_completed(runs):
            print(runs[done])
            answered = {result.check: result for result in done.result()}
            for check in wanted[runs[done]]:
                result = answered.get(check, Result(check, len(OUTCOMES) - 1, 0, 0, 0))
                proved += result.proved
                outcome = "cut off" if result.cut_off else OUTCOMES[result.outcome]
                print(f"  {check:22} {outcome:18} {result.paths:4} paths {result.seconds:6.1f} s")
            sys.stdout.flush()
    total = sum(map(len, wanted.values()))
    print(f"{proved} of {total} properties proved in {spent(start)}")
    return proved == total


def spent(start: float) -> str:
    """The time since then, and what of it the processors worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processors = used.ru_utime + used.ru_stime
    return f"{time.monotonic() - start:.0f} s ({processors:.0f} s of processor time)"


def broken(source: str, rule: Rule) -> str:
    """The contract without the rule, which must be there exactly once."""
    if source.count(rule.old) != 1:
        places = source.count(rule.old)
        raise SystemExit(f"{rule.breaks}: its text is {places} times in {rule.file}, not once")
    return source.replace(rule.old, rule.new)


def refuted(rule: Rule) -> list[str]:
    """The rule's properties for which a counterexample is found once it is gone."""
    known = properties()
    contracts = {known[check] for check in rule.checks}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("contracts", "tests/forge", str(PROOFS)):
            shutil.copytree(ROOT / name, copy / name)
        for name in ("node_modules", "tools"):
            (copy / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "foundry.toml", copy)
        for path in (copy / PROOFS).glob("*.t.sol"):
            if not any(f"contract {contract} " in path.read_text() for contract in contracts):
                path.unlink()
        target = copy / rule.file
        target.write_text(broken(target.read_text(), rule))
        found = []
        for contract in sorted(contracts):
            checks = [check for check in rule.checks if known[check] == contract]
            found += run(copy, contract, checks, "--early-exit")
    return [result.check for result in found if result.outcome == COUNTEREXAMPLE]


def refute(words: list[str]) -> bool:
    """Whether each rule that is taken out is missed by the properties that name it."""
    start = time.monotonic()
    table = [rule for rule in rules() if not words or any(word in rule.breaks for word in words)]
    missed = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        for rule, found in zip(table, pool.map(refuted, table), strict=True):
            blind = [check for check in rule.checks if check not in found]
            missed += not blind
            print(f"  {rule.breaks:52} {', '.join(found)}", flush=True)
            if blind:
                print(f"    NO COUNTEREXAMPLE: {', '.join(blind)}", flush=True)
    print(f"{missed} of {len(table)} rules missed in {spent(start)}")
    return missed == len(table)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    breaking = arguments[:1] == ["--break"]
    sys.exit(not (refute(arguments[1:]) if breaking else prove(arguments)))

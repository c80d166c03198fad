"""Measure gas with forge, print the table, and write docs/gas.md from it.

    python tools/gas_table.py           measure, print, write the page
    python tools/gas_table.py --check   measure, and compare the page with the committed one

Exit code 1 where a test fails, a figure is missing, a goal is missed without a reason (or has one
and is met), or the page differs. The figures are exact: same contracts, same compiler, same gas.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOTS = ROOT / "build" / "forge" / "snapshots"
PAGE = ROOT / "docs" / "gas.md"
CONTRACTS = ("ExecutorGasTest", "GovernorGasTest", "RegistryGasTest", "VaultGasTest")
ONE, TEN = "push a rule to one vault: applyAll", "push a rule to each of ten vaults"
PEER = "OpenZeppelin ERC4626: "


@dataclass(frozen=True)
class Goal:
    """What a figure must reach, and where that comes from. `share`: of a peer's figure instead."""

    figure: str
    limit: int = 0
    beside: str = ""
    peer: str = ""
    share: int = 115

    def allowed(self, gas: dict[str, int]) -> int:
        """The most that is within the goal."""
        return gas[self.peer] * self.share // 100 if self.peer else self.limit


GOALS = (
    Goal("setParams: 1 key", 64_000, "SP-BEAM, without version, hash or validator: 53.1k"),
    Goal("setParams: 3 keys", 77_000, "SP-BEAM 90.1k"),
    Goal("setParams: 5 keys", 90_000, "SP-BEAM 127.1k"),
    Goal("setParams: 10 keys", 125_000),
    Goal("Governor.execute: 10 keys", 215_000, "ten setters 387k"),
    Goal("Governor.execute: precondition and 10 keys", 215_000, "what the pipeline renders"),
    Goal(ONE, 40_000, "a prototype without post-conditions 41.3k"),
    Goal(TEN, 27_000, "the same prototype 24.8k"),
    Goal("read one parameter: wordOf", 2_600, "a call alone, without its transaction"),
    Goal("vault of one asset: deposit", peer=PEER + "deposit"),
    Goal("vault of one asset: withdraw", peer=PEER + "withdraw"),
)
PARTS = {
    "base": "the transaction and its calldata",
    "accounts": "first call of registry and vault, 2,600 each",
    "slots": "first look at a slot, 2,100 each",
    "changes": "slots that change, 2,900 each",
    "events": "events of executor and vaults",
    "code": "code, memory, hashing",
}
REASONS = {
    ONE: """\
{base:,} are the transaction's own, and only {rest:,} of the rest are code. {state:,} are {slots}
slots that are looked at (version, words and their count in the registry, list and entry in the
executor, two in the vault), {changes} that change, two accounts and two events: 40,000 is out of
reach for any code that keeps this state. The goal came from a prototype that took 41.3k for one
vault and 24.8k for each of ten. That leaves 18.3k for what is paid once, less than the 21,000 of an
empty transaction: its figures are without the transaction. Ours without it is {bare:,}.""",
    TEN: """\
A vault keeps its rules in one slot and its weights with their version in a second (254 and 256 bits
of them are in use); the executor's entry is a third. With the account and the events that is
{each:,} for each vault before any code runs. Reading back what was pushed takes {proof:,} of the
{code:,} of code: a vault that lies is worse ([why](decisions.md)).""",
}
INTRO = """\
# Gas

What each call costs, beside the goal that was set for it and what others pay for the like.

Whole transactions, with their 21,000 and their calldata, unless it says otherwise: three assets,
the real validator, version and state hash included, optimizer at 10,000 runs. Measured by forge,
each call a transaction of its own; written by `make gas`, held by CI to the unit. Do not edit.
"""


def measure() -> dict[str, int]:
    """Every figure by its name."""
    shutil.rmtree(SNAPSHOTS, ignore_errors=True)
    here = ROOT / "node_modules" / ".bin" / "forge"
    command = [here if here.exists() else "forge", "test", "--match-contract", "GasTest$"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    failed = sorted({line for line in done.stdout.splitlines() if line.startswith("[FAIL")})
    if done.returncode or failed:
        raise SystemExit("\n".join(failed) or done.stdout + done.stderr)
    figures: dict[str, int] = {}
    for name in CONTRACTS:
        file = SNAPSHOTS / f"{name}.json"
        if not file.is_file():
            raise SystemExit(f"forge wrote no {file.relative_to(ROOT)}")
        figures |= {key: int(value) for key, value in json.loads(file.read_bytes()).items()}
    return figures


def faults(gas: dict[str, int]) -> list[str]:
    """What a reader could not rely on."""
    found = []
    for goal in GOALS:
        if goal.figure not in gas:
            found.append(f"no test measures {goal.figure!r}")
            continue
        met = gas[goal.figure] <= goal.allowed(gas)
        if not met and goal.figure not in REASONS:
            found.append(
                f"{goal.figure}: {gas[goal.figure]:,} is more than {goal.allowed(gas):,}: "
                "make it cheaper, or give the reason in tools/gas_table.py"
            )
        if met and goal.figure in REASONS:
            found.append(f"{goal.figure} meets its goal: take its reason out")
    return found


def rows(gas: dict[str, int]) -> list[tuple[str, str, str, str, str]]:
    """The goals: figure, gas, goal, whether it is met, what stands beside it."""
    return [
        (
            goal.figure,
            f"{gas[goal.figure]:,}",
            f"{goal.allowed(gas):,}",
            "yes" if gas[goal.figure] <= goal.allowed(gas) else "no",
            goal.beside or (f"{goal.peer} {gas[goal.peer]:,}, and 15 %" if goal.peer else ""),
        )
        for goal in GOALS
    ]


def page(gas: dict[str, int]) -> str:
    """docs/gas.md."""
    lines = [INTRO, "| | gas | goal | met | beside it |", "|---|--:|--:|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows(gas)]
    words = _words(gas)
    for name, reason in REASONS.items():
        lines += ["", f"**Missed: {name}.**", reason.format(**words)]
    one, ten = "push a rule to one vault, ", "push a rule to ten vaults, "
    lines += ["", "## What a push is made of", "", "Counted while it runs.", ""]
    lines += ["| | one vault | ten vaults | each of ten |", "|---|--:|--:|--:|"]
    for part, meaning in PARTS.items():
        last = f"{gas[ten + part] // 10:,}"
        lines.append(f"| {meaning} | {gas[one + part]:,} | {gas[ten + part]:,} | {last} |")
    shown = {goal.figure for goal in GOALS}
    others = [name for name in gas if name not in shown and not name.startswith((one, ten))]
    lines += ["", "## Other figures", "", "| | gas |", "|---|--:|"]
    lines += [f"| {name} | {gas[name]:,} |" for name in sorted(others)]
    return "\n".join(lines) + "\n"


def _words(gas: dict[str, int]) -> dict[str, int]:
    """What the reasons say, from the figures."""
    one = {part: gas[f"push a rule to one vault, {part}"] for part in PARTS}
    ten = {part: gas[f"push a rule to ten vaults, {part}"] for part in PARTS}
    state = ("accounts", "slots", "changes", "events")
    return {
        "base": one["base"],
        "rest": one["code"],
        "state": sum(one[part] for part in state),
        "slots": one["slots"] // 2_100,
        "changes": one["changes"] // 2_900,
        "bare": gas[ONE] - one["base"],
        "each": sum(ten[part] - one[part] for part in state) // 9,
        "code": (ten["code"] - one["code"]) // 9,
        "proof": gas["reading back what was pushed"],
    }


def main(arguments: list[str]) -> int:
    """Measure, print, and write the page or compare it."""
    gas = measure()
    found = faults(gas)
    for figure, used, goal, met, _ in rows(gas) if not found else ():
        print(
            f"{figure:44} {used:>9} {goal:>9}  {'' if met == 'yes' else 'missed, see the reason'}"
        )
    if found:
        print(*found, sep="\n")
        return 1
    name = PAGE.relative_to(ROOT)
    if "--check" not in arguments:
        PAGE.write_text(page(gas), encoding="utf-8", newline="\n")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page(gas):
        print(f"{name} is not what the contracts take: run `make gas`, look, and commit it")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

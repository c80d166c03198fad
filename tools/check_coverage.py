"""Fail unless the heart of the contracts is covered: python tools/check_coverage.py LCOV."""

import sys
from collections import Counter
from pathlib import Path

PARTS = Path(__file__).resolve().parents[1] / "contracts" / "registry"
HEART = (
    "contracts/ParameterExecutor.sol",
    "contracts/StrategyRegistry.sol",
    *sorted(f"contracts/registry/{path.name}" for path in PARTS.glob("*.sol")),
)
LEAST = 0.95


def counts(lcov: Path) -> dict[str, Counter[str]]:
    """For each source file: lines found and hit (LF, LH), branches found and hit (BRF, BRH)."""
    files: dict[str, Counter[str]] = {}
    file = Counter[str]()
    for line in lcov.read_text().splitlines():
        tag, _, value = line.partition(":")
        if tag == "SF":
            file = files.setdefault(value, Counter())
        elif tag in ("LF", "LH", "BRF", "BRH"):
            file[tag] += int(value)
    return files


def main(lcov: Path) -> None:
    """Print the shares, and exit 1 if one is too small."""
    files = counts(lcov)
    low = False
    for name in HEART:
        if name not in files:
            raise SystemExit(f"{lcov} does not know {name}")
        found = files[name]
        for what, hit, all_ in (("lines", "LH", "LF"), ("branches", "BRH", "BRF")):
            # A file of views has no branches.
            share = found[hit] / found[all_] if found[all_] else 1.0
            low |= share < LEAST
            print(f"{name}: {share:.1%} of {found[all_]} {what}")
    if low:
        raise SystemExit(f"each must be at least {LEAST:.0%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

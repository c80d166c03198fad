"""Make dpo_gov/artifacts/manifest.json from the forge build, or check that it is up to date.

    python tools/build_manifest.py           write the file
    python tools/build_manifest.py --check   compare byte for byte, exit 1 if they differ

The manifest is pruned: ABI, creation bytecode and natspec of what the package deploys or calls. It
has no sources, source maps or metadata: its bytes depend on the contracts and the compiler only.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "forge" / "out"
MANIFEST = ROOT / "dpo_gov" / "artifacts" / "manifest.json"

CONTRACTS = (
    "DpoGovernor",
    "DpoToken",
    "LendingVenues",
    "OracleHub",
    "ParameterExecutor",
    "Preconditions",
    "RebalancingVault",
    "StrategyRegistry",
    "StrategyValidator",
    "TimelockController",
    # the demo on the embedded chain
    "DemoVenue",
    "TestFeed",
    "TestToken",
)


def contract(name: str) -> dict[str, Any]:
    """The pruned artifact of one contract, from forge's own."""
    found = json.loads((BUILD / f"{name}.sol" / f"{name}.json").read_bytes())
    bytecode = found["bytecode"]
    if bytecode["linkReferences"]:
        raise SystemExit(f"{name} needs a linked library: make the library's functions internal")
    notes = {part: text for part in ("devdoc", "userdoc") if (text := natspec(found[part]))}
    return {"abi": found["abi"], "bytecode": bytecode["object"], "natspec": notes}


def natspec(doc: dict[str, Any]) -> dict[str, Any]:
    """The parts that say something."""
    return {key: value for key, value in doc.items() if key not in ("kind", "version") and value}


def build() -> bytes:
    """The manifest's bytes; compiles first."""
    here = ROOT / "node_modules" / ".bin" / "forge"
    forge = here if here.exists() else "forge"
    subprocess.run([forge, "build", "contracts", "--quiet"], cwd=ROOT, check=True)
    contracts = {name: contract(name) for name in CONTRACTS}
    return json.dumps(contracts, sort_keys=True, indent=1).encode() + b"\n"


def main() -> None:
    """Write the manifest, or check it with --check."""
    made = build()
    if sys.argv[1:] != ["--check"]:
        MANIFEST.write_bytes(made)
        print(f"{MANIFEST.relative_to(ROOT)}: {len(CONTRACTS)} contracts, {len(made):,} bytes")
        return
    committed = MANIFEST.read_bytes()
    if committed != made:
        old, new = json.loads(committed), json.loads(made)
        changed = [name for name in sorted(old | new) if old.get(name) != new.get(name)]
        raise SystemExit(
            f"{MANIFEST.relative_to(ROOT)} is not what the contracts compile to"
            f" ({', '.join(changed) or 'formatting'}): run `make manifest` and commit it"
        )
    print(f"{MANIFEST.relative_to(ROOT)} is what the contracts compile to, byte for byte")


if __name__ == "__main__":
    main()

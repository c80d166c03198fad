"""What is installed is pinned, by version and hash, and by nothing else."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_python_locks_pin_version_and_hash(lock: Path) -> None:
    """Each entry is name==version with sha256 hashes; no option and no address is in the file."""
    entries = lock.read_text().replace("\\\n", " ").splitlines()
    pin = re.compile(
        r"[a-z0-9.-]+(\[[a-z,]+\])?==[\w.!+-]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+"
    )
    assert entries
    assert [entry for entry in entries if not pin.fullmatch(entry)] == []


def test_one_matplotlib_draws_the_page() -> None:
    """All environments pin the same release: the page is compared, and releases draw otherwise."""
    pins = [re.findall(r"^matplotlib==(\S+)", lock.read_text(), re.MULTILINE) for lock in LOCKS]
    assert len([pin for pin in pins if pin]) >= 3
    assert len({pin for found in pins for pin in found}) == 1


def test_node_lock_pins_version_and_hash() -> None:
    """Each package has a version and a hash, and none says where it was fetched from."""
    lock = json.loads((ROOT / "package-lock.json").read_bytes())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    wanted = json.loads((ROOT / "package.json").read_bytes())
    for kind in ("devDependencies", "optionalDependencies"):
        assert lock["packages"][""][kind] == wanted[kind]
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted[kind].values())

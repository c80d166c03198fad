"""The demo's report has the same hash under every numpy there is here, with and without SIMD."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from dpo_gov.report import hash_of, load, render_html

ROOT = Path(__file__).resolve().parent.parent
REPORTS = sorted(ROOT.glob("proposals/*/report.json"))
ENVIRONMENTS = {"numpy 1.26": ROOT / ".venv-dev", "newest numpy": ROOT / ".venv-core"}

PROBE = """
import json, sys
from hashlib import sha256
from pathlib import Path
import numpy
from dpo_gov.report import load, rebuild, render_html
core = numpy._core if hasattr(numpy, "_core") else numpy.core
simd = core._multiarray_umath
told = {
    "numpy": numpy.__version__,
    "active": [name for name in simd.__cpu_dispatch__ if simd.__cpu_features__[name]],
}
for path in map(Path, sys.argv[1:]):
    report = rebuild(load(path))
    told["hash"] = report.hash.hex()
    told["page"] = sha256(render_html(report).encode()).hexdigest()
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Probe:
    """What one interpreter says: its numpy, the SIMD features in use, hashes of report and page."""

    numpy: str
    active: tuple[str, ...]
    hash: str = ""
    page: str = ""


def probe(environment: Path, *arguments: str | Path, without: tuple[str, ...] = ()) -> Probe:
    """Ask the Python of `environment`, with the SIMD features `without` switched off."""
    done = subprocess.run(
        [environment / "bin" / "python", "-c", PROBE, *arguments],
        env=os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(without)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return Probe(**told | {"active": tuple(told["active"])})


@pytest.fixture(params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest) -> Path:
    """An environment with that numpy; which ones there are depends on what was installed."""
    folder = ENVIRONMENTS[request.param]
    if not folder.exists():
        pytest.skip(f"{folder.name} is not installed (`make test` does)")
    return folder


@pytest.mark.parametrize("simd", ["SIMD as it is", "SIMD off"])
def test_the_demo_report_is_the_same_everywhere(environment: Path, simd: str) -> None:
    """Simulating the demo's proposal again gives its report's hash, and the same page."""
    before = probe(environment)
    without = before.active if simd == "SIMD off" else ()
    after = probe(environment, REPORTS[0], without=without)
    if simd == "SIMD off":
        assert after.active == (), f"still on: {after.active}"
    assert after.hash == hash_of(REPORTS[0].read_bytes()).hex()
    assert after.page == sha256(render_html(load(REPORTS[0])).encode()).hexdigest()


def test_the_environments_differ() -> None:
    """The comparison is between an old numpy and a new one, or it would prove nothing."""
    missing = [folder.name for folder in ENVIRONMENTS.values() if not folder.exists()]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed (`make test` does)")
    old, new = (probe(folder).numpy for folder in ENVIRONMENTS.values())
    assert old.startswith("1.26.")
    assert int(new.split(".")[0]) >= 2
    assert sys.version_info >= (3, 11)

"""A runner of commands, and a deployed chain in memory that every test gets back as it was."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dpo_gov import chain
from dpo_gov.cli import main
from dpo_gov.cli.context import Session

Run = Callable[..., Result]

PROPOSAL = """\
version: 1
title: Hold more of the base asset
strategy: core
author: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
summary: More of the base asset, and trades that lose less.
motivation: It is what the tests propose.
changes:
  targetWeight[USDC]: {from: 20 %, to: 25 %}
  targetWeight[WETH]: {from: 45 %, to: 40 %}
  maxSlippage: {from: 0.5 %, to: 0.3 %}
window: {not_before: 2026-11-21T00:00:00Z, not_after: 2027-01-15T00:00:00Z}
simulation: {paths: 400, seed: 1, horizon: 30 d}
"""


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs `dpo-gov ARGUMENTS…`; `obj` is a Session, `text` what is typed."""
    apart = "mix_stderr" in inspect.signature(CliRunner).parameters  # click before 8.2
    options: dict[str, Any] = {"mix_stderr": False} if apart else {}
    runner = CliRunner(**options)

    def invoke(*arguments: object, obj: object = None, text: str | None = None) -> Result:
        return runner.invoke(main, [str(each) for each in arguments], obj=obj, input=text)

    return invoke


@pytest.fixture(scope="session")
def deployed() -> Session:
    """One deployment for all tests; use `session`, which keeps it clean."""
    connected = chain.connect("embedded")
    return Session(connected, chain.deploy(connected))


@pytest.fixture
def session(deployed: Session) -> Iterator[Session]:
    """A deployed chain; what a test does to it is undone."""
    before = deployed.chain.snapshot()
    yield deployed
    deployed.chain.revert(before)


@pytest.fixture(scope="session")
def rendered(deployed: Session, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered proposal; use `proposal`, which is a copy."""
    folder = tmp_path_factory.mktemp("rendered") / "2026-11-21-test"
    folder.mkdir()
    (folder / "proposal.yaml").write_text(PROPOSAL)
    result = run("proposal", "render", folder, obj=deployed)
    assert result.exit_code == 0, result.stderr
    return folder


@pytest.fixture
def proposal(rendered: Path, tmp_path: Path) -> Path:
    """The folder of a rendered proposal, to do anything with."""
    return Path(shutil.copytree(rendered, tmp_path / "proposals" / rendered.name))

"""The proposal that is shipped: it passes, and anyone renders it to the same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from dpo_gov.cli import main
from dpo_gov.cli.context import Session

PROPOSALS = Path(__file__).resolve().parents[2] / "proposals"
FOLDERS = sorted(path.parent for path in PROPOSALS.glob("*/proposal.yaml"))


def test_there_is_one() -> None:
    """The demo has a proposal to carry through."""
    assert [folder.name for folder in FOLDERS] == ["2026-11-21-more-base-asset"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_passes_every_check(session: Session, folder: Path) -> None:
    """The committed files fit each other, the registry's rules and the demo's addresses."""
    result = CliRunner().invoke(main, ["proposal", "check", str(folder)], obj=session)

    assert result.exit_code == 0, result.output
    assert "warning" not in result.output


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rendering_it_gives_the_committed_bytes(
    session: Session, folder: Path, tmp_path: Path
) -> None:
    """Simulation, texts, calldata and page come out the same to the byte."""
    (tmp_path / folder.name).mkdir()
    copy = Path(shutil.copy(folder / "proposal.yaml", tmp_path / folder.name)).parent

    result = CliRunner().invoke(main, ["proposal", "render", str(copy)], obj=session)

    assert result.exit_code == 0, result.output
    for committed in folder.iterdir():
        assert (copy / committed.name).read_bytes() == committed.read_bytes(), committed.name

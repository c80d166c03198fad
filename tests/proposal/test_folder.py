import os
from pathlib import Path

import pytest

from dpo_gov.errors import InputError, ProposalError
from dpo_gov.proposal import folder
from dpo_gov.proposal.folder import Folder, create

FILES = {"description.md": b"new text", "calldata.json": b"new calldata"}


@pytest.fixture
def there(tmp_path: Path) -> Folder:
    """A folder with a specification and one old file."""
    (tmp_path / "proposal.yaml").write_bytes(b"version: 1\n")
    (tmp_path / "calldata.json").write_bytes(b"old calldata")
    return Folder.at(tmp_path)


def content(path: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {one.name: one.read_bytes() for one in path.rglob("*") if one.is_file()}


def test_the_file_and_its_folder_name_the_same_proposal(there: Folder) -> None:
    """A person may give either."""
    assert Folder.at(there.path / "proposal.yaml") == there


def test_a_missing_folder_says_how_to_draft_one(tmp_path: Path) -> None:
    """A wrong path is answered with the next step."""
    with pytest.raises(ProposalError, match="no such proposal folder.*proposal new"):
        Folder.at(tmp_path / "gone")


def test_a_path_that_no_system_holds_is_a_missing_folder() -> None:
    """Longer than any path can be, it is not there either."""
    with pytest.raises(ProposalError, match="no such proposal folder"):
        Folder.at(Path("a" * 5_000))
    with pytest.raises(InputError, match="cannot be written: File name too long"):
        create(Path("proposals"), "a" * 5_000, {})


def test_files_are_written_and_read(there: Folder) -> None:
    """What is written is what is read, and nothing else is left behind."""
    there.write(FILES)

    assert there.read() == FILES
    assert set(content(there.path)) == {"proposal.yaml", *FILES}


def test_a_failing_write_leaves_everything_as_it_was(
    there: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When one file cannot be written, none is."""
    before = content(there.path)
    write = folder._write

    def full(path: Path, data: bytes) -> None:
        if path.name == "calldata.json":
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(folder, "_write", full)

    with pytest.raises(InputError, match="cannot be written: No space left"):
        there.write(FILES)
    assert content(there.path) == before


def test_a_failing_replacement_is_undone(there: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure between two files puts the first one back, or away."""
    before = content(there.path)
    replace = Path.replace

    def stuck(self: Path, target: Path) -> Path:
        if target.name == "calldata.json":
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stuck)

    for files in (FILES, {"proposal.yaml": b"version: 2\n", **FILES}):
        with pytest.raises(InputError, match="cannot be written"):
            there.write(files)
        assert content(there.path) == before


def test_a_huge_file_is_not_read(there: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder from elsewhere cannot fill the memory."""
    monkeypatch.setattr(folder, "MAX_FILE_BYTES", 5)

    with pytest.raises(ProposalError, match=r"calldata.json: larger than"):
        there.read()


def test_a_file_that_leads_elsewhere_is_refused(there: Folder, tmp_path: Path) -> None:
    """Reading and writing a folder never follow a link or wait for a pipe in it."""
    (there.path / "description.md").symlink_to("/etc/passwd")
    for read in (there.read, lambda: there.write(FILES)):
        with pytest.raises(ProposalError, match=r"description\.md: cannot be read: it is a link"):
            read()
    (there.path / "description.md").unlink()
    (there.path / "proposal.yaml").unlink()
    os.mkfifo(there.path / "proposal.yaml")
    with pytest.raises(ProposalError, match=r"proposal\.yaml: cannot be read: .* pipe"):
        there.load()


def test_a_new_folder_is_complete_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafting never leaves half a folder, and never touches one that is there."""
    made = create(tmp_path / "proposals", "2026-11-21-x", {"proposal.yaml": b"a"})
    assert content(made.path) == {"proposal.yaml": b"a"}

    with pytest.raises(InputError, match="is already there; choose another slug"):
        create(tmp_path / "proposals", "2026-11-21-x", {"proposal.yaml": b"b"})
    assert content(made.path) == {"proposal.yaml": b"a"}

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_write", full)
    with pytest.raises(InputError, match="cannot be written"):
        create(tmp_path / "proposals", "2026-11-21-y", {"proposal.yaml": b"b"})
    assert [one.name for one in (tmp_path / "proposals").iterdir()] == ["2026-11-21-x"]

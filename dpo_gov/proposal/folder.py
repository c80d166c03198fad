"""The folder of a proposal: the names of its files, and writing them all or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dpo_gov.errors import InputError, ProposalError
from dpo_gov.files import is_folder, is_there, read_file
from dpo_gov.proposal.model import ProposalSpec, load_yaml

SPEC = "proposal.yaml"
DESCRIPTION = "description.md"
CALLDATA = "calldata.json"
REPORT = "report.json"
REPORT_HTML = "report.html"
FORUM = "forum.md"
SAFE_BATCH = "safe-batch.json"
RENDERED = (DESCRIPTION, CALLDATA, REPORT, REPORT_HTML, FORUM, SAFE_BATCH)

MAX_FILE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Folder:
    """`proposals/<date>-<slug>/`: one file is written by a person, the others are rendered."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Folder:
        """The folder that `path` is, or whose proposal.yaml it is. Raises ProposalError."""
        folder = path.parent if path.name == SPEC else path
        if not is_folder(folder):
            raise ProposalError(
                f"{path}: there is no such proposal folder; `dpo-gov proposal new SLUG` drafts one"
            )
        return cls(folder)

    def file(self, name: str) -> Path:
        """The path of one of its files."""
        return self.path / name

    def load(self) -> ProposalSpec:
        """The specification. Raises ProposalError."""
        return load_yaml(self.file(SPEC))

    def read(self) -> dict[str, bytes]:
        """The rendered files that are there, by name.

        Raises ProposalError for one that is too large, or no file of its own.
        """
        return self._read(RENDERED)

    def _read(self, names: Iterable[str]) -> dict[str, bytes]:
        found = {}
        for name in names:
            path = self.file(name)
            try:
                found[name] = read_file(path, MAX_FILE_BYTES)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ProposalError(f"{path}: cannot be read: {error.strerror}") from error
            if len(found[name]) > MAX_FILE_BYTES:
                raise ProposalError(f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB; render again")
        return found

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write all files or none: they are complete on disk before the first is replaced."""
        before = self._read(files)
        staging = Path(tempfile.mkdtemp(prefix=".rendering-", dir=self.path))
        try:
            for name, data in files.items():
                _write(staging / name, data)
            replaced: list[str] = []
            try:
                for name in files:
                    (staging / name).replace(self.file(name))
                    replaced.append(name)
            except OSError:
                for name in replaced:
                    self._restore(name, before.get(name))
                raise
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _restore(self, name: str, data: bytes | None) -> None:
        if data is None:
            self.file(name).unlink()
        else:
            _write(self.file(name), data)


def create(parent: Path, name: str, files: Mapping[str, bytes]) -> Folder:
    """Make a new folder with its files, complete from the first moment. Raises InputError."""
    target = parent / name
    if is_there(target):
        raise InputError(f"{target}: is already there; choose another slug, or delete it")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".drafting-", dir=parent))
        try:
            for file, data in files.items():
                _write(staging / file, data)
            staging.chmod(0o755)
            staging.rename(target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}") from error
    return Folder(target)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())

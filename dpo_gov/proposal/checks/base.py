"""What every check takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from dpo_gov.errors import InputError
from dpo_gov.guardrails import RegistryState
from dpo_gov.proposal.bundle import Bundle
from dpo_gov.proposal.evidence import Evidence
from dpo_gov.proposal.facts import ChainFacts
from dpo_gov.proposal.folder import CALLDATA, REPORT
from dpo_gov.proposal.model import ProposalSpec
from dpo_gov.proposal.resolve import Resolved


class Level(Enum):
    """How bad a finding is; an error stops the proposal."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Finding(BaseModel):
    """One thing that a check has to say: where, and what to do about it."""

    model_config = ConfigDict(frozen=True)

    level: Level
    check: str
    where: str
    message: str


@dataclass(frozen=True)
class Context:
    """Everything a check may look at.

    `files`: the rendered files by name, None while the proposal is only a draft. `page`: draws
    report.html from report.json (raises InputError), which the layer above knows how to; None
    where the page is not asked about.
    """

    spec: ProposalSpec
    state: RegistryState
    resolved: Resolved
    facts: ChainFacts
    files: Mapping[str, bytes] | None = None
    page: Callable[[], bytes] | None = None

    @cached_property
    def evidence(self) -> Evidence | None:
        """The report, where there is a readable one."""
        try:
            return Evidence.read((self.files or {})[REPORT])
        except (KeyError, InputError):
            return None

    @cached_property
    def bundle(self) -> Bundle | None:
        """The calldata file, where there is a readable one."""
        try:
            return Bundle.read((self.files or {})[CALLDATA], CALLDATA)
        except (KeyError, InputError):
            return None


class Said(NamedTuple):
    """A finding before the check has put its name on it."""

    level: Level
    where: str
    message: str


def error(where: str, message: str) -> Said:
    """What stops the proposal."""
    return Said(Level.ERROR, where, message)


def warning(where: str, message: str) -> Said:
    """What a person must judge."""
    return Said(Level.WARNING, where, message)


def info(where: str, message: str) -> Said:
    """What is good to know."""
    return Said(Level.INFO, where, message)


@dataclass(frozen=True)
class Check:
    """One question asked of a proposal.

    `about`: the question in words. `ask`: says what it finds, nothing when all is well.
    `of_files`: it looks at the rendered files, so a draft is not asked.
    """

    name: str
    about: str
    ask: Callable[[Context], Iterable[Said]]
    of_files: bool = False

    def run(self, context: Context) -> list[Finding]:
        """The findings, in the order in which they were said."""
        if self.of_files and context.files is None:
            return []
        return [
            Finding(level=said.level, check=self.name, where=said.where, message=said.message)
            for said in self.ask(context)
        ]

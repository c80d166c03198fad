"""What `verify` compares: the files of a proposal and the chain, each read when first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dpo_gov.cli.context import Context
from dpo_gov.errors import InputError, ProposalError, UnknownName

if TYPE_CHECKING:
    from dpo_gov.chain import OnchainProposal, VaultStatus, VersionRecord
    from dpo_gov.guardrails import RegistryState
    from dpo_gov.params import ParamSpec
    from dpo_gov.proposal.bundle import Bundle
    from dpo_gov.proposal.folder import Folder
    from dpo_gov.proposal.model import ProposalSpec
    from dpo_gov.proposal.resolve import Resolved
    from dpo_gov.report import Report


@dataclass
class Evidence:
    """A proposal's folder at `path`, and the chain of `context`."""

    context: Context
    path: Path

    @cached_property
    def folder(self) -> Folder:
        """The folder. Raises ProposalError."""
        from dpo_gov.proposal.folder import Folder

        return Folder.at(self.path)

    @cached_property
    def spec(self) -> ProposalSpec:
        """proposal.yaml. Raises ProposalError."""
        return self.folder.load()

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The rendered files. Raises InputError where one is missing."""
        from dpo_gov.proposal.folder import RENDERED

        found = self.folder.read()
        if missing := [name for name in RENDERED if name not in found]:
            raise InputError(
                f"{self.folder.path} has no {', no '.join(missing)}; "
                f"`dpo-gov proposal render {self.folder.path}` writes them"
            )
        return found

    @cached_property
    def report(self) -> Report:
        """report.json. Raises ProposalError."""
        from dpo_gov import report
        from dpo_gov.proposal.folder import REPORT

        return report.parse(self.files[REPORT], str(self.folder.file(REPORT)))

    @cached_property
    def bundle(self) -> Bundle:
        """calldata.json. Raises ProposalError."""
        from dpo_gov.proposal.bundle import Bundle
        from dpo_gov.proposal.folder import CALLDATA

        return Bundle.read(self.files[CALLDATA], str(self.folder.file(CALLDATA)))

    def check_place(self) -> None:
        """Raise InputError unless the files were rendered for the chain that is looked at."""
        ours = self.context.chain.chain_id, self.context.deployment.contracts.governor
        theirs = int(self.bundle.chain_id), self.bundle.governor
        if ours != theirs:
            raise InputError(
                f"{self.folder.path} was rendered for the governor {theirs[1]} on chain "
                f"{theirs[0]}, and this is {ours[1]} on chain {ours[0]}; name the network and "
                "the deployment of the vote with --network and --deployment"
            )

    @cached_property
    def specs(self) -> dict[int, ParamSpec]:
        """The parameters by key, by the deployment's layout: the report's may lie."""
        from dpo_gov.params import catalogue

        return {spec.key: spec for spec in catalogue(self.state.layout)}

    @cached_property
    def before(self) -> RegistryState:
        """The state that the proposal was submitted in; before that, the state now.

        Later versions are taken back by their events, since most nodes do not keep old states;
        only layout, version and values are those of then.
        """
        values, version = dict(self.state.values), self.state.version
        for one in reversed(self.history if self.onchain else []):
            if self.onchain and self.onchain.block < one.block and one.version <= version:
                values.update({change.key: change.old for change in one.changes})
                version = one.version - 1
        return self.state.model_copy(update={"values": values, "version": version})

    @cached_property
    def resolved(self) -> Resolved:
        """proposal.yaml against that state. Raises ProposalError, RuleBroken, UnknownName."""
        from dpo_gov.proposal.resolve import resolve

        return resolve(self.spec, self.before)

    @cached_property
    def approved(self) -> dict[int, tuple[int, int]]:
        """What is to change by the calldata: old and new value by key.

        Raises ProposalError for a key that the strategy does not have.
        """
        from dpo_gov.proposal.actions import decode

        calls = [decode(one.calldata, [self.state.layout]) for one in self.bundle.calls()]
        changes = {
            entry["key"]: (entry["from"], entry["to"])
            for call in calls
            for entry in call.arguments.get("changes", [])
            if entry["from"] != entry["to"]
        }
        if unknown := sorted(changes.keys() - self.specs.keys()):
            raise ProposalError(
                f"calldata.json changes the parameter {unknown[0]:#06x}, which the strategy "
                f"{self.spec.strategy} does not have; do not vote for it"
            )
        return changes

    @cached_property
    def state(self) -> RegistryState:
        """The registry now."""
        return self.context.registry.state(self.spec.strategy)

    @cached_property
    def onchain(self) -> OnchainProposal | None:
        """The governor's proposal, if it has been submitted."""
        try:
            return self.context.governor.proposal(int(self.bundle.proposal_id))
        except UnknownName:
            return None

    @cached_property
    def standing(self) -> str:
        """The state of the governor's proposal in words."""
        if self.onchain is None:
            return "not submitted"
        return self.context.governor.state(self.onchain.id).name.lower()

    @cached_property
    def history(self) -> list[VersionRecord]:
        """Every version of the strategy."""
        return self.context.registry.history(self.spec.strategy)

    @cached_property
    def record(self) -> VersionRecord | None:
        """The version with this report's hash that governance committed, if there is one."""
        timelock = self.context.deployment.contracts.timelock
        for one in self.history:
            if one.report_hash == self.report.hash and one.by == timelock:
                return one
        return None

    @cached_property
    def vaults(self) -> tuple[VaultStatus, ...]:
        """Every vault of the strategy."""
        addresses = self.context.strategy(self.spec.strategy).vaults
        return tuple(self.context.vault(address).status() for address in addresses)

    def hashes(self) -> dict[str, str]:
        """The report's hash wherever it stands, as text; empty where it is not there yet."""
        import re

        from dpo_gov.proposal.actions import decode
        from dpo_gov.proposal.folder import DESCRIPTION

        text = self.files[DESCRIPTION].decode(errors="replace")
        ours = self.report.hash_text
        written = ours if ours in text else next(iter(re.findall("0x[0-9a-f]{64}", text)), "")
        carried = [
            call.arguments["reportHash"]
            for call in (decode(one.calldata) for one in self.bundle.calls())
            if "reportHash" in call.arguments
        ]
        submitted = [
            call.arguments["reportHash"]
            for call in (decode(data) for data in (self.onchain.calldatas if self.onchain else ()))
            if "reportHash" in call.arguments
        ]
        return {
            "file": ours,
            "calldata": _hex(carried),
            "description": written,
            "governor": _hex(submitted),
            "registry": _hex([self.record.report_hash] if self.record else []),
        }


def _hex(found: list[bytes]) -> str:
    return "0x" + found[0].hex() if found else ""

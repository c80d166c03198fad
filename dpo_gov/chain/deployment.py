"""The deployment file: where the contracts of one system are, on one chain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dpo_gov.chain import wire
from dpo_gov.errors import ChainError, InputError, UnknownName
from dpo_gov.files import write_file
from dpo_gov.params import StrategyLayout

if TYPE_CHECKING:
    from dpo_gov.chain.network import Chain
    from dpo_gov.settings import Settings

_MAX_FILE = 1024 * 1024


def _address(text: str) -> str:
    try:
        return wire.checksum(text)
    except InputError as error:
        raise ValueError(str(error)) from None


Address = Annotated[str, AfterValidator(_address)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TokenInfo(_Model):
    """A token: its contract and the decimals of its smallest unit."""

    address: Address
    decimals: int = Field(ge=0, le=36)


class StrategyDeployment(_Model):
    """One strategy: what its indexed parameters stand for, its tokens, vaults and venues."""

    layout: StrategyLayout
    assets: Mapping[str, TokenInfo]
    vaults: tuple[Address, ...] = ()
    venues: Mapping[str, Address] = {}


class Contracts(_Model):
    """The contracts that there is one of."""

    token: Address
    governor: Address
    timelock: Address
    registry: Address
    preconditions: Address
    lending_venues: Address
    validator: Address
    hub: Address
    executor: Address


class Roles(_Model):
    """Who was given which role at deployment; the chain knows who has it now."""

    steward: Address
    guardian: Address
    keeper: Address


class Deployment(_Model):
    """One system on one chain. `start_block`: no event of it is older."""

    version: Literal[1] = 1
    chain_id: int = Field(gt=0)
    start_block: int = Field(ge=0)
    contracts: Contracts
    roles: Roles
    strategies: tuple[StrategyDeployment, ...]

    @property
    def layouts(self) -> tuple[StrategyLayout, ...]:
        """The layouts of all strategies."""
        return tuple(strategy.layout for strategy in self.strategies)

    def strategy(self, name: str) -> StrategyDeployment:
        """A strategy by name; raises UnknownName."""
        for strategy in self.strategies:
            if strategy.layout.name == name:
                return strategy
        known = ", ".join(strategy.layout.name for strategy in self.strategies) or "none"
        raise UnknownName(f"no strategy {name!r} in this deployment; it has: {known}")

    def strategy_of(self, vault: str) -> StrategyDeployment:
        """The strategy that a vault belongs to; raises UnknownName."""
        wanted = wire.checksum(vault)
        for strategy in self.strategies:
            if wanted in strategy.vaults:
                return strategy
        known = ", ".join(one for strategy in self.strategies for one in strategy.vaults) or "none"
        raise UnknownName(f"no vault {wanted} in this deployment; it has: {known}")

    @classmethod
    def load(cls, path: str | Path) -> Deployment:
        """Read a deployment file. Raises InputError naming the place in the file."""
        try:
            if Path(path).stat().st_size > _MAX_FILE:
                raise InputError(f"{path} is larger than 1 MiB; it is no deployment file")
            return cls.model_validate_json(Path(path).read_bytes())
        except FileNotFoundError:
            raise InputError(
                f"there is no deployment file {path}; `dpo-gov chain deploy` writes one, "
                "and --deployment or DPO_GOV_DEPLOYMENT names another"
            ) from None
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(step) for step in first["loc"]) or "the file"
            raise InputError(f"{path} is no deployment file: {place}: {first['msg']}") from None

    def save(self, path: str | Path) -> None:
        """Write the file, whole or not at all. Raises InputError."""
        target = Path(path)
        try:
            write_file(target, self.model_dump_json(indent=2).encode() + b"\n")
        except OSError as error:
            raise InputError(f"{target} cannot be written: {error.strerror}") from None


def load_deployment(settings: Settings, chain: Chain) -> Deployment:
    """The deployment that the settings name. Raises ChainError where it is of another chain."""
    found = Deployment.load(settings.deployment)
    if found.chain_id != chain.chain_id:
        raise ChainError(
            f"{settings.deployment} is of chain {found.chain_id}, and {chain.name} is chain "
            f"{chain.chain_id}; choose another --network or --deployment"
        )
    if not chain.code(found.contracts.registry):
        raise ChainError(
            f"{chain.name} has no contract at {found.contracts.registry}, where "
            f"{settings.deployment} has the registry; was the local chain started anew? "
            "Then `dpo-gov chain deploy` again"
        )
    return found

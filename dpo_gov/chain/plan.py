"""What is to be deployed: settings of governance, holders of roles, strategies with their tokens.

On a development chain the plan is made by `dev`; elsewhere it is read from a small TOML file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from dpo_gov import units
from dpo_gov.chain.deployment import Address
from dpo_gov.chain.wire import ZERO_ADDRESS
from dpo_gov.errors import InputError, UnitError
from dpo_gov.params import StrategyLayout
from dpo_gov.units import Unit

_MAX_FILE = 256 * 1024
DAY = 86_400


def _read(unit: Unit, **more: Any) -> BeforeValidator:
    def parse(value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return units.parse(value, unit, **more)
        except UnitError as error:
            raise ValueError(str(error)) from None

    return BeforeValidator(parse)


Seconds = Annotated[int, _read(Unit.SECONDS), Field(ge=0)]
Bps = Annotated[int, _read(Unit.BPS), Field(ge=0, le=10_000)]
Votes = Annotated[int, _read(Unit.AMOUNT, symbol="DPO", decimals=18), Field(ge=0)]
Dollars = Annotated[int, _read(Unit.AMOUNT, symbol="USD", decimals=18), Field(gt=0, lt=2**128)]


class _Plan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GovernancePlan(_Plan):
    """The token and the rules of a vote. `holder` gets the whole supply."""

    holder: Address
    supply: Votes = 10_000_000 * 10**18
    voting_delay: Seconds = DAY
    voting_period: Seconds = Field(default=5 * DAY, gt=0)
    timelock_delay: Seconds = 2 * DAY
    proposal_threshold: Votes = 50_000 * 10**18
    quorum_percent: int = Field(default=4, ge=1, le=100)
    late_quorum_extension: Seconds = DAY

    @model_validator(mode="after")
    def _holds(self) -> GovernancePlan:
        if self.late_quorum_extension > self.voting_period:
            raise ValueError("late_quorum_extension may not be longer than voting_period")
        if self.proposal_threshold > self.supply:
            raise ValueError("proposal_threshold is more than the supply: nobody could propose")
        return self


class RolesPlan(_Plan):
    """Who gets the roles; the guardian, who can stop the steward, is somebody else."""

    steward: Address
    guardian: Address
    keeper: Address

    @model_validator(mode="after")
    def _holds(self) -> RolesPlan:
        if self.steward == self.guardian:
            raise ValueError("steward and guardian must be two accounts")
        return self


class FeedPlan(_Plan):
    """The price feed of a token: Chainlink-style aggregators and the limits of the hub."""

    primary: Address
    secondary: Address = ZERO_ADDRESS
    max_staleness: Seconds
    secondary_max_staleness: Seconds = 0
    max_deviation: Bps = 0
    min_price: Dollars
    max_price: Dollars


class OraclePlan(_Plan):
    """The oracle hub. `sequencer_feed`: on rollups, else zero."""

    sequencer_feed: Address = ZERO_ADDRESS
    feed_delay: Seconds = 2 * DAY
    max_jump: Bps = 500


class AssetPlan(_Plan):
    """A token of a strategy."""

    address: Address
    decimals: int = Field(ge=0, le=18)
    feed: FeedPlan


class VaultPlan(_Plan):
    """A vault: the name and symbol of its share."""

    name: str = Field(min_length=1, max_length=64)
    symbol: str = Field(min_length=1, max_length=16)


class StrategyPlan(_Plan):
    """A strategy with its tokens, venues (by name) and vaults."""

    layout: StrategyLayout
    assets: Mapping[str, AssetPlan]
    venues: Mapping[str, Address] = {}
    vaults: tuple[VaultPlan, ...] = ()

    @model_validator(mode="after")
    def _holds(self) -> StrategyPlan:
        if tuple(self.assets) != self.layout.assets:
            raise ValueError(f"assets must be {', '.join(self.layout.assets)}, in this order")
        return self


class SystemPlan(_Plan):
    """The whole system."""

    governance: GovernancePlan
    roles: RolesPlan
    oracle: OraclePlan = OraclePlan()
    strategies: tuple[StrategyPlan, ...] = ()

    @classmethod
    def load(cls, path: Path) -> SystemPlan:
        """Read a plan from TOML. Raises InputError naming the place in the file."""
        try:
            raw = path.read_bytes()
            if len(raw) > _MAX_FILE:
                raise InputError(f"{path} is larger than {_MAX_FILE >> 10} KiB; it is no plan")
            return cls.model_validate(tomllib.loads(raw.decode()))
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(step) for step in first["loc"]) or "the file"
            raise InputError(f"{path}: {place}: {first['msg']}") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"{path} is no TOML: {error}") from None
        except RecursionError:
            raise InputError(f"{path} is nested too deep; it is no plan") from None

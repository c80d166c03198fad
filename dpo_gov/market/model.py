"""The market as data: how prices, gas and venues behave, with the source of every figure.

Daily log return of asset i in regime r ("model v1"):

    drift[r, i] + volatility[r, i] √W (L[r] z)_i + common jump_i + own jump_i − reversion_i x_i

z are independent standard normals and L[r] the Cholesky factor of the correlation. W =
min((ν − 2) / χ²(ν), bound) is one mixing variable a day for all assets, which makes a
multivariate Student t of √W L z, but for the bound: without one, the mean of e to such a variable
does not exist. x_i is the log price of an asset with a peg against that peg. Regimes follow a
Markov chain. At most one jump of each kind comes on a day; its size is normal.

In a market of one regime an asset's variance h_i may follow the days (GARCH). In place of drift and
volatility it then has

    drift_i − h_i / 2 + e_i,   e_i = √h_i √W (L z)_i,
    h_i' = (1 − α − γ / 2 − β) volatility_i² + β h_i + (α + γ [e_i < 0]) e_i²,

so that its volatility is that of the long run, and a normal day without drift expects no gain.

Or assets take their days from history, all the same day: drift_i + the log return of that day, in
place of drift and diffusion (Politis and Romano 1994).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import rfc8785
from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from dpo_gov.canonical import cholesky
from dpo_gov.errors import DataError, UnknownName
from dpo_gov.files import write_file
from dpo_gov.market.conditions import Conditions
from dpo_gov.market.figures import (
    Deviation,
    Figures,
    LogDeviation,
    LogMove,
    Matrix,
    NotNegative,
    Positive,
    Probability,
)
from dpo_gov.market.reading import read_bytes

MODEL = "model v1"
STABLE = "STABLE"
WRAPPED = {"WETH": "ETH", "WBTC": "BTC", "USDC": STABLE, "USDT": STABLE, "DAI": STABLE}
"""Tokens that move with an asset of the market."""
GasUnits = Annotated[float, Field(ge=0.0, le=1e9)]
"""A block of Ethereum has less than a tenth of the most."""


class Source(Figures):
    """Where a series came from; the series itself is not kept.

    `repairs`: what was mended in it on request, in words.
    """

    asset: str
    name: str
    first: str
    last: str
    rows: Annotated[int, Field(ge=0, le=10**9)]
    repairs: tuple[str, ...] = ()

    @model_serializer(mode="wrap")
    def _without_what_is_not_used(
        self, handler: SerializerFunctionWrapHandler
    ) -> dict[str, object]:
        """A market keeps the hash that it had before there were repairs."""
        data: dict[str, object] = handler(self)
        if not self.repairs:
            data.pop("repairs", None)
        return data


class Jump(Figures):
    """A jump of one asset: probability of a day, mean and deviation of the log size."""

    probability: Probability = 0.0
    mean: LogMove = 0.0
    deviation: Deviation = 0.0


class Garch(Figures):
    """A variance that follows the days: how much it takes of a square, of a fall's more, of itself.

    `start`: the variance of the first day, in long-run variances.
    """

    alpha: NotNegative
    gamma: float = 0.0
    beta: NotNegative
    start: Positive = 1.0

    @property
    def persistence(self) -> float:
        """The share of a distance from the long run that is left a day later."""
        return self.alpha + self.gamma / 2.0 + self.beta

    @model_validator(mode="after")
    def _has_a_long_run(self) -> Garch:
        if self.alpha + self.gamma < 0.0 or self.persistence >= 1.0:
            raise ValueError(
                f"alpha {self.alpha}, gamma {self.gamma} and beta {self.beta}: alpha + gamma must "
                "not be below 0, and alpha + gamma / 2 + beta must be below 1"
            )
        return self


class Asset(Figures):
    """One asset.

    `price`: US dollars at the start. `reversion`: share of the distance to the peg that a day
    takes back, 0 where there is no peg. `garch`: null where the variance is the regime's.
    """

    symbol: str
    price: Positive
    reversion: Probability = 0.0
    own_jump: Jump
    garch: Garch | None = None
    assumption: str = ""
    """Why these figures are believed although no data stand behind them; empty where some do."""

    @model_serializer(mode="wrap")
    def _without_what_is_not_used(
        self, handler: SerializerFunctionWrapHandler
    ) -> dict[str, object]:
        """A market keeps the hash that it had before there was GARCH."""
        data: dict[str, object] = handler(self)
        if self.garch is None:
            data.pop("garch", None)
        return data


class CommonJump(Figures):
    """A jump that hits all assets on the same day, each with its own size."""

    probability: Probability = 0.0
    mean: tuple[LogMove, ...]
    deviation: tuple[Deviation, ...]
    correlation: Matrix


class Regime(Figures):
    """A state of the market; figures are of one day, in log returns, by asset."""

    name: str
    drift: tuple[LogMove, ...]
    volatility: tuple[Deviation, ...]
    correlation: Matrix


class History(Figures):
    """Days that happened, to be drawn again in blocks.

    `returns`: log returns by asset and day, in the order of `assets`. `block`: mean length of a
    block in days, geometric; null where nothing but the end of history breaks it. `anywhere`:
    whether a path begins on any of the days, or on the first.
    """

    first: str
    assets: tuple[str, ...] = Field(min_length=1)
    returns: tuple[tuple[LogMove, ...], ...]
    block: Annotated[float, Field(ge=1.0)] | None
    anywhere: bool = True

    @model_validator(mode="after")
    def _is_a_table(self) -> History:
        lengths = {len(row) for row in self.returns}
        if len(self.returns) != len(self.assets) or len(lengths) != 1 or 0 in lengths:
            raise ValueError("history needs one row of returns for each asset, of equal length")
        return self


class Gas(Figures):
    """What a rebalance costs in gas.

    The base fee in gwei is log-normal, independent by day: `median` by regime, `deviation` of
    its logarithm. `fixed` and `per_trade` are units of gas. `ether`: its price in US dollars at
    the start; it moves with the asset ETH where the market has one.
    """

    ether: Positive
    median: tuple[Annotated[float, Field(gt=0.0, le=1e9)], ...]
    deviation: LogDeviation
    fixed: GasUnits
    per_trade: GasUnits
    assumption: str


class Venue(Figures):
    """The cost of a trade, as a share of it: `half_spread` + value / (2 `depth`).

    `depth`: US dollars that move the price by 100 %, by asset; against the base asset. On a day of
    k times the long-run deviation it is less by a factor of 1 + `thinning` · (k − 1), if k > 1.
    """

    half_spread: Probability
    depth: tuple[Positive, ...]
    thinning: NotNegative = 0.0
    assumption: str

    @model_serializer(mode="wrap")
    def _without_what_is_not_used(
        self, handler: SerializerFunctionWrapHandler
    ) -> dict[str, object]:
        """A market keeps the hash that it had before there was thinning."""
        data: dict[str, object] = handler(self)
        if self.thinning == 0.0:
            data.pop("thinning", None)
        return data


class Oracle(Figures):
    """The price feeds that the vault sees the market through; `quoting` says how.

    `deviation`: the move after which a feed answers anew, as a share of its last answer, by asset.
    `delay`: seconds until an answer is there.
    """

    deviation: tuple[Annotated[float, Field(ge=0.0, le=0.5)], ...]
    delay: Annotated[float, Field(ge=0.0, lt=86_400.0)]
    assumption: str


class Market(Figures):
    """Everything that a simulation believes about the world.

    The order of `assets` is the order of every figure by asset; `transition[i][j]` is the daily
    probability to go from regime i to regime j.
    """

    name: str
    sources: tuple[Source, ...] = ()
    assets: tuple[Asset, ...] = Field(min_length=1, max_length=16)
    degrees: Annotated[int, Field(ge=4, le=30, multiple_of=2)] | None
    """Degrees of freedom of the Student-t mixing, even, so that chi-square is exact; null where
    diffusion is normal."""
    mixing_bound: Annotated[float, Field(ge=1.0, le=1e4)]
    """The largest W: no day has more than its root times the volatility of the regime."""
    regimes: tuple[Regime, ...] = Field(min_length=1, max_length=8)
    transition: Matrix
    common_jump: CommonJump
    gas: Gas
    venue: Venue
    drift_assumption: str
    history: History | None = None
    oracle: Oracle | None = None
    """None where the vault sees prices as they are."""
    conditions: Conditions | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_not_used(
        self, handler: SerializerFunctionWrapHandler
    ) -> dict[str, object]:
        """A market keeps the hash that it had before it had any of these."""
        data: dict[str, object] = handler(self)
        for name in ("history", "oracle", "conditions"):
            if getattr(self, name) is None:
                data.pop(name, None)
        return data

    @model_validator(mode="after")
    def _fits_together(self) -> Market:
        count, states = len(self.assets), len(self.regimes)
        symbols = [asset.symbol for asset in self.assets]
        if len(set(symbols)) != count:
            raise ValueError(f"assets must differ, these are {', '.join(symbols)}")
        jump = self.common_jump
        lists: list[tuple[str, Sequence[object], int]] = [
            ("common_jump.mean", jump.mean, count),
            ("common_jump.deviation", jump.deviation, count),
            ("venue.depth", self.venue.depth, count),
            ("gas.median", self.gas.median, states),
            ("transition", self.transition, states),
        ]
        if self.oracle:
            lists.append(("oracle.deviation", self.oracle.deviation, count))
        for regime in self.regimes:
            lists += [(f"{regime.name}.drift", regime.drift, count)]
            lists += [(f"{regime.name}.volatility", regime.volatility, count)]
        for name, figures, wanted in lists:
            if len(figures) != wanted:
                raise ValueError(f"{name} has {len(figures)} figures, {wanted} are needed")
        for name, matrix in [(r.name, r.correlation) for r in self.regimes] + [
            ("common_jump", jump.correlation)
        ]:
            _check_correlation(name, matrix, count)
        _check_days(self.history, self.assets, states)
        if self.conditions:
            self.conditions.check(symbols, states)
        for number, row in enumerate(self.transition):
            if len(row) != states or min(row) < 0.0 or abs(sum(row) - 1.0) > 1e-9:
                raise ValueError(
                    f"transition row {number} is no row of probabilities: {row} has the sum "
                    f"{sum(row):.10g}; {states} figures from 0 to 1 with the sum 1 are needed"
                )
        return self

    @classmethod
    def load(cls, path: Path) -> Market:
        """Read a market from a JSON file. Raises DataError."""
        data = read_bytes(path, "; `dpo-gov market fit` writes one")
        try:
            market = cls.model_validate_json(data, strict=True)
        except ValidationError as error:
            raise DataError(
                f"{path}: {_said(error)}; `dpo-gov market fit` writes a good one"
            ) from None
        _check_names(path, data)
        return market

    def to_bytes(self) -> bytes:
        """RFC 8785 JSON, the form that is hashed. Raises ValueError for what JSON cannot say."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    def save(self, path: Path) -> None:
        """Write a JSON file, whole or not at all. Raises DataError."""
        try:
            write_file(path, self.model_dump_json(indent=2).encode() + b"\n")
        except OSError as error:
            raise DataError(f"{path}: cannot be written ({error.strerror})") from None

    def hash(self) -> str:
        """SHA-256 of `to_bytes`, in hex."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def place(self, symbol: str) -> int:
        """Where the asset behind a token is. Raises UnknownName."""
        known = [asset.symbol for asset in self.assets]
        for name in (symbol, WRAPPED.get(symbol.upper(), "")):
            if name in known:
                return known.index(name)
        raise UnknownName(
            f"the market {self.name!r} knows no asset {symbol!r}, only {', '.join(known)} and "
            "their wrapped tokens; fit one with `dpo-gov market fit`"
        )

    def recalls(self, i: int) -> bool:
        """Whether asset i takes its days from history."""
        return self.history is not None and self.assets[i].symbol in self.history.assets

    def reduced(self, modules: Collection[str]) -> Market:
        """The market as far as a simulation of these modules uses it, with a hash of its own."""
        conditions = self.conditions.reduced(modules) if self.conditions else None
        return self.model_copy(update={"conditions": conditions})

    def assumptions(self) -> tuple[str, ...]:
        """What is assumed and not fitted; every report shows it."""
        return (
            f"Drift: {self.drift_assumption}",
            *(f"{asset.symbol}: {asset.assumption}" for asset in self.assets if asset.assumption),
            *(
                f"{one.asset}: the series was mended on request: {'; '.join(one.repairs)}"
                for one in self.sources
                if one.repairs
            ),
            f"Gas: {self.gas.assumption}",
            f"Venues: {self.venue.assumption}",
            *((f"Oracle: {self.oracle.assumption}",) if self.oracle else ()),
            *(self.conditions.assumptions() if self.conditions else ()),
        )


def _said(error: ValidationError) -> str:
    """The first thing that is wrong: where, what was given, what is allowed."""
    first = error.errors()[0]
    place, given = ".".join(str(part) for part in first["loc"]), first["input"]
    what = first["msg"].removeprefix("Value error, ")
    if first["type"] == "less_than_equal" and first["ctx"]["le"] <= 10:
        what += " (shares are fractions: 3 % is 0.03)"
    if place and isinstance(given, int | float | str):
        place += f" is {given!r:.80}"
    return f"{place}: {what}" if place else what


def _check_names(path: Path, data: bytes) -> None:
    """Refuse a name that an object has twice, of which only the last would count."""

    def unique(pairs: list[tuple[str, object]]) -> None:
        names = [name for name, _ in pairs]
        if double := [name for name in names if names.count(name) > 1]:
            raise DataError(f"{path}: {double[0]} is given twice in one object; keep one")

    json.loads(data, object_pairs_hook=unique, parse_int=str)


def _check_days(history: History | None, assets: Sequence[Asset], states: int) -> None:
    known = {asset.symbol: asset for asset in assets}
    if states > 1 and any(asset.garch for asset in assets):
        raise ValueError("an asset with garch needs a market of one regime")
    if history is None:
        return
    if states > 1:
        raise ValueError("a market with history has one regime")
    for symbol in history.assets:
        if symbol not in known or known[symbol].garch:
            raise ValueError(f"history of {symbol}: it must be an asset, and without garch")


def _check_correlation(name: str, matrix: Matrix, count: int) -> None:
    if len(matrix) != count or any(len(row) != count for row in matrix):
        raise ValueError(f"{name}.correlation is not {count} by {count}")
    if any(matrix[i][i] != 1.0 for i in range(count)):
        raise ValueError(f"{name}.correlation has a diagonal that is not 1")
    for i in range(count):
        for j in range(i):
            one, other = matrix[i][j], matrix[j][i]
            if max(abs(one), abs(other)) > 1.0:
                raise ValueError(f"{name}.correlation.{i}.{j} has a figure beyond ±1")
            if one != other:
                raise ValueError(
                    f"{name}.correlation is not symmetric: {i}.{j} is {one:g}, {j}.{i} is {other:g}"
                )
    try:
        cholesky(matrix)
    except ValueError:
        raise ValueError(
            f"{name}.correlation has a negative direction: such correlations cannot hold together"
        ) from None

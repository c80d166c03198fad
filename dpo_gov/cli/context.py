"""What a command works with: the common options, and the chain, deployment and clients behind them.

    @command.command()
    @online                                   # or @offline: --json only; or @sending: and --send
    @click.argument("strategy")
    def show(context: Context, strategy: str) -> dict[str, object]: ...

A callback prints through `context.out` and returns the data that it gave to JSON, so that `demo`
and the tests can run the very same commands in one process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from dpo_gov.cli.output import Output
from dpo_gov.cli.suggesting import Suggesting
from dpo_gov.cli.text import coins
from dpo_gov.errors import UnknownName

if TYPE_CHECKING:
    from dpo_gov.chain import (
        Account,
        Chain,
        Deployment,
        ExecutorClient,
        GovernorClient,
        PreparedCall,
        Receipt,
        RegistryClient,
        StrategyDeployment,
        VaultClient,
    )
    from dpo_gov.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

EMBEDDED = "embedded"


class Noun(Suggesting):
    """A group that lists its commands in the order of the file, with their whole first sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order in which they were added."""
        return list(self.commands)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands; click would cut each sentence at the end of its line."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, " ".join((command.help or "").split("\n\n")[0].split()))
                    for name, command in self.commands.items()
                ]
            )


@dataclass
class Session:
    """A chain that several commands share; given to click as `obj`.

    `quiet`: the commands return their data and print nothing but progress.
    """

    chain: Chain
    deployment: Deployment
    quiet: bool = False


@dataclass(frozen=True)
class Done:
    """What became of a call: its data for JSON, what the trial returned, the receipt if sent."""

    data: dict[str, object]
    returned: bytes
    receipt: Receipt | None = None


class Context:
    """Everything a command may need, made when it is first asked for."""

    def __init__(
        self,
        *,
        network: str | None = None,
        deployment: str | None = None,
        account: str | None = None,
        send: bool = False,
        as_json: bool = False,
        session: Session | None = None,
    ) -> None:
        self._given = {"network": network, "deployment": deployment, "account": account}
        self._session = session
        self.send = send
        self.out = Output(as_json=as_json, quiet=session is not None and session.quiet)

    @cached_property
    def settings(self) -> Settings:
        """Environment and configuration file, under what the command line gives."""
        from dpo_gov.settings import load

        return load(**self._given)

    @cached_property
    def _opened(self) -> Session:
        """The chain and its deployment; the embedded network starts and deploys a fresh one."""
        if self._session:
            return self._session
        from dpo_gov import chain

        if self.settings.network != EMBEDDED:
            found = chain.load_deployment(self.settings, self._connected)
            return Session(self._connected, found)
        self.out.note("network embedded: a fresh chain in memory, gone when this command ends")
        with self.out.progress("deploying") as progress:
            return Session(self._connected, chain.deploy(self._connected, progress=progress))

    @cached_property
    def _connected(self) -> Chain:
        from dpo_gov.chain import connect

        return connect(self.settings.network)

    @property
    def chain(self) -> Chain:
        """The chain that --network names; one outside this process needs no deployment on it."""
        if self._session or self.settings.network == EMBEDDED:
            return self._opened.chain
        return self._connected

    @property
    def deployment(self) -> Deployment:
        """Where the contracts are on it."""
        return self._opened.deployment

    @cached_property
    def registry(self) -> RegistryClient:
        """The registry of parameters."""
        from dpo_gov.chain import RegistryClient

        return RegistryClient(self.chain, self.deployment)

    @cached_property
    def governor(self) -> GovernorClient:
        """The governor that owns the timelock."""
        from dpo_gov.chain import GovernorClient

        return GovernorClient(self.chain, self.deployment)

    @cached_property
    def executor(self) -> ExecutorClient:
        """The executor that brings versions to vaults."""
        from dpo_gov.chain import ExecutorClient

        return ExecutorClient(self.chain, self.deployment)

    def vault(self, name: str) -> VaultClient:
        """One vault: its address, or `core/2` for the second of a strategy. Raises UnknownName."""
        from dpo_gov.chain import VaultClient

        address = name
        if not name.startswith("0x"):
            strategy, _, number = name.partition("/")
            vaults = self.strategy(strategy).vaults
            if not number.isdecimal() or not 1 <= int(number) <= len(vaults):
                raise UnknownName(
                    f"no vault {name!r}; give its address, or a number: "
                    + (", ".join(f"{strategy}/{n + 1}" for n in range(len(vaults))) or "none there")
                )
            address = vaults[int(number) - 1]
        self.deployment.strategy_of(address)
        return VaultClient(self.chain, self.deployment, address)

    def strategy(self, name: str | None = None) -> StrategyDeployment:
        """A deployed strategy; without a name the only one. Raises UnknownName."""
        if name is not None:
            return self.deployment.strategy(name)
        if len(self.deployment.strategies) != 1:
            known = ", ".join(each.layout.name for each in self.deployment.strategies)
            raise UnknownName(f"name a strategy; this deployment has: {known or 'none'}")
        return self.deployment.strategies[0]

    @cached_property
    def account(self) -> Account:
        """The account that signs: --account, or the one of the settings."""
        from dpo_gov.chain import Account

        if not self.settings.account:
            raise UnknownName(
                "no account is named; give --account dev:N (a local chain's), "
                "the path of a keystore file, or the alias of an Ape account"
            )
        return Account.load(self.settings.account, self.chain)

    def perform(self, call: PreparedCall) -> Done:
        """Show the decoded call, try it without sending, and send it where --send is given.

        What it may cost is shown before it is sent, where the account signs here.

        Raises CallRefused, before anything is sent, where the contract would revert.
        """
        words = call.describe()
        self.out.text(words)
        returned = call.simulate(self.account)
        data = {"to": call.to, "call": words.splitlines(), "from": self.account.address}
        offer = call.offer(self.account)
        if offer:
            self.out.note(f"costs at most {coins(offer.most)}")
            data["max_cost_wei"] = str(offer.most)
        if not self.send:
            self.out.note("dry run: the call would succeed; nothing was sent, --send sends it")
            return Done(data | {"sent": False}, returned)
        receipt = call.send(self.account, offer)
        self.out.note(f"sent: {receipt.tx_hash}, {receipt.gas_used:,} gas")
        sent = {"sent": True, "transaction": receipt.tx_hash, "gas": receipt.gas_used}
        return Done(data | sent, returned, receipt)


_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
_NETWORK = click.option(
    "--network",
    metavar="NAME|URL",
    help="embedded (in memory), local, anvil, or the address of a node.",
)
_DEPLOYMENT = click.option(
    "--deployment",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="The file with the addresses, as `chain deploy` writes it.",
)
_ACCOUNT = click.option(
    "--account", metavar="NAME", help="dev:N, a keystore file, or an alias of an Ape account."
)
_SEND = click.option(
    "--send", is_flag=True, help="Send the transaction; without it this is a dry run."
)


def offline(function: Callable[..., R]) -> Callable[..., R]:
    """Options of a command that needs no chain: --json."""
    return _with_options(function, _JSON)


def online(function: Callable[..., R]) -> Callable[..., R]:
    """Options of a command that reads a chain: --network, --deployment, --json."""
    return _with_options(function, _NETWORK, _DEPLOYMENT, _JSON)


def sending(function: Callable[..., R]) -> Callable[..., R]:
    """Options of a command that writes: those of `online`, --account and --send."""
    return _with_options(function, _NETWORK, _DEPLOYMENT, _ACCOUNT, _SEND, _JSON)


def _with_options(function: Callable[..., R], *options: Callable[[Any], Any]) -> Callable[..., R]:
    @wraps(function)
    def command(**given: Any) -> R:
        names = ("network", "deployment", "account", "send", "as_json")
        ours = {name: given.pop(name) for name in names if name in given}
        session = click.get_current_context().find_object(Session)
        return function(Context(**ours, session=session), **given)

    for option in reversed(options):
        command = option(command)
    # Help shows a command's own options before those that every command has.
    declared: list[click.Parameter] = command.__dict__["__click_params__"]
    declared[:] = declared[-len(options) :] + declared[: -len(options)]
    return command

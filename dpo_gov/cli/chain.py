"""`dpo-gov chain`: a local chain to play on, and the deployment on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dpo_gov.cli.context import EMBEDDED, Context, Noun, offline, online, sending
from dpo_gov.cli.output import Table
from dpo_gov.errors import DpoError, InputError
from dpo_gov.files import try_file

if TYPE_CHECKING:
    from dpo_gov.chain import Chain, Deployment

_FILE = click.option(
    "--deployment",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="The file for the addresses.",
)


@click.group(cls=Noun)
def command() -> None:
    """A local chain to play on, and the deployment."""


@command.command()
@offline
@_FILE
@click.option("--port", default=8545, show_default=True, help="Where to listen; 0: a free port.")
@click.option("--anvil", is_flag=True, help="Run anvil, where it is installed.")
@click.option("--deploy", "with_system", is_flag=True, help="Deploy the whole system on it, too.")
def up(context: Context, port: int, anvil: bool, with_system: bool) -> dict[str, object]:
    """Serve a development chain on this machine until Ctrl-C.

    Other commands reach it with `--network local`. It starts at 2026-11-21, its time moves with
    blocks and `chain travel`, and it is gone when it ends.
    """
    if anvil:
        if not 0 < port < 2**16:
            raise InputError(f"anvil cannot listen at port {port}; use 1 to 65535")
        return _up_anvil(context, port, with_system)
    from dpo_gov.chain.embedded import EmbeddedNode
    from dpo_gov.chain.network import Chain
    from dpo_gov.chain.server import ChainServer

    node = EmbeddedNode()
    with ChainServer(node, port) as server:
        return _serve(context, Chain(node), server.url, with_system, server.serve_forever)


def _up_anvil(context: Context, port: int, with_system: bool) -> dict[str, object]:
    from dpo_gov.chain.anvil import running

    with running(port) as node:
        return _serve(context, node.chain, node.chain.name, with_system, node.wait)


def _serve(
    context: Context, chain: Chain, url: str, with_system: bool, wait: Callable[[], None]
) -> dict[str, object]:
    """Deploy where that is wanted, say that the chain is there, and wait for Ctrl-C."""
    import signal

    # Whoever ends us politely must not leave a node behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    data: dict[str, object] = {"url": url, "chain_id": chain.chain_id, "accounts": chain.accounts}
    views: list[Table | str] = []
    if with_system:
        made, table = _deploy(context, chain)
        data |= made
        views.append(table)
    rows = [(f"dev:{number}", who, _DUTIES[number]) for number, who in enumerate(chain.accounts)]
    views.append(Table(("account", "address", "on a deployment"), rows, title=f"chain at {url}"))
    context.out.show(data, *views, "Ctrl-C ends it")
    try:
        wait()
    except KeyboardInterrupt:
        context.out.note("stopped")
    return data


@command.command()
@sending
@click.option(
    "--plan",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TOML: governance, roles, strategies with their tokens (docs/deployment.md).",
)
def deploy(context: Context, plan: Path | None) -> dict[str, object]:
    """Deploy the system, and write its addresses to the deployment file.

    On a development chain: with test tokens, prices, deposits and votes, by dev:0. On any other:
    what --plan says, by --account, and only with --send. The deployer is left without any role.
    """
    if context.settings.network == EMBEDDED:
        raise InputError(
            "the embedded chain ends with this command; keep one with `dpo-gov chain up`, then "
            "`dpo-gov chain deploy --network local` (or `chain up --deploy` at once)"
        )
    chain = context.chain
    if plan is None and chain.is_dev:
        data, table = _deploy(context, chain)
        context.out.show(data, table)
        return data
    return _deploy_plan(context, chain, plan)


def _deploy(context: Context, chain: Chain) -> tuple[dict[str, object], Table]:
    from dpo_gov.chain import Deployment, deploy

    target = _target(context)
    # A development chain's file is worth no more than the chain. Another's may be the only record.
    if target.exists() and (there := Deployment.load(target).chain_id) != chain.chain_id:
        raise InputError(
            f"{target} has the addresses on chain {there}; name another file with --deployment"
        )
    with context.out.progress("deploying") as progress:
        made = deploy(chain, progress=progress)
    return _saved(context, made)


def _target(context: Context) -> Path:
    """The deployment's file. Raises InputError before anything is sent where it can't be one."""
    target = Path(context.settings.deployment)
    try:
        try_file(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}") from error
    return target


def _deploy_plan(context: Context, chain: Chain, file: Path | None) -> dict[str, object]:
    from dpo_gov.chain.plan import SystemPlan
    from dpo_gov.chain.system import CORE_TRANSACTIONS, Deployer, Steps, deploy_system

    if file is None:
        raise InputError(
            f"{chain.name} is chain {chain.chain_id}, no development chain; say with --plan FILE "
            "what to deploy"
        )
    plan = SystemPlan.load(file)
    target = _target(context)
    if target.exists():
        raise InputError(f"{target} exists already; name another file with --deployment")
    if not context.send:
        planned: dict[str, object] = {"plan": plan.model_dump(mode="json"), "sent": False}
        context.out.show(
            planned,
            f"{file} would be deployed on {chain.name}, chain {chain.chain_id}, "
            f"by {context.account.address}",
        )
        context.out.note("dry run: nothing was sent; --send sends it")
        return planned
    with context.out.progress("deploying") as progress:
        vaults = sum(len(one.vaults) for one in plan.strategies)
        deployer = Deployer(chain, context.account, Steps(CORE_TRANSACTIONS + vaults, progress))
        try:
            made = deploy_system(deployer, plan)
        except DpoError:
            for name, address in deployer.created:
                context.out.note(f"left on the chain, without use: {name} {address}")
            raise
    data, table = _saved(context, made)
    context.out.show(data, table)
    return data


def _saved(context: Context, made: Deployment) -> tuple[dict[str, object], Table]:
    file = context.settings.deployment
    made.save(file)
    rows = [*made.contracts.model_dump().items()]
    for strategy in made.strategies:
        name = strategy.layout.name
        rows += [(f"{name} vault", vault) for vault in strategy.vaults]
        rows += [(f"{name} venue {venue}", at) for venue, at in strategy.venues.items()]
    data = {
        "deployment": file,
        "contracts": made.contracts.model_dump(),
        "strategies": [strategy.model_dump(mode="json") for strategy in made.strategies],
        "sent": True,
    }
    return data, Table(("contract", "address"), rows, title=f"deployed, written to {file}")


@command.command()
@online
@click.argument("duration")
@click.option("--keep-prices", is_flag=True, help="Leave the test feeds as old as they get.")
def travel(context: Context, duration: str, keep_prices: bool) -> dict[str, object]:
    """Move the time of a development chain forward by DURATION (`36 h`, `2 d`).

    The test feeds are dated anew, so that prices do not go stale on the way.
    """
    from dpo_gov import units
    from dpo_gov.chain import refresh_prices
    from dpo_gov.cli.text import when

    seconds = units.parse(duration, units.Unit.SECONDS)
    if seconds <= 0:
        raise InputError(f"{duration!r} does not go forward")
    context.chain.travel(seconds)
    if not keep_prices:
        refresh_prices(context.chain, context.deployment)
    now = context.chain.now()
    data: dict[str, object] = {"now": now}
    context.out.show(data, f"it is {when(now)}")
    return data


_DUTIES = (
    "deployer, without any role",
    "proposer",
    "voter",
    "voter",
    "voter",
    "steward",
    "guardian",
    "keeper",
    "depositor",
    "depositor",
)

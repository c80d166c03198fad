"""`dpo-gov vault`: what vaults hold, money in and out, one rebalance within the rules.

A VAULT is an address, or a number within its strategy: core/1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dpo_gov.cli.context import Context, Noun, online, sending
from dpo_gov.cli.output import Table, bad, good
from dpo_gov.cli.text import when
from dpo_gov.errors import CallRefused, InputError, UnitError

if TYPE_CHECKING:
    from dpo_gov.chain import Trade, VaultClient, VaultStatus

WHOLE = 10**18


@click.group(cls=Noun)
def command() -> None:
    """Weights, drift, value and version of vaults; deposit, redeem, rebalance."""


@command.command()
@online
@click.argument("vault", required=False)
def status(context: Context, vault: str | None) -> dict[str, object]:
    """Show VAULT, or every vault of the deployment: weights, drift, value, version."""
    if vault:
        addresses = [context.vault(vault).address]
    else:
        addresses = [each for one in context.deployment.strategies for each in one.vaults]
    found = [context.vault(address).status() for address in addresses]
    data: dict[str, object] = {"vaults": [_data(one) for one in found]}
    views: list[Table | str] = [table for one in found for table in _tables(one)]
    context.out.show(data, *(views or ["this deployment has no vault"]))
    return data


def _data(status: VaultStatus) -> dict[str, object]:
    return {
        "address": status.address,
        "strategy": status.strategy,
        "version": status.applied,
        "committed_version": status.committed,
        "nav_usd": None if status.nav is None else _usd(status.nav).replace(",", ""),
        "drift": None if status.drift is None else status.drift / WHOLE,
        "shares": str(status.shares),
        "total_assets": None if status.total_assets is None else str(status.total_assets),
        "last_rebalance": status.last_rebalance,
        "slippage_used": status.slippage_used / WHOLE,
        "closed": status.closed,
        "block": status.block,
        "holdings": [
            {
                "asset": one.symbol,
                "balance": str(one.balance),
                "decimals": one.decimals,
                "price_usd": None if one.price is None else one.price / WHOLE,
                "weight": None if one.weight is None else one.weight / WHOLE,
                "target_now": one.target / WHOLE,
                "target": status.values[place] / 10_000,
            }
            for place, one in enumerate(status.holdings)
        ],
    }


def _tables(status: VaultStatus) -> list[Table]:
    rows: list[tuple[str, object]] = [
        ("strategy", status.strategy),
        ("version", _version(status)),
        ("net asset value", "–" if status.nav is None else f"{_usd(status.nav)} USD"),
        ("largest drift", "–" if status.drift is None else _percent(status.drift)),
        ("slippage budget used", _percent(status.slippage_used)),
        ("last rebalance", when(status.last_rebalance)),
    ]
    if status.closed:
        rows.append(("no price", bad(status.closed)))
    columns = ("asset", "balance", "price, USD", "weight", "target now", "target")
    holdings = [
        (
            one.symbol,
            _decimal(one.balance, one.decimals, 6),
            "–" if one.price is None else _decimal(one.price, 18, 2),
            "–" if one.weight is None else _percent(one.weight),
            _percent(one.target),
            f"{status.values[place] / 100:.2f} %",
        )
        for place, one in enumerate(status.holdings)
    ]
    return [
        Table(("vault", status.address), rows),
        Table(columns, holdings, right=set(columns[1:])),
    ]


def _version(status: VaultStatus) -> object:
    if not status.behind:
        return good(f"{status.applied}, current")
    return bad(f"{status.applied}, behind the committed {status.committed}; `dpo-gov apply`")


@command.command()
@sending
@click.argument("vault")
@click.argument("amount")
def deposit(context: Context, vault: str, amount: str) -> dict[str, object]:
    """Put AMOUNT of the base asset (such as "1000 USDC") into VAULT, for shares.

    Where the vault may not take it yet, the approval of exactly this amount is sent first.
    """
    client, units = context.vault(vault), _units(context, vault, amount)
    call = client.deposit(units, context.account.address)
    data: dict[str, object] = {"vault": client.address, "assets": str(units)}
    try:
        call.simulate(context.account)
    except CallRefused as error:
        if error.error != "ERC20InsufficientAllowance":
            raise
        approval = context.perform(client.approve(units))
        data["approval"] = approval.data
        if not context.send:
            context.out.text(call.describe())
            context.out.note("the deposit itself can be tried once the approval is sent")
            context.out.show(data | {"sent": False})
            return data
    before = client.shares_of(context.account.address)
    done = context.perform(call)
    data |= done.data
    if done.receipt:
        data["shares"] = str(client.shares_of(context.account.address) - before)
    context.out.show(data)
    return data


def _units(context: Context, vault: str, amount: str) -> int:
    """An amount of the base asset in its smallest unit. Raises UnitError."""
    from dpo_gov.units import Unit, parse

    strategy = context.deployment.strategy_of(context.vault(vault).address)
    symbol, token = next(iter(strategy.assets.items()))
    units = parse(amount, Unit.AMOUNT, symbol=symbol, decimals=token.decimals)
    if units <= 0:
        raise UnitError(f"{amount!r} is nothing; give more than 0 {symbol}")
    return units


@command.command()
@sending
@click.argument("vault")
@click.argument("shares")
@click.option("--in-kind", is_flag=True, help="Take a part of every asset; works always.")
def redeem(context: Context, vault: str, shares: str, in_kind: bool) -> dict[str, object]:
    """Turn SHARES (a whole number of the smallest unit, "50 %", or "all") into the base asset.

    With --in-kind a part of every asset is paid: it needs no price and cannot be stopped.
    """
    client, owner = context.vault(vault), context.account.address
    number = _shares(shares, client, owner)
    redemption = client.redeem_in_kind if in_kind else client.redeem
    done = context.perform(redemption(number, owner, owner))
    data = {"vault": client.address, "shares": str(number), "in_kind": in_kind, **done.data}
    context.out.show(data)
    return data


def _shares(given: str, client: VaultClient, owner: str) -> int:
    held = client.shares_of(owner)
    if given == "all":
        number = held
    elif given.rstrip().endswith("%"):
        from dpo_gov.units import Unit, parse

        number = held * parse(given, Unit.BPS) // 10_000
    elif given.isdecimal() and given.isascii():
        number = int(given)
    else:
        raise InputError(f"{given!r} is no number of shares; write 1000000, 50 % or all")
    if not 0 < number <= held:
        raise InputError(f"{given!r} is {number} shares; {owner} holds {held}, give 1 to {held}")
    return number


@command.command()
@sending
@click.argument("vault")
@click.option("--venue", default="", help="Where to trade, by its name in the deployment.")
def rebalance(context: Context, vault: str, venue: str) -> dict[str, object]:
    """Trade VAULT toward its targets once, within all of its rules; keepers only."""
    from dpo_gov.chain import plan_rebalance

    client = context.vault(vault)
    venues = context.deployment.strategy_of(client.address).venues
    if venue and venue not in venues:
        raise InputError(f"no venue {venue!r}; there are: {', '.join(venues) or 'none'}")
    before = client.status()
    trades = plan_rebalance(client, context.account.address, venue=venues.get(venue, ""))
    data: dict[str, object] = {
        "vault": client.address,
        "drift_before": None if before.drift is None else before.drift / WHOLE,
        "trades": [_trade(one, before) for one in trades],
        "sent": False,
    }
    if not trades:
        context.out.show(data, "no trade is worth making")
        return data
    done = context.perform(client.rebalance(trades))
    data |= done.data
    views: list[Table | str] = []
    if done.receipt:
        after = client.status()
        data["drift_after"] = None if after.drift is None else after.drift / WHOLE
        data["nav_usd"] = None if after.nav is None else _usd(after.nav).replace(",", "")
        views = [*_tables(after)]
    context.out.show(data, *views)
    return data


def _trade(trade: Trade, status: VaultStatus) -> dict[str, object]:
    sold, bought = status.holdings[trade.sell], status.holdings[trade.buy]
    return {
        "venue": trade.venue,
        "sell": sold.symbol,
        "buy": bought.symbol,
        "in": _decimal(trade.amount_in, sold.decimals, sold.decimals),
        "out": _decimal(trade.min_amount_out, bought.decimals, bought.decimals),
    }


def _decimal(amount: int, decimals: int, places: int) -> str:
    """A token amount in whole tokens, cut (not rounded) to so many places."""
    cut = amount // 10 ** (decimals - min(places, decimals))
    places = min(places, decimals)
    whole, rest = divmod(cut, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def _usd(value: int) -> str:
    cents = value // 10**16
    return f"{cents // 100:,}.{cents % 100:02d}"


def _percent(share: int) -> str:
    return f"{share / WHOLE:.2%}".replace("%", " %")

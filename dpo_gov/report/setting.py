"""In words: of which vaults and which market the figures are, and how they are had again.

Nothing here is hashed, and all of it follows from the report.
"""

from __future__ import annotations

from dpo_gov.market import Market
from dpo_gov.report.model import Report
from dpo_gov.report.words import figure_text, joined
from dpo_gov.simulate import HeldBack, held_back

_DOES = {"collateral": "borrow", "hedging": "hedge"}


def not_obeyed(report: Report) -> str:
    """What no contract does yet of that which changes or is simulated; empty where all is done."""
    current, parts = report.inputs.current, []
    if names := [name for name in report.changes if not current.spec(name).enforced_by]:
        it = "them" if len(names) > 1 else "it"
        parts.append(
            f"No contract obeys {joined(names, 'or')} yet; the registry only records {it}."
        )
    done = {spec.module.name.lower() for spec in current.specs.values() if spec.enforced_by}
    if verbs := [_DOES[module] for module in report.inputs.modules if module not in done]:
        parts.append(
            f"Both columns are of a vault that would {joined(verbs, 'and')}; "
            "the vaults of today do not."
        )
    return " ".join(parts)


def debt_at_start(report: Report) -> str:
    """How much of the intended debt a new vault has, and what holds it back; nothing if nothing."""
    inputs = report.inputs
    if "collateral" not in inputs.modules:
        return ""
    now, then = (
        held_back(side, inputs.market, inputs.portfolio)
        for side in (inputs.current, inputs.proposed)
    )
    if now == then:
        return f"In a new vault {_debt(now)}." if now else ""
    return f"In a new vault {_debt(now)}; with the change {_debt(then)}."


def _debt(held: HeldBack | None) -> str:
    if held is None:
        return "debt is as targetLtv says"
    debt, intended = (figure_text(x, "fraction", 1) for x in (held.debt, held.intended))
    limits = [f"{why} for {joined([*names], 'and')}" for why, names in held.by.items()]
    whole = f"debt is {debt} of the value, not the {intended} of targetLtv on all that is held"
    return f"{whole}, because of {joined(limits, 'and of')}"


def kind(market: Market) -> str:
    """What makes the days of this market."""
    history = market.history
    if history is not None:
        days = f"{len(history.returns[0]):,} days of history from {history.first} on"
        if history.block is not None:
            how = f"drawn in blocks of {history.block:.1f} days on average"
        elif history.anywhere:
            how = "in their order, from a first day that is drawn"
        else:
            how = "played back in their order, the same on all paths"
        return f"{joined(list(history.assets), 'and')}: {days}, {how}"
    shocks = f"Student t with {market.degrees} degrees of freedom" if market.degrees else "normal"
    if moving := [asset for asset in market.assets if asset.garch]:
        names = joined([asset.symbol for asset in moving], "and")
        model = "GJR-GARCH" if any(one.garch and one.garch.gamma for one in moving) else "GARCH"
        return f"the variance of {names} follows the days before ({model}), shocks are {shocks}"
    names = joined([regime.name for regime in market.regimes], "and")
    if len(market.regimes) > 1:
        names = f"{len(market.regimes)} regimes ({names}) with a volatility each"
        return f"{names} that follow each other by chance, shocks are {shocks}"
    return f"one volatility for all days, shocks are {shocks}"


def is_shipped(report: Report) -> bool:
    """Whether the market is the one that ships with this program: the only one of votes."""
    from dpo_gov.market import default_market

    inputs = report.inputs
    shipped = default_market(conditions=True).reduced(inputs.modules)
    return shipped.hash() == inputs.market_sha256


def command(report: Report) -> str:
    """The command that runs the simulation again."""
    inputs = report.inputs
    parts = [
        f"dpo-gov sim run PROPOSAL --paths {inputs.paths} --seed {inputs.seed}",
        f"--horizon {inputs.horizon_days}",
        *(() if is_shipped(report) else ("--market FILE",)),
        *(f"--module {name}" for name in inputs.modules),
        "--json",
    ]
    return " ".join(parts)

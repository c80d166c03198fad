"""`dpo-gov market fit --funding`: how the estimates are shown, and the conditions they go into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dpo_gov.cli.output import Table
from dpo_gov.cli.residuals import residual_data, residual_table

if TYPE_CHECKING:
    from dpo_gov.market import Market
    from dpo_gov.market.fit_funding import FundingFit


def conditioned(market: Market, fits: Mapping[str, FundingFit], *, others: bool) -> Market:
    """The market with the fitted funding; and with what is assumed of `others`, if they are."""
    from dpo_gov.market.assumed import assumed
    from dpo_gov.market.conditions import Conditions

    if not (fits or others):
        return market
    states = len(market.regimes)
    symbols = [asset.symbol for asset in market.assets]
    found = assumed(symbols, states) if others else Conditions()
    kept = tuple(one for one in found.funding if one.asset not in fits)
    ours = tuple(fit.funding(states) for fit in fits.values())
    return market.model_copy(
        update={"conditions": found.model_copy(update={"funding": (*ours, *kept)})}
    )


def funding_data(fits: Mapping[str, FundingFit]) -> dict[str, object]:
    """The estimates by asset, with all digits."""
    left = residual_data({name: fit.residuals for name, fit in fits.items()})
    return {
        name: {
            one: {"value": value, "error": fit.errors[one]} for one, value in fit.estimates.items()
        }
        | {"days": len(fit.rates.values), "residuals": left[name]}
        for name, fit in fits.items()
    }


def funding_views(fits: Mapping[str, FundingFit]) -> Iterator[Table]:
    """Estimates with their errors, and what is left in the residuals."""
    rows = [
        (name, one, f"{value:.6g}", f"{fit.errors[one]:.3g}")
        for name, fit in fits.items()
        for one, value in fit.estimates.items()
    ]
    columns = ("funding", "figure", "estimate", "error")
    title = "AR(1) of the funding of a day, as a share of the notional"
    yield Table(columns, rows, title=title, right={*columns[2:]})
    left = {name: fit.residuals for name, fit in fits.items()}
    yield residual_table(left, "residuals of funding")

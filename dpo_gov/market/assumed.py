"""Lending venues, perpetuals and options as they are assumed where nobody gives figures.

Each figure's source stands in its text, which a report shows when a simulation uses the figure.
"""

from __future__ import annotations

from collections.abc import Sequence

from dpo_gov.market.conditions import Conditions, Funding, Lending, Options, Perp

_UTILISATION = {1: (0.82,), 2: (0.80, 0.88), 3: (0.80, 0.88, 0.92)}
"""Medians by how many regimes there are."""
_AAVE_THRESHOLD = {"ETH": 0.83, "BTC": 0.78}
_MORPHO_THRESHOLD = {"ETH": 0.86, "BTC": 0.86}
_OPEN_INTEREST = {"BTC": 2e9, "ETH": 1e9}
_POOL = (
    "the logit of its utilisation is an AR(1) with 0.95 from day to day and shocks of 0.15, and "
    "its median rises from 80 % on calm to 88 % on stressed days: an assumption"
)


def assumed(symbols: Sequence[str], regimes: int) -> Conditions:
    """Conditions for those assets of a market that they are assumed for: BTC and ETH."""
    known = [symbol for symbol in _OPEN_INTEREST if symbol in symbols]
    return Conditions(
        lending=(_aave(known, regimes), _morpho(known, regimes)) if known else (),
        funding=tuple(_funding(symbol, regimes) for symbol in known),
        perps=tuple(_perp(symbol) for symbol in known),
        options=tuple(_options(symbol) for symbol in known),
    )


def _aave(known: Sequence[str], regimes: int) -> Lending:
    return Lending(
        name="aave-v3",
        threshold={symbol: _AAVE_THRESHOLD[symbol] for symbol in known},
        bonus=0.05,
        close_factor=0.5,
        base=0.0,
        slope=0.06,
        steep=0.4,
        kink=0.92,
        utilisation=_UTILISATION[regimes],
        persistence=0.95,
        deviation=0.15,
        flash_fee=0.0005,
        assumption=(
            "figures like those of Aave v3 on Ethereum: liquidation at a debt of 83 % of ETH and "
            "78 % of BTC, half of the debt at a time, with a bonus of 5 %; a borrow rate of 6 % a "
            "year at a utilisation of 92 %, rising to 46 % at 100 %; flash loans for 0.05 %; "
            f"{_POOL}"
        ),
    )


def _morpho(known: Sequence[str], regimes: int) -> Lending:
    return Lending(
        name="morpho-blue",
        threshold={symbol: _MORPHO_THRESHOLD[symbol] for symbol in known},
        bonus=0.04384,
        close_factor=1.0,
        base=0.0125,
        slope=0.0375,
        steep=0.15,
        kink=0.9,
        utilisation=tuple(value + 0.05 for value in _UTILISATION[regimes]),
        persistence=0.95,
        deviation=0.15,
        flash_fee=0.0,
        assumption=(
            "figures like those of Morpho Blue's markets with a threshold of 86 %: all of the debt "
            "at once, with the bonus of 4.4 % that its formula gives; its adaptive curve stands "
            "still at 5 % a year for a utilisation of 90 %, a quarter of it at 0 % and four times "
            "it at 100 %; flash loans are free; utilisation is 5 points above Aave's, where "
            f"{_POOL}"
        ),
    )


def _funding(asset: str, regimes: int) -> Funding:
    lent = "" if asset == "BTC" else f"; there is no series of {asset} behind it"
    return Funding(
        asset=asset,
        mean=(0.0,) * regimes,
        persistence=0.823696,
        deviation=0.000335199,
        assumption=(
            "fitted to the daily funding of BTC perpetuals, 2019-09-10 … 2026-02-12, by "
            "lukmol/gamlss-btc-VaR (MIT): an AR(1) with 0.82 from day to day and normal shocks, "
            "though real ones have fat tails. Their mean, 0.034 % a day paid to shorts, is left "
            f"out: a past mean is no forecast, and a hedge is not sold by it{lent}"
        ),
    )


def _perp(asset: str) -> Perp:
    interest = _OPEN_INTEREST[asset]
    return Perp(
        asset=asset,
        maintenance=0.01,
        fee=0.0005,
        open_interest=interest,
        assumption=(
            "assumed, not fitted: a position is liquidated at a margin of 1 % of its notional; a "
            f"trade costs 0.05 %; open interest is {interest / 1e9:.0f} billion US dollars; the "
            "price is that of the asset"
        ),
    )


def _options(asset: str) -> Options:
    return Options(
        asset=asset,
        premium=1.15,
        skew=0.5,
        fee=0.001,
        assumption=(
            "assumed, not fitted: implied volatility at the money is 15 % above what is expected "
            "of a day, and 5 % higher, as a share of itself, for a strike 10 % lower; a trade "
            "costs 0.1 % of the notional"
        ),
    )

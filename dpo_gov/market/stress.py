"""Historical stress days: returns from close to close, single days, with their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dpo_gov.market.model import STABLE

SOURCE = (
    "Binance daily closes of BTCUSDT, ETHUSDT and LINKUSDT; on 2023-03-11 BTC by CoinGecko's "
    "closes, and USDC at its low of the day, 0.8774 US dollars by CoinMarketCap; on all other days "
    "the stable asset keeps its price"
)
_ASSETS = ("BTC", "ETH", "LINK")


@dataclass(frozen=True)
class StressDay:
    """`returns`: simple return of the day by asset of the market."""

    date: str
    event: str
    returns: Mapping[str, float] = field(hash=False)


def _day(date: str, event: str, *percent: float, stable: float = 0.0) -> StressDay:
    figures = dict(zip(_ASSETS, percent, strict=True)) | {STABLE: stable}
    return StressDay(date, event, {name: figure / 100.0 for name, figure in figures.items()})


STRESS_DAYS = (
    _day("2020-03-12", "pandemic sell-off", -39.50, -44.60, -47.78),
    _day("2021-05-19", "leverage flush", -14.38, -27.74, -38.39),
    _day("2022-05-09", "collapse of Terra", -11.64, -11.56, -19.00),
    _day("2022-06-13", "Celsius halts withdrawals", -15.38, -15.68, -5.42),
    _day("2022-11-09", "collapse of FTX", -14.15, -17.38, -19.16),
    # No close of USDC on that day is documented; its low is, and a vault may trade at any hour.
    _day("2023-03-11", "USDC off its peg, at its low of the day", 2.21, 3.19, -0.85, stable=-12.26),
    _day("2024-08-05", "unwinding of the yen carry trade", -7.12, -10.02, -12.78),
    _day("2025-10-10", "record liquidations of perpetuals", -7.31, -12.33, -21.28),
)

"""`dpo-gov market`: fit a market model to price series, and show what a model says."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dpo_gov.cli.context import Context, Noun, offline
from dpo_gov.cli.funding import conditioned, funding_data, funding_views
from dpo_gov.cli.garch import garch_data, garch_views
from dpo_gov.cli.output import Table, bad, good
from dpo_gov.cli.residuals import residual_data, residual_table
from dpo_gov.cli.series import Given, reading
from dpo_gov.cli.text import number, percent
from dpo_gov.errors import InputError

if TYPE_CHECKING:
    from dpo_gov.market import Market
    from dpo_gov.market.garch import GarchFit

GARCH = ("garch", "gjr")
_FORECASTS = "residuals of the market's forecasts of the next day"
HISTORY = ("bootstrap", "replay")
MODELS = ("whole", "gbm", "t", "merton", "regimes", *GARCH, *HISTORY)


@click.group(cls=Noun)
def command() -> None:
    """The market model: fit it to price series, show it, compare it with data."""


@command.command()
@offline
@click.option(
    "--model",
    type=click.Choice(MODELS),
    default="whole",
    show_default=True,
    help="What is fitted; `whole` has regimes, Student t and jumps, `gjr` is GARCH with falls.",
)
@click.option(
    "--name", help="What the market is called. Left out, as FILE of --out, or else as the model."
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="SYMBOL=TEXT",
    help="Where a series came from; reports show it. The file's name where it is left out.",
)
@click.option(
    "--drift",
    type=click.Choice(["none", "sample"]),
    default="none",
    show_default=True,
    help="Whether the mean return of the series goes on.",
)
@click.option(
    "--block",
    type=click.FloatRange(min=1.0),
    metavar="DAYS",
    help="bootstrap only: mean length of a block; the best one where it is left out.",
)
@click.option(
    "--window",
    metavar="FROM:TO",
    help="replay only: these days, from the first on, as 2020-03-01:2020-04-30.",
)
@click.option(
    "--from-today",
    is_flag=True,
    help="GARCH only: start with the variance of the day after the last close, not the long run's.",
)
@click.option(
    "--funding",
    "fundings",
    multiple=True,
    metavar="SYMBOL=CSV",
    help="Fit the funding of perpetuals to daily means of their rates for eight hours.",
)
@click.option(
    "--conditions",
    is_flag=True,
    help="Add lending, perpetuals and options of BTC and ETH as they are assumed.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the market there, for `dpo-gov sim run --market`.",
)
@reading
def fit(
    context: Context,
    *,
    series: Given,
    model: str,
    name: str | None,
    sources: tuple[str, ...],
    drift: str,
    block: float | None,
    window: str | None,
    from_today: bool,
    fundings: tuple[str, ...],
    conditions: bool,
    out: Path | None,
) -> dict[str, object]:
    """Fit a market to daily closes and compare it with them.

    Each CSV has the columns date (YYYY-MM-DD) and close (US dollars), one row a day without
    gaps. The symbol is the start of the file's name where it is not given. A stable asset, gas
    and venues are added as assumptions, which every report names.

    With --model garch or gjr, one file may hold a bare column of returns instead: its estimates
    are shown in the file's own unit, and no market is made of it.
    """
    from dpo_gov.market.compare import compare
    from dpo_gov.market.drift import Drift
    from dpo_gov.market.fit import SHAPES
    from dpo_gov.market.fit import fit as fit_market
    from dpo_gov.market.fit_garch import fit_clustered
    from dpo_gov.market.fit_history import fit_bootstrap, fit_replay
    from dpo_gov.market.forecast import forecast_residuals
    from dpo_gov.market.returns import holds_closes

    _check_flags(model, from_today=from_today, block=block, window=window)
    name = _name(name, out.stem if out else model)
    if model in GARCH and series.only and not holds_closes(series.only):
        unused = {
            "--out": out is not None,
            "--source": bool(sources),
            "--funding": bool(fundings),
            "--conditions": conditions,
            "--from-today": from_today,
            "--drift": drift != "none",
            **dict.fromkeys(series.flags, True),
        }
        return _fit_returns(context, series.only, model, [flag for flag in unused if unused[flag]])
    read = series.read(context, sources)
    funding = series.funding(context, fundings, [one.symbol for one in read])
    fits: dict[str, GarchFit] = {}
    if model in GARCH:
        done = fit_clustered(
            read,
            name=name,
            drift=Drift(drift),
            asymmetric=model == "gjr",
            from_today=from_today,
        )
        market, fits = done.market, done.fits
    elif model == "bootstrap":
        market = fit_bootstrap(read, name=name, drift=Drift(drift), block=block)
    elif model == "replay":
        market = fit_replay(read, name=name, window=_window(window) if window else None)
    else:
        with context.out.progress("fitting") as progress:
            market = fit_market(
                read, name=name, drift=Drift(drift), shape=SHAPES[model], progress=progress
            )
    market = conditioned(market, funding, others=conditions)
    rows = [] if window else compare(market, read)
    left = forecast_residuals(market, read)
    residuals = {} if left is None else {one.symbol: z for one, z in zip(read, left, strict=True)}
    if out is not None:
        market.save(out)
    data: dict[str, object] = {
        "market": market.model_dump(mode="json"),
        "market_sha256": market.hash(),
        "comparison": [
            {
                "figure": row.figure,
                "data": row.data,
                "simulated": row.simulated,
                "distance": row.distance,
                "limit": row.limit,
                "good": row.good,
            }
            for row in rows
        ],
        "forecasts": residual_data(residuals),
        "written": str(out) if out else None,
    }
    if fits:
        data["garch"] = garch_data(fits)
    if funding:
        data["funding"] = funding_data(funding)
    cells = [
        (
            row.figure,
            number(row.data, 4),
            number(row.simulated, 4),
            (good if row.good else bad)(number(row.distance, 3, signed=True)),
            f"±{row.limit:.2f}",
        )
        for row in rows
    ]
    columns = ("figure", "data", "simulated", "distance", "allowed")
    source = f"{market.sources[0].first} … {market.sources[0].last}, simple returns"
    title = f"market {market.name!r}, {source}"
    table = Table(columns, cells, title=title, right={*columns[1:]})
    views = [*(garch_views(fits) if fits else ()), *_history(market), *([table] if rows else [])]
    if residuals:
        views.append(residual_table(residuals, _FORECASTS))
    views += funding_views(funding) if funding else ()
    context.out.show(data, *views)
    if far := [row.figure for row in rows if not row.good]:
        context.out.note(f"further from the data than they should be: {', '.join(far)}")
    context.out.note(f"written: {out}" if out else "nothing written; --out FILE keeps this market")
    return data


@command.command()
@offline
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def show(context: Context, file: Path | None) -> dict[str, object]:
    """Show a market: sources, fitted figures, assumptions, stress days.

    FILE is one that `dpo-gov market fit` wrote; without it, the market that ships with the
    package.
    """
    from dpo_gov.market import STRESS_DAYS, Market, default_market
    from dpo_gov.market.stress import SOURCE

    market = Market.load(file) if file else default_market()
    data: dict[str, object] = {
        "market": market.model_dump(mode="json"),
        "market_sha256": market.hash(),
        "assumptions": list(market.assumptions()),
        "stress_source": SOURCE,
        "stress_days": [
            {"date": day.date, "event": day.event, "returns": dict(day.returns)}
            for day in STRESS_DAYS
        ],
    }
    stress = [
        (day.date, day.event, *(percent(figure, signed=True) for figure in day.returns.values()))
        for day in STRESS_DAYS
    ]
    assets = tuple(STRESS_DAYS[0].returns)
    context.out.show(
        data,
        _sources(market),
        _regimes(market),
        _jumps(market),
        *_clusters(market),
        *_history(market),
        Table(("day", "event", *assets), stress, title="stress days", right={*assets}),
        f"{SOURCE[0].upper()}{SOURCE[1:]}.",
        "",
        *(f"- {text}" for text in market.assumptions()),
        f"\nsha256 {market.hash()}",
    )
    return data


@command.command()
@offline
@click.option(
    "--market",
    "files",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A market of `dpo-gov market fit`; again for each. Without any, the one that ships.",
)
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw returns, tails, clusters and correlations there (.svg, .png or .pdf).",
)
@reading
def compare(
    context: Context, *, series: Given, files: tuple[Path, ...], plot: Path | None
) -> dict[str, object]:
    """Ask whether the data could be a sample of each market.

    From every market samples as long as the data are drawn. A figure of the data outside the
    range of 90 % of them is red: that is what the market has not got. "Clusters" is the mean
    autocorrelation of squares over 20 days; a wild day moves some asset as one in ten does. All
    figures are of log returns; those of `dpo-gov market fit` are of simple ones, so its quantiles
    of the same days differ.

    Where a market is true, the residuals of its forecasts of the next day, given all days before,
    are standard normal and independent; a p-value below 1 % says that they are not.
    """
    from dataclasses import asdict

    from dpo_gov.market import Market, default_market
    from dpo_gov.market.forecast import forecast_residuals
    from dpo_gov.market.likeness import look
    from dpo_gov.market.plots import check_picture, draw

    if plot is not None:
        check_picture(plot)
    read = series.read(context)
    markets = [Market.load(file) for file in files] or [default_market()]
    looks = []
    with context.out.progress("drawing samples") as progress:
        for n, market in enumerate(markets):
            progress(n / len(markets))
            looks.append(look(market, read))
    left = [forecast_residuals(market, read) for market in markets]
    residuals = {
        f"{n}: {one.symbol}": z
        for n, rows in enumerate(left, 1)
        if rows is not None
        for one, z in zip(read, rows, strict=True)
    }
    if plot is not None:
        draw(looks, read, plot)
    data: dict[str, object] = {
        "markets": [
            {
                "name": one.name,
                "market_sha256": market.hash(),
                "figures": [asdict(row) | {"inside": row.inside} for row in one.figures],
            }
            for one, market in zip(looks, markets, strict=True)
        ],
        "forecasts": residual_data(residuals),
        "plot": str(plot) if plot else None,
    }
    columns = ("figure", "data", *(f"{n}: {one.name}" for n, one in enumerate(looks, 1)))
    cells = [
        (
            rows[0].figure,
            number(rows[0].data, 3),
            *(
                (good if row.inside else bad)(
                    f"{number(row.median, 3)} ({number(row.low, 3)} … {number(row.high, 3)})"
                )
                for row in rows
            ),
        )
        for rows in zip(*(one.figures for one in looks), strict=True)
    ]
    title = "samples as long as the data, log returns: median and the range of 90 %"
    views = [Table(columns, cells, title=title, right={*columns[1:]})]
    if residuals:
        views.append(residual_table(residuals, _FORECASTS))
    context.out.show(data, *views)
    for n, one in enumerate(looks, 1):
        if outside := [row.figure for row in one.figures if not row.inside]:
            context.out.note(f"{n}: {one.name} has not got: {', '.join(outside)}")
    if plot:
        context.out.note(f"written: {plot}")
    return data


def _fit_returns(
    context: Context, path: Path, model: str, unused: Sequence[str]
) -> dict[str, object]:
    """Estimates of a bare series of returns. `unused`: flags that say something of a market."""
    from dpo_gov.market.garch import fit_garch
    from dpo_gov.market.returns import read_returns

    if unused:
        raise InputError(
            f"{', '.join(unused)}: a market needs prices, and {path} holds returns; give closes"
        )
    returns = read_returns(path)
    found = fit_garch(returns.values, asymmetric=model == "gjr", name=str(path))
    fits = {returns.name: found}
    data: dict[str, object] = {
        "garch": garch_data(fits),
        "passed_over": list(returns.passed_over),
        "market": None,
        "written": None,
    }
    context.out.show(data, *garch_views(fits))
    if returns.passed_over:
        context.out.note(f"not taken for returns: {', '.join(returns.passed_over)}")
    context.out.note("returns without prices: these are estimates, no market is made of them")
    return data


def _check_flags(model: str, *, from_today: bool, block: float | None, window: str | None) -> None:
    for flag, given, models in (
        ("--from-today", from_today, GARCH),
        ("--block", block is not None, ("bootstrap",)),
        ("--window", window is not None, ("replay",)),
    ):
        if given and model not in models:
            raise InputError(f"{flag} is of --model {' and '.join(models)}, not of {model}")


def _name(given: str | None, other: str) -> str:
    name = other if given is None else given
    if not name.strip() or not name.isprintable():
        raise InputError(f"--name {name!r}: give a name that can be read")
    return name


def _window(text: str) -> tuple[datetime.date, datetime.date]:
    try:
        first, last = (datetime.date.fromisoformat(part) for part in text.split(":"))
    except ValueError:
        raise InputError(f"--window {text!r}: write FROM:TO, as 2020-03-01:2020-04-30") from None
    return first, last


def _sources(market: Market) -> Table:
    known = {source.asset: source for source in market.sources}
    rows = []
    for asset in market.assets:
        source = known.get(asset.symbol)
        days = f"{source.first} … {source.last}" if source else "–"
        rows.append(
            (asset.symbol, f"{asset.price:,.2f}", days, source.name if source else "assumed")
        )
    columns = ("asset", "price", "days", "source")
    return Table(columns, rows, title=f"market {market.name!r}", right={"price"})


def _regimes(market: Market) -> Table:
    from dpo_gov.market.sample import stationary

    symbols = [asset.symbol for asset in market.assets]
    pairs = [(i, j) for i in range(len(symbols)) for j in range(i)]
    columns = (
        "regime",
        "share",
        "mean length",
        *(f"{symbol} deviation" for symbol in symbols),
        *(f"{symbols[j]}–{symbols[i]}" for i, j in pairs),
    )
    rows = []
    shares = stationary(market.transition)
    for n, regime in enumerate(market.regimes):
        leaving = 1.0 - market.transition[n][n]
        rows.append(
            (
                regime.name,
                percent(shares[n], 1),
                f"{1.0 / leaving:.0f} d" if leaving else "for ever",
                *(percent(value) for value in regime.volatility),
                *(f"{regime.correlation[i][j]:.2f}" for i, j in pairs),
            )
        )
    mixing = f"Student t with {market.degrees} degrees of freedom" if market.degrees else "normal"
    title = f"regimes, by day; {mixing}"
    return Table(columns, rows, title=title, right={*columns[1:]})


def _jumps(market: Market) -> Table:
    common = market.common_jump
    rows = []
    for i, asset in enumerate(market.assets):
        own = asset.own_jump
        for kind, chance, mean, deviation in (
            ("common", common.probability, common.mean[i], common.deviation[i]),
            ("own", own.probability, own.mean, own.deviation),
        ):
            if chance and (mean or deviation):
                rows.append(
                    (
                        asset.symbol,
                        kind,
                        f"{365 * chance:.2f}",
                        percent(mean, 1, signed=True),
                        percent(deviation, 1),
                    )
                )
    columns = ("asset", "jump", "a year", "mean", "deviation")
    return Table(columns, rows, title="jumps", right={*columns[2:]})


def _clusters(market: Market) -> list[Table]:
    found = [(asset.symbol, asset.garch) for asset in market.assets if asset.garch]
    if not found:
        return []
    rows = [
        (name, f"{one.alpha:.4f}", f"{one.gamma:.4f}", f"{one.beta:.4f}", f"{one.start:.2f}")
        for name, one in found
    ]
    columns = ("asset", "alpha", "gamma", "beta", "first day, of the long run")
    title = "GARCH: the variance follows the days"
    return [Table(columns, rows, title=title, right={*columns[1:]})]


def _history(market: Market) -> list[Table]:
    history = market.history
    if history is None:
        return []
    days = f"{len(history.returns[0]):,}"
    block = f"{history.block:.1f} d" if history.block else "all"
    begins = "any day" if history.anywhere else "the first"
    row = (", ".join(history.assets), days, history.first, block, begins)
    columns = ("assets", "days", "from", "mean block", "a path begins on")
    return [Table(columns, [row], title="days of history", right={"days", "mean block"})]

"""Markets beside their data, drawn: returns, tails, clusters, correlation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dpo_gov.errors import DataError
from dpo_gov.files import try_file
from dpo_gov.market.diagnostics import autocorrelations
from dpo_gov.market.likeness import Look, correlation
from dpo_gov.market.series import Series, log_returns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]

KINDS = (".svg", ".png", ".pdf")
_LAGS = 40
_BINS = 60
_DAYS = {"all days": None, "calm": False, "wild": True}


def check_picture(path: Path) -> None:
    """Raises DataError where no picture could be written there."""
    if path.suffix.lower() not in KINDS:
        raise DataError(f"{path}: a picture's name ends in {', '.join(KINDS)}")
    try:
        try_file(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror})") from None


def draw(looks: Sequence[Look], series: Sequence[Series], path: Path) -> None:
    """Write one picture; a row for each asset, and one for correlations. Raises DataError."""
    check_picture(path)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    data, count = log_returns(series), len(series)
    pairs = list(combinations(range(count), 2))
    figure = Figure(figsize=(12, 3.2 * (count + bool(pairs))), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(count + bool(pairs), 3, squeeze=False)
    labels = [_label(n, look.name) for n, look in enumerate(looks, 1)]
    for i, one in enumerate(series):
        samples = {label: look.samples[i] for label, look in zip(labels, looks, strict=True)}
        _returns(grid[i][0], one.symbol, data[i], samples)
        _tails(grid[i][1], one.symbol, data[i], samples)
        _clusters(grid[i][2], one.symbol, data[i], samples)
    for axes in grid[count] if pairs else ():
        axes.set_visible(False)
    for axes, (i, j) in zip(grid[count] if pairs else (), pairs, strict=False):
        axes.set_visible(True)
        drawn = {label: look.samples for label, look in zip(labels, looks, strict=True)}
        _correlations(axes, f"{series[i].symbol}–{series[j].symbol}", data, drawn, (i, j))
    for row in (0, count) if pairs else (0,):
        grid[row][0].legend(frameon=False)
    try:
        figure.savefig(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror})") from None


def _label(place: int, name: str) -> str:
    """As the table's columns are headed; names may be equal. Dollars would be read as formulas."""
    return f"{place}: {name}".replace("$", r"\$")


def _returns(axes: Axes, symbol: str, data: Floats, samples: dict[str, Floats]) -> None:
    low, high = np.quantile(data, [0.0005, 0.9995])
    edges = np.linspace(low, high, _BINS)
    axes.hist(data, edges, density=True, color="0.8", label="data")
    for name, values in samples.items():
        axes.hist(values.ravel(), edges, density=True, histtype="step", label=name)
    axes.set(title=f"{symbol}: daily log return", yscale="log")


def _tails(axes: Axes, symbol: str, data: Floats, samples: dict[str, Floats]) -> None:
    chances = 1.0 - np.arange(len(data)) / len(data)
    axes.plot(np.sort(np.abs(data)), chances, ".", color="0.6", markersize=3)
    for values in samples.values():
        ordered = np.sort(np.abs(values), axis=1)
        axes.plot(np.median(ordered, axis=0), chances)
    low = float(np.quantile(np.abs(data), 0.5))
    axes.set(title=f"{symbol}: share of days that move more", xscale="log", yscale="log")
    axes.set_xlim(left=low)
    axes.tick_params(axis="x", which="minor", labelbottom=False)


def _clusters(axes: Axes, symbol: str, data: Floats, samples: dict[str, Floats]) -> None:
    lags = np.arange(1, _LAGS + 1)
    axes.bar(lags, autocorrelations((data - data.mean()) ** 2, _LAGS), color="0.8")
    for values in samples.values():
        found = [autocorrelations((row - row.mean()) ** 2, _LAGS) for row in values]
        axes.plot(lags, np.median(found, axis=0))
    axes.set(title=f"{symbol}: autocorrelation of squares", xlabel="days")


def _correlations(
    axes: Axes, pair: str, data: Floats, samples: dict[str, Floats], places: tuple[int, int]
) -> None:
    at = np.arange(len(_DAYS))
    width = 0.8 / (1 + len(samples))
    heights = [correlation(data, *places, wild=wild) for wild in _DAYS.values()]
    axes.bar(at, heights, width, color="0.8", label="data")
    for n, (label, drawn) in enumerate(samples.items(), 1):
        found = [
            [correlation(drawn[:, k], *places, wild=wild) for wild in _DAYS.values()]
            for k in range(drawn.shape[1])
        ]
        axes.bar(at + n * width, np.median(found, axis=0), width, label=label)
    axes.set(title=f"{pair}: correlation", xticks=at + 0.4 - width / 2)
    axes.set_xticklabels(list(_DAYS))

"""The compromises of a sweep as one SVG file."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from dpo_gov.risk import Measure
from dpo_gov.study.pareto import Trade, front
from dpo_gov.study.sweep import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 5.0, 4.4
"""Of one plot, in inches."""
_STYLE = {
    "font.family": "DejaVu Sans",
    "svg.fonttype": "none",
    "svg.hashsalt": "sweep",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.linewidth": 0.4,
    "figure.constrained_layout.use": True,
}


def pareto_svg(rows: Sequence[Row], trades: Sequence[Trade]) -> bytes:
    """Every point, the front with its 95 % intervals, and the current set, for each trade.

    `rows`: without those that are refused.
    """
    from matplotlib import style
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Canvas

    with style.context(_STYLE, after_reset=True):
        canvas = Canvas(figsize=(WIDTH * len(trades), HEIGHT))
        FigureCanvasSVG(canvas)
        for axes, trade in zip(canvas.subplots(1, len(trades)), trades, strict=True):
            _draw(axes, rows, trade)
        file = BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        canvas.savefig(file, format="svg", metadata=nothing)
    return file.getvalue()


def _draw(axes: Axes, rows: Sequence[Row], trade: Trade) -> None:
    x, y = trade.x, trade.y
    points = [(_scaled(x, row.figures[x.name]), _scaled(y, row.figures[y.name])) for row in rows]
    axes.plot(*zip(*((a[0], b[0]) for a, b in points), strict=True), "o", color="0.7", markersize=3)
    best = [points[place] for place in front([row.figures for row in rows], trade)]
    axes.errorbar(
        [a[0] for a, _ in best],
        [b[0] for _, b in best],
        xerr=list(zip(*((a[0] - a[1], a[2] - a[0]) for a, _ in best), strict=True)),
        yerr=list(zip(*((b[0] - b[1], b[2] - b[0]) for _, b in best), strict=True)),
        fmt="o-",
        markersize=4,
        linewidth=1.2,
        elinewidth=0.8,
        label="front, 95 % intervals",
    )
    now = [_scaled(one, [rows[0].current(one.name)])[0] for one in (x, y)]
    axes.plot([now[0]], [now[1]], "D", color="black", markersize=6, label="current")
    axes.set_xlabel(_label(x))
    axes.set_ylabel(_label(y))
    axes.legend()


def _scaled(measure: Measure, values: Sequence[float]) -> list[float]:
    scale = 100.0 if measure.unit.startswith("fraction") else 1.0
    return [value * scale for value in values]


def _label(measure: Measure) -> str:
    unit = ", %" if measure.unit.startswith("fraction") else ""
    return measure.label + unit + (" a year" if measure.unit == "fraction a year" else "")

"""The report's plots as SVG for the inside of a page.

The same report gives the same bytes: no date, fixed ids, matplotlib's own defaults whatever the
user's are, and text stays text, so no font of the machine is drawn. Colours are variables of the
page, which knows light from dark. The plots are small, so that a phone shows their text full size.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from dpo_gov.report.model import Report, Row, Side

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (4.6, 3.2)
"""Inches of 72 points: about the width of a phone in CSS pixels."""
_VARIABLES = {"ink": "#100001", "muted": "#100002", "rule": "#100003", "current": "#100004"} | {
    "proposed": "#100005"
}
"""Colours that nothing else has, each standing for a variable of the page."""
_DASHES = (0, (4, 2))
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "text.color": _VARIABLES["ink"],
    "axes.edgecolor": _VARIABLES["muted"],
    "axes.labelcolor": _VARIABLES["muted"],
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": _VARIABLES["rule"],
    "grid.linewidth": 0.6,
    "xtick.color": _VARIABLES["muted"],
    "ytick.color": _VARIABLES["muted"],
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.frameon": False,
    "legend.fontsize": 10.5,
    "legend.handlelength": 1.6,
    "figure.constrained_layout.use": True,
}


def fan(report: Report) -> Markup:
    """Net asset value over time: bands and median of the proposed side, lines of the current."""

    def draw(axes: Axes) -> None:
        days = report.fan_days
        now = list(zip(*report.current.fan, strict=True))
        new = list(zip(*report.proposed.fan, strict=True))
        colour = _VARIABLES["proposed"]
        axes.fill_between(days, new[0], new[4], color=colour, alpha=0.16, linewidth=0)
        axes.fill_between(days, new[1], new[3], color=colour, alpha=0.26, linewidth=0)
        axes.plot(days, new[2], color=colour, linewidth=2.0, label="proposed")
        _dashed(axes, days, now[0], now[2], now[4])
        axes.set_xlim(0, days[-1])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("days")
        axes.set_ylabel("value per start value")
        axes.legend(loc="upper left")

    return _svg("fan", _fan_words(report), draw)


def drawdowns(report: Report) -> Markup:
    """How the maximum drawdown of a path is spread, on both sides."""
    edges = [edge * 100.0 for edge in report.drawdown_edges]

    def draw(axes: Axes) -> None:
        new, now = (_shares(side.drawdowns) for side in (report.proposed, report.current))
        axes.stairs(new, edges, fill=True, color=_VARIABLES["proposed"], alpha=0.35)
        axes.stairs(new, edges, color=_VARIABLES["proposed"], linewidth=1.5, label="proposed")
        axes.stairs(
            now,
            edges,
            color=_VARIABLES["current"],
            linewidth=1.5,
            linestyle=_DASHES,
            label="current",
        )
        filled = [place for place, share in enumerate(zip(new, now, strict=True)) if max(share) > 0]
        axes.set_xlim(edges[filled[0]], edges[filled[-1] + 1])
        axes.set_xlabel("maximum drawdown, %")
        axes.set_ylabel("share of paths, %")
        axes.legend(loc="upper right")

    now, new = (_percent(side.figures["max_drawdown"].estimate) for side in _sides(report))
    words = f"Spread of the maximum drawdown. Its mean is {now} now and {new} proposed."
    return _svg("drawdowns", words, draw)


def differences(report: Report) -> Markup:
    """How the return changes on each path: proposed less current on the same shocks."""
    histogram = report.return_differences
    edges = [edge * 100.0 for edge in histogram.edges]

    def draw(axes: Axes) -> None:
        axes.stairs(
            _shares(histogram.counts), edges, fill=True, color=_VARIABLES["proposed"], alpha=0.45
        )
        axes.axvline(0.0, color=_VARIABLES["ink"], linewidth=1.0)
        mean = report.difference["mean_return"].estimate * 100.0
        axes.axvline(mean, color=_VARIABLES["ink"], linewidth=1.0, linestyle=(0, (2, 2)))
        axes.set_xlabel("return, proposed less current, pp")
        axes.set_ylabel("share of paths, %")

    share = _percent(report.better_paths / report.inputs.paths)
    words = f"Return of the proposed less the current side on the same path; higher on {share}."
    return _svg("differences", words, draw)


def cost_against_tracking(report: Report) -> Markup:
    """Trading cost against tracking error: what is saved in one is paid in the other."""

    def draw(axes: Axes) -> None:
        marks = (("current", "s", report.current), ("proposed", "o", report.proposed))
        for name, marker, side in marks:
            colour = _VARIABLES[name]
            x, y = (
                [value * 100.0 for value in column] for column in zip(*side.points, strict=True)
            )
            axes.plot(x, y, marker, color=colour, markersize=2.2, alpha=0.35, markeredgewidth=0)
        for name, marker, side in marks:
            cost, tracking = side.figures["cost"].estimate, side.figures["tracking_error"].estimate
            axes.plot(
                [cost * 100.0],
                [tracking * 100.0],
                marker,
                color=_VARIABLES[name],
                markeredgecolor=_VARIABLES["ink"],
                markersize=8.0,
                label=f"{name}, mean",
            )
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.locator_params(axis="x", nbins=5)
        axes.set_xlabel("trading cost, % of value")
        axes.set_ylabel("tracking error, % a year")
        axes.legend(loc="best")

    words = "Trading cost and tracking error of single paths and their means. " + " ".join(
        f"{name}: {_percent(side.figures['cost'].estimate)} and "
        f"{_percent(side.figures['tracking_error'].estimate)}."
        for name, side in zip(("Current", "Proposed"), _sides(report), strict=True)
    )
    return _svg("cost", words, draw)


def greek(report: Report, name: str, unit: str) -> Markup:
    """Delta, gamma or vega over time: median of both sides, and nine tenths of the paths."""
    sides = [
        [[100.0 * value for value in row] for row in getattr(side.greeks, name)]
        for side in _sides(report)
    ]

    def draw(axes: Axes) -> None:
        days = report.fan_days
        now, new = (list(zip(*rows, strict=True)) for rows in sides)
        colour = _VARIABLES["proposed"]
        axes.fill_between(days, new[0], new[2], color=colour, alpha=0.2, linewidth=0)
        axes.plot(days, new[1], color=colour, linewidth=2.0, label="proposed")
        _dashed(axes, days, *now)
        axes.set_xlim(0, days[-1])
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        axes.set_xlabel("days")
        axes.set_ylabel("% of value")
        axes.legend(loc="best")

    now, new = (rows[-1] for rows in sides)
    words = (
        f"{name.capitalize()}, {unit}, after {report.fan_days[-1]} days, 5 %, median and 95 %: "
        f"current {now[0]:.3f}, {now[1]:.3f}, {now[2]:.3f}; "
        f"proposed {new[0]:.3f}, {new[1]:.3f}, {new[2]:.3f}."
    )
    return _svg(name, words, draw)


def _dashed(axes: Axes, days: Row, low: Row, middle: Row, high: Row) -> None:
    """The current side: its median and the ends of its range."""
    for values, width, label in ((low, 1.0, None), (middle, 1.8, "current"), (high, 1.0, None)):
        axes.plot(
            days,
            values,
            color=_VARIABLES["current"],
            linestyle=_DASHES,
            linewidth=width,
            label=label,
        )


def _sides(report: Report) -> tuple[Side, Side]:
    return report.current, report.proposed


def _shares(counts: tuple[int, ...]) -> list[float]:
    whole = sum(counts)
    return [100.0 * count / whole for count in counts]


def _percent(share: float) -> str:
    return f"{share * 100.0:.2f} %"


def _fan_words(report: Report) -> str:
    now, new = (side.fan[-1] for side in _sides(report))
    return (
        f"Value per start value after {report.fan_days[-1]} days, "
        f"{report.fan_percents[0]} %, median and {report.fan_percents[-1]} %: "
        f"current {now[0]:.2f}, {now[2]:.2f}, {now[4]:.2f}; "
        f"proposed {new[0]:.2f}, {new[2]:.2f}, {new[4]:.2f}."
    )


def _svg(name: str, words: str, draw: Callable[[Axes], None]) -> Markup:
    """Draw with fixed settings; `words` say the same to those who do not see the plot."""
    from matplotlib import style
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with style.context({**_STYLE, "svg.hashsalt": name}, after_reset=True):
        figure = Figure(figsize=SIZE)
        FigureCanvasSVG(figure)
        draw(figure.subplots())
        page = StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(page, format="svg", metadata=nothing)
    return _inline(page.getvalue(), name, words)


def _inline(svg: str, name: str, words: str) -> Markup:
    """Strip what belongs to a file of its own, make ids unique, hand the colours to the page."""
    body = svg[svg.index("<svg") :]
    view = body[body.index("viewBox=") : body.index(">")].partition('" ')[0] + '"'
    body = body[body.index(">") + 1 :]
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*">', "<g>", body)
    # matplotlib's ids hash the text of floats, which numpy 2 writes otherwise: number them instead.
    ids = dict.fromkeys(re.findall(r'(?:id="|url\(#|href="#)([^")]+)', body))
    for number, one in enumerate(ids):
        body = re.sub(rf'(?<=["#]){re.escape(one)}(?=[")])', f"{name}-{number}", body)
    body = re.sub(r"(font: [\d.]+px)[^;\"]*", r"\1 sans-serif", body)
    for variable, colour in _VARIABLES.items():
        body = body.replace(colour, f"var(--{variable})")
    head = f'<svg class="plot" role="img" aria-label="{escape(words)}" {view}>'
    return Markup(head + body)  # noqa: S704 - matplotlib's text, escaped words, none of a proposal

"""The report as one page of HTML that fetches nothing."""

from __future__ import annotations

from pathlib import Path

from dpo_gov.report import plots, setting, words
from dpo_gov.report.model import Report

_TEMPLATES = Path(__file__).with_name("templates")


def render_html(report: Report, *, title: str = "", summary: str = "", link: str = "") -> str:
    """The page for voters. `title`, `summary`, `link` (the discussion) are the author's.

    They are not part of report.json and are escaped as text; a link is shown, never followed by
    the page, and only when it is http or https.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    strategy = report.inputs.layout.name
    rows = words.rows(report)
    return environment.get_template("report.html.j2").render(
        title=title or f"Change of the parameters of strategy {strategy}",
        summary=summary,
        link=link if link.startswith(("https://", "http://")) else "",
        report=report,
        inputs=report.inputs,
        verdict=words.verdict(report),
        not_obeyed=setting.not_obeyed(report),
        debt_at_start=setting.debt_at_start(report),
        kind=setting.kind(report.inputs.market),
        shipped=setting.is_shipped(report),
        command=setting.command(report),
        headlines=words.headlines(report),
        rows=rows,
        slight=any(row.verdict.startswith("slightly") for row in rows),
        changed=words.changed(report),
        stress=words.stress(report),
        contributions=words.contributions(report),
        gain=words.gain(report),
        greeks={
            name: plots.greek(report, name, unit)
            for name, unit in (
                ("delta", "% of value"),
                ("gamma", "% of value for a move of 1 %"),
                ("vega", "% of value for a point"),
            )
            if "hedging" in report.inputs.modules
        },
        sharpe_luck=words.sharpe_luck(report),
        plots={
            "fan": plots.fan(report),
            "drawdowns": plots.drawdowns(report),
            "differences": plots.differences(report),
            "cost": plots.cost_against_tracking(report),
        },
    )

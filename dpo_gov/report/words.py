"""A report in words and numbers for people: what the page and the command line both print.

Nothing here is hashed. Every figure has the decimals that its own interval deserves; a difference
of paired paths deserves more than either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from dpo_gov.guardrails.limits import one_vote
from dpo_gov.proposal.numbers import number
from dpo_gov.report.model import Report
from dpo_gov.risk import Figure, Measure, measures
from dpo_gov.risk.closed_forms import sharpe_error
from dpo_gov.risk.measures import DAYS_A_YEAR
from dpo_gov.simulate import StressResult

_SPACE = "\u00a0"
"""Keeps a number and its unit on one line."""
SLIGHT = 0.01
"""A clear difference below this share of the current figure is called slight."""
_HEADLINES = ("cvar_95", "mean_return", "max_drawdown", "cost")
_DANGERS = {"collateral": "liquidation_probability", "hedging": "hedge_liquidation"}
"""What each module can lose at a stroke: a voter asks for it next."""
_PHRASES = {
    "cvar_95": f"the mean loss of the worst 5{_SPACE}% of cases",
    "mean_return": "the mean return",
    "cost": "the trading cost",
    "liquidation_probability": "the chance of a liquidation",
    "threshold_use_95": "the largest use of the liquidation threshold in 1 case in 20",
    "hedge_liquidation": "the chance of a lost margin",
    "hedge_cost": "what hedges cost",
}


@dataclass(frozen=True)
class Cell:
    """A figure in words, with its interval."""

    value: str
    interval: str


@dataclass(frozen=True)
class Row:
    """One figure on both sides. `verdict` is in words, `tone` is better, worse or empty."""

    name: str
    label: str
    current: Cell
    proposed: Cell
    difference: Cell
    verdict: str
    tone: str


@dataclass(frozen=True)
class ChangedParameter:
    """One changed parameter.

    `low` to `high` are the hard bounds, `one_vote` what a single version may set it to by itself.
    `stored` shows both values as they are in the calldata. `obeyed`: whether a contract acts on it
    today.
    """

    name: str
    help: str
    current: str
    proposed: str
    low: str
    high: str
    one_vote: str
    stored: str
    modelled: bool
    obeyed: bool


@dataclass(frozen=True)
class ContributionRow:
    """What some changes, which move together, add to each headline figure; `labels` name these.

    `shares`: of the whole difference; or the change alone, where there are too many for shares.
    `alone`: the change alone, in words.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    shares: tuple[Cell, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True)
class StressRow:
    """One day of stress on both sides: loss of the day, and what is traded after it."""

    date: str
    event: str
    current: Cell
    proposed: Cell
    difference: str


def rows(report: Report) -> list[Row]:
    """Every figure, in reading order."""
    return [_row(report, measure) for measure in measures(report.inputs.modules)]


def headlines(report: Report) -> list[Row]:
    """The four figures that a voter asks for first, and the danger of each module."""
    by_name = {row.name: row for row in rows(report)}
    return [by_name[name] for name in _headlines(report)]


def contributions(report: Report) -> list[ContributionRow]:
    """What each change contributes to the headline figures; nothing where only one moves."""
    names = _headlines(report)
    labels = tuple(row.label for row in headlines(report))
    return [
        ContributionRow(
            names=one.names,
            labels=labels,
            shares=tuple(_cell((one.shapley or one.alone)[name], signed=True) for name in names),
            alone=tuple(_cell(one.alone[name], signed=True).value for name in names),
        )
        for one in report.attribution
    ]


def sharpe_luck(report: Report) -> str:
    """How far the Sharpe ratio of one realised horizon lies from its mean, one standard error.

    Lo's, of daily returns; the figure's own interval is that of the mean over paths.
    """
    days, a_year = report.inputs.horizon_days, sqrt(DAYS_A_YEAR)
    daily = report.current.figures["sharpe"].estimate / a_year
    return number(sharpe_error(daily, days) * a_year, 2)


def gain(report: Report) -> int:
    """How many times more paths independent runs would need: the middle one of all figures."""
    ratios = sorted(one.variance_ratio for one in report.difference.values())
    return int(ratios[len(ratios) // 2])


def changed(report: Report) -> list[ChangedParameter]:
    """The changed parameters, ascending by key."""
    current, proposed = report.inputs.current, report.inputs.proposed
    unseen = {item.name for item in report.not_modelled}
    found = []
    for name in report.changes:
        spec = current.spec(name)
        now, new = current.get(name), proposed.get(name)
        found.append(
            ChangedParameter(
                name=name,
                help=spec.help,
                current=_unbroken(spec.show(now)),
                proposed=_unbroken(spec.show(new)),
                low=_unbroken(spec.show(spec.lower)),
                high=_unbroken(spec.show(spec.upper)),
                one_vote=" to ".join(_unbroken(spec.show(end)) for end in one_vote(spec, now)),
                stored=f"{now} → {new} {spec.unit.name.lower()}",
                modelled=name not in unseen,
                obeyed=bool(spec.enforced_by),
            )
        )
    return found


def stress(report: Report) -> list[StressRow]:
    """The days of stress, in the order of time."""
    return [
        StressRow(
            date=now.date,
            event=now.event,
            current=_day(now),
            proposed=_day(new),
            difference=figure_text(new.loss - now.loss, "fraction", 2, signed=True),
        )
        for now, new in zip(report.current.stress, report.proposed.stress, strict=True)
    ]


def verdict(report: Report) -> str:
    """What the change does, in one sentence."""
    inputs, unseen = report.inputs, {item.name for item in report.not_modelled}
    if unseen.issuperset(report.changes):
        return (
            "The model sees none of the parameters that change, "
            "so these figures say nothing about this proposal."
        )
    lead = f"Over {_days(inputs.horizon_days)} and {inputs.paths:,} simulated paths, this change "
    by_name = {row.name: row for row in rows(report)}
    if all(row.verdict == "unchanged" for row in by_name.values()):
        return lead + "changes no figure on any path."
    moves, still = [], []
    for name, phrase in _PHRASES.items():
        if name not in by_name:
            continue
        row = by_name[name]
        if row.verdict in ("higher", "lower"):
            verb = "raises" if row.verdict == "higher" else "lowers"
            moves.append(f"{verb} {phrase} from {row.current.value} to {row.proposed.value}")
        else:
            still.append(phrase)
    if not moves:
        return lead + f"makes no notable difference to {joined(still, 'or')}."
    rest = f"; it makes no notable difference to {joined(still, 'or')}" if still else ""
    return lead + joined(moves, "and") + rest + "."


def figure_text(value: float, unit: str, places: int, *, signed: bool = False) -> str:
    """A number as people write it: shares in percent, with a sign (a difference) in points."""
    share = unit.startswith("fraction")
    text = number(value * 100.0 if share else value, places, signed=signed)
    return text + (f"{_SPACE}{'pp' if signed else '%'}" if share else "")


def _headlines(report: Report) -> list[str]:
    dangers = [name for module, name in _DANGERS.items() if module in report.inputs.modules]
    return [*_HEADLINES, *dangers]


def _row(report: Report, measure: Measure) -> Row:
    current, difference = report.current.figures[measure.name], report.difference[measure.name]
    tone = ""
    if difference.low == difference.high == 0.0:
        text = "unchanged"
    elif not difference.significant:
        text = "no clear difference"
    else:
        direction = 1 if difference.estimate > 0.0 else -1
        text = "higher" if direction > 0 else "lower"
        if abs(difference.estimate) < SLIGHT * abs(current.estimate):
            text = f"slightly {text}"
        elif measure.better:
            tone = "better" if direction == measure.better else "worse"
    return Row(
        name=measure.name,
        label=measure.label.replace(" %", f"{_SPACE}%")
        + (", a year" if measure.unit == "fraction a year" else ""),
        current=_cell(current),
        proposed=_cell(report.proposed.figures[measure.name]),
        difference=_cell(difference, signed=True),
        verdict=text,
        tone=tone,
    )


def _cell(figure: Figure, *, signed: bool = False) -> Cell:
    places = _decimals(figure)
    ends = [
        figure_text(end, figure.unit, places, signed=signed).split(_SPACE)[0]
        for end in (figure.low, figure.high)
    ]
    return Cell(figure_text(figure.estimate, figure.unit, places, signed=signed), " to ".join(ends))


def _day(day: StressResult) -> Cell:
    traded = 0.0
    for _, share in day.trades:
        traded += abs(share)
    trades = f"trades {figure_text(traded, 'fraction', 1)}" if traded else "no trade"
    return Cell(figure_text(day.loss, "fraction", 2), trades)


def _decimals(figure: Figure) -> int:
    """As many as show two digits of the interval's width; 1 to 4."""
    width = (figure.high - figure.low) * (100.0 if figure.unit.startswith("fraction") else 1.0)
    if not width:
        return 2
    return next((places for places in (1, 2, 3) if width * 10**places >= 10.0), 4)


def _unbroken(text: str) -> str:
    return text.replace(" ", _SPACE)


def _days(count: int) -> str:
    return f"{count} days" if count != 1 else "one day"


def joined(parts: list[str], word: str) -> str:
    """The parts with commas, and the word before the last."""
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else parts[0]

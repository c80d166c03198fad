"""Reading a report.json that anyone may have written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from dpo_gov.errors import DpoError, ProposalError
from dpo_gov.params import catalogue
from dpo_gov.proposal.strict_json import read_bytes
from dpo_gov.report.model import GREEK_PERCENTS, VERSION, Inputs, Report, Side
from dpo_gov.risk import measures

MAX_BYTES = 4 * 1024 * 1024
_AGAIN = "`dpo-gov proposal render` writes it anew"


def load(path: Path) -> Report:
    """The report in a file. Raises InputError for a file that cannot be read, else as `parse`."""
    return parse(read_bytes(path, MAX_BYTES), str(path))


def parse(data: bytes, name: str) -> Report:
    """The report in the bytes of a file called `name`.

    Raises ProposalError, naming the place, unless they are exactly the bytes that this report is
    written in: the hash is of bytes, so a second way to write one content would be a second hash.
    """
    try:
        report = Report.model_validate_json(data, strict=True)
    except ValidationError as error:
        raise ProposalError(f"{name}: {_explain(error)}; {_AGAIN}") from error
    try:
        problem = next(_contradictions(report), "")
        if not problem and report.to_bytes() != data:
            problem = "is not in canonical form (RFC 8785), as an editor leaves it"
    except ValidationError as error:
        problem = f"inputs.{_explain(error)}"
    except (DpoError, ValueError) as error:
        problem = f"inputs: {error}"
    if problem:
        raise ProposalError(f"{name}: {problem}; {_AGAIN}")
    return report


def _explain(error: ValidationError) -> str:
    """The first problem in words; a wrong version before all else, as it explains the others."""
    problems = error.errors(include_url=False)
    first = next((p for p in problems if p["loc"] == ("version",)), problems[0])
    place = ".".join(str(step) for step in first["loc"])
    if place == "version":
        return f"version: this program reads version {VERSION} of the report"
    if first["type"] == "json_invalid":
        return f"is not JSON: {first['ctx']['error']}"
    return f"{place or 'the whole file'}: {first['msg']}"


def _contradictions(report: Report) -> Iterator[str]:
    """What in the report contradicts its own inputs, in words, one at a time."""
    inputs = report.inputs
    expected = {param.key: param for param in catalogue(inputs.layout)}
    if [param.key for param in inputs.parameters] != list(expected):
        yield "inputs.parameters: are not those of the layout, ascending by key"
    for param in inputs.parameters:
        spec = expected[param.key]
        for side, value in (("current", param.current), ("proposed", param.proposed)):
            if not spec.lower <= int(value) <= spec.upper:
                yield f"inputs.parameters.{param.name}: {side} {value} is out of bounds"
    if Inputs.of(inputs.current, inputs.proposed, inputs.market, inputs.spec) != inputs:
        yield "inputs: names, units or the market's hash do not belong to the values"
    changed = tuple(param.name for param in inputs.parameters if param.current != param.proposed)
    if report.changes != changed or not changed:
        yield f"changes: by the inputs they are: {', '.join(changed) or 'none'}"
    names = {measure.name for measure in measures(inputs.modules)}
    for place, figures in (
        ("current.figures", report.current.figures),
        ("proposed.figures", report.proposed.figures),
        ("difference", report.difference),
    ):
        if set(figures) != names:
            yield f"{place}: must hold exactly the figures {', '.join(sorted(names))}"
    yield from _crooked_tables(report)


def _crooked_tables(report: Report) -> Iterator[str]:
    """Tables whose rows, columns or sums do not fit each other."""
    paths, days, percents = report.inputs.paths, len(report.fan_days), len(report.fan_percents)
    bins, histogram = len(report.drawdown_edges) - 1, report.return_differences
    for place, side in (("current", report.current), ("proposed", report.proposed)):
        if len(side.fan) != days or any(len(row) != percents for row in side.fan):
            yield f"{place}.fan: is not {days} rows of {percents}"
        if len(side.drawdowns) != bins or sum(side.drawdowns) != paths:
            yield f"{place}.drawdowns: are not {paths} paths in {bins} bins"
        if any(len(point) != 2 for point in side.points):
            yield f"{place}.points: are not pairs"
        yield from _crooked_greeks(report, place, side)
    if len(histogram.counts) != len(histogram.edges) - 1 or sum(histogram.counts) != paths:
        yield f"return_differences: are not {paths} paths in {len(histogram.edges) - 1} bins"
    if report.better_paths > paths:
        yield f"better_paths: {report.better_paths} of {paths} cannot be"
    if [day.date for day in report.current.stress] != [day.date for day in report.proposed.stress]:
        yield "proposed.stress: has other days than the current side"


def _crooked_greeks(report: Report, place: str, side: Side) -> Iterator[str]:
    if (side.greeks is None) is ("hedging" in report.inputs.modules):
        yield f"{place}.greeks: are there where hedging is simulated, and nowhere else"
    elif side.greeks is not None:
        days, wide = len(report.fan_days), len(GREEK_PERCENTS)
        for name in ("delta", "gamma", "vega"):
            rows = getattr(side.greeks, name)
            if len(rows) != days or any(len(row) != wide for row in rows):
                yield f"{place}.greeks.{name}: is not {days} rows of {wide}"

"""Many parameter sets on the same shocks, written down as they are done, and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, FiniteFloat, ValidationError

from dpo_gov.canonical import ARITHMETIC
from dpo_gov.errors import InputError
from dpo_gov.market import MODEL, Market
from dpo_gov.params import ParamSet
from dpo_gov.risk import Figure, measures
from dpo_gov.simulate import SimSpec
from dpo_gov.study.evaluate import BATCH, Evaluation, Progress, evaluate, part
from dpo_gov.study.journal import Journal, Line
from dpo_gov.study.vary import Axis, Point

JOURNAL = "sweep.jsonl"
VERSION = 2
"""Of the rows, as the file has them."""


def _ordered(triple: tuple[float, float, float]) -> tuple[float, float, float]:
    estimate, low, high = triple
    if not low <= estimate <= high:
        raise ValueError("an interval that leaves its estimate out")
    return triple


Triple = Annotated[tuple[FiniteFloat, FiniteFloat, FiniteFloat], AfterValidator(_ordered)]
"""An estimate, and the low and the high end of its interval, which holds it."""


class Row(BaseModel):
    """One point of a sweep. `values`: stored units of what is varied, as text, by name.

    `figures` and `difference` (to the current set): estimate and the ends of its 95 % interval, by
    the measure's name; both are empty where the registry would refuse the set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    values: dict[str, str]
    refused: str
    figures: dict[str, Triple]
    difference: dict[str, Triple]
    outputs_sha256: str

    def current(self, name: str) -> float:
        """A figure's estimate for the set that the sweep compares with."""
        return self.figures[name][0] - self.difference[name][0]


@dataclass(frozen=True)
class Sweep:
    """What is swept: `points` of `axes`, each against `current`."""

    current: ParamSet
    axes: Sequence[Axis]
    points: Sequence[Point]
    market: Market
    spec: SimSpec

    @property
    def names(self) -> tuple[str, ...]:
        """What differs between points: the varied parameters, and the base asset's weight if it
        takes the rest, in the order of the axes."""
        given = [axis.spec.name for axis in self.axes]
        base = f"targetWeight[{self.current.layout.assets[0]}]"
        taken = any(name.startswith("targetWeight[") for name in given) and base not in given
        return (*given, *([base] if taken else []))

    def header(self) -> Line:
        """All that decides the rows; what is equal in two sweeps gives equal rows."""
        first = self.points[0].params
        varied = {first.spec(name).key for name in self.names}
        return {
            "study": "sweep",
            "version": VERSION,
            "arithmetic": ARITHMETIC,
            "model": MODEL,
            "market_sha256": self.market.hash(),
            "layout": self.current.layout.model_dump(mode="json"),
            "current": _text(self.current),
            "others": {k: v for k, v in _text(first).items() if int(k) not in varied},
            "simulation": self.spec.model_dump(mode="json") | {"seed": str(self.spec.seed)},
            "points": [
                [*(str(point.params.get(name)) for name in self.names), point.refused]
                for point in self.points
            ],
            "names": list(self.names),
            "measures": {one.name: one.unit for one in measures(self.spec.modules)},
        }

    def run(
        self,
        folder: Path | None,
        progress: Progress | None = None,
        resumed: Callable[[int], None] | None = None,
    ) -> tuple[list[Row], str]:
        """Evaluate all points; rows in the order of the points, and the journal's SHA-256.

        With a folder, its journal gets each batch as soon as it is done, and what it has already
        is not done again; `resumed` is told how many rows these are, if any. Without one nothing
        is written, and the hash is an empty text. Raises InputError for a journal that is another
        study's, and what `simulate` raises.
        """
        if folder is None:
            return [row for rows in self._rest(0, progress) for row in rows], ""
        with Journal(folder / JOURNAL, self.header()) as journal:
            rows = [self._read(line, place, journal) for place, line in enumerate(journal.done)]
            if rows and resumed is not None:
                resumed(len(rows))
            for batch in self._rest(len(rows), progress):
                journal.add(row.model_dump(mode="json") for row in batch)
                rows += batch
            return rows, journal.sha256()

    def _rest(self, first: int, progress: Progress | None) -> Iterator[list[Row]]:
        """The rows from point `first` on, a batch at a time."""
        for start in range(first, len(self.points), BATCH):
            points = self.points[start : start + BATCH]
            sets = [point.params for point in points if not point.refused]
            share = part(progress, start, len(points), len(self.points))
            found = evaluate(
                self.current,
                sets,
                self.market,
                self.spec,
                in_all=len(self.points),
                progress=share,
            )
            yield [self._row(point, None if point.refused else next(found)) for point in points]

    def _row(self, point: Point, found: Evaluation | None) -> Row:
        return Row(
            number=point.number,
            values={name: str(point.params.get(name)) for name in self.names},
            refused=point.refused,
            figures=_triples(found.figures) if found else {},
            difference=_triples(found.difference) if found else {},
            outputs_sha256=found.outputs_sha256 if found else "",
        )

    def _read(self, line: Line, place: int, journal: Journal) -> Row:
        try:
            row = Row.model_validate(line)
            fits = place < len(self.points) and self._fits(row, self.points[place])
        except ValidationError:
            fits = False
        if not fits:
            raise InputError(
                f"{journal.path}, line {place + 2}: is no row of this sweep; delete the file and "
                "start again"
            )
        # A journal has the names in the order of the alphabet, a sweep in that of its axes.
        return row.model_copy(update={"values": {name: row.values[name] for name in self.names}})

    def _fits(self, row: Row, point: Point) -> bool:
        """Whether a row is this point's, with all figures; that these are true is not asked."""
        empty = self._row(point, None)
        names = {one.name for one in measures(self.spec.modules)}
        known = set() if point.refused else names
        return (row.number, row.values, row.refused) == (
            empty.number,
            empty.values,
            empty.refused,
        ) and set(row.figures) == set(row.difference) == known


def _triples(figures: dict[str, Figure]) -> dict[str, Triple]:
    return {name: (one.estimate, one.low, one.high) for name, one in figures.items()}


def _text(params: ParamSet) -> dict[str, Any]:
    return {str(key): str(value) for key, value in sorted(params.values.items())}

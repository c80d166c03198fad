"""The rows of a sweep as columns, and as Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from dpo_gov.errors import InputError
from dpo_gov.risk import MEASURES, OF_MODULES, measures
from dpo_gov.study.sweep import Row

Column = list[int] | list[float | None] | list[str]


def columns(rows: Sequence[Row]) -> dict[str, Column]:
    """Number, varied values in stored units, refusal, each figure with the ends of its interval.

    A figure `cost` gives cost, cost_low, cost_high, and cost_change with its ends for the
    difference to the current set; they are None where the registry would refuse the set.
    """
    found: dict[str, Column] = {"number": [row.number for row in rows]}
    for name in rows[0].values:
        found[name] = [int(row.values[name]) for row in rows]
    found["refused"] = [row.refused for row in rows]
    known = {name for row in rows for name in row.figures} | {one.name for one in MEASURES}
    for measure in measures(OF_MODULES):
        if measure.name not in known:
            continue
        for suffix, side in (("", "figures"), ("_change", "difference")):
            triples = [getattr(row, side).get(measure.name) for row in rows]
            for place, end in enumerate(("", "_low", "_high")):
                found[f"{measure.name}{suffix}{end}"] = [
                    triple[place] if triple else None for triple in triples
                ]
    return found


def parquet(rows: Sequence[Row]) -> bytes:
    """The columns as a Parquet file. Raises InputError without pyarrow."""
    try:
        import pyarrow
        from pyarrow.parquet import write_table
    except ImportError as error:
        raise InputError("Parquet needs pyarrow; `pip install 'dpo-gov[study]'` adds it") from error
    file = BytesIO()
    write_table(pyarrow.table(columns(rows)), file)
    return file.getvalue()

"""Is there a report, and was it made of exactly this change with these settings?"""

from __future__ import annotations

from collections.abc import Iterator

from dpo_gov.errors import InputError
from dpo_gov.proposal.checks.base import Check, Context, Said, error, warning
from dpo_gov.proposal.evidence import Evidence
from dpo_gov.proposal.folder import REPORT

_AGAIN = "`dpo-gov proposal render` simulates anew"


def _ask(context: Context) -> Iterator[Said]:
    files = context.files or {}
    if REPORT not in files:
        yield error(REPORT, f"is missing; {_AGAIN}")
        return
    try:
        evidence = Evidence.read(files[REPORT])
    except InputError as problem:
        yield error(REPORT, str(problem).removeprefix(f"{REPORT}: "))
        return
    yield from _other_inputs(context, evidence)
    for unseen in evidence.not_modelled:
        yield warning(
            context.spec.place("changes", unseen.name),
            f"is not modelled: {unseen.why}; judge it by other means",
        )


def _other_inputs(context: Context, evidence: Evidence) -> Iterator[Said]:
    from dpo_gov.simulate import SimSpec

    inputs, layout = evidence.inputs, context.state.layout
    ours = SimSpec.model_validate(context.spec.simulation.model_dump())
    settings = {
        "strategy": (inputs.layout.name, context.spec.strategy),
        "paths": (inputs.paths, ours.paths),
        "seed": (int(inputs.seed), ours.seed),
        "horizon_days": (inputs.horizon_days, ours.horizon_days),
        "portfolio": (inputs.portfolio, ours.portfolio),
    }
    for name, (theirs, wanted) in settings.items():
        if theirs != wanted:
            yield error(
                REPORT, f"was made with {name} {theirs}, the proposal says {wanted}; {_AGAIN}"
            )
    if inputs.layout != layout:
        # Names of parameters follow from it: with two assets exchanged, the words are of one and
        # the call is of the other.
        yield error(
            REPORT,
            f"was made for assets {', '.join(inputs.layout.assets)} in the strategy "
            f"{inputs.layout.name}; the deployment's layout is another, with "
            f"{', '.join(layout.assets)}; {_AGAIN}",
        )
    values = {value.name: value for value in inputs.parameters}
    for name, param in context.resolved.current.specs.items():
        if name not in values:
            yield error(REPORT, f"does not know the parameter {name}; {_AGAIN}")
            continue
        for side, wanted_set in (
            ("current", context.resolved.current),
            ("proposed", context.resolved.proposed),
        ):
            theirs, wanted = int(getattr(values[name], side)), wanted_set.values[param.key]
            if theirs != wanted:
                yield error(
                    REPORT,
                    f"was made with {side} {name} {param.show(theirs)}, it is "
                    f"{param.show(wanted)}; {_AGAIN}",
                )


CHECK = Check("report", "is there a report of exactly this change?", _ask, True)

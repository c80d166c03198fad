"""How far one parameter may go within a risk budget such as `cvar_99<=12%`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dpo_gov.errors import CheckFailed, InputError
from dpo_gov.guardrails import RegistryState
from dpo_gov.market import Market
from dpo_gov.params import ParamSpec
from dpo_gov.risk import OF_MODULES, Figure, Measure
from dpo_gov.simulate import SimSpec, covering
from dpo_gov.study.evaluate import BATCH, Progress, evaluate
from dpo_gov.study.pareto import measure
from dpo_gov.study.vary import check_can_vary, refusal, with_values

FIRST_LOOK = 3 * BATCH
"""Values over the whole range that are looked at first; a hole narrower than one gap is missed."""
_TEXT = re.compile(r"\s*([A-Za-z0-9_]+)\s*(<=|>=)\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*(%?)\s*")


@dataclass(frozen=True)
class Budget:
    """A figure and the value that it may not pass: at most, or at least."""

    measure: Measure
    at_most: bool
    value: float

    @classmethod
    def parse(cls, text: str) -> Budget:
        """Read `cvar_99<=0.12`, `cvar99<=12%`, `sharpe>=0.5`. Raises InputError."""
        match = _TEXT.fullmatch(text)
        if not match:
            raise InputError(f"{text!r}: write FIGURE<=VALUE or FIGURE>=VALUE, as in cvar_99<=12%")
        name, relation, number, percent = match.groups()
        found = measure(name)
        if percent and not found.unit.startswith("fraction"):
            raise InputError(f"{text!r}: {found.name} is a {found.unit}, which has no percent")
        return cls(found, relation == "<=", float(number) / (100.0 if percent else 1.0))

    def show(self, value: float) -> str:
        """A value of the figure as people write it."""
        if self.measure.unit.startswith("fraction"):
            return f"{value * 100:.6g} %"
        return f"{value:.6g}"

    def holds(self, value: float) -> bool:
        """Whether a value of the figure is within the budget."""
        return value <= self.value if self.at_most else value >= self.value

    def surely(self, figure: Figure) -> bool:
        """Whether the whole 95 % interval is within it."""
        return self.holds(figure.high if self.at_most else figure.low)

    def perhaps(self, figure: Figure) -> bool:
        """Whether any of the 95 % interval is within it."""
        return self.holds(figure.low if self.at_most else figure.high)


@dataclass(frozen=True)
class Limit:
    """The furthest value within a budget.

    `value`: by the estimate. `sure`: the furthest at which the whole interval is within the
    budget, None where there is none. `possible`: the furthest at which any of it is. `looked_at`:
    the figure by value, ascending. `holes`: values short of `value` that break the budget.
    `refused`: the rule by which the registry, and not the budget, ends the way there; or nothing.
    """

    spec: ParamSpec
    value: int
    sure: int | None
    possible: int
    looked_at: dict[int, Figure]
    holes: tuple[int, ...]
    refused: str


def find_limit(
    state: RegistryState,
    name: str,
    budget: Budget,
    market: Market,
    spec: SimSpec,
    *,
    smallest: bool = False,
    progress: Progress | None = None,
) -> Limit:
    """The largest (or smallest) value of a parameter at which the figure is within the budget.

    Its whole legal range is looked at, then the last step inside is refined to one stored unit,
    for the estimate and for both ends of its interval. All values see the same shocks, so the
    figure moves smoothly. `progress` takes the finished share, by a guess of the looks needed.

    Raises CheckFailed where no value is within the budget, UnknownName, and what `simulate` does.
    """
    param = state.spec(name)
    check_can_vary(state, param, [name])
    ends = [with_values(state.params, {name: end}) for end in (param.lower, param.upper)]
    spec = covering(_showing(budget.measure, spec), ends, market)
    market = market.reduced(spec.modules)
    search = _Search(state, param, budget, market, spec, -1 if smallest else 1)
    search.progress = progress
    whole = _spread(search.param.lower, search.param.upper, FIRST_LOOK)
    search.look({*whole, state.params.get(name)})
    value = search.furthest(lambda figure: budget.holds(figure.estimate))
    possible = search.furthest(budget.perhaps)
    if value is None or possible is None:
        best = min(search.seen.values(), key=lambda f: f.estimate * (1 if budget.at_most else -1))
        raise CheckFailed(
            f"no value of {name} keeps {budget.measure.name} within {budget.show(budget.value)}; "
            f"the best is {budget.show(best.estimate)}: change another parameter, or the budget"
        )
    sure = search.furthest(budget.surely)
    seen = dict(sorted(search.seen.items()))
    holes = tuple(
        at
        for at, figure in seen.items()
        if search.ahead(value, at) and not budget.holds(figure.estimate)
    )
    return Limit(search.param, value, sure, possible, seen, holes, search.ends_at(value))


@dataclass
class _Search:
    """Values of one parameter that were looked at, and the search for the furthest good one."""

    state: RegistryState
    param: ParamSpec
    budget: Budget
    market: Market
    spec: SimSpec
    sign: int
    seen: dict[int, Figure] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    progress: Progress | None = None

    @property
    def looks(self) -> int:
        """How many looks there may be: the first one, and the refinements for three limits."""
        gap, count = (self.param.upper - self.param.lower) // FIRST_LOOK, FIRST_LOOK
        while gap > 1:
            gap //= BATCH
            count += 2 * BATCH
        return count

    def ahead(self, one: int, other: int) -> bool:
        """Whether one value is further than the other."""
        return (one - other) * self.sign > 0

    def ends_at(self, value: int) -> str:
        """Why the registry takes no value further than this one, in words, or nothing."""
        beyond = value + self.sign
        return refusal(self.state, with_values(self.state.params, {self.param.name: beyond}))

    def look(self, values: Iterable[int]) -> None:
        """Get the figures of the values that the registry takes and that are not known."""
        new = [at for at in values if at not in self.seen and at not in self.refused]
        sets = {at: with_values(self.state.params, {self.param.name: at}) for at in new}
        self.refused |= {at for at, one in sets.items() if refusal(self.state, one)}
        wanted = {at: one for at, one in sets.items() if at not in self.refused}
        measures = [self.budget.measure]
        found = evaluate(
            self.state.params, list(wanted.values()), self.market, self.spec, measures=measures
        )
        for at, one in zip(wanted, found, strict=True):
            self.seen[at] = one.figures[self.budget.measure.name]
            if self.progress:
                self.progress(min(len(self.seen) / self.looks, 1.0))

    def furthest(self, good: Callable[[Figure], bool]) -> int | None:
        """The furthest good value, refined until its neighbour is not good, or not legal."""
        while True:
            known = sorted({*self.seen, *self.refused}, reverse=self.sign > 0)
            place = next(
                (n for n, at in enumerate(known) if at in self.seen and good(self.seen[at])), None
            )
            if place is None:
                return None
            inside = known[place]
            if not place or abs(known[place - 1] - inside) == 1:
                return inside
            beyond = known[place - 1]
            self.look(_spread(min(inside, beyond), max(inside, beyond), BATCH + 2))


def _showing(wanted: Measure, spec: SimSpec) -> SimSpec:
    """The spec, with the module that a figure is of."""
    names = [name for name, some in OF_MODULES.items() if wanted in some]
    return SimSpec(**spec.model_dump() | {"modules": (*spec.modules, *names)})


def _spread(low: int, high: int, count: int) -> list[int]:
    """At most `count` different whole values at equal distances, both ends among them."""
    return sorted({low + (high - low) * place // (count - 1) for place in range(count)})

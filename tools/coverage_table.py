"""Measure how often the 95 % intervals hold the truth, print the table, and write docs/coverage.md.

    python tools/coverage_table.py           measure, print, write the page (minutes)
    python tools/coverage_table.py --check   measure, and compare the page with the committed one

Exit code 1 where an interval holds the truth too rarely or too often, or the page differs. The
samples are drawn in canonical arithmetic, so the figures are the same on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import exp, log, nan, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dpo_gov.canonical import Purpose, Stream, mean
from dpo_gov.canonical import exp as exps
from dpo_gov.market import Market, default_market
from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.risk import (
    MIN_PATHS,
    Estimator,
    Mean,
    Proportion,
    Quantile,
    RareMean,
    TailMean,
)
from dpo_gov.risk.control import controlled
from dpo_gov.simulate import SimSpec, simulate

PAGE = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
SIZES = (MIN_PATHS, 2_000, 20_000)
REPEATS = 2_000
ALLOWED = (0.93, 0.97)
FEW = 8
DAYS = 4
POPULATION = 100_003
"""A prime, so that any stride visits different paths."""
NORMAL = NormalDist()
Floats = NDArray[np.float64]


class Law(NamedTuple):
    """The law of one side: what its figures are in truth."""

    mean: float
    quantile: Callable[[float], float]
    """What is exceeded with a chance."""
    tail: Callable[[float], float]
    """The mean beyond that."""
    exceeds: Callable[[float], float]
    """The chance to exceed a limit."""


def normal(scale: float) -> Law:
    """Normal, without drift."""

    def quantile(rest: float) -> float:
        return scale * NORMAL.inv_cdf(1.0 - rest)

    def tail(rest: float) -> float:
        return scale * NORMAL.pdf(NORMAL.inv_cdf(1.0 - rest)) / rest

    return Law(0.0, quantile, tail, lambda limit: 1.0 - NORMAL.cdf(limit / scale))


def student4(scale: float) -> Law:
    """Student's t with four degrees of freedom: its distribution, and so all else, is algebraic."""

    def exceeds(limit: float) -> float:
        u = limit / scale / sqrt(4.0 + (limit / scale) ** 2)
        return 0.5 - 0.75 * (u - u * u * u / 3.0)

    def quantile(rest: float) -> float:
        low, high = -1e3, 1e3
        for _ in range(200):
            middle = (low + high) / 2.0
            low, high = (middle, high) if exceeds(middle) > rest else (low, middle)
        return low

    def tail(rest: float) -> float:
        square = 1.0 + (quantile(rest) / scale) ** 2 / 4.0
        density = 0.375 / (square * square * sqrt(square))
        return scale * density / rest * square * 4.0 / 3.0

    return Law(0.0, quantile, tail, exceeds)


def loss(share: float, drift: float, deviation: float) -> Law:
    """The loss of a share that is held in one lognormal asset, exp(drift + deviation z)."""
    growth = exp(drift + deviation * deviation / 2.0)

    def quantile(rest: float) -> float:
        return share * (1.0 - exp(drift - deviation * NORMAL.inv_cdf(1.0 - rest)))

    def tail(rest: float) -> float:
        z = NORMAL.inv_cdf(1.0 - rest)
        return share * (1.0 - growth * NORMAL.cdf(-z - deviation) / rest)

    def exceeds(limit: float) -> float:
        return NORMAL.cdf((log(1.0 - limit / share) - drift) / deviation)

    return Law(share * (1.0 - growth), quantile, tail, exceeds)


class Case(NamedTuple):
    """Two laws, and how both sides of a pair are drawn from the numbers of a repetition."""

    name: str
    words: str
    current: Law
    proposed: Law
    draw: Callable[[int, int], tuple[Floats, Floats]]


class Row(NamedTuple):
    """An estimator, and the truth that it estimates.

    `limit`: the chance at which the current side exceeds that of a proportion; 0 of others.
    `seen`: it gets what is above zero only. `rare`: it may hold the truth more often than 97 %.
    """

    name: str
    estimator: Estimator
    truth: Callable[[Law], float]
    limit: float = 0.0
    seen: bool = False
    rare: bool = False


def normals(seed: int, count: int, lane: int = 0) -> tuple[Floats, Floats]:
    """Two independent samples."""
    return Stream(seed, Purpose.DIFFUSION, lane).normals(np.arange(count), np.array(0))


def related(correlation: float, seed: int, count: int) -> tuple[Floats, Floats]:
    """Two samples with a correlation."""
    common, own = normals(seed, count)
    return common, correlation * common + sqrt(1.0 - correlation**2) * own


def brownian(volatility: float) -> Market:
    """An asset whose daily log returns are normal without drift, and one that stands still."""
    data = default_market().model_dump(mode="json")
    still, unit = {"probability": 0.0}, [[1.0, 0.0], [0.0, 1.0]]
    data |= {
        "assets": [{"symbol": name, "price": 1.0, "own_jump": still} for name in ("BTC", "STABLE")],
        "degrees": None,
        "regimes": [
            {
                "name": "only",
                "drift": [0.0, 0.0],
                "volatility": [volatility, 0.0],
                "correlation": unit,
            }
        ],
        "transition": [[1.0]],
        "common_jump": {"mean": [0.0] * 2, "deviation": [0.0] * 2, "correlation": unit},
        "gas": data["gas"] | {"median": [1.0]},
        "venue": data["venue"] | {"depth": [1e30, 1e30]},
    }
    return Market.model_validate(data)


BROWNIAN = brownian(0.2)


def simulated(seed: int, count: int) -> tuple[Floats, Floats]:
    """Losses of two vaults that never trade, with half and with 60 % in the asset."""
    losses = []
    for share in (5_000, 6_000):
        layout = StrategyLayout(
            name="pair", assets=("USDC", "WBTC"), weights=(10_000 - share, share)
        )
        values = ParamSet.defaults(layout)
        keys = [values.spec(name).key for name in ("driftThreshold", "rebalanceInterval")]
        idle = ParamSet(layout=layout, values=dict(values.values) | dict.fromkeys(keys, 10**9))
        spec = SimSpec(paths=count, seed=seed, horizon_days=DAYS, checkpoints=1)
        (outcomes,) = simulate(BROWNIAN, [idle], spec, engine="numpy")
        losses.append(1.0 - outcomes.final_nav)
    return losses[0], losses[1]


def _scaled(correlation: float, scale: float) -> Callable[[int, int], tuple[Floats, Floats]]:
    def draw(seed: int, count: int) -> tuple[Floats, Floats]:
        one, other = related(correlation, seed, count)
        return one, scale * other

    return draw


def _heavy(seed: int, count: int) -> tuple[Floats, Floats]:
    one, other = related(0.98, seed, count)
    stream = Stream(seed, Purpose.MIXING, 0)
    root = np.sqrt(4.0 / stream.chi_square(np.arange(count), np.array(0), 4))
    return one * root, 1.1 * other * root


def _vault(seed: int, count: int) -> tuple[Floats, Floats]:
    one, other = related(0.98, seed, count)
    return 1.0 - exps(-0.4 * one - 0.08), 1.0 - exps(-0.44 * other - 0.0968)


CASES = (
    Case(
        "normal",
        "normal, against one that is a tenth wider and follows it with correlation 0.98",
        normal(1.0),
        normal(1.1),
        _scaled(0.98, 1.1),
    ),
    Case(
        "close",
        "the same with 2 % and correlation 0.9999, as two thresholds on the same shocks have",
        normal(1.0),
        normal(1.02),
        _scaled(0.9999, 1.02),
    ),
    Case(
        "heavy",
        "Student's t with four degrees of freedom, a tenth wider, correlation 0.98",
        student4(1.0),
        student4(1.1),
        _heavy,
    ),
    Case(
        "vault",
        "the loss of a lognormal value after a year, volatility 0.4 against 0.44, correlation 0.98",
        loss(1.0, -0.08, 0.4),
        loss(1.0, -0.0968, 0.44),
        _vault,
    ),
    Case(
        "simulated",
        "vaults that the engine simulates, with 50 % and with 60 % in a Brownian asset, untouched",
        loss(0.5, 0.0, 0.2 * sqrt(DAYS)),
        loss(0.6, 0.0, 0.2 * sqrt(DAYS)),
        simulated,
    ),
)


def rare(chance: float) -> Law:
    """An amount that is zero but with a chance, and then lognormal."""

    def quantile(rest: float) -> float:
        hit = rest < chance * (1.0 - 1e-12)
        return 0.05 * exp(0.8 * NORMAL.inv_cdf(1.0 - rest / chance)) if hit else 0.0

    def exceeds(limit: float) -> float:
        return chance * (1.0 - NORMAL.cdf(log(limit / 0.05) / 0.8)) if limit > 0.0 else chance

    return Law(chance * 0.05 * exp(0.32), quantile, lambda _: nan, exceeds)


def _rare(chance: float) -> Callable[[int, int], tuple[Floats, Floats]]:
    """Amounts in the paths whose common number is small; else, below zero, how near it was."""

    def draw(seed: int, count: int) -> tuple[Floats, Floats]:
        (luck,) = Stream(seed, Purpose.LIQUIDATION, 0).uniforms(np.arange(count), np.array(0))[:1]
        sizes = [0.05 * exps(0.8 * x) for x in related(0.98, seed, count)]
        chances = (chance, 1.1 * chance)
        one, other = (np.where(luck < p, x, p - luck) for p, x in zip(chances, sizes, strict=True))
        return one, other

    return draw


@lru_cache(maxsize=1)
def population() -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Losses on the default market in a quarter, and the control of their means.

    The current side holds the usual weights, the proposed one more of the base asset.
    """
    losses, surprises = [], []
    layout = StrategyLayout(
        name="core", assets=("USDC", "WBTC", "WETH"), weights=(2_000, 3_500, 4_500)
    )
    current = ParamSet.defaults(layout)
    weights = {"targetWeight[USDC]": 2_500, "targetWeight[WETH]": 4_000}
    proposed = dict(current.values) | {current.spec(k).key: v for k, v in weights.items()}
    sets = [current, ParamSet(layout=layout, values=proposed)]
    spec = SimSpec(paths=POPULATION, horizon_days=90, checkpoints=1)
    for outcomes in simulate(default_market(), sets, spec):
        losses.append(1.0 - outcomes.final_nav)
        surprises.append(outcomes.surprise)
    return (losses[0], losses[1]), (surprises[0], surprises[1])


def _of_population(control: bool) -> Callable[[int, int], tuple[Floats, Floats]]:
    """Draws different paths of the population, which are independent in any order."""

    def draw(seed: int, count: int) -> tuple[Floats, Floats]:
        places = (seed * 7_919 + np.arange(count) * (2 * seed + 1)) % POPULATION
        losses, surprises = population()
        one, other = (
            controlled(loss[places], surprise[places]).sample if control else loss[places]
            for loss, surprise in zip(losses, surprises, strict=True)
        )
        return one, other

    return draw


def counted(sample: Floats) -> Law:
    """The law of drawing from a population."""
    ordered, count = np.sort(sample), len(sample)

    def quantile(rest: float) -> float:
        return float(ordered[count - 1 - int(rest * count)])

    def tail(rest: float) -> float:
        return mean(ordered[count - 1 - int(rest * count) :])

    def exceeds(limit: float) -> float:
        return float(np.count_nonzero(sample > limit)) / count

    return Law(mean(sample), quantile, tail, exceeds)


RARE = tuple(
    Case(f"{percent:g} %", "", rare(percent / 100), rare(1.1 * percent / 100), _rare(percent / 100))
    for percent in (0.2, 1.0, 4.5, 5.0, 8.0)
)
RARE_ROWS = (
    Row("RareMean", RareMean(), lambda law: law.mean, rare=True),
    Row("Quantile(95)", Quantile(95), lambda law: law.quantile(0.05), seen=True, rare=True),
)
ROWS = (
    Row("Mean", Mean(), lambda law: law.mean),
    Row("Proportion, 5 %", Proportion(), lambda law: law.exceeds(0.0), 0.05),
    Row("Proportion, 2 %", Proportion(), lambda law: law.exceeds(0.0), 0.02),
    Row("Quantile(50)", Quantile(50), lambda law: law.quantile(0.5)),
    Row("Quantile(95)", Quantile(95), lambda law: law.quantile(0.05)),
    Row("Quantile(99)", Quantile(99), lambda law: law.quantile(0.01)),
    Row("TailMean(95)", TailMean(95), lambda law: law.tail(0.05)),
    Row("TailMean(99)", TailMean(99), lambda law: law.tail(0.01)),
)
MARKET_ROWS = (*ROWS, Row("Mean, control variate", Mean(), lambda law: law.mean))


class Coverage(NamedTuple):
    """Share of the repetitions whose interval holds the truth, for a sample and for a pair.

    `differ`: on how many paths only one side is above the limit, in the mean.
    """

    one: float
    paired: float
    differ: float
    rare: bool = False

    @property
    def few(self) -> bool:
        """Whether so few paths differ that no interval of whole paths can be exact."""
        return 0.0 < self.differ < FEW

    @property
    def fine(self) -> tuple[bool, bool]:
        """Whether both are what they must be; too wide is no fault where few paths differ."""
        low, high = ALLOWED
        wide = 1.0 if self.rare else high
        return low <= self.one <= wide, low <= self.paired <= (1.0 if self.few else wide)

    @property
    def cells(self) -> tuple[str, str]:
        """Both as they are printed."""
        one, paired = (
            f"{share * 100:.1f}" + "+" * (self.rare and share > ALLOWED[1])
            for share in (self.one, self.paired)
        )
        return one, paired + "*" * self.few


def measure(
    case: Case, count: int, repeats: int, rows: Sequence[Row] = ROWS, first: int = 1
) -> list[Coverage]:
    """The coverage of each estimator on samples of `count` paths."""
    hits = np.zeros((len(rows), 3))
    truths = [_truths(case, row) for row in rows]
    for seed in range(first, first + repeats):
        drawn = case.draw(seed, count)
        for place, (row, (limit, truth, difference)) in enumerate(zip(rows, truths, strict=True)):
            estimator = Proportion(above=limit) if row.limit else row.estimator
            current, proposed = (np.maximum(one, 0.0) if row.seen else one for one in drawn)
            one = estimator.one(current)
            pair = estimator.combination((-1.0, 1.0), (current, proposed))
            hits[place, 0] += one.low <= truth <= one.high
            hits[place, 1] += pair.low <= difference <= pair.high
            if row.limit:
                hits[place, 2] += np.count_nonzero((current > limit) != (proposed > limit))
    return [
        Coverage(float(shares[0]), float(shares[1]), float(shares[2]), row.rare)
        for row, shares in zip(rows, hits / repeats, strict=True)
    ]


def of_market(count: int) -> dict[str, Coverage]:
    """Coverage on paths of the default market, by the name of the row."""
    losses, _ = population()
    found: list[Coverage] = []
    for control, rows in ((False, ROWS), (True, MARKET_ROWS[-1:])):
        case = Case("market", "", counted(losses[0]), counted(losses[1]), _of_population(control))
        found += measure(case, count, REPEATS, rows)
    return {row.name: one for row, one in zip(MARKET_ROWS, found, strict=True)}


def _truths(case: Case, row: Row) -> tuple[float, float, float]:
    if row.limit:
        limit = case.current.quantile(row.limit)
        return limit, row.limit, case.proposed.exceeds(limit) - row.limit
    truth = row.truth(case.current)
    return 0.0, truth, row.truth(case.proposed) - truth


RARE_INTRO = """\
## Rare amounts

An amount that is zero but in as many paths as the column says (the other side: in a tenth more of
them, from the same shocks), and then lognormal: what is liquidated, say. Its mean, and its 95 %
quantile, which is zero where 5 % of paths or fewer have any. Where few cases are seen, and where it
is open whether the quantile is zero, intervals are wide on purpose: a plus marks those that hold
the truth in more than 97 %, and 93 % or more is demanded.
"""
MARKET_INTRO = """\
## A law that no constant was chosen on

How much of a skewness bends the interval of a tail's mean was chosen on the first four laws above.
Here samples are drawn from {population:,} simulated paths of the default market, a quarter long,
whose own figures are the truth; the other side has 5 % of its weight moved from ether to the base
asset. In the last row the control variate is taken out of the losses.
"""
INTRO = """\
# Coverage of the intervals

An interval is called a 95 % interval because 95 of 100 such intervals hold the truth. Here that is
measured, on laws whose truth is a formula: {repeats:,} samples for each, and for each sample the
interval of every estimator of `dpo_gov.risk`, and that of the difference to a second sample that is
paired with it. In {repeats:,} repetitions chance alone moves a figure by 0.5 points (one standard
deviation); 93 to 97 % is demanded. With an asterisk, only one side is above the limit on fewer than
{few} paths: no interval of whole paths can be exact there, and 93 % or more is demanded. Written by
`make coverage-table`; a test repeats a part of it. Do not edit.
"""


Found = dict[tuple[str, int], list[Coverage]]


def page(found: Found, rare: Found, market: Found) -> str:
    """docs/coverage.md."""
    lines = [
        INTRO.format(repeats=REPEATS, few=FEW),
        *(f"- *{case.name}*: {case.words}" for case in CASES),
        "",
    ]
    for title, place in (("One sample", 0), ("A difference, paired by path", 1)):
        names = " | ".join(case.name for case in CASES)
        lines += [f"## {title}", "", f"| estimator | paths | {names} |"]
        lines += ["|---|--:|" + "--:|" * len(CASES)]
        for number, row in enumerate(ROWS):
            for count in SIZES:
                cells = [found[case.name, count][number].cells[place] for case in CASES]
                lines.append(f"| {row.name} | {count:,} | {' | '.join(cells)} |")
        lines.append("")
    names = " | ".join(case.name for case in RARE)
    lines += [RARE_INTRO, f"| estimator | paths | {names} |", "|---|--:|" + "--:|" * len(RARE)]
    for place, title in enumerate(("", ", paired")):
        for number, row in enumerate(RARE_ROWS):
            for count in SIZES:
                cells = [rare[case.name, count][number].cells[place] for case in RARE]
                lines.append(f"| {row.name}{title} | {count:,} | {' | '.join(cells)} |")
    lines += ["", MARKET_INTRO.format(population=POPULATION)]
    lines += ["| estimator | paths | one sample | paired |", "|---|--:|--:|--:|"]
    for row in MARKET_ROWS:
        for count in SIZES[:-1]:
            cells = list(market[row.name, count][0].cells)
            lines.append(f"| {row.name} | {count:,} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def outside(found: Found, rows: Sequence[Row]) -> Iterator[str]:
    """What holds the truth too rarely or too often."""
    for (case, count), coverages in found.items():
        for row, coverage in zip(rows, coverages, strict=False):
            for kind, share, fine in zip(
                ("one sample", "paired"), coverage, coverage.fine, strict=False
            ):
                if not fine:
                    yield f"{row.name}, {kind}, {case}, {count:,} paths: {share:.1%}"


def main() -> int:
    """Measure, print, write or compare."""
    found, rare, market = {}, {}, {}
    for case in CASES:
        for count in SIZES:
            found[case.name, count] = measure(case, count, REPEATS)
            print(f"{case.name}, {count:,} paths: done", file=sys.stderr)
    for case in RARE:
        for count in SIZES:
            rare[case.name, count] = measure(case, count, REPEATS, RARE_ROWS)
            print(f"rare, {case.name}, {count:,} paths: done", file=sys.stderr)
    for count in SIZES[:-1]:
        for name, coverage in of_market(count).items():
            market[name, count] = [coverage]
    text = page(found, rare, market)
    misses = [*outside(found, ROWS), *outside(rare, RARE_ROWS)]
    for row in MARKET_ROWS:
        misses += outside({key: some for key, some in market.items() if key[0] == row.name}, [row])
    print(text)
    if "--check" in sys.argv[1:]:
        misses += [] if PAGE.read_text() == text else [f"{PAGE.name} differs; run without --check"]
    else:
        PAGE.write_text(text)
    print("\n".join(misses), file=sys.stderr)
    return int(bool(misses))


if __name__ == "__main__":
    sys.exit(main())

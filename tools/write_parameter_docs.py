"""Write docs/parameters.md from the catalogue; with --check only say whether it is up to date."""

import sys
from collections.abc import Iterator
from pathlib import Path

from dpo_gov.params import Module, ParamSpec, StrategyLayout, catalogue
from dpo_gov.params.spec import RELATIVE_BASE

PAGE = Path(__file__).parent.parent / "docs" / "parameters.md"
LAYOUT = StrategyLayout(
    name="example",
    assets=("USDC", "WETH"),
    weights=(5_000, 5_000),
    collaterals=("WETH",),
    venues=("aave-v3",),
)
INTRO = """\
# Parameters

Every parameter that a strategy can have, with its limits. The page is made from
`dpo_gov/params/catalogue.py`, which the deployment lists in the registry; the example has the
assets USDC (base) and WETH, one collateral and one lending venue. *Step* binds the steward,
*jump* governance; both lie within the hard bounds. A step with ± is a share of the current value.
All steps together take the steward no further than one jump from what governance last set, unless
it reduces risk. *Riskier* is the direction in which the guardian may not move it. Governance may
narrow these limits at once and widen them after a week. Bounds, steps and cool-downs
follow what live protocols use: Sky's SP-BEAM, Aave's risk steward, Morpho's vaults, Euler's and
Yearn's allocators, Index Coop's leverage modules, Balancer, dHEDGE, Sommelier, Lyra, Derive and
GMX.
"""
COLUMNS = ["parameter", "bounds", "default", "step", "jump", "cool-down", "riskier", "obeyed by"]
TITLES = {
    Module.REBALANCING: "Rebalancing",
    Module.COLLATERAL: "Collateral",
    Module.HEDGING: "Hedging",
    Module.FEES: "Fees",
}


def page() -> str:
    """The whole page."""
    parts = [INTRO]
    for module, title in TITLES.items():
        parts += ["", f"## {title}", ""]
        parts += [
            "| parameter | bounds | default | step | jump | cool-down | riskier | obeyed by |"
        ]
        parts += ["|---|---|---|---|---|---|---|---|"]
        parts += [_row(spec) for spec in catalogue(LAYOUT) if spec.module is module]
        parts += ["", *_meanings(module)]
    return "\n".join(parts) + "\n"


def _row(spec: ParamSpec) -> str:
    bounds = f"{spec.show(spec.lower)} – {spec.show(spec.upper)}"
    cells = [f"`{spec.name}`", bounds, spec.show(spec.default), _change(spec, spec.step_up)]
    cells += [_change(spec, spec.jump), f"{spec.cooldown // 86_400} d", spec.risk.name.lower()]
    return f"| {' | '.join([*cells, spec.enforced_by or 'nobody yet'])} |"


def _change(spec: ParamSpec, size: int) -> str:
    if spec.relative:
        return f"± {100 * size / RELATIVE_BASE:g} %"
    return spec.show(size * 10**spec.scale)


def _meanings(module: Module) -> Iterator[str]:
    for spec in catalogue(LAYOUT):
        if spec.module is module:
            yield f"- `{spec.name}`: {spec.help}."


if __name__ == "__main__":
    if "--check" in sys.argv:
        if PAGE.read_text() != page():
            sys.exit(f"{PAGE.name} is out of date: run {Path(__file__).name}")
    else:
        PAGE.write_text(page())

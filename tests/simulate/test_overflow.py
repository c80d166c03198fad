"""A market whose values grow beyond all bounds is refused in words, never by warnings of numpy."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from dpo_gov.errors import InputError
from dpo_gov.market import Market, default_market
from dpo_gov.params import ParamSet
from dpo_gov.risk import figures, paired
from dpo_gov.simulate import SimSpec, simulate


@pytest.fixture
def drifting() -> Callable[[float], Market]:
    """The default market with another drift a day in both regimes."""

    def make(drift: float) -> Market:
        market = default_market(conditions=True)
        wild = (drift,) * len(market.assets)
        regimes = tuple(one.model_copy(update={"drift": wild}) for one in market.regimes)
        return market.model_copy(update={"regimes": regimes})

    return make


@pytest.mark.parametrize(
    ("drift", "modules"),
    [(5.0, ()), (-5.0, ()), (1.0, ()), (-1.7, ()), (5.0, ("collateral", "hedging"))],
)
def test_no_line_of_the_program_is_shown(
    drifting: Callable[[float], Market],
    current: ParamSet,
    proposed: ParamSet,
    drift: float,
    modules: tuple[str, ...],
) -> None:
    """Infinite, no number, or finite with squares that are not: without a warning, and where
    there are no figures, for a reason that a person can act on."""
    spec = SimSpec(paths=400, horizon_days=200, modules=modules, checkpoints=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before, after = simulate(drifting(drift), [current, proposed], spec, engine="numpy")
        try:
            found = [*figures(before).values(), *paired(before, after).values()]
        except InputError as error:
            if "finite" not in str(error):
                raise
            found = []
    assert all(np.isfinite((one.low, one.estimate, one.high)).all() for one in found)


def test_the_figure_and_its_paths_are_named(
    drifting: Callable[[float], Market], current: ParamSet
) -> None:
    """The first figure that cannot be made, how many paths spoil it, and where to look."""
    spec = SimSpec(paths=400, horizon_days=200, checkpoints=1)
    (outcomes,) = simulate(drifting(5.0), [current], spec, engine="numpy")
    with pytest.raises(
        InputError, match="^Mean return is not a finite number on 400 of 400 paths: .*drift"
    ):
        figures(outcomes)

"""The demo's strategy, and a change to it."""

from collections.abc import Callable

import pytest

from dpo_gov.params import Change, ParamSet, StrategyLayout


@pytest.fixture
def current(layout: StrategyLayout) -> ParamSet:
    """The demo strategy with the catalogue's defaults."""
    return ParamSet.defaults(layout)


@pytest.fixture
def with_values(current: ParamSet) -> Callable[..., ParamSet]:
    """Makes a set with other values; names in brackets are given as a mapping."""

    def make(values: dict[str, int] | None = None, **more: int) -> ParamSet:
        wanted = (values or {}) | more
        return current.apply(
            Change(key=current.spec(name).key, old=current.get(name), new=value)
            for name, value in wanted.items()
        )

    return make


@pytest.fixture
def proposed(with_values: Callable[..., ParamSet]) -> ParamSet:
    """More of the base asset, a wider threshold, a longer ramp."""
    return with_values(
        {"targetWeight[USDC]": 2_500, "targetWeight[WETH]": 4_000},
        driftThreshold=600,
        weightRamp=5 * 86_400,
    )

"""What all tests share: which folder belongs to whom, the demo's strategy, files of others."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from dpo_gov.params import Change, ParamSet, StrategyLayout

BESIDE = Path(__file__).resolve().parents[2] / "shared"
"""A folder beside the checkout, where files of others may lie that are no part of the project."""

# How fast a machine draws examples is no property of the program.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`ape test` runs tests/ape and nothing else; plain pytest runs all but that folder.

    Ape's fixtures exist only under `ape test`, and its plugin costs every run six seconds.
    """
    started_by_ape = "ape_test" in (config.invocation_params.plugins or ())
    below = collection_path.relative_to(Path(__file__).parent)
    if not below.parts:
        return None
    return (below.parts[0] == "ape") is not started_by_ape or None


@pytest.fixture(scope="session")
def layout() -> StrategyLayout:
    """The demo's strategy: three assets, two collaterals, two venues."""
    return StrategyLayout(
        name="core",
        assets=("USDC", "WBTC", "WETH"),
        weights=(2_000, 3_500, 4_500),
        collaterals=("WETH", "WBTC"),
        venues=("aave-v3", "morpho-blue"),
    )


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


@pytest.fixture(scope="session")
def series_file() -> Callable[[str], Path]:
    """A file of daily closes, from DPO_GOV_TEST_DATA."""
    return _finder("DPO_GOV_TEST_DATA", "data")


@pytest.fixture(scope="session")
def vector_file() -> Callable[[str], Path]:
    """A file of published test vectors, from DPO_GOV_TEST_VECTORS."""
    return _finder("DPO_GOV_TEST_VECTORS", "vectors")


def _finder(variable: str, folder: str) -> Callable[[str], Path]:
    """Finds a file by name; the test that asks for one that is absent is skipped, saying so."""

    def find(name: str) -> Path:
        path = Path(os.environ.get(variable, BESIDE / folder)) / name
        if not path.is_file():
            pytest.skip(
                f"{name} is no part of the project; {variable} names the folder that has it"
            )
        return path

    return find

"""The engine: the same bits however it is run."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from dpo_gov.errors import InputError, UnknownName
from dpo_gov.market import default_market
from dpo_gov.params import ParamSet, StrategyLayout
from dpo_gov.simulate import Outcomes, SimSpec, simulate

MARKET = default_market()
SMALL = SimSpec(paths=300, seed=7, horizon_days=90)
# Of `SMALL` for the sets of conftest.py; changes with ARITHMETIC, MODEL and the default market.
GOLDEN = [
    "a423c0ca26ca0cd8db3d1049ae9b2492b9f39a783addc0f313b90c71ade32e2e",
    "44e727737b37f9c89e7b337b0afe36550b785eb4f83b92caa810e02ab28ea999",
]


def same(one: Outcomes, other: Outcomes) -> bool:
    """Whether all arrays have the same bits."""
    pairs = zip(one.arrays(), other.arrays(), strict=True)
    return all(np.array_equal(array, twin) for (_, array), (_, twin) in pairs)


@pytest.mark.parametrize("block", [1, 37, 128, 300, 4_096])
def test_block_size_changes_nothing(current: ParamSet, proposed: ParamSet, block: int) -> None:
    """Every array is equal with ==, whatever the block."""
    spec = SimSpec(paths=300 if block > 1 else 12, seed=7, horizon_days=40)
    whole = simulate(MARKET, [current, proposed], spec)
    blocks = simulate(MARKET, [current, proposed], spec, block=block)
    assert all(same(one, other) for one, other in zip(whole, blocks, strict=True))


def test_a_set_does_not_depend_on_its_company(current: ParamSet, proposed: ParamSet) -> None:
    """A set's outcomes are the same alone, beside others, and in another order."""
    (alone,) = simulate(MARKET, [current], SMALL)
    first, second = simulate(MARKET, [current, proposed], SMALL)
    again = simulate(MARKET, [current, proposed, current], SMALL)
    assert same(alone, first)
    assert same(first, again[2])
    assert same(second, again[1])
    assert not same(first, second)


def test_more_paths_begin_with_the_same(current: ParamSet) -> None:
    """The first paths of a larger run are those of a smaller one."""
    (few,) = simulate(MARKET, [current], SMALL)
    (many,) = simulate(MARKET, [current], SMALL.model_copy(update={"paths": 500}))
    assert np.array_equal(few.final_nav, many.final_nav[:300])
    assert np.array_equal(few.checkpoints, many.checkpoints[:, :300])


def test_the_bits_are_these(current: ParamSet, proposed: ParamSet) -> None:
    """The hash of the outputs is the one that was written down: math, model and market stand."""
    outcomes = simulate(MARKET, [current, proposed], SMALL)
    assert [one.sha256() for one in outcomes] == GOLDEN


PROGRAM = """
import json, numpy
from dpo_gov.market import default_market
from dpo_gov.params import Change, ParamSet, StrategyLayout
from dpo_gov.simulate import SimSpec, simulate
import sys
sets = [ParamSet.model_validate_json(text) for text in sys.argv[1:3]]
core = numpy._core if hasattr(numpy, "_core") else numpy.core
simd = core._multiarray_umath
print(json.dumps({
    "active": [name for name in simd.__cpu_dispatch__ if simd.__cpu_features__[name]],
    "hashes": [
        one.sha256()
        for one in simulate(default_market(), sets, SimSpec(paths=300, seed=7, horizon_days=90))
    ],
}))
"""


def test_the_bits_do_not_depend_on_simd(current: ParamSet, proposed: ParamSet) -> None:
    """With numpy's SIMD dispatch off, as numpy itself tells, the hash is the same."""

    def run(without: Sequence[str]) -> dict[str, list[str]]:
        texts = [one.model_dump_json() for one in (current, proposed)]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *texts],
            env=os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(without)},
            capture_output=True,
            text=True,
            check=True,
        )
        told: dict[str, list[str]] = json.loads(done.stdout)
        return told

    with_simd = run([])
    without = run(with_simd["active"])
    assert without["active"] == []
    assert with_simd["hashes"] == without["hashes"] == GOLDEN


def test_the_hash_sees_every_array(current: ParamSet) -> None:
    """One changed bit in any array changes the hash."""
    spec = SimSpec(paths=3, horizon_days=9, modules=("hedging",))
    (outcomes,) = simulate(default_market(conditions=True), [current], spec)
    before = outcomes.sha256()
    for name, array in outcomes.arrays():
        kept = array.flat[-1]
        array.flat[-1] += 1
        assert outcomes.sha256() != before, name
        array.flat[-1] = kept
    assert outcomes.sha256() == before


def test_progress_rises_to_one(current: ParamSet) -> None:
    """Progress never falls, moves within a block, and ends at exactly 1."""
    shares: list[float] = []
    simulate(MARKET, [current], SMALL, progress=shares.append, block=128)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 100


def test_checkpoints(current: ParamSet) -> None:
    """Checkpoints begin at 1, end at the final value, and never are more than 27."""
    for days in (1, 5, 26, 27, 365):
        spec = SimSpec(paths=4, horizon_days=days)
        (outcomes,) = simulate(MARKET, [current], spec)
        assert outcomes.checkpoint_days[0] == 0
        assert outcomes.checkpoint_days[-1] == days
        assert len(set(outcomes.checkpoint_days)) == len(outcomes.checkpoint_days) <= 27
        assert outcomes.checkpoints.shape == (len(outcomes.checkpoint_days), 4)
        assert (outcomes.checkpoints[0] == 1.0).all()
        assert (outcomes.checkpoints[-1] == outcomes.final_nav).all()


def test_an_unknown_asset_is_refused() -> None:
    """A strategy with an asset that the market does not know is refused by name."""
    layout = StrategyLayout(name="other", assets=("USDC", "LINK"), weights=(5_000, 5_000))
    with pytest.raises(UnknownName, match="'LINK'"):
        simulate(MARKET, [ParamSet.defaults(layout)], SMALL)


def test_sets_of_two_strategies_are_refused(current: ParamSet) -> None:
    """Sets must share their assets, and there must be one."""
    layout = StrategyLayout(name="pair", assets=("USDC", "WETH"), weights=(5_000, 5_000))
    for sets in ([current, ParamSet.defaults(layout)], []):
        with pytest.raises(InputError, match="one strategy"):
            simulate(MARKET, sets, SMALL)

"""Where blocks run changes nothing (for Dask see `tests/same_hash`)."""

import pickle

import pytest

from dpo_gov.errors import InputError
from dpo_gov.market import default_market
from dpo_gov.params import ParamSet
from dpo_gov.simulate import (
    Executor,
    Outcomes,
    Processes,
    Run,
    SimSpec,
    Threads,
    engines,
    run_block,
    serial,
    simulate,
)

SPEC = SimSpec(paths=900, seed=11, horizon_days=45)


def hashes(sets: list[Outcomes]) -> list[str]:
    """The hash of each set."""
    return [one.sha256() for one in sets]


@pytest.mark.parametrize(
    "executor", [serial, Threads(2), Processes(2)], ids=["serial", "threads", "processes"]
)
def test_pools_change_nothing(current: ParamSet, proposed: ParamSet, executor: Executor) -> None:
    """Threads and processes give the hashes of one block in one thread."""
    sets = [current, proposed]
    whole = simulate(default_market(), sets, SPEC, engine="numpy")
    shares: list[float] = []
    parts = simulate(
        default_market(),
        sets,
        SPEC,
        engine="numpy",
        block=128,
        executor=executor,
        progress=shares.append,
    )
    assert hashes(parts) == hashes(whole)
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_a_block_is_pure_and_travels(current: ParamSet) -> None:
    """A run that was pickled gives the same block again, and is not changed by it."""
    run = Run(default_market(), (current,), SPEC)
    first = run_block(run, range(10, 50))
    again = run_block(pickle.loads(pickle.dumps(run)), range(10, 50))
    assert hashes(first) == hashes(again)


def test_only_outcomes_grow_with_paths(current: ParamSet) -> None:
    """Fewer checkpoints change no other array, and save their memory."""
    few = SPEC.model_copy(update={"checkpoints": 1})
    (one,) = simulate(default_market(), [current], SPEC)
    (other,) = simulate(default_market(), [current], few)
    assert other.checkpoint_days == (0, SPEC.horizon_days)
    assert other.checkpoints.shape == (2, SPEC.paths)
    assert (other.checkpoints[1] == one.checkpoints[-1]).all()
    assert (other.tracking_error == one.tracking_error).all()


def test_unknown_engines_are_refused(current: ParamSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name is refused, and so is numba where it is missing; auto takes numpy there."""
    with pytest.raises(InputError, match="'fortran'"):
        simulate(default_market(), [current], SPEC, engine="fortran")
    monkeypatch.setattr("dpo_gov.simulate.engine.find_spec", lambda name: None)
    assert engines() == ("numpy",)
    with pytest.raises(InputError, match=r"dpo-gov\[fast\]"):
        simulate(default_market(), [current], SPEC, engine="numba")
    large = SimSpec(paths=3_000, horizon_days=700, checkpoints=1)
    (outcomes,) = simulate(default_market(), [current], large)
    assert len(outcomes.final_nav) == 3_000

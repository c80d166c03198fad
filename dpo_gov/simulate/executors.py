"""Where blocks run: here, in threads, in processes, or on a Dask cluster.

A block depends on nothing but its paths, so the outcomes are the same bits everywhere, in any
order, and when a block has to run twice because a worker was lost.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor as Pool
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Protocol

from dpo_gov.simulate.block import Count, Run, run_block
from dpo_gov.simulate.outcomes import Outcomes

if TYPE_CHECKING:
    from distributed import Client

Done = Iterator[tuple[range, list[Outcomes]]]


class Executor(Protocol):
    """Runs blocks and gives their outcomes, in any order, as they are ready."""

    def __call__(self, run: Run, blocks: Sequence[range], progress: Count) -> Done:
        """Run all blocks."""


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def serial(run: Run, blocks: Sequence[range], progress: Count) -> Done:
    """One block after the other, in this thread."""
    for paths in blocks:
        yield paths, run_block(run, paths, progress)


@dataclass(frozen=True)
class Threads:
    """Threads of this process. The numba engine leaves the interpreter's lock to the others."""

    count: int

    def __call__(self, run: Run, blocks: Sequence[range], progress: Count) -> Done:
        """Run all blocks."""
        return _pooled(ThreadPoolExecutor(self.count), run, blocks, progress)


@dataclass(frozen=True)
class Processes:
    """Processes of this machine, started afresh, since a fork copies locks that others hold."""

    count: int

    def __call__(self, run: Run, blocks: Sequence[range], progress: Count) -> Done:
        """Run all blocks."""
        pool = ProcessPoolExecutor(self.count, mp_context=get_context("spawn"))
        return _pooled(pool, run, blocks, progress)


@dataclass(frozen=True)
class Dask:
    """The workers of a Dask cluster (extra `dask`). A lost worker's blocks run on another."""

    client: Client

    def __call__(self, run: Run, blocks: Sequence[range], progress: Count) -> Done:
        """Run all blocks."""
        from distributed import as_completed as ready

        # Without this, Dask would take a block of equal arguments for done.
        waiting: dict[Any, range] = {
            self.client.submit(run_block, run, paths, pure=False): paths for paths in blocks
        }
        for future in ready(list(waiting)):
            paths = waiting.pop(future)
            yield paths, future.result()
            progress(len(paths) * run.spec.horizon_days)


def _pooled(pool: Pool, run: Run, blocks: Sequence[range], progress: Count) -> Done:
    try:
        waiting: dict[Future[list[Outcomes]], range] = {
            pool.submit(run_block, run, paths): paths for paths in blocks
        }
        for future in as_completed(list(waiting)):
            # Forgotten at once: outcomes would otherwise be held twice, here and by the caller.
            paths = waiting.pop(future)
            yield paths, future.result()
            progress(len(paths) * run.spec.horizon_days)
    finally:
        pool.shutdown(cancel_futures=True)

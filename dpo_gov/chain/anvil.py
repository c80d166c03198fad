"""Anvil as the local chain, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dpo_gov.chain.embedded import GENESIS_TIME
from dpo_gov.chain.network import Chain
from dpo_gov.chain.server import LOOPBACK
from dpo_gov.chain.transport import HttpTransport
from dpo_gov.errors import ChainError

_START = 30.0
"""Seconds until it must answer."""


def find() -> str:
    """The program: of the project's node modules, or on the path. Raises ChainError."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        local = folder / "node_modules" / ".bin" / "anvil"
        if local.exists():
            return str(local)
    found = shutil.which("anvil")
    if found is None:
        raise ChainError(
            "anvil is not installed (neither in node_modules nor on the path); `npm ci` in the "
            "repository brings it, or leave --anvil out: the embedded chain needs nothing"
        )
    return found


@dataclass(frozen=True)
class Anvil:
    """A running anvil."""

    chain: Chain
    _process: subprocess.Popen[str]

    def wait(self) -> None:
        """Wait until it ends by itself, which it should not: raises ChainError then."""
        raise ChainError(f"anvil ended with status {self._process.wait()}")


@contextmanager
def running(port: int = 8545, *, timestamp: int = GENESIS_TIME) -> Iterator[Anvil]:
    """An anvil on this machine, which ends with the block. Raises ChainError."""
    command = [find(), "--host", LOOPBACK, "--port", str(port), "--timestamp", str(timestamp)]
    process = subprocess.Popen(  # noqa: S603 - a fixed program with our own arguments
        [*command, "--silent"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Anvil(_reached(process, port), process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _reached(process: subprocess.Popen[str], port: int) -> Chain:
    deadline = time.monotonic() + _START
    while True:
        if process.poll() is not None:
            said = (process.stderr.read() if process.stderr else "").strip().splitlines()
            raise ChainError(f"anvil ended at once: {said[-1] if said else 'it said nothing'}")
        try:
            return Chain(HttpTransport(f"http://{LOOPBACK}:{port}"))
        except ChainError:
            if time.monotonic() > deadline:
                raise ChainError(f"anvil did not answer within {_START:g} s") from None
            time.sleep(0.1)

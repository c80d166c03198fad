"""Tables on a terminal: what people copy or compare is never cut."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
import time
from io import StringIO

import pytest

from dpo_gov.cli import output

HASH = "0x" + "0123456789abcdef" * 4
PROGRAM = f"""
from dpo_gov.cli.output import Output, Table
rows = [("report hash", "{HASH}"), ("tracking error, a year", "-0.221 (-0.229 to -0.213)")]
Output().text(Table(("what", "value"), rows, title="A table"))
words = "the vault may rebalance once its drift is beyond the threshold, and not before " * 2
Output().text(Table(("parameter", "meaning"), [("driftThreshold", words)]))
"""


def shown(width: int) -> str:
    """What a terminal of a width receives."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(width), "TERM": "dumb"}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=theirs, env=environment):
        os.close(theirs)
        text = b""
        try:
            while part := os.read(ours, 65_536):
                text += part
        except OSError:  # Linux says so when the other end is closed
            pass
    os.close(ours)
    return text.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("width", [50, 80, 120])
def test_hashes_and_intervals_stay_whole(width: int) -> None:
    """Where a table does not fit, its lines are left to the terminal, which keeps them whole."""
    text = shown(width)
    assert HASH in text
    assert "-0.221 (-0.229 to -0.213)" in text


def test_texts_may_go_over_several_lines() -> None:
    """A sentence is folded within its column, where there is room for the others."""
    lines = shown(80).splitlines()
    place = next(n for n, line in enumerate(lines) if "driftThreshold" in line)
    assert max(map(len, lines[place:])) <= 80
    assert sum("threshold" in line for line in lines[place:]) >= 2


class Terminal(StringIO):
    """Stderr of a person."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_silent_work_is_named_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work without a share, such as compiling, shows its title; shares follow; nothing is left."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(output, "PATIENCE", 0.05)
    with output.Output().progress("simulating") as progress:
        deadline = time.monotonic() + 10.0
        while not terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert terminal.getvalue() == "\rsimulating …"
        progress(0.25)
    assert "simulating:  25 %" in terminal.getvalue()
    assert terminal.getvalue().endswith(" \r")
    assert not any(isinstance(one, threading.Timer) for one in threading.enumerate())

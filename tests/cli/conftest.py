"""A runner of commands whose stdout and stderr are apart in every click."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dpo_gov.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Runs `dpo-gov ARGUMENTS…`; `obj` is a Session, `input` what is typed."""
    apart = "mix_stderr" in inspect.signature(CliRunner).parameters  # click before 8.2
    options: dict[str, Any] = {"mix_stderr": False} if apart else {}
    runner = CliRunner(**options)

    def invoke(*arguments: object, obj: object = None, text: str | None = None) -> Result:
        return runner.invoke(main, [str(each) for each in arguments], obj=obj, input=text)

    return invoke

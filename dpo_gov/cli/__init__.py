"""The command line: `main` finds the noun, each noun lives in a file of its own.

A noun's module is imported when the noun is used, so that help and completion stay instant.
Exit codes: 0 done, 1 the answer is no, 2 the input is wrong, 3 the chain failed, 70 a defect of
this program, 130 interrupted, 141 the reader of the output went away.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dpo_gov import __version__
from dpo_gov.cli.output import visible
from dpo_gov.cli.suggesting import Suggesting
from dpo_gov.errors import DpoError

__all__ = ["NOUNS", "main"]

DEFECT, INTERRUPTED, READER_GONE = 70, 130, 141

NOUNS = {
    "demo": "The whole round trip on a chain in memory, in one command.",
    "proposal": "Draft a change, check it, write its text, calldata and report, decode it back.",
    "sim": "Simulate current against proposed parameters on the same shocks.",
    "params": "Show the parameters of a strategy, plan changes, and see where its vaults differ.",
    "gov": "Submit a proposal, vote, queue, execute; any OpenZeppelin Governor.",
    "steward": "Change parameters within step and cool-down.",
    "guardian": "Freeze a strategy, move it to less risk, go back to a version, cancel a proposal.",
    "apply": "Bring the committed version to every vault of a strategy.",
    "vault": "Weights, drift, value and version of vaults; deposit, redeem, rebalance.",
    "verify": "Prove that file, calldata, registry and vaults say the same.",
    "chain": "A local chain to play on, and the deployment.",
    "market": "The market model: fit it to price series, show it, compare it with data.",
}
"""Every noun with its short help; `dpo_gov.cli.<noun>` holds it under the name `command`."""


class _Failure(click.ClickException):
    """A message and the exit code of the program. `kind`: of the error, for programs."""

    def __init__(self, message: str, exit_code: int, kind: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.kind = kind
        self.rule = rule

    def as_json(self) -> str:
        """The failure on one line."""
        said = {"error": visible(self.message), "kind": self.kind, "exit_code": self.exit_code}
        return json.dumps(said | ({"rule": self.rule} if self.rule else {}), ensure_ascii=False)


@contextmanager
def _failures_for_programs(wanted: bool) -> Iterator[None]:
    """With --json a failure is one line of JSON on stderr; stdout has the result or nothing."""
    try:
        yield
    except click.ClickException as error:
        if not wanted:
            raise
        kind = type(error).__name__
        found = _Failure(error.format_message(), error.exit_code, kind)
        found = error if isinstance(error, _Failure) else found
        click.echo(found.as_json(), err=True)
        raise click.exceptions.Exit(found.exit_code) from error


@contextmanager
def _failures_as_messages(traceback: bool) -> Iterator[None]:
    """Turn every exception into one message and an exit code, also below another program."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except BrokenPipeError:
        # The interpreter flushes stdout once more when it ends, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(READER_GONE) from None
    except (KeyboardInterrupt, click.Abort):
        raise _Failure("interrupted", INTERRUPTED, "Interrupted") from None
    except DpoError as error:
        if traceback:
            raise
        rule = getattr(error, "rule", "") or getattr(error, "error", "")
        kind = type(error).__name__
        raise _Failure(visible(str(error)), error.exit_code, kind, rule) from error
    except Exception as error:
        if traceback:
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise _Failure(
            f"a defect of dpo-gov: {visible(what[:300])}\n"
            "Please report it with the output of the same command after "
            "`export DPO_GOV_TRACEBACK=1`.",
            DEFECT,
            "Defect",
        ) from error


class _Nouns(Suggesting):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(NOUNS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in NOUNS:
            return None
        command: click.Command = importlib.import_module(f"dpo_gov.cli.{cmd_name}").command
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(NOUNS.items()))

    def invoke(self, ctx: click.Context) -> object:
        traceback, as_json = bool(ctx.params.get("traceback")), "--json" in ctx.args
        with _failures_for_programs(as_json), _failures_as_messages(traceback):
            return super().invoke(ctx)


@click.group(cls=_Nouns, name="dpo-gov", context_settings={"max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "--traceback",
    is_flag=True,
    envvar="DPO_GOV_TRACEBACK",
    help="Show where an error comes from.",
)
def main(traceback: bool) -> None:
    """Parameter changes of on-chain portfolios: drafted, simulated, voted, applied, verified.

    What writes to a chain is a dry run until --send. Every command takes --json: its result goes to
    stdout, and an error is one line of JSON on stderr with error, kind, exit_code and the rule that
    refused, if one did.
    """

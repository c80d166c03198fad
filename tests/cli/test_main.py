"""The frame of the command line, tried with a probe noun that fails in every way."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import types
from collections.abc import Callable

import click
import pytest
from click.testing import Result

from dpo_gov import cli, errors
from dpo_gov.cli import NOUNS
from dpo_gov.cli.context import Context, offline
from dpo_gov.cli.output import Output, Table, bad, good, plain_table, to_json

Probe = Callable[..., Result]
Run = Callable[..., Result]


@pytest.fixture
def probe(run: Run, monkeypatch: pytest.MonkeyPatch) -> Probe:
    """Runs `dpo-gov probe`, which raises the exception that is given."""

    def fail(exception: BaseException | None, *flags: str) -> Result:
        @click.command()
        @offline
        def command(context: Context) -> None:
            if exception:
                raise exception
            context.out.show({"b": 1, "a": b"\x01"}, "for people")

        module = types.ModuleType("dpo_gov.cli.probe")
        module.command = command
        monkeypatch.setitem(sys.modules, "dpo_gov.cli.probe", module)
        monkeypatch.setitem(NOUNS, "probe", "Fails.")
        return run("probe", *flags)

    return fail


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        (errors.UnitError("no unit"), 2),
        (errors.UnknownName("no such name"), 2),
        (errors.ProposalError("no proposal"), 2),
        (errors.DataError("no data"), 2),
        (errors.RuleBroken("StepTooLarge", "too far"), 1),
        (errors.CheckFailed("they differ"), 1),
        (errors.CallRefused("would revert"), 1),
        (errors.ChainError("no answer"), 3),
        (ValueError("a bug\nof two lines"), 70),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
)
def test_every_failure_is_one_message_and_an_exit_code(
    probe: Probe, exception: BaseException, code: int
) -> None:
    """No kind of failure gives a traceback or prints to stdout."""
    result = probe(exception)
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) <= 2


@pytest.mark.parametrize(
    ("exception", "said"),
    [
        (errors.UnknownName("no “it”\nhere"), {"kind": "UnknownName", "exit_code": 2}),
        (
            errors.RuleBroken("StepTooLarge", "too far"),
            {"kind": "RuleBroken", "exit_code": 1, "rule": "StepTooLarge"},
        ),
        (
            errors.CallRefused("would revert", "Frozen"),
            {"kind": "CallRefused", "exit_code": 1, "rule": "Frozen"},
        ),
        (ValueError("a bug"), {"kind": "Defect", "exit_code": 70}),
        (click.UsageError("no \u202e such"), {"kind": "UsageError", "exit_code": 2}),
        (KeyboardInterrupt(), {"kind": "Interrupted", "exit_code": 130}),
    ],
)
def test_programs_get_failures_as_json(
    probe: Probe, exception: BaseException, said: dict[str, object]
) -> None:
    """With --json a failure is one line of JSON on stderr, with the kind and the rule."""
    result = probe(exception, "--json")
    assert (result.exit_code, result.stdout) == (said["exit_code"], "")
    (line,) = result.stderr.splitlines()
    found = json.loads(line)
    text = found.pop("error")
    assert found == said
    assert text in str(exception).replace("\u202e", "\ufffd") or said["exit_code"] in (70, 130)


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(run: Run) -> None:
    """A slip in a noun or in a command is answered with what was meant, nonsense is not."""
    assert "Did you mean 'proposal'?" in run("porposal").stderr
    assert "Did you mean 'render'?" in run("proposal", "rendr").stderr
    assert "Did you mean" not in run("xyz").stderr


def test_a_defect_names_the_way_to_its_traceback(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect says how to see where it comes from, and then it can be seen."""
    assert "DPO_GOV_TRACEBACK=1" in probe(ZeroDivisionError("by zero")).stderr
    monkeypatch.setenv("DPO_GOV_TRACEBACK", "1")
    assert isinstance(probe(ZeroDivisionError("by zero")).exception, ZeroDivisionError)


def test_usage_errors_end_with_2(run: Run, probe: Probe) -> None:
    """An unknown noun or option is bad input."""
    assert run("nothing").exit_code == 2
    assert run("--nothing").exit_code == 2
    assert probe(None, "--nothing").exit_code == 2


def test_json_and_text_go_to_those_who_want_them(probe: Probe) -> None:
    """Without --json people read text; with it, programs read JSON in the order it was given."""
    assert probe(None).stdout == "for people\n"
    assert json.loads(probe(None, "--json").stdout) == {"b": 1, "a": "0x01"}
    assert probe(None, "--json").stdout.index('"b"') < probe(None, "--json").stdout.index('"a"')


def test_help_lists_every_noun_without_importing_one() -> None:
    """`dpo-gov --help` names every noun, and loads neither a noun nor anything heavy."""
    heavy = ["web3", "numpy", "pydantic", "jinja2", "matplotlib", "rich", "yaml", "dpo_gov.params"]
    nouns = [f"dpo_gov.cli.{noun}" for noun in NOUNS]
    script = (
        "import sys\n"
        "from dpo_gov.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        f"print([name for name in {heavy + nouns} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout.rstrip().endswith("[]"), done.stdout
    assert all(f"\n  {noun} " in done.stdout for noun in NOUNS)


def test_a_reader_that_goes_away_gets_no_noise() -> None:
    """Output into a closed pipe ends quietly with 141, as other programs of a pipe do."""
    script = (
        "import sys, types, click\n"
        "from dpo_gov.cli import NOUNS, main\n"
        "module = types.ModuleType('dpo_gov.cli.probe')\n"
        "NOUNS['probe'] = 'Talks.'\n"
        "@click.command()\n"
        "def command():\n"
        "    for _ in range(100_000): click.echo('x' * 80)\n"
        "module.command = command\n"
        "sys.modules['dpo_gov.cli.probe'] = module\n"
        "main(['probe'])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout and program.stderr
        program.stdout.readline()
        program.stdout.close()
        noise = program.stderr.read()
    assert (program.returncode, noise) == (cli.READER_GONE, b"")


def test_piped_tables_are_plain_and_whole() -> None:
    """A table in a pipe has aligned columns, no colour, no frame, and is never cut."""
    table = Table(("name", "gas"), [("x" * 300, 7), (good("ok"), bad(1_000))], right={"gas"})
    lines = plain_table(table)
    assert lines[0] == "name".ljust(300) + "   gas"
    assert lines[1] == "x" * 300 + "     7"
    assert lines[2] == "ok".ljust(300) + "  1000"


def test_terminal_tables_keep_brackets_and_obey_no_color(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal, names with brackets stay whole, and NO_COLOR leaves no colour."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    table = Table(("name", "state"), [("targetWeight[USDC]", bad("differs"))])
    monkeypatch.delenv("NO_COLOR", raising=False)
    Output().show({}, table)
    coloured = capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    Output().show({}, table)
    plain = capsys.readouterr().out
    assert "targetWeight[USDC]" in plain
    assert "\x1b[1;31m" in coloured
    assert "31m" not in plain
    assert all(len(re.sub("\x1b.*?m", "", line)) <= 60 for line in plain.splitlines())


def test_json_refuses_what_it_cannot_say() -> None:
    """NaN and unknown types are errors, never invalid JSON."""
    with pytest.raises(ValueError, match="Out of range"):
        to_json({"x": float("nan")})
    with pytest.raises(TypeError):
        to_json({"x": object()})


HOSTILE = "x\x1b[2J\x1b]0;owned\x07\u202ekcab\x9b"


def test_messages_cannot_steer_the_terminal(probe: Probe) -> None:
    """Codes in an error, ours or a defect's, are shown as marks."""
    for exception in (errors.ChainError(HOSTILE), ValueError(HOSTILE)):
        shown = probe(exception).stderr
        assert "owned" in shown
        assert all(one.isprintable() or one == "\n" for one in shown)


def test_titles_cannot_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A title may come from a chain; on a terminal and in a pipe its codes are marks."""
    monkeypatch.setenv("NO_COLOR", "1")
    table = Table(("a",), [("x\n" + "y" * 70,)], title=HOSTILE + "\nfake")
    assert plain_table(table)[1:] == ["a", "x " + "y" * 70]
    assert plain_table(table)[0].isprintable()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    Output().show({}, table)
    shown = capsys.readouterr().out
    assert "owned" in shown
    assert not {"\x07", "\x9b", "\u202e"} & set(shown)
    assert "\x1b]" not in shown and "\x1b[2J" not in shown


def test_json_hides_nothing() -> None:
    """Control and bidi characters and lone surrogates are escaped; letters stay, values too."""
    data = {"title": HOSTILE + "\x7f\ud800 Zürich\nnext"}
    text = to_json(data)
    assert all(one.isprintable() or one == "\n" for one in text)
    assert "\\u202e" in text and "Zürich" in text
    assert json.loads(text) == data

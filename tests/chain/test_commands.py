from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dpo_gov.chain import Deployment, connect, load_deployment
from dpo_gov.chain.embedded import EmbeddedNode
from dpo_gov.chain.plan import DAY, SystemPlan
from dpo_gov.chain.server import ChainServer
from dpo_gov.cli import main
from dpo_gov.errors import InputError
from dpo_gov.settings import Settings


@pytest.fixture(autouse=True)
def _empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings come from the machine that runs the tests, no file goes into the repository."""
    for name in ("NETWORK", "DEPLOYMENT", "ACCOUNT", "CONFIG"):
        monkeypatch.delenv(f"DPO_GOV_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Result:
    """A command in this process."""
    return CliRunner().invoke(main, list(words))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`chain up --deploy` at a free port, and what it said."""
    # A shell's background jobs ignore Ctrl-C, and so would the child of a test run that is one.
    start = "from signal import *; signal(SIGINT, default_int_handler)"
    start += "; from dpo_gov.cli import main; main()"
    command = [sys.executable, "-c", start, "chain", "up"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--deploy", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "}\n")
    yield process, json.loads("".join(lines) + "}")
    process.kill()
    process.communicate()


@pytest.fixture
def served_in_process() -> Iterator[str]:
    """The embedded chain behind an address."""
    with ChainServer(EmbeddedNode(), 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.url
        server.shutdown()


def test_a_chain_is_served_until_it_is_stopped(
    served: tuple[subprocess.Popen[str], dict[str, Any]], tmp_path: Path
) -> None:
    """Up with a deployment; commands reach it; it travels; Ctrl-C ends it without a trace."""
    process, said = served
    chain = connect(said["url"])
    settings = Settings(deployment=str(tmp_path / "deployment.json"))
    assert load_deployment(settings, chain).contracts.registry == said["contracts"]["registry"]
    before = chain.now()
    moved = json.loads(run("chain", "travel", "2 d", "--network", said["url"], "--json").stdout)
    assert 0 <= moved["now"] - before - 2 * DAY < 60
    again = run("chain", "deploy", "--network", said["url"], "--deployment", "second.json")
    assert again.exit_code == 0, again.output
    assert Deployment.load("second.json").contracts.registry != said["contracts"]["registry"]
    other = tmp_path / "other.json"
    text = (tmp_path / "deployment.json").read_text()
    other.write_text(text.replace(f'"chain_id": {chain.chain_id}', '"chain_id": 1', 1))
    long = run("chain", "deploy", "--network", said["url"], "--deployment", "a" * 5_000)
    assert long.exit_code == 2 and "cannot be written: File name too long" in long.output
    kept = run("chain", "deploy", "--network", said["url"], "--deployment", str(other))
    assert (kept.exit_code, Deployment.load(other).chain_id) == (2, 1), "another chain's addresses"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert errors.strip().splitlines()[-1] == "stopped"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["deploy"], 2, "chain up"),
        (["deploy", "--network", "http://127.0.0.1:1"], 3, "cannot be reached"),
        (["deploy", "--network", "nowhere"], 2, "no network 'nowhere'"),
        (["up", "--port", "70000"], 2, "no port"),
        (["up", "--anvil", "--port", "0"], 2, "anvil cannot listen"),
        (["travel", "2 d", "--network", "http://127.0.0.1:1"], 3, "cannot be reached"),
        (["travel", "soon"], 2, "no value with a unit"),
        (["travel", "0 s"], 2, "does not go forward"),
        (["travel", "-1 d"], 2, ""),
    ],
)
def test_wrong_commands(words: list[str], code: int, message: str, tmp_path: Path) -> None:
    """Each mistake has its exit code and message, and no file is written."""
    result = run("chain", *words)
    assert (result.exit_code, list(tmp_path.iterdir())) == (code, [])
    assert message in result.output and "Traceback" not in result.output


def plan_of(people: list[str]) -> None:
    """Write a plan of the core: holder, steward, guardian, keeper."""
    holder, *roles = people
    names = zip(("steward", "guardian", "keeper"), roles, strict=True)
    lines = [f'{name} = "{address}"' for name, address in names]
    text = "\n".join(["[governance]", f'holder = "{holder}"', "[roles]", *lines])
    Path("plan.toml").write_text(text + "\n")


def test_a_plan_that_is_nested_too_deep_is_no_plan(tmp_path: Path) -> None:
    """Brackets without an end are bad input, not a fault of the program."""
    (tmp_path / "plan.toml").write_text("a=" + "[" * 20_000)
    with pytest.raises(InputError, match=r"plan\.toml is nested too deep"):
        SystemPlan.load(tmp_path / "plan.toml")


def test_a_plan_is_deployed_only_with_send(served_in_process: str) -> None:
    """Without --send nothing happens; with it the file is written, and is in the way then."""
    chain = connect(served_in_process)
    plan_of([chain.accounts[1], *chain.accounts[5:8]])
    words = ["chain", "deploy", "--network", served_in_process, "--plan", "plan.toml"]
    words += ["--account", "dev:0"]
    before = chain.block()
    result = run(*words)
    assert (result.exit_code, "nothing was sent" in result.output) == (0, True), result.output
    assert (chain.block(), Path("deployment.json").exists()) == (before, False)
    result = run(*words, "--send", "--json")
    assert result.exit_code == 0, result.output
    made = Deployment.load("deployment.json")
    assert json.loads(result.stdout)["contracts"] == made.contracts.model_dump()
    block = chain.block()
    result = run(*words, "--send")
    assert (result.exit_code, "exists already" in result.output) == (2, True)
    assert chain.block() == block


def test_a_deployment_that_breaks_off_says_what_is_left(served_in_process: str) -> None:
    """What was created before a failure is named, and no deployment file is written."""
    chain = connect(served_in_process)
    plan_of([chain.accounts[1], *chain.accounts[5:8]])
    text = Path("plan.toml").read_text().replace("[roles]", 'supply = "0 DPO"\n[roles]')
    text = text.replace("[roles]", 'proposal_threshold = "0 DPO"\nquorum_percent = 100\n[roles]')
    token = "0x" + "99" * 20
    text += (
        '[[strategies]]\nvaults = [{ name = "V", symbol = "V" }]\n'
        '[strategies.layout]\nname = "solo"\nassets = ["USDC"]\nweights = [10000]\n'
        f'[strategies.assets.USDC]\naddress = "{token}"\ndecimals = 6\n'
        f'feed.primary = "{token}"\nfeed.max_staleness = "1 d"\n'
        'feed.min_price = "0.9 USD"\nfeed.max_price = "1.1 USD"\n'
    )
    Path("plan.toml").write_text(text)
    words = ["--network", served_in_process, "--plan", "plan.toml", "--account", "dev:0", "--send"]
    result = run("chain", "deploy", *words)
    assert result.exit_code == 1, result.output
    assert result.output.count("left on the chain, without use") == 9
    assert not Path("deployment.json").exists()


def test_a_real_chain_needs_a_plan(node: Callable[..., str]) -> None:
    """Elsewhere than on a development chain nothing is deployed without a plan and --send."""

    def answer(request: dict[str, object]) -> bytes:
        assert request["method"] == "eth_chainId", "nothing else may be asked for"
        return json.dumps({"jsonrpc": "2.0", "id": 1, "result": "0x1"}).encode()

    url = node(answer)
    result = run("chain", "deploy", "--network", url)
    assert (result.exit_code, "--plan" in result.output) == (2, True)
    plan_of([f"0x{place:040x}" for place in range(1, 5)])
    result = run("chain", "deploy", "--network", url, "--plan", "plan.toml", "--account", "dev:0")
    assert (result.exit_code, "development chains only" in result.output) == (2, True)
    assert not Path("deployment.json").exists()

"""`dpo-gov params`: what the registry holds and allows, and where others differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dpo_gov.chain import DEMO_LAYOUTS
from dpo_gov.cli.context import Session
from dpo_gov.params import Module, catalogue

Run = Callable[..., Result]


@pytest.fixture
def shown(run: Run, session: Session) -> dict[str, dict[str, object]]:
    """What `params show --json` says, by parameter."""
    data = json.loads(run("params", "show", "core", "--json", obj=session).stdout)
    return {entry["name"]: entry for entry in data["parameters"]}


def test_show_lists_every_parameter_of_the_catalogue(shown: dict[str, dict[str, object]]) -> None:
    """No parameter is left out, and values are the catalogue's after deployment."""
    specs = {spec.name: spec for spec in catalogue(DEMO_LAYOUTS[0])}
    assert list(shown) == [spec.name for spec in catalogue(DEMO_LAYOUTS[0])]
    assert all(shown[name]["value"] == str(spec.default) for name, spec in specs.items())


def test_show_says_what_each_lane_may_set(shown: dict[str, dict[str, object]]) -> None:
    """Governance may jump, a steward in its cool-down only reduce risk, a guardian only reduce."""
    size = shown["maxTradeSize"]
    assert size["text"] == "15 %"
    assert size["governance"]["text"] == "3.75 … 25 %"
    assert size["steward"]["text"] == "7.5 … 15 %"
    assert size["guardian"]["text"] == "0.1 … 15 %"
    assert "cools down" in size["steward"]["reason"]
    assert size["enforced_by"] == "RebalancingVault"


def test_show_is_a_table_for_people(run: Run, session: Session) -> None:
    """People see units, bounds and who enforces it; the strategy may be left out."""
    result = run("params", "show", "--module", "rebalancing", obj=session)
    assert result.exit_code == 0
    line = next(one for one in result.stdout.splitlines() if one.startswith("driftThreshold"))
    assert "0.25 … 20 %" in line
    assert "RebalancingVault" in line
    assert "hedgeRatio" not in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [("show", "nothing"), ("show", "--module", "nothing"), ("diff", "nothing"), ("diff", "--x")],
)
def test_bad_input_ends_with_2(run: Run, session: Session, arguments: tuple[str, ...]) -> None:
    """An unknown strategy, module or option is bad input."""
    result = run("params", *arguments, obj=session)
    assert result.exit_code == 2
    assert result.stderr


def test_diff_says_when_all_agree(run: Run, session: Session) -> None:
    """After deployment registry and vaults hold the same."""
    result = run("params", "diff", obj=session)
    specs = catalogue(DEMO_LAYOUTS[0])
    held = sum(spec.module is Module.REBALANCING for spec in specs)
    rest = len(specs) - held
    assert f"the {held} that the vaults hold agree; {rest} are in the registry" in result.stdout
    data = json.loads(run("params", "diff", "--json", obj=session).stdout)
    assert (data["same"], data["held_by_vaults"]) == (True, held)
    every = run("params", "diff", "--all", obj=session).stdout
    assert "hedgeRatio" in every


def test_diff_lays_a_proposal_beside_registry_and_vaults(
    run: Run, session: Session, proposal: Path
) -> None:
    """Only what the proposal changes is shown, with the registry's value beside it."""
    result = run("params", "diff", "core", "--proposal", proposal, obj=session)
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [
        "targetWeight[USDC]",
        "targetWeight[WETH]",
        "maxSlippage",
    ]
    assert "20 %" in lines[1]
    assert "25 %" in lines[1]


def test_diff_names_the_place_of_a_bad_value(run: Run, session: Session, proposal: Path) -> None:
    """A proposal with a value that does not parse is named with file and line."""
    spec = proposal / "proposal.yaml"
    spec.write_text(spec.read_text().replace("to: 25 %", "to: 25 gwei"))
    result = run("params", "diff", "--proposal", proposal, obj=session)
    assert result.exit_code == 2
    assert "proposal.yaml:8" in result.stderr


def test_without_a_session_a_fresh_chain_is_made(run: Run) -> None:
    """On the embedded network a command works from nothing, and says that the chain goes away."""
    result = run("params", "show", "core", "--network", "embedded", "--json")
    assert json.loads(result.stdout)["version"] == 1
    assert "gone when this command ends" in result.stderr


def test_a_dead_node_is_a_failure_of_the_chain(run: Run) -> None:
    """A node that does not answer ends with 3 and one message."""
    result = run("params", "show", "--network", "http://127.0.0.1:9")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: ")


def test_an_unknown_network_is_bad_input(run: Run) -> None:
    """A network nobody knows ends with 2 and says which there are."""
    result = run("params", "show", "--network", "mainnet")
    assert result.exit_code == 2
    assert "embedded" in result.stderr

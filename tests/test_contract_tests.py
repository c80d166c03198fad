"""Every external function of the contracts has its test file: who may call it, what it does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "forge"
ABIS = json.loads((ROOT / "dpo_gov" / "artifacts" / "manifest.json").read_text())
CONTRACTS = ("OracleHub", "ParameterExecutor", "RebalancingVault", "StrategyRegistry")
# OpenZeppelin's own, which we inherit and do not change.
INHERITED = {
    *("grantRole", "renounceRole", "revokeRole", "hasRole", "getRoleAdmin", "supportsInterface"),
    *("DEFAULT_ADMIN_ROLE", "approve", "transfer", "transferFrom", "allowance", "balanceOf"),
    *("name", "symbol"),
}
# An error of access, or a test that says that anybody may call.
ACCESS = re.compile(
    r"NotGovernor|NotExecutor|OnlySelf|_expectNoRole|AccessControlUnauthorizedAccount"
    r"|InsufficientAllowance|NothingSetAside|function test\w*[aA]ny(one|body)"
)
# Something is looked at afterwards, or an event expected: not refusals alone.
EFFECT = re.compile(r"\bassert\w+\(|\b_assert\w+\(|expectEmit")
TEST = re.compile(r"^    function (test\w+)\(.*?^    }$", re.MULTILINE | re.DOTALL)


def functions(contract: str, *, views: bool) -> list[str]:
    """Names of the external functions of our own, from the ABI."""
    return sorted(
        {
            entry["name"]
            for entry in ABIS[contract]["abi"]
            if entry["type"] == "function"
            and (entry["stateMutability"] in ("view", "pure")) == views
            and entry["name"] not in INHERITED
            and not entry["name"].isupper()  # constants
        }
    )


def of_all(*, views: bool) -> list[tuple[str, str]]:
    """All of the contracts, as (contract, function)."""
    return [(name, each) for name in CONTRACTS for each in functions(name, views=views)]


def test_there_are_functions() -> None:
    """The ABIs were read: a check of nothing would pass."""
    assert "applyAll" in functions("ParameterExecutor", views=False)
    assert "snapshot" in functions("StrategyRegistry", views=True)
    assert len(of_all(views=False)) >= 30


@pytest.mark.parametrize(("contract", "function"), of_all(views=False))
def test_a_function_has_its_file(contract: str, function: str) -> None:
    """tests/forge/<contract>/<function>.t.sol says who may call it, and what it does."""
    file = TESTS / contract / f"{function}.t.sol"
    assert file.is_file(), f"write {file.relative_to(ROOT)}"
    tests = [match.group(0) for match in TEST.finditer(file.read_text())]
    assert any(ACCESS.search(test) for test in tests), "no test of who may call it"
    assert any(EFFECT.search(test) for test in tests), "no test of what it does"


@pytest.mark.parametrize(("contract", "function"), of_all(views=True))
def test_a_view_is_asked(contract: str, function: str) -> None:
    """A test of the contract asks each view."""
    suite = "".join(path.read_text() for path in sorted((TESTS / contract).glob("*.sol")))
    assert re.search(rf"\.{function}\b", suite), f"no test in {contract}/ asks {function}"

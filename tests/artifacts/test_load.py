"""The loader of the compiled contracts."""

import json
import re
from importlib.resources import files

import pytest

from dpo_gov.artifacts import load, names
from dpo_gov.errors import UnknownName


@pytest.mark.parametrize("name", names())
def test_every_contract_can_be_deployed(name: str) -> None:
    """Each artifact has an ABI and linked creation bytecode."""
    artifact = load(name)
    assert artifact.name == name
    assert artifact.abi
    assert re.fullmatch("0x([0-9a-f]{2})+", artifact.bytecode)


@pytest.mark.parametrize("name", names())
def test_every_contract_fits(name: str) -> None:
    """No contract is larger than a chain deploys (EIP-170; creation code is larger still)."""
    assert len(load(name).bytecode) // 2 - 1 <= 2 * 24_576


def test_an_unknown_contract_is_refused_with_the_names_there_are() -> None:
    """The message for a wrong name lists the right ones."""
    with pytest.raises(UnknownName, match=r"no contract 'Registry'.*StrategyRegistry"):
        load("Registry")


def test_the_manifest_is_pruned() -> None:
    """No sources, source maps, metadata or paths are shipped."""
    text = files("dpo_gov.artifacts").joinpath("manifest.json").read_text()
    assert set().union(*json.loads(text).values()) == {"abi", "bytecode", "natspec"}
    assert not re.search(r"pragma solidity|\.sol\b|sourceMap|/home/|/root/", text)

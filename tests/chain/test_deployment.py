from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dpo_gov.chain import Deployment
from dpo_gov.errors import InputError, UnknownName


def test_a_file_gives_back_what_was_saved(system: Any, tmp_path: Path) -> None:
    """Saving and loading is the identity, and the file is readable by others."""
    file = tmp_path / "deployment.json"
    system.deployment.save(file)
    assert Deployment.load(file) == system.deployment
    assert [one.name for one in tmp_path.iterdir()] == ["deployment.json"]
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_file_that_cannot_be_written(system: Any, tmp_path: Path) -> None:
    """Where nothing can be written, a message says so and nothing is left."""
    with pytest.raises(InputError, match="cannot be written"):
        system.deployment.save(tmp_path / "missing" / "deployment.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        system.deployment.save(tmp_path / "folder")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


def broken(system: Any, **changes: Any) -> bytes:
    """The deployment's file with some fields replaced; `a__b` is b inside a."""
    content = json.loads(system.deployment.model_dump_json())
    for name, value in changes.items():
        *path, last = name.split("__")
        place = content
        for step in path:
            place = place[step]
        place[last] = value
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 2}, "version"),
        ({"chain_id": 0}, "chain_id"),
        ({"chain_id": "one"}, "chain_id"),
        ({"extra": 1}, "extra"),
        ({"contracts__registry": "0x12"}, r"contracts\.registry.*40 hex digits"),
        ({"contracts__registry": 5}, r"contracts\.registry"),
        (
            {"contracts__hub": "0xf39fd6e51aad88F6F4ce6aB8827279cffFb92266"},
            r"contracts\.hub.*checksum",
        ),
        ({"strategies": [{}]}, r"strategies\.0"),
        ({"strategies": None}, "strategies"),
    ],
)
def test_broken_files_name_the_place(
    system: Any, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    """A deployment file that is wrong somewhere says where and what is allowed."""
    file = tmp_path / "d.json"
    file.write_bytes(broken(system, **changes))
    with pytest.raises(InputError, match=message) as failed:
        Deployment.load(file)
    assert "d.json" in str(failed.value) and "\n" not in str(failed.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 10**5, b" " * (1 << 21)])
def test_files_that_are_no_deployment(tmp_path: Path, content: bytes) -> None:
    """Whatever else is in the file, the message is about the file."""
    (tmp_path / "d.json").write_bytes(content)
    with pytest.raises(InputError, match=r"d\.json"):
        Deployment.load(tmp_path / "d.json")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """Without a file the message names the command that writes it."""
    with pytest.raises(InputError, match="chain deploy"):
        Deployment.load(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        Deployment.load(tmp_path)


def test_strategies_and_vaults_by_name(system: Any) -> None:
    """Unknown strategies and vaults are named, with the known ones."""
    core = system.deployment.strategy("core")
    assert system.deployment.strategy_of(core.vaults[1].lower()) == core
    with pytest.raises(UnknownName, match="it has: core"):
        system.deployment.strategy("cor")
    with pytest.raises(UnknownName, match=core.vaults[0]):
        system.deployment.strategy_of("0x" + "11" * 20)

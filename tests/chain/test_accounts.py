from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account as Signer

from dpo_gov.chain import Account, connect
from dpo_gov.chain.network import Chain
from dpo_gov.errors import ChainError, InputError, UnknownName

PASSWORD = "correct horse"
KEY = "0x" + "4c" * 32


class RealChain:
    """A chain that is no development chain, as far as accounts look at it."""

    name, chain_id, is_dev = "https://node.example", 1, False
    accounts: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A keystore file of version 3, with few iterations to be quick."""
    path = tmp_path_factory.mktemp("keys") / "me.json"
    path.write_text(json.dumps(Signer.encrypt(KEY, PASSWORD, kdf="pbkdf2", iterations=2)))
    return path


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is taken from the machine that runs the tests."""
    for name in ("PASSWORD_FILE", "PASSWORD_ENV", "CONFIG"):
        monkeypatch.delenv(f"DPO_GOV_{name}", raising=False)
    monkeypatch.setenv("APE_DATA_FOLDER", str(tmp_path / "ape"))
    monkeypatch.chdir(tmp_path)


def load(name: object, password: str = PASSWORD) -> Account:
    """Load a keystore with a known password."""
    return Account.load(str(name), RealChain(), password=lambda _: password)


def test_dev_accounts(system: Any) -> None:
    """dev:N is the N-th account that the node itself signs for."""
    chain: Chain = system.chain
    assert [Account.load(f"dev:{n}", chain).address for n in range(10)] == list(chain.accounts)
    with pytest.raises(UnknownName, match="dev:0 to dev:9"):
        Account.load("dev:10", chain)


def test_dev_accounts_are_for_development_chains() -> None:
    """On a real chain dev:0 would be an account whose key everybody knows."""
    with pytest.raises(InputError, match="development chains only"):
        Account.load("dev:0", RealChain())


def test_a_keystore_signs(keystore: Path) -> None:
    """The account of a keystore signs for the address that the file names."""
    account = load(keystore)
    fields = {"to": "0x" + "11" * 20, "value": 1, "gas": 21_000, "nonce": 0, "chainId": 1}
    raw = account.sign(fields | {"maxFeePerGas": 2, "maxPriorityFeePerGas": 1})
    assert Signer.recover_transaction(raw) == account.address == Signer.from_key(KEY).address


def test_nothing_shows_the_key(keystore: Path) -> None:
    """Neither the account's text form nor its fields show the key."""
    shown = repr(load(keystore)) + str(vars(load(keystore)))
    assert KEY[2:] not in shown and PASSWORD not in shown


def test_an_alias_of_ape(keystore: Path, tmp_path: Path) -> None:
    """The alias of an Ape account finds its keystore."""
    folder = tmp_path / "ape" / "accounts"
    folder.mkdir(parents=True)
    (folder / "treasury.json").write_bytes(keystore.read_bytes())
    assert load("treasury").address == load(keystore).address
    with pytest.raises(UnknownName, match="it has: treasury"):
        load("tresury")


@pytest.mark.parametrize(
    "name",
    ["", "nobody", "../../etc/passwd", "dev:x", "dev:-1", "a/b", "~", "~none/x", "a" * 5_000],
)
def test_unknown_accounts(name: str) -> None:
    """A name that is no account says what may be given."""
    with pytest.raises(UnknownName, match="no such file"):
        load(name)


def test_a_wrong_password(keystore: Path) -> None:
    """A wrong password is said without repeating it."""
    with pytest.raises(InputError, match="password is wrong") as failed:
        load(keystore, "hunter2")
    assert "hunter2" not in str(failed.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"crypto": 5}',
        b'{"crypto": {}, "version": 3}',
        b'{"crypto": {"cipher": "x"}, "version": 9}',
        b'{"crypto": {' + b" " * 70_000 + b"}}",
        b"[" * 60_000,
    ],
    ids=lambda raw: raw[:20].decode("latin1"),
)
def test_files_that_are_no_keystore(tmp_path: Path, content: bytes) -> None:
    """A file that is no keystore is a wrong input that names it."""
    (tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.json"):
        load(tmp_path / "bad.json")


def test_a_keystore_that_names_another_address(keystore: Path, tmp_path: Path) -> None:
    """A file whose address is not that of its key is refused: somebody edited it."""
    content = json.loads(keystore.read_bytes()) | {"address": "11" * 20}
    (tmp_path / "bad.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match="holds the key of"):
        load(tmp_path / "bad.json")
    (tmp_path / "bad.json").write_text(json.dumps(content | {"address": "me"}))
    with pytest.raises(InputError):
        load(tmp_path / "bad.json")


def test_the_password_comes_from_the_settings(
    keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DPO_GOV_PASSWORD_FILE answers instead of the terminal."""
    (tmp_path / "secret").write_text(PASSWORD + "\n")
    monkeypatch.setenv("DPO_GOV_PASSWORD_FILE", str(tmp_path / "secret"))
    assert Account.load(str(keystore), RealChain()).address


def test_without_a_terminal_nothing_waits(keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can be asked, the message says how to give the password."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(InputError, match="DPO_GOV_PASSWORD_FILE"):
        Account.load(str(keystore), RealChain())


def test_an_account_of_another_node(system: Any) -> None:
    """An account that the node signed for elsewhere is no account here."""
    stranger = Account("0x" + "11" * 20, unlocked=True)
    with pytest.raises(ChainError, match="no account of embedded"):
        stranger.check(connect("embedded"))

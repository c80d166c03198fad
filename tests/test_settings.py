from __future__ import annotations

from pathlib import Path

import pytest

from dpo_gov import settings
from dpo_gov.errors import InputError


@pytest.fixture(autouse=True)
def _empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings come from the machine that runs the tests."""
    for name in (*settings.NAMES, "config"):
        monkeypatch.delenv(f"DPO_GOV_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults() -> None:
    """With nothing given, the embedded chain."""
    assert settings.load() == settings.Settings(network="embedded", deployment="deployment.json")


def test_precedence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command line wins over the environment, that over the file, that over the default."""
    (tmp_path / "dpo-gov.toml").write_text('network = "file"\naccount = "file"\n')
    assert settings.load().network == "file"
    monkeypatch.setenv("DPO_GOV_NETWORK", "environment")
    assert settings.load().network == "environment"
    assert settings.load(network="flag", account=None) == settings.Settings(
        network="flag", account="file"
    )


def test_the_environment_may_name_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """DPO_GOV_CONFIG names another file, and paths in it are relative to it."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "my.toml").write_text('deployment = "d.json"\npassword_file = "/p"\n')
    monkeypatch.setenv("DPO_GOV_CONFIG", "there/my.toml")
    assert settings.load().deployment == "there/d.json"
    assert settings.load().password_file == "/p"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"network = ", "no TOML"),
        (b"\xff\xfe", "no TOML"),
        (b'netwrok = "anvil"', "no setting 'netwrok'.*network"),
        (b"network = 5", "write it as text in quotes"),
        (b'[network]\nname = "x"', "write it as text"),
        (b"# " + b"x" * 70_000, "larger"),
        pytest.param(b"a=" + b"[" * 20_000, "nested too deep", id="nested"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, message: str) -> None:
    """A settings file that is none is a wrong input that names the file."""
    (tmp_path / "dpo-gov.toml").write_bytes(content)
    with pytest.raises(InputError, match=message) as failed:
        settings.load()
    assert "dpo-gov.toml" in str(failed.value)


def test_a_named_file_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that DPO_GOV_CONFIG names and that is missing is not passed over."""
    monkeypatch.setenv("DPO_GOV_CONFIG", "missing.toml")
    with pytest.raises(InputError, match=r"missing\.toml"):
        settings.load()


def test_unknown_settings() -> None:
    """A flag that is no setting is a wrong input."""
    with pytest.raises(InputError, match="no setting colour"):
        settings.load(colour="red")


def test_passwords(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A password comes from a file without its last line end, or from a named variable."""
    assert settings.Settings().password() is None
    (tmp_path / "p").write_text("pass word \n")
    assert settings.Settings(password_file="p").password() == "pass word "
    monkeypatch.setenv("SECRET", "s")
    assert settings.Settings(password_env="SECRET").password() == "s"


def test_passwords_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password that is not where the settings say is a wrong input."""
    monkeypatch.delenv("SECRET", raising=False)
    with pytest.raises(InputError, match="password file"):
        settings.Settings(password_file="missing").password()
    with pytest.raises(InputError, match="no SECRET"):
        settings.Settings(password_env="SECRET").password()

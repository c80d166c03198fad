"""Settings: the only reader of the environment and of `dpo-gov.toml`.

A value is taken from the first that has it: the command line, the environment (`DPO_GOV_NETWORK`),
the file (`network = "anvil"`), the default. The file is `dpo-gov.toml` in the current folder, or
what `DPO_GOV_CONFIG` names; paths in it are relative to it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from dpo_gov.errors import InputError

PREFIX = "DPO_GOV_"
FILE = "dpo-gov.toml"
_MAX_FILE = 64 * 1024
_PATHS = ("deployment", "password_file")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command falls back to.

    `network`: embedded, anvil, or the address of a node. `deployment`: the file with the addresses.
    `account`: `dev:N`, a keystore file or an alias of an Ape account. The password of a keystore is
    read from `password_file` (`/dev/fd/3` for a file descriptor) or from the environment variable
    that `password_env` names; with neither, the terminal asks.
    """

    network: str = "embedded"
    deployment: str = "deployment.json"
    account: str = ""
    password_file: str = ""
    password_env: str = ""

    def password(self) -> str | None:
        """The password of a keystore, or None where nothing names one. Raises InputError."""
        if self.password_file:
            try:
                return Path(self.password_file).read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                why = getattr(error, "strerror", None) or "not UTF-8"
                raise InputError(
                    f"the password file {self.password_file} cannot be read ({why}); "
                    "see DPO_GOV_PASSWORD_FILE"
                ) from None
        if self.password_env:
            if self.password_env not in os.environ:
                raise InputError(
                    f"the environment has no {self.password_env}, which password_env names; "
                    "set it, or remove password_env to be asked"
                )
            return os.environ[self.password_env]
        return None


NAMES = tuple(field.name for field in fields(Settings))


def load(**given: str | None) -> Settings:
    """The settings under what the command line gives; None means not given. Raises InputError."""
    unknown = set(given) - set(NAMES)
    if unknown:
        raise InputError(f"no setting {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    environment = {
        name: os.environ[PREFIX + name.upper()]
        for name in NAMES
        if os.environ.get(PREFIX + name.upper())
    }
    named = {name: str(value) for name, value in given.items() if value is not None}
    return Settings(**{**_from_file(), **environment, **named})


def _from_file() -> dict[str, str]:
    named = os.environ.get(PREFIX + "CONFIG")
    path = Path(named or FILE)
    if not named and not path.is_file():
        return {}
    try:
        raw = path.read_bytes()
        if len(raw) > _MAX_FILE:
            raise InputError(f"{path} is larger than {_MAX_FILE >> 10} KiB; it is no settings file")
        found = tomllib.loads(raw.decode())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} is no TOML: {error}") from None
    except RecursionError:
        raise InputError(f"{path} is nested too deep; it is no settings file") from None
    return _checked(path, found)


def _checked(path: Path, found: Mapping[str, object]) -> dict[str, str]:
    settings = {}
    for name, value in found.items():
        if name not in NAMES:
            raise InputError(f"{path}: no setting {name!r}; there are: {', '.join(NAMES)}")
        if not isinstance(value, str):
            raise InputError(f"{path}: {name} is {value!r}; write it as text in quotes")
        settings[name] = str(path.parent / value) if name in _PATHS and value else value
    return settings


def ape_folder() -> Path:
    """Where Ape keeps its data, accounts among them."""
    return Path(os.environ.get("APE_DATA_FOLDER") or Path.home() / ".ape")

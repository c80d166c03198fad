"""Accounts that sign: keystore files, Ape's accounts, and the ten of a development chain.

A password comes from the terminal, or from where the settings say; never from a flag, and it is
never shown or kept.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dpo_gov import settings
from dpo_gov.chain.network import DEV_COUNT
from dpo_gov.errors import ChainError, InputError, UnknownName
from dpo_gov.files import is_there

if TYPE_CHECKING:
    from dpo_gov.chain.network import Chain

_DEV = re.compile(r"dev:(\d+)")
_MAX_KEYSTORE = 64 * 1024
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, OverflowError, NotImplementedError)
"""What a keystore that is none may raise inside the library that opens it."""


@dataclass(frozen=True)
class Account:
    """An account: its address, and a way to sign unless the node does that (`unlocked`)."""

    address: str
    unlocked: bool = False
    _signer: Callable[[Mapping[str, Any]], bytes] | None = field(default=None, repr=False)

    @classmethod
    def load(
        cls, name: str, chain: Chain, *, password: Callable[[str], str] | None = None
    ) -> Account:
        """`dev:3` on a development chain, the path of a keystore file, or an alias of Ape.

        `password` is asked with the file's name; by default the settings or the terminal answer.
        Raises UnknownName, InputError (a broken keystore, a wrong password).
        """
        match = _DEV.fullmatch(name)
        if match:
            return cls._dev(int(match.group(1)), chain)
        return cls._keystore(_find(name), password or _ask)

    @classmethod
    def _dev(cls, number: int, chain: Chain) -> Account:
        if not chain.is_dev:
            raise InputError(
                f"dev:{number} exists on development chains only, and {chain.name} is chain "
                f"{chain.chain_id}; give a keystore file or an alias of an Ape account"
            )
        known = chain.accounts[:DEV_COUNT]
        if number >= len(known):
            raise UnknownName(f"no account dev:{number}; there are dev:0 to dev:{len(known) - 1}")
        return cls(known[number], unlocked=True)

    @classmethod
    def _keystore(cls, path: Path, password: Callable[[str], str]) -> Account:
        from eth_account import Account as Signer

        content = _read(path)
        try:
            key = Signer.decrypt(content, password(str(path)))
        except _BROKEN as error:
            what = "the password is wrong" if "MAC" in str(error) else "it is no keystore of V3"
            raise InputError(f"{path} cannot be opened: {what}") from None
        signer = Signer.from_key(key)
        named = content.get("address")
        if (
            isinstance(named, str)
            and named.lower().removeprefix("0x") != signer.address[2:].lower()
        ):
            raise InputError(f"{path} holds the key of {signer.address}, not of {named} as it says")

        def sign(fields: Mapping[str, Any]) -> bytes:
            return bytes(signer.sign_transaction(dict(fields)).raw_transaction)

        return cls(signer.address, _signer=sign)

    def check(self, chain: Chain) -> None:
        """Raise ChainError where this account cannot act on that chain."""
        if self.unlocked and self.address not in chain.accounts:
            raise ChainError(f"{self.address} is no account of {chain.name}")

    def sign(self, fields: Mapping[str, Any]) -> bytes:
        """The signed transaction, ready to send."""
        if self._signer is None:
            raise ChainError(f"the key of {self.address} is with the node")
        return self._signer(fields)


def dev(chain: Chain, number: int) -> Account:
    """One of the accounts of a development chain."""
    return Account.load(f"dev:{number}", chain)


def _find(name: str) -> Path:
    path = Path(os.path.expanduser(name))  # noqa: PTH111 - Path's raises where a user is unknown
    if is_there(path) and path.is_file():
        return path
    aliases = settings.ape_folder() / "accounts"
    alias = aliases / f"{name}.json"
    if re.fullmatch(r"[\w.-]+", name) and is_there(alias) and alias.is_file():
        return alias
    there = ", ".join(sorted(one.stem for one in aliases.glob("*.json"))) or "none"
    raise UnknownName(
        f"no account {name!r}: no such file, and no such alias of Ape (it has: {there}); "
        "on a development chain use dev:0 to dev:9"
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_KEYSTORE:
            raise InputError(f"{path} is too large for a keystore file")
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path} is no keystore: it is no JSON") from None
    if not isinstance(content, dict) or not {"crypto", "Crypto"} & set(content):
        raise InputError(f"{path} is no keystore: it has no field crypto")
    return content


def _ask(what: str) -> str:
    """The password of a keystore from the settings, or from the terminal."""
    given = settings.load().password()
    if given is not None:
        return given
    import getpass
    import sys

    if not sys.stdin.isatty():
        raise InputError(
            f"{what} needs a password and there is no terminal to ask; "
            "set DPO_GOV_PASSWORD_FILE (also /dev/fd/N)"
        )
    return getpass.getpass(f"password of {what}: ")

"""JSON-RPC over HTTP, for nodes that may be slow, broken or hostile.

Everything above gets either a result or an error of ours: a dead address, a timeout, an answer
that is too long, no JSON or no JSON-RPC ends as `ChainError` with what to do next.
"""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from dpo_gov.errors import ChainError, InputError

TIMEOUT = 20.0
"""Seconds to wait for one answer."""
MAX_ANSWER = 32 * 1024 * 1024
"""Bytes of the longest answer that is read: a page of logs fits, a flood does not."""


class RpcRefused(Exception):  # noqa: N818 - it is an answer, and most callers turn it into another
    """The node answered with a JSON-RPC error object."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class Transport(Protocol):
    """What carries one request to a node and its result back."""

    @property
    def name(self) -> str:
        """How the node is called in messages; never with a key or password in it."""

    def request(self, method: str, params: list[Any]) -> Any:
        """The `result` of the answer. Raises RpcRefused or ChainError."""


class HttpTransport:
    """A node behind an http or https address."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                f"{url!r} is no address of a node; write http://host:port or https://…"
            )
        self._parts = parts
        self._timeout = timeout
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        self._headers |= _authorization(parts)
        self._open: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()
        self._count = 0

    @property
    def name(self) -> str:
        """Scheme, host and port: paths and users of node addresses are secrets."""
        port = f":{self._parts.port}" if self._parts.port else ""
        return f"{self._parts.scheme}://{self._parts.hostname}{port}"

    def request(self, method: str, params: list[Any]) -> Any:
        """The `result` of the node's answer. Raises RpcRefused or ChainError."""
        with self._lock:
            self._count += 1
            number = self._count
            body = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            raw = self._post(json.dumps(body).encode(), method)
        return _result(raw, number, method, self.name)

    def _post(self, body: bytes, method: str) -> bytes:
        """One round trip; a connection that the node has closed meanwhile is opened again."""
        for attempt in (1, 2):
            fresh = self._open is None
            try:
                return self._exchange(body)
            except TimeoutError:
                self._close()
                raise ChainError(
                    f"{self.name} gave no answer to {method} within {self._timeout:g} s; "
                    "try again, or choose another node with --network"
                ) from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._close()
                # A request whose fate is unknown is not repeated if it might act twice.
                if attempt == 1 and not fresh and not method.startswith("eth_send"):
                    continue
                raise ChainError(
                    f"{self.name} cannot be reached ({_reason(error)}); is the node running? "
                    "`dpo-gov chain up` starts a local one"
                ) from None
        raise AssertionError  # the loop returns or raises

    def _exchange(self, body: bytes) -> bytes:
        if self._open is None:
            kind = (
                http.client.HTTPSConnection
                if self._parts.scheme == "https"
                else http.client.HTTPConnection
            )
            self._open = kind(self._parts.hostname or "", self._parts.port, timeout=self._timeout)
        self._open.request("POST", self._path, body, self._headers)
        answer = self._open.getresponse()
        raw = answer.read(MAX_ANSWER + 1)
        if len(raw) > MAX_ANSWER:
            self._close()
            raise ChainError(f"{self.name} sent more than {MAX_ANSWER >> 20} MiB; not read further")
        if answer.status in (401, 403):
            raise ChainError(
                f"{self.name} refuses access (HTTP {answer.status}); check the key in the address"
            )
        if answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
            raise ChainError(f"{self.name} answers: too many requests (HTTP 429); wait, then retry")
        return raw

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _authorization(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    from base64 import b64encode

    token = b64encode(f"{parts.username}:{parts.password or ''}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _result(raw: bytes, number: int, method: str, name: str) -> Any:
    """The result inside an answer; garbage is named as such."""
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        raise ChainError(
            f"{name} answered {method} with something that is no JSON "
            f"({raw[:40]!r}…); is it the address of a JSON-RPC node?"
        ) from None
    if not isinstance(answer, dict) or answer.get("id", number) not in (number, None):
        raise ChainError(f"{name} answered {method} with something that is no JSON-RPC answer")
    error = answer.get("error")
    if error is not None:
        if not isinstance(error, dict):
            raise RpcRefused(0, str(error)[:500])
        code = error.get("code")
        message = str(error.get("message", "no reason given"))[:500]
        raise RpcRefused(code if isinstance(code, int) else 0, message, error.get("data"))
    if "result" not in answer:
        raise ChainError(f"{name} answered {method} with neither result nor error")
    return answer["result"]

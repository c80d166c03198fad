"""Requests to a node over HTTP, which may be slow, broken or hostile.

web3.py carries them. Everything above gets either a result or an error of ours: a dead address, a
timeout, no JSON or no JSON-RPC ends as `ChainError` with what to do next, and no message shows the
path or user of an address, since these are keys.
"""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlsplit

from dpo_gov.errors import ChainError, InputError

TIMEOUT = 20.0
"""Seconds to wait for an answer."""
_STATUS = {
    401: "refuses access (HTTP 401); check the key in the address",
    403: "refuses access (HTTP 403); check the key in the address",
    429: "answers: too many requests (HTTP 429); wait, then retry",
}


class RpcRefused(Exception):
    """The node answered with a JSON-RPC error object; `data` may hold what a contract returned."""

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
    """A node behind an http or https address. Raises InputError where it is none."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        try:
            parts = urlsplit(url)
            port = f":{parts.port}" if parts.port else ""
        except ValueError as error:
            raise InputError(f"{url!r} is no address of a node: {error}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                f"{url!r} is no address of a node; write http://host:port or https://…"
            )
        from web3 import HTTPProvider

        self.name = f"{parts.scheme}://{parts.hostname}{port}"
        self._timeout = timeout
        self.provider = HTTPProvider(
            url,
            request_kwargs={"timeout": timeout},
            # A request is not repeated behind our back: it might act twice.
            exception_retry_configuration=None,
        )

    def request(self, method: str, params: list[Any]) -> Any:
        """The `result` of the node's answer. Raises RpcRefused or ChainError."""
        import requests
        from web3.types import RPCEndpoint

        try:
            answer: object = self.provider.make_request(RPCEndpoint(method), params)
        except requests.Timeout:
            raise ChainError(
                f"{self.name} gave no answer to {method} within {self._timeout:g} s; "
                "try again, or choose another node with --network"
            ) from None
        except requests.HTTPError as error:
            status = error.response.status_code
            said = _STATUS.get(
                status, f"answers {method} with HTTP {status}; is it a JSON-RPC node?"
            )
            raise ChainError(f"{self.name} {said}") from None
        except requests.JSONDecodeError:
            raise self._no_answer(method) from None
        except requests.RequestException as error:
            raise ChainError(
                f"{self.name} cannot be reached ({type(error).__name__}); is the node running? "
                "`dpo-gov chain up` starts a local one"
            ) from None
        except (ValueError, RecursionError):
            raise self._no_answer(method) from None
        return self._result(answer, method)

    def _result(self, answer: object, method: str) -> Any:
        if not isinstance(answer, dict) or not {"result", "error"} & set(answer):
            raise self._no_answer(method)
        error = answer.get("error")
        if error is None:
            return answer.get("result")
        if not isinstance(error, dict):
            raise RpcRefused(0, str(error)[:500])
        code = error.get("code")
        message = str(error.get("message", "no reason given"))[:500]
        raise RpcRefused(code if isinstance(code, int) else 0, message, error.get("data"))

    def _no_answer(self, method: str) -> ChainError:
        return ChainError(
            f"{self.name} answered {method} with something that is no JSON-RPC answer; "
            "is it the address of a node?"
        )

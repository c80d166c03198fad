"""Requests to a node over HTTP, which may be slow, broken or hostile.

Everything above gets either a result or an error of ours: a dead address, a timeout, an answer
without end, no JSON or no JSON-RPC ends as `ChainError` with what to do next, and no message shows
the path or user of an address, since these are keys.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import threading
import time
from http import HTTPStatus
from queue import Empty, SimpleQueue
from typing import Any, Protocol
from urllib.parse import urlsplit

from dpo_gov.errors import ChainError, InputError

TIMEOUT = 20.0
"""Seconds to wait for an answer, all of it."""
MAX_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer: ten thousand blocks full of our events are a fraction of it."""
_CHUNK = 64 * 1024
_FRAMES = 12 * 1024
"""What py-evm needs for 1024 calls of contracts within each other."""
_STATUS = {
    **dict.fromkeys(
        (301, 302, 303, 307, 308),
        "answers with a redirect, which is not followed; give the node's own address",
    ),
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
        except ValueError:
            raise _no_address(url) from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _no_address(url)
        import requests

        self.name = f"{parts.scheme}://{parts.hostname}{port}"
        self._url = url
        self._timeout = timeout
        self._session = requests.Session()
        self._numbers = itertools.count()

    def request(self, method: str, params: list[Any]) -> Any:
        """The `result` of the node's answer. Raises RpcRefused or ChainError."""
        import requests

        question = {
            "jsonrpc": "2.0",
            "id": next(self._numbers),
            "method": method,
            "params": params,
        }
        try:
            status, body = self._post(json.dumps(question).encode())
            if status != HTTPStatus.OK:
                said = _STATUS.get(
                    status, f"answers {method} with HTTP {status}; is it a JSON-RPC node?"
                )
                raise ChainError(f"{self.name} {said}")
            limit_frames()
            answer: object = json.loads(body)
        except requests.Timeout:
            raise ChainError(
                f"{self.name} gave no answer to {method} within {self._timeout:g} s; "
                "try again, or choose another node with --network"
            ) from None
        except requests.RequestException as error:
            raise ChainError(
                f"{self.name} cannot be reached ({type(error).__name__}); is the node running? "
                "`dpo-gov chain up` starts a local one"
            ) from None
        except (ValueError, RecursionError):
            raise self._no_answer(method) from None
        return self._result(answer, method)

    def _post(self, question: bytes) -> tuple[int, bytes]:
        """The status and body of the answer, within the time for all of it.

        A library's timeout is for one packet, and a node may send a byte at a time for ever: the
        wait is ended from outside.
        """
        import requests

        done: SimpleQueue[tuple[int, bytes] | Exception] = SimpleQueue()
        end = time.monotonic() + self._timeout

        def fetch() -> None:
            try:
                done.put(self._fetch(question, end))
            except Exception as error:
                done.put(error)

        threading.Thread(target=fetch, daemon=True).start()
        try:
            found = done.get(timeout=self._timeout)
        except Empty:
            raise requests.Timeout from None
        if isinstance(found, Exception):
            raise found
        return found

    def _fetch(self, question: bytes, end: float) -> tuple[int, bytes]:
        import requests

        with self._session.post(
            self._url,
            data=question,
            headers={"Content-Type": "application/json"},
            timeout=self._timeout,
            # Elsewhere the body, a signed transaction perhaps, is nobody's business.
            allow_redirects=False,
            stream=True,
        ) as answer:
            body = bytearray()
            if answer.status_code == HTTPStatus.OK:
                for chunk in answer.iter_content(_CHUNK):
                    body += chunk
                    if len(body) > MAX_ANSWER:
                        raise ChainError(
                            f"{self.name} answered with more than {MAX_ANSWER >> 20} MiB; "
                            "choose another node with --network"
                        )
                    if time.monotonic() > end:
                        raise requests.Timeout
            return answer.status_code, bytes(body)

    def _result(self, answer: object, method: str) -> Any:
        if not isinstance(answer, dict) or not {"result", "error"} & set(answer):
            raise self._no_answer(method)
        error = answer.get("error")
        if error is None:
            return answer.get("result")
        if not isinstance(error, dict):
            raise RpcRefused(0, _line(error))
        code = error.get("code")
        message = _line(error.get("message", "no reason given"))
        raise RpcRefused(code if isinstance(code, int) else 0, message, error.get("data"))

    def _no_answer(self, method: str) -> ChainError:
        return ChainError(
            f"{self.name} answered {method} with something that is no JSON-RPC answer; "
            "is it the address of a node?"
        )


def limit_frames() -> None:
    """Keep a deeply nested JSON text from ending the process.

    py-evm allows 100,000 frames as soon as anybody imports it, more than the stack has room for.
    """
    sys.setrecursionlimit(min(sys.getrecursionlimit(), _FRAMES))


def shown(url: str) -> str:
    """As much of an address as may be shown; where it is malformed, a part of it may be a key."""
    scheme, slashes, rest = url.partition("://")
    start = scheme + slashes if slashes and scheme.isalnum() else ""
    if "@" in url:
        return f"{start}…"
    host = re.split(r"[/?#\\:]" if start else r"[/?#\\]", rest if start else url, maxsplit=1)[0]
    return start + host + ("" if len(start + host) == len(url) else "…")


def _no_address(url: str) -> InputError:
    return InputError(
        f"{shown(url)!r} is no address of a node; write http://host:port or https://…"
    )


def _line(said: object) -> str:
    """What a node says, in one line: with more it could imitate ours."""
    return " ".join(str(said)[:500].split())

"""The embedded chain over HTTP, for this machine alone.

A web page may send requests to the loopback address too: the Host header must be a loopback name
(a foreign name that resolves to us is refused), the body must be declared as JSON (which a page of
another origin may not do without asking first), and an Origin must be a loopback one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from dpo_gov.chain.transport import RpcRefused, Transport
from dpo_gov.errors import ChainError, InputError

LOOPBACK = "127.0.0.1"
MAX_BODY = 4 * 1024 * 1024
"""Bytes of a request: the largest creation of a contract is a fiftieth of it."""
MAX_BATCH = 100
_IDLE = 30.0
_NAMES = ("127.0.0.1", "localhost", "::1")
_PARSE_ERROR, _INVALID = -32700, -32600


class ChainServer(ThreadingHTTPServer):
    """Serves a node until `shutdown`; `port` 0 takes a free one."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, node: Transport, port: int = 8545) -> None:
        self.node = node
        self.one_at_a_time = threading.Lock()
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OverflowError:
            raise InputError(f"{port} is no port; use 1 to 65535, or 0 for a free one") from None
        except OSError as error:
            raise ChainError(
                f"{LOOPBACK}:{port} cannot be served ({error.strerror}); is a node running there "
                "already? Choose another with --port"
            ) from None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{LOOPBACK}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    # One packet an answer: headers and body apart would wait for each other.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer one JSON-RPC request or batch."""
        refused = self._refused()
        if refused:
            self._reply(*refused)
            return
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self._reply(HTTPStatus.OK, self._answer(raw))

    def do_GET(self) -> None:
        """Say what is here, to somebody who looks with a browser."""
        self._reply(HTTPStatus.METHOD_NOT_ALLOWED, b"a JSON-RPC node: POST application/json\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Requests are not news."""

    def _refused(self) -> tuple[HTTPStatus, bytes] | None:
        """Why a request is not even read."""
        if not _is_loopback(f"//{self.headers.get('Host', '')}"):
            return HTTPStatus.FORBIDDEN, b"only loopback host names are served\n"
        origin = self.headers.get("Origin")
        if origin is not None and not _is_loopback(origin):
            return HTTPStatus.FORBIDDEN, b"only loopback origins are served\n"
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, b"send application/json\n"
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            return HTTPStatus.LENGTH_REQUIRED, b"send a Content-Length\n"
        if len(length) > 9 or int(length) > MAX_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"the request is too long\n"
        return None

    def _answer(self, raw: bytes) -> bytes:
        try:
            request = json.loads(raw)
        except (ValueError, RecursionError):
            return json.dumps(_error(None, _PARSE_ERROR, "no JSON")).encode()
        if isinstance(request, list) and 0 < len(request) <= MAX_BATCH:
            return json.dumps([self._one(one) for one in request]).encode()
        return json.dumps(self._one(request)).encode()

    def _one(self, request: object) -> dict[str, Any]:
        if not isinstance(request, Mapping) or not isinstance(request.get("method"), str):
            return _error(None, _INVALID, "no JSON-RPC request")
        number, params = request.get("id"), request.get("params", [])
        if not isinstance(params, list):
            return _error(number, _INVALID, "params must be a list")
        server = cast(ChainServer, self.server)
        try:
            with server.one_at_a_time:
                result = server.node.request(request["method"], params)
        except RpcRefused as error:
            return _error(number, error.code, error.message, error.data)
        return {"jsonrpc": "2.0", "id": number, "result": result}

    def _reply(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        kind = "application/json" if status is HTTPStatus.OK else "text/plain; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status is not HTTPStatus.OK:
            # What was refused unread is still on the line.
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in _NAMES
    except ValueError:
        return False


def _error(number: object, code: int, message: str, data: object = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": number, "error": error}

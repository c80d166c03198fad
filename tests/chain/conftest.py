"""One deployment for all chain tests; each test starts from the same state of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dpo_gov.chain import Account, Chain, Deployment, connect, deploy


@dataclass(frozen=True)
class System:
    """A chain with the whole system on it."""

    chain: Chain
    deployment: Deployment

    def dev(self, number: int) -> Account:
        """A development account."""
        return Account.load(f"dev:{number}", self.chain)


@pytest.fixture(scope="session")
def _deployed() -> System:
    chain = connect("embedded")
    return System(chain, deploy(chain))


@pytest.fixture
def system(_deployed: System) -> Iterator[System]:
    """The deployed system; what a test does to it is undone."""
    snapshot = _deployed.chain.snapshot()
    yield _deployed
    _deployed.chain.revert(snapshot)


@pytest.fixture
def node() -> Iterator[Callable[..., str]]:
    """Start a node that answers as it is told; returns its address.

    `answer`: bytes to send, or what makes the answer from the request; `status`: of HTTP.
    """
    servers = []

    def start(answer: bytes | Callable[[dict[str, object]], bytes], status: int = 200) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                body = answer if isinstance(answer, bytes) else answer(json.loads(raw))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()

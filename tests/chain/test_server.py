from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator

import pytest

from dpo_gov.chain import connect
from dpo_gov.chain.embedded import EmbeddedNode
from dpo_gov.chain.server import MAX_BODY, ChainServer
from dpo_gov.errors import ChainError, InputError

CHAIN_ID = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[ChainServer]:
    """The embedded chain, served at a free port."""
    with ChainServer(EmbeddedNode(), 0) as served:
        threading.Thread(target=served.serve_forever, args=(0.05,), daemon=True).start()
        yield served
        served.shutdown()


def post(server: ChainServer, body: bytes, **headers: str) -> tuple[int, bytes]:
    """Send a request as any program on this machine might."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.putrequest("POST", "/", skip_host="Host" in named)
    for name, value in ({"Content-Type": "application/json"} | named).items():
        connection.putheader(name, value)
    if "Content-Length" not in named:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_it_is_the_embedded_chain(server: ChainServer) -> None:
    """A client over HTTP sees the chain, sends to it, and moves its time."""
    chain = connect(server.url)
    assert chain.is_dev and len(chain.accounts) == 10
    before = chain.now()
    assert chain.travel(3600) == before + 3601


def test_it_listens_on_loopback_only(server: ChainServer) -> None:
    """The socket is bound to the loopback address."""
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Host", "evil.example", 403),
        ("Host", "evil.example:8545", 403),
        ("Host", "127.0.0.1.evil.example", 403),
        ("Host", "", 403),
        ("Host", "[", 403),
        ("Host", "user@evil.example", 403),
        ("Origin", "https://evil.example", 403),
        ("Origin", "null", 403),
        ("Content_Type", "text/plain", 415),
        ("Content_Type", "application/x-www-form-urlencoded", 415),
        ("Content_Length", str(MAX_BODY + 1), 413),
        ("Content_Length", "9" * 5000, 413),
        ("Content_Length", "-1", 411),
        ("Content_Length", "1e3", 411),
        ("Content_Length", "²", 411),
    ],
)
def test_hostile_requests_are_not_read(
    server: ChainServer, header: str, value: str, status: int
) -> None:
    """What a web page of another origin can send, and what is too long, is refused unread."""
    assert post(server, CHAIN_ID, **{header: value})[0] == status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8545", "[::1]:1", "LOCALHOST"])
def test_loopback_names_are_served(server: ChainServer, host: str) -> None:
    """The names of this machine's loopback address are served, at any port."""
    status, body = post(server, CHAIN_ID, Host=host)
    assert status == 200
    assert int(json.loads(body)["result"], 16) == 131_277_322_940_537


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"\xff", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"7", -32600),
        (b"{}", -32600),
        (b'{"method":5}', -32600),
        (b'{"method":"eth_call","params":{}}', -32600),
        (b'{"method":"eth_nothing"}', -32601),
        (json.dumps([{"method": "eth_chainId"}] * 101).encode(), -32600),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_garbage_is_answered_as_json_rpc_says(server: ChainServer, body: bytes, code: int) -> None:
    """Whatever is posted, the answer is an error object and the server lives on."""
    status, answer = post(server, body)
    assert (status, json.loads(answer)["error"]["code"]) == (200, code)
    assert post(server, CHAIN_ID)[0] == 200


def test_batches(server: ChainServer) -> None:
    """A batch is answered in order, each request with its id."""
    body = [{"id": number, "method": "eth_chainId"} for number in (7, "a")]
    _, answer = post(server, json.dumps([*body, 5]).encode())
    assert [one["id"] for one in json.loads(answer)] == [7, "a", None]


def test_reverts_come_through(server: ChainServer) -> None:
    """The data of a revert reaches the client over HTTP."""
    call = {"method": "eth_call", "params": [{"data": "0x602a60005260206000fd"}]}
    _, answer = post(server, json.dumps(call).encode())
    assert json.loads(answer)["error"]["data"] == f"0x{42:064x}"


def test_a_browser_is_told_what_this_is(server: ChainServer) -> None:
    """GET is no request for a node."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().status == 405


def test_a_port_in_use(server: ChainServer) -> None:
    """A port that is taken is said, with the way out."""
    with pytest.raises(ChainError, match="--port"):
        ChainServer(EmbeddedNode(), server.server_port)


def test_a_port_that_is_none() -> None:
    """A number beyond the ports is a wrong input."""
    with pytest.raises(InputError, match="65535"):
        ChainServer(EmbeddedNode(), 70_000)

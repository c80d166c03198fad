from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dpo_gov.chain import Chain, Deployment, connect, load_deployment
from dpo_gov.chain.contract import Contract
from dpo_gov.chain.network import EMBEDDED_ID
from dpo_gov.chain.transport import HttpTransport
from dpo_gov.errors import ChainError, InputError, UnknownName
from dpo_gov.settings import Settings

Node = Callable[..., str]
SOMEONE = "0x" + "11" * 20


def answering(**results: object) -> Callable[[dict[str, object]], bytes]:
    """A node that knows the results of some methods."""

    def answer(request: dict[str, object]) -> bytes:
        found = results.get(str(request["method"]))
        return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": found}).encode()

    return answer


@pytest.mark.parametrize("name", ["", "embeded", "mainnet", "localhost:8545", "127.0.0.1"])
def test_unknown_networks_are_named(name: str) -> None:
    """A network that nobody knows is a wrong input, and the message lists the known ones."""
    with pytest.raises(UnknownName, match="embedded"):
        connect(name)


@pytest.mark.parametrize(
    "url", ["ftp://x", "http://", "http://[::1", "http://h:99999", "file:///x"]
)
def test_addresses_that_are_none(url: str) -> None:
    """A malformed address of a node is a wrong input."""
    with pytest.raises(InputError, match="address of a node"):
        connect(url)


def test_a_dead_node() -> None:
    """Where nobody listens the message says so and what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ChainError, match="cannot be reached.*chain up"):
        connect(f"http://127.0.0.1:{port}")


def test_a_silent_node() -> None:
    """A node that takes the request and never answers is given up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(ChainError, match=r"no answer to eth_chainId within 0\.2 s"):
            Chain(HttpTransport(url, timeout=0.2))


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"<html>hello</html>",
        b"\xff\xfe\x00",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"id":1}',
        b'{"id":1,"result":null}',
        b'{"id":1,"result":"0x"}',
        b'{"id":1,"result":"0xzz"}',
        b'{"id":1,"result":31337}',
        b'{"id":1,"result":{"a":[]}}',
        b'{"id":1,"result":"0x' + b"f" * 100 + b'"}',
        b'{"id":1,"error":"no"}',
        b'{"id":1,"error":{}}',
        b'{"id":1,"error":{"code":"x","message":[1]}}',
        b"[" * 200_000,
    ],
    ids=lambda raw: raw[:24].decode("latin1"),
)
def test_garbage_is_a_chain_error(node: Node, garbage: bytes) -> None:
    """Whatever a node answers, it ends as a message."""
    with pytest.raises(ChainError):
        connect(node(garbage))


@pytest.mark.parametrize(
    ("status", "word"), [(401, "key"), (403, "key"), (429, "wait"), (500, "500")]
)
def test_http_errors_say_what_to_do(node: Node, status: int, word: str) -> None:
    """An HTTP status is explained."""
    with pytest.raises(ChainError, match=word):
        connect(node(b"{}", status))


def test_messages_keep_the_key_of_an_address() -> None:
    """Neither the path, the query nor the user of an address is ever shown."""
    with pytest.raises(ChainError) as failed:
        connect("http://user:secret1@127.0.0.1:1/v3/secret2?key=secret3")
    assert "secret" not in str(failed.value)
    assert "127.0.0.1" in str(failed.value)


@pytest.mark.parametrize(
    "block",
    [
        None,
        [],
        "0x1",
        {},
        {"number": "0x1", "timestamp": "soon", "hash": "0x"},
        {"number": "0x1", "timestamp": "0x1", "hash": "0x1", "baseFeePerGas": "0x1"},
        {"number": "0x1", "timestamp": "0x1", "hash": "0x", "baseFeePerGas": {}},
    ],
)
def test_blocks_that_are_none(node: Node, block: object) -> None:
    """A block that lacks what a block has is a ChainError."""
    chain = connect(node(answering(eth_chainId="0x1", eth_getBlockByNumber=block)))
    with pytest.raises(ChainError):
        chain.now()


LOG = {
    "address": SOMEONE,
    "topics": [],
    "data": "0x",
    "blockNumber": "0x1",
    "transactionHash": "0x" + "00" * 32,
}


@pytest.mark.parametrize(
    "logs",
    [
        None,
        {},
        ["x"],
        [{}],
        [{**LOG, "topics": "0x"}],
        [{**LOG, "topics": [5]}],
        [{**LOG, "data": "0x1"}],
        [{**LOG, "blockNumber": -1}],
        [{**LOG, "address": "0x22"}],
        [{**LOG, "address": "0x" + "22" * 20}],
    ],
)
def test_events_that_are_none(node: Node, logs: object) -> None:
    """Events that lack a field, or are another contract's, are a ChainError."""
    chain = connect(node(answering(eth_chainId="0x1", eth_getLogs=logs)))
    with pytest.raises(ChainError):
        chain.logs(SOMEONE, [], 0, 1)


@pytest.mark.parametrize("accounts", [None, {}, ["0x12"], [7]])
def test_accounts_that_are_none(node: Node, accounts: object) -> None:
    """A list of accounts that is none is a ChainError."""
    chain = connect(node(answering(eth_chainId="0x7a69", eth_accounts=accounts)))
    with pytest.raises(ChainError):
        _ = chain.accounts


@pytest.mark.parametrize("raw", ["0x", "0x01", "0x" + "ff" * 31, "0x" + "ff" * 64])
def test_answers_of_another_contract(node: Node, raw: str) -> None:
    """An answer that does not decode as the contract's asks about the deployment file."""
    chain = connect(node(answering(eth_chainId="0x1", eth_call=raw)))
    with pytest.raises(ChainError, match="deployment file"):
        Contract(chain, SOMEONE, "StrategyRegistry").read("wordsOf", bytes(32), 0)


def test_events_are_read_in_ranges_that_the_node_takes(node: Node) -> None:
    """Where a node refuses a range, smaller ones are asked; no block is left out or read twice."""
    asked = []

    def answer(request: dict[str, object]) -> bytes:
        found: dict[str, object] = {"result": "0x1"}
        if request["method"] == "eth_getLogs":
            wanted = request["params"][0]
            first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
            found = {"result": []}
            if last - first >= 1000:
                found = {"error": {"code": -32005, "message": "range too large"}}
            else:
                asked.append((first, last))
        return json.dumps({"jsonrpc": "2.0", "id": 1, **found}).encode()

    contract = Contract(connect(node(answer)), SOMEONE, "DpoGovernor")
    assert list(contract.events("ProposalCreated", 5, 3210)) == []
    assert [block for first, last in asked for block in range(first, last + 1)] == list(
        range(5, 3211)
    )


def test_a_node_that_refuses_every_range(node: Node) -> None:
    """Shrinking the range ends with a message."""

    def answer(request: dict[str, object]) -> bytes:
        known = request["method"] == "eth_chainId"
        found = {"result": "0x1"} if known else {"error": {"code": -1, "message": "never"}}
        return json.dumps({"jsonrpc": "2.0", "id": 1, **found}).encode()

    contract = Contract(connect(node(answer)), SOMEONE, "DpoGovernor")
    with pytest.raises(ChainError, match="never"):
        list(contract.events("ProposalCreated", 0, 10**6))


def test_time_travel_is_for_development_chains(node: Node) -> None:
    """No request that moves time is sent to a real chain."""
    chain = connect(node(answering(eth_chainId="0x1")))
    with pytest.raises(ChainError, match="development"):
        chain.travel(5)


def test_a_deployment_of_another_chain(node: Node, system: Any, tmp_path: Path) -> None:
    """A deployment file of one chain is not used on another."""
    deployment: Deployment = system.deployment
    file = f"{tmp_path}/deployment.json"
    deployment.save(file)
    settings = Settings(deployment=file)
    with pytest.raises(ChainError, match=f"chain {EMBEDDED_ID}.*chain 1"):
        load_deployment(settings, connect(node(answering(eth_chainId="0x1"))))
    empty = connect(node(answering(eth_chainId=hex(EMBEDDED_ID), eth_getCode="0x")))
    with pytest.raises(ChainError, match="no contract at"):
        load_deployment(settings, empty)
    assert load_deployment(settings, system.chain) == deployment


def test_web3_sees_the_same_chain() -> None:
    """The web3.py view of the embedded chain tells what the chain tells."""
    chain = connect("embedded")
    assert chain.w3.eth.chain_id == chain.chain_id
    assert chain.w3.eth.get_block("latest")["timestamp"] == chain.now()


def raw_node(answer: Callable[[socket.socket], None]) -> tuple[socket.socket, str]:
    """A node that reads a request and then does what it is told; its socket and address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                answer(connection)
        except OSError:
            pass

    threading.Thread(target=serve, daemon=True).start()
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_an_answer_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that never stops sending fills no memory: past the limit it is given up."""
    monkeypatch.setattr("dpo_gov.chain.transport.MAX_ANSWER", 2**20)

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(64):
            connection.sendall(b" " * 2**20)
        time.sleep(1)

    listening, url = raw_node(flood)
    with listening, pytest.raises(ChainError, match="more than 1 MiB"):
        connect(url)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"HTTP/1.1 "])
def test_an_answer_that_drips(head: bytes) -> None:
    """A byte now and then does not keep us waiting, in the body as in the head of an answer."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(40):
            time.sleep(0.1)
            connection.sendall(b"2")

    listening, url = raw_node(drip)
    start = time.monotonic()
    with listening, pytest.raises(ChainError, match=r"no answer to eth_chainId within 0\.3 s"):
        Chain(HttpTransport(url, timeout=0.3))
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    """What is asked, a signed transaction perhaps, goes to the named node and nowhere else."""
    elsewhere = socket.create_server(("127.0.0.1", 0))
    target = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/secret"

    def redirect(connection: socket.socket) -> None:
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())

    listening, url = raw_node(redirect)
    with listening, elsewhere, pytest.raises(ChainError, match="redirect") as failed:
        Chain(HttpTransport(url, timeout=1))
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://user:KEY@node.example/v3/KEY",
        "ftp://node.example/v3/KEY",
        "https://node.example:KEY/v3",
        "https://node.example:99999/v3/KEY?key=KEY#KEY",
        "https://user:KEY/KEY@node.example:x",
        "http://[::1/KEY",
        "http:///KEY",
        "https:/node.example/KEY",
        "user:KEY@node.example",
        "node.example/v3/KEY",
    ],
)
def test_malformed_addresses_keep_their_key(url: str) -> None:
    """Of an address that is none, its scheme and host are shown at most."""
    with pytest.raises(InputError) as failed:
        connect(url)
    assert "KEY" not in str(failed.value)


@pytest.mark.parametrize("error", [{"code": 1, "message": "no\nsent: 0xabc\r"}, "no\nsent: 0xabc"])
def test_what_a_node_says_has_one_line(node: Node, error: object) -> None:
    """A message of a node cannot look like a line of ours."""
    answer = json.dumps({"jsonrpc": "2.0", "id": 0, "error": error}).encode()
    with pytest.raises(ChainError) as failed:
        connect(node(answer))
    assert str(failed.value).splitlines() == [str(failed.value)]
    assert "no sent: 0xabc" in str(failed.value)


def test_web3_asks_over_http_as_well(node: Node) -> None:
    """The web3.py view of a node goes the same way, with web3's own requests."""
    block = {"number": "0x7", "timestamp": "0x1", "hash": "0x" + "01" * 32}
    chain = connect(
        node(answering(eth_chainId="0x1", eth_getBlockByNumber=block, eth_getLogs=[LOG]))
    )
    assert chain.w3.eth.get_block(7)["number"] == 7
    wanted = {"address": chain.w3.to_checksum_address(SOMEONE), "topics": [b"\1" * 32]}
    assert len(chain.w3.eth.get_logs(wanted)) == 1


def test_a_nested_answer_does_not_end_the_process(node: Node) -> None:
    """Also where a library has allowed more frames than the stack holds, it is only no answer."""
    url = node(b"[" * 200_000)
    script = (
        "import sys; sys.setrecursionlimit(100_000)\n"
        "from dpo_gov.chain import connect\n"
        "from dpo_gov.errors import ChainError\n"
        f"try: connect({url!r})\n"
        "except ChainError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert (done.returncode, "no JSON-RPC answer" in done.stdout) == (0, True)

from __future__ import annotations

import json
import socket
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

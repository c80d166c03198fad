from __future__ import annotations

import pytest

from dpo_gov.chain.embedded import GENESIS_TIME, EmbeddedNode
from dpo_gov.chain.transport import RpcRefused

REVERTS_WITH_42 = "0x602a60005260206000fd"
RETURNS_TIME = "0x4260005260206000f3"


@pytest.fixture
def node() -> EmbeddedNode:
    """A fresh node."""
    return EmbeddedNode()


def accounts(node: EmbeddedNode) -> list[str]:
    """The addresses of the development accounts."""
    return node.request("eth_accounts", [])


def pay(node: EmbeddedNode, value: int = 1) -> str:
    """Send coins from the first to the second; returns the transaction's hash."""
    first, second, *_ = accounts(node)
    return node.request("eth_sendTransaction", [{"from": first, "to": second, "value": hex(value)}])


def time_of(node: EmbeddedNode, tag: str = "latest") -> int:
    """The time of a block."""
    return int(node.request("eth_getBlockByNumber", [tag, False])["timestamp"], 16)


def test_same_steps_give_same_hashes(node: EmbeddedNode) -> None:
    """Time and blocks do not depend on the clock of the machine, nor on chance."""
    other = EmbeddedNode()
    for one in (node, other):
        pay(one)
        one.request("evm_increaseTime", [100])
        one.request("evm_mine", [])
    head, twin = (one.request("eth_getBlockByNumber", ["latest", False]) for one in (node, other))
    assert head == twin
    assert time_of(node) == GENESIS_TIME + 1 + 101


def test_one_transaction_makes_one_block_a_second_later(node: EmbeddedNode) -> None:
    """A transaction is mined at once, in a block of its own."""
    receipt = node.request("eth_getTransactionReceipt", [pay(node)])
    assert (receipt["blockNumber"], receipt["status"]) == ("0x1", "0x1")
    assert time_of(node) == GENESIS_TIME + 1


def test_calls_see_the_time_of_their_block(node: EmbeddedNode) -> None:
    """A view at an old block runs with that block's time, at the last one with the last's."""
    pay(node)
    node.request("evm_increaseTime", [1000])
    node.request("evm_mine", [])
    times = [
        int(node.request("eth_call", [{"data": RETURNS_TIME}, tag]), 16)
        for tag in ("0x0", "0x1", "latest")
    ]
    assert times == [GENESIS_TIME, GENESIS_TIME + 1, GENESIS_TIME + 1002]


def test_reverts_carry_the_data(node: EmbeddedNode) -> None:
    """A revert is error 3 with what the contract returned, for calls and for estimates."""
    for method in ("eth_call", "eth_estimateGas"):
        with pytest.raises(RpcRefused) as refused:
            node.request(method, [{"data": REVERTS_WITH_42}])
        assert (refused.value.code, refused.value.data) == (3, "0x" + f"{42:064x}")


def test_calls_leave_no_trace(node: EmbeddedNode) -> None:
    """An eth_call that moves coins moves none."""
    first, second, *_ = accounts(node)
    before = node.request("eth_getBalance", [second])
    node.request("eth_call", [{"from": first, "to": second, "value": hex(10**18)}])
    assert node.request("eth_getBalance", [second]) == before


def test_snapshots_undo_everything(node: EmbeddedNode) -> None:
    """After going back, blocks, balances, nonces and time are as they were, and go on."""
    pay(node)
    head = node.request("eth_getBlockByNumber", ["latest", False])
    snapshot = node.request("evm_snapshot", [])
    lost = pay(node, 5)
    node.request("evm_increaseTime", [10**6])
    node.request("evm_mine", [])
    assert node.request("evm_revert", [snapshot]) is True
    assert node.request("eth_getBlockByNumber", ["latest", False]) == head
    assert node.request("eth_getTransactionReceipt", [lost]) is None
    assert node.request("eth_getTransactionCount", [accounts(node)[0]]) == "0x1"
    pay(node)
    assert time_of(node) == GENESIS_TIME + 2
    assert node.request("evm_revert", [snapshot]) is False


def test_snapshots_nest(node: EmbeddedNode) -> None:
    """Going back to an outer snapshot uses up the inner ones."""
    outer = node.request("evm_snapshot", [])
    pay(node)
    inner = node.request("evm_snapshot", [])
    assert node.request("evm_revert", [outer]) is True
    assert node.request("evm_revert", [inner]) is False
    assert node.request("eth_blockNumber", []) == "0x0"


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("eth_none", [], -32601),
        ("eth_call", [], -32602),
        ("eth_call", [7], -32602),
        ("eth_call", [{"to": "0x12"}], -32602),
        ("eth_call", [{"data": "0xzz"}], -32602),
        ("eth_call", [{}, "latest", {"0x": {}}], -32602),
        ("eth_getBalance", ["nobody"], -32602),
        ("eth_getBalance", [None], -32602),
        ("eth_getBlockByHash", [5], -32602),
        ("eth_getLogs", [{"blockHash": "0x1"}], -32602),
        ("eth_getLogs", [[]], -32602),
        ("eth_getCode", ["0x" + "0" * 40, "0x99"], -32000),
        ("eth_sendRawTransaction", ["0x00"], -32000),
        ("eth_sendRawTransaction", ["0xf800"], -32000),
        ("eth_sendRawTransaction", [3], -32602),
        ("eth_sendTransaction", [{"from": "0x" + "1" * 40}], -32000),
        ("eth_sendTransaction", [{}], -32602),
        ("evm_increaseTime", [-5], -32602),
        ("evm_increaseTime", [2**40], -32602),
        ("evm_mine", [5], -32602),
        ("evm_revert", ["x"], -32602),
    ],
)
def test_bad_requests_are_refused_and_harmless(
    node: EmbeddedNode, method: str, params: list[object], code: int
) -> None:
    """Whatever is sent, the node answers with an error and stays as it is."""
    with pytest.raises(RpcRefused) as refused:
        node.request(method, params)
    assert refused.value.code == code
    assert node.request("eth_blockNumber", []) == "0x0"
    pay(node)
    assert node.request("eth_blockNumber", []) == "0x1"


def test_unpayable_transactions_are_refused(node: EmbeddedNode) -> None:
    """A transaction beyond the balance is refused, and the next one works."""
    with pytest.raises(RpcRefused, match="funds"):
        pay(node, 10**30)
    pay(node)
    assert node.request("eth_blockNumber", []) == "0x1"


def test_a_failed_transaction_is_in_its_block(node: EmbeddedNode) -> None:
    """A transaction that reverts has a receipt with status 0, as on other nodes."""
    sender = accounts(node)[0]
    call = {"from": sender, "data": REVERTS_WITH_42, "gas": hex(10**6)}
    receipt = node.request(
        "eth_getTransactionReceipt", [node.request("eth_sendTransaction", [call])]
    )
    assert (receipt["status"], receipt["logs"]) == ("0x0", [])


def test_logs_are_filtered(node: EmbeddedNode) -> None:
    """Events are found by address, by topic at each place, and by range."""
    sender = accounts(node)[0]
    # LOG2 of no data with topics 2 and 1, in the constructor.
    call = {"from": sender, "data": "0x6002600160006000a2", "gas": hex(10**6)}
    sent = node.request("eth_sendTransaction", [call])
    pay(node)
    made = node.request("eth_getTransactionReceipt", [sent])["contractAddress"]
    one, two = (f"0x{number:064x}" for number in (1, 2))
    everything = {"fromBlock": "0x0", "toBlock": "latest"}

    def count(**wanted: object) -> int:
        return len(node.request("eth_getLogs", [{**everything, **wanted}]))

    assert count() == count(address=made) == count(topics=[one]) == count(topics=[None, two]) == 1
    assert count(topics=[[two, one]]) == count(address=[made.lower(), sender]) == 1
    assert count(topics=[two]) == count(address=sender) == count(fromBlock="0x2") == 0
    assert count(topics=[one, two, None]) == 0


def test_deep_json_does_not_end_the_process(node: EmbeddedNode) -> None:
    """A hundred thousand brackets are a RecursionError, not a crash of the interpreter."""
    import json

    with pytest.raises(RecursionError):
        json.loads("[" * 100_000)


def test_the_rewards_of_a_fee_history_are_bounded(node: EmbeddedNode) -> None:
    """A hundred percentiles are told for every block; more would fill the memory."""
    pay(node)
    history = node.request("eth_feeHistory", ["0x10", "latest", [0] * 100])
    assert [len(rewards) for rewards in history["reward"]] == [100, 100]
    with pytest.raises(RpcRefused, match="at most 100") as refused:
        node.request("eth_feeHistory", ["0x10", "latest", [0] * 101])
    assert refused.value.code == -32602

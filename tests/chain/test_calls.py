from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account as Signer

from dpo_gov.chain import (
    Account,
    GovernorClient,
    RegistryClient,
    Support,
    Trade,
    VaultClient,
    connect,
)
from dpo_gov.chain.contract import Contract, create
from dpo_gov.errors import CallRefused, ChainError
from dpo_gov.params import Change, ParamSet

KEY = "0x" + "4c" * 32
NOBODY = "0x" + "11" * 20
MAX_DRIFT = Change(key=8, old=500, new=600)


def test_a_refused_call_is_not_sent(system: Any) -> None:
    """What the contract would revert is refused by name, and no block comes of it."""
    client = RegistryClient(system.chain, system.deployment)
    call = client.set_params("core", [MAX_DRIFT], (0, 2**40 - 1), b"\1" * 32)
    before = system.chain.block()
    with pytest.raises(CallRefused, match="only governance") as refused:
        call.send(system.dev(0))
    assert refused.value.error == "NotGovernor"
    assert system.chain.block() == before


def test_a_call_is_described_from_its_bytes(system: Any) -> None:
    """The description names function, strategy and changes in words and units."""
    client = RegistryClient(system.chain, system.deployment)
    text = client.set_params("core", [MAX_DRIFT], (0, 2**40 - 1), b"\1" * 32).describe()
    assert "StrategyRegistry.setParams" in text
    assert "driftThreshold 5 % → 6 %" in text
    assert system.deployment.contracts.registry in text


def test_a_rebalance_is_described_from_its_bytes(system: Any) -> None:
    """What is signed is told: other bytes than the trades that were planned are other words."""
    strategy = system.deployment.strategies[0]
    vault = VaultClient(system.chain, system.deployment, strategy.vaults[0])
    planned = vault.rebalance([Trade(strategy.venues["demo"], 2, 0, 10**18, 2 * 10**9)])
    assert "sells 1 WETH for at least 2000 USDC at demo 0x" in planned.describe()
    other = vault.rebalance([Trade(NOBODY, 7, 1, 5, 10**8)])
    told = replace(planned, data=other.data).describe()
    assert "sells 5 units of asset 7, which the strategy does not have, for at least 1 WBTC" in told
    assert f"at an unknown venue {NOBODY}" in told
    plain = Contract(system.chain, vault.address, "RebalancingVault").prepare("rebalance", [])
    told = replace(plain, data=other.data).describe()
    assert f"    venue {NOBODY}, sell 7, buy 1, amountIn 5, minAmountOut 100000000" in told


def test_a_call_to_nobody_is_refused(system: Any) -> None:
    """A call to an address without code would succeed and do nothing."""
    call = Contract(system.chain, NOBODY, "ParameterExecutor").prepare("applyAll", bytes(32))
    with pytest.raises(CallRefused, match="no contract at") as refused:
        call.send(system.dev(7))
    assert refused.value.error == "NoCode"


def test_arguments_that_do_not_fit(system: Any) -> None:
    """A value beyond its type is refused before any node is asked."""
    client = RegistryClient(system.chain, system.deployment)
    with pytest.raises(CallRefused, match="cannot take these arguments"):
        client.freeze("core", 2**40)


def test_a_transaction_that_reverts_in_its_block(
    system: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the state moved between the trial and the block, the reason is told all the same."""
    call = GovernorClient(system.chain, system.deployment).vote(5, Support.FOR)
    monkeypatch.setattr("dpo_gov.chain.calls.PreparedCall.simulate", lambda *_: b"")
    with pytest.raises(CallRefused, match="reverted in block") as refused:
        call.send(system.dev(2))
    assert refused.value.error == "GovernorNonexistentProposal"


@pytest.fixture
def signer(system: Any, tmp_path: Path) -> Account:
    """An account from a keystore, with coins on the chain."""
    file = tmp_path / "key.json"
    file.write_text(json.dumps(Signer.encrypt(KEY, "p", kdf="pbkdf2", iterations=2)))
    account = Account.load(str(file), system.chain, password=lambda _: "p")
    coins = {"from": system.chain.accounts[0], "to": account.address, "value": hex(10**18)}
    system.chain.request("eth_sendTransaction", coins)
    return account


def test_a_keystore_account_sends(system: Any, signer: Account) -> None:
    """Signed here, sent raw: nonce, fees and gas are those of an EIP-1559 transaction."""
    vault = system.deployment.strategies[0].vaults[0]
    call = Contract(system.chain, vault, "RebalancingVault").prepare("approve", NOBODY, 5)
    receipts = [call.send(signer) for _ in range(2)]
    sent = system.chain.request("eth_getTransactionByHash", receipts[1].tx_hash)
    assert (sent["type"], sent["nonce"], sent["from"]) == ("0x2", "0x1", signer.address)
    assert receipts[1].gas_used < int(sent["gas"], 16) < 2 * receipts[1].gas_used
    assert (
        Contract(system.chain, vault, "RebalancingVault").read("allowance", signer.address, NOBODY)
        == 5
    )


def test_a_keystore_account_creates(system: Any, signer: Account) -> None:
    """A contract may be created by a keystore account."""
    receipt = create(system.chain, "StrategyRegistry", NOBODY).send(signer)
    assert receipt.contract_address is not None
    assert system.chain.code(receipt.contract_address)


def test_an_account_without_coins(system: Any, signer: Account) -> None:
    """A transaction that cannot be paid ends with the node's reason."""
    coins = {"from": system.chain.accounts[0], "to": NOBODY, "value": hex(1)}
    system.chain.request("eth_sendTransaction", coins)
    vault = system.deployment.strategies[0].vaults[0]
    call = Contract(system.chain, vault, "RebalancingVault").prepare("approve", NOBODY, 5)
    raw = system.chain.request("eth_getBalance", signer.address, "latest")
    assert int(raw, 16) == 10**18
    from dataclasses import replace

    with pytest.raises((CallRefused, ChainError), match="(?i)funds|balance"):
        replace(call, value=10**19).send(signer)


def lying(**results: object) -> Callable[[dict[str, object]], bytes]:
    """A node whose answers are chosen; all other methods answer with 0x."""

    def answer(request: dict[str, object]) -> bytes:
        found = results.get(str(request["method"]), "0x")
        return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": found}).encode()

    return answer


BLOCK = {"number": "0x1", "timestamp": "0x1", "hash": "0x" + "00" * 32}


def test_a_node_that_wants_all_the_coins(
    node: Callable[..., str], system: Any, signer: Account
) -> None:
    """A base fee beyond reason is not paid."""
    greedy = {**BLOCK, "baseFeePerGas": hex(10**15)}
    answers = lying(
        eth_chainId="0x1",
        eth_getCode="0x01",
        eth_getTransactionCount="0x0",
        eth_estimateGas="0x5208",
        eth_getBlockByNumber=greedy,
        eth_maxPriorityFeePerGas="0x1",
    )
    call = Contract(connect(node(answers)), NOBODY, "DpoToken").prepare("delegate", NOBODY)
    with pytest.raises(ChainError, match="gwei"):
        call.send(signer)


@pytest.mark.parametrize(
    "receipt",
    [
        "0x",
        {"blockNumber": "0x1"},
        {"blockNumber": "0x1", "status": "0x1"},
        {"blockNumber": "0x1", "status": "0x1", "gasUsed": "0x1", "logs": [5]},
        {"blockNumber": "0x1", "status": "0x1", "gasUsed": "0x1", "contractAddress": "0x"},
    ],
)
def test_receipts_that_are_none(
    node: Callable[..., str],
    system: Any,
    signer: Account,
    receipt: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A receipt that lacks a field, or never comes, ends as a ChainError."""
    monkeypatch.setattr("dpo_gov.chain.calls.RECEIPT_TIMEOUT", 0.1)
    answers = lying(
        eth_chainId="0x1",
        eth_getCode="0x01",
        eth_getTransactionCount="0x0",
        eth_estimateGas="0x5208",
        eth_getBlockByNumber={**BLOCK, "baseFeePerGas": "0x1"},
        eth_maxPriorityFeePerGas="0x1",
        eth_getTransactionReceipt=receipt,
    )
    monkeypatch.setattr("dpo_gov.chain.calls.keccak", lambda raw: b"")
    call = Contract(connect(node(answers)), NOBODY, "DpoToken").prepare("delegate", NOBODY)
    with pytest.raises(ChainError):
        call.send(signer)


def test_every_default_is_in_the_registry(system: Any) -> None:
    """What deployment lists is what the catalogue says."""
    state = RegistryClient(system.chain, system.deployment).state("core")
    assert state.params == ParamSet.defaults(state.layout)


def test_a_node_that_names_another_transaction(
    node: Callable[..., str], system: Any, signer: Account
) -> None:
    """The hash of what was signed is known here; a node that says another is not believed."""
    answers = lying(
        eth_chainId="0x1",
        eth_getCode="0x01",
        eth_getTransactionCount="0x0",
        eth_estimateGas="0x5208",
        eth_getBlockByNumber={**BLOCK, "baseFeePerGas": "0x1"},
        eth_maxPriorityFeePerGas="0x1",
        eth_sendRawTransaction="0x" + "22" * 32,
    )
    call = Contract(connect(node(answers)), NOBODY, "DpoToken").prepare("delegate", NOBODY)
    with pytest.raises(ChainError, match="do not trust this node"):
        call.send(signer)


GWEI = 10**9


def asked(**results: object) -> Callable[[dict[str, object]], bytes]:
    """A node that asks some price for gas."""
    block = {**BLOCK, "baseFeePerGas": hex(GWEI)}
    usual = {"eth_chainId": "0x1", "eth_estimateGas": "0x5208", "eth_getBlockByNumber": block}
    return lying(**{**usual, **results})


@pytest.mark.parametrize(
    ("base_fee", "claimed", "tip"),
    [
        (GWEI, 10_000 * GWEI, 5 * GWEI),
        (GWEI, 2 * GWEI, 2 * GWEI),
        (20 * GWEI, 10_000 * GWEI, 20 * GWEI),
        (20 * GWEI, 10 * GWEI, 10 * GWEI),
        (500 * GWEI, 10_000 * GWEI, 50 * GWEI),
    ],
)
def test_a_tip_is_bounded_whatever_the_node_claims(
    node: Callable[..., str], signer: Account, base_fee: int, claimed: int, tip: int
) -> None:
    """At most the base fee or 5 gwei is tipped, and 50 gwei where the base fee may be a lie."""
    answers = asked(
        eth_getBlockByNumber={**BLOCK, "baseFeePerGas": hex(base_fee)},
        eth_maxPriorityFeePerGas=hex(claimed),
    )
    call = Contract(connect(node(answers)), NOBODY, "DpoToken").prepare("delegate", NOBODY)
    offer = call.offer(signer)
    assert offer is not None
    assert offer.prices == {"maxPriorityFeePerGas": tip, "maxFeePerGas": 2 * base_fee + tip}
    assert offer.most == 21_000 * 5 // 4 * (2 * base_fee + tip)


@pytest.mark.parametrize(
    ("results", "says"),
    [
        ({"eth_getBlockByNumber": {**BLOCK, "baseFeePerGas": hex(501 * GWEI)}}, "501 gwei"),
        ({"eth_getBlockByNumber": BLOCK, "eth_gasPrice": hex(101 * GWEI)}, "101 gwei"),
        ({"eth_estimateGas": hex(2**24 + 1)}, "16,777,217 gas"),
    ],
)
def test_what_no_honest_node_asks_is_not_offered(
    node: Callable[..., str], signer: Account, results: dict[str, object], says: str
) -> None:
    """A base fee, a gas price or an estimate beyond reason ends before anything is signed."""
    answers = asked(eth_maxPriorityFeePerGas="0x1", **results)
    call = Contract(connect(node(answers)), NOBODY, "DpoToken").prepare("delegate", NOBODY)
    with pytest.raises(ChainError, match=says):
        call.offer(signer)


def test_the_most_that_is_asked_is_still_offered(node: Callable[..., str], signer: Account) -> None:
    """At the limits a transaction goes through, and its gas stays within one transaction's."""
    answers = asked(
        eth_getBlockByNumber=BLOCK, eth_gasPrice=hex(100 * GWEI), eth_estimateGas=hex(2**24)
    )
    call = Contract(connect(node(answers)), NOBODY, "DpoToken").prepare("delegate", NOBODY)
    offer = call.offer(signer)
    assert offer is not None
    assert (offer.gas, dict(offer.prices)) == (2**24, {"gasPrice": 100 * GWEI})


def test_what_is_signed_is_what_was_offered(system: Any, signer: Account) -> None:
    """An offer that was shown binds the transaction, and what it cost is within it."""
    vault = system.deployment.strategies[0].vaults[0]
    call = Contract(system.chain, vault, "RebalancingVault").prepare("approve", NOBODY, 5)
    offer = call.offer(signer)
    assert offer is not None
    before = system.chain.balance(signer.address)
    receipt = call.send(signer, offer)
    sent = system.chain.request("eth_getTransactionByHash", receipt.tx_hash)
    assert int(sent["gas"], 16) == offer.gas
    assert int(sent["maxFeePerGas"], 16) == offer.prices["maxFeePerGas"]
    assert 0 < before - system.chain.balance(signer.address) <= offer.most
    assert call.offer(system.dev(1)) is None


def test_a_reason_has_one_line() -> None:
    """What a contract gives as its reason cannot look like a line of ours."""
    from eth_abi import encode

    from dpo_gov.chain.refusals import explain

    data = bytes.fromhex("08c379a0") + encode(["string"], ["no\nsent: 0xabc\r\n"])
    assert explain(data).message == "no sent: 0xabc"

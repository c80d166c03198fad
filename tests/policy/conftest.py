"""The deployed system on revm, which is some fifty times as fast as the chain in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyrevm
import pytest

from dpo_gov.chain import Account, Chain, Deployment, deploy
from dpo_gov.chain.contract import Contract, create
from dpo_gov.chain.formats import topics_match
from dpo_gov.chain.network import ANVIL_ID, DEV_COUNT
from dpo_gov.chain.transport import RpcRefused

START = 1_795_219_200
GAS = 10**9
_FAILED = re.compile(r"output: 0x([0-9a-f]*)")


class Revm:
    """What a node answers to our clients, from one EVM. Anyone may send; time stands still."""

    name = "embedded"

    def __init__(self) -> None:
        cfg = pyrevm.CfgEnv(chain_id=ANVIL_ID)
        self.evm = pyrevm.EVM(env=pyrevm.Env(cfg=cfg), spec_id="CANCUN", gas_limit=GAS)
        self.accounts = [f"0x{n:040x}" for n in range(0xD0, 0xD0 + DEV_COUNT)]
        self.now, self.number = START, 0
        self.receipts: list[dict[str, Any]] = []
        self._snapshots: list[tuple[Any, int, int]] = []
        self._set_time(0)

    def hand_over(self, address: str) -> None:
        """Let the test send as a contract: revm takes nothing from an account that has code."""
        self.evm.insert_account_info(address, pyrevm.AccountInfo())
        self.accounts.append(address)

    def request(self, method: str, params: list[Any]) -> Any:
        """The result of one request."""
        return getattr(self, f"_{method}")(*params)

    def _eth_chainId(self) -> str:  # noqa: N802 - as the request, all below too
        return hex(ANVIL_ID)

    def _eth_accounts(self) -> list[str]:
        return self.accounts

    def _eth_getBlockByNumber(self, tag: str, full: bool) -> dict[str, str]:  # noqa: N802 - as above
        assert tag in ("latest", hex(self.number))
        number = f"0x{self.number:064x}"
        return {"number": hex(self.number), "timestamp": hex(self.now), "hash": number}

    def _eth_getCode(self, address: str, tag: str) -> str:  # noqa: N802 - as above
        return "0x" + bytes(self.evm.get_code(address) or b"").hex()

    def _eth_call(self, call: Mapping[str, str], tag: str = "latest") -> str:
        if "to" not in call:  # a creation is not tried: whether it works shows when it is sent
            return "0x"
        before = self.evm.snapshot()
        try:
            return "0x" + self._execute(call).hex()
        finally:
            self.evm.revert(before)

    def _eth_sendTransaction(self, call: Mapping[str, str]) -> str:  # noqa: N802 - as above
        made = None
        if "to" in call:
            self._execute(call)
        else:
            made = self.evm.deploy(call["from"], bytes.fromhex(call["data"][2:]))
        self.number += 1
        sent = f"0x{self.number:064x}"
        logs = [
            {
                "address": log.address,
                "topics": log.topics,
                "data": "0x" + bytes(log.data[1]).hex(),
                "blockNumber": hex(self.number),
                "transactionHash": sent,
            }
            for log in self.evm.result.logs
        ]
        facts = {"status": "0x1", "blockNumber": hex(self.number), "gasUsed": "0x1"}
        self.receipts.append({**facts, "contractAddress": made, "logs": logs})
        return sent

    def _eth_getTransactionReceipt(self, sent: str) -> dict[str, Any]:  # noqa: N802 - as above
        return self.receipts[int(sent, 16) - 1]

    def _eth_getLogs(self, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:  # noqa: N802 - as above
        return [
            log
            for receipt in self.receipts[: int(wanted["toBlock"], 16)]
            for log in receipt.get("logs", [])
            if log["address"].lower() == wanted["address"].lower()
            and topics_match(log, wanted["topics"])
        ]

    def _evm_increaseTime(self, seconds: int) -> None:  # noqa: N802 - as above
        self._set_time(seconds)

    def _eth_getStorageAt(self, address: str, slot: str) -> str:  # noqa: N802 - as above
        return hex(self.evm.storage(address, int(slot, 16)))

    def _anvil_setStorageAt(self, address: str, slot: str, word: str) -> None:  # noqa: N802 - as above
        self.evm.insert_account_storage(address, int(slot, 16), int(word, 16))

    def _evm_mine(self) -> None:
        self.number += 1
        self.receipts.append({})

    def _evm_snapshot(self) -> str:
        self._snapshots.append((self.evm.snapshot(), self.now, self.number))
        return str(len(self._snapshots) - 1)

    def _evm_revert(self, snapshot: str) -> bool:
        state, self.now, self.number = self._snapshots[int(snapshot)]
        del self._snapshots[int(snapshot) :], self.receipts[self.number :]
        self.evm.revert(state)
        self._set_time(0)
        return True

    def _set_time(self, seconds: int) -> None:
        self.now += seconds
        self.evm.set_block_env(pyrevm.BlockEnv(timestamp=self.now, gas_limit=GAS))

    def _execute(self, call: Mapping[str, str]) -> bytes:
        sender, data = call.get("from", self.accounts[0]), bytes.fromhex(call["data"][2:])
        try:
            return bytes(self.evm.message_call(sender, call["to"], calldata=data))
        except RuntimeError as problem:
            found = _FAILED.search(str(problem))
            output = "0x" + found.group(1) if found else str(problem)
            raise RpcRefused(3, "execution reverted", output) from None
        finally:
            self.evm.reset_transient_storage()


@pytest.fixture(scope="module")
def deployed() -> tuple[Chain, Deployment]:
    """The demo's system, its timelock in our hands; who uses it takes back what was done to it."""
    node = Revm()
    deployment = deploy(Chain(node))
    node.hand_over(deployment.contracts.timelock)
    return Chain(node), deployment


OpenVenue = Callable[[Chain, Deployment, int, Sequence[int]], str]


@pytest.fixture(scope="session")
def open_venue() -> OpenVenue:
    """Opens a demo venue, well stocked and allowed at the first vault, and gives its address.

    Takes half the spread in parts per million, and the depth in US dollars by asset.
    """

    def make(chain: Chain, deployment: Deployment, spread: int, depths: Sequence[int]) -> str:
        strategy = deployment.strategies[0]
        vault = Contract(chain, strategy.vaults[0], "RebalancingVault")
        timelock = Account(deployment.contracts.timelock, unlocked=True)
        deployer = Account.load("dev:0", chain)
        tokens = strategy.assets.values()
        markets = [
            (token.address, spread if place else 0, depth * 10**18 if place else 0)
            for place, (token, depth) in enumerate(zip(tokens, depths, strict=True))
        ]
        made = create(chain, "DemoVenue", deployment.contracts.hub, markets)
        address = str(made.send(deployer).contract_address)
        for token in tokens:
            stock = Contract(chain, token.address, "TestToken")
            stock.prepare("mint", address, 10**9 * 10**token.decimals).send(deployer)
        role = vault.read("CURATOR_ROLE")
        vault.prepare("grantRole", role, timelock.address).send(timelock)
        vault.prepare("setVenue", address, True).send(timelock)
        return address

    return make

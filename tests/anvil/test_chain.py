from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dpo_gov.chain import (
    Chain,
    GovernorClient,
    ProposalState,
    RegistryClient,
    Support,
    VaultClient,
    connect,
    deploy,
    plan_rebalance,
)
from dpo_gov.chain.plan import DAY
from dpo_gov.chain.system import roles_of
from dpo_gov.errors import CallRefused, ChainError
from dpo_gov.params import Change, ParamSet
from dpo_gov.proposal.actions import Action

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_system_as_on_the_embedded_chain(fresh: Chain) -> None:
    """Both chains have the same accounts and get the same addresses; the deployer is nobody."""
    embedded = connect("embedded")
    assert fresh.accounts == embedded.accounts
    made = deploy(fresh)
    assert made == deploy(embedded).model_copy(update={"chain_id": fresh.chain_id})
    assert roles_of(fresh, made, fresh.accounts[0]) == []
    state = RegistryClient(fresh, made).state("core")
    assert (state.version, state.params) == (1, ParamSet.defaults(state.layout))


def test_a_vote_on_anvil(uniswap_system: Any) -> None:
    """Propose, vote, queue and execute on a node that other people wrote."""
    chain, deployment = uniswap_system.chain, uniswap_system.deployment
    registry, governor = RegistryClient(chain, deployment), GovernorClient(chain, deployment)
    change = Change(key=8, old=500, new=600)
    call = registry.set_params("core", [change], (0, 2**40 - 1), b"\1" * 32)
    with pytest.raises(CallRefused, match="only governance") as refused:
        call.send(uniswap_system.dev(2))
    assert refused.value.error == "NotGovernor"
    governor.propose([Action(call.to or "", 0, call.data)], "# Calmer\n").send(
        uniswap_system.dev(1)
    )
    (proposal,) = governor.list()
    chain.travel(DAY + 1)
    for voter in (2, 3):
        governor.vote(proposal.id, Support.FOR).send(uniswap_system.dev(voter))
    chain.travel(5 * DAY)
    governor.queue(proposal.id).send(uniswap_system.dev(7))
    chain.travel(2 * DAY)
    governor.execute(proposal.id).send(uniswap_system.dev(7))
    assert governor.state(proposal.id) is ProposalState.EXECUTED
    assert registry.state("core").values[8] == 600


def test_vaults_trade_in_real_pools(uniswap_system: Any) -> None:
    """The first portfolio is bought in Uniswap's pools, and so is what a deposit brings."""
    chain, deployment = uniswap_system.chain, uniswap_system.deployment
    vault = VaultClient(chain, deployment, deployment.strategies[0].vaults[0])
    bought = vault.status()
    assert (bought.drift or 0) < 10**16
    depositor = uniswap_system.dev(8)
    vault.approve(300_000 * 10**6).send(depositor)
    vault.deposit(300_000 * 10**6, depositor.address).send(depositor)
    chain.travel(DAY // 4 + 1)
    before = vault.status()
    trades = plan_rebalance(vault, deployment.roles.keeper)
    assert len(trades) == 2 and {trade.sell for trade in trades} == {0}
    vault.rebalance(trades).send(uniswap_system.dev(7))
    after = vault.status()
    assert (before.drift or 0) > 10**17 > (after.drift or 0)
    lost = 1 - (after.nav or 0) / (before.nav or 1)
    assert 0 < lost < 0.003  # the fee of 5 bps, and what the pools moved


def test_chain_up_with_anvil(tmp_path: Path) -> None:
    """`chain up --anvil` starts it, and takes it along when it is stopped politely."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["chain", "up", "--anvil", "--deploy", "--port", str(port)]
    words += ["--deployment", str(tmp_path / "d.json")]
    process = subprocess.Popen(
        [sys.executable, "-c", "from dpo_gov.cli import main; main()", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert any("Ctrl-C" in line for line in iter(process.stdout.readline, ""))
    url = f"http://127.0.0.1:{port}"
    assert connect(url).now() > 0
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=15)
    assert (process.returncode, errors.strip().splitlines()[-1]) == (0, "stopped")
    with pytest.raises(ChainError, match="cannot be reached"):
        connect(url)

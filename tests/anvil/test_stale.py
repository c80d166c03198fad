"""Code that changes while a vote is on: its batch is refused. Only a node can change code."""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak

from dpo_gov.chain import Chain, GovernorClient, RegistryClient, Support, deploy
from dpo_gov.chain.accounts import Account
from dpo_gov.errors import CallRefused
from dpo_gov.params import Change
from dpo_gov.proposal.actions import proposal_id, require_code_action, set_params_action

DAY = 86_400
TEXT = b"# Calmer\n"


@pytest.mark.parametrize("changed", ["registry", "validator"])
def test_changed_code_stops_the_vote(fresh: Chain, changed: str) -> None:
    """The contract with other code is named and nothing is done; with its code back, it is."""
    deployment = deploy(fresh)
    where: Any = deployment.contracts
    registry, governor = RegistryClient(fresh, deployment), GovernorClient(fresh, deployment)
    relied_on = (where.registry, registry.validator("core"))
    change = Change(key=8, old=500, new=600)
    actions = [
        require_code_action(
            where.preconditions, {one: keccak(fresh.code(one)) for one in relied_on}
        ),
        set_params_action(
            where.registry,
            deployment.strategy("core").layout.strategy_id,
            [change],
            (0, 2**40 - 1),
            b"\7" * 32,
        ),
    ]
    governor.propose(actions, TEXT.decode()).send(Account.load("dev:1", fresh))
    number = proposal_id(actions, TEXT)
    fresh.travel(DAY + 1)
    for voter in ("dev:2", "dev:3"):
        governor.vote(number, Support.FOR).send(Account.load(voter, fresh))
    fresh.travel(5 * DAY)
    governor.queue(number).send(Account.load("dev:9", fresh))
    fresh.travel(2 * DAY)

    target = getattr(where, changed)
    before = fresh.code(target)
    fresh.request("anvil_setCode", target, "0x" + before.hex() + "00")
    with pytest.raises(CallRefused, match=f"CodeChanged.*{target} has changed"):
        governor.execute(number).send(Account.load("dev:9", fresh))
    assert registry.state("core").version == 1

    fresh.request("anvil_setCode", target, "0x" + before.hex())
    governor.execute(number).send(Account.load("dev:9", fresh))
    assert registry.state("core").values[8] == 600

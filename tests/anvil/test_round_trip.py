"""The whole round trip on anvil, through a demo venue and through real pools of Uniswap v3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dpo_gov.chain import Chain, Deployment, deploy
from dpo_gov.cli import main
from dpo_gov.cli.context import Session
from dpo_gov.cli.roundtrip import RoundTrip

PROPOSAL = """\
version: 1
title: Hold more of the base asset
strategy: core
author: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
summary: More of the base asset, and a narrower band.
motivation: It is what the tests propose.
changes:
  targetWeight[USDC]: {from: 20 %, to: 25 %}
  targetWeight[WETH]: {from: 45 %, to: 40 %}
  driftThreshold: {from: 5 %, to: 4 %}
window: {not_before: 2026-11-21T00:00:00Z, not_after: 2027-01-15T00:00:00Z}
simulation: {paths: 400, seed: 1, horizon: 30 d}
"""


def carry_out(chain: Chain, deployment: Deployment, out: Path) -> dict[str, Any]:
    """Everything from the draft to `verify`; what `verify` says."""
    folder = out / "proposals" / "2026-11-21-test"
    folder.mkdir(parents=True)
    (folder / "proposal.yaml").write_text(PROPOSAL)
    session = Session(chain, deployment, quiet=True)
    trip = RoundTrip(session, folder, out, lambda _: None, paths=400)
    trip.run()
    rebalanced = [step.result for step in trip.steps if "vault rebalance" in step.command]
    assert len(rebalanced) == 2
    assert all("trade" in result and not result.startswith("0 ") for result in rebalanced)
    data: dict[str, Any] = main.main(
        ["verify", str(folder)], prog_name="dpo-gov", standalone_mode=False, obj=session
    )
    return data


def test_the_round_trip_through_the_demo_venue(fresh: Chain, tmp_path: Path) -> None:
    """The same commands that run in memory run against a node, and every link holds."""
    data = carry_out(fresh, deploy(fresh), tmp_path)
    assert data["ok"] is True
    assert len(set(data["report_hash"].values())) == 1


@pytest.mark.usefixtures("fresh")
def test_the_round_trip_through_uniswap(uniswap_system: Any, tmp_path: Path) -> None:
    """The vaults rebalance through real Uniswap v3 pools, within all of their rules."""
    data = carry_out(uniswap_system.chain, uniswap_system.deployment, tmp_path)
    assert data["ok"] is True

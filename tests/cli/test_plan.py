"""`dpo-gov params plan` and `worst-case`: what they tell is what the chain takes, to the second."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from dpo_gov.chain import Chain, GovernorClient, PreparedCall, RegistryClient, Support
from dpo_gov.cli.context import Session
from dpo_gov.cli.text import clock, second, when
from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails import Call, Lane, decide
from dpo_gov.params import Change
from dpo_gov.proposal.actions import Action, proposal_id

Run = Callable[..., Result]
DAY = 86_400
REPORT = b"\7" * 32
PROPOSER, STEWARD, ANYBODY = 1, 5, 9
ALWAYS = (0, 2**40 - 1)


def planned(run: Run, session: Session, *arguments: str) -> dict[str, Any]:
    """What `params plan core …` says."""
    result = run("params", "plan", "core", *arguments, "--json", obj=session)
    assert result.exit_code == 0, result.stderr
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def sent(chain: Chain, call: PreparedCall, account: int, at: int) -> bool:
    """Send in the block of that second, without trying first; whether the transaction went well."""
    if chain.now() < at - 1:
        chain.request("evm_mine", hex(at - 1))
    transaction = {
        "from": chain.accounts[account],
        "to": call.to,
        "data": "0x" + call.data.hex(),
        "gas": hex(10_000_000),
    }
    receipt = chain.request(
        "eth_getTransactionReceipt", chain.request("eth_sendTransaction", transaction)
    )
    assert chain.block(int(receipt["blockNumber"], 16)).timestamp == at
    return bool(receipt["status"] == "0x1")


def only_from(chain: Chain, call: PreparedCall, account: int, at: int) -> None:
    """The call is refused one second before its time, and taken at it."""
    assert not sent(chain, call, account, at - 1)
    assert sent(chain, call, account, at)


class Playback:
    """Carries a plan out on the chain."""

    def __init__(self, session: Session) -> None:
        self.chain = session.chain
        self.registry = RegistryClient(session.chain, session.deployment)
        self.governor = GovernorClient(session.chain, session.deployment)

    def run(self, plan: dict[str, Any]) -> None:
        """Every version at its first second, and one second earlier in vain."""
        for step in plan["steps"]:
            changes = [self._change(entry) for entry in step["changes"]]
            if step["lane"] == Lane.STEWARD.name.lower():
                self._steward(changes, step["at"], plan["now"])
            else:
                self._vote(changes, step["submit"], step["at"])
            assert self.registry.state("core").version == step["version"]

    def _steward(self, changes: list[Change], at: int, now: int) -> None:
        state = self.registry.state("core")
        call = self.registry.steward_set(
            "core",
            changes,
            expected_version=state.version,
            not_after=ALWAYS[1],
            report_hash=REPORT,
        )
        if self.chain.now() < at - 1:
            only_from(self.chain, call, STEWARD, at)
            return
        if at > now + 1:
            # A second earlier was the block of the version before, which is closed.
            with pytest.raises(RuleBroken):
                decide(state, Call(lane=Lane.STEWARD, changes=changes, report_hash=REPORT), at - 1)
        assert sent(self.chain, call, STEWARD, at)

    def _vote(self, changes: list[Change], submit: int, at: int) -> None:
        call = self.registry.set_params("core", changes, ALWAYS, REPORT)
        actions = [Action(call.to or "", 0, call.data)]
        text = f"# To version {at}\n"
        assert sent(self.chain, self.governor.propose(actions, text), PROPOSER, submit)
        number = proposal_id(actions, text.encode())
        voting = self.governor.status(number)
        vote = self.governor.vote(number, Support.FOR)
        for voter in (2, 3):
            assert sent(self.chain, vote, voter, voting.vote_start + voter)
        only_from(self.chain, self.governor.queue(number), ANYBODY, voting.vote_end + 1)
        only_from(self.chain, self.governor.execute(number), ANYBODY, at)

    def _change(self, entry: dict[str, str]) -> Change:
        state = self.registry.state("core")
        spec = state.spec(entry["name"])
        return Change(key=spec.key, old=spec.parse(entry["from"]), new=spec.parse(entry["to"]))


@pytest.mark.parametrize(
    ("arguments", "lanes"),
    [
        # Cool-downs of the steward, reach, a vote, and the steward again.
        (("driftThreshold=16%",), ["steward"] * 5 + ["governance", "steward"]),
        # Jumps of a coupled group whose sum must stay.
        (
            ("targetWeight[USDC]=60%", "targetWeight[WBTC]=20%", "targetWeight[WETH]=20%",
             "--lane", "governance"),
            ["governance"] * 2,
        ),
        # One may never pass the other: the way up and the way down have another order.
        (("maxSlippage=1.5%", "slippageBudget=1.5%", "--lane", "steward"), ["steward"] * 4),
        (("debtCeiling=400000 USDC", "debtCeilingGap=80000 USDC"), ["steward"] * 2),
        # To less risk by steps without a cool-down, in one block each.
        (("maxTradeSize=2%",), ["steward"] * 3),
    ],
)  # fmt: skip
def test_every_version_is_taken_at_its_time_and_not_a_second_sooner(
    run: Run, session: Session, arguments: tuple[str, ...], lanes: list[str]
) -> None:
    """A plan, carried out with time travel, brings the registry to what was asked."""
    plan = planned(run, session, *arguments)
    assert [step["lane"] for step in plan["steps"]] == lanes
    playback = Playback(session)
    playback.run(plan)
    state = playback.registry.state("core")
    for pair in (one for one in arguments if "=" in one):
        name, _, value = pair.partition("=")
        spec = state.spec(name)
        assert state.values[spec.key] == spec.parse(value)
    assert session.chain.now() == plan["done"]


def test_votes_that_overlap_are_sooner(run: Run, session: Session) -> None:
    """Submitted at once, a second vote is carried out a second after the first."""
    wanted = ("driftThreshold=15%", "--lane", "governance")
    apart, overlapping = planned(run, session, *wanted), planned(run, session, *wanted, "--overlap")
    first, second = (step["at"] for step in overlapping["steps"])
    assert second == first + 1
    assert first == apart["steps"][0]["at"]
    assert apart["done"] > first + 8 * DAY


def test_people_see_dates_lanes_and_values(run: Run, session: Session) -> None:
    """The table says who, when to submit, from when, and to what."""
    result = run("params", "plan", "core", "driftThreshold=12%", obj=session)
    assert result.exit_code == 0, result.stderr
    assert "versions, the last from 2026-12-0" in result.stdout
    for text in ("governance", "steward", "driftThreshold 12 %", "submitted, UTC"):
        assert text in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("driftThreshold=21%",), 1, "AboveMaximum"),
        (("driftThreshold=21%",), 1, "propose a wider spec first"),
        (("driftThreshold=12%", "--lane", "steward"), 1, "BeyondReach"),
        (("driftThreshold=12%", "--lane", "steward"), 1, "--lane auto or governance"),
        (("maxSlippage=2%",), 1, "OutOfOrder"),
        (("targetWeight[USDC]=30%",), 1, "WeightsDoNotSum"),
        (("driftThreshold=5%",), 2, "already"),
        (("driftThreshold",), 2, "NAME=VALUE"),
        (("driftTreshold=6%",), 2, "did you mean: driftThreshold"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_no_way_leads_to_is_named(
    run: Run, session: Session, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """The rule in the way, and what to do about it."""
    result = run("params", "plan", "core", *arguments, obj=session)
    assert result.exit_code == code, result.output
    assert says in result.stderr


def test_the_worst_case_has_an_end(run: Run, session: Session) -> None:
    """More days bring more until the reach is used up; afterwards a year is no worse."""
    found = []
    for days in (1, 5, 60, 365):
        result = run("params", "worst-case", "core", "--days", days, "--json", obj=session)
        assert result.exit_code == 0, result.stderr
        data = json.loads(result.stdout)
        found.append({one["name"]: one["highest"]["text"] for one in data["parameters"]})
    assert [one["driftThreshold"] for one in found] == ["6 %", "10 %", "10 %", "10 %"]
    assert found[2] == found[3]
    table = run("params", "worst-case", obj=session)
    assert "what the steward alone can do until" in table.stdout
    rows = {line.split()[0]: line for line in table.stdout.splitlines()[1:] if line.strip()}
    marks = {"driftThreshold": 2, "maxSlippage": 1, "marginBuffer": 1, "minTenor": 0}
    assert {name: rows[name].count("!") for name in marks} == marks
    assert "150 % !" in rows["marginBuffer"]


def test_the_worst_case_names_limits_that_are_proposed(
    run: Run, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wider limits that anyone may activate within the days count, and are named with their time;
    those of a later time do not."""
    spec = RegistryClient(session.chain, session.deployment).state("core").spec("driftThreshold")
    wider = spec.model_copy(update={"jump": 1_500, "step_up": 1_500})
    ready = session.chain.now() + 3 * DAY
    monkeypatch.setattr(RegistryClient, "proposed_specs", lambda *_: {spec.key: (wider, ready)})
    found = []
    for days in (2, 30):
        result = run("params", "worst-case", "core", "--days", days, "--json", obj=session)
        assert result.exit_code == 0, result.stderr
        entries = {one["name"]: one for one in json.loads(result.stdout)["parameters"]}
        assert entries["maxSlippage"]["proposed_from"] is None
        one = entries["driftThreshold"]
        found.append((one["highest"]["text"], one["proposed_from"]))
    assert found == [("7 %", None), ("20 %", ready)]
    table = run("params", "worst-case", obj=session)
    assert "driftThreshold: other limits are proposed, which anyone may activate" in table.stdout


def test_times_beyond_the_calendar_are_shown_as_they_are() -> None:
    """A cool-down may be so long that no year has a date for its end: that is no crash."""
    for text in (clock, second, when):
        assert text(10**12) == "second 1000000000000"
        assert text(1_795_219_200).startswith("2026-11-21 00:00")

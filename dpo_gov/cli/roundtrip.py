"""The round trip of one proposal on a development chain, made of the commands themselves.

Every step is a command line that is run in this process, as a person would type it; between the
phases of the vote the chain's clock is moved.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dpo_gov.cli.context import Context, Session
from dpo_gov.cli.text import count, percent, short, when
from dpo_gov.errors import CheckFailed

if TYPE_CHECKING:
    from dpo_gov.chain import VaultStatus

PROPOSER, STEWARD, GUARDIAN, KEEPER, DEPOSITOR = "dev:1", "dev:5", "dev:6", "dev:7", "dev:8"
VOTERS = ("dev:2", "dev:3", "dev:4")
DAY = 86_400


@dataclass(frozen=True)
class Step:
    """One command that was run. `gas`: 0 where it sent nothing."""

    command: str
    result: str
    gas: int
    seconds: float


@dataclass
class RoundTrip:
    """The steps of a proposal in `folder`, from its draft to the vaults of its strategy.

    `out` gets what is not the proposal's: the steward's report, of a simulation of `paths` paths.
    `say` is called with every step when it is done.
    """

    session: Session
    folder: Path
    out: Path
    say: Callable[[Step], None]
    paths: int = 2_000
    steps: list[Step] = field(default_factory=list)

    def run(self) -> None:
        """All steps up to `verify`, which is left to the caller. Raises what a command raises."""
        self._draft()
        self._vote()
        self._other_lanes()
        self._apply()
        self._money()

    # The steps

    def _draft(self) -> None:
        from dpo_gov.proposal.folder import CALLDATA, RENDERED, REPORT_HTML, Folder

        before = Folder.at(self.folder).read()
        # matplotlib's releases draw its plots a little differently, and no hash covers it.
        before.pop(REPORT_HTML, None)
        self._do("params", "show", self._strategy, told=_shown)
        self._do("proposal", "check", self.folder, "--draft", told=_checked)
        self._do("sim", "run", self.folder, told=lambda data: f"report {data['report_hash']}")

        def rendered(data: Mapping[str, Any]) -> str:
            after = Folder.at(self.folder).read()
            others = [name for name, content in before.items() if after[name] != content]
            if others:
                raise CheckFailed(
                    f"{self.folder}: rendering gives other bytes than it came with: "
                    f"{', '.join(others)}; was it made by another release?"
                )
            files = "the same to the byte" if before else "written"
            return f"{len(RENDERED)} files, {files}; proposal {str(data['proposal_id'])[:8]}…"

        self._do("proposal", "render", self.folder, told=rendered)
        self._do("proposal", "check", self.folder, told=_checked)
        self._do("proposal", "decode", self.folder / CALLDATA, told=_decoded)

    def _vote(self) -> None:
        gov, chain = "gov", self.session.chain
        self._do(gov, "delegate", account=VOTERS[0], told=_delegated)
        submitted = self._do(
            gov,
            "submit",
            self.folder,
            account=PROPOSER,
            told=lambda data: f"vote {when(data['vote_start'])} to {when(data['vote_end'])}",
        )
        self._travel(submitted["vote_start"] + 1, "the vote begins")
        for voter in VOTERS:
            self._do(gov, "vote", self.folder, "for", account=voter, told=_voted)
        self._travel(submitted["vote_end"] + 1, "the vote ends")
        queued = self._do(gov, "queue", self.folder, account=PROPOSER, told=_state)
        self._travel(max(queued["eta"] or 0, chain.now()), "the timelock lets it through")
        self._do(gov, "execute", self.folder, account=PROPOSER, told=_state)
        self._do(gov, "status", self.folder, told=_state)

    def _other_lanes(self) -> None:
        """The guardian stops everything, then lets it go on; the steward makes a small step."""
        name = self._strategy
        self._do("guardian", "freeze", name, "--for", "1 d", account=GUARDIAN, told=_frozen)
        self._do("guardian", "unfreeze", name, account=GUARDIAN, told=_unfrozen)
        self._do(
            *("steward", "set", name, "maxTradeSize=16%", "--paths", self.paths),
            *("--reports", self.out / "reports"),
            account=STEWARD,
            told=_set,
        )

    def _apply(self) -> None:
        self._do("apply", self._strategy, account=KEEPER, told=_applied)
        self._wait_for_drift()
        for vault in self._vaults:
            self._do("vault", "rebalance", vault, account=KEEPER, told=_rebalanced)

    def _money(self) -> None:
        first = self._vaults[0]
        self._do(
            *("vault", "deposit", first, "1000 USDC"),
            account=DEPOSITOR,
            told=lambda data: f"{data['shares']} shares",
        )
        self._do("vault", "redeem", first, "1 %", account=DEPOSITOR, told=_redeemed)
        self._do("vault", "status", told=_current)

    # How a step is made

    def _do(
        self, *words: object, told: Callable[[Mapping[str, Any]], str], account: str = ""
    ) -> Mapping[str, Any]:
        """Run one command line; `told` says in words what it did. With an account it sends."""
        from dpo_gov.cli import main

        arguments = [str(word) for word in words]
        if account:
            arguments += ["--account", account, "--send"]
        start = time.monotonic()
        data: Mapping[str, Any] = main.main(
            arguments, prog_name="dpo-gov", standalone_mode=False, obj=self.session
        )
        gas = int(data.get("gas", 0)) + int(data.get("approval", {}).get("gas", 0))
        shown = " ".join(self._word(word) for word in arguments)
        self._done(Step(f"dpo-gov {shown}", told(data), gas, time.monotonic() - start))
        return data

    def _done(self, step: Step) -> None:
        self.steps.append(step)
        self.say(step)

    def _word(self, word: str) -> str:
        """As a person would type it, with $P for the proposal's folder and $OUT for the other."""
        word = word.replace(str(self.folder), "$P").replace(str(self.out), "$OUT")
        return f'"{word}"' if " " in word else word

    def _travel(self, until: int, why: str) -> None:
        """Move the clock, and give the feeds prices of the new time."""
        from dpo_gov.chain import refresh_prices

        chain, start = self.session.chain, time.monotonic()
        seconds = until - chain.now()
        if seconds > 0:
            chain.travel(seconds)
            refresh_prices(chain, self.session.deployment)
            days = f"{seconds / DAY:.1f} days pass"
            self._done(Step(f"… {days}", why, 0, time.monotonic() - start))

    def _wait_for_drift(self) -> None:
        """Until the new targets are reached, and further to where every vault may rebalance."""
        ramp = max(one.get("weightRamp") for one in self._applied_params())
        self._travel(self.session.chain.now() + ramp, "the target weights move to the new ones")
        wakes = 0
        for vault, params in zip(self._statuses(), self._applied_params(), strict=True):
            since = vault.last_rebalance
            wakes = max(wakes, since + params.get("tradeCoolOff"))
            if (vault.drift or 0) * 10_000 <= params.get("driftThreshold") * 10**18:
                wakes = max(wakes, since + params.get("rebalanceInterval"))
        self._travel(wakes + 1, "the vaults may rebalance below their threshold")

    @cached_property
    def _strategy(self) -> str:
        from dpo_gov.proposal.folder import Folder

        return Folder.at(self.folder).load().strategy

    @property
    def _vaults(self) -> list[str]:
        count = len(self.session.deployment.strategy(self._strategy).vaults)
        return [f"{self._strategy}/{number + 1}" for number in range(count)]

    def _statuses(self) -> list[VaultStatus]:
        context = Context(session=self.session)
        return [context.vault(vault).status() for vault in self._vaults]

    def _applied_params(self) -> list[Any]:
        context = Context(session=self.session)
        return [context.vault(vault).params() for vault in self._vaults]


def _shown(data: Mapping[str, Any]) -> str:
    return f"{len(data['parameters'])} parameters at version {data['version']}"


def _checked(data: Mapping[str, Any]) -> str:
    warnings = [one for one in data["findings"] if one["level"] == "warning"]
    return f"no error, {count(len(warnings), 'warning')}"


def _decoded(data: Mapping[str, Any]) -> str:
    changes = [change for action in data["actions"] for change in action.get("changes", [])]
    return _moves(changes, "parameter")


def _moves(changes: Sequence[Mapping[str, Any]], name: str) -> str:
    """What changes; entries that only state a value are left out."""
    moves = [f"{c[name]} {c['from']} → {c['to']}" for c in changes if c["from"] != c["to"]]
    return ", ".join(moves)


def _delegated(data: Mapping[str, Any]) -> str:
    itself = data["delegatee"] == data["from"]
    return f"gives its votes to {'itself' if itself else short(data['delegatee'])}"


def _voted(data: Mapping[str, Any]) -> str:
    return f"{int(data['votes']['for']) // 10**18:,} votes for it"


def _state(data: Mapping[str, Any]) -> str:
    return f"{data['state']}"


def _frozen(data: Mapping[str, Any]) -> str:
    return f"frozen until {when(data['until'])}"


def _unfrozen(data: Mapping[str, Any]) -> str:
    return _frozen({"until": data["frozen_until"]}) if data["frozen_until"] else "no longer frozen"


def _set(data: Mapping[str, Any]) -> str:
    return f"version {data['version_before'] + 1}: {_moves(data['changes'], 'name')}"


def _applied(data: Mapping[str, Any]) -> str:
    current = [one for one in data["vaults"] if one["version"] == data["version"]]
    return f"{len(current)} of {len(data['vaults'])} vaults at version {data['version']}"


def _rebalanced(data: Mapping[str, Any]) -> str:
    drift = f"largest drift {percent(data['drift_before'])} → {percent(data['drift_after'])}"
    return f"{count(len(data['trades']), 'trade')}, {drift}"


def _redeemed(data: Mapping[str, Any]) -> str:
    paid = "a part of everything" if data["in_kind"] else "the base asset"
    return f"{data['shares']} shares for {paid}"


def _current(data: Mapping[str, Any]) -> str:
    vaults = data["vaults"]
    current = [one for one in vaults if one["version"] == one["committed_version"]]
    return f"{len(current)} of {count(len(vaults), 'vault')} current"

"""The guard rails in Python and the registry in Solidity say the same, call by call.

Sequences of calls of every kind (three lanes, freezes, specs, rollbacks), at times and values near
every limit, run on both. Compared are acceptance, the error's name and arguments, and after each
call that is taken all that the registry holds: values, times, anchors, specs, freezes, version and
state hash. `make differential STEPS=1000000` makes a longer run, with new sequences each time.
"""

import os
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from dpo_gov.errors import RuleBroken
from dpo_gov.guardrails import (
    SPEC_WINDOW,
    Call,
    Lane,
    Proof,
    RegistryState,
    abdicate,
    activate_spec,
    cancel_spec,
    decide,
    freeze,
    freeze_key,
    narrow_spec,
    propose_spec,
    prove,
    rollback,
    unfreeze,
    unfreeze_key,
)
from dpo_gov.guardrails.limits import largest_jump, largest_step
from dpo_gov.guardrails.specs import Limits, limits_of, with_limits
from dpo_gov.params import Change, ParamSpec, Risk, values

DAY = 86_400
REPORT = b"\xab" * 32
LENGTH = 40
ASKED = int(os.environ.get("DPO_GOV_DIFFERENTIAL_STEPS", "0"))
STEPS = max(LENGTH, (ASKED or 20_800) // 2)
"""In each of the two parts."""

Outcome = tuple[str, tuple[object, ...]]
Runs = tuple[Callable[[], Any], Callable[[], RegistryState]]
Steps = list[tuple[str, int]]
LANES = {lane.name.lower(): lane for lane in Lane}
KINDS = [
    *["governance"] * 5,
    *["steward"] * 6,
    *["guardian"] * 3,
    *["freeze", "narrow", "propose", "activate", "activate", "cancel", "abdicate"],
    *["rollback"] * 3,
]
PATIENT = [*["steward"] * 12, "governance", "guardian", "freeze"]
"""Kinds for a sequence in which the steward gets far."""
STEP_LISTS = st.sampled_from((KINDS, KINDS, PATIENT)).flatmap(
    lambda kinds: st.lists(
        st.tuples(st.sampled_from(kinds), st.integers(0, 2**63)), min_size=LENGTH, max_size=LENGTH
    )
)
# fmt: off
RULES = {
    "TooEarly", "TooLate", "VersionMoved", "ReportMissing", "Frozen", "ParamUnknown", "StaleValue",
    "KeyIsFrozen", "BelowMinimum", "AboveMaximum", "Abdicated", "AddsRisk", "JumpTooLarge",
    "StepTooLarge", "CoolingDown", "BeyondReach", "ChangedJustNow", "KeysNotAscending",
    "GroupIncomplete", "NoChanges", "ProofInvalid", "FreezeNotLonger", "FreezeTooLong", "NotFrozen",
    "SpecInvalid", "SpecKindChanged", "SpecNotNarrower", "SpecNotProposed", "SpecNotReady",
    "SpecProposalExpired",
}
INVARIANTS = {
    "WeightsDoNotSum", "OutOfOrder", "NoRoomForBuffer", "GapTooWide", "FeesTooHigh",
}
# fmt: on


class Sequence:
    """Draws calls that are mostly good, and otherwise wrong in one or two ways."""

    def __init__(self, specs: tuple[ParamSpec, ...], seed: int) -> None:
        self.by_key = {spec.key: spec for spec in specs}
        random = Random(seed)
        self.focus = random.sample(sorted(self.by_key), 4)
        self.upwards = {key: random.random() < 0.5 for key in self.by_key}
        """A few parameters, and where they go: limits that add up are reached by nobody else."""

    def key(self, random: Random) -> int:
        """A parameter, often one of those that this sequence is about."""
        return random.choice(self.focus if random.random() < 0.6 else sorted(self.by_key))

    def wait(self, random: Random, kind: str, state: RegistryState, now: int) -> int:
        """Seconds until the call: often right before, at, or after the end of something."""
        ends = [state.frozen_until, *state.key_frozen_until.values()]
        specs = state.by_key
        ends += [state.changed_at[key] + specs[key].cooldown for key in self.focus]
        if kind == "activate" and state.proposed:
            active_from = [end for _, end in state.proposed.values()]
            ends = [*active_from * 2, *(end + SPEC_WINDOW for end in active_from)]
        until = random.choice(ends) + random.choice((-1, 0, 0, 1)) - now
        return max(0, random.choice((0, 1, 12, until, until, random.randrange(4 * DAY))))

    def call(self, random: Random, lane: Lane, state: RegistryState, now: int) -> Call:
        """One call in `lane`."""
        bad = random.random() < 0.1
        return Call(
            lane=lane,
            changes=tuple(self.changes(random, lane, state, now)),
            report_hash=bytes(32)
            if (bad and random.random() < 0.3) or lane is Lane.GUARDIAN
            else REPORT,
            not_before=now + random.choice((-1, 0, 1, 2**39)) if bad else 0,
            not_after=now + random.choice((-1, 0, 1)) if bad else 2**40 - 1,
            expected_version=state.version + (bad and random.choice((-1, 0, 1))),
        )

    def changes(self, random: Random, lane: Lane, state: RegistryState, now: int) -> list[Change]:
        """Entries of a call: some keys, their groups, and now and then something wrong."""
        chosen = {self.key(random) for _ in range(random.choice((1, 1, 1, 2, 3, 6)))}
        if random.random() < 0.15:
            chosen = {key for key in self.by_key if key < 3}
        if lane is Lane.STEWARD and random.random() < 0.8:
            specs = state.by_key
            cooled = {key for key in chosen if now >= state.changed_at[key] + specs[key].cooldown}
            chosen = cooled or chosen
        if state.key_frozen_until and random.random() < 0.2:
            chosen.add(random.choice(sorted(state.key_frozen_until)))
        stated = set(chosen)
        if random.random() < 0.95:
            for key in chosen:
                stated |= {key - key % 8 + n for n in range(8) if self.by_key[key].group >> n & 1}
        new = {key: self.value(random, lane, state, key) for key in chosen}
        weights = [state.values[key] for key in (0, 1, 2)]
        if chosen == {0, 1, 2} and sum(weights) == 10_000 and random.random() < 0.8:
            # Weights only pass when their sum stays.
            move = random.randrange(600)
            new = {0: weights[0] + move, 1: weights[1] - move, 2: weights[2]}
        entries = [
            Change(key=key, old=state.values[key], new=new.get(key, state.values[key]))
            for key in sorted(stated)
        ]
        return self.spoiled(random, entries) if random.random() < 0.08 else entries

    def value(self, random: Random, lane: Lane, state: RegistryState, key: int) -> int:
        """A new value: near the limits of the lane, near the bounds, or anywhere."""
        spec, current, anchor = state.by_key[key], state.values[key], state.anchor(key)
        up = self.upwards[key] if random.random() < 0.7 else random.random() < 0.5
        if lane is Lane.GUARDIAN and random.random() < 0.7:
            up = spec.risk is Risk.DOWN
        move, reach = largest_jump(spec, current), largest_jump(spec, anchor)
        if lane is Lane.STEWARD:
            move = largest_step(spec, up, current)
        move = random.choice((move, move, move // 2, random.randrange(move + 1), 1, 0, move + 1))
        near = current + move if up else current - move
        if lane is Lane.STEWARD and random.random() < 0.5:
            # Where the steward's reach ends.
            edge = anchor + reach + 1 if up else anchor - reach - 1
            near = edge if abs(edge - current) <= largest_step(spec, up, current) else near
        if random.random() < 0.85:
            return max(spec.lower, min(spec.upper, near))
        edges = (spec.lower, spec.upper, spec.lower - 1, spec.upper + 1, near)
        wild = (0, -1, 2**32, -(2**31) - 1, 2**255 - 1, -(2**255), random.randrange(2**34))
        return random.choice((random.choice(edges), random.choice(edges), random.choice(wild)))

    def spec(self, random: Random, state: RegistryState, key: int, narrow: bool) -> int:
        """A packed spec for a parameter: narrower or wider than the one it has, or wrong."""
        spec = state.by_key[key]
        low, high, up, down, jump, cooldown = limits_of(spec.packed())
        unit = int(10**spec.scale)
        value = state.values[key] // unit

        def between(first: int, last: int) -> int:
            return random.choice((first, last, random.randint(min(first, last), max(first, last))))

        if narrow:
            low, high = between(low, value), between(high, value + (value * unit < spec.upper))
            jump = between(jump, jump // 2)
            up, down = min(between(up, up // 2), jump), min(between(down, 0), jump)
            cooldown = between(cooldown, cooldown + random.choice((1, DAY)))
        else:
            lowest, highest = (-(2**31), 2**31 - 1) if spec.signed else (0, 2**32 - 1)
            low, high = between(low, max(lowest, low - 50)), between(high, min(highest, high + 50))
            jump = between(jump, min(2**32 - 1, 2 * jump + 1))
            up, down = between(up, jump), between(down, jump)
            cooldown = between(cooldown, cooldown // 2)
        limits = Limits(low, high, up, down, jump, min(cooldown, 2**32 - 1))
        packed = with_limits(spec, limits).packed()
        if random.random() < 0.25:
            packed ^= 1 << random.choice((*range(192, 224), *range(192, 256), 63, 95, 127, 159))
        return packed if random.random() < 0.9 else spec.packed()

    def proof(
        self, random: Random, state: RegistryState, history: list["Version"], genesis: bytes
    ) -> Proof:
        """What an earlier version left, or something like it."""
        if state.version == 1:
            return Proof(1, genesis, REPORT, {}, ())
        version = random.choice((1, state.version - 1, random.randrange(1, state.version)))
        proof = prove(state, history, version, genesis)
        if random.random() < 0.8:
            return proof
        module = random.choice(list(proof.modules))
        words = list(proof.modules[module])
        words[random.randrange(len(words))] ^= 1 << random.randrange(256)
        fewer = {other: proof.modules[other] for other in proof.modules if other is not module}
        changes: tuple[dict[str, Any], ...] = (
            {"modules": {**proof.modules, module: words}},
            {"modules": {**proof.modules, module: [*proof.modules[module], 0]}},
            {"modules": fewer},
            {"later": proof.later[1:]},
            {"later": proof.later[::-1]},
            {"version": version - 1},
            {"version": version + 1},
            {"previous_hash": state.state_hash},
            {"report_hash": bytes(32)},
        )
        return proof._replace(**random.choice(changes))

    def spoiled(self, random: Random, entries: list[Change]) -> list[Change]:
        """The entries with one thing wrong in them."""
        place = random.randrange(len(entries))
        entry = entries[place]
        stale = random.choice((entry.old + 1, entry.new, -entry.old, 2**255 - 1, -(2**255)))
        kinds: tuple[Callable[[], list[Change]], ...] = (
            list,
            lambda: entries[::-1],
            lambda: [*entries, entry],
            lambda: [
                *entries[:place],
                entry.model_copy(update={"old": stale}),
                *entries[place + 1 :],
            ],
            lambda: [
                *entries,
                Change(key=random.randrange(entries[-1].key + 1, 2**16), old=0, new=1),
            ],
            lambda: [Change(key=change.key, old=change.old, new=change.old) for change in entries],
        )
        return random.choice(kinds)()


class Version(NamedTuple):
    """A version as its event would tell it."""

    version: int
    state_hash: bytes
    report_hash: bytes
    changes: tuple[Change, ...]


def _outcome(run: Callable[[], Any], refused: type[Exception]) -> Outcome:
    try:
        run()
    except refused as problem:
        name = getattr(problem, "rule", None) or getattr(problem, "error", "")
        facts = problem.facts
        return name, tuple(facts.values()) if isinstance(facts, dict) else tuple(facts)
    return "accepted", ()


class Pair:
    """The chain and its twin, side by side through one sequence."""

    def __init__(self, chain: Any, reverted: type[Exception], seed: int) -> None:
        self.chain, self.twin, self.reverted = chain, chain.twin(), reverted
        self.sequence = Sequence(values.catalogue(chain.layout), seed)
        self.now = max(self.twin.changed_at.values())
        self.history = [Version(1, self.twin.state_hash, bytes(32), ())]
        self.keys: set[int] = set()
        """Those whose freezes and proposals are looked at."""

    def step(self, kind: str, seed: int) -> tuple[str, str]:
        """One call on both; returns its kind and what both said: the broken rule, or `accepted`."""
        # Hypothesis likes small seeds; the same one must not always make the same call.
        random = Random(f"{seed} at {self.now}")
        if kind in ("activate", "cancel") and not self.twin.proposed and random.random() < 0.8:
            kind = "propose"
        self.now += self.sequence.wait(random, kind, self.twin, self.now)
        self.chain.at(self.now)
        if kind in LANES:
            on_chain, in_python = self._change(random, LANES[kind])
        elif kind == "freeze":
            on_chain, in_python = self._freeze(random)
        elif kind == "rollback":
            on_chain, in_python = self._rollback(random)
        else:
            on_chain, in_python = self._spec(random, kind)
        said = _outcome(on_chain, self.reverted)
        before = self.twin

        def advance() -> None:
            self.twin = in_python()

        assert _outcome(advance, RuleBroken) == said
        if self.twin.version != before.version:
            self._remember(before)
        return kind, said[0]

    def _remember(self, before: RegistryState) -> None:
        """Add the new version to the history, of which proofs are made."""
        after = self.twin
        changes = (
            Change(key=key, old=before.values[key], new=value)
            for key, value in after.values.items()
            if value != before.values[key]
        )
        self.history.append(Version(after.version, after.state_hash, self.report, tuple(changes)))

    def _change(self, random: Random, lane: Lane) -> Runs:
        call, now = self.sequence.call(random, lane, self.twin, self.now), self.now
        self.report = call.report_hash
        note(f"{now}: {call}")
        return lambda: self.chain.send(call), lambda: decide(self.twin, call, now)

    def _rollback(self, random: Random) -> Runs:
        twin, now = self.twin, self.now
        proof = self.sequence.proof(random, twin, self.history, self.chain.genesis())
        lane = random.choice((Lane.GOVERNANCE, Lane.GOVERNANCE, Lane.GUARDIAN))
        self.report = random.choice((REPORT, REPORT, REPORT, bytes(32)))
        not_after = now + random.choice((0, 1, 1, 1, -1))
        note(f"{now}: {lane} back to {proof}")
        return (
            lambda: self.chain.roll_back(proof, lane, not_after, self.report),
            lambda: rollback(twin, proof, lane, now, not_after=not_after, report_hash=self.report),
        )

    def _spec(self, random: Random, kind: str) -> Runs:
        name, registry = self.chain.layout.strategy_id, self.chain.registry
        twin, now, key = self.twin, self.now, self.sequence.key(random)
        if kind == "abdicate":
            key = random.choice(sorted(self.sequence.by_key))
        elif kind in ("activate", "cancel") and twin.proposed and random.random() < 0.9:
            key = random.choice(sorted(twin.proposed))
        spec = self.sequence.spec(random, twin, key, kind == "narrow")
        value = twin.values[key] + random.choice((0, 0, 1))
        by = {"by": random.choice((self.chain.guardian, self.chain.governor))}
        if random.random() < 0.05:
            key = 7
        self.keys.add(key)
        note(f"{now}: {kind} {key} {spec:#x} {value}")
        kinds: dict[str, Runs] = {
            "narrow": (
                lambda: registry.call("narrowSpec", name, key, spec),
                lambda: narrow_spec(twin, key, spec),
            ),
            "propose": (
                lambda: registry.call("proposeSpec", name, key, spec),
                lambda: propose_spec(twin, key, spec, now),
            ),
            "activate": (
                lambda: registry.call("activateSpec", name, key, by=self.chain.steward),
                lambda: activate_spec(twin, key, now),
            ),
            "cancel": (
                lambda: registry.call("cancelSpec", name, key, **by),
                lambda: cancel_spec(twin, key),
            ),
            "abdicate": (
                lambda: registry.call("abdicate", name, key, value),
                lambda: abdicate(twin, key, value, now),
            ),
        }
        return kinds[kind]

    def _freeze(self, random: Random) -> Runs:
        name, registry, now = self.chain.layout.strategy_id, self.chain.registry, self.now
        key = random.choice((*self.sequence.by_key, *self.sequence.focus * 9, 7))
        until = now + random.choice((-1, 0, 1, 600, DAY, DAY, 14 * DAY, 14 * DAY + 1))
        self.keys.add(key)
        note(f"{now}: freeze or unfreeze {key} until {until}")
        lane = random.choice((Lane.GUARDIAN, Lane.GOVERNANCE))
        guardian = {"by": self.chain.guardian}
        by = guardian if lane is Lane.GUARDIAN else {"by": self.chain.governor}
        kinds = (
            (
                lambda: registry.call("freeze", name, until, **guardian),
                lambda: freeze(self.twin, until, now),
            ),
            (
                lambda: registry.call("freezeKey", name, key, until, **guardian),
                lambda: freeze_key(self.twin, key, until, now),
            ),
            (
                lambda: registry.call("unfreeze", name, **by),
                lambda: unfreeze(self.twin, lane, now),
            ),
            (
                lambda: registry.call("unfreezeKey", name, key, **by),
                lambda: unfreeze_key(self.twin, key, lane, now),
            ),
        )
        return random.choice(kinds)


class Tally:
    """What was said in one part of the run."""

    def __init__(self) -> None:
        self.rules: Counter[str] = Counter()
        self.kinds: Counter[tuple[str, bool]] = Counter()

    def run(self, chain: Any, steps: Steps, facts: Any, reverted: type[Exception]) -> None:
        """One sequence on both sides."""
        pair = Pair(chain, reverted, steps[0][1])
        with chain.undone():
            for kind, seed in steps:
                made, said = pair.step(kind, seed)
                taken = said == "accepted"
                self.rules[said] += 1
                self.kinds[made, taken] += 1
                if taken:
                    assert chain.state(pair.keys) == facts(pair.twin, pair.keys)
            assert chain.state(pair.keys) == facts(pair.twin, pair.keys)

    def lines(self) -> list[str]:
        """How often each kind of call was taken and refused."""
        said = []
        for kind in sorted({kind for kind, _ in self.kinds}):
            taken, refused = self.kinds[kind, True], self.kinds[kind, False]
            said.append(
                f"{kind:<12} {taken + refused:>9,} steps {taken:>9,} taken {refused:>9,} refused"
            )
        return [*said, f"{'all':<12} {self.kinds.total():>9,} steps, no disagreement"]


RUN = settings(
    max_examples=STEPS // LENGTH,
    derandomize=not ASKED,
    database=None,
    deadline=None,
    # A shorter sequence is not worth minutes of shrinking: each step is noted, and runs by itself.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CATALOGUE, ODD = Tally(), Tally()


class TestCatalogue:
    """The real catalogue with its validators."""

    @RUN
    @given(steps=STEP_LISTS)
    def test_says_what_the_registry_says(
        self, core: Any, facts: Any, reverted: Any, steps: Steps
    ) -> None:
        """Every answer of the twin is the contract's, and so is the state after it."""
        CATALOGUE.run(core, steps, facts, reverted)

    def test_all_answers_were_given(self, record_property: Any) -> None:
        """The run was no walk through refusals: each rule was broken, and many calls passed."""
        record_property("differential test, the catalogue", CATALOGUE.lines())
        _check(CATALOGUE, RULES | INVARIANTS)


class TestOddSpecs:
    """All that a spec can say, used by the catalogue or not."""

    @RUN
    @given(steps=STEP_LISTS)
    def test_says_what_the_registry_says(
        self, odd: Any, facts: Any, reverted: Any, steps: Steps
    ) -> None:
        """The twin and the contract agree on signs, scales, shares and the ends of a lane."""
        ODD.run(odd, steps, facts, reverted)

    def test_all_answers_were_given(self, record_property: Any) -> None:
        """The run was no walk through refusals: each rule was broken, and many calls passed."""
        record_property("differential test, odd specs", ODD.lines())
        _check(ODD, RULES)


def _check(tally: Tally, rules: set[str]) -> None:
    if not tally.rules:
        pytest.skip("the run itself was not selected")
    assert tally.rules.total() >= STEPS // LENGTH * LENGTH
    assert set(tally.rules) >= rules, rules - set(tally.rules)
    kinds = {kind for kind, _ in tally.kinds}
    for kind in kinds:
        assert tally.kinds[kind, True] > 0.1 * tally.kinds[kind, False], tally.kinds
    assert kinds == set(KINDS)

"""The registry on a fast EVM, and sequences of calls for it and its twin."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import pyrevm
import pytest
from eth_abi import decode, encode
from eth_utils import keccak

from dpo_gov import artifacts
from dpo_gov.guardrails import (
    Call,
    Lane,
    Proof,
    RegistryState,
    genesis_hash,
    listed,
    rules,
    state,
)
from dpo_gov.params import (
    MODULE_WORDS,
    Module,
    ParamSet,
    ParamSpec,
    Risk,
    StrategyLayout,
    catalogue,
    values,
)
from dpo_gov.units import Unit

DAY = 86_400
GOVERNOR, STEWARD, GUARDIAN = ("0x" + digit * 40 for digit in "123")
START = 1_795_219_200
NOBODY = "0x" + "0" * 40
# Creation code of a contract that answers every call with 9,500: venues that all liquidate at 95 %.
AT_95 = bytes.fromhex("6009600c60003960096000f3" + "61251c5f5260205ff3")
# Creation code of a contract whose code is one STOP: a validator that refuses nothing.
PERMISSIVE = bytes.fromhex("6001600c60003960016000f300")


class Reverted(Exception):
    """The contract refused: `error` is the custom error's name, `args` are its arguments."""

    def __init__(self, error: str, *args: object) -> None:
        super().__init__(error, *args)
        self.error = error
        self.facts = args


def _types(inputs: list[dict[str, Any]]) -> list[str]:
    return [_type(entry) for entry in inputs]


def _type(entry: dict[str, Any]) -> str:
    if not entry["type"].startswith("tuple"):
        return str(entry["type"])
    inner = ",".join(_types(entry["components"]))
    return f"({inner}){entry['type'].removeprefix('tuple')}"


class Contract:
    """A contract on the EVM, called by the names in its ABI."""

    def __init__(self, evm: pyrevm.EVM, name: str, *args: object) -> None:
        artifact = artifacts.load(name)
        self.evm = evm
        self.functions: dict[str, tuple[bytes, list[str], list[str]]] = {}
        self.errors: dict[bytes, tuple[str, list[str]]] = {}
        constructor: list[str] = []
        for entry in artifact.abi:
            types = _types(entry.get("inputs", []))
            selector = keccak(text=f"{entry.get('name')}({','.join(types)})")[:4]
            if entry["type"] == "constructor":
                constructor = types
            elif entry["type"] == "function":
                outputs = _types(entry["outputs"])
                self.functions[entry["name"]] = (selector, types, outputs)
            elif entry["type"] == "error":
                self.errors[selector] = (entry["name"], types)
        code = bytes.fromhex(artifact.bytecode[2:]) + encode(constructor, args)
        self.address = evm.deploy(GOVERNOR, code)

    def call(self, name: str, *args: object, by: str = GOVERNOR) -> Any:
        """Call `name`; raises Reverted."""
        selector, types, outputs = self.functions[name]
        try:
            output = self.evm.message_call(
                by, self.address, calldata=selector + encode(types, args)
            )
        except RuntimeError as problem:
            found = re.search(r"output: 0x([0-9a-f]*)", str(problem))
            data = bytes.fromhex(found.group(1)) if found else b""
            error, error_types = self.errors.get(data[:4], (f"unnamed {data.hex()}", []))
            raise Reverted(error, *decode(error_types, data[4:])) from None
        answers = decode(outputs, bytes(output))
        return answers[0] if len(answers) == 1 else answers


class Onchain:
    """One strategy in a registry on the EVM, at a time that the test sets."""

    governor, steward, guardian = GOVERNOR, STEWARD, GUARDIAN

    def __init__(
        self,
        layout: StrategyLayout,
        moved: Mapping[str, int] = MappingProxyType({}),
        *,
        permissive: bool = False,
        venues: bytes = b"",
    ) -> None:
        self.evm = pyrevm.EVM(spec_id="CANCUN", gas_limit=10**9)
        self.layout = layout
        self.chain_id = int(self.evm.env.cfg.chain_id)
        self.at(START)
        self.registry = Contract(self.evm, "StrategyRegistry", GOVERNOR)
        if permissive:
            validator = self.evm.deploy(GOVERNOR, PERMISSIVE)
        else:
            thresholds = self.evm.deploy(GOVERNOR, venues) if venues else NOBODY
            rules = Contract(self.evm, "StrategyValidator", thresholds)
            self.registry.errors.update(rules.errors)
            validator = rules.address
        for role, holder in (("STEWARD_ROLE", STEWARD), ("GUARDIAN_ROLE", GUARDIAN)):
            self.registry.call("grantRole", self.registry.call(role), holder)
        defaults = ParamSet.defaults(layout)
        keys = {defaults.spec(name).key: value for name, value in moved.items()}
        self.params = ParamSet(layout=layout, values={**defaults.values, **keys})
        self.thresholds = dict.fromkeys(layout.collaterals, 9_500) if venues else {}
        listings = [
            (spec.key, spec.packed(), self.params.values[spec.key], spec.name)
            for spec in catalogue(layout)
        ]
        sizes = [MODULE_WORDS[module] for module in Module]
        self.registry.call("listStrategy", layout.strategy_id, validator, sizes, listings)

    def twin(self) -> RegistryState:
        """The twin's state right after listing."""
        twin = listed(self.params, START, self.chain_id, self.registry.address)
        return twin.model_copy(update={"thresholds": self.thresholds})

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is called inside is undone after it."""
        before = self.evm.snapshot()
        try:
            yield
        finally:
            self.evm.revert(before)

    def at(self, now: int) -> None:
        """Set the clock."""
        self.evm.set_block_env(pyrevm.BlockEnv(timestamp=now, gas_limit=10**9))

    def send(self, call: Call) -> None:
        """Make the call as the holder of its lane's role; raises Reverted."""
        name, changes = self.layout.strategy_id, [(c.key, c.old, c.new) for c in call.changes]
        if call.lane is Lane.GOVERNANCE:
            window = call.not_before, call.not_after
            self.registry.call("setParams", name, changes, *window, call.report_hash)
        elif call.lane is Lane.STEWARD:
            rest = call.expected_version, call.not_after, call.report_hash
            self.registry.call("stewardSet", name, changes, *rest, by=self.steward)
        else:
            self.registry.call("guardianReduce", name, changes, by=self.guardian)

    def roll_back(self, proof: Proof, lane: Lane, not_after: int, report_hash: bytes) -> None:
        """Bring the proof as the lane's holder; raises Reverted."""
        modules = [(module.value, words) for module, words in proof.modules.items()]
        told = (proof.version, proof.previous_hash, proof.report_hash, modules, proof.later)
        by = self.governor if lane is Lane.GOVERNANCE else self.guardian
        args = self.layout.strategy_id, told, not_after, report_hash
        self.registry.call("rollbackTo", *args, by=by)

    def genesis(self) -> bytes:
        """The state hash before the first version."""
        return genesis_hash(self.chain_id, self.registry.address, self.layout.strategy_id)

    def state(self, keys: Iterable[int]) -> dict[str, object]:
        """All that the registry holds of the strategy, comparable with `facts`; freezes and
        proposed specs of these keys."""
        name, call = self.layout.strategy_id, self.registry.call
        version, frozen, _, _ = call("head", name)
        words, times, anchored, anchored_at = (
            ParamSet.from_words(self.layout, dict(zip(Module, some, strict=True))).values
            for some in (
                [call("wordsOf", name, module.value) for module in Module],
                [call("changeTimesOf", name, module.value) for module in Module],
                *zip(*(call("anchorsOf", name, module.value) for module in Module), strict=True),
            )
        )
        return {
            "version": version,
            "hash": call("stateHash", name),
            "frozen": frozen,
            "values": words,
            "times": times,
            "anchors": {
                key: anchored[key] if anchored_at[key] == times[key] else words[key]
                for key in words
            },
            "specs": {
                module.value << 8 | place: spec
                for module in Module
                for place, spec in enumerate(call("specsOf", name, module.value))
                if spec
            },
            "keys": {
                key: (call("keyFrozenUntil", name, key), call("proposedSpecOf", name, key))
                for key in keys
            },
        }


def _spec_word(state: RegistryState, spec: ParamSpec) -> int:
    return spec.packed() | (spec.key in state.abdicated) << 206


@pytest.fixture(scope="session")
def facts() -> Any:
    """The twin's state in the form of `Onchain.state`."""

    def read(state: RegistryState, keys: Iterable[int]) -> dict[str, object]:
        return {
            "version": state.version,
            "hash": state.state_hash,
            "frozen": state.frozen_until,
            "values": state.values,
            "times": state.changed_at,
            "anchors": {key: state.anchor(key) for key in state.values},
            "specs": {key: _spec_word(state, spec) for key, spec in state.by_key.items()},
            "keys": {
                key: (state.key_frozen_until.get(key, 0), state.proposed.get(key, (0, 0)))
                for key in keys
            },
        }

    return read


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what the differential test did: its reports carry it, also from another worker."""
    for report in terminalreporter.stats.get("passed", ()):
        for title, lines in report.user_properties:
            if title.startswith("differential test"):
                terminalreporter.section(title)
                for line in lines:
                    terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def reverted() -> type[Reverted]:
    """What a refused call raises."""
    return Reverted


@pytest.fixture(scope="session")
def onchain() -> type[Onchain]:
    """Lists a layout on an EVM of its own."""
    return Onchain


@pytest.fixture(scope="module")
def core(layout: StrategyLayout) -> Onchain:
    """The real catalogue with its validators, listed near the rules between parameters."""
    near = {"performanceFee": 440_000, "managementFee": 4_000}
    near |= {"maxLtv[WETH]": 8_000, "maxLtv[WBTC]": 7_900, "ltvBuffer": 1_450}
    return Onchain(layout, near, venues=AT_95)


def _odd(layout: StrategyLayout) -> tuple[ParamSpec, ...]:
    """What the catalogue does not have and the contract takes: signs, ends of a lane, amounts with
    absolute steps, steps that differ, a parameter that nobody may move, groups that overlap."""

    def spec(
        place: tuple[Module, int, int],
        bounds: tuple[int, int],
        moves: tuple[int, int, int],
        **more: Any,
    ) -> ParamSpec:
        module, word, lane = place
        fields = {
            "name": f"{module.name}-{word}-{lane}",
            "unit": Unit.BPS,
            "cooldown": DAY,
            "risk": Risk.UP,
            "default": max(bounds[0], 0) * 10 ** more.get("scale", 0),
            "help": "",
            "enforced_by": "",
        }
        up, down, jump = moves
        return ParamSpec.model_validate(
            {
                **fields,
                "module": module,
                "word": word,
                "lane": lane,
                "minimum": bounds[0],
                "maximum": bounds[1],
                "step_up": up,
                "step_down": down,
                "jump": jump,
                **more,
            }
        )

    signed, whole = (-(2**31), 2**31 - 1), (0, 2**32 - 1)
    amount = {"unit": Unit.AMOUNT}
    rebalancing, collateral, hedging, fees = Module
    return (
        spec(
            (rebalancing, 0, 0), whole, (2**32 - 1,) * 3, cooldown=0, risk=Risk.NEUTRAL, group=0b111
        ),
        spec((rebalancing, 0, 1), (5, 5), (1, 1, 1), group=0b010),
        spec((rebalancing, 0, 2), whole, (1, 2**31, 2**32 - 1), risk=Risk.DOWN, group=0b110),
        spec(
            (rebalancing, 2, 7),
            (1, 2**32 - 1),
            (10_000, 2_500, 25_000),
            relative=True,
            cooldown=400 * DAY,
        ),
        spec((collateral, 0, 3), signed, (100, 2**30, 2**31), signed=True),
        spec(
            (collateral, 0, 4),
            (-500, -100),
            (50, 25, 60),
            signed=True,
            default=-300,
            risk=Risk.DOWN,
        ),
        spec((collateral, 0, 5), (-5, 5), (3, 3, 4), signed=True, risk=Risk.BOTH, default=-5),
        spec((collateral, 3, 0), (0, 2**32 - 1), (7, 9, 50), scale=38, **amount),
        spec(
            (collateral, 4, 0),
            (3, 10**9),
            (10_000, 5_000, 30_000),
            scale=18,
            relative=True,
            **amount,
        ),
        spec((collateral, 6, 0), (0, 2**32 - 1), (0, 0, 2**32 - 1), scale=0, **amount),
        spec((hedging, 1, 6), (0, 10), (0, 0, 0), risk=Risk.DOWN),
        spec((fees, 0, 7), whole, (2**32 - 1, 0, 2**32 - 1), cooldown=1),
    )


@pytest.fixture(scope="module")
def odd(layout: StrategyLayout) -> Iterator[Onchain]:
    """The odd specs, listed with a validator that refuses nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (values, state, sys.modules[__name__]):
            patch.setattr(module, "catalogue", _odd)
        for module in (rules, state):
            patch.setattr(module, "check_invariants", lambda *_: None)
        yield Onchain(layout, permissive=True)

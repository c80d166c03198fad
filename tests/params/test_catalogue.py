"""The catalogue is complete, consistent and fits the contract's packed form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dpo_gov.errors import UnknownName
from dpo_gov.params import (
    MODULE_WORDS,
    Change,
    Module,
    ParamSet,
    StrategyLayout,
    catalogue,
    diff,
)
from dpo_gov.params.spec import LANES

LAYOUT = StrategyLayout(
    name="core",
    assets=("USDC", "WBTC", "WETH"),
    weights=(2_000, 3_500, 4_500),
    collaterals=("WETH", "WBTC"),
    venues=("aave-v3", "morpho-blue"),
)
SPECS = catalogue(LAYOUT)


def test_keys_and_names_are_unique_and_ascending() -> None:
    """A key or a name stands for one parameter only (two governed values once shared a slot)."""
    assert len({spec.name for spec in SPECS}) == len(SPECS)
    assert [spec.key for spec in SPECS] == sorted({spec.key for spec in SPECS})


def test_no_two_parameters_share_bits() -> None:
    """An amount takes its whole word, a lane is used once, and all words belong to the module."""
    places = [(spec.module, spec.word) for spec in SPECS if spec.is_amount]
    for spec in SPECS:
        assert spec.word < MODULE_WORDS[spec.module]
        assert spec.is_amount or (spec.module, spec.word) not in places


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_each_spec_is_sound(spec: object) -> None:
    """Steps fit the jump, groups name their own lane, and every limit prints and reads back."""
    from dpo_gov.params import ParamSpec

    assert isinstance(spec, ParamSpec)
    assert 0 < spec.step_up <= spec.jump and 0 < spec.step_down <= spec.jump
    assert spec.cooldown > 0 and spec.help
    assert not spec.group or spec.group >> spec.lane & 1
    assert spec.minimum > 0 or not spec.relative or spec.is_amount
    for value in (spec.lower, spec.upper, spec.default):
        assert spec.parse(spec.show(value)) == value
    assert spec.packed() < 2**256


def test_the_packed_spec_has_the_documented_bits() -> None:
    """One spec by hand: driftThreshold, 25 to 2,000, step 100, jump 500, one day."""
    spec = next(spec for spec in SPECS if spec.name == "driftThreshold")
    word = spec.packed()
    fields = [word >> 32 * place & 0xFFFF_FFFF for place in range(6)]
    assert fields == [25, 2_000, 100, 100, 500, 86_400]
    assert word >> 192 == 3 << 8 | 1 << 12 | 1 << 24


@given(st.data())
def test_words_hold_every_value(data: st.DataObject) -> None:
    """Packing to words and back loses nothing, whatever the values."""
    values = {spec.key: data.draw(st.integers(spec.lower, spec.upper)) for spec in SPECS}
    some = ParamSet(layout=LAYOUT, values=values)
    words = {module: some.words(module) for module in Module}
    assert ParamSet.from_words(LAYOUT, words).values == values


@given(st.data())
def test_applying_a_difference_gives_the_other_set(data: st.DataObject) -> None:
    """diff states whole groups, ascending, with the values that each side has."""
    picked = data.draw(st.lists(st.sampled_from(SPECS), unique_by=lambda spec: spec.key))
    current = ParamSet.defaults(LAYOUT)
    proposed = current.apply(
        Change(key=spec.key, old=0, new=data.draw(st.integers(spec.lower, spec.upper)))
        for spec in picked
    )
    changes = diff(current, proposed)
    assert current.apply(changes) == proposed
    assert [change.key for change in changes] == sorted({change.key for change in changes})
    stated = {change.key for change in changes}
    for change in changes:
        spec = next(spec for spec in SPECS if spec.key == change.key)
        members = {spec.key - spec.lane + n for n in range(LANES) if spec.group >> n & 1}
        if change.old != change.new:
            assert members <= stated


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """A typing mistake is met with what was probably meant."""
    with pytest.raises(UnknownName, match="did you mean: driftThreshold"):
        ParamSet.defaults(LAYOUT).get("driftTreshold")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Core"},
        {"name": "x" * 32},
        {"assets": ()},
        {"assets": tuple("ABCDEFGHI")},
    ],
)
def test_a_layout_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    """Names fit bytes32, and assets fit one word of lanes."""
    with pytest.raises(ValidationError):
        StrategyLayout.model_validate({**LAYOUT.model_dump(), **change})


def test_a_strategy_of_one_asset_holds_all_of_it() -> None:
    """With one asset the weight is fixed at 100 %."""
    only = StrategyLayout(name="cash", assets=("USDC",), weights=(10_000,))
    assert ParamSet.defaults(only).weights() == (10_000,)

"""The market as data: what is refused, how it is hashed, which assets it knows."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dpo_gov.errors import DataError, UnknownName
from dpo_gov.market import Market, default_market


@pytest.fixture
def figures() -> dict[str, Any]:
    """The default market as plain data."""
    return default_market().model_dump(mode="json")


def change(figures: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The figures with one of them replaced; `path` as in regimes.0.correlation.0.1."""
    *above, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = figures
    for part in above:
        place = place[part]
    place[last] = value
    return figures


def test_the_default_market_names_its_sources() -> None:
    """Fitted assets have a source with dates; the others, gas and venues are labelled assumed."""
    market = default_market()
    sourced = {source.asset for source in market.sources}
    assert [asset.symbol for asset in market.assets] == ["BTC", "ETH", "STABLE"]
    for asset in market.assets:
        assert (asset.symbol in sourced) != bool(asset.assumption)
    for source in market.sources:
        assert source.first < source.last
        assert source.rows > 3_000
    texts = market.assumptions()
    assert [text.split(":")[0] for text in texts] == ["Drift", "STABLE", "Gas", "Venues"]
    assert all("assumed" in text or "no forecast" in text for text in texts)


def test_the_default_market_has_every_part() -> None:
    """Mixing, two regimes with other volatilities, and jumps are all there."""
    market = default_market()
    calm, stressed = market.regimes
    assert market.degrees is not None
    assert stressed.volatility[0] > 1.5 * calm.volatility[0]
    assert stressed.volatility[1] > 1.5 * calm.volatility[1]
    assert market.common_jump.probability > 0
    assert any(asset.own_jump.probability > 0 for asset in market.assets)


def test_the_hash_is_that_of_the_figures(figures: dict[str, Any], tmp_path: Path) -> None:
    """The order of keys and the layout of the file do not matter, every figure does."""
    market = default_market()
    path = tmp_path / "market.json"
    path.write_text(json.dumps(figures, sort_keys=True, indent=7))
    assert Market.load(path).hash() == market.hash()
    market.save(path)
    assert Market.load(path) == market
    other = Market.model_validate(change(figures, "gas.deviation", 0.80001))
    assert other.hash() != market.hash()


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("degrees", 5, "multiple of 2"),
        ("degrees", 2, "greater than or equal to 4"),
        ("mixing_bound", 0.5, "greater than or equal to 1"),
        ("regimes.0.volatility", [0.02, 0.03], "calm.volatility has 2 figures, 3 are needed"),
        ("regimes.0.volatility.1", -0.1, "greater than or equal to 0"),
        ("regimes.0.drift.1", float("nan"), "finite"),
        ("regimes.1.correlation.0.0", 0.9, "diagonal that is not 1"),
        ("regimes.1.correlation.0.1", 1.2, "beyond ±1"),
        ("regimes.1.correlation.0.1", 0.1, "stressed.correlation is not symmetric: 1.0 is"),
        ("regimes.1.correlation", [[1.0, 0.5], [0.5, 1.0]], "not 3 by 3"),
        ("transition.0", [0.9, 0.2], "no row of probabilities"),
        ("transition.0", [1.1, -0.1], "no row of probabilities"),
        ("transition", [[1.0]], "transition has 1 figures, 2 are needed"),
        ("common_jump.probability", 1.5, "less than or equal to 1"),
        ("common_jump.mean", [0.0], "common_jump.mean has 1 figures"),
        ("venue.depth.0", 0, "greater than 0"),
        ("gas.median.0", 0, "greater than 0"),
        ("assets.0.price", 0, "greater than 0"),
        ("assets.1.symbol", "BTC", "assets must differ"),
        ("nonsense", 1, "not permitted"),
    ],
)
def test_figures_that_cannot_be_are_refused(
    figures: dict[str, Any], path: str, value: object, words: str
) -> None:
    """A figure out of its range, or lists that do not fit together, are no market."""
    with pytest.raises(ValidationError, match=words):
        Market.model_validate(change(figures, path, value))


def test_a_correlation_with_a_negative_direction_is_refused(figures: dict[str, Any]) -> None:
    """Pairwise correlations that cannot all hold at once are no correlation matrix."""
    impossible = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]
    with pytest.raises(ValidationError, match="negative direction"):
        Market.model_validate(change(figures, "regimes.0.correlation", impossible))


def test_a_broken_file_is_named(tmp_path: Path, figures: dict[str, Any]) -> None:
    """A file that is no market gives one DataError with the place in it."""
    path = tmp_path / "market.json"
    path.write_text(json.dumps(change(figures, "gas.deviation", -1)))
    with pytest.raises(DataError, match=r"market.json: gas.deviation is -1: .*greater than"):
        Market.load(path)
    path.write_text("{")
    with pytest.raises(DataError, match=r"market.json: Invalid JSON"):
        Market.load(path)
    with pytest.raises(DataError, match="cannot be read"):
        Market.load(tmp_path / "none.json")


def test_saving_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """Where a file cannot be written, none is left behind."""
    (tmp_path / "market.json").mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        default_market().save(tmp_path / "market.json")
    assert [path.name for path in tmp_path.iterdir()] == ["market.json"]


def test_tokens_find_their_asset() -> None:
    """Wrapped tokens move with their asset, stable coins with the stable one."""
    market = default_market()
    known = ("WBTC", "BTC", "WETH", "ETH", "USDC", "USDT", "DAI", "STABLE")
    assert [market.place(symbol) for symbol in known] == [0, 0, 1, 1, 2, 2, 2, 2]


def test_an_unknown_asset_is_refused() -> None:
    """The message names the asset, those that are known, and the way out."""
    with pytest.raises(UnknownName, match=r"'LINK'.*BTC, ETH, STABLE.*market fit"):
        default_market().place("LINK")

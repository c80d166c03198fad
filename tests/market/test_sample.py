"""Days drawn from a market: addressed by path, and distributed as the figures say."""

from typing import Any

import numpy as np
import pytest

from dpo_gov.market import Market, Sampler, default_market
from dpo_gov.market.sample import stationary

DEFAULT = default_market()
QUIET = {"probability": 0.0, "mean": 0.0, "deviation": 0.0}


def market(**changes: Any) -> Market:
    """The default market without mixing and jumps, and with other changes."""
    figures = DEFAULT.model_dump(mode="json")
    figures["degrees"] = None
    figures["common_jump"]["probability"] = 0.0
    for asset in figures["assets"]:
        asset["own_jump"] = QUIET
        asset["reversion"] = 0.0
    return Market.model_validate(figures | changes)


def draw(model: Market, paths: int, days: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Log returns (assets, days, paths) and regimes (days, paths)."""
    drawn = list(Sampler(model, seed, np.arange(paths)).days(days))
    growth = np.stack([day.growth for day in drawn], axis=1)
    return np.log(growth), np.stack([day.regime for day in drawn])


def test_a_path_does_not_depend_on_its_company() -> None:
    """Growth, regime and price of ETH of each path are the same in any block, in any order."""
    together = list(Sampler(DEFAULT, 9, np.arange(40)).days(30))
    chosen = np.array([31, 2, 17])
    apart = list(Sampler(DEFAULT, 9, chosen).days(30))
    for one, other in zip(together, apart, strict=True):
        assert (one.growth[:, chosen] == other.growth).all()
        assert (one.regime[chosen] == other.regime).all()
        assert (one.ether[chosen] == other.ether).all()


def test_a_shorter_horizon_is_the_beginning_of_a_longer_one() -> None:
    """The first days do not depend on how many follow, whatever the chunks are."""
    long, _ = draw(DEFAULT, 20, 11)
    short, _ = draw(DEFAULT, 20, 6)
    assert (long[:, :6] == short).all()


def test_seeds_differ() -> None:
    """Another seed, also one that differs in its upper half only, is another market."""
    one, _ = draw(DEFAULT, 5, 4, seed=1)
    for seed in (2, 1 + 2**32):
        other, _ = draw(DEFAULT, 5, 4, seed=seed)
        assert (one != other).all()


def test_regimes_follow_their_chain() -> None:
    """Share of each regime, on the first day too, and passages between them are as given."""
    _, regimes = draw(market(), 20_000, 40)
    (stay, leave), (back, _) = DEFAULT.transition
    share = leave / (leave + back)
    assert stationary(DEFAULT.transition) == pytest.approx([1 - share, share], rel=1e-12)
    for rows in (regimes, regimes[:1]):
        error = 5 * np.sqrt(share / 20_000)
        assert abs(rows.mean() - share) < error
    calm = regimes[:-1] == 0
    left = regimes[1:][calm].mean()
    assert abs(left - leave) < 5 * np.sqrt(leave / calm.sum())
    assert abs(stay + leave - 1) < 1e-12


def test_three_regimes_and_certain_passages() -> None:
    """A chain that goes round is followed step by step, and its long run is even."""
    figures = DEFAULT.model_dump(mode="json")
    third = figures["regimes"][0] | {"name": "third"}
    gas = figures["gas"] | {"median": [5.0, 5.0, 5.0]}
    round_and_round = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    model = market(regimes=[*figures["regimes"], third], transition=round_and_round, gas=gas)
    _, regimes = draw(model, 3_000, 8)
    assert (regimes[1:] == (regimes[:-1] + 1) % 3).all()
    assert np.bincount(regimes[0]) == pytest.approx([1_000] * 3, abs=130)


@pytest.mark.parametrize("regime", [0, 1])
def test_each_regime_has_its_volatility_and_correlation(regime: int) -> None:
    """Within a regime, drift, volatility and correlation are those of the market (5 sigma)."""
    returns, regimes = draw(market(), 20_000, 16)
    x = returns[:, regimes == regime]
    n = x.shape[1]
    figures = DEFAULT.regimes[regime]
    assert x.std(axis=1) == pytest.approx(figures.volatility, rel=5 / np.sqrt(2 * n))
    for i in range(3):
        error = 5 * figures.volatility[i] / np.sqrt(n)
        assert abs(x[i].mean() - figures.drift[i]) < error
    assert np.corrcoef(x) == pytest.approx(np.array(figures.correlation), abs=5 / np.sqrt(n))


def test_mixing_makes_a_student_t() -> None:
    """With one regime, returns over their volatility have the quantiles of Student's t."""
    regimes = [DEFAULT.model_dump(mode="json")["regimes"][0]]
    gas = DEFAULT.model_dump(mode="json")["gas"] | {"median": [5.0]}
    model = market(degrees=6, regimes=regimes, transition=[[1.0]], gas=gas, mixing_bound=1e4)
    returns, _ = draw(model, 50_000, 8)
    figures = DEFAULT.regimes[0]
    t = (returns[0] - figures.drift[0]) / figures.volatility[0] * np.sqrt(6 / 4)
    # Quantiles of t with 6 degrees of freedom, from tables.
    for share, quantile in ((0.10, 1.4398), (0.05, 1.9432), (0.01, 3.1427), (0.001, 5.2076)):
        error = 5 * np.sqrt(share / t.size)
        assert abs((t > quantile).mean() - share) < error
        assert abs((t < -quantile).mean() - share) < error
    # One W for all assets: large days come together although nothing else ties them.
    stable = np.abs(returns[2])
    assert np.corrcoef(np.abs(t).ravel(), stable.ravel())[0, 1] > 0.1


def test_the_bound_of_the_mixing_holds() -> None:
    """A bound of 1 takes all large W away: what is left has thinner tails than the normal law."""
    free, _ = draw(market(degrees=6, mixing_bound=1e4), 5_000, 8)
    bound, _ = draw(market(degrees=6, mixing_bound=1.0), 5_000, 8)
    plain, _ = draw(market(), 5_000, 8)
    assert (np.abs(bound - 1e-3) <= np.abs(plain) + 3e-3).all()
    assert (bound == free).any()
    assert (bound != free).any()


def test_jumps_come_as_often_and_as_large_as_given() -> None:
    """With nothing else moving, jumps of both kinds have their rate, size and correlation."""
    figures = DEFAULT.model_dump(mode="json")
    still = [
        regime | {"volatility": [0.0] * 3, "drift": [0.0] * 3} for regime in figures["regimes"]
    ]
    common = {
        "probability": 0.05,
        "mean": [-0.10, -0.20, 0.0],
        "deviation": [0.02, 0.04, 0.0],
        "correlation": [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]],
    }
    only_common, _ = draw(market(regimes=still, common_jump=common), 10_000, 12)
    hit = only_common[0] != 0
    n = hit.sum()
    assert (hit == (only_common[1] != 0)).all()
    assert not only_common[2].any()
    assert abs(hit.mean() - 0.05) < 5 * np.sqrt(0.05 / hit.size)
    x = only_common[:2, hit]
    assert x.mean(axis=1) == pytest.approx([-0.10, -0.20], abs=5 * 0.04 / np.sqrt(n))
    assert x.std(axis=1) == pytest.approx([0.02, 0.04], rel=5 / np.sqrt(2 * n))
    assert np.corrcoef(x)[0, 1] == pytest.approx(0.5, abs=5 / np.sqrt(n))

    assets = market().model_dump(mode="json")["assets"]
    assets[1]["own_jump"] = {"probability": 0.03, "mean": 0.15, "deviation": 0.05}
    only_own, _ = draw(market(regimes=still, assets=assets), 10_000, 12)
    assert not only_own[[0, 2]].any()
    hit = only_own[1] != 0
    assert abs(hit.mean() - 0.03) < 5 * np.sqrt(0.03 / hit.size)
    assert only_own[1, hit].mean() == pytest.approx(0.15, abs=5 * 0.05 / np.sqrt(hit.sum()))


def test_a_peg_pulls_back() -> None:
    """The stable asset's price is an autoregression: its deviation stays at σ / √(1 − φ²)."""
    model = Market.model_validate(
        DEFAULT.model_dump(mode="json")
        | {"degrees": None, "assets": [asset | {"own_jump": QUIET} for asset in plain_assets()]}
    )
    returns, _ = draw(model, 3_000, 300)
    price = returns[2].cumsum(axis=0)[100:]
    shares = stationary(model.transition)
    variance = sum(
        share * regime.volatility[2] ** 2
        for share, regime in zip(shares, model.regimes, strict=True)
    )
    kept = 1 - model.assets[2].reversion
    assert price.var() == pytest.approx(variance / (1 - kept**2), rel=0.03)
    lagged = np.corrcoef(price[1:].ravel(), price[:-1].ravel())[0, 1]
    assert lagged == pytest.approx(kept, abs=0.01)


def plain_assets() -> list[dict[str, Any]]:
    """The default market's assets as plain data."""
    assets: list[dict[str, Any]] = DEFAULT.model_dump(mode="json")["assets"]
    return assets


def test_the_price_of_ether_follows_the_asset() -> None:
    """Ether starts at its price and moves with ETH; without such an asset it stands still."""
    days = list(Sampler(DEFAULT, 1, np.arange(10)).days(9))
    product = np.prod([day.growth[1] for day in days], axis=0)
    assert days[-1].ether == pytest.approx(DEFAULT.gas.ether * product)
    assets = plain_assets()
    assets[1]["symbol"] = "SOL"
    still = market(assets=assets)
    for day in Sampler(still, 1, np.arange(10)).days(9):
        assert (day.ether == DEFAULT.gas.ether).all()

"""What a report says of its vaults and its market."""

from __future__ import annotations

import pytest

from dpo_gov.guardrails import Lane, RegistryState, allowed_range
from dpo_gov.market import default_market
from dpo_gov.market.model import Garch, History
from dpo_gov.params import Change, ParamSet
from dpo_gov.report import setting, words
from dpo_gov.report.model import Inputs
from dpo_gov.simulate import SimSpec


def _of(report, *changes: str, modules: tuple[str, ...] = ()):
    """The report with other changes and modules."""
    inputs = report.inputs.model_copy(update={"modules": modules})
    return report.model_copy(update={"changes": changes, "inputs": inputs})


@pytest.mark.parametrize(
    ("changes", "modules", "text"),
    [
        (("driftThreshold",), (), ""),
        (
            ("driftThreshold", "auctionDuration"),
            (),
            "No contract obeys auctionDuration yet; the registry only records it.",
        ),
        (
            ("ltvBuffer", "hedgeRatio"),
            ("collateral", "hedging"),
            "No contract obeys ltvBuffer or hedgeRatio yet; the registry only records them. "
            "Both columns are of a vault that would borrow and hedge; the vaults of today do not.",
        ),
        (
            ("driftThreshold",),
            ("collateral",),
            "Both columns are of a vault that would borrow; the vaults of today do not.",
        ),
    ],
)
def test_what_no_contract_does(report, changes, modules, text):
    """Parameters without a contract and modules without a vault are named, and nothing else."""
    assert setting.not_obeyed(_of(report, *changes, modules=modules)) == text


def _indebted(report, now, then):
    """The report of a vault that borrows, under other parameters now and as proposed."""
    layout = report.inputs.layout.model_copy(
        update={"collaterals": ("WETH", "WBTC"), "venues": ("aave-v3", "morpho-blue")}
    )
    base = ParamSet.defaults(layout)
    current, proposed = (
        base.apply(
            Change(key=base.spec(name).key, old=base.get(name), new=value)
            for name, value in values.items()
        )
        for values in (now, then)
    )
    market = default_market(conditions=True).reduced(("collateral",))
    spec = SimSpec(modules=("collateral",))
    inputs = Inputs.of(current, proposed, market, spec)
    return report.model_copy(update={"inputs": inputs})


FREE = {"relCap[aave-v3]": 5_000_000, "absCap[aave-v3]": 10**14, "debtCeiling": 10**14}


@pytest.mark.parametrize(
    ("now", "then", "text"),
    [
        (
            {},
            {"driftThreshold": 600},
            "In a new vault debt is 3.0 % of the value, not the 34.3 % of targetLtv on all that is "
            "held, because of absCap[aave-v3] for WETH and WBTC.",
        ),
        (FREE, FREE, ""),
        (
            FREE | {"maxLtv[WETH]": 2_000},
            FREE,
            "In a new vault debt is 26.2 % of the value, not the 34.3 % of targetLtv on all that "
            "is held, because of maxLtv[WETH] for WETH; with the change debt is as targetLtv says.",
        ),
        (
            FREE | {"debtCeiling": 2 * 10**12},
            FREE | {"debtCeiling": 2 * 10**12},
            "In a new vault debt is 20.0 % of the value, not the 34.3 % of targetLtv on all that "
            "is held, because of debtCeiling for WBTC.",
        ),
    ],
)
def test_what_holds_debt_back_is_said(report, now, then, text):
    """By the parameter, with how much it is, on both sides where they differ."""
    found = setting.debt_at_start(_indebted(report, now, then))
    assert found.replace("\N{NO-BREAK SPACE}", " ") == text
    assert setting.debt_at_start(report) == ""


def test_a_change_that_no_contract_obeys_is_marked(report):
    """In the table of changes it stands apart from those that a vault follows."""
    rows = words.changed(_of(report, "driftThreshold", "hedgeRatio"))
    assert [row.obeyed for row in rows] == [True, False]


def test_what_one_vote_may_set_is_what_governance_may(report):
    """Within bounds and one jump from the present value: what the guard rails let a vote do."""
    current = report.inputs.current
    state = RegistryState(
        layout=current.layout,
        version=1,
        values=current.values,
        changed_at={},
        state_hash=bytes(32),
    )
    for row in words.changed(report):
        spec = current.spec(row.name)
        allowed = allowed_range(state, spec, Lane.GOVERNANCE, now=10**9)
        shown = [spec.show(end) for end in (allowed.low, allowed.high)]
        assert row.one_vote.replace("\N{NO-BREAK SPACE}", " ") == " to ".join(shown)


def _history(block: float | None, *, anywhere: bool) -> History:
    return History(
        first="2020-01-01",
        assets=("BTC", "ETH"),
        returns=((0.1, 0.2), (0.1, 0.3)),
        block=block,
        anywhere=anywhere,
    )


@pytest.mark.parametrize(
    ("update", "text"),
    [
        ({}, "2 regimes (calm and stressed) with a volatility each that follow each other by "),
        ({"degrees": None}, "shocks are normal"),
        ({"history": _history(12.34, anywhere=True)}, "in blocks of 12.3 days on average"),
        ({"history": _history(None, anywhere=True)}, "from a first day that is drawn"),
        ({"history": _history(None, anywhere=False)}, "BTC and ETH: 2 days of history from 2020-"),
        ({"history": _history(None, anywhere=False)}, "played back in their order"),
    ],
)
def test_kind_of_market(market, update, text):
    """Regimes, blocks of history and a replay are told apart."""
    assert text in setting.kind(market.model_copy(update=update))


@pytest.mark.parametrize(("gamma", "name"), [(0.0, "(GARCH)"), (0.1, "(GJR-GARCH)")])
def test_a_variance_that_follows_the_days(market, gamma, name):
    """GARCH is named with its assets, and as GJR where a fall counts for more."""
    garch = Garch(alpha=0.05, gamma=gamma, beta=0.8)
    assets = tuple(
        one.model_copy(update={"garch": garch if one.symbol != "STABLE" else None})
        for one in market.assets
    )
    text = setting.kind(market.model_copy(update={"assets": assets}))
    assert "the variance of BTC and ETH follows" in text and name in text

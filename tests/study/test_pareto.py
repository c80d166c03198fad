"""Which sets are best compromises, against the definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov.errors import InputError
from dpo_gov.study import front, measure, trades

few = st.integers(0, 5).map(float)


@given(
    st.lists(st.tuples(few, few), min_size=1, max_size=12),
    st.sampled_from([*trades([]), *trades(["collateral", "hedging"])]),
)
def test_nobody_beats_the_front(points, trade) -> None:
    """A set is on the front when no other is as good in both figures and better in one.

    Of equal ones only the first is taken.
    """
    x, y, *better = trade

    def as_good(one, other) -> bool:
        return all(sign * a >= sign * b for sign, a, b in zip(better, one, other, strict=True))

    expected = {
        n
        for n, one in enumerate(points)
        if not any(
            as_good(other, one) and (other != one or k < n)
            for k, other in enumerate(points)
            if k != n
        )
    }
    found = front([{x.name: (a,), y.name: (b,)} for a, b in points], trade)
    assert set(found) == expected
    assert [points[n][0] for n in found] == sorted(points[n][0] for n in found)


def test_what_is_better() -> None:
    """Of debt more, of all that it is paid with less; a measure's own word comes first."""
    shown = {
        (t.x.name, t.y.name): (t.x_better, t.y_better) for t in trades(["collateral", "hedging"])
    }
    assert shown == {
        ("cvar_95", "mean_return"): (-1, 1),
        ("threshold_use_95", "mean_debt"): (-1, 1),
        ("hedge_cost", "cvar_95"): (-1, -1),
    }
    usual = [(t.x.name, t.y.name) for t in trades([])]
    assert usual == [("cost", "tracking_error"), ("cvar_95", "mean_return")]
    assert trades([])[1].title == (
        "Mean loss of the worst 5 % (less is better) against Mean return (more is better)"
    )


def test_measures_by_name() -> None:
    """With or without underscores; others are refused with the names that there are."""
    assert measure("cvar99") is measure("cvar_99")
    with pytest.raises(InputError, match="'cvar' is no figure.*cvar_95, var_99, cvar_99"):
        measure("cvar")

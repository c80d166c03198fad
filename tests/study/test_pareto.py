"""Which sets are best compromises, against the definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpo_gov.errors import InputError
from dpo_gov.study import TRADES, front, measure

few = st.integers(0, 5).map(float)


@given(st.lists(st.tuples(few, few), min_size=1, max_size=12), st.sampled_from(TRADES))
def test_nobody_beats_the_front(points, trade) -> None:
    """A set is on the front when no other is as good in both figures and better in one.

    Of equal ones only the first is taken.
    """
    x, y = trade

    def as_good(one, other) -> bool:
        return all(
            (m.better or -1) * one[place] >= (m.better or -1) * other[place]
            for place, m in enumerate((x, y))
        )

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


def test_measures_by_name() -> None:
    """With or without underscores; others are refused with the names that there are."""
    assert measure("cvar99") is measure("cvar_99")
    with pytest.raises(InputError, match="'cvar' is no figure.*cvar_95, var_99, cvar_99"):
        measure("cvar")

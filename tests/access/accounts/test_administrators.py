"""On which days nobody would be a data administrator, worked out by counting days one by one."""

from datetime import date, timedelta

import hypothesis.strategies as st
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings

from alignment_dash.access.accounts.administrators import Administrator, first_day_without, to_spare

FIRST = date(2026, 9, 1)
HORIZON = 40


def span(start: int, end: int | None) -> DateRange:
    return DateRange(FIRST + timedelta(days=start), None if end is None else FIRST + timedelta(days=end))


def test_first_day_without_is_where_the_others_leave_off():
    others = [span(-9, 10), span(8, 20), span(25, None)]
    assert first_day_without([span(0, None)], others, since=FIRST) == FIRST + timedelta(days=20)
    assert first_day_without([span(0, 20)], others, since=FIRST) is None
    assert first_day_without([span(-9, None)], [], since=FIRST) == FIRST
    assert first_day_without([], [], since=FIRST) is None


spans = st.lists(
    st.tuples(st.integers(-5, 30), st.one_of(st.none(), st.integers(1, 12))).map(
        lambda drawn: span(drawn[0], None if drawn[1] is None else drawn[0] + drawn[1])
    ),
    max_size=5,
)


@settings(deadline=None, max_examples=150)
@given(spans, spans)
def test_first_day_without_is_that_of_counting_days(wanted, held):
    def holds(some, day):
        return any(one.lower <= day and (one.upper is None or day < one.upper) for one in some)

    days = [FIRST + timedelta(days=n) for n in range(2 * HORIZON)]
    counted = next((day for day in days if holds(wanted, day) and not holds(held, day)), None)
    assert first_day_without(wanted, held, since=FIRST) == counted


def test_whom_a_roster_spares_covers_days_to_come_too():
    today = date.today()
    ever = DateRange(today - timedelta(days=9), None)
    until = DateRange(today - timedelta(days=9), today + timedelta(days=30))
    leaver = Administrator(1, True, True, (until,))
    stays = Administrator(2, False, True, (ever,))
    assert to_spare([1], [leaver, stays]) == []
    assert to_spare([2], [leaver, stays]) == [2]
    assert to_spare([1, 2], [leaver, stays]) == [1, 2]
    mistyped = Administrator(3, False, False, (ever,))
    assert to_spare([2], [stays, mistyped]) == [2]

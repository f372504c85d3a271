"""Who was observed as often as expected: the worked example, and an oracle that walks day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruction.completion.expected import Column, Days, Person, Rule, Why, days_present, standing_of

FIRST, LAST = date(2026, 7, 1), date(2027, 6, 30)
AS_OF = date(2027, 2, 10)
YEARLY = Rule(2, LAST, 42)
FORMAL = Rule(1, date(2027, 1, 31), 42, kind="formal")
EVER = [Days(None, None)]


def person(spells=EVER, leaves=(), lessons=None, last=None, *, is_main=True):
    return Person(1, 1, spells, leaves, lessons or {}, last, is_main)


def stands(one, rules=(YEARLY, FORMAL), as_of=AS_OF):
    found = standing_of(one, rules, first=FIRST, as_of=as_of)
    return found.column, found.why, found.overdue, found.missing


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(
            person(lessons={("formal", "evaluative"): 1, ("walkthrough", "formative"): 1}, last=date(2026, 11, 2)),
            (Column.DONE, Why.COUNTED, False, 0), id="Ana: one formal, one walkthrough",
        ),
        pytest.param(
            person(lessons={("walkthrough", "formative"): 3}, last=date(2027, 1, 20)),
            (Column.PARTLY, Why.COUNTED, True, 1), id="Ben: three walkthroughs, no formal by Jan 31",
        ),
        pytest.param(
            person(lessons={("formal", "evaluative"): 1}, last=date(2026, 10, 1)),
            (Column.PARTLY, Why.COUNTED, False, 1), id="Cho: the formal one; the second has until June 30",
        ),
        pytest.param(
            person([Days(date(2026, 12, 28), None)]),
            (Column.NEVER, Why.COUNTED, False, 2), id="Dee: 35 days until Jan 31, 45 until today: two by June 30",
        ),
        pytest.param(
            person([Days(date(2027, 1, 4), None)]),
            (Column.NOT_COUNTED, Why.NEW, False, 0), id="Eli: 38 days so far",
        ),
        pytest.param(
            person(leaves=[Days(date(2026, 8, 1), None)], last=date(2026, 5, 4)),
            (Column.NOT_COUNTED, Why.AWAY, False, 0), id="Fay: there for 31 days, then away",
        ),
        pytest.param(
            person(leaves=[Days(date(2026, 8, 1), None)], lessons={("formal", "evaluative"): 2}, last=date(2026, 7, 20)),
            (Column.DONE, Why.COUNTED, False, 0), id="Gus: away, but observed before",
        ),
        pytest.param(
            person(is_main=False, last=date(2026, 9, 1), lessons={("walkthrough", "formative"): 1}),
            (Column.NOT_COUNTED, Why.ELSEWHERE, False, 0), id="Hal: mainly at another school",
        ),
        pytest.param(
            person(last=date(2026, 3, 1)), (Column.BEFORE, Why.COUNTED, True, 2), id="Ivy: 346 days ago"
        ),
        pytest.param(
            person(last=date(2026, 2, 9)), (Column.LONGER, Why.COUNTED, True, 2), id="Jon: 366 days ago"
        ),
    ],
)  # fmt: skip
def test_worked_example_of_the_page(one, expected):
    assert stands(one) == expected


def test_without_rules_nothing_is_expected():
    assert stands(person(), rules=()) == (Column.NOT_COUNTED, Why.NEW, False, 0)


def test_on_its_day_a_rule_is_still_on_the_way():
    assert not stands(person(), as_of=date(2027, 1, 31))[2]
    assert stands(person(), as_of=date(2027, 2, 1))[2]


days = st.dates(date(2026, 5, 1), date(2027, 8, 1))
spans = st.lists(st.tuples(st.none() | days, st.none() | days).map(lambda pair: Days(*pair)), max_size=4)


def in_some(day, spells):
    return any(
        (one.first is None or one.first <= day) and (one.end is None or day < one.end) for one in spells
    )


def walked(spells, leaves, first, last):
    """Count the days one after the other."""
    found, day = 0, first
    while day <= last:
        found += in_some(day, spells) and not in_some(day, leaves)
        day += timedelta(days=1)
    return found


@given(spans, spans, days)
def test_days_present_are_those_that_a_walk_through_the_year_counts(spells, leaves, last):
    assert days_present(spells, leaves, FIRST, last) == walked(spells, leaves, FIRST, last)


rules_ = st.lists(
    st.builds(
        Rule, st.integers(1, 3), st.dates(FIRST, LAST), st.integers(0, 200),
        st.sampled_from(["", "formal"]), st.sampled_from(["", "formative"]),
    ),
    max_size=3,
)  # fmt: skip
seen_ = st.dictionaries(
    st.tuples(st.sampled_from(["formal", "walkthrough"]), st.sampled_from(["formative", "evaluative"])),
    st.integers(1, 3),
)


@given(spans, spans, seen_, rules_, st.dates(FIRST, LAST), st.booleans())
def test_standing_is_that_of_a_list_of_lessons_and_days(spells, leaves, seen, rules, as_of, is_main):
    """The oracle keeps single lessons and single days, and asks the rules in words."""
    lessons = [key for key, n in seen.items() for _one in range(n)]
    one = person(spells, leaves, seen, as_of if seen else None, is_main=is_main)
    met, expecting = [], []
    for rule in rules:
        fits = [
            kind
            for kind, purpose in lessons
            if (not rule.kind or kind == rule.kind) and (not rule.purpose or purpose == rule.purpose)
        ]
        met.append(len(fits) >= rule.at_least)
        there = walked(spells, leaves, FIRST, min(as_of, rule.by_day))
        expecting.append(is_main and there >= rule.least_days)
    column, why, overdue, _missing = stands(one, rules, as_of)
    wanted = [ok for ok, asks in zip(met, expecting, strict=True) if asks]
    if (rules and all(met)) or (wanted and all(wanted)):
        assert (column, why, overdue) == (Column.DONE, Why.COUNTED, False)
    elif not wanted:
        assert (column, overdue) == (Column.NOT_COUNTED, False)
        assert why is not Why.COUNTED
    else:
        late = [
            r
            for r, ok, asks in zip(rules, met, expecting, strict=True)
            if asks and not ok and as_of > r.by_day
        ]
        assert (column, overdue) == (Column.PARTLY if seen else Column.NEVER, bool(late))

"""Fill rates against an oracle in plain Python, and what each role gets of them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import bounds, current_year, today
from schools.models import Level
from staffing.models import Incumbency, Position
from staffing.queries import FillFilters, Staffing, fill_rates, school_positions
from tests import factories
from tests.staffing.conftest import days_ago, position

pytestmark = pytest.mark.django_db
YEAR = current_year()


@pytest.fixture
def hr(user_in):
    return scope_of(user_in(Role.HR))


def oracle(school, day):
    """Count one school's positions one by one; (budgeted, filled, vacancies, longest)."""
    budgeted = filled = Decimal(0)
    open_days = []
    for one in Position.objects.filter(school=school):
        if day not in one.during:
            continue
        budgeted += one.fte
        held = list(Incumbency.objects.filter(position=one))
        if any(day in each.during for each in held):
            filled += one.fte
        else:
            ended = [each.during.upper for each in held if each.during.upper and each.during.upper <= day]
            open_days.append((day - max([*ended, one.during.lower])).days)
    return budgeted, filled, len(open_days), max(open_days, default=None)


def by_name(rates):
    return {row.name: row for row in rates.rows}


def test_fill_rates_of_the_small_district_by_hand(hr, positions):
    rows = by_name(fill_rates(hr, YEAR, FillFilters()))
    first = rows["Alder Elementary"]
    # 1.00 + 0.50 of 2.00 FTE are filled; the vacant half has been so for 30 days.
    assert first.staffing == Staffing(3, Decimal("2.00"), Decimal("1.50"), 1)
    assert (first.staffing.fill_rate, first.longest) == (0.75, 30)
    assert rows["Birch Middle"].staffing.fill_rate == 1.0
    assert rows["Birch Middle"].longest is None
    # No positions is undefined, not zero.
    assert rows["Cottonwood High"].staffing.fill_rate is None
    assert rows["Cottonwood High"].staffing.fill_rate_percent is None


def test_school_with_vacancies_is_never_said_to_be_full():
    almost = Staffing(2000, Decimal("2000.00"), Decimal("1999.50"), 1)
    assert almost.fill_rate_percent == "99.9\N{NO-BREAK SPACE}%"
    assert Staffing(1, Decimal(1), Decimal(1), 0).fill_rate_percent == "100.0\N{NO-BREAK SPACE}%"


HELD = st.lists(st.tuples(st.integers(-700, 100), st.integers(1, 300)), max_size=3)
POSITIONS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 100), st.integers(-700, 50), st.integers(1, 900), HELD),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spec=POSITIONS)
def test_fill_rates_equal_the_oracle_and_stay_between_0_and_1(district, hr, spec):
    Incumbency.objects.all().delete()
    Position.objects.all().delete()
    for school, hundredths, start, length, held in spec:
        during = DateRange(days_ago(-start), days_ago(-start - length))
        made = position(school=district.schools[school], fte=str(Decimal(hundredths) / 100), during=during)
        free_from = None
        for begin, days in sorted(held):
            if free_from is None or begin >= free_from:
                Incumbency.objects.create(
                    position=made,
                    person=district.principals[0],
                    during=DateRange(days_ago(-begin), days_ago(-begin - days)),
                )
                free_from = begin + days
    rates = fill_rates(hr, YEAR, FillFilters())
    for school in district.schools:
        row = by_name(rates)[school.name]
        got = (row.staffing.budgeted, row.staffing.filled, row.staffing.vacancies, row.longest)
        assert got == oracle(school, today())
        rate = row.staffing.fill_rate
        assert (rate is None) == (row.staffing.n_positions == 0)
        assert rate is None or 0 <= rate <= 1
    assert rates.total.filled + rates.total.unfilled == rates.total.budgeted


@pytest.mark.parametrize("more", [0, 12])
def test_fill_rates_take_four_queries_for_any_number_of_schools(hr, district, positions, more):
    for _ in range(more):
        position(school=factories.org(parent=district.networks[1]), holder=factories.person())
    with CaptureQueriesContext(connection) as queries:
        rates = fill_rates(hr, YEAR, FillFilters())
    assert len(queries) == 4
    assert len(rates.rows) == 3 + more


@pytest.mark.parametrize("more", [0, 12])
def test_school_positions_take_three_queries_for_any_number(hr, district, positions, more):
    for _ in range(more):
        position(school=district.schools[0], holder=factories.person())
    with CaptureQueriesContext(connection) as queries:
        found = school_positions(hr, YEAR, district.schools[0].uid)
        names = [row.incumbent for row in found.rows]
    assert len(queries) == 3
    assert len(names) == 3 + more


def test_fill_rates_filter_by_network_and_level(hr, district, positions):
    south = str(district.networks[1].uid)
    assert list(by_name(fill_rates(hr, YEAR, FillFilters(network=south)))) == ["Cottonwood High"]
    middle = FillFilters.from_params({"level": Level.MIDDLE, "sort": "nonsense"})
    assert list(by_name(fill_rates(hr, YEAR, middle))) == ["Birch Middle"]
    assert fill_rates(hr, YEAR, middle).networks[0][1] == "North"


@pytest.mark.parametrize(
    ("sort", "order"),
    [("rate", "ABC"), ("-rate", "BAC"), ("-school", "CBA"), ("-longest", "ABC"), ("budgeted", "CBA")],
)
def test_fill_rates_sort_with_the_undefined_last(hr, positions, sort, order):
    rows = fill_rates(hr, YEAR, FillFilters(sort=sort)).rows
    assert "".join(row.name[0] for row in rows) == order


def test_fill_rates_of_a_past_year_are_those_of_its_last_day(hr, district):
    first_day, _ = bounds(YEAR)
    position(school=district.schools[0], start=first_day)
    assert fill_rates(hr, YEAR - 1, FillFilters()).total.n_positions == 0
    assert fill_rates(hr, YEAR, FillFilters()).total.n_positions == 1


def test_school_positions_put_the_oldest_vacancy_first(hr, district, positions):
    position(school=district.schools[0], title="Librarian", start=days_ago(300))
    found = school_positions(hr, YEAR, district.schools[0].uid)
    assert [row.title for row in found.rows] == [
        "Librarian",
        "Math coach",
        "Grade 3 teacher",
        "Reading teacher",
    ]
    assert [row.days_open for row in found.rows] == [300, 30, None, None]
    assert found.rows[2].incumbent.startswith("Terry Teacher")
    assert found.longest == 300

"""Caseloads as read for a page: whose, in how many queries, in which order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from alignment_dash.access.models import Grant
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs.models import Publication, Run
from alignment_dash.schoolyear import current_year
from instruction.models import SchoolCapacity
from supervision.models import CaseloadAssignment
from supervision.queries import caseload, caseloads
from supervision.questions import caseload_sentence
from supervision.rows import sorted_schools
from tests import factories

pytestmark = pytest.mark.django_db
YEAR = current_year()


@pytest.fixture
def cabinet(user_in):
    return scope_of(user_in(Role.CABINET))


@pytest.fixture
def supervisor(user_in):
    return scope_of(user_in(Role.SUPERVISOR))


def queries_of(ask):
    with CaptureQueriesContext(connection) as queries:
        ask()
    return len(queries)


def test_reads_take_as_many_queries_for_many_as_for_few(cabinet, district, compute, cell):
    cell(0, 0, 0.5)
    compute()
    few = [
        queries_of(lambda: caseloads(cabinet, YEAR)),
        queries_of(lambda: caseload(cabinet, YEAR, district.supervisor.uid)),
    ]
    for _ in range(9):
        school = factories.org(parent=district.networks[0])
        factories.caseload(supervisor=district.supervisor, principal=factories.person(), school=school)
        factories.caseload(
            supervisor=factories.person(), principal=factories.person(), school=factories.org()
        )
    compute()
    many = [
        queries_of(lambda: caseloads(cabinet, YEAR)),
        queries_of(lambda: caseload(cabinet, YEAR, district.supervisor.uid)),
    ]
    assert len(caseloads(cabinet, YEAR).rows) == 10
    assert many == few
    assert max(few) <= 6


def test_supervisor_reads_the_own_caseload_alone(supervisor, district, compute):
    other = factories.person()
    factories.caseload(supervisor=other, principal=district.principals[2], school=district.schools[2])
    compute()
    assert [row.uid for row in caseloads(supervisor, YEAR).rows] == [district.supervisor.uid]
    assert caseload(supervisor, YEAR, other.uid) is None


def test_figures_of_an_earlier_capacity_snapshot_are_not_told(
    cabinet, supervisor, district, compute, cell, capacity
):
    """Until the caseload job has run again, for the new snapshot may hide what the old one told."""
    cell(0, 1, 0.7)
    compute()
    newer = Run.objects.create(
        kind=capacity.kind, school_year=YEAR, subject=capacity.subject, state=capacity.state, ended_at=capacity.ended_at
    )  # fmt: skip
    Publication.objects.filter(run=capacity).update(run=newer)
    for scope in (cabinet, supervisor):
        found = caseload(scope, YEAR, district.supervisor.uid)
        told = [
            (row.element, row.gap, row.margin, row.n_observations, row.n_teachers, row.n_elements)
            for row in found.rows
        ]
        assert told == [("", None, None, 0, 0, 0)] * 2
        (summary,) = caseloads(scope, YEAR).rows
        assert summary == found.summary
        assert (summary.has_capacity, summary.n_schools_below, summary.element) == (False, 0, "")
        assert found.capacity_at is None
    compute()
    assert caseload(cabinet, YEAR, district.supervisor.uid).summary.has_capacity


def test_school_closed_since_the_snapshot_is_not_shown(supervisor, cabinet, district, compute):
    compute()
    Grant.objects.filter(school_id=district.schools[0].pk).delete()
    now = scope_of(district.supervisor.user)
    assert [row.name for row in caseload(now, YEAR, district.supervisor.uid).rows] == ["Birch Middle"]
    assert len(caseload(cabinet, YEAR, district.supervisor.uid).rows) == 2


def test_gap_is_shown_as_estimate_minus_target(supervisor, district, compute, cell):
    cell(0, 1, 0.7)
    compute()
    row = next(row for row in caseload(supervisor, YEAR, district.supervisor.uid).rows if row.gap)
    assert (row.element, row.gap_text) == ("Element 2", "\N{MINUS SIGN}0.7")
    # 1.645 standard errors of 0.1 to each side: the normal quantile of a 90 % interval.
    assert row.margin == pytest.approx(0.1645, abs=1e-4)


@pytest.mark.parametrize(
    ("sort", "order"), [("", "BA"), ("-gap", "BA"), ("school", "AB"), ("-teachers", "AB")]
)
def test_schools_sort_with_the_undefined_last(supervisor, district, compute, cell, sort, order):
    cell(0, 0, None)
    cell(1, 0, 0.4)
    compute()
    rows = sorted_schools(caseload(supervisor, YEAR, district.supervisor.uid).rows, sort)
    assert "".join(row.name[0] for row in rows) == order


def test_nothing_is_read_before_a_snapshot(cabinet, district):
    assert caseloads(cabinet, YEAR).rows == []
    assert caseload(cabinet, YEAR, district.supervisor.uid) is None


def test_school_of_few_teachers_shows_no_roster_size(cabinet, supervisor, district, compute, cell):
    cell(0, 0, 0.5)
    for gone in district.teachers[district.schools[1].pk][4:]:
        gone.assignments.all().delete()
    compute()
    for scope in (cabinet, supervisor):
        sizes = {row.name: row.roster_size for row in caseload(scope, YEAR, district.supervisor.uid).rows}
        assert sizes == {"Alder Elementary": 6, "Birch Middle": None}


def test_caseload_of_one_school_is_spoken_of_as_one(supervisor, district, compute, cell):
    CaseloadAssignment.objects.filter(school=district.schools[1]).delete()
    said = []
    for gap, p_below in ((0.5, 0.99), (0.1, 0.6), (None, None)):
        SchoolCapacity.objects.all().delete()
        cell(0, 0, gap, p_below)
        compute()
        said.append(
            strip_tags(caseload_sentence(caseload(supervisor, YEAR, district.supervisor.uid), own=True))
        )
    assert said == [
        "Your one school is very likely below target on Element 1.",
        "Your one school is not very likely below target on any element.",
        "There is not enough evidence yet to say how your one school stands.",
    ]

"""The caseload job: what its snapshot says, with and without capacity."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.runs import actions, tasks
from alignment_dash.runs.models import Run, State
from alignment_dash.runs.queries import snapshot
from alignment_dash.runs.registry import job_of, jobs_made_stale_by
from alignment_dash.schoolyear import current_year
from instruction import snapshots
from instruction.models import EvidenceClass
from schools.models import StaffRole
from supervision.models import CASELOAD_RUN, CaseloadSchool, CaseloadSummary, Span
from tests import factories

pytestmark = pytest.mark.django_db


def rows():
    return {row.school.name: row for row in CaseloadSchool.objects.select_related("school")}


def test_snapshot_without_capacity_has_the_caseload_and_no_gaps(district, compute):
    run = compute()
    assert run.state == State.SUCCEEDED
    summary = CaseloadSummary.objects.get()
    assert (summary.n_principals, summary.n_schools, summary.span) == (2, 2, Span.BELOW)
    assert (summary.element_id, summary.n_schools_below, summary.n_schools_unclear) == (None, 0, 0)
    alder = rows()["Alder Elementary"]
    assert (alder.gap, alder.n_elements, alder.evidence) == (None, 0, EvidenceClass.NOT_ENOUGH)
    assert (alder.roster_size, alder.principal_since) == (6, date(2000, 1, 1))
    assert run.facts["schools_without"] == 1
    assert run.facts["capacity_run"] is None


def test_snapshot_with_capacity_names_the_widest_gaps(district, compute, cell, capacity):
    cell(0, 0, 0.2, 0.97)
    widest = cell(0, 1, 0.7, 0.99, evidence=EvidenceClass.WEAK)
    cell(0, 2, None)
    cell(1, 0, None)
    cell(1, 1, 0.4, 0.96)
    run = compute()
    alder = rows()["Alder Elementary"]
    assert (alder.element_id, alder.gap, alder.se, alder.evidence) == (widest.element_id, 0.7, 0.1, 1)
    assert (alder.n_elements, alder.n_elements_below, alder.n_elements_unclear) == (3, 2, 1)
    summary = CaseloadSummary.objects.get()
    assert (summary.element_id, summary.n_element_below, summary.n_element_estimated) == (
        widest.element_id,
        2,
        2,
    )
    assert summary.n_schools_below == 2
    assert run.facts["capacity_run"] == str(capacity.uid)


def test_school_without_evidence_is_unclear(district, compute, cell):
    cell(0, 0, None)
    compute()
    assert CaseloadSummary.objects.get().n_schools_unclear == 1


@pytest.mark.parametrize(("n", "span"), [(7, "below"), (8, "within"), (12, "within"), (13, "above")])
def test_span_of_a_caseload_at_its_bounds(district, compute, n, span):
    supervisor = factories.person()
    for _ in range(n):
        factories.caseload(supervisor=supervisor, principal=factories.person(), school=factories.org())
    compute()
    assert CaseloadSummary.objects.get(supervisor=supervisor).span == span


def test_principal_of_two_schools_counts_once(district, compute):
    supervisor, principal = factories.person(), factories.person()
    for _ in range(2):
        factories.caseload(supervisor=supervisor, principal=principal, school=factories.org())
    compute()
    summary = CaseloadSummary.objects.get(supervisor=supervisor)
    assert (summary.n_principals, summary.n_schools) == (1, 2)


def test_first_day_is_that_of_the_stay_and_unknown_of_whom_the_roster_does_not_have_there(district, compute):
    school = factories.org(name="Elm")
    factories.caseload(supervisor=factories.person(), principal=factories.person(), school=school)
    # Who led another school from 2012 to 2014 and came back has begun there anew; a summer left out is no new beginning.
    back, oak = factories.person(), factories.org(name="Oak")
    spells = ["2012-07-01 2014-07-01", f"{current_year() - 4}-08-01 {current_year() - 3}-06-15"]
    for spell in [*spells, f"{current_year() - 3}-08-20 {current_year() - 3}-12-01"]:
        during = DateRange(*map(date.fromisoformat, spell.split()))
        factories.assignment(person=back, org=oak, role=StaffRole.PRINCIPAL, during=during)
    now = DateRange(date(current_year() - 3, 12, 1), None)
    factories.assignment(person=back, org=oak, role=StaffRole.PRINCIPAL, during=now)
    factories.caseload(supervisor=factories.person(), principal=back, school=oak)
    compute()
    assert rows()["Elm"].principal_since is None
    assert rows()["Oak"].principal_since == date(current_year() - 4, 8, 1)


def test_newer_run_of_the_month_drops_the_rows_of_those_before(district, compute):
    first, second, third = compute(), compute(), compute()
    kept = set(CaseloadSummary.objects.values_list("run_id", flat=True))
    # The second stood while the third was written; it goes with the next.
    assert kept == {second.pk, third.pk}
    assert first.pk not in kept
    assert snapshot(kind=CASELOAD_RUN, school_year=current_year()).run_id == third.pk


def test_run_that_was_cut_off_is_done_again_from_the_start(district):
    run = actions.request_run(kind=CASELOAD_RUN, school_year=current_year(), by=None)
    CaseloadSummary.objects.create(
        run=run, supervisor=district.supervisor, n_principals=99, n_schools=99, span="above",
        n_schools_below=0, n_schools_unclear=0,
    )  # fmt: skip
    tasks.perform(run.pk)
    assert CaseloadSummary.objects.get().n_principals == 2


def test_job_runs_after_rosters_caseloads_and_capacity():
    assert {CASELOAD_RUN} <= {job.kind for job in jobs_made_stale_by("roster")}
    assert CASELOAD_RUN in {job.kind for job in jobs_made_stale_by("caseload")}
    assert snapshots.KIND in job_of(CASELOAD_RUN).after
    assert job_of(CASELOAD_RUN).nightly


def test_capacity_done_asks_for_the_caseloads_again(district):
    subject = str(district.version.framework.uid)
    run = actions.request_run(kind=snapshots.KIND, school_year=current_year(), by=None, subject=subject)
    tasks.perform(run.pk)
    assert Run.objects.filter(kind=CASELOAD_RUN, state=State.QUEUED).exists()


def test_caseload_of_a_past_year_is_that_of_its_last_day(district):
    run = actions.request_run(kind=CASELOAD_RUN, school_year=1999, by=None)
    tasks.perform(run.pk)
    assert not CaseloadSummary.objects.filter(run=run).exists()

"""The capacity job: what it writes, that it publishes whole or not at all, and what it keeps."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions
from alignment_dash.runs import tasks as runs
from alignment_dash.runs.models import Publication, Run, State
from alignment_dash.runs.queries import snapshot
from instruction.models import (
    CalibrationVideo,
    DistrictCapacity,
    EvidenceClass,
    FrameworkKind,
    Observation,
    ObservationKind,
    Purpose,
    RaterSeverity,
    Rating,
    SchoolCapacity,
    TeacherCapacity,
)
from instruction.snapshots import KIND_OF_PERSONS, copying
from instruction.snapshots.pruning import prune
from instruction.tasks import subjects
from tests import factories

pytestmark = pytest.mark.django_db


def protected(model):
    with all_rows(why="a test looks at what was written"):
        return list(model.objects.all())


def test_subjects_are_teaching_frameworks_with_a_version_in_force(district):
    factories.framework(kind=FrameworkKind.LEADERSHIP)
    assert list(subjects(schoolyear.current_year())) == [str(district.version.framework.uid)]
    assert list(subjects(1999)) == []


def test_run_writes_every_school_and_element_and_publishes(district, compute):
    run = compute()
    assert run.state == State.SUCCEEDED, run.message
    assert Publication.objects.get(kind="capacity").run == run
    cells = SchoolCapacity.objects.filter(run=run)
    assert cells.count() == len(district.schools) * 3
    shown = cells.get(school=district.schools[0], element__code="E2")
    assert shown.n_ratings == shown.n_teachers == shown.roster_size == 6
    assert shown.target == 3.0
    assert 2.5 < shown.estimate < 3.5
    assert shown.gap == pytest.approx(3.0 - shown.estimate)
    assert shown.last_seen == schoolyear.today()
    assert DistrictCapacity.objects.filter(run=run, n_schools=2).count() == 3
    assert not protected(TeacherCapacity)
    assert len(protected(RaterSeverity)) == 3 * 3
    assert run.basis == "all"
    assert run.roster_date == schoolyear.today()
    assert run.facts["n_ratings"] == 36  # those of the two schools that are shown
    assert set(run.facts["components"]) == {"E1", "E2", "E3"}


def test_teachers_figures_have_a_run_of_their_own_from_evaluative_evidence_alone(district, compute):
    run = compute(kind=KIND_OF_PERSONS)
    assert run.state == State.SUCCEEDED, run.message
    assert (run.basis, run.roster_date) == ("evaluative", schoolyear.today())
    assert {row.run_id for row in protected(TeacherCapacity)} == {run.pk}
    assert len(protected(TeacherCapacity)) == 15 * 3
    assert not SchoolCapacity.objects.exists()
    assert not protected(RaterSeverity)
    assert Publication.objects.get(kind=KIND_OF_PERSONS).run == run


@pytest.mark.parametrize("how", ["insert", "update"])
def test_database_refuses_a_teachers_figure_of_a_run_from_all_evidence(district, compute, how):
    evaluative, other = compute(kind=KIND_OF_PERSONS), compute()
    row = protected(TeacherCapacity)[0]
    row.run = other
    row.pk = row.pk if how == "update" else None
    with all_rows(why="a test breaks the rule"), transaction.atomic():
        with pytest.raises(IntegrityError, match="evaluative evidence alone"), transaction.atomic():
            row.save()
        assert not TeacherCapacity.objects.exclude(run=evaluative).exists()


def test_basis_of_a_run_that_told_of_persons_stays(district, compute):
    run = compute(kind=KIND_OF_PERSONS)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(basis="all")


def test_who_asks_on_a_page_rings_both_jobs(district, sign_in):
    sent = {"kind": "capacity", "school_year": factories.year()}
    answer = sign_in(Role.CABINET).post(reverse("runs:run-request"), sent)
    assert sorted(Run.objects.values_list("kind", flat=True)) == ["capacity", KIND_OF_PERSONS]
    asked = Run.objects.get(kind="capacity")
    assert answer["Location"] == reverse("runs:run-detail", kwargs={"uid": asked.uid})


def test_new_ratings_make_both_stale(district, compute):
    compute(), compute(kind=KIND_OF_PERSONS)
    actions.inputs_changed(topic="ratings", school_year=factories.year(), by=None, reason="a test")
    stale = Publication.objects.filter(stale_since__isnull=False).values_list("kind", flat=True)
    assert set(stale) >= {"capacity", KIND_OF_PERSONS}


def test_school_with_too_few_teachers_carries_no_estimate(district, compute):
    small = SchoolCapacity.objects.filter(run=compute(), school=district.schools[2])
    assert {cell.evidence for cell in small} == {EvidenceClass.NOT_ENOUGH}
    assert {cell.estimate for cell in small} == {None}
    assert {cell.n_teachers for cell in small} == {3}


def test_formative_evidence_counts_for_schools_but_never_for_a_person(district, compute):
    teacher = district.teachers[district.schools[0].pk][0]
    before = compute(kind=KIND_OF_PERSONS)
    with all_rows(why="a test compares"):
        evaluative = TeacherCapacity.objects.get(run=before, person=teacher, element__code="E1").estimate
    observer = factories.person()
    for ago in range(3):
        factories.observation(
            version=district.version, observer=observer, observed=teacher, school=district.schools[0],
            levels=[4, 4, 4], purpose=Purpose.FORMATIVE, is_cross_school=True,
            on=schoolyear.today() - timedelta(days=ago),
        )  # fmt: skip
    after = compute(kind=KIND_OF_PERSONS)
    with all_rows(why="a test compares"):
        row = TeacherCapacity.objects.get(run=after, person=teacher, element__code="E1")
    assert (row.estimate, row.n_ratings) == (pytest.approx(evaluative, abs=1e-12), 1)
    assert (
        SchoolCapacity.objects.get(run=compute(), school=district.schools[0], element__code="E1").n_ratings
        == 9
    )


def test_calibration_videos_count_for_observers_only(district, compute):
    video = CalibrationVideo.objects.create(title="Lesson A")
    element = district.version.elements.first()
    with all_rows(why="a test's evidence"):
        seen = Observation.objects.create(
            version=district.version, observer=district.principals[0], video=video,
            observed_on=schoolyear.today(), school_year=schoolyear.current_year(),
            kind=ObservationKind.CALIBRATION, purpose=Purpose.FORMATIVE,
        )  # fmt: skip
        Rating.objects.create(observation=seen, element_version=element, level=3)
    run = compute()
    assert run.facts["n_video_ratings"] == 1
    severities = [row for row in protected(RaterSeverity) if row.person == district.principals[0]]
    assert {row.n_ratings for row in severities if row.element_id == element.element_id} == {7}
    cell = SchoolCapacity.objects.get(run=run, school=district.schools[0], element=element.element_id)
    assert cell.n_ratings == 6


def test_ratings_older_than_three_school_years_do_not_count(district, compute):
    year = schoolyear.current_year()
    for back in (2, 3):
        factories.observation(
            version=district.version, observer=district.principals[0],
            observed=district.teachers[district.schools[0].pk][1], school=district.schools[0],
            levels=[1, 1, 1], on=schoolyear.bounds(year - back)[0],
        )  # fmt: skip
    assert compute().facts["n_ratings"] == 36 + 3


def test_past_year_uses_its_own_last_day(district, compute):
    year = schoolyear.current_year() - 1
    run = compute(year)
    assert run.state == State.SUCCEEDED
    assert run.roster_date == schoolyear.bounds(year)[1] - timedelta(days=1)
    assert run.facts["n_ratings"] == 0


def test_failed_run_leaves_the_last_snapshot_standing(district, compute):
    standing = compute()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE staged_instruction_raterseverity (id int)")
    failed = compute()
    assert failed.state == State.FAILED
    assert "Traceback" not in failed.message
    current = snapshot(kind="capacity", school_year=standing.school_year, subject=standing.subject)
    assert current.run_id == standing.pk
    assert SchoolCapacity.objects.filter(run=standing).count() == 9
    assert not SchoolCapacity.objects.filter(run=failed).exists()


def test_error_while_writing_leaves_no_row_behind(district, compute):
    with connection.cursor() as cursor:  # the last kind of rows cannot be written
        cursor.execute("CREATE TEMP TABLE staged_instruction_raterseverity (id int)")
    failed = compute()
    assert failed.state == State.FAILED
    assert not SchoolCapacity.objects.exists()
    assert not DistrictCapacity.objects.exists()


def test_run_cut_off_after_writing_is_done_again(district, compute):
    run = compute()
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED)
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == State.SUCCEEDED, run.message
    assert SchoolCapacity.objects.filter(run=run).count() == 9


def test_district_without_roster_publishes_an_empty_snapshot(db):
    version = factories.framework()
    run = actions.request_run(
        kind="capacity", school_year=factories.year(), by=None, subject=str(version.framework.uid)
    )
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == State.SUCCEEDED, run.message
    assert not SchoolCapacity.objects.exists()


def test_pruning_keeps_the_standing_the_newest_two_and_the_last_of_each_term(district, compute):
    year = schoolyear.current_year()
    first = schoolyear.bounds(year)[0]
    made = []
    for days in (10, 20, 100, 110, 120, 130):
        run = compute()
        ended = timezone.now() - timedelta(days=200 - days)
        Run.objects.filter(pk=run.pk).update(roster_date=first + timedelta(days=days), ended_at=ended)
        made.append(run)
        SchoolCapacity.objects.filter(run=run).update(run=run)
    newest = compute()
    Run.objects.filter(pk=newest.pk).update(roster_date=first + timedelta(days=140))
    with all_rows(why="a test prunes"):
        prune(run=newest)
    kept = set(SchoolCapacity.objects.values_list("run_id", flat=True))
    assert newest.pk in kept
    assert made[0].pk not in kept
    assert made[2].pk not in kept
    assert len(kept) <= 4


def test_rows_survive_the_way_to_numpy_and_back(db):
    rows = copying.copy_out(
        "SELECT n::bigint, n::smallint, n %% 2 = 0, DATE '2026-01-01' - DATE '1970-01-01' FROM generate_series(1, %s) n",
        [3],
        {"a": copying.BIGINT, "b": copying.SMALLINT, "c": copying.BOOLEAN, "d": copying.INTEGER},
    )
    assert rows["a"].tolist() == [1, 2, 3]
    assert rows["c"].tolist() == [False, True, False]
    assert np.datetime64(int(rows["d"][0]), "D") == np.datetime64("2026-01-01")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE there (a bigint, x double precision)")
        copying.copy_in("there", {"a": (copying.BIGINT, rows["a"]), "x": (copying.DOUBLE, [0.5, 1, 2])})
        without = np.ma.array([7.0, 8.0], mask=[True, False])
        copying.copy_in("there", {"a": (copying.BIGINT, [4, 5]), "x": (copying.DOUBLE, without)})
        cursor.execute("SELECT a, x FROM there ORDER BY a")
        assert cursor.fetchall() == [(1, 0.5), (2, 1), (3, 2), (4, None), (5, 8)]


def test_null_on_the_way_to_numpy_is_refused(db):
    with pytest.raises(ValueError, match="null"):
        copying.copy_out("SELECT NULL::bigint", [], {"a": copying.BIGINT})


def test_pruning_keeps_of_persons_what_stands_and_the_newest_two(district, compute):
    """No growth of a person is drawn, so no term's last is kept for it."""
    first = schoolyear.bounds(schoolyear.current_year())[0]
    for days in (10, 60, 110, 160):
        run = compute(kind=KIND_OF_PERSONS)
        ended = timezone.now() - timedelta(days=200 - days)
        Run.objects.filter(pk=run.pk).update(roster_date=first + timedelta(days=days), ended_at=ended)
    newest = compute(kind=KIND_OF_PERSONS)
    assert {row.run_id for row in protected(TeacherCapacity)} <= {newest.pk, run.pk}


def test_pruning_keeps_the_last_snapshot_of_a_past_year(district, compute):
    past = compute(schoolyear.current_year() - 1)
    for _ in range(3):
        newest = compute()
    kept = set(SchoolCapacity.objects.values_list("run_id", flat=True))
    assert {past.pk, newest.pk} <= kept

"""Runs: asked for once, claimed once, published whole, and never lost."""

from datetime import timedelta

import psycopg2.errors
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from alignment_dash.access.models import AuditEvent
from alignment_dash.runs import actions, queries, registry, tasks
from alignment_dash.runs.heart import Heart
from alignment_dash.runs.mishaps import Mishap, mishap_of
from alignment_dash.runs.models import Publication, Run, State
from tests import factories

YEAR = 2026


@pytest.fixture
def job():
    """A job that does what the test puts into `job.does`, known for the length of the test."""

    class Kept:
        does = staticmethod(lambda run, progress: None)

    def perform(run, progress):
        Kept.does(run, progress)

    registry.register(
        registry.Job(kind="test-job", label="Test", perform=perform, stale_on=frozenset({"test-topic"}))
    )
    registry.register(
        registry.Job(
            kind="test-after", label="After", perform=perform, after=frozenset({"test-job"}), nightly=False
        )
    )
    yield Kept
    del registry._jobs["test-job"], registry._jobs["test-after"]


def ask(**more):
    return actions.request_run(kind="test-job", school_year=YEAR, by=None, **more)


pytestmark = pytest.mark.django_db


def test_request_while_one_waits_returns_the_one_that_waits(job):
    assert ask().pk == ask().pk
    assert Run.objects.count() == 1


def test_request_by_a_person_is_audited_once(job):
    asker = factories.user()
    actions.request_run(kind="test-job", school_year=YEAR, by=asker)
    actions.request_run(kind="test-job", school_year=YEAR, by=asker)
    assert AuditEvent.objects.filter(act="run.request", by_id=asker.pk).count() == 1


def test_request_for_a_run_that_waits_is_audited_for_who_asks(job):
    ask(wait=timedelta(hours=1))
    asker = factories.user()
    run = actions.request_run(kind="test-job", school_year=YEAR, by=asker)
    assert AuditEvent.objects.get(act="run.request", by_id=asker.pk).target_id == str(run.uid)


def test_request_without_wait_brings_a_put_off_run_forward(job):
    put_off = ask(wait=timedelta(hours=1))
    assert actions.claim(run_id=put_off.pk) is None
    ask()
    assert actions.claim(run_id=put_off.pk) is not None


def test_request_of_an_unknown_kind_is_a_lookup_error(db):
    with pytest.raises(LookupError):
        actions.request_run(kind="no-such-job", school_year=YEAR, by=None)


def test_run_is_claimed_only_once(job):
    run = ask()
    assert actions.claim(run_id=run.pk) is not None
    assert actions.claim(run_id=run.pk) is None


def test_second_run_of_a_kind_waits_until_the_first_has_ended(job):
    first = actions.claim(run_id=ask().pk)
    second = ask()
    assert actions.claim(run_id=second.pk) is None
    actions.publish(run=first)
    assert actions.claim(run_id=second.pk) is not None


def test_success_publishes_the_run_and_asks_for_what_reads_it(job):
    run = ask()
    tasks.perform(run.pk)
    snapshot = queries.snapshot(kind="test-job", school_year=YEAR)
    assert snapshot.run_id == run.pk
    assert not snapshot.recomputing
    assert Run.objects.filter(kind="test-after", state=State.QUEUED).count() == 1


def test_failure_leaves_the_last_snapshot_standing_and_says_so_without_a_trace(job):
    good = ask()
    tasks.perform(good.pk)
    job.does = staticmethod(lambda run, progress: 1 / 0)
    bad = ask()
    tasks.perform(bad.pk)
    bad.refresh_from_db()
    assert bad.state == State.FAILED
    assert "ZeroDivisionError" not in bad.message
    assert queries.snapshot(kind="test-job", school_year=YEAR).run_id == good.pk


def test_change_of_inputs_marks_stale_until_a_later_run_has_read_them(job):
    first = ask()
    tasks.perform(first.pk)
    actions.inputs_changed(topic="test-topic", school_year=YEAR, by=None, reason="a change")
    snapshot = queries.snapshot(kind="test-job", school_year=YEAR)
    assert snapshot.stale_since is not None
    assert snapshot.recomputing
    tasks.perform(ask().pk)
    assert queries.snapshot(kind="test-job", school_year=YEAR).stale_since is None


def test_change_during_a_run_leaves_its_result_stale(job):
    job.does = staticmethod(
        lambda run, progress: actions.inputs_changed(
            topic="test-topic", school_year=YEAR, by=None, reason="late"
        )
    )
    tasks.perform(ask().pk)
    assert queries.snapshot(kind="test-job", school_year=YEAR).stale_since is not None


def test_sweep_takes_back_what_has_gone_quiet_and_gives_up_after_three_times(job):
    run = ask()
    for attempt in (1, 2, 3):
        claimed = actions.claim(run_id=run.pk)
        assert claimed.attempts == attempt
        swept = actions.sweep(now=timezone.now() + timedelta(minutes=5))
        Run.objects.filter(pk=run.pk).update(not_before=timezone.now())
    run.refresh_from_db()
    assert swept["given_up"] == 1
    assert run.state == State.FAILED


def test_worker_that_was_taken_over_cannot_publish(job):
    slow = actions.claim(run_id=ask().pk)
    actions.sweep(now=timezone.now() + timedelta(minutes=5))
    Run.objects.filter(pk=slow.pk).update(not_before=timezone.now())
    taken_over = actions.claim(run_id=slow.pk)
    actions.publish(run=slow)
    assert not Publication.objects.filter(run__isnull=False).exists()
    actions.publish(run=taken_over)
    assert queries.snapshot(kind="test-job", school_year=YEAR).run_id == slow.pk


def test_nightly_asks_only_for_nightly_jobs(job):
    kinds = {run.kind for run in actions.request_nightly(school_year=YEAR)}
    assert "test-job" in kinds
    assert "test-after" not in kinds


def lost(run, progress):
    raise OperationalError("the server closed the connection unexpectedly")


def test_run_that_lost_its_database_is_done_again_and_given_up_after_three_times(job):
    job.does = staticmethod(lost)
    run = ask()
    for attempt in (1, 2, 3):
        tasks.perform(run.pk)
        run.refresh_from_db()
        assert run.attempts == attempt
        assert actions.claim(run_id=run.pk) is None  # not at once
        Run.objects.filter(pk=run.pk).update(not_before=timezone.now())
    assert run.state == State.FAILED
    assert run.message.startswith("The connection to the database was lost.")


def test_run_is_done_once_its_database_is_back(job):
    job.does = staticmethod(lost)
    run = ask()
    tasks.perform(run.pk)
    job.does = staticmethod(lambda run, progress: None)
    Run.objects.filter(pk=run.pk).update(not_before=timezone.now())
    tasks.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.message) == (State.SUCCEEDED, "")


def test_full_disk_is_named_and_other_errors_are_not_quoted():
    full = OperationalError("could not extend file for Ida Ray")
    full.__cause__ = psycopg2.errors.DiskFull()
    full.__cause__.__setstate__({"pgcode": "53100"})
    assert mishap_of(full) == Mishap("The database's disk is full. Free space, then choose Try again.", True)
    assert mishap_of(InterfaceError("connection already closed")).passes
    assert not mishap_of(ValueError("Ida Ray")).passes
    assert "Ida" not in mishap_of(ValueError("Ida Ray")).message


def end_own_connection():
    """Lose the connection as a restart of the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.django_db(transaction=True)
def test_heart_beats_on_after_the_database_was_away(job):
    run = actions.claim(run_id=ask().pk)
    heart = Heart(run)
    with pytest.raises(OperationalError):
        end_own_connection()
    heart(1, 2, "lost")
    heart._write_or_wait()
    heart(2, 2, "written")
    heart._write_or_wait()
    run.refresh_from_db()
    assert run.progress_label == "written"


@pytest.mark.django_db(transaction=True)
def test_run_whose_connection_is_ended_is_put_back_on_a_new_one(job):
    job.does = staticmethod(lambda run, progress: end_own_connection())
    run = ask()
    tasks.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.QUEUED, 1)
    assert run.not_before > timezone.now()

"""Files taken in: what stays of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions, tasks, uploads
from alignment_dash.runs.mishaps import Mishap
from alignment_dash.runs.models import Run, State, UploadState
from alignment_dash.runs.registry import job_of
from instruction.imports.work import OBSERVATION_IMPORTS
from instruction.models import ObservationImport
from schools.imports.importing import KIND as ROSTERS
from schools.models import RosterImport, SourceSystem
from tests import factories
from tests.schools.rosters.bundles import bundle

pytestmark = pytest.mark.django_db


def receive(kind, content, user, **options):
    """Take a file in as a data administrator does."""
    return uploads.receive(kind=kind, content=content, filename="file", options=options, by=user)[0]


def test_roster_with_names_of_students_is_forgotten_once_applied(user_in):
    upload = receive(ROSTERS, bundle().getvalue(), user_in(Role.DATA_ADMINISTRATOR))
    tasks.perform(upload.run_id)
    done = RosterImport.objects.get(pk=upload.pk)
    assert done.state == UploadState.APPLIED
    assert (bytes(done.content), done.size) == (b"", len(bundle().getvalue()))


def test_rejected_ratings_are_forgotten(user_in):
    SourceSystem.objects.create(code="sis")
    upload = receive(OBSERVATION_IMPORTS, b"no,header\n", user_in(Role.DATA_ADMINISTRATOR), source="sis")
    tasks.perform(upload.run_id)
    done = ObservationImport.objects.get(pk=upload.pk)
    assert done.state == UploadState.REJECTED
    assert bytes(done.content) == b""


def test_file_of_an_import_that_stopped_is_kept_for_a_day_to_try_again(user_in):
    upload = receive(OBSERVATION_IMPORTS, b"no,header\n", user_in(Role.DATA_ADMINISTRATOR), source="unknown")
    tasks.perform(upload.run_id)
    done = ObservationImport.objects.get(pk=upload.pk)
    assert done.state == UploadState.FAILED
    assert "kept for a day" in done.message
    assert bytes(done.content) == b"no,header\n"
    actions.tidy(now=timezone.now() + timedelta(hours=23))
    assert bytes(ObservationImport.objects.get(pk=upload.pk).content) == b"no,header\n"
    actions.tidy(now=timezone.now() + timedelta(hours=25))
    assert bytes(ObservationImport.objects.get(pk=upload.pk).content) == b""


def test_import_whose_worker_was_lost_too_often_says_so(user_in):
    upload = receive(ROSTERS, bundle().getvalue(), user_in(Role.DATA_ADMINISTRATOR))
    for _attempt in range(actions.MAX_ATTEMPTS):
        assert actions.claim(run_id=upload.run_id)
        actions.sweep(now=timezone.now() + timedelta(minutes=5))
        Run.objects.filter(pk=upload.run_id).update(not_before=timezone.now())
    done = RosterImport.objects.get(pk=upload.pk)
    assert done.state == UploadState.FAILED
    assert done.message.startswith("The worker stopped 3 times while it ran.")


def test_rosters_run_one_at_a_time_in_the_order_they_came(user_in):
    sender = user_in(Role.DATA_ADMINISTRATOR)
    first = receive(ROSTERS, bundle().getvalue(), sender)
    second = receive(ROSTERS, bundle(version="1.1").getvalue(), sender)
    assert actions.claim(run_id=second.run_id) is None  # the first waits, and is not overtaken
    running = actions.claim(run_id=first.run_id)
    assert actions.claim(run_id=second.run_id) is None
    actions.publish(run=running)
    assert actions.claim(run_id=second.run_id)


def test_roster_that_is_put_back_is_not_overtaken(user_in):
    sender = user_in(Role.DATA_ADMINISTRATOR)
    first = receive(ROSTERS, bundle().getvalue(), sender)
    second = receive(ROSTERS, bundle(version="1.1").getvalue(), sender)
    actions.stopped(run=actions.claim(run_id=first.run_id), mishap=Mishap("The disk is full.", passes=True))
    assert actions.claim(run_id=first.run_id) is None  # later
    assert actions.claim(run_id=second.run_id) is None


def test_work_taken_up_again_after_its_end_changes_nothing(user_in):
    upload = receive(ROSTERS, bundle().getvalue(), user_in(Role.DATA_ADMINISTRATOR))
    run = actions.claim(run_id=upload.run_id)
    job_of(run.kind).perform(run, lambda done, total, label="": None)  # and killed before the run's end
    actions.sweep(now=timezone.now() + timedelta(minutes=5))
    Run.objects.filter(pk=run.pk).update(not_before=timezone.now())
    before = RosterImport.objects.get(pk=upload.pk)
    tasks.perform(run.pk)
    after = RosterImport.objects.get(pk=upload.pk)
    assert Run.objects.get(pk=run.pk).state == State.SUCCEEDED
    assert (after.state, after.ended_at, after.counts) == (before.state, before.ended_at, before.counts)
    assert AuditEvent.objects.filter(act="roster-import.apply").count() == 1


def test_import_ended_by_someone_else_meanwhile_cannot_be_ended_again(user_in):
    upload = receive(ROSTERS, bundle().getvalue(), user_in(Role.DATA_ADMINISTRATOR))
    RosterImport.objects.filter(pk=upload.pk).update(state=UploadState.ABORTED)
    for late in (
        lambda: uploads.applying(upload),
        lambda: uploads.end(upload, uploads.Outcome(accepted=True)),
    ):
        with pytest.raises(uploads.Overtaken):
            late()
    assert RosterImport.objects.get(pk=upload.pk).state == UploadState.ABORTED


def test_same_key_is_the_same_delivery_and_no_other(user_in):
    sender, other = user_in(Role.DATA_ADMINISTRATOR), factories.user()
    content, changed = bundle().getvalue(), bundle(version="1.1").getvalue()
    given = {"kind": ROSTERS, "filename": "file", "options": {}, "by": sender, "idempotency_key": "monday"}
    first, is_new = uploads.receive(content=content, **given)
    assert is_new
    tasks.perform(first.run_id)
    receive(ROSTERS, changed, sender)
    assert uploads.receive(content=content, **given) == (first, False)
    for differs in ({"content": changed}, {"content": content, "options": {"strict": True}}):
        with pytest.raises(uploads.Refused) as refused:
            uploads.receive(**{**given, **differs})
        assert refused.value.status == 422
    assert uploads.receive(**{**given, "by": other, "content": changed, "options": {"strict": True}})[1]


def test_file_of_a_worker_that_was_given_up_is_forgotten_with_the_next_one(user_in):
    lost = receive(ROSTERS, bundle().getvalue(), user_in(Role.DATA_ADMINISTRATOR))
    Run.objects.filter(pk=lost.run_id).update(state=State.FAILED, ended_at=timezone.now() - timedelta(days=2))
    waiting = receive(ROSTERS, bundle().getvalue(), user_in(Role.DATA_ADMINISTRATOR), encoding="cp1252")
    assert bytes(RosterImport.objects.get(pk=lost.pk).content) == b""
    assert bytes(RosterImport.objects.get(pk=waiting.pk).content) == bundle().getvalue()


def test_file_that_is_no_longer_whole_is_not_read_in_part(user_in):
    upload = receive(OBSERVATION_IMPORTS, b"no,header\n", user_in(Role.DATA_ADMINISTRATOR), source="sis")
    ObservationImport.objects.filter(pk=upload.pk).update(content=b"no,")
    with pytest.raises(LookupError):
        uploads.read_content(upload)

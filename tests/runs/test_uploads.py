"""Files taken in: what stays of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alignment_dash.access.roles import Role
from alignment_dash.runs import tasks, uploads
from alignment_dash.runs.models import Run, State, UploadState
from instruction.imports.work import OBSERVATION_IMPORTS
from instruction.models import ObservationImport
from schools.models import RosterImport, SourceSystem
from schools.roster_imports import KIND as ROSTERS
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


def test_file_is_forgotten_when_its_import_stops_on_an_error(user_in):
    upload = receive(OBSERVATION_IMPORTS, b"no,header\n", user_in(Role.DATA_ADMINISTRATOR), source="unknown")
    tasks.perform(upload.run_id)
    done = ObservationImport.objects.get(pk=upload.pk)
    assert done.state == UploadState.FAILED
    assert bytes(done.content) == b""


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

"""Files of other products when something goes wrong: an error, two at once, a district that changes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions as runs
from alignment_dash.runs.actions import MAX_ATTEMPTS
from alignment_dash.runs.models import Run, State, UploadState
from instruction.imports import loading
from instruction.imports.products import actions
from instruction.imports.products.meanings import Meaning
from instruction.models import Alias, Observation, ObservationImport, UnmatchedValue
from schools.models import SourceSystem
from tests.instruction.imports.files import name_people
from tests.instruction.imports.products import (
    WIDE,
    as_csv,
    done,
    imported,
    layout,
    planned,
    taken,
    wide_row,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(district):
    return name_people(district)


@pytest.fixture
def by(user_in):
    return user_in(Role.DATA_ADMINISTRATOR)


@pytest.fixture
def columns():
    return layout().columns | {"Observer": "observer_id"}


def a_row(district, ids, place=0, **changes):
    return wide_row(district, ids, place, Observer=ids[district.principals[0].pk], **changes)


def stored():
    with all_rows(why="a test looks at what was written"):
        return Observation.objects.filter(source__code="grow").count()


def breaking(monkeypatch, error):
    def load(*arguments):
        raise error

    monkeypatch.setattr(loading, "load", load)


def test_file_outlives_an_error_of_the_database_and_is_imported(district, ids, by, columns, monkeypatch):
    upload = planned(taken(as_csv([WIDE, a_row(district, ids)]), by), by, columns=columns)
    actions.start_import(upload=upload, by=by)
    with monkeypatch.context() as broken:
        breaking(broken, OperationalError("deadlock detected"))
        done(upload)
    assert (upload.run.state, upload.next_act) == (State.QUEUED, "apply")
    Run.objects.filter(pk=upload.run_id).update(not_before=timezone.now())
    done(upload)
    assert (upload.state, stored()) == (UploadState.APPLIED, 1)


@pytest.mark.parametrize("attempts", [0, MAX_ATTEMPTS - 1])
def test_file_whose_import_stopped_for_good_is_kept_for_a_day_and_tried_again(
    district, ids, by, columns, monkeypatch, attempts
):
    upload = planned(taken(as_csv([WIDE, a_row(district, ids)]), by), by, columns=columns)
    actions.start_import(upload=upload, by=by)
    upload.refresh_from_db()
    Run.objects.filter(pk=upload.run_id).update(attempts=attempts)
    with monkeypatch.context() as broken:
        breaking(broken, OperationalError("gone") if attempts else RuntimeError("a bug"))
        done(upload)
    assert (upload.state, upload.waits_for) == (UploadState.FAILED, "import")
    assert timedelta(hours=23) < upload.keep_until - timezone.now() <= timedelta(days=1)
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert (upload.state, stored()) == (UploadState.APPLIED, 1)


def test_rows_that_wait_outlive_an_error_of_their_import(district, ids, by, columns, monkeypatch):
    rows = [a_row(district, ids), a_row(district, ids, 1, School="Nowhere")]
    upload = imported(taken(as_csv([WIDE, *rows]), by), by, columns=columns)
    meaning = Meaning(row=district.schools[0].pk)
    actions.resolve(value=UnmatchedValue.objects.get(), meaning=meaning, by=by)
    with monkeypatch.context() as broken:
        breaking(broken, RuntimeError("a bug"))
        done(upload)
    assert upload.state == UploadState.APPLIED_WITH_MESSAGES
    assert "try again" in upload.message
    runs.tidy(now=timezone.now() + timedelta(days=2))
    actions.resolve(value=UnmatchedValue.objects.get(), meaning=meaning, by=by)
    done(upload)
    assert (upload.message, stored()) == ("2 of 2 rows imported.", 2)


def test_file_is_kept_for_14_days_from_its_receipt_whatever_is_done_with_it(district, ids, by, columns):
    upload = taken(as_csv([WIDE, a_row(district, ids, School="Nowhere")]), by)
    received = timezone.now() - timedelta(days=13)
    ObservationImport.objects.filter(pk=upload.pk).update(received_at=received)
    upload.refresh_from_db()
    imported(upload, by, columns=columns)
    assert upload.keep_until == received + timedelta(days=14)


@pytest.mark.django_db(transaction=True)
def test_file_sent_twice_at_once_is_one_import(district, ids, by):
    content = as_csv([WIDE, a_row(district, ids)])
    together = Barrier(2)

    def send(_place):
        together.wait()
        try:
            return taken(content, by).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(send, range(2)))) == 1


def test_import_that_is_no_longer_what_was_looked_at_is_shown_again(district, ids, by, columns):
    upload = planned(taken(as_csv([WIDE, a_row(district, ids)]), by), by, columns=columns)
    source, _made = SourceSystem.objects.get_or_create(code="grow")
    Alias.objects.create(source=source, kind="level", text="3", code="1", made_by=by)
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert (upload.state, upload.waits_for, stored()) == (UploadState.PLANNED, "import", 0)
    assert "Look again" in upload.message
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert (upload.state, stored()) == (UploadState.APPLIED, 1)


def test_import_of_a_plan_that_was_replaced_meanwhile_is_refused(district, ids, by, columns):
    upload = planned(taken(as_csv([WIDE, a_row(district, ids)]), by), by, columns=columns)
    with pytest.raises(actions.Moved):
        actions.start_import(upload=upload, by=by, plan_hash="of another plan")

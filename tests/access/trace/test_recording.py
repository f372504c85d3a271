"""Looking at persons' evidence, and taking rows away, leaves a trace before anything is shown."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access import audit
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions, tasks
from instruction.snapshots import KIND_OF_PERSONS
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def computed(district):
    subject = str(district.version.framework.uid)
    for kind in ("capacity", KIND_OF_PERSONS):
        run = actions.request_run(kind=kind, school_year=factories.year(), by=None, subject=subject)
        tasks.perform(run.pk)
    return district


def _school_page(district) -> str:
    return reverse("instruction:school", kwargs={"uid": district.schools[0].uid})


def test_teachers_figures_are_recorded_once_a_minute_with_whom_they_are_about(computed, sign_in):
    client = sign_in(Role.PRINCIPAL)
    for _again in range(2):
        assert b'id="teachers"' in client.get(_school_page(computed)).content
    event = AuditEvent.objects.get(act="view.teachers")
    assert event.by_id == computed.users[Role.PRINCIPAL].pk
    assert event.target_id == str(computed.schools[0].uid)
    teachers = computed.teachers[computed.schools[0].pk]
    assert event.detail == {"people": sorted(one.pk for one in teachers), "year": factories.year()}


def test_school_page_without_teachers_figures_leaves_no_trace(computed, sign_in):
    sign_in(Role.CABINET).get(_school_page(computed))
    assert not AuditEvent.objects.filter(act__startswith="view.").exists()


def test_figures_stay_closed_when_the_look_cannot_be_recorded(computed, sign_in, monkeypatch):
    def broken(**_):
        raise DatabaseError("disk full")

    monkeypatch.setattr(audit, "record_seen", broken)
    client = sign_in(Role.PRINCIPAL)
    client.raise_request_exception = False
    answer = client.get(_school_page(computed))
    assert answer.status_code == 500
    assert b"Teacher0" not in answer.content


def test_same_look_later_or_at_something_else_is_another_event(district):
    user, school = district.users[Role.PRINCIPAL], district.schools[0]
    old = audit.record(act="view.teachers", target=school, by=user, detail={"year": 2026})
    early = timezone.now() - audit.ONCE_WITHIN - timedelta(seconds=1)
    AuditEvent.objects.bulk_create(
        [AuditEvent(by_id=user.pk, by_label="", act="view.x", target_kind="schools.org", target_id="1")]
    )
    with CaptureQueriesContext(connection) as queries:
        audit.record_seen(act="view.teachers", target=school, by=user, detail={"year": 2026})
    assert len(queries) == 1
    audit.record_seen(act="view.teachers", target=school, by=user, detail={"year": 2025})
    audit.record_seen(act="view.teachers", target=district.schools[1], by=user, detail={"year": 2026})
    audit.record_seen(act="view.teachers", target=school, by=district.users[Role.HR], detail={"year": 2026})
    assert AuditEvent.objects.filter(act="view.teachers").count() == 4
    assert old.at > early


def test_event_while_acting_as_someone_names_both(district):
    real, helped = district.users[Role.DATA_ADMINISTRATOR], district.users[Role.PRINCIPAL]
    token = audit.acting_as.set(helped.pk)
    try:
        audit.record_seen(act="view.x", target=helped, by=real, detail={})
    finally:
        audit.acting_as.reset(token)
    event = AuditEvent.objects.get(act="view.x")
    assert (event.by_id, event.detail) == (real.pk, {"as": helped.pk})


def test_export_records_what_which_filters_and_how_many_rows(computed, sign_in):
    client = sign_in(Role.CABINET)
    client.get(reverse("instruction:capacity-export"), {"level": "elementary", "page": 1})
    event = AuditEvent.objects.get(act="export.capacity")
    assert event.detail["rows"] == 1
    assert event.detail["filters"]["level"] == "elementary"
    for _again in range(2):
        client.get(reverse("api-capacity"))
    assert AuditEvent.objects.filter(act="export.capacity").count() == 2

"""What is past its time goes at night, what is needed stays, and nobody's name goes unless the district says so."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access.models import AuditEvent, PageUse
from alignment_dash.access.persondata import retention
from alignment_dash.access.persondata.models import RetentionRule
from alignment_dash.access.persondata.tasks import remove_what_is_due
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Publication, Run, State, UploadState
from alignment_dash.schoolyear import today
from instruction.models import Element, RaterSeverity
from schools.models import Identity, RosterImport, StaffAssignment
from tests import factories

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=4 * 365)


def run(**fields: object) -> Run:
    ended = {"state": State.SUCCEEDED, "ended_at": LONG_AGO}
    return Run.objects.create(kind="x", school_year=2020, **ended | fields)


def test_night_removes_what_is_past_its_time_and_keeps_what_is_referred_to(district):
    gone, failed = run(), run(state=State.FAILED)
    published, of_import, young = run(), run(), run(ended_at=timezone.now())
    Publication.objects.create(kind="x", school_year=2020, run=published)
    taken = RosterImport.objects.create(
        filename="a.zip", sha256="0", size=1, content=b"", state=UploadState.APPLIED, run=of_import,
        ended_at=LONG_AGO, findings=[{"row": 4}], plan={"samples": {"people": {}}}, counts={"users": {"rows": 3}},
    )  # fmt: skip
    PageUse.objects.create(day=LONG_AGO.date(), url_name="ui:home", views=3)
    PageUse.objects.create(day=today(), url_name="ui:home", views=5)
    left = factories.person(family="Longgone")
    factories.assignment(
        person=left, org=district.schools[0], during=DateRange(LONG_AGO.date(), LONG_AGO.date() + timedelta(days=9))
    )  # fmt: skip
    with_results = run()
    with all_rows(why="a result that row security hides"):
        RaterSeverity.objects.create(
            run=with_results, person=left, element=Element.objects.first(), severity=0, se=1, n_ratings=5
        )
    due = {one.retention.key: one.due for one in retention.overview()}
    assert due == due | {"runs": 2, "usage": 1, "roster-findings": 1, "identities": 0}
    assert Run.objects.filter(pk=gone.pk).exists()
    remove_what_is_due()
    assert set(Run.objects.filter(kind="x")) == {published, of_import, young, with_results}
    assert failed not in Run.objects.all()
    taken.refresh_from_db()
    assert (taken.findings, taken.plan, taken.counts) == ([], {}, {"users": {"rows": 3}})
    assert PageUse.objects.get().views == 5
    assert Identity.objects.get(person=left).family_name == "Longgone"
    assert AuditEvent.objects.filter(act="retention.remove").count() == 3
    remove_what_is_due()
    assert AuditEvent.objects.filter(act="retention.remove").count() == 3


def test_names_of_who_has_left_go_when_the_district_switches_it_on(district, client):
    left = factories.person(family="Longgone")
    lately = factories.person(family="Justleft")
    for person, days in ((left, 800), (lately, 100)):
        factories.assignment(
            person=person,
            org=district.schools[0],
            during=DateRange(today() - timedelta(days=900), today() - timedelta(days=days)),
        )
    client.force_login(district.users[Role.DATA_ADMINISTRATOR])
    url = reverse("persondata:retention")
    assert client.post(url, {"identities": "30"}).status_code == 400
    assert client.post(url, {"identities": "730", "runs": "1095", "sessions": "1"}).status_code == 302
    page = client.get(url).text
    assert str(left.uid) in page
    assert "Longgone" not in page
    assert AuditEvent.objects.get(act="retention.set", detail__after=730).detail == {
        "before": None,
        "after": 730,
    }
    assert RetentionRule.objects.get(kind="usage").days is None
    remove_what_is_due()
    assert Identity.objects.get(person=left).display_name == "(name removed)"
    assert Identity.objects.get(person=lately).family_name == "Justleft"
    assert StaffAssignment.objects.filter(person=left).count() == 1
    erased = AuditEvent.objects.get(act="person.erase")
    assert (erased.by_id, erased.by_label, erased.detail["subject"]) == (None, "system", str(left.uid))

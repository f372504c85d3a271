"""A pack and its decisions as files and over REST."""

import csv
import io
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from instruction.meetings import actions
from instruction.models import Decision
from tests.instruction.meetings.routes import meeting as planned
from tests.instruction.test_views import give_gap

pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(1)"


def test_pack_as_workbook_has_all_of_it_and_no_formula(sign_in, district, computed):
    one = planned(district)
    give_gap(computed, district.schools[0], gap=0.9)
    actions.decide(meeting=one, what=FORMULA, department="hr", school=district.schools[0], by=one.called_by)
    client = sign_in(Role.HR)
    answer = client.get(reverse("instruction:meeting-workbook", args=[one.uid]))
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[0] == "About"
    rows = list(book["Figures"].iter_rows(values_only=True))
    alder = next(row for row in rows if row[0] == "Alder Elementary" and row[4] == "Element 1")
    assert alder[5:11] == (2.1, 1.94, 2.26, 3, 0.99, "very likely below (99 %)")
    assert [row[5] for row in rows if row[0] == "Cottonwood High"] == ["hidden: group too small"]
    decided = [row[4] for row in book["Decisions"].iter_rows()]
    assert FORMULA in [cell.value for cell in decided]
    assert {cell.data_type for cell in decided} == {"s"}
    assert AuditEvent.objects.get(act="export.meeting").detail["rows"] == 3

    lines = client.get(reverse("instruction:meeting-csv", args=[one.uid])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(lines)))
    assert ["Meeting", "October"] in rows
    listed = client.get(reverse("instruction:decision-csv"), {"show": "all"}).content.decode("utf-8-sig")
    assert f"'{FORMULA}" in [row[4] for row in csv.reader(io.StringIO(listed))]


def test_decision_over_rest_is_written_once_and_changed_with_its_revision(sign_in, user_in, district):
    one = planned(district)
    client = sign_in(Role.HR)
    url = reverse("api-meeting-decisions", args=[one.uid])
    sent = {
        "uid": str(uuid4()), "what": "Three days", "department": "hr", "school": str(district.schools[0].uid),
        "owner": str(user_in(Role.CI_STAFF).uid), "element": "E2", "due_on": "2026-12-04",
    }  # fmt: skip
    first = client.post(url, sent, content_type="application/json")
    again = client.post(url, sent, content_type="application/json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["element"] == "E2"
    other = client.post(url, sent | {"what": "Four days"}, content_type="application/json")
    assert other.status_code == 409
    assert other.json()["now"]["what"] == "Three days"

    address = reverse("api-decision-detail", args=[sent["uid"]])
    done = {"revision": 0, "state": "done", "outcome": "Taken"}
    changed = client.patch(address, done, content_type="application/json")
    assert changed.json()["state"] == "done"
    assert changed.json()["what"] == "Three days"
    moved = client.patch(address, done | {"outcome": "Not taken"}, content_type="application/json")
    assert moved.status_code == 409
    assert moved.json()["now"] == changed.json()
    for wrong in (
        {"element": "E99"},
        {"owner": str(uuid4())},
        {"school": str(uuid4())},
        {"what": "a\0b"},
        {"department": "x"},
    ):
        answer = client.post(url, sent | {"uid": str(uuid4())} | wrong, content_type="application/json")
        assert answer.status_code == 400
        assert next(iter(wrong)) in answer.json()
    listed = client.get(reverse("api-meeting-list")).json()
    assert [row["title"] for row in listed["results"]] == ["October", "September"]
    whole = client.get(reverse("api-meeting-detail", args=[one.uid])).json()
    assert [row["what"] for row in whole["earlier_decisions"]] == [
        "Visit school 1 together", "Visit school 2 together",
    ]  # fmt: skip
    assert whole["earlier_decisions"][0]["is_overdue"] is True
    assert Decision.objects.filter(meeting=one).count() == 1

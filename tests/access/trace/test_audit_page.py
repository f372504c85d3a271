"""The page of the audit: what it finds, how it pages, and that its export is recorded too."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access import audit
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.access.trace import queries
from alignment_dash.access.trace.sentences import GROUPS, SENTENCES

pytestmark = pytest.mark.django_db
AUDIT, EXPORT = "trace:audit", "trace:audit-export"


def _events(district, n: int, act: str = "view.teachers") -> None:
    user = district.users[Role.PRINCIPAL]
    now = timezone.now()
    made = [
        AuditEvent(
            by_id=user.pk, by_label="Old Name", act=act, target_kind="schools.org",
            target_id=str(district.schools[0].uid), target_label=f"Place {number}",
        )
        for number in range(n)
    ]  # fmt: skip
    AuditEvent.objects.bulk_create(made)
    assert AuditEvent.objects.filter(at__gt=now - timedelta(minutes=1)).count() >= n


def test_pages_follow_each_other_without_a_gap_and_without_counting(district, sign_in):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    _events(district, 2 * queries.PAGE + 3)
    seen: list[str] = []
    query = "?group=views"
    while query:
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse(AUDIT) + query)
        assert not any("COUNT(" in one["sql"].upper() for one in asked if "auditevent" in one["sql"])
        seen += [event.target_label for event, *_rest in page.context["rows"]]
        older = page.context["older"]
        query = f"?group=views&before={str(older).replace('+', '%2B')}" if older else ""
    assert sorted(seen) == sorted(f"Place {n}" for n in range(2 * queries.PAGE + 3))


def test_page_costs_the_same_for_few_and_many(district, sign_in):
    client = sign_in(Role.CABINET)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(AUDIT))
        return len([one for one in asked if "access_" in one["sql"]])

    few = cost()
    _events(district, 40)
    assert cost() == few


# What an administrator who wants more than the role opens would have to do.
ACCOUNTS = ["user.add", "role.give", "user.password-link", "second-factor.remove"]


def test_filters_find_by_whom_about_what_and_when(district, sign_in):
    principal, school = district.users[Role.PRINCIPAL], district.schools[0]
    audit.record(act="export.audit", target=principal, by=district.users[Role.CABINET])
    _events(district, 1)
    for act in ACCOUNTS:
        audit.record(act=act, target=district.users[Role.HR], by=district.users[Role.DATA_ADMINISTRATOR])
    client = sign_in(Role.CABINET)

    def acts(**query: str) -> list[str]:
        rows = client.get(reverse(AUDIT), query).context["rows"]
        return [event.act for event, *_rest in rows]

    assert acts(who=str(principal.uid)) == ["view.teachers"]
    assert acts(who=principal.name.upper(), group="exports") == []
    assert acts(about=str(school.uid)) == ["view.teachers"]
    assert acts(about="place 0") == ["view.teachers"]
    assert acts(group="exports") == ["export.audit"]
    assert acts(group="sign-ins") == ["sign-in", "second-factor.remove"]
    assert acts(group="roles") == ACCOUNTS[::-1]
    assert acts(last="2020-01-31") == []
    assert len(acts(group="nonsense", first="x", before="2020~y")) == 7
    assert len(acts(before="9999-12-31T23:59:59-23:59~1")) == 7
    assert len(acts(before="2100-01-01T00:00:00+23:59~1")) == 7
    assert acts(before="2026-01-01T00:00:00+16:00~1") == []


def test_sentence_names_people_as_they_were_called_and_who_holds_a_role(district, sign_in):
    from alignment_dash.access.actions import give_role

    _events(district, 1)
    teacher = district.users[Role.TEACHER]
    give_role(user=teacher, role=Role.HR, org_id=None, by=district.users[Role.CABINET])
    page = sign_in(Role.DATA_ADMINISTRATOR).get(reverse(AUDIT)).content.decode()
    assert "Old Name looked at the teachers&#x27; figures of Place 0" in page
    assert f"gave a role to {teacher.name} (Human resources)" in page


def test_export_is_recorded_with_its_rows_and_holds_no_typed_words(district, sign_in):
    _events(district, 3)
    query = {"group": "views", "about": "Place"}
    answer = sign_in(Role.CABINET).get(reverse(EXPORT), query)
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    event = AuditEvent.objects.get(act="export.audit")
    assert event.detail["rows"] == 3
    assert event.detail["filters"]["about"] == "words"


def test_every_act_the_code_records_has_a_sentence_and_a_group():
    folders = ["alignment_dash", "schools", "instruction", "staffing", "supervision"]
    texts = [path.read_text() for folder in folders for path in Path(settings.BASE_DIR, folder).rglob("*.py")]
    acts = {act for text in texts for act in re.findall(r'audit\.record\w*\(\s*act="([^"]+)"', text)}
    assert "caseload.assign" in acts
    assert acts <= set(SENTENCES)
    starts = [act for group in GROUPS.values() for act in group.acts]
    assert [
        act
        for act in acts
        if not any(act == one or (one[-1] == "." and act.startswith(one)) for one in starts)
    ] == []

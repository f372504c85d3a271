"""Acting as someone else: what both reach, under the real name, until it ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignment_dash.access import audit
from alignment_dash.access.acting import sessions
from alignment_dash.access.acting.queries import may_be_helped
from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.policy import Action, Data, Purpose
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Schools, Scope
from alignment_dash.runs.models import Run
from tests import factories
from tests.factories import EVER, SmallDistrict

ids = st.frozensets(st.integers(1, 4), max_size=3)
held = st.dictionaries(st.sampled_from(list(Role)), ids, max_size=3)


def scope(roles: dict[Role, frozenset[int]], caseload: frozenset[int], person: int) -> Scope:
    return Scope(person, person, date(2026, 1, 1), tuple(sorted(roles.items())), caseload)


def within(inner: Schools, outer: Schools) -> bool:
    return outer.everywhere or (not inner.everywhere and inner.ids <= outer.ids)


# Where others use the processors too, drawing may be slow; that says nothing about acting.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(held, held, ids, ids)
def test_acting_reaches_nothing_that_one_of_the_two_does_not(other, real, cases_of_other, cases_of_real):
    helped, limit = scope(other, cases_of_other, 1), scope(real, cases_of_real, 2)
    acting = helped.within(limit)
    for data in Data:
        for action in Action:
            assert acting.may(data, action) <= (helped.may(data, action) and limit.may(data, action))
            for purpose in (None, *Purpose):
                reached = acting.schools(data, action, purpose)
                assert within(reached, helped.schools(data, action, purpose))
                assert within(reached, limit.schools(data, action, purpose))
                if limit.schools(data, action, purpose).everywhere:
                    assert reached == helped.schools(data, action, purpose)
            assert acting.own_id(data, action) == (1 if limit.district_wide(data, action) else None)
    assert acting.person_id is None
    assert len({acting.key, helped.key, limit.key}) == (3 if helped.key != limit.key else 2)


def test_acting_opens_no_own_evidence_to_who_leads_a_school_only():
    teacher = scope({Role.TEACHER: frozenset({1})}, frozenset(), 1)
    administrator = {Role.DATA_ADMINISTRATOR: frozenset[int](), Role.PRINCIPAL: frozenset({1})}
    acting = teacher.within(scope(administrator, frozenset(), 2))
    assert acting.schools(Data.SCHOOL_CAPACITY).ids == {1}
    assert not acting.may(Data.PERSON_EVIDENCE)
    assert acting.own_id(Data.PERSON_EVIDENCE) is None


def begin(client: Any, district: SmallDistrict, role: Role) -> User:
    helped = district.users[role]
    client.force_login(district.users[Role.DATA_ADMINISTRATOR])
    answer = client.post(reverse("acting:start", args=[helped.uid]), {"why": "cannot find the map"})
    assert answer.status_code == 302
    return helped


def age(client: Any, by: timedelta) -> None:
    session = client.session
    session[sessions.KEY] = session[sessions.KEY] | {
        "since": session[sessions.KEY]["since"] - by.total_seconds()
    }
    session.save()


@pytest.mark.django_db
def test_acting_shows_a_banner_writes_under_the_real_name_and_stops(client, district):
    real, helped = district.users[Role.DATA_ADMINISTRATOR], begin(client, district, Role.HR)
    home = client.get(reverse("ui:home")).text
    assert f"<title>As {helped.name} · " in home
    assert f"You see the pages of {helped.name}." in home
    assert f"You are {real.name}" in home
    assert "asked" not in home
    asked = client.post(reverse("runs:run-request"), {"kind": "caseload", "school_year": factories.year()})
    assert asked.status_code == 302
    run = Run.objects.get(kind="caseload")
    assert run.requested_by == real
    event = AuditEvent.objects.get(act="run.request")
    assert (event.by_id, event.by_label, event.detail["as"]) == (real.pk, real.name, helped.pk)
    assert client.get(reverse("api-roster-import-list")).status_code == 404
    assert client.get(reverse("api-run-list")).status_code == 200
    missing = client.get("/nothing-here")
    assert missing.status_code == 404
    assert f"You see the pages of {helped.name}." in missing.text
    assert client.post(reverse("acting:stop")).status_code == 302
    assert helped.name not in client.get(reverse("ui:home")).text
    assert audit.acting_as.get() is None
    acts = AuditEvent.objects.filter(act__startswith="act-as").order_by("pk")
    assert [(one.act, one.by_id, one.target_id) for one in acts] == [
        ("act-as.start", real.pk, str(helped.uid)),
        ("act-as.end", real.pk, str(helped.uid)),
    ]
    assert acts[0].detail == {"why": "cannot find the map"}
    assert acts[1].detail["how"] == "stopped"


@pytest.mark.django_db
def test_acting_closes_evidence_accounts_and_what_asks_for_no_data(client, district):
    begin(client, district, Role.PRINCIPAL)
    school = district.schools[0]
    page = client.get(reverse("instruction:school", args=[school.uid]))
    assert page.status_code == 200
    names = [one.identity.family_name for one in district.teachers[school.pk]]
    assert "Observed" not in page.text or not all(name in page.text for name in names)
    for closed in ("instruction:my-evidence", "acting:choose", "schools:roster-import-list"):
        assert client.get(reverse(closed)).status_code == 404, closed
    another = district.users[Role.BOARD]
    assert client.post(reverse("acting:start", args=[another.uid]), {"why": "x"}).status_code == 404
    assert client.get(reverse("login")).status_code in {302, 404}


@pytest.mark.django_db
def test_acting_is_offered_for_nobody_who_may_not_be_helped(client, district):
    administrator, hr, board = (
        district.users[role] for role in (Role.DATA_ADMINISTRATOR, Role.HR, Role.BOARD)
    )
    second = factories.user(role=Role.DATA_ADMINISTRATOR)
    suspended = factories.user(role=Role.TEACHER, org=district.schools[0])
    User.objects.filter(pk=suspended.pk).update(suspended_by_roster=True)
    User.objects.filter(pk=board.pk).update(is_active=False)
    closed = {administrator, second, suspended, board}
    assert closed.isdisjoint(may_be_helped(administrator))
    assert hr in may_be_helped(administrator)
    client.force_login(administrator)
    for one in closed:
        answer = client.post(reverse("acting:start", args=[one.uid]), {"why": "please"})
        assert answer.status_code == 404
    assert client.post(reverse("acting:start", args=[hr.uid]), {"why": " "}).status_code == 400
    assert not AuditEvent.objects.filter(act="act-as.start").exists()


@pytest.mark.django_db
def test_acting_ends_after_half_an_hour_and_does_nothing_that_was_sent_then(client, district):
    begin(client, district, Role.HR)
    age(client, timedelta(minutes=29))
    assert client.get("/capacity/").status_code == 200
    age(client, timedelta(minutes=2))
    answer = client.post(reverse("runs:run-request"), {"kind": "caseload", "school_year": factories.year()})
    assert answer.status_code == 302
    assert not Run.objects.filter(kind="caseload").exists()
    assert "you are yourself again" in client.get(reverse("ui:home")).text
    assert AuditEvent.objects.get(act="act-as.end").detail == {"how": "expired"}


@pytest.mark.django_db
def test_acting_ends_with_the_role_of_either_and_with_signing_out(client, district):
    helped = begin(client, district, Role.CABINET)
    RoleGrant.objects.create(user=helped, role=Role.DATA_ADMINISTRATOR, during=EVER)
    assert client.get("/api/v1/runs/").status_code == 403
    assert client.get("/api/v1/runs/").status_code == 200
    helped = begin(client, district, Role.HR)
    RoleGrant.objects.filter(user=district.users[Role.DATA_ADMINISTRATOR]).delete()
    assert client.get("/capacity/").status_code == 302
    assert client.get("/capacity/").status_code == 404
    RoleGrant.objects.create(
        user=district.users[Role.DATA_ADMINISTRATOR], role=Role.DATA_ADMINISTRATOR, during=EVER
    )
    begin(client, district, Role.HR)
    client.get(reverse("logout"))
    client.head(reverse("logout"))
    assert AuditEvent.objects.filter(act="act-as.end").count() == 2
    client.post(reverse("logout"))
    assert client.get(reverse("ui:home")).status_code == 302
    ends = AuditEvent.objects.filter(act="act-as.end").order_by("pk")
    assert [one.detail["how"] for one in ends] == ["closed", "closed", "signed-out"]


@pytest.mark.django_db
def test_acting_refuses_a_token_beside_it_and_a_form_of_before(client, district, settings):
    from django.test import Client

    begin(client, district, Role.HR)
    assert client.get("/api/v1/runs/", headers={"Authorization": "Token x"}).status_code == 400
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(district.users[Role.DATA_ADMINISTRATOR])
    strict.get(reverse("acting:start", args=[district.users[Role.HR].uid]))
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value
    url = reverse("acting:start", args=[district.users[Role.HR].uid])
    assert strict.post(url, {"why": "help", "csrfmiddlewaretoken": token}).status_code == 302
    stopped = strict.post(reverse("acting:stop"), {"csrfmiddlewaretoken": token})
    assert stopped.status_code == 403


@pytest.mark.django_db
def test_acting_leaks_into_no_other_request_also_after_an_error(client, district, monkeypatch):
    from django.test import Client

    begin(client, district, Role.HR)
    seen: list[int | None] = []

    def fails(request: Any) -> Any:
        seen.append(audit.acting_as.get())
        with ThreadPoolExecutor(1) as pool:
            seen.append(pool.submit(audit.acting_as.get).result())
        raise RuntimeError("broken")

    monkeypatch.setattr("alignment_dash.ui.urls.views.home", fails)
    home = next(
        one for part in get_resolver().url_patterns for one in getattr(part, "url_patterns", [])
        if getattr(one, "name", "") == "home"
    )  # fmt: skip
    monkeypatch.setattr(home, "callback", fails)
    client.raise_request_exception = False
    assert client.get(reverse("ui:home")).status_code == 500
    assert seen == [district.users[Role.HR].pk, None]
    assert audit.acting_as.get() is None
    other = Client()
    other.force_login(district.users[Role.TEACHER])
    assert "You see the pages of" not in other.get("/capacity/").text


@pytest.mark.django_db
def test_acting_asks_no_second_factor_of_the_person_who_is_helped(client, district):
    begin(client, district, Role.CABINET)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0, "email": "x@d.example"}]
    session.save()
    assert client.get("/capacity/").status_code == 200

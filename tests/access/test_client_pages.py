"""The pages on which data administrators see to programs that sign in."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access.clients.models import ApiClient
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from tests.access.programs import ask, basic, bearer, program

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"alignment-[\w-]{43}")


def chosen(**more):
    return {
        "name": "Nightly roster", "scopes": ["roster:write"], "rate": 60, "expires_on": today() + timedelta(days=30)
    } | more  # fmt: skip


def test_secret_is_shown_once_and_works(sign_in):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    answer = client.post(reverse("clients:client-add"), chosen())
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (secret,) = set(SECRET.findall(answer.text))
    one = ApiClient.objects.get()
    assert ask(client, headers=basic(str(one.uid), secret)).status_code == 200
    for name in ("detail", "change"):
        assert secret not in client.get(reverse(f"clients:client-{name}", args=[one.uid])).text
    event = AuditEvent.objects.get(act="client.add")
    assert (event.by_id, event.target_id) == (one.created_by_id, str(one.uid))
    assert secret not in repr(event.detail)


def test_program_that_cannot_be_is_not_added(sign_in):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    program()
    taken = ApiClient.objects.get().name
    for wrong in (
        {"name": ""}, {"name": taken}, {"scopes": []}, {"scopes": ["everything"]}, {"rate": 0}, {"rate": 10**9},
        {"expires_on": today() - timedelta(days=1)}, {"expires_on": today() + timedelta(days=800)}, {"expires_on": ""},
    ):  # fmt: skip
        answer = client.post(reverse("clients:client-add"), chosen(**wrong))
        assert answer.status_code == 400, wrong
        assert not SECRET.search(answer.text)
    assert ApiClient.objects.count() == 1


def test_program_is_changed_given_a_new_secret_and_disabled(sign_in):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    one = program()
    headers = bearer(client, one)
    changed = chosen(name="Another name", scopes=["aggregates:read"])
    assert client.post(reverse("clients:client-change", args=[one.client.uid]), changed).status_code == 302
    assert "Another name" in client.get(reverse("clients:client-list")).text
    assert client.get("/api/v1/roster-imports/", headers=headers).status_code == 404
    answer = client.post(reverse("clients:client-rotate", args=[one.client.uid]), {"overlap": "0"})
    (second,) = set(SECRET.findall(answer.text))
    assert [
        ask(client, headers=basic(str(one.client.uid), it)).status_code for it in (one.secret, second)
    ] == [401, 200]
    assert client.post(reverse("clients:client-disable", args=[one.client.uid])).status_code == 302
    assert ask(client, headers=basic(str(one.client.uid), second)).status_code == 401
    assert "Disabled" in client.get(reverse("clients:client-list")).text
    for name, method in (("change", "get"), ("change", "post"), ("rotate", "post")):
        url = reverse(f"clients:client-{name}", args=[one.client.uid])
        assert getattr(client, method)(url).status_code == 404, "disabling is for good"
    acts = set(AuditEvent.objects.filter(target_id=str(one.client.uid)).values_list("act", flat=True))
    assert {"client.change", "client.rotate", "client.disable"} <= acts


def test_last_use_is_shown(sign_in):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    one = program()
    client.get("/api/v1/roster-imports/", headers=bearer(client, one))
    used = ApiClient.objects.get().last_used_at
    assert timezone.now() - used < timedelta(minutes=1)
    page = client.get(reverse("clients:client-detail", args=[one.client.uid])).text
    assert "last used" in page
    assert ">1<" in page, "it holds one token"


def test_list_asks_the_same_few_queries_for_many_programs(sign_in):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    counts = set()
    for more in (1, 5):
        for _ in range(more):
            program()
        client.get(reverse("clients:client-list"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("clients:client-list"))
        counts.add(len(asked))
    assert len(counts) == 1

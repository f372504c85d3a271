"""Attacks of docs/threat-model.md that go through every route: each must show and change nothing.

A fast part runs here with one attack a kind; `make test-full` walks every route with every role and every value.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.roles import Role
from tests import factories
from tests.routes import ROUTES, Route, may, nothing

pytestmark = pytest.mark.django_db

# What a form or body never decides: who one is, what one may do, whose record it is, what state it is in.
NEVER_SENT = {
    "id": 1, "pk": 1, "uid": str(uuid.UUID(int=1)), "by": 1, "user": 1, "role": "data-administrator",
    "is_active": "on", "is_superuser": "on", "state": "applied", "approved_by": 1, "created_at": "2001-01-01",
    "org_id": "", "suspended_by_roster": "", "content": "x", "run": 1, "plan_hash": "0" * 64,
}  # fmt: skip
HOSTILE_HOSTS = ("evil.example", "evil.example:80", "localhost.evil.example")


@contextmanager
def undone() -> Iterator[None]:
    """Take back what happens inside, so that each route meets the district as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def sent_routes() -> list[Route]:
    """Return one row for each route that something is sent to."""
    return list({route.name: route for route in ROUTES if route.method == "post"}.values())


def of_records() -> list[Route]:
    """Return one row for each route that names a record in its address."""
    return list({route.name: route for route in ROUTES if route.kwargs is not nothing}.values())


def who_may(route: Route) -> Role | None:
    """Return the first role that may use a route that is not for everyone; None for one that is, or for none."""
    return None if route.public else next((role for role in Role if may(role, route)), None)


def signed_in(user: User, **how: Any) -> Client:
    client = Client(raise_request_exception=False, **how)
    client.force_login(user)
    return client


def url_of(route: Route, kwargs: dict[str, Any]) -> str:
    return reverse(route.name, kwargs=kwargs) + route.query


def other_ids(given: dict[str, Any], district: factories.SmallDistrict) -> Iterator[dict[str, Any]]:
    """Yield the address parts of a route with each id replaced by ids of other kinds of records, and of none."""
    school, person, user = district.schools[1].uid, district.supervisor.uid, district.users[Role.HR].uid
    own_kind = {
        "school": {one.uid for one in (*district.schools, *district.networks, district.root)},
        "person": {one.uid for one in (*district.principals, district.supervisor)},
        "user": {one.uid for one in district.users.values()},
    }
    others = {
        "school": school,
        "person": person,
        "user": user,
        "none": uuid.uuid4(),
        "zero": uuid.UUID(int=0),
    }
    for name, value in given.items():
        if isinstance(value, uuid.UUID):
            for kind, other in others.items():
                if value not in own_kind.get(kind, ()):
                    yield {**given, name: other}


def test_id_of_another_kind_of_record_or_of_none_answers_as_if_nothing_were_there(district):
    """IDOR: the ids of other kinds of records, and of none, are no keys, for whoever has the most rights."""
    answers = {}
    for route in of_records():
        if (role := who_may(route)) is None:
            continue
        with undone():
            client = signed_in(district.users[role])
            for kwargs in other_ids(route.kwargs(district), district):
                status = getattr(client, route.method)(
                    url_of(route, kwargs), route.body(district)
                ).status_code
                if status not in {400, 404, 415}:
                    answers[route.label, str(kwargs)] = status
    assert answers == {}


def test_what_is_sent_without_the_pages_token_is_refused(district):
    """CSRF: another site can make a browser send, but it has no token."""
    let_in = {}
    for route in sent_routes():
        if (role := who_may(route)) is None:
            continue
        with undone():
            client = signed_in(district.users[role], enforce_csrf_checks=True)
            status = client.post(url_of(route, route.kwargs(district)), route.body(district)).status_code
            if status != 403:
                let_in[route.name] = status
    # A denied API request says no more than that nothing is there.
    assert {name: status for name, status in let_in.items() if status != 404} == {}


def test_fields_that_no_form_has_change_nothing(district):
    """Mass assignment: who may send a form sends more with it than it asks for."""
    faults = {}
    for route in sent_routes():
        if (role := who_may(route)) is None:
            continue
        with undone():
            client = signed_in(district.users[role])
            url = url_of(route, route.kwargs(district))
            before = _rights()
            answer = client.post(url, {**NEVER_SENT, **route.body(district)})
            if answer.status_code >= 500 or _rights() != before:
                faults[route.label] = answer.status_code
    assert faults == {}


def _rights() -> tuple[list[Any], list[Any]]:
    """Everyone's roles and whether they may sign in."""
    roles = RoleGrant.objects.order_by("pk").values_list("user_id", "role", "org_id", "during")
    users = User.objects.order_by("pk").values_list("pk", "is_active", "suspended_by_roster", "email")
    return list(roles), list(users)


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_other_host_in_the_request_is_refused(district, client, host, settings):
    """Host header: links that are sent out never lead to a host that the sender chose."""
    settings.ALLOWED_HOSTS = ["testserver"]
    client.raise_request_exception = False
    assert client.get(reverse("login"), headers={"Host": host}).status_code == 400


def test_line_break_in_what_is_sent_splits_no_header(district, client):
    """Header injection: through file names, redirects and filters that end in a header."""
    client.force_login(district.users[Role.CABINET])
    client.raise_request_exception = False
    injected = "x\r\nSet-Cookie: planted=1"
    for path in (
        f"{reverse('instruction:capacity-export')}?reading={injected}&network={injected}",
        f"{reverse('login')}?next=/{injected}",
        f"/{injected}",
    ):
        answer = client.get(path)
        assert answer.status_code < 500
        assert "planted" not in answer.cookies
        assert not any("\n" in value for _name, value in answer.items())


def test_request_that_is_refused_changes_nothing_that_is_recorded(district):
    """Denied writes: an outsider's request finds nothing there, and the audit has nothing new to say."""
    done = AuditEvent.objects.exclude(act__startswith="sign-")
    faults = {}
    for route in sent_routes():
        outsider = next((role for role in Role if not may(role, route)), None)
        if outsider is None:
            continue
        with undone():
            kwargs, body, before = route.kwargs(district), route.body(district), done.count()
            client = signed_in(district.users[outsider])
            status = client.post(url_of(route, kwargs), body).status_code
            if status != 404 or done.count() != before:
                faults[route.label] = status
    assert faults == {}


def test_verb_that_a_route_has_not_is_answered(district):
    """Verb tampering: what only reads cannot be made to write, or to fail, by another verb."""
    faults = {}
    for route in {one.name: one for one in ROUTES}.values():
        if (role := who_may(route)) is None:
            continue
        with undone():
            client = signed_in(district.users[role])
            url = url_of(route, route.kwargs(district))
            for verb in ("put", "patch", "delete", "trace", "options", "head"):
                with undone():
                    status = getattr(client, verb)(url).status_code
                    if status >= 500:
                        faults[route.label, verb] = status
    assert faults == {}


@pytest.mark.full
def test_every_route_as_every_outsider_with_every_kind_of_id_and_field(district):
    """The full matrix: whoever may not use a route gets nothing from it, whatever they name or send with it."""
    done = AuditEvent.objects.exclude(act__startswith="sign-")
    asked, faults = 0, {}
    for route in ROUTES:
        for role in Role:
            if route.public or may(role, route):
                continue
            with undone():
                given, body = route.kwargs(district), route.body(district)
                before, rights = done.count(), _rights()
                client = signed_in(district.users[role])
                # Who reaches the kind of data elsewhere is asked for this record alone.
                elsewhere = may(role, replace(route, place=None))
                for kwargs in [given] if elsewhere else [given, *other_ids(given, district)]:
                    sent = {**NEVER_SENT, **body}
                    status = getattr(client, route.method)(url_of(route, kwargs), sent).status_code
                    asked += 1
                    if status != 404:
                        faults[route.label, role, str(kwargs)] = status
                if done.count() != before or _rights() != rights:
                    faults[route.label, role, "changed"] = 0
    print(f"{asked} requests of outsiders")
    assert faults == {}

"""Attacks of docs/threat-model.md that go through every route: each must show and change nothing.

Every route meets each attack once; `make test-full` asks every route as every role with every id.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.roles import Role
from schools.models import Org, Person
from tests import factories, sign_ins
from tests.route import Route, may
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db

# What a form or body never decides: who one is, what one may do, whose record it is, what state it is in.
NEVER_SENT = {
    "id": 1, "pk": 1, "uid": str(uuid.UUID(int=1)), "by": 1, "user": 1, "role": "data-administrator",
    "is_active": "on", "is_superuser": "on", "state": "applied", "approved_by": 1, "created_at": "2001-01-01",
    "org_id": "", "suspended_by_roster": "", "content": "x", "run": 1, "plan_hash": "0" * 64,
}  # fmt: skip
# So many tests, for processes to share.
PARTS = 6
HOSTILE_HOSTS = ("evil.example", "evil.example:80", "localhost.evil.example")


@contextmanager
def undone() -> Iterator[None]:
    """Take back what happens inside, so that each route meets the district as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Scene:
    """A route with a record of its own, who may use it, and who may not (None: everyone may)."""

    route: Route
    district: factories.SmallDistrict
    given: dict[str, Any]
    body: dict[str, Any]
    insider: User
    outsider: User | None

    def ask(self, client: Client, method: str = "", **changed: Any) -> int:
        """Ask with the given address parts or body instead, and return the status."""
        url = url_of(self.route, changed.get("given", self.given))
        return int(
            getattr(client, method or self.route.method)(url, changed.get("body", self.body)).status_code
        )


def signed_in(user: User, **how: Any) -> Client:
    client = Client(raise_request_exception=False, **how)
    sign_ins.use(client, sign_ins.lay_out(user))
    return client


def url_of(route: Route, given: dict[str, Any]) -> str:
    return reverse(route.name, kwargs=given) + route.query


def other_ids(given: dict[str, Any], district: factories.SmallDistrict) -> Iterator[dict[str, Any]]:
    """Yield the address parts of a route with each id replaced by ids of other kinds of records, and of none."""
    others = {
        "school": district.schools[1].uid,
        "person": district.supervisor.uid,
        "user": district.users[Role.HR].uid,
        "none": uuid.uuid4(),
        "zero": uuid.UUID(int=0),
    }
    for name, value in given.items():
        if isinstance(value, uuid.UUID):
            alike = _alike(value)
            yield from ({**given, name: other} for kind, other in others.items() if kind not in alike)


def _alike(uid: uuid.UUID) -> set[str]:
    """Return the kinds of records that may stand where this one does."""
    if Org.objects.filter(uid=uid).exists():
        return {"school"}
    # Where someone's record is shown, an account without a person is someone too.
    if Person.objects.filter(uid=uid).exists():
        return {"person", "user"}
    return {"user"} if User.objects.filter(uid=uid).exists() else set()


def ids_of_others(scene: Scene) -> Iterator[object]:
    """IDOR: the ids of other kinds of records, and of none, are no keys, for whoever has the most rights."""
    client = signed_in(scene.insider)
    for given in other_ids(scene.given, scene.district):
        if (status := scene.ask(client, given=given)) not in {400, 404, 415}:
            yield given, status


def no_token(scene: Scene) -> Iterator[object]:
    """CSRF: another site can make a browser send, but it has no token."""
    if scene.route.method == "post":
        status = scene.ask(signed_in(scene.insider, enforce_csrf_checks=True))
        # A denied API request says no more than that nothing is there.
        if status not in {403, 404}:
            yield status


def fields_of_no_form(scene: Scene) -> Iterator[object]:
    """Mass assignment: what is sent beside a form's own fields gives nobody a right, and breaks nothing."""
    if scene.route.method != "post":
        return
    client, rights = signed_in(scene.insider), []
    for more in ({}, NEVER_SENT):
        with undone():
            status = scene.ask(client, body={**more, **scene.body})
            rights.append(_rights())
    if status >= 500 or rights[0] != rights[1]:
        yield status


def _rights() -> tuple[Counter[Any], Counter[Any]]:
    """Which roles are held where, and how many may sign in; ids of new rows differ each time."""
    roles = RoleGrant.objects.values_list("user__email", "role", "org_id", "during")
    users = User.objects.values_list("is_active", "suspended_by_roster", "is_machine")
    return Counter(roles), Counter(users)


def outsiders_request(scene: Scene) -> Iterator[object]:
    """Denied requests find nothing there, and the audit has nothing new to say."""
    if scene.outsider is None:
        return
    done = AuditEvent.objects.exclude(act__startswith="sign-")
    before, client = done.count(), signed_in(scene.outsider)
    status = scene.ask(client)
    if status != 404 or done.count() != before:
        yield status


def other_verbs(scene: Scene) -> Iterator[object]:
    """Verb tampering: what only reads cannot be made to write, or to fail, by another verb."""
    client = signed_in(scene.insider)
    for verb in ("put", "patch", "delete", "trace", "options", "head"):
        with undone():
            if getattr(client, verb)(url_of(scene.route, scene.given)).status_code >= 500:
                yield verb


ATTACKS: list[Callable[[Scene], Iterator[object]]] = [
    ids_of_others,
    no_token,
    fields_of_no_form,
    outsiders_request,
    other_verbs,
]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_attacks_on_every_route_show_and_change_nothing(district, part):
    met: Counter[str] = Counter()
    faults = []
    for route in [*{(one.name, one.method): one for one in ROUTES}.values()][part::PARTS]:
        insider = next((role for role in Role if may(role, route)), None)
        if route.public or insider is None:
            continue
        outsider = next((role for role in Role if not may(role, route)), None)
        with undone():
            users = district.users
            scene = Scene(
                route,
                district,
                route.kwargs(district),
                route.body(district),
                users[insider],
                users[outsider] if outsider else None,
            )
            for attack in ATTACKS:
                with undone():
                    faults += [(attack.__name__, route.label, fault) for fault in attack(scene)]
                met[attack.__name__] += 1
    assert faults == []
    assert min(met.values()) * PARTS > 100


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

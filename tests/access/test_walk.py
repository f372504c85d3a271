"""Walk every route as every role, and as nobody, and compare with the policy."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from alignment_dash.access.roles import Role
from tests import sign_ins
from tests.route import Route, may
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db


def _names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield f"{prefix}{one.name}"
        else:
            space = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from _names(one, space)


class Walker:
    """Asks one route as one person after the other; each finds the district as the first did."""

    def __init__(self, client, district, route: Route) -> None:
        self.client, self.district, self.route = client, district, route
        self.url = reverse(route.name, kwargs=route.kwargs(district)) + route.query
        self.sessions = {role: sign_ins.lay_out(district.users[role]) for role in Role}

    def ask(self, role: Role | None):
        """Return what the route answers to a role, or to nobody, and undo what it did."""
        with transaction.atomic():
            sign_ins.use(self.client, self.sessions[role] if role else "")
            answer = getattr(self.client, self.route.method)(self.url, self.route.body(self.district))
            transaction.set_rollback(True)
        return answer


def test_every_route_has_a_row():
    routes = set(_names(get_resolver()))
    assert routes == {route.name for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.label)
def test_route_answers_each_role_and_nobody_as_the_policy_says_and_is_not_stored(route, district, client):
    walker = Walker(client, district, route)
    _shows_nothing_to_nobody(route, walker.ask(None))
    answers = {role: walker.ask(role) for role in Role}
    assert {role: answer.status_code for role, answer in answers.items()} == {
        role: (route.ok_signed_in or route.ok) if may(role, route) else 404 for role in Role
    }
    for answer in answers.values():
        assert "public" not in answer["Cache-Control"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def _shows_nothing_to_nobody(route: Route, answer) -> None:
    if route.public:
        assert answer.status_code == route.ok
    elif route.name.startswith("api-") and route.name != "api-docs":
        assert answer.status_code == 401
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))

"""Walk every route as every role, and as nobody, and compare with the policy."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from alignment_dash.access.roles import Role
from tests.routes import ROUTES, Route, may

pytestmark = pytest.mark.django_db


def _names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield f"{prefix}{one.name}"
        else:
            space = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from _names(one, space)


def _ask(client, district, route: Route):
    url = reverse(route.name, kwargs=route.kwargs(district)) + route.query
    return getattr(client, route.method)(url, route.body(district))


def test_every_route_has_a_row():
    routes = set(_names(get_resolver()))
    assert routes == {route.name for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.label)
def test_route_answers_each_role_as_the_policy_says(route, district, client):
    answers = {}
    for role in Role:
        client.force_login(district.users[role])
        answers[role] = _ask(client, district, route).status_code
        client.logout()
    assert answers == {role: (route.ok_signed_in or route.ok) if may(role, route) else 404 for role in Role}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.label)
def test_route_shows_nothing_to_nobody(route, district, client):
    answer = _ask(client, district, route)
    if route.public:
        assert answer.status_code == route.ok
    elif route.name.startswith("api-") and route.name != "api-docs":
        assert answer.status_code == 401
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.label)
def test_answers_to_persons_are_not_stored(route, district, client):
    client.force_login(district.users[Role.PRINCIPAL])
    answer = _ask(client, district, route)
    assert "public" not in answer["Cache-Control"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]

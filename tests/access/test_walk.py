"""Walk every route as every role, and as nobody, and compare with the policy."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from alignment_dash.access import reach
from alignment_dash.access.roles import Role
from tests import sign_ins
from tests.route import Route, may
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db

# What taking a roster back would do is counted over rows of everyone: counts and places leave, for those alone
# who may do it, and no row of a student. The page of what is held about one person counts, and shows no row. That of
# what the night removes asks which runs no result refers to, and shows those runs' ids. That of observers' severities
# shows them all to the calibration lead, as the policy says, and opens nothing for anyone else; so do how observers
# stand in calibration exercises, and what came out of a released one. What is not released opens nothing for a lead.
# HR reads who is away, of the whole district.
OPENING = {
    "api-roster-import-revert",
    "instruction:calibration-export",
    "instruction:calibration-observers",
    "instruction:calibration-results",
    "instruction:observers",
    "schools:roster-import-revert",
    "persondata:detail",
    "persondata:retention",
}


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
        keys = sign_ins.lay_out_all(district.users[role] for role in Role)
        self.sessions = dict(zip(Role, keys, strict=True))

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


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """What is opened of row security's `everything` meanwhile: "yes" for the rows of everyone."""
    found: list[str] = []
    exchange = reach._exchange

    def noted(everything: str, *rest: str) -> tuple[str, str, str]:
        found.append(everything)
        return exchange(everything, *rest)

    monkeypatch.setattr(reach, "_exchange", noted)
    return found


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.label)
def test_route_answers_each_role_and_nobody_as_the_policy_says_and_is_not_stored(
    route, district, client, opened
):
    """And no page opens the rows of everyone, whoever asks."""
    walker = Walker(client, district, route)
    opened.clear()
    _shows_nothing_to_nobody(route, walker.ask(None))
    answers = {role: walker.ask(role) for role in Role}
    assert {role: answer.status_code for role, answer in answers.items()} == {
        role: (route.ok_signed_in or route.ok) if may(role, route) else 404 for role in Role
    }
    if route.method == "get" and route.name not in OPENING:
        assert not any(opened)
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

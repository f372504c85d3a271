"""How often pages are opened is counted by role, and tells of no person."""

from collections.abc import Iterator
from datetime import timedelta

import plotly.graph_objects as go  # noqa: TID251 - tests check what the product writes as plain dicts
import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import PageUse, RoleGrant
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.tasks import fold_page_use
from alignment_dash.access.trace import usage, usage_queries
from alignment_dash.schoolyear import today
from tests import factories
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On a busy machine Redis may take longer than a page would wait for it."""
    monkeypatch.setattr(usage, "PATIENCE", 120.0)
    usage._redis_at.cache_clear()
    yield
    usage._redis_at.cache_clear()


def _counted() -> dict[tuple[str, str], int]:
    return {(one.url_name, one.role): one.views for one in PageUse.objects.all()}


def test_opened_pages_are_counted_without_a_query_and_kept_by_role(district, sign_in):
    for _n in range(usage.FEWEST_HOLDERS):
        factories.user(role=Role.HR)
    client = sign_in(Role.HR)
    client.get(reverse("ui:home"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("ui:home"))
    assert not any("pageuse" in one["sql"] for one in queries)
    client.get("/no-such-page/")
    client.get(reverse("instruction:capacity-export"))
    fold_page_use()
    fold_page_use()
    assert _counted() == {("ui:home", Role.HR.value): 2}
    sign_in(Role.HR).get(reverse("ui:home"))
    fold_page_use()
    assert _counted() == {("ui:home", Role.HR.value): 3}


def test_roles_that_few_hold_stand_together_or_not_at_all(district):
    day = today()
    usage.count("ui:home", [Role.BOARD, Role.CABINET], day)
    usage.fold()
    # Twelve more roles are held by one person each, so that together they are enough.
    assert _counted() == {("ui:home", usage.TOGETHER): 2}
    PageUse.objects.all().delete()
    RoleGrant.objects.exclude(role__in=[Role.BOARD, Role.CABINET]).delete()
    usage.count("ui:home", [Role.BOARD], day)
    usage.fold()
    assert _counted() == {}


def test_page_that_few_of_them_may_open_is_not_kept(district):
    """Every role is held by one person: search and its likes would be the one data administrator's."""
    day, role = today(), Role.DATA_ADMINISTRATOR
    for page in ("persondata:search", "trace:audit", "ui:home", "instruction:district"):
        usage.count(page, [role], day)
    usage.fold()
    # The district's page is open to seven of the roles, the audit to two.
    assert _counted() == {("ui:home", usage.TOGETHER): 1, ("instruction:district", usage.TOGETHER): 1}
    for _n in range(usage.FEWEST_HOLDERS - 2):
        factories.user(role=Role.CABINET)
    usage.count("trace:audit", [role], day)
    usage.fold()
    assert _counted()["trace:audit", usage.TOGETHER] == 1


def test_what_a_page_needs_is_known_by_its_route():
    known = usage._doors()
    needed: dict[str, set[tuple[Data, Action]]] = {}
    for one in ROUTES:
        if one.method == "get" and one.page and one.data:
            # Of some pages a part asks for more than the page: a draft among versions, one's own among records.
            needed.setdefault(one.name, set()).add((one.data, one.action or Action.VIEW))
    # Its door is that of all who observe or are observed; whose record it is decides inside.
    needed["instruction:record"].add((Data.OBSERVING, Action.VIEW))
    assert {name: known.get(name) for name, doors in needed.items() if known.get(name) not in doors} == {}


def test_page_is_shown_when_redis_does_not_answer(district, sign_in, monkeypatch):
    def silent(*_args):
        raise redis.ConnectionError

    monkeypatch.setattr(usage, "count", silent)
    assert sign_in(Role.HR).get(reverse("ui:home")).status_code == 200


def test_page_tells_pages_by_role_and_its_figure_is_one(district, sign_in):
    PageUse.objects.create(day=today(), url_name="trace:audit", role=Role.TEACHER, views=7)
    old = today() - timedelta(days=20)
    PageUse.objects.create(day=old, url_name="trace:audit", role=usage.TOGETHER, views=4)
    client = sign_in(Role.CABINET)
    page = client.get(reverse("trace:page-use"))
    assert page.context["total"] == 11
    assert "Other roles, together" in page.text
    assert "No person is tracked" in page.text
    go.Figure({"data": page.context["figure"]["data"]})
    assert client.get(reverse("trace:page-use"), {"days": "7"}).context["total"] == 7
    by_week = client.get(reverse("trace:page-use"), {"days": "365"}).context["found"].by_time
    assert len(by_week) in {53, 54}
    assert sum(n for _day, n in by_week) == 11


def test_days_without_openings_are_in_the_figure():
    first = today().replace(month=3, day=2)
    found = usage_queries._by_time({first: 2}, first, first + timedelta(days=2), is_by_week=False)
    assert [n for _day, n in found] == [2, 0, 0]

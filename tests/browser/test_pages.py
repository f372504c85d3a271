"""Every page of the route table, as a person would find it: at any width, in the dark, without scripts."""

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from tests.browser.conftest import DESKTOP, NARROWEST, PHONE
from tests.routes import ROUTES, Route, may

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [route for route in ROUTES if route.page and route.method == "get" and route.ok == 200]


def _visitor(route: Route) -> Role | None:
    """The role that sees most of a page: the first in order that may open it."""
    return None if route.public else next(role for role in Role if may(role, route))


def _path(route: Route, district) -> str:
    return reverse(route.name, kwargs=route.kwargs(district)) + route.query


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.label)
def test_page_is_accessible_in_light_and_dark_and_fits_narrow_screens(route, district, window):
    one = window(_visitor(route))
    page = one.go(_path(route, district))
    assert page.locator("h1").count() == 1
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (DESKTOP, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            one.wait_for_charts()
            found[scheme, width] = one.accessibility_faults()
            one.shoot(f"{route.label}-{width}-{scheme}")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert not any(found.values()), found
    assert one.overflow() == 0


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.label)
def test_page_says_the_same_without_scripts(route, district, window):
    path = _path(route, district)
    words = {}
    for scripts in (True, False):
        page = window(_visitor(route), scripts=scripts).go(path) if scripts else _plain(window, route, path)
        words[scripts] = page.locator("main h1, main h2, main p.answer, main table").all_inner_texts()
    assert words[True] == words[False]


def _plain(window, route: Route, path: str):
    one = window(_visitor(route), scripts=False)
    one.page.goto(one.base + path)
    return one.page

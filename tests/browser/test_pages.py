"""Every page of the route table, as a person would find it: at any width, in the dark, without scripts."""

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from tests.browser.conftest import DESKTOP, NARROWEST, PHONE
from tests.route import Route, may
from tests.routes import ROUTES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Each width and each scheme once: what shows at one width only is checked there, whatever the scheme.
LOOKS = ((DESKTOP, "light"), (PHONE, "dark"))
# A page of hundreds of tables takes as long as twenty others, and is checked where it is hardest.
LONGEST = {"api-docs": LOOKS[1:]}
# What these show is written for them, and can stand once only.
ONCE = {
    "instruction:alias-change",
    "instruction:alias-list",
    "instruction:import-mapping-list",
    "instruction:observation-waiting",
}
PAGES = [
    pytest.param(route, id=route.label, marks=() if route.name in ONCE else pytest.mark.only_looks)
    for route in ROUTES
    if route.page
    and route.method == "get"
    and route.ok == 200
    # Of some pages of another school nobody in the small district may see even one.
    and any(may(role, route) for role in Role)
]


def _visitor(route: Route) -> Role | None:
    """The role that sees most of a page: the first in order that may open it."""
    return None if route.public else next(role for role in Role if may(role, route))


def _path(route: Route, district) -> str:
    return reverse(route.name, kwargs=route.kwargs(district)) + route.query


@pytest.mark.parametrize("route", PAGES)
def test_page_is_accessible_fits_narrow_screens_and_says_the_same_without_scripts(route, district, window):
    path = _path(route, district)
    one = window(_visitor(route))
    page = one.page
    with one.without_scripts():
        page.goto(one.base + path)
        said = _words(page)
    one.go(path)
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert _words(page) == said
    found = {}
    for width, scheme in LONGEST.get(route.name, LOOKS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        one.wait_for_charts()
        found[scheme, width] = one.accessibility_faults()
        one.shoot(f"{route.label}-{width}-{scheme}")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert not any(found.values()), found
    assert one.overflow() == 0


def _words(page) -> list[str]:
    # Not by a locator: what Playwright puts into each document for those takes longer than to read it.
    return page.evaluate(
        "[...document.querySelectorAll('main h1, main h2, main p.answer, main table')].map(one => one.innerText)"
    )

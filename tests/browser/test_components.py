"""The components as a browser shows them: drawn, printed, in forced colors, by keyboard, without scripts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from alignment_dash.access.roles import Role
from alignment_dash.ui.heatmap import LEGEND
from tests.browser.conftest import NARROWEST, PHONE
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADMINISTRATOR = Role.DATA_ADMINISTRATOR
# What of a mark is seen when every fill is taken away.
SEEN_WITHOUT_COLOR = """mark => {
  const style = getComputedStyle(mark);
  const image = style.backgroundImage.split("(")[0];
  return [getComputedStyle(mark, "::before").content, style.borderTopStyle, image].join("|");
}"""


@pytest.fixture
def gallery(window):
    def open_gallery(**how):
        one = window(ADMINISTRATOR, **how)
        one.go(reverse("ui:gallery"))
        return one

    return open_gallery


def test_chart_draws_every_row_and_follows_the_color_scheme(gallery):
    page = gallery().page
    expect(page.locator("#sample .errorbar")).to_have_count(4)
    light = page.locator("#sample .xtick text").first.evaluate("tick => getComputedStyle(tick).fill")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "light => getComputedStyle(document.querySelector('#sample .xtick text')).fill !== light", arg=light
    )


def test_chart_is_drawn_again_after_a_swap(gallery):
    one = gallery()
    one.page.evaluate("document.querySelector('#sample').dataset.old = '1'")
    one.page.evaluate(
        "htmx.ajax('GET', location.href, {target: '#sample', select: '#sample', swap: 'outerHTML'})"
    )
    one.page.wait_for_selector("#sample:not([data-old]) [data-state=drawn]")
    expect(one.page.locator("#sample .errorbar")).to_have_count(4)


def test_chart_without_scripts_points_to_its_table(window):
    one = window(ADMINISTRATOR, scripts=False)
    one.page.goto(one.base + reverse("ui:gallery"))
    expect(one.page.locator("#sample a[href='#sorted']")).to_be_visible()
    expect(one.page.locator("#sample .plot")).not_to_be_visible()
    expect(one.page.locator("#sample figcaption")).not_to_be_empty()


def test_cells_differ_without_color(gallery):
    page = gallery(forced_colors=True).page
    marks = page.locator(".legend").first.locator("i")
    expect(marks).to_have_count(len(LEGEND))
    seen = [mark.evaluate(SEEN_WITHOUT_COLOR) for mark in marks.all()]
    assert len(set(seen)) == len(LEGEND)


def test_paper_shows_numbers_filters_and_no_controls(gallery):
    page = gallery(scheme="dark").page
    page.emulate_media(media="print")
    expect(page.locator(".top nav")).not_to_be_visible()
    expect(page.locator(".bar .btn").first).not_to_be_visible()
    expect(page.locator(".seg a[aria-current]")).to_be_visible()
    expect(page.locator(".stamp").first).to_be_visible()
    assert (
        page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert page.locator(".heat .b3").first.evaluate("cell => getComputedStyle(cell).color") == "rgb(0, 0, 0)"
    assert page.locator(".sheet").first.evaluate("sheet => getComputedStyle(sheet).overflowX") == "visible"


def test_arrow_keys_move_between_cells(gallery):
    page = gallery().page
    page.locator(".heat tbody tr").nth(0).locator("td.c a").nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    here = page.evaluate(
        "[document.activeElement.closest('tr').rowIndex, document.activeElement.closest('td').cellIndex]"
    )
    assert here == [3, 4]


def test_first_column_and_head_stay_while_the_table_scrolls(gallery):
    page = gallery(width=PHONE).page
    header = page.locator(".heat tbody th").first
    before = header.bounding_box()["x"]
    page.locator(".sheet").first.evaluate("sheet => { sheet.scrollLeft = 200; }")
    assert header.bounding_box()["x"] == pytest.approx(before, abs=2)


def test_menu_opens_on_a_phone_without_scripts(window):
    one = window(ADMINISTRATOR, width=NARROWEST, scripts=False)
    one.page.goto(one.base + reverse("ui:home"))
    if one.page.locator("#navigation").count():
        expect(one.page.locator("#navigation a").first).not_to_be_visible()
        one.page.get_by_role("button", name="Menu").click()
        expect(one.page.locator("#navigation a").first).to_be_visible()


def test_head_keeps_to_one_line_on_tablets_and_laptops_with_the_navigation_in_it_or_in_its_menu(window):
    one = window(Role.SUPERVISOR, scripts=False)
    page = one.page
    page.goto(one.base + reverse("notices:notice-list"))
    menu, first = page.get_by_role("button", name="Menu"), page.locator("#navigation a").first
    for width in (840, 960, 1024, 1100, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator(".top").bounding_box()["height"] < 64, width
        expect(menu).to_be_visible(visible=width < 1280)
        expect(first).to_be_visible(visible=width == 1280)
    page.set_viewport_size({"width": 1024, "height": 900})
    menu.click()
    expect(first).to_be_visible()


def test_skip_link_is_first_and_leads_to_the_content(gallery):
    page = gallery().page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_person_signs_in_and_out(window, user_in):
    user = user_in(Role.PRINCIPAL)
    user.set_password(PASSWORD)
    user.save()
    one = window()
    page = one.go(reverse("login"))
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("ul.errorlist")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(one.base + reverse("ui:home"))
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(one.base + reverse("login"))

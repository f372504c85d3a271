"""What if, by hand: a principal is dragged onto another caseload, and both say what it does."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from alignment_dash.access.roles import Role
from tests.supervision.balancing.routes import proposal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.only_looks]


def test_principal_dragged_to_another_caseload_changes_the_figures_of_both(window, district):
    proposal(district)  # Kim Other is a supervisor, without anybody
    page = window(Role.CABINET).go(reverse("supervision:what-if"))
    sam, kim = (
        page.locator(".caseboard", has=page.get_by_role("heading", name=name))
        for name in ("Sam Supervisor", "Kim Other")
    )
    n_sam, n_kim = (board.locator("[data-unit]").count() for board in (sam, kim))
    expect(page.locator("#drag-hint")).to_be_visible()
    # Back onto their own caseload, nothing is asked.
    sam.get_by_text("Pat Principal0").drag_to(sam.get_by_role("heading"))
    expect(page.locator("[data-moved]")).to_have_count(0)
    sam.get_by_text("Pat Principal0").drag_to(kim)
    expect(kim.locator("[data-moved]")).to_contain_text("Pat Principal0")
    expect(sam.locator("[data-unit]")).to_have_count(n_sam - 1)
    rows = page.get_by_role("table").get_by_role("row")
    for name, before, after in (("Sam Supervisor", n_sam, n_sam - 1), ("Kim Other", n_kim, n_kim + 1)):
        figures = rows.filter(has=page.get_by_role("rowheader", name=name)).get_by_role("cell").first
        expect(figures).to_contain_text(f"{before} → {after}")
    # And back: the change is taken back, and the figures with it.
    kim.get_by_text("Pat Principal0").drag_to(sam)
    expect(page.locator("[data-moved]")).to_have_count(0)
    expect(kim.locator("[data-unit]")).to_have_count(n_kim)

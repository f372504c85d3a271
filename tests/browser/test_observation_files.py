"""A file of another product from its upload to its import, by a person with a browser, with and without scripts."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs import tasks
from alignment_dash.runs.models import Run, State
from instruction.models import Observation
from tests.instruction.imports.files import name_people
from tests.instruction.imports.products import WIDE, as_xlsx, wide_row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work() -> None:
    """Do what waits for a worker."""
    for run in Run.objects.filter(kind="observation-file", state=State.QUEUED):
        tasks.perform(run.pk)


@pytest.mark.parametrize("scripts", [True, False])
def test_file_of_another_product_is_explained_and_imported(district, window, scripts):
    ids = name_people(district)
    rows = [wide_row(district, ids, place) for place in range(3)]
    content = as_xlsx({"Cover": [["Our district"]], "Export": [["Observations 2026"], [], WIDE, *rows]})
    one = window(Role.DATA_ADMINISTRATOR, scripts=scripts)
    page = one.page
    page.goto(one.base + reverse("instruction:observation-import-list"))
    page.set_input_files("input[type=file]", {"name": "grow.xlsx", "mimeType": "", "buffer": content})
    page.click("main button[data-kind=main]")
    expect(page).to_have_url(re.compile("/columns/$"))
    page.select_option("#sheet", "Export")
    page.click("form.bar button")
    expect(page.locator("main")).to_contain_text("in row 3")
    expect(page.locator("#purpose")).to_have_value("")
    one.shoot(f"columns-guessed-{scripts}")
    page.fill("#source", "grow")
    page.click("form:has(.columns) button[data-kind=main]")
    expect(page.locator(".note").first).to_contain_text("never guessed")
    one.faults.clear()  # the browser complains about the answer 400, which was meant
    page.select_option("#purpose", "formative")
    page.fill("#save-as", "Grow export")
    page.click("form:has(.columns) button[data-kind=main]")
    work()
    page.goto(page.url)
    page.click("a[data-kind=main]")
    one.shoot(f"words-{scripts}")
    page.click("form:has(.columns) button[data-kind=main]")
    work()
    page.goto(page.url)
    page.click("a[data-kind=main]")
    expect(page.locator("p.answer")).to_contain_text("3 of 3 rows would be imported")
    with all_rows(why="a test looks at what was written"):
        assert not Observation.objects.filter(source__code="grow").exists()
    page.click("main button[data-kind=main]")
    work()
    page.goto(page.url)
    expect(page.locator("p.answer")).to_contain_text("3 of 3 rows imported")
    with all_rows(why="a test looks at what was written"):
        made = Observation.objects.filter(source__code="grow")
        assert [one.purpose for one in made] == ["formative"] * 3

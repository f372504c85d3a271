"""The strategic plan's targets: page, file, API, and two people at once."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Publication, Run
from instruction.models import Element, Target
from tests import factories
from tests.instruction.test_views import text

pytestmark = pytest.mark.django_db
URL = "/targets/"
CHANGERS = (Role.CABINET, Role.CI_ADMINISTRATOR)


@pytest.fixture
def element(district):
    return Element.objects.get(code="E1")


def held(year=None):
    rows = Target.objects.filter(school_year=year or factories.year()).select_related("element")
    return {(one.element.code, one.level): float(one.value) for one in rows}


def form_of(client):
    """What a browser would send back of the page as it is."""
    form = client.get(URL).context["form"]
    sent = {}
    for line, seen, cells in form.rows():
        sent[f"seen.{line.wording.element.uid}"] = seen
        for bound, _last in cells:
            value = bound.value()
            sent[bound.html_name] = "" if value is None else str(value)
    return sent


def cell(code, level="all"):
    return f"target.{Element.objects.get(code=code).uid}.{level}"


def test_everyone_reads_the_targets_and_only_who_may_finds_a_form(sign_in, district):
    for role in (Role.TEACHER, Role.BOARD, Role.PRINCIPAL):
        page = sign_in(role).get(URL)
        assert "3 of 3 elements have a target" in text(page)
        assert b"Save the targets" not in page.content
    for role in CHANGERS:
        assert b"Save the targets" in sign_in(role).get(URL).content


def test_target_for_a_level_is_set_audited_and_computed_again(sign_in, district, computed, element):
    client = sign_in(Role.CABINET)
    sent = form_of(client) | {cell("E1", "middle"): "2.5", cell("E2"): ""}
    assert "target set" in text(client.post(URL, sent, follow=True)) or held()
    assert held() == {("E1", ""): 3.0, ("E1", "middle"): 2.5, ("E3", ""): 3.0}
    event = AuditEvent.objects.get(act="targets.set")
    assert event.by_id == district.users[Role.CABINET].pk
    assert event.detail["targets"] == {"E1 middle": [None, 2.5], "E2": [3.0, None]}
    assert Publication.objects.get(kind="capacity").stale_since
    assert Run.objects.filter(kind="capacity", state="queued").exists()


def test_sending_what_stands_changes_nothing(sign_in, district, computed):
    client = sign_in(Role.CABINET)
    assert "no target was changed" in text(client.post(URL, form_of(client), follow=True))
    assert not AuditEvent.objects.filter(act="targets.set").exists()
    assert not Publication.objects.get(kind="capacity").stale_since


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("0.5", "greater than or equal to 1"), ("4.5", "less than or equal to 4"), ("x", "number")],
)
def test_wrong_cell_says_so_there_and_nothing_is_half_applied(sign_in, district, typed, fault):
    client = sign_in(Role.CABINET)
    answer = client.post(URL, form_of(client) | {cell("E1"): "2.5", cell("E2"): typed})
    assert answer.status_code == 400
    assert fault in text(answer)
    assert 'value="2.5"' in answer.content.decode()
    assert held() == {("E1", ""): 3.0, ("E2", ""): 3.0, ("E3", ""): 3.0}


def test_what_someone_else_set_meanwhile_is_shown_and_not_overwritten(sign_in, district, element):
    client = sign_in(Role.CABINET)
    mine = form_of(client) | {cell("E1"): "2.5", cell("E2"): "2.25"}
    Target.objects.filter(element=element).update(value=2.75)
    answer = client.post(URL, mine)
    assert answer.status_code == 409
    assert "Element 1, all schools: now 2.75; you had typed 2.5" in text(answer)
    assert held() == {("E1", ""): 2.75, ("E2", ""): 3.0, ("E3", ""): 3.0}
    shown = answer.context["form"]
    assert (shown[cell("E1")].value(), shown[cell("E2")].value()) == ("2.75", "2.25")


def test_what_someone_else_set_elsewhere_meanwhile_stays(sign_in, district, element):
    client = sign_in(Role.CABINET)
    mine = form_of(client) | {cell("E2"): "2.25"}
    Target.objects.filter(element=element).update(value=2.75)
    assert client.post(URL, mine).status_code == 302
    assert held() == {("E1", ""): 2.75, ("E2", ""): 2.25, ("E3", ""): 3.0}


def test_last_years_targets_stand_beside_and_are_filled_in_only_when_asked(sign_in, district, element):
    Target.objects.all().delete()
    Target.objects.create(element=element, school_year=factories.year() - 1, level="high", value=2.4)
    client = sign_in(Role.CABINET)
    page = client.get(URL)
    assert f"{schoolyear.label(factories.year() - 1)}: 2.4" in text(page)
    assert page.context["form"][cell("E1", "high")].value() is None
    copied = client.get(URL, {"copy": "last-year"})
    assert "Nothing is set until you save" in text(copied)
    assert float(copied.context["form"][cell("E1", "high")].value()) == 2.4
    assert held() == {}


def test_file_out_is_taken_in_again_and_changes_what_it_says(sign_in, district, element):
    client = sign_in(Role.CI_ADMINISTRATOR)
    out = client.get(reverse("instruction:targets-export")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0][:3] == ["code", "level", "value"]
    assert rows[1][:3] == ["E1", "all", "3.00"]
    changed = out.replace("E1,all,3.00", "E1,all,2.50").replace("E2,all,3.00", "E2,all,")
    _send(client, changed)
    assert held() == {("E1", ""): 2.5, ("E3", ""): 3.0}


def _send(client, content):
    file = SimpleUploadedFile("targets.csv", content if isinstance(content, bytes) else content.encode())
    return client.post(URL, {"act": "import", "file": file})


@pytest.mark.parametrize("value", ["2.5", "2.500", "25e-1", "2.5" + 400 * "0"])
def test_file_writes_a_target_with_zeros_behind_it_or_without(sign_in, district, element, value):
    assert _send(sign_in(Role.CABINET), f"code,level,value\nE1,all,{value}\n").status_code == 302
    assert held()["E1", ""] == 2.5


@pytest.mark.parametrize("seen", ["sNaN", "NaN", "Infinity"])
def test_what_no_target_could_be_counts_as_not_seen(sign_in, district, element, seen):
    Target.objects.filter(element=element).delete()
    client = sign_in(Role.CABINET)
    sent = form_of(client) | {cell("E1"): "2.5", f"seen.{element.uid}": seen}
    assert client.post(URL, sent).status_code == 302
    assert held()["E1", ""] == 2.5


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("code,level,value\nE9,all,2\n", "Row 2, column code: E9 is no element of this framework."),
        ("code,level,value\nE1,all,2\nE2,primary,2\n", "Row 3, column level: primary is no level of schools"),
        ("code,level,value\nE1,all,high\n", "Row 2, column value: high is no number."),
        ("code,level,value\nE1,all,5\n", "Row 2, column value: The highest level is 4; 5 is above it."),
        ("code,level,value\nE1,all,nan\n", "Row 2, column value: A target is a proficiency level of 1 or more."),
        ("code,level,value\nE1,all,2.333\n", "Row 2, column value: A target has at most two decimals."),
        ("code,level,value\nE1,all,2\nE1,,2\n", "Row 3, column code: this element and level stand in the file twice."),
        ("code,value\nE1,2\n", "Row 1: there is no column level."),
        ("", "Row 1: there is no column code, level, value."),
        (b"code,level,value\n\xff\xfe", "not text in UTF-8"),
        ('code,level,value\n"E1', "not CSV"),
    ],
)  # fmt: skip
def test_wrong_file_names_row_and_column_and_changes_nothing(sign_in, district, content, fault):
    before = held()
    answer = _send(sign_in(Role.CABINET), content)
    assert answer.status_code == 400
    assert fault in text(answer)
    assert held() == before


def test_api_gives_and_takes_all_targets(sign_in, district):
    client = sign_in(Role.CABINET)
    url = reverse("api-targets")
    said = client.get(url).json()
    assert said["targets"][0] == {"element": "E1", "level": "", "value": 3.0}
    wanted = [{"element": "E1", "value": 2.5}, {"element": "E1", "level": "high", "value": 2.75}]
    answer = client.put(url, {"targets": wanted}, content_type="application/json")
    assert answer.status_code == 200
    assert held() == {("E1", ""): 2.5, ("E1", "high"): 2.75}
    stale = {"targets": [{"element": "E1", "value": 3.5}], "seen": said["targets"]}
    assert client.put(url, stale, content_type="application/json").status_code == 409
    assert held() == {("E1", ""): 2.5, ("E1", "high"): 2.75}


@pytest.mark.parametrize(
    "wanted",
    [
        [{"element": "E9", "value": 2}],
        [{"element": "E1", "value": 9}],
        [{"element": "E1", "value": 2}, {"element": "E1", "value": 3}],
        [{"element": "E1", "level": "primary", "value": 2}],
        [{"element": "E1", "value": 2.333}],
    ],
)
def test_api_sets_nothing_when_anything_is_wrong(sign_in, district, wanted):
    before = held()
    answer = sign_in(Role.CABINET).put(
        reverse("api-targets"), {"targets": wanted}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert held() == before


def test_api_is_closed_for_changes_to_who_may_only_read(sign_in, district):
    client = sign_in(Role.PRINCIPAL)
    assert client.get(reverse("api-targets")).status_code == 200
    assert (
        client.put(reverse("api-targets"), {"targets": []}, content_type="application/json").status_code
        == 404
    )
    assert client.post(URL, {}).status_code == 404
    assert len(held()) == 3


def test_page_costs_the_same_however_many_targets_there_are(sign_in, district, django_assert_max_num_queries):
    client = sign_in(Role.CABINET)
    client.get(URL)
    for element in Element.objects.all():
        for level in ("high", "middle", "elementary"):
            Target.objects.create(element=element, school_year=factories.year(), level=level, value=2)
    with django_assert_max_num_queries(11):
        client.get(URL)

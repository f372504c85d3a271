"""What a school year is about, and what elements rest on."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import current_year
from instruction import queries
from instruction.consulting import focus_actions, sources
from instruction.consulting.focus import focus_of
from instruction.models import ElementSource, FocusElement
from instruction.queries.elements import columns
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/framework/focus/"


@pytest.fixture
def worded(district):
    return list(district.version.elements.select_related("element").order_by("place"))


def choose(district, *chosen, school=None, why="", seen=None, year=None):
    return focus_actions.set_focus(
        version=district.version, year=year or current_year(), school=school, seen=seen,
        reasons={one.element_id: why for one in chosen}, by=district.users[Role.CI_ADMINISTRATOR],
    )  # fmt: skip


def sent(*chosen, seen=None, **why):
    body = {"element": [str(one.element.uid) for one in chosen], "seen": seen or focus_actions.seen_of({})}
    return body | {f"why.{one.element.uid}": why.get(one.element.code, "") for one in chosen}


def test_choice_of_the_year_holds_before_the_versions_own(district, worded, sign_in):
    from instruction.actions import publish_framework
    from instruction.frameworks.definition import FOLDER, read

    version = publish_framework(
        definition=read(FOLDER / "sample-teaching.yaml"), first_year=current_year(), by=None
    )
    own = [line.code for line in focus_of(version, current_year()).district]
    assert own == ["reasoning", "talk", "task", "response", "belonging"]
    held = {one.element.code: one for one in version.elements.select_related("element")}
    focus_actions.set_focus(
        version=version, year=current_year(), reasons={held["time"].element_id: "Ten minutes a day are lost."},
        by=district.users[Role.CI_ADMINISTRATOR],
    )  # fmt: skip
    focus = focus_of(version, current_year(), district.schools[0])
    assert [(line.code, line.why) for line in focus.district] == [("time", "Ten minutes a day are lost.")]
    assert (focus.school, focus.is_chosen) == ((), True)
    assert [line.code for line in focus_of(version, current_year() + 1).district] == own
    # Every place that speaks of focus says the same.
    from alignment_dash.access.scope import scope_of

    scope = scope_of(district.users[Role.CI_ADMINISTRATOR])
    page = queries.framework_page(scope, current_year(), str(version.framework.uid))
    assert [one.code for one in page.focus] == ["time"]
    cells = columns(scope, version_id=version.pk, year=current_year(), run_id=None)
    assert [one.code for one in cells if one.is_focus] == ["time"]
    shown = sign_in(Role.BOARD).get(f"/framework/?framework={version.framework.uid}").content.decode()
    assert "in focus: Learning time" in shown
    assert "Ten minutes a day are lost." in shown


def test_school_adds_its_own_beside_the_districts(district, worded, sign_in):
    choose(district, worded[0], why="For all")
    school = district.schools[0]
    address = reverse("instruction:school-focus", kwargs={"uid": school.uid})
    client = sign_in(Role.PRINCIPAL)
    assert client.post(address, sent(worded[1], E2="Ours 🙂 لنا")).status_code == 302
    focus = focus_of(district.version, current_year(), school)
    assert [line.code for line in focus.district] == ["E1"]
    assert [(line.code, line.why) for line in focus.school] == [("E2", "Ours 🙂 لنا")]
    assert focus_of(district.version, current_year(), district.schools[1]).school == ()
    page = client.get(address).content.decode()
    assert "Ours 🙂 لنا" in page
    assert "For all" in page
    element = reverse("instruction:element", kwargs={"uid": worded[1].element.uid})
    assert "of its own at Alder Elementary" in client.get(element).content.decode()
    other = reverse("instruction:school-focus", kwargs={"uid": district.schools[1].uid})
    assert client.get(other).status_code == 404
    assert client.post(PAGE, sent(worded[1])).status_code == 404
    assert "Save the focus" not in sign_in(Role.ASSISTANT_PRINCIPAL).get(address).content.decode()


def test_two_editors_do_not_overwrite_each_other(district, worded, sign_in):
    client = sign_in(Role.CI_ADMINISTRATOR)
    choose(district, worded[0], why="Theirs")
    answer = client.post(PAGE, sent(worded[1], E2="Mine"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert [one.element_id for one in FocusElement.objects.all()] == [worded[0].element_id]
    now = focus_actions.seen_of({worded[0].element_id: "Theirs"})
    assert f'value="{now}"' in page
    assert client.post(PAGE, sent(worded[1], seen=now, E2="Mine")).status_code == 302
    assert [one.why for one in FocusElement.objects.all()] == ["Mine"]
    # What both want is no conflict.
    assert client.post(PAGE, sent(worded[1], seen="old", E2="Mine")).status_code == 302


def test_more_than_five_are_warned_of_in_words_and_past_years_stay(district, sign_in):
    version = factories.framework(elements=7)
    client = sign_in(Role.CI_ADMINISTRATOR)
    every = list(version.elements.select_related("element"))
    address = f"{PAGE}?framework={version.framework.uid}"
    page = client.post(address, sent(*every[:6]), follow=True).content.decode()
    assert "6 elements are in focus. With more than five" in page
    assert client.post(f"{address}&year={current_year() - 1}", sent(every[0])).status_code == 404
    with pytest.raises(ValidationError, match="is over"):
        choose(district, year=current_year() - 1)
    with pytest.raises(ValidationError, match="among the elements of this framework"):
        choose(district, every[0])
    bad = client.post(address, sent(every[0], E1="a\0b"))
    assert bad.status_code == 400
    assert "NUL" in bad.content.decode()


def test_rest_reads_and_sets_the_focus_of_a_year(district, worded, client):
    client.force_login(district.users[Role.CI_ADMINISTRATOR])
    held = client.get("/api/v1/focus/").json()
    assert (held["chosen"], held["district"]) == (False, [])
    body = {"elements": [{"element": "E2", "why": "Now"}], "seen": held["seen"]}

    def put(path, **body):
        return client.put(path, body, content_type="application/json")

    assert put("/api/v1/focus/", **body).json()["district"] == [{"element": "E2", "why": "Now"}]
    assert put("/api/v1/focus/", elements=[], seen=held["seen"]).status_code == 409
    assert put("/api/v1/focus/", elements=[{"element": "none"}]).status_code == 400
    assert put("/api/v1/focus/?year=2001", elements=[]).status_code == 404
    client.force_login(district.users[Role.PRINCIPAL])
    own = f"/api/v1/schools/{district.schools[0].uid}/focus/"
    assert put(own, elements=[{"element": "E1"}]).json()["school"] == [{"element": "E1", "why": ""}]
    assert put("/api/v1/focus/", elements=[]).status_code == 404
    assert put(f"/api/v1/schools/{district.schools[1].uid}/focus/", elements=[]).status_code == 404


def test_evidence_base_stands_with_the_element_and_leads_only_to_the_web(district, worded, sign_in):
    one = worded[0]
    address = reverse("instruction:element-sources", kwargs={"uid": one.element.uid})
    client = sign_in(Role.CI_ADMINISTRATOR)
    given = {"claim": "Talk helps.", "citation": "Somebody 2015, p. 9", "url": "https://example.org/a"}
    for url in ("javascript:alert(1)", "ftp://example.org/x", "data:text/html,x", "//example.org"):
        refused = client.post(address, {**given, "url": url})
        assert refused.status_code == 400
        assert "begins with https://" in refused.content.decode()
    assert client.post(address, {**given, "claim": "a" * 2_001}).status_code == 400
    assert not ElementSource.objects.exists()
    assert client.post(address, given).status_code == 302
    client.post(address, given)  # the button pressed twice
    source = ElementSource.objects.get()
    for path in ("/framework/", reverse("instruction:element", kwargs={"uid": one.element.uid}), address):
        page = client.get(path).content.decode()
        assert page.index("Talk helps.") < page.index("Somebody 2015, p. 9")
        assert 'href="https://example.org/a" rel="noopener' in page
    reader = sign_in(Role.TEACHER)
    assert "Talk helps." in reader.get(address).content.decode()
    remove = reverse("instruction:source-remove", kwargs={"uid": source.uid})
    assert reader.post(remove).status_code == 404
    assert sign_in(Role.CI_ADMINISTRATOR).post(remove).status_code == 302
    assert not sources.sources_on(one.element_id).exists()


def test_pages_ask_the_same_number_of_queries_whatever_was_chosen(district, worded, sign_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(Role.CI_ADMINISTRATOR)

    def asked():
        made = []
        for path in (PAGE, "/framework/", f"/framework/review/{district.version.uid}/"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            made.append(len(captured))
        return made

    asked()
    few = asked()
    choose(district, *worded, why="All of them")
    for one in worded:
        for number in range(5):
            sources.add_source(
                element=one.element, claim=f"Claim {number}", citation="Somebody", url="", by=None
            )
    assert asked() == few


def test_review_page_speaks_of_each_finding_and_of_drafts_to_who_reads_them(district, worded, sign_in):
    from tests.instruction.consulting.drafts import draft

    made = draft(district)
    made.elements.filter(place=1).update(description="Provides feedback 🙂 effectively.")
    address = reverse("instruction:framework-review", kwargs={"uid": made.uid})
    page = sign_in(Role.TEACHER).get(address).content.decode()
    assert "“Provides feedback”" in page
    assert "Some feedback does harm" in page
    assert "one wording for everyone" in page
    assert sign_in(Role.BOARD).get(address).status_code == 404
    published = reverse("instruction:framework-review", kwargs={"uid": district.version.uid})
    assert sign_in(Role.BOARD).get(published).status_code == 200

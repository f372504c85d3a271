"""Drafts on pages: two people at once, what keeps one from being published, and its end."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from instruction.defining.actions import Refused, begin_draft, replace_draft
from instruction.defining.crosswalk_form import key_of
from instruction.defining.elements import add_element, remove_element
from instruction.defining.publishing import publish_draft
from instruction.defining.reading import definition_of, draft_revision
from instruction.frameworks import files
from instruction.frameworks.definition import FrameworkDefinition
from instruction.models import (
    CalibrationExercise,
    Element,
    ElementComment,
    ElementVersion,
    Framework,
    FrameworkVersion,
    ObservationRecord,
    SchoolTarget,
    Target,
)
from tests import factories
from tests.instruction.defining.drafts import draft_of, renamed
from tests.instruction.test_views import text

pytestmark = pytest.mark.django_db
LONG = "\u202b\u0645\u0631\u062d\u0628\u0627 \U0001f4d8 " * 100


def url(version, page="framework-version", **more):
    return reverse(f"instruction:{page}", kwargs={"uid": version.uid, **more})


def element_url(version, code):
    return url(version, "framework-element", element_uid=Element.objects.get(code=code).uid)


def typed(client, address, **values):
    """What a browser would send back of a page's form, with other values."""
    form = client.get(address).context["form"]
    sent = {}
    for bound in form:
        value = values.get(bound.name.replace("-", "_"), bound.value())
        if value is not None and value is not False and value != "":
            sent[bound.name] = "on" if value is True else value
    return sent | {name: value for name, value in values.items() if not value}


def test_empty_framework_grows_on_pages_until_it_is_published(sign_in, district):
    client = sign_in(Role.CI_ADMINISTRATOR)
    asked = {"copy": "", "kind": "leadership", "name": "How our principals lead", "label": "1"}
    assert client.post(reverse("instruction:framework-versions"), asked).status_code == 302
    draft = FrameworkVersion.objects.get(framework__name="How our principals lead")
    shown = text(client.get(url(draft, "framework-check")))
    assert "Not yet : 1 thing is missing." in shown
    assert "It has no elements yet: add at least one." in shown
    client.post(url(draft, "framework-frame"), typed(client, url(draft), dimensions="Time\nTalk"))
    new = url(draft, "framework-element-new")
    client.post(new, typed(client, new, code="P1", name="Visits", dimension="Talk", roles=["principal"]))
    shown = text(client.get(url(draft, "framework-check")))
    assert (
        "Visits does not say what these levels look like: 1 (Beginning), 2 (Developing), 3 (Proficient), 4 (Exemplary)."
        in shown
    )
    assert "The dimension Time has no elements" in shown
    assert client.post(url(draft, "framework-check"), {"revision": 0}).status_code == 409
    sent = typed(
        client,
        element_url(draft, "P1"),
        dimension="Time",
        level_1="a",
        level_2="b",
        level_3="c",
        level_4=LONG,
    )
    sent = {name.replace("level_", "level-"): value for name, value in sent.items()}
    assert client.post(element_url(draft, "P1"), sent).status_code == 302
    client.post(url(draft, "framework-frame"), typed(client, url(draft), dimensions="Time"))
    check = client.get(url(draft, "framework-check"))
    assert "Yes : 1 element, in force from" in text(check)
    assert (
        client.post(url(draft, "framework-check"), {"revision": check.context["revision"]}).status_code == 302
    )
    draft.refresh_from_db()
    assert (draft.state, draft.elements.get().roles) == ("published", ["principal"])
    with (
        pytest.raises(IntegrityError, match="published framework version cannot be changed"),
        transaction.atomic(),
    ):
        ElementVersion.objects.filter(version=draft).update(name="Other")
    assert client.get(element_url(draft, "P1")).status_code == 404
    acts = list(AuditEvent.objects.filter(act__startswith="framework").values_list("act", flat=True))
    assert acts.count("framework.publish") == 1
    assert not AuditEvent.objects.filter(act="framework.draft.change", detail__icontains="Visits").exists()


def test_two_people_at_one_element_see_both_texts_and_lose_none(sign_in, district):
    draft, client = draft_of(district), sign_in(Role.CI_ADMINISTRATOR)
    address = element_url(draft, "E1")
    hers, his = (typed(client, address, name=name) for name in ("Hers", "His"))
    other = typed(client, element_url(draft, "E2"), name="Elsewhere")
    assert client.post(address, hers).status_code == 302
    answer = client.post(address, his)
    assert answer.status_code == 409
    assert "Theirs, as it stands: Hers Yours: His" in text(answer)
    assert 'value="His"' in answer.content.decode()
    # Another element is nobody's conflict; and who has seen both texts may save.
    assert client.post(element_url(draft, "E2"), other).status_code == 302
    again = {**his, "revision": answer.context["form"]["revision"].value()}
    assert client.post(address, again).status_code == 302
    assert [one.name for one in definition_of(draft).elements] == ["His", "Elsewhere", "Element 3"]


def test_what_was_typed_of_an_element_that_is_gone_is_shown_to_be_added_again(sign_in, district):
    draft, client = draft_of(district), sign_in(Role.CI_ADMINISTRATOR)
    address = element_url(draft, "E1")
    mine = typed(client, address, name="Mine")
    assert client.post(address, {"act": "remove", "revision": mine.get("revision", 0)}).status_code == 302
    answer = client.post(address, mine)
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.content.decode()
    assert answer.context["action"] == url(draft, "framework-element-new")
    assert client.post(answer.context["action"], mine).status_code == 302
    assert "Mine" in [one.name for one in definition_of(draft).elements]


def test_two_people_at_the_frame_see_both_texts(sign_in, district):
    draft, client = draft_of(district), sign_in(Role.CI_ADMINISTRATOR)
    frame = url(draft, "framework-frame")
    hers, his = (typed(client, url(draft), label=label) for label in ("2a", "2b"))
    assert client.post(frame, hers).status_code == 302
    answer = client.post(frame, his)
    assert answer.status_code == 409
    assert "Theirs, as it stands: 2a Yours: 2b" in text(answer)
    assert client.post(frame, {**hers, "dimensions": "Dimension 1", "revision": 99}).status_code == 400
    renamed_one = typed(client, url(draft), dimensions="Dimension 2\nWhat students do")
    assert client.post(frame, renamed_one).status_code == 302
    assert [(name, len(row)) for name, row in definition_of(draft).dimensions.items()] == [
        ("Dimension 2", 1),
        ("What students do", 2),
    ]


def test_element_moves_in_its_dimension_and_a_new_code_carries_the_ratings(sign_in, district):
    draft, client = draft_of(district), sign_in(Role.CI_ADMINISTRATOR)
    client.post(url(draft, "framework-order"), {"code": "E2", "to": "up"})
    client.post(url(draft, "framework-order"), {"code": "E3", "to": "up"})
    assert [one.code for one in definition_of(draft).elements] == ["E2", "E1", "E3"]
    address = element_url(draft, "E1")
    assert client.post(address, typed(client, address, code="e2")).status_code == 400
    assert client.post(address, typed(client, address, code="A1")).status_code == 302
    one = next(one for one in definition_of(draft).elements if one.code == "A1")
    assert (one.name, one.carries) == ("Element 1", ("E1",))
    assert district.version.elements.filter(element__code="E1").exists()


def test_crosswalk_page_counts_ratings_and_takes_each_once(sign_in, district, computed):
    draft, client = renamed(district, {"E1": "A1", "E2": "A2"}, carries=False), sign_in(Role.CI_ADMINISTRATOR)
    address = url(draft, "framework-crosswalk")
    page = client.get(address)
    assert "These 2 elements lose the history of 30 ratings: Element 1, Element 2." in text(page)
    first, second = key_of("A1"), key_of("A2")
    sent = {"revision": draft.revision, f"carries-{first}": ["E1"], f"carries-{second}": ["E1"]}
    assert "carried to A1 already; they count once." in text(client.post(address, sent))
    sent = {
        "revision": draft.revision,
        f"carries-{first}": ["E1"],
        f"from-{second}": ["E2"],
        f"note-{first}": LONG,
    }
    assert client.post(address, sent).status_code == 302
    assert "1 element loses the history of 15 ratings: Element 2." in text(client.get(address))
    assert client.post(address, {**sent, f"from-{second}": []}).status_code == 409
    first, second = definition_of(draft).elements[:2]
    assert (first.carries, first.origin_note, second.came_from) == (("E1",), LONG.strip(), ("E2",))


def test_crosswalk_stays_with_its_elements_when_someone_else_has_moved_them(sign_in, district):
    draft, client = renamed(district, {"E1": "A1", "E2": "A2"}, carries=False), sign_in(Role.CI_ADMINISTRATOR)
    address = url(draft, "framework-crosswalk")
    sent = {
        "revision": draft.revision, **{f"note-{key_of(code)}": "" for code in ("A1", "A2", "E3")},
        f"carries-{key_of('A1')}": ["E1"],
    }  # fmt: skip
    client.post(url(draft, "framework-order"), {"code": "A2", "to": "up"})
    # And a third code came about, whose crosswalk the sender has not seen.
    client.post(element_url(draft, "E3"), typed(client, element_url(draft, "E3"), code="A3"))
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "Element 1: The same practice: their ratings count here" in text(answer)
    again = sent | {"revision": answer.context["form"]["revision"].value()}
    assert client.post(address, again).status_code == 302
    assert {one.code: one.carries for one in definition_of(draft).elements} == {
        "A1": ("E1",), "A2": (), "A3": ("E3",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"first_school_year": 1999}, "this one must begin in 1999-00 or later"),
        (
            {"first_school_year": schoolyear.current_year() - 1},
            "Version 1 was in force in school years that are over",
        ),
    ],
)
def test_version_that_would_rewrite_the_past_is_refused(sign_in, district, changes, reason):
    lesson = {"version": district.version, "observer": district.principals[0], "levels": [2, 2, 2]}
    first, _next = schoolyear.bounds(schoolyear.current_year() - 1)
    school = district.schools[0]
    factories.observation(**lesson, observed=district.teachers[school.pk][0], school=school, on=first)
    draft, client = draft_of(district, **changes), sign_in(Role.CI_ADMINISTRATOR)
    assert reason in text(client.get(url(draft, "framework-check")))


def test_version_in_force_is_not_retired(sign_in, district):
    client, old = sign_in(Role.CI_ADMINISTRATOR), district.version
    answer = client.post(url(old, "framework-retire"))
    assert answer.status_code == 409
    assert "no version follows it: publish its successor first" in text(answer)
    publish_draft(version=draft_of(district), by=None)
    assert "It is in force until version 2 follows in" in text(client.post(url(old, "framework-retire")))


def test_what_is_not_finished_keeps_a_superseded_version_from_being_retired(sign_in, district):
    client, old, lead = (
        sign_in(Role.CI_ADMINISTRATOR),
        district.version,
        district.users[Role.CI_ADMINISTRATOR],
    )
    publish_draft(version=draft_of(district, first_school_year=schoolyear.current_year()), by=None)
    school, day = district.schools[0], schoolyear.today()
    lesson = {"school": school, "observed": district.teachers[school.pk][0], "version": old}
    exercise = CalibrationExercise.objects.create(
        **lesson, title="One lesson", state="open", lead=lead, seen_on=day, due_on=day
    )
    with all_rows(why="a test"):
        record = ObservationRecord.objects.create(
            **lesson, observer=district.principals[0], kind="informal", purpose="formative", observed_on=day,
            school_year=schoolyear.current_year(),
        )  # fmt: skip
    answer = client.post(url(old, "framework-retire"))
    assert answer.status_code == 409
    assert "1 observation that is still a draft uses it: share or discard it first." in text(answer)
    assert "1 calibration exercise is not released yet: release or cancel it first." in text(answer)
    # The page itself opens no rows about persons, and names nobody.
    page = text(client.get(url(old)))
    assert "1 calibration exercise" in page
    assert "still a draft uses it" not in page
    with all_rows(why="a test"):
        record.delete()
    CalibrationExercise.objects.filter(pk=exercise.pk).update(state="canceled")
    assert client.post(url(old, "framework-retire")).status_code == 302


def test_published_while_someone_edits_shows_what_they_typed(sign_in, district):
    draft, client = draft_of(district), sign_in(Role.CI_ADMINISTRATOR)
    address, check = element_url(draft, "E1"), url(draft, "framework-check")
    mine = typed(client, address, name="Mine", description=LONG)
    seen = client.get(check).context["revision"]
    assert client.post(check, {"revision": seen}).status_code == 302
    # Who publishes it for a second time is told, and nothing happens twice.
    for answer in (client.post(address, mine), client.post(check, {"revision": seen})):
        assert answer.status_code == 409
        assert "someone else has published version 2" in text(answer)
    assert LONG.strip() in client.post(address, mine).content.decode()
    assert f"{'A1'}, note Other wording" in text(
        client.post(url(draft, "framework-crosswalk"), {f"note-{key_of('A1')}": "Other wording"})
    )
    with pytest.raises(Refused, match="no draft any more"):
        publish_draft(version=draft, by=None)
    assert AuditEvent.objects.filter(act="framework.publish").count() == 1
    assert sign_in(Role.TEACHER).post(address, mine).status_code in {403, 404}


def test_check_tells_what_stays_behind_and_what_may_be_worth_another_look(sign_in, district):
    year = schoolyear.current_year() + 1
    old = Element.objects.get(code="E1")
    for wanted in (year - 1, year):
        Target.objects.update_or_create(element=old, school_year=wanted, level="", defaults={"value": 3})
    SchoolTarget.objects.create(school=district.schools[0], element=old, school_year=year, value=3)
    draft = renamed(district, {"E1": "A1"}, carries=True, first_school_year=year)
    client = sign_in(Role.CI_ADMINISTRATOR)
    assert "Element 1 E1 1 nothing computed yet A1" in text(client.get(url(draft, "framework-crosswalk")))
    page = text(client.get(url(draft, "framework-check")))
    assert "set them again for what took its place: Element 1 (now A1)." in page
    assert "1 target of a school improvement plan is for an element that is gone" in page
    assert "Advice: none of it keeps the version from being published." in page
    assert "All 3 elements are worded alike for every grade, subject and role." in page
    # It came back under its own code: what carries it must be mended first.
    definition = definition_of(draft)
    name, elements = next(iter(definition.dimensions.items()))
    add_element(version=draft, wanted=replace(elements[0], code="E1", carries=()), dimension=name, by=None)
    with pytest.raises(Refused, match="E1 is an element of this version and keeps its own ratings"):
        publish_draft(version=draft, by=None)


def test_what_was_said_of_an_element_stays_when_it_is_taken_out(sign_in, district):
    draft, author = draft_of(district), district.users[Role.TEACHER]
    said = ElementComment.objects.create(
        version=draft, author=author, role="teacher", text="Leave this one out.",
        element_version=draft.elements.get(element__code="E1"),
    )  # fmt: skip
    element = Element.objects.get(code="E1")
    remove_element(version=draft, element=element, revision=0, by=None)
    said.refresh_from_db()
    assert (said.element_version, said.text) == (None, "Leave this one out.")
    page = sign_in(Role.CI_ADMINISTRATOR).get(url(draft))
    for name in ("consultation", "framework-review"):
        assert url(draft, name) in page.content.decode()
        assert url(draft) in sign_in(Role.CI_ADMINISTRATOR).get(url(draft, name)).content.decode()


def test_superseded_version_is_retired_and_still_read(sign_in, district):
    client, old = sign_in(Role.CI_ADMINISTRATOR), district.version
    publish_draft(version=draft_of(district, first_school_year=schoolyear.current_year()), by=None)
    assert client.post(url(old, "framework-retire")).status_code == 302
    old.refresh_from_db()
    assert old.state == "retired"
    assert FrameworkVersion.objects.in_force(schoolyear.current_year() - 1).get() == old
    assert "retired: nothing new is observed against it" in text(sign_in(Role.TEACHER).get(url(old)))
    assert client.get(url(old, "framework-csv")).status_code == 200


def test_deleted_draft_leaves_nothing_behind_but_what_others_have(sign_in, district):
    client = sign_in(Role.CI_ADMINISTRATOR)
    draft = renamed(district, {"E1": "A1"}, carries=True)
    empty = begin_draft(
        definition=FrameworkDefinition("teaching", "Other", "1", ("a", "b", "c", "d"), {}), by=None
    )
    for one in (draft, empty):
        assert client.post(url(one, "framework-delete")).status_code == 302
    assert not FrameworkVersion.objects.filter(state="draft").exists()
    assert not Element.objects.filter(code="A1").exists()
    assert not Framework.objects.filter(name="Other").exists()
    assert Element.objects.filter(code="E1").exists()
    assert client.post(url(district.version, "framework-delete")).status_code == 404


def test_file_becomes_a_draft_and_a_wrong_one_nothing(sign_in, district):
    client, address = sign_in(Role.CI_ADMINISTRATOR), reverse("instruction:framework-import")
    out = client.get(url(district.version, "framework-csv")).content
    answer = client.post(address, {"file": SimpleUploadedFile("mine.csv", out)})
    assert answer.status_code == 400
    assert "has a version 1 already: give this one another label." in text(answer)
    again = out.replace(b",teaching,1,", b",teaching,2,")
    assert client.post(address, {"file": SimpleUploadedFile("mine.csv", again)}).status_code == 302
    draft = FrameworkVersion.objects.get(label="2")
    assert files.to_csv(definition_of(draft)) == again
    wrong = again.replace(b",teaching,2,", b",teaching,3,").replace(b"E2,Element 2,,1", b"E2,Element 2,,7")
    answer = client.post(address, {"file": SimpleUploadedFile("mine.csv", wrong)})
    assert "mine.csv: row 3, proximity: must be a whole number from 1 to 3." in text(answer)
    assert FrameworkVersion.objects.count() == 2


def test_pages_cost_the_same_however_many_elements_there_are(sign_in, district):
    client, draft = sign_in(Role.CI_ADMINISTRATOR), draft_of(district)
    pages = [
        url(draft),
        url(draft, "framework-check"),
        url(draft, "framework-crosswalk"),
        reverse("instruction:framework-versions"),
    ]

    def costs():
        found = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            found.append(len(queries))
        return found

    few = costs()
    definition = definition_of(draft)
    name, elements = next(iter(definition.dimensions.items()))
    more = tuple(replace(elements[0], code=f"M{n}") for n in range(12))
    replace_draft(
        version=draft, revision=draft_revision(draft), by=None,
        definition=replace(definition, dimensions={**definition.dimensions, name: elements + more}),
    )  # fmt: skip
    assert costs() == few

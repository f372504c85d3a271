"""What becomes of ratings when a new version gives elements other codes."""

from dataclasses import replace

import numpy as np
import pytest
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Publication
from instruction.defining.actions import change_draft
from instruction.defining.checks import publish_check
from instruction.defining.publishing import publish_draft
from instruction.defining.reading import draft_revision
from instruction.models import Element, FrameworkVersion, SchoolCapacity
from instruction.snapshots import Basis
from instruction.snapshots.carrying import Step, carried, followed, once_each
from instruction.snapshots.reading import read_evidence
from tests import factories
from tests.instruction.defining.drafts import renamed
from tests.instruction.test_views import text

ANY = pytest.mark.django_db


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        # Of each version: its own elements, and what its crosswalk carries.
        ([({1}, {}), ({2}, {1: 2})], {1: 2}),
        ([({1}, {}), ({2}, {1: 2}), ({3}, {2: 3})], {1: 3, 2: 3}),
        ([({1}, {}), ({2}, {1: 2}), ({1}, {2: 1})], {2: 1}),  # called by its first code again
        ([({1}, {}), ({2}, {1: 2}), ({1}, {2: 1}), ({4}, {1: 4})], {1: 4, 2: 4}),
        ([({1, 2}, {}), ({3}, {1: 3, 2: 3})], {1: 3, 2: 3}),
        ([({1}, {}), ({1, 2}, {1: 2})], {}),  # what is still there keeps its own
        ([({1}, {}), ({2}, {1: 2}), ({5}, {})], {}),
        ([({1}, {})], {}),
        # It came back beside what carried it, as another practice, and went again: nothing carries it.
        ([({1}, {}), ({2}, {1: 2}), ({1, 2}, {}), ({2}, {})], {}),
    ],
)
def test_crosswalks_are_followed_one_after_the_other(steps, found):
    own, _carries = steps[-1]
    assert followed([Step(*step) for step in steps], own) == found


@ANY
def test_other_number_of_levels_carries_nothing_and_says_so(sign_in, district, compute):
    compute()
    draft = renamed(district, {"E1": "A1"}, carries=True)
    change_draft(
        version=draft, revision=draft_revision(draft), by=None, what="frame",
        change=lambda held: replace(
            held,
            level_names=(*held.level_names, "Beyond"),
            dimensions={
                name: tuple(replace(one, levels=(*one.levels, "Looks like 5.")) for one in elements)
                for name, elements in held.dimensions.items()
            },
        ),
    )  # fmt: skip
    draft.refresh_from_db()
    assert carried(draft) == {}
    editor = sign_in(Role.CI_ADMINISTRATOR)
    crosswalk = text(editor.get(reverse("instruction:framework-crosswalk", kwargs={"uid": draft.uid})))
    assert "No rating made so far counts" in crosswalk
    assert "No rating stops counting" not in crosswalk
    assert "Element 1 E1 1 15 ratings nothing" in crosswalk
    assert any("no rating made so far counts" in note for note in publish_check(draft).notes)
    publish_draft(version=draft, by=None)
    old = Element.objects.get(code="E1")
    page = text(editor.get(reverse("instruction:element", kwargs={"uid": old.uid})))
    assert "no element carries its ratings" in page
    with all_rows(why="a test"):
        evidence = read_evidence(version=FrameworkVersion.objects.get(label="2"), year=factories.year())
    assert len(evidence.ratings.level) == 0


def test_several_that_became_one_are_the_mean_of_their_lesson():
    observation, element = np.array([1, 1, 2, 3, 1]), np.array([7, 7, 7, 7, 8])
    kept, level = once_each(observation, element, np.array([1.0, 4.0, 3.0, 2.0, 4.0]))
    assert list(zip(observation[kept], element[kept], level, strict=True)) == [
        (1, 7, 2.5),
        (2, 7, 3.0),
        (3, 7, 2.0),
        (1, 8, 4.0),
    ]


def cells(run, code):
    return {
        row[0]: row[1:]
        for row in SchoolCapacity.objects.filter(run=run, element__code=code).values_list(
            "school_id", "estimate", "n_ratings", "n_teachers", "previous_estimate"
        )
    }


@ANY
def test_renamed_element_keeps_its_evidence_its_change_and_its_page(sign_in, district, compute):
    before = compute()
    old = Element.objects.get(code="E1")
    draft = publish_draft(version=renamed(district, {"E1": "A1"}, carries=True), by=None)
    assert Publication.objects.get(kind="capacity").stale_since
    after = compute()
    assert {k: v[:3] for k, v in cells(after, "A1").items()} == {
        k: v[:3] for k, v in cells(before, "E1").items()
    }
    shown = [value for value in cells(after, "A1").values() if value[0] is not None]
    assert shown
    # Nothing new was rated, so the change may be told: it is none.
    assert all(value[3] == value[0] for value in shown)
    assert after.facts["left_out"] == {}
    client = sign_in(Role.CABINET)
    page = client.get(reverse("instruction:element", kwargs={"uid": old.uid}))
    new = Element.objects.get(code="A1")
    assert "This element is now Element 1 : its ratings count there." in text(page)
    assert reverse("instruction:element", kwargs={"uid": new.uid}) in page.content.decode()
    assert "Carries the ratings of Element 1" in text(
        client.get(reverse("instruction:element", kwargs={"uid": new.uid}))
    )
    # A figure's own ratings are found under the earlier code.
    school = district.schools[0]
    address = reverse("instruction:derivation", kwargs={"school_uid": school.uid, "element_uid": new.uid})
    assert "Terry Teacher00" in text(sign_in(Role.PRINCIPAL).get(address))
    assert draft.origins.count() == 1


@ANY
def test_without_a_crosswalk_it_says_so_before_and_the_ratings_do_not_count_after(district, compute):
    compute()
    draft = renamed(district, {"E1": "A1", "E2": "A2"}, carries=False)
    check = publish_check(draft)
    assert check.faults == []
    assert any(
        "These 2 elements lose the history of 30 ratings: Element 1, Element 2." in note
        for note in check.notes
    )
    publish_draft(version=draft, by=None)
    after = compute()
    assert after.facts["left_out"] == {"other-element": 30}
    assert {value[1] for value in cells(after, "A1").values()} == {0}


@ANY
def test_two_that_became_one_count_once_in_a_lesson(district, compute):
    publish_draft(version=renamed(district, {"E1": "A1", "E2": "A1"}, carries=True), by=None)
    version = FrameworkVersion.objects.get(label="2")
    school = district.schools[0]
    factories.observation(
        version=district.version, observer=district.principals[0], levels=[1, 1, 1], purpose="formative",
        observed=district.teachers[school.pk][0], school=school, on=schoolyear.bounds(factories.year())[0],
    )  # fmt: skip
    with all_rows(why="a test"):
        everything = read_evidence(version=version, year=factories.year())
        # What persons' own figures rest on is carried alike, and never what was declared formative.
        evidence = read_evidence(version=version, year=factories.year(), basis=Basis.EVALUATIVE)
    assert len(everything.ratings.level) == len(evidence.ratings.level) + 2
    element = Element.objects.get(code="A1").pk
    level = evidence.ratings.level[evidence.ratings.element == element]
    # 15 lessons, each rated 2 or 3 on the one and 3 on the other.
    assert sorted(set(level.tolist())) == [2.5, 3.0]
    assert len(level) == 15
    assert {value[1] for value in cells(compute(), "A1").values()} == {7, 6, 3}


@ANY
def test_trend_goes_on_under_the_new_code(sign_in, district, compute):
    first = compute()
    day = schoolyear.bounds(factories.year())[0]
    first.roster_date = day
    first.save(update_fields=["roster_date"])
    publish_draft(version=renamed(district, {"E1": "A1"}, carries=True), by=None)
    compute()
    page = sign_in(Role.CABINET).get(
        reverse("instruction:element", kwargs={"uid": Element.objects.get(code="A1").uid})
    )
    trend = page.context["trend"]
    assert trend is not None
    assert day in trend.days

"""Three targets side by side: what is asked for decides the gap, the call and the sentence."""

import csv
import io

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from instruction.models import Element, SchoolCapacity, SchoolTarget, Target
from tests import factories
from tests.instruction.test_views import see, text

pytestmark = pytest.mark.django_db
MAP = "instruction:capacity-map"


@pytest.fixture
def aimed(district, compute):
    """Alder: E1 estimated at 2.7 (se 0.1) against 2.5 (strategic), 2.9 (its own plan) and 3 (framework)."""
    run = compute()
    SchoolCapacity.objects.filter(run=run).update(
        target=2.5, plan_target=None, framework_target=3.0, gap=None, p_below=None, estimate=None, se=None,
        evidence=0, mean_of_ratings=None, mean_by_observers=None, mean_of_teachers=None, p_neediest=None,
        rank_low=None, rank_high=None,
    )  # fmt: skip
    alder = SchoolCapacity.objects.filter(run=run, school=district.schools[0], element__code="E1")
    alder.update(estimate=2.7, se=0.1, gap=-0.2, p_below=0.023, evidence=2, plan_target=2.9)
    return run


def test_map_follows_the_kind_of_target(sign_in, district, aimed):
    client = sign_in(Role.CABINET)
    shown = see(client, MAP).content.decode()
    assert "+0.2" in shown
    assert "On average the schools meet every target" in shown
    framework = text(see(client, MAP, against="framework"))
    assert "−0.3" in framework
    assert "1 of 3 schools are very likely below the framework's 3.0" in framework
    own = text(see(client, MAP, against="school"))
    assert "−0.2" in own
    assert "1 of 1 school is very likely below the target of their own plan (2.9)" in own
    assert "no target set" not in own.split("Elements")[0]


def test_map_against_plans_without_targets_says_so(sign_in, district, compute):
    compute()
    assert "No school improvement plan has a target" in text(
        see(sign_in(Role.CABINET), MAP, against="school")
    )


def test_map_kept_for_one_kind_of_target_is_not_shown_for_another(sign_in, aimed):
    client = sign_in(Role.CABINET)
    first = see(client, MAP)
    headers = {"If-None-Match": first["ETag"]}
    assert client.get(reverse(MAP), headers=headers).status_code == 304
    assert client.get(reverse(MAP), {"against": "framework"}, headers=headers).status_code == 200


def test_school_page_shows_three_targets_with_the_gap_to_each(sign_in, district, aimed):
    client, uid = sign_in(Role.PRINCIPAL), district.schools[0].uid
    shown = text(see(client, "instruction:school", uid))
    assert "Strategic plan School plan Framework" in shown
    assert "2.5 +0.2 2.9 −0.2 3.0 −0.3" in shown
    assert "very likely at target or above" in shown
    assert "is furthest below target: 2.7 against 3.0" in text(
        see(client, "instruction:school", uid, against="framework")
    )


def test_school_page_leads_from_each_estimate_to_how_it_comes_about(sign_in, district, aimed):
    page = see(sign_in(Role.PRINCIPAL), "instruction:school", district.schools[0].uid).content.decode()
    element = Element.objects.get(code="E1")
    address = reverse(
        "instruction:derivation", kwargs={"school_uid": district.schools[0].uid, "element_uid": element.uid}
    )
    assert address in page
    assert address in see(sign_in(Role.CABINET), MAP).content.decode()


def test_element_page_shows_each_schools_gaps_and_follows_the_choice(sign_in, district, aimed):
    client, uid = sign_in(Role.CABINET), Element.objects.get(code="E1").uid
    shown = text(see(client, "instruction:element", uid))
    assert "2.5 +0.2 2.9 −0.2 3.0 −0.3" in shown
    assert "1 is very likely at it or above" in shown
    assert "1 of 3 schools are very likely below the framework's 3.0" in text(
        see(client, "instruction:element", uid, against="framework")
    )


def test_export_holds_the_gap_asked_for_and_names_the_targets(sign_in, aimed):
    answer = sign_in(Role.CABINET).get(reverse("instruction:capacity-export"), {"against": "framework"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    alder = next(row for row in rows if row and row[0] == "Alder Elementary")
    assert alder[4] == "-0.3"
    assert ["Targets", "Framework"] in rows
    assert "framework" in answer["Content-Disposition"]


def test_api_rows_hold_all_three_targets_and_the_gap_to_each(sign_in, aimed):
    body = sign_in(Role.CABINET).get(reverse("api-capacity"), {"against": "school"}).json()
    row = next(
        one
        for one in body["rows"]
        if one["school_name"] == "Alder Elementary" and one["element_code"] == "E1"
    )
    assert body["against"] == "school"
    assert (row["target"], row["gap"]) == (2.9, 0.2)
    assert row["p_below"] == pytest.approx(0.97725, abs=1e-5)
    assert (row["strategic_gap"], row["plan_gap"], row["framework_gap"]) == (-0.2, 0.2, 0.3)
    empty = next(
        one for one in body["rows"] if one["school_name"] == "Birch Middle" and one["element_code"] == "E1"
    )
    assert (empty["plan_target"], empty["plan_gap"]) == (None, None)


def test_targets_by_level_of_schools_each_hold_for_theirs(sign_in, district, compute):
    element = Element.objects.get(code="E1")
    Target.objects.create(element=element, school_year=factories.year(), level="middle", value=2.25)
    SchoolTarget.objects.create(
        element=element, school_year=factories.year(), school=district.schools[0], value=3.5
    )
    run = compute()
    held = SchoolCapacity.objects.filter(run=run, element=element).order_by("school")
    assert [(one.target, one.plan_target, one.framework_target) for one in held] == [
        (3.0, 3.5, 3.0), (2.25, None, 3.0), (3.0, None, 3.0),
    ]  # fmt: skip
    shown = text(see(sign_in(Role.CABINET), "instruction:element", element.uid))
    assert "3.0, Middle: 2.25" in shown
    assert len(sign_in(Role.CABINET).get(reverse("api-capacity")).json()["rows"]) == 9


def test_places_among_schools_are_for_who_sees_all_of_them(sign_in, district, aimed):
    SchoolCapacity.objects.filter(run=aimed, estimate__isnull=False).update(
        p_neediest=0.95, rank_low=1, rank_high=12, n_ranked=40
    )
    uid = Element.objects.get(code="E1").uid
    words = "very likely among the neediest fifth; place 1 to 12 of 40"
    assert words in text(see(sign_in(Role.CABINET), "instruction:element", uid))
    for role in (Role.PRINCIPAL, Role.SUPERVISOR, Role.TEACHER):
        client = sign_in(role)
        assert "neediest" not in text(see(client, "instruction:element", uid))
        rows = client.get(reverse("api-capacity")).json()["rows"]
        assert {(row["p_neediest"], row["rank_low"], row["n_ranked"]) for row in rows} == {(None, None, None)}


def test_school_export_holds_three_targets_and_the_gap_to_each(sign_in, district, aimed):
    url = reverse("instruction:school-export", kwargs={"uid": district.schools[0].uid})
    rows = list(csv.reader(io.StringIO(sign_in(Role.PRINCIPAL).get(url).content.decode("utf-8-sig"))))
    assert rows[1][:11] == [
        "E1",
        "Element 1",
        "2.7",
        "2.54",
        "2.86",
        "2.5",
        "0.2",
        "2.9",
        "-0.2",
        "3.0",
        "-0.3",
    ]
    assert rows[2][2] == "not enough evidence"
    assert ["School", "Alder Elementary"] in rows
    small = reverse("instruction:school-export", kwargs={"uid": district.schools[2].uid})
    rows = list(csv.reader(io.StringIO(sign_in(Role.CABINET).get(small).content.decode("utf-8-sig"))))
    assert [row[2:] for row in rows[1:4]] == [["hidden: group too small"]] * 3


def test_level_of_schools_is_held_against_its_own_target(sign_in, district, compute):
    """On the district page: a level's line against the level's target, a network's against none that differs."""
    element = Element.objects.get(code="E1")
    Target.objects.create(element=element, school_year=factories.year(), level="elementary", value=2.0)
    for number in range(2):
        school = factories.org(parent=district.networks[1], name=f"New {number}", level="elementary")
        for _teacher in range(6):
            teacher = factories.person()
            factories.assignment(person=teacher, org=school)
            factories.observation(
                version=district.version, observer=district.principals[0], observed=teacher, school=school,
                levels=[3, 3, 3],
            )  # fmt: skip
    compute()
    page = sign_in(Role.BOARD).get(reverse("instruction:district"))
    lines = {
        line.name: line.targets for line in [*page.context["page"].levels, *page.context["page"].networks]
    }
    assert lines["Elementary"] == [2.0, 3.0, 3.0]
    assert lines["North"] == [None, 3.0, 3.0]


def test_number_is_rounded_alike_in_sentence_table_map_and_file(sign_in, district, aimed):
    """A gap of 1.05 from an estimate of 1.95, which no float holds exactly."""
    SchoolCapacity.objects.filter(run=aimed, estimate__isnull=False).update(
        estimate=1.95, gap=1.05, target=3.0, p_below=1.0
    )
    page = text(see(sign_in(Role.PRINCIPAL), "instruction:school", district.schools[0].uid))
    assert "2.0 against 3.0" in page
    assert "Element 1 2.0 1.8–2.1 3.0 −1.1" in page
    assert "−1.1" in text(see(sign_in(Role.CABINET), MAP))
    assert " 2.0 " in text(see(sign_in(Role.CABINET), MAP, reading="level"))


def test_element_chart_marks_each_school_at_its_own_target(sign_in, district, aimed):
    """One school's plan aims at 2.5 and another's at 3.5: one line for both would be no school's target."""
    element = Element.objects.get(code="E1")
    for school, target in zip(district.schools[:2], (2.5, 3.5), strict=True):
        SchoolCapacity.objects.filter(run=aimed, school=school, element=element).update(
            estimate=3.0, se=0.1, plan_target=target, evidence=2
        )
    answer = sign_in(Role.CABINET).get(
        reverse("instruction:element", kwargs={"uid": element.uid}), {"against": "school"}
    )
    traces = {one["name"]: one for one in answer.context["figure"]["data"]}
    assert sorted(traces["target"]["x"]) == [2.5, 3.5]
    at = dict(zip(traces["target"]["y"], traces["target"]["x"], strict=True))
    assert [at[place] for place in traces["met"]["y"]] == [2.5]
    assert [at[place] for place in traces["below"]["y"]] == [3.5]
    assert answer.context["figure"]["layout"]["shapes"] == []
    assert "the school's own target" in text(answer)

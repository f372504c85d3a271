"""The page of one figure: its steps add up as printed, and tell of no observer and no teacher."""

import re
from decimal import Decimal
from html import unescape
from importlib import import_module

import pytest
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions, tasks
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models import Purpose, SchoolCapacity
from instruction.queries.derivation_steps import Part, steps_of
from tests import factories

pytestmark = pytest.mark.django_db
MEANS = {"mean_of_ratings": 2.74, "mean_by_observers": 2.58, "mean_of_teachers": 2.61}


def text(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def place(district, number=0):
    element = district.version.elements.first().element
    return {"school_uid": district.schools[number].uid, "element_uid": element.uid}


def keep(run, school, **figures):
    """Give a cell figures as the job would write them."""
    said = {
        "evidence": 2, "estimate": 2.66, "se": 0.1, "target": 3.0, "gap": 0.34, "p_below": 0.99,
        "framework_target": 3.0, "plan_target": 2.7, "n_teachers": 20, "roster_size": 24, "n_ratings": 64,
        "n_observations": 40, "n_raters": 4, "n_external": 9, "reliability": 0.62, "p_neediest": 0.12,
        "rank_low": 2, "rank_high": 31, "n_ranked": 41, **MEANS, **figures,
    }  # fmt: skip
    SchoolCapacity.objects.filter(run=run, school=school, element__code="E1").update(**said)


def steps(**figures):
    said = {
        "ratings": 2.74, "observers": 2.58, "teachers": 2.61, "estimate": 2.66, "n_teachers": 20, "n_raters": 4,
        "scale_max": 4.0, **figures,
    }  # fmt: skip
    return steps_of(**said)


def test_steps_add_up_exactly_as_they_are_printed():
    found = steps()
    assert [(one.part, str(one.by), str(one.to)) for one in found.steps] == [
        (Part.OBSERVERS, "-0.10", "2.60"),
        (Part.TEACHERS, "0.00", "2.60"),
        (Part.MODEL, "0.06", "2.66"),
    ]
    assert found.start + sum(one.by for one in found.steps) == found.estimate == Decimal("2.66")


@pytest.mark.parametrize("estimate", [1.01, 2.0, 2.655, 3.99])
@pytest.mark.parametrize("means", [(2.05, 2.15, 2.25), (1.449, 3.05, 2.951)])
def test_steps_of_any_figures_add_up(means, estimate):
    found = steps(ratings=means[0], observers=means[1], teachers=means[2], estimate=estimate)
    assert found.start + sum(one.by for one in found.steps) == found.estimate


@pytest.mark.parametrize(("n_teachers", "told"), [(15, "2.7"), (30, "2.75"), (75, "2.74"), (150, "2.74")])
def test_means_are_told_more_finely_of_more_teachers(n_teachers, told):
    found = steps(n_teachers=n_teachers)
    assert found.start == Decimal(told)
    assert found.grain * n_teachers >= Decimal("1.5")
    assert found.start + sum(one.by for one in found.steps) == found.estimate


@pytest.mark.parametrize("n_raters", [1, 2])
def test_severity_of_one_or_two_observers_is_no_step_of_its_own(n_raters):
    found = steps(n_raters=n_raters)
    assert [one.part for one in found.steps] == [Part.ALL]
    told = {found.start, *[one.to for one in found.steps]}
    assert told == {Decimal("2.7"), Decimal("2.66")}


def test_mean_of_few_teachers_is_told_as_a_band():
    found = steps(n_teachers=14)
    assert (found.start, found.steps) == (None, [])
    assert found.band == (Decimal("2.25"), Decimal("2.75"))


@pytest.mark.parametrize(
    ("mean", "band"), [(4.0, (Decimal("3.25"), None)), (3.86, (Decimal("3.25"), None)), (1.0, (None, Decimal("1.75")))]
)  # fmt: skip
def test_mean_at_an_end_of_the_scale_does_not_say_that_all_are_alike(mean, band):
    found = steps(ratings=mean)
    assert (found.start, found.band) == (None, band)


def test_run_that_kept_no_steps_tells_none():
    assert steps(ratings=None) is None


def test_page_walks_from_the_ratings_to_the_figure(sign_in, district, computed):
    keep(computed, district.schools[0])
    page = sign_in(Role.CABINET).get(reverse("instruction:derivation", kwargs=place(district)))
    shown = text(page)
    assert "2.66 (90 %: 2.50 to 2.82), from 64 ratings of 20 of 24 teachers." in shown
    assert "Very likely below the target of 3.0." in shown
    for row in (
        "2.70 − 0.10 + 0.00 + 0.06 = 2.66",
        "Ratings in The plain mean of 64 ratings, 9 of them by visitors. – 2.70",
        "taken away from each rating. −0.10 2.60",
        "counts no more than one seen once. +0.00 2.60",
        "settles about 62 %. +0.06 2.66",
        "in hundredths of a level. – 2.66",
        "Strategic plan 3.0 −0.34 > 99 % very likely below",
        "School improvement plan 2.7 −0.04",
        "Framework 3.0 −0.34",
        "Unlikely (12 %)",
        "Between 2 and 31 of 41",
    ):
        assert row in shown, row
    assert "steps-chart-figure" in page.content.decode()
    assert "The ratings behind it" not in shown


def test_page_of_one_observer_does_not_tell_their_severity(sign_in, district, computed):
    keep(computed, district.schools[0], n_raters=1)
    shown = text(sign_in(Role.PRINCIPAL).get(reverse("instruction:derivation", kwargs=place(district))))
    assert "settles about 62 %. −0.04 2.66" in shown
    assert "2.58" not in shown
    assert "Between 2 and 31" not in shown, "places are for who sees every school"
    assert "Allowing for who observed" not in shown


def test_snapshot_without_steps_still_has_its_page(sign_in, district, computed):
    keep(computed, district.schools[0], **dict.fromkeys(MEANS))
    shown = text(sign_in(Role.CABINET).get(reverse("instruction:derivation", kwargs=place(district))))
    assert "This snapshot did not keep the steps" in shown
    assert "2.66" in shown


def test_weak_figure_says_by_which_rule(sign_in, district, computed):
    keep(computed, district.schools[0], evidence=1, se=0.3, is_linked=False)
    shown = text(sign_in(Role.CABINET).get(reverse("instruction:derivation", kwargs=place(district))))
    assert "Weak evidence. Weak, for its observers share no teacher" in shown
    assert f"the standard error of 0.30 is above {DEFAULT_RULES.max_se:.2f}" in shown


def test_small_school_has_no_derivation_but_counts_for_its_own_leaders(client, sign_in, district, computed):
    where = place(district, 2)
    url, api = (reverse(name, kwargs=where) for name in ("instruction:derivation", "api-derivation"))
    client = sign_in(Role.CABINET)
    assert "too few teachers" in text(client.get(url))
    assert client.get(api).json()["roster_size"] is None
    client.force_login(factories.user(role=Role.PRINCIPAL, org=district.schools[2]))
    assert "3 of 3 teachers were observed on this element" in text(client.get(url))
    body = client.get(api).json()
    assert (body["estimate"], body["steps"], body["targets"]) == (None, None, [])


def test_leaders_see_the_ratings_behind_it_and_that_is_recorded(sign_in, district, computed, user_in):
    school = district.schools[0]
    factories.observation(
        version=district.version, observer=district.principals[1], observed=district.teachers[school.pk][2],
        school=school, levels=[4, 3, 2], purpose=Purpose.FORMATIVE, is_cross_school=True,
    )  # fmt: skip
    page = sign_in(Role.PRINCIPAL).get(reverse("instruction:derivation", kwargs=place(district)))
    shown = text(page)
    assert page["Cache-Control"] == "no-store"
    assert "7 ratings of this year's teachers" in shown
    assert "Terry Teacher02 4 Pat Principal1 visitor Formative" in shown
    assert shown.count("Evaluative") == 6
    event = AuditEvent.objects.get(act="view.ratings")
    assert event.by_id == user_in(Role.PRINCIPAL).pk
    assert set(event.detail["people"]) == {one.pk for one in district.teachers[school.pk]}


@pytest.mark.parametrize(
    "role", [Role.CABINET, Role.SUPERVISOR, Role.CI_ADMINISTRATOR, Role.DATA_ADMINISTRATOR]
)
def test_nobody_else_sees_the_ratings_behind_it(sign_in, district, computed, role):
    shown = text(sign_in(role).get(reverse("instruction:derivation", kwargs=place(district))))
    assert "The ratings behind it" not in shown
    assert "Teacher0" not in shown
    assert not AuditEvent.objects.filter(act="view.ratings").exists()


def test_ratings_behind_a_figure_are_those_it_counts(sign_in, district, compute):
    """Of people who have left, of years too long ago and of other elements there is none."""
    school = district.schools[0]
    gone = factories.person(given="Gone", family="Elsewhere")
    factories.observation(
        version=district.version, observer=district.principals[0], observed=gone, school=school, levels=[1, 1, 1]
    )  # fmt: skip
    factories.observation(
        version=district.version, observer=district.principals[0],
        observed=district.teachers[school.pk][0], school=school, levels=[1, 1, 1],
        on=schoolyear.bounds(schoolyear.current_year() - 3)[0],
    )  # fmt: skip
    cell = SchoolCapacity.objects.get(run=compute(), school=school, element__code="E1")
    shown = text(sign_in(Role.PRINCIPAL).get(reverse("instruction:derivation", kwargs=place(district))))
    assert f"{cell.n_ratings} ratings of this year's teachers" in shown
    assert "Gone Elsewhere" not in shown


def test_long_list_of_ratings_is_read_in_pages(sign_in, district, computed, monkeypatch):
    for module in ("instruction.queries.ratings_behind", "instruction.views.derivation"):
        monkeypatch.setattr(import_module(module), "RATINGS_PER_PAGE", 4)
    client, url = sign_in(Role.PRINCIPAL), reverse("instruction:derivation", kwargs=place(district))
    pages = [re.findall(r"Terry Teacher0\d", text(client.get(url, {"page": n}))) for n in (1, 2, 9)]
    assert [len(one) for one in pages] == [4, 2, 2]
    assert pages[1] == pages[2]


def test_api_tells_what_the_page_tells(sign_in, district, computed):
    keep(computed, district.schools[0])
    body = sign_in(Role.CABINET).get(reverse("api-derivation", kwargs=place(district))).json()
    assert body["steps"]["start"] == 2.7
    assert [one["by"] for one in body["steps"]["steps"]] == [-0.1, 0.0, 0.06]
    assert (body["steps"]["estimate"], body["estimate"], body["rank_low"]) == (2.66, 2.66, 2)
    assert [(one["kind"], one["target"], one["gap"]) for one in body["targets"]] == [
        ("strategic", 3.0, 0.34), ("school", 2.7, 0.04), ("framework", 3.0, 0.34),
    ]  # fmt: skip
    assert "mean_by_observers" not in body


def test_unknown_element_or_school_of_others_is_not_found(sign_in, district, computed):
    client, where = sign_in(Role.PRINCIPAL), place(district)
    other = where | {"element_uid": where["school_uid"]}
    for kwargs in (other, place(district, 1)):
        for name in ("instruction:derivation", "api-derivation"):
            assert client.get(reverse(name, kwargs=kwargs)).status_code == 404


def test_page_costs_the_same_however_many_ratings_stand_behind(
    sign_in, district, computed, django_assert_max_num_queries
):
    client, url = sign_in(Role.PRINCIPAL), reverse("instruction:derivation", kwargs=place(district))
    client.get(url)
    for teacher in district.teachers[district.schools[0].pk] * 4:
        factories.observation(
            version=district.version, observer=factories.person(), observed=teacher,
            school=district.schools[0], levels=[3],
        )  # fmt: skip
    with django_assert_max_num_queries(26):
        client.get(url)


def test_figure_on_another_framework_is_found_by_its_element(sign_in, district, computed):
    other = factories.framework()
    subject = str(other.framework.uid)
    run = actions.request_run(
        kind="capacity", school_year=schoolyear.current_year(), by=None, subject=subject
    )
    tasks.perform(run.pk)
    factories.observation(
        version=other, observer=district.principals[0], school=district.schools[0], levels=[3, 3, 3],
        observed=district.teachers[district.schools[0].pk][0],
    )  # fmt: skip
    client = sign_in(Role.CABINET)
    page = client.get(reverse("instruction:capacity-map"), {"framework": subject}).content.decode()
    element = other.elements.first().element
    links = set(re.findall(rf'href="([^"]*/{element.uid}/[^"]*)"', page))
    assert any(f"/{district.schools[0].uid}/" in link for link in links)
    for link in links:
        answer = client.get(unescape(link).removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert answer.context["standing"].version == other
    folded = client.get(reverse("instruction:capacity-map"), {"framework": subject, "fold": "dimension"})
    link = re.search(rf'href="(/schools/{district.schools[0].uid}/[^"]*)"', folded.content.decode()).group(1)
    assert client.get(unescape(link)).context["standing"].version == other

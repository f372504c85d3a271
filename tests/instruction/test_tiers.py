"""Tiers beside capacity: who is told what, where the two disagree, and what each rule would have sent where."""

import csv
import io
import re
from html import unescape

import plotly.graph_objects as go  # noqa: TID251 (the library is what accepts a figure)
import pytest
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from instruction.models import EvidenceClass, SchoolCapacity
from schools.models import AccountabilityTier, Level
from tests import factories
from tests.instruction.test_views import see, text

pytestmark = pytest.mark.django_db
TIERS = "instruction:tiers"


def tier(school, number, year=None):
    AccountabilityTier.objects.update_or_create(
        school=school, school_year=year or schoolyear.current_year(), defaults={"tier": number}
    )


def give(run, school, estimate, *, se=0.1, p_neediest=None, element="E1"):
    """Let a school have an estimate on an element, with its probability below the target of 3."""
    p_below = 0.99 if estimate < 3 - 1.65 * se else 0.01 if estimate > 3 + 1.65 * se else 0.5
    SchoolCapacity.objects.filter(run=run, school=school, element__code=element).update(
        evidence=EvidenceClass.ESTIMATED, estimate=estimate, se=se, gap=3.0 - estimate, p_below=p_below, target=3.0,
        n_teachers=6, roster_size=6, p_neediest=p_neediest,
    )  # fmt: skip


def blank(cells):
    """Let there not be enough evidence for cells."""
    cells.update(
        estimate=None, gap=None, evidence=EvidenceClass.NOT_ENOUGH, mean_of_ratings=None, mean_by_observers=None,
        mean_of_teachers=None, p_neediest=None, rank_low=None, rank_high=None, previous_estimate=None,
    )  # fmt: skip


@pytest.fixture
def many(district, compute):
    """Twelve schools: tiers 1 to 3 by turns, each with an estimate on the first element; returns them by tier."""
    more = [
        factories.org(parent=district.networks[0], name=f"School {n:02d}", level=Level.MIDDLE)
        for n in range(10)
    ]
    run = compute()
    blank(SchoolCapacity.objects.exclude(element__code="E1"))
    schools = [*district.schools[:2], *more]
    for place, school in enumerate(schools):
        tier(school, 1 + place % 3)
        give(run, school, 2.4 + 0.1 * place, p_neediest=0.9 - 0.05 * place)
    return schools


def test_sentence_counts_schools_that_disagree_beyond_the_margin(sign_in, many):
    """Tier 1: 2.4, 2.7, 3.0, 3.3 (one met); outside: 2.5, 2.6 and 2.8 are below, 2.9 cannot be told."""
    shown = text(see(sign_in(Role.CABINET), TIERS))
    assert "Of the 4 schools in tier 1, 1 is very likely at or above target in Element 1." in shown
    assert "3 schools outside it are very likely below." in shown
    assert shown.index("Of the 4 schools") < shown.index("All schools, by tier")


def test_disagreeing_school_gets_a_question_and_never_less_help(sign_in, many):
    shown = text(see(sign_in(Role.CABINET), TIERS))
    assert "help is required here, and stays." in shown
    assert "not none" in shown
    assert "School 07" in shown


def test_rules_choose_as_many_schools_and_say_what_each_reaches(sign_in, many):
    """Tier 1 holds places 0, 3, 6, 9; the neediest are places 0 to 3: two in both, two only in each."""
    page = see(sign_in(Role.CABINET), TIERS).content.decode()
    table = re.search(r'id="rules".*?</table>', page, re.S).group()
    rows = [re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", row))) for row in table.split("<tr>")[2:]]
    assert sum(" both " in row for row in rows) == 2
    assert sum(" tier only " in row for row in rows) == 2
    assert sum(" capacity only " in row for row in rows) == 2
    assert "With help for 4 schools, the tier's rule reaches an expected shortfall of 0.9 levels" in text(
        see(sign_in(Role.CABINET), TIERS)
    )


def test_rules_fall_back_to_the_gap_without_probabilities(sign_in, many):
    SchoolCapacity.objects.update(p_neediest=None)
    page = unescape(see(sign_in(Role.CABINET), TIERS).content.decode())
    assert page.count("capacity only") == 2


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.PRINCIPAL, Role.TEACHER])
def test_rules_are_told_to_who_sees_every_school_alone(sign_in, many, role):
    shown = text(see(sign_in(role), TIERS))
    assert "What each rule would have sent where" not in shown
    assert "School 07" not in shown


def test_principal_reads_of_their_own_school(sign_in, many):
    shown = text(see(sign_in(Role.PRINCIPAL), TIERS))
    assert "Alder Elementary is in tier 1; in Element 1 it is very likely below target." in shown


def test_correlation_is_told_from_ten_schools_on(sign_in, many):
    assert "over 12 schools" in text(see(sign_in(Role.CABINET), TIERS))
    blank(SchoolCapacity.objects.filter(school__in=many[:3]))
    assert "rank correlation" not in text(see(sign_in(Role.CABINET), TIERS))


def test_newest_tier_known_in_the_year_is_used(sign_in, many, computed):
    tier(many[0], 3, schoolyear.current_year() + 1)
    tier(many[1], 1, schoolyear.current_year() - 1)
    shown = text(see(sign_in(Role.CABINET), TIERS))
    assert "Of the 4 schools in tier 1" in shown


def test_small_school_has_its_tier_and_no_figure(sign_in, district, computed):
    """The tier comes from the state and is shown as it came; of three teachers nothing is said."""
    page = see(sign_in(Role.CABINET), TIERS).content.decode()
    row = re.search(r"<tr>\s*<th[^>]*><a[^>]*>Cottonwood High.*?</tr>", page, re.S).group()
    assert "hidden: fewer than 5 teachers" in row
    assert '<td class="num">3</td>' in row
    assert not re.search(r">\d\.\d<", row)


def test_chosen_element_is_shown_and_any_other_word_is_the_default(sign_in, many, computed):
    cell = SchoolCapacity.objects.filter(element__code="E2").first()
    assert "Element 2" in text(see(sign_in(Role.CABINET), TIERS, element=cell.element.uid)).split("Export")[0]
    assert see(sign_in(Role.CABINET), TIERS, element="x" * 36)


def test_without_tiers_the_page_says_so(sign_in, district, computed):
    AccountabilityTier.objects.all().delete()
    assert "No accountability tier is known" in text(see(sign_in(Role.CABINET), TIERS))


def test_export_holds_what_the_page_shows_and_is_recorded(sign_in, many):
    answer = see(sign_in(Role.CABINET), "instruction:tiers-export")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_name = {row["School"]: row for row in rows}
    assert by_name["School 07"]["Tier and capacity disagree"] == "yes"
    assert by_name["Cottonwood High"]["Level"] == ""
    assert {row["Rule: tier"] for row in rows} >= {"yes", ""}
    assert AuditEvent.objects.filter(act="export.tiers").count() == 1
    own = see(sign_in(Role.PRINCIPAL), "instruction:tiers-export").content.decode("utf-8-sig")
    assert "Rule: tier" not in own
    assert "Birch Middle" not in own


def test_each_figure_leads_to_its_derivation(sign_in, many):
    cell = SchoolCapacity.objects.filter(school=many[0], element__code="E1").first()
    url = reverse("instruction:derivation", args=[many[0].uid, cell.element.uid])
    assert url in see(sign_in(Role.CABINET), TIERS).content.decode()


def test_home_answers_with_the_sentence(sign_in, many):
    assert "Of the 4 schools in tier 1" in text(sign_in(Role.CABINET).get(reverse("ui:home")))


def test_queries_do_not_grow_with_schools(sign_in, many, django_assert_max_num_queries):
    client = sign_in(Role.CABINET)
    see(client, TIERS)
    with django_assert_max_num_queries(20) as first:
        see(client, TIERS)
    for n in range(10):
        school = factories.org(parent=many[0].parent, name=f"More {n}", level=Level.MIDDLE)
        tier(school, 1)
    with django_assert_max_num_queries(len(first)):
        see(client, TIERS)


def test_chart_and_tables_hold_each_school_against_its_own_target(sign_in, many):
    """Targets of 2.5 for one school and 3.0 for the rest: a tick for each school, and both in the tables."""
    SchoolCapacity.objects.filter(school=many[0], element__code="E1").update(
        target=2.5, estimate=2.75, se=0.1, gap=-0.25, p_below=0.01
    )
    page = see(sign_in(Role.CABINET), TIERS)
    figure = page.context["figure"]
    assert go.Figure(data=figure["data"])
    traces = {one["name"]: one for one in figure["data"]}
    place = traces["met"]["y"][traces["met"]["x"].index(2.75)]
    assert dict(zip(traces["target"]["y"], traces["target"]["x"], strict=True))[place] == 2.5
    assert sorted(set(traces["target"]["x"])) == [2.5, 3.0]
    assert len(traces["target"]["x"]) == 12
    assert figure["layout"]["shapes"] == []
    row = re.search(
        rf"<th[^>]*><a[^>]*>{many[0].name}</a></th>\s*<td>North.*?</tr>", page.content.decode(), re.S
    ).group()
    assert '<td class="num">2.5</td>' in row


def test_chart_draws_one_line_where_all_have_the_same_target(sign_in, many):
    figure = see(sign_in(Role.CABINET), TIERS).context["figure"]
    assert [one["x0"] for one in figure["layout"]["shapes"]] == [3.0]
    assert "target" not in {one["name"] for one in figure["data"]}

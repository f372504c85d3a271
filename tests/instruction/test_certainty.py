"""How sure we are: who is told what of figures, observation completion, observers and visits."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from instruction.certainty_words import plan_sentence, severity_words, signed
from instruction.models import Element, ObservationCompletion, RaterSeverity, SchoolCapacity, SuggestedVisit
from instruction.queries.evidence_plan import EvidencePlan, VisitLine
from instruction.queries.observers import Severity
from tests import factories
from tests.instruction.test_views import see, text

pytestmark = pytest.mark.django_db
CERTAINTY, NAMES = "instruction:certainty", "instruction:not-observed"
OBSERVERS, PLAN = "instruction:observers", "instruction:evidence-plan"


def row_of(page, school, table="completion-table"):
    """The row of a school in a table, as text."""
    held = re.search(rf'id="{table}".*?</table>', page.content.decode(), re.S).group()
    rows = [re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", row))) for row in held.split("<tr>")]
    return next(row for row in rows if school.name in row)


def complete(school, **counts):
    ObservationCompletion.objects.filter(school=school).update(**counts)


def test_sentence_says_what_share_of_figures_is_firm(sign_in, district, computed):
    """Two schools with three elements each; the third has too few teachers to count."""
    cells = SchoolCapacity.objects.filter(school__in=district.schools[:2])
    cells.update(evidence=1)
    cells.filter(element__code="E1").update(evidence=2)
    shown = text(see(sign_in(Role.CABINET), CERTAINTY))
    assert "Of 6 figures 33 % are estimated; 67 % rest on weak evidence." in shown
    assert shown.index("Of 6 figures") < shown.index("How reliable each figure is")


def test_elements_say_what_would_change_their_figures(sign_in, district, computed):
    first = SchoolCapacity.objects.filter(school=district.schools[0])
    first.update(evidence=1, is_linked=False)
    SchoolCapacity.objects.filter(school=district.schools[1]).update(evidence=1, is_linked=True)
    shown = text(see(sign_in(Role.CABINET), CERTAINTY))
    assert "1 school: a visit across schools, or a shared video; 1 school: more lessons" in shown


def test_reliability_stands_in_words_and_number_and_leads_to_the_derivation(sign_in, district, computed):
    SchoolCapacity.objects.filter(school=district.schools[0]).update(evidence=2, reliability=0.72)
    SchoolCapacity.objects.filter(school=district.schools[1]).update(evidence=1, reliability=0.31)
    page = see(sign_in(Role.CABINET), CERTAINTY).content.decode()
    assert ".72" in page
    assert 'class="c s4' in page
    assert re.search(r'class="c s1 weak[^"]*"[^>]*><a[^>]*>\.31<span class="vh">, weak evidence', page)
    element = Element.objects.get(code="E1")
    assert reverse("instruction:derivation", args=[district.schools[0].uid, element.uid]) in page


def test_small_school_is_hidden_in_every_table(sign_in, district, computed):
    page = see(sign_in(Role.CABINET), CERTAINTY)
    small = district.schools[2]
    assert "hidden: fewer than 5 teachers" in row_of(page, small)
    assert not re.search(r"\d{2}|[12]\b", row_of(page, small).split("hidden")[0])
    assert row_of(page, small, "reliability-table").count("hidden") == 3


def test_few_unobserved_teachers_are_counted_with_others_and_no_number_gives_them_away(
    sign_in, district, computed
):
    complete(district.schools[0], n_teachers=30, n_observed_this_year=20, n_not_in_a_year=8, n_never=2)
    row = row_of(see(sign_in(Role.CABINET), CERTAINTY), district.schools[0])
    assert " 30 20 (67 %) 0 0 10 together 0 – " in row
    complete(district.schools[0], n_observed_this_year=28, n_not_in_a_year=0)
    row = row_of(see(sign_in(Role.CABINET), CERTAINTY), district.schools[0])
    assert " 30 30 together 0 – " in row


def test_own_leaders_read_every_number_of_their_school_and_no_other(sign_in, district, computed):
    for school in district.schools[:2]:
        complete(school, n_teachers=30, n_observed_this_year=28, n_never=2)
    page = see(sign_in(Role.PRINCIPAL), CERTAINTY)
    assert "28 (93 %)" in row_of(page, district.schools[0])
    assert reverse(NAMES, args=[district.schools[0].uid]) in page.content.decode()
    assert "Birch Middle" not in text(page)
    supervisor = see(sign_in(Role.SUPERVISOR), CERTAINTY)
    assert "30 together" in row_of(supervisor, district.schools[0])
    assert reverse(NAMES, args=[district.schools[0].uid]) not in supervisor.content.decode()


def test_new_teachers_do_not_count_as_missed(sign_in, district, computed):
    complete(district.schools[0], n_teachers=30, n_observed_this_year=20, n_not_counted=5, n_never=5)
    assert "20 (80 %)" in row_of(see(sign_in(Role.CABINET), CERTAINTY), district.schools[0])


def test_who_observes_is_told_to_who_sees_every_school_without_names(sign_in, district, computed):
    shown = text(see(sign_in(Role.CABINET), CERTAINTY))
    assert "0 of 2 observers rated at more than one school." in shown
    # Cottonwood High is too small to show, so its observer is in no group that is told.
    assert "The largest group that hangs together has 1 school; 1 more group has 1." in shown
    assert "Two observers usually differ by" not in shown
    assert "Principal0" not in shown
    assert "Who observes" not in text(see(sign_in(Role.SUPERVISOR), CERTAINTY))


def test_spread_of_severity_is_told_of_five_observers(sign_in, district, computed):
    facts = computed.facts | {"n_raters": 5, "n_crossing_raters": 5}
    facts["components"] = {"E1": {"rater": 0.04}}
    Run.objects.filter(pk=computed.pk).update(facts=facts)
    shown = text(see(sign_in(Role.CABINET), CERTAINTY))
    assert "Element 1 0.20 0.23" in shown
    Run.objects.filter(pk=computed.pk).update(facts=facts | {"n_crossing_raters": 4})
    assert "0.20 0.23" not in text(see(sign_in(Role.CABINET), CERTAINTY))


def test_home_answers_with_the_sentence(sign_in, computed):
    assert "Of 6 figures" in text(sign_in(Role.CABINET).get(reverse("ui:home")))


def test_export_holds_what_the_page_tells(sign_in, district, computed):
    complete(district.schools[0], n_teachers=30, n_observed_this_year=28, n_never=2)
    answer = see(sign_in(Role.CABINET), "instruction:certainty-export")
    rows = {row["School"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert rows["Alder Elementary"]["Observed as often as expected"] == "30, with the next 4 columns"
    assert rows["Alder Elementary"]["Never"] == "counted to the left"
    assert rows["Alder Elementary"]["Not counted"] == "0"
    assert rows["Cottonwood High"]["Teachers"] == "hidden: group too small"
    assert AuditEvent.objects.filter(act="export.completion").exists()


def test_queries_do_not_grow_with_schools(sign_in, district, computed, django_assert_max_num_queries):
    client = sign_in(Role.CABINET)
    see(client, CERTAINTY)
    with django_assert_max_num_queries(20) as first:
        see(client, CERTAINTY)
    for n in range(8):
        factories.org(parent=district.networks[0], name=f"More {n}")
    with django_assert_max_num_queries(len(first)):
        see(client, CERTAINTY)


@pytest.mark.usefixtures("february")
def test_names_come_longest_unobserved_first_and_the_look_is_recorded(sign_in, district, computed):
    school, today = district.schools[0], schoolyear.today()
    never = factories.person(family="Neverseen")
    long_ago = factories.person(family="Longago")
    new = factories.person(family="Newcomer")
    for person, days in ((never, 900), (long_ago, 900), (new, 10)):
        start = DateRange(today - timedelta(days=days), None)
        factories.assignment(person=person, org=school, during=start)
    factories.observation(
        version=district.version, observer=district.principals[0], observed=long_ago, school=school,
        levels=[2, 2, 2], on=today - timedelta(days=500),
    )  # fmt: skip
    answer = see(sign_in(Role.PRINCIPAL), NAMES, school.uid)
    shown = text(answer)
    assert "2 of 8 teachers have not been observed here" in shown
    assert shown.index("Neverseen") < shown.index("Longago") < shown.index("New, not expected yet")
    assert shown.index("New, not expected yet") < shown.index("Newcomer")
    assert "Teacher00" not in shown
    assert answer["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(act="view.not-observed")
    assert event.detail["people"] == sorted([never.pk, long_ago.pk, new.pk])


@pytest.mark.parametrize(
    "role", [Role.CABINET, Role.HR, Role.SUPERVISOR, Role.TEACHER, Role.DATA_ADMINISTRATOR]
)
def test_names_are_for_the_schools_leaders_alone(sign_in, district, computed, role):
    assert sign_in(role).get(reverse(NAMES, args=[district.schools[0].uid])).status_code == 404


def test_leader_of_another_school_reads_no_names(sign_in, district, computed):
    assert sign_in(Role.PRINCIPAL).get(reverse(NAMES, args=[district.schools[1].uid])).status_code == 404


def severe(run, person, value=0.3, se=0.1):
    with all_rows(why="a test's severities"):
        RaterSeverity.objects.filter(run=run, person=person).update(severity=value, se=se)


def test_observer_reads_their_own_severity_and_nobody_elses(sign_in, district, computed):
    severe(computed, district.principals[0])
    severe(computed, district.principals[1], -0.4)
    shown = text(see(sign_in(Role.PRINCIPAL), OBSERVERS))
    assert "likely gives levels about 0.3 lower than the average observer" in shown
    assert "+0.30" in shown
    assert "0.14 to +0.46" in shown
    assert "Principal1" not in shown
    assert "\N{MINUS SIGN}0.40" not in shown


def test_calibration_lead_reads_all_by_name_in_no_order_and_it_is_recorded(sign_in, district, computed):
    for place, principal in enumerate(district.principals):
        severe(computed, principal, 0.2 - 0.2 * place)
    shown = text(see(sign_in(Role.CALIBRATION_LEAD), OBSERVERS))
    assert shown.index("Principal0") < shown.index("Principal1") < shown.index("Principal2")
    assert "cannot be told from the average observer" in shown
    assert "Severity " in shown
    event = AuditEvent.objects.get(act="view.observers")
    assert event.detail["people"] == sorted(one.pk for one in district.principals)


def test_observer_without_ratings_is_told_so(sign_in, district, computed):
    assert "rest on no rating of yours" in text(see(sign_in(Role.SUPERVISOR), OBSERVERS))


def visit(run, district, school, place, **fields):
    return SuggestedVisit.objects.create(
        run=run, place=place, school=school, observer=district.supervisor,
        **{"n_lessons": 2, "hours": 2.75, "se_before": 0.24, "se_after": 0.17, "gain": 0.02, **fields},
    )  # fmt: skip


@pytest.fixture
def planned(district, computed):
    visit(computed, district, district.schools[1], 1, companion=district.principals[1])
    visit(computed, district, district.schools[0], 2, n_lessons=3, hours=4.0)
    visit(computed, district, district.schools[2], 3)
    return computed


def test_plan_lists_visits_in_their_order_with_totals(sign_in, planned):
    shown = text(see(sign_in(Role.CABINET), PLAN))
    assert (
        "3 visits this term would make the estimates surest: 7 lessons at 3 schools, 9.5 hours in all."
        in shown
    )
    assert "Birch Middle Sam Supervisor Pat Principal1 2 2.8 ±0.24 → ±0.17" in shown
    table = shown[shown.index("Uncertainty before and after") :]
    assert table.index("Birch Middle") < table.index("Alder Elementary")
    assert "The plan: 3 visits 7 9.5" in shown


@pytest.mark.parametrize(
    ("role", "seen"),
    [(Role.SUPERVISOR, {"Alder", "Birch"}), (Role.PRINCIPAL, {"Alder"}), (Role.CALIBRATION_LEAD, {"Alder", "Birch", "Cotton"})],
)  # fmt: skip
def test_plan_shows_the_callers_schools(sign_in, planned, role, seen):
    shown = text(see(sign_in(role), PLAN))
    assert {name for name in ("Alder", "Birch", "Cotton") if name in shown} == seen


def test_plan_of_another_run_is_not_shown(sign_in, district, compute):
    visit(compute(), district, district.schools[0], 1)
    compute()
    assert "No visits are suggested" in text(see(sign_in(Role.CABINET), PLAN))


def test_plan_export_is_for_who_schedules_and_is_recorded(sign_in, planned):
    answer = see(sign_in(Role.CALIBRATION_LEAD), "instruction:evidence-plan-export")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][:4] == ["Birch Middle", "Sam Supervisor", "Pat Principal1", "2"]
    assert rows[4][3:5] == ["7", "9.5"]
    assert AuditEvent.objects.filter(act="export.evidence-plan").exists()
    assert sign_in(Role.SUPERVISOR).get(reverse("instruction:evidence-plan-export")).status_code == 404


def test_certainty_shows_the_first_visits_to_who_may_see_the_plan(sign_in, planned):
    assert "Which visits would make us surer" in text(see(sign_in(Role.CABINET), CERTAINTY))
    assert "Which visits would make us surer" not in text(see(sign_in(Role.HR), CERTAINTY))


def test_pages_without_snapshot_say_what_to_do_next(sign_in, district):
    for role, name in ((Role.CABINET, CERTAINTY), (Role.CALIBRATION_LEAD, OBSERVERS), (Role.CABINET, PLAN)):
        assert "Nothing has been computed for this school year yet" in text(see(sign_in(role), name))


@pytest.mark.parametrize(
    ("value", "se", "call"), [(0.168, 0.1, "unclear"), (0.18, 0.1, "strict"), (-0.168, 0.1, "unclear")]
)
def test_word_of_an_observer_agrees_with_the_printed_interval(value, se, call):
    """0.168 - 1.645 x 0.1 = 0.0035, which is printed as 0.00."""
    found = Severity("", value, se, 10)
    assert found.call == call
    assert (signed(found.low) == "0.00" or signed(found.high) == "0.00") is (call == "unclear")


def test_small_severity_is_not_said_to_be_nothing():
    assert "about 0.04 lower" in severity_words(Severity("", 0.04, 0.01, 900))


def test_plan_of_a_year_that_is_over_is_none(sign_in, district, compute):
    last = schoolyear.current_year() - 1
    visit(compute(year=last), district, district.schools[0], 1)
    shown = text(sign_in(Role.CABINET).get(reverse(PLAN), {"year": last}))
    assert "This school year is over: no visits are planned for it." in shown
    assert "Uncertainty before and after" not in shown


@pytest.mark.parametrize(
    ("hours", "said"), [(1.0, "1 hour in all"), (0.98, "1 hour in all"), (2.5, "2.5 hours in all")]
)
def test_hours_are_written_as_in_the_table(hours, said):
    line = VisitLine("Fir", "", "", "", 1, hours, None, None)
    assert said in plan_sentence(EvidencePlan([line]))

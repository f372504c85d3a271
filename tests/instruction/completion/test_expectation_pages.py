"""Expectations of a year: the page, REST, warnings; and who stands in the list of those not observed."""

import io
from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from openpyxl import load_workbook

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from instruction.completion import actions
from instruction.completion.checklist import facts
from instruction.completion.written import read_written
from instruction.models import ObservationExpectation, Rating
from schools.models import Leave, SourceSystem
from tests import factories
from tests.instruction.test_views import see, text

pytestmark = pytest.mark.django_db
PAGE = "instruction:expectations"


def rule(**changed):
    values = {
        "role": "teacher",
        "level": "",
        "kind": "",
        "purpose": "",
        "at_least": 2,
        "by_day": None,
        "least_days": 42,
    }
    return values | changed


def sent(*rules, seen=""):
    lines = {"form-TOTAL_FORMS": str(len(rules) + 1), "form-INITIAL_FORMS": "0", "seen": seen}
    for place, one in enumerate([*rules, {"role": "teacher", "least_days": "42"}]):
        lines |= {f"form-{place}-{name}": "" if value is None else str(value) for name, value in one.items()}
    return lines


def stands(year=None):
    return ObservationExpectation.objects.filter(school_year=year or factories.year())


def test_rules_are_set_copied_and_warned_of(sign_in, district):
    client, url = sign_in(Role.HR), reverse(PAGE)
    nobody = rule(level="k8", kind="formal", at_least=1)
    answer = client.post(url, sent(rule(), nobody, seen=actions.version_of([])))
    assert answer.status_code == 302
    shown = text(see(client, PAGE))
    assert "15 people" in shown
    assert "Some rules fit nobody now" in shown
    assert "one lesson can count for both" in shown
    assert AuditEvent.objects.filter(act="expectation.set").count() == 2
    next_year = f"{url}?year={factories.year() + 1}"
    assert "Nothing is set until you save" in client.get(f"{next_year}&copy=last-year").content.decode()
    assert not stands(factories.year() + 1).exists()
    csv = client.get(reverse("instruction:expectations-export")).content.decode()
    assert "teacher,,,,2,,42,15" in csv
    removing = sent(rule(at_least=3), nobody, seen=actions.version_of(stands())) | {"form-1-DELETE": "on"}
    client.post(url, removing)
    assert [one.at_least for one in stands()] == [3]


def test_rules_that_someone_else_changed_are_not_overwritten(sign_in, district):
    client, seen = sign_in(Role.CI_ADMINISTRATOR), actions.version_of([])
    actions.set_expectations(year=factories.year(), rules=[actions.Wanted(**rule(at_least=7))], by=None)
    answer = client.post(reverse(PAGE), sent(rule(at_least=4), seen=seen))
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Teacher, all schools: 7, by" in shown
    assert 'value="4"' in shown
    assert stands().get().at_least == 7


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param([rule(at_least=0)], id="none at least"),
        pytest.param([rule(at_least="many")], id="no number"),
        pytest.param([rule(), rule(at_least=4)], id="twice the same"),
        pytest.param([rule(by_day="2001-01-01")], id="a day of another year"),
        pytest.param([rule(role="aide")], id="a role nobody observes"),
        pytest.param([rule(kind="calibration")], id="a video"),
        pytest.param([rule(level="\0")], id="no level"),
    ],
)
def test_rules_that_make_no_sense_are_refused_on_page_and_rest(sign_in, district, wrong):
    client = sign_in(Role.HR)
    assert client.post(reverse(PAGE), sent(*wrong, seen=actions.version_of([]))).status_code == 400
    answer = client.put(reverse("api-expectations"), {"rules": wrong}, content_type="application/json")
    assert (answer.status_code, stands().count()) == (400, 0)
    assert "rules" in answer.json()


def test_rest_sets_all_rules_or_none(sign_in, district):
    client, url = sign_in(Role.HR), reverse("api-expectations")
    first = client.get(url).json()
    answer = client.put(
        url, {"rules": [rule()], "version": first["version"]}, content_type="application/json"
    )
    assert answer.json()["rules"] == [rule() | {"people_now": 15}]
    again = client.put(url, {"rules": [], "version": first["version"]}, content_type="application/json")
    assert (again.status_code, stands().count()) == (409, 1)
    everyone = sign_in(Role.TEACHER)
    assert everyone.get(url).json()["warnings"] == []
    assert everyone.put(url, {"rules": []}, content_type="application/json").status_code == 404


def away(person, first, end=None):
    with all_rows(why="a test's leave"):
        Leave.objects.create(person=person, during=DateRange(first, end))


def test_who_is_away_stands_in_no_list_and_no_number_tells_it(sign_in, district, compute):
    """A year that is over, seen by the principal; the board of numbers by someone of the central office."""
    year, school = factories.year() - 1, district.schools[0]
    first, last = schoolyear.bounds(year)[0], schoolyear.roster_day(year)
    seen, gone, *others = district.teachers[school.pk]
    factories.observation(
        version=district.version, observer=district.principals[0], observed=seen, school=school,
        levels=[3, 3, 3], on=last - timedelta(days=40),
    )  # fmt: skip
    factories.assignment(
        person=(new := factories.person(family="Newcomer")),
        org=school,
        during=DateRange(last - timedelta(days=9), None),
    )
    away(gone, first)
    ObservationExpectation.objects.create(school_year=year, at_least=2, by_day=last - timedelta(days=7))
    compute(year)
    page = sign_in(Role.PRINCIPAL).get(reverse("instruction:not-observed", args=[school.uid]), {"year": year})
    shown = text(page)
    assert "4 of 5 teachers have not been observed here" in shown
    names = [one.identity.display_name for one in (seen, gone, new, *others)]
    assert [name in shown for name in names] == [True, False, True, True, True, True, True]
    assert (
        shown.index("not as often as expected") < shown.index(names[0]) < shown.index("New, not expected yet")
    )
    client = sign_in(Role.CABINET)
    file = client.get(reverse("instruction:certainty-workbook"), {"year": year})
    rows = {row[0]: row for row in load_workbook(io.BytesIO(file.content)).active.values}
    assert rows[school.name][2:5] == (7, 0, "7, with the next 4 columns")
    assert "7 together" in text(see(client, "instruction:certainty", year=year))


def test_observers_alone_read_how_they_write(sign_in, district, computed):
    """Six lessons with three elements each, no note; then two with five elements, one of them even and noted."""
    shown = text(see(sign_in(Role.PRINCIPAL), "instruction:my-observing"))
    assert "Your last 6 observations: 6 had levels without notes . Notes are what a teacher can use." in shown
    assert "not measured" in shown
    version = factories.framework(elements=5)
    district.version.elements.first()
    for levels, note in (([3, 3, 3, 3, 3], "quoted"), ([2, 3, 3, 4, 3], "")):
        made = factories.observation(
            version=version, observer=district.principals[0], school=district.schools[0], levels=levels,
            observed=district.teachers[district.schools[0].pk][1],
        )  # fmt: skip
        with all_rows(why="a test's notes"):
            Rating.objects.filter(observation=made).update(evidence=note)
    answer = sign_in(Role.PRINCIPAL).get(
        reverse("instruction:my-observing"), {"framework": str(version.framework.uid)}
    )
    shown = text(answer)
    assert (
        "Your last 2 observations: 1 gave every element the same level ; 1 had levels without notes ."
        in shown
    )
    # Of 10 levels 1 is 2, 8 are 3, 1 is 4: 2 (0.1^5 + 0.8^5 + 0.1^5) = 0.66.
    assert "Of 2 with four elements or more, about 0.7 would" in shown
    assert answer["Cache-Control"] == "no-store"
    assert "You have no observations" in text(see(sign_in(Role.SUPERVISOR), "instruction:my-observing"))


def test_district_reads_sums_of_observers_and_who_sees_some_schools_none(sign_in, district, compute):
    for n in range(2):
        observer = factories.person(family=f"Visitor{n}")
        factories.observation(
            version=district.version, observer=observer, school=district.schools[0], levels=[3, 3, 3],
            observed=district.teachers[district.schools[0].pk][n],
        )  # fmt: skip
    compute()
    shown = text(see(sign_in(Role.CABINET), "instruction:certainty"))
    year = schoolyear.label(factories.year())
    assert f"Of 17 observations in {year}, 100 % have a level without a note." in shown
    assert "South" not in shown.partition("What observations give")[2].partition("How strict")[0]
    assert "have a level without a note" not in text(see(sign_in(Role.SUPERVISOR), "instruction:certainty"))


def test_queries_do_not_grow_with_rules_and_teachers(
    sign_in, district, computed, django_assert_max_num_queries
):
    client, url = sign_in(Role.PRINCIPAL), reverse("instruction:not-observed", args=[district.schools[0].uid])
    factories.assignment(person=factories.person(), org=district.schools[0])
    client.get(url)
    see(client, PAGE)
    with django_assert_max_num_queries(30) as names:
        client.get(url)
    with django_assert_max_num_queries(15) as rules:
        see(client, PAGE)
    for n in range(5):
        factories.assignment(person=factories.person(), org=district.schools[0])
        stands().create(
            school_year=factories.year(), at_least=n + 1, level=["", "k8", "high", "middle", "other"][n]
        )
    with django_assert_max_num_queries(len(names)):
        client.get(url)
    with django_assert_max_num_queries(len(rules)):
        see(client, PAGE)


def test_lessons_of_a_product_that_brought_no_note_say_nothing_of_how_they_were_written(district):
    """Its file had no column for notes: nobody wrote, or did not write, any for all that is known."""
    school, year = district.schools[0], schoolyear.current_year()
    about = {
        "version": district.version, "observer": district.principals[0], "school": school,
        "observed": district.teachers[school.pk][1], "levels": [3, 3, 3],
    }  # fmt: skip
    held = {"version": district.version, "year": year, "day": schoolyear.today()}

    def n():
        with all_rows(why="a test counts"):
            return facts(read_written(**held)).n

    before, product = n(), SourceSystem.objects.create(code="product", name="Product")
    made = [factories.observation(**about, source=product) for _one in range(2)]
    assert n() == before
    with all_rows(why="a note comes with one of them"):
        made[0].ratings.filter(element_version__place=1).update(evidence="Three explain.")
    assert n() == before + 2

"""How human resources changes positions on the pages; the walk sees to it that no other role can."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import current_year, today
from schools.models import StaffAssignment
from staffing.models import Incumbency, JobClass, Position
from tests import factories
from tests.staffing.conftest import days_ago, position

pytestmark = pytest.mark.django_db

LIST, ROSTER = "staffing:fill-rates", "staffing:from-roster"
BUTTON = "Make positions from the roster"


def at(name, row):
    return reverse(f"staffing:{name}", kwargs={"uid": row.uid})


def acts():
    return list(AuditEvent.objects.filter(act__startswith="position.").values_list("act", flat=True))


@pytest.fixture
def hr(sign_in, district):
    return sign_in(Role.HR)


@pytest.fixture
def vacancy(district):
    return position(school=district.schools[0], title="Grade 3 teacher", start=days_ago(100))


def test_first_positions_are_made_with_one_button(hr, district):
    assert BUTTON in hr.get(reverse(LIST)).text
    assert BUTTON not in hr.get(f"{reverse(LIST)}?year={current_year() - 1}").text
    page = hr.post(reverse(ROSTER), follow=True).text
    count = StaffAssignment.objects.on(today()).filter(org__in=district.schools).count()
    assert f"{count} positions were made." in page
    assert BUTTON not in page
    assert acts() == ["position.from_roster"]


def test_second_click_makes_nothing(hr):
    hr.post(reverse(ROSTER))
    count = Position.objects.count()
    assert "0 positions were made." in hr.post(reverse(ROSTER), follow=True).text
    assert Position.objects.count() == count


@pytest.mark.parametrize("role", [Role.CABINET, Role.PRINCIPAL])
def test_others_read_positions_without_a_way_to_change_them(sign_in, district, role):
    client = sign_in(role)
    assert BUTTON not in client.get(reverse(LIST)).text
    vacant = position(school=district.schools[0], title="Grade 3 teacher")
    page = client.get(at("school-positions", district.schools[0])).text
    assert "Grade 3 teacher" in page
    assert "Add a position" not in page
    assert at("fill", vacant) not in page


@pytest.fixture
def add(hr, district):
    """Return a function that sends the form for a half-time coach at the first school."""

    def added(**fields):
        body = {"title": "Math coach", "job_class": "coach", "fte": "0.50", "start": today().isoformat()}
        return hr.post(at("add", district.schools[0]), {**body, **fields}, follow=True)

    return added


def test_added_position_is_a_vacancy_of_the_school(add):
    page = add().text
    assert "Math coach was added." in page
    assert "1 of 1 positions is vacant" in page
    made = Position.objects.get()
    assert (made.job_class, made.fte) == (JobClass.COACH, Decimal("0.50"))
    assert (made.during.lower, made.during.upper) == (today(), None)
    assert acts() == ["position.add"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"fte": "0"}, "FTE is more than 0 and at most 1"),
        ({"fte": "1.5"}, "FTE is more than 0 and at most 1"),
        ({"fte": "NaN"}, "Enter a number."),
        ({"job_class": "wizard"}, "Select a valid choice."),
        ({"title": ""}, "This field is required."),
        ({"end": "2001-01-01"}, "later than the start"),
        ({"start": "0001-01-01"}, "This day is too long ago."),
    ],
)
def test_position_that_cannot_be_is_refused_in_words(add, fields, words):
    answer = add(**fields)
    assert answer.status_code == 400
    assert words in answer.text.replace("&#x27;", "'")
    assert (Position.objects.count(), acts()) == (0, [])


def test_vacancy_offers_the_schools_people_without_a_position(hr, district, vacancy):
    placed, free, *_ = district.teachers[district.schools[0].pk]
    position(school=district.schools[1], holder=placed)
    page = hr.get(at("fill", vacancy)).text
    assert "Terry Teacher01 (Teacher, Alder Elementary)" in page
    assert "Terry Teacher00" not in page
    assert "Terry Teacher10" not in page
    body = {"person": free.uid, "start": days_ago(3).isoformat()}
    page = hr.post(at("fill", vacancy), body, follow=True).text
    assert "Terry Teacher01 holds Grade 3 teacher from" in page
    held = Incumbency.objects.get(position=vacancy)
    assert (held.person, held.during.lower) == (free, days_ago(3))
    assert acts() == ["position.fill"]


def test_vacancy_is_filled_by_someone_found_by_name(hr, district, vacancy):
    found = district.teachers[district.schools[1].pk][0]
    url = f"{at('fill', vacancy)}?name=terry+TEACHER10"
    page = hr.get(url).text
    assert "Terry Teacher10 (Teacher, Birch Middle)" in page
    assert "Terry Teacher11" not in page
    hr.post(url, {"person": found.uid, "start": today().isoformat()})
    assert Incumbency.objects.get(position=vacancy).person == found


def test_name_nobody_has_says_so(hr, vacancy):
    assert "The roster knows nobody named Zebulon." in hr.get(f"{at('fill', vacancy)}?name=Zebulon").text


def test_common_name_asks_for_more_of_it(hr, district, vacancy):
    for _ in range(20):
        factories.assignment(person=factories.person(given="Terry"), org=district.schools[2])
    assert "write more of it" in hr.get(f"{at('fill', vacancy)}?name=terry").text


@pytest.mark.parametrize("name", ["%00", "x" * 101])
def test_name_that_is_none_shows_the_page(hr, vacancy, name):
    assert hr.get(f"{at('fill', vacancy)}?name={name}").status_code == 200


def test_filling_a_position_that_is_held_is_refused_in_words(hr, district, vacancy):
    one, two, *_ = district.teachers[district.schools[0].pk]
    for person, status in [(one, 302), (two, 400)]:
        answer = hr.post(at("fill", vacancy), {"person": person.uid, "start": today().isoformat()})
        assert answer.status_code == status
    assert "Someone else holds this position at that time." in answer.text
    assert acts() == ["position.fill"]


def test_filling_before_the_position_is_budgeted_is_refused_in_words(hr, district, vacancy):
    person = district.teachers[district.schools[0].pk][0]
    answer = hr.post(at("fill", vacancy), {"person": person.uid, "start": days_ago(101).isoformat()})
    assert answer.status_code == 400
    assert "The position is not budgeted all that time." in answer.text


def test_vacating_makes_the_day_the_first_vacant_one(hr, district):
    holder = district.teachers[district.schools[0].pk][0]
    held = position(school=district.schools[0], holder=holder, title="Reading teacher")
    assert "Terry Teacher00 holds this position today." in hr.get(at("vacate", held)).text
    page = hr.post(at("vacate", held), {"end": days_ago(2).isoformat()}, follow=True).text
    assert "Terry Teacher00 leaves Reading teacher on" in page
    assert "has been open for 2 days" in page
    assert acts() == ["position.vacate"]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("2020-01-01", "Nobody holds this position on that day."),
        ("0001-01-01", "This day is too long ago."),
        ("", "This field is required."),
    ],
)
def test_vacating_what_nobody_holds_is_refused_in_words(hr, vacancy, end, words):
    answer = hr.post(at("vacate", vacancy), {"end": end})
    assert answer.status_code == 400
    assert words in answer.text
    assert acts() == []


def test_pages_take_as_many_queries_for_many_people(hr, district, vacancy):
    school, counts = district.schools[0], []
    for more in (0, 12):
        for _ in range(more):
            factories.assignment(person=factories.person(given="Terry"), org=school)
            position(school=school, holder=factories.person(), start=today() - timedelta(days=9))
        for url in (at("school-positions", school), f"{at('fill', vacancy)}?name=terry"):
            hr.get(url)
            with CaptureQueriesContext(connection) as queries:
                hr.get(url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]

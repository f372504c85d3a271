"""The home of a principal supervisor and the view of all of them: who sees what, in which order, in how many queries."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import strip_tags

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.models import new_uid
from alignment_dash.access.roles import Role
from schools.names import name_of
from supervision.models import (
    CaseloadSchool,
    Commitment,
    EntryPrincipal,
    NonContactDay,
    TimeEntry,
    TimeGoal,
    Visit,
)
from supervision.needs import PAPER_SPAN, Bounds
from supervision.overview import sparks
from supervision.overview.rows import District, Home, Owed, PrincipalRow, SupervisorRow
from supervision.overview.words import district_sentence, home_sentence
from supervision.timelog.days import monday_of
from supervision.visiting import Wait
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("february")]
HOME = reverse("supervision:home")


def weekday(back: int = 0) -> date:
    """Return the weekday `back` weekdays before today, or before the last one."""
    day = schoolyear.today()
    while True:
        if day.weekday() < 5:
            if not back:
                return day
            back -= 1
        day -= timedelta(days=1)


def visited(district, place: int, day: date, **fields) -> Visit:
    return Visit.objects.create(
        supervisor=district.supervisor,
        principal=district.principals[place],
        school=district.schools[place],
        day=day,
        state="done",
        made_by=district.users[Role.SUPERVISOR],
        **fields,
    )


def promised(district, place: int, due: date) -> Commitment:
    with reach.all_rows(why="a test's commitments"):
        return Commitment.objects.create(
            principal=district.principals[place],
            school=district.schools[place],
            writer=district.supervisor,
            by="principal",
            text="Sit in on a team meeting",
            made_on=date(2020, 1, 1),
            due=due,
            first_due=due,
        )


def spent(district, place: int, day: date, minutes: int, purpose: str = "one-on-one", **fields) -> TimeEntry:
    entry = TimeEntry.objects.create(
        uid=new_uid(),
        supervisor=district.supervisor,
        day=day,
        minutes=minutes,
        purpose=purpose,
        **fields,
    )
    EntryPrincipal.objects.create(
        entry=entry, principal=district.principals[place], school=district.schools[place]
    )
    return entry


def rows(sign_in) -> list[dict]:
    return sign_in(Role.SUPERVISOR).get(reverse("api-my-principals")).json()["principals"]


def test_home_puts_who_is_furthest_behind_first(district, sign_in):
    visited(district, 0, weekday(1))
    visited(district, 0, weekday(2))
    promised(district, 1, schoolyear.today() - timedelta(days=1))
    promised(district, 1, schoolyear.today())
    found = rows(sign_in)
    assert [(row["school_name"], row["visits"]) for row in found] == [
        ("Birch Middle", 0),
        ("Alder Elementary", 2),
    ]
    assert (found[0]["open_commitments"], found[0]["overdue_commitments"]) == (2, 1)
    assert (found[0]["last_visit"], found[1]["last_visit"]) == (None, str(weekday(1)))
    page = sign_in(Role.SUPERVISOR).get(HOME).text
    assert "1 commitment</b> is overdue" in page
    assert "You support 2 principals" in page
    sheet = reverse("supervision:visit-sheet", args=[district.schools[1].uid, district.principals[1].uid])
    assert page.index(sheet) < page.index("Alder Elementary</a>")


def test_home_names_who_comes_first_and_whom_a_visit_is_planned_to_today():
    day = date(2026, 11, 23)
    never, late = Wait(None, 60, 10.0, 2, 1.0), Wait(date(2026, 11, 2), 15, 10.0, 2, 1.0)
    seen = Wait(date(2026, 11, 20), 1, 10.0, 2, 1.0)

    def told(*rows: PrincipalRow) -> str:
        return strip_tags(home_sentence(Home(rows, None, date(2026, 11, 2), day, 15)))

    first = told(row_of("Ann", never, overdue=1), row_of("Bo", late), row_of("Cy", seen))
    assert first.startswith(
        "Ann (Ann High) comes first: no visit is known yet, 1 commitment overdue, none planned. "
        "2 of 3 have waited longer for a visit than their need asks. "
    )
    planned = told(row_of("Bo", late, planned=date(2026, 11, 25)), row_of("Cy", seen))
    assert planned.startswith(
        "Bo (Bo High) comes first: last visit 21 days ago, a visit planned for Nov 25. "
    )
    today = told(row_of("Ann", never, planned=day), row_of("Bo", late), row_of("Cy", seen, planned=day))
    assert today.startswith("You visit Ann (Ann High), Cy (Cy High) today. Bo (Bo High) comes first: ")
    twice = row_of("Ann", never, planned=day)
    assert told(twice, twice).startswith("You visit Ann (Ann High) today. 1 of 1 has waited")
    assert told(row_of("Cy", seen)).startswith("Nobody waits longer")


def row_of(name: str, wait: Wait, *, planned: date | None = None, overdue: int = 0) -> PrincipalRow:
    return PrincipalRow(
        school_uid=uuid4(), school=f"{name} High", principal_uid=uuid5(NAMESPACE_URL, name), principal=name,
        need=None, wait=wait, planned=planned, visits=0, expected=1.4, focus="", open=overdue, overdue=overdue,
        minutes=(), day=date(2026, 11, 23),
    )  # fmt: skip


def test_next_visit_that_she_has_planned_stands_beside_the_principal(district, sign_in):
    ahead = schoolyear.today() + timedelta(days=3)
    plan = Visit.objects.create(
        supervisor=district.supervisor, principal=district.principals[1], school=district.schools[1], day=ahead,
        made_by=district.users[Role.SUPERVISOR],
    )  # fmt: skip
    assert {row["school_name"]: row["planned_visit"] for row in rows(sign_in)} == {
        "Birch Middle": str(ahead), "Alder Elementary": None,
    }  # fmt: skip
    assert f"planned {date_format(ahead, 'M j')}</small>" in sign_in(Role.SUPERVISOR).get(HOME).text
    told = sign_in(Role.SUPERVISOR).get(reverse("supervision:home-csv")).text
    assert "Next visit planned" in told.splitlines()[0]
    assert str(ahead) in told
    plan.day = schoolyear.today()
    plan.save()
    page = sign_in(Role.SUPERVISOR).get(HOME).text
    sheet = reverse("supervision:visit-sheet", args=[plan.school.uid, plan.principal.uid])
    linked = f'You visit <a href="{sheet}"><b>{name_of(plan.principal)}</b></a> (Birch Middle) today.'
    for address in (HOME, reverse("ui:home")):
        assert linked in sign_in(Role.SUPERVISOR).get(address).text
    assert "planned today" in page
    # What somebody else has planned is not hers to do.
    plan.supervisor = factories.person()
    plan.save()
    assert "You visit" not in sign_in(Role.SUPERVISOR).get(HOME).text


def test_expected_visits_follow_the_goal_the_contact_days_and_no_need_is_the_average(district, sign_in):
    TimeGoal.objects.create(
        school_year=schoolyear.current_year(), supervisor=district.supervisor, kind="visits", value=4
    )
    since = monday_of(schoolyear.today()) - timedelta(weeks=3)
    days = [since + timedelta(days=n) for n in range((schoolyear.today() - since).days + 1)]
    weekdays = [day for day in days if day.weekday() < 5]
    assert rows(sign_in)[0]["visits_expected"] == pytest.approx(4 * len(weekdays) / 21, abs=0.006)
    NonContactDay.objects.create(day=weekdays[0], kind="holiday")
    NonContactDay.objects.create(supervisor=district.supervisor, day=weekdays[1], kind="leave")
    assert rows(sign_in)[0]["visits_expected"] == pytest.approx(4 * (len(weekdays) - 2) / 21, abs=0.006)


def test_time_is_told_by_week_and_a_day_of_teaching_leadership_is_a_visit(district, sign_in):
    spent(district, 0, weekday(), 90)
    spent(district, 0, weekday() - timedelta(weeks=2), 30, purpose="principal-plc")
    found = {row["school_name"]: row for row in rows(sign_in)}["Alder Elementary"]
    weeks = (monday_of(schoolyear.today()) - monday_of(weekday())).days // 7
    assert found["minutes_by_week"][7 - weeks] == 90
    assert found["minutes_by_week"][5 - weeks] == 30
    assert (found["visits"], found["last_visit"]) == (1, str(weekday()))


def test_home_takes_twelve_queries_however_many_principals(district, sign_in, compute):
    compute()
    client = sign_in(Role.SUPERVISOR)

    def asked() -> int:
        client.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME).status_code == 200
        return len(queries)

    element = district.version.elements.first().element
    visited(district, 0, weekday(1), element=element)
    few = asked()
    for number in range(10):
        school = factories.org(parent=district.networks[0], name=f"School {number}")
        principal = factories.person()
        factories.caseload(supervisor=district.supervisor, principal=principal, school=school)
        district.schools.append(school)
        district.principals.append(principal)
        place = len(district.schools) - 1
        district.principals[place] = principal
        Visit.objects.create(
            supervisor=district.supervisor, principal=principal, school=school, day=weekday(2), state="done",
            made_by=district.users[Role.SUPERVISOR], element=element,
        )  # fmt: skip
    assert asked() == few <= 12


def test_need_of_the_snapshot_stands_beside_the_principal(district, sign_in, compute):
    run = compute()
    CaseloadSchool.objects.filter(run=run, school=district.schools[0]).update(
        need=1.4, need_low=1.1, need_high=1.7
    )
    found = {row["school_name"]: row for row in rows(sign_in)}
    assert (found["Alder Elementary"]["need"], found["Alder Elementary"]["need_low"]) == (1.4, 1.1)
    assert (
        found["Alder Elementary"]["visits_expected"] > found["Birch Middle"]["visits_expected"]
        or (found["Birch Middle"]["need"] or 0) > 1.4
    )


def test_cabinet_sees_sums_and_no_principal(district, sign_in):
    visited(district, 0, weekday(1))
    ended = monday_of(schoolyear.today()) - timedelta(weeks=1)
    entry = spent(district, 0, ended, 60)
    TimeEntry.objects.create(
        uid=new_uid(), supervisor=district.supervisor, day=ended, minutes=120,
        purpose="covering", department="hr",
    )  # fmt: skip
    assert "too few entries" in sign_in(Role.CABINET).get(reverse("supervision:overview")).text
    for _n in range(3):  # fewer than five entries would tell what each was
        TimeEntry.objects.create(
            uid=new_uid(), supervisor=district.supervisor, day=ended, minutes=20, purpose="travel"
        )
    answer = sign_in(Role.CABINET).get(reverse("api-principal-supervisors")).json()
    [row] = answer["supervisors"]
    assert (row["minutes"], row["covering_minutes"]) == (240, 120)
    assert row["with_principals"] == pytest.approx(1 / 4)
    # Of two principals, a number would tell of each.
    assert (row["visited_as_need_asks"], row["visited_of"]) == (None, 2)
    assert answer["time_until"] == str(monday_of(schoolyear.today()) - timedelta(days=1))
    assert answer["covered"] == [{"department": "Human resources", "minutes": 120, "supervisors": 1}]
    page = sign_in(Role.CABINET).get(reverse("supervision:overview")).text
    assert "<b>2 h</b> went into the work of Human resources." in page
    assert page.count("2 h</td>") == 2  # of the supervisor, and of the department
    assert "Principal0" not in page
    assert str(entry.uid) not in page


def test_nobody_but_the_supervisor_sees_her_principals(district, sign_in):
    assert sign_in(Role.CABINET).get(reverse("api-my-principals")).json()["principals"] == []
    for role in (Role.HR, Role.PRINCIPAL, Role.CI_ADMINISTRATOR):
        assert sign_in(role).get(HOME).status_code == 404


def test_bars_share_a_height_and_zero_has_none():
    drawn = sparks.bars([0, 30, 60], 60)
    assert [(round(height), y) for _x, y, _width, height in drawn] == [(12, 12.0), (24, 0.0)]
    assert sparks.bars([], 60) == sparks.bars([0, 0], 0) == []
    assert sparks.bars([1, 600], 600)[0][3] == 1.0


def test_navigation_begins_with_a_supervisors_own_principals_and_leads_the_cabinet_to_all(district, sign_in):
    def named(role: Role) -> list[str]:
        return [
            str(one["label"])
            for one in sign_in(role).get(reverse("notices:notice-list")).context["nav_items"]
        ]

    mine, all_ = named(Role.SUPERVISOR), named(Role.CABINET)
    assert mine[0] == "Your principals"
    assert "Time" in mine
    assert "Principal supervisors" not in mine
    assert "Principal supervisors" in all_
    assert not {"Your principals", "Time"} & set(all_)


@pytest.mark.parametrize(("most", "above"), [(12, "2 of 3"), (13, "1 of 3")])
def test_cabinet_is_told_how_many_loads_are_above_the_span_with_their_whole_interval(most, above):
    span = Bounds(8, most)
    rows = [
        SupervisorRow(uuid4(), name, 11, 0, need, low, high, 3, 11, 0.6, 0.5, 0, 900, span)
        for name, need, low, high in (("A", 12.1, 10.7, 13.5), ("B", 14.0, 12.2, 15.8), ("C", 9.0, 8.0, 10.0))
    ]
    told = district_sentence(district_of(rows, span=span))
    carry, whole = ("carry", "the whole interval is above 12 for 1") if most == 12 else (
        "carries", "the whole interval of none of them is above 13"
    )  # fmt: skip
    assert told.endswith(
        f"<b>{above} principal supervisors</b> {carry} more than {most} principals' worth of need as estimated; {whole}."
    )


def test_cabinet_is_told_first_how_much_time_was_with_principals_and_whose_work_took_it():
    rows = [
        SupervisorRow(uuid4(), "A", 11, 0, None, None, None, 3, 11, 0.7, 0.5, 60, 900, PAPER_SPAN),
        SupervisorRow(uuid4(), "B", 11, 0, None, None, None, 3, 11, 0.4, 0.3, 30, 300, PAPER_SPAN),
        SupervisorRow(
            uuid4(), "C", 11, 0, None, None, None, 3, 11, None, None, 0, 0, PAPER_SPAN, is_few=True
        ),
    ]
    owed = [Owed("Human resources", 60, 1), Owed("Curriculum and instruction", 30, 1)]
    # By hand: (0.7 x 900 + 0.4 x 300) / 1200 = 0.625, told as 62 %.
    assert district_sentence(district_of(rows, owed)).startswith(
        "Since Sep 7, <b>62 %</b> of their time was with principals. <b>1 h 30 min</b> went into other departments' "
        "work, the most into that of Human resources (1 h). "
    )
    assert "of their time" not in district_sentence(district_of(rows[2:]))


def district_of(rows: list[SupervisorRow], owed: Sequence[Owed] = (), span: Bounds = PAPER_SPAN) -> District:
    return District(
        rows=rows, owed=owed, schools_without=0, snapshot=None, since=date(2026, 9, 7), until=date(2026, 11, 22),
        day=date(2026, 11, 23), proposals=(), openings=0, ready_now=0, ready_next=0, span=span,
    )  # fmt: skip

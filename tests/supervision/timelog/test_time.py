"""Entering time, what it adds up to, and who sees how much of it."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import bounds, current_year, today
from instruction.models import Element, FrameworkKind
from instruction.revisions import Moved
from supervision.models import CaseloadAssignment, GoalKind, NonContactDay, TimeEntry, TimeGoal
from supervision.timelog import account, actions, aims, queries, sample, simulated
from supervision.timelog.purposes import ON_LEADERSHIP, WITH_PRINCIPALS
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("february")]

MONDAY = factories.late_day() - timedelta(days=factories.late_day().weekday() + 14)


@pytest.fixture
def supervisor(user_in):
    return user_in(Role.SUPERVISOR)


@pytest.fixture
def add(district, supervisor):
    def added(minutes=60, purpose="one-on-one", *, day=MONDAY, principals=(), **more):
        return actions.add_entry(
            scope=scope_of(supervisor),
            by=supervisor,
            day=day,
            minutes=minutes,
            purpose=purpose,
            principals=[(district.principals[n].pk, district.schools[n].pk) for n in principals],
            **more,
        )

    return added


def refused(add, *args, **more):
    with pytest.raises(ValidationError) as caught:
        add(*args, **more)
    return caught.value.message_dict


def test_entry_sent_twice_is_one_and_other_content_under_its_id_is_not_taken(add, supervisor, district):
    uid = uuid4()
    assert add(45, principals=[0], uid=uid).is_new
    assert not add(45, principals=[0], uid=uid).is_new
    with pytest.raises(Moved):
        add(50, principals=[0], uid=uid)
    assert [one.minutes for one in TimeEntry.objects.all()] == [45]
    events = AuditEvent.objects.filter(act__startswith="time.")
    # Who reads the audit learns that she wrote, and neither minutes, purpose nor principal.
    assert [one.detail for one in events] == [{"entry": str(uid)}]
    assert events[0].target_label == str(supervisor.person)


def test_entry_past_midnight_is_one_on_each_day_and_again_when_sent_again(add):
    late = timezone.make_aware(datetime.combine(MONDAY, datetime.min.time())) + timedelta(hours=23)
    uid = uuid4()
    made = add(90, starts_at=late, uid=uid)
    assert [(one.day, one.minutes) for one in made.entries] == [
        (MONDAY, 60),
        (MONDAY + timedelta(days=1), 30),
    ]
    assert [one.pk for one in add(90, starts_at=late, uid=uid).entries] == [one.pk for one in made.entries]
    again = add(30, "travel", starts_at=late + timedelta(minutes=30))
    assert [one.pk for one in again.overlapping] == [made.entry.pk]


def test_what_cannot_be_is_refused_in_words(add, district):
    assert "plan it as a visit" in refused(add, day=today() + timedelta(days=1))["day"][0]
    late = timezone.now() + timedelta(minutes=5)
    assert "day" in refused(add, day=timezone.localdate(late), starts_at=late)
    add(23 * 60)
    assert "25 hours and 0 minutes" in refused(add, 120)["minutes"][0]
    assert "department" in refused(add, purpose="covering")
    assert "department" in refused(add, purpose="covering", department="supervision")
    assert "department" in refused(add, purpose="travel", department="hr")
    assert "1 principal" in refused(add, 5, principals=[2])["principals"][0]
    assert "element" in refused(add, 5, element=Element.objects.first())
    assert "minutes" in refused(add, 0)
    assert "purpose" in refused(add, 5, "golf")
    leadership = factories.framework(kind=FrameworkKind.LEADERSHIP)
    assert add(5, element=leadership.elements.first().element).entry.element is not None


def test_entry_is_changed_removed_and_brought_back(add, supervisor):
    scope, by = scope_of(supervisor), supervisor
    held = add(45, principals=[0, 1]).entry
    changed = actions.change_entry(scope=scope, by=by, entry=held, revision=0, minutes=50).entry
    assert (changed.minutes, changed.revision, changed.principals.count()) == (50, 1, 2)
    with pytest.raises(Moved):
        actions.change_entry(scope=scope, by=by, entry=held, revision=0, minutes=55)
    with pytest.raises(Moved):
        actions.remove_entry(scope=scope, by=by, entry=held, revision=0)
    kept = actions.remove_entry(scope=scope, by=by, entry=held, revision=1)
    assert not TimeEntry.objects.exists()
    back = actions.restore_entry(scope=scope, by=by, kept=kept).entry
    assert (back.uid, back.minutes, back.principals.count()) == (held.uid, 50, 2)


def test_shares_count_contact_days_alone_and_departments_owe_what_was_covered(add, supervisor, user_in):
    add(90, "one-on-one", principals=[0])
    add(60, "principal-plc", principals=[0, 1])
    add(50, "evaluation", principals=[1])
    add(80, "covering", department="hr")
    add(40, "covering", department="other", day=MONDAY + timedelta(days=1))
    add(30, "travel")
    add(300, "operations", day=MONDAY + timedelta(days=2))
    scope = scope_of(supervisor)
    aims.leave_out(scope=scope, by=supervisor, first=MONDAY + timedelta(days=2), kind="leave")
    own = supervisor.person.pk
    asked = ([own], MONDAY, MONDAY + timedelta(days=6))
    share = queries.shares(scope, *asked)[own]
    # By hand: 200 of 350 minutes with principals, 150 of them on leadership; the 300 of a day off count for nothing.
    assert (share.minutes, share.entries, share.days) == (350, 6, 2)
    assert share.with_principals == pytest.approx(200 / 350)
    assert share.on_leadership == pytest.approx(150 / 350)
    assert share.covering == pytest.approx(120 / 350)
    assert queries.covered_by_department(scope, *asked) == {"hr": 80, "other": 40}
    weeks = queries.weekly(scope, [own], weeks=4)[own]
    assert [week.minutes for week in weeks] == [0, 350, 0, 0]
    # The 60 minutes of the PLC are shared by two.
    told = queries.contacts(scope, own, *asked[1:])
    assert sorted(contact.minutes for contact in told.values()) == [80, 120]
    # The cabinet has the same sums, and nothing of single principals.
    cabinet = scope_of(user_in(Role.CABINET))
    assert queries.shares(cabinet, *asked)[own] == share
    assert queries.contacts(cabinet, own, *asked[1:]) == {}
    assert not queries.own_entries(cabinet).exists()
    assert queries.shares(scope_of(user_in(Role.HR)), *asked) == {}
    # A thin week, and one that has not ended, are hers alone: no two periods differ by what single entries were.
    add(15, "other", day=MONDAY + timedelta(days=7))
    for _n in range(5):
        add(5, "travel", day=today())
    until = today() + timedelta(days=6)
    assert queries.shares(scope, [own], MONDAY, until)[own].minutes == 390
    assert queries.shares(cabinet, [own], MONDAY, until)[own].minutes == 350
    # A period that cuts a week tells nothing of it.
    assert queries.shares(cabinet, [own], MONDAY + timedelta(days=1), until)[own].is_few
    assert [week.minutes for week in queries.weekly(cabinet, [own], weeks=3)[own]] == [350, 0, 0]
    # Nor do days left out for all: they are gone from her own sums at once, from others' with the whole week.
    changer = user_in(Role.CABINET)
    how = {"scope": cabinet, "by": changer, "kind": "holiday", "for_district": True}
    aims.leave_out(first=MONDAY, last=MONDAY + timedelta(days=3), **how)
    assert queries.shares(scope, *asked)[own].minutes == 0
    assert queries.shares(cabinet, *asked)[own] == share
    assert [week.minutes for week in queries.weekly(cabinet, [own], weeks=3)[own]] == [350, 0, 0]
    assert queries.covered_by_department(cabinet, *asked) == {"hr": 80, "other": 40}
    aims.leave_out(first=MONDAY + timedelta(days=4), **how)
    assert queries.shares(cabinet, *asked)[own].minutes == 0
    assert [week.minutes for week in queries.weekly(cabinet, [own], weeks=3)[own]] == [0, 0, 0]


def test_goals_of_ones_own_hold_before_the_districts_and_two_at_once_are_told(supervisor, user_in):
    cabinet, year = user_in(Role.CABINET), current_year()

    def goal(user, value, **more):
        return aims.set_goal(
            scope=scope_of(user), by=user, school_year=year, kind=GoalKind.VISITS, value=value, **more
        )

    goal(cabinet, 2, for_district=True)
    own = supervisor.person.pk
    assert account.goals(year, [own])[own].visits == 2
    goal(supervisor, 3)
    assert account.goals(year, [own])[own].visits == 3
    with pytest.raises(PermissionDenied):
        goal(supervisor, 4, for_district=True)
    with pytest.raises(Moved):
        goal(cabinet, 4, revision=-1, for_district=True)
    with pytest.raises(ValidationError):
        goal(supervisor, 31)
    assert goal(supervisor, None) is None
    assert account.goals(year, [own])[own].visits == 2


def test_a_break_leaves_out_its_weekdays_once(user_in):
    cabinet = user_in(Role.CABINET)
    how = {"scope": scope_of(cabinet), "by": cabinet, "for_district": True}
    assert len(aims.leave_out(first=MONDAY, last=MONDAY + timedelta(days=7), kind="holiday", **how)) == 6
    assert aims.leave_out(first=MONDAY, kind="holiday", **how) == []
    assert aims.count_again(days=[MONDAY], **how) == 1
    with pytest.raises(ValidationError):
        aims.leave_out(first=MONDAY, last=MONDAY - timedelta(days=1), kind="holiday", **how)


def test_pages_tell_the_supervisor_all_and_the_cabinet_sums(
    add, sign_in, district, supervisor, django_assert_max_num_queries
):
    add(45, "modeling", principals=[0])
    add(30, "covering", department="hr")
    client = sign_in(Role.SUPERVISOR)
    with django_assert_max_num_queries(20):
        mine = client.get(reverse("supervision:my-time"), {"week": MONDAY.isoformat()})
    text = mine.content.decode()
    assert "<b>60 %</b> of your time was with principals" in text
    assert "Principal0" in text
    assert "no-store" in mine["Cache-Control"]
    sent = {"revision": 0}
    held = TimeEntry.objects.get(purpose="modeling")
    client.post(reverse("supervision:entry-remove", args=[held.uid]), sent)
    assert "Undo" in client.get(reverse("supervision:my-time")).content.decode()
    client.post(reverse("supervision:entry-restore"))
    assert TimeEntry.objects.filter(uid=held.uid, minutes=45).exists()
    home = client.get(reverse("ui:home")).content.decode()
    assert f'href="{reverse("supervision:quick-entry")}"' in home
    client = sign_in(Role.CABINET)
    text = client.get(reverse("supervision:time-district")).content.decode()
    # Two entries would tell what each was.
    assert "too few entries in a week that has ended to add up" in text
    assert "Human resources" not in text
    for _n in range(3):
        add(15, "travel")
    text = client.get(reverse("supervision:time-district")).content.decode()
    assert "Sam Supervisor" in text
    # Whole weeks alone are added up, so that is as far as the sums say they go.
    ended = today() - timedelta(days=today().weekday() + 1)
    assert f" to {ended:%b} {ended.day}, {ended.year} · 5 entries · whole weeks that have ended" in text
    assert "Human resources" in text
    assert "Principal0" not in text
    assert client.get(reverse("supervision:entry-change", args=[held.uid])).status_code == 404
    year = current_year()
    goals, form = reverse("supervision:time-district-goals"), {"visits": "3", "visits-revision": "-1"}
    assert client.post(goals, form).status_code == 302
    # Who had the page open from before is told what stands, and what they typed is still there.
    late = client.post(goals, form | {"visits": "5"})
    assert late.status_code == 409
    assert "3 a month" in late.content.decode()
    assert TimeGoal.objects.get(school_year=year, supervisor=None).value == 3
    assert client.post(goals, {"visits": "99"}).status_code == 400
    days = reverse("supervision:time-district-days")
    client.post(days, {"first": MONDAY.isoformat(), "kind": "holiday"})
    assert NonContactDay.objects.filter(supervisor=None, day=MONDAY).exists()
    text = client.get(reverse("supervision:time-district")).content.decode()
    assert "· 5 entries · whole weeks that have ended" in text
    friday = MONDAY + timedelta(days=4)
    client.post(days, {"first": MONDAY.isoformat(), "last": friday.isoformat(), "kind": "holiday"})
    assert (
        "has entered time for these days yet"
        in client.get(reverse("supervision:time-district")).content.decode()
    )
    # What is left out ahead is told too, and can be taken back.
    last = bounds(year)[1] - timedelta(days=1)
    client.post(days, {"first": last.isoformat(), "kind": "holiday"})
    assert f'value="{last}"' in client.get(reverse("supervision:time-district")).content.decode()
    week = [(MONDAY + timedelta(days=n)).isoformat() for n in range(5)]
    client.post(days, {"again": [*week, last.isoformat()]})
    assert not NonContactDay.objects.exists()


def test_rest_enters_changes_and_removes_and_answers_in_words(district, sign_in):
    client = sign_in(Role.SUPERVISOR)
    url = reverse("api-time-entries")
    asked = {
        "uid": str(uuid4()),
        "day": MONDAY.isoformat(),
        "minutes": 45,
        "purpose": "observing-together",
        "principals": [{"principal": str(district.principals[0].uid)}],
    }

    def post(**more):
        return client.post(url, asked | more, content_type="application/json")

    made = post()
    assert made.status_code == 201
    entry = made.json()["entries"][0]
    assert entry["principals"][0]["school"] == str(district.schools[0].uid)
    assert post().status_code == 200
    assert post(minutes=50).status_code == 409
    for field, value in [
        ("day", "2999-01-01"), ("minutes", 0), ("minutes", "long"), ("purpose", "golf"), ("element", "E99"),
        ("principals", [{"principal": str(uuid4())}]), ("department", "hr"), ("starts_at", "soon"),
    ]:  # fmt: skip
        bad = post(uid=str(uuid4()), **{field: value})
        assert bad.status_code == 400, (field, value, bad.content)
        assert field in bad.json(), bad.json()
    one = reverse("api-time-entry", args=[entry["uid"]])
    change = {"minutes": 60, "revision": 0}
    assert client.patch(one, change, content_type="application/json").json()["entries"][0]["minutes"] == 60
    assert client.patch(one, change | {"minutes": 1}, content_type="application/json").status_code == 409
    assert client.get(url, {"from": MONDAY.isoformat(), "to": MONDAY.isoformat()}).json()["count"] == 1
    assert client.get(url, {"from": "soon"}).status_code == 400
    shares = client.get(reverse("api-time-shares"), {"period": "4"}).json()
    assert [(row["minutes"], row["with_principals"]) for row in shares] == [(60, 1.0)]
    goals = reverse("api-time-goals")
    goal = {"kind": "visits", "value": 4}
    assert client.put(goals, goal, content_type="application/json").json()["is_own"]
    everyone = goal | {"for_district": True}
    assert client.put(goals, everyone, content_type="application/json").status_code == 404
    assert client.delete(f"{one}?revision=1").status_code == 204
    assert client.get(one).status_code == 404


def test_simulated_year_read_by_the_real_queries_gives_its_known_truth(district, supervisor):
    rng = np.random.default_rng(5)
    first = date(today().year - 1, 1, 5)
    days = np.array([first.toordinal() + 7 * (n // 5) + n % 5 for n in range(40)])
    year = simulated.simulate(rng, len(days), np.array([0.8, 1.4]))
    places = [(district.principals[n].pk, district.schools[n].pk) for n in (0, 1)]
    own = supervisor.person.pk
    sample.write_year(year, own, places, days, rng)
    scope = scope_of(supervisor)
    asked = (date.fromordinal(int(days[0])), date.fromordinal(int(days[-1])))
    share = queries.shares(scope, [own], *asked)[own]
    assert share.with_principals == pytest.approx(year.share(WITH_PRINCIPALS))
    assert share.on_leadership == pytest.approx(year.share(ON_LEADERSHIP))
    assert share.days == len(days)
    seen = queries.contacts(scope, own, *asked)
    assert len(seen) == 2
    assert sum(one.minutes for one in seen.values()) == pytest.approx(
        year.share(WITH_PRINCIPALS) * share.minutes
    )


def test_time_on_a_day_left_out_is_said_to_count_for_nothing(district, sign_in, add):
    for n in range(5):
        NonContactDay.objects.create(day=MONDAY + timedelta(days=n), kind="holiday")
    client = sign_in(Role.SUPERVISOR)
    enter, mine = reverse("supervision:quick-entry"), reverse("supervision:my-time")
    sent = {"purpose": "travel", "minutes": "20", "day": MONDAY.isoformat(), "uid": str(uuid4())}
    said = client.post(enter, sent, follow=True).text
    assert (
        f"{date_format(MONDAY, 'M j')} is left out for you: the entry is kept, and counts in no share."
        in said
    )
    assert "Today is left out" not in said
    page = client.get(mine, {"week": MONDAY.isoformat()}).text
    assert page.count("left out: not counted") == 1
    assert page.count("<small>left out</small>") == 1
    counts = sent | {"day": (MONDAY - timedelta(days=7)).isoformat(), "uid": str(uuid4())}
    assert "is left out for you" not in client.post(enter, counts, follow=True).text
    NonContactDay.objects.create(day=today(), kind="holiday")
    assert "Today is left out" in client.get(enter).text


def test_file_of_ones_own_time_names_the_element_as_the_framework_does(district, sign_in, add):
    worded = factories.framework(kind=FrameworkKind.LEADERSHIP, elements=1).elements.get()
    add(30, principals=[0], element=worded.element)
    told = sign_in(Role.SUPERVISOR).get(reverse("supervision:my-time-csv")).content.decode()
    assert f",{worded.name}," in told


def test_time_with_principals_that_names_nobody_says_so(district, sign_in, add):
    client, enter = sign_in(Role.SUPERVISOR), reverse("supervision:quick-entry")
    sent = {"purpose": "one-on-one", "minutes": "20", "day": MONDAY.isoformat()}
    assert "Nobody is named" in client.post(enter, sent | {"uid": str(uuid4())}, follow=True).text
    named = CaseloadAssignment.objects.filter(supervisor=district.supervisor).first()
    more = sent | {"uid": str(uuid4()), "principals": [str(named.uid)]}
    assert "Nobody is named" not in client.post(enter, more, follow=True).text
    assert "Nobody is named" not in client.post(
        enter, sent | {"uid": str(uuid4()), "purpose": "travel"}, follow=True
    ).text  # fmt: skip


def test_day_that_would_be_too_long_is_named_as_people_write_it(add):
    add(23 * 60, "travel")
    assert refused(add, 120, "travel") == {
        "minutes": [
            f"With this, {date_format(MONDAY, 'M j, Y')} would have 25 hours and 0 minutes; a day has 24 hours."
        ]
    }

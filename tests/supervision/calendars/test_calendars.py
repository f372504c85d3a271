"""A supervisor lets her calendar be read, and confirms a week; nobody else sees a word of it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access import reach
from alignment_dash.access.models import AuditEvent, new_uid
from alignment_dash.access.persondata.registry import Subject
from alignment_dash.access.persondata.retention import remove_what_is_due
from alignment_dash.access.roles import Role
from supervision.calendars import tasks, weeks
from supervision.calendars.person_data import EVENTS, FEEDS, WEEKS
from supervision.calendars.weeks import last_monday
from supervision.models import (
    CalendarEvent,
    CalendarFeed,
    ConfirmedWeek,
    EntryPrincipal,
    EventState,
    TimeEntry,
)
from tests.supervision.calendars.ics import at, event, file, on

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-address"
WALK = event("walk", "Learning walk", at(0, "0900"), at(0, "1030"), "LOCATION:Alder Elementary")
CALL = event("call", "Angela about substitutes", at(0, "1000"), at(0, "1045"))
DAY = event("day", "Conference", on(1), on(2), zone=";VALUE=DATE")
# In the district's own time, whichever that is: half an hour of it is of the next day.
NIGHT = event("night", "Board meeting", at(2, "2100"), at(3, "0030"), zone="")
SECRETLY = event("private", "Doctor Finch", at(3, "1400"), at(3, "1500"), "CLASS:PRIVATE")
WEEK = (WALK, CALL, DAY, NIGHT, SECRETLY)


class Calendars(ThreadingHTTPServer):
    """Serves one calendar; counts how often it said that nothing has changed."""

    content = b""
    status = 200
    n_asked = n_unchanged = 0


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.n_asked += 1
        etag = f'"{hash(server.content)}"'
        same = self.headers.get("If-None-Match") == etag
        server.n_unchanged += same
        body = b"" if same else server.content
        self.send_response(304 if same else server.status)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def served(settings) -> Iterator[Calendars]:
    settings.FEEDS_ALLOW_PRIVATE_HOSTS = settings.DEBUG = True
    server = Calendars(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def address(server: Calendars) -> str:
    return f"http://127.0.0.1:{server.server_port}/{SECRET}.ics"


def events(district, **fields: Any) -> dict[str, CalendarEvent]:
    with reach.rows_of(person=district.supervisor.pk):
        return {one.external_id: one for one in CalendarEvent.objects.filter(**fields)}


def send(client, *rows: list[str]):
    upload = SimpleUploadedFile("week.ics", file(*rows), content_type="text/calendar")
    return client.post(reverse("supervision:calendar-file"), {"file": upload}, follow=True)


def sent_by(page, **changed: str) -> dict[str, Any]:
    """What a week's page sends: what it suggests, and `changed` as event__field."""
    by_id = {row.event.external_id: row.form for row in page.context["week"].open}
    data: dict[str, Any] = {}
    for form in by_id.values():
        for bound in form:
            if bound.value() != []:
                data[bound.html_name] = bound.value() or ""
    for key, value in changed.items():
        name, _, field = key.partition("__")
        data[by_id[name].add_prefix(field)] = value
    return data


def test_address_is_sealed_read_each_hour_and_forgotten(district, sign_in, served, settings):
    client = sign_in(Role.SUPERVISOR)
    served.content = file(*WEEK)
    answer = client.post(reverse("supervision:calendar"), {"address": address(served)}, follow=True)
    assert "5 events of the last four weeks (5 new)" in answer.text
    assert SECRET not in answer.text
    feed = CalendarFeed.objects.get()
    assert SECRET not in feed.sealed_address
    assert (feed.host, feed.problem) == ("127.0.0.1", "")
    assert not AuditEvent.objects.filter(detail__icontains=SECRET).exists()

    tasks.read_one(feed.pk)
    assert served.n_unchanged == 1
    # Moved, canceled and taken out: a new event goes, one that became time is marked.
    with reach.rows_of(person=district.supervisor.pk):
        CalendarEvent.objects.filter(external_id__in=["call", "night"]).update(state=EventState.TAKEN)
    later = event("call", "Angela about substitutes", at(0, "1100"), at(0, "1145"))
    served.content = file(later, [*SECRETLY[:-1], "STATUS:CANCELLED", SECRETLY[-1]])
    tasks.read_one(feed.pk)
    now = events(district)
    assert set(now) == {"call", "night"}
    assert (now["call"].is_changed, now["call"].is_gone) == (True, False)
    assert (now["night"].is_changed, now["night"].is_gone) == (False, True)

    served.content = b"<html>Sign in, please</html>"
    answer = client.post(reverse("supervision:calendar-read"), follow=True)
    assert "Line 1 is not the beginning of a calendar" in answer.text
    assert "It could not be read" in answer.text
    assert set(events(district)) == {"call", "night"}
    served.status = 404
    answer = client.post(reverse("supervision:calendar-read"), follow=True)
    assert "has no calendar at this address" in answer.text

    settings.FEEDS_ALLOW_PRIVATE_HOSTS = settings.DEBUG = False
    for wrong, words in (
        (address(served), "must begin with https://"),
        ("webcal://127.0.0.1/x.ics", "inside a private network"),
        ("nonsense", "https://host/path"),
    ):
        answer = client.post(reverse("supervision:calendar"), {"address": wrong}, follow=True)
        assert words in answer.text
    client.post(reverse("supervision:calendar-remove"))
    assert not CalendarFeed.objects.exists()


def test_a_file_that_is_broken_or_none_changes_nothing(district, sign_in):
    client = sign_in(Role.SUPERVISOR)
    assert "5 events of the last four weeks (5 new)" in send(client, *WEEK).text
    broken = event("new", "New", at(0, "0900"), "nonsense")
    answer = send(client, WALK, broken)
    assert answer.status_code == 400
    assert "The event at line" in answer.text
    # A file may be of some days alone: what it does not have is not gone.
    assert "1 event of the last four weeks." in send(client, WALK).text
    assert len(events(district)) == 5
    assert client.post(reverse("supervision:calendar-file")).status_code == 400


def test_week_is_suggested_confirmed_once_and_reopened(district, sign_in):
    client = sign_in(Role.SUPERVISOR)
    send(client, *WEEK)
    url = reverse("supervision:week")
    page = client.get(url)
    assert "no-store" in page.headers["Cache-Control"] or "private" in page.headers["Cache-Control"]
    rows = {row.event.external_id: row for row in page.context["week"].open}
    assert rows["walk"].choice.purpose == "observing-together"
    assert {school for _person, school in rows["walk"].choice.principals} == {district.schools[0].pk}
    assert "learning walk" in rows["walk"].why
    assert (rows["walk"].overlaps, rows["call"].overlaps, rows["night"].overlaps) == (True, True, False)
    assert rows["day"].choice.purpose == rows["private"].choice.purpose == ""
    assert "Doctor" not in page.text
    assert "Private event" in page.text

    data = sent_by(page, call__what="covering:hr", day__what="own-learning", day__minutes="")
    answer = client.post(url, data)
    assert answer.status_code == 400
    assert "Say how many minutes" in answer.text
    assert not TimeEntry.objects.exists()
    assert not ConfirmedWeek.objects.exists()

    data = sent_by(page, call__what="covering:hr", day__what="own-learning", day__minutes="360")
    for _ in range(2):  # sent twice, entered once
        answer = client.post(url, data, follow=True)
        assert "This week is confirmed" in answer.text
    entered = {
        (one.purpose, one.department, one.day.weekday(), one.minutes) for one in TimeEntry.objects.all()
    }
    assert entered == {
        ("observing-together", "", 0, 90), ("covering", "hr", 0, 45), ("own-learning", "", 1, 360),
        ("operations", "", 2, 180), ("operations", "", 3, 30),
    }  # fmt: skip
    # The board's meeting is written in New York's time: 9 PM to half past midnight in the district's.
    assert {one.source for one in TimeEntry.objects.all()} == {"calendar"}
    assert "with principals" in answer.text
    assert AuditEvent.objects.filter(act="week.confirm").count() == 1
    assert ConfirmedWeek.objects.get().monday == last_monday()

    # Reopened, one is left out; a page from before it says so instead of writing over it.
    client.post(reverse("supervision:week-reopen"), {"of": str(last_monday())})
    page = client.get(url)
    client.post(url, sent_by(page, walk__what=""))
    assert TimeEntry.objects.filter(purpose="observing-together").count() == 0
    answer = client.post(url, sent_by(page, walk__what="modeling"))
    assert answer.status_code == 409
    assert not TimeEntry.objects.filter(purpose="modeling").exists()
    assert client.post(url, sent_by(answer)).status_code == 302
    assert TimeEntry.objects.filter(purpose="modeling").count() == 1
    # What comes later into a confirmed week is told, and remembered choices are suggested for it.
    send(client, event("next", "Angela about substitutes", at(4, "1000"), at(4, "1045")))
    page = client.get(url)
    assert "1 event came or moved since" in page.text
    (row,) = page.context["week"].open
    assert (row.choice.purpose, row.choice.department) == ("covering", "hr")
    for params in ("?of=nonsense", "?of=2999-01-01", f"?of={timezone.localdate()}"):
        assert client.get(url + params).status_code == 200


def test_week_of_very_many_events_is_confirmed_a_part_at_a_time(district, sign_in, monkeypatch):
    monkeypatch.setattr(weeks, "AT_ONCE", 3)
    client, url = sign_in(Role.SUPERVISOR), reverse("supervision:week")
    send(client, *(event(f"n{n}", "Budget", at(n, "0900"), at(n, "0930")) for n in range(5)))
    page = client.get(url)
    assert "3 of 5 events of this week" in page.text
    assert page.text.count('<fieldset class="event">') == 3
    page = client.post(url, sent_by(page), follow=True)
    assert TimeEntry.objects.count() == 3
    assert page.text.count('<fieldset class="event">') == 2
    client.post(url, sent_by(page))
    assert [one.day.weekday() for one in TimeEntry.objects.order_by("day")] == [0, 1, 2, 3, 4]


def test_a_visit_that_was_recorded_is_no_time_twice_when_the_week_is_confirmed(district, sign_in):
    client = sign_in(Role.SUPERVISOR)
    later = event("later", "Coaching Alder", at(0, "1500"), at(0, "1530"))
    send(client, WALK, later)
    url = reverse("supervision:week")
    entry = TimeEntry.objects.create(
        uid=new_uid(), supervisor=district.supervisor, day=last_monday(), minutes=80, purpose="one-on-one"
    )
    EntryPrincipal.objects.create(entry=entry, principal=district.principals[0], school=district.schools[0])
    page = client.get(url)
    rows = {row.event.external_id: row for row in page.context["week"].open}
    assert (rows["walk"].choice.purpose, rows["later"].choice.purpose) == ("", "one-on-one")
    assert "you entered 80 min for it already: One-on-one" in page.text
    assert client.post(url, sent_by(page)).status_code == 302
    assert sorted(TimeEntry.objects.values_list("minutes", flat=True)) == [30, 80]


def test_queries_of_a_week_do_not_grow_with_its_events(district, sign_in, django_assert_max_num_queries):
    client = sign_in(Role.SUPERVISOR)
    send(client, *(event(f"e{n}", f"Talk {n}", at(n % 5, "0900"), at(n % 5, "0930")) for n in range(40)))
    with django_assert_max_num_queries(24):
        assert len(client.get(reverse("supervision:week")).context["week"].open) == 40


def test_nobody_else_reads_a_calendar(district, sign_in):
    send(sign_in(Role.SUPERVISOR), *WEEK)
    assert CalendarEvent.objects.count() == 0  # closed, as nobody has opened it
    with reach.rows_of(schools=[one.pk for one in district.schools], person=district.principals[0].pk):
        assert CalendarEvent.objects.count() == 0
    client = sign_in(Role.CABINET)
    for name in ("supervision:calendar", "supervision:week", "api-calendar-feed"):
        assert client.get(reverse(name)).status_code == 404


def test_programs_interface_takes_a_file_and_confirms_a_week(district, sign_in):
    client = sign_in(Role.SUPERVISOR)
    upload = SimpleUploadedFile("week.ics", file(WALK, CALL, NIGHT))
    told = client.post(reverse("api-calendar-file"), {"file": upload})
    assert told.json() == {"events": 3, "new": 3, "changed": 0, "gone": 0}
    url = reverse("api-calendar-week", args=[str(last_monday() + timedelta(days=2))])
    week = client.get(url).json()
    assert [one["title"] for one in week["events"]] == [
        "Learning walk",
        "Angela about substitutes",
        "Board meeting",
    ]
    walk, call, _night = week["events"]
    person = {"person": str(district.principals[1].uid), "school": str(district.schools[1].uid)}
    answers = [
        {"event": walk["uid"], "seen": walk["seen"], **walk["choice"]},
        {"event": call["uid"], "purpose": "one-on-one", "principals": [person], "minutes": 30},
    ]

    def post(answers: Any) -> Any:
        return client.post(url, {"answers": answers}, content_type="application/json")

    done = post(answers)
    assert (done.status_code, done.json()["minutes"]) == (200, 120)
    assert done.json()["confirmed_at"]
    assert post(answers).json()["minutes"] == 120
    moved = post([{"event": walk["uid"], "purpose": "", "seen": walk["seen"]}])
    assert moved.status_code == 409
    stranger = person | {"person": str(district.principals[2].uid)}
    for wrong in (
        [{"event": call["uid"], "purpose": "one-on-one", "principals": [stranger]}],
        [{"event": call["uid"], "purpose": "covering"}],
        [{"event": call["uid"], "purpose": "gardening"}],
        [{"event": call["uid"], "purpose": ""}, {"event": call["uid"], "purpose": ""}],
        "nonsense",
    ):
        assert post(wrong).status_code == 400
    assert client.delete(url).status_code == 204
    assert client.get(url).json()["confirmed_at"] is None
    future = reverse("api-calendar-week", args=["2099-01-01"])
    assert client.post(future, {"answers": []}, content_type="application/json").status_code == 400
    feed = reverse("api-calendar-feed")
    wrong = client.put(feed, {"address": "ftp://x/y"}, content_type="application/json")
    assert wrong.status_code == 400
    assert "address" in wrong.json()
    right = client.put(
        feed, {"address": f"webcal://calendar.example/{SECRET}"}, content_type="application/json"
    )
    assert right.json()["host"] == "calendar.example"
    assert SECRET not in right.text


def test_calendar_is_handed_out_erased_and_dropped_after_its_time(district, sign_in):
    supervisor = district.supervisor
    send(sign_in(Role.SUPERVISOR), *WEEK)
    subject = Subject(uid=supervisor.uid, label="", person_id=supervisor.pk, user_id=None, target=supervisor)
    assert {row["title"] for row in EVENTS.rows(subject)} >= {"Learning walk", ""}
    assert EVENTS.count(subject) == 5
    assert [holding.count(subject) for holding in (FEEDS, WEEKS)] == [0, 0]
    with reach.rows_of(person=supervisor.pk):
        old = timezone.now() - timedelta(days=61)
        CalendarEvent.objects.filter(external_id="walk").update(
            starts_at=old - timedelta(hours=1), ends_at=old
        )
    assert remove_what_is_due()["calendar-events"] == 1
    assert "walk" not in events(district)
    assert EVENTS.erase is not None
    assert EVENTS.erase(subject) == 4
    assert events(district) == {}

"""Notes for two people alone, under attack; commitments carried forward, kept, dropped and put off; over REST."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from alignment_dash.access import reach
from alignment_dash.access.actions import give_role
from alignment_dash.access.models import AuditEvent, Change
from alignment_dash.access.persondata import registry
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import today
from instruction.revisions import Moved
from schools.names import name_of
from supervision.actions import assign_principal, end_assignment
from supervision.models import CaseloadAssignment, Commitment, CommitmentState, TimeEntry, Visit, VisitNote
from supervision.visits import queries, writing
from tests import factories
from tests.instruction.test_views import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def successor(district, visit, note):
    """A supervisor who took over the first school today, with a user of her own."""
    user = factories.user(role=Role.SUPERVISOR, org=None, name="Nia Next")
    person = factories.person(given="Nia", family="Next", user=user)
    held = CaseloadAssignment.objects.get(school=district.schools[0])
    end_assignment(assignment=held, end=today(), by=None)
    assign_principal(
        supervisor=person,
        principal=district.principals[0],
        school=district.schools[0],
        start=today(),
        by=None,
    )
    return user


def test_row_security_shows_a_note_to_its_two_people_alone(district, note):
    assert not VisitNote.objects.exists()  # nothing is open by default
    with reach.rows_of(schools=[school.pk for school in district.schools]):
        assert not VisitNote.objects.exists()  # nor to whoever opens the school
    with reach.rows_of(person=district.principals[1].pk):
        assert not VisitNote.objects.exists()
        assert not VisitNote.objects.update(text="taken")
        with pytest.raises(ProgrammingError), transaction.atomic():
            VisitNote.objects.create(
                visit=note.visit, supervisor=district.supervisor, principal=district.principals[0],
                author=district.supervisor, text="forged",
            )  # fmt: skip
    for person in (district.supervisor, district.principals[0]):
        with reach.rows_of(person=person.pk):
            assert VisitNote.objects.get().text == note.text


def test_row_security_shows_commitments_to_the_school_and_the_two(district, commitment):
    assert not Commitment.objects.exists()
    with reach.rows_of(schools=[district.schools[1].pk], person=district.principals[1].pk):
        assert not Commitment.objects.exists()
    with reach.rows_of(schools=[district.schools[0].pk]):
        assert Commitment.objects.exists()


def test_notes_stay_with_their_two_people_when_the_supervisor_changes(
    client, district, note, visit, successor
):
    page = reverse("supervision:visit", kwargs={"uid": visit.uid})
    notes = reverse("supervision:my-notes")
    api = reverse("api-visit-notes", kwargs={"uid": visit.uid})
    client.force_login(successor)
    assert client.get(page).status_code == 200
    for address in (page, notes, reverse("supervision:visits"), reverse("supervision:my-visits")):
        assert "rehearsed" not in text(client.get(address))
    assert client.get(api).json() == []
    change = reverse("supervision:note-change", kwargs={"uid": note.uid})
    assert client.get(change).status_code == 404
    add = reverse("supervision:note-add", kwargs={"uid": visit.uid})
    assert client.post(add, {"text": "Mine too"}).status_code == 404
    # She who wrote it reads and changes it still, and sees nothing of the school any more.
    client.force_login(district.users[Role.SUPERVISOR])
    assert "rehearsed" in text(client.get(notes))
    assert client.get(page).status_code == 404
    assert (
        client.get(
            reverse("supervision:visit-sheet-of-school", kwargs={"school_uid": visit.school.uid})
        ).status_code
        == 404
    )
    assert client.post(change, {"revision": 0, "text": "Rehearsed twice"}).status_code == 302
    client.force_login(district.users[Role.PRINCIPAL])
    assert "Rehearsed twice" in text(client.get(reverse("supervision:my-visits")))


def test_successor_with_a_new_principal_is_told_nothing_of_the_one_who_left(
    client, district, visit, note, commitment
):
    visit.entry = TimeEntry.objects.create(
        supervisor=district.supervisor, day=visit.day, minutes=77, purpose="one-on-one"
    )
    visit.save()
    newcomer = factories.person(given="Nell", family="Newcomer")
    user = factories.user(role=Role.SUPERVISOR, org=None, name="Nia Next")
    successor = factories.person(given="Nia", family="Next", user=user)
    school, left = district.schools[0], district.principals[0]
    end_assignment(assignment=CaseloadAssignment.objects.get(school=school), end=today(), by=None)
    assign_principal(supervisor=successor, principal=newcomer, school=school, start=today(), by=None)
    client.force_login(user)
    place = {"school_uid": school.uid, "principal_uid": left.uid}
    for name in ("visit-sheet", "visit-record", "commit"):
        assert client.get(reverse(f"supervision:{name}", kwargs=place)).status_code == 404
    assert client.get(reverse("supervision:visit", kwargs={"uid": visit.uid})).status_code == 404
    assert client.get(reverse("api-commitment", kwargs={"uid": commitment.uid})).status_code == 404
    assert client.get(reverse("api-visit-list")).json() == []
    assert client.get(reverse("api-commitment-list"), {"state": "all"}).json() == []
    # Back in this school under the successor, what they committed to is hers to follow; minutes never are.
    assign_principal(supervisor=successor, principal=left, school=school, start=today(), by=None)
    assert len(client.get(reverse("api-commitment-list")).json()) == 1
    csv = client.get(reverse("supervision:visits-csv")).content.decode("utf-8-sig")
    assert "Principal0" in csv
    assert "77" not in csv
    client.force_login(district.users[Role.PRINCIPAL])
    assert client.get(reverse("supervision:visit", kwargs={"uid": visit.uid})).status_code == 200


def test_who_leads_a_school_and_supports_others_reaches_both_pages_of_visits(client, district, visit, note):
    principal = district.users[Role.PRINCIPAL]
    give_role(user=principal, role=Role.SUPERVISOR, org_id=None, by=district.users[Role.CABINET])
    give_role(user=principal, role=Role.CABINET, org_id=None, by=district.users[Role.CABINET])
    assign_principal(
        supervisor=district.principals[0], principal=district.principals[2], school=district.schools[2],
        start=today(), by=None,
    )  # fmt: skip
    client.force_login(principal)
    mine = reverse("supervision:my-visits")
    listed = client.get(reverse("supervision:visits")).content.decode()
    assert "Principal2" in listed
    assert mine in listed
    assert "rehearsed" in text(client.get(mine))
    # Nobody supervises themselves: neither pages nor REST take oneself for a principal of one's own.
    place = {"school_uid": district.schools[0].uid, "principal_uid": district.principals[0].uid}
    assert client.get(reverse("supervision:visit-record", kwargs=place)).status_code == 404
    home = client.get(reverse("api-my-principals")).json()["principals"]
    assert [row["principal_name"] for row in home] == [str(name_of(district.principals[2]))]


def test_same_uid_with_other_words_is_refused_and_not_lost(client, district, visit, note):
    client.force_login(district.users[Role.SUPERVISOR])
    add = reverse("supervision:note-add", kwargs={"uid": visit.uid})
    again = client.post(add, {"text": "Other words", "uid": note.uid})
    assert again.status_code == 400
    assert "Other words" in again.content.decode()
    client.force_login(district.users[Role.PRINCIPAL])
    assert client.post(add, {"text": "Mine", "uid": note.uid}).status_code == 400
    assert [one.act for one in AuditEvent.objects.filter(act__startswith="visit.")] == [
        "visit.done",
        "visit.note",
    ]
    told = [str(one.detail) + one.target_label for one in AuditEvent.objects.filter(act__startswith="visit.")]
    assert not any(visit.day.isoformat() in one or str(visit.school.uid) in one for one in told)


def test_nobody_who_acts_as_one_of_the_two_sees_notes(district, note, commitment):
    for helper in (Role.DATA_ADMINISTRATOR, Role.SUPERVISOR, Role.CABINET):
        limit = scope_of(district.users[helper])
        for role in (Role.SUPERVISOR, Role.PRINCIPAL):
            scope = scope_of(district.users[role]).within(limit)
            with queries.opened(scope):
                assert not queries.own_notes(scope).exists(), (helper, role)
            assert queries.person_of(scope, queries.Action.CHANGE) is None


def test_principal_reads_their_visits_writes_a_note_and_keeps_their_commitment(
    client, district, visit, note, commitment
):
    client.force_login(district.users[Role.PRINCIPAL])
    mine = reverse("supervision:my-visits")
    said = text(client.get(mine))
    assert "We rehearsed the talk with Terry" in said
    assert "Visit four lessons" in said
    # Without an open commitment home still says when they were seen and will be.
    ahead = today() + timedelta(days=3)
    Visit.objects.create(
        supervisor=district.supervisor, principal=district.principals[0], school=district.schools[0], day=ahead,
        made_by=district.users[Role.SUPERVISOR],
    )  # fmt: skip
    for address in (mine, reverse("ui:home")):
        # Her supervisor may have been there since, and entered time alone, which is told to nobody else.
        assert "The last visit recorded was 9 days ago" in text(client.get(address))
        assert f"The next is planned for {date_format(ahead, 'M j')} ." in text(client.get(address))
    page = reverse("supervision:visit", kwargs={"uid": visit.uid})
    assert "may be subject to records requests" in text(client.get(page))
    add = reverse("supervision:note-add", kwargs={"uid": visit.uid})
    words = "Two needs \u202bمرحبا\u202c 🙂\n" + "long " * 3000
    assert client.post(add, {"text": "a\0b"}).status_code == 400
    assert client.post(add, {"text": "x" * 20_001}).status_code == 400
    assert client.post(add, {"text": "  "}).status_code == 400
    uid = str(client.get(page).context["form"]["uid"].value())
    for _twice in range(2):
        assert client.post(add, {"text": words, "uid": uid}).status_code == 302
    with reach.rows_of(person=district.supervisor.pk):
        assert VisitNote.objects.count() == 2
        assert VisitNote.objects.get(author=district.principals[0]).text.startswith("Two needs \u202bمرحبا")
    assert "مرحبا" in text(client.get(mine))
    end = reverse("supervision:commitment-end", kwargs={"uid": commitment.uid})
    given = {"revision": commitment.revision, "state": "kept", "outcome": "Four seen"}
    assert client.post(end, given).status_code == 302
    assert "Four seen" in text(client.get(mine))
    # The supervisor's own commitment and the words of hers are not the principal's to change.
    change = reverse("supervision:commitment-change", kwargs={"uid": commitment.uid})
    assert client.get(change).status_code == 404
    sheet = reverse("supervision:visit-sheet-of-school", kwargs={"school_uid": visit.school.uid})
    assert client.get(sheet).status_code == 404
    commit = {"school_uid": visit.school.uid, "principal_uid": district.principals[0].uid}
    own = {"by": "principal", "text": "Say it to the staff", "due": today().isoformat()}
    assert client.post(reverse("supervision:commit", kwargs=commit), own).status_code == 302
    assert "Say it to the staff" in text(client.get(mine))
    assert not AuditEvent.objects.filter(detail__icontains="staff").exists()


def test_note_changed_on_two_devices_loses_nothing(sign_in, district, note):
    client = sign_in(Role.SUPERVISOR)
    change = reverse("supervision:note-change", kwargs={"uid": note.uid})
    writing.change_note(
        note=note,
        author=district.supervisor,
        text="From the phone",
        revision=0,
        by=district.users[Role.SUPERVISOR],
    )
    answer = client.post(change, {"revision": 0, "text": "From the desk"})
    assert answer.status_code == 409
    assert "From the phone" in text(answer)
    assert "From the desk" in text(answer)
    again = {"revision": answer.context["form"].data["revision"], "text": "Both"}
    assert client.post(change, again).status_code == 302
    with reach.rows_of(person=district.supervisor.pk):
        assert VisitNote.objects.get().text == "Both"


def test_commitment_is_put_off_dropped_with_a_reason_and_opened_again(sign_in, district, visit, commitment):
    client = sign_in(Role.SUPERVISOR)
    change = reverse("supervision:commitment-change", kwargs={"uid": commitment.uid})
    later = today() + timedelta(days=10)
    given = {"revision": 0, "by": "principal", "text": "Visit four lessons", "due": later.isoformat()}
    assert client.post(change, given | {"due": (visit.day).isoformat()}).status_code == 400
    assert client.post(change, given | {"revision": 3}).status_code == 409
    assert client.post(change, given).status_code == 302
    with reach.rows_of(schools=[commitment.school_id]):
        row = Commitment.objects.get()
    assert (row.due, row.first_due) == (later, today() - timedelta(days=1))
    assert "(first " in text(client.get(reverse("supervision:commitments")))
    assert "No commitment fits" in text(client.get(reverse("supervision:commitments") + "?state=overdue"))
    end = reverse("supervision:commitment-end", kwargs={"uid": commitment.uid})
    assert client.post(end, {"revision": 1, "state": "dropped", "outcome": ""}).status_code == 400
    assert (
        client.post(end, {"revision": 1, "state": "dropped", "outcome": "The team moved on"}).status_code
        == 302
    )
    assert client.post(change, given | {"revision": 2}).status_code == 400
    sheet = {"school_uid": visit.school.uid, "principal_uid": district.principals[0].uid}
    assert "The team moved on" in text(client.get(reverse("supervision:visit-sheet", kwargs=sheet)))
    assert client.post(end, {"revision": 2, "state": "open", "outcome": ""}).status_code == 302
    with reach.rows_of(schools=[commitment.school_id]):
        row = Commitment.objects.get()
    assert (row.state, row.ended_on) == (CommitmentState.OPEN, None)
    user = district.users[Role.SUPERVISOR]
    with pytest.raises(Moved):
        writing.end_commitment(
            commitment=row, person=district.supervisor, state="kept", outcome="", revision=0, by=user
        )
    with pytest.raises(ValidationError):
        writing.commit_to(
            principal=district.principals[0], school=visit.school, writer=district.supervisor, by=user,
            commitment_by="principal", text="Late", due=today() - timedelta(days=1),
        )  # fmt: skip


def test_api_plans_finishes_notes_and_commits(sign_in, district, leadership):
    client = sign_in(Role.SUPERVISOR)
    new = {"school": str(district.schools[0].uid), "principal": str(district.principals[0].uid)}
    visits = reverse("api-visit-list")

    def send(method, url, given):
        return getattr(client, method)(url, given, content_type="application/json")

    assert send("post", visits, new | {"day": "x"}).status_code == 400
    assert (
        "principal"
        in send("post", visits, new | {"school": str(district.schools[2].uid), "day": "2026-01-01"}).json()
    )
    assert (
        "element"
        in send("post", visits, new | {"day": str(today()), "element": str(district.root.uid)}).json()
    )
    made = send("post", visits, new | {"day": str(today()), "element": str(leadership.uid)})
    assert made.status_code == 201
    uid = made.json()["uid"]
    done = reverse("api-visit-done", kwargs={"uid": uid})
    went = {"day": str(today()), "minutes": 45, "revision": 0, "element": str(leadership.uid)}
    assert send("put", done, went | {"revision": 5}).status_code == 409
    assert "why_teachers" in send("put", done, went | {"with_teachers": True}).json()
    assert send("put", done, went).json()["state"] == "done"
    notes = reverse("api-visit-notes", kwargs={"uid": uid})
    written = send("post", notes, {"text": "As agreed"})
    assert written.status_code == 201
    assert send("post", notes, {"text": "a\0"}).status_code == 400
    one = reverse("api-visit-note", kwargs={"uid": written.json()["uid"]})
    assert send("put", one, {"text": "As agreed.", "revision": 4}).status_code == 409
    assert send("put", one, {"text": "As agreed.", "revision": 0}).json()["text"] == "As agreed."
    commitments = reverse("api-commitment-list")
    said = new | {"by": "supervisor", "text": "Bring tasks", "due": str(today()), "visit": uid}
    held = send("post", commitments, said)
    assert held.status_code == 201
    detail = reverse("api-commitment", kwargs={"uid": held.json()["uid"]})
    assert send("patch", detail, {"revision": 9, "text": "Bring two tasks"}).status_code == 409
    assert (
        send("patch", detail, {"revision": 0, "text": "Bring two tasks"}).json()["text"] == "Bring two tasks"
    )
    assert send("patch", detail, {"revision": 1, "state": "kept"}).json()["state"] == "kept"
    assert client.get(commitments).json() == []
    assert len(client.get(commitments + "?state=all").json()) == 1
    assert (
        send("patch", reverse("api-visit", kwargs={"uid": uid}), {"revision": 1, "cancel": True}).status_code
        == 200
    )


def test_everything_held_is_handed_out_and_names_are_taken_out(district, visit, note, commitment):
    terry = factories.person(given="Terry", family="Quillfeather")
    with reach.all_rows(why="as the job does"):
        writing.change_note(
            note=note, author=district.supervisor, text="Terry Quillfeather asked", revision=0,
            by=district.users[Role.SUPERVISOR],
        )  # fmt: skip
        held = {one.key: one for one in registry.holdings()}
        principal = registry.people().of(district.principals[0].uid)
        assert [row["text"] for row in held["visit-notes"].rows(principal)] == ["Terry Quillfeather asked"]
        assert [row["what"] for row in held["commitments"].rows(principal)] == ["Visit four lessons"]
        assert held["visits"].count(principal) == 1
        named = registry.people().of(terry.uid)
        assert [row["text"] for row in held["visit-notes"].rows(named)] == [""]  # another two people's
        terry.identity.blanked_at = timezone.now()
        terry.identity.save()
        assert held["visit-notes"].erase(named) == 1
        assert VisitNote.objects.get().text == "(removed) asked"
        earlier = Change.objects.filter(table_name="supervision_visitnote")
        assert earlier.count() == 2
        assert {one.before["text"] for one in earlier} == {""}  # what was erased is in no earlier wording

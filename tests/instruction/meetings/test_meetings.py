"""A month of meetings by those who hold them: the pack, live decisions, the record closed, and what became of it."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from instruction.meetings import actions
from instruction.meetings.pack import pack
from instruction.models import Decision, Element, Meeting, SchoolCapacity
from tests.instruction.meetings.routes import meeting as planned
from tests.instruction.test_views import give_gap, text

pytestmark = pytest.mark.django_db
LIST = "instruction:meeting-list"


def pack_of(client, meeting, **query):
    answer = client.get(reverse("instruction:meeting", args=[meeting.uid], query=query or None))
    assert answer.status_code == 200
    return answer


def record(client, meeting, *, what, school=None, **more):
    """Send the form of a decision as it stands on the page."""
    body = {"uid": str(uuid4()), "what": what, "department": "hr", "element": "", "owner": "", "due_on": ""}
    if school:
        body["school"] = str(school.uid)
    return client.post(reverse("instruction:decision-add", args=[meeting.uid]), body | more)


def change(client, decision, **more):
    decision.refresh_from_db()
    body = {
        "revision": decision.revision, "what": decision.what, "department": decision.department,
        "school": str(decision.school.uid) if decision.school else "", "element": "", "due_on": "",
        "owner": str(decision.owner.uid) if decision.owner else "", "state": decision.state, "outcome": "",
    }  # fmt: skip
    return client.post(reverse("instruction:decision-change", args=[decision.uid]), body | more)


def call(client):
    """Plan a meeting with one click, as the page offers it."""
    form = client.get(reverse(LIST)).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    answer = client.post(reverse(LIST), {name: "" if one is None else str(one) for name, one in sent.items()})
    assert answer.status_code == 302
    return Meeting.objects.get(uid=answer["Location"].rstrip("/").rsplit("/")[-1])


def close(client, meeting, act="close"):
    meeting.refresh_from_db()
    body = {
        "revision": meeting.revision, "title": meeting.title, "held_on": str(meeting.held_on),
        "notes": meeting.notes, "act": act,
    }  # fmt: skip
    return client.post(reverse("instruction:meeting-change", args=[meeting.uid]), body)


def test_month_of_its_users_opens_the_next_pack_with_what_became_of_it(
    client, user_in, district, compute, computed, settings
):
    alder, birch, small = district.schools
    give_gap(computed, alder, gap=0.9)
    client.force_login(user_in(Role.CI_ADMINISTRATOR))
    first = call(client)
    assert first.under == district.root
    assert first.follows is None
    shown = text(pack_of(client, first))
    assert "Alder Elementary" in shown
    assert "Element 1 very likely below (99 %) 2.1 ± 0.2 3.0" in shown

    # C&I, HR and the supervisor each record something.
    owner = user_in(Role.HR)
    due = schoolyear.today() + timedelta(days=14)
    answer = record(
        client, first, what="A coach for Alder \N{ROCKET} \u05e9\u05dc\u05d5\u05dd", school=alder,
        owner=str(owner.uid), due_on=str(due), element="E1",
    )  # fmt: skip
    coach = Decision.objects.get(school=alder)
    assert answer["Location"].endswith(f"{first.uid}/#decision-{coach.uid}")
    client.force_login(owner)
    record(client, first, what="Files within a week")
    client.force_login(user_in(Role.SUPERVISOR))
    record(client, first, what="Walk together", school=birch, department="supervision")
    shown = text(pack_of(client, first))
    assert "A coach for Alder \N{ROCKET} \u05e9\u05dc\u05d5\u05dd" in shown
    assert f"Human resources, {owner.name} · due" in shown
    assert "in 14 days" in shown
    assert AuditEvent.objects.filter(act="decision.add").count() == 3
    assert "coach" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))

    # Held: its figures stay while the district's move on.
    client.force_login(user_in(Role.CABINET))
    assert close(client, first).status_code == 302
    later = compute()
    give_gap(later, alder, gap=0.1, p_below=0.7)
    shown = text(pack_of(client, first))
    assert "Element 1 very likely below (99 %) 2.1 ± 0.2 3.0" in shown
    assert "held: these are the figures it was held on" in shown
    assert record(client, first, what="too late").status_code == 400
    # What was decided stays, and who typed other words is given them back; what became of it is still recorded.
    done = {"state": "done", "outcome": "She comes on Mondays"}
    refused = change(client, coach, what="something else", **done)
    assert refused.status_code == 400
    assert "You wrote: something else" in text(refused)
    assert change(client, coach, **done).status_code == 302
    coach.refresh_from_db()
    assert coach.what.startswith("A coach for Alder")
    assert (coach.state, coach.outcome_on) == ("done", schoolyear.today())

    # A month later: the next pack opens with what became of the decisions, before any school.
    Decision.objects.filter(what="Walk together").update(due_on=schoolyear.today() - timedelta(days=2))
    Meeting.objects.filter(pk=first.pk).update(held_on=schoolyear.today() - timedelta(days=28))
    client.force_login(user_in(Role.HR))
    second = call(client)
    assert second.follows == first
    shown = text(pack_of(client, second))
    assert "Of 3 earlier decisions 1 is done , 2 are open, 1 overdue ." in shown
    assert "overdue by 2 days" in shown
    assert shown.index("She comes on Mondays") < shown.index("Decisions for all schools")
    assert "Element 1 likely below (70 %)" in shown
    # Home asks about it.
    assert "2 decisions of our meetings are open; 1 is overdue ." in text(client.get(reverse("ui:home")))
    # The third month does not open with what was done before the second.
    Meeting.objects.filter(pk=second.pk).update(held_on=schoolyear.today() - timedelta(days=1))
    Decision.objects.filter(pk=coach.pk).update(outcome_on=schoolyear.today() - timedelta(days=20))
    third = call(client)
    assert third.follows == second
    shown = text(pack_of(client, third))
    assert "Walk together" in shown
    assert "She comes on Mondays" not in shown
    assert small.name in shown


def test_held_pack_tells_no_figure_that_may_not_stand_beside_a_newer_one(
    client, user_in, district, compute, computed
):
    alder, birch, _small = district.schools
    for school in (alder, birch):
        give_gap(computed, school, gap=0.9)
    one = planned(district)
    actions.close_record(meeting=one, revision=0, run=computed, by=one.called_by)
    newer = SchoolCapacity.objects.filter(run=compute())
    # One teacher's lesson lies between the two at Alder; at Birch nobody is told a newer figure at all.
    for school in (alder, birch):
        give_gap(newer.first().run, school, gap=0.8)
    newer.filter(school=alder).update(told_beside=[])
    newer.filter(school=birch).update(
        evidence=0, estimate=None, se=None, gap=None, p_below=None, mean_of_ratings=None, mean_by_observers=None,
        mean_of_teachers=None, p_neediest=None, rank_low=None, rank_high=None, previous_estimate=None,
    )  # fmt: skip
    client.force_login(user_in(Role.SUPERVISOR))
    shown = text(pack_of(client, one))
    part = shown[shown.index("Alder Elementary Elementary") :]
    assert "Element 1: very likely below" in part
    assert "2.1" not in shown
    assert "99 %" not in shown
    told = client.get(reverse("api-meeting-detail", args=[one.uid])).json()["schools"]
    by_name = {row["name"]: row for row in told}
    assert by_name["Alder Elementary"]["figures"] == []
    assert by_name["Alder Elementary"]["need"] == "below"
    assert by_name["Alder Elementary"]["not_told_beside_newer"]["E1"] == "very likely below"
    assert by_name["Birch Middle"]["not_told_beside_newer"] == {}
    assert by_name["Birch Middle"]["need"] == "unknown"
    lines = client.get(reverse("instruction:meeting-csv", args=[one.uid])).content.decode()
    assert "not told beside a newer figure" in lines
    assert "2.1" not in lines
    # What the job lets stand beside the newer one is told as it was.
    newer.filter(school=alder).update(told_beside=[computed.pk])
    with CaptureQueriesContext(connection) as queries:
        assert "very likely below (99 %) 2.1 ± 0.2 3.0" in text(pack_of(client, one))
    assert len(queries) <= 15


def test_decision_done_without_saying_what_became_of_it_is_refused(sign_in, district):
    one = planned(district)
    decision = Decision.objects.filter(meeting=one.follows).first()
    client = sign_in(Role.HR)
    answer = change(client, decision, state="done")
    assert answer.status_code == 400
    assert "Say what became of it." in text(answer)
    assert change(client, decision, state="dropped", outcome="No room").status_code == 302


def test_two_people_changing_one_decision_both_see_both(client, user_in, district):
    one = planned(district)
    decision = Decision.objects.filter(meeting=one.follows, school=district.schools[0]).get()
    client.force_login(user_in(Role.HR))
    assert change(client, decision, what="HR's words").status_code == 302
    client.force_login(user_in(Role.CI_STAFF))
    url = reverse("instruction:decision-change", args=[decision.uid])
    body = {
        "revision": 0,
        "what": "C&I's words",
        "department": "curriculum",
        "school": str(district.schools[0].uid),
        "state": "open",
    }
    answer = client.post(url, body)
    assert answer.status_code == 409
    assert "HR's words" in text(answer)
    assert "C&I's words" in text(answer)
    decision.refresh_from_db()
    assert decision.what == "HR's words"
    # Having seen both, they may save theirs.
    again = re.search(r'name="revision" value="(\d+)"', answer.content.decode()).group(1)
    assert client.post(url, body | {"revision": again}).status_code == 302
    # In place, the form comes back with both and stands where the decision was.
    answer = client.post(url, body, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == f"#decision-{decision.uid}"
    assert "<html" not in answer.content.decode()


def test_two_people_keeping_one_record_both_see_both(client, user_in, district):
    one = planned(district)
    client.force_login(user_in(Role.HR))
    assert close(client, one, act="save").status_code == 302  # nothing changed: nothing moves
    url = reverse("instruction:meeting-change", args=[one.uid])
    body = {"revision": 0, "title": one.title, "held_on": str(one.held_on)}
    assert client.post(url, body | {"notes": "HR notes"}).status_code == 302
    answer = client.post(url, body | {"notes": "C&I notes"})
    assert answer.status_code == 409
    assert "HR notes" in text(answer)
    assert "C&I notes" in unescape(answer.content.decode())
    one.refresh_from_db()
    assert one.notes == "HR notes"
    # Closed by one, it cannot be closed by the other on what they saw before, and what these typed stays theirs.
    assert close(client, one).status_code == 302
    typed = body | {"act": "close", "notes": "Typed meanwhile"}
    answer = client.post(url, typed)
    assert answer.status_code == 409
    assert answer.context["form"]["notes"].value() == "Typed meanwhile"
    again = {"revision": answer.context["form"]["revision"].value(), "act": "open"}
    assert client.post(url, typed | again).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.notes) == ("planned", "Typed meanwhile")
    assert close(client, one).status_code == 302
    assert close(client, one, act="open").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.run) == ("planned", None)


def test_decision_outlives_the_school_the_owner_and_the_element_it_names(client, user_in, district):
    """A school that left the meeting's schools, someone who left, and an element of an old framework stay with it."""
    one, by = planned(district), user_in(Role.CI_ADMINISTRATOR)
    before = one.follows
    owner = user_in(Role.HR)
    old = Element.objects.create(framework=district.version.framework, code="OLD")
    decision = Decision.objects.get(meeting=before, school=district.schools[0])
    Decision.objects.filter(pk=decision.pk).update(element=old, owner=owner)
    Meeting.objects.filter(pk=before.pk).update(under=district.networks[1])  # Alder Elementary is the other's
    owner.is_active = False
    owner.save()
    client.force_login(by)
    for act in ("planned", "held"):
        Meeting.objects.filter(pk=before.pk).update(state=act)
        url = reverse("instruction:decision-change", args=[decision.uid])
        form = client.get(url).context["form"]
        open_fields = [name for name in form.fields if not form.fields[name].disabled]
        sent = {name: "" if form[name].value() is None else str(form[name].value()) for name in open_fields}
        assert client.post(url, sent | {"outcome": f"{act}: she came"}).status_code == 302
        decision.refresh_from_db()
        assert decision.outcome == f"{act}: she came"
        assert (decision.school, decision.owner, decision.element) == (district.schools[0], owner, old)


def test_form_sent_twice_records_one_decision_and_plans_one_meeting(sign_in, district):
    client = sign_in(Role.CI_STAFF)
    one = planned(district)
    uid = str(uuid4())
    before = Decision.objects.count()
    for _ in range(2):
        assert record(client, one, what="Once", uid=uid).status_code == 302
    assert Decision.objects.count() == before + 1
    # Other words under the same id are not lost: both are shown.
    answer = record(client, one, what="Twice", uid=uid)
    assert answer.status_code == 409
    assert "Once" in text(answer)
    assert "Twice" in unescape(answer.content.decode())
    assert (
        client.post(
            reverse("instruction:decision-add", args=[one.follows.uid]),
            {"uid": uid, "what": "x", "department": "hr"},
        ).status_code
        == 400
    )

    form = client.get(reverse(LIST)).context["form"]
    sent = {name: str(form[name].value() or "") for name in form.fields}
    planned_before = Meeting.objects.count()
    for _ in range(2):
        client.post(reverse(LIST), sent)
    assert Meeting.objects.count() == planned_before + 1


def test_supervisor_sees_their_caseload_alone(client, user_in, district, computed):
    """The cast's supervisor has the first two schools; Cottonwood High is another's."""
    one = planned(district)
    far = district.schools[2]
    by = user_in(Role.CI_ADMINISTRATOR)
    actions.decide(meeting=one, what="Only about Cottonwood", department="hr", school=far, by=by)
    actions.change_meeting(meeting=one, revision=0, notes="About Cottonwood's principal", by=by)
    client.force_login(user_in(Role.SUPERVISOR))
    for answer in (
        pack_of(client, one),
        client.get(reverse("instruction:decision-list"), {"show": "all"}),
        client.get(reverse("instruction:meeting-csv", args=[one.uid])),
        client.get(reverse("api-meeting-detail", args=[one.uid])),
        client.get(reverse("instruction:decision-add", args=[one.uid])),
    ):
        assert "Cottonwood" not in answer.content.decode()
        assert answer.status_code == 200
    theirs = Decision.objects.get(what="Only about Cottonwood")
    assert client.get(reverse("instruction:decision-change", args=[theirs.uid])).status_code == 404
    assert client.get(reverse("instruction:meeting-change", args=[one.uid])).status_code == 404
    assert record(client, one, what="x", school=far).status_code == 400
    other = actions.call_meeting(title="South", held_on=one.held_on, under=district.networks[1], by=by)
    assert client.get(reverse("instruction:meeting", args=[other.uid])).status_code == 404
    assert "South" not in text(client.get(reverse(LIST)))
    # What is given to someone must be theirs to see.
    client.force_login(by)
    answer = record(client, one, what="y", school=far, owner=str(user_in(Role.SUPERVISOR).uid))
    assert answer.status_code == 400
    assert "would not see this decision" in text(answer)


def test_pack_tells_no_more_than_the_other_pages(sign_in, user_in, district, computed):
    small = district.schools[2]
    one = planned(district)
    shown = text(pack_of(sign_in(Role.CABINET), one))
    part = shown[shown.index("Cottonwood High") :]
    assert "Too few teachers to show figures without naming a person." in part
    assert "±" not in part.split("± is half")[0]
    found = pack(scope_of(user_in(Role.CABINET)), one)
    hidden = next(part for part in found.parts if part.place.school_id == small.pk)
    assert hidden.hidden
    assert hidden.roster_size is None
    assert not hidden.told
    # Fewer than five observed: no figure, no count.
    SchoolCapacity.objects.filter(run=computed, school=district.schools[0], element__code="E1").update(
        evidence=0, estimate=None, se=None, gap=None, p_below=None, n_teachers=3, mean_of_ratings=None,
        mean_by_observers=None, mean_of_teachers=None, p_neediest=None, rank_low=None, rank_high=None,
        previous_estimate=None,
    )  # fmt: skip
    alder = next(
        one
        for one in pack(scope_of(user_in(Role.CABINET)), one).parts
        if one.place.name == "Alder Elementary"
    )
    assert [column.code for column in alder.unknown] == ["E1"]
    # HR does not read the schools' own plans.
    assert not any(part.place.views for part in pack(scope_of(user_in(Role.HR)), one).parts)


def test_pack_puts_the_surest_need_first_under_words_and_names_no_teacher(sign_in, district, computed):
    one = planned(district)
    give_gap(computed, district.schools[1], gap=0.8)
    SchoolCapacity.objects.filter(run=computed, school=district.schools[0]).update(
        evidence=2, estimate=3.4, se=0.1, gap=-0.4, p_below=0.01, target=3.0
    )
    client = sign_in(Role.CABINET)
    shown = text(pack_of(client, one))
    order = [
        "Very likely below target on at least one element", "Birch Middle",
        "Very likely at target or above on every element with a figure", "Alder Elementary",
        "No figure against a target yet", "Cottonwood High",
    ]  # fmt: skip
    where = [shown.index(words, shown.index("Decisions for all schools")) for words in order]
    assert where == sorted(where)
    assert "Teacher" not in re.sub(r"[Tt]eachers( observed)?", "", shown)
    by_name = text(pack_of(client, one, order="name", pages="school")).split("School by school")[1]
    assert by_name.index("Alder Elementary") < by_name.index("Birch Middle")
    north = text(pack_of(client, one, network=str(district.networks[0].uid)))
    assert "2 of 3 schools" in north
    assert "Cottonwood High" not in north.split("Very likely below")[1]


def test_pack_costs_as_many_queries_for_one_school_as_for_many(sign_in, district, computed):
    from tests import factories

    one = planned(district)
    client = sign_in(Role.HR)
    counted = []
    for more in (0, 12):
        for number in range(more):
            school = factories.org(parent=district.networks[0], name=f"More {number}")
            actions.decide(meeting=one, what="x", department="hr", school=school, by=one.called_by)
        pack_of(client, one)
        with CaptureQueriesContext(connection) as queries:
            pack_of(client, one)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 15


def test_decision_in_place_answers_with_the_part_that_changed(sign_in, district):
    one = planned(district)
    client = sign_in(Role.HR)
    headers = {"HX-Request": "true"}
    alder = district.schools[0]
    url = reverse("instruction:decision-add", args=[one.uid])
    form = client.get(url, {"school": str(alder.uid)}, headers=headers).content.decode()
    assert f'hx-target="#decisions-{alder.uid}"' in form
    assert "<html" not in form
    what = "Now <script>alert(1)</script>"
    body = {"uid": str(uuid4()), "what": what, "department": "hr", "school": str(alder.uid)}
    answer = client.post(url, body, headers=headers)
    assert answer.status_code == 200
    assert answer.content.decode().strip().startswith(f'<div id="decisions-{alder.uid}">')
    assert "Now &lt;script&gt;alert(1)" in answer.content.decode()
    refused = client.post(url, body | {"what": "a\0b", "uid": str(uuid4())}, headers=headers)
    assert refused.status_code == 400
    assert refused["HX-Retarget"] == f"#add-{alder.uid}"
    assert client.post(url, body | {"what": "x" * 2001, "uid": str(uuid4())}).status_code == 400

"""The principal bench: who sees whom, and that whoever is named is told and can leave."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access import reach
from alignment_dash.access.models import Change
from alignment_dash.access.persondata import registry
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import today
from instruction.revisions import Moved
from supervision.models import BenchCandidate, ExpectedOpening
from supervision.principal_bench import actions, queries
from supervision.principal_bench.person_data import CANDIDATES
from tests.supervision.principal_bench.routes import candidate, opening

PAGE = "supervision:principal-bench"


def test_bench_shows_openings_by_month_beside_who_was_told(district, sign_in, django_assert_max_num_queries):
    expected, named = opening(district), candidate(district)
    client = sign_in(Role.CABINET)
    with django_assert_max_num_queries(16):
        page = client.get(reverse(PAGE)).content.decode()
    assert "Alder Elementary" in page
    assert expected.opens_on.strftime("%B %Y") in page
    assert "Principal1" in page
    assert "Led the summer program." in page
    told = client.get(reverse("supervision:bench-csv")).content.decode()
    assert "Alder Elementary" in told
    assert "Principal1" in told
    assert named.told_on == today()
    assert "<b>1</b> opening is expected; <b>1</b> person is ready now." in sign_in(Role.HR).get("/").text


def test_someone_not_told_is_seen_by_nobody_but_who_named_them(district, sign_in):
    actions.name_candidate(person=district.principals[1], by=district.users[Role.SUPERVISOR], readiness="now")
    for role, seen in ((Role.SUPERVISOR, True), (Role.CABINET, False), (Role.HR, False)):
        assert ("Principal1" in sign_in(role).get(reverse(PAGE)).content.decode()) is seen
    told = sign_in(Role.CABINET).get(reverse("api-bench-candidates")).json()
    assert told == []
    # Whoever else names them is not refused, which would tell; who has named them is.
    again = {"person": str(district.principals[1].uid), "readiness": "now"}
    named = reverse("api-bench-candidates")
    for role, code in ((Role.CABINET, 201), (Role.CABINET, 400), (Role.SUPERVISOR, 400)):
        answer = sign_in(role).post(named, again, content_type="application/json")
        assert answer.status_code == code, (role, answer.content)
    BenchCandidate.objects.filter(named_by=district.users[Role.CABINET]).delete()
    # Nor by who acts as the one who named them, whatever they reach themselves.
    scope = scope_of(district.users[Role.SUPERVISOR]).within(scope_of(district.users[Role.CABINET]))
    assert not queries.candidates(scope).exists()


def test_erased_candidate_is_in_no_earlier_wording(district):
    person, by = district.principals[1], district.users[Role.CABINET]
    made = actions.name_candidate(person=person, by=by, readiness="now", experience="Led with Pat Quill")
    actions.change_candidate(candidate=made, revision=0, by=by, experience="Led the summer program")
    subject = registry.people().of(person.uid)
    person.identity.blanked_at = timezone.now()
    person.identity.save()
    with reach.all_rows(why="as the job does"):
        assert CANDIDATES.erase is not None
        assert CANDIDATES.erase(subject) == 1
        earlier = Change.objects.filter(table_name="supervision_benchcandidate")
        assert {one.before["experience"] for one in earlier} == {""}
    assert not BenchCandidate.objects.exists()


def test_a_supervisor_sees_and_expects_at_her_own_schools_only(district, sign_in):
    by = district.users[Role.CABINET]
    for place in (0, 2):
        actions.expect_opening(
            school=district.schools[place], by=by, opens_on=today() + timedelta(days=9), reason="other"
        )
    actions.name_candidate(person=district.principals[2], by=by, readiness="now", told_on=today())
    client = sign_in(Role.SUPERVISOR)
    page = client.get(reverse(PAGE)).content.decode()
    assert "Alder Elementary" in page
    assert "Cottonwood High" not in page
    assert "Principal2" not in page
    teacher = {"person": str(district.teachers[district.schools[0].pk][0].uid), "readiness": "now"}
    assert client.post(reverse("supervision:candidate-add"), teacher).status_code == 400
    assert "No such person" in client.post(reverse("api-bench-candidates"), teacher).text
    sent = {"school": str(district.schools[2].uid), "opens_on": str(today()), "reason": "other"}
    assert client.post(reverse("supervision:opening-add"), sent).status_code == 400
    assert client.post(reverse("api-expected-openings"), sent).status_code == 400


def test_forms_add_change_and_take_off_and_tell_of_a_change_meanwhile(district, sign_in):
    client = sign_in(Role.CABINET)
    sent = {"school": str(district.schools[0].uid), "opens_on": str(today()), "reason": "move"}
    assert client.post(reverse("supervision:opening-add"), sent).status_code == 302
    row = ExpectedOpening.objects.get()
    change = reverse("supervision:opening-change", args=[row.uid])
    assert (
        client.post(change, {"revision": 0, "opens_on": str(today()), "reason": "other"}).status_code == 302
    )
    late = client.post(change, {"revision": 0, "opens_on": str(today()), "reason": "move"})
    assert late.status_code == 409
    mistyped = client.post(change, {"revision": 1, "opens_on": "1999-06-30", "reason": "other"})
    assert "from this school year on" in mistyped.content.decode()
    close = reverse("supervision:opening-close", args=[row.uid])
    assert client.post(close, {"revision": 0, "do": "filled"}).status_code == 409
    assert client.post(close, {"revision": 1, "do": "filled"}).status_code == 302
    row.refresh_from_db()
    assert (row.filled_on, row.withdrawn_on, row.reason) == (today(), None, "other")
    person = {"person": str(district.principals[0].uid), "readiness": "next-year", "levels": ["high"]}
    assert client.post(reverse("supervision:candidate-add"), person).status_code == 302
    again = client.post(reverse("supervision:candidate-add"), person)
    assert again.status_code == 400
    assert "named this person already" in again.content.decode()


def test_whoever_is_named_reads_it_and_leaves(district, sign_in):
    by = district.users[Role.CABINET]
    row = actions.name_candidate(person=district.principals[0], by=by, readiness="now", experience="Led it.")
    district.principals[0].user = district.users[Role.PRINCIPAL]
    district.principals[0].save()
    client = sign_in(Role.PRINCIPAL)
    url = reverse("supervision:bench-mine")
    assert "Led it." not in client.get(url).content.decode()
    actions.change_candidate(candidate=row, revision=0, by=by, told_on=today())
    assert "Led it." in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_on == today()
    assert BenchCandidate.objects.filter(withdrawn_on=None).count() == 0


def test_told_is_a_day_that_was_and_stays(district):
    by = district.users[Role.CABINET]
    with pytest.raises(ValidationError):
        actions.name_candidate(
            person=district.principals[0], by=by, readiness="now", told_on=today() + timedelta(days=1)
        )
    row = candidate(district)
    with pytest.raises(ValidationError):
        actions.change_candidate(candidate=row, revision=0, by=by, told_on=None)
    with pytest.raises(Moved):
        actions.withdraw_candidate(candidate=row, revision=5, by=by)

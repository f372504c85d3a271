"""When a visit is due: by hand, and the same of one principal wherever it is told."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs.models import Publication
from alignment_dash.schoolyear import bounds, current_year, today
from instruction import snapshots
from supervision import queries, visited
from supervision.models import CaseloadSchool, EntryPrincipal, NonContactDay, TimeEntry, Visit, VisitState
from supervision.visiting import contact_days, expected_visits, wait
from tests import factories

MONDAY = date(2026, 10, 5)


def test_wait_by_hand():
    """Twice a month and need 1.5: a visit every 21 / 3 = 7 contact days, and 6 in 42."""
    holiday = {MONDAY + timedelta(days=1)}
    given = {"begun": date(2026, 8, 1), "last": MONDAY, "goal": 2.0, "need": 1.5, "out": holiday}
    seven, eight = wait(day=date(2026, 10, 15), **given), wait(day=date(2026, 10, 16), **given)
    assert (seven.every, seven.waited, seven.is_due) == (7, 7, False)
    assert (eight.waited, eight.is_due, eight.beyond) == (8, True, pytest.approx(8 / 7))
    # Who came into the caseload after the last visit waits from then on; who needs none is never due.
    assert wait(day=date(2026, 10, 16), **given | {"begun": date(2026, 10, 9)}).waited == 5
    assert not wait(day=date(2026, 10, 16), **given | {"goal": 0.0}).is_due
    assert wait(day=date(2026, 10, 16), **given | {"need": None}).every == 10.5
    assert (expected_visits(2, 1.5, 42), expected_visits(2, None, 21)) == (6, 2)
    assert contact_days(MONDAY, MONDAY - timedelta(days=1), ()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("february")
def test_a_principal_of_two_schools_is_one_wherever_visits_are_told(district, sign_in, compute):
    """A visit entered as time at one school is a visit to the principal, at the other school and for everyone."""
    supervisor, principal, (first, second) = district.supervisor, district.principals[0], district.schools[:2]
    factories.caseload(supervisor=supervisor, principal=principal, school=second)
    entry = TimeEntry.objects.create(supervisor=supervisor, day=today(), minutes=60, purpose="modeling")
    EntryPrincipal.objects.create(entry=entry, principal=principal, school=second)
    other = district.principals[1]
    long_ago = max(bounds(current_year())[0], today() - timedelta(days=90))
    Visit.objects.create(
        supervisor=supervisor, principal=other, school=second, day=long_ago, state=VisitState.DONE,
        made_by=district.users[Role.SUPERVISOR],
    )  # fmt: skip
    run = compute()
    CaseloadSchool.objects.filter(run=run).update(need=1.0, need_low=0.8, need_high=1.2)
    waits = visited.waits(today())
    assert {pair: one.is_due for pair, one in waits.items()} == {
        (supervisor.pk, principal.pk): False,
        (supervisor.pk, other.pk): True,
    }
    assert visited.waiting(today()) == {supervisor.pk: 1}
    client = sign_in(Role.SUPERVISOR)
    rows = client.get(reverse("api-my-principals")).json()["principals"]
    told = [
        (row["last_visit"], row["visits"], row["visit_due"])
        for row in rows
        if row["principal"] == str(principal.uid)
    ]
    assert told == [(str(today()), 1, False)] * 2
    assert [row["visit_due"] for row in rows if row["principal"] == str(other.uid)] == [True]
    for page in ("supervision:home", "ui:home"):
        assert "<b>1 of 2</b> has waited longer" in client.get(reverse(page)).text
    assert client.get(reverse("supervision:visits")).text.count("visit due") == 1
    for school in (first, second):
        sheet = client.get(reverse("supervision:visit-sheet", args=[school.uid, principal.uid])).text
        assert "The last visit was today." in sheet
        assert "A visit is due." not in sheet
    assert (
        "A visit is due." in client.get(reverse("supervision:visit-sheet", args=[second.uid, other.uid])).text
    )
    answer = client.get(reverse("api-principal-supervisors")).json()["supervisors"][0]
    assert (answer["visited_as_need_asks"], answer["visited_of"]) == (1, 2)
    # Whoever leaves the day out for all would tell by the difference that somebody was visited on it.
    NonContactDay.objects.create(day=today(), kind="holiday")
    told = visited.waits(today(), told_to=scope_of(district.users[Role.CABINET]))
    assert {pair: one.last for pair, one in told.items()}[supervisor.pk, principal.pk] == today()
    assert visited.waits(today())[supervisor.pk, principal.pk].last is None


@pytest.mark.django_db
def test_need_of_a_capacity_snapshot_that_stands_no_longer_is_told_nowhere(district, sign_in, compute):
    run = compute()
    facts = run.facts | {"capacity_run": "0198c0de-0000-7000-8000-000000000000"}
    type(run).objects.filter(pk=run.pk).update(facts=facts)
    assert not Publication.objects.filter(kind=snapshots.KIND, run__uid=facts["capacity_run"]).exists()
    ids = [one.pk for one in district.principals]
    assert CaseloadSchool.objects.filter(run=run, need__isnull=False).exists()
    assert queries.needs_of(current_year(), ids) == {}
    rows = sign_in(Role.SUPERVISOR).get(reverse("api-my-principals")).json()["principals"]
    assert {row["need"] for row in rows} == {None}
    answer = sign_in(Role.CABINET).get(reverse("api-principal-supervisors")).json()
    assert [row["need"] for row in answer["supervisors"]] == [None]

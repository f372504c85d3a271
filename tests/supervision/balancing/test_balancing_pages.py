"""Pages, files and REST of balancing, as the cabinet uses them; solving itself is the optimiser's own test."""

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from urllib.parse import urlencode

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access.models import AuditEvent, RoleGrant
from alignment_dash.access.roles import Role
from alignment_dash.runs import tasks
from alignment_dash.runs.models import Publication, Run, State
from alignment_dash.schoolyear import current_year, today
from schools.models import StaffAssignment, StaffRole
from supervision.balancing import queries, shown
from supervision.balancing.person_data import LIMITS as LIMITS_HELD
from supervision.balancing.person_data import PROPOSALS as PROPOSALS_HELD
from supervision.balancing.picture import picture
from supervision.models import (
    CASELOAD_RUN,
    BalanceProposal,
    CaseloadAssignment,
    CaseloadSchool,
    ProposalState,
    SupervisorLimits,
)
from tests import factories
from tests.supervision.balancing.routes import proposal

pytestmark = pytest.mark.django_db

BALANCE, WHAT_IF, LIMITS = (
    reverse("supervision:balance"),
    reverse("supervision:what-if"),
    reverse("supervision:limits"),
)
API = reverse("api-balance-proposal-list")
ASK = {
    "evenness": "usual", "changes": "usual", "networks": "usual", "levels": "usual", "least": 0, "most": 12,
}  # fmt: skip


@pytest.fixture
def client(sign_in, district) -> Client:
    return sign_in(Role.CABINET)


@pytest.fixture
def other(district):
    person = factories.person(given="Kim", family="Other")
    factories.assignment(person=person, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    return person


@pytest.fixture
def need(district):
    """Return a function that publishes a snapshot with the need of the first principals."""

    def published(*needs):
        run = Run.objects.create(
            kind=CASELOAD_RUN, school_year=current_year(), state=State.SUCCEEDED, ended_at=timezone.now()
        )
        Publication.objects.create(
            kind=run.kind, school_year=run.school_year, run=run, published_at=timezone.now()
        )
        for school, principal, value in zip(district.schools, district.principals, needs, strict=False):
            CaseloadSchool.objects.create(
                run=run, supervisor=district.supervisor, principal=principal, school=school, roster_size=6,
                need=value, need_low=value - 0.3, need_high=value + 0.3,
            )  # fmt: skip

    return published


def change(unit, person):
    return f"{unit.uid}~{person.uid}"


def asked(client, **fields):
    answer = client.post(BALANCE, {"start": today().isoformat(), **ASK, **fields})
    assert answer.status_code == 302, answer.text
    made = BalanceProposal.objects.latest("pk")
    tasks.perform(made.run_id)
    made.refresh_from_db()
    return made, client.get(answer.url).text


def test_what_if_shows_both_caseloads_and_writes_nothing_before_it_is_accepted(client, district, other, need):
    need(1.4, 0.6)
    units = {unit.rows[0].school.pk: unit for unit in picture(today()).units}
    first, second = (units[school.pk] for school in district.schools[:2])
    query = urlencode({"unit": first.uid, "to": other.uid})
    page = client.get(f"{WHAT_IF}?{query}").text
    assert "Moves Pat Principal0 (Alder Elementary) from Sam Supervisor to Kim Other" in page
    assert "Sam Supervisor goes from 2.0 to 0.6 principals&#x27; worth of need (2 to 1 principals)" in page
    # Half widths of 0.3 each: together sqrt(0.3^2 + 0.3^2) = 0.42.
    assert "2.0 <small>(1.6–2.4)</small>" in page
    both = [("move", change(first, other)), ("unit", second.uid), ("to", other.uid)]
    page = client.get(f"{WHAT_IF}?{urlencode(both)}").text
    assert "<b>2 changes</b>: caseloads between 0.0 and 2.0" in page
    assert not CaseloadAssignment.objects.filter(supervisor=other).exists()
    answer = client.post(WHAT_IF, {"move": [change(first, other), change(second, other)]})
    made = BalanceProposal.objects.get()
    assert answer.url == reverse("supervision:balance-proposal", kwargs={"uid": made.uid})
    page = client.get(f"{answer.url}?take=1").text
    assert "What 1 chosen change gives" in page
    decide = reverse("supervision:balance-decide", kwargs={"uid": made.uid})
    assert client.post(decide, {"group": [2], "do": "show"}).url.endswith("?take=2#moves")
    limits = SupervisorLimits.objects.create(supervisor=other, least=0, most=0)
    full = client.post(decide, {"group": [1], "do": "accept"})
    assert (full.status_code, "Kim Other would have 1 principal, and the limit is 0." in full.text) == (
        400,
        True,
    )
    decisions = reverse("api-balance-decisions", kwargs={"uid": made.uid})
    full = client.post(decisions, {"decision": "accept", "groups": [1]}, content_type="application/json")
    assert (full.status_code, "the limit is 0" in full.text) == (400, True)
    limits.delete()
    assert client.post(decide, {"group": [1], "do": "accept"}).status_code == 302
    assert CaseloadAssignment.objects.on(today()).get(supervisor=other).school == district.schools[0]
    refused = client.post(decide, {"group": [1, 2], "do": "accept"})
    assert (refused.status_code, "Nothing was written" in refused.text) == (409, True)
    assert "Moves Pat Principal0" in refused.text
    assert CaseloadAssignment.objects.on(today()).filter(supervisor=other).count() == 1


@pytest.mark.parametrize(
    "query",
    [
        "unit=x&to=y",
        "unit=&to=1",
        "move=~",
        "move=a~b&move=c",
        "move=" + "9" * 4000,
        "start=1800-01-01&unit=1&to=2",
    ],
)
def test_what_if_with_nonsense_says_so(client, query):
    answer = client.get(f"{WHAT_IF}?{query}")
    assert answer.status_code in {200, 400}
    assert ("Choose a principal and a principal supervisor." in answer.text) == (answer.status_code == 400)


def test_what_if_refuses_supervising_oneself_and_who_has_left(client, district, other):
    principal = district.principals[0]
    factories.assignment(person=principal, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    SupervisorLimits.objects.create(supervisor=other, leaves_on=today())
    assert (
        "Nobody supervises themselves."
        in client.get(f"{WHAT_IF}?unit={principal.uid}&to={principal.uid}").text
    )
    page = client.get(f"{WHAT_IF}?unit={principal.uid}&to={other.uid}").text
    assert "Kim Other no longer supervises on that day." in page


def test_limits_are_set_and_bad_ones_refused(client, district):
    url = reverse("supervision:limits-change", kwargs={"uid": district.supervisor.uid})
    good = {"revision": 0, "least": 1, "most": 3, "levels": ["high"], "networks": [district.networks[0].uid]}
    refused = client.post(url, good | {"least": 5})
    assert (refused.status_code, "not below the least" in refused.text) == (400, True)
    for bad in (
        {"most": 10**30},
        {"most": -1},
        {"least": "x"},
        {"levels": ["none"]},
        {"leaves_on": "2026-99-99"},
    ):
        assert client.post(url, good | bad).status_code == 400
    assert client.post(url, good | {"leaves_on": (today() + timedelta(days=30)).isoformat()}).url == LIMITS
    page = client.get(LIMITS).text
    assert "balance from then" in page
    assert "Every caseload has as many principals as its limits say." in page
    moved = client.post(url, good | {"most": 4})
    assert (moved.status_code, "Someone else has changed this" in moved.text) == (409, True)
    assert SupervisorLimits.objects.get().most == 3


def test_proposal_is_asked_for_computed_by_a_job_and_told_in_words(client, district, other, need):
    need(1.4, 0.6, 1.0)
    answer = client.post(BALANCE, {"start": today().isoformat(), **ASK})
    made = BalanceProposal.objects.get()
    assert "is being computed" in client.get(answer.url).text
    assert client.get(answer.url, headers={"hx-request": "true"}).status_code == 204
    tasks.perform(made.run_id)
    tasks.perform(made.run_id)
    made.refresh_from_db()
    assert made.state == ProposalState.READY, made.run.message
    assert client.get(answer.url, headers={"hx-request": "true"})["HX-Refresh"] == "true"
    page = client.get(answer.url).text
    assert "No arrangement within the limits can be" in page
    # The third school has no supervisor: whoever gets the most even caseload out of it does.
    assert "(Cottonwood High) into the caseload of" in page
    assert made.facts["bound"] <= made.facts["objective"] <= made.facts["greedy"]["objective"] + 1e-9
    sheet = client.get(reverse("supervision:balance-workbook", kwargs={"uid": made.uid})).content
    assert openpyxl.load_workbook(BytesIO(sheet)).sheetnames == ["About", "Caseloads", "Moves"]
    csv = client.get(reverse("supervision:balance-csv", kwargs={"uid": made.uid})).content.decode()
    assert "Cottonwood High" in csv
    told = client.get(reverse("api-balance-proposal-detail", kwargs={"uid": made.uid})).json()
    assert told["said"] in page
    looks = AuditEvent.objects.filter(act="view.need", target_id=str(made.uid))
    assert looks.count() == 1  # within a minute the page and the API are one look
    assert district.principals[2].pk in looks.get().detail["people"]


def test_proposal_that_changes_nothing_says_it_is_as_even_as_it_gets(client, district):
    factories.caseload(
        supervisor=district.supervisor, principal=district.principals[2], school=district.schools[2]
    )
    made, page = asked(client)
    assert (made.state, made.moves.count()) == (ProposalState.READY, 0)
    assert "already as even as it gets" in page


def test_limits_that_cannot_hold_are_named_with_the_nearest_that_can(client, district):
    made, page = asked(client, least=8)
    assert made.state == ProposalState.INFEASIBLE
    assert "No caseloads meet all the limits." in page
    assert "at least 3 instead of 8" in page
    assert reverse("supervision:limits-change", kwargs={"uid": district.supervisor.uid}) in page
    assert client.post(
        reverse("supervision:balance-decide", kwargs={"uid": made.uid}), {"group": [1], "do": "accept"}
    ).status_code == 400  # fmt: skip


def test_limits_to_change_alike_are_one_line_and_each_over_rest(client, district):
    people = [factories.person(given="Lee", family=f"Third{n}") for n in range(3)]
    for person in people:
        factories.assignment(person=person, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
        SupervisorLimits.objects.create(supervisor=person, least=2, most=2)
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=0)
    made, page = asked(client)
    assert "<summary>3 supervisors: at least 1 instead of 2.</summary>" in page
    limits = [reverse("supervision:limits-change", kwargs={"uid": person.uid}) for person in people]
    links = [f'<li><a href="{url}">Lee Third{n}</a></li>' for n, url in enumerate(limits)]
    assert "".join(links) in page[page.index("<summary>3 sup") :]
    told = client.get(reverse("api-balance-proposal-detail", kwargs={"uid": made.uid})).json()
    assert "3 supervisors: at least 1 instead of 2. (Lee Third0, Lee Third1, Lee Third2)" in told["said"]
    assert {(one["kind"], one["now"], one["to"]) for one in told["nearest"]} == {("least", 2, 1)}
    assert {one["supervisor"] for one in told["nearest"]} == {str(person.uid) for person in people}


def test_what_a_supervisor_without_limits_may_have_is_what_the_proposal_was_asked_with(
    client, district, other
):
    for _ in range(12):
        factories.caseload(supervisor=other, principal=factories.person(), school=factories.org())
    made, page = asked(client, least=0, most=13)
    assert made.state == ProposalState.READY
    table = page[page.index('<form method="post"') :]
    assert "0 to 13" in table
    assert "8 to 12" not in table[: table.index("This proposal was asked for")]
    assert "This proposal was asked for with 0 to 13." in page
    # The district's span is what limits are held against elsewhere.
    assert "This proposal" not in client.get(BALANCE).text
    # A caseload that is above it all the same is labeled with it, and not with the district's.
    for verdict in ("", "above 13"):
        factories.caseload(supervisor=other, principal=factories.person(), school=factories.org())
        rows = {row.name: row for row in shown.load_rows(queries.beside(made))}
        assert rows["Kim Other"].verdict == verdict


def test_principals_of_a_supervisor_who_leaves_go_to_who_stays(client, district, other):
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=0, most=20, leaves_on=today())
    partner = factories.person(given="Robin", family="Partner")
    factories.caseload(supervisor=district.supervisor, principal=partner, school=district.schools[0])
    limits = SupervisorLimits.objects.create(supervisor=other, least=0, most=1)
    made, page = asked(client, most_changes=0)
    assert "4 principals need a supervisor, and those who may have them (Kim Other) have 1 places" in page
    SupervisorLimits.objects.filter(pk=limits.pk).update(most=3)
    third = factories.person(given="Lee", family="Third")
    factories.assignment(person=third, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    made, page = asked(client, most_changes=0)
    assert "Sam Supervisor leaves." in page
    assert "share a school and go together" in page
    client.post(
        reverse("supervision:balance-decide", kwargs={"uid": made.uid}),
        {"group": sorted(set(made.moves.values_list("group", flat=True))), "do": "accept"},
    )
    held = CaseloadAssignment.objects.on(today())
    assert held.count() == 4
    # The two who share a school count as two beside Kim's most of 3, and stay together.
    assert set(held.values_list("supervisor", flat=True)) == {other.pk, third.pk}
    assert held.filter(school=district.schools[0]).values("supervisor").distinct().count() == 1


def test_bad_questions_are_refused(client):
    for bad in ({"start": (today() - timedelta(days=1)).isoformat()}, {"most_changes": 10**40}, {"least": 13},
                {"evenness": "very"}, {"pinned": ["x"]}, {"start": "9999-01-01"}):  # fmt: skip
        assert client.post(BALANCE, {"start": today().isoformat(), **ASK, **bad}).status_code == 400
    assert not BalanceProposal.objects.exists()


def test_pages_take_as_many_queries_however_many_principals(
    client, district, other, django_assert_max_num_queries
):
    for _ in range(12):
        factories.caseload(supervisor=other, principal=factories.person(), school=factories.org())
    made = proposal(district)
    for url in (WHAT_IF, BALANCE, LIMITS, reverse("supervision:balance-proposal", kwargs={"uid": made.uid})):
        with django_assert_max_num_queries(26):
            assert client.get(url).status_code == 200


def test_rest_sets_limits_asks_and_decides(client, district, other):
    url = reverse("api-caseload-limits-detail", kwargs={"uid": other.uid})
    body = {"revision": 0, "least": 0, "most": 3, "networks": [str(district.networks[0].uid)]}

    def put(**fields):
        return client.put(url, body | fields, content_type="application/json")

    assert put().json()["networks"] == [str(district.networks[0].uid)]
    assert put().status_code == 409
    assert put(revision=1, least=4).json()["most"] == ["The most is not below the least."]
    assert put(revision=1, networks=[str(other.uid)]).status_code == 400
    rows = client.get(reverse("api-caseload-limits")).json()
    assert [(row["name"], row["is_own"], row["most"]) for row in rows] == [
        ("Kim Other", True, 3), ("Sam Supervisor", False, 12),
    ]  # fmt: skip
    unit = picture(today()).units[0]
    what_if = client.get(reverse("api-caseload-what-if"), {"move": change(unit, other)}).json()
    assert [row["after"]["principals"] for row in what_if["caseloads"]] == [1, 1]
    assert client.get(reverse("api-caseload-what-if"), {"move": "1~2"}).status_code == 400

    def post(address, **fields):
        return client.post(address, fields, content_type="application/json")

    start = today().isoformat()
    assert post(API, start="2001-01-01").json()["start"]
    assert post(API, start=start, moves=["a~b"]).status_code == 400
    assert post(API, start=start, least=9, most=2).status_code == 400
    assert post(API, start=start).json()["state"] == "waiting"
    made = post(API, start=start, moves=[change(unit, other)]).json()
    assert (made["state"], [move["group"] for move in made["moves"]]) == ("ready", [1])
    decisions = reverse("api-balance-decisions", kwargs={"uid": made["uid"]})
    assert post(decisions, decision="accept", groups=[2]).status_code == 400
    assert post(decisions, decision="maybe", groups=[1]).status_code == 400
    assert post(decisions, decision="accept", groups=[1]).json()["moves"][0]["state"] == "accepted"
    again = post(decisions, decision="accept", groups=[1])
    assert (again.status_code, "Nothing was written" in again.json()["detail"]) == (409, True)
    assert client.get(API).json()["count"] == 2


def test_district_without_principals_or_supervisors_is_told_so(client, district):
    CaseloadAssignment.objects.all().delete()
    StaffAssignment.objects.filter(role=StaffRole.PRINCIPAL).delete()
    assert "No caseloads meet all the limits." in asked(client, least=1)[1]
    assert "already as even as it gets" in asked(client)[1]
    StaffAssignment.objects.filter(role=StaffRole.PRINCIPAL_SUPERVISOR).delete()
    RoleGrant.objects.filter(role=Role.SUPERVISOR).delete()
    assert client.get(LIMITS).status_code == client.get(WHAT_IF).status_code == 200
    assert asked(client)[0].state in {ProposalState.READY, ProposalState.INFEASIBLE}
    nowhere = reverse("supervision:balance-proposal", kwargs={"uid": district.supervisor.uid})
    assert client.get(nowhere).status_code == 404


def test_erasing_a_supervisor_removes_their_limits_and_keeps_the_moves(district, other, client):
    made = proposal(district)
    SupervisorLimits.objects.create(supervisor=other)
    subject = SimpleNamespace(person_id=other.pk, user_id=None)
    assert (LIMITS_HELD.count(subject), PROPOSALS_HELD.count(subject)) == (1, 0)
    theirs = SimpleNamespace(person_id=made.moves.get().to_supervisor_id, user_id=None)
    rows = list(PROPOSALS_HELD.rows(theirs))
    assert [row["what"] for row in rows] == ["a principal would leave or join their caseload"]
    assert LIMITS_HELD.erase(subject) == 1
    assert PROPOSALS_HELD.erase(theirs) == 0
    assert made.moves.count() == 1

"""What cannot be asked of balancing is refused in words, over pages and REST alike, and nothing is written."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from schools.models import StaffRole
from supervision.balancing.picture import picture
from supervision.models import BalanceProposal, SupervisorLimits
from tests import factories

pytestmark = pytest.mark.django_db

PAGE, PROPOSALS = reverse("supervision:what-if"), reverse("api-balance-proposal-list")
WHAT_IF = reverse("api-caseload-what-if")
YESTERDAY = (today() - timedelta(days=1)).isoformat()
NO_DAYS = ["foo", "2026-02-30", "9999-12-31", "0001-01-01", YESTERDAY]


@pytest.fixture
def client(sign_in, district):
    return sign_in(Role.CABINET)


@pytest.fixture
def other(district):
    person = factories.person(given="Kim", family="Other")
    factories.assignment(person=person, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    return person


@pytest.fixture
def move(other):
    return f"{picture(today()).units[0].uid}~{other.uid}"


@pytest.fixture
def post(client):
    def sent(**body):
        return client.post(PROPOSALS, body, content_type="application/json")

    return sent


@pytest.mark.parametrize("day", NO_DAYS)
def test_day_that_is_none_to_come_is_never_taken_for_today(client, post, move, day):
    refused = client.post(PAGE, {"start": day, "move": move})
    assert refused.status_code == 400
    assert "From: choose today or a day to come. Shown is today." in refused.text
    assert "From: choose today or a day to come." in client.get(PAGE, {"start": day}).text
    assert client.get(WHAT_IF, {"start": day, "move": move}).json()["start"]
    for body in ({}, {"moves": [move]}):
        assert post(start=day, **body).json()["start"]
    assert not BalanceProposal.objects.exists()
    assert "From: choose" not in client.get(PAGE).text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "x"])
def test_last_day_of_no_calendar_is_refused_over_rest(client, other, day):
    url = reverse("api-caseload-limits-detail", kwargs={"uid": other.uid})
    body = {"revision": 0, "least": 0, "most": 3, "leaves_on": day}
    answer = client.put(url, body, content_type="application/json")
    assert (answer.status_code, bool(answer.json()["leaves_on"])) == (400, True)
    assert not SupervisorLimits.objects.exists()


def test_level_named_twice_over_rest_is_one(client, other):
    url = reverse("api-caseload-limits-detail", kwargs={"uid": other.uid})
    body = {"revision": 0, "least": 0, "most": 3, "levels": ["high", "middle", "high"]}
    assert client.put(url, body, content_type="application/json").json()["levels"] == ["high", "middle"]


def test_who_stays_must_be_known_and_may_be_any_who_share_a_school(post, district, other):
    partner = factories.person()
    factories.caseload(supervisor=district.supervisor, principal=partner, school=district.schools[0])
    start = today().isoformat()
    assert post(start=start, pinned=[str(other.uid)]).json()["pinned"] == [
        f"No principal or vacant school has the uid {other.uid}."
    ]
    assert not BalanceProposal.objects.exists()
    both = [str(partner.uid), str(district.principals[0].uid)]
    assert post(start=start, pinned=both).status_code == 201
    unit = next(unit for unit in picture(today()).units if len(unit.positions) > 1)
    assert BalanceProposal.objects.get().settings["pinned"] == [str(unit.uid)]


@pytest.mark.parametrize("place", [0, 1])
def test_either_of_two_who_share_a_school_takes_both_along(client, district, other, place):
    partner = factories.person()
    factories.caseload(supervisor=district.supervisor, principal=partner, school=district.schools[0])
    who = [district.principals[0], partner][place]
    told = client.get(WHAT_IF, {"move": f"{who.uid}~{other.uid}"}).json()
    after = {row["name"]: row["after"]["principals"] for row in told["caseloads"]}
    assert after == {"Kim Other": 2, "Sam Supervisor": 1}


def test_more_changes_than_are_looked_at_are_told_and_not_left_out_silently(client, move):
    answer = client.get(PAGE, {"move": [move] * 101})
    assert answer.status_code == 400
    assert "At most 100 changes at once." in answer.text
    assert client.get(WHAT_IF, {"move": [move] * 101}).status_code == 400
    assert client.get(PAGE, {"move": [move] * 100}).status_code == 200

"""The district's span of principals: the literature's until the cabinet sets another, and the same everywhere."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.access.trace.sentences import sentence
from alignment_dash.runs import tasks
from alignment_dash.runs.models import Run
from alignment_dash.schoolyear import today
from schools.models import StaffAssignment, StaffRole
from supervision import notices
from supervision.models import CASELOAD_RUN, BalanceProposal, DistrictSpan
from supervision.spans import district_span
from tests import factories
from tests.supervision.balancing.routes import proposal

pytestmark = pytest.mark.django_db

LIST, LIMITS = reverse("supervision:caseload-list"), reverse("supervision:limits")
OVERVIEW, BALANCE = reverse("supervision:overview"), reverse("supervision:balance")
SET, API = reverse("supervision:set-span"), reverse("api-caseload-span")


@pytest.fixture
def crowded(district):
    """Kim with 13 principals."""
    person = factories.person(given="Kim", family="Crowded")
    factories.assignment(person=person, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    for _ in range(13):
        school, principal = factories.org(), factories.person()
        factories.caseload(supervisor=person, principal=principal, school=school)
        factories.assignment(person=principal, org=school, role=StaffRole.PRINCIPAL)
    return person


def test_pages_files_notices_and_limits_hold_caseloads_against_the_same_span(
    sign_in, district, crowded, compute
):
    client = sign_in(Role.CABINET)
    caseload = reverse("supervision:caseload-detail", kwargs={"uid": crowded.uid})
    compute()
    assert "above 12" in client.get(LIST).text
    assert len(notices._outside(today())) == 1
    answer = client.post(SET, {"least": 2, "most": 14}, follow=True)
    assert "A supervisor without limits of their own has 2 to 14 principals from now on." in answer.text
    assert "This district has set 2 to 14. Set by Superintendent" in " ".join(answer.text.split())
    # At once where caseloads are counted now; where they are summed up, what they were held against stands by them.
    assert notices._outside(today()) == []
    assert "above 12" not in client.get(OVERVIEW).text
    assert "above 12" in client.get(LIST).text
    assert Run.objects.open().filter(kind=CASELOAD_RUN).exists()
    compute()
    page = client.get(LIST).text
    assert "<b>All 2 caseloads</b> have 2 to 14 principals." in page
    assert page.count("within 2 to 14") == 4
    for url in (LIST, caseload, OVERVIEW, LIMITS, BALANCE, reverse("supervision:need")):
        text = " ".join(client.get(url).text.split())
        assert "8 to 12" in text  # the literature's, beside it
        assert "This district has set 2 to 14." in text
        assert "above 12" not in text
    assert 'name="most" value="14"' in client.get(BALANCE).text
    files = client.get(reverse("supervision:caseload-list-csv"))
    assert b"within 2 to 14" in b"".join(files)
    told = client.get(reverse("api-caseload-list")).json()
    assert (told["span_low"], told["span_high"]) == (2, 14)
    told = client.get(reverse("api-caseload-detail", kwargs={"uid": crowded.uid})).json()
    assert (told["span"], told["span_high"]) == ("within", 14)
    rows = client.get(reverse("api-caseload-limits")).json()
    assert {(row["is_own"], row["least"], row["most"]) for row in rows} == {(False, 2, 14)}
    event = AuditEvent.objects.get(act="caseload.span")
    assert event.detail == {"low": 2, "high": 14, "before": [8, 12]}
    assert sentence(event).endswith("set how many principals a supervisor has: 2 to 14 principals")


def test_span_set_meanwhile_is_told_and_nothing_is_saved(sign_in):
    client = sign_in(Role.CABINET)
    for bad in ({"least": 13}, {"most": 101}, {"most": ""}, {"least": -1}, {"seen": "x"}):
        assert client.post(SET, {"least": 8, "most": 12, **bad}).status_code == 400
    assert client.post(SET, {"least": 8, "most": 12}).status_code == 302
    assert not DistrictSpan.objects.exists()  # nothing else was asked for
    assert client.post(SET, {"least": 6, "most": 13}).status_code == 302
    moved = client.post(SET, {"least": 6, "most": 20})
    assert moved.status_code == 409
    assert "Someone else has set 6 to 13 principals meanwhile. Yours are not saved." in moved.text
    assert 'name="most" value="20"' in moved.text
    seen = DistrictSpan.objects.get().uid
    assert client.post(SET, {"least": 6, "most": 20, "seen": seen}).status_code == 302
    assert list(DistrictSpan.objects.order_by("pk").values_list("high", flat=True)) == [13, 20]
    assert sign_in(Role.SUPERVISOR).post(SET, {"least": 0, "most": 99, "seen": ""}).status_code == 404


def test_accepting_a_proposal_with_a_span_of_its_own_offers_it_to_the_district(sign_in, crowded):
    client = sign_in(Role.CABINET)
    asked = {
        "start": today().isoformat(), "evenness": "usual", "changes": "usual", "networks": "usual",
        "levels": "usual", "least": 0, "most": 14,
    }  # fmt: skip
    client.post(BALANCE, asked)
    made = BalanceProposal.objects.get()
    tasks.perform(made.run_id)
    url = reverse("supervision:balance-proposal", kwargs={"uid": made.uid})
    groups = list(made.moves.values_list("group", flat=True))
    decide = reverse("supervision:balance-decide", kwargs={"uid": made.uid})
    page = client.post(decide, {"group": groups, "do": "accept"}, follow=True).text
    assert "The district's span is 8 to 12: accepting moves leaves it so" in page
    assert "Make 0 to 14 the district's span" in page
    assert district_span() == (8, 12)
    page = client.post(SET, {"least": 0, "most": 14, "seen": "", "proposal": made.uid}, follow=True)
    assert page.redirect_chain[-1][0] == url
    assert "has 0 to 14 principals from now on." in page.text
    assert "Make 0 to 14" not in page.text
    assert district_span() == (0, 14)


def test_proposal_by_hand_offers_no_span(sign_in, district):
    made = proposal(district)
    client = sign_in(Role.CABINET)
    client.post(SET, {"least": 0, "most": 14})
    page = client.get(reverse("supervision:balance-proposal", kwargs={"uid": made.uid})).text
    assert "the district's span</button>" not in page
    assert "0 to 14" in page


def test_rest_reads_and_sets_the_span(sign_in, district):
    client = sign_in(Role.CABINET)

    def put(**body):
        return client.put(API, body, content_type="application/json")

    assert client.get(API).json() == {"uid": None, "low": 8, "high": 12, "set_at": None}
    assert put(low=9, high=8, seen=None).json()["high"] == ["The most is not below the least."]
    made = put(low=7, high=13, seen=None).json()
    assert (made["low"], made["high"]) == (7, 13)
    assert put(low=7, high=14, seen=None).status_code == 409
    assert put(low=7, high=14, seen=made["uid"]).json()["high"] == 14
    StaffAssignment.objects.filter(role=StaffRole.PRINCIPAL_SUPERVISOR).delete()
    url = reverse("api-balance-proposal-list")
    # A least alone is held against the district's most.
    for asked, status in (({}, 201), ({"least": 14}, 201), ({"least": 15}, 400)):
        body = {"start": today().isoformat(), **asked}
        assert client.post(url, body, content_type="application/json").status_code == status
    assert BalanceProposal.objects.order_by("pk").first().settings["least"] == 7


@pytest.mark.parametrize("bad", [{"low": 9, "high": 8}, {"low": 0, "high": 101}])
def test_database_holds_no_span_that_cannot_be(bad):
    with pytest.raises(IntegrityError), transaction.atomic():
        DistrictSpan.objects.create(**bad)

"""The pages of roster imports: what a data administrator reads in each state, decides, and is kept from."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.roles import Role
from alignment_dash.runs import tasks
from alignment_dash.runs.models import State, UploadState
from schools.models import HoldLimits, Org, RosterImport
from tests.schools.imports import GROUP, HASH, HOLD, out_of_date, roster_import
from tests.schools.rosters.bundles import bundle, files_of

pytestmark = pytest.mark.django_db
LIST = "schools:roster-import-list"
LIMITS = "schools:roster-hold-limits"


@pytest.fixture
def administrator(sign_in: Any) -> Any:
    return sign_in(Role.DATA_ADMINISTRATOR)


@pytest.fixture
def by(user_in: Callable[[Role], User]) -> User:
    return user_in(Role.DATA_ADMINISTRATOR)


def text(client: Any, upload: Any, **more: Any) -> str:
    answer = client.get(reverse("schools:roster-import-detail", args=[upload.uid]), **more)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_list_says_first_what_waits_for_a_person(administrator: Any, by: User) -> None:
    assert "No roster waits for a decision." in administrator.get(reverse(LIST)).text
    roster_import(UploadState.HELD, by=by, filename="half.zip")
    roster_import(UploadState.APPLIED, by=by, filename="later.zip")
    page = administrator.get(reverse(LIST)).text
    assert "1 roster waits for your decision." in page
    assert page.index("half.zip") < page.index("later.zip")
    assert "485 of 500 students would end." in page
    assert "4 added, 3 changed, 1,986 ended, 1 returned." in page


def test_list_is_filtered_by_state_and_source(administrator: Any) -> None:
    roster_import(UploadState.APPLIED, filename="one.zip", source="north")
    roster_import(UploadState.APPLIED, filename="two.zip", source="south")
    roster_import(UploadState.REJECTED, filename="three.zip", source="south")
    page = administrator.get(reverse(LIST), {"state": "applied", "source": "south"}).text
    shown = page[page.index('id="imports"') :]
    assert "two.zip" in shown
    assert "one.zip" not in shown
    assert "three.zip" not in shown
    nothing = administrator.get(reverse(LIST), {"state": "held", "source": "south"}).text
    assert "No import is like that" in nothing


@pytest.mark.parametrize("query", ["?state=nonsense&source=%00", "?page=-3", "?page=9999", "?state[]=x"])
def test_list_with_nonsense_in_its_address_shows_imports(administrator: Any, query: str) -> None:
    roster_import(UploadState.APPLIED, filename="one.zip", source="north")
    answer = administrator.get(reverse(LIST) + query)
    assert answer.status_code == 200
    assert "one.zip" in answer.text


def test_list_asks_as_often_for_many_imports_as_for_one(administrator: Any, by: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            administrator.get(reverse(LIST))
        return len(captured)

    roster_import(UploadState.HELD, by=by)
    roster_import(UploadState.APPLIED, by=by)
    count()  # what the first request caches
    few = count()
    for state in UploadState:
        roster_import(state, by=by)
        roster_import(state, by=by)
    assert count() == few


@pytest.mark.parametrize("state", UploadState)
def test_page_of_one_import_answers_in_every_state(administrator: Any, by: User, state: UploadState) -> None:
    upload = roster_import(state, by=by)
    page = text(administrator, upload)
    assert ("every 2s" in page) is (state in {"received", "validating", "applying"})
    assert ("Approve and apply" in page) is (state == "held")
    assert ("Apply this plan" in page) is (state == "planned")
    assert ("Abort this roster" in page) is (
        state in {"held", "planned", "received", "validating", "applying"}
    )
    assert ("Revert …" in page) is (state in {"applied", "applied-with-messages"})
    assert ("Try again" in page) is (state == "failed")
    assert "Hidden Name" not in page


def test_page_of_a_held_import_says_why_and_what_would_happen(administrator: Any, by: User) -> None:
    page = text(administrator, roster_import(UploadState.HELD, by=by))
    assert page.index(HOLD["message"]) < page.index("What would happen") < page.index("SHA-256")
    assert reverse(LIMITS) in page
    assert f'name="plan_hash" value="{HASH}"' in page
    for said in ("left as it is", "Jo Pine", "jo@old.example", "e-mail address", "s-17", "1,554"):
        assert said in page


def test_page_of_a_plan_made_before_another_import_says_that_it_is_old(administrator: Any, by: User) -> None:
    page = text(administrator, out_of_date(by=by))
    assert "This plan may be out of date" in page
    assert "nightly.zip" in page


def test_page_of_an_approved_plan_that_came_back_says_so(administrator: Any, by: User) -> None:
    message = "The district has changed since the plan was approved."
    upload = roster_import(UploadState.HELD, by=by, holds=[], message=message)
    page = text(administrator, upload)
    assert message in page
    assert "Approve and apply" in page
    assert "the new plan waits" in administrator.get(reverse(LIST)).text


def test_page_of_a_queued_import_names_the_one_before_it(administrator: Any, by: User) -> None:
    roster_import(UploadState.APPLYING, by=by, filename="first.zip")
    assert "first.zip" in text(administrator, roster_import(UploadState.RECEIVED, by=by))


def test_page_of_a_rejected_import_says_what_to_do_before_anything_else(administrator: Any, by: User) -> None:
    page = text(administrator, roster_import(UploadState.REJECTED, by=by))
    assert "3,002 errors from one cause" in page
    assert "Correct the cause below" in page
    assert GROUP["message"] in page


def test_page_of_an_import_whose_worker_was_lost_offers_another_try(administrator: Any, by: User) -> None:
    upload = roster_import(UploadState.VALIDATING, by=by)
    upload.run.state = State.FAILED
    upload.run.save()
    page = text(administrator, upload)
    assert "Try again" in page
    assert "every 2s" not in page


def test_htmx_gets_the_head_while_open_and_the_whole_at_the_end(administrator: Any, by: User) -> None:
    upload = roster_import(UploadState.VALIDATING, by=by)
    url = reverse("schools:roster-import-detail", args=[upload.uid])
    head = administrator.get(url, headers={"HX-Request": "true"})
    assert head.text.strip().startswith('<div id="roster-head"')
    upload.state = UploadState.APPLIED
    upload.save()
    whole = administrator.get(url, headers={"HX-Request": "true"})
    assert whole["HX-Retarget"] == "#roster-import"
    assert whole.text.strip().startswith('<div id="roster-import"')
    assert "<html" not in whole.text


def test_page_of_one_import_asks_as_often_whatever_its_plan_holds(administrator: Any, by: User) -> None:
    small = roster_import(UploadState.HELD, by=by, plan={"types": {}, "samples": {}})
    large = roster_import(UploadState.HELD, by=by)
    counts = []
    text(administrator, small)  # what the first request caches
    for upload in (small, large):
        with CaptureQueriesContext(connection) as captured:
            text(administrator, upload)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_limits_page_shows_defaults_and_sets_others_with_an_event(administrator: Any, by: User) -> None:
    page = administrator.get(reverse(LIMITS)).text
    assert "Default: 10." in page
    values = {
        "end_percent": 4, "end_floor": 5, "update_percent": 75, "update_floor": 5,
        "shrink_percent": 20, "unknown_percent": 50, "keep_days": 14,
    }  # fmt: skip
    answer = administrator.post(reverse(LIMITS), values)
    assert answer["Location"] == reverse(LIMITS)
    assert HoldLimits.objects.get().end_percent == 4
    event = AuditEvent.objects.get(act="hold-limits.set")
    assert (event.by_id, event.detail) == (by.pk, {"end_percent": [10, 4]})
    administrator.post(reverse(LIMITS), values)
    assert AuditEvent.objects.filter(act="hold-limits.set").count() == 1


@pytest.mark.parametrize("wrong", ["", "101", "-1", "ten", "9" * 30, "\0"])
def test_limits_page_refuses_what_is_no_percentage(administrator: Any, wrong: str) -> None:
    answer = administrator.post(reverse(LIMITS), {"end_percent": wrong})
    assert answer.status_code == 400
    assert not HoldLimits.objects.exists()


def _sent(client: Any, **options: str) -> RosterImport:
    """Send a roster on the page, and do its import as a worker would."""
    file = SimpleUploadedFile("roster.zip", bundle().getvalue())
    answer = client.post(reverse(LIST), {"file": file, **options})
    assert answer.status_code == 302
    return _worked(RosterImport.objects.order_by("-pk")[0])


def _worked(upload: RosterImport) -> RosterImport:
    upload.refresh_from_db()
    tasks.perform(upload.run_id)
    upload.refresh_from_db()
    return upload


def _decide(client: Any, upload: RosterImport, act: str, **data: str) -> Any:
    return client.post(reverse(f"schools:roster-import-{act}", args=[upload.uid]), data)


def test_roster_of_another_source_is_held_approved_applied_and_reverted(administrator: Any, by: User) -> None:
    assert _sent(administrator, source="old").state == "applied"
    upload = _sent(administrator, source="new")
    assert upload.state == "held"
    assert "Ids of two sources never meet" in text(administrator, upload)
    assert _decide(administrator, upload, "approve", plan_hash=upload.plan_hash).status_code == 302
    assert "Approved: " in text(administrator, upload)
    assert _worked(upload).state == "applied"
    assert by.name in text(administrator, upload)
    url = reverse("schools:roster-import-revert", args=[upload.uid])
    assert "Revert this roster" in administrator.get(url).text
    assert _decide(administrator, upload, "revert").status_code == 302
    assert "The roster is being reverted" in text(administrator, upload)
    assert _worked(upload).state == "reverted"
    assert "What reverting did" in text(administrator, upload)


def test_dry_run_changes_nothing_until_it_is_applied(administrator: Any) -> None:
    upload = _sent(administrator, dry_run="on")
    assert upload.state == "planned"
    assert not Org.objects.filter(name="Oak School").exists()
    _decide(administrator, upload, "approve", plan_hash=upload.plan_hash)
    assert _worked(upload).state == "applied"
    assert Org.objects.filter(name="Oak School").exists()


def test_approving_with_another_hash_shows_the_plan_as_it_is(administrator: Any) -> None:
    upload = _sent(administrator, dry_run="on")
    answer = _decide(administrator, upload, "approve", plan_hash="0" * 64)
    assert answer.status_code == 409
    assert "The plan has changed since you looked" in answer.text
    assert f'value="{upload.plan_hash}"' in answer.text


def test_roster_that_later_ones_build_on_cannot_be_reverted_and_says_why(administrator: Any) -> None:
    first = _sent(administrator)
    later = bundle(replace={"orgs.csv": files_of()["orgs.csv"].replace(b"Oak School", b"Oak Academy")})
    file = SimpleUploadedFile("later.zip", later.getvalue())
    administrator.post(reverse(LIST), {"file": file})
    assert _worked(RosterImport.objects.order_by("-pk")[0]).state == "applied"
    page = administrator.get(reverse("schools:roster-import-revert", args=[first.uid])).text
    assert "It cannot be reverted" in page
    assert "later.zip" in page
    answer = _decide(administrator, first, "revert")
    assert answer.status_code == 409
    assert "Revert the newer imports first" in answer.text


@pytest.mark.parametrize("act", ["approve", "abort", "retry", "revert"])
def test_deciding_about_an_import_that_has_ended_is_refused_in_words(administrator: Any, act: str) -> None:
    upload = roster_import(UploadState.REJECTED)
    assert _decide(administrator, upload, act, plan_hash="\0").status_code == 409

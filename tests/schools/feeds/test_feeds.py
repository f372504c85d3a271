"""Feeds from being set up to the importer: pages, the job, the schedule, and the secret that never comes out."""

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.serializers import serialize
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs import tasks as run_tasks
from alignment_dash.runs.models import Run, State, UploadState
from schools import tasks
from schools.feeds import actions, sealing, work
from schools.models import ExternalId, FeedAuth, FeedKind, FeedPull, Org, RosterFeed, RosterImport, Section
from schools.models.feeds import APPLIED
from tests import factories
from tests.schools.feeds.provider_server import CLIENT, SECRET, Asked, ProviderServer, Reply
from tests.schools.rosters.bundles import bundle

pytestmark = pytest.mark.django_db
LIST, ADD = "/roster-imports/feeds/", "/roster-imports/feeds/add/"


@pytest.fixture
def administrator(sign_in: Any) -> Any:
    return sign_in(Role.DATA_ADMINISTRATOR)


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    """Let feeds ask this machine, as in development."""
    settings.FEEDS_ALLOW_PRIVATE_HOSTS = settings.DEBUG = True


@pytest.fixture
def feed(server: ProviderServer) -> RosterFeed:
    return feed_of(server)


def feed_of(server: ProviderServer, **fields: Any) -> RosterFeed:
    values = {
        "name": "Nightly", "source": "sis", "base_url": server.host, "token_url": server.token_url,
        "client_id": CLIENT, "sealed_secret": sealing.seal(SECRET), **fields,
    }  # fmt: skip
    return RosterFeed.objects.create(**values)


def filled_in(server: ProviderServer, **changes: Any) -> dict[str, Any]:
    """What a person enters for a provider."""
    return {
        "name": "Nightly", "kind": FeedKind.PROVIDER_1_2, "source": "sis", "base_url": server.host,
        "auth": FeedAuth.OAUTH2, "token_url": server.token_url, "client_id": CLIENT, "secret": SECRET, "scope": "",
        "folder": "", "daily_at": "02:15", "every_hours": "", "full_weekday": "6", "is_active": "on", **changes,
    }  # fmt: skip


def fetch(feed: RosterFeed, **fields: Any) -> FeedPull:
    """Fetch a feed as a worker would, and do the import that it leads to."""
    run = actions.request_pull(feed=feed, by=fields.pop("by", None), **fields)
    run_tasks.perform(run.pk)
    pull = feed.pulls.order_by("-pk").first()
    assert pull is not None
    if pull.roster_import and pull.roster_import.run_id and pull.roster_import.is_open:
        run_tasks.perform(pull.roster_import.run_id)
    feed.refresh_from_db()
    return FeedPull.objects.select_related("roster_import").get(pk=pull.pk)


def test_pull_ends_in_the_importer_and_in_the_districts_tables(
    feed: RosterFeed, server: ProviderServer
) -> None:
    pull = fetch(feed)
    assert pull.outcome == FeedPull.Outcome.RECEIVED
    taken = pull.roster_import
    assert taken is not None
    assert taken.state in {UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES}, taken.groups
    assert (taken.source, taken.version, taken.origin, taken.feed) == ("sis", "1.2", "feed", str(feed.uid))
    assert Org.objects.filter(name="School, No. 1").exists()
    assert Section.objects.count() == len(server.sample.collections["classes"])


def test_what_an_incomplete_pull_lacks_goes_on_and_ends_with_a_whole_one(
    feed: RosterFeed, server: ProviderServer
) -> None:
    fetch(feed)
    lacking = "e-k-s00-000-t-s00-000"
    server.sample.collections["enrollments"] = [
        one for one in server.sample.collections["enrollments"] if one["sourcedId"] != lacking
    ]
    rest = server.sample.collections["enrollments"]

    def count_one_more(asked: Asked) -> Reply | None:
        if not asked.path.endswith("/enrollments"):
            return None
        page = json.dumps({"enrollments": rest if asked.query["offset"] == "0" else rest[-1:]}).encode()
        return Reply(200, page, {"X-Total-Count": str(len(rest) + 1)})

    server.fault = count_one_more
    pull = fetch(feed)
    assert (pull.modes["enrollments"], pull.modes["users"]) == ("delta", "bulk")
    assert pull.roster_import is not None
    assert pull.roster_import.state in APPLIED
    assert ExternalId.objects.get(external_id=lacking).ended_on is None
    server.fault = lambda asked: None
    whole = fetch(feed)
    assert whole.roster_import is not None
    assert whole.roster_import.state in APPLIED, whole.roster_import.holds
    assert ExternalId.objects.get(external_id=lacking).ended_on is not None


def test_pull_of_the_same_records_is_the_same_import(feed: RosterFeed) -> None:
    first, second = fetch(feed), fetch(feed)
    assert first.roster_import == second.roster_import
    assert "Exactly what the last import brought" in second.message


def test_incremental_pull_follows_an_applied_one_and_asks_from_its_start(
    feed: RosterFeed, server: ProviderServer
) -> None:
    feed.full_weekday = (timezone.localtime().weekday() + 1) % 7
    feed.save()
    first = fetch(feed)
    server.asked.clear()
    second = fetch(feed)
    assert (first.is_full, second.is_full) == (True, False)
    stamp = first.cursor.strftime("%Y-%m-%dT%H:%M:%S") if first.cursor else ""
    filters = {one.query.get("filter") for one in server.asked if one.method == "GET"}
    assert filters == {f"dateLastModified>'{stamp}.000Z'"}
    assert second.outcome == FeedPull.Outcome.NOTHING_NEW
    assert fetch(feed, full=True).is_full


@pytest.mark.parametrize("state", [UploadState.REJECTED, UploadState.FAILED, UploadState.REVERTED])
def test_cursor_moves_on_with_applied_pulls_alone(state: str, feed: RosterFeed) -> None:
    first = fetch(feed)
    assert feed.pulls.cursor() == first.cursor
    RosterImport.objects.filter(pk=first.roster_import_id).update(state=state)
    assert feed.pulls.cursor() is None


def test_pull_that_saw_not_everything_leaves_the_cursor(feed: RosterFeed) -> None:
    first = fetch(feed)
    later = actions.start_pull(feed=feed, is_full=False)
    later.roster_import, later.cursor = first.roster_import, None
    later.save()
    assert feed.pulls.cursor() == first.cursor


def test_pull_that_fails_says_why_and_changes_nothing(feed: RosterFeed, server: ProviderServer) -> None:
    server.fault = lambda asked: Reply(403) if asked.path.endswith("/users") else None
    pull = fetch(feed)
    assert (pull.outcome, pull.roster_import) == (FeedPull.Outcome.FAILED, None)
    assert "does not let this client read users" in pull.message
    assert "does not let this client read users" in Run.objects.get(kind=actions.JOB_KIND).message
    assert not Org.objects.exists()


def test_pull_of_nothing_at_all_is_a_failure(feed: RosterFeed, server: ProviderServer) -> None:
    for records in server.sample.collections.values():
        records.clear()
    pull = fetch(feed)
    assert pull.outcome == FeedPull.Outcome.FAILED
    assert "no record at all" in pull.message


def test_pull_of_a_lost_worker_is_closed_by_the_next(feed: RosterFeed) -> None:
    lost = actions.start_pull(feed=feed, is_full=True)
    fetch(feed)
    lost.refresh_from_db()
    assert (lost.outcome, lost.message) == (FeedPull.Outcome.FAILED, "The worker stopped while it fetched.")


def test_host_inside_the_network_is_refused_unless_the_installation_allows_it(
    feed: RosterFeed, server: ProviderServer, settings: Any
) -> None:
    settings.FEEDS_ALLOW_PRIVATE_HOSTS = False
    assert "inside a private network" in fetch(feed).message
    assert server.asked == []


def test_secret_is_sealed_in_the_database_and_opens_with_any_key_in_use(
    feed: RosterFeed, settings: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(schools_rosterfeed)::text FROM schools_rosterfeed")
        assert SECRET not in cursor.fetchone()[0]
    assert sealing.unseal(feed.sealed_secret) == SECRET
    old, new = (__import__("cryptography.fernet").fernet.Fernet.generate_key().decode() for _ in range(2))
    settings.SEALING_KEYS = [old]
    sealed = sealing.seal(SECRET)
    settings.SEALING_KEYS = [new, old]
    assert sealing.unseal(sealed) == SECRET
    settings.SEALING_KEYS = [new]
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed)


def test_secret_whose_key_is_gone_is_asked_for_again(feed: RosterFeed, settings: Any) -> None:
    settings.SECRET_KEY = "another"
    assert "Enter it again" in fetch(feed).message


def test_feed_is_set_up_on_its_page_and_shows_no_secret(administrator: Any, server: ProviderServer) -> None:
    answer = administrator.post(ADD, filled_in(server), follow=True)
    feed = RosterFeed.objects.get()
    assert (feed.full_weekday, feed.daily_at.hour, feed.set_up_by) == (6, 2, answer.wsgi_request.user)
    pages = [
        answer,
        *(administrator.get(url) for url in (LIST, reverse("schools:feed-edit", args=[feed.uid]))),
    ]
    for page in pages:
        assert page.status_code == 200
        assert SECRET not in page.text
        assert feed.sealed_secret not in page.text
    assert "everything on Sunday" in pages[0].text
    event = AuditEvent.objects.get(act="roster-feed.create")
    assert SECRET not in serialize("json", [event])
    assert event.detail["secret_changed"] is True


def test_secret_stays_when_left_empty_and_goes_to_no_other_host(
    administrator: Any, feed: RosterFeed, server: ProviderServer
) -> None:
    url = reverse("schools:feed-edit", args=[feed.uid])
    assert administrator.post(url, filled_in(server, name="Daily", secret="")).status_code == 302
    feed.refresh_from_db()
    assert (feed.name, sealing.unseal(feed.sealed_secret)) == ("Daily", SECRET)
    for change in (
        {"base_url": "https://elsewhere.example"},
        {"token_url": "https://elsewhere.example/token"},
        {"client_id": "another"},
    ):
        answer = administrator.post(url, filled_in(server, secret="", **change))
        assert answer.status_code == 400
        assert "Enter the secret" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"base_url": "http://sis.example.org"}, "must begin with https"),
        ({"base_url": "https://user:pw@sis.example.org"}, "without a user name"),
        ({"token_url": ""}, "https://host/path"),
        ({"secret": ""}, "Enter the secret"),
        ({"client_id": ""}, "has given you one"),
        ({"auth": FeedAuth.OAUTH1}, "OAuth 2 alone"),
        ({"every_hours": "6"}, "one of the two rhythms"),
        ({"kind": FeedKind.FOLDER, "folder": "../etc"}, "Name the folder"),
        ({"full_weekday": "9"}, "not one of the available choices"),
        ({"source": ""}, "required"),
    ],
)
def test_form_explains_what_does_not_fit(
    change: dict[str, str], words: str, administrator: Any, server: ProviderServer
) -> None:
    answer = administrator.post(ADD, filled_in(server, **change))
    assert answer.status_code == 400
    assert words in answer.text
    assert SECRET not in answer.text
    assert not RosterFeed.objects.exists()


def test_folder_feed_takes_no_heed_of_what_was_typed_for_a_provider(
    administrator: Any, server: ProviderServer
) -> None:
    fields = {"kind": FeedKind.FOLDER, "folder": "sis", "base_url": "https://[", "token_url": "https://["}
    assert administrator.post(ADD, filled_in(server, **fields)).status_code == 302
    feed = RosterFeed.objects.get()
    assert (feed.folder, feed.base_url, feed.token_url, feed.sealed_secret) == ("sis", "", "", "")


@pytest.mark.parametrize("gone", [{"is_active": False}, {"suspended_by_roster": True}])
def test_feed_of_someone_who_left_goes_on_in_nobodys_name(
    gone: dict[str, bool], administrator: Any, feed: RosterFeed
) -> None:
    leaver = factories.user(role=Role.DATA_ADMINISTRATOR, name="Lea Ver")
    RosterFeed.objects.filter(pk=feed.pk).update(set_up_by=leaver)
    type(leaver).objects.filter(pk=leaver.pk).update(**gone)
    pull = fetch(feed)
    assert pull.roster_import is not None
    assert pull.roster_import.received_by is None
    page = administrator.get(reverse("schools:feed-detail", args=[feed.uid]))
    assert "Lea Ver (no longer here)" in page.text


def test_feed_of_someone_who_is_here_goes_on_in_their_name(feed: RosterFeed) -> None:
    RosterFeed.objects.filter(pk=feed.pk).update(set_up_by=factories.user(name="Ada Min"))
    taken = fetch(feed).roster_import
    assert taken is not None
    assert str(taken.received_by) == "Ada Min"


def test_connection_is_tested_in_plain_words(
    administrator: Any, feed: RosterFeed, server: ProviderServer
) -> None:
    url = reverse("schools:feed-test", args=[feed.uid])
    assert "offers 3 orgs" in administrator.post(url, follow=True).text
    server.fault = lambda asked: Reply(401, b'{"error": "invalid_client"}')
    assert "does not know this client id" in administrator.post(url, follow=True).text
    acts = AuditEvent.objects.filter(act="roster-feed.test").order_by("pk")
    assert [event.detail["succeeded"] for event in acts] == [True, False]


def test_person_asks_for_a_pull_and_sees_what_came_of_it(administrator: Any, feed: RosterFeed) -> None:
    answer = administrator.post(reverse("schools:feed-pull", args=[feed.uid]), follow=True)
    assert "as soon as a worker is free" in answer.text
    run_tasks.perform(Run.objects.get(kind=actions.JOB_KIND).pk)
    page = administrator.get(reverse("schools:feed-detail", args=[feed.uid])).text
    taken = RosterImport.objects.get()
    assert reverse("schools:roster-import-detail", args=[taken.uid]) in page
    assert re.search(r"enrollments: 158", page)


def test_schedule_asks_for_feeds_that_are_due_once(feed: RosterFeed, server: ProviderServer) -> None:
    feed_of(server, name="Paused", every_hours=1, is_active=False)
    feed_of(server, name="By hand")
    RosterFeed.objects.filter(pk=feed.pk).update(every_hours=1)
    RosterFeed.objects.update(set_up_at=timezone.now() - timedelta(hours=2))
    tasks.schedule_feeds()
    tasks.schedule_feeds()
    (run,) = Run.objects.filter(kind=actions.JOB_KIND)
    assert (run.subject, run.state) == (str(feed.uid), State.QUEUED)
    run_tasks.perform(run.pk)
    tasks.schedule_feeds()
    assert Run.objects.filter(kind=actions.JOB_KIND).count() == 1


@pytest.fixture
def drop(tmp_path: Path, settings: Any) -> Path:
    """A watched folder with a bundle in it that nobody writes to any more."""
    settings.ROSTER_DROP_FOLDER = str(tmp_path)
    (tmp_path / "sis").mkdir()
    path = tmp_path / "sis" / "roster.zip"
    path.write_bytes(bundle().getvalue())
    return path


def _folder_feed() -> RosterFeed:
    return RosterFeed.objects.create(name="Drops", kind=FeedKind.FOLDER, source="sis", folder="sis")


def test_dropped_file_is_taken_after_a_second_look_and_put_aside(drop: Path) -> None:
    feed = _folder_feed()
    tasks.schedule_feeds()
    assert not Run.objects.filter(kind=actions.JOB_KIND).exists()
    feed.refresh_from_db()
    feed.looks["roster.zip"][1] -= 120  # as if that look had been two minutes ago
    feed.save()
    tasks.schedule_feeds()
    run_tasks.perform(Run.objects.get(kind=actions.JOB_KIND).pk)
    taken = RosterImport.objects.get()
    run_tasks.perform(taken.run_id)
    taken.refresh_from_db()
    assert taken.state in {UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES}
    assert (taken.filename, taken.feed) == ("roster.zip", str(feed.uid))
    assert not drop.exists()
    assert [path.name.split("-", 1)[1] for path in (drop.parent / "taken").iterdir()] == ["roster.zip"]


def test_dropped_file_that_is_no_roster_is_put_aside_and_said(drop: Path) -> None:
    drop.write_bytes(b"no zip at all")
    (drop.parent / "roster.zip.done").touch()
    feed = _folder_feed()
    pull = fetch(feed)
    assert pull.outcome == FeedPull.Outcome.FAILED
    assert pull.message.startswith("roster.zip: ")
    assert not drop.exists()


def test_drop_in_a_folder_that_cannot_be_written_to_is_taken_once(
    drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "mkdir", refuse)
    (drop.parent / "roster.zip.done").touch()
    feed = _folder_feed()
    first, second = fetch(feed), fetch(feed)
    assert first.roster_import is not None
    assert (second.outcome, second.roster_import) == (FeedPull.Outcome.NOTHING_NEW, None)
    assert drop.exists()


def test_folder_that_is_not_there_is_said(settings: Any, tmp_path: Path) -> None:
    settings.ROSTER_DROP_FOLDER = str(tmp_path)
    assert "cannot be opened" in fetch(_folder_feed()).message


def test_feed_that_cannot_be_looked_at_stops_no_other(
    drop: Path, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _folder_feed()
    other = feed_of(server, name="Hourly", every_hours=1)
    RosterFeed.objects.update(set_up_at=timezone.now() - timedelta(hours=2))

    def broken(place: int) -> list[str]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "listdir", broken)
    assert work.request_due() == 1
    assert Run.objects.get(kind=actions.JOB_KIND).subject == str(other.uid)


@override_settings(DEBUG=False)
def test_production_asks_over_https_alone() -> None:
    assert not work.rules().plain

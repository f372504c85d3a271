"""Writes of feeds: set one up, change it, ask for a pull, and note what came of one."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs import actions as runs
from alignment_dash.runs import uploads
from alignment_dash.runs.models import Run
from schools.feeds import queries
from schools.feeds.network import origin
from schools.feeds.pull import Pulled
from schools.feeds.sealing import seal
from schools.imports.importing import KIND
from schools.models import FeedPull, Origin, RosterFeed, RosterImport

JOB_KIND = "roster-feed"
# What an audit event may name; the secret is only said to have been changed.
_NAMED = ("name", "kind", "source", "auth", "folder", "is_active")


@transaction.atomic
def save_feed(*, feed: RosterFeed, secret: str, by: User) -> RosterFeed:
    """Save a feed that a form filled in. `secret` replaces the one that is kept; "" leaves it as it is."""
    is_new = feed.pk is None
    if is_new:
        feed.set_up_by = by
    if secret:
        feed.sealed_secret = seal(secret)
    if feed.is_folder:
        feed.sealed_secret = ""
    feed.save()
    detail: dict[str, Any] = {name: getattr(feed, name) for name in _NAMED}
    # Hosts alone: what follows them can hold a key.
    detail |= {"host": origin(feed.base_url)[1], "token_host": origin(feed.token_url)[1]}
    audit.record(
        act="roster-feed.create" if is_new else "roster-feed.change",
        target=feed,
        by=by,
        detail=detail | {"secret_changed": bool(secret)},
    )
    return feed


@transaction.atomic
def request_pull(*, feed: RosterFeed, by: User | None, full: bool = False, reason: str = "") -> Run:
    """Queue the fetching of a feed; `full` makes it fetch everything, whatever day it is."""
    if full and not feed.wants_full:
        RosterFeed.objects.filter(pk=feed.pk).update(wants_full=True)
    return runs.request_run(
        kind=JOB_KIND,
        school_year=schoolyear.current_year(),
        subject=str(feed.uid),
        by=by,
        reason=reason or "asked for",
    )


@transaction.atomic
def start_pull(*, feed: RosterFeed, is_full: bool) -> FeedPull:
    """Note that a feed is being fetched; an earlier note without an end belongs to a worker that was lost."""
    now = timezone.now()
    feed.pulls.filter(outcome=FeedPull.Outcome.RUNNING).update(
        outcome=FeedPull.Outcome.FAILED, ended_at=now, message="The worker stopped while it fetched."
    )
    RosterFeed.objects.filter(pk=feed.pk).update(last_started_at=now, wants_full=False)
    return FeedPull.objects.create(feed=feed, started_at=now, is_full=is_full)


@transaction.atomic
def receive_pull(
    *, pull: FeedPull, content: bytes, filename: str, by: User | None, pulled: Pulled | None = None
) -> RosterImport:
    """Hand what was fetched to the importer, as an upload would be. `uploads.Refused` when it is no bundle."""
    feed = pull.feed
    options = KIND.options({"source": feed.source})
    options.is_valid()
    upload, is_new = uploads.receive(
        kind=KIND,
        content=content,
        filename=filename,
        options=options.cleaned_data,
        by=by,
        fields={"origin": Origin.FEED, "feed": str(feed.uid)},
    )
    end_pull(
        pull=pull,
        outcome=FeedPull.Outcome.RECEIVED,
        roster_import=upload,
        pulled=pulled,
        message="" if is_new else "Exactly what the last import brought.",
    )
    assert isinstance(upload, RosterImport)  # noqa: S101 - the kind's model
    return upload


def end_pull(
    *,
    pull: FeedPull,
    outcome: str,
    message: str = "",
    roster_import: Any = None,
    pulled: Pulled | None = None,
) -> None:
    """Note what came of a pull."""
    pull.outcome, pull.ended_at, pull.roster_import = outcome, timezone.now(), roster_import
    pull.message = " ".join(filter(None, [message, *(pulled.notes if pulled else [])]))
    if pulled:
        pull.modes, pull.rows, pull.cursor = pulled.modes, pulled.rows, pulled.cursor
    pull.save()


def remember_looks(*, feed: RosterFeed, looks: dict[str, Any], taken: dict[str, str]) -> None:
    """Keep what a watched folder looked like, for the next look to compare with."""
    RosterFeed.objects.filter(pk=feed.pk).update(looks=looks, taken=taken)


@transaction.atomic
def record_test(*, feed: RosterFeed, succeeded: bool, by: User) -> None:
    """Note in the audit that someone had the connection tested."""
    audit.record(act="roster-feed.test", target=feed, by=by, detail={"succeeded": succeeded})


def due_since(feed: RosterFeed) -> datetime:
    """Return the moment from which the feed's rhythm counts."""
    return feed.last_started_at or feed.set_up_at


def in_whose_name(feed: RosterFeed) -> User | None:
    """Return who set a feed up, for what it fetches by itself; None once they can no longer sign in."""
    return feed.set_up_by if queries.is_set_up_by_someone_here(feed) else None

"""The job that fetches a feed, in a worker: from a provider, or what was dropped into a watched folder."""

import logging
import tempfile
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User
from alignment_dash.runs import actions as runs
from alignment_dash.runs import uploads
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Job, Progress
from schools.feeds import actions, calendar, drops
from schools.feeds.failures import FeedFailed
from schools.feeds.network import Limits, Network, Rules
from schools.feeds.provider import Provider, base_url
from schools.feeds.pull import pull
from schools.feeds.sealing import Unreadable, unseal
from schools.feeds.sign_in import SCOPES, Credentials, OAuth1SignIn, OAuth2SignIn, SignIn
from schools.models import FeedAuth, FeedPull, RosterFeed

log = logging.getLogger(__name__)
_SIGNATURES = {FeedAuth.OAUTH1: "HMAC-SHA256", FeedAuth.OAUTH1_SHA1: "HMAC-SHA1"}
# A person waits for the answer of a test.
TEST_LIMITS = Limits(connect=5, quiet=10, total=15, tries=1)


def rules() -> Rules:
    """What this installation lets feeds ask."""
    return Rules(private=settings.FEEDS_ALLOW_PRIVATE_HOSTS, plain=settings.DEBUG)


def provider_of(feed: RosterFeed, network: Network) -> Provider:
    """Return the provider that a feed names. FeedFailed when it cannot be asked at all."""
    try:
        credentials = Credentials(feed.client_id, unseal(feed.sealed_secret))
    except Unreadable as error:
        raise FeedFailed(
            "The secret can no longer be read, because the key changed. Enter it again."
        ) from error
    sign_in: SignIn
    if feed.auth in _SIGNATURES:
        sign_in = OAuth1SignIn(credentials, _SIGNATURES[FeedAuth(feed.auth)])
    else:
        sign_in = OAuth2SignIn(credentials, feed.token_url, feed.scope or SCOPES[feed.version])
    return Provider(network, base_url(feed.base_url, feed.version), sign_in)


def test(feed: RosterFeed) -> tuple[bool, str]:
    """Sign in and ask for one org; say in words whether that went well."""
    network = Network(rules(), TEST_LIMITS)
    try:
        count = provider_of(feed, network).test()
    except FeedFailed as failure:
        return False, str(failure)
    finally:
        network.close()
    orgs = "at least one org" if count is None else f"{count:,} orgs"
    host = urlsplit(feed.base_url).hostname
    return True, f"Signed in to {host}; it offers {orgs}."


def perform(run: Run, progress: Progress) -> None:
    """Fetch the feed that a run is about. What the provider is to blame for is said on the pull and the run."""
    feed = RosterFeed.objects.select_related("set_up_by").get(uid=run.subject)
    by = run.requested_by or actions.in_whose_name(feed)
    message = _take_drops(feed, by) if feed.is_folder else _pull(feed, by, progress)
    if message:
        runs.describe(run=run, message=message)


def _pull(feed: RosterFeed, by: User | None, progress: Progress) -> str:
    now, cursor, full = timezone.localtime(), feed.pulls.cursor(), feed.pulls.last_full()
    is_full = feed.wants_full or calendar.is_full(
        now, full_weekday=feed.full_weekday, last_full=full.started_at if full else None, cursor=cursor
    )
    note = actions.start_pull(feed=feed, is_full=is_full)
    network = Network(rules())
    try:
        with tempfile.TemporaryFile() as file:
            pulled = pull(
                provider_of(feed, network),
                file,
                version=feed.version,
                system_name=feed.name,
                system_code=feed.source,
                since=None if is_full else cursor,
                report=progress,
            )
            if pulled.empty:
                _note_empty(note, pulled, is_full)
                return note.message
            file.seek(0)
            actions.receive_pull(
                pull=note,
                content=uploads.read_file(file),
                filename=f"{feed.name} {now:%Y-%m-%d %H%M}.zip",
                by=by,
                pulled=pulled,
            )
            return note.message
    except (FeedFailed, uploads.Refused) as failure:
        return _failed(note, str(failure))
    except Exception:
        _failed(note, "Fetching stopped on an error that is not the provider's; its log has the details.")
        raise
    finally:
        network.close()


def _note_empty(note: FeedPull, pulled: object, is_full: bool) -> None:
    if is_full:
        message = (
            "The provider gave no record at all. Nothing was changed. Check what it shares with this client."
        )
        actions.end_pull(pull=note, outcome=FeedPull.Outcome.FAILED, message=message)
    else:
        actions.end_pull(
            pull=note,
            outcome=FeedPull.Outcome.NOTHING_NEW,
            message="Nothing has changed since the last pull.",
            pulled=pulled,  # type: ignore[arg-type]
        )


def _failed(note: FeedPull, message: str) -> str:
    actions.end_pull(pull=note, outcome=FeedPull.Outcome.FAILED, message=message)
    log.warning("feed %s was not fetched: %s", note.feed.uid, message)
    return message


def look(feed: RosterFeed) -> tuple[list[drops.Drop], str]:
    """Look into a watched folder and remember what was seen. Return what is whole, and what went wrong."""
    try:
        found = drops.look(settings.ROSTER_DROP_FOLDER, feed.folder)
    except FeedFailed as failure:
        return [], str(failure)
    whole, looks = drops.ready(found, feed.looks, feed.taken, timezone.now().timestamp())
    names = {drop.name for drop in found}
    taken = {name: signature for name, signature in feed.taken.items() if name in names}
    actions.remember_looks(feed=feed, looks=looks, taken=taken)
    feed.looks, feed.taken = looks, taken
    return whole, ""


def _take_drops(feed: RosterFeed, by: User | None) -> str:
    whole, message = look(feed)
    if message or not whole:
        note = actions.start_pull(feed=feed, is_full=True)
        if message:
            return _failed(note, message)
        words = "There is no new file, or it is still being written."
        actions.end_pull(pull=note, outcome=FeedPull.Outcome.NOTHING_NEW, message=words)
        return words
    for drop in whole:
        message = _take(feed, drop, by)
    return message


def _take(feed: RosterFeed, drop: drops.Drop, by: User | None) -> str:
    note = actions.start_pull(feed=feed, is_full=True)
    root = settings.ROSTER_DROP_FOLDER
    try:
        found = drops.content(root, feed.folder, drop, most=settings.UPLOAD_MAX_BYTES)
        actions.receive_pull(pull=note, content=found, filename=drop.label, by=by)
    except FeedFailed as failure:
        return _failed(note, str(failure))
    except uploads.Refused as refusal:
        # Not a bundle, and never will be: it goes aside too, or every look would begin with it.
        _put_aside(feed, drop)
        return _failed(note, f"{drop.label}: {refusal.message}")
    _put_aside(feed, drop)
    return note.message


def _put_aside(feed: RosterFeed, drop: drops.Drop) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    if drops.put_aside(settings.ROSTER_DROP_FOLDER, feed.folder, drop, stamp):
        return
    taken = feed.taken | {drop.name: drop.signature}
    actions.remember_looks(feed=feed, looks=feed.looks, taken=taken)
    feed.taken = taken


JOB = Job(
    kind=actions.JOB_KIND,
    label=str(_("Roster feeds")),
    perform=perform,
    subjects=lambda year: [],
    publishes=False,
    nightly=False,
)


def request_due() -> int:
    """Queue every feed that is due, and every watched folder in which something is whole. Return how many.

    A feed on which this fails is said in the log, and the others go on.
    """
    asked = 0
    for feed in RosterFeed.objects.filter(is_active=True):
        try:
            with transaction.atomic():
                asked += _request_if_due(feed)
        except Exception:
            log.exception("feed %s could not be looked at", feed.uid)
    return asked


def _request_if_due(feed: RosterFeed) -> bool:
    if feed.is_folder:
        due = bool(look(feed)[0])
    else:
        due = calendar.is_due(
            timezone.localtime(),
            daily_at=feed.daily_at,
            every_hours=feed.every_hours,
            since=actions.due_since(feed),
        )
    if due:
        actions.request_pull(feed=feed, by=None, reason="scheduled")
    return due

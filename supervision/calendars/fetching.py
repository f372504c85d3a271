"""Fetching a supervisor's calendar from its address: through the guards of all feeds, with small limits."""

from datetime import datetime
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.access.models import User
from alignment_dash.access.sealing import Unreadable, unseal
from schools.feeds.failures import FeedFailed
from schools.feeds.network import Limits, Network, check_url
from schools.feeds.work import rules
from supervision.calendars import actions
from supervision.calendars.reading import NotACalendar, read
from supervision.calendars.scanning import MOST_BYTES
from supervision.models import CalendarFeed

# A person may be waiting for the answer.
LIMITS = Limits(connect=5, quiet=10, total=20, body=MOST_BYTES, tries=1)
LONGEST = 2_000
NOT_MODIFIED, OK = 304, 200


def clean_address(text: str) -> str:
    """Return the address of a calendar as it is asked: webcal:// is https://. FeedFailed says why it may not be."""
    address = text.strip()
    scheme, separator, rest = address.partition("://")
    if separator and scheme.lower() in {"webcal", "webcals"}:
        address = f"https://{rest}"
    if len(address) > LONGEST:
        raise FeedFailed(_("This address is too long."))
    check_url(address, rules())
    if len(urlsplit(address).hostname or "") > 255:
        raise FeedFailed(_("This is not the address of a web service."))
    return address


def read_feed(feed: CalendarFeed, *, by: User | None, now: datetime | None = None) -> actions.Read | None:
    """Read a feed and keep what it has; None where it has not changed. What fails is noted on the feed and raised.

    FeedFailed or NotACalendar say in words what is wrong; nothing is kept then.
    """
    now = now or timezone.now()
    try:
        content, etag = _fetch(feed)
        if content is None:
            # Nothing new, but the window has moved on: what repeats has come around again.
            actions.note_read(feed=feed, etag=feed.etag)
            return None
        found = read(content, now=now, zone=timezone.get_current_timezone())
    except (FeedFailed, NotACalendar) as failure:
        actions.note_read(feed=feed, etag="", problem=str(failure))
        raise
    told = actions.keep(supervisor=feed.supervisor, found=found, from_feed=True, by=by, now=now)
    actions.note_read(feed=feed, etag=etag)
    return told


def _fetch(feed: CalendarFeed) -> tuple[bytes | None, str]:
    try:
        address = unseal(feed.sealed_address, purpose=actions.PURPOSE)
    except Unreadable as error:
        raise FeedFailed(
            _("The address can no longer be read, because the key changed. Enter it again.")
        ) from error
    headers = {"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1"}
    # Of another day's reading the same file says more: what repeats has come around since.
    if feed.etag and feed.read_at and timezone.localdate(feed.read_at) == timezone.localdate():
        headers["If-None-Match"] = feed.etag
    network = Network(rules(), LIMITS)
    try:
        answer = network.ask("GET", address, headers=headers)
    finally:
        network.close()
    if answer.status == NOT_MODIFIED:
        return None, feed.etag
    if answer.status in {401, 403, 404, 410}:
        raise FeedFailed(
            _(
                "{host} has no calendar at this address, or no longer shares it. Copy the address anew."
            ).format(host=feed.host)
        )
    if answer.status != OK:
        raise FeedFailed(
            _("{host} answered with an error ({status}). It is asked again in an hour.").format(
                host=feed.host, status=answer.status
            )
        )
    return answer.body, answer.headers.get("ETag", "")

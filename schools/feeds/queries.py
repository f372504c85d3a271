"""What the pages of feeds show."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext, ngettext

from schools.models import FeedPull, RosterFeed


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed with when it is fetched, in words, and its newest pull."""

    feed: RosterFeed
    rhythm: str
    newest: FeedPull | None


def feed_rows() -> list[FeedRow]:
    """Return every feed with its newest pull, by name; two queries."""
    newest = FeedPull.objects.filter(feed=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    feeds = list(RosterFeed.objects.annotate(newest_id=Subquery(newest)))
    pulls = FeedPull.objects.select_related("roster_import").defer(
        "roster_import__content", "roster_import__findings"
    )
    by_id = pulls.in_bulk([feed.newest_id for feed in feeds if feed.newest_id])
    return [FeedRow(feed, rhythm(feed), by_id.get(feed.newest_id)) for feed in feeds]


def feed_of(uid: UUID) -> RosterFeed | None:
    """Return one feed, with who set it up."""
    return RosterFeed.objects.select_related("set_up_by").filter(uid=uid).first()


def pulls_of(feed: RosterFeed) -> QuerySet[FeedPull]:
    """Return a feed's pulls, newest first, with the imports that they led to."""
    return (
        feed.pulls.select_related("roster_import")
        .defer("roster_import__content", "roster_import__findings", "roster_import__plan")
        .order_by("-pk")
    )


def is_set_up_by_someone_here(feed: RosterFeed) -> bool:
    """Say whether who set a feed up is known and may still sign in."""
    by = feed.set_up_by
    return by is not None and by.is_active and not by.suspended_by_roster


def rhythm(feed: RosterFeed) -> str:
    """Say in words when a feed is fetched."""
    if not feed.is_active:
        return gettext("Paused")
    if feed.is_folder:
        return gettext("When a file is dropped")
    if feed.daily_at is not None:
        words = gettext("Every day at %(time)s") % {"time": time_format(feed.daily_at)}
    elif feed.every_hours:
        words = ngettext("Every hour", "Every %(n)s hours", feed.every_hours) % {"n": feed.every_hours}
    else:
        return gettext("When someone asks")
    if feed.full_weekday is None:
        return words
    day = str(WEEKDAYS[feed.full_weekday])
    return gettext("%(rhythm)s; everything on %(day)s, changes in between") % {"rhythm": words, "day": day}

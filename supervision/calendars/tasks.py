"""Hourly reading of the calendars that supervisors let us read."""

import logging

from celery import shared_task

from schools.feeds.failures import FeedFailed
from supervision.calendars.fetching import read_feed
from supervision.calendars.reading import NotACalendar
from supervision.models import CalendarFeed

log = logging.getLogger(__name__)


@shared_task(name="supervision.calendars.schedule")
def read_feeds() -> None:
    """Queue every feed, those first that were not read for longest."""
    for feed_id in CalendarFeed.objects.order_by("read_at", "pk").values_list("pk", flat=True):
        read_one.delay(feed_id)


@shared_task(name="supervision.calendars.read")
def read_one(feed_id: int) -> None:
    """Read one feed; what is wrong is noted on it, for its owner."""
    feed = CalendarFeed.objects.select_related("supervisor").filter(pk=feed_id).first()
    if feed is None:
        return
    try:
        read_feed(feed, by=None)
    except (FeedFailed, NotACalendar) as failure:
        log.info("calendar %s was not read: %s", feed.uid, type(failure).__name__)

"""Celery's entry points of the rostered district."""

from celery import shared_task

from schools.feeds import work


@shared_task(name="schools.feeds.schedule")
def schedule_feeds() -> None:
    """Queue the feeds that are due."""
    work.request_due()

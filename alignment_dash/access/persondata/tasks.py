"""The nightly doorbell of retention."""

from celery import shared_task

from alignment_dash.access.persondata import retention


@shared_task
def remove_what_is_due() -> None:
    """Remove what is past its time."""
    retention.remove_what_is_due()

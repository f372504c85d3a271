"""Background work of access: doorbells only."""

from celery import shared_task

from alignment_dash.access.trace import usage


@shared_task
def fold_page_use() -> None:
    """Add what was counted since the last time to how often pages are opened."""
    usage.fold()

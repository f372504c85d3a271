"""Celery's entry points. They take ids; the rules are in actions."""

import logging

from celery import shared_task
from django.db import connection

from alignment_dash import schoolyear
from alignment_dash.runs import actions
from alignment_dash.runs.heart import beating
from alignment_dash.runs.mishaps import mishap_of
from alignment_dash.runs.registry import job_of

log = logging.getLogger(__name__)


@shared_task
def perform(run_id: int) -> None:
    """Claim a run and do it. One that is taken, early or done is left alone, so a message may come twice."""
    run = actions.claim(run_id=run_id)
    if run is None:
        return
    try:
        with beating(run) as progress:
            job_of(run.kind).perform(run, progress)
        actions.publish(run=run)
    except Exception as error:  # whatever went wrong is said on the run, and the last snapshot stands
        log.exception("run %s (%s) stopped", run.uid, run.kind)
        if not connection.in_atomic_block:
            # One that was lost would lose what is to be said, too.
            connection.close_if_unusable_or_obsolete()
        actions.stopped(run=run, mishap=mishap_of(error))
    actions.sweep()


@shared_task
def sweep() -> None:
    """Ring again for runs that wait or have gone quiet, and end what has waited too long."""
    actions.sweep()
    actions.tidy()


@shared_task
def nightly() -> None:
    """Queue the nightly jobs of the current school year."""
    actions.request_nightly(school_year=schoolyear.current_year())

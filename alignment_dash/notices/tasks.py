"""Background work of notices: looking for what people should know, and mail."""

from celery import shared_task

from alignment_dash.notices import actions, registry
from alignment_dash.notices.mailing import outbox, rounds
from alignment_dash.runs.actions import describe
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Progress
from alignment_dash.schoolyear import today


def perform(run: Run, progress: Progress) -> None:
    """Look for one kind of notice; a run's job."""
    kind = registry.kind_of(run.kind.removeprefix(registry.JOB))
    if kind is None:
        raise LookupError(run.kind)
    done = actions.settle(kind=kind, told=list(kind.finder()))
    describe(run=run, method="notices", **done)


# A mail server may answer so slowly that no single wait is too long; what was being sent is taken up later.
@shared_task(time_limit=300)
def send() -> None:
    """Send the mails that are due."""
    rounds.send_due()


@shared_task
def weekly() -> None:
    """Put out this week's mails, if that has not been done, and send them."""
    outbox.put_out_weekly(today())
    send.delay()

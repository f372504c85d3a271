"""Writes of runs: ask for one, claim it, publish its results, end it, and wake what has gone quiet."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs.mishaps import Mishap
from alignment_dash.runs.models import Publication, Run, State
from alignment_dash.runs.registry import job_of, jobs, jobs_made_stale_by
from alignment_dash.turns import one_at_a_time

DEBOUNCE = timedelta(seconds=20)
QUIET = timedelta(seconds=60)
MAX_ATTEMPTS = 3
BACKOFF = timedelta(seconds=10)


@transaction.atomic
def request_run(
    *,
    kind: str,
    school_year: int,
    by: User | None,
    subject: str = "",
    reason: str = "",
    wait: timedelta = timedelta(),
) -> Run:
    """Queue a run of `kind`, or return the one that already waits, and ring a worker on commit.

    `wait` puts the start off so that a burst of changes makes one run; a request without it brings a waiting
    run forward. LookupError when no app registered the kind.
    """
    job_of(kind)
    not_before = timezone.now() + wait
    run, created = _waiting(kind, school_year, subject, reason, not_before, by)
    if not created and run.not_before > not_before:
        run.not_before = not_before
        run.save(update_fields=["not_before"])
    # Asking for what another has asked for is asking, too.
    if by is not None and not audit.is_recorded(act="run.request", target=run, by=by):
        audit.record(act="run.request", target=run, by=by, detail={"kind": kind, "year": school_year})
    _ring(run, wait if created else timedelta())
    return run


def _waiting(
    kind: str, school_year: int, subject: str, reason: str, not_before: datetime, by: User | None
) -> tuple[Run, bool]:
    found = {"kind": kind, "school_year": school_year, "subject": subject, "state": State.QUEUED}
    existing = Run.objects.filter(**found).first()
    if existing:
        return existing, False
    try:
        with transaction.atomic():
            return Run.objects.create(**found, reason=reason, not_before=not_before, requested_by=by), True
    except IntegrityError:  # another request was first
        return Run.objects.get(**found), False


def _ring(run: Run, wait: timedelta) -> None:
    from alignment_dash.runs.tasks import perform

    seconds = wait.total_seconds()
    transaction.on_commit(lambda: perform.apply_async((run.pk,), countdown=seconds or None))


@transaction.atomic
def inputs_changed(*, topic: str, school_year: int, by: User | None, reason: str) -> list[Run]:
    """Mark what was computed from `topic` for the year as stale and queue, debounced, its computing again."""
    now = timezone.now()
    asked = []
    for job in jobs_made_stale_by(topic):
        for subject in job.subjects(school_year):
            publication, _ = Publication.objects.get_or_create(
                kind=job.kind, school_year=school_year, subject=subject
            )
            Publication.objects.filter(pk=publication.pk).update(stale_since=now)
            asked.append(
                request_run(
                    kind=job.kind,
                    school_year=school_year,
                    subject=subject,
                    by=by,
                    reason=reason,
                    wait=DEBOUNCE,
                )
            )
    return asked


def claim(*, run_id: int) -> Run | None:
    """Take a waiting run to work on; None when it is taken, not due, done, its like is running, or not its turn."""
    now = timezone.now()
    try:
        with transaction.atomic():
            if not _is_its_turn(run_id):
                return None
            taken = Run.objects.filter(pk=run_id, state=State.QUEUED, not_before__lte=now).update(
                state=State.RUNNING,
                started_at=now,
                heartbeat_at=now,
                inputs_as_of=now,
                attempts=F("attempts") + 1,
                progress_done=0,
                progress_total=0,
                message="",
            )
    except IntegrityError:  # one of its kind runs; the sweep rings again when that has ended
        return None
    return Run.objects.get(pk=run_id) if taken else None


def _is_its_turn(run_id: int) -> bool:
    """Say whether a run may begin beside the others of its kind; asked within the transaction that takes it.

    Of a kind that runs one at a time nothing overtakes: what was put back waits in front of what came after it.
    """
    run = Run.objects.filter(pk=run_id, state=State.QUEUED).first()
    if run is None or not any(job.one_at_a_time for job in jobs() if job.kind == run.kind):
        return True
    one_at_a_time(f"run {run.kind}")  # two workers that looked at once would both see nothing running
    before = Q(state=State.RUNNING) | Q(state=State.QUEUED, pk__lt=run.pk)
    return not Run.objects.filter(before, kind=run.kind).exists()


@transaction.atomic
def publish(*, run: Run) -> None:
    """End a run well and, where its job publishes, make its results the ones that stand."""
    now = timezone.now()
    done = Run.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts).update(
        state=State.SUCCEEDED, ended_at=now, heartbeat_at=now, progress_done=F("progress_total")
    )
    if not done:  # taken over by another worker meanwhile: its results will stand, not these
        return
    run.state = State.SUCCEEDED
    job = job_of(run.kind)
    if not job.publishes:
        return
    publication, _ = Publication.objects.select_for_update().get_or_create(
        kind=run.kind, school_year=run.school_year, subject=run.subject
    )
    publication.run = run
    publication.published_at = now
    if publication.stale_since and run.inputs_as_of and publication.stale_since <= run.inputs_as_of:
        publication.stale_since = None
    publication.save()
    for other in jobs():
        if run.kind in other.after:
            for subject in other.subjects(run.school_year):
                request_run(
                    kind=other.kind, school_year=run.school_year, subject=subject, by=None, reason=job.label
                )


@transaction.atomic
def fail(*, run: Run, message: str) -> None:
    """End a run badly: what was published before goes on standing."""
    now = timezone.now()
    ended = Run.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts).update(
        state=State.FAILED, ended_at=now, heartbeat_at=now, message=message
    )
    for job in jobs():
        if ended and job.kind == run.kind:
            job.failed(run, message)


def stopped(*, run: Run, mishap: Mishap) -> None:
    """End a run that an error stopped, or queue it again, later each time, where that may help."""
    if not mishap.passes or run.attempts >= MAX_ATTEMPTS:
        fail(run=run, message=mishap.message)
        return
    wait = BACKOFF * 4 ** (run.attempts - 1)
    if _take_back(run, timezone.now() + wait, mishap.message):
        _ring(run, wait)


def _take_back(run: Run, not_before: datetime, message: str = "") -> bool:
    """Queue a running run again; False when it was not that worker's any more, or a newer one waits already."""
    try:
        with transaction.atomic():
            return bool(
                Run.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts).update(
                    state=State.QUEUED, not_before=not_before, message=message
                )
            )
    except IntegrityError:  # what waits will do the same work
        fail(run=run, message="The worker stopped; a newer run takes its place.")
        return False


def tidy(*, now: datetime | None = None) -> None:
    """Let every job end what has waited too long."""
    for job in jobs():
        job.tidy(now or timezone.now())


def sweep(*, now: datetime | None = None) -> dict[str, int]:
    """Ring again for what waits, and queue again what has gone quiet, up to MAX_ATTEMPTS times.

    Return how many runs were rung for, taken back and given up.
    """
    now = now or timezone.now()
    given_up = taken_back = 0
    for run in Run.objects.quiet_since(now - QUIET):
        if run.attempts >= MAX_ATTEMPTS:
            fail(run=run, message=f"The worker stopped {run.attempts} times while it ran.")
            given_up += 1
            continue
        if _take_back(run, now):
            taken_back += 1
        else:
            given_up += 1
    due = list(Run.objects.due()[:200])
    for run in due:
        _ring(run, timedelta())
    return {"rung": len(due), "taken_back": taken_back, "given_up": given_up}


def request_nightly(*, school_year: int) -> list[Run]:
    """Queue every nightly job for the year."""
    return [
        request_run(kind=job.kind, school_year=school_year, subject=subject, by=None, reason="nightly")
        for job in jobs()
        if job.nightly
        for subject in job.subjects(school_year)
    ]


def describe(*, run: Run, **facts: Any) -> None:
    """Keep on the run what it saw and how it computed (fields of Run, or keys of `facts`)."""
    names = {field.name for field in Run._meta.fields}
    fields = {name: value for name, value in facts.items() if name in names}
    extra = {name: value for name, value in facts.items() if name not in names}
    for name, value in fields.items():
        setattr(run, name, value)
    run.facts = run.facts | extra
    run.save(update_fields=[*fields, "facts"])

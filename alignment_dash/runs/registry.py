"""The jobs that apps register when they start, and what makes each of them stale."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from alignment_dash.runs.models import Run


class Progress(Protocol):
    """Told by a job how far it is; cheap, may be called often."""

    def __call__(self, done: int, total: int, label: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of run.

    perform: does the work of a claimed run and writes its result rows; raises to fail.
    stale_on: topics (such as "roster", "ratings") after whose changes the results no longer stand.
    subjects: a school year in, the subjects to run for out; one "" where there is one run a year.
    publishes: whether a success moves the year's current pointer.
    nightly: whether beat runs it every night.
    after: kinds whose publication makes this one stale (it reads their results).
    one_at_a_time: of all runs of the kind one runs, the others wait in the order they were asked for; waiting
    takes no worker.
    together: kinds asked for as well by who asks on a page for this one: the other half of what they see.
    failed: told a run and why, in the transaction that ends it badly.
    tidy: told the time twice a minute; ends what has waited too long.
    """

    kind: str
    label: str
    perform: "Callable[[Run, Progress], None]"
    stale_on: frozenset[str] = frozenset()
    subjects: Callable[[int], Iterable[str]] = field(default=lambda year: [""])
    publishes: bool = True
    nightly: bool = True
    after: frozenset[str] = frozenset()
    one_at_a_time: bool = False
    together: frozenset[str] = frozenset()
    failed: "Callable[[Run, str], None]" = field(default=lambda run, message: None)
    tidy: Callable[[datetime], None] = field(default=lambda now: None)


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Make a job known; its kind is unique. ValueError when another job has the kind."""
    if _jobs.get(job.kind, job) != job:
        raise ValueError(f"two jobs are called {job.kind}")
    _jobs[job.kind] = job


def job_of(kind: str) -> Job:
    """Return the job of a kind; LookupError when no app registered it."""
    return _jobs[kind]


def jobs() -> list[Job]:
    """Return every job, in order of kind."""
    return [_jobs[kind] for kind in sorted(_jobs)]


def jobs_made_stale_by(topic: str) -> list[Job]:
    """Return the jobs that a change of `topic` makes stale."""
    return [job for job in jobs() if topic in job.stale_on]

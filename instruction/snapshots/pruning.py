"""Which snapshots keep their rows: those that stand, the newest two, and of schools the last of each term.

Trends are drawn from the last of each term. Of persons none is drawn, so nothing of theirs is kept for one: of a run
that is kept for trends alone the rows about persons go, and those that were for the day itself.
"""

from alignment_dash.runs.models import Publication, Run, State
from instruction.snapshots import KIND
from instruction.snapshots.terms import RunOf, last_of_terms
from instruction.snapshots.writing import delete_rows, delete_rows_of_the_day

NEWEST = 2


def prune(*, run: Run) -> list[int]:
    """Delete the rows of older runs of the same subject that nothing needs; return the ids of those runs."""
    done = Run.objects.filter(kind=run.kind, subject=run.subject, state=State.SUCCEEDED)
    runs = [RunOf(*row) for row in done.order_by("-ended_at").values_list("pk", "school_year", "roster_date")]
    standing = Publication.objects.filter(kind=run.kind, subject=run.subject).values_list("run_id", flat=True)
    keep = {run.pk, *standing, *[one.run_id for one in runs[: NEWEST - 1]]}
    for_trends = {one.run_id for one in last_of_terms(runs)} - keep if run.kind == KIND else set()
    delete_rows_of_the_day(sorted(for_trends))
    dropped = [one.run_id for one in runs if one.run_id not in keep | for_trends]
    delete_rows(dropped)
    return dropped

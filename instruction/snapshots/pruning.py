"""Which snapshots keep their rows: those that stand, the newest two, of schools the last of each term, and any that
a plan, a second look or a meeting refers to.

Trends are drawn from the last of each term. Of persons none is drawn, so nothing of theirs is kept for one: of a run
that is kept for trends or for what refers to it the rows about persons go, and those that were for the day itself.
"""

from alignment_dash.runs.models import Run, State
from instruction.snapshots import KIND
from instruction.snapshots.referring import referred_to
from instruction.snapshots.terms import RunOf, last_of_terms
from instruction.snapshots.writing import delete_rows, delete_rows_of_the_day

NEWEST = 2


def prune(*, run: Run) -> list[int]:
    """Delete the rows of older runs of the same subject that nothing needs; return the ids of those runs."""
    done = Run.objects.filter(kind=run.kind, subject=run.subject, state=State.SUCCEEDED)
    runs = [RunOf(*row) for row in done.order_by("-ended_at").values_list("pk", "school_year", "roster_date")]
    referred = referred_to({one.run_id for one in runs})
    keep = {run.pk, *referred["runs.Publication"], *[one.run_id for one in runs[: NEWEST - 1]]}
    figures_only = set().union(*referred.values()) - keep
    if run.kind == KIND:
        figures_only |= {one.run_id for one in last_of_terms(runs)} - keep
    delete_rows_of_the_day(sorted(figures_only))
    dropped = [one.run_id for one in runs if one.run_id not in keep | figures_only]
    delete_rows(dropped)
    return dropped

"""Which snapshots of principals keep their rows: those that stand, the newest two, and of all evidence the last of each term."""

from alignment_dash.runs.models import Publication, Run, State
from instruction.leadership import KIND_EVALUATIVE
from instruction.leadership.writing import delete_rows
from instruction.snapshots.terms import RunOf, last_of_terms

NEWEST = 2


def prune(*, run: Run) -> list[int]:
    """Delete the rows of older runs of the same subject that nothing needs; return the ids of those runs.

    Growth is drawn from the last of each term, from all evidence; of evaluative figures none is drawn.
    """
    done = Run.objects.filter(kind=run.kind, subject=run.subject, state=State.SUCCEEDED).exclude(pk=run.pk)
    runs = [RunOf(*row) for row in done.order_by("-ended_at").values_list("pk", "school_year", "roster_date")]
    keep = {run.pk, *[one.run_id for one in runs[: NEWEST - 1]]}
    keep |= set(Publication.objects.filter(kind=run.kind, run__isnull=False).values_list("run_id", flat=True))
    if run.kind != KIND_EVALUATIVE:
        keep |= {one.run_id for one in last_of_terms(runs)}
    dropped = [one.run_id for one in runs if one.run_id not in keep]
    delete_rows(dropped)
    return dropped

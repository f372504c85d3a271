"""Accepted moves as rows: what was ends, what is new begins, and each supervisor's access with it."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.actions import BATCH, end_grants_of
from alignment_dash.access.models import User
from supervision.actions.caseloads import open_for_supervisors, ring
from supervision.models import CaseloadAssignment, ProposedMove


def write(moves: Sequence[ProposedMove], *, start: date, by: User) -> None:
    """End the assignments that the moves start from on `start`, begin the new ones, and set each move's assignment.

    All old ones end before a new one begins: principals who share a school have one supervisor at any time. In a
    transaction that holds the assignments' locks. IntegrityError where someone else has assigned a school meanwhile.
    As many queries for a thousand moves as for one.
    """
    before = _before(moves, start)
    times = [_time_after(row, start) for row in before]
    _end([row for row in before if row is not None], start, by)
    made = CaseloadAssignment.objects.bulk_create(
        [
            CaseloadAssignment(
                supervisor=move.to_supervisor,
                principal_id=move.principal_id,
                school_id=move.school_id,
                during=during,
            )
            for move, during in zip(moves, times, strict=True)
        ],
        batch_size=BATCH,
    )
    open_for_supervisors([(each, each.during.lower) for each in made], by=by)
    for move, assignment in zip(moves, made, strict=True):
        move.assignment = assignment
    ProposedMove.objects.bulk_update(moves, ["assignment"], batch_size=BATCH)
    ring(by, "moves between caseloads were accepted")


def _before(moves: Sequence[ProposedMove], start: date) -> list[CaseloadAssignment | None]:
    """Return the assignment that each move starts from; None for who had no supervisor."""
    lasting = CaseloadAssignment.objects.filter(
        school__in={move.school_id for move in moves}, during__overlap=DateRange(start, None)
    )
    earliest: dict[tuple[int, int | None, int], CaseloadAssignment] = {}
    for row in lasting.order_by("during"):
        earliest.setdefault((row.school_id, row.principal_id, row.supervisor_id), row)
    return [
        None
        if move.from_supervisor_id is None
        else earliest[move.school_id, move.principal_id, move.from_supervisor_id]
        for move in moves
    ]


def _time_after(before: CaseloadAssignment | None, start: date) -> DateRange:
    """Return the time of what follows: until what was would have ended, all of it where that has not begun."""
    if before is None:
        return DateRange(start, None)
    return DateRange(max(start, before.during.lower), before.during.upper)


def _end(rows: Collection[CaseloadAssignment], start: date, by: User) -> None:
    """End assignments on `start`; one that begins on the day or later has no day left and goes."""
    end_grants_of(ends={row.grant_source: max(start, row.during.lower) for row in rows}, by=by)
    gone = [row.pk for row in rows if row.during.lower >= start]
    ProposedMove.objects.filter(assignment__in=gone).update(assignment=None)
    CaseloadAssignment.objects.filter(pk__in=gone).delete()
    CaseloadAssignment.objects.filter(pk__in=[row.pk for row in rows]).end_on(start)

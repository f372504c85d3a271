"""Accepted moves as rows: what was ends, what is new begins, and each supervisor's access with it."""

from collections.abc import Sequence
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.actions import end_grants
from alignment_dash.access.models import User
from supervision.actions.caseloads import open_for_supervisor, ring
from supervision.models import CaseloadAssignment, ProposedMove


def write(moves: Sequence[ProposedMove], *, start: date, by: User) -> None:
    """End the assignments that the moves start from on `start`, begin the new ones, and set each move's assignment.

    All old ones end before a new one begins: principals who share a school have one supervisor at any time. In a
    transaction that holds the assignments' locks. IntegrityError where someone else has assigned a school meanwhile.
    """
    times = [_end(move, start, by) for move in moves]
    for move, during in zip(moves, times, strict=True):
        made = CaseloadAssignment.objects.create(
            supervisor=move.to_supervisor,
            principal_id=move.principal_id,
            school_id=move.school_id,
            during=during,
        )
        open_for_supervisor(made, start=during.lower, by=by)
        move.assignment = made
    ring(by, "moves between caseloads were accepted")


def _end(move: ProposedMove, start: date, by: User) -> DateRange:
    """End what the move starts from; return the time of what follows.

    One that begins on the day or later has no day left: it goes, and what follows takes its whole time.
    """
    if move.from_supervisor_id is None:
        return DateRange(start, None)
    held = CaseloadAssignment.objects.filter(
        school=move.school_id, supervisor=move.from_supervisor_id, during__overlap=DateRange(start, None)
    )
    if move.principal_id is None:
        held = held.filter(principal__isnull=True)
    else:
        held = held.filter(principal=move.principal_id)
    old = held.earliest("during")
    begins, until = max(start, old.during.lower), old.during.upper
    end_grants(source=old.grant_source, end=begins, by=by)
    if old.during.lower < begins:
        old.during = DateRange(old.during.lower, begins)
        old.save(update_fields=["during"])
    else:
        ProposedMove.objects.filter(assignment=old).update(assignment=None)
        old.delete()
    return DateRange(begins, until)

"""Put a principal into a caseload, take them out, and keep the access to their schools in step."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alignment_dash.access import actions as access
from alignment_dash.access import audit
from alignment_dash.access.models import Grant, User
from alignment_dash.runs.actions import inputs_changed
from alignment_dash.schoolyear import current_year, today
from schools.models import Org, Person
from supervision.fullness import fullness
from supervision.models import CaseloadAssignment, ProposedMove, SupervisorLimits
from supervision.principals import leaders_on


@transaction.atomic
def assign_principal(
    *,
    supervisor: Person,
    principal: Person | None,
    school: Org,
    start: date,
    by: User | None,
    end: date | None = None,
) -> CaseloadAssignment:
    """Put a principal at a school into a supervisor's caseload from `start` until before `end` (None: open).

    principal None: the position is vacant. Opens the school to the supervisor for that time, if they sign in
    here. ValidationError, one message, when the school has another supervisor then, the principal is in the
    caseload already, or the dates hold no day. A caseload above its most on a day of it is no error; the audit says so.
    """
    refuse_after_leaving(supervisor, start)
    during = _range(start, end)
    assignment = CaseloadAssignment(supervisor=supervisor, principal=principal, school=school, during=during)
    _check(assignment)
    full = fullness(supervisor, during, [principal.pk if principal else -school.pk])
    assignment.save()
    open_for_supervisor(assignment, start=start, by=by)
    detail: dict[str, Any] = {
        "supervisor": str(supervisor.uid),
        "school": str(school.uid),
        "start": start.isoformat(),
    }
    audit.record(act="caseload.assign", target=assignment, by=by, detail=detail | full.recorded)
    ring(by, "a caseload was changed")
    return assignment


@transaction.atomic
def assign_school(
    *, supervisor: Person, school: Org, start: date, by: User | None, end: date | None = None
) -> list[CaseloadAssignment]:
    """Put a school into a caseload with whoever the roster has as its principals on `start`, or as vacant.

    All of several who share the school, or the vacant position where there is nobody; else as `assign_principal`.
    """
    leaders: list[Person | None] = [*leaders_on([school.pk], start).get(school.pk, [])] or [None]
    return [
        assign_principal(
            supervisor=supervisor, principal=principal, school=school, start=start, by=by, end=end
        )
        for principal in leaders
    ]


def refuse_after_leaving(supervisor: Person, start: date) -> None:
    """ValidationError when a supervisor's last day comes before an assignment's first."""
    limits = SupervisorLimits.objects.filter(supervisor=supervisor, leaves_on__lte=start).first()
    if limits is not None and limits.leaves_on is not None:
        words = _("This principal supervisor is no longer one from {day} on.")
        raise ValidationError(words.format(day=date_format(limits.leaves_on, "M j, Y")))


def refuse_undoing(supervisor: Person, end: date) -> None:
    """ValidationError where ending a caseload on a day that has passed would undo assignments that began since.

    Their time has been lived, and visits and time entered rest on it: a mistyped year must not take it away.
    """
    begun = CaseloadAssignment.objects.filter(
        supervisor=supervisor, during__startswith__gte=end, during__startswith__lt=today()
    )
    last = begun.order_by("during").values_list("during", flat=True).last()
    if last is not None:
        words = _("An assignment of this caseload has begun on {day}, so the caseload ends later than that.")
        raise ValidationError(words.format(day=date_format(last.lower, "M j, Y")))


@transaction.atomic
def end_caseload(*, supervisor: Person, end: date, by: User | None) -> int:
    """Take every principal out of a supervisor's caseload, for one who leaves; `end` is the first day without.

    What was to begin on it or later does not begin. The schools close to them on that day. Return how many
    assignments changed. ValidationError for a day before one on which an assignment has begun.
    """
    refuse_undoing(supervisor, end)
    lasting = CaseloadAssignment.objects.filter(supervisor=supervisor, during__overlap=DateRange(end, None))
    rows = list(lasting.select_for_update())
    for row in rows:
        shut(row, end=end, by=by)
    if rows:
        detail = {"end": end.isoformat(), "ended": len(rows)}
        audit.record(act="caseload.end_all", target=supervisor, by=by, detail=detail)
        ring(by, "a caseload was ended")
    return len(rows)


def shut(row: CaseloadAssignment, *, end: date, by: User | None) -> None:
    """End a row on `end`, and with it the access; one that begins no earlier goes altogether. The caller audits."""
    access.end_grants(source=row.grant_source, end=end, by=by)
    if row.during.lower >= end:
        ProposedMove.objects.filter(assignment=row).update(assignment=None)
        row.delete()
    else:
        row.during = DateRange(row.during.lower, end)
        row.save(update_fields=["during"])


@transaction.atomic
def hold_vacant(*, assignment: CaseloadAssignment, day: date, by: User | None) -> list[CaseloadAssignment]:
    """Take the principal out on `day`, or on a later first day, and keep the position with the supervisor as vacant.

    As when a principal leaves: until the row's end, but for the time that others share the school. Nothing is done
    where the row has ended or gone meanwhile. Return what holds the position.
    """
    row = CaseloadAssignment.objects.select_for_update().filter(pk=assignment.pk).first()
    if row is None or (row.during.upper is not None and row.during.upper <= day):
        return []
    first, end = max(row.during.lower, day), row.during.upper
    others = CaseloadAssignment.objects.filter(school=row.school_id, during__overlap=DateRange(first, end))
    taken = list(others.exclude(pk=row.pk).order_by("during").values_list("during", flat=True))
    shut(row, end=first, by=by)
    held = [
        CaseloadAssignment.objects.create(supervisor=row.supervisor, school=row.school, during=during)
        for during in _left(first, end, taken)
    ]
    for each in held:
        open_for_supervisor(each, start=each.during.lower, by=by)
    detail = {"day": first.isoformat(), "ended": 1, "made": len(held)}
    audit.record(act="caseload.vacate", target=row.school, by=by, detail=detail)
    ring(by, "a principal left a caseload")
    return held


def _left(first: date, end: date | None, taken: Iterable[DateRange]) -> Iterator[DateRange]:
    """Yield the time from `first` until before `end` (None: open) that none of `taken` has, which come by first day."""
    for during in taken:
        if during.lower > first:
            yield DateRange(first, during.lower)
        if during.upper is None:
            return
        first = max(first, during.upper)
    if end is None or first < end:
        yield DateRange(first, end)


@transaction.atomic
def end_assignment(*, assignment: CaseloadAssignment, end: date, by: User | None) -> CaseloadAssignment:
    """Take a principal out of a caseload; `end` is the first day without. The school closes with it.

    ValidationError when it ends no later than it begins, or has ended before.
    """
    assignment = CaseloadAssignment.objects.select_for_update().get(pk=assignment.pk)
    held = assignment.during
    if held.upper is not None and held.upper < end:
        raise ValidationError(_("This caseload assignment ends earlier already."))
    assignment.during = _range(held.lower, end)
    assignment.save(update_fields=["during"])
    access.end_grants(source=assignment.grant_source, end=end, by=by)
    audit.record(act="caseload.end", target=assignment, by=by, detail={"end": end.isoformat()})
    ring(by, "a caseload was changed")
    return assignment


@transaction.atomic
def sync_grants(*, person: Person, by: User | None) -> int:
    """Open a supervisor's schools to the user they sign in as by now, and close them to any other user.

    For when a person is linked to a user after their caseload was set. Return how many schools were opened.
    """
    opened = 0
    caseload = _lasting(CaseloadAssignment.objects.filter(supervisor=person))
    for assignment in caseload.select_related("supervisor"):
        grants = _lasting(Grant.objects.filter(source=assignment.grant_source))
        if grants.exclude(user_id=person.user_id).exists():
            access.end_grants(source=assignment.grant_source, end=today(), by=by)
        if person.user_id is not None and not grants.filter(user_id=person.user_id).exists():
            open_for_supervisor(assignment, start=max(assignment.during.lower, today()), by=by)
            opened += 1
    return opened


def sync_all_grants(*, by: User | None) -> int:
    """Do `sync_grants` for each supervisor whose open schools do not fit the user they sign in as.

    One query where all fit. Return how many schools were opened.
    """
    caseload = _lasting(CaseloadAssignment.objects.all()).annotate(
        source=Concat(Value("caseload:"), Cast("pk", TextField())), user=Coalesce("supervisor__user", 0)
    )
    grants = _lasting(Grant.objects.filter(source=OuterRef("source")))
    lacking = Q(user__gt=0) & ~Exists(grants.filter(user=OuterRef("user")))
    misfits = caseload.filter(lacking | Exists(grants.exclude(user=OuterRef("user"))))
    people = Person.objects.filter(pk__in=misfits.values("supervisor")).select_related("user")
    return sum(sync_grants(person=person, by=by) for person in people)


def _check(assignment: CaseloadAssignment) -> None:
    """ValidationError with the first thing that is wrong: a school with another supervisor has its principal, too."""
    try:
        assignment.full_clean()
    except ValidationError as refused:
        raise ValidationError(refused.messages[0]) from None


def _lasting(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep what holds today or on a day to come."""
    return rows.filter(during__overlap=DateRange(today(), None))


def _range(start: date, end: date | None) -> DateRange:
    if end is not None and end <= start:
        raise ValidationError(_("The end is the first day after, so it comes later than the start."))
    return DateRange(start, end)


def open_for_supervisor(assignment: CaseloadAssignment, *, start: date, by: User | None) -> None:
    """Open the assignment's school from `start` until it ends to its supervisor, if they sign in here."""
    open_for_supervisors([(assignment, start)], by=by)


def open_for_supervisors(
    openings: Iterable[tuple[CaseloadAssignment, date]], *, by: User | None
) -> list[Grant]:
    """Open each assignment's school from the day beside it, as `open_for_supervisor`; two queries for a thousand."""
    grants = [
        Grant(
            user=each.supervisor.user,
            school_id=each.school_id,
            source=each.grant_source,
            during=DateRange(start, each.during.upper),
        )
        for each, start in openings
        if each.supervisor.user is not None
    ]
    return access.open_schools(grants=grants, by=by)


def ring(by: User | None, reason: str) -> None:
    """Have the year's caseloads summed up again."""
    inputs_changed(topic="caseload", school_year=current_year(), by=by, reason=reason)

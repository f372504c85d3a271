"""Saying what a waiting role is, and taking it back: each makes or removes the dated assignment at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import AuditEvent, User
from alignment_dash.runs import actions as runs
from alignment_dash.runs.models import Publication
from schools.account_rules.apply import apply_rules
from schools.imports.lock import hold_off_rosters
from schools.models import ExternalId, Kind, StaffAssignment, WaitingRole
from schools.role_words.begins import overlap, supposed_begins
from schools.role_words.queries import DECISIONS, IGNORE

DECIDE, UNDO = "waiting-role.decide", "waiting-role.undo"


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of deciding: roles that people hold now, of these the ones that were there, and roles ignored."""

    held: int = 0
    were_there: int = 0
    ignored: int = 0


@transaction.atomic
def decide_roles(*, decisions: Mapping[UUID, str], by: User) -> Decided:
    """Say of each waiting role (by uid) what it is: a staff role or "ignore". What was said before is undone.

    Each person gets the role from the day the roster names, else from the first day of the roster's school
    year; the same role of that time that is there already is used. ValidationError says what is wrong; nothing
    is decided then.
    """
    if unknown := set(decisions.values()) - {role for role, _label in DECISIONS}:
        raise ValidationError(_("There is no role called {roles}.").format(roles=", ".join(sorted(unknown))))
    hold_off_rosters()
    locked = WaitingRole.objects.filter(uid__in=decisions).select_for_update().order_by("pk")
    waiting = list(locked)
    if len(waiting) < len(decisions):
        raise ValidationError(_("Some of these roles are no longer there. Look again."))
    spans = _release([one for one in waiting if one.role])
    for one in waiting:
        one.role, one.decided_by, one.decided_at = decisions[one.uid], by, timezone.now()
    WaitingRole.objects.bulk_update(waiting, ["role", "decided_by", "decided_at"])
    held = {one.pk: found for one, found in _assign([one for one in waiting if one.role != IGNORE])}
    audit.record_each(
        act=DECIDE,
        targets=[
            (one, {"role": one.role, **(held[one.pk].noted if one.pk in held else {})}) for one in waiting
        ],
        by=by,
    )
    _ring([*spans, *(given.assignment.during for given in held.values())], by)
    were_there = sum(not given.is_new for given in held.values())
    return Decided(len(held), were_there, len(waiting) - len(held))


@transaction.atomic
def undo_decision(*, waiting_role: WaitingRole, by: User | None) -> WaitingRole:
    """Let a decided role wait again; the assignment that it made is removed, or ended where things hang on it.

    ValidationError while a roster is read.
    """
    hold_off_rosters()
    one = WaitingRole.objects.select_for_update().get(pk=waiting_role.pk)
    if not one.role:
        return one
    spans = _release([one])
    audit.record(act=UNDO, target=one, by=by, detail={"role": one.role})
    one.role, one.decided_by, one.decided_at = "", None, None
    one.save(update_fields=["role", "decided_by", "decided_at"])
    _ring(spans, by)
    return one


@dataclass(slots=True)
class _Given:
    """The assignment that a waiting role got: new, or there before, and then how it was widened (before, after)."""

    assignment: StaffAssignment
    is_new: bool
    widened: tuple[DateRange, DateRange] | None = None

    @property
    def noted(self) -> dict[str, object]:
        """What the audit keeps, for the way back."""
        noted: dict[str, object] = {"assignment": self.assignment.pk, "made": self.is_new}
        if self.widened is not None:
            noted |= {"before": _days(self.widened[0]), "widened": _days(self.widened[1])}
        return noted


def _assign(waiting: Sequence[WaitingRole]) -> list[tuple[WaitingRole, _Given]]:
    """Give each its assignment, there or new, and note under its external id where that leads.

    One that is there is widened to hold whenever the role does. A fixed number of queries, however many there are.
    """
    there: dict[int, list[StaffAssignment]] = {}
    for held in StaffAssignment.objects.filter(person__in={one.person_id for one in waiting}).order_by("pk"):
        there.setdefault(held.person_id, []).append(held)
    begins = supposed_begins(waiting, there)
    found: list[tuple[WaitingRole, _Given]] = []
    for one in waiting:
        during = _period(one, begins[one.pk])
        here = there.setdefault(one.person_id, [])
        same = [held for held in here if (held.org_id, held.role) == (one.org_id, one.role)]
        assignment = next((held for held in same if overlap(held.during, during)), None)
        if assignment is not None:
            found.append((one, _Given(assignment, False, _widen(assignment, during, same))))
            continue
        assignment = StaffAssignment(
            person_id=one.person_id,
            org_id=one.org_id,
            role=one.role,
            is_primary=one.is_primary,
            during=during,
        )
        here.append(assignment)
        found.append((one, _Given(assignment, True)))
    _save([given for _one, given in found])
    _lead(found)
    return found


def _widen(
    assignment: StaffAssignment, during: DateRange, same: Sequence[StaffAssignment]
) -> DateRange | None:
    """Let an assignment hold on the days of `during` too, up to its like before and after it.

    Return when it held before; None where it held on all these days already.
    """
    before = assignment.during
    others = [held.during for held in same if held is not assignment]
    earlier = [held.upper for held in others if held.upper is not None and held.upper <= before.lower]
    later = [held.lower for held in others if before.upper is not None and held.lower >= before.upper]
    lower = max([min(before.lower, during.lower), *earlier])
    ends = [before.upper, during.upper]
    uppers = ([] if None in ends else [max(ends)]) + later
    widened = DateRange(lower, min(uppers) if uppers else None)
    if widened == before:
        return None
    assignment.during = widened
    return before, widened


def _days(span: DateRange) -> list[str | None]:
    return [day.isoformat() if day else None for day in (span.lower, span.upper)]


def _save(given: Sequence[_Given]) -> None:
    widened = {one.assignment.pk: one.assignment for one in given if one.widened and one.assignment.pk}
    try:
        with transaction.atomic():
            StaffAssignment.objects.bulk_update(widened.values(), ["during"])
            StaffAssignment.objects.bulk_create([one.assignment for one in given if one.is_new])
    except IntegrityError as error:  # the exclusion constraint: an import has just written the same
        raise ValidationError(_("A roster is changing the same people just now. Try again.")) from error


def _lead(found: Iterable[tuple[WaitingRole, _Given]]) -> None:
    """Let the ids of the roles lead to the assignments, so that the next roster finds them."""
    ExternalId.objects.bulk_create(
        [
            ExternalId(
                system_id=one.system_id,
                kind=Kind.ASSIGNMENT,
                external_id=one.external_id,
                row_id=given.assignment.pk,
            )
            for one, given in found
        ],
        update_conflicts=True,
        unique_fields=["system", "kind", "external_id"],
        update_fields=["row_id", "ended_on"],
    )


def _period(one: WaitingRole, supposed: date) -> DateRange:
    """When a role holds; an end before a begin that was only supposed is not used (as imports do)."""
    begins = one.begins or supposed
    return DateRange(begins, one.ends if one.ends and one.ends > begins else None)


def _release(waiting: Sequence[WaitingRole]) -> list[DateRange]:
    """Take back the assignments of decided roles; return when those that changed held.

    An assignment that a decision made goes with the last role that leads there, whichever that is.
    """
    noted = dict(_decisions(waiting).values_list("target_id", "detail"))
    made = _made({detail.get("assignment") for detail in noted.values()}, waiting)
    spans = []
    for one in waiting:
        found = ExternalId.objects.filter(
            system=one.system_id, kind=Kind.ASSIGNMENT, external_id=one.external_id
        )
        row_id = found.values_list("row_id", flat=True).first()
        found.delete()
        if row_id is None:
            continue
        detail = noted.get(str(one.uid), {})
        is_held = ExternalId.objects.filter(kind=Kind.ASSIGNMENT, row_id=row_id).exists()
        for assignment in StaffAssignment.objects.filter(pk=row_id):
            if not is_held and (row_id in made or detail.get("made") is not False):
                spans.append(assignment.during)
                _remove(assignment)
            elif "before" in detail and detail["widened"] == _days(assignment.during):
                spans.append(assignment.during)
                lower, upper = (date.fromisoformat(day) if day else None for day in detail["before"])
                assignment.during = DateRange(lower, upper)
                assignment.save(update_fields=["during"])
    return spans


def _made(assignments: Iterable[int | None], waiting: Sequence[WaitingRole]) -> set[int]:
    """Return which of the assignments a decision about one of these people's roles made."""
    roles = WaitingRole.objects.filter(person__in={one.person_id for one in waiting})
    details = _decisions(roles).filter(detail__made=True).values_list("detail__assignment", flat=True)
    return set(details) & set(assignments)


def _decisions(roles: Iterable[WaitingRole]) -> QuerySet[AuditEvent]:
    """Return what the audit has of deciding these roles, the newest last."""
    return AuditEvent.objects.filter(
        act=DECIDE, target_kind=WaitingRole._meta.label_lower, target_id__in=[str(one.uid) for one in roles]
    ).order_by("pk")


def _remove(assignment: StaffAssignment) -> None:
    """Delete an assignment; where a row of another app refers to it, end it today instead."""
    refers = StaffAssignment._meta.related_objects
    if not any(
        one.related_model._default_manager.filter(**{one.field.name: assignment}).exists() for one in refers
    ):
        assignment.delete()
        return
    begins = assignment.during.lower
    # A range holds one day at least.
    assignment.during = DateRange(begins, max(schoolyear.today(), begins + timedelta(days=1)))
    assignment.save(update_fields=["during"])


def _ring(spans: Sequence[DateRange], by: User | None) -> None:
    """Give what rules say of it, and ring for the current year and each published year that the spans touch."""
    if not spans:
        return
    apply_rules(by=by)
    current = schoolyear.current_year()
    first = min(schoolyear.year_of(span.lower) for span in spans)
    published = Publication.objects.filter(school_year__range=(first, current - 1))
    for year in sorted({current, *published.values_list("school_year", flat=True)}):
        runs.inputs_changed(topic="roster", school_year=year, by=by, reason="role words matched")

"""Writes of self-assessments: begin, save, share, take back, discard. Each is its writer's alone until shared."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.access import audit, reach
from alignment_dash.access.models import User, new_uid
from alignment_dash.schoolyear import today
from instruction.models import ElementVersion, FrameworkVersion, SelfAssessment, SelfRating
from instruction.revisions import Moved
from schools.models import Org, Person, StaffAssignment, StaffRole

LONGEST = SelfRating._meta.get_field("why").max_length or 2_000


class Level(NamedTuple):
    """A level, None for not yet said, and why."""

    level: int | None
    why: str = ""


@transaction.atomic
def begin_assessment(
    *, person: Person, version: FrameworkVersion, year: int, by: User, uid: UUID | None = None
) -> SelfAssessment:
    """Begin a self-assessment; the same uid again is the same one. ValidationError where the uid is another's."""
    uid = uid or new_uid()
    with reach.rows_of(person=person.pk):
        held = SelfAssessment.objects.filter(uid=uid, person=person).first()
        if held is not None:
            return held
        try:
            with transaction.atomic():
                made = SelfAssessment.objects.create(
                    uid=uid, person=person, version=version, school_year=year, school=_school_of(person)
                )
        except IntegrityError:  # a row that its writer alone can read
            raise ValidationError({"uid": _("Another self-assessment has this uid.")}) from None
    audit.record(act="self-assessment.begin", target=made, by=by)
    return made


@transaction.atomic
def save_assessment(
    *, assessment: SelfAssessment, revision: int, levels: Mapping[int, Level], by: User
) -> SelfAssessment:
    """Save levels by element version: what is not in `levels` stays, None takes a level away.

    Moved where it was saved elsewhere meanwhile; ValidationError for an element or a level the version does not have.
    """
    with reach.rows_of(person=assessment.person_id):
        held = _locked(assessment, revision)
        _check(held, levels)
        changed = _write(held, levels)
        if changed:
            held.revision += 1
            held.save(update_fields=["revision", "changed_at"])
    if changed:
        audit.record(act="self-assessment.save", target=held, by=by, detail={"elements": changed})
    return held


@transaction.atomic
def share_assessment(*, assessment: SelfAssessment, by: User) -> SelfAssessment:
    """Show it to who supports its writer, at the school where they are now. ValidationError where nothing is rated."""
    with reach.rows_of(person=assessment.person_id):
        held = _locked(assessment)
        if held.shared_at is not None:
            return held
        if not held.ratings.exists():
            raise ValidationError(_("Nothing is rated yet; rate at least one element, then share."))
        held.shared_at, held.school = timezone.now(), _school_of(held.person)
        _bump(held)
    audit.record(act="self-assessment.share", target=held, by=by)
    return held


@transaction.atomic
def take_back(*, assessment: SelfAssessment, by: User) -> SelfAssessment:
    """Make it its writer's alone again."""
    with reach.rows_of(person=assessment.person_id):
        held = _locked(assessment)
        if held.shared_at is None:
            return held
        held.shared_at = None
        _bump(held)
    audit.record(act="self-assessment.take-back", target=held, by=by)
    return held


@transaction.atomic
def discard_assessment(*, assessment: SelfAssessment, revision: int, by: User) -> None:
    """Delete one that is its writer's alone. Moved where it was saved elsewhere; ValidationError while it is shared."""
    with reach.rows_of(person=assessment.person_id):
        held = _locked(assessment, revision)
        if held.shared_at is not None:
            raise ValidationError(_("It is shared: take it back first, then discard it."))
        audit.record(act="self-assessment.discard", target=held, by=by)
        held.delete()


def _bump(held: SelfAssessment) -> None:
    held.revision += 1
    held.save(update_fields=["revision", "shared_at", "school"])


def _locked(row: SelfAssessment, revision: int | None = None) -> SelfAssessment:
    held = (
        SelfAssessment.objects.select_for_update(of=("self",))
        .select_related("version", "person")
        .filter(pk=row.pk)
        .first()
    )
    if held is None:
        raise ValidationError(_("It was discarded meanwhile."))
    if revision is not None and held.revision != revision:
        raise Moved(held)
    return held


def _check(held: SelfAssessment, levels: Mapping[int, Level]) -> None:
    known = set(ElementVersion.objects.filter(version=held.version_id).values_list("pk", flat=True))
    top = len(held.version.level_names)
    if not set(levels) <= known:
        raise ValidationError(_("This element is not in the framework that the self-assessment is about."))
    for one in levels.values():
        if one.level is not None and not 1 <= one.level <= top:
            raise ValidationError(_("A level is between 1 and {top}.").format(top=top))
        if one.level is None and one.why:
            raise ValidationError(_("Choose a level where you say why."))
        if len(one.why) > LONGEST:
            raise ValidationError(_("At most {n} characters.").format(n=LONGEST))


def _write(held: SelfAssessment, levels: Mapping[int, Level]) -> int:
    """Write what differs from what stands; return how many elements that were."""
    before = {one.element_version_id: one for one in held.ratings.all()}
    changed = 0
    for element, said in levels.items():
        row = before.get(element)
        if said.level is None:
            if row is not None:
                row.delete()
                changed += 1
        elif row is None:
            SelfRating.objects.create(
                assessment=held, element_version_id=element, level=said.level, why=said.why
            )
            changed += 1
        elif (row.level, row.why) != said:
            row.level, row.why = said.level, said.why
            row.save(update_fields=["level", "why"])
            changed += 1
    return changed


def _school_of(person: Person) -> Org | None:
    """Return the school where someone is principal today, the first in the roster of several; None for the others."""
    held = StaffAssignment.objects.on(today()).filter(person=person, role=StaffRole.PRINCIPAL)
    first = held.select_related("org").order_by("org_id").first()
    return first.org if first else None

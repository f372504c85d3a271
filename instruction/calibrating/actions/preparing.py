"""Prepare an exercise: what is rated, by whom, against which levels; and from where on one is calibrated."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.policy import Action, Data, Reach, reach_of
from alignment_dash.access.roles import Role
from instruction.calibrating.refusals import Moved, Refused
from instruction.imports.matching import spells_of, workplace
from instruction.models import (
    CalibrationExercise,
    CalibrationInvitation,
    CalibrationStandard,
    CalibrationVideo,
    ElementVersion,
    ExerciseState,
    FocusElement,
    FrameworkVersion,
    ReferenceLevel,
    VersionState,
)
from schools.models import Org, Person

PREPARED = (ExerciseState.DRAFT, ExerciseState.OPEN)
FEWEST_INVITED = 2
# Who reads reference levels before the release.
LEADS = sorted(role for role in Role if reach_of(role, Data.CALIBRATION, Action.CHANGE) == Reach.DISTRICT)


@dataclass(frozen=True, slots=True)
class Details:
    """What an exercise is about: a video, or a lesson of `observed` at `school` on the day `seen_on`.

    elements: ids of elements of the version; none: those in focus.
    """

    title: str
    version: FrameworkVersion
    due_on: date
    video: CalibrationVideo | None = None
    school: Org | None = None
    observed: Person | None = None
    seen_on: date | None = None
    elements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """The level that experts agreed on, None for none, and why."""

    level: int | None
    why: str = ""


@transaction.atomic
def add_video(*, title: str, url: str, minutes: int | None, by: User) -> CalibrationVideo:
    """Make a lesson on video known; observers watch it where it lies. ValidationError where a field is wrong."""
    video = CalibrationVideo(title=title, url=url, minutes=minutes)
    video.full_clean()
    if not url.startswith("https://"):
        raise ValidationError({"url": _("The link starts with https://, so that nobody reads along.")})
    video.save()
    audit.record(act="calibration.video", target=video, by=by)
    return video


@transaction.atomic
def make_exercise(*, details: Details, by: User) -> CalibrationExercise:
    """Begin an exercise that nobody sees but the leads; ValidationError where it cannot be."""
    _check(details)
    made = CalibrationExercise(lead=by, **_columns(details))
    made.full_clean()
    made.save()
    made.elements.set(_elements(details))
    audit.record(act="calibration.make", target=made, by=by)
    return made


@transaction.atomic
def change_exercise(*, exercise: CalibrationExercise, details: Details, revision: int, by: User) -> None:
    """Change what an exercise is about; once it is open only its title and its last day.

    Refused for a released one, Moved where someone else changed it meanwhile.
    """
    held = locked(exercise, revision=revision, states=PREPARED)
    if held.state == ExerciseState.OPEN:
        held.title, held.due_on = details.title, details.due_on
    else:
        _check(details)
        for name, value in _columns(details).items():
            setattr(held, name, value)
        kept = set(_elements(details))
        held.elements.set(kept)
        held.reference_levels.exclude(element_version__in=kept).delete()
        held.invitations.filter(person=details.observed).delete()
    held.full_clean()
    _save(held)
    audit.record(act="calibration.change", target=held, by=by)


@transaction.atomic
def set_references(
    *, exercise: CalibrationExercise, references: Mapping[int, Reference], revision: int, by: User
) -> None:
    """Set the reference levels, by ids of element versions; those not named stay as they are.

    ValidationError for a level off the scale or an element of another exercise; Refused once it is released, and
    for who is invited to rate blind.
    """
    held = locked(exercise, revision=revision, states=PREPARED)
    if held.invitations.filter(person__user=by).exists():
        raise Refused(_("You are invited to rate this lesson blind, so you cannot set its reference levels."))
    allowed, highest = elements_of(held), len(held.version.level_names)
    for element, one in references.items():
        if element not in allowed:
            raise ValidationError(_("This element is not part of the exercise."))
        if one.level is None:
            held.reference_levels.filter(element_version=element).delete()
            continue
        if not 1 <= one.level <= highest:
            raise ValidationError(_("Levels go from 1 to {highest}.").format(highest=highest))
        row = ReferenceLevel(exercise=held, element_version_id=element, level=one.level, why=one.why)
        row.clean_fields(exclude=["exercise", "element_version"])
        held.reference_levels.update_or_create(
            element_version_id=element, defaults={"level": one.level, "why": one.why}
        )
    _save(held)
    audit.record(act="calibration.references", target=held, by=by, detail={"elements": len(references)})


@transaction.atomic
def invite(*, exercise: CalibrationExercise, people: Collection[int], by: User) -> int:
    """Invite observers, by ids of persons; return how many were not invited before.

    Refused after the release, for the observed person, and, once there are reference levels, for who leads
    calibration: whoever does could have read them.
    """
    held = locked(exercise, states=PREPARED)
    if held.observed_id in people:
        raise Refused(_("The person who is observed cannot rate their own lesson."))
    known = set(held.invitations.filter(person__in=people).values_list("person_id", flat=True))
    new = sorted(set(people) - known)
    leading = RoleGrant.objects.filter(role__in=LEADS).on(schoolyear.today()).values("user")
    knowing = Person.objects.filter(Q(user=held.lead) | Q(user__in=leading), pk__in=new)
    if held.reference_levels.exists() and knowing.exists():
        raise Refused(
            _("Who leads calibration can read the reference levels that are set, and so cannot rate blind.")
        )
    CalibrationInvitation.objects.bulk_create(
        CalibrationInvitation(exercise=held, person_id=person) for person in new
    )
    if new:
        audit.record(act="calibration.invite", target=held, by=by, detail={"people": new})
    return len(new)


@transaction.atomic
def excuse(*, exercise: CalibrationExercise, person: Person, by: User) -> None:
    """Take an observer off the list of who is waited for; before the exercise opens, off the exercise.

    Refused where they have handed in already.
    """
    held = locked(exercise, states=PREPARED)
    invitation = held.invitations.filter(person=person).first()
    if invitation is None or invitation.submitted_at:
        raise Refused(_("They have handed in their levels, or were not invited."))
    if held.state == ExerciseState.DRAFT:
        invitation.delete()
    else:
        held.invitations.filter(pk=invitation.pk).update(excused_at=timezone.now())
    audit.record(act="calibration.excuse", target=held, by=by, detail={"people": [person.pk]})


@transaction.atomic
def open_exercise(*, exercise: CalibrationExercise, by: User) -> None:
    """Let the invited observers rate. Refused without elements or with fewer than two observers."""
    held = locked(exercise, states=(ExerciseState.DRAFT,))
    if not held.elements.exists():
        raise Refused(_("Choose at least one element to rate."))
    if held.invitations.count() < FEWEST_INVITED:
        raise Refused(_("Invite at least two observers: one alone agrees with nobody."))
    held.state, held.opened_at = ExerciseState.OPEN, timezone.now()
    _save(held)
    audit.record(act="calibration.open", target=held, by=by)


@transaction.atomic
def cancel_exercise(*, exercise: CalibrationExercise, by: User) -> None:
    """End an exercise without release: nobody sees another's levels, and nothing is counted."""
    held = locked(exercise, states=PREPARED)
    held.state = ExerciseState.CANCELED
    _save(held)
    audit.record(act="calibration.cancel", target=held, by=by)


@transaction.atomic
def set_standard(*, values: Mapping[str, Decimal | int], revision: int, by: User) -> CalibrationStandard:
    """Set from where on an observer is called calibrated; ValidationError out of range, Moved if changed meanwhile."""
    CalibrationStandard.objects.get_or_create(pk=1)
    held = CalibrationStandard.objects.select_for_update().get(pk=1)
    if held.revision != revision:
        raise Moved(held.revision)
    for name, value in values.items():
        setattr(held, name, value)
    held.revision += 1
    held.full_clean()
    held.save()
    detail = {name: float(value) for name, value in values.items()}
    audit.record(act="calibration.standard", target=held, by=by, detail=detail)
    return held


def locked(
    exercise: CalibrationExercise, *, states: Collection[str], revision: int | None = None
) -> CalibrationExercise:
    """Return the exercise as it stands, for this transaction alone; Refused in another state, Moved if changed."""
    held = (
        CalibrationExercise.objects.select_for_update(of=("self",))
        .select_related("version", "lead")
        .get(pk=exercise.pk)
    )
    if held.state not in states:
        raise Refused(_SAYS[ExerciseState(held.state)]())
    if revision is not None and held.revision != revision:
        raise Moved(held.revision)
    return held


_SAYS = {
    ExerciseState.DRAFT: lambda: _("The exercise is still being prepared."),
    ExerciseState.OPEN: lambda: _("The exercise is open for rating."),
    ExerciseState.RELEASED: lambda: _("The exercise has been released; its levels are final."),
    ExerciseState.CANCELED: lambda: _("The exercise was canceled."),
}


def elements_of(exercise: CalibrationExercise) -> set[int]:
    """Return the ids of the element versions that are rated; one query."""
    return set(exercise.elements.values_list("pk", flat=True))


def _save(held: CalibrationExercise) -> None:
    held.revision += 1
    held.save()


def _columns(details: Details) -> dict[str, object]:
    return {one.name: getattr(details, one.name) for one in fields(details) if one.name != "elements"}


def _check(details: Details) -> None:
    """Check what no single field can tell."""
    if details.version.state != VersionState.PUBLISHED:
        raise ValidationError(
            {"version": _("Observers rate on a framework that is published and not retired.")}
        )
    if (details.video is None) == (details.observed is None):
        raise ValidationError(_("An exercise is about a video, or about a lesson seen together."))
    if details.observed is None:
        return
    school, day = details.school, details.seen_on
    if school is None or day is None:
        raise ValidationError(_("Of a lesson seen together, say the school and the day."))
    if day > details.due_on:
        raise ValidationError({"seen_on": _("The lesson is seen before the levels are due.")})
    spells = spells_of([details.observed.pk])
    if workplace(spells, details.observed.pk, None, day, school_id=school.pk) is None:
        raise ValidationError({"seen_on": _("They do not work at this school on that day.")})


def _elements(details: Details) -> list[int]:
    """Return the elements asked for, else those in focus this year, else all of the version."""
    held = ElementVersion.objects.filter(version=details.version)
    if details.elements:
        chosen = list(held.filter(pk__in=details.elements).values_list("pk", flat=True))
        if len(chosen) != len(set(details.elements)):
            raise ValidationError({"elements": _("An element is not part of this framework version.")})
        return chosen
    year = schoolyear.year_of(details.due_on)
    focus = FocusElement.objects.filter(school_year=year, school__isnull=True).values("element")
    for found in (held.filter(element__in=focus), held.filter(is_focus=True), held):
        if ids := list(found.values_list("pk", flat=True)):
            return ids
    return []

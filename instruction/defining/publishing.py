"""Writes that end the life of a draft, or of a version: publish, retire."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash import schoolyear
from alignment_dash.access import audit, reach
from alignment_dash.access.models import User
from alignment_dash.runs.actions import inputs_changed
from alignment_dash.runs.models import Publication
from instruction.defining.actions import Moved, Refused, locked_draft
from instruction.defining.checks import publish_check
from instruction.defining.reading import definition_of, draft_revision
from instruction.models import (
    CalibrationExercise,
    ExerciseState,
    Framework,
    FrameworkVersion,
    ObservationRecord,
    RecordState,
    VersionState,
)


@transaction.atomic
def publish_draft(
    *, version: FrameworkVersion, by: User | None, revision: int | None = None
) -> FrameworkVersion:
    """Publish a draft: from then on it never changes, and holds from its first school year on.

    revision: of the draft that was looked at; Moved where it has changed since. Refused, with every reason, where it is
    not complete. What was computed for its school years so far is computed again.
    """
    # One at a time in a framework: what is checked of its other versions holds until this one is published.
    Framework.objects.select_for_update(no_key=True).get(pk=version.framework_id)
    draft = locked_draft(version)
    if revision is not None and revision != draft_revision(draft):
        raise Moved(draft, definition_of(draft))
    check = publish_check(draft)
    if check.faults:
        raise Refused(check.faults)
    draft.state, draft.published_at = VersionState.PUBLISHED, timezone.now()
    draft.save()
    detail = {
        "first_year": draft.first_school_year,
        "elements": check.n_elements,
        "ratings_lost": check.crosswalk.n_lost,
    }
    audit.record(act="framework.publish", target=draft, by=by, detail=detail)
    for year in _years_from(draft.first_school_year):
        inputs_changed(topic="framework", school_year=year, by=by, reason="framework published")
    return draft


def _years_from(first: int) -> list[int]:
    """Return the school years from `first` on of which something is computed, and the current one."""
    held = set(Publication.objects.filter(school_year__gte=first).values_list("school_year", flat=True))
    current = schoolyear.current_year()
    return sorted(held | ({current} if first <= current else set()))


@transaction.atomic
def retire_version(*, version: FrameworkVersion, by: User | None) -> FrameworkVersion:
    """Say that a published version is over; its pages and ratings stay. Refused, with the reasons, while it is in use."""
    held = (
        FrameworkVersion.objects.select_for_update(of=("self",))
        .select_related("framework")
        .get(pk=version.pk)
    )
    if held.state != VersionState.PUBLISHED:
        raise Refused([_("Only a published version is retired.")])
    if reasons := in_use(held):
        raise Refused(reasons)
    held.state, held.retired_at = VersionState.RETIRED, timezone.now()
    held.save()
    audit.record(act="framework.retire", target=held, by=by)
    return held


def in_use(version: FrameworkVersion, *, is_page: bool = False) -> list[str]:
    """Return why a published version cannot be retired yet, in words; nothing where it can.

    is_page: only what is known without opening rows about persons; drafts of observations are counted when it is sent.
    """
    return [*_in_force(version), *([] if is_page else _records(version)), *_exercises(version)]


def _in_force(version: FrameworkVersion) -> list[str]:
    current = schoolyear.current_year()
    first = max(current, version.first_school_year)
    later = Q(first_school_year__gt=version.first_school_year) | Q(
        first_school_year=version.first_school_year, published_at__gt=version.published_at
    )
    following = (
        version.framework.versions.filter(later, state=VersionState.PUBLISHED)
        .order_by("first_school_year")
        .first()
    )
    if following and following.first_school_year <= first:
        return []
    if following:
        words = _("It is in force until version {label} follows in {year}: retire it then.")
        return [words.format(label=following.label, year=schoolyear.label(following.first_school_year))]
    return [
        _("It is in force from {year} on, and no version follows it: publish its successor first.").format(
            year=schoolyear.label(first)
        )
    ]


def _records(version: FrameworkVersion) -> list[str]:
    with reach.all_rows(
        why="how many drafts of observations use a framework version, of nobody in particular"
    ):
        n = ObservationRecord.objects.filter(version=version, state=RecordState.DRAFT).count()
    text = ngettext(
        "{n} observation that is still a draft uses it: share or discard it first.",
        "{n} observations that are still drafts use it: share or discard them first.",
        n,
    )
    return [text.format(n=n)] if n else []


def _exercises(version: FrameworkVersion) -> list[str]:
    open_ones = CalibrationExercise.objects.filter(
        version=version, state__in=(ExerciseState.DRAFT, ExerciseState.OPEN)
    )
    n = open_ones.count()
    text = ngettext(
        "{n} calibration exercise is not released yet: release or cancel it first.",
        "{n} calibration exercises are not released yet: release or cancel them first.",
        n,
    )
    return [text.format(n=n)] if n else []

"""What was observed of the caller: their own ratings, and nobody else's."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Subquery

from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import Observation, ObservationRecord, Rating, RecordReply
from schools.names import name_of

LESSONS_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class RatingSeen:
    """One element's level in one observation."""

    element: str
    element_uid: str
    level: int
    level_name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class LessonSeen:
    """One observation of the caller."""

    day: date
    kind: str
    purpose: str
    purpose_label: str
    observer: str
    school: str
    ratings: list[RatingSeen]
    # The record it was shared with, where it was written here, and whether the caller said that they read it.
    record_uid: str = ""
    is_acknowledged: bool = False


def my_evidence(scope: Scope, year: int) -> list[LessonSeen]:
    """Return the caller's own observations of a school year, newest first; two queries, none for nobody."""
    if scope.person_id is None or not scope.may(Data.PERSON_EVIDENCE):
        return []
    records = ObservationRecord.objects.filter(observation=OuterRef("pk"))
    read = RecordReply.objects.filter(record__observation=OuterRef("pk"), is_acknowledgment=True)
    ratings = Rating.objects.select_related("element_version__element").order_by("element_version__place")
    found = (
        Observation.objects.filter(observed=scope.person_id, school_year=year)
        .select_related("observer__identity", "school", "version")
        .annotate(record_uid=Subquery(records.values("uid")), is_acknowledged=Exists(read))
        .prefetch_related(Prefetch("ratings", ratings))
        .order_by("-observed_on", "-pk")
    )
    with reach.rows_of(person=scope.person_id):
        return [_lesson(one) for one in found[:LESSONS_AT_MOST]]


def _lesson(one: Observation) -> LessonSeen:
    names = one.version.level_names
    return LessonSeen(
        day=one.observed_on,
        kind=one.get_kind_display(),
        purpose=one.purpose,
        purpose_label=one.get_purpose_display(),
        observer=name_of(one.observer),
        school=one.school.name if one.school else "",
        ratings=[
            RatingSeen(
                element=rating.element_version.name,
                element_uid=str(rating.element_version.element.uid),
                level=rating.level,
                level_name=names[rating.level - 1] if rating.level <= len(names) else "",
                evidence=rating.evidence,
            )
            for rating in one.ratings.all()
        ],
        record_uid=str(one.record_uid or ""),  # type: ignore[attr-defined]
        is_acknowledged=one.is_acknowledged,  # type: ignore[attr-defined]
    )

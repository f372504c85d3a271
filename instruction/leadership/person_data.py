"""What is held of a principal's leadership and of what someone says of their own work, and what erasing does to it."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import Holding, Row, Subject
from instruction.models import PrincipalCapacity, SelfAssessment, SelfRating


def _figures(subject: Subject) -> QuerySet[PrincipalCapacity]:
    return PrincipalCapacity.objects.filter(principal=subject.person_id or 0)


def _figure_rows(subject: Subject) -> Iterator[Row]:
    found = _figures(subject).select_related("run", "school", "element").order_by("run", "element", "pk")
    for one in found:
        yield {
            "computed": one.run.ended_at,
            "evidence": one.run.basis,
            "school": one.school.name,
            "element": one.element.code,
            "estimate": one.estimate,
            "se": one.se,
            "observations": one.n_observations,
        }


def _assessments(subject: Subject) -> QuerySet[SelfAssessment]:
    return SelfAssessment.objects.filter(person=subject.person_id or 0)


def _said_rows(subject: Subject) -> Iterator[Row]:
    found = SelfRating.objects.filter(assessment__in=_assessments(subject))
    for one in found.select_related("assessment", "element_version").order_by(
        "assessment", "element_version__place"
    ):
        yield {
            "begun": one.assessment.started_at,
            "shared": one.assessment.shared_at,
            "element": one.element_version.name,
            # What is not shared is theirs alone, and they read it themself.
            "level": one.level if one.assessment.shared_at else None,
            "why": one.why if one.assessment.shared_at else "",
        }


def _erase(subject: Subject) -> int:
    """Delete them, with what is kept of earlier wordings blanked."""
    if not subject.person_id:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT instruction_erase_self_assessments(%s)", [subject.person_id])
        return int(cursor.fetchone()[0])


LEADERSHIP = Holding(
    key="leadership-estimates",
    label=_("Estimates of their leadership as a principal"),
    rows=_figure_rows,
    count=lambda subject: _figures(subject).count(),
    erased=_("Stay without a name until the next runs have taken their place."),
    is_evidence=True,
    tables=frozenset({"instruction_principalcapacity"}),
    place=42,
)
SELF_ASSESSMENTS = Holding(
    key="self-assessments",
    label=_("What they say of their own work"),
    rows=_said_rows,
    count=lambda subject: _assessments(subject).count(),
    erased=_("Deleted."),
    erase=_erase,
    is_evidence=True,
    tables=frozenset({"instruction_selfassessment"}),
    place=43,
)

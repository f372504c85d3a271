"""What the principal bench holds about a person: what they are named for, and what they wrote."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.redaction import redact
from alignment_dash.access.persondata.registry import Holding, Row, Subject
from supervision.models import BenchCandidate, ExpectedOpening
from supervision.visits.person_data import blank_earlier


def _named(subject: Subject) -> QuerySet[BenchCandidate]:
    asked = Q(person=subject.person_id or 0) | Q(named_by=subject.user_id or 0)
    for word in subject.words.anywhere:
        asked |= Q(experience__icontains=word)
    return BenchCandidate.objects.filter(asked).order_by("pk")


def _rows(subject: Subject) -> Iterator[Row]:
    for one in _named(subject):
        own = one.person_id == subject.person_id
        yield {
            "theirs": own,
            "they named them": one.named_by_id == subject.user_id,
            "ready": one.get_readiness_display() if own else "",
            "levels": ", ".join(one.levels) if own else "",
            "licensed": one.has_license if own else "",
            "experience": one.experience if own or one.named_by_id == subject.user_id else "",
            "named on": one.named_on,
            "told on": one.told_on,
            "withdrawn on": one.withdrawn_on,
        }


def _erase(subject: Subject) -> int:
    """Remove what they are named for, and their name from what is said of others; earlier wordings are blanked."""
    naming = list(_named(subject))
    count = BenchCandidate.objects.filter(person=subject.person_id or 0).delete()[0]
    for one in _named(subject):
        said = redact(one.experience, subject.words)
        if said != one.experience:
            BenchCandidate.objects.filter(pk=one.pk).update(experience=said[:1_000])
            count += 1
    blank_earlier(subject, BenchCandidate, [one.pk for one in naming])
    return count


def _openings(subject: Subject) -> QuerySet[ExpectedOpening]:
    return ExpectedOpening.objects.filter(written_by=subject.user_id or 0).order_by("pk")


def _opening_rows(subject: Subject) -> Iterator[Row]:
    for one in _openings(subject).select_related("school"):
        yield {"school": one.school.name, "opens on": one.opens_on, "written": one.written_at}


CANDIDATES = Holding(
    key="principal-bench",
    label=_("Named as ready to become a principal, or naming others"),
    rows=_rows,
    count=lambda subject: _named(subject).count(),
    erased=_("What they are named for is removed. Whom they named stays, without their name."),
    erase=_erase,
    tables=frozenset({"supervision_benchcandidate"}),
    place=66,
)
OPENINGS = Holding(
    key="expected-openings",
    label=_("Openings of principals' positions they wrote down"),
    rows=_opening_rows,
    count=lambda subject: _openings(subject).count(),
    erased=_("Stay, without the name: they are the district's records."),
    tables=frozenset({"supervision_expectedopening"}),
    place=67,
)

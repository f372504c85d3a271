"""What is held about the support that a supervisor received."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.redaction import redact
from alignment_dash.access.persondata.registry import Holding, Row, Subject
from supervision.models import SupervisorSupport
from supervision.visits.person_data import blank_earlier


def _found(subject: Subject) -> QuerySet[SupervisorSupport]:
    asked = Q(supervisor=subject.person_id or 0)
    for word in subject.words.anywhere:
        asked |= Q(given_by__icontains=word)
    return SupervisorSupport.objects.filter(asked).order_by("day", "pk")


def _rows(subject: Subject) -> Iterator[Row]:
    for one in _found(subject):
        own = one.supervisor_id == subject.person_id
        yield {
            "day": one.day,
            "form": one.form,
            "minutes": one.minutes,
            "they received it": own,
            "given by": one.given_by,
        }


def _redact(subject: Subject) -> int:
    changed, held = 0, list(_found(subject))
    for one in held:
        after = redact(one.given_by, subject.words)[:200]
        if after != one.given_by:
            SupervisorSupport.objects.filter(pk=one.pk).update(given_by=after)
            changed += 1
    blank_earlier(subject, SupervisorSupport, [one.pk for one in held])
    return changed


SUPPORT = Holding(
    key="supervisor-support",
    label=_("Support for their own growth as principal supervisor, or that they gave"),
    rows=_rows,
    count=lambda subject: _found(subject).count(),
    erased=_("Stays, without the name: hours by form."),
    erase=_redact,
    tables=frozenset({"supervision_supervisorsupport"}),
    place=69,
)

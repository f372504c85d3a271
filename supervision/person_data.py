"""The caseloads a person was part of, and what becomes of them when they are erased."""

from collections.abc import Iterator

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import Holding, Row, Subject, register
from alignment_dash.schoolyear import today
from supervision.actions import end_assignment, hold_vacant
from supervision.actions.caseloads import shut
from supervision.models import CaseloadAssignment, CaseloadSchool


def register_all() -> None:
    """Make known what is held about who supports whom."""
    register(CASELOADS)


def _of(subject: Subject) -> QuerySet[CaseloadAssignment]:
    person = subject.person_id or 0
    return CaseloadAssignment.objects.filter(Q(supervisor=person) | Q(principal=person))


def _needs(subject: Subject) -> QuerySet[CaseloadSchool]:
    """Return what was computed of their need as a principal."""
    return CaseloadSchool.objects.filter(principal=subject.person_id or 0, need__isnull=False)


def _rows(subject: Subject) -> Iterator[Row]:
    for one in _of(subject).select_related("school").order_by("pk"):
        yield {
            "as": _("principal supervisor") if one.supervisor_id == subject.person_id else _("principal"),
            "school": one.school.name,
            "from": one.during.lower,
            "until": one.during.upper,
        }
    for need in _needs(subject).select_related("school", "run").order_by("run", "school"):
        yield {
            "as": _("principal"),
            "school": need.school.name,
            "computed": need.run.ended_at,
            "need index": need.need,
            "of leadership": need.part_leadership,
            "of being new": need.part_tenure,
            "of gaps": need.part_gaps,
            "of size": need.part_size,
        }


def _end(subject: Subject) -> int:
    """End today what lasts, and with it the access; a principal's position stays with the supervisor as vacant."""
    lasting = list(_of(subject).filter(during__overlap=DateRange(today(), None)))
    for one in lasting:
        if one.principal_id == subject.person_id:
            hold_vacant(assignment=one, day=today(), by=None)
        elif one.during.lower < today():
            end_assignment(assignment=one, end=today(), by=None)
        else:
            shut(one, end=today(), by=None)
    return len(lasting)


CASELOADS = Holding(
    key="caseloads",
    label=_("Caseloads they were part of, and our index of their need"),
    rows=_rows,
    count=lambda subject: _of(subject).count() + _needs(subject).count(),
    erased=_(
        "End today where they last; a principal's position stays in the caseload as vacant. The past stays without a "
        "name, and need until the next runs have taken its place."
    ),
    erase=_end,
    tables=frozenset(
        {"supervision_caseloadassignment", "supervision_caseloadsummary", "supervision_caseloadschool"}
    ),
    place=31,
)

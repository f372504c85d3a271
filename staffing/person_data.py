"""The positions a person has held, and what becomes of them when they are erased."""

from collections.abc import Iterator

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import Holding, Row, Subject, register
from alignment_dash.schoolyear import today
from staffing.models import Incumbency


def register_all() -> None:
    """Make known what is held about who holds which position."""
    register(POSITIONS)


def _held(subject: Subject) -> QuerySet[Incumbency]:
    return Incumbency.objects.filter(person=subject.person_id or 0)


def _rows(subject: Subject) -> Iterator[Row]:
    for one in _held(subject).select_related("position__school").order_by("pk"):
        yield {
            "position": one.position.title,
            "school": one.position.school.name,
            "from": one.during.lower,
            "until": one.during.upper,
        }


def _vacate(subject: Subject) -> int:
    """Leave today what is held; the position stands vacant from then on."""
    ended = 0
    for one in _held(subject).filter(during__overlap=DateRange(today(), None)):
        if one.during.lower < today():
            one.during = DateRange(one.during.lower, today())
            one.save(update_fields=["during"])
        else:
            one.delete()
        ended += 1
    return ended


POSITIONS = Holding(
    key="positions",
    label=_("Positions they hold or have held"),
    rows=_rows,
    count=lambda subject: _held(subject).count(),
    erased=_("Vacated today where held. The past stays without a name: fill rates are counted from it."),
    erase=_vacate,
    tables=frozenset({"staffing_incumbency"}),
    place=30,
)

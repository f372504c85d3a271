"""What this package makes known when the application starts."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import Holding, Row, Subject
from alignment_dash.access.persondata.registry import register as register_holding
from alignment_dash.access.policy import Data
from alignment_dash.ui import questions
from schools.models import Leave


def register() -> None:
    """Register the page, and what is held about persons."""
    questions.register_tool(questions.Tool(_("Leave"), "schools:leave-list", Data.LEAVE, place=13))
    register_holding(LEAVES)


def _leaves(subject: Subject) -> QuerySet[Leave]:
    return Leave.objects.filter(person=subject.person_id or 0)


def _rows(subject: Subject) -> Iterator[Row]:
    for one in _leaves(subject).order_by("during"):
        yield {"first day": one.during.lower, "day after the last": one.during.upper}


def _erase(subject: Subject) -> int:
    """Delete the leaves; the images of what they were go with their person's name."""
    return _leaves(subject).delete()[0]


LEAVES = Holding(
    key="leave",
    label=_("Days they were away for long; why is not kept"),
    rows=_rows,
    count=lambda subject: _leaves(subject).count(),
    erased=_("Deleted."),
    erase=_erase,
    tables=frozenset({"schools_leave"}),
    place=22,
)

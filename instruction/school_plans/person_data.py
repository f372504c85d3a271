"""What plans, answers and second looks hold about a person: what they wrote, and texts that name them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.redaction import redact
from alignment_dash.access.persondata.registry import Holding, Row, Subject, register
from instruction.models import PlanAction, PlanCheck, PlanStanding, SchoolPlan, SecondLook, SupportRequest

# The texts people write about a school; they shall name no person, and may.
TEXTS: Sequence[tuple[type[models.Model], tuple[str, ...]]] = (
    (SchoolPlan, ("summary",)),
    (PlanStanding, ("own_view",)),
    (PlanCheck, ("text",)),
    (PlanAction, ("what", "who", "note")),
    (SupportRequest, ("what", "answer")),
    (SecondLook, ("found", "hypothesis", "leverage", "outcome")),
)


def register_all() -> None:
    """Make both kinds known."""
    register(WRITTEN)
    register(NAMED)


def _written(subject: Subject) -> Iterator[tuple[str, Any, Any]]:
    """Yield what, rows and the column of the day of what the person's account wrote."""
    user = subject.user_id or 0
    yield "check of a plan", PlanCheck.objects.filter(by=user), ("at", "text")
    yield "answer to a request", SupportRequest.objects.filter(answered_by=user), ("answered_at", "answer")
    yield "second look", SecondLook.objects.filter(by=user), ("written_at", "found")
    yield "outcome of a second look", SecondLook.objects.filter(outcome_by=user), ("outcome_on", "outcome")


def _written_rows(subject: Subject) -> Iterator[Row]:
    for what, rows, (day, text) in _written(subject):
        for at, said in rows.order_by("pk").values_list(day, text):
            yield {"what": what, "at": at, "written": said}


def _naming(subject: Subject) -> Iterator[tuple[models.Model, dict[str, str]]]:
    """Yield each row whose texts name the person, with the texts without the name."""
    words = subject.words
    if not words:
        return
    for model, columns in TEXTS:
        named = Q(pk=None)
        for word in words.anywhere | words.family:
            for column in columns:
                named |= Q(**{f"{column}__icontains": word})
        for row in model._default_manager.filter(named).order_by("pk"):
            after = {column: redact(getattr(row, column), words, family=True) for column in columns}
            changed = {column: text for column, text in after.items() if text != getattr(row, column)}
            if changed:
                yield row, changed


def _named_rows(subject: Subject) -> Iterator[Row]:
    for row, changed in _naming(subject):
        for column in changed:
            yield {"where": row._meta.label_lower, "text": getattr(row, column)}


def _take_out(subject: Subject) -> int:
    found = list(_naming(subject))
    for row, changed in found:
        fitting = {
            column: text[: getattr(row._meta.get_field(column), "max_length", None)]
            for column, text in changed.items()
        }
        type(row)._default_manager.filter(pk=row.pk).update(**fitting)
    return len(found)


WRITTEN = Holding(
    key="plans-and-looks-by-them",
    label=_("Checks of plans, answers to schools and second looks that they wrote"),
    rows=_written_rows,
    count=lambda subject: sum(rows.count() for _what, rows, _columns in _written(subject)),
    erased=_("Stay, and point to the account without a name: they are the schools' records."),
    place=47,
)
NAMED = Holding(
    key="plans-and-looks-naming-them",
    label=_("Texts of school improvement plans, requests and second looks that name them"),
    rows=_named_rows,
    count=lambda subject: sum(1 for _found in _naming(subject)),
    erased=_("The name is taken out."),
    erase=_take_out,
    place=47,
)

"""What meetings hold about a person: what they called and were to see to, and texts that name them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.redaction import redact
from alignment_dash.access.persondata.registry import Holding, Row, Subject
from instruction.models import Decision, Meeting

TEXTS_OF_MEETINGS, TEXTS_OF_DECISIONS = ("title", "notes"), ("what", "outcome")


def _found(
    model: type[models.Model], texts: Sequence[str], own: Sequence[str], subject: Subject
) -> list[Any]:
    """Return the rows that are theirs (by the columns `own`) or that name them."""
    asked = Q(pk=None)
    for name in own:
        asked |= Q(**{name: subject.user_id or 0})
    for name in texts:
        for word in subject.words.anywhere:
            asked |= Q(**{f"{name}__icontains": word})
    return list(model._default_manager.filter(asked).order_by("pk"))


def _redact(model: type[models.Model], texts: Sequence[str], subject: Subject) -> int:
    """Take names, addresses and ids out of the texts; return how many rows had any."""
    changed = 0
    for row in _found(model, texts, (), subject):
        before = [getattr(row, name) for name in texts]
        after = [redact(value, subject.words) for value in before]
        if before != after:
            model._default_manager.filter(pk=row.pk).update(
                **{name: value[: _longest(model, name)] for name, value in zip(texts, after, strict=True)}
            )
            changed += 1
    return changed


def _longest(model: type[models.Model], name: str) -> int | None:
    return getattr(model._meta.get_field(name), "max_length", None)


def _meetings(subject: Subject) -> list[Meeting]:
    return _found(Meeting, TEXTS_OF_MEETINGS, ("called_by",), subject)


def _meeting_rows(subject: Subject) -> Iterator[Row]:
    for one in _meetings(subject):
        yield {"on": one.held_on, "title": one.title, "they called it": one.called_by_id == subject.user_id}


def _decisions(subject: Subject) -> list[Decision]:
    return _found(Decision, TEXTS_OF_DECISIONS, ("owner", "made_by"), subject)


def _decision_rows(subject: Subject) -> Iterator[Row]:
    for one in _decisions(subject):
        theirs = one.owner_id == subject.user_id
        yield {
            "made": one.made_at,
            "what": one.what,
            "they see to it": theirs,
            "they wrote it": one.made_by_id == subject.user_id,
            "by": one.due_on,
            "outcome": one.outcome,
        }


MEETINGS = Holding(
    key="meetings",
    label=_("Meetings they called, and notes that name them"),
    rows=_meeting_rows,
    count=lambda subject: len(_meetings(subject)),
    erased=_("Stay, without the name: they are the district's records."),
    erase=lambda subject: _redact(Meeting, TEXTS_OF_MEETINGS, subject),
    tables=frozenset({"instruction_meeting"}),
    place=60,
)
DECISIONS = Holding(
    key="decisions",
    label=_("Decisions of meetings that they recorded, see to, or are named in"),
    rows=_decision_rows,
    count=lambda subject: len(_decisions(subject)),
    erased=_("Stay, without the name: they are the district's records."),
    erase=lambda subject: _redact(Decision, TEXTS_OF_DECISIONS, subject),
    tables=frozenset({"instruction_decision"}),
    place=61,
)

"""What visits hold about a person: visits, notes, commitments; and what becomes of them when they are erased."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.redaction import redact
from alignment_dash.access.persondata.registry import Holding, Row, Subject, register
from supervision.models import Commitment, Visit, VisitNote


def register_all() -> None:
    """Make known what is held about visits."""
    for holding in (VISITS, NOTES, COMMITMENTS):
        register(holding)


def _naming(subject: Subject, *fields: str) -> Q:
    """Return the condition that one of the texts names them."""
    found = Q(pk=None)
    for name in fields:
        for word in subject.words.anywhere:
            found |= Q(**{f"{name}__icontains": word})
    return found


def _visits(subject: Subject) -> QuerySet[Visit]:
    person = subject.person_id or 0
    return Visit.objects.filter(
        Q(supervisor=person) | Q(principal=person) | _naming(subject, "why_teachers")
    ).order_by("pk")


def _visit_rows(subject: Subject) -> Iterator[Row]:
    for one in _visits(subject).select_related("school"):
        theirs = subject.person_id in (one.supervisor_id, one.principal_id)
        yield {
            "day": one.day,
            "school": one.school.name,
            "as": _role(one, subject),
            "state": one.state,
            "with teachers": one.with_teachers,
            "why": one.why_teachers if theirs else "",
        }


def _role(one: Any, subject: Subject) -> Any:
    if one.supervisor_id == subject.person_id:
        return _("principal supervisor")
    return _("principal") if one.principal_id == subject.person_id else _("named")


def _notes(subject: Subject) -> QuerySet[VisitNote]:
    person = subject.person_id or 0
    return VisitNote.objects.filter(
        Q(supervisor=person) | Q(principal=person) | _naming(subject, "text")
    ).order_by("pk")


def _note_rows(subject: Subject) -> Iterator[Row]:
    """Hand out the notes of their own visits; of others' notes only that they are named."""
    for one in _notes(subject).select_related("visit"):
        theirs = subject.person_id in (one.supervisor_id, one.principal_id)
        yield {
            "of the visit on": one.visit.day,
            "as": _role(one, subject),
            "they wrote it": one.author_id == subject.person_id,
            "text": one.text if theirs else "",
        }


def _commitments(subject: Subject) -> QuerySet[Commitment]:
    person = subject.person_id or 0
    return Commitment.objects.filter(
        Q(principal=person) | Q(writer=person) | _naming(subject, "text", "outcome")
    ).order_by("pk")


def _commitment_rows(subject: Subject) -> Iterator[Row]:
    for one in _commitments(subject):
        theirs = subject.person_id in (one.principal_id, one.writer_id)
        yield {
            "made": one.made_on,
            "due": one.due,
            "of": one.by,
            "what": one.text if theirs else "",
            "state": one.state,
            "outcome": one.outcome if theirs else "",
        }


def _without_names(rows: QuerySet[Any], fields: tuple[str, ...], subject: Subject) -> int:
    """Take their names out of the texts, and blank earlier wordings; return how many rows had any."""
    changed, held = 0, list(rows)
    for row in held:
        before = {name: getattr(row, name) for name in fields}
        after = {name: redact(text, subject.words, family=True) for name, text in before.items()}
        if after != before:
            longest = {name: getattr(row._meta.get_field(name), "max_length", None) for name in fields}
            cut = {name: text[: longest[name]] for name, text in after.items()}
            rows.model._default_manager.filter(pk=row.pk).update(**cut)
            changed += 1
    blank_earlier(subject, rows.model, [row.pk for row in held])
    return changed


def blank_earlier(subject: Subject, model: type[Model], ids: Sequence[int]) -> None:
    """Blank the texts of these rows' before-images, once their name is taken out of what stands."""
    if ids and subject.person_id:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT supervision_blank_earlier(%s, %s, %s)",
                [subject.person_id, model._meta.db_table, list(ids)],
            )


VISITS = Holding(
    key="visits",
    label=_("Visits between principals and their principal supervisors"),
    rows=_visit_rows,
    count=lambda subject: _visits(subject).count(),
    erased=_("Stay, without the name."),
    erase=lambda subject: _without_names(_visits(subject), ("why_teachers",), subject),
    tables=frozenset({"supervision_visit"}),
    place=32,
)
NOTES = Holding(
    key="visit-notes",
    label=_("Notes of their visits, for two people alone"),
    rows=_note_rows,
    count=lambda subject: _notes(subject).count(),
    erased=_("Stay with the other person of the visit, without the name."),
    erase=lambda subject: _without_names(_notes(subject), ("text",), subject),
    is_evidence=True,
    tables=frozenset({"supervision_visitnote"}),
    place=32,
)
COMMITMENTS = Holding(
    key="commitments",
    label=_("What a principal and their principal supervisor committed to"),
    rows=_commitment_rows,
    count=lambda subject: _commitments(subject).count(),
    erased=_("Stay, without the name."),
    erase=lambda subject: _without_names(_commitments(subject), ("text", "outcome"), subject),
    is_evidence=True,
    tables=frozenset({"supervision_commitment"}),
    place=32,
)

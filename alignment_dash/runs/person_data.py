"""What files taken in leave behind in texts: names in plans and findings, and for how long those are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from alignment_dash.access import reach
from alignment_dash.access.persondata.redaction import redact
from alignment_dash.access.persondata.registry import Holding, Retention, Subject, Text, register_retention
from alignment_dash.runs.models import Run, State, Upload


def text_holding(key: str, model: type[Upload], columns: Sequence[str], label: Text, place: int) -> Holding:
    """Return the holding of uploads of `model` whose text or JSON in `columns` names a person."""

    def naming(subject: Subject) -> list[Upload]:
        found = _naming(model, columns, subject) if subject.words else []
        return [one for one in found if any(_names(getattr(one, name), subject) for name in columns)]

    def erase(subject: Subject) -> int:
        changed = 0
        for upload in naming(subject):
            before = [getattr(upload, name) for name in columns]
            after = [
                _fitting(model, name, redact(value, subject.words, family=True))
                for name, value in zip(columns, before, strict=True)
            ]
            if before != after:
                model.objects.filter(pk=upload.pk).update(**dict(zip(columns, after, strict=True)))
                changed += 1
        return changed

    return Holding(
        key=key,
        label=format_lazy(_("{what}: texts that name them"), what=label),
        rows=lambda subject: [
            {"import": str(one.uid), "received": one.received_at} for one in naming(subject)
        ],
        count=lambda subject: len(naming(subject)),
        erased=_(
            "Name, address and ids are taken out. The file's bytes stay while an import waits: abort it to delete them."
        ),
        erase=erase,
        place=place,
    )


def _names(value: Any, subject: Subject) -> bool:
    return bool(redact(value, subject.words, family=True) != value)


def _fitting(model: type[Upload], column: str, value: Any) -> Any:
    """Cut a text to what its column takes: what stands for a name may be longer than the name."""
    most = getattr(model._meta.get_field(column), "max_length", None)
    return value[:most] if most and isinstance(value, str) else value


def _naming(model: type[Upload], columns: Sequence[str], subject: Subject) -> Any:
    asked = Q()
    found = model.objects.defer("content")
    for name in columns:
        found = found.annotate(**{f"{name}_text": Cast(name, TextField())})
        for word in subject.words.anywhere:
            asked |= Q(**{f"{name}_text__icontains": word})
        for word in subject.words.family:
            asked |= Q(**{f"{name}_text__contains": word})
        for word in subject.words.alone:
            asked |= Q(**{f"{name}_text__icontains": f'"{word}"'})
    return found.filter(asked)


def findings_retention(
    key: str, model: type[Upload], columns: Sequence[str], label: Text, place: int
) -> Retention:
    """Return the rule that empties findings and plans of imports that ended before a time; their facts stay."""
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    empty = {field.name: type(field.get_default())() for field in fields}

    def due(moment: datetime) -> models.QuerySet[Any]:
        return model.objects.filter(ended_at__lt=moment).exclude(**empty)

    return Retention(
        key=key,
        label=label,
        note=_("Findings, plans and answers of imports that have ended. What was imported when stays."),
        default=3 * 365,
        least=30,
        found=lambda moment: [str(uid) for uid in due(moment).values_list("uid", flat=True)],
        remove=lambda moment: due(moment).update(**empty),
        place=place,
    )


def _unused(moment: datetime) -> models.QuerySet[Run]:
    """Runs that ended before a moment and that nothing refers to: no result, no import, no published page."""
    found = Run.objects.filter(state__in=[State.SUCCEEDED, State.FAILED], ended_at__lt=moment)
    for relation in Run._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel):
            model: Any = relation.related_model
            refers = model._base_manager.filter(**{relation.field.attname: models.OuterRef("pk")})
            found = found.exclude(models.Exists(refers))
    return found.order_by("pk")


def _announced(moment: datetime) -> list[str]:
    """Return the uids of what `_remove_unused` would delete, and of nothing that only looks empty."""
    with reach.all_rows(why="a run that a protected result refers to stays, so it is not announced"):
        return [str(uid) for uid in _unused(moment).values_list("uid", flat=True)]


def _remove_unused(moment: datetime) -> int:
    """Delete them with every protected row in sight, so that none that still has results is taken for empty."""
    with reach.all_rows(why="old runs are removed unless a result refers to them"):
        return _unused(moment).delete()[0]


def register_runs() -> None:
    """Make known for how long runs without results are kept."""
    register_retention(
        Retention(
            key="runs",
            label=_("Runs of jobs that left nothing"),
            note=_("Runs with results that are kept, and those of imports, stay."),
            default=3 * 365,
            least=30,
            found=_announced,
            remove=_remove_unused,
            place=40,
        )
    )

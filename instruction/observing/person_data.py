"""What observations as they are written hold about a person, and what becomes of it when they are erased."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import Change
from alignment_dash.access.persondata.registry import Holding, Row, Subject, register
from instruction.models import ObservationRecord, RecordReply, RecordState, UnlockRequest
from instruction.observing import content


def register_all() -> None:
    """Make known what is held."""
    for holding in (WRITTEN, EARLIER, REPLIES, MADE, REQUESTS):
        register(holding)


def _written(subject: Subject) -> QuerySet[ObservationRecord]:
    return ObservationRecord.objects.filter(observed=subject.person_id or 0)


def _written_rows(subject: Subject) -> Iterator[Row]:
    """What was shared is handed out; of a draft, that there is one: it is its observer's own yet."""
    for one in _written(subject).select_related("school").order_by("observed_on", "pk"):
        shown = content.shown(one.content if one.state != RecordState.DRAFT else {})
        whys = [level["why"] for level in shown["levels"].values() if level["why"]]
        yield {
            "observed on": one.observed_on,
            "kind": one.get_kind_display(),
            "purpose": one.get_purpose_display(),
            "state": one.get_state_display(),
            "school": one.school.name,
            "written": "\n".join([*(line["text"] for line in shown["lines"]), *whys]),
        }


def _blank(subject: Subject) -> int:
    """Blank what was written of the person, what they replied, and the before-images of both."""
    if not subject.person_id:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT instruction_blank_records(%s)", [subject.person_id])
        return int(cursor.fetchone()[0])


def _earlier(subject: Subject) -> QuerySet[Change]:
    found = Change.objects.filter(table_name=ObservationRecord._meta.db_table)
    return (
        found.filter(before__observed_id=subject.person_id or 0)
        .exclude(before__content={})
        .order_by("at", "pk")
    )


def _earlier_rows(subject: Subject) -> Iterator[Row]:
    for one in _earlier(subject):
        lines = content.shown(one.before.get("content") or {})["lines"]
        yield {"changed": one.at, "written": "\n".join(line["text"] for line in lines)}


def _replies(subject: Subject) -> QuerySet[RecordReply]:
    return RecordReply.objects.filter(person=subject.person_id or 0)


def _made(subject: Subject) -> QuerySet[ObservationRecord]:
    return ObservationRecord.objects.filter(observer=subject.person_id or 0)


def _made_rows(subject: Subject) -> Iterator[Row]:
    """When and where; whom, and what they wrote, are the others' data."""
    for one in _made(subject).select_related("school").order_by("observed_on", "pk"):
        yield {
            "observed on": one.observed_on,
            "kind": one.get_kind_display(),
            "state": one.get_state_display(),
            "school": one.school.name,
            "clock of the device, seconds ahead": one.clock_skew,
        }


def _requests(subject: Subject) -> QuerySet[UnlockRequest]:
    return UnlockRequest.objects.filter(
        Q(asked_by=subject.user_id or 0) | Q(answered_by=subject.user_id or 0)
    )


WRITTEN = Holding(
    key="records-of-them",
    label=_("Observations of them as they were written: notes and reasons"),
    rows=_written_rows,
    count=lambda subject: _written(subject).count(),
    erased=_("What was written is blanked, in earlier wordings too, with their replies."),
    erase=_blank,
    is_evidence=True,
    tables=frozenset({"instruction_observationrecord"}),
    place=40,
)
EARLIER = Holding(
    key="records-earlier",
    label=_("Observations of them as they were before a correction"),
    rows=_earlier_rows,
    count=lambda subject: _earlier(subject).count(),
    erased=_("What was written is blanked."),  # with what it was changed to
    is_evidence=True,
    place=40,
)
REPLIES = Holding(
    key="record-replies",
    label=_("What they replied to observations"),
    rows=lambda subject: list(
        _replies(subject).order_by("written_at", "pk").values("written_at", "is_acknowledgment", "text")
    ),
    count=lambda subject: _replies(subject).count(),
    erased=_("Blanked, with the observations they reply to."),
    is_evidence=True,
    tables=frozenset({"instruction_recordreply"}),
    place=40,
)
MADE = Holding(
    key="records-by-them",
    label=_("Observations they wrote"),
    rows=_made_rows,
    count=lambda subject: _made(subject).count(),
    erased=_("Stay, without the observer's name: they are the others' records."),
    place=41,
)
REQUESTS = Holding(
    key="unlock-requests",
    label=_("Requests to unlock an observation that they made or answered"),
    rows=lambda subject: list(
        _requests(subject).order_by("asked_at", "pk").values("asked_at", "why", "answered_at", "answer")
    ),
    count=lambda subject: _requests(subject).count(),
    erased=_("Stay: they say why a record was opened, without names."),
    tables=frozenset({"instruction_unlockrequest"}),
    place=42,
)

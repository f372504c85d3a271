"""Observations as they are written, for their observer, for the observed, and for the school's leaders."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import (
    ElementVersion,
    ObservationRecord,
    Rating,
    RecordReply,
    RecordState,
    UnlockRequest,
)
from instruction.observing import content
from instruction.observing.actions import is_open, may_answer
from instruction.observing.actions.answering import schools_to_answer_for
from instruction.observing.led import readable
from schools.names import name_of

AT_MOST = 200
# How far a device's clock may be off before its observer is told, in seconds.
SKEW_TOLD = 120


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One of my records in a list. observed: "" for a walk without names. asks: someone waits for its unlocking."""

    uid: str
    observed: str
    school: str
    day: date
    kind: str
    purpose: str
    purpose_label: str
    state: str
    state_label: str
    is_open: bool
    changed_at: datetime
    is_acknowledged: bool
    n_replies: int
    asks: bool

    @property
    def waits(self) -> bool:
        """Say whether it is shared with someone who has not said yet that they read it."""
        return bool(self.observed) and self.state != RecordState.DRAFT and not self.is_acknowledged


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of notes with the names of the elements it is tagged to."""

    text: str
    at: str | None
    elements: list[str]


@dataclass(frozen=True, slots=True)
class ElementLine:
    """What is said of one element; level None where it was not seen or has none yet. reasons: tagged lines."""

    uid: str
    name: str
    level: int | None
    level_name: str
    not_seen: bool
    why: str
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class ReplyLine:
    text: str
    at: datetime
    is_acknowledgment: bool


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A record as one reader sees it. reader: observer, observed or leader.

    is_correcting: its observer is correcting it; others see the levels as they were last shared, without notes.
    skew: minutes that the device's clock was off, told to the observer where it is much.
    """

    record: ObservationRecord
    reader: str
    observer: str
    observed: str
    lines: list[NoteLine]
    elements: list[ElementLine]
    replies: list[ReplyLine]
    requests: list[UnlockRequest]
    is_correcting: bool
    skew: int | None = None
    people: list[int] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Say whether the observer may write in it."""
        return is_open(self.record)

    @property
    def is_acknowledged(self) -> bool:
        """Say whether the observed has said that they read it."""
        return any(one.is_acknowledgment for one in self.replies)

    @property
    def asks(self) -> bool:
        """Say whether someone waits for it to be unlocked."""
        return any(one.answered_at is None for one in self.requests)


def my_records(scope: Scope, state: str = "") -> list[RecordLine]:
    """Return the caller's own records, those written in last first; none for nobody. One query, rows opened.

    state: only these; "" all.
    """
    person = scope.own_id(Data.OBSERVING)
    if person is None or not scope.may(Data.OBSERVING):
        return []
    found = ObservationRecord.objects.filter(observer=person)
    if state:
        found = found.filter(state=state)
    waiting = UnlockRequest.objects.filter(record=OuterRef("pk"), answered_at=None)
    found = found.select_related("observed__identity", "school").annotate(
        n_read=Count("replies", filter=Q(replies__is_acknowledgment=True)),
        n_replied=Count("replies", filter=~Q(replies__text="")),
        asked=Exists(waiting),
    )
    with reach.rows_of(person=person):
        return [_line(one) for one in found.defer("content").order_by("-changed_at", "-pk")[:AT_MOST]]


def waiting_records(scope: Scope) -> tuple[int, int]:
    """Return how many drafts the caller has, and how many shared records nobody has acknowledged; rows opened."""
    person = scope.own_id(Data.OBSERVING)
    if person is None or not scope.may(Data.OBSERVING):
        return 0, 0
    read = RecordReply.objects.filter(record=OuterRef("pk"), is_acknowledgment=True)
    drafts = Q(state=RecordState.DRAFT)
    with reach.rows_of(person=person):
        found = ObservationRecord.objects.filter(observer=person).aggregate(
            drafts=Count("pk", filter=drafts),
            unread=Count("pk", filter=~drafts & Q(observed__isnull=False) & ~Q(Exists(read))),
        )
    return found["drafts"], found["unread"]


def record_page(scope: Scope, uid: UUID) -> RecordPage | None:
    """Return a record as the caller may read it; None where they may not. At most seven queries, rows opened.

    Its observer reads it always; shared, the observed and the school's leaders do. What was observed of a leader
    only they and their observer read, and of an assistant principal their principal. A walk without names
    only who made it.
    """
    person = scope.own_id(Data.OBSERVING)
    led = scope.schools(Data.PERSON_EVIDENCE)
    with reach.rows_of(schools=led.ids, person=person):
        found = ObservationRecord.objects.select_related(
            "version__framework", "school", "observer__identity", "observed__identity", "observation"
        )
        record = found.filter(uid=uid).first()
        reader = _reader(scope, record, person) if record else ""
        if record is None or not reader:
            return None
        return _page(record, reader)


def waiting_requests(scope: Scope) -> list[UnlockRequest]:
    """Return the requests to unlock that the caller may answer, the oldest first, without what was written.

    Two queries and one for each request; rows opened.
    """
    schools = schools_to_answer_for(scope)
    if not schools:
        return []
    found = UnlockRequest.objects.filter(answered_at=None).select_related(
        "asked_by", "record__school", "record__version__framework", "record__observer__identity"
    )
    with reach.rows_of(schools=schools):
        asked = list(found.defer("record__content").order_by("asked_at", "pk")[:AT_MOST])
        return [one for one in asked if may_answer(scope, one.record)]


def _reader(scope: Scope, record: ObservationRecord, person: int | None) -> str:
    if person is not None and record.observer_id == person:
        return "observer"
    if record.state == RecordState.DRAFT or record.observed_id is None:
        return ""
    if person is not None and record.observed_id == person:
        return "observed"
    return "leader" if _leads(scope, record) else ""


def _leads(scope: Scope, record: ObservationRecord) -> bool:
    """Say whether the caller leads the school and may read of the observed there; at most one query."""
    return ObservationRecord.objects.filter(readable(scope, record.school_id), pk=record.pk).exists()


def _page(record: ObservationRecord, reader: str) -> RecordPage:
    is_correcting = record.state == RecordState.SHARED and record.opened_at is not None
    wordings = list(
        ElementVersion.objects.filter(version=record.version_id).select_related("element").order_by("place")
    )
    if is_correcting and reader != "observer":
        lines, elements = [], _as_shared(record, wordings)
    else:
        shown = content.shown(record.content)
        lines, elements = _notes(shown, wordings), _elements(record, shown, wordings)
    replies = RecordReply.objects.filter(record=record).order_by("written_at", "pk")
    requests: list[UnlockRequest] = []
    if reader in ("observer", "observed"):
        requests = list(UnlockRequest.objects.filter(record=record).order_by("asked_at", "pk"))
    skew = record.clock_skew or 0
    return RecordPage(
        record=record,
        reader=reader,
        observer=name_of(record.observer),
        observed=name_of(record.observed),
        lines=lines,
        elements=elements,
        replies=[ReplyLine(one.text, one.written_at, one.is_acknowledgment) for one in replies],
        requests=requests,
        is_correcting=is_correcting,
        skew=round(skew / 60) if reader == "observer" and abs(skew) > SKEW_TOLD else None,
        people=[record.observed_id] if reader == "leader" and record.observed_id else [],
    )


def _notes(shown: content.Json, wordings: list[ElementVersion]) -> list[NoteLine]:
    names = {str(one.element.uid): one.name for one in wordings}
    return [
        NoteLine(line["text"], line["at"], [names[uid] for uid in line["elements"] if uid in names])
        for line in shown["lines"]
    ]


def _elements(
    record: ObservationRecord, shown: content.Json, wordings: list[ElementVersion]
) -> list[ElementLine]:
    found = []
    for one in wordings:
        uid = str(one.element.uid)
        said = shown["levels"].get(uid)
        if said is not None:
            reasons = [line["text"] for line in shown["lines"] if uid in line["elements"]]
            name = level_name(record, said["level"])
            found.append(
                ElementLine(uid, one.name, said["level"], name, said["not_seen"], said["why"], reasons)
            )
    return found


def _as_shared(record: ObservationRecord, wordings: list[ElementVersion]) -> list[ElementLine]:
    held = {one.element_version_id: one for one in Rating.objects.filter(observation=record.observation_id)}
    return [
        ElementLine(
            str(one.element.uid), one.name, held[one.pk].level, level_name(record, held[one.pk].level),
            not_seen=False, why=held[one.pk].evidence, reasons=[],
        )
        for one in wordings
        if one.pk in held
    ]  # fmt: skip


def level_name(record: ObservationRecord, level: int | None) -> str:
    """Return what the record's framework version calls a level; "" for none."""
    names = record.version.level_names
    return names[level - 1] if level is not None and 1 <= level <= len(names) else ""


def _line(one: ObservationRecord) -> RecordLine:
    return RecordLine(
        uid=str(one.uid),
        observed=name_of(one.observed),
        school=one.school.name,
        day=one.observed_on,
        kind=one.get_kind_display(),
        purpose=one.purpose,
        purpose_label=one.get_purpose_display(),
        state=one.state,
        state_label=one.get_state_display(),
        is_open=is_open(one),
        changed_at=one.changed_at,
        is_acknowledged=bool(one.n_read),  # type: ignore[attr-defined]
        n_replies=one.n_replied,  # type: ignore[attr-defined]
        asks=one.asked,  # type: ignore[attr-defined]
    )

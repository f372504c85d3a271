"""Step: observations of a sample district as they were written: drafts, shared, locked, replies, walks."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from instruction.models import (
    ElementVersion,
    FrameworkVersion,
    Observation,
    ObservationKind,
    ObservationRecord,
    Purpose,
    Rating,
    RecordReply,
    RecordState,
    UnlockRequest,
)
from instruction.observing import content
from schools.models import Org, StaffAssignment, StaffRole
from schools.sample.sample import Sample

SCHOOLS = 8
SPACE = UUID("0197f0e0-0000-7000-8000-000000000001")
NOTES = (
    "Partners compare two ways to solve the same problem; four pairs write down why both hold.",
    'Teacher asks "How do you know?" and waits; six of eight answers refer to the text.',
    "Two students at the back copy from the board and do not speak in the first ten minutes.",
    "Exit slip: 14 of 22 explain in a full sentence, the others give a number only.",
)
# State, kind, purpose, reply ("" only acknowledged, None nothing), days ago.
RECORDS = (
    (RecordState.DRAFT, ObservationKind.INFORMAL, Purpose.FORMATIVE, None, 1),
    (RecordState.SHARED, ObservationKind.WALKTHROUGH, Purpose.FORMATIVE, None, 4),
    (
        RecordState.SHARED,
        ObservationKind.FORMAL,
        Purpose.EVALUATIVE,
        "The exit slips of the second group are with me.",
        7,
    ),
    (RecordState.LOCKED, ObservationKind.INFORMAL, Purpose.FORMATIVE, "", 30),
)
WALKS = 6


def load_records(sample: Sample) -> int:
    """Write a few observations at the first schools, and walks without names; return how many rows."""
    if schoolyear.current_year() != sample.calendar.year:
        return 0
    return write_records(*staffed_schools())


def staffed_schools() -> list[int]:
    """Return the ids of the first schools that have a principal and teachers today; one query."""
    held = StaffAssignment.objects.on(schoolyear.today()).filter(
        role__in=[StaffRole.PRINCIPAL, StaffRole.TEACHER]
    )
    roles: dict[int, set[str]] = {}
    for school, role in held.order_by("org_id").values_list("org_id", "role"):
        roles.setdefault(school, set()).add(role)
    return [school for school, found in roles.items() if len(found) == 2][:SCHOOLS]


def write_records(*schools: int) -> int:
    """Write observations by the principals of these schools on the framework in force today; return how many rows."""
    today = schoolyear.today()
    version = FrameworkVersion.objects.in_force(schoolyear.current_year()).teaching().first()
    if version is None:
        return 0
    worded = ElementVersion.objects.filter(version=version).select_related("element").order_by("place")
    held = StaffAssignment.objects.on(today).filter(org__in=schools).order_by("pk")
    staff: dict[tuple[int, str], list[int]] = {}
    for school, role, person in held.values_list("org_id", "role", "person_id"):
        staff.setdefault((school, role), []).append(person)
    uids = dict(Org.objects.filter(pk__in=schools).values_list("pk", "uid"))
    writer = _Writer(version, list(worded), today, uids)
    for school in schools:
        principal = staff[school, StaffRole.PRINCIPAL][0]
        teachers = staff[school, StaffRole.TEACHER]
        for number, given in enumerate(RECORDS):
            writer.record(school, principal, teachers[number % len(teachers)], number, *given)
        for number in range(WALKS):
            writer.walk(school, principal, number)
    return writer.write()


class _Writer:
    """Collects records, observations, ratings and replies, and writes each kind at once."""

    def __init__(
        self, version: FrameworkVersion, worded: list[ElementVersion], today: date, schools: dict[int, UUID]
    ) -> None:
        # Ids are made of the schools' uids, which the same seed makes again; the order of lines goes by them.
        self.version, self.worded, self.today, self.schools = version, worded, today, schools
        self.records: list[ObservationRecord] = []
        self.texts: list[str | None] = []
        self.observations: list[Observation] = []

    def record(
        self, school: int, observer: int, observed: int | None, number: int, state: str, kind: str,
        purpose: str, text: str | None, days: int,
    ) -> None:  # fmt: skip
        day = self.today - timedelta(days=days)
        if schoolyear.year_of(day) != schoolyear.year_of(self.today):
            day = self.today
        uid = uuid5(SPACE, f"{self.schools[school]} {number} {observed is None}")
        at = timezone.make_aware(datetime.combine(day, time(10, 15)))
        one = ObservationRecord(
            uid=uid, observer_id=observer, observed_id=observed, school_id=school, version=self.version,
            kind=kind, purpose=purpose, observed_on=day, school_year=schoolyear.year_of(day), grade="4",
            subject="Mathematics" if number % 2 else "Reading", state=state, revision=1,
            content=self._content(uid, number, at), clock_skew=0,
            shared_at=None if state == RecordState.DRAFT else at + timedelta(hours=6),
            locked_at=at + timedelta(days=14) if state == RecordState.LOCKED else None,
        )  # fmt: skip
        self.records.append(one)
        self.texts.append(text)
        if observed is not None and state != RecordState.DRAFT:
            one.observation = Observation(
                uid=uuid5(uid, "observation"), version=self.version, observer_id=observer, observed_id=observed, school_id=school,
                observed_on=day, school_year=one.school_year, kind=kind, purpose=purpose, role=StaffRole.TEACHER,
            )  # fmt: skip
            self.observations.append(one.observation)

    def walk(self, school: int, observer: int, number: int) -> None:
        self.record(
            school, observer, None, number, RecordState.SHARED, ObservationKind.WALKTHROUGH, Purpose.FORMATIVE,
            None, 2 + number,
        )  # fmt: skip

    def _content(self, uid: UUID, number: int, at: datetime) -> content.Json:
        near = self.worded[:3]
        lines = [
            {"id": str(uuid5(uid, str(place))), "text": NOTES[(number + place) % len(NOTES)],
             "at": (at + timedelta(minutes=4 * place)).isoformat(), "elements": [str(one.element.uid)]}
            for place, one in enumerate(near)
        ]  # fmt: skip
        levels: dict[str, Any] = {
            str(one.element.uid): {"level": 2 + (number + place) % 2, "not_seen": False, "why": ""}
            for place, one in enumerate(near[:2])
        }
        if len(near) > 2:
            levels[str(near[2].element.uid)] = {"level": None, "not_seen": True, "why": ""}
        return content.merge({}, {"lines": lines, "levels": levels}, base=0, revision=1, save=str(uid))

    def write(self) -> int:
        """Write all of it; return how many rows."""
        Observation.objects.bulk_create(self.observations)
        made = ObservationRecord.objects.bulk_create(self.records)
        places = {str(one.element.uid): one.pk for one in self.worded}
        ratings = Rating.objects.bulk_create(
            Rating(observation=one.observation, element_version_id=places[uid], level=level, evidence=text)
            for one in made
            if one.observation
            for uid, (level, text) in content.evidence(one.content).items()
        )
        replies = RecordReply.objects.bulk_create(
            RecordReply(record=one, person_id=one.observed_id, is_acknowledgment=True, text=text)
            for one, text in zip(made, self.texts, strict=True)
            if text is not None and one.observed_id
        )
        asked = self._ask(made)
        return len(made) + len(ratings) + len(replies) + asked

    def _ask(self, made: list[ObservationRecord]) -> int:
        locked = next((one for one in made if one.state == RecordState.LOCKED), None)
        user = User.objects.filter(person=locked.observer_id).first() if locked else None
        if locked is None or user is None:
            return 0
        UnlockRequest.objects.create(
            record=locked, asked_by=user, why="One level stands at the wrong element."
        )
        return 1

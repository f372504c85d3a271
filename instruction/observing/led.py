"""What was shared of the people of a school, for those who lead it: which observations they may read."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from instruction.models import FrameworkKind, ObservationRecord, RecordReply, RecordState
from schools.models import School, StaffAssignment, StaffRole
from schools.names import name_of

AT_MOST = 200


@dataclass(frozen=True, slots=True)
class SharedLine:
    """One shared observation in the list of a school."""

    uid: str
    person_id: int
    observed: str
    observer: str
    day: date
    kind: str
    purpose: str
    purpose_label: str
    is_acknowledged: bool


@dataclass(frozen=True, slots=True)
class SharedPage:
    """What was shared at a school in a school year, the newest first, as far as the caller may read it."""

    school: School
    year: int
    lines: list[SharedLine]
    is_cut: bool

    @property
    def year_label(self) -> str:
        """The school year as it is shown."""
        return schoolyear.label(self.year)

    @property
    def people(self) -> list[int]:
        """Everyone who is named as observed."""
        return [line.person_id for line in self.lines]


def readable(scope: Scope, school_id: int) -> Q:
    """Return which shared records of a school the caller reads as one who leads it; none where they do not.

    The principal reads what was observed of teaching and of their assistants; assistants what was observed of
    teaching, but for those who have become the principal since.
    """
    shared = Q(school=school_id, observed__isnull=False) & ~Q(state=RecordState.DRAFT)
    if school_id not in scope.schools(Data.PERSON_EVIDENCE):
        return Q(pk__in=())
    of_teaching = Q(version__framework__kind=FrameworkKind.TEACHING)
    held = dict(scope.schools_by_role)
    if school_id in held.get(Role.PRINCIPAL, frozenset()):
        return shared & (of_teaching | Q(observation__role=StaffRole.ASSISTANT_PRINCIPAL))
    leads_now = StaffAssignment.objects.filter(
        person=OuterRef("observed"), org=school_id, role=StaffRole.PRINCIPAL
    )
    return shared & of_teaching & ~Q(Exists(leads_now.on(scope.day)))


def shared_page(scope: Scope, uid: UUID, year: int) -> SharedPage | None:
    """Return what was shared at a school; None where the caller may not see persons there. Two queries, rows opened.

    What is about the caller stands under their own evidence, and not here.
    """
    school = School.objects.visible_to(scope.schools(Data.PERSON_EVIDENCE)).filter(uid=uid).first()
    if school is None:
        return None
    read = RecordReply.objects.filter(record=OuterRef("pk"), is_acknowledgment=True)
    found = (
        ObservationRecord.objects.filter(readable(scope, school.pk), school_year=year)
        .exclude(observed=scope.person_id or 0)
        .select_related("observed__identity", "observer__identity")
        .annotate(is_acknowledged=Exists(read))
        .defer("content")
        .order_by("-observed_on", "-pk")
    )
    with reach.rows_of(schools=[school.pk]):
        rows = list(found[: AT_MOST + 1])
    return SharedPage(school, year, [_line(one) for one in rows[:AT_MOST]], len(rows) > AT_MOST)


def led_schools(scope: Scope) -> list[tuple[str, str]]:
    """Return uid and name of the schools whose shared observations the caller may list; one query."""
    schools = School.objects.visible_to(scope.schools(Data.PERSON_EVIDENCE)).order_by("name")
    return [(str(uid), name) for uid, name in schools.values_list("uid", "name")]


def _line(one: ObservationRecord) -> SharedLine:
    return SharedLine(
        uid=str(one.uid),
        person_id=one.observed_id or 0,
        observed=name_of(one.observed),
        observer=name_of(one.observer),
        day=one.observed_on,
        kind=one.get_kind_display(),
        purpose=one.purpose,
        purpose_label=one.get_purpose_display(),
        is_acknowledged=one.is_acknowledged,  # type: ignore[attr-defined]
    )

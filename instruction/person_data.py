"""The evidence held about a person, and what becomes of it when they are erased.

Levels stay without a name, for a school's estimates are computed from them. What was written about the person is
blanked: a note may name them. What they wrote about others belongs to the others' records and stays.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import Change
from alignment_dash.access.persondata.redaction import REMOVED, redact
from alignment_dash.access.persondata.registry import Holding, Row, Subject, register, register_retention
from alignment_dash.runs.person_data import findings_retention, text_holding
from instruction.models import (
    Alias,
    Observation,
    ObservationImport,
    RaterSeverity,
    Rating,
    SuggestedVisit,
    TeacherCapacity,
    UnmatchedValue,
    ValueKind,
    VisitingObserver,
)
from schools.names import name_of

PEOPLE = (ValueKind.TEACHER, ValueKind.OBSERVER)
TEXT_COLUMNS = ("findings", "answers", "outlook")


def register_all() -> None:
    """Make known what is held about a person's work."""
    for holding in (OBSERVED, EARLIER, MADE, COMPUTED, SEVERITY, VISITS, ALIASES, UNMATCHED, TEXTS):
        register(holding)
    label = _("Imports of ratings")
    register_retention(findings_retention("ratings-findings", ObservationImport, TEXT_COLUMNS, label, 11))


def _ratings_of(subject: Subject) -> QuerySet[Rating]:
    return Rating.objects.filter(observation__observed=subject.person_id or 0)


def _observed_rows(subject: Subject) -> Iterator[Row]:
    found = _ratings_of(subject).select_related(
        "observation__observer__identity", "observation__school", "element_version__element"
    )
    for rating in found.order_by("observation__observed_on", "observation_id", "element_version__place"):
        seen = rating.observation
        yield {
            "observed on": seen.observed_on,
            "kind": seen.get_kind_display(),
            "purpose": seen.get_purpose_display(),
            "school": seen.school.name if seen.school else "",
            "observer": name_of(seen.observer),
            "element": rating.element_version.name,
            "level": rating.level,
            "written": rating.evidence,
        }


def _blank_notes(subject: Subject) -> int:
    """Blank what was written in observations of the person, before-images included; the levels stay."""
    if not subject.person_id:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT instruction_blank_notes(%s)", [subject.person_id])
        return int(cursor.fetchone()[0])


def _earlier(subject: Subject) -> QuerySet[Change]:
    """Notes as they were before someone changed them."""
    seen = Observation.objects.filter(observed=subject.person_id or 0).values_list("pk", flat=True)
    found = Change.objects.filter(table_name=Rating._meta.db_table).exclude(before__evidence="")
    return found.filter(before__observation_id__in=list(seen)).order_by("at", "pk")


def _earlier_rows(subject: Subject) -> Iterator[Row]:
    for one in _earlier(subject):
        yield {"changed": one.at, "level": one.before.get("level"), "written": one.before.get("evidence")}


def _made(subject: Subject) -> QuerySet[Observation]:
    return Observation.objects.filter(observer=subject.person_id or 0)


def _made_rows(subject: Subject) -> Iterator[Row]:
    """When and where they observed; whom, and what they wrote, are the others' data."""
    for one in _made(subject).select_related("school").order_by("observed_on", "pk"):
        where = one.school.name if one.school else ""
        yield {"observed on": one.observed_on, "kind": one.get_kind_display(), "school": where}


def _computed(model: Any, *names: str) -> Any:
    def rows(subject: Subject) -> Iterable[Row]:
        found = model.objects.filter(person=subject.person_id or 0).order_by("run", "element", "pk")
        return list(found.values("run__ended_at", "run__school_year", "element__code", *names))

    return rows


def _visiting(subject: Subject) -> QuerySet[VisitingObserver]:
    return VisitingObserver.objects.filter(person=subject.person_id or 0)


def _suggested(subject: Subject) -> QuerySet[SuggestedVisit]:
    person = subject.person_id or 0
    return SuggestedVisit.objects.filter(Q(observer=person) | Q(companion=person))


def _aliases(subject: Subject) -> QuerySet[Alias]:
    return Alias.objects.filter(kind__in=PEOPLE, row_id=subject.person_id or 0)


def _unmatched(subject: Subject) -> list[UnmatchedValue]:
    named = Q(pk=None)
    for word in subject.words.anywhere:
        named |= Q(text__icontains=word) | Q(written__icontains=word) | Q(hint__icontains=word)
    for word in subject.words.alone:
        named |= Q(text__iexact=word) | Q(written__iexact=word)
    found = UnmatchedValue.objects.filter(named, kind__in=PEOPLE).order_by("pk")
    return [one for one in found if _texts(one) != redact(_texts(one), subject.words)]


def _texts(value: UnmatchedValue) -> list[str]:
    return [value.text, value.written, value.hint]


def _blank_unmatched(subject: Subject) -> int:
    """Take the name out of the queue; its rows wait on, and someone may still leave them out."""
    found = _unmatched(subject)
    for one in found:
        one.text, one.written, one.hint = f"{REMOVED} {one.pk}", REMOVED, ""
        one.suggestion, one.candidates = "", []
        one.save()
    return len(found)


OBSERVED = Holding(
    key="observations-of-them",
    label=_("Observations of them: levels, and what was written"),
    rows=_observed_rows,
    count=lambda subject: _ratings_of(subject).count(),
    erased=_(
        "What was written is blanked. The levels stay without a name: the school's estimates rest on them."
    ),
    erase=_blank_notes,
    is_evidence=True,
    tables=frozenset({"instruction_observation"}),
    place=40,
)
EARLIER = Holding(
    key="earlier-notes",
    label=_("What was written in observations of them before it was changed"),
    rows=_earlier_rows,
    count=lambda subject: _earlier(subject).count(),
    erased=_("What was written is blanked."),  # with what it was changed to
    is_evidence=True,
    place=40,
)
MADE = Holding(
    key="observations-by-them",
    label=_("Observations they made of others"),
    rows=_made_rows,
    count=lambda subject: _made(subject).count(),
    erased=_("Stay, without the observer's name: they are the others' records, and estimates rest on them."),
    place=41,
)
COMPUTED = Holding(
    key="estimates",
    label=_("Estimates computed for them"),
    rows=_computed(TeacherCapacity, "school__name", "estimate", "se", "n_ratings"),
    count=lambda subject: TeacherCapacity.objects.filter(person=subject.person_id or 0).count(),
    erased=_("Stay without a name until the next runs have taken their place."),
    is_evidence=True,
    tables=frozenset({"instruction_teachercapacity"}),
    place=42,
)
SEVERITY = Holding(
    key="severity",
    label=_("How their levels lie beside those of other observers"),
    rows=_computed(RaterSeverity, "severity", "se", "n_ratings"),
    count=lambda subject: RaterSeverity.objects.filter(person=subject.person_id or 0).count(),
    erased=_("Stay without a name: schools' estimates are corrected by them."),
    is_evidence=True,
    tables=frozenset({"instruction_raterseverity"}),
    place=43,
)
VISITS = Holding(
    key="visits-to-other-schools",
    label=_("Visits to other schools that were suggested to them, and how many lessons they may see"),
    rows=lambda subject: [
        *_visiting(subject).order_by("school_year").values("school_year", "lessons"),
        *_suggested(subject).order_by("run", "place").values("run__school_year", "school__name", "n_lessons"),
    ],
    count=lambda subject: _visiting(subject).count() + _suggested(subject).count(),
    erased=_("Deleted: nobody plans with them any more."),
    erase=lambda subject: _visiting(subject).delete()[0] + _suggested(subject).delete()[0],
    tables=frozenset({"instruction_visitingobserver", "instruction_suggestedvisit"}),
    place=44,
)
ALIASES = Holding(
    key="words-for-them",
    label=_("How files of other products name them"),
    rows=lambda subject: list(_aliases(subject).order_by("pk").values("source__code", "kind", "text")),
    count=lambda subject: _aliases(subject).count(),
    erased=_("Deleted: such a file asks again who is meant."),
    erase=lambda subject: _aliases(subject).delete()[0],
    place=44,
)
UNMATCHED = Holding(
    key="waiting-words",
    label=_("Waiting words of files that name them"),
    rows=lambda subject: [
        {"kind": one.kind, "written": one.written, "hint": one.hint} for one in _unmatched(subject)
    ],
    count=lambda subject: len(_unmatched(subject)),
    erased=_("Blanked. Their rows wait on, to be left out by someone."),
    erase=_blank_unmatched,
    place=45,
)
TEXTS = text_holding(
    "ratings-texts", ObservationImport, ("filename", "message", *TEXT_COLUMNS), _("Imports of ratings"), 46
)

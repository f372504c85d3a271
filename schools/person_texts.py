"""Texts of rosters that name a person: what imports said and planned, and what classes are called."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.redaction import REMOVED, redact
from alignment_dash.access.persondata.registry import Holding, Subject
from alignment_dash.runs.person_data import text_holding
from schools.models import RosterImport, RosterWrite, Section

FINDINGS = ("findings", "groups", "plan", "unmatched")
GROUPS = ("created", "updated", "ended", "returned")


def _planned(subject: Subject) -> QuerySet[RosterImport]:
    """Imports whose plan shows the person's row: what it holds need not be what the person is called here."""
    shown = Q()
    for group in GROUPS:
        shown |= Q(**{f"plan__samples__people__{group}__contains": [{"row": subject.person_id}]})
    found = RosterImport.objects.defer("content")
    return found.filter(shown) if subject.person_id else found.none()


def _blank_plans(subject: Subject) -> int:
    found = list(_planned(subject))
    for one in found:
        for entries in one.plan["samples"]["people"].values():
            for entry in entries:
                if entry.get("row") == subject.person_id:
                    entry.update(id=REMOVED, label=REMOVED, changes=[])
        one.save(update_fields=["plan"])
    return len(found)


def _titled(subject: Subject) -> list[Section]:
    """Classes they teach or taught whose title or code names them."""
    taught = Section.objects.filter(teachings__person=subject.person_id or 0).order_by("pk")
    return [one for one in taught if _title(one) != _without(_title(one), subject)]


def _title(section: Section) -> list[str]:
    return [section.title, section.code]


def _without(value: Any, subject: Subject) -> Any:
    return redact(value, subject.words, family=True)


def _blank_titles(subject: Subject) -> int:
    """Take the name out of titles and codes, and out of their images, which would bring it back."""
    taught = Section.objects.filter(teachings__person=subject.person_id or 0).values("pk")
    for write in RosterWrite.objects.filter(
        table="schools_section", first_id__in=taught, before__isnull=False
    ):
        images = [write.before, write.after]
        if _without(images, subject) != images:
            write.before, write.after = _without(images, subject)
            write.save(update_fields=["before", "after"])
    found = _titled(subject)
    for section in found:
        section.title, section.code = (text[:255] for text in _without(_title(section), subject))
        section.save(update_fields=["title", "code"])
    return len(found)


TITLES = Holding(
    key="class-titles",
    label=_("Titles of classes that name them"),
    rows=lambda subject: [{"title": one.title, "code": one.code} for one in _titled(subject)],
    count=lambda subject: len(_titled(subject)),
    erased=_("The name is taken out. A roster that still has it brings it back: correct the source."),
    erase=_blank_titles,
    place=19,  # before the classes end that lead to them
)
PLANS = Holding(
    key="roster-plans",
    label=_("Plans of roster imports that show them"),
    rows=lambda subject: [{"import": str(one.uid), "received": one.received_at} for one in _planned(subject)],
    count=lambda subject: _planned(subject).count(),
    erased=_("What is shown of them is taken out."),
    erase=_blank_plans,
    place=23,
)
TEXTS = text_holding(
    "roster-texts", RosterImport, ("filename", "message", *FINDINGS), _("Roster imports"), 24
)

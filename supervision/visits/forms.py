"""Forms of visits, notes and commitments."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alignment_dash import schoolyear
from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from instruction.models import Element, ElementVersion, FrameworkKind, FrameworkVersion
from instruction.revisions import RevisionForm, area
from supervision.models import Commitment, CommitmentBy, CommitmentState, TimePurpose
from supervision.visits.actions import Took

LONGEST_NOTE = 20_000
LONGEST_COMMITMENT = 1_000
LONGEST_WHY = 500
USUAL_MINUTES = 60
IN_WEEKS = timedelta(weeks=3)
# What time at a school with one principal is for; covered work and one's own learning are entered in the log.
PURPOSES = (
    TimePurpose.ONE_ON_ONE, TimePurpose.MODELING, TimePurpose.OBSERVING, TimePurpose.EVALUATION,
    TimePurpose.COMPLIANCE, TimePurpose.OPERATIONS, TimePurpose.OTHER,
)  # fmt: skip


def leadership_elements(year: int) -> dict[str, tuple[Element, str]]:
    """Return the elements of leadership in force by uid, each with its name; two queries."""
    versions = FrameworkVersion.objects.in_force(year).filter(framework__kind=FrameworkKind.LEADERSHIP)
    worded = ElementVersion.objects.filter(version__in=list(versions)).select_related("element")
    return {str(one.element.uid): (one.element, one.name) for one in worded.order_by("version", "place")}


class ElementForm(RevisionForm):
    """A form that offers the elements of leadership; `also` keeps one that a row names already."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    element = forms.ChoiceField(label=_("Element of leadership"), required=False)

    def __init__(self, *args: Any, also: Element | None = None, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self._also = also
        self._elements = leadership_elements(schoolyear.current_year())
        if also is not None:
            self._elements.setdefault(str(also.uid), (also, also.code))
        field: Any = self.fields["element"]
        field.choices = [("", _("none"))] + [(uid, name) for uid, (_row, name) in self._elements.items()]

    def clean_element(self) -> Element | None:
        """Return the element chosen."""
        found = self._elements.get(self.cleaned_data["element"])
        return found[0] if found else None

    def remade(self, data: Any) -> Any:
        """Return a form of the same kind for other data."""
        return type(self)(data, also=self._also)


class PlanForm(ElementForm):
    """A visit to come."""

    day = DayField(label=_("Day"), initial=today)
    field_order = ("day", "element")


class DoneForm(ElementForm):
    """A visit that took place."""

    day = DayField(label=_("Day"), initial=today)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=24 * 60,
        required=False,
        initial=USUAL_MINUTES,
        help_text=_("Goes into your time log once. Empty: no time is entered from here."),
    )
    purpose = forms.ChoiceField(label=_("Most of the time was for"), initial=TimePurpose.ONE_ON_ONE)
    with_teachers = forms.BooleanField(
        label=_("I worked directly with teachers"),
        required=False,
        help_text=_("Work goes through the principal. Where it did not, you are asked why."),
    )
    why_teachers = area(_("Why directly with teachers"), LONGEST_WHY, rows=2)
    field_order = ("day", "minutes", "purpose", "element", "with_teachers", "why_teachers")

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        field: Any = self.fields["purpose"]
        field.choices = [(one.value, one.label) for one in PURPOSES]
        _ask_why(self)

    def took(self) -> Took:
        """Return how the visit went."""
        given = self.cleaned_data
        names = ("day", "minutes", "purpose", "element", "with_teachers", "why_teachers")
        return Took(**{name: given[name] for name in names})


class ChangeForm(ElementForm):
    """What may be changed of a visit that took place."""

    with_teachers = forms.BooleanField(label=_("I worked directly with teachers"), required=False)
    why_teachers = area(_("Why directly with teachers"), LONGEST_WHY, rows=2)

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        _ask_why(self)


def _ask_why(form: forms.Form) -> None:
    """Call the reason needed: it shows where teachers were worked with, and then it is."""
    reason: Any = form.fields["why_teachers"]
    reason.is_needed = True


class NoteForm(RevisionForm):
    """A note about a visit."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = area(_("Note"), LONGEST_NOTE, rows=10, required=True)


class CommitmentForm(ElementForm):
    """What somebody will do, and by when."""

    by = forms.ChoiceField(label=_("Who will do it"), choices=CommitmentBy.choices)
    text = area(_("What"), LONGEST_COMMITMENT, rows=2, required=True)
    due = DayField(label=_("By when"), initial=lambda: today() + IN_WEEKS)
    field_order = ("by", "text", "due", "element")


class EndForm(RevisionForm):
    """What became of a commitment."""

    state = forms.ChoiceField(
        label=_("What became of it"),
        choices=[
            (CommitmentState.KEPT.value, _("Kept")),
            (CommitmentState.DROPPED.value, _("Dropped")),
            (CommitmentState.OPEN.value, _("Still open")),
        ],
    )
    outcome = area(
        _("In words"), LONGEST_COMMITMENT, rows=2, hint=_("What came of it; where it was dropped, why.")
    )


def initial_of(row: Any, form: type[RevisionForm]) -> dict[str, Any]:
    """Return a row as a form's first values."""
    found = {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}
    if found.get("element") is not None:
        found["element"] = str(found["element"].uid)
    if isinstance(row, Commitment) and row.state == CommitmentState.OPEN and form is EndForm:
        found["state"] = CommitmentState.KEPT.value
    return {name: value for name, value in found.items() if value is not None}

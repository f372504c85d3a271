"""Forms of calendars: the address, a file, and one event of a week."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from instruction.models import Department
from schools.feeds.failures import FeedFailed
from schools.names import name_of
from supervision.calendars.confirming import Answer, length_of, mark_of
from supervision.calendars.fetching import clean_address
from supervision.calendars.suggesting import Choice
from supervision.models import CalendarEvent, CaseloadAssignment, TimePurpose
from supervision.timelog.purposes import COVERING, WITH_PRINCIPALS

NOBODY, EVERYONE, SEVERAL = "", "all", "several"
Pair = tuple[int, int]


class FeedForm(forms.Form):
    """The secret address of a calendar. It is never shown again."""

    address = forms.CharField(
        label=gettext_lazy("Address of the calendar"),
        max_length=2_000,
        help_text=gettext_lazy(
            "The private iCalendar address (it ends in .ics or begins with webcal://). It is kept sealed and not shown again."
        ),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_address(self) -> str:
        """Return the address as it is asked."""
        try:
            return clean_address(self.cleaned_data["address"])
        except FeedFailed as failure:
            raise ValidationError(str(failure)) from failure


class FileForm(forms.Form):
    """An exported calendar."""

    file = forms.FileField(
        label=gettext_lazy("Calendar file (.ics)"),
        help_text=gettext_lazy("The file itself is not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )


def purpose_choices() -> list[tuple[str, Any]]:
    """Return what an event may have been for: to leave it out first, covered work by department."""
    with_principals = [(one.value, one.label) for one in TimePurpose if one.value in WITH_PRINCIPALS]
    others = [
        (one.value, one.label) for one in TimePurpose if one.value not in WITH_PRINCIPALS and one.value != COVERING
    ]  # fmt: skip
    covering = [
        (f"{COVERING}:{one.value}", _("Covering: {department}").format(department=one.label))
        for one in Department
        if one != Department.SUPERVISION
    ]
    return [
        ("", _("Leave out")),
        (_("With principals"), with_principals),
        (_("Other work"), others),
        (_("Covering for another department"), covering),
    ]


class EventForm(forms.Form):
    """What one event was for, with whom, and, where it takes whole days, how long of each."""

    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    what = forms.ChoiceField(label=gettext_lazy("What it was"), required=False)
    who = forms.ChoiceField(label=gettext_lazy("With"), required=False)
    several = forms.MultipleChoiceField(
        label=gettext_lazy("Several principals"), required=False, widget=forms.CheckboxSelectMultiple
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        min_value=1,
        max_value=24 * 60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        event: CalendarEvent,
        caseload: Sequence[CaseloadAssignment],
        choice: Choice,
        minutes: int | None = None,
    ) -> None:
        self.event, self.caseload = event, caseload
        first = first_values(choice, caseload) | {
            "minutes": minutes or length_of(event) or None,
            "seen": mark_of(event),
        }
        super().__init__(data, prefix=str(event.uid), initial=first)
        fields: Any = self.fields
        for name in ("what", "who", "minutes"):
            fields[name].is_needed = True  # each has a suggestion: no "(optional)"
        fields["what"].choices = purpose_choices()
        people = [(str(one.uid), f"{name_of(one.principal)} ({one.school.name})") for one in caseload]
        fields["who"].choices = [
            (NOBODY, _("No principal")), *people, (EVERYONE, _("All principals")), (SEVERAL, _("Those checked below"))
        ]  # fmt: skip
        fields["several"].choices = people

    def answer(self) -> Answer:
        """Return what was chosen, of a valid form."""
        given = self.cleaned_data
        purpose, _colon, department = given["what"].partition(":")
        if not purpose:
            return Answer(Choice(""), seen=given["seen"])
        minutes = given["minutes"]
        if minutes == length_of(self.event):
            minutes = None
        return Answer(Choice(purpose, department, self._principals()), minutes, given["seen"])

    def see_again(self) -> None:
        """Keep what was typed, as if its sender had seen the event as it stands now."""
        sent: Any = self.data
        sent = sent.copy()
        sent[self.add_prefix("seen")] = mark_of(self.event)
        self.data = sent

    def _principals(self) -> frozenset[Pair]:
        who = self.cleaned_data["who"]
        chosen = set(self.cleaned_data["several"]) if who == SEVERAL else {who}
        pairs = [_pair(one) for one in self.caseload if who == EVERYONE or str(one.uid) in chosen]
        # A principal of two schools counts once.
        return frozenset({person: (person, school) for person, school in reversed(pairs)}.values())


def _pair(one: CaseloadAssignment) -> Pair:
    return (one.principal_id or 0, one.school_id)


def first_values(choice: Choice, caseload: Sequence[CaseloadAssignment]) -> dict[str, Any]:
    """Return a choice as a form's first values."""
    uids = [str(one.uid) for one in caseload if _pair(one) in choice.principals]
    everyone = len(uids) > 1 and len({one.principal_id for one in caseload}) == len(choice.principals)
    who = EVERYONE if everyone else SEVERAL if len(uids) > 1 else next(iter(uids), NOBODY)
    what = f"{choice.purpose}:{choice.department}" if choice.department else choice.purpose
    return {"what": what, "who": who, "several": uids if who == SEVERAL else []}

"""Forms of positions. What they cannot know, the actions and constraints refuse in words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from schools.models import Person
from staffing import choices
from staffing.models import JobClass, Position


class AddForm(forms.Form):
    """A position that is budgeted at a school."""

    title = forms.CharField(label=gettext_lazy("Position"), max_length=255)
    job_class = forms.ChoiceField(
        label=gettext_lazy("Job class"), choices=JobClass.choices, initial=JobClass.TEACHER
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=64, required=False)
    fte = forms.DecimalField(
        label=gettext_lazy("FTE"),
        help_text=gettext_lazy("1.00 is one full-time job. A job share is two positions."),
        max_digits=3,
        decimal_places=2,
        initial="1.00",
        widget=forms.NumberInput(attrs={"min": "0.01", "max": "1", "step": "0.01"}),
    )
    start = DayField(label=gettext_lazy("First day"), initial=today)
    end = DayField(
        label=gettext_lazy("First day without it"),
        help_text=gettext_lazy("Leave empty while it is budgeted until further notice."),
        required=False,
    )


class SearchForm(forms.Form):
    """Someone by name, in the address."""

    name = forms.CharField(
        label=gettext_lazy("Someone else, by name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class FillForm(forms.Form):
    """Who fills a vacancy, and from when."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Who"), queryset=Person.objects.none(), to_field_name="uid"
    )
    start = DayField(label=gettext_lazy("First day"), initial=today)

    def __init__(self, *args: Any, position: Position, found: Sequence[Person] = (), **fields: Any) -> None:
        """`found`: people of the name that was searched, offered first; anyone of the roster is taken."""
        super().__init__(*args, **fields)
        field: Any = self.fields["person"]
        field.queryset = choices.people(today())
        here = choices.without_position(position.school_id, today())
        offered = [
            (_("Found by name"), [_choice(one) for one in found]),
            (_("At this school without a position"), [_choice(one) for one in here]),
        ]
        field.choices = [("", "---------"), *[group for group in offered if group[1]]]
        self.offers = sum(len(group) for _title, group in offered)


class VacateForm(forms.Form):
    """From when nobody holds a position."""

    end = DayField(
        label=gettext_lazy("Vacant from"), help_text=gettext_lazy("The first vacant day."), initial=today
    )


def _choice(person: Person) -> tuple[str, str]:
    return str(person.uid), choices.label_of(person)

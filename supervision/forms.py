"""Forms of caseloads. What they cannot know, the actions refuse in words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from schools.models import Person, School
from supervision import choices
from supervision.balance.index import NAMES, Weights
from supervision.models import CaseloadAssignment
from supervision.models.balancing import LARGEST_WEIGHT


class AssignForm(forms.Form):
    """Whose caseload, which school, from when; the principals are who the roster has there on that day."""

    supervisor = forms.ModelChoiceField(
        label=gettext_lazy("Principal supervisor"), queryset=Person.objects.none(), to_field_name="uid"
    )
    school = forms.ModelChoiceField(
        label=gettext_lazy("School"), queryset=School.objects.none(), to_field_name="uid"
    )
    start = DayField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("From this day the principal supervisor sees the school."),
        initial=today,
    )

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        _offer(self.fields["supervisor"], choices.supervisors(today()), choices.supervisor_groups)
        _offer(self.fields["school"], choices.schools(today()), choices.school_groups)


class EndForm(forms.Form):
    """Which of a supervisor's assignments ends, and when."""

    assignment = forms.ModelChoiceField(
        label=gettext_lazy("School and principal"),
        queryset=CaseloadAssignment.objects.none(),
        to_field_name="uid",
    )
    end = DayField(
        label=gettext_lazy("First day without it"),
        help_text=gettext_lazy("From this day the principal supervisor no longer sees the school."),
        initial=today,
    )

    def __init__(self, *args: Any, supervisor: Person, **fields: Any) -> None:
        super().__init__(*args, **fields)
        field: Any = self.fields["assignment"]
        field.queryset = choices.lasting(supervisor, today())
        field.label_from_instance = choices.assignment_label


class EndAllForm(forms.Form):
    """From when a supervisor no longer has a caseload at all."""

    end_all = DayField(
        label=gettext_lazy("First day without a caseload"),
        help_text=gettext_lazy("From this day their schools have no principal supervisor."),
        initial=today,
    )


def _weight(label: Any) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=0.0, max_value=LARGEST_WEIGHT)


class WeightsForm(forms.Form):
    """How much each part counts in our need index; seen: the weights that were read, empty for the product's own."""

    leadership = _weight(gettext_lazy("Instructional leadership"))
    tenure = _weight(gettext_lazy("New in the role"))
    gaps = _weight(gettext_lazy("Gaps in teaching"))
    size = _weight(gettext_lazy("Size of the school"))
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def weights(self) -> Weights:
        """Return what was entered; only for a valid form."""
        return Weights(**{name: self.cleaned_data[name] for name in NAMES})


def _offer(field: Any, queryset: Any, grouped: Any) -> None:
    """Let a field take any row of `queryset`, and show the rows in groups."""
    field.queryset = queryset
    field.choices = [("", gettext_lazy("choose")), *grouped(queryset)]

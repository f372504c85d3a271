"""Forms of caseloads. What they cannot know, the actions refuse in words."""

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from schools.models import Person, School
from supervision import choices
from supervision.models import CaseloadAssignment
from supervision.principals import principals_on


class AssignForm(forms.Form):
    """Whose caseload, which school, from when; the principal is who the roster has there on that day."""

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

    def clean(self) -> dict[str, Any]:
        """Find the principal; an error says where the roster has none."""
        given = self.cleaned_data
        school, start = given.get("school"), given.get("start")
        if school and start:
            given["principal"] = principals_on([school.pk], start).get(school.pk)
            if given["principal"] is None:
                self.add_error("school", _no_principal(school, start))
        return given


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


def _offer(field: Any, queryset: Any, grouped: Any) -> None:
    """Let a field take any row of `queryset`, and show the rows in groups."""
    field.queryset = queryset
    field.choices = [("", "---------"), *grouped(queryset)]


def _no_principal(school: School, day: date) -> str:
    return _("The roster has no principal at {school} on {day}.").format(
        school=school.name, day=date_format(day, "M j, Y")
    )

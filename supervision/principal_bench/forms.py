"""Forms of the principal bench."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.scope import Scope
from alignment_dash.ui.days import DayField
from instruction.revisions import RevisionForm, area
from schools.models import Level, Org, Person
from schools.names import name_of
from supervision.models import OpeningReason, Readiness
from supervision.principal_bench import queries


class OpeningForm(RevisionForm):
    """Where and when a position is expected to open. uid: of one to be, made with the form."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    school = forms.ModelChoiceField(label=_("School"), queryset=Org.objects.none(), to_field_name="uid")
    opens_on = DayField(label=_("Expected to open on"))
    reason = forms.ChoiceField(label=_("Reason"), choices=OpeningReason.choices)

    def __init__(self, *args: Any, scope: Scope, fixed: bool = False, **more: Any) -> None:
        """fixed: the school stays as it is."""
        super().__init__(*args, **more)
        fields: Any = self.fields
        if fixed:
            del fields["school"]
        else:
            fields["school"].queryset = queries.schools_to_open(scope)


class _PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj) or "–"


class CandidateForm(RevisionForm):
    """Who is ready when, for which schools, and what they have led."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    person = _PersonField(label=_("Person"), queryset=Person.objects.none(), to_field_name="uid")
    readiness = forms.ChoiceField(label=_("Ready"), choices=Readiness.choices)
    levels = forms.MultipleChoiceField(
        label=_("For schools of"),
        choices=Level.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: of any level."),
    )
    has_license = forms.BooleanField(label=_("Licensed to be a principal"), required=False)
    experience = area(
        _("What they have led"), 1_000, hint=_("Roles and work, no judgment: they can read it.")
    )
    told_on = DayField(
        label=_("Told on"),
        required=False,
        help_text=_("Until they were told, nobody but you sees that you named them."),
    )

    def __init__(self, *args: Any, scope: Scope, fixed: bool = False, **more: Any) -> None:
        """fixed: the person stays as they are."""
        super().__init__(*args, **more)
        fields: Any = self.fields
        if fixed:
            del fields["person"]
        else:
            fields["person"].queryset = queries.people_to_name(scope)


FORMS: dict[str, Any] = {"opening": OpeningForm, "candidate": CandidateForm}


def initial_of(row: Any, form: type[RevisionForm]) -> dict[str, Any]:
    """Return a row as a form's first values."""
    names = set(form.base_fields) - {"school", "person"}
    return {name: getattr(row, name) for name in names}

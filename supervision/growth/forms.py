"""The form of support that a supervisor received."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alignment_dash.schoolyear import current_year, today
from alignment_dash.ui.days import DayField
from instruction.models import Element
from instruction.revisions import RevisionForm
from schools.models import Person
from supervision.growth.queries import elements, supervisors
from supervision.models import SupervisorSupport, SupportForm


class ReceivedForm(RevisionForm):
    """Who received what kind of support, when and for how long. uid: of one to be, made with the form."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    supervisor = forms.ModelChoiceField(
        label=_("Principal supervisor"), queryset=Person.objects.none(), to_field_name="uid"
    )
    day = DayField(label=_("Day"), initial=today)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=24 * 60)
    form = forms.ChoiceField(label=_("What it was"), choices=SupportForm.choices)
    given_by = forms.CharField(label=_("Given by"), max_length=200, required=False)
    element = forms.ModelChoiceField(
        label=_("About which of the supervisors' standards"),
        queryset=Element.objects.none(),
        to_field_name="uid",
        required=False,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        people = supervisors(today())
        held = more.get("initial", {}).get("supervisor")
        fields: Any = self.fields
        fields["supervisor"].queryset = Person.objects.filter(pk__in=[one.pk for one in people]) | (
            Person.objects.filter(uid=held) if held else Person.objects.none()
        )
        fields["supervisor"].choices = [("", _("choose")), *_names(people, held)]
        worded = elements(current_year())
        fields["element"].queryset = Element.objects.filter(pk__in=[one.element_id for one in worded])
        names = [(str(one.element.uid), f"{one.version.framework.name}: {one.name}") for one in worded]
        fields["element"].choices = [("", _("none")), *names]


def _names(people: Any, held: Any) -> list[tuple[str, str]]:
    found = [(str(one.uid), one.identity.display_name) for one in people if hasattr(one, "identity")]
    if held and str(held) not in dict(found):
        one = Person.objects.select_related("identity").get(uid=held)
        found.append((str(one.uid), one.identity.display_name))
    return found


def initial_of(support: SupervisorSupport) -> dict[str, Any]:
    """Return what was recorded as a form's first values."""
    return {
        "supervisor": support.supervisor.uid,
        "day": support.day,
        "minutes": support.minutes,
        "form": support.form,
        "given_by": support.given_by,
        "element": support.element.uid if support.element else None,
        "revision": support.revision,
    }

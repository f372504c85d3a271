from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alignment_dash import schoolyear
from alignment_dash.runs.registry import jobs


class RunForm(forms.Form):
    """Ask for a job to be run again for a school year; only jobs whose results are published."""

    kind = forms.ChoiceField(label=_("What to compute"))
    school_year = forms.TypedChoiceField(label=_("School year"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = schoolyear.current_year()
        self.fields["kind"].choices = [(job.kind, job.label) for job in jobs() if job.publishes]
        self.fields["school_year"].choices = [
            (year, schoolyear.label(year)) for year in range(now, now - 5, -1)
        ]

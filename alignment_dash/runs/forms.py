from django import forms
from django.utils.translation import gettext_lazy as _

from alignment_dash import schoolyear
from alignment_dash.runs.registry import jobs


class RunForm(forms.Form):
    """Ask for a job to be run again for a school year; only jobs whose results are published."""

    kind = forms.ChoiceField(
        label=_("What to compute"),
        choices=lambda: [(job.kind, job.label) for job in jobs() if job.publishes],
    )
    school_year = forms.TypedChoiceField(label=_("School year"), coerce=int, choices=lambda: _years())


def _years() -> list[tuple[int, str]]:
    now = schoolyear.current_year()
    return [(year, schoolyear.label(year)) for year in range(now, now - 5, -1)]

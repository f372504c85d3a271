from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alignment_dash import schoolyear
from alignment_dash.runs.registry import job_of, jobs

NOTHING_TO_COMPUTE = _(
    "There is nothing to compute for this school year yet: no framework is in force, or no data came in."
)


class RunForm(forms.Form):
    """Ask for a job to be run again for a school year; only jobs whose results are published."""

    kind = forms.ChoiceField(
        label=_("What to compute"),
        choices=lambda: [(job.kind, job.label) for job in jobs() if job.publishes],
    )
    school_year = forms.TypedChoiceField(label=_("School year"), coerce=int, choices=lambda: _years())

    def clean(self) -> dict[str, Any]:
        """Find what the job is about in the year, as "subjects"; an error says that there is nothing."""
        given = self.cleaned_data
        if "kind" in given and "school_year" in given:
            given["subjects"] = list(job_of(given["kind"]).subjects(given["school_year"]))
            if not given["subjects"]:
                self.add_error("school_year", NOTHING_TO_COMPUTE)
        return given


def _years() -> list[tuple[int, str]]:
    now = schoolyear.current_year()
    return [(year, schoolyear.label(year)) for year in range(now, now - 5, -1)]

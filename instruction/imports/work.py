"""The import of one file of ratings, from its bytes to the outcome that its page shows."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Progress
from alignment_dash.runs.uploads import Outcome, UploadKind, applying, read_content
from instruction.imports import KIND, loading
from instruction.imports.findings import Findings
from instruction.imports.matching import Matched, Matcher, videos_for
from instruction.imports.reader import Lesson, read
from instruction.models import ObservationImport, ObservationKind, Purpose
from instruction.snapshots.rated import YEARS
from schools.models import SourceSystem


class Options(forms.Form):
    """Whose ids the file uses, and the one school year it is about where it should be about one."""

    source = forms.CharField(
        label=_("Source system of the ids"),
        help_text=_("Its code; empty: the first one a roster came from."),
        required=False,
        max_length=255,
    )
    school_year = forms.IntegerField(
        label=_("School year"),
        help_text=_("Its end year. Empty: any. When given, other dates are errors."),
        required=False,
        min_value=2000,
        max_value=2100,
    )

    def clean_source(self) -> str:
        """Return the code of the source system; the first one there is where none is named."""
        code = self.cleaned_data["source"]
        systems = SourceSystem.objects.order_by("pk")
        found = (systems.filter(code=code) if code else systems).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no source system with this code.")
                if code
                else _("No roster has been imported yet: the ids of a file of ratings come from one.")
            )
        return found.code


def work(upload: ObservationImport, run: Run, progress: Progress) -> Outcome:
    """Import one file, all of it or nothing."""
    findings = Findings(upload.filename)
    system = SourceSystem.objects.get(code=upload.options["source"])
    progress(0, 3, "Reading")
    lessons = read(
        read_content(upload).getvalue(), findings, kinds=ObservationKind.values, purposes=Purpose.values
    )
    progress(1, 3, "Checking against the roster")
    matched = _matched(lessons, system, findings, upload.options.get("school_year"))
    if findings:
        return Outcome(accepted=False, findings=findings.kept(), findings_total=findings.total)
    progress(2, 3, "Writing")
    applying(upload)
    try:
        return _write(upload, lessons, matched, system)
    except loading.PurposeDiffers as differs:
        findings.add("purpose-differs", rows=differs.rows, column="purpose")
    return Outcome(accepted=False, findings=findings.kept(), findings_total=findings.total)


def _write(
    upload: ObservationImport, lessons: list[Lesson], matched: list[Matched], system: SourceSystem
) -> Outcome:
    with transaction.atomic(), all_rows(why="an import writes observations of the whole district"):
        videos, n_videos = videos_for(lessons)
        loaded = loading.load(matched, videos, system)
        audit.record(
            act=f"{KIND}.apply",
            target=upload,
            by=upload.received_by,
            detail={"source": system.code, "counts": loaded.observations},
        )
        for year in _years_to_recompute(loaded.years):
            actions.inputs_changed(
                topic="ratings", school_year=year, by=upload.received_by, reason="ratings imported"
            )
    counts = {"observations": loaded.observations, "ratings": loaded.ratings}
    if n_videos:
        counts["videos"] = {"created": n_videos}
    return Outcome(accepted=True, counts=counts)


def _matched(
    lessons: list[Lesson], system: SourceSystem, findings: Findings, only_year: int | None
) -> list[Matched]:
    if not lessons:
        return []
    matcher = Matcher(lessons, system, findings)
    return [one for lesson in lessons if (one := matcher.match(lesson, only_year))]


def _years_to_recompute(changed: list[int]) -> list[int]:
    """Return the school years whose snapshots see the changed years' ratings: each, and those after it."""
    newest = schoolyear.current_year()
    seen = {year + later for year in changed for later in range(YEARS)}
    return sorted((year for year in seen if year <= newest), reverse=True)


OBSERVATION_IMPORTS = UploadKind(
    kind=KIND,
    model=ObservationImport,
    work=work,
    title=_("Imports of ratings"),
    hint=_(
        "A file of any evaluation product, as CSV or spreadsheet: you say once what its columns mean, and see what"
        " would be stored before it is. Or a CSV in our own format, with the columns observation_id, date, kind,"
        " purpose, observer, teacher, element, level, evidence: with one error in it, nothing is changed."
    ),
    accept=".csv,.tsv,.txt,.xlsx,.xls,.xlsb,.ods,text/csv",
    list_url="instruction:observation-import-list",
    detail_url="instruction:observation-import-detail",
    api_detail="api-observation-import-detail",
    api_findings="api-observation-import-findings",
    options=Options,
)

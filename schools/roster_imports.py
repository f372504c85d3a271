"""Rosters as a kind of upload: its options, the work of one import, and what makes a file no roster at all."""

import io
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alignment_dash.access import audit
from alignment_dash.runs import actions, uploads
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Progress
from schools.models import RosterImport
from schools.rosters.findings import Finding, Findings, Group
from schools.rosters.loader import Loaded, load_roster
from schools.rosters.package import Limits, Refused, open_package
from schools.rosters.reader import Options
from schools.rosters.rules import RULES, Level, rank
from schools.rosters.table import ENCODINGS

GROUPS_KEPT = 500
_NO_ROSTER = {"package.empty", "package.not_a_zip"}


class RosterOptions(forms.Form):
    """How to read the bundle, and whose ids it holds."""

    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=[(name, name.upper()) for name in ENCODINGS],
        required=False,
        help_text=_("The standard is UTF-8. CP1252 is what older Windows programs write."),
    )
    source = forms.CharField(
        label=_("Source system"),
        max_length=255,
        required=False,
        help_text=_("Leave empty to take it from the bundle. Ids of two sources never meet."),
    )

    def clean_encoding(self) -> str:
        """UTF-8 where nothing is said."""
        return self.cleaned_data["encoding"] or "utf-8"


def refuse(content: bytes) -> str:
    """Say why these bytes cannot be a bundle at all; "" for what is to be looked into."""
    try:
        open_package(io.BytesIO(content), Limits(), Findings())
    except Refused as refusal:
        if refusal.code in _NO_ROSTER:
            return RULES[refusal.code].message
    return ""


def work(upload: RosterImport, run: Run, progress: Progress) -> uploads.Outcome:
    """Check the bundle and write it, or nothing; ring for the jobs that its changes make stale."""
    words = {"checking": gettext("Checking the roster"), "writing": gettext("Writing the roster")}
    loaded = load_roster(
        uploads.read_content(upload),
        source=upload.options.get("source", ""),
        options=Options(
            encoding=upload.options.get("encoding", "utf-8"), year_start=settings.SCHOOL_YEAR_START
        ),
        report=lambda done, total, label: progress(done, total, words[label]),
        before_writing=lambda: uploads.applying(upload),
        written=lambda loaded: _written(upload, loaded),
    )
    findings, roster = loaded.roster.findings, loaded.roster
    upload.version, upload.source = roster.version, loaded.source
    upload.groups = [_group(group) for group in findings.groups()[:GROUPS_KEPT]]
    upload.unmatched = dict(roster.unmatched_words)
    upload.save(update_fields=["version", "source", "groups", "unmatched"])
    kept = sorted(findings.kept, key=lambda finding: (rank(finding.code), finding.file, finding.row or 0))
    return uploads.Outcome(
        accepted=roster.accepted,
        counts=loaded.counts,
        findings=[_finding(finding) for finding in kept],
        findings_total=sum(group.count for group in findings.groups()),
        message="" if roster.accepted else _rejected(findings),
    )


def _written(upload: RosterImport, loaded: Loaded) -> None:
    """Note the import and ring; in the transaction of the rows, so that neither is without the other."""
    changed = {name: _written_counts(count) for name, count in loaded.counts.items()}
    audit.record(
        act="roster-import.apply",
        target=upload,
        by=upload.received_by,
        detail={"source": loaded.source, "counts": changed},
    )
    for school_year in loaded.school_years:
        actions.inputs_changed(
            topic="roster", school_year=school_year, by=upload.received_by, reason="roster imported"
        )


def _written_counts(count: Mapping[str, int]) -> dict[str, int]:
    return {name: count[name] for name in ("created", "updated", "unchanged")}


def _rejected(findings: Findings) -> str:
    errors = findings.count(Level.ERROR)
    causes = sum(group.level == Level.ERROR for group in findings.groups())
    return " ".join(
        [
            ngettext("%(n)s error", "%(n)s errors", errors) % {"n": f"{errors:,}"},
            ngettext("from one cause.", "from %(n)s causes.", causes) % {"n": f"{causes:,}"},
            gettext("Nothing was changed."),
        ]
    )


def _group(group: Group) -> dict[str, Any]:
    """One cause as JSON; its first places begin with one from each file."""
    seen: Counter[str] = Counter()
    turns = []
    for place in group.first:
        seen[place.file] += 1
        turns.append((seen[place.file], place))
    first = [place for _, place in sorted(turns, key=lambda turn: turn[0])]
    return {
        "code": group.code,
        "level": group.level.value,
        "message": group.message,
        "count": group.count,
        "files": group.files,
        "first": [{"file": p.file, "row": p.row, "column": p.column} for p in first],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "level": finding.level.value,
        "file": finding.file,
        "row": finding.row,
        "column": finding.column,
        "code": finding.code,
        "message": finding.message,
    }


KIND = uploads.UploadKind(
    kind="roster-import",
    model=RosterImport,
    work=work,
    title=_("Roster imports"),
    hint=_(
        "Send the OneRoster export of your student information system: a zip of CSV files, version 1.1 or 1.2."
        " It creates and updates; it never ends or deletes anything. A file with an error changes nothing."
    ),
    accept=".zip,application/zip",
    list_url="schools:roster-import-list",
    detail_url="schools:roster-import-detail",
    api_detail="api-roster-import-detail",
    api_findings="api-roster-import-findings",
    options=RosterOptions,
    refuse=refuse,
    more="schools/_roster_findings.html",
)

"""What was found in a bundle, as JSON to keep with its import."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext, ngettext

from schools.rosters.findings import Finding, Findings, Group
from schools.rosters.rules import Level, rank

GROUPS_KEPT = 500


def groups_of(findings: Findings) -> list[dict[str, Any]]:
    """Return the root causes, errors first, each with its counts by file and its first places."""
    return [_group(group) for group in findings.groups()[:GROUPS_KEPT]]


def rows_of(findings: Findings) -> list[dict[str, Any]]:
    """Return the kept findings, one place each, causes before their consequences."""
    kept = sorted(findings.kept, key=lambda finding: (rank(finding.code), finding.file, finding.row or 0))
    return [_finding(finding) for finding in kept]


def total_of(findings: Findings) -> int:
    """Return how many findings there were, kept or not."""
    return sum(group.count for group in findings.groups())


def rejection(findings: Findings) -> str:
    """Say in a sentence how many errors of how many causes rejected the bundle."""
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

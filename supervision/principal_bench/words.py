"""What is said of the bench, on the page and in files."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.principal_bench.queries import Candidate, Opening


def sentence(n_openings: int, n_ready: int) -> SafeString:
    """Return the first sentence: how many openings are expected, and how many people are ready now."""
    expected = ngettext("<b>{n}</b> opening is expected", "<b>{n}</b> openings are expected", n_openings)
    told = ngettext("<b>{n}</b> person is ready now.", "<b>{n}</b> people are ready now.", n_ready)
    return format_html("{}; {}", format_html(expected, n=n_openings), format_html(told, n=n_ready))


def opening_heading() -> list[object]:
    """Return the heading of openings."""
    return [_("School"), _("Level"), _("Network"), _("Expected to open on"), _("Reason")]


def opening_row(one: Opening) -> list[object]:
    """Return an opening as a row."""
    row = one.row
    return [
        row.school.name,
        row.school.get_level_display(),
        one.network,
        row.opens_on,
        row.get_reason_display(),
    ]


def candidate_heading() -> list[object]:
    """Return the heading of candidates."""
    return [
        _("Person"), _("Roles today"), _("Ready"), _("Levels"), _("Licensed"), _("What they have led"), _("Named on"),
        _("Told on"),
    ]  # fmt: skip


def candidate_row(one: Candidate) -> list[object]:
    """Return a candidate as a row."""
    row = one.row
    return [
        one.name, "; ".join(one.roles), row.get_readiness_display(), ", ".join(one.levels) or _("any"),
        row.has_license, row.experience, row.named_on, row.told_on,
    ]  # fmt: skip


def theirs(now: Any, form: Any) -> list[tuple[str, str]]:
    """Return what someone else has saved meanwhile, by the form's labels."""
    skipped = {"revision", "uid", "school", "person"}
    return [
        (str(field.label), str(getattr(now, name) or "–"))
        for name, field in form.fields.items()
        if name not in skipped
    ]

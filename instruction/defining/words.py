"""Frameworks' versions in sentences."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash import schoolyear
from instruction.defining.queries import History
from instruction.frameworks.definition import FrameworkDefinition
from instruction.models import FrameworkVersion, VersionState


def versions_sentence(histories: list[History]) -> SafeString:
    """Say how many frameworks are in force and how many drafts are being written."""
    lines = [line for one in histories for line in one.lines]
    n_force, n_drafts = (
        sum(line.in_force for line in lines),
        sum(line.version.state == VersionState.DRAFT for line in lines),
    )
    force = ngettext(
        "<b>{n} framework</b> is in force this school year",
        "<b>{n} frameworks</b> are in force this school year",
        n_force,
    )
    if not n_drafts:
        return format_html(force + ".", n=n_force)
    drafts = ngettext("{m} draft is being written.", "{m} drafts are being written.", n_drafts)
    return format_html(force + "; " + drafts, n=n_force, m=n_drafts)


def version_sentence(version: FrameworkVersion, definition: FrameworkDefinition) -> SafeString:
    """Say what a version is: how many elements, since when it holds or what it still lacks."""
    n = len(definition.elements)
    elements = ngettext("{n} element", "{n} elements", n).format(n=n)
    year = schoolyear.label(version.first_school_year)
    if version.state == VersionState.RETIRED:
        return format_html(
            _("<b>{elements}</b>, retired: nothing new is observed against it, what was stays readable."),
            elements=elements,
        )
    if version.state == VersionState.PUBLISHED:
        return format_html(
            _("<b>{elements}</b>, published for {year} on: it never changes."), elements=elements, year=year
        )
    lacking = sum(not one.name or not all(one.levels) for one in definition.elements)
    if lacking:
        text = ngettext(
            "A draft of <b>{elements}</b> for {year} on; {m} element is not complete yet.",
            "A draft of <b>{elements}</b> for {year} on; {m} elements are not complete yet.",
            lacking,
        )
        return format_html(text, elements=elements, year=year, m=lacking)
    return format_html(_("A draft of <b>{elements}</b> for {year} on."), elements=elements, year=year)

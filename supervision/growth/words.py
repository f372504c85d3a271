"""What is said of the support that supervisors receive."""

from collections.abc import Mapping, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schools.names import name_of
from supervision.growth.queries import Growth, Received
from supervision.models import SupervisorSupport


def hours(minutes: int) -> str:
    """Return minutes as hours with one decimal; "–" for none."""
    return f"{minutes / 60:,.1f}" if minutes else "–"


def sentence(found: Sequence[Received]) -> SafeString:
    """Return the list's first sentence: how many supervisors received support."""
    with_some = sum(1 for one in found if one.minutes)
    words = ngettext(
        "<b>{some} of {n}</b> principal supervisor received support for their own growth this school year.",
        "<b>{some} of {n}</b> principal supervisors received support for their own growth this school year.",
        len(found),
    )
    return format_html(words, some=with_some, n=len(found))


def own_sentence(found: Growth) -> SafeString:
    """Return the first sentence of one supervisor's page."""
    if not found.rows:
        return format_html("{}", _("No support is recorded for this school year."))
    words = ngettext(
        "<b>{hours} hours</b> of support on {n} occasion this school year.",
        "<b>{hours} hours</b> of support on {n} occasions this school year.",
        len(found.rows),
    )
    return format_html(words, hours=hours(found.minutes), n=len(found.rows))


def heading() -> list[object]:
    """Return the heading of `row`."""
    return [_("Principal supervisor"), _("Day"), _("What it was"), _("Minutes"), _("Given by"), _("Standard")]


def row(one: SupervisorSupport, names: Mapping[int, str]) -> list[object]:
    """Return a row of the exported table."""
    return [
        name_of(one.supervisor), one.day, str(one.get_form_display()), one.minutes, one.given_by,
        names.get(one.element_id or 0, ""),
    ]  # fmt: skip

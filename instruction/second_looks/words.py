"""What second looks say in one sentence."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def sentence(total: int, still_open: int) -> SafeString:
    """Say how many second looks there are, and of how many nothing has come yet."""
    if not total:
        return format_html("{}", _("No low figure has been looked at a second time yet."))
    text = ngettext(
        "<b>{n}</b> second look; of <b>{k}</b> of {n} it is not said yet what came of it.",
        "<b>{n}</b> second looks; of <b>{k}</b> of them it is not said yet what came of it.",
        total,
    )
    return format_html(text, n=total, k=still_open)

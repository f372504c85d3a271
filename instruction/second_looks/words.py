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
        "<b>{n}</b> second look; <b>{k}</b> without an outcome yet.",
        "<b>{n}</b> second looks; <b>{k}</b> without an outcome yet.",
        total,
    )
    return format_html(text, n=total, k=still_open)

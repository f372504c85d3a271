"""A mail as bytes: plain text and simple HTML, absolute links, nothing that reports back."""

from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.notices.mailing.line import Refused
from alignment_dash.notices.mailing.server import MailServer
from alignment_dash.notices.models import Mail, Notice
from alignment_dash.ui import district

# Any server takes it: not every one takes eight bits.
POLICY = SMTP.clone(cte_type="7bit")


def letter(mail: Mail, notices: Sequence[Notice], server: MailServer) -> bytes:
    """Return the whole message as it goes over the line. Refused when the user's address is none.

    The same mail has the same Message-ID at each attempt, so that a mail program that got two would show one.
    """
    message = EmailMessage(policy=POLICY)
    choices = server.public_url + reverse("notices:preferences")
    message["From"] = server.sender
    message["To"] = _address(mail.user.email)
    message["Subject"] = _one_line(_subject(mail, len(notices)))
    message["Date"] = format_datetime(timezone.now())
    message["Message-ID"] = f"<{mail.uid}@{server.our_host}>"
    message["List-Unsubscribe"] = f"<{choices}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    context = {
        "district_name": district.name(),
        "is_weekly": mail.monday is not None,
        "lines": [(one.text, absolute(one.path, server)) for one in notices],
        "all_url": server.public_url + reverse("notices:notice-list"),
        "choices_url": choices,
    }
    message.set_content(render_to_string("notices/mail.txt", context).strip() + "\n")
    message.add_alternative(render_to_string("notices/mail.html", context), subtype="html")
    return message.as_bytes()


def absolute(path: str, server: MailServer) -> str:
    """Return the address of one of our pages; for a path that would leave them, that of the notices."""
    is_ours = path.startswith("/") and not path.startswith("//") and not any(map(str.isspace, path))
    return server.public_url + (path if is_ours and "\\" not in path else reverse("notices:notice-list"))


def _address(email: str) -> Address:
    try:
        validate_email(email)
        return Address(addr_spec=email)
    except (ValidationError, ValueError, IndexError) as error:
        raise Refused(_("The address cannot be written to.")) from error


def _subject(mail: Mail, n: int) -> str:
    name = district.name() or "alignment_dash"
    if mail.monday is not None:
        words = ngettext("{district}: this week, {n} notice", "{district}: this week, {n} notices", n)
    else:
        words = ngettext("{district}: {n} new notice", "{district}: {n} new notices", n)
    return words.format(district=name, n=n)


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())

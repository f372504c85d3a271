"""One round of sending: every mail that is due, over as few connections as the mail server lets us have."""

import logging
import time
from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.notices.mailing import outbox
from alignment_dash.notices.mailing.letters import letter
from alignment_dash.notices.mailing.line import Later, Line, Refused, Trouble, Unreachable, Unsure
from alignment_dash.notices.mailing.server import MailServer, mail_server
from alignment_dash.notices.models import Mail, Notice

log = logging.getLogger(__name__)

# A server that breaks off so often in a row is left alone until the next round.
MOST_BROKEN = 3
SECONDS = 240.0


@dataclass(slots=True)
class Round:
    """How many mails were sent, put back (Unreachable, Later), given up (Refused) and left unsure (Unsure)."""

    server: MailServer
    done: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    line: Line | None = None

    @property
    def goes_on(self) -> bool:
        """Whether the server is worth asking again now."""
        return self.broken < MOST_BROKEN

    def connected(self) -> Line:
        """Return the connection, made where there is none. Unreachable ends the round."""
        if self.line is None:
            try:
                self.line = Line(self.server)
            except Unreachable:
                self.broken = MOST_BROKEN
                raise
        return self.line

    def hang_up(self) -> None:
        """End the connection, if there is one."""
        if self.line is not None:
            self.line.close()
            self.line = None


def send_due(seconds: float = SECONDS) -> Counter[str]:
    """Send what is due, for at most so long; returns how many came to which end (see Round).

    What one mail or one address runs into stops no other.
    """
    server = mail_server()
    if server is None:
        return Counter()
    outbox.take_up_lost(timezone.now(), _("The worker stopped while it sent this."))
    this, ends = Round(server), time.monotonic() + seconds
    try:
        while this.goes_on and time.monotonic() < ends:
            taken = outbox.take(timezone.now())
            if taken is None:
                break
            mail, notices = taken
            if notices:
                _try(this, mail, notices)
    finally:
        this.hang_up()
    if this.done:
        log.info("mail: %s", ", ".join(f"{what} {n}" for what, n in sorted(this.done.items())))
    return this.done


def _try(this: Round, mail: Mail, notices: list[Notice]) -> None:
    try:
        content = letter(mail, notices, this.server)
        this.connected().send(content, mail.user.email, lambda: outbox.hand_over(mail))
    except Trouble as trouble:
        _note(this, mail, trouble)
    except Exception:
        # A fault of ours, such as a template's: nothing of it was handed over.
        log.exception("mail %s could not be written", mail.uid)
        this.hang_up()
        _note(this, mail, Later(_("The mail could not be written; the log has the details.")))
    else:
        outbox.is_sent(mail)
        this.done["sent"] += 1
        this.broken = 0


def _note(this: Round, mail: Mail, trouble: Trouble) -> None:
    this.done[type(trouble).__name__] += 1
    log.warning("mail %s: %s", mail.uid, trouble)
    if isinstance(trouble, Unsure):
        outbox.is_unsure(mail, str(trouble))
    elif isinstance(trouble, Refused):
        outbox.is_refused(mail, str(trouble))
    else:
        outbox.put_back(mail, str(trouble))
    if isinstance(trouble, Unreachable | Unsure):
        this.broken += 1
        this.hang_up()

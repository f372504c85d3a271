"""One connection to the mail server, and what each of its answers means for a mail.

smtplib's own `sendmail` does not tell whether an error came before or after the server had the mail; here each step
of RFC 5321, section 3.3, is taken by itself.
"""

import re
import smtplib
import ssl
from collections.abc import Callable

from django.utils.translation import gettext as _

from alignment_dash.notices.mailing.server import MailServer

START, TAKEN = 354, 250
_PERIOD_FIRST = re.compile(rb"(?m)^\.")


class Trouble(Exception):
    """A mail did not surely go out; its words say why, without an address or the server's own text."""


class Unreachable(Trouble):
    """The server is away, or broke off before it had the mail."""


class Later(Trouble):
    """The server took none of it for now; it may later."""


class Refused(Trouble):
    """The server takes this mail never."""


class Unsure(Trouble):
    """The server had all of the mail and gave no answer."""


class Line:
    """A connection to the mail server; close it after use, and after any Unreachable or Unsure."""

    def __init__(self, server: MailServer) -> None:
        """Connect and sign in. Unreachable when that fails."""
        self._server = server
        try:
            self._smtp = self._open()
        except smtplib.SMTPAuthenticationError as error:
            raise Unreachable(
                _("The mail server refuses the sign-in: check EMAIL_USER and EMAIL_PASSWORD.")
            ) from error
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            raise Unreachable(
                _("No safe connection to the mail server: check EMAIL_TLS and its certificate.")
            ) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Unreachable(
                _("The mail server cannot be reached: check EMAIL_HOST and EMAIL_PORT.")
            ) from error

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, server.our_host, timeout=server.timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, server.our_host, timeout=server.timeout)
        try:
            if server.security == "starttls":
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def send(self, content: bytes, to: str, handing: Callable[[], bool]) -> None:
        """Hand over one mail; returns when the server has taken it, else raises a Trouble.

        handing: called when the server waits for the text, before any of it is sent; False: do not send.
        """
        try:
            self._greet(self._smtp.mail(self._server.sender_address))
            self._expect(self._smtp.rcpt(to), TAKEN, 251)
            self._expect(self._smtp.docmd("DATA"), START)
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_("The mail server broke off, or did not answer in time.")) from error
        except ValueError as error:  # an address that is no line
            raise Refused(_("The address cannot be written to.")) from error
        if not handing():
            raise Unreachable(_("Another worker has taken the mail over."))
        self._hand_over(content)

    def _hand_over(self, content: bytes) -> None:
        try:
            self._smtp.send(_PERIOD_FIRST.sub(b"..", content) + b"\r\n.\r\n")
            answer = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure(_("The mail server had the mail and did not say whether it took it.")) from error
        self._expect(answer, TAKEN)

    def _greet(self, answer: tuple[int, bytes]) -> None:
        """Read the answer to who we are: it is about us, and the same for every mail."""
        code = answer[0]
        if code != TAKEN:
            words = _(
                "The mail server takes nothing from us ({code}): check DEFAULT_FROM_EMAIL, EMAIL_TLS and EMAIL_USER."
            )
            raise Unreachable(words.format(code=code))

    def _expect(self, answer: tuple[int, bytes], *wanted: int) -> None:
        code = answer[0]
        if code in wanted:
            return
        if code == 421:
            raise Unreachable(_("The mail server closes the connection for now (421)."))
        self._again()
        if code >= 500:
            raise Refused(_("The mail server refuses the mail ({code}).").format(code=code))
        raise Later(_("The mail server takes the mail later ({code}).").format(code=code))

    def _again(self) -> None:
        """Begin anew on the same connection."""
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()  # the next mail finds it closed, and another connection is made

    def close(self) -> None:
        """Say goodbye, without waiting for an answer that may not come."""
        try:
            self._smtp.putcmd("QUIT")
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            self._smtp.close()

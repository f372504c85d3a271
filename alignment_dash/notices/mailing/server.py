"""The district's mail server, as settings say."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over and as whom. security: starttls, tls or none; timeout: seconds for each answer."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str
    public_url: str
    timeout: float

    @property
    def sender_address(self) -> str:
        """The address alone, for the envelope."""
        return parseaddr(self.sender)[1]

    @property
    def our_host(self) -> str:
        """The host name of the pages."""
        return urlsplit(self.public_url).hostname or "localhost"


def mail_server() -> MailServer | None:
    """Return the mail server; None where none is set up, and notices stay on the pages."""
    if not settings.EMAIL_HOST:
        return None
    return MailServer(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        security=settings.EMAIL_SECURITY,
        sender=settings.DEFAULT_FROM_EMAIL,
        public_url=settings.PUBLIC_URL,
        timeout=settings.EMAIL_TIMEOUT,
    )

"""A mail server that listens on a socket of this machine, and kinds of notices for tests."""

import asyncio
import email
import email.policy
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from socket import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from alignment_dash.access.policy import Data
from alignment_dash.notices import registry
from alignment_dash.notices.models import Delivery
from alignment_dash.notices.registry import Kind

SENDER = "no-reply@district.example"
BASE = "https://alignment.district.example"
# Seconds for an answer that comes, on however busy a machine.
PATIENCE = 120


@dataclass
class Post:
    """What the server does and got. refuses, later: addresses; silent: addresses whose mail it takes without a word."""

    port: int = 0
    refuses: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    mute: bool = False
    got: list[tuple[str, EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    sealed: list[bool] = field(default_factory=list)
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return "550 no such mailbox"
        if address in self.later:
            return "451 try again later"
        if self.mute:
            await self.over.wait()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.SMTP)
        self.raw.append(envelope.content)
        self.sealed.append(session.ssl is not None)
        self.got.extend((to, message) for to in envelope.rcpt_tos)
        if set(envelope.rcpt_tos) & self.silent:
            await self.over.wait()
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, given):
        self.signed_in.append((given.login, given.password))
        return AuthResult(success=given.password == b"a good word", handled=False)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for to, message in self.got if to == address]


def free_port() -> int:
    with closing(socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(settings, security: str = "none", **how) -> Iterator[Post]:
    """A mail server, and settings that name it. how: of aiosmtpd's Controller."""
    handler = Post(port=free_port())
    if "tls_context" in how:
        how["authenticator"] = handler.authenticate
    how |= {"server_hostname": "test", "ready_timeout": PATIENCE}
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, **how)
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_SECURITY = "127.0.0.1", handler.port, security
    settings.EMAIL_TIMEOUT, settings.PUBLIC_URL = PATIENCE, BASE
    settings.DEFAULT_FROM_EMAIL = f"Capacity <{SENDER}>"
    yield handler
    controller.loop.call_soon_threadsafe(handler.over.set)
    controller.stop()


@pytest.fixture
def post(settings) -> Iterator[Post]:
    """A mail server that speaks in the open."""
    with serving(settings) as handler:
        yield handler


@pytest.fixture
def safe_post(settings, certificate) -> Iterator[Post]:
    """A mail server that takes nothing before STARTTLS and a sign-in, with the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(
        settings, "starttls", tls_context=context, require_starttls=True, auth_required=True
    ) as handler:
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "us", "a good word"
        yield handler


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, and its key, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=mail of a test")
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("mail") / "certificate.pem"
    as_pem = serialization.Encoding.PEM
    hidden = key.private_bytes(as_pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(as_pem) + hidden)
    return file


@pytest.fixture
def kinds(monkeypatch) -> dict[str, Kind]:
    """A kind that everyone may know of, one for the cabinet alone that may be urgent, and no others."""
    made = {
        "plain": Kind(
            "plain", "Plain things", "For all.", "tests.notices.conftest.nothing", Data.DEFINITIONS
        ),
        "grave": Kind(
            "grave",
            "Grave things",
            "For the cabinet.",
            "tests.notices.conftest.nothing",
            Data.STAFFING,
            delivery=Delivery.AT_ONCE,
            may_be_urgent=True,
        ),
    }
    monkeypatch.setattr(registry, "_kinds", made)
    return made


def nothing() -> list[registry.Told]:
    return []

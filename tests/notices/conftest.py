"""A mail server that listens on a socket of this machine, and kinds of notices for tests."""

import asyncio
import email
import email.policy
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from socket import socket

import pytest
from aiosmtpd.controller import Controller

from alignment_dash.access.policy import Data
from alignment_dash.notices import registry
from alignment_dash.notices.models import Delivery
from alignment_dash.notices.registry import Kind

SENDER = "no-reply@district.example"
BASE = "https://alignment.district.example"


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
        self.got.extend((to, message) for to in envelope.rcpt_tos)
        if set(envelope.rcpt_tos) & self.silent:
            await self.over.wait()
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for to, message in self.got if to == address]


def free_port() -> int:
    with closing(socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def post(settings) -> Iterator[Post]:
    """A mail server, and settings that name it."""
    handler = Post(port=free_port())
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, server_hostname="test")
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_SECURITY = "127.0.0.1", handler.port, "none"
    settings.EMAIL_TIMEOUT, settings.PUBLIC_URL = 0.5, BASE
    settings.DEFAULT_FROM_EMAIL = f"Capacity <{SENDER}>"
    yield handler
    controller.loop.call_soon_threadsafe(handler.over.set)
    controller.stop()


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

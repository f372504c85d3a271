"""A provider with a sample district, and a client of ours that waits for nobody."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from schools.feeds.network import Limits, Network, Rules
from schools.feeds.provider import Provider
from schools.feeds.sign_in import Credentials, OAuth1SignIn, OAuth2SignIn, SignIn
from tests.schools.feeds.provider_server import CLIENT, SCOPES, SECRET, ProviderServer, serving
from tests.schools.feeds.sample_district import sample

HERE = Rules(private=True, plain=True)


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with serving(sample("1.2")) as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were waited between tries, without waiting."""
    return []


@pytest.fixture
def client_of(waits: list[float]) -> Iterator[Callable[..., Provider]]:
    """Return a provider of a server: `oauth1` with that signature, else OAuth 2; other fields are limits."""
    opened: list[Network] = []

    def made(
        server: ProviderServer, *, page: int = 20, oauth1: str = "", rules: Rules = HERE, **limits: Any
    ) -> Provider:
        network = Network(rules, replace(Limits(), **limits), sleep=waits.append)
        opened.append(network)
        credentials = Credentials(CLIENT, SECRET)
        sign_in: SignIn = (
            OAuth1SignIn(credentials, oauth1)
            if oauth1
            else OAuth2SignIn(credentials, server.token_url, SCOPES[server.sample.version])
        )
        return Provider(network, server.base, sign_in, page=page)

    yield made
    for network in opened:
        network.close()


def files_of(content: bytes) -> dict[str, list[dict[str, str]]]:
    """The rows of a bundle by file, the manifest as {"manifest": [{property: value}]}."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            rows = list(csv.reader(io.StringIO(archive.read(name).decode(), newline="")))
            if name == "manifest.csv":
                found["manifest"] = [{row[0]: row[1] for row in rows[1:]}]
            else:
                found[name.removesuffix(".csv")] = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    return found

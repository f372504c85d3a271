"""Requests to hosts that someone typed in: how long, how much, how often, and where to."""

import logging
import socket
from collections.abc import Callable
from typing import Any

import pytest

from schools.feeds.failures import FeedFailed
from schools.feeds.network import Limits, Network, Rules, check_url, may_ask
from schools.feeds.provider import Provider
from tests.schools.feeds.provider_server import SECRET, Asked, ProviderServer, Reply

Client = Callable[..., Provider]
PUBLIC = Rules()


def _gets(server: ProviderServer) -> list[Asked]:
    return [one for one in server.asked if one.method == "GET"]


def _fail_first(server: ProviderServer, times: int, reply: Reply) -> None:
    server.fault = lambda asked: reply if asked.method == "GET" and len(_gets(server)) <= times else None


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_host_that_is_busy_is_asked_again_after_growing_waits(
    status: int, server: ProviderServer, client_of: Client, waits: list[float]
) -> None:
    _fail_first(server, 3, Reply(status))
    assert client_of(server).test() == 3
    assert waits == [2, 4, 8]


@pytest.mark.parametrize(("said", "waited"), [("7", 7), ("9999", 120), ("soon", 2), ("-3", 2)])
def test_host_says_how_long_to_wait(
    said: str, waited: float, server: ProviderServer, client_of: Client, waits: list[float]
) -> None:
    _fail_first(server, 1, Reply(429, headers={"Retry-After": said}))
    assert client_of(server).test() == 3
    assert waits == [waited]


def test_host_that_stays_busy_is_given_up(
    server: ProviderServer, client_of: Client, waits: list[float]
) -> None:
    server.fault = lambda asked: Reply(429) if asked.method == "GET" else None
    with pytest.raises(FeedFailed, match="busy"):
        client_of(server).test()
    assert len(waits) == 4


def test_answer_that_does_not_come_is_given_up(server: ProviderServer, client_of: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        network = Network(Rules(private=True, plain=True), Limits(connect=1, quiet=0.05, tries=1))
        with pytest.raises(FeedFailed, match="did not answer in time"):
            network.ask("GET", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        network.close()


def test_answer_that_drips_is_given_up_after_its_time(server: ProviderServer) -> None:
    server.fault = lambda asked: Reply(200, b"x" * 200_000)
    ticks = iter(range(0, 10_000, 100))
    network = Network(Rules(private=True, plain=True), Limits(total=150), clock=lambda: float(next(ticks)))
    with pytest.raises(FeedFailed, match="longer than 150 seconds"):
        network.ask("GET", server.base)
    network.close()


def test_answer_that_is_too_large_is_cut_off(server: ProviderServer, client_of: Client) -> None:
    server.fault = lambda asked: Reply(200, b" " * (3 << 20)) if asked.method == "GET" else None
    with pytest.raises(FeedFailed, match="larger than 1 MB"):
        client_of(server, body=1 << 20).test()


def test_answer_that_unpacks_to_too_much_is_cut_off(server: ProviderServer, client_of: Client) -> None:
    import gzip

    bomb = gzip.compress(b" " * (32 << 20))
    server.fault = lambda asked: (
        Reply(200, bomb, {"Content-Encoding": "gzip"}) if asked.method == "GET" else None
    )
    with pytest.raises(FeedFailed, match="larger than 1 MB"):
        client_of(server, body=1 << 20).test()


def test_redirect_to_another_host_is_not_followed(server: ProviderServer, client_of: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.05)
        target = f"http://127.0.0.1:{other.getsockname()[1]}/orgs"
        server.fault = lambda asked: (
            Reply(302, headers={"Location": target}) if asked.method == "GET" else None
        )
        with pytest.raises(FeedFailed, match="another host"):
            client_of(server).test()
        with pytest.raises(TimeoutError):  # nobody came by
            other.accept()


def test_redirect_of_the_token_request_is_not_followed(server: ProviderServer, client_of: Client) -> None:
    server.fault = lambda asked: (
        Reply(307, headers={"Location": "/elsewhere"}) if asked.method == "POST" else None
    )
    with pytest.raises(FeedFailed, match="another host"):
        client_of(server).test()
    assert len(server.asked) == 1


def test_redirect_on_the_same_host_is_followed_a_few_times(server: ProviderServer, client_of: Client) -> None:
    def once(asked: Asked) -> Reply | None:
        if asked.path.endswith("/orgs") and "moved" not in asked.query:
            return Reply(301, headers={"Location": f"{asked.path}?limit=1&offset=0&moved=1"})
        return None

    server.fault = once
    assert client_of(server).test() == 3
    server.fault = lambda asked: (
        Reply(301, headers={"Location": asked.path}) if asked.method == "GET" else None
    )
    with pytest.raises(FeedFailed, match="in circles"):
        client_of(server).test()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
        "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "::", "224.0.0.1", "255.255.255.255",
        "192.0.0.192", "192.0.0.8", "fec0::1", "::127.0.0.1", "::ffff:0:7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1",
        "2002:7f00:1::1", "2002:a00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)  # fmt: skip
def test_address_of_a_private_network_may_not_be_asked(address: str) -> None:
    assert not may_ask(address, PUBLIC)


def test_address_of_the_internet_may_be_asked_and_metadata_of_a_cloud_never() -> None:
    assert may_ask("93.184.215.14", PUBLIC)
    assert may_ask("2606:2800:21f:cb07:6820:80da:af6b:8b2c", PUBLIC)
    assert may_ask("10.0.0.8", Rules(private=True))
    assert not may_ask("169.254.169.254", Rules(private=True))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "2002:7f00:1::1", "64:ff9b::7f00:1",
        "169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "192.0.0.192", "100.100.100.200", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "0.0.0.0",
    ],
)  # fmt: skip
def test_this_machine_and_a_clouds_metadata_are_refused_where_private_hosts_are_allowed(address: str) -> None:
    assert not may_ask(address, Rules(private=True))


@pytest.mark.parametrize(
    "address", ["10.0.0.8", "fd00::1", "::ffff:10.0.0.8", "64:ff9b::a00:1", "93.184.215.14"]
)
def test_private_host_may_be_asked_where_the_installation_allows_it(address: str) -> None:
    assert may_ask(address, Rules(private=True))


def test_public_address_behind_a_translator_may_be_asked() -> None:
    for address in ("64:ff9b::5db8:d70e", "::ffff:93.184.215.14"):
        assert may_ask(address, PUBLIC)


def test_host_inside_the_network_is_refused_before_a_byte_is_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.05)
        network = Network(Rules(plain=True), sleep=lambda seconds: pytest.fail("asked again"))
        with pytest.raises(FeedFailed, match="inside a private network"):
            network.ask("GET", f"http://localhost:{inside.getsockname()[1]}/")
        with pytest.raises(TimeoutError):
            inside.accept()
        network.close()


def test_name_that_leads_inside_only_at_the_second_look_is_refused(
    server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, looks = socket.getaddrinfo, []

    def rebinding(host: str, port: Any, *args: Any, **kwargs: Any) -> Any:
        looks.append(host)
        if len(looks) == 1:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]
        return real("127.0.0.1", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    network = Network(Rules(plain=True))
    with pytest.raises(FeedFailed, match="inside a private network"):
        network.ask("GET", server.base.replace("127.0.0.1", "localhost"))
    assert server.asked == []
    network.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://sis.example.org", "ftp://sis.example.org", "file:///etc/passwd", "sis.example.org", "https://",
        "https://user:secret@sis.example.org", "https://h:99999999/", "https://[::1", "gopher://h", "",
    ],
)  # fmt: skip
def test_address_that_is_not_https_is_refused(url: str) -> None:
    with pytest.raises(FeedFailed):
        check_url(url, PUBLIC)


def test_plain_http_is_for_this_machine_and_development_alone() -> None:
    assert check_url("http://localhost:8000", Rules(plain=True))
    for url, rules in (("http://localhost:8000", PUBLIC), ("http://sis.example.org", Rules(plain=True))):
        with pytest.raises(FeedFailed, match="https"):
            check_url(url, rules)


@pytest.mark.parametrize("oauth1", ["", "HMAC-SHA256"])
def test_log_holds_neither_secret_nor_token_nor_answer(
    oauth1: str, server: ProviderServer, client_of: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        provider = client_of(server, oauth1=oauth1)
        provider.test()
        server.rules.tokens.add("kept")
        server.fault = lambda asked: Reply(500, b"body-of-an-answer")
        with pytest.raises(FeedFailed):
            provider.test()
    authorizations = [one.headers.get("Authorization", "none").split()[-1] for one in server.asked]
    for secret in (SECRET, "body-of-an-answer", "Bearer", "signature", *authorizations):
        assert secret not in caplog.text
    assert SECRET not in repr(provider._sign_in.__dict__)

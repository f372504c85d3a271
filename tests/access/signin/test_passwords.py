"""Passwords: hashing, limits, what is given away, links to set one, and when sessions end."""

import re
import time
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from alignment_dash.access.accounts import actions as accounts
from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.roles import Role
from alignment_dash.access.signin import actions, sessions
from alignment_dash.access.signin.links import LINKS
from alignment_dash.schoolyear import today
from tests import factories
from tests.waiting import two_at_once

pytestmark = pytest.mark.django_db
HOME = reverse("ui:home")
NEW = "quite another passphrase"
ARGON2 = "django.contrib.auth.hashers.Argon2PasswordHasher"
PBKDF2 = "django.contrib.auth.hashers.PBKDF2PasswordHasher"


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    """Hash quickly where it is not hashing that is looked at."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def someone() -> User:
    user = factories.user(role=Role.PRINCIPAL)
    user.set_password(factories.PASSWORD)
    user.save()
    return user


@pytest.fixture
def administrator() -> User:
    return factories.user(role=Role.DATA_ADMINISTRATOR)


def enter(client: Client, email: str, password: str = factories.PASSWORD, **how: Any) -> Any:
    return client.post(reverse("login"), {"login": email, "password": password}, **how)


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def said(answer: Any) -> str:
    """The page without what differs at each request."""
    return re.sub(r'value="[^"]*"', "", answer.content.decode())


def test_password_is_hashed_with_argon2_and_an_older_hash_becomes_one(settings, client, someone):
    settings.PASSWORD_HASHERS = [PBKDF2]
    someone.set_password(factories.PASSWORD)
    someone.save()
    settings.PASSWORD_HASHERS = [ARGON2, PBKDF2]
    other = Client()
    enter(client, someone.email)
    someone.refresh_from_db()
    assert someone.password.startswith("argon2$argon2id$")
    assert is_in(client)
    assert enter(other, someone.email.upper())["Location"] == HOME


def test_unknown_wrong_and_closed_are_one_answer_for_the_same_work(monkeypatch, client, someone):
    """One hash is worked out, whoever is asked about: that is the work that takes time."""
    hashed: list[int] = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k))
    without = factories.user(role=Role.HR)
    closed = factories.user(role=Role.HR)
    closed.set_password(factories.PASSWORD)
    closed.is_active = False
    closed.save()
    answers, work = set(), set()
    for email, password in (
        (someone.email, "not the password"),
        ("nobody@example.org", factories.PASSWORD),
        (without.email, factories.PASSWORD),
        (closed.email, factories.PASSWORD),
    ):
        hashed.clear()
        answers.add(said(enter(client, email, password)))
        work.add(len(hashed))
    assert len(answers) == 1
    assert work == {1}


def test_failures_close_an_account_for_a_while_known_or_not(client, someone):
    """Ten in a quarter of an hour; another address, port or spelling of the e-mail does not begin anew."""
    heard: list[int] = []
    listen = lambda **_: heard.append(1)  # noqa: E731
    user_login_failed.connect(listen)
    pages = []
    for email in (someone.email, "nobody@example.org"):
        for number in range(10):
            enter(
                client, f" {email.upper()}" if number % 2 else email, "wrong", REMOTE_ADDR=f"10.0.0.{number}"
            )
        answer = enter(client, email, REMOTE_ADDR="10.0.1.1", headers={"host": "testserver:81"})
        pages.append(said(answer))
        assert "Wait fifteen minutes" in pages[-1]
        assert not is_in(client)
    user_login_failed.disconnect(listen)
    assert pages[0] == pages[1]
    assert len(heard) == 20
    cache.clear()
    assert enter(client, someone.email)["Location"] == HOME


def test_failures_close_an_address_for_a_minute_and_success_does_not_count(settings, client, someone):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "5/m/ip,10/15m/key"}
    for number in range(5):
        answer = enter(client, f"guess{number}@example.org", REMOTE_ADDR="10.0.0.9")
        assert answer.status_code == 200
    assert "Wait" in said(enter(client, someone.email, REMOTE_ADDR="10.0.0.9"))
    for _ in range(6):
        assert enter(client, someone.email, REMOTE_ADDR="10.0.0.8")["Location"] == HOME
        client.logout()


def test_address_is_the_callers_and_not_the_proxys_nor_one_made_up(settings, client, someone):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "2/m/ip,10/15m/key"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}

    def guess(forwarded: str) -> str:
        return said(enter(client, "nobody@example.org", headers={"x-forwarded-for": forwarded}))

    assert "Wait" not in guess("10.0.0.1") + guess("10.0.0.2") + guess("10.0.0.3")
    assert "Wait" not in guess("10.9.9.1, 10.0.0.1")
    assert "Wait" in guess("10.9.9.2, 10.0.0.1")


def test_flood_of_sign_ins_gets_a_plain_page(settings, client, someone):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "2/m/ip"}
    for _ in range(2):
        enter(client, "nobody@example.org")
    answer = enter(client, someone.email)
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()


def test_session_key_is_new_after_signing_in(client, someone):
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    enter(client, someone.email)
    assert client.session.session_key != planted
    other = Client()
    other.cookies["sessionid"] = planted
    assert not is_in(other)


def test_link_sets_a_password_once(client, someone, administrator):
    enter(client, someone.email)
    path = actions.set_password_link(user=someone, by=administrator)
    visitor = Client()
    answer = visitor.get(path)
    assert answer["Location"] == reverse("password-set")
    page = visitor.get(reverse("password-set")).content.decode()
    assert someone.email in page
    sent = {"new_password1": NEW, "new_password2": NEW}
    short = visitor.post(reverse("password-set"), {"new_password1": "short", "new_password2": "short"})
    assert short.status_code == 400
    assert visitor.post(reverse("password-set"), sent)["Location"] == reverse("login")
    assert not is_in(client)
    assert not is_in(visitor)
    assert enter(visitor, someone.email, NEW)["Location"] == HOME
    again = Client()
    again.get(path)
    answer = again.post(reverse("password-set"), sent)
    assert answer.status_code == 404
    assert "no longer holds" in answer.content.decode()
    acts = AuditEvent.objects.filter(act__startswith="user.password").order_by("pk")
    assert list(acts.values_list("act", "by_id")) == [
        ("user.password-link", administrator.pk),
        ("user.password", someone.pk),
    ]


@pytest.mark.parametrize(
    "why", ["late", "of another", "made up", "closed", "signed in since", "ended", "made anew"]
)
def test_link_is_void(settings, client, someone, administrator, why):
    path = actions.set_password_link(user=someone, by=administrator)
    if why == "late":
        settings.PASSWORD_RESET_TIMEOUT = -1
    elif why == "of another":
        path = path.replace(someone.uid.hex, administrator.uid.hex)
    elif why == "made up":
        path = f"{reverse('password-set')}?link=x-y"
    elif why == "closed":
        User.objects.filter(pk=someone.pk).update(suspended_by_roster=True)
    elif why == "signed in since":
        enter(Client(), someone.email)
    elif why == "made anew":
        anew = actions.set_password_link(user=someone, by=administrator)
        assert Client().get(anew, follow=True).status_code == 200
    else:
        actions.end_sessions(user=someone, by=administrator, why="roles ended")
    assert client.get(path, follow=True).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_link_that_is_used_twice_at_once_sets_one_password(someone):
    link = LINKS.make(someone)
    assert two_at_once(lambda: actions.use_link(link=link, password=NEW)) == (True, False)
    assert AuditEvent.objects.filter(act="user.password").count() == 1


def test_next_leads_to_no_other_host(settings, client, someone):
    settings.ALLOWED_HOSTS = ["testserver", "localhost", ".example.org"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example"]
    out, sign_in = reverse("logout"), reverse("login")
    for url, secure in (
        ("http://localhost/x", False),
        ("https://other.example.org/x", False),
        ("//localhost/x", False),
        ("https://trusted.example/x", False),
        ("http://testserver/x", True),
        ("https://testserver:81/x", True),
    ):
        how = {"secure": secure}
        sent = {"login": someone.email, "password": factories.PASSWORD, "next": url}
        assert client.post(sign_in, sent, **how)["Location"] == HOME, url
        assert client.get(sign_in, {"next": url}, **how)["Location"] == HOME, url
        assert client.post(out, {"next": url}, **how)["Location"] == sign_in, url
    sent = {"login": someone.email, "password": factories.PASSWORD, "next": "/runs/?a=1"}
    assert client.post(sign_in, sent)["Location"] == "/runs/?a=1"
    assert client.get(sign_in, {"next": "http://testserver/runs/"})["Location"] == "http://testserver/runs/"


def test_changing_the_password_signs_out_everywhere_else(client, someone):
    elsewhere = Client()
    for one in (client, elsewhere):
        enter(one, someone.email)
    sent = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    assert client.post(reverse("account_change_password"), sent).status_code == 400
    key = client.session.session_key
    sent["old_password"] = factories.PASSWORD
    assert client.post(reverse("account_change_password"), sent)["Location"] == HOME
    assert is_in(client)
    assert client.session.session_key != key
    assert not is_in(elsewhere)
    assert enter(elsewhere, someone.email, NEW)["Location"] == HOME


def test_guessing_the_old_password_is_limited(client, someone):
    client.force_login(someone)
    sent = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    answers = [client.post(reverse("account_change_password"), sent).status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]


def test_account_without_a_password_is_told_where_it_is_changed(client, someone):
    someone.set_unusable_password()
    someone.save()
    client.force_login(someone)
    assert "has no password here" in client.get(reverse("account_change_password")).content.decode()


def test_ending_sessions_signs_out_everywhere(client, someone, administrator):
    elsewhere = Client()
    for one in (client, elsewhere):
        enter(one, someone.email)
    actions.end_sessions(user=someone, by=administrator, why="roles ended")
    assert not is_in(client)
    assert not is_in(elsewhere)
    assert enter(client, someone.email)["Location"] == HOME
    assert is_in(client)


def test_ended_role_signs_out_and_closed_account_stays_so_when_it_is_opened_again(
    client, someone, administrator
):
    enter(client, someone.email)
    accounts.change_end(grant=someone.role_grants.get(), end=today(), by=administrator)
    assert not is_in(client)
    enter(client, someone.email)
    assert is_in(client)
    accounts.deactivate(user=someone, by=administrator)
    assert not is_in(client)
    client = Client()
    accounts.reactivate(user=someone, by=administrator)
    enter(client, someone.email)
    kept = client.cookies["sessionid"].value
    accounts.deactivate(user=someone, by=administrator)
    accounts.reactivate(user=someone, by=administrator)
    client.cookies["sessionid"] = kept
    assert not is_in(client)


@pytest.mark.parametrize(
    ("began", "seen", "told"),
    [
        (0, 0, None),
        (60 * 60 * 11, 60 * 60 * 2 - 30, None),
        (60 * 60 * 11, 60 * 60 * 2, "away"),
        (60 * 60 * 12, 0, "end of the day"),
        (None, None, "end of the day"),
    ],
)
def test_session_ends_after_so_long(client, someone, began, seen, told):
    """began, seen: how many seconds ago."""
    enter(client, someone.email)
    session = client.session
    now = int(time.time())
    for name, ago in ((sessions.BEGAN, began), (sessions.SEEN, seen)):
        if ago is None:
            del session[name]
        else:
            session[name] = now - ago
    session.save()
    assert is_in(client) == (told is None)
    if told:
        assert told in client.get(reverse("login")).content.decode()
    else:
        assert client.session[sessions.SEEN] >= now - sessions.NOTED_EVERY


def test_session_limits_cost_no_query(client, someone, django_assert_num_queries):
    enter(client, someone.email)
    client.get(reverse("account_change_password"))
    with django_assert_num_queries(0):
        Client().get(reverse("login"))

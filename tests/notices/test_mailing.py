"""Mail over a real socket: once, to those who may know, as they chose, and with nothing lost."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alignment_dash.access.models import RoleGrant
from alignment_dash.access.roles import Role
from alignment_dash.notices import actions
from alignment_dash.notices.mailing import outbox, rounds
from alignment_dash.notices.models import Mail, MailState, Notice
from alignment_dash.notices.registry import Told
from tests import factories
from tests.notices.conftest import BASE, PATIENCE, SENDER, free_port

MONDAY = date(2026, 11, 23)
LATER = timedelta(hours=2)


class Died(BaseException):
    """A worker that is killed runs no handler."""


def settle(kind, *told: tuple[str, object], key: str = "", path: str = "/caseloads/", **more) -> None:
    actions.settle(kind=kind, told=[Told(user.pk, key, text, path, **more) for text, user in told])


def in_a_while() -> None:
    """Let what waits be due, and what a worker has be long with it."""
    Mail.objects.update(next_at=timezone.now() - LATER)
    Mail.objects.filter(state=MailState.SENDING).update(begun_at=timezone.now() - LATER)


@pytest.fixture
def cabinet(db):
    return factories.user(role=Role.CABINET)


def test_urgent_notice_goes_at_once_as_text_and_html_with_absolute_links_and_once(post, kinds, cabinet):
    settle(kinds["grave"], ("Peña <has> lost someone.", cabinet), urgent=True)
    settle(kinds["grave"], ("Peña <has> lost someone.", cabinet), urgent=True)
    assert rounds.send_due() == {"sent": 1}
    assert rounds.send_due() == {}
    (message,) = post.to(cabinet.email)
    assert (message["To"], message["From"]) == (cabinet.email, f"Capacity <{SENDER}>")
    assert message["List-Unsubscribe"] == f"<{BASE}/notices/preferences/>"
    assert "1 new notice" in message["Subject"]
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    assert "- Peña <has> lost someone." in text
    assert f"{BASE}/caseloads/" in text
    assert f'<a href="{BASE}/caseloads/">Peña &lt;has&gt; lost someone.</a>' in page
    assert f"{BASE}/notices/preferences/" in page
    assert "<img" not in page
    assert post.raw[0].isascii()
    assert cabinet.name not in message.as_string()
    assert Notice.objects.get().mailed_at is not None


def test_weekly_mail_goes_once_a_week_with_what_is_new_and_not_at_all_with_nothing(post, kinds, cabinet):
    reader, other = factories.user(role=Role.BOARD), factories.user(role=Role.BOARD)
    settle(kinds["plain"], ("Three things wait.", reader), ("Read already.", other))
    actions.mark_read(by=other)
    assert rounds.send_due() == {}
    outbox.put_out_weekly(MONDAY)
    outbox.put_out_weekly(MONDAY + timedelta(days=2))
    rounds.send_due()
    assert [to for to, _message in post.got] == [reader.email]
    assert "Three things wait." in post.got[0][1].get_body(("plain",)).get_content()
    outbox.put_out_weekly(MONDAY + timedelta(days=7))  # it is still so, and was told
    assert rounds.send_due() == {}
    assert len(post.got) == 1


def test_preferences_decide_also_of_what_is_urgent(post, kinds, cabinet):
    weekly, pages = factories.user(role=Role.CABINET), factories.user(role=Role.CABINET)
    actions.choose(by=weekly, deliveries={"grave": "weekly"})
    actions.choose(by=pages, deliveries={"grave": "pages", "plain": "at-once"})
    settle(kinds["grave"], *(("Grave.", user) for user in (cabinet, weekly, pages)), urgent=True)
    settle(kinds["plain"], ("Plain.", pages))
    rounds.send_due()
    assert {to for to, _message in post.got} == {cabinet.email, pages.email}
    assert "Grave" not in post.to(pages.email)[0].as_string()
    outbox.put_out_weekly(MONDAY)
    rounds.send_due()
    assert len(post.to(weekly.email)) == 1
    assert len(post.got) == 3
    assert Notice.objects.filter(user=pages, kind="grave", ended_at=None).exists()
    with pytest.raises(ValueError, match="none"):
        actions.choose(by=pages, deliveries={"grave": "none"})


def test_who_may_not_know_any_more_and_what_is_no_longer_so_gets_no_mail(post, kinds, cabinet):
    gone, closed, suspended, late = (factories.user(role=Role.CABINET) for _n in range(4))
    users = [cabinet, gone, closed, suspended]
    settle(kinds["grave"], *(("Grave.", user) for user in users), urgent=True)
    settle(kinds["grave"], *(("Grave.", user) for user in users), urgent=True, key="")
    RoleGrant.objects.filter(user=gone).delete()
    for user, closing in ((closed, {"is_active": False}), (suspended, {"suspended_by_roster": True})):
        type(user).objects.filter(pk=user.pk).update(**closing)
    rounds.send_due()
    assert [to for to, _message in post.got] == [cabinet.email]
    settle(kinds["grave"], ("Soon over.", late), urgent=True)
    settle(kinds["grave"])  # over
    rounds.send_due()
    assert post.to(late.email) == []
    assert not Notice.objects.filter(ended_at=None).exists()


def test_one_refused_address_stops_nobody_and_is_seen(post, kinds, cabinet, client):
    refused, delayed, broken = (factories.user(role=Role.CABINET) for _n in range(3))
    broken.email = "a b\r\nbcc: all@district.example"
    broken.save()
    post.refuses, post.later = {refused.email}, {delayed.email}
    settle(kinds["grave"], *(("Grave.", user) for user in (refused, broken, delayed, cabinet)), urgent=True)
    assert rounds.send_due() == {"sent": 1, "Refused": 2, "Later": 1}
    assert [to for to, _message in post.got] == [cabinet.email]
    client.force_login(cabinet)
    page = client.get("/notices/mail/").content.decode()
    assert "refuses the mail (550)" in page
    assert "cannot be written to" in page
    assert refused.email not in page
    post.later = set()
    in_a_while()
    assert rounds.send_due() == {"sent": 1}
    assert len(post.to(delayed.email)) == 1
    assert Notice.objects.filter(user=refused, ended_at=None, mailed_at=None).exists()


def test_server_that_is_down_loses_nothing(post, kinds, cabinet, settings, client):
    other = factories.user(role=Role.CABINET)
    settings.EMAIL_PORT = free_port()
    settle(kinds["grave"], ("Grave.", cabinet), ("Grave.", other), urgent=True)
    assert rounds.send_due() == {"Unreachable": 1}  # and the others are not tried in vain
    client.force_login(cabinet)
    assert "2 mails wait" in client.get("/notices/mail/").content.decode()
    settings.EMAIL_PORT = post.port
    in_a_while()
    assert rounds.send_due() == {"sent": 2}
    assert sorted(to for to, _message in post.got) == sorted([cabinet.email, other.email])


@pytest.mark.slow
def test_server_that_hangs_before_the_text_is_asked_again_and_after_it_never(post, kinds, cabinet, settings):
    settings.EMAIL_TIMEOUT, post.mute = 0.5, True
    settle(kinds["grave"], ("Grave.", cabinet), urgent=True)
    assert rounds.send_due() == {"Unreachable": 1}
    # Longer: here all before the text must be answered, on a busy machine too.
    settings.EMAIL_TIMEOUT, post.mute, post.silent = 5, False, {cabinet.email}
    in_a_while()
    assert rounds.send_due() == {"Unsure": 1}
    settings.EMAIL_TIMEOUT, post.silent = PATIENCE, set()
    in_a_while()
    assert rounds.send_due() == {}
    assert len(post.to(cabinet.email)) == 1
    # What it said is not lost: the weekly mail tells of it.
    outbox.put_out_weekly(MONDAY)
    assert rounds.send_due() == {"sent": 1}


def test_server_without_the_encryption_asked_for_gets_nothing(post, kinds, cabinet, settings):
    settings.EMAIL_SECURITY, settings.EMAIL_HOST_USER = "starttls", "us"
    settle(kinds["grave"], ("Grave.", cabinet), urgent=True)
    assert rounds.send_due() == {"Unreachable": 1}
    assert "check EMAIL_TLS" in Mail.objects.get().problem
    settings.EMAIL_SECURITY = "none"
    in_a_while()
    assert rounds.send_due() == {"Unreachable": 1}
    assert post.got == []
    assert Mail.objects.get().state == MailState.WAITING
    assert Notice.objects.get().mailed_at is None


def test_mail_goes_out_sealed_to_a_server_that_asks_for_it_and_to_no_other(
    safe_post, certificate, kinds, cabinet, settings, monkeypatch, client
):
    settle(kinds["grave"], ("Grave.", cabinet), urgent=True)

    def problem(**changed) -> str:
        """What stands on the mail that could not be sent, once these settings are changed."""
        for name, value in changed.items():
            setattr(settings, name, value)
        in_a_while()
        assert rounds.send_due() == {"Unreachable": 1}
        return Mail.objects.get().problem

    # Nobody vouches for the certificate; then it is for another host; then the server is spoken to in the open.
    assert "check EMAIL_TLS and its certificate" in problem()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert "check EMAIL_TLS and its certificate" in problem(EMAIL_HOST="localhost")
    assert "EMAIL_TLS" in problem(EMAIL_HOST="127.0.0.1", EMAIL_SECURITY="none", EMAIL_HOST_USER="")
    wrong = {"EMAIL_SECURITY": "starttls", "EMAIL_HOST_USER": "us", "EMAIL_HOST_PASSWORD": "a bad word"}
    assert "refuses the sign-in" in problem(**wrong)
    assert safe_post.got == []
    assert Notice.objects.get().mailed_at is None
    client.force_login(cabinet)
    assert "1 mail waits" in client.get("/notices/mail/").content.decode()
    settings.EMAIL_HOST_PASSWORD = "a good word"
    in_a_while()
    assert rounds.send_due() == {"sent": 1}
    assert (safe_post.sealed, safe_post.signed_in[-1]) == ([True], (b"us", b"a good word"))
    assert [to for to, _message in safe_post.got] == [cabinet.email]
    assert Notice.objects.get().mailed_at is not None


def test_mail_is_given_up_after_three_days_and_told_of_on_monday(post, kinds, cabinet):
    post.later = {cabinet.email}
    settle(kinds["grave"], ("Grave.", cabinet), urgent=True)
    assert rounds.send_due() == {"Later": 1}
    in_a_while()
    Mail.objects.update(made_at=timezone.now() - timedelta(days=4))
    assert rounds.send_due() == {"Later": 1}
    assert Mail.objects.get().state == MailState.REFUSED
    post.later = set()
    outbox.put_out_weekly(MONDAY)
    assert rounds.send_due() == {"sent": 1}


def test_worker_that_dies_sends_nothing_twice_and_loses_nothing(post, kinds, cabinet, monkeypatch):
    def die(*_arguments):
        raise Died

    settle(kinds["grave"], ("Grave.", cabinet), urgent=True)
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "hand_over", die)
        with pytest.raises(Died):
            rounds.send_due()
    assert post.got == []
    in_a_while()
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "is_sent", die)
        rounds.send_due()  # takes up what the first left: puts it back
        in_a_while()
        with pytest.raises(Died):
            rounds.send_due()
    assert len(post.to(cabinet.email)) == 1
    in_a_while()
    rounds.send_due()
    assert len(post.to(cabinet.email)) == 1
    assert Mail.objects.get().state == MailState.UNSURE


def test_text_and_names_cannot_add_headers_or_end_the_mail(post, kinds, cabinet):
    from schools.models import District

    District.objects.create(pk=1, name="Cedar\r\nBcc: all@district.example")
    text = "One\r\n.\r\nMAIL FROM:<x@y.example>\nSubject: Two"
    settle(kinds["grave"], (text, cabinet), urgent=True, path="//elsewhere.example/")
    rounds.send_due()
    (message,) = post.to(cabinet.email)
    assert message["Bcc"] is None
    assert "Cedar Bcc: all@district.example" in message["Subject"]
    body = message.get_body(("plain",)).get_content()
    assert "MAIL FROM:<x@y.example>" in body
    assert "elsewhere" not in body


def test_without_a_mail_server_notices_stay_on_the_pages(kinds, cabinet, client, settings):
    assert settings.EMAIL_HOST == ""
    settle(kinds["grave"], ("Grave.", cabinet), urgent=True)
    assert (outbox.put_out_weekly(MONDAY), rounds.send_due(), Mail.objects.count()) == (0, {}, 0)
    client.force_login(cabinet)
    assert "sends no mail" in client.get("/notices/preferences/").content.decode()
    assert "Grave." in client.get("/notices/").content.decode()
    assert "No mail server is set up" in client.get("/notices/mail/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(post, kinds):
    users = [factories.user(role=Role.CABINET) for _n in range(12)]
    settle(kinds["grave"], *(("Grave.", user) for user in users), urgent=True)
    failed = []

    def work() -> None:
        try:
            rounds.send_due()
        except Exception as error:  # seen by the test
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert sorted(to for to, _message in post.got) == sorted(user.email for user in users)

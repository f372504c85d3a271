"""Sign-ins, failed ones and sign-outs stand in the audit, and nothing that was typed does."""

import pytest
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.access.trace.signs import digest_of
from tests import factories

pytestmark = pytest.mark.django_db


def test_sign_in_and_sign_out_are_recorded_under_the_name(district, client):
    user = district.users[Role.TEACHER]
    user.set_password(factories.PASSWORD)
    user.save()
    client.post(reverse("login"), {"login": user.email, "password": factories.PASSWORD})
    client.post(reverse("logout"))
    events = AuditEvent.objects.filter(target_id=str(user.uid)).order_by("pk")
    assert [(event.act, event.by_id) for event in events] == [("sign-in", user.pk), ("sign-out", user.pk)]
    assert events[0].detail == {"ways": ["password"]}


def test_failed_sign_in_keeps_neither_password_nor_unknown_address(district, client):
    known, typed = district.users[Role.TEACHER], "my-secret-passphrase@example.org"
    client.post(reverse("login"), {"login": known.email, "password": "not the password at all"})
    client.post(reverse("login"), {"login": typed, "password": "not the password at all"})
    about_known, about_nobody = AuditEvent.objects.filter(act="sign-in.failed").order_by("pk")
    assert (about_known.target_id, about_known.by_id) == (str(known.uid), None)
    assert about_nobody.target_id == digest_of(typed.upper())
    kept = repr(list(AuditEvent.objects.values()))
    assert [one for one in (typed, "not the password", known.email) if one in kept] == []


def test_digest_depends_on_the_key(settings):
    before = digest_of("someone@example.org")
    settings.SECRET_KEY = "another"
    assert digest_of("someone@example.org") != before

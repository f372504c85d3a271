"""The second factor: setting one up, signing in with it, who must have one, and losing it."""

import base64
import hmac
import json
import re
import struct
from collections.abc import Callable
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access import sealing
from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.roles import Role
from alignment_dash.access.second_factor import codes, forms, rule
from alignment_dash.access.second_factor.actions import remove_second_factor
from alignment_dash.access.second_factor.queries import second_factors_of
from alignment_dash.access.signin.actions import set_password_link
from tests import factories, identity
from tests.waiting import two_at_once

ROLES = ["data-administrator", "cabinet", "hr", "ci-administrator"]


# The middle of a time step, where the clock of codes stands still.
NOW = 1_800_000_015


@pytest.fixture(autouse=True)
def _rule(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECOND_FACTOR_ROLES = ROLES
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: float(NOW)))


@pytest.fixture
def person(user_in: Callable[[Role], User]) -> Callable[[Role], User]:
    """Return the user of a role, who has a password now."""

    def with_password(role: Role) -> User:
        user = user_in(role)
        user.set_password(factories.PASSWORD)
        user.save()
        return user

    return with_password


def oracle(secret: str, at: float, digits: int = 6) -> str:
    """RFC 6238 in its own words, apart from the code under test."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), "sha1")
    start = mac[-1] & 15
    return str((struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF) % 10**digits).zfill(digits)


def enter(user: User) -> Client:
    """Return a client after the password was given."""
    client = Client()
    client.post(reverse("login"), {"login": user.email, "password": factories.PASSWORD})
    return client


def give_code(client: Client, code: str) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set up an app as a person does; return its secret and the recovery codes shown. The app's clock is late."""
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200, page
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)[1].replace(" ", "")
    assert "data:image/svg+xml;base64," in page.text
    done = client.post(reverse("mfa_activate_totp"), {"code": oracle(secret, NOW - 30)})
    assert done["Location"] == reverse("mfa_view_recovery_codes"), done
    shown = re.findall(r"<code>(\d{4} \d{4})</code>", client.get(done["Location"]).text)
    return secret, shown


@pytest.fixture
def hr(person: Callable[[Role], User]) -> tuple[User, str, list[str]]:
    """Someone who has set up an app: the user, the secret, the recovery codes."""
    user = person(Role.HR)
    return user, *set_up(enter(user))


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_codes_are_those_of_rfc_6238(at, code, settings):
    secret = base64.b32encode(b"12345678901234567890").decode()
    settings.MFA_TOTP_DIGITS = 8
    assert str(totp.hotp_value(secret, at // 30)).zfill(8) == code == oracle(secret, at, digits=8)


def test_code_is_asked_for_after_the_password_and_opens_once(hr):
    user, secret, _recovery = hr
    client = enter(user)
    assert client.get(reverse("ui:home")).status_code == 302
    assert "does not open" not in client.get(reverse("mfa_authenticate")).text
    wrong = give_code(client, "000000" if oracle(secret, NOW) != "000000" else "111111")
    assert "That is not right" in wrong.text
    assert AuditEvent.objects.filter(act="second-factor.refused", target_id=str(user.uid)).exists()
    right = give_code(client, oracle(secret, NOW))
    assert right["Location"] == reverse("ui:home")
    assert client.get(reverse("ui:home")).status_code == 200
    # Read over the shoulder, and the cache was emptied meanwhile.
    cache.clear()
    again = enter(user)
    assert "That is not right" in give_code(again, oracle(secret, NOW)).text
    # The code before the one that was used is used up too; the next one is not.
    assert "That is not right" in give_code(again, oracle(secret, NOW - 30)).text
    assert give_code(again, oracle(secret, NOW + 30)).status_code == 302


def test_code_that_set_up_the_app_does_not_sign_in(person):
    user = person(Role.HR)
    secret, _ = set_up(enter(user))
    assert "That is not right" in give_code(enter(user), oracle(secret, NOW - 30)).text


def test_codes_cannot_be_tried_forever(hr):
    user, secret, recovery = hr
    client = enter(user)
    for _ in range(5):
        give_code(client, "000000")
    # Another browser is no way around, and a right code waits too.
    other = enter(user)
    assert "Too many" in give_code(other, oracle(secret, NOW)).text
    assert "Too many" in give_code(other, recovery[0]).text
    assert other.get(reverse("ui:home")).status_code == 302


def test_recovery_code_opens_once_and_is_shown_once(hr):
    user, _secret, recovery = hr
    assert len(set(recovery)) == 10
    client = enter(user)
    assert give_code(client, recovery[3]).status_code == 302
    assert client.get(reverse("ui:home")).status_code == 200
    assert AuditEvent.objects.filter(act="second-factor.recovery-code", target_id=str(user.uid)).count() == 1
    assert "That is not right" in give_code(enter(user), recovery[3]).text
    confirm(client, user)
    page = client.get(reverse("mfa_view_recovery_codes")).text
    assert not any(code in page for code in recovery)
    assert second_factors_of(user)[-1].left == 9
    client.post(reverse("mfa_generate_recovery_codes"))
    assert "That is not right" in give_code(enter(user), recovery[4]).text


def confirm(client: Client, user: User) -> None:
    """Give the password again, as is asked before a change."""
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})


def test_change_is_confirmed_first(person):
    user = person(Role.TEACHER)
    client = enter(user)
    set_up(client)
    other = Client()
    other.force_login(user)
    for name in ("mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert reverse("account_reauthenticate") in other.post(reverse(name))["Location"], name
    assert other.get(reverse("mfa_view_recovery_codes"))["Location"].startswith(
        reverse("account_reauthenticate")
    )
    confirm(other, user)
    assert other.post(reverse("mfa_deactivate_totp"))["Location"] == reverse("mfa_index")
    # The recovery codes go with it, and the password alone opens again.
    assert second_factors_of(user) == []
    assert enter(user).get(reverse("ui:home")).status_code == 200


def test_role_that_needs_one_reaches_nothing_before_it_is_set_up(person):
    user = person(Role.DATA_ADMINISTRATOR)
    client = enter(user)
    setup = reverse("mfa_index")
    for name in ("ui:home", "schools:roster-import-list", "api-docs", "runs:run-list"):
        assert client.get(reverse(name))["Location"] == setup, name
    assert client.post(reverse("schools:roster-import-list"))["Location"] == setup
    assert client.get(reverse("ui:home"), headers={"HX-Request": "true"})["HX-Redirect"] == setup
    for name in ("api-roster-import-list", "api-run-list", "api-schema"):
        assert client.get(reverse(name)).status_code == 401, name
    page = client.get(setup).text
    assert "a password alone is not enough" in page
    assert reverse("schools:roster-import-list") not in page
    set_up(client)
    assert client.get(reverse("schools:roster-import-list")).status_code == 200
    assert client.get(reverse("api-run-list")).status_code == 200


def test_role_that_is_given_later_asks_for_one_from_then_on(person, district):
    user = person(Role.TEACHER)
    client = enter(user)
    assert client.get(reverse("ui:home")).status_code == 200
    user.role_grants.update(role=Role.HR, org_id=None)
    assert client.get(reverse("ui:home"))["Location"] == reverse("mfa_index")


def test_role_that_needs_none_and_a_setting_without_roles_ask_for_nothing(person, settings):
    assert enter(person(Role.PRINCIPAL)).get(reverse("ui:home")).status_code == 200
    settings.SECOND_FACTOR_ROLES = []
    assert enter(person(Role.DATA_ADMINISTRATOR)).get(reverse("ui:home")).status_code == 200


def test_last_second_factor_of_a_role_that_needs_one_stays(person):
    user = person(Role.CABINET)
    client = enter(user)
    set_up(client)
    confirm(client, user)
    page = client.get(reverse("mfa_deactivate_totp")).text
    assert "Your role needs a second factor" in page
    client.post(reverse("mfa_deactivate_totp"))
    assert [one.kind for one in second_factors_of(user)] == ["totp", "recovery_codes"]
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})
    client.post(reverse("mfa_deactivate_totp"))
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert [one.kind for one in second_factors_of(user)] == ["webauthn", "recovery_codes"]


def from_provider(client: Client, user: User) -> Any:
    """Sign in through an OpenID provider; return what the product answers in the end."""
    there = client.get(reverse("openid_connect_login", args=["google"]))["Location"]
    known = {"sub": "1", "email": user.email, "email_verified": True, **identity.DISTRICT}
    return client.get(identity.at_the_provider(there, known))


def test_session_from_an_identity_provider_is_exempt(person, settings):
    user = person(Role.DATA_ADMINISTRATOR)
    with identity.running() as issuer:
        settings.SOCIALACCOUNT_PROVIDERS = identity.providers(identity.app(issuer))
        client = Client()
        from_provider(client, user)
        assert client.get(reverse("schools:roster-import-list")).status_code == 200
        # The same person with the password is not.
        here = enter(user)
        assert here.get(reverse("ui:home"))["Location"] == reverse("mfa_index")
        # Nor is what a password began and a provider went on with, in the same browser.
        set_up(here)
        half = enter(user)
        assert from_provider(half, user)["Location"] == reverse("mfa_authenticate")
        assert half.get(reverse("ui:home")).status_code == 302


def test_account_that_only_a_provider_opens_sets_up_nothing_here(user_in, client):
    user = user_in(Role.DATA_ADMINISTRATOR)
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert "identity provider" in client.get(reverse("mfa_index")).text
    assert client.get(reverse("mfa_activate_totp")).status_code == 404
    assert client.post(reverse("mfa_add_webauthn"), {"credential": "{}"}).status_code == 404


def test_administrator_takes_away_anothers_second_factor_but_not_their_own(hr, user_in):
    user, _secret, recovery = hr
    signed_in = enter(user)
    give_code(signed_in, recovery[0])
    administrator = user_in(Role.DATA_ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        remove_second_factor(user=administrator, by=administrator)
    assert remove_second_factor(user=user, by=administrator) == 2
    event = AuditEvent.objects.get(act="second-factor.remove")
    assert (event.by_id, event.target_id) == (administrator.pk, str(user.uid))
    assert event.detail["kinds"] == ["recovery_codes", "totp"]
    assert second_factors_of(user) == []
    # Whoever holds the phone is out, and the next sign-in sets up a new one.
    assert signed_in.get(reverse("ui:home"))["Location"].startswith(reverse("login"))
    assert enter(user).get(reverse("ui:home"))["Location"] == reverse("mfa_index")
    assert remove_second_factor(user=user, by=administrator) == 0
    # On the server, where no administrator is left who could.
    set_up(enter(user))
    call_command("remove_second_factor", user.email.upper(), stdout=StringIO())
    assert second_factors_of(user) == []
    assert AuditEvent.objects.filter(act="second-factor.remove", by_id=None).count() == 1


def test_no_administrator_alone_makes_a_link_and_removes_the_second_factor(hr, user_in):
    user, secret, _recovery = hr
    first = user_in(Role.DATA_ADMINISTRATOR)
    second = factories.user(role=Role.DATA_ADMINISTRATOR)
    client = Client()
    client.force_login(first)
    page = {"uid": user.uid}
    make, remove = (
        reverse(f"accounts:{name}", kwargs=page) for name in ("password-link", "second-factor-remove")
    )

    def said(path: str) -> str:
        return client.post(path, follow=True).text

    assert "/password/set?link=" in said(make)
    assert "another data administrator removes" in said(remove)
    # A passkey does not show that the password is still the person's own; the password does.
    AuditEvent.objects.create(act="sign-in", target_id=str(user.uid), by_id=user.pk, detail={"ways": ["mfa"]})
    assert "another data administrator removes" in said(remove)
    give_code(enter(user), oracle(secret, NOW))
    assert "were removed" in said(remove)
    assert "another data administrator makes" in said(make)
    back = enter(user)
    assert "another data administrator makes" in said(make)  # no second factor stands in the way yet
    set_up(back)
    assert "/password/set?link=" in said(make)
    assert remove_second_factor(user=user, by=second) == 2
    assert set_password_link(user=user, by=first)
    # Who holds no such role needs no second administrator.
    teacher = user_in(Role.TEACHER)
    Authenticator.objects.create(user=teacher, type=Authenticator.Type.TOTP, data={})
    assert set_password_link(user=teacher, by=first)
    assert remove_second_factor(user=teacher, by=first) == 1


def test_secrets_are_sealed_wherever_they_are_kept(person, settings, caplog):
    user = person(Role.HR)
    client = enter(user)
    page = client.get(reverse("mfa_activate_totp")).text
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert secret not in json.dumps(dict(client.session.items()))
    client.post(reverse("mfa_activate_totp"), {"code": oracle(secret, NOW)})
    kept = {one.type: one.data for one in Authenticator.objects.filter(user=user)}
    assert secret not in json.dumps(kept)
    # Fernet, whose tokens begin so.
    assert kept["totp"]["secret"].startswith("gAAAA")
    assert kept["recovery_codes"]["seed"].startswith("gAAAA")
    assert secret not in caplog.text
    # With the key gone nobody gets in, and nothing breaks.
    settings.SECRET_KEY = "another"
    assert "That is not right" in give_code(enter(user), oracle(secret, NOW + 30)).text


MADE_UP = [
    "", "x", "[]", "[" * 5000, "{}", '{"rawId": 1}', '{"rawId": "AA", "response": []}',
    ('{"rawId": "AA", "type": "public-key", "response": {"userHandle": "MQ", "clientDataJSON": "AA",'
    ' "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA"}}'),
    '{"rawId": "é", "response": {"userHandle": "\\ud800"}}',
]  # fmt: skip


def test_passkey_that_is_made_up_opens_nothing_and_breaks_nothing(person):
    user = person(Role.TEACHER)
    nobody, client = Client(), enter(user)
    for credential in MADE_UP:
        asked = nobody.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"}).json()
        asked = asked["request_options"]["publicKey"]
        assert (asked["userVerification"], asked["allowCredentials"]) == ("required", [])
        answer = nobody.post(reverse("mfa_login_webauthn"), {"credential": credential})
        assert answer["Location"] == reverse("login")
        client.get(reverse("mfa_add_webauthn"))
        assert client.post(reverse("mfa_add_webauthn"), {"credential": credential}).status_code == 200
    assert nobody.get(reverse("ui:home")).status_code == 302
    assert second_factors_of(user) == []


def test_second_factors_of_others_are_closed(person):
    owner, other = person(Role.HR), person(Role.TEACHER)
    key = Authenticator.objects.create(user=owner, type="webauthn", data={"name": "Key", "credential": {}})
    client = enter(other)
    confirm(client, other)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 404
        assert client.post(reverse(name, args=[key.pk]), {"name": "Mine"}).status_code == 404
    assert [one.name for one in second_factors_of(owner)] == ["Key"]


def test_account_that_is_closed_between_password_and_code_stays_out(hr):
    user, _secret, recovery = hr
    client = enter(user)
    signed_in = AuditEvent.objects.filter(act="sign-in", target_id=str(user.uid))
    before = signed_in.count()
    User.objects.filter(pk=user.pk).update(suspended_by_roster=True)
    assert give_code(client, recovery[0])["Location"] == reverse("login")
    assert signed_in.count() == before
    # What was begun then opens nothing later either.
    User.objects.filter(pk=user.pk).update(suspended_by_roster=False)
    assert client.get(reverse("ui:home")).status_code == 302


def test_passkey_alone_opens_only_accounts_with_a_sign_in_of_ours(person, monkeypatch):
    """The passkey itself holds; the authenticator is not what is looked at here."""
    user = person(Role.TEACHER)
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})
    monkeypatch.setattr(forms._AnswerForm, "clean_credential", lambda self: key)
    url, home = reverse("mfa_login_webauthn"), reverse("ui:home")

    def opens() -> bool:
        client = Client()
        key.refresh_from_db()
        client.post(url, {"credential": '{"rawId": "AA"}'})
        return client.get(home).status_code == 200

    assert opens()
    user.set_unusable_password()
    user.save()
    assert not opens()


@pytest.mark.django_db(transaction=True)
def test_code_that_is_given_twice_at_once_opens_once():
    secret = base64.b32encode(b"12345678901234567890").decode()
    sealed = {"secret": sealing.seal(secret, purpose="second factor")}
    app = Authenticator.objects.create(user=factories.user(role=Role.HR), type="totp", data=sealed)
    assert two_at_once(lambda: codes.accept(app, oracle(secret, NOW))) == (True, False)


def test_session_remembers_the_second_factor_until_one_is_removed(hr):
    user, _secret, recovery = hr
    client = enter(user)
    give_code(client, recovery[0])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("ui:home"))
        return sum("mfa_authenticator" in one["sql"] for one in queries)

    assert [asked(), asked()] == [0, 0]
    # Removed elsewhere while no role of theirs needed one.
    user.role_grants.update(role=Role.TEACHER, org_id=None)
    client.get(reverse("ui:home"))
    held = list(Authenticator.objects.filter(user=user))
    Authenticator.objects.filter(user=user).delete()
    user.role_grants.update(role=Role.HR)
    assert client.get(reverse("ui:home"))["Location"] == reverse("mfa_index")
    # Removed here, beside another that goes later.
    Authenticator.objects.bulk_create(held)
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})
    assert [asked(), asked()] == [1, 0]
    confirm(client, user)
    assert client.post(reverse("mfa_remove_webauthn", args=[key.pk]))["Location"] == reverse("mfa_index")
    Authenticator.objects.filter(user=user).delete()
    assert client.get(reverse("ui:home"))["Location"] == reverse("mfa_index")


def test_setting_that_names_no_role_stops_the_start(settings):
    settings.SECOND_FACTOR_ROLES = ["hr", "data-administrater"]
    with pytest.raises(ImproperlyConfigured, match="data-administrater is no role"):
        rule.check_roles()


def test_step_after_the_last_used_is_the_first_that_counts():
    secret = base64.b32encode(b"12345678901234567890").decode()
    step = NOW // 30
    code = oracle(secret, step * 30)
    assert codes.matching_step(secret, code) == step
    assert codes.matching_step(secret, code, after=step) is None

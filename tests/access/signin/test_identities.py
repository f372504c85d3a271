"""Sign-in through an OpenID provider, against a certified one that runs beside the tests."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.signals import user_login_failed
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.urls import reverse

from alignment_dash.access import actions
from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.roles import Role
from tests import factories, identity
from tests.identity import at_the_provider

pytestmark = pytest.mark.django_db
HOME = reverse("ui:home")


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with identity.running() as found:
        yield found


@pytest.fixture
def someone(settings: Any, issuer: str) -> User:
    """Someone with an account, and a provider that may open it."""
    settings.SOCIALACCOUNT_PROVIDERS = identity.providers(identity.app(issuer))
    return factories.user(role=Role.PRINCIPAL)


def claims_of(user: User, **changed: Any) -> dict[str, Any]:
    """What the provider knows of `user`."""
    known = {"sub": f"subject-{user.pk}", "email": user.email, "email_verified": True, **identity.DISTRICT}
    return {name: value for name, value in (known | changed).items() if value is not None}


def start(client: Any, code: str = "google", query: str = "") -> str:
    """Begin at the product; return where it sends the browser."""
    answer = client.get(reverse("openid_connect_login", args=[code]) + query)
    assert answer.status_code == 302
    return answer["Location"]


def come_back(client: Any, claims: dict[str, Any], code: str = "google", query: str = "") -> Any:
    """Go there and back; return what the product answers then."""
    return client.get(at_the_provider(start(client, code, query), claims))


def with_query(url: str, **changed: str) -> str:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return urlunsplit(parts._replace(query=urlencode(query)))


def is_in(client: Any) -> bool:
    return client.get(HOME).status_code == 200


def test_person_signs_in_and_goes_where_they_wanted(client, someone):
    anonymous = client.get(reverse("login")).wsgi_request.session.session_key
    answer = come_back(client, claims_of(someone), query="?next=/runs/")
    assert answer["Location"] == "/runs/"
    assert is_in(client)
    assert client.session.session_key != anonymous
    assert client.session["_auth_user_id"] == str(someone.pk)
    linked = SocialAccount.objects.get(user=someone)
    assert linked.uid.endswith(f" subject-{someone.pk}")
    assert linked.extra_data == {}
    assert list(AuditEvent.objects.filter(act="user.link").values_list("by_id", flat=True)) == [someone.pk]


def test_request_carries_state_nonce_and_challenge_and_nothing_of_the_callers(client, someone):
    sent = start(client, query="?process=connect&scope=drive&auth_params=prompt%3Dnone&next=//evil.example")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 16
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert "prompt" not in asked
    answer = client.get(at_the_provider(sent, claims_of(someone)))
    assert answer["Location"] == HOME


@pytest.mark.parametrize(
    ("code", "changed", "given", "opens"),
    [
        ("google", {"email_verified": False}, {}, "does not vouch"),
        ("google", {"email": None}, {}, "does not vouch"),
        ("google", {"email": "nobody@district.example"}, {}, "no account"),
        ("google", {"hd": "other.example"}, {}, "not of this district"),
        ("google", {"hd": None}, {}, "not of this district"),
        ("microsoft", {"xms_edov": None}, {}, "does not vouch"),
        ("microsoft", {"xms_edov": "1"}, {}, None),
        ("microsoft", {"tid": "d2", "xms_edov": "1"}, {}, "not of this district"),
        ("clever", {"email_verified": True}, {}, "does not vouch"),
        ("clever", {"email_verified": False}, {"trusted_domains": ["EXAMPLE.org"]}, None),
        ("clever", {"district": "d2"}, {"trusted_domains": ["example.org"]}, "not of this district"),
    ],
)
def test_only_a_vouched_address_of_this_district_opens_an_account(
    client, settings, someone, issuer, code, changed, given, opens
):
    User.objects.filter(pk=someone.pk).update(email="someone@example.org")
    someone.refresh_from_db()
    settings.SOCIALACCOUNT_PROVIDERS = identity.providers(identity.app(issuer, code, **given))
    answer = come_back(client, claims_of(someone, **changed), code)
    if opens:
        assert answer.status_code == 403
        assert opens in answer.content.decode()
    assert is_in(client) == (opens is None)
    assert User.objects.count() == 1
    assert SocialAccount.objects.count() == (1 if opens is None else 0)


def test_nobody_is_let_in_by_an_answer_to_another_request(client, someone):
    claims = claims_of(someone)
    back = at_the_provider(start(client), claims)
    for forged in (with_query(back, state="made-up"), with_query(back, state="")):
        answer = client.get(forged)
        assert answer.status_code == 403
        assert "begin again" in answer.content.decode()
    other = type(client)()
    assert other.get(back).status_code == 403
    # The provider was asked with another nonce than the product's.
    back = at_the_provider(with_query(start(client), nonce="another"), claims)
    answer = client.get(back)
    assert "did not hold" in answer.content.decode()
    # Without a state, as from a tile of a portal: whose code it is nobody knows.
    answer = client.get(f"{reverse('openid_connect_callback', args=['google'])}?code=someones")
    assert answer["Location"] == reverse("openid_connect_login", args=["google"])
    assert not is_in(client)
    assert not is_in(other)


def test_code_opens_once(client, someone):
    back = at_the_provider(start(client), claims_of(someone))
    assert client.get(back)["Location"] == HOME
    client.logout()
    assert client.get(back).status_code == 403
    again = parse_qs(urlsplit(start(client)).query)["state"][0]
    answer = client.get(with_query(back, state=again))
    assert "did not hold" in answer.content.decode()
    assert not is_in(client)


def test_subject_opens_the_account_that_it_was_linked_to(client, someone):
    come_back(client, claims_of(someone))
    client.logout()
    assert come_back(client, claims_of(someone, email="married@district.example"))["Location"] == HOME
    client.logout()
    # Another person with the address of the first, as when an address is given out again.
    answer = come_back(client, claims_of(someone, sub="somebody-else"))
    assert "no account" in answer.content.decode()
    assert not is_in(client)
    call_command("unlink_identities", someone.email.upper(), stdout=StringIO())
    assert come_back(client, claims_of(someone, sub="somebody-else"))["Location"] == HOME
    call_command("unlink_identities", "--all", stdout=StringIO())
    assert not is_in(client)
    with pytest.raises(CommandError):
        call_command("unlink_identities", someone.email)


@pytest.mark.parametrize("why", ["inactive", "suspended", "a program"])
def test_closed_account_is_refused_as_one_that_is_not_there(client, someone, why):
    stranger = come_back(client, claims_of(someone, email="nobody@district.example")).content
    for linked in (False, True):
        if linked:
            User.objects.update(is_active=True, suspended_by_roster=False, is_machine=False)
            assert come_back(client, claims_of(someone))["Location"] == HOME
            client.logout()
        if why == "inactive":
            User.objects.update(is_active=False)
        elif why == "suspended":
            actions.suspend_by_roster(user_ids=[someone.pk], by=None)
        else:
            User.objects.update(is_machine=True)
        answer = come_back(client, claims_of(someone))
        assert (answer.status_code, answer.content) == (403, stranger)
        assert not is_in(client)


def test_password_still_opens_an_account_that_a_provider_opens(client, someone):
    someone.set_password(factories.PASSWORD)
    someone.save()
    come_back(client, claims_of(someone))
    client.logout()
    client.post(reverse("login"), {"login": someone.email, "password": factories.PASSWORD})
    assert is_in(client)


def test_provider_that_is_not_the_one_asked_is_refused(client, settings, someone, issuer):
    settings.SOCIALACCOUNT_PROVIDERS = identity.providers(
        identity.app(issuer.replace("127.0.0.1", "localhost"))
    )
    answer = client.get(reverse("openid_connect_login", args=["google"]))
    assert answer.status_code == 403
    assert "does not answer" in answer.content.decode()


def test_provider_that_is_down_is_a_plain_page(client, settings, someone):
    settings.SOCIALACCOUNT_PROVIDERS = identity.providers(identity.app("http://127.0.0.1:9"))
    answer = client.get(reverse("openid_connect_login", args=["google"]))
    assert "does not answer" in answer.content.decode()


def test_turning_back_leads_to_the_sign_in_page(client, someone):
    state = parse_qs(urlsplit(start(client)).query)["state"][0]
    back = f"{reverse('openid_connect_callback', args=['google'])}?error=access_denied&state={state}"
    answer = client.get(back, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("login")
    assert "turned back" in answer.content.decode()


def test_refusal_is_heard_with_whom_the_provider_vouched_for(client, someone):
    heard = []

    def listen(credentials: dict[str, Any], **_: Any) -> None:
        heard.append(credentials)

    user_login_failed.connect(listen)
    come_back(client, claims_of(someone, email="nobody@district.example"))
    come_back(client, claims_of(someone, email_verified=False))
    user_login_failed.disconnect(listen)
    assert heard == [
        {"email": "nobody@district.example", "provider": "google"},
        {"email": "", "provider": "google"},
    ]


def test_refusals_that_anyone_can_ask_for_leave_no_record(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = identity.providers(identity.app("http://127.0.0.1:9"))
    back = reverse("openid_connect_callback", args=["google"])
    for query in ("error=x", "error=x&state=made-up", "state=&code=x"):
        assert client.get(f"{back}?{query}").status_code == 403
    client.get(reverse("openid_connect_login", args=["google"]))
    assert not AuditEvent.objects.exists()


def test_sign_ins_through_a_provider_are_limited_by_address(client, settings, someone):
    settings.ACCOUNT_RATE_LIMITS = {"identity_failed": "2/m/ip", "identity_begun": "4/m/ip"}
    claims = claims_of(someone, email="nobody@district.example")
    assert [come_back(client, claims).status_code for _ in range(3)] == [403, 403, 429]
    assert AuditEvent.objects.filter(act="sign-in.failed").count() == 2
    url = reverse("openid_connect_login", args=["google"])
    assert [client.get(url).status_code for _ in range(2)] == [302, 429]
    before = Session.objects.count()
    assert type(client)().get(url).status_code == 429
    assert Session.objects.count() == before
    assert client.get(url, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_sign_in_page_has_buttons_of_the_providers_that_are_set_up(client, settings, someone, issuer):
    page = client.get(reverse("login"), {"next": "/runs/?a=1&b=2"}).content.decode()
    assert "Sign in with Google" in page
    assert 'href="/sign-in/with/google?next=%2Fruns%2F%3Fa%3D1%26b%3D2"' in page
    settings.SOCIALACCOUNT_PROVIDERS = identity.providers()
    assert "/sign-in/with/" not in client.get(reverse("login")).content.decode()


def test_picture_on_anothers_page_begins_nothing(client, someone):
    url = reverse("openid_connect_login", args=["google"])
    assert client.get(url, headers={"Sec-Fetch-Dest": "image"})["Location"] == reverse("login")

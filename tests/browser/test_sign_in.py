"""Sign-in through an identity provider in a real browser: the page's policy must let it there and back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from tests import identity

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with identity.running() as found:
        yield found


def at_provider(page: Any, claims: dict[str, Any]) -> None:
    """Choose the provider on the sign-in page, and say there who one is."""
    page.get_by_role("link", name="Sign in with Google").click()
    page.get_by_label("Claims").fill(json.dumps(claims))
    page.get_by_role("button").click()


def test_a_person_signs_in_through_the_provider(window, settings, issuer, user_in):
    """Also without scripts; the window's end says that the policy stopped nothing on the way."""
    settings.SOCIALACCOUNT_PROVIDERS = identity.providers(identity.app(issuer))
    for scripts in (True, False):
        user = user_in(Role.PRINCIPAL if scripts else Role.ASSISTANT_PRINCIPAL)
        one = window(width=320, scheme="dark", scripts=scripts)
        page = one.go(reverse("account_change_password"))
        one.shoot("sign-in-phone")
        assert one.overflow() <= 0
        at_provider(
            page, {"sub": user.email, "email": user.email, "email_verified": True, **identity.DISTRICT}
        )
        page.wait_for_url(one.base + reverse("account_change_password"))
        one.shoot("password-none")


def test_refusal_is_a_plain_page_that_leads_back(window, settings, issuer, user_in):
    settings.SOCIALACCOUNT_PROVIDERS = identity.providers(
        identity.app(issuer), identity.app(issuer, "microsoft"), identity.app(issuer, "clever")
    )
    one = window()
    page = one.go(reverse("login"))
    one.shoot("sign-in")
    # The browser itself says of any 403 that it is one.
    one.listening = False
    at_provider(page, {"sub": "s", "email": user_in(Role.PRINCIPAL).email, **identity.DISTRICT})
    page.get_by_role("heading", name="You are not signed in").wait_for()
    one.shoot("refused")
    page.get_by_role("link", name="Back to sign-in").click()
    one.listening = True
    page.wait_for_url(one.base + reverse("login"))

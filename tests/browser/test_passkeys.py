"""A passkey in a real browser, with an authenticator that Chromium plays: added, then used in both ways."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from alignment_dash.access.roles import Role
from alignment_dash.access.second_factor.queries import second_factors_of
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def with_authenticator(page: Any) -> Any:
    """Give the page a device that checks who holds it, as a phone with a fingerprint does; return the protocol."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    return protocol


def give_password(window: Any, email: str) -> Any:
    page = window.go("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def sign_out(page: Any) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")


def test_passkey_is_set_up_signs_in_after_the_password_and_instead_of_it(district, window, settings):
    settings.SECOND_FACTOR_ROLES = [Role.HR]
    user = district.users[Role.HR]
    user.set_password(factories.PASSWORD)
    user.save()
    opened = window(own_tab=True)
    page = give_password(opened, user.email)
    page.wait_for_url("**/second-factor/")
    opened.shoot("second-factor-required")
    with_authenticator(page)

    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My phone")
    opened.shoot("passkey-add")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/second-factor/recovery-codes")
    opened.shoot("recovery-codes")
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url(opened.base + "/")
    held = second_factors_of(user)
    assert [(one.kind, one.name, one.without_password) for one in held] == [
        ("webauthn", "My phone", True),
        ("recovery_codes", "", False),
    ]
    opened.go("/second-factor/")
    opened.shoot("second-factor-held")
    assert opened.accessibility_faults() == []
    sign_out(page)

    give_password(opened, user.email)
    page.wait_for_url("**/second-factor/code")
    opened.shoot("second-factor-code")
    assert opened.accessibility_faults() == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(opened.base + "/")
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(opened.base + "/")
    expect(page.locator("details.menu summary")).to_contain_text(user.name)
    # Confirmed by the same passkey, it can be renamed.
    page.goto(f"{opened.base}/second-factor/confirm-passkey?next=/second-factor/passkeys/{held[0].id}/rename")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Name").fill("My new phone")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/second-factor/")
    expect(page.get_by_text("My new phone").first).to_be_visible()


def test_passkey_of_another_authenticator_does_not_open_the_account(district, window):
    user = district.users[Role.TEACHER]
    user.set_password(factories.PASSWORD)
    user.save()
    opened = window(own_tab=True)
    page = opened.go("/sign-in")
    protocol = with_authenticator(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    trouble = page.get_by_role("alert").filter(has_text="No passkey answered")
    trouble.wait_for()
    expect(page).to_have_url(re.compile("/sign-in$"))
    protocol.detach()

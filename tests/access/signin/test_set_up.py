"""Identity providers as the environment sets them up."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from alignment_dash.access.signin.identities import set_up

TENANT = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"
WHOLE = {
    "OIDC_GOOGLE_CLIENT_ID": "g",
    "OIDC_GOOGLE_CLIENT_SECRET": "s",
    "OIDC_GOOGLE_DOMAINS": "a.example,b.example",
    "OIDC_MICROSOFT_CLIENT_ID": "m",
    "OIDC_MICROSOFT_CLIENT_SECRET": "s",
    "OIDC_MICROSOFT_TENANT": TENANT.upper(),
    "OIDC_CLASSLINK_CLIENT_ID": "l",
    "OIDC_CLASSLINK_CLIENT_SECRET": "s",
    "OIDC_CLASSLINK_TENANT": "77",
    "OIDC_CLASSLINK_EMAIL_DOMAINS": "a.example",
    "OIDC_CLEVER_CLIENT_ID": "c",
    "OIDC_CLEVER_CLIENT_SECRET": "s",
    "OIDC_CLEVER_DISTRICT": "64ef",
}


@pytest.fixture
def given(monkeypatch):
    """Set variables, and return what they set up."""

    def by(**variables):
        for name in WHOLE:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return {one["provider_id"]: one for one in set_up()}

    return by


def test_nothing_is_set_up_without_a_client_id(given):
    assert given() == {}
    assert given(OIDC_GOOGLE_DOMAINS="a.example") == {}


def test_each_provider_is_held_to_its_district(given):
    found = {code: one["settings"] for code, one in given(**WHOLE).items()}
    assert {
        code: (of["server_url"], of["district_claim"], of["districts"], of["trusted_domains"])
        for code, of in found.items()
    } == {
        "google": ("https://accounts.google.com", "hd", ["a.example", "b.example"], []),
        "microsoft": (f"https://login.microsoftonline.com/{TENANT}/v2.0", "tid", [TENANT], []),
        "classlink": ("https://launchpad.classlink.com", "classLink_tenant_id", ["77"], ["a.example"]),
        "clever": ("https://clever.com", "district", ["64ef"], []),
    }
    assert all(of["oauth_pkce_enabled"] for of in found.values())
    assert [code for code, of in found.items() if of["nonce_may_miss"]] == ["classlink", "clever"]


@pytest.mark.parametrize(
    "missing", [name for name in WHOLE if not name.endswith(("CLIENT_ID", "EMAIL_DOMAINS"))]
)
def test_half_a_provider_stops_the_start(given, missing):
    with pytest.raises(ImproperlyConfigured, match=missing):
        given(**{name: value for name, value in WHOLE.items() if name != missing})


@pytest.mark.parametrize("tenant", ["common", "organizations", "example.org", f"{TENANT}/x"])
def test_a_directory_is_named_by_its_id(given, tenant):
    with pytest.raises(ImproperlyConfigured, match="OIDC_MICROSOFT_TENANT"):
        given(**WHOLE | {"OIDC_MICROSOFT_TENANT": tenant})

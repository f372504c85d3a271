"""A real OpenID provider in a process of its own, and the settings by which the product knows it."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from django.conf import settings

FOLDER = Path(__file__).parent
PATIENCE = 120
# A provider that vouches for people of this district, in each one's own word for it.
DISTRICT = {"hd": "district.example", "tid": "d1", "district": "d1", "classLink_tenant_id": "d1"}


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start the provider; yield its issuer, and end it afterwards."""
    node = shutil.which("node") or str(settings.BASE_DIR / ".venv/bin/node")
    with subprocess.Popen(
        [node, str(FOLDER / "provider.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        issuer = process.stdout.readline().strip()
        assert issuer.startswith("http://127.0.0.1:"), "the provider did not start"
        yield issuer
        process.stdin.close()


def app(issuer: str, code: str = "google", **given: Any) -> dict[str, Any]:
    """Return one provider as settings have it."""
    by_code = {
        "google": {"district_claim": "hd", "districts": ["district.example"]},
        "microsoft": {"district_claim": "tid", "districts": ["d1"], "verified_claim": "xms_edov"},
        "clever": {"district_claim": "district", "districts": ["d1"], "verified_claim": ""},
    }[code]
    of_all = {"verified_claim": "email_verified", "trusted_domains": [], "nonce_may_miss": False}
    basic = code == "clever"
    return {
        "provider_id": code,
        "name": code.title(),
        "client_id": "basic" if basic else "post",
        "secret": "secret-basic" if basic else "secret-post",
        "settings": {
            "server_url": issuer,
            "oauth_pkce_enabled": True,
            "token_auth_method": "client_secret_basic" if basic else "client_secret_post",
            **of_all,
            **by_code,
            **given,
        },
    }


def providers(*apps: dict[str, Any]) -> dict[str, Any]:
    """Return SOCIALACCOUNT_PROVIDERS with these."""
    return {"openid_connect": {"APPS": list(apps)}}


def at_the_provider(url: str, claims: dict[str, Any]) -> str:
    """Go where the product sent the browser, say who one is there, and return where the provider sends it back."""
    with requests.Session() as browser:
        answer = browser.get(url, timeout=PATIENCE)
        answer.raise_for_status()
        answer = browser.post(
            answer.url, {"claims": json.dumps(claims)}, allow_redirects=False, timeout=PATIENCE
        )
        while "/sign-in/with/" not in answer.headers["Location"]:
            answer = browser.get(
                urljoin(answer.url, answer.headers["Location"]), allow_redirects=False, timeout=PATIENCE
            )
        return answer.headers["Location"]

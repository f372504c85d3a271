"""Every answer carries the headers that keep it in its place, whoever gives it."""

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.client import encode_multipart
from django.urls import path

from alignment_dash.access.roles import Role

CSP = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self' data: blob:; script-src 'self'; style-src 'self'"
)


def fail(request):
    raise ValueError("broken")


def leave(request):
    return HttpResponse("x", headers={"Cross-Origin-Resource-Policy": "same-site"})


class Broken:
    """URLs of which one fails."""

    urlpatterns = [path("broken", fail), path("health", fail)]
    handler500 = "alignment_dash.ui.views.server_error"


def check(answer):
    if answer.streaming:  # a file, which ends when it was read
        assert b"".join(answer.streaming_content)
    directives = "; ".join(sorted(answer["Content-Security-Policy"].split("; ")))
    assert directives == CSP
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_pages_files_errors_redirects_and_the_api_carry_the_same_headers(sign_in, settings):
    client = sign_in(Role.PRINCIPAL)
    client.raise_request_exception = False
    asked = {
        "/": 200, "/sign-in": 302, "/nothing": 404, "/api/v1/roster-imports/": 404, "/api/v1/capacity/": 200,
        "/static/css/app.css": 200, "/static/js/page.js": 200, "/static/nothing.css": 404, "/health": 200,
    }  # fmt: skip
    for url, status in asked.items():
        answer = client.get(url)
        assert answer.status_code == status, url
        check(answer)
    for answer, status in [
        (client.get("/", headers={"Host": "another.example.org"}), 400),
        (client.get("/?" + "&".join(f"f{n}=" for n in range(1200))), 400),
        (Client(enforce_csrf_checks=True).post("/sign-in", {}), 403),
        (Client().post("/api/v1/roster-imports/", {}), 401),
        (client.delete("/health"), 405),
    ]:
        assert answer.status_code == status
        check(answer)
    with override_settings(ROOT_URLCONF=Broken):
        answer = client.get("/broken")
        assert answer.status_code == 500
        check(answer)
    with override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=60):
        fresh = Client()
        answer = fresh.get("/health-of-nobody")
        assert answer.status_code == 301
        check(answer)
        assert fresh.get("/", secure=True)["Strict-Transport-Security"].startswith("max-age=60")


@pytest.mark.django_db
def test_cookies_are_for_this_host_alone(settings):
    import os
    import subprocess
    import sys

    said = "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
    program = f"import django; django.setup(); {said}"
    environment = os.environ | {
        "SECURE_TRANSPORT": "true",
        "DEBUG": "false",
        "DJANGO_SETTINGS_MODULE": "alignment_dash.settings",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "None", "/"]
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_body_that_is_too_large_is_refused_before_it_is_read(sign_in, settings):
    settings.UPLOAD_MAX_BYTES = 2**20
    client = sign_in(Role.DATA_ADMINISTRATOR)
    client.raise_request_exception = False
    for kind, length, status in [
        ("application/json", 3 * 2**20, 413),
        ("application/x-www-form-urlencoded", 3 * 2**20, 413),
        ("application/zip", 3 * 2**20, 413),
        ("multipart/form-data; boundary=x", 3 * 2**20, 413),
        ("application/json", "१", 400),
        ("application/json", "-1", 400),
    ]:
        for url in ("/api/v1/roster-imports/", "/roster-imports/"):
            answer = client.generic("POST", url, b"{}", kind, CONTENT_LENGTH=str(length))
            assert answer.status_code == status, (kind, length)
            assert answer["Content-Type"].startswith("application/json" if "api" in url else "text/html")
    # Room for a file is only where files are sent, and only for who says who they are.
    form = encode_multipart("x", {"other": _file(2**21)})
    settings.UPLOAD_MAX_BYTES = 2**23
    for caller, url, status in [
        (Client(), "/sign-in", 413),
        (Client(), "/roster-imports/", 413),
        (Client(), "/api/v1/roster-imports/", 413),
        (Client(headers={"Authorization": "Token x"}), "/roster-imports/", 413),
        (Client(headers={"Authorization": "Token x"}), "/api/v1/roster-imports/", 401),
        (client, "/sign-in", 413),
        (client, "/api/v1/runs/", 413),
        (client, "/roster-imports/", 400),
        (client, "/observation-imports/", 400),
        (client, "/api/v1/roster-imports/", 400),
        (client, "/api/v1/observation-imports/", 400),
    ]:
        answer = caller.generic("POST", url, form, "multipart/form-data; boundary=x")
        assert answer.status_code == status, url
    files = {f"file{n}": _file() for n in range(4)}
    assert client.post("/api/v1/roster-imports/", files).status_code == 400


def _file(size=1):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("x.zip", b"x" * size)
